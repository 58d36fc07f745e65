//! Ayrshare's errors: `{"status": "error", "errors": [{"code": 110, "message": "…", "platform": "twitter"}]}`, or code and
//! message without the list; some come with 200.

use bellwether_kernel::Timestamp;
use serde_json::Value;

use crate::{
    http::{self, HOUR},
    publish::{Cx, Effect, Fault, FaultKind, Request, Response},
};

/// Sends a request; an error inside a success is an error.
pub async fn send(cx: &Cx<'_>, request: Request) -> Result<Value, Fault> {
    let effect = request.effect;
    let response = http::call(cx, request, judge).await?;
    let value = http::value(&response, effect)?;
    if value.get("status").and_then(Value::as_str) == Some("error") {
        return Err(http::hide(judge(&response, effect, cx.now), cx));
    }
    Ok(value)
}

/// The sentence.
pub fn words(value: &Value) -> String {
    ["/errors/0/message", "/message", "/posts/0/errors/0/message", "/errors/0/details"]
        .iter()
        .find_map(|pointer| http::text(value, pointer))
        .unwrap_or_else(|| "Ayrshare could not publish it.".into())
}

/// What a refusal means.
pub fn judge(response: &Response, effect: Effect, now: Timestamp) -> Fault {
    let mut fault = Fault::of_response(response, effect, now);
    let Some(value) = response.value() else { return fault };
    let code = ["/errors/0/code", "/code", "/posts/0/errors/0/code"]
        .iter()
        .find_map(|pointer| http::number(&value, pointer));
    fault = Fault { code: code.map(|code| code.to_string()), ..fault };
    let said = Fault::new(fault.kind, words(&value));
    fault.words = said.words;
    let small = fault.words.to_lowercase();
    let double =
        small.contains("duplicate") || small.contains("identical to the last") || small.contains("idempoten");
    fault.kind = match (response.status, code) {
        // a gateway's failure; the post may be out
        (500.., _) => return fault,
        // the text, or the key, is that of an earlier post: it may be our own earlier try
        (_, Some(110 | 137)) if effect == Effect::Publishes => FaultKind::Unclear,
        _ if double && effect == Effect::Publishes => FaultKind::Unclear,
        // the network is not linked (any more), or has to be linked again in Ayrshare
        (_, Some(156 | 272)) => FaultKind::NeedsConsent,
        // the plan does not have it
        (402, _) | (_, Some(169)) => FaultKind::Setup,
        // the key
        (401 | 403, _) | (_, Some(102)) => FaultKind::NeedsConsent,
        (429, _) => FaultKind::RateLimited,
        _ => FaultKind::Rejected,
    };
    if fault.kind == FaultKind::RateLimited && fault.retry_after.is_none() {
        fault.retry_after = Some(HOUR / 12);
    }
    fault
}
