//! What LinkedIn's errors mean. A body is `{"status", "code" or "serviceErrorCode", "message", "errorDetails"}`, of
//! `oauth` `{"error", "error_description"}`.

use std::time::Duration;

use bellwether_kernel::Timestamp;
use chrono::Timelike as _;
use serde_json::Value;

use crate::publish::{Cx, Effect, Fault, FaultKind, Request, Response};

/// Sends a request; anything but a success is a fault. LinkedIn's answers don't tell what is left of its limits.
pub(super) async fn call(cx: &Cx<'_>, request: Request) -> Result<Response, Fault> {
    let effect = request.effect;
    let response = cx.raw(request).await?;
    if (200..300).contains(&response.status) {
        return Ok(response);
    }
    Err(cx.without_secrets(fault(&response, effect, cx.now)))
}

fn fault(response: &Response, effect: Effect, now: Timestamp) -> Fault {
    let mut fault = Fault::of_response(response, effect, now);
    let body = response.value().unwrap_or_default();
    let text = |path: &str| body.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let number = body.pointer("/serviceErrorCode").and_then(Value::as_i64).unwrap_or_default();
    let code = [text("/errorDetails/inputErrors/0/code"), text("/code"), text("/error")]
        .into_iter()
        .find(|code| !code.is_empty())
        .map_or_else(|| if number == 0 { String::new() } else { number.to_string() }, str::to_owned);
    let words = fault.words.to_lowercase();
    fault.kind = match (response.status, code.as_str(), number) {
        // it may be our own earlier try
        (_, "DUPLICATE_POST", _) if effect == Effect::Publishes => FaultKind::Unclear,
        (409 | 422, ..) if effect == Effect::Publishes && words.contains("duplicate") => FaultKind::Unclear,
        (426, ..)
        | (
            _,
            "NONEXISTENT_VERSION"
            | "VERSION_MISSING"
            | "invalid_client"
            | "unauthorized_client"
            | "unauthorized_scope_error"
            | "invalid_redirect_uri",
            _,
        ) => FaultKind::Setup,
        (401, "REVOKED_ACCESS_TOKEN", _) | (401, _, 65_601) => FaultKind::Revoked,
        (401, "EXPIRED_ACCESS_TOKEN", _) | (401, _, 65_602) => FaultKind::TokenExpired,
        // the code is used up, or what renews has run out or was taken back
        (_, "invalid_grant" | "invalid_request" | "user_cancelled_authorize", _)
        | (401, "INVALID_ACCESS_TOKEN" | "EMPTY_ACCESS_TOKEN", _)
        | (401, _, 65_600 | 65_604)
        // a permission was not given, or the member is no longer an administrator of the page
        | (403, "ACCESS_DENIED", _)
        | (403, _, 100) => FaultKind::NeedsConsent,
        (403, ..) if words.contains("permission") || words.contains("forbidden") => FaultKind::NeedsConsent,
        (401, ..) if words.contains("revoked") => FaultKind::Revoked,
        (429, ..) => FaultKind::RateLimited,
        _ => fault.kind,
    };
    if !code.is_empty() {
        fault = fault.code(code);
    }
    if fault.kind == FaultKind::RateLimited && fault.retry_after.is_none() && words.contains("day limit") {
        fault.retry_after = Some(until_midnight(now));
    }
    fault
}

/// A day's limits begin anew at midnight, UTC.
fn until_midnight(now: Timestamp) -> Duration {
    Duration::from_secs(u64::from(86_400 - now.num_seconds_from_midnight()))
}
