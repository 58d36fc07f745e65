//! What Facebook, Instagram and Threads have in common: the Graph API's errors, pages of results, limits, consent.
//!
//! Written from: Graph API "Handle Errors", "Rate Limits", "Paginated Results", "Access Tokens" and "Long-Lived
//! Tokens" (developers.facebook.com/docs/graph-api and /docs/facebook-login), Instagram Platform "Error Codes".

use std::time::Duration;

use bellwether_kernel::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use crate::{
    http::{self, DAY, HOUR},
    publish::{Account, App, Budget, Cx, Effect, Fault, FaultKind, Grant, Oauth, Request, Response, Scope},
};

/// Version of the Graph API that this was written for.
pub const GRAPH: &str = "https://graph.facebook.com/v24.0";

/// Sends a request to the Graph API, keeping what its headers say of our budget.
pub async fn send(cx: &Cx<'_>, request: Request) -> Result<Value, Fault> {
    let effect = request.effect;
    let response = match cx.raw(request).await {
        Ok(response) => response,
        Err(fault) => return Err(http::hide(fault, cx)),
    };
    if let Some(budget) = budget(&response, cx.now) {
        cx.note_budget(budget);
    }
    if (200..300).contains(&response.status) {
        http::value(&response, effect)
    } else {
        Err(http::hide(judge(&response, effect, cx.now), cx))
    }
}

/// What a refusal means.
pub fn judge(response: &Response, effect: Effect, now: Timestamp) -> Fault {
    let mut fault = Fault::of_response(response, effect, now);
    let Some(value) = response.value() else { return fault };
    let Some(code) = value.pointer("/error/code").and_then(Value::as_i64) else { return fault };
    let subcode = value.pointer("/error/error_subcode").and_then(Value::as_i64);
    fault.code = Some(subcode.map_or_else(|| code.to_string(), |subcode| format!("{code}/{subcode}")));
    if response.status >= 500 {
        // `of_response` has told already whether a post may be out
        return fault;
    }
    let unknown = if effect == Effect::Publishes { FaultKind::Unclear } else { FaultKind::Transient };
    let transient = value.pointer("/error/is_transient").and_then(Value::as_bool) == Some(true);
    fault.kind = match subcode.and_then(by_subcode) {
        Some(FaultKind::Unclear) => unknown,
        Some(kind) => kind,
        None => match code {
            // unknown and unavailable: posts have been seen to be out after these
            -3..=-1 | 1 | 2 => unknown,
            4 | 9 | 17 | 32 | 341 | 613 | 80_000..=80_014 => FaultKind::RateLimited,
            102 | 190 | 463 | 467 => FaultKind::TokenExpired,
            10 | 200..=299 => FaultKind::NeedsConsent,
            3 | 101 | 104 | 191 => FaultKind::Setup,
            100 if fault.words.contains("appsecret_proof") => FaultKind::Setup,
            // the same text as the last post: it may be our own earlier try
            506 if effect == Effect::Publishes => FaultKind::Unclear,
            _ if transient => unknown,
            _ => FaultKind::Rejected,
        },
    };
    if fault.kind == FaultKind::RateLimited && fault.retry_after.is_none() {
        let by_day = subcode == Some(2_207_042) || code == 341;
        fault.retry_after = Some(regain(response).unwrap_or(if by_day { DAY } else { HOUR }));
    }
    fault
}

/// What a subcode means; [`FaultKind::Unclear`] stands for a failure inside the network.
fn by_subcode(subcode: i64) -> Option<FaultKind> {
    Some(match subcode {
        // the owner removed the application, or has no role on the page any more
        // … or the Instagram account is inactive, checkpointed or restricted
        458 | 492 | 2_207_050 => FaultKind::Revoked,
        // checkpoint, new password, unconfirmed account
        459 | 460 | 464 => FaultKind::NeedsConsent,
        463 | 467 => FaultKind::TokenExpired,
        // Instagram: most posts of a day reached
        2_207_042 => FaultKind::RateLimited,
        2_207_001 | 2_207_032 | 2_207_053 => FaultKind::Unclear,
        // Instagram: nothing was published, because a container is late, gone or not ready
        2_207_003 | 2_207_008 | 2_207_020 | 2_207_027 => FaultKind::Transient,
        2_207_000..=2_207_999 => FaultKind::Rejected,
        _ => return None,
    })
}

/// How long until we may call again, by `X-Business-Use-Case-Usage`.
fn regain(response: &Response) -> Option<Duration> {
    let usage: Value = serde_json::from_str(response.header("x-business-use-case-usage")?).ok()?;
    let minutes = usage
        .as_object()?
        .values()
        .flat_map(|uses| uses.as_array().map_or(&[][..], Vec::as_slice))
        .filter_map(|use_case| http::number(use_case, "/estimated_time_to_regain_access"))
        .max()
        .filter(|minutes| *minutes > 0)?;
    Some(Duration::from_secs(minutes * 60).min(DAY))
}

