//! Uploading a video in parts to Bluesky's video service, which hands it on to the account's own server: lexicons
//! `app.bsky.video.*`. The service acts for the account by a token that lets it upload there and nothing else
//! (`com.atproto.server.getServiceAuth` for `com.atproto.repo.uploadBlob`).

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{fault::call, server, xrpc};
use crate::publish::{Cx, Effect, Fault, FaultKind, Media, Method, Request};

const SERVICE: &str = "https://video.bsky.app";
/// How long the service's token holds: as long as the official app asks for.
const TOKEN_SECONDS: i64 = 30 * 60;
/// Between two questions how far it is, and how often at most.
const PAUSE: Duration = Duration::from_secs(3);
const QUESTIONS: usize = 100;
/// The largest part that is held in memory.
const LARGEST_PART: u64 = 64 * 1024 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Started {
    job_id: String,
    part_size_bytes: u64,
    part_count: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Finished {
    completed_job_id: String,
    job_status: Job,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Job {
    state: String,
    blob: Option<Value>,
    error: Option<String>,
    failure_code: Option<String>,
    message: Option<String>,
}

/// Uploads a video and waits until it is ready; the answer is how a record names it.
pub(super) async fn upload(cx: &Cx<'_>, file: &Media) -> Result<Value, Fault> {
    let token = token(cx).await?;
    let mut about = json!({
        "sizeBytes": file.bytes, "mimeType": file.content_type, "name": format!("{}.mp4", file.id),
    });
    for (name, value) in [("width", file.width), ("height", file.height)] {
        if let Some(value) = value {
            about[name] = json!(value);
        }
    }
    if let Some(seconds) = file.seconds {
        about["durationMs"] = json!((seconds * 1_000.0).round() as u64);
    }
    let started: Started =
        call(cx, ask(&token, Method::Post, "startUpload").json(about)).await?.read(Effect::Prepares)?;
    let job = match send(cx, &token, file, &started).await {
        Ok(job) => job,
        Err(fault) => {
            // an upload left open takes one of few places
            let abort = ask(&token, Method::Post, "abortUpload").json(json!({ "jobId": started.job_id }));
            let _ = call(cx, abort).await;
            return Err(fault);
        }
    };
    wait(cx, &token, job).await
}

/// A token for the service in the account's name.
async fn token(cx: &Cx<'_>) -> Result<String, Fault> {
    #[derive(Deserialize)]
    struct Answer {
        token: String,
    }
    let host = url::Url::parse(server(cx)).ok().and_then(|url| url.host_str().map(str::to_owned));
    let audience = format!("did:web:{}", host.unwrap_or_default());
    let until = (cx.now.timestamp() + TOKEN_SECONDS).to_string();
    let request = xrpc(cx, Method::Get, "com.atproto.server.getServiceAuth", Effect::Reads).query([
        ("aud", audience.as_str()),
        ("exp", until.as_str()),
        ("lxm", "com.atproto.repo.uploadBlob"),
    ]);
    Ok(call(cx, request).await?.read::<Answer>(Effect::Reads)?.token)
}

fn ask(token: &str, method: Method, name: &str) -> Request {
    let effect = if method == Method::Get { Effect::Reads } else { Effect::Prepares };
    Request::new(method, format!("{SERVICE}/xrpc/app.bsky.video.{name}"), effect)
        .header("authorization", format!("Bearer {token}"))
}

async fn send(cx: &Cx<'_>, token: &str, file: &Media, started: &Started) -> Result<Finished, Fault> {
    let size = started.part_size_bytes;
    if size == 0 || size > LARGEST_PART || file.bytes.div_ceil(size) != started.part_count {
        return Err(Fault::new(
            FaultKind::Transient,
            "Bluesky's video service asked for parts of a strange size.",
        ));
    }
    for part in 0..started.part_count {
        let offset = part * size;
        let length = size.min(file.bytes - offset) as usize;
        let bytes = file.file.read(offset, length).await?;
        let number = (part + 1).to_string();
        let request = ask(token, Method::Post, "uploadPart")
            .query([("jobId", started.job_id.as_str()), ("partNumber", number.as_str())])
            .bytes("application/octet-stream", bytes)
            .within(Duration::from_mins(2));
        call(cx, request).await?;
    }
    let request = ask(token, Method::Post, "finishUpload")
        .json(json!({ "jobId": started.job_id }))
        .within(Duration::from_mins(2));
    call(cx, request).await?.read(Effect::Prepares)
}

async fn wait(cx: &Cx<'_>, token: &str, finished: Finished) -> Result<Value, Fault> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        job_status: Job,
    }
    let mut job = finished.job_status;
    for _ in 0..QUESTIONS {
        // the lexicon: every state that is not listed means that it is still worked on
        match (job.state.as_str(), job.blob) {
            ("JOB_STATE_COMPLETED", Some(blob)) => return Ok(blob),
            ("JOB_STATE_FAILED", _) => {
                let code = job.failure_code.or(job.error).unwrap_or_default();
                let words = job.message.unwrap_or_else(|| "Bluesky could not process the video.".to_owned());
                let kind = match code.as_str() {
                    "pds_upload_failure" | "generic_failure" => FaultKind::Transient,
                    _ => FaultKind::Rejected,
                };
                return Err(Fault::new(kind, words).code(code));
            }
            _ => {}
        }
        cx.wire.wait(PAUSE).await;
        let request =
            ask(token, Method::Get, "getJobStatus").query([("jobId", finished.completed_job_id.as_str())]);
        job = call(cx, request).await?.read::<Answer>(Effect::Reads)?.job_status;
    }
    Err(Fault::new(FaultKind::Transient, "Bluesky is still working on the video."))
}
