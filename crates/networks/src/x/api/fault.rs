//! What X's errors mean. A body is a problem (RFC 9457: `type`, `title`, `detail`), or `errors` with codes from version
//! 1.1, or OAuth's `error` and `error_description`.

use std::time::Duration;

use bellwether_kernel::Timestamp;
use chrono::DateTime;
use serde_json::Value;

use crate::publish::{Budget, Cx, Effect, Fault, FaultKind, Request, Response};

/// Sends a request; anything but a success is a fault.
pub(super) async fn call(cx: &Cx<'_>, request: Request) -> Result<Response, Fault> {
    let effect = request.effect;
    let response = cx.raw(request).await?;
    // each kind of call has limits of its own; the one that publishes is what matters
    if effect == Effect::Publishes
        && let Some(budget) = budget(&response)
    {
        cx.note_budget(budget);
    }
    if (200..300).contains(&response.status) {
        return Ok(response);
    }
    Err(cx.without_secrets(fault(&response, effect, cx.now)))
}

/// The limits that an answer may tell: of fifteen minutes, and of a day for the account and for our application.
const LIMITS: [&str; 3] = ["x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour"];

/// The tightest limit.
fn budget(response: &Response) -> Option<Budget> {
    let number = |name: String| response.header(&name)?.trim().parse::<i64>().ok();
    LIMITS
        .iter()
        .filter_map(|limit| {
            let remaining = u32::try_from(number(format!("{limit}-remaining"))?).ok()?;
            let resets_at = DateTime::from_timestamp(number(format!("{limit}-reset"))?, 0)?;
            Some(Budget { remaining, resets_at })
        })
        // of those that are used up the one that lasts longest
        .min_by_key(|budget| (budget.remaining, std::cmp::Reverse(budget.resets_at)))
}

fn fault(response: &Response, effect: Effect, now: Timestamp) -> Fault {
    let mut fault = Fault::of_response(response, effect, now);
    let body = response.value().unwrap_or_default();
    let text = |path: &str| body.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let problem = [text("/type"), text("/errors/0/type")]
        .into_iter()
        .find_map(|kind| kind.rsplit_once("/problems/").map(|(_, name)| name))
        .unwrap_or_default();
    let number = body.pointer("/errors/0/code").and_then(Value::as_i64).unwrap_or_default();
    let oauth = text("/error");
    let code = match (problem, number) {
        ("", 0) => oauth.to_owned(),
        ("", number) => number.to_string(),
        (problem, _) => problem.to_owned(),
    };
    if !code.is_empty() && !code.contains(' ') {
        fault = fault.code(code);
    }
    let words = fault.words.to_lowercase();
    fault.kind = match (response.status, problem, number, oauth) {
        // it may be our own earlier try
        (403, _, 187, _) if effect == Effect::Publishes => FaultKind::Unclear,
        (403, ..) if effect == Effect::Publishes && words.contains("duplicate content") => FaultKind::Unclear,
        (_, "usage-capped", ..) => FaultKind::RateLimited,
        (_, "client-forbidden" | "client-disconnected" | "unsupported-authentication" | "oauth1-permissions", ..)
        | (_, _, _, "invalid_client" | "unauthorized_client" | "invalid_scope")
        // the operator's credits are used up
        | (402, ..)
        // 32, 215: the application's keys; 220, 261, 453: what the application may do
        | (_, _, 32 | 215 | 220 | 261 | 453, _) => FaultKind::Setup,
        // the token that renews is used up, or the owner removed our application
        (400 | 401, _, _, "invalid_grant" | "invalid_request") => FaultKind::NeedsConsent,
        // 64: suspended; 326: locked
        (_, _, 64 | 326, _) => FaultKind::Revoked,
        (403, ..) if words.contains("suspended") || words.contains("temporarily locked") => FaultKind::Revoked,
        // 89: expired or taken back
        (_, _, 89, _) => FaultKind::TokenExpired,
        // 185: the account's posts of a day; 88: too many calls
        (_, _, 88 | 185, _) => FaultKind::RateLimited,
        // 130, 131: over capacity, an internal error
        (_, _, 130 | 131, _) if effect != Effect::Publishes => FaultKind::Transient,
        _ => fault.kind,
    };
    if fault.kind == FaultKind::RateLimited && fault.retry_after.is_none() {
        let resets_at = budget(response).map(|budget| budget.resets_at);
        fault.retry_after = resets_at.and_then(|at| (at - now).to_std().ok());
        // a plan's month; its end is not told
        if problem == "usage-capped" {
            fault.retry_after = Some(Duration::from_hours(12));
        }
    }
    fault
}
