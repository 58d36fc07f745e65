//! The resumable upload: a session, its chunks, and the last of them, which makes the video.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::{
    http::{self, PREPARE_AGAIN},
    publish::{Cx, Effect, Fault, FaultKind, Media, Method, Piece, Request, Response},
    youtube::google,
};

const UPLOAD: &str = "https://www.googleapis.com/upload/youtube/v3/videos";
/// Chunks are multiples of 256 KB.
pub const CHUNK: u64 = 32 * 256 * 1024;
const PATIENCE: Duration = Duration::from_mins(5);

/// A video's words. Its text is its title; the description is said apart.
pub fn snippet(piece: &Piece) -> Value {
    let description = piece.option("description").or(piece.description.as_deref()).unwrap_or_default();
    let mut snippet = json!({
        "title": piece.text,
        "description": description,
        // People & Blogs, what YouTube takes itself
        "categoryId": piece.option("category_id").unwrap_or("22"),
    });
    if !piece.tags.is_empty() {
        snippet["tags"] = json!(piece.tags);
    }
    snippet
}

fn status(piece: &Piece) -> Value {
    let chosen = |name: &str| piece.options.get(name).and_then(Value::as_bool);
    let mut status = json!({
        "privacyStatus": piece.option("privacy").unwrap_or("public"),
        "selfDeclaredMadeForKids": chosen("made_for_kids").unwrap_or(false),
    });
    if let Some(synthetic) = chosen("synthetic_media") {
        status["containsSyntheticMedia"] = json!(synthetic);
    }
    status
}

/// Opens a session and sends everything but the last chunk.
pub async fn begin(cx: &Cx<'_>, piece: &Piece, video: &Media) -> Result<Value, Fault> {
    let mut query = vec![("uploadType", "resumable"), ("part", "snippet,status")];
    if piece.options.get("notify_subscribers").and_then(Value::as_bool) == Some(false) {
        query.push(("notifySubscribers", "false"));
    }
    let request = Request::new(Method::Post, UPLOAD, Effect::Prepares)
        .query(query)
        .bearer(cx.account)
        .header("x-upload-content-type", video.content_type.clone())
        .header("x-upload-content-length", video.bytes.to_string())
        .json(json!({"snippet": snippet(piece), "status": status(piece)}));
    let response = http::call(cx, request, google::judge).await?;
    let session = response
        .header("location")
        .filter(|at| at.starts_with("https://"))
        .ok_or_else(|| Fault::new(FaultKind::Transient, "YouTube opened no upload."))?;
    let mut sent = 0;
    while sent < last_from(video.bytes) {
        let response = put(cx, session, video, sent, CHUNK, Effect::Prepares).await?;
        if response.status != 308 {
            return Err(Fault::new(FaultKind::Unclear, "YouTube took the upload for whole before its end."));
        }
        let reached = received(&response);
        if reached <= sent {
            return Err(Fault::new(FaultKind::Transient, "YouTube does not take the upload."));
        }
        sent = reached;
    }
    Ok(json!({"session": session}))
}

/// Asks how far an earlier try got, sends what is missing, and gives the video.
pub async fn end(cx: &Cx<'_>, video: &Media, prepared: &Value) -> Result<Value, Fault> {
    let again = || Fault::new(FaultKind::Transient, "The upload is not known any more.").code(PREPARE_AGAIN);
    let session = http::text(prepared, "/session").ok_or_else(again)?;
    let request = Request::new(Method::Put, &session, Effect::Reads)
        .bearer(cx.account)
        .header("content-range", format!("bytes */{}", video.bytes))
        .bytes(video.content_type.clone(), Bytes::new());
    let response = cx.raw(request).await.map_err(|fault| http::hide(fault, cx))?;
    match response.status {
        // an earlier try got through
        200 | 201 => return http::value(&response, Effect::Publishes),
        308 => {}
        404 | 410 => return Err(again()),
        _ => return Err(http::hide(google::judge(&response, Effect::Reads, cx.now), cx)),
    }
    let mut sent = received(&response);
    while sent < last_from(video.bytes) {
        let response = put(cx, &session, video, sent, CHUNK, Effect::Prepares).await?;
        let reached = received(&response);
        if reached <= sent {
            return Err(Fault::new(FaultKind::Transient, "YouTube does not take the upload."));
        }
        sent = reached;
    }
    let response = put(cx, &session, video, sent, video.bytes - sent, Effect::Publishes).await?;
    if response.status == 308 {
        // a part of the last chunk is missing: nothing has appeared
        return Err(Fault::new(FaultKind::Transient, "YouTube took a part of the last bytes only."));
    }
    http::value(&response, Effect::Publishes)
}

/// Where the last chunk begins.
fn last_from(bytes: u64) -> u64 {
    bytes.saturating_sub(1) / CHUNK * CHUNK
}

/// How many bytes have arrived, by `Range: bytes=0-524287`.
fn received(response: &Response) -> u64 {
    let range = response.header("range").and_then(|range| range.rsplit('-').next());
    range.and_then(|last| last.trim().parse::<u64>().ok()).map_or(0, |last| last + 1)
}

async fn put(
    cx: &Cx<'_>,
    session: &str,
    video: &Media,
    from: u64,
    length: u64,
    effect: Effect,
) -> Result<Response, Fault> {
    let bytes = video.file.read(from, usize::try_from(length).unwrap_or(usize::MAX)).await?;
    let last = from + bytes.len() as u64;
    let request = Request::new(Method::Put, session, effect)
        .bearer(cx.account)
        .header("content-range", format!("bytes {from}-{}/{}", last.saturating_sub(1), video.bytes))
        .bytes(video.content_type.clone(), bytes)
        .within(PATIENCE);
    let response = cx.raw(request).await.map_err(|fault| http::hide(fault, cx))?;
    match response.status {
        200..=299 | 308 => Ok(response),
        404 | 410 => {
            Err(Fault::new(FaultKind::Transient, "The upload is not known any more.").code(PREPARE_AGAIN))
        }
        _ => Err(http::hide(google::judge(&response, effect, cx.now), cx)),
    }
}
