//! Publishing to Facebook pages with the Graph API.
//!
//! Written from: Pages API "Posts", "Get Started", Graph API reference `Page/feed`, `Page/photos`, `Page/videos`,
//! `Page/published_posts`, Video API "Publishing" (developers.facebook.com).
//!
//! A person consents once; each page has a token of its own ([`FoundAccount::token`]), which does not run out while the
//! person's long-lived token was good when it was made. That long-lived token is kept as the one that renews.
//!
//! Nothing is revoked at the network when a page is disconnected: Facebook can only take back the person's whole
//! permission, which would take the person's other pages along.

mod video;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use bellwether_kernel::Timestamp;
use serde_json::{Value, json};

use super::graph::{self, GRAPH};
use crate::{
    Network, http,
    publish::{
        Abilities, AccountMetrics, App, Before, Cx, Effect, Fault, FormField, FoundAccount, Grant, Media,
        Method, Oauth, Piece, Posted, Progress, Provider, Publisher, Recent, Request, Scope, Seen,
    },
};

/// What it was tested against.
pub const TESTED: &str = "Tested against a fake written from the Graph API v24.0 pages (Pages API posts, Page/photos, \
                          Page/videos, error handling) and against recorded answers; not against the live network.";

/// Pages of results that are read back at most.
const PAGES: usize = 5;

/// Facebook pages.
#[derive(Debug, Default)]
pub struct Facebook;

const SCOPES: &[Scope] = &[
    Scope { name: "pages_show_list", words: "See which pages you look after." },
    Scope { name: "pages_read_engagement", words: "Read your pages' posts and how many follow them." },
    Scope { name: "pages_manage_posts", words: "Publish, change and delete your pages' posts." },
    Scope { name: "pages_manage_engagement", words: "Comment on your pages' posts." },
    Scope { name: "read_insights", words: "Read your pages' numbers." },
];

#[async_trait]
impl Publisher for Facebook {
    fn provider(&self) -> Provider {
        Provider::Facebook
    }

    fn tested(&self) -> &'static str {
        TESTED
    }

    fn abilities(&self) -> Abilities {
        Abilities { delete: true, edit: true, read_back: true, first_comment: true, ..Abilities::PLAIN }
    }

    fn oauth(&self, app: &App, _server: Option<&str>) -> Option<Oauth> {
        Some(graph::oauth(app, SCOPES.to_vec()))
    }

    async fn exchange(&self, cx: &Cx<'_>, code: &str, _: &str, redirect: &str) -> Result<Grant, Fault> {
        graph::exchange(cx, code, redirect).await
    }

    async fn refresh(&self, cx: &Cx<'_>) -> Result<Grant, Fault> {
        graph::refresh(cx, Some(&cx.account.id)).await
    }

    async fn accounts(&self, cx: &Cx<'_>) -> Result<Vec<FoundAccount>, Fault> {
        let fields = "id,name,username,access_token,tasks,picture{url}";
        let pages = graph::pages(cx, cx.account, fields).await?;
        // without this task a person may look, but not publish
        Ok(pages.iter().filter(|page| may_publish(page)).filter_map(found).collect())
    }

    async fn prepare(&self, cx: &Cx<'_>, piece: &Piece) -> Result<Value, Fault> {
        if let Some(media) = http::lone_video(piece)? {
            return video::upload(cx, media).await;
        }
        let mut photos = Vec::new();
        for media in &piece.media {
            photos.push(self.photo(cx, media).await?);
        }
        Ok(json!({"photos": photos}))
    }

    async fn publish(
        &self,
        cx: &Cx<'_>,
        piece: &Piece,
        prepared: &Value,
        _before: Before<'_>,
    ) -> Result<Posted, Fault> {
        if prepared.get("upload_session_id").is_some() {
            return video::finish(cx, piece, prepared).await;
        }
        let mut form = vec![("message".to_owned(), piece.text.clone())];
        let photos = http::list(prepared, "/photos");
        for (index, photo) in photos.iter().enumerate() {
            let photo = json!({"media_fbid": photo}).to_string();
            form.push((format!("attached_media[{index}]"), photo));
        }
        if photos.is_empty()
            && let Some(link) = first_link(&piece.text)
        {
            form.push(("link".to_owned(), link));
        }
        let request = post(cx, &format!("{}/feed", http::segment(&cx.account.id)), Effect::Publishes)
            .form(form.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let value = graph::send(cx, request).await?;
        let id = http::need(&value, "/id", Effect::Publishes)?;
        Ok(Posted { url: Some(address(&id)), id, reference: Value::Null, processing: false })
    }

    async fn progress(&self, cx: &Cx<'_>, posted: &Posted) -> Result<Progress, Fault> {
        if posted.processing { video::progress(cx, posted).await } else { Ok(Progress::Live(posted.clone())) }
    }

    async fn finish(&self, cx: &Cx<'_>, piece: &Piece, posted: &Posted) -> Result<(), Fault> {
        if let Some(comment) = piece.first_comment.as_deref().filter(|comment| !comment.is_empty()) {
            let request = post(cx, &format!("{}/comments", http::segment(&posted.id)), Effect::Publishes)
                .form([("message", comment)]);
            graph::send(cx, request).await?;
        }
        Ok(())
    }

    async fn recent(&self, cx: &Cx<'_>, since: Timestamp) -> Result<Recent, Fault> {
        let fields = "id,message,created_time,permalink_url,attachments{media_type,subattachments.limit(20){media_type}}";
        let mut posts = Vec::new();
        let mut request = Request::get(format!("{GRAPH}/{}/published_posts", http::segment(&cx.account.id)))
            .query([("fields", fields), ("limit", "100")])
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

    async fn delete(&self, cx: &Cx<'_>, posted: &Posted) -> Result<(), Fault> {
        let url = format!("{GRAPH}/{}", http::segment(&posted.id));
        let request = Request::new(Method::Delete, url, Effect::Prepares).bearer(cx.account);
        match graph::send(cx, request).await {
            // there is no such object (any more)
            Err(fault) if matches!(fault.code.as_deref(), Some("100/33" | "803")) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    async fn edit(&self, cx: &Cx<'_>, piece: &Piece, posted: &Posted) -> Result<Posted, Fault> {
        let field = if posted.reference.get("video").is_some() && !posted.id.contains('_') {
            "description"
        } else {
            "message"
        };
        let request =
            post(cx, &http::segment(&posted.id), Effect::Prepares).form([(field, piece.text.as_str())]);
        graph::send(cx, request).await?;
        Ok(posted.clone())
    }

    async fn account_metrics(&self, cx: &Cx<'_>) -> Result<AccountMetrics, Fault> {
        let request = Request::get(format!("{GRAPH}/{}", http::segment(&cx.account.id)))
            .query([("fields", "followers_count,fan_count,talking_about_count")])
            .bearer(cx.account);
        let value = graph::send(cx, request).await?;
        let other = ["fan_count", "talking_about_count"]
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), value.get(name)?.as_i64()?)))
            .collect();
        Ok(AccountMetrics {
            followers: http::number(&value, "/followers_count"),
            other,
            ..Default::default()
        })
    }
}

