//! Uploading: images and documents in one request, videos in the parts that LinkedIn names.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{ask, encoded, fault::call};
use crate::{
    publish::{Cx, Effect, Fault, FaultKind, Media, Method, Request},
    rules::MediaKind,
};

/// Between two questions how far it is, and how often at most.
const PAUSE: Duration = Duration::from_secs(3);
const QUESTIONS: usize = 100;
/// The largest part that is held in memory; LinkedIn's are of 4 MB.
const LARGEST_PART: u64 = 64 * 1024 * 1024;

/// What answers of actions are wrapped in.
#[derive(Deserialize)]
struct Wrapped<T> {
    value: T,
}

/// Uploads a file; the answer is its URN.
pub(super) async fn upload(cx: &Cx<'_>, file: &Media) -> Result<String, Fault> {
    match file.kind {
        MediaKind::Image | MediaKind::Gif => single(cx, file, "images").await,
        MediaKind::Document => {
            let urn = single(cx, file, "documents").await?;
            wait(cx, "documents", &urn).await?;
            Ok(urn)
        }
        MediaKind::Video => {
            let urn = video(cx, file).await?;
            wait(cx, "videos", &urn).await?;
            Ok(urn)
        }
    }
}

async fn initialize(cx: &Cx<'_>, what: &str, about: Value) -> Result<crate::publish::Response, Fault> {
    let request = ask(cx, Method::Post, &format!("/rest/{what}?action=initializeUpload"), Effect::Prepares)
        .json(json!({ "initializeUploadRequest": about }));
    call(cx, request).await
}

/// An upload to an address that LinkedIn named. Our token goes to LinkedIn only.
fn put(cx: &Cx<'_>, url: &str) -> Request {
    let is_theirs = url::Url::parse(url).is_ok_and(|url| {
        url.scheme() == "https"
            && url.host_str().is_some_and(|host| host == "linkedin.com" || host.ends_with(".linkedin.com"))
    });
    let request = Request::new(Method::Put, url, Effect::Prepares).within(Duration::from_mins(5));
    if is_theirs { request.bearer(cx.account) } else { request }
}

async fn single(cx: &Cx<'_>, file: &Media, what: &str) -> Result<String, Fault> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Started {
        upload_url: String,
        #[serde(alias = "document")]
        image: String,
    }
    let started: Wrapped<Started> =
        initialize(cx, what, json!({ "owner": cx.account.id })).await?.read(Effect::Prepares)?;
    let bytes = file.read_all().await?;
    call(cx, put(cx, &started.value.upload_url).bytes(&file.content_type, bytes)).await?;
    Ok(started.value.image)
}

async fn video(cx: &Cx<'_>, file: &Media) -> Result<String, Fault> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Started {
        video: String,
        #[serde(default)]
        upload_token: String,
        upload_instructions: Vec<Part>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Part {
        upload_url: String,
        first_byte: u64,
        last_byte: u64,
    }
    let about = json!({
        "owner": cx.account.id,
        "fileSizeBytes": file.bytes,
        "uploadCaptions": false,
        "uploadThumbnail": false,
    });
    let started: Wrapped<Started> = initialize(cx, "videos", about).await?.read(Effect::Prepares)?;
    let started = started.value;
    let mut ids = Vec::new();
    for part in &started.upload_instructions {
        let strange = || Fault::new(FaultKind::Transient, "LinkedIn asked for parts of a strange size.");
        let length = part.last_byte.checked_sub(part.first_byte).ok_or_else(strange)? + 1;
        if length > LARGEST_PART {
            return Err(strange());
        }
        let bytes = file.file.read(part.first_byte, length as usize).await?;
        let request = put(cx, &part.upload_url).bytes("application/octet-stream", bytes);
        let response = call(cx, request).await?;
        let id = response.header("etag").map(|id| id.trim_matches('"').to_owned());
        ids.push(
            id.ok_or_else(|| Fault::new(FaultKind::Transient, "LinkedIn did not name an uploaded part."))?,
        );
    }
    let request = ask(cx, Method::Post, "/rest/videos?action=finalizeUpload", Effect::Prepares).json(json!({
        "finalizeUploadRequest": {
            "video": started.video,
            "uploadToken": started.upload_token,
            "uploadedPartIds": ids,
        },
    }));
    call(cx, request).await?;
    Ok(started.video)
}

/// `WAITING_UPLOAD`, `PROCESSING`, then `AVAILABLE` or `PROCESSING_FAILED`.
async fn wait(cx: &Cx<'_>, what: &str, urn: &str) -> Result<(), Fault> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        status: String,
        processing_failure_reason: Option<String>,
    }
    for _ in 0..QUESTIONS {
        let request = ask(cx, Method::Get, &format!("/rest/{what}/{}", encoded(urn)), Effect::Reads);
        let answer: Answer = call(cx, request).await?.read(Effect::Reads)?;
        match answer.status.as_str() {
            "AVAILABLE" => return Ok(()),
            "PROCESSING_FAILED" => {
                let words = answer.processing_failure_reason;
                let words = words.unwrap_or_else(|| "LinkedIn could not process the file.".to_owned());
                return Err(Fault::rejected(words).code("PROCESSING_FAILED"));
            }
            _ => cx.wire.wait(PAUSE).await,
        }
    }
    Err(Fault::new(FaultKind::Transient, "LinkedIn is still working on the file."))
}
