//! What atproto's errors mean. The body of each is `{"error": name, "message": words}`.

use std::time::Duration;

use bellwether_kernel::Timestamp;
use chrono::DateTime;
use serde_json::Value;

use crate::publish::{Budget, Cx, Effect, Fault, FaultKind, Request, Response};

/// Sends a request; anything but a success is a fault.
pub(super) async fn call(cx: &Cx<'_>, request: Request) -> Result<Response, Fault> {
    let effect = request.effect;
    let response = cx.raw(request).await?;
    if let Some(budget) = budget(&response) {
        cx.note_budget(budget);
    }
    if (200..300).contains(&response.status) {
        return Ok(response);
    }
    Err(cx.without_secrets(fault(&response, effect, cx.now)))
}

/// `ratelimit-remaining`, and `ratelimit-reset` in seconds since 1970.
fn budget(response: &Response) -> Option<Budget> {
    let remaining = response.header("ratelimit-remaining")?.trim().parse().ok()?;
    Some(Budget { remaining, resets_at: resets_at(response)? })
}

fn resets_at(response: &Response) -> Option<Timestamp> {
    DateTime::from_timestamp(response.header("ratelimit-reset")?.trim().parse().ok()?, 0)
}

fn fault(response: &Response, effect: Effect, now: Timestamp) -> Fault {
    let mut fault = Fault::of_response(response, effect, now);
    let body = response.value().unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let (name, message) = (text("error"), text("message"));
    if !name.is_empty() {
        fault = fault.code(name);
    }
    fault.kind = match name {
        "ExpiredToken" | "InvalidToken" => FaultKind::TokenExpired,
        "AuthMissing" | "AuthenticationRequired" | "AuthFactorTokenRequired" | "InvalidScope" => {
            FaultKind::NeedsConsent
        }
        "AccountTakedown" | "AccountSuspended" | "AccountDeactivated" | "RepoTakendown" | "RepoSuspended"
        | "RepoDeactivated" | "RepoNotFound" | "UploadForbidden" => FaultKind::Revoked,
        "RateLimitExceeded" | "DailyLimitExceeded" | "TooManyOpenUploads" => FaultKind::RateLimited,
        "ServiceOverloaded" | "UploadNotReady" | "UploadExpired" | "UploadNotFound" | "MissingParts"
            if effect != Effect::Publishes =>
        {
            FaultKind::Transient
        }
        // what was uploaded is thrown away when no record names it in time: upload it anew
        "BlobNotFound" => FaultKind::Transient,
        _ if message.starts_with("Could not find blob") => FaultKind::Transient,
        _ => fault.kind,
    };
    if fault.kind == FaultKind::RateLimited && fault.retry_after.is_none() {
        fault.retry_after = resets_at(response).and_then(|at| (at - now).to_std().ok());
        // no header: a day's limit of videos
        if fault.retry_after.is_none() && name == "DailyLimitExceeded" {
            fault.retry_after = Some(Duration::from_hours(6));
        }
    }
    fault
}
