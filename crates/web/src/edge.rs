//! What goes around every request: id, span, panic, time limit, figures, headers; and the one place where a problem
//! gets its request id and is logged.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use axum::{
    body::{Body, HttpBody as _},
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use bellwether_kernel::{Kind, Problem, id::uuid_v7};
use futures::FutureExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use tracing::{Instrument as _, field};

use crate::{
    ApiError, Web,
    bearing::{self, RequestId, X_REQUEST_ID, brought_id},
    error::{PROBLEM_JSON, Raised, problems, render, status},
    gate::Entered,
    keys, known,
    limits::{self, Class, Decision},
    security,
};

/// Whether a path belongs to the API, whose every answer is for programs.
pub(crate) fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// Goes around everything.
pub(crate) async fn around(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = brought_id(request.headers())
        .map_or_else(|| uuid_v7(&web.clock, &web.rng).simple().to_string(), str::to_owned);
    let seen = Seen::of(&request, id);
    let span = tracing::info_span!("request", method = %seen.method, route = %seen.route, request_id = %seen.id, user = field::Empty);
    request.extensions_mut().insert(RequestId(seen.id.clone()));
    request.extensions_mut().insert(web.clone());
    let running = web.metrics.request();
    let mut response = answer(&web, request, next).instrument(span.clone()).await;
    if !known::only_reads(&seen.method) {
        web.known.forget();
    }
    drop(running);
    let problem = response.extensions_mut().remove::<Raised>().map(|raised| raised.0);
    let problem = problem.or_else(|| foreign(&seen, &response));
    if let Some(problem) = &problem {
        response = rewritten(problem, response, &seen.id);
    }
    if let Some(decision) = response.extensions().get::<Decision>().copied() {
        limits::write(decision, response.headers_mut());
    }
    response = unless_modified(&seen, response);
    let headers = response.headers_mut();
    security::write(headers, web.config.is_secure());
    if seen.is_api && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Ok(value) = HeaderValue::from_str(&seen.id) {
        headers.insert(HeaderName::from_static(X_REQUEST_ID), value);
    }
    let time = began.elapsed();
    web.metrics.answered(&seen.method, &seen.route, response.status(), time);
    span.in_scope(|| log(&seen, response.status(), problem.as_ref(), time.as_secs_f64() * 1e3));
    response
}

/// What of a request is needed once it is answered.
struct Seen {
    id: String,
    method: Method,
    route: String,
    is_api: bool,
    if_none_match: Option<HeaderValue>,
}

impl Seen {
    fn of(request: &Request, id: String) -> Self {
        let is_api = is_api(request.uri().path());
        let matched = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
        // paths that match nothing are without bound; they share two names
        let route = matched.unwrap_or_else(|| if is_api { "/api/{unknown}" } else { "/{app}" }.to_owned());
        let if_none_match = request.headers().get(header::IF_NONE_MATCH).cloned();
        // methods are without bound too
        let method = match request.method() {
            known @ (&Method::GET
            | &Method::HEAD
            | &Method::POST
            | &Method::PUT
            | &Method::PATCH
            | &Method::DELETE
            | &Method::OPTIONS) => known.clone(),
            _ => Method::TRACE,
        };
        Self { id, method, route, is_api, if_none_match }
    }
}

async fn answer(web: &Web, request: Request, next: Next) -> Response {
    use axum::response::IntoResponse as _;
    if request.body().size_hint().lower() > web.config.body_limit as u64 {
        return ApiError(problems::too_large(web.config.body_limit)).into_response();
    }
    let run = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(web.config.timeout, run).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            ApiError(problems::internal(format_args!("a handler panicked: {text}"))).into_response()
        }
        Err(_) => {
            let detail = format!("It took longer than {} s and was stopped.", web.config.timeout.as_secs());
            ApiError(Problem::new(Kind::Unavailable, "timeout", detail).retry_after(5)).into_response()
        }
    }
}

/// Takes the default rate, and refuses what another site asks for. For `/api` only: the app's files are for everybody.
pub(crate) async fn guard(State(web): State<Web>, request: Request, next: Next) -> Response {
    use axum::response::IntoResponse as _;
    if !is_api(request.uri().path()) {
        return next.run(request).await;
    }
    let decision = limits::charge(&web, Class::Default, &request);
    let mut response = match decision {
        Some(decision) if !decision.allowed => return limits::refuse(&web, decision),
        _ => match security::refuse_foreign(request.method(), request.headers(), &web.config.public_url) {
            Err(problem) if !ends_mail(request.uri().path()) => ApiError(problem).into_response(),
            _ => inside(&web, request, next).await,
        },
    };
    if let Some(decision) = decision
        && response.extensions().get::<keys::Told>().is_none()
    {
        limits::keep(&mut response, decision);
    }
    response
}

/// Links that end mail have all that they need in their address and ask for no cookie: a mail program may follow them from a page
/// of its own (RFC 8058). Whole addresses, since a brand may be called so, too.
fn ends_mail(path: &str) -> bool {
    ["/api/v1/unsubscribe/", "/api/v1/deliveries/unsubscribe/"]
        .iter()
        .filter_map(|link| path.strip_prefix(link))
        .any(|token| !token.is_empty() && !token.contains('/'))
}

