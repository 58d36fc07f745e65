//! Containers of Threads: what is published later by one call.

use std::time::Duration;

use serde_json::Value;

use crate::{
    http::{self, HOUR, PREPARE_AGAIN},
    publish::{Budget, Cx, Effect, Fault, FaultKind, Media, Piece},
    rules::MediaKind,
};

/// How often a container is asked about, and how long between two questions: five minutes in all.
pub const QUESTIONS: u32 = 30;
/// Between two questions.
pub const BETWEEN: Duration = Duration::from_secs(10);

/// How many posts (250) or replies (1,000) are left today.
pub async fn quota(cx: &Cx<'_>, reply: bool) -> Result<(), Fault> {
    let (used, config) =
        if reply { ("reply_quota_usage", "reply_config") } else { ("quota_usage", "config") };
    let path = format!("{}/threads_publishing_limit", http::segment(&cx.account.id));
    let value = super::get(cx, &path, &[("fields", &format!("{used},{config}"))]).await?;
    let Some(used) = http::number(&value, &format!("/data/0/{used}")) else { return Ok(()) };
    let Some(total) = http::number(&value, &format!("/data/0/{config}/quota_total")) else { return Ok(()) };
    let window = http::number(&value, &format!("/data/0/{config}/quota_duration")).unwrap_or(86_400);
    let remaining = u32::try_from(total.saturating_sub(used)).unwrap_or(u32::MAX);
    cx.note_budget(Budget { remaining, resets_at: http::after(cx.now, window) });
    if remaining == 0 {
        // the window rolls: some of it comes back every hour
        let words = format!("Threads takes {total} a day from this account; they are used up.");
        return Err(Fault::new(FaultKind::RateLimited, words).retry_after(HOUR));
    }
    Ok(())
}

/// Makes the container of a piece and waits until it can be published.
pub async fn make(cx: &Cx<'_>, piece: &Piece, answers: Option<&str>) -> Result<String, Fault> {
    let mut form = match piece.media.as_slice() {
        [] => vec![("media_type", "TEXT".to_owned())],
        [media] => item(media)?,
        several => {
            let mut children = Vec::with_capacity(several.len());
            for media in several {
                let mut form = item(media)?;
                form.push(("is_carousel_item", "true".to_owned()));
                children.push(create(cx, &form).await?);
            }
            for child in &children {
                ready(cx, child).await?;
            }
            vec![("media_type", "CAROUSEL".to_owned()), ("children", children.join(","))]
        }
    };
    form.push(("text", piece.text.clone()));
    form.extend(answers.map(|id| ("reply_to_id", id.to_owned())));
    for option in ["reply_control", "topic_tag"] {
        form.extend(piece.option(option).map(|value| (option, value.to_owned())));
    }
    let id = create(cx, &form).await?;
    ready(cx, &id).await?;
    Ok(id)
}

fn item(media: &Media) -> Result<Vec<(&'static str, String)>, Fault> {
    let url = http::public_url(media)?.to_owned();
    let mut form = if media.kind == MediaKind::Video {
        vec![("media_type", "VIDEO".to_owned()), ("video_url", url)]
    } else {
        vec![("media_type", "IMAGE".to_owned()), ("image_url", url)]
    };
    if !media.alt_text.is_empty() {
        form.push(("alt_text", media.alt_text.clone()));
    }
    Ok(form)
}

async fn create(cx: &Cx<'_>, form: &[(&'static str, String)]) -> Result<String, Fault> {
    let path = format!("{}/threads", http::segment(&cx.account.id));
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    http::need(&super::post(cx, &path, Effect::Prepares, &form).await?, "/id", Effect::Prepares)
}

async fn state(cx: &Cx<'_>, container: &str) -> Result<Value, Fault> {
    super::get(cx, &http::segment(container), &[("fields", "status,error_message")]).await
}

/// Waits until Threads has fetched and converted the media. Texts are ready at once.
async fn ready(cx: &Cx<'_>, container: &str) -> Result<(), Fault> {
    for _ in 0..QUESTIONS {
        let value = state(cx, container).await?;
        match value.get("status").and_then(Value::as_str) {
            Some("FINISHED") => return Ok(()),
            Some("ERROR") => return Err(failed(http::text(&value, "/error_message"))),
            Some("EXPIRED" | "PUBLISHED") => {
                return Err(Fault::new(FaultKind::Transient, "The container is not good any more."));
            }
            _ => cx.wire.wait(BETWEEN).await,
        }
    }
    Err(Fault::new(FaultKind::Transient, "Threads is still working on the media."))
}

/// Whether what was prepared before can be published, and was not yet.
pub async fn still_good(cx: &Cx<'_>, container: &str) -> Result<(), Fault> {
    match state(cx, container).await?.get("status").and_then(Value::as_str) {
        Some("PUBLISHED") => Err(super::out_already()),
        Some("EXPIRED" | "ERROR") => {
            let words = "The container is not good any more: Threads keeps it for a day.";
            Err(Fault::new(FaultKind::Transient, words).code(PREPARE_AGAIN))
        }
        _ => Ok(()),
    }
}

/// The reasons that the page "Troubleshooting" lists are codes.
fn failed(reason: Option<String>) -> Fault {
    let reason = reason.unwrap_or_else(|| "UNKNOWN".into());
    let words = format!("Threads could not take the media: {reason}");
    let fault = match reason.as_str() {
        "FAILED_DOWNLOADING_VIDEO" | "FAILED_PROCESSING_AUDIO" | "FAILED_PROCESSING_VIDEO" | "UNKNOWN" => {
            Fault::new(FaultKind::Transient, words)
        }
        _ => Fault::rejected(words),
    };
    fault.code(reason)
}
