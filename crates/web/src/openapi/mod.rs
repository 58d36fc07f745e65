//! The API's own description (OpenAPI 3.1), generated from the code, and a page to read it.

mod complete;
mod references;

use axum::{Router, routing::get};
use http::{HeaderMap, HeaderValue, header};
use sha2::{Digest as _, Sha256};
use utoipa::openapi::OpenApi;

pub use references::dangling;

use crate::{Api, Web, events};

/// Where the contexts' routes are.
pub const PREFIX: &str = "/api/v1";

/// The description alone, for a command that needs no server.
pub fn document(version: &str, apis: impl IntoIterator<Item = Api>) -> OpenApi {
    assemble(version, apis).1
}

/// All contexts' routes under [`PREFIX`], and their description.
pub(crate) fn assemble(version: &str, apis: impl IntoIterator<Item = Api>) -> (Router<Web>, OpenApi) {
    let inner = apis.into_iter().fold(Api::default(), Api::merge).merge(events::routes());
    let (router, mut document) = Api::default().nest(PREFIX, inner).split_for_parts();
    complete::complete(&mut document, version);
    references::add_ids(&mut document);
    (router, document)
}

/// `/api/openapi.json` and the page at `/api/docs`.
pub(crate) fn routes(document: &OpenApi) -> Router<Web> {
    let json = document.to_json().unwrap_or_else(|error| {
        tracing::error!(%error, "the API's description can't be written");
        "{}".to_owned()
    });
    let fixed = |content_type: &'static str, text: String| {
        let digest = Sha256::digest(text.as_bytes());
        let etag = format!("\"{}\"", bellwether_kernel::hex(&digest[..8]));
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if let Ok(etag) = HeaderValue::from_str(&etag) {
            headers.insert(header::ETAG, etag);
        }
        // without the room that it grew in
        let text = bytes::Bytes::from(text.into_boxed_str().into_boxed_bytes());
        get(move || {
            let answer = (headers.clone(), text.clone());
            async move { answer }
        })
    };
    Router::new()
        .route("/api/openapi.json", fixed("application/json", json))
        .route("/api/docs", fixed("text/html; charset=utf-8", include_str!("../docs/index.html").to_owned()))
        .route(
            "/api/docs/docs.js",
            fixed("text/javascript; charset=utf-8", include_str!("../docs/docs.js").to_owned()),
        )
        .route(
            "/api/docs/docs.css",
            fixed("text/css; charset=utf-8", include_str!("../docs/docs.css").to_owned()),
        )
}
