//! Publishing articles to a Ghost site with a key of its Admin API.
//!
//! Written from: Ghost Admin API "Overview" (token authentication, errors), "Posts" (creating, publishing, updating,
//! `source=html`), "Images", "Site" (docs.ghost.org/admin-api).
//!
//! An article is first kept as a draft under a slug that carries a mark of its publication, and the publishing call only
//! changes the draft's status: sending it twice makes one post, and a draft of an earlier try is found again by its slug.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bellwether_kernel::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::{
    Network,
    blog::html,
    http::{self, PREPARE_AGAIN},
    publish::{
        Abilities, AccountMetrics, Before, Cx, Effect, Fault, FaultKind, Field, FormField, FoundAccount,
        Grant, Media, Method, Piece, Posted, Provider, Publisher, Recent, Request, Response, Seen,
        normalised,
    },
    rules::MediaKind,
};

/// What it was tested against.
pub const TESTED: &str = "Tested against a fake written from the Ghost Admin API pages (Accept-Version v5.0); not against \
                          a live site.";

const PAGES: u64 = 5;

/// A Ghost site.
#[derive(Debug, Default)]
pub struct Ghost;

#[async_trait]
impl Publisher for Ghost {
    fn provider(&self) -> Provider {
        Provider::Ghost
    }

