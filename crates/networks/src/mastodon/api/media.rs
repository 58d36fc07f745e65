//! Uploading: `POST /api/v2/media`, then asking until the instance has processed the file.

use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;

use super::{ask, fault::call};
use crate::publish::{Cx, Effect, Fault, FaultKind, FormField, Media, Method};

/// Between two questions how far it is, and how often at most: six minutes, longer than instances give a video.
const PAUSE: Duration = Duration::from_secs(3);
const QUESTIONS: usize = 120;

/// Uploads a file with its description; the answer is its id.
pub(super) async fn upload(cx: &Cx<'_>, file: &Media) -> Result<String, Fault> {
    #[derive(Deserialize)]
    struct Answer {
        id: String,
    }
    let extension = file.content_type.rsplit('/').next().unwrap_or_default();
    let mut fields = vec![FormField {
        name: "file".into(),
        file_name: Some(format!("{}.{extension}", file.id)),
        content_type: Some(file.content_type.clone()),
        bytes: file.read_all().await?,
    }];
    if !file.alt_text.is_empty() {
        fields.push(FormField {
            name: "description".into(),
            file_name: None,
            content_type: None,
            bytes: Bytes::from(file.alt_text.clone()),
        });
    }
    let request = ask(cx, Method::Post, "/api/v2/media", Effect::Prepares)?
        .multipart(fields)
        .within(Duration::from_mins(5));
    let response = call(cx, request).await?;
    let answer: Answer = response.read(Effect::Prepares)?;
    if response.status == 202 {
        wait(cx, &answer.id).await?;
    }
    Ok(answer.id)
}

/// 206 while it is processed, 200 when it is, 422 when it can't be.
async fn wait(cx: &Cx<'_>, id: &str) -> Result<(), Fault> {
    for _ in 0..QUESTIONS {
        cx.wire.wait(PAUSE).await;
        let response = call(cx, ask(cx, Method::Get, &format!("/api/v1/media/{id}"), Effect::Reads)?).await?;
        if response.status == 200 {
            return Ok(());
        }
    }
    Err(Fault::new(FaultKind::Transient, "The instance is still working on the file."))
}
