//! Publishing through Ayrshare: one key of a person's own, and all networks that are linked there.
//!
//! Written from: Ayrshare documentation "Publish a Post", "Get a Post", "Delete a Post", "Get History", "User Details",
//! "Add a Comment", "Upload Media", "Idempotency", "Error Codes" (ayrshare.com/docs), and the published schemas of its
//! own tool server.
//!
//! Each call names one network. `idempotencyKey` is the same on every try of a piece; Ayrshare refuses the second, which
//! is then looked up in the history. Threads are refused: Ayrshare cuts a long text itself, but does not answer one post
//! with another on every network.

mod error;

#[cfg(test)]
mod tests;

use std::time::Duration;

use async_trait::async_trait;
use bellwether_kernel::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::{
    Network, Target, http,
    publish::{
        Abilities, Before, Cx, Effect, Fault, Field, FormField, FoundAccount, Grant, Media, Method, Piece,
        Posted, Progress, Provider, Publisher, Recent, Request, Seen,
    },
    rules::MediaKind,
};

/// What it was tested against.
pub const TESTED: &str = "Tested against a fake written from Ayrshare's documentation and the schemas of its own tool \
                          server; not against the live service.";

const API: &str = "https://api.ayrshare.com/api";
/// What the upload endpoint takes.
const LARGEST_UPLOAD: u64 = 30_000_000;
/// As many posts as the history gives at least when it is not asked for a number.
const SURE: usize = 25;

/// Ayrshare.
#[derive(Debug, Default)]
pub struct Ayrshare;

#[async_trait]
impl Publisher for Ayrshare {
    fn provider(&self) -> Provider {
        Provider::Ayrshare
    }

