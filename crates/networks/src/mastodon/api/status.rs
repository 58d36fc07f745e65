//! Statuses, as posts are called there.

use bellwether_kernel::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ask, fault::call};
use crate::publish::{Cx, Effect, Fault, Method, Piece, Posted, Recent, Seen, html::plain};

/// Most pages that are read; 40 statuses each, which is the most that is given.
const PAGES: usize = 10;

/// A status, as far as it matters.
#[derive(Debug, Deserialize)]
pub(super) struct Status {
    id: String,
    url: Option<String>,
    uri: Option<String>,
    content: String,
    created_at: Timestamp,
    in_reply_to_id: Option<String>,
    #[serde(default)]
    media_attachments: Vec<Attachment>,
    #[serde(default)]
    sensitive: bool,
    #[serde(default)]
    spoiler_text: String,
    language: Option<String>,
    favourites_count: Option<i64>,
    reblogs_count: Option<i64>,
    replies_count: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct Attachment {
    id: String,
}

impl Status {
    pub(super) fn posted(self) -> Posted {
        Posted { id: self.id, url: self.url.or(self.uri), reference: Value::Null, processing: false }
    }

    fn seen(self) -> Seen {
        Seen {
            text: plain(&self.content),
            media: Some(self.media_attachments.len()),
            at: self.created_at,
            answers: self.in_reply_to_id.clone(),
            counts: [
                ("likes", self.favourites_count),
                ("reposts", self.reblogs_count),
                ("replies", self.replies_count),
            ]
            .into_iter()
            .filter_map(|(name, count)| Some((name.to_owned(), count?)))
            .collect(),
            posted: self.posted(),
        }
    }

    /// Puts what an edit would take away into it, unless it says otherwise.
    pub(super) fn keep(&self, status: &mut Value) {
        let media: Vec<&str> = self.media_attachments.iter().map(|file| file.id.as_str()).collect();
        let kept = [
            ("media_ids", (!media.is_empty()).then(|| json!(media))),
            ("sensitive", self.sensitive.then(|| json!(true))),
            ("spoiler_text", (!self.spoiler_text.is_empty()).then(|| json!(plain(&self.spoiler_text)))),
            ("language", self.language.as_ref().map(|language| json!(language))),
        ];
        for (name, value) in kept {
            if let (Some(value), None) = (value, status.get(name)) {
                status[name] = value;
            }
        }
    }
}

/// What is sent of a piece.
pub(super) fn of(piece: &Piece) -> Value {
    let mut status = json!({ "status": piece.text });
    for name in ["visibility", "language", "spoiler_text"] {
        if let Some(value) = piece.option(name) {
            status[name] = json!(value);
        }
    }
    if let Some(sensitive) = piece.options.get("sensitive").and_then(Value::as_bool) {
        status["sensitive"] = json!(sensitive);
    }
    status
}

/// The account's statuses, newest first. Boosts are left out by the instance, so a page can be short before the end.
pub(super) async fn recent(cx: &Cx<'_>, since: Timestamp) -> Result<Recent, Fault> {
    let path = format!("/api/v1/accounts/{}/statuses", cx.account.id);
    let mut posts = Vec::new();
    let mut whole = false;
    let mut before: Option<String> = None;
    for _ in 0..PAGES {
        let mut query = vec![("limit", "40"), ("exclude_reblogs", "true")];
        query.extend(before.as_deref().map(|id| ("max_id", id)));
        let request = ask(cx, Method::Get, &path, Effect::Reads)?.query(query);
        let page: Vec<Status> = call(cx, request).await?.read(Effect::Reads)?;
        whole = page.last().is_none_or(|oldest| oldest.created_at < since);
        before = page.last().map(|oldest| oldest.id.clone());
        posts.extend(page.into_iter().map(Status::seen).filter(|seen| seen.at >= since));
        if whole {
            break;
        }
    }
    Ok(Recent { posts, whole })
}