    fn tested(&self) -> &'static str {
        TESTED
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            delete: true,
            edit: true,
            read_back: true,
            idempotent: true,
            at_once: 2,
            ..Abilities::PLAIN
        }
    }

    fn fields(&self) -> Vec<Field> {
        vec![
            Field {
                name: "site",
                label: "API URL",
                secret: false,
                required: true,
                example: "https://blog.example.com",
                help: "In Ghost Admin under Settings, Integrations, Add custom integration.",
            },
            Field {
                name: "key",
                label: "Admin API key",
                secret: true,
                required: true,
                example: "64f1…:9c2b…",
                help: "Beside the API URL. Not the Content API key, which can only read.",
            },
        ]
    }

    async fn sign_in(&self, cx: &Cx<'_>) -> Result<(Grant, Vec<FoundAccount>), Fault> {
        let key = cx
            .account
            .secret("key")
            .ok_or_else(|| Fault::rejected("The Admin API key is missing."))?
            .to_owned();
        let accounts = self.accounts(cx).await?;
        Ok((Grant { token: key.into(), refresh_token: None, expires_at: None, scopes: Vec::new() }, accounts))
    }

    async fn accounts(&self, cx: &Cx<'_>) -> Result<Vec<FoundAccount>, Fault> {
        let site = site(cx)?;
        let about = http::call_json(cx, signed(cx, Method::Get, "site/", Effect::Reads)?, judge).await?;
        // the page about the site is public; posts are not
        let request =
            signed(cx, Method::Get, "posts/", Effect::Reads)?.query([("limit", "1"), ("fields", "id")]);
        http::call(cx, request, judge).await?;
        let host = http::host(&site);
        Ok(vec![FoundAccount {
            network: Network::Blog,
            id: host.clone(),
            name: http::text(&about, "/site/title").unwrap_or_else(|| host.clone()),
            handle: host,
            avatar_url: http::text(&about, "/site/icon").or_else(|| http::text(&about, "/site/logo")),
            server: Some(site.clone()),
            token: None,
            settings: json!({"site": site}),
        }])
    }

    async fn prepare(&self, cx: &Cx<'_>, piece: &Piece) -> Result<Value, Fault> {
        let slug = html::slug(piece.title.as_deref().unwrap_or_default(), cx.key);
        let request = signed(cx, Method::Get, &format!("posts/slug/{slug}/"), Effect::Reads)?;
        match http::call_json(cx, request, judge).await {
            Ok(found) => return prepared(&found),
            Err(fault) if fault.status == Some(404) => {}
            Err(fault) => return Err(fault),
        }
        let mut post = fields(piece);
        post["slug"] = json!(slug);
        post["status"] = json!("draft");
        let mut pictures = String::new();
        for (index, media) in piece.media.iter().enumerate() {
            let address = upload(cx, media).await?;
            if index == 0 {
                post["feature_image"] = json!(address);
                if !media.alt_text.is_empty() {
                    post["feature_image_alt"] = json!(media.alt_text);
                }
            } else {
                let (address, alt) = (html::escaped(&address), html::escaped(&media.alt_text));
                // writing to a String does not fail
                let _ = writeln!(pictures, "<figure><img src=\"{address}\" alt=\"{alt}\"></figure>");
            }
        }
        post["html"] = json!(format!("{}{pictures}", html::html(&piece.text)));
        let request = signed(cx, Method::Post, "posts/", Effect::Prepares)?
            .query([("source", "html")])
            .json(json!({"posts": [post]}));
        prepared(&http::call_json(cx, request, judge).await?)
    }

    async fn publish(
        &self,
        cx: &Cx<'_>,
        _piece: &Piece,
        prepared: &Value,
        _before: Before<'_>,
    ) -> Result<Posted, Fault> {
        let again = || Fault::new(FaultKind::Transient, "There is no draft to publish.").code(PREPARE_AGAIN);
        let id = http::text(prepared, "/id").ok_or_else(again)?;
        let post = match read(cx, &id).await {
            Ok(post) => post,
            // somebody deleted the draft meanwhile
            Err(fault) if fault.status == Some(404) => return Err(again()),
            Err(fault) => return Err(fault),
        };
        if post.get("status").and_then(Value::as_str) == Some("published") {
            return posted(&post).ok_or_else(again);
        }
        let change = json!({"posts": [{"status": "published", "updated_at": post.get("updated_at")}]});
        let request = signed(cx, Method::Put, &format!("posts/{}/", http::segment(&id)), Effect::Publishes)?
            .json(change);
        let value = http::call_json(cx, request, judge).await?;
        value
            .pointer("/posts/0")
            .and_then(posted)
            .ok_or_else(|| Fault::new(FaultKind::Unclear, "The site's answer could not be read as a post."))
    }

    async fn recent(&self, cx: &Cx<'_>, since: Timestamp) -> Result<Recent, Fault> {
        let from = (since - chrono::Duration::minutes(5)).format("%Y-%m-%d %H:%M:%S");
        let filter = format!("status:published+published_at:>='{from}'");
        let mut posts = Vec::new();
        for page in 1..=PAGES {
            let page = page.to_string();
            let request = signed(cx, Method::Get, "posts/", Effect::Reads)?.query([
                ("filter", filter.as_str()),
                ("formats", "html"),
                ("order", "published_at desc"),
                ("limit", "50"),
                ("page", &page),
            ]);
            let value = http::call_json(cx, request, judge).await?;
            posts.extend(http::list(&value, "/posts").iter().filter_map(seen));
            if http::number(&value, "/meta/pagination/next").is_none() {
                return Ok(Recent { posts, whole: true });
            }
        }
        Ok(Recent { posts, whole: false })
    }

    async fn delete(&self, cx: &Cx<'_>, posted: &Posted) -> Result<(), Fault> {
        let path = format!("posts/{}/", http::segment(&posted.id));
        match http::call(cx, signed(cx, Method::Delete, &path, Effect::Prepares)?, judge).await {
            Err(fault) if fault.status == Some(404) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    async fn edit(&self, cx: &Cx<'_>, piece: &Piece, posted: &Posted) -> Result<Posted, Fault> {
        let now = read(cx, &posted.id).await?;
        let mut post = fields(piece);
        post["html"] = json!(html::html(&piece.text));
        post["updated_at"] = now.get("updated_at").cloned().unwrap_or_default();
        let request =
            signed(cx, Method::Put, &format!("posts/{}/", http::segment(&posted.id)), Effect::Prepares)?
                .query([("source", "html")])
                .json(json!({"posts": [post]}));
        let value = http::call_json(cx, request, judge).await?;
        Ok(value.pointer("/posts/0").and_then(self::posted).unwrap_or_else(|| posted.clone()))
    }

    async fn account_metrics(&self, cx: &Cx<'_>) -> Result<AccountMetrics, Fault> {
        let request =
            signed(cx, Method::Get, "members/", Effect::Reads)?.query([("limit", "1"), ("fields", "id")]);
        let members = http::call_json(cx, request, judge).await?;
        let request = signed(cx, Method::Get, "posts/", Effect::Reads)?.query([
            ("filter", "status:published"),
            ("limit", "1"),
            ("fields", "id"),
        ]);
        let posts = http::call_json(cx, request, judge).await?;
        Ok(AccountMetrics {
            followers: http::number(&members, "/meta/pagination/total"),
            posts: http::number(&posts, "/meta/pagination/total"),
            ..Default::default()
        })
    }

    fn normalise(&self, text: &str) -> String {
        normalised(&html::words(text))
    }
}

fn site(cx: &Cx<'_>) -> Result<String, Fault> {
    let typed = cx.account.setting("site").or(cx.account.server.as_deref());
    let site = http::site(typed.ok_or_else(|| Fault::rejected("The API URL is missing."))?)?;
    Ok(site.trim_end_matches("/ghost").to_owned())
}

fn signed(cx: &Cx<'_>, method: Method, path: &str, effect: Effect) -> Result<Request, Fault> {
    let key = cx.account.secret("key").unwrap_or_else(|| cx.account.token.expose_secret());
    let token = token(key, cx.now)?;
    Ok(Request::new(method, format!("{}/ghost/api/admin/{path}", site(cx)?), effect)
        .header("authorization", format!("Ghost {token}"))
        .header("accept-version", "v5.0"))
}

/// A token of five minutes, signed with HMAC-SHA256: the key is `id:secret`, the secret in hexadecimal.
fn token(key: &str, now: Timestamp) -> Result<String, Fault> {
    let wrong = || {
        Fault::rejected(
            "This is not an Admin API key: it is two numbers in hexadecimal with a colon between.",
        )
    };
    let (id, secret) = key.trim().split_once(':').ok_or_else(wrong)?;
    let digits: Option<Vec<u8>> =
        secret.chars().map(|c| Some(u8::try_from(c.to_digit(16)?).unwrap_or(0))).collect();
    let digits = digits.filter(|digits| !digits.is_empty() && digits.len() % 2 == 0).ok_or_else(wrong)?;
    let secret: Vec<u8> = digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    let head = json!({"alg": "HS256", "typ": "JWT", "kid": id}).to_string();
    let claims = json!({"iat": now.timestamp(), "exp": now.timestamp() + 300, "aud": "/admin/"}).to_string();
    let body = format!("{}.{}", URL_SAFE_NO_PAD.encode(head), URL_SAFE_NO_PAD.encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(http::hmac_sha256(&secret, body.as_bytes()));
    Ok(format!("{body}.{signature}"))
}

fn fields(piece: &Piece) -> Value {
    let mut post = json!({"title": piece.title.as_deref().unwrap_or_default()});
    if let Some(excerpt) = piece.description.as_deref().filter(|excerpt| !excerpt.is_empty()) {
        post["custom_excerpt"] = json!(excerpt);
    }
    if !piece.tags.is_empty() {
        post["tags"] = json!(piece.tags);
    }
    post
}

async fn read(cx: &Cx<'_>, id: &str) -> Result<Value, Fault> {
    let request = signed(cx, Method::Get, &format!("posts/{}/", http::segment(id)), Effect::Reads)?;
    let value = http::call_json(cx, request, judge).await?;
    value
        .pointer("/posts/0")
        .cloned()
        .ok_or_else(|| Fault::new(FaultKind::Transient, "The site's answer could not be read as a post."))
}

async fn upload(cx: &Cx<'_>, media: &Media) -> Result<String, Fault> {
    if media.kind != MediaKind::Image {
        return Err(Fault::rejected("An article takes pictures only."));
    }
    let ending = media.content_type.rsplit('/').next().unwrap_or("bin").replace("jpeg", "jpg");
    let field = |name: &str, value: &str| FormField {
        name: name.to_owned(),
        file_name: None,
        content_type: None,
        bytes: value.to_owned().into(),
    };
    let file = FormField {
        name: "file".into(),
        file_name: Some(format!("{}.{ending}", media.id)),
        content_type: Some(media.content_type.clone()),
        bytes: media.read_all().await?,
    };
    let request = signed(cx, Method::Post, "images/upload/", Effect::Prepares)?
        .multipart(vec![file, field("purpose", "image"), field("ref", &media.id)])
        .within(std::time::Duration::from_mins(2));
    let value = http::call_json(cx, request, judge).await?;
    http::need(&value, "/images/0/url", Effect::Prepares)
}

fn prepared(value: &Value) -> Result<Value, Fault> {
    Ok(json!({"id": http::need(value, "/posts/0/id", Effect::Prepares)?}))
}

fn posted(post: &Value) -> Option<Posted> {
    Some(Posted {
        id: http::text(post, "/id")?,
        url: http::text(post, "/url"),
        reference: Value::Null,
        processing: false,
    })
}

fn seen(post: &Value) -> Option<Seen> {
    Some(Seen {
        posted: posted(post)?,
        text: http::text(post, "/html").unwrap_or_default(),
        // pictures that belong to the text and those that were attached look alike
        media: None,
        at: http::time(post.get("published_at")?.as_str()?)?,
        answers: None,
        counts: crate::publish::Counts::new(),
    })
}

/// What a refusal means: `{"errors": [{"message": "…", "context": "…", "type": "NoPermissionError", "code": null}]}`.
fn judge(response: &Response, effect: Effect, now: Timestamp) -> Fault {
    let mut fault = Fault::of_response(response, effect, now);
    if (300..400).contains(&response.status) {
        let to = response.header("location").map(http::host).unwrap_or_default();
        return Fault::rejected(format!(
            "The site sends elsewhere ({to}): connect it by the address that it sends to."
        ))
        .status(response.status);
    }
    let value = response.value().unwrap_or_default();
    let kind = http::text(&value, "/errors/0/type");
    let code = http::text(&value, "/errors/0/code");
    if let Some(context) = http::text(&value, "/errors/0/context") {
        fault.words = format!("{} {context}", fault.words);
    }
    fault.kind = match (response.status, kind.as_deref()) {
        (404, None) => {
            fault.words = "There is no Ghost Admin API at this address.".into();
            FaultKind::Rejected
        }
        // our clock and the site's differ by more than the token's five minutes
        (401, _) if fault.words.contains("jwt expired") || fault.words.contains("jwt not active") => {
            FaultKind::Setup
        }
        // the key was made new, or the integration removed
        (401, _) | (403, Some("NoPermissionError")) => FaultKind::NeedsConsent,
        // somebody saved the draft at the same moment; nothing was changed
        (409, _) => FaultKind::Transient,
        _ => fault.kind,
    };
    fault.code = code.or(kind);
    fault
}