    fn tested(&self) -> &'static str {
        TESTED
    }

    fn abilities(&self) -> Abilities {
        Abilities { delete: true, read_back: true, idempotent: true, first_comment: true, ..Abilities::PLAIN }
    }

    fn fields(&self) -> Vec<Field> {
        vec![
            Field {
                name: "key",
                label: "API key",
                secret: true,
                required: true,
                example: "ABCD1234-EFGH5678-…",
                help: "In Ayrshare's dashboard under API Key.",
            },
            Field {
                name: "profile_key",
                label: "Profile key",
                secret: true,
                required: false,
                example: "1234-ABCD-…",
                help: "Only with several user profiles: the key of the one whose networks are meant.",
            },
        ]
    }

    async fn sign_in(&self, cx: &Cx<'_>) -> Result<(Grant, Vec<FoundAccount>), Fault> {
        let key =
            cx.account.secret("key").ok_or_else(|| Fault::rejected("The API key is missing."))?.to_owned();
        let accounts = self.accounts(cx).await?;
        Ok((Grant { token: key.into(), refresh_token: None, expires_at: None, scopes: Vec::new() }, accounts))
    }

    async fn accounts(&self, cx: &Cx<'_>) -> Result<Vec<FoundAccount>, Fault> {
        let user = error::send(cx, signed(cx, Method::Get, "user", Effect::Reads)).await?;
        let profile = http::text(&user, "/refId").unwrap_or_else(|| "main".into());
        let linked = http::list(&user, "/activeSocialAccounts").iter().filter_map(Value::as_str);
        let found = linked.filter_map(|platform| {
            let network = network_of(platform)?;
            let shown = http::list(&user, "/displayNames")
                .iter()
                .find(|shown| shown.get("platform").and_then(Value::as_str) == Some(platform));
            let said = |name: &str| shown.and_then(|shown| http::text(shown, name));
            let handle =
                said("/username").or_else(|| said("/displayName")).unwrap_or_else(|| platform.to_owned());
            Some(FoundAccount {
                network,
                id: format!("{profile}:{}", said("/id").unwrap_or_else(|| platform.to_owned())),
                name: said("/displayName").unwrap_or_else(|| handle.clone()),
                handle: handle.trim_start_matches('@').to_owned(),
                avatar_url: said("/userImage"),
                server: None,
                token: None,
                settings: json!({"platform": platform}),
            })
        });
        Ok(found.collect())
    }

    async fn prepare(&self, cx: &Cx<'_>, piece: &Piece) -> Result<Value, Fault> {
        if piece.of > 1 {
            return Err(Fault::unsupported("threads through Ayrshare"));
        }
        if piece.target == Target::YoutubeCommunity {
            return Err(Fault::unsupported("posts on a channel's page to programs: publish it by hand"));
        }
        let mut addresses = Vec::new();
        for media in &piece.media {
            addresses.push(match &media.public_url {
                Some(address) => address.clone(),
                None if media.bytes <= LARGEST_UPLOAD && media.kind != MediaKind::Video => {
                    upload(cx, media).await?
                }
                None => http::public_url(media)?.to_owned(),
            });
        }
        Ok(json!({"media": addresses}))
    }

    async fn publish(
        &self,
        cx: &Cx<'_>,
        piece: &Piece,
        prepared: &Value,
        _before: Before<'_>,
    ) -> Result<Posted, Fault> {
        let platform = platform(cx)?;
        let mut body = json!({
            "post": piece.text,
            "platforms": [platform],
            "idempotencyKey": cx.key,
        });
        let media = http::list(prepared, "/media");
        if !media.is_empty() {
            body["mediaUrls"] = json!(media);
            if piece.media.iter().any(|media| media.kind == MediaKind::Video) {
                body["isVideo"] = json!(true);
            }
        }
        if let Some((name, options)) = options(piece, platform) {
            body[name] = options;
        }
        let value = error::send(cx, signed(cx, Method::Post, "post", Effect::Publishes).json(body)).await?;
        posted(&value, platform, Effect::Publishes)
    }

    async fn progress(&self, cx: &Cx<'_>, posted: &Posted) -> Result<Progress, Fault> {
        let path = format!("post/{}", http::segment(&posted.id));
        let value = http::call_json(cx, signed(cx, Method::Get, &path, Effect::Reads), error::judge).await?;
        Ok(match value.get("status").and_then(Value::as_str) {
            Some("error" | "deleted") => Progress::Refused(error::words(&value)),
            Some("success") => match self::posted(&value, platform(cx)?, Effect::Reads)? {
                done if done.processing => Progress::Working(Duration::from_mins(1)),
                done => Progress::Live(done),
            },
            _ => Progress::Working(Duration::from_secs(30)),
        })
    }

    async fn finish(&self, cx: &Cx<'_>, piece: &Piece, posted: &Posted) -> Result<(), Fault> {
        if let Some(comment) = piece.first_comment.as_deref().filter(|comment| !comment.is_empty()) {
            let body = json!({"id": posted.id, "platforms": [platform(cx)?], "comment": comment});
            let request = signed(cx, Method::Post, "comments", Effect::Publishes).json(body);
            error::send(cx, request).await?;
        }
        Ok(())
    }

    async fn recent(&self, cx: &Cx<'_>, since: Timestamp) -> Result<Recent, Fault> {
        let platform = platform(cx)?;
        let days = (cx.now - since).num_days().clamp(0, 364) + 1;
        let request = signed(cx, Method::Get, "history", Effect::Reads)
            .query([("lastDays", days.to_string().as_str()), ("limit", "1000")]);
        let value = http::call_json(cx, request, error::judge).await?;
        let listed = value.as_array().map_or_else(|| http::list(&value, "/history"), Vec::as_slice);
        let at = |post: &Value| created(post);
        let passed = listed.iter().filter_map(at).any(|at| at < since);
        let mut posts: Vec<Seen> = listed.iter().filter_map(|post| seen(post, platform)).collect();
        posts.sort_by_key(|seen| std::cmp::Reverse(seen.at));
        Ok(Recent { posts, whole: passed || listed.len() < SURE })
    }

    async fn delete(&self, cx: &Cx<'_>, posted: &Posted) -> Result<(), Fault> {
        let request = signed(cx, Method::Delete, "post", Effect::Prepares).json(json!({"id": posted.id}));
        match error::send(cx, request).await {
            Err(fault) if fault.status == Some(404) || fault.words.contains("already been deleted") => Ok(()),
            other => other.map(|_| ()),
        }
    }
}

fn signed(cx: &Cx<'_>, method: Method, path: &str, effect: Effect) -> Request {
    let key = cx.account.secret("key").unwrap_or_else(|| cx.account.token.expose_secret());
    let request = Request::new(method, format!("{API}/{path}"), effect)
        .header("authorization", format!("Bearer {key}"));
    match cx.account.secret("profile_key").filter(|profile| !profile.is_empty()) {
        Some(profile) => request.header("profile-key", profile),
        None => request,
    }
}

/// Ayrshare's names of networks.
const PLATFORMS: &[(Network, &str)] = &[
    (Network::X, "twitter"),
    (Network::Linkedin, "linkedin"),
    (Network::Instagram, "instagram"),
    (Network::Facebook, "facebook"),
    (Network::Threads, "threads"),
    (Network::Tiktok, "tiktok"),
    (Network::Youtube, "youtube"),
    (Network::GoogleBusiness, "gmb"),
    (Network::Bluesky, "bluesky"),
];

