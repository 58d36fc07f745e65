//! Bluesky's protocol, atproto: the account's own server (PDS) keeps its posts as records.
//!
//! Written from the lexicons `com.atproto.*` and `app.bsky.*`
//! (<https://github.com/bluesky-social/atproto/tree/main/lexicons>) and the guides at <https://docs.bsky.app>.
//!
//! # Exactly once
//! A record's key is ours to choose. It is made from [`Cx::key`], and the record is written by `putRecord` with
//! `swapRecord: null`, which means "only if there is none": a second try is answered `InvalidSwap` and changes nothing.
//! `createRecord` would not do: the lexicon does not say what an existing key means, and servers differ.
//!
//! So whether a piece is out is one question, `getRecord` for its key, which [`Publisher::recent`] asks of the account's
//! own server besides reading the feed. The feed comes from an index that lags behind by seconds and proves nothing.

mod card;
mod fault;
mod identity;
mod read;
mod record;
mod session;
#[cfg(test)]
mod tests;
mod video;

use async_trait::async_trait;
use bellwether_kernel::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use self::fault::call;
use crate::publish::{
    Abilities, AccountMetrics, Before, Cx, Effect, Fault, FaultKind, Field, FoundAccount, Grant, Method,
    Piece, Posted, Provider, Publisher, Recent, Request,
};

/// What this was tested against.
pub const TESTED: &str = "Tested against the reference server (@atproto/dev-env 0.3.215), which the tests start: signing \
    in, sessions renewed and ended, links, mentions and tags, pictures, link cards, threads, first comments, a second try, \
    reading back after a lost answer, removing. Feeds, profiles, quotes and video only against a fake written from the \
    lexicons com.atproto.* and app.bsky.* (2026) and the guides at docs.bsky.app, with requests checked against those \
    lexicons; nothing against the live network.";

/// Where accounts without a server of their own sign in.
const ENTRYWAY: &str = "https://bsky.social";
/// What a post is kept as.
const POST: &str = "app.bsky.feed.post";

/// Bluesky.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bluesky;

/// The account's own server, without a slash at the end.
fn server<'a>(cx: &Cx<'a>) -> &'a str {
    cx.account.server.as_deref().unwrap_or(ENTRYWAY).trim_end_matches('/')
}

/// A call of the account's own server, with the account's token.
fn xrpc(cx: &Cx<'_>, method: Method, name: &str, effect: Effect) -> Request {
    Request::new(method, format!("{}/xrpc/{name}", server(cx)), effect).bearer(cx.account)
}

/// A record's address and hash.
#[derive(Debug, Clone, Deserialize)]
struct Written {
    uri: String,
    cid: String,
}

#[async_trait]
impl Publisher for Bluesky {
    fn provider(&self) -> Provider {
        Provider::Bluesky
    }

    fn tested(&self) -> &'static str {
        TESTED
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            delete: true,
            read_back: true,
            idempotent: true,
            threads: true,
            first_comment: true,
            ..Abilities::PLAIN
        }
    }

    fn fields(&self) -> Vec<Field> {
        session::fields()
    }

    async fn sign_in(&self, cx: &Cx<'_>) -> Result<(Grant, Vec<FoundAccount>), Fault> {
        session::sign_in(cx).await
    }

    async fn refresh(&self, cx: &Cx<'_>) -> Result<Grant, Fault> {
        session::refresh(cx).await
    }

    async fn accounts(&self, cx: &Cx<'_>) -> Result<Vec<FoundAccount>, Fault> {
        session::accounts(cx).await
    }

    async fn revoke(&self, cx: &Cx<'_>) -> Result<(), Fault> {
        session::revoke(cx).await
    }

    async fn prepare(&self, cx: &Cx<'_>, piece: &Piece) -> Result<Value, Fault> {
        record::prepare(cx, piece).await
    }

    async fn publish(
        &self,
        cx: &Cx<'_>,
        piece: &Piece,
        prepared: &Value,
        before: Before<'_>,
    ) -> Result<Posted, Fault> {
        let mut post = record::post(&piece.text, cx.now, prepared);
        if let Some(language) = piece.option("language") {
            post["langs"] = json!([language]);
        }
        let reply = record::reply(before)?;
        put(cx, &record::key(cx.key), post, reply).await
    }

    fn comments_once(&self) -> bool {
        true
    }

    async fn finish(&self, cx: &Cx<'_>, piece: &Piece, posted: &Posted) -> Result<(), Fault> {
        let Some(comment) = &piece.first_comment else { return Ok(()) };
        let write = async {
            let facets = record::facets(cx, comment).await?;
            let post = record::post(comment, cx.now, &json!({ "facets": facets }));
            let root = record::root_of(posted);
            let before = Before { root: root.as_ref(), previous: Some(posted) };
            // its own key, so that it is written once however often this runs
            put(cx, &record::key(&format!("{}:first comment", cx.key)), post, record::reply(before)?).await
        };
        write.await?;
        Ok(())
    }

    async fn recent(&self, cx: &Cx<'_>, since: Timestamp) -> Result<Recent, Fault> {
        read::recent(cx, since).await
    }

    async fn delete(&self, cx: &Cx<'_>, posted: &Posted) -> Result<(), Fault> {
        let at = identity::AtUri::parse(&posted.id)?;
        let request = xrpc(cx, Method::Post, "com.atproto.repo.deleteRecord", Effect::Prepares)
            .json(json!({ "repo": at.authority, "collection": at.collection, "rkey": at.rkey }));
        // the lexicon: "or ensure it doesn't exist"
        call(cx, request).await?;
        Ok(())
    }

    async fn account_metrics(&self, cx: &Cx<'_>) -> Result<AccountMetrics, Fault> {
        let profile = session::profile(cx, server(cx), &cx.account.bearer(), &cx.account.id).await?;
        Ok(AccountMetrics {
            followers: profile.followers_count,
            following: profile.follows_count,
            posts: profile.posts_count,
            ..AccountMetrics::default()
        })
    }
}

/// Writes a post under a key that is still free. If it is not, an earlier try has written it.
async fn put(cx: &Cx<'_>, rkey: &str, mut post: Value, reply: Option<Value>) -> Result<Posted, Fault> {
    let root = reply.as_ref().map(|reply| reply["root"].clone());
    if let Some(reply) = reply {
        post["reply"] = reply;
    }
    let text = post["text"].as_str().unwrap_or_default().to_owned();
    let request = xrpc(cx, Method::Post, "com.atproto.repo.putRecord", Effect::Publishes).json(json!({
        "repo": cx.account.id,
        "collection": POST,
        "rkey": rkey,
        "record": post,
        "swapRecord": null,
    }));
    match call(cx, request).await {
        Ok(response) => {
            let written: Written = response.read(Effect::Publishes)?;
            Ok(record::posted(&written.uri, &written.cid, root.as_ref()))
        }
        Err(fault) if fault.code.as_deref() == Some("InvalidSwap") => {
            let there = read::record(cx, rkey).await.map_err(|fault| fault.means(FaultKind::Unclear))?;
            let Some(there) = there else { return Err(fault.means(FaultKind::Unclear)) };
            if there.text != text {
                cx.warn("It was published by an earlier try, with the words it had then.");
            }
            Ok(there.posted)
        }
        Err(fault) => Err(fault),
    }
}
