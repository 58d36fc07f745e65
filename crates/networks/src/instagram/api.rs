//! Publishing to Instagram with the Graph API and Facebook Login: an account of a business or creator, reached through
//! the page that it belongs to.
//!
//! Written from: Instagram Platform "Content Publishing", reference `IG User/media`, `IG User/media_publish`,
//! `IG User/content_publishing_limit`, `IG Container`, `IG User/business_discovery`, `IG Hashtag Search`,
//! `IG Hashtag/recent_media`, "Error Codes" (developers.facebook.com/docs/instagram-platform).
//!
//! Instagram fetches media itself. What is prepared is a container, ready to be published once: Instagram refuses to
//! publish the same container twice, and its status says whether an earlier try went through.

mod others;
#[cfg(test)]
mod tests;

use std::time::Duration;

use async_trait::async_trait;
use bellwether_kernel::Timestamp;
use serde_json::{Value, json};

use crate::{
    Network,
    facebook::graph::{self, GRAPH},
    http::{self, HOUR, PREPARE_AGAIN},
    publish::{
        Abilities, AccountMetrics, App, Ask, Before, Budget, Cx, Effect, Fault, FaultKind, FoundAccount,
        Grant, Heard, Media, Method, Oauth, Piece, Posted, Provider, Publisher, Recent, Request, Scope, Seen,
    },
    rules::MediaKind,
};

/// What it was tested against.
pub const TESTED: &str = "Tested against a fake written from the Instagram Platform pages (content publishing, error \
                          codes) for Graph API v24.0 and against recorded answers; not against the live network.";

const PAGES: usize = 5;
/// How often a container is asked about, and how long between two questions: five minutes in all.
const QUESTIONS: u32 = 30;
const BETWEEN: Duration = Duration::from_secs(10);

/// Instagram.
#[derive(Debug, Default)]
pub struct Instagram;

const SCOPES: &[Scope] = &[
    Scope { name: "instagram_basic", words: "See your Instagram account and its posts." },
    Scope { name: "instagram_content_publish", words: "Publish pictures, carousels and reels." },
    Scope { name: "instagram_manage_comments", words: "Add a first comment." },
    Scope { name: "instagram_manage_insights", words: "Read your account's numbers." },
    Scope { name: "pages_show_list", words: "See the page that your Instagram account belongs to." },
    Scope { name: "pages_read_engagement", words: "Read that page, which Instagram asks for." },
];

#[async_trait]
impl Publisher for Instagram {
    fn provider(&self) -> Provider {
        Provider::Instagram
    }

