//! Uploading in pieces: `initialize`, `append`, `finalize`, then asking until it is processed; alternative text by
//! `POST /2/media/metadata`.

use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use super::{Data, ask, fault::call};
use crate::{
    publish::{Cx, Effect, Fault, FaultKind, FormField, Media, Method},
    rules::MediaKind,
};

/// One piece: X takes up to 5 MB, and at most a thousand of them.
const CHUNK: usize = 4 * 1024 * 1024;
/// How often it is asked how far it is.
const QUESTIONS: usize = 100;

#[derive(Deserialize)]
struct Upload {
    id: String,
    processing_info: Option<Processing>,
}

#[derive(Deserialize)]
struct Processing {
    state: String,
    check_after_secs: Option<u64>,
    error: Option<Problem>,
}

#[derive(Deserialize)]
struct Problem {
    name: Option<String>,
    message: Option<String>,
}

/// Uploads a file with its alternative text; the answer is its id.
pub(super) async fn upload(cx: &Cx<'_>, file: &Media) -> Result<String, Fault> {
    let category = match file.kind {
        MediaKind::Image => "tweet_image",
        MediaKind::Gif => "tweet_gif",
        MediaKind::Video => "tweet_video",
        MediaKind::Document => return Err(Fault::unsupported("documents")),
    };
    let request = ask(cx, Method::Post, "/2/media/upload/initialize", Effect::Prepares).json(json!({
        "media_category": category,
        "media_type": file.content_type,
        "total_bytes": file.bytes,
    }));
    let id = call(cx, request).await?.read::<Data<Upload>>(Effect::Prepares)?.data.id;
    append(cx, file, &id).await?;
    let request = ask(cx, Method::Post, &format!("/2/media/upload/{id}/finalize"), Effect::Prepares)
        .within(Duration::from_mins(2));
    let upload = call(cx, request).await?.read::<Data<Upload>>(Effect::Prepares)?.data;
    wait(cx, upload).await?;
    describe(cx, file, &id).await?;
    Ok(id)
}

async fn append(cx: &Cx<'_>, file: &Media, id: &str) -> Result<(), Fault> {
    for (index, offset) in (0..file.bytes).step_by(CHUNK).enumerate() {
        let field = |name: &str, bytes: Bytes| FormField {
            name: name.to_owned(),
            file_name: None,
            content_type: None,
            bytes,
        };
        let chunk = FormField {
            file_name: Some("media".to_owned()),
            content_type: Some("application/octet-stream".to_owned()),
            ..field("media", file.file.read(offset, CHUNK).await?)
        };
        let request = ask(cx, Method::Post, &format!("/2/media/upload/{id}/append"), Effect::Prepares)
            .multipart(vec![field("segment_index", Bytes::from(index.to_string())), chunk])
            .within(Duration::from_mins(2));
        call(cx, request).await?;
    }
    Ok(())
}

async fn wait(cx: &Cx<'_>, mut upload: Upload) -> Result<(), Fault> {
    for _ in 0..QUESTIONS {
        let Some(processing) = upload.processing_info else { return Ok(()) };
        match processing.state.as_str() {
            "succeeded" => return Ok(()),
            "failed" => {
                let problem = processing.error.unwrap_or(Problem { name: None, message: None });
                let words = problem.message.unwrap_or_else(|| "X could not process the file.".to_owned());
                return Err(Fault::rejected(words).code(problem.name.unwrap_or_else(|| "failed".to_owned())));
            }
            _ => {}
        }
        cx.wire.wait(Duration::from_secs(processing.check_after_secs.unwrap_or(2).clamp(1, 30))).await;
        let request = ask(cx, Method::Get, "/2/media/upload", Effect::Reads)
            .query([("media_id", upload.id.as_str()), ("command", "STATUS")]);
        upload = call(cx, request).await?.read::<Data<Upload>>(Effect::Reads)?.data;
    }
    Err(Fault::new(FaultKind::Transient, "X is still working on the file."))
}

/// A refused description does not keep the post back.
async fn describe(cx: &Cx<'_>, file: &Media, id: &str) -> Result<(), Fault> {
    if file.alt_text.is_empty() {
        return Ok(());
    }
    let request = ask(cx, Method::Post, "/2/media/metadata", Effect::Prepares)
        .json(json!({ "id": id, "metadata": { "alt_text": { "text": file.alt_text } } }));
    match call(cx, request).await {
        Err(fault) if fault.kind == FaultKind::Rejected => {
            cx.warn(format!("X did not take the alternative text: {fault}"));
            Ok(())
        }
        other => other.map(drop),
    }
}