/// What is left, by `X-App-Usage` and `X-Business-Use-Case-Usage`. The network tells percents of calls and of time used;
/// what is left is in percent too, which is fewer than there are calls.
fn budget(response: &Response, now: Timestamp) -> Option<Budget> {
    let app = response.header("x-app-usage").and_then(|text| serde_json::from_str::<Value>(text).ok());
    let business = response
        .header("x-business-use-case-usage")
        .and_then(|text| serde_json::from_str::<Value>(text).ok());
    let used = [app, business].into_iter().flatten().filter_map(|usage| highest(&usage)).max()?;
    Some(Budget {
        remaining: u32::try_from(100_u64.saturating_sub(used)).unwrap_or(0),
        resets_at: now + regain(response).unwrap_or(HOUR),
    })
}

fn highest(usage: &Value) -> Option<u64> {
    match usage {
        Value::Array(all) => all.iter().filter_map(highest).max(),
        Value::Object(fields) => fields
            .iter()
            .filter_map(|(name, value)| match name.as_str() {
                "call_count" | "total_time" | "total_cputime" => value.as_u64(),
                _ => highest(value),
            })
            .max(),
        _ => None,
    }
}

/// The next page's address, without the token that Meta writes into it; none at the end, or where it leads elsewhere.
pub fn next_page(value: &Value, origin: &str) -> Option<String> {
    let mut next = url::Url::parse(value.pointer("/paging/next")?.as_str()?).ok()?;
    if next.origin() != url::Url::parse(origin).ok()?.origin() {
        return None;
    }
    let kept: Vec<(String, String)> = next
        .query_pairs()
        .filter(|(name, _)| name != "access_token")
        .map(|(n, v)| (n.into(), v.into()))
        .collect();
    next.query_pairs_mut().clear().extend_pairs(kept);
    Some(next.into())
}

/// The consent page of Facebook Login.
pub fn oauth(app: &App, scopes: Vec<Scope>) -> Oauth {
    let names: Vec<&str> = scopes.iter().map(|scope| scope.name).collect();
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", &app.client_id)
        .append_pair("response_type", "code")
        .append_pair("scope", &names.join(","))
        .finish();
    Oauth {
        authorize_url: format!("https://www.facebook.com/v24.0/dialog/oauth?{query}"),
        pkce: false,
        scopes,
        separator: ',',
    }
}

/// Code → token of an hour → token of sixty days. The long one is kept as what renews, for the tokens of pages are got
/// with it.
pub async fn exchange(cx: &Cx<'_>, code: &str, redirect: &str) -> Result<Grant, Fault> {
    let app = http::app(cx)?;
    let secret = app.client_secret.expose_secret();
    let form = [
        ("client_id", app.client_id.as_str()),
        ("client_secret", secret),
        ("redirect_uri", redirect),
        ("code", code),
    ];
    let url = format!("{GRAPH}/oauth/access_token");
    let short =
        send(cx, Request::new(crate::publish::Method::Post, &url, Effect::Prepares).form(form)).await?;
    let short = http::need(&short, "/access_token", Effect::Prepares)?;
    extend(cx, app, &short).await
}

async fn extend(cx: &Cx<'_>, app: &App, token: &str) -> Result<Grant, Fault> {
    let form = [
        ("grant_type", "fb_exchange_token"),
        ("client_id", app.client_id.as_str()),
        ("client_secret", app.client_secret.expose_secret()),
        ("fb_exchange_token", token),
    ];
    let url = format!("{GRAPH}/oauth/access_token");
    let value =
        send(cx, Request::new(crate::publish::Method::Post, &url, Effect::Prepares).form(form)).await?;
    let mut grant = http::grant(&value, cx.now, &[','])?;
    grant.refresh_token = Some(grant.token.clone());
    Ok(grant)
}

/// Renews the person's token, and with it the token of the page that `page` names.
pub async fn refresh(cx: &Cx<'_>, page: Option<&str>) -> Result<Grant, Fault> {
    let app = http::app(cx)?;
    let token = http::refresh_token(cx)?.to_owned();
    let mut grant = extend(cx, app, &token).await.map_err(http::while_refreshing)?;
    if let Some(page) = page.filter(|page| !page.is_empty()) {
        let request = Request::get(format!("{GRAPH}/{}", http::segment(page)))
            .query([("fields", "access_token")])
            .header("authorization", bearer(&grant.token));
        let value = send(cx, request).await.map_err(http::while_refreshing)?;
        grant.token = http::text(&value, "/access_token").map(SecretString::from).ok_or_else(|| {
            Fault::new(
                FaultKind::NeedsConsent,
                "Facebook gives no token for this page any more: connect again.",
            )
        })?;
    }
    Ok(grant)
}

/// The value of an `Authorization` header.
pub fn bearer(token: &SecretString) -> String {
    format!("Bearer {}", token.expose_secret())
}

/// The person's pages with these fields, every page of the answer.
pub async fn pages(cx: &Cx<'_>, account: &Account, fields: &str) -> Result<Vec<Value>, Fault> {
    let mut all = Vec::new();
    let mut request = Request::get(format!("{GRAPH}/me/accounts"))
        .query([("fields", fields), ("limit", "100")])
        .bearer(account);
    for _ in 0..10 {
        let value = send(cx, request).await?;
        all.extend_from_slice(http::list(&value, "/data"));
        let Some(next) = next_page(&value, GRAPH) else { break };
        request = Request::get(next).bearer(account);
    }
    Ok(all)
}