    fn tested(&self) -> &'static str {
        TESTED
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            read_back: true,
            first_comment: true,
            reads_accounts: true,
            reads_hashtags: true,
            ..Abilities::PLAIN
        }
    }

    fn oauth(&self, app: &App, _server: Option<&str>) -> Option<Oauth> {
        Some(graph::oauth(app, SCOPES.to_vec()))
    }

    async fn exchange(&self, cx: &Cx<'_>, code: &str, _: &str, redirect: &str) -> Result<Grant, Fault> {
        graph::exchange(cx, code, redirect).await
    }

    async fn refresh(&self, cx: &Cx<'_>) -> Result<Grant, Fault> {
        graph::refresh(cx, cx.account.setting("page_id")).await
    }

    async fn accounts(&self, cx: &Cx<'_>) -> Result<Vec<FoundAccount>, Fault> {
        let fields = "id,name,access_token,instagram_business_account{id,username,name,profile_picture_url}";
        let pages = graph::pages(cx, cx.account, fields).await?;
        Ok(pages.iter().filter_map(found).collect())
    }

    async fn prepare(&self, cx: &Cx<'_>, piece: &Piece) -> Result<Value, Fault> {
        quota(cx).await?;
        let id = match piece.media.as_slice() {
            [] => return Err(Fault::rejected("Instagram publishes nothing without a picture or a video.")),
            [media] => container(cx, &single(piece, media)?).await?,
            several => {
                let mut children = Vec::with_capacity(several.len());
                for media in several {
                    children.push(container(cx, &child(media)?).await?);
                }
                for child in &children {
                    ready(cx, child).await?;
                }
                let children = children.join(",");
                let form = [("media_type", "CAROUSEL"), ("children", &children), ("caption", &piece.text)];
                container(cx, &form.map(|(name, value)| (name, value.to_owned()))).await?
            }
        };
        ready(cx, &id).await?;
        Ok(json!({"creation_id": id}))
    }

    async fn publish(
        &self,
        cx: &Cx<'_>,
        _piece: &Piece,
        prepared: &Value,
        _before: Before<'_>,
    ) -> Result<Posted, Fault> {
        let container = http::text(prepared, "/creation_id").ok_or_else(|| {
            Fault::new(FaultKind::Transient, "There is no container to publish.").code(PREPARE_AGAIN)
        })?;
        match status(cx, &container).await?.as_str() {
            "PUBLISHED" => {
                return Err(Fault::new(FaultKind::Unclear, "An earlier try has published this already."));
            }
            "EXPIRED" | "ERROR" => {
                let words = "The container is not good any more: Instagram keeps it for a day.";
                return Err(Fault::new(FaultKind::Transient, words).code(PREPARE_AGAIN));
            }
            _ => {}
        }
        let request =
            post(cx, "media_publish", Effect::Publishes).form([("creation_id", container.as_str())]);
        let value = graph::send(cx, request).await?;
        let id = http::need(&value, "/id", Effect::Publishes)?;
        // the post is out; that its address can't be had is no fault
        let request = Request::get(format!("{GRAPH}/{}", http::segment(&id)))
            .query([("fields", "permalink")])
            .bearer(cx.account);
        let url = graph::send(cx, request).await.ok().and_then(|value| http::text(&value, "/permalink"));
        Ok(Posted { id, url, reference: Value::Null, processing: false })
    }

    async fn finish(&self, cx: &Cx<'_>, piece: &Piece, posted: &Posted) -> Result<(), Fault> {
        if let Some(comment) = piece.first_comment.as_deref().filter(|comment| !comment.is_empty()) {
            let url = format!("{GRAPH}/{}/comments", http::segment(&posted.id));
            let request = Request::new(Method::Post, url, Effect::Publishes)
                .bearer(cx.account)
                .form([("message", comment)]);
            graph::send(cx, request).await?;
        }
        Ok(())
    }

    async fn recent(&self, cx: &Cx<'_>, since: Timestamp) -> Result<Recent, Fault> {
        let mut posts = Vec::new();
        let mut request = Request::get(format!("{GRAPH}/{}/media", http::segment(&cx.account.id)))
            .query([("fields", "id,caption,permalink,timestamp,media_type,children{id}"), ("limit", "50")])
            .bearer(cx.account);
        for _ in 0..PAGES {
            let value = graph::send(cx, request).await?;
            let page: Vec<Seen> = http::list(&value, "/data").iter().filter_map(seen).collect();
            let passed = page.last().is_some_and(|last| last.at < since);
            posts.extend(page);
            let next = graph::next_page(&value, GRAPH);
            if passed || next.is_none() {
                return Ok(Recent { posts, whole: true });
            }
            request = Request::get(next.unwrap_or_default()).bearer(cx.account);
        }
        Ok(Recent { posts, whole: false })
    }

    async fn account_metrics(&self, cx: &Cx<'_>) -> Result<AccountMetrics, Fault> {
        let request = Request::get(format!("{GRAPH}/{}", http::segment(&cx.account.id)))
            .query([("fields", "followers_count,follows_count,media_count")])
            .bearer(cx.account);
        let value = graph::send(cx, request).await?;
        Ok(AccountMetrics {
            followers: http::number(&value, "/followers_count"),
            following: http::number(&value, "/follows_count"),
            posts: http::number(&value, "/media_count"),
            ..Default::default()
        })
    }

    async fn posts_of(&self, cx: &Cx<'_>, ask: Ask<'_>) -> Result<Heard, Fault> {
        others::posts_of(cx, ask).await
    }
}

fn post(cx: &Cx<'_>, edge: &str, effect: Effect) -> Request {
    let url = format!("{GRAPH}/{}/{edge}", http::segment(&cx.account.id));
    Request::new(Method::Post, url, effect).bearer(cx.account)
}

/// How many posts are left today.
async fn quota(cx: &Cx<'_>) -> Result<(), Fault> {
    let request = Request::get(format!("{GRAPH}/{}/content_publishing_limit", http::segment(&cx.account.id)))
        .query([("fields", "config,quota_usage")])
        .bearer(cx.account);
    let value = graph::send(cx, request).await?;
    let Some(used) = http::number(&value, "/data/0/quota_usage") else { return Ok(()) };
    let Some(total) = http::number(&value, "/data/0/config/quota_total") else { return Ok(()) };
    let window = http::number(&value, "/data/0/config/quota_duration").unwrap_or(86_400);
    let remaining = u32::try_from(total.saturating_sub(used)).unwrap_or(u32::MAX);
    cx.note_budget(Budget { remaining, resets_at: http::after(cx.now, window) });
    if remaining == 0 {
        // the window rolls: some of it comes back every hour
        let words = format!("Instagram takes {total} posts a day from this account; they are used up.");
        return Err(Fault::new(FaultKind::RateLimited, words).retry_after(HOUR));
    }
    Ok(())
}

