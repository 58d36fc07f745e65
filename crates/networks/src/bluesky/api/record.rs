//! Making a post: lexicons `app.bsky.feed.post`, `app.bsky.richtext.facet`, `app.bsky.embed.*`,
//! `com.atproto.repo.uploadBlob`.

use bellwether_kernel::Timestamp;
use bytes::Bytes;
use chrono::SecondsFormat;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    POST, Written, card,
    fault::call,
    identity::{AtUri, is_did},
    video, xrpc,
};
use crate::{
    bluesky::{Facet, Feature},
    publish::{Before, Cx, Effect, Fault, FaultKind, Media, Method, Piece, Posted},
    rules::MediaKind,
};

/// The digits of a TID (<https://atproto.com/specs/tid>), in their order.
const DIGITS: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";
/// 2024-01-01 in microseconds since 1970: keys lie in that year, so that no real time is taken for them.
const YEAR: u64 = 1_704_067_200_000_000;
const YEAR_LENGTH: u64 = 366 * 24 * 3_600 * 1_000_000;

/// A record's key in the form of a TID, the same for the same key of ours.
pub(super) fn key(ours: &str) -> String {
    let (first, second) = (hash(ours.bytes()), hash(ours.bytes().rev()));
    let micros = YEAR + first % YEAR_LENGTH;
    let tid = (micros << 10) | (second & 1_023);
    (0..13).rev().map(|place| char::from(DIGITS[(tid >> (5 * place)) as usize & 31])).collect()
}

/// FNV-1a with a last stir: the keys are ours, nobody looks for two of the same hash.
fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    let mut hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 33)
}

/// A post; what takes calls to find out was prepared.
pub(super) fn post(text: &str, at: Timestamp, prepared: &Value) -> Value {
    let mut post = json!({
        "$type": POST,
        "text": text,
        "createdAt": at.to_rfc3339_opts(SecondsFormat::Millis, true),
    });
    for name in ["facets", "embed"] {
        if let Some(value) = prepared.get(name).filter(|value| !value.is_null()) {
            post[name] = value.clone();
        }
    }
    post
}

/// As publishing gives it. The reference has what an answer must name: the hash, and the thread's root.
pub(super) fn posted(uri: &str, cid: &str, root: Option<&Value>) -> Posted {
    let own = json!({ "uri": uri, "cid": cid });
    let url = AtUri::parse(uri)
        .ok()
        .map(|at| format!("https://bsky.app/profile/{}/post/{}", at.authority, at.rkey));
    let root = root.cloned().unwrap_or(own);
    Posted { id: uri.to_owned(), url, reference: json!({ "cid": cid, "root": root }), processing: false }
}

/// The root of the thread that a post is in.
pub(super) fn root_of(posted: &Posted) -> Option<Posted> {
    let root: Written = serde_json::from_value(posted.reference.get("root")?.clone()).ok()?;
    Some(self::posted(&root.uri, &root.cid, None))
}

/// What a post answers.
pub(super) fn reply(before: Before<'_>) -> Result<Option<Value>, Fault> {
    let Some(previous) = before.previous else { return Ok(None) };
    let strong = |posted: &Posted| match posted.reference.get("cid").and_then(Value::as_str) {
        Some(cid) => Ok(json!({ "uri": posted.id, "cid": cid })),
        None => Err(Fault::rejected("The post that is answered is known without its hash.")),
    };
    let root = before.root.unwrap_or(previous);
    Ok(Some(json!({ "root": strong(root)?, "parent": strong(previous)? })))
}

/// Uploads, resolved mentions, cards.
pub(super) async fn prepare(cx: &Cx<'_>, piece: &Piece) -> Result<Value, Fault> {
    let facets = facets(cx, &piece.text).await?;
    let quote = match &piece.quote_url {
        Some(url) => Some(quote(cx, url).await?),
        None => None,
    };
    let media = match media(cx, &piece.media).await? {
        None => card::card(cx, &piece.text).await?,
        some => some,
    };
    let record = quote.map(|record| json!({ "$type": "app.bsky.embed.record", "record": record }));
    let embed = match (record, media) {
        (Some(record), Some(media)) => Some(json!({
            "$type": "app.bsky.embed.recordWithMedia", "record": record, "media": media,
        })),
        (record, media) => record.or(media),
    };
    Ok(json!({ "facets": facets, "embed": embed }))
}

