//! Puts the routes of all contexts together with everything that goes around them.

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header};
use tower::ServiceExt as _;
use tower_http::compression::{
    CompressionLayer, DefaultPredicate, Predicate as _, predicate::NotForContentType,
};

use crate::{Api, ApiError, Web, edge, error::problems, health, idempotency, metrics, openapi};

/// The whole application: the contexts' routes under `/api/v1`, the stream of events, the API's description, health,
/// figures, and the browser app for every other address.
pub fn app(web: Web, apis: impl IntoIterator<Item = Api>, spa: Router) -> Router {
    let (routes, document) = openapi::assemble(&web.config.version, apis);
    let fallback = move |request: Request| {
        let spa = spa.clone();
        async move { unmatched(spa, request).await }
    };
    let limit = web.config.body_limit;
    // pictures are left out by default; films and documents are as small as they get too, and are read in ranges
    let compressible = DefaultPredicate::new()
        .and(NotForContentType::const_new("video/"))
        .and(NotForContentType::const_new("application/pdf"));
    routes
        .merge(openapi::routes(&document))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::show))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(fallback)
        .layer(DefaultBodyLimit::max(limit))
        .layer(from_fn_with_state(web.clone(), idempotency::once))
        .layer(from_fn_with_state(web.clone(), edge::guard))
        .layer(from_fn_with_state(web.clone(), edge::around))
        .layer(CompressionLayer::new().compress_when(compressible))
        .with_state(web)
}

async fn unmatched(spa: Router, request: Request) -> Response {
    if edge::is_api(request.uri().path()) {
        return ApiError(problems::no_such_route()).into_response();
    }
    match spa.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// The edge makes a problem of it; the router adds `Allow`.
async fn method_not_allowed() -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::CACHE_CONTROL, "no-store")]).into_response()
}