type Form = Vec<(&'static str, String)>;

fn single(piece: &Piece, media: &Media) -> Result<Form, Fault> {
    let url = http::public_url(media)?.to_owned();
    let mut form = if media.kind == MediaKind::Video {
        let mut form = vec![("media_type", "REELS".to_owned()), ("video_url", url)];
        form.extend(piece.option("cover_url").map(|value| ("cover_url", value.to_owned())));
        let offset = piece.options.get("thumb_offset").and_then(Value::as_u64);
        form.extend(offset.map(|offset| ("thumb_offset", offset.to_string())));
        let shared = piece.options.get("share_to_feed").and_then(Value::as_bool);
        form.extend(shared.map(|share| ("share_to_feed", share.to_string())));
        form
    } else {
        described(vec![("image_url", url)], media)
    };
    form.push(("caption", piece.text.clone()));
    Ok(form)
}

fn child(media: &Media) -> Result<Form, Fault> {
    let url = http::public_url(media)?.to_owned();
    let mut form = if media.kind == MediaKind::Video {
        vec![("media_type", "VIDEO".to_owned()), ("video_url", url)]
    } else {
        described(vec![("image_url", url)], media)
    };
    form.push(("is_carousel_item", "true".to_owned()));
    Ok(form)
}

/// Instagram takes alternative texts of pictures only.
fn described(mut form: Form, media: &Media) -> Form {
    if !media.alt_text.is_empty() {
        form.push(("alt_text", media.alt_text.clone()));
    }
    form
}

async fn container(cx: &Cx<'_>, form: &[(&'static str, String)]) -> Result<String, Fault> {
    let request =
        post(cx, "media", Effect::Prepares).form(form.iter().map(|(name, value)| (*name, value.as_str())));
    let value = graph::send(cx, request).await?;
    http::need(&value, "/id", Effect::Prepares)
}

async fn status(cx: &Cx<'_>, container: &str) -> Result<String, Fault> {
    Ok(state(cx, container).await?.0)
}

async fn state(cx: &Cx<'_>, container: &str) -> Result<(String, Option<String>), Fault> {
    let request = Request::get(format!("{GRAPH}/{}", http::segment(container)))
        .query([("fields", "status_code,status")])
        .bearer(cx.account);
    let value = graph::send(cx, request).await?;
    Ok((http::need(&value, "/status_code", Effect::Reads)?, http::text(&value, "/status")))
}

/// Waits until Instagram has fetched and converted the media.
async fn ready(cx: &Cx<'_>, container: &str) -> Result<(), Fault> {
    for _ in 0..QUESTIONS {
        match state(cx, container).await? {
            (code, _) if code == "FINISHED" => return Ok(()),
            (code, words) if code == "ERROR" => {
                return Err(failed(words.unwrap_or_else(|| "Instagram could not take the media.".into())));
            }
            (code, _) if code == "EXPIRED" || code == "PUBLISHED" => {
                return Err(Fault::new(FaultKind::Transient, "The container is not good any more."));
            }
            _ => cx.wire.wait(BETWEEN).await,
        }
    }
    Err(Fault::new(FaultKind::Transient, "Instagram is still working on the media."))
}

/// The status names a subcode where the media is at fault: `Error: Media upload has failed with error code 2207076`.
fn failed(words: String) -> Fault {
    let code = words.rsplit(' ').next().and_then(|last| last.trim_end_matches('.').parse::<i64>().ok());
    let fault = match code {
        // inside Instagram, or while it fetched
        Some(2_207_001 | 2_207_003 | 2_207_032 | 2_207_053) => Fault::new(FaultKind::Transient, words),
        _ => Fault::rejected(words),
    };
    match code {
        Some(code) => fault.code(code.to_string()),
        None => fault,
    }
}

fn found(page: &Value) -> Option<FoundAccount> {
    let account = page.get("instagram_business_account")?;
    let username = http::text(account, "/username")?;
    Some(FoundAccount {
        network: Network::Instagram,
        id: http::text(account, "/id")?,
        name: http::text(account, "/name").unwrap_or_else(|| username.clone()),
        handle: username,
        avatar_url: http::text(account, "/profile_picture_url"),
        server: None,
        token: Some(http::text(page, "/access_token")?.into()),
        settings: json!({"page_id": http::text(page, "/id")?, "page_name": http::text(page, "/name")}),
    })
}

fn seen(media: &Value) -> Option<Seen> {
    let children = http::list(media, "/children/data").len();
    Some(Seen {
        posted: Posted {
            id: http::text(media, "/id")?,
            url: http::text(media, "/permalink"),
            reference: Value::Null,
            processing: false,
        },
        text: http::text(media, "/caption").unwrap_or_default(),
        media: Some(children.max(1)),
        at: http::time(media.get("timestamp")?.as_str()?)?,
        answers: None,
        counts: crate::publish::Counts::new(),
    })
}
