//! TikTok's answers: `{"data": {…}, "error": {"code": "ok", "message": "", "log_id": "…"}}`, and of the token endpoint
//! `{"error": "invalid_grant", "error_description": "…"}`.

use bellwether_kernel::Timestamp;
use serde_json::Value;

use crate::{
    http::{self, DAY, HOUR},
    publish::{Cx, Effect, Fault, FaultKind, Request, Response},
};

/// Sends a request; an error inside a success is an error.
pub async fn send(cx: &Cx<'_>, request: Request) -> Result<Value, Fault> {
    let effect = request.effect;
    let response = http::call(cx, request, judge).await?;
    let value = http::value(&response, effect)?;
    match code(&value) {
        Some(code) if code != "ok" => Err(http::hide(judge(&response, effect, cx.now), cx)),
        _ => Ok(value),
    }
}

fn code(value: &Value) -> Option<String> {
    http::text(value, "/error/code").or_else(|| http::text(value, "/error"))
}

/// What a refusal means.
pub fn judge(response: &Response, effect: Effect, now: Timestamp) -> Fault {
    let mut fault = Fault::of_response(response, effect, now);
    let Some(code) = response.value().as_ref().and_then(code) else { return fault };
    if response.status >= 500 {
        return fault.code(code);
    }
    let inside = if effect == Effect::Publishes { FaultKind::Unclear } else { FaultKind::Transient };
    let (kind, wait) = match code.as_str() {
        "access_token_invalid" | "access_token_expired" => (FaultKind::TokenExpired, None),
        "scope_not_authorized"
        | "scope_permission_missed"
        | "invalid_grant"
        | "access_denied"
        | "invalid_scope" => (FaultKind::NeedsConsent, None),
        "rate_limit_exceeded" => (FaultKind::RateLimited, Some(HOUR / 60)),
        // of the account within a day; of drafts that nobody finished; of the application's accounts within a day
        "spam_risk_too_many_posts" | "spam_risk_too_many_pending_share" | "reached_active_user_cap" => {
            (FaultKind::RateLimited, Some(DAY))
        }
        "spam_risk_user_banned_from_posting" | "user_banned" => (FaultKind::Revoked, None),
        "unaudited_client_can_only_post_to_private_accounts"
        | "url_ownership_unverified"
        | "invalid_client"
        | "invalid_client_key"
        | "unauthorized_client"
        | "unsupported_grant_type"
        | "app_not_approved" => (FaultKind::Setup, None),
        "internal_error" | "internal" => (inside, None),
        "privacy_level_option_mismatch"
        | "invalid_param"
        | "invalid_params"
        | "invalid_request"
        | "invalid_file_upload"
        | "app_version_check_failed"
        | "spam_risk_text"
        | "spam_risk"
        | "invalid_publish_id"
        | "token_not_authorized_for_specified_publish_id" => (FaultKind::Rejected, None),
        _ => (fault.kind, None),
    };
    fault.kind = kind;
    fault.retry_after = fault.retry_after.or(wait);
    if let Some(words) = response.value().as_ref().and_then(|value| http::text(value, "/error_description")) {
        fault.words = words;
    } else if http::text(&response.value().unwrap_or_default(), "/error/message").is_none() {
        fault.words = format!("TikTok says: {code}");
    }
    fault.code(code)
}

/// Why a post failed, in words where the code is known.
pub fn failure(value: &Value) -> String {
    let reason = http::text(value, "/data/fail_reason").unwrap_or_else(|| "unknown".into());
    let words = match reason.as_str() {
        "file_format_check_failed" => "TikTok does not take this kind of file",
        "duration_check_failed" => "The video is too long or too short",
        "frame_rate_check_failed" => "The video has too many or too few pictures a second",
        "picture_size_check_failed" => "The picture is too large or too small",
        "video_pull_failed" | "photo_pull_failed" => "TikTok could not fetch the file",
        "publish_cancelled" => "Publishing was cancelled",
        "auth_removed" => "The account's owner took the permission back while TikTok worked on it",
        "spam_risk_too_many_posts" => "The account has published too many posts today",
        "spam_risk_user_banned_from_posting" => "TikTok does not let this account publish",
        "spam_risk_text" => "TikTok takes the caption for spam",
        "spam_risk" => "TikTok takes the post for spam",
        "internal" => "TikTok failed",
        _ => "TikTok did not publish it",
    };
    format!("{words} ({reason}).")
}