/// Recognises an API key on the way in; on the way out tells of its limit, and the door of what was refused.
async fn inside(web: &Web, request: Request, next: Next) -> Response {
    use axum::response::IntoResponse as _;
    let endpoint = format!("{} {}", request.method(), request.uri().path());
    let (mut request, key) = match keys::recognise(web, request).await {
        Ok(recognised) => recognised,
        Err(problem) => return ApiError(problem).into_response(),
    };
    let context = bearing::context(request.extensions(), request.headers(), &web.config.trusted_proxies);
    let entered = Arc::new(Entered::default());
    request.extensions_mut().insert(Arc::clone(&entered));
    let mut response = next.run(request).await;
    if let Some(Raised(problem)) = response.extensions().get::<Raised>()
        && problem.kind == Kind::Forbidden
        && let Some(access) = entered.get()
    {
        web.gate.denied(access, problem, &endpoint, &context);
    }
    keys::tell(key.as_deref(), &mut response);
    response
}

/// The problem of an answer that axum itself refused with, in plain text.
fn foreign(seen: &Seen, response: &Response) -> Option<Problem> {
    let status = response.status();
    if !seen.is_api || !(status.is_client_error() || status.is_server_error()) {
        return None;
    }
    let kind = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    // nothing below writes a page by itself: whoever does has words for a person who followed a link
    if [PROBLEM_JSON, "application/json", "text/html"].iter().any(|own| kind.starts_with(own)) {
        return None;
    }
    let (kind, code, detail) = match status.as_u16() {
        401 => return Some(problems::unauthenticated()),
        404 => return Some(problems::no_such_route()),
        405 => (
            Kind::Malformed,
            "method_not_allowed",
            "This address does not know that method; see the header Allow.",
        ),
        413 => (Kind::TooLarge, "too_large", "The request's body is too large."),
        415 => (Kind::UnsupportedMedia, "unsupported_media_type", "This content type isn't read here."),
        422 => (Kind::Invalid, "invalid", "The request can't be read."),
        400..=499 => (Kind::Malformed, "malformed", "The request can't be read."),
        _ => (Kind::Internal, "internal", "an answer without a problem"),
    };
    Some(Problem::new(kind, code, detail))
}

/// Writes a problem anew with its request id, keeping the headers that belong to the answer.
fn rewritten(problem: &Problem, old: Response, request_id: &str) -> Response {
    // 405 has no kind of its own: nobody but the router says it
    let status =
        if old.status() == StatusCode::METHOD_NOT_ALLOWED { old.status() } else { status(problem.kind) };
    let mut new = render(problem, status, Some(request_id));
    let (parts, _) = old.into_parts();
    for (name, value) in &parts.headers {
        let of_the_body = name == header::CONTENT_LENGTH || name == header::CONTENT_TYPE;
        if !of_the_body && !new.headers().contains_key(name) {
            new.headers_mut().append(name, value.clone());
        }
    }
    new.extensions_mut().extend(parts.extensions);
    new
}

/// 304 when a GET names the version that it has.
fn unless_modified(seen: &Seen, response: Response) -> Response {
    let reading = seen.method == Method::GET || seen.method == Method::HEAD;
    if !reading
        || response.status() != StatusCode::OK
        || !matches_any(seen.if_none_match.as_ref(), response.headers())
    {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::NOT_MODIFIED;
    for name in [header::CONTENT_LENGTH, header::CONTENT_TYPE, header::CONTENT_ENCODING] {
        parts.headers.remove(name);
    }
    Response::from_parts(parts, Body::empty())
}

fn matches_any(wanted: Option<&HeaderValue>, headers: &HeaderMap) -> bool {
    let (Some(wanted), Some(etag)) =
        (wanted.and_then(|value| value.to_str().ok()), headers.get(header::ETAG))
    else {
        return false;
    };
    let bare = |text: &str| text.trim().trim_start_matches("W/").to_owned();
    let etag = bare(etag.to_str().unwrap_or_default());
    wanted.split(',').any(|one| one.trim() == "*" || bare(one) == etag)
}

fn log(seen: &Seen, status: StatusCode, problem: Option<&Problem>, ms: f64) {
    let (status, code) = (status.as_u16(), problem.map_or("", |problem| problem.code));
    match problem {
        Some(problem) if problem.kind == Kind::Internal => {
            tracing::error!(status, code, ms, cause = %problem.detail, "failed");
        }
        Some(problem) if matches!(problem.kind, Kind::Upstream | Kind::Unavailable) => {
            tracing::warn!(status, code, ms, detail = %problem.detail, "failed");
        }
        // the faults of clients, the app's files and the operator's probes would drown the rest
        Some(_) => tracing::debug!(status, code, ms, "refused"),
        None if seen.is_api => tracing::info!(status, ms, "answered"),
        None => tracing::debug!(status, ms, "answered"),
    }
}

#[cfg(test)]
mod tests {
    use super::ends_mail;

    #[test]
    fn only_the_links_of_mails_may_be_followed_from_elsewhere() {
        for path in ["/api/v1/unsubscribe/k3y", "/api/v1/deliveries/unsubscribe/k3y"] {
            assert!(ends_mail(path), "{path}");
        }
        for path in [
            "/api/v1/organizations/ada/brands/unsubscribe/posts",
            "/api/v1/organizations/unsubscribe/brands",
            "/api/v1/unsubscribe/",
            "/api/v1/unsubscribe/k3y/more",
            "/api/v1/deliveries/unsubscribe",
        ] {
            assert!(!ends_mail(path), "{path}");
        }
    }
}