fn post(cx: &Cx<'_>, path: &str, effect: Effect) -> Request {
    Request::new(Method::Post, format!("{GRAPH}/{path}"), effect).bearer(cx.account)
}

impl Facebook {
    /// Uploads a picture that nobody sees yet.
    async fn photo(&self, cx: &Cx<'_>, media: &Media) -> Result<String, Fault> {
        let field = |name: &str, value: &str| FormField {
            name: name.to_owned(),
            file_name: None,
            content_type: None,
            bytes: value.to_owned().into(),
        };
        let mut fields = vec![field("published", "false")];
        if !media.alt_text.is_empty() {
            fields.push(field("alt_text_custom", &media.alt_text));
        }
        fields.push(FormField {
            name: "source".into(),
            file_name: Some(media.id.clone()),
            content_type: Some(media.content_type.clone()),
            bytes: media.read_all().await?,
        });
        let path = format!("{}/photos", http::segment(&cx.account.id));
        let value = graph::send(cx, post(cx, &path, Effect::Prepares).multipart(fields)).await?;
        http::need(&value, "/id", Effect::Prepares)
    }
}

fn address(id: &str) -> String {
    format!("https://www.facebook.com/{id}")
}

/// The API makes a preview of a link only when it is named; people expect it of the first one.
fn first_link(text: &str) -> Option<String> {
    crate::urls(Network::Facebook, text)
        .into_iter()
        .map(|range| &text[range])
        .find(|link| link.starts_with("https://") || link.starts_with("http://"))
        .map(str::to_owned)
}

fn may_publish(page: &Value) -> bool {
    page.get("tasks").is_none()
        || http::list(page, "/tasks")
            .iter()
            .any(|task| matches!(task.as_str(), Some("CREATE_CONTENT" | "MANAGE")))
}

fn found(page: &Value) -> Option<FoundAccount> {
    let id = http::text(page, "/id")?;
    Some(FoundAccount {
        network: Network::Facebook,
        name: http::text(page, "/name").unwrap_or_else(|| id.clone()),
        handle: http::text(page, "/username").unwrap_or_else(|| id.clone()),
        avatar_url: http::text(page, "/picture/data/url"),
        server: None,
        token: Some(http::text(page, "/access_token")?.into()),
        settings: Value::Null,
        id,
    })
}

fn seen(post: &Value) -> Option<Seen> {
    let id = http::text(post, "/id")?;
    let attachments = http::list(post, "/attachments/data");
    let media = attachments.iter().map(media_count).sum();
    Some(Seen {
        posted: Posted {
            url: http::text(post, "/permalink_url").or_else(|| Some(address(&id))),
            id,
            reference: Value::Null,
            processing: false,
        },
        text: http::text(post, "/message").unwrap_or_default(),
        // without the field nobody knows
        media: post.get("attachments").map(|_| media),
        at: http::time(post.get("created_time")?.as_str()?)?,
        answers: None,
        counts: crate::publish::Counts::new(),
    })
}

fn media_count(attachment: &Value) -> usize {
    let inner = http::list(attachment, "/subattachments/data");
    if inner.is_empty() {
        usize::from(matches!(attachment.get("media_type").and_then(Value::as_str), Some("photo" | "video")))
    } else {
        inner.len()
    }
}
