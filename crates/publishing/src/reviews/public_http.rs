//! Routes for clients without an account: the token in the path is the only key.

use axum::{Extension, response::Response};
use bellwether_studio::media::MediaId;
use bellwether_web::{Api, ApiError, Class, Json, Path, RequestContext, limit};
use http::HeaderMap;
use serde::Deserialize;
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::{GuestReview, ReviewPage};
use crate::Publishing;

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(open_review))
        .routes(routes!(get_review_file))
        .routes(routes!(get_review_thumbnail))
        // what is written by somebody without an account is limited by address; and by link, in the database
        .routes(routes!(guest_review).layer(limit(Class::Generate)))
}

#[derive(Deserialize)]
struct TokenPath {
    token: String,
}

/// Open a review link.
///
/// What its client is asked to read, and what was said of it.
#[utoipa::path(get, path = "/review/{token}", tag = "Reviews", security(()),
    params(("token" = String, Path, description = "From the link")),
    responses((status = 200, body = ReviewPage), (status = 404, description = "Revoked, expired, or never was")))]
async fn open_review(
    Extension(publishing): Extension<Publishing>,
    Path(path): Path<TokenPath>,
    RequestContext(context): RequestContext,
) -> Result<axum::Json<ReviewPage>, ApiError> {
    Ok(axum::Json(publishing.review_page(&path.token, &context).await?))
}

#[derive(Deserialize)]
struct FilePath {
    token: String,
    media: MediaId,
}

/// A file behind a review link.
///
/// Of a post that the link shows. One range of bytes can be asked for.
#[utoipa::path(get, path = "/review/{token}/media/{media}/file", tag = "Reviews", security(()),
    params(("token" = String, Path, description = "From the link"), ("media" = MediaId, Path, description = "The file")),
    responses((status = 200, description = "The file", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 206, description = "The part that was asked for", content_type = "application/octet-stream",
            body = Vec<u8>),
        (status = 404, description = "The link is gone, or shows no such file")))]
async fn get_review_file(
    Extension(publishing): Extension<Publishing>,
    Path(path): Path<FilePath>,
    asked: HeaderMap,
) -> Result<Response, ApiError> {
    Ok(publishing.review_file(&path.token, (path.media, false), &asked).await?)
}

/// A small picture of a file behind a review link.
///
/// At most 480 pixels a side. 404 for videos and documents, which have none.
#[utoipa::path(get, path = "/review/{token}/media/{media}/thumbnail", tag = "Reviews", security(()),
    params(("token" = String, Path, description = "From the link"), ("media" = MediaId, Path, description = "The file")),
    responses((status = 200, description = "JPEG or WebP", content_type = "image/jpeg", body = Vec<u8>),
        (status = 404, description = "The link is gone, or shows no such picture")))]
async fn get_review_thumbnail(
    Extension(publishing): Extension<Publishing>,
    Path(path): Path<FilePath>,
    asked: HeaderMap,
) -> Result<Response, ApiError> {
    Ok(publishing.review_file(&path.token, (path.media, true), &asked).await?)
}

/// Review by a link.
///
/// A remark, an approval or a request for changes, of one or several texts; all or none. Each names the seal of the text that
/// was read: what was changed since isn't approved by mistake.
#[utoipa::path(post, path = "/review/{token}/reviews", tag = "Reviews", security(()),
    params(("token" = String, Path, description = "From the link")), request_body = GuestReview,
    responses((status = 200, body = ReviewPage), (status = 403, description = "The link may not approve"),
        (status = 404, description = "Revoked, expired, or never was"), (status = 409, description = "The text was changed"),
        (status = 429, description = "Too much in an hour")))]
async fn guest_review(
    Extension(publishing): Extension<Publishing>,
    Path(path): Path<TokenPath>,
    RequestContext(context): RequestContext,
    Json(input): Json<GuestReview>,
) -> Result<axum::Json<ReviewPage>, ApiError> {
    Ok(axum::Json(publishing.guest_review(&path.token, &input, &context).await?))
}
