//! What an instance's errors mean. The body is `{"error": words}`, of `oauth` also `error_description`; there are no
//! codes, so the words decide (they are English whatever the account's language).

use bellwether_kernel::Timestamp;
use chrono::DateTime;
use serde_json::Value;

use crate::publish::{Budget, Cx, Effect, Fault, FaultKind, Request, Response};

/// Sends a request; anything but a success is a fault.
pub(super) async fn call(cx: &Cx<'_>, request: Request) -> Result<Response, Fault> {
    let effect = request.effect;
    let response = cx.raw(request).await?;
    // each limit is of one kind of call; the one that publishes is what matters
    if effect == Effect::Publishes
        && let Some(remaining) = response.header("x-ratelimit-remaining").and_then(|value| value.parse().ok())
        && let Some(resets_at) = resets_at(&response)
    {
        cx.note_budget(Budget { remaining, resets_at });
    }
    if (200..300).contains(&response.status) {
        return Ok(response);
    }
    Err(cx.without_secrets(fault(&response, effect, cx.now)))
}

fn resets_at(response: &Response) -> Option<Timestamp> {
    Some(DateTime::parse_from_rfc3339(response.header("x-ratelimit-reset")?.trim()).ok()?.to_utc())
}

fn fault(response: &Response, effect: Effect, now: Timestamp) -> Fault {
    let mut fault = Fault::of_response(response, effect, now);
    let body = response.value().unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let (error, described) = (text("error"), text("error_description"));
    let says = |words: &str| error.to_lowercase().contains(words);
    if !described.is_empty() {
        fault = fault.code(error);
    }
    fault.kind = match response.status {
        _ if matches!(
            error,
            "invalid_client" | "unauthorized_client" | "invalid_scope" | "invalid_redirect_uri"
        ) =>
        {
            FaultKind::Setup
        }
        _ if error == "invalid_grant" => FaultKind::NeedsConsent,
        401 if says("revoked") => FaultKind::Revoked,
        // tokens do not run out, so nothing renews them
        401 => FaultKind::NeedsConsent,
        403 if says("outside the authorized scopes") => FaultKind::NeedsConsent,
        403 if says("disabled")
            || says("suspended")
            || says("confirmed e-mail")
            || says("pending approval") =>
        {
            FaultKind::Revoked
        }
        410 => FaultKind::Revoked,
        422 if says("have not finished processing") => FaultKind::Transient,
        _ => fault.kind,
    };
    if fault.kind == FaultKind::RateLimited && fault.retry_after.is_none() {
        fault.retry_after = resets_at(response).and_then(|at| (at - now).to_std().ok());
    }
    fault
}
