//! What YouTube and Google Business Profile have in common: Google's consent, tokens and errors.
//!
//! Written from: Google Identity "Using OAuth 2.0 for Web Server Applications" (developers.google.com/identity), YouTube
//! Data API "Errors" and "Quota", Google API "Error model" (google.rpc.Code).

use bellwether_kernel::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::Value;

use crate::{
    http::{self, DAY, HOUR},
    publish::{App, Cx, Effect, Fault, FaultKind, Grant, Method, Oauth, Request, Response, Scope},
};

const TOKEN: &str = "https://oauth2.googleapis.com/token";

/// The consent page. `prompt=consent`, for Google gives what renews a token only with a consent.
pub fn oauth(app: &App, scopes: Vec<Scope>) -> Oauth {
    let names: Vec<&str> = scopes.iter().map(|scope| scope.name).collect();
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", &app.client_id)
        .append_pair("response_type", "code")
        .append_pair("access_type", "offline")
        .append_pair("prompt", "consent")
        .append_pair("scope", &names.join(" "))
        .finish();
    Oauth {
        authorize_url: format!("https://accounts.google.com/o/oauth2/v2/auth?{query}"),
        pkce: true,
        scopes,
        separator: ' ',
    }
}

/// Takes the code.
pub async fn exchange(cx: &Cx<'_>, code: &str, verifier: &str, redirect: &str) -> Result<Grant, Fault> {
    let app = http::app(cx)?;
    let request = Request::new(Method::Post, TOKEN, Effect::Prepares).form([
        ("client_id", app.client_id.as_str()),
        ("client_secret", app.client_secret.expose_secret()),
        ("code", code),
        ("code_verifier", verifier),
        ("grant_type", "authorization_code"),
        ("redirect_uri", redirect),
    ]);
    http::grant(&http::call_json(cx, request, judge).await?, cx.now, &[' '])
}

/// Renews the token; what renews it stays.
pub async fn refresh(cx: &Cx<'_>) -> Result<Grant, Fault> {
    let app = http::app(cx)?;
    let request = Request::new(Method::Post, TOKEN, Effect::Prepares).form([
        ("client_id", app.client_id.as_str()),
        ("client_secret", app.client_secret.expose_secret()),
        ("refresh_token", http::refresh_token(cx)?),
        ("grant_type", "refresh_token"),
    ]);
    let value = http::call_json(cx, request, judge).await.map_err(http::while_refreshing)?;
    http::grant(&value, cx.now, &[' '])
}

/// What a refusal means.
pub fn judge(response: &Response, effect: Effect, now: Timestamp) -> Fault {
    let mut fault = Fault::of_response(response, effect, now);
    let Some(value) = response.value() else { return fault };
    // the token endpoint: {"error": "invalid_grant", "error_description": "…"}
    if let Some(code) = value.get("error").and_then(Value::as_str) {
        fault.kind = match code {
            "invalid_grant" | "access_denied" | "invalid_scope" | "admin_policy_enforced" => {
                FaultKind::NeedsConsent
            }
            "invalid_client"
            | "unauthorized_client"
            | "redirect_uri_mismatch"
            | "org_internal"
            | "deleted_client"
            | "disabled_client" => FaultKind::Setup,
            _ => fault.kind,
        };
        fault.code = Some(code.to_owned());
        return fault;
    }
    let reason = reason(&value);
    fault.code.clone_from(&reason);
    if response.status >= 500 {
        return fault;
    }
    let reason = reason.unwrap_or_default();
    fault.kind = match reason.as_str() {
        "quotaExceeded" | "dailyLimitExceeded" => {
            fault.retry_after = Some(until_quota(now));
            FaultKind::RateLimited
        }
        // how many videos a channel may upload in a day
        "uploadLimitExceeded" | "uploadRateLimitExceeded" => {
            fault.retry_after = Some(DAY);
            FaultKind::RateLimited
        }
        // an application without access has a quota of nothing
        "RATE_LIMIT_EXCEEDED" | "RESOURCE_EXHAUSTED" if quota_of_nothing(&value) => FaultKind::Setup,
        "rateLimitExceeded" | "userRateLimitExceeded" | "RATE_LIMIT_EXCEEDED" | "RESOURCE_EXHAUSTED" => {
            FaultKind::RateLimited
        }
        "accessNotConfigured"
        | "SERVICE_DISABLED"
        | "API_KEY_INVALID"
        | "CONSUMER_INVALID"
        | "ipRefererBlocked"
        | "keyInvalid" => FaultKind::Setup,
        "authorizationRequired" | "authError" | "UNAUTHENTICATED" | "expired" => FaultKind::TokenExpired,
        "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
        | "insufficientPermissions"
        | "forbidden"
        | "PERMISSION_DENIED"
        | "youtubeSignupRequired" => FaultKind::NeedsConsent,
        "accountClosed"
        | "accountSuspended"
        | "accountTerminated"
        | "channelClosed"
        | "channelSuspended"
        | "accountDelegationForbidden" => FaultKind::Revoked,
        "backendError" | "internalError" if effect == Effect::Publishes => FaultKind::Unclear,
        "backendError" | "internalError" => FaultKind::Transient,
        _ => fault.kind,
    };
    if fault.kind == FaultKind::RateLimited && fault.retry_after.is_none() {
        fault.retry_after = Some(HOUR / 12);
    }
    fault
}

/// The most telling name: the reason of the details, of the old list, or the status.
fn reason(value: &Value) -> Option<String> {
    http::list(value, "/error/details")
        .iter()
        .find_map(|detail| http::text(detail, "/reason"))
        .or_else(|| http::text(value, "/error/errors/0/reason"))
        .or_else(|| http::text(value, "/error/status"))
}

fn quota_of_nothing(value: &Value) -> bool {
    http::list(value, "/error/details")
        .iter()
        .any(|detail| detail.pointer("/metadata/quota_limit_value").and_then(Value::as_str) == Some("0"))
}

/// Quota is full again at midnight in California, at 8 in the morning UTC at the latest.
fn until_quota(now: Timestamp) -> std::time::Duration {
    use chrono::Timelike as _;
    let today = u64::from(now.num_seconds_from_midnight());
    std::time::Duration::from_secs((8 * 3_600 + 86_400 - today) % 86_400).max(HOUR / 12)
}
