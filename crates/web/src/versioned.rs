//! Things that two may edit carry their version as an ETag.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde::Serialize;

use crate::Json;

/// A thing with its version: answers with `ETag: "3"`, to be sent back as `If-Match` with a change. A GET with
/// `If-None-Match` of the same version is answered with 304 by the edge: nobody has changed it.
///
/// No browser may keep it by that: a version counts what people change, and most answers also say what is counted or
/// computed (a trend's pace, a source's health, the tries of a publication).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<T>(pub i32, pub T);

/// The ETag of a version.
pub(crate) fn etag(version: i32) -> String {
    format!("\"{version}\"")
}

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.1).into_response();
        if let Ok(value) = HeaderValue::from_str(&etag(self.0)) {
            response.headers_mut().insert(header::ETAG, value);
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        response
    }
}
