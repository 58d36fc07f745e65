//! A video's way to TikTok: announced, sent in chunks, and published with the last of them.

use std::time::Duration;

use serde_json::{Value, json};

use super::{error, post};
use crate::{
    http::{self, PREPARE_AGAIN},
    publish::{Cx, Effect, Fault, FaultKind, Media, Method, Piece, Posted, Request, Response},
};

/// Chunks are 5 to 64 MB long; the last one takes what is left, up to twice as much.
pub const CHUNK: u64 = 10 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_mins(5);

/// The piece's video.
pub fn video(piece: &Piece) -> Result<&Media, Fault> {
    http::lone_video(piece)?
        .ok_or_else(|| Fault::rejected("TikTok publishes nothing without a video or pictures."))
}

/// Length of a chunk and how many there are.
fn chunks(bytes: u64) -> (u64, u64) {
    let chunk = bytes.min(CHUNK);
    (chunk, (bytes / chunk.max(1)).max(1))
}

/// Announces a video and sends all chunks but the last.
pub async fn begin(cx: &Cx<'_>, path: &str, mut body: Value, video: &Media) -> Result<Value, Fault> {
    let (chunk, count) = chunks(video.bytes);
    body["source_info"] = json!({
        "source": "FILE_UPLOAD",
        "video_size": video.bytes,
        "chunk_size": chunk,
        "total_chunk_count": count,
    });
    let value = error::send(cx, post(path, Effect::Prepares).bearer(cx.account).json(body)).await?;
    let id = http::need(&value, "/data/publish_id", Effect::Prepares)?;
    let address = http::need(&value, "/data/upload_url", Effect::Prepares)?;
    for index in 0..count - 1 {
        put(cx, &address, video, index * chunk, chunk, Effect::Prepares).await?;
    }
    Ok(json!({"publish_id": id, "upload_url": address}))
}

/// How far TikTok is with a post.
pub async fn status(cx: &Cx<'_>, id: &str) -> Result<Value, Fault> {
    let request =
        post("post/publish/status/fetch/", Effect::Reads).bearer(cx.account).json(json!({"publish_id": id}));
    error::send(cx, request).await
}

/// Sends the last chunk, if an earlier try did not get through.
pub async fn end(cx: &Cx<'_>, video: &Media, prepared: &Value) -> Result<Posted, Fault> {
    let again = || Fault::new(FaultKind::Transient, "The upload is not known any more.").code(PREPARE_AGAIN);
    let id = http::text(prepared, "/publish_id").ok_or_else(again)?;
    let address = http::text(prepared, "/upload_url").ok_or_else(again)?;
    let posted = Posted {
        id: id.clone(),
        url: None,
        reference: json!({"public": prepared["public"] == json!(true)}),
        processing: true,
    };
    let value = status(cx, &id).await?;
    match value.pointer("/data/status").and_then(Value::as_str) {
        Some("PROCESSING_UPLOAD") => {
            if http::number(&value, "/data/uploaded_bytes") == Some(video.bytes) {
                return Ok(posted);
            }
        }
        Some("FAILED") => {
            let internal = value.pointer("/data/fail_reason").and_then(Value::as_str) == Some("internal");
            let fault = Fault::rejected(error::failure(&value));
            return Err(if internal { fault.means(FaultKind::Transient).code(PREPARE_AGAIN) } else { fault });
        }
        // it got through
        _ => return Ok(posted),
    }
    let (chunk, count) = chunks(video.bytes);
    let from = (count - 1) * chunk;
    put(cx, &address, video, from, video.bytes - from, Effect::Publishes).await?;
    Ok(posted)
}

async fn put(
    cx: &Cx<'_>,
    address: &str,
    video: &Media,
    from: u64,
    length: u64,
    effect: Effect,
) -> Result<Response, Fault> {
    let bytes = video.file.read(from, usize::try_from(length).unwrap_or(usize::MAX)).await?;
    let last = (from + bytes.len() as u64).saturating_sub(1);
    // the address itself is the permission: no token
    let request = Request::new(Method::Put, address, effect)
        .header("content-range", format!("bytes {from}-{last}/{}", video.bytes))
        .bytes(video.content_type.clone(), bytes)
        .within(PATIENCE);
    http::call(cx, request, error::judge).await.map_err(|fault| match fault.status {
        // the address ran out after an hour, or does not fit: nothing has appeared
        Some(403 | 404 | 416) => fault.means(FaultKind::Transient).code(PREPARE_AGAIN),
        _ => fault,
    })
}
