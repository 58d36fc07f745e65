//! Reading posts back: `GET /2/users/{id}/tweets`.

use bellwether_kernel::Timestamp;
use chrono::{SecondsFormat, TimeDelta};
use serde::Deserialize;

use super::{ask, fault::call, posted};
use crate::publish::{Cx, Effect, Fault, FaultKind, Method, Recent, Seen, html::unescape};

/// Most pages that are read, of a hundred posts each.
const PAGES: usize = 8;

/// How fields are asked for. X renamed them in its description of 2026; its guides still show the older names, and a
/// name that it does not know is refused. So the older ones follow a refusal.
const FIELDS: [[(&str, &str); 2]; 2] = [
    [("post.fields", "attachments,created_at,note_post"), ("expansions", "referenced_posts")],
    [
        ("tweet.fields", "attachments,created_at,note_tweet,referenced_tweets"),
        ("expansions", "referenced_tweets.id"),
    ],
];

#[derive(Debug, Deserialize)]
struct Page {
    #[serde(default)]
    data: Vec<Post>,
    #[serde(default)]
    meta: Meta,
}

#[derive(Debug, Default, Deserialize)]
struct Meta {
    /// Missing when the answer is an error dressed as a success.
    result_count: Option<u32>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Post {
    id: String,
    text: String,
    created_at: Option<Timestamp>,
    #[serde(default)]
    attachments: Attachments,
    #[serde(default, alias = "referenced_tweets")]
    referenced_posts: Vec<Reference>,
    #[serde(rename = "note_post", alias = "note_tweet")]
    note: Option<Note>,
}

#[derive(Debug, Default, Deserialize)]
struct Attachments {
    media_keys: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct Reference {
    #[serde(rename = "type")]
    kind: String,
    id: String,
}

/// The whole of a long post; `text` has its beginning.
#[derive(Debug, Deserialize)]
struct Note {
    text: String,
}

impl Post {
    fn seen(self, cx: &Cx<'_>) -> Option<Seen> {
        let text = self.note.map_or(self.text, |note| note.text);
        Some(Seen {
            text: unescape(&text),
            media: Some(self.attachments.media_keys.map_or(0, |keys| keys.len())),
            at: self.created_at?,
            answers: self.referenced_posts.into_iter().find(|to| to.kind == "replied_to").map(|to| to.id),
            posted: posted(cx, self.id),
            counts: crate::publish::Counts::new(),
        })
    }
}

/// X gives the posts since a time, newest first, so that the last page is the end.
pub(super) async fn recent(cx: &Cx<'_>, since: Timestamp) -> Result<Recent, Fault> {
    let start = (since - TimeDelta::minutes(2)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let mut posts = Vec::new();
    let mut token: Option<String> = None;
    let mut dialect = 0;
    for _ in 0..PAGES {
        let page = match page(cx, &start, token.as_deref(), dialect).await {
            Err(fault) if fault.status == Some(400) && dialect == 0 => {
                dialect = 1;
                page(cx, &start, token.as_deref(), dialect).await?
            }
            other => other?,
        };
        posts.extend(page.data.into_iter().filter_map(|post| post.seen(cx)));
        token = page.meta.next_token;
        if token.is_none() {
            break;
        }
    }
    Ok(Recent { posts, whole: token.is_none() })
}

async fn page(cx: &Cx<'_>, start: &str, token: Option<&str>, dialect: usize) -> Result<Page, Fault> {
    let mut query = vec![("max_results", "100"), ("start_time", start), ("exclude", "retweets")];
    query.extend(FIELDS[dialect]);
    query.extend(token.map(|token| ("pagination_token", token)));
    let path = format!("/2/users/{}/tweets", cx.account.id);
    let response = call(cx, ask(cx, Method::Get, &path, Effect::Reads).query(query)).await?;
    let page: Page = response.read(Effect::Reads)?;
    if page.meta.result_count.is_none() {
        // an account that can't be read has no posts in this answer, which proves nothing
        let fault = Fault::of_response(&response, Effect::Reads, cx.now);
        return Err(cx.without_secrets(fault.means(FaultKind::Transient)));
    }
    Ok(page)
}