/// The text's facets with mentions resolved. A handle of nobody stays plain text.
pub(super) async fn facets(cx: &Cx<'_>, text: &str) -> Result<Option<Vec<Facet>>, Fault> {
    let mut facets = crate::bluesky::facets(text);
    for facet in &mut facets {
        let mut resolved = Vec::new();
        for feature in facet.features.drain(..) {
            match feature {
                Feature::Mention { did: handle } => {
                    if let Some(did) = resolve(cx, &handle).await? {
                        resolved.push(Feature::Mention { did });
                    }
                }
                other => resolved.push(other),
            }
        }
        facet.features = resolved;
    }
    facets.retain(|facet| !facet.features.is_empty());
    Ok((!facets.is_empty()).then_some(facets))
}

/// Asks the account's own server.
async fn resolve(cx: &Cx<'_>, handle: &str) -> Result<Option<String>, Fault> {
    #[derive(Deserialize)]
    struct Answer {
        did: String,
    }
    if is_did(handle) {
        return Ok(Some(handle.to_owned()));
    }
    let request = xrpc(cx, Method::Get, "com.atproto.identity.resolveHandle", Effect::Reads)
        .query([("handle", handle)]);
    match call(cx, request).await {
        Ok(response) => Ok(Some(response.read::<Answer>(Effect::Reads)?.did)),
        Err(fault) if fault.kind == FaultKind::Rejected => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// The address and hash of a quoted post, from its `at://` or its page's address.
async fn quote(cx: &Cx<'_>, address: &str) -> Result<Value, Fault> {
    #[derive(Deserialize)]
    struct Answer {
        posts: Vec<Written>,
    }
    let unknown = || Fault::rejected(format!("“{address}” is not a post on Bluesky that can be quoted."));
    let uri = if address.starts_with("at://") {
        AtUri::parse(address)?;
        address.to_owned()
    } else {
        let url = url::Url::parse(address).map_err(|_| unknown())?;
        let path: Vec<&str> = url.path_segments().map(Iterator::collect).unwrap_or_default();
        let [.., "profile", who, "post", rkey] = path[..] else { return Err(unknown()) };
        let did = resolve(cx, who).await?.ok_or_else(unknown)?;
        format!("at://{did}/{POST}/{rkey}")
    };
    let request =
        xrpc(cx, Method::Get, "app.bsky.feed.getPosts", Effect::Reads).query([("uris", uri.as_str())]);
    let answer: Answer = call(cx, request).await?.read(Effect::Reads)?;
    let post = answer.posts.into_iter().next().ok_or_else(unknown)?;
    Ok(json!({ "uri": post.uri, "cid": post.cid }))
}

async fn media(cx: &Cx<'_>, media: &[Media]) -> Result<Option<Value>, Fault> {
    if let Some(file) = media.iter().find(|file| file.kind == MediaKind::Video) {
        let mut embed = json!({
            "$type": "app.bsky.embed.video", "video": video::upload(cx, file).await?, "alt": file.alt_text,
        });
        set_ratio(&mut embed, file);
        return Ok(Some(embed));
    }
    let mut images = Vec::new();
    for file in media {
        if file.kind == MediaKind::Document {
            return Err(Fault::unsupported("documents"));
        }
        let blob = blob(cx, &file.content_type, file.read_all().await?).await?;
        let mut image = json!({ "image": blob, "alt": file.alt_text });
        set_ratio(&mut image, file);
        images.push(image);
    }
    Ok((!images.is_empty()).then(|| json!({ "$type": "app.bsky.embed.images", "images": images })))
}

fn set_ratio(embed: &mut Value, file: &Media) {
    if let (Some(width), Some(height)) = (file.width, file.height)
        && width > 0
        && height > 0
    {
        embed["aspectRatio"] = json!({ "width": width, "height": height });
    }
}

/// Uploads bytes; the answer is how a record names them.
pub(super) async fn blob(cx: &Cx<'_>, content_type: &str, bytes: Bytes) -> Result<Value, Fault> {
    #[derive(Deserialize)]
    struct Answer {
        blob: Value,
    }
    let request =
        xrpc(cx, Method::Post, "com.atproto.repo.uploadBlob", Effect::Prepares).bytes(content_type, bytes);
    Ok(call(cx, request).await?.read::<Answer>(Effect::Prepares)?.blob)
}
