//! A page's videos: started, sent in the chunks that the network asks for, and published by the last phase only.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    facebook::graph,
    http::{self, PREPARE_AGAIN},
    publish::{Cx, Effect, Fault, FaultKind, FormField, Media, Method, Piece, Posted, Progress, Request},
};

const VIDEO: &str = "https://graph-video.facebook.com/v24.0";
/// Chunks are as long as the network asks for, but never longer than this.
const LONGEST_CHUNK: u64 = 16 * 1024 * 1024;
/// A chunk may take longer than a usual call.
const PATIENCE: Duration = Duration::from_mins(3);

fn post(cx: &Cx<'_>, effect: Effect) -> Request {
    let url = format!("{VIDEO}/{}/videos", http::segment(&cx.account.id));
    Request::new(Method::Post, url, effect).bearer(cx.account)
}

/// Starts and sends; nobody sees anything.
pub async fn upload(cx: &Cx<'_>, media: &Media) -> Result<Value, Fault> {
    let size = media.bytes.to_string();
    let start = post(cx, Effect::Prepares).form([("upload_phase", "start"), ("file_size", size.as_str())]);
    let value = graph::send(cx, start).await?;
    let session = http::need(&value, "/upload_session_id", Effect::Prepares)?;
    let video = http::need(&value, "/video_id", Effect::Prepares)?;
    let mut range = (http::number(&value, "/start_offset"), http::number(&value, "/end_offset"));
    let mut reached = None;
    while let (Some(from), Some(to)) = range {
        if from >= to {
            return Ok(json!({"upload_session_id": session, "video_id": video}));
        }
        if reached.is_some_and(|reached| from <= reached) {
            break;
        }
        reached = Some(from);
        let length = usize::try_from((to - from).min(LONGEST_CHUNK)).unwrap_or(0);
        let chunk = media.file.read(from, length).await?;
        let field = |name: &str, value: &str| FormField {
            name: name.to_owned(),
            file_name: None,
            content_type: None,
            bytes: value.to_owned().into(),
        };
        let fields = vec![
            field("upload_phase", "transfer"),
            field("upload_session_id", &session),
            field("start_offset", &from.to_string()),
            FormField {
                name: "video_file_chunk".into(),
                file_name: Some(media.id.clone()),
                content_type: Some("application/octet-stream".into()),
                bytes: chunk,
            },
        ];
        let value = graph::send(cx, post(cx, Effect::Prepares).multipart(fields).within(PATIENCE)).await?;
        range = (http::number(&value, "/start_offset"), http::number(&value, "/end_offset"));
    }
    Err(Fault::new(FaultKind::Transient, "Facebook did not say how the upload goes on."))
}

/// The phase that publishes.
pub async fn finish(cx: &Cx<'_>, piece: &Piece, prepared: &Value) -> Result<Posted, Fault> {
    let again = || Fault::new(FaultKind::Transient, "The upload is not known any more.").code(PREPARE_AGAIN);
    let session = http::text(prepared, "/upload_session_id").ok_or_else(again)?;
    let video = http::text(prepared, "/video_id").ok_or_else(again)?;
    let mut form = vec![
        ("upload_phase", "finish"),
        ("upload_session_id", session.as_str()),
        ("description", piece.text.as_str()),
        ("published", "true"),
    ];
    if let Some(title) = &piece.title {
        form.push(("title", title));
    }
    graph::send(cx, post(cx, Effect::Publishes).form(form)).await?;
    Ok(Posted {
        url: Some(super::address(&video)),
        reference: json!({"video": video}),
        id: video,
        processing: true,
    })
}

/// Whether the video is ready, and which post it became.
pub async fn progress(cx: &Cx<'_>, posted: &Posted) -> Result<Progress, Fault> {
    let request = Request::get(format!("{}/{}", graph::GRAPH, http::segment(&posted.id)))
        .query([("fields", "status,permalink_url,post_id")])
        .bearer(cx.account);
    let value = graph::send(cx, request).await?;
    Ok(match value.pointer("/status/video_status").and_then(Value::as_str) {
        Some("ready") => {
            let mut live = Posted { processing: false, ..posted.clone() };
            if let Some(post) = http::text(&value, "/post_id") {
                // the same id as the account's list of posts has
                live.id = if post.contains('_') { post } else { format!("{}_{post}", cx.account.id) };
            }
            if let Some(link) = http::text(&value, "/permalink_url") {
                let relative = link.starts_with('/');
                live.url = Some(if relative { format!("https://www.facebook.com{link}") } else { link });
            }
            Progress::Live(live)
        }
        Some("error" | "expired" | "upload_failed") => Progress::Refused(
            ["processing_phase", "publishing_phase", "uploading_phase", "copyright_check_status"]
                .iter()
                .find_map(|phase| http::text(&value, &format!("/status/{phase}/errors/0/message")))
                .unwrap_or_else(|| "Facebook could not process the video.".into()),
        ),
        _ => Progress::Working(Duration::from_secs(20)),
    })
}