fn network_of(platform: &str) -> Option<Network> {
    PLATFORMS.iter().find(|(_, name)| *name == platform).map(|(network, _)| *network)
}

fn platform(cx: &Cx<'_>) -> Result<&'static str, Fault> {
    PLATFORMS
        .iter()
        .find(|(network, _)| *network == cx.account.network)
        .map(|(_, name)| *name)
        .ok_or_else(|| Fault::unsupported(cx.account.network.name()))
}

/// What a network is told besides the text.
fn options(piece: &Piece, platform: &str) -> Option<(&'static str, Value)> {
    let alt: Vec<&str> = piece.media.iter().map(|media| media.alt_text.as_str()).collect();
    let described = alt.iter().any(|text| !text.is_empty()).then(|| json!({"altText": alt}));
    match platform {
        "twitter" => Some(("twitterOptions", described?)),
        "linkedin" => Some(("linkedInOptions", described?)),
        "facebook" => Some(("faceBookOptions", described?)),
        "instagram" => Some(("instagramOptions", described?)),
        "bluesky" => Some(("blueskyOptions", described?)),
        "youtube" => {
            let mut options = json!({
                "title": piece.text,
                "visibility": piece.option("privacy").unwrap_or("public"),
            });
            if piece.target == Target::YoutubeShortScript {
                options["shorts"] = json!(true);
            }
            if let Some(kids) = piece.options.get("made_for_kids").and_then(Value::as_bool) {
                options["madeForKids"] = json!(kids);
            }
            Some(("youTubeOptions", options))
        }
        "gmb" => {
            let action = piece.option("action")?.to_lowercase();
            let mut button = json!({"actionType": action});
            if let Some(to) = piece.option("action_url") {
                button["url"] = json!(to);
            }
            Some(("gmbOptions", json!({"callToAction": button})))
        }
        _ => None,
    }
}

async fn upload(cx: &Cx<'_>, media: &Media) -> Result<String, Fault> {
    let file = FormField {
        name: "file".into(),
        file_name: Some(media.id.clone()),
        content_type: Some(media.content_type.clone()),
        bytes: media.read_all().await?,
    };
    let request = signed(cx, Method::Post, "media/upload", Effect::Prepares)
        .multipart(vec![file])
        .within(Duration::from_mins(2));
    http::need(&error::send(cx, request).await?, "/url", Effect::Prepares)
}

/// Ayrshare's id is kept as the post's, for it removes and comments by it; the network's own goes beside it.
fn posted(value: &Value, platform: &str, effect: Effect) -> Result<Posted, Fault> {
    // a post made for several profiles comes in a list
    let value = value.pointer("/posts/0").unwrap_or(value);
    let id = http::need(value, "/id", effect)?;
    let there = http::list(value, "/postIds")
        .iter()
        .find(|post| post.get("platform").and_then(Value::as_str) == Some(platform));
    let own = there.and_then(|post| http::text(post, "/id"));
    let processing = own.as_deref().is_none_or(|own| own == "pending");
    Ok(Posted {
        id,
        url: there.and_then(|post| http::text(post, "/postUrl")).filter(|url| url.starts_with("http")),
        reference: if processing { Value::Null } else { json!({"post_id": own}) },
        processing,
    })
}

fn created(post: &Value) -> Option<Timestamp> {
    http::time(&http::text(post, "/created").or_else(|| http::text(post, "/created/utc"))?)
}

fn seen(post: &Value, platform: &str) -> Option<Seen> {
    let here = http::list(post, "/platforms").iter().any(|name| name.as_str() == Some(platform));
    // scheduled ones and failed ones are in the history too
    let out =
        matches!(post.get("status").and_then(Value::as_str), Some("success" | "pending" | "processing"));
    if !here || !out {
        return None;
    }
    let text = http::text(post, "/post")
        .or_else(|| http::text(post, &format!("/post/{platform}")))
        .or_else(|| http::text(post, "/post/default"))
        .unwrap_or_default();
    Some(Seen {
        posted: posted(post, platform, Effect::Reads).ok()?,
        text,
        media: post.get("mediaUrls").map(|_| http::list(post, "/mediaUrls").len()),
        at: created(post)?,
        answers: None,
        counts: crate::publish::Counts::new(),
    })
}
