//! Routes of feeds.

use axum::{
    Extension,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bellwether_web::{Api, ApiError, BrandMember, Json, Path, RequestContext, ShownOnce};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{CalendarFeedView, service::CreateCalendarFeed};
use crate::{CalendarFeedId, Publishing};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_calendar_feeds, create_calendar_feed))
        .routes(routes!(revoke_calendar_feed))
        .routes(routes!(read_calendar_feed))
}

#[derive(Serialize, ToSchema)]
struct CalendarFeedList {
    /// The newest first.
    items: Vec<CalendarFeedView>,
}

#[derive(Deserialize)]
struct FeedPath {
    feed: CalendarFeedId,
}

#[derive(Deserialize)]
struct TokenPath {
    token: String,
}

/// List calendar feeds.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/calendar-feeds", tag = "Publishing",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = CalendarFeedList)))]
async fn list_calendar_feeds(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
) -> Result<axum::Json<CalendarFeedList>, ApiError> {
    Ok(axum::Json(CalendarFeedList { items: publishing.list_feeds(&access).await? }))
}

/// Make a calendar feed.
///
/// A secret address at which a calendar program reads what is planned and out. It is told once. Needs `posts.publish`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/calendar-feeds", tag = "Publishing",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = CreateCalendarFeed, responses((status = 201, body = CalendarFeedView)))]
async fn create_calendar_feed(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(input): Json<CreateCalendarFeed>,
) -> Result<Response, ApiError> {
    let view = publishing.create_feed(&access, &input, &context).await?;
    let again = ShownOnce::of(&CalendarFeedView { url: None, ..view.clone() });
    let mut response = (StatusCode::CREATED, axum::Json(view)).into_response();
    response.extensions_mut().insert(again);
    Ok(response)
}

/// Revoke a calendar feed.
#[utoipa::path(delete, path = "/organizations/{org}/brands/{brand}/calendar-feeds/{feed}", tag = "Publishing",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"),
        ("feed" = CalendarFeedId, Path)), responses((status = 204)))]
async fn revoke_calendar_feed(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<FeedPath>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    publishing.revoke_feed(&access, path.feed, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Read a calendar feed.
///
/// By RFC 5545: 90 days back and a year ahead, what was cancelled as cancelled.
#[utoipa::path(get, path = "/calendar-feeds/{token}", tag = "Publishing", security(()),
    params(("token" = String, Path, description = "From the address, `.ics` at its end allowed")),
    responses((status = 200, description = "A calendar", content_type = "text/calendar", body = String),
        (status = 404, description = "Revoked, or never was")))]
async fn read_calendar_feed(
    Extension(publishing): Extension<Publishing>,
    Path(path): Path<TokenPath>,
) -> Result<Response, ApiError> {
    let token = path.token.strip_suffix(".ics").unwrap_or(&path.token);
    let calendar = publishing.feed(token).await?;
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(calendar.as_bytes())[..16]));
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()),
        (header::ETAG, tag),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    Ok((headers, calendar).into_response())
}
