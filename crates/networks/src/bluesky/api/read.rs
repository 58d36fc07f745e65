//! Reading posts back: lexicons `com.atproto.repo.getRecord` and `app.bsky.feed.getAuthorFeed`.

use bellwether_kernel::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{POST, fault::call, record, xrpc};
use crate::publish::{Cx, Effect, Fault, Method, Recent, Seen};

/// Most pages of a feed that are read.
const PAGES: usize = 5;

/// A post as it is kept.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Post {
    text: String,
    created_at: String,
    #[serde(default)]
    reply: Value,
    #[serde(default)]
    embed: Value,
}

impl Post {
    fn seen(&self, uri: &str, cid: &str) -> Option<Seen> {
        let at = chrono::DateTime::parse_from_rfc3339(&self.created_at).ok()?.to_utc();
        Some(Seen {
            posted: record::posted(uri, cid, self.reply.get("root")),
            text: self.text.clone(),
            media: Some(media(&self.embed)),
            at,
            answers: self.reply.pointer("/parent/uri").and_then(Value::as_str).map(str::to_owned),
            counts: crate::publish::Counts::new(),
        })
    }
}

/// How many media an embed shows; a link's card and a quote are none.
fn media(embed: &Value) -> usize {
    let count = |name: &str| embed.get(name).and_then(Value::as_array).map_or(0, Vec::len);
    match embed.get("$type").and_then(Value::as_str).unwrap_or_default() {
        "app.bsky.embed.images" => count("images"),
        "app.bsky.embed.gallery" => count("items"),
        "app.bsky.embed.video" => 1,
        "app.bsky.embed.recordWithMedia" => media(&embed["media"]),
        _ => 0,
    }
}

/// The post under a key, by the account's own server.
pub(super) async fn record(cx: &Cx<'_>, rkey: &str) -> Result<Option<Seen>, Fault> {
    #[derive(Deserialize)]
    struct Answer {
        uri: String,
        cid: Option<String>,
        value: Post,
    }
    let request = xrpc(cx, Method::Get, "com.atproto.repo.getRecord", Effect::Reads).query([
        ("repo", cx.account.id.as_str()),
        ("collection", POST),
        ("rkey", rkey),
    ]);
    match call(cx, request).await {
        Ok(response) => {
            let answer: Answer = response.read(Effect::Reads)?;
            Ok(answer.value.seen(&answer.uri, answer.cid.as_deref().unwrap_or_default()))
        }
        Err(fault) if fault.code.as_deref() == Some("RecordNotFound") => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// The posts since a time. Whole when the account's own server said whether the piece of this key is there: that
/// question is exact, while the feed's index lags behind.
pub(super) async fn recent(cx: &Cx<'_>, since: Timestamp) -> Result<Recent, Fault> {
    let keyed = !cx.key.is_empty();
    let own = if keyed { record(cx, &record::key(cx.key)).await? } else { None };
    let mut posts = match feed(cx, since).await {
        Ok(posts) => posts,
        Err(fault) if keyed => {
            cx.warn(format!("The feed could not be read: {fault}"));
            Vec::new()
        }
        Err(fault) => return Err(fault),
    };
    if let Some(own) = own
        && !posts.iter().any(|seen| seen.posted.id == own.posted.id)
    {
        posts.push(own);
    }
    posts.sort_by_key(|seen| std::cmp::Reverse(seen.at));
    Ok(Recent { posts, whole: keyed })
}

async fn feed(cx: &Cx<'_>, since: Timestamp) -> Result<Vec<Seen>, Fault> {
    #[derive(Deserialize)]
    struct Page {
        feed: Vec<Item>,
        cursor: Option<String>,
    }
    #[derive(Deserialize)]
    struct Item {
        post: View,
        reason: Option<Value>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct View {
        uri: String,
        cid: String,
        record: Value,
        like_count: Option<i64>,
        repost_count: Option<i64>,
        reply_count: Option<i64>,
        quote_count: Option<i64>,
    }
    let mut posts = Vec::new();
    let mut cursor: Option<String> = None;
    for _ in 0..PAGES {
        let mut query =
            vec![("actor", cx.account.id.as_str()), ("limit", "100"), ("filter", "posts_with_replies")];
        query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let request = xrpc(cx, Method::Get, "app.bsky.feed.getAuthorFeed", Effect::Reads).query(query);
        let page: Page = call(cx, request).await?.read(Effect::Reads)?;
        // reposts stand among the posts with a reason
        let own = page.feed.into_iter().filter(|item| item.reason.is_none()).map(|item| item.post);
        let mut passed = false;
        for view in own {
            let post: Option<Post> = serde_json::from_value(view.record).ok();
            let Some(mut seen) = post.and_then(|post| post.seen(&view.uri, &view.cid)) else { continue };
            let counts = [
                ("likes", view.like_count),
                ("reposts", view.repost_count),
                ("replies", view.reply_count),
                ("quotes", view.quote_count),
            ];
            seen.counts =
                counts.into_iter().filter_map(|(name, count)| Some((name.to_owned(), count?))).collect();
            passed |= seen.at < since;
            posts.push(seen);
        }
        cursor = page.cursor;
        if passed || cursor.is_none() {
            break;
        }
    }
    posts.retain(|seen| seen.at >= since);
    Ok(posts)
}
