//! The browser app's files, from wherever they are kept.

use std::{borrow::Cow, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};

/// One file of the browser app.
#[derive(Debug, Clone)]
pub struct Asset {
    /// Its content.
    pub bytes: Cow<'static, [u8]>,
    /// A text that changes with the content, without quotes: a hash.
    pub etag: String,
    /// Its media type.
    pub content_type: Cow<'static, str>,
}

/// Where the browser app's files are kept: inside the binary, or in a folder.
pub trait AssetSource: Send + Sync + 'static {
    /// The file at a path without a leading slash, e.g. `assets/index-4f2a.js` or `assets/index-4f2a.js.br`.
    fn get(&self, path: &str) -> Option<Asset>;
}

/// Files below it carry a hash of their content in their name, so they never change.
const HASHED: &str = "assets/";

/// Serves the browser app: files as they are, precompressed where the source has `.br` or `.gz` beside them, and
/// `index.html` for every other address that a person opens, since the app itself knows its addresses.
pub fn spa(assets: impl AssetSource) -> Router {
    let assets: Arc<dyn AssetSource> = Arc::new(assets);
    let serve = move |request: Request| {
        let assets = Arc::clone(&assets);
        async move { answer(assets.as_ref(), request.uri().path(), request.headers()) }
    };
    Router::new().fallback_service(get(serve))
}

fn answer(assets: &dyn AssetSource, path: &str, headers: &HeaderMap) -> Response {
    let path = path.trim_start_matches('/');
    // names of files have no escapes and no way up; what has is no file of ours
    if !path.is_empty() && path != "index.html" && !path.contains(['%', '\\']) && !path.contains("..") {
        if let Some(response) = file(assets, path, headers) {
            return response;
        }
        if path.starts_with(HASHED) {
            // a page of an older build asks for a file that is gone: HTML in its place would only confuse
            return missing();
        }
    }
    if !accepts(headers, header::ACCEPT, "text/html") {
        return missing();
    }
    match file(assets, "index.html", headers) {
        Some(response) => response,
        None => (StatusCode::NOT_FOUND, "The browser app is not part of this build.\n").into_response(),
    }
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")], "There is no such file.\n").into_response()
}

fn file(assets: &dyn AssetSource, path: &str, headers: &HeaderMap) -> Option<Response> {
    let plain = assets.get(path)?;
    let packed = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(coding, _)| accepts(headers, header::ACCEPT_ENCODING, coding))
        .find_map(|(coding, suffix)| Some((coding, assets.get(&format!("{path}{suffix}"))?)));
    let (coding, bytes) = match packed {
        Some((coding, packed)) => (Some(coding), packed.bytes),
        None => (None, plain.bytes),
    };
    let body = match bytes {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    };
    let mut response = Response::new(body);
    let out = response.headers_mut();
    let caching = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    out.insert(header::CONTENT_TYPE, HeaderValue::from_str(&plain.content_type).ok()?);
    // each coding is another text, so it has another ETag
    let etag = format!("\"{}{}\"", plain.etag, coding.map(|coding| format!("-{coding}")).unwrap_or_default());
    out.insert(header::ETAG, HeaderValue::from_str(&etag).ok()?);
    if let Some(coding) = coding {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    Some(response)
}

/// Whether a header's list names a value and does not refuse it by `q=0`.
fn accepts(headers: &HeaderMap, name: header::HeaderName, wanted: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|part| {
            let mut pieces = part.split(';').map(str::trim);
            let named = pieces.next().is_some_and(|value| value.eq_ignore_ascii_case(wanted));
            let refused = pieces.any(|piece| {
                matches!(piece.replace(' ', "").as_str(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
            });
            named && !refused
        })
}
