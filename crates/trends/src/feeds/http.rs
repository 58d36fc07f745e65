//! Routes of smart feeds.

use axum::{Extension, http::StatusCode};
use bellwether_kernel::Page;
use bellwether_web::{
    Api, ApiError, BrandMember, IfMatch, Json, PageQuery, Path, Query, RequestContext, Versioned,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{CreateSmartFeed, RankedItem, SmartFeedView, UpdateSmartFeed};
use crate::{SmartFeedId, Trends, items::Mark};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_smart_feeds, create_smart_feed))
        .routes(routes!(get_smart_feed, update_smart_feed, delete_smart_feed))
        .routes(routes!(list_smart_feed_items))
}

/// Path of one smart feed.
#[derive(Deserialize, IntoParams)]
struct SmartFeedPath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Slug or id of the brand.
    #[expect(dead_code, reason = "read by the gate")]
    brand: String,
    /// Id of the smart feed.
    feed: SmartFeedId,
}

/// Which of its items.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RankedQuery {
    /// What to look for in it, by words and by meaning, as in the list of items.
    q: Option<String>,
    /// `unread` or `saved` by you.
    #[param(inline)]
    mark: Option<Mark>,
}

/// What a smart feed brings.
#[derive(Debug, Serialize, ToSchema)]
struct RankedItems {
    /// The best first.
    items: Vec<RankedItem>,
}

/// List smart feeds.
///
/// The oldest first.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/smart-feeds", tag = "Smart feeds",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"),
        PageQuery),
    responses((status = 200, body = Page<SmartFeedView>)))]
async fn list_smart_feeds(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<SmartFeedView>>, ApiError> {
    Ok(axum::Json(trends.list_smart_feeds(&access, page).await?))
}

/// Make a smart feed.
///
/// Of one to three topics. Its keywords are found in them. Needs `brand.update`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/smart-feeds", tag = "Smart feeds",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = CreateSmartFeed,
    responses((status = 201, body = SmartFeedView), (status = 409, description = "There are 20 already")))]
async fn create_smart_feed(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(input): Json<CreateSmartFeed>,
) -> Result<(StatusCode, Versioned<SmartFeedView>), ApiError> {
    let view = trends.create_smart_feed(&access, input, &context).await?;
    Ok((StatusCode::CREATED, Versioned(view.version, view)))
}

/// Read a smart feed.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/smart-feeds/{feed}", tag = "Smart feeds",
    params(SmartFeedPath), responses((status = 200, body = SmartFeedView)))]
async fn get_smart_feed(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    Path(path): Path<SmartFeedPath>,
) -> Result<Versioned<SmartFeedView>, ApiError> {
    let view = trends.get_smart_feed(&access, path.feed).await?;
    Ok(Versioned(view.version, view))
}

/// Change a smart feed.
///
/// Topics replace the ones before, and the keywords with them. Needs `brand.update` and `If-Match` with the version read.
#[utoipa::path(patch, path = "/organizations/{org}/brands/{brand}/smart-feeds/{feed}", tag = "Smart feeds",
    params(SmartFeedPath, IfMatch), request_body = UpdateSmartFeed, responses((status = 200, body = SmartFeedView)))]
async fn update_smart_feed(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    Path(path): Path<SmartFeedPath>,
    IfMatch(version): IfMatch,
    RequestContext(context): RequestContext,
    Json(change): Json<UpdateSmartFeed>,
) -> Result<Versioned<SmartFeedView>, ApiError> {
    let view = trends.update_smart_feed(&access, path.feed, version, change, &context).await?;
    Ok(Versioned(view.version, view))
}

/// Delete a smart feed.
///
/// Needs `brand.update`.
#[utoipa::path(delete, path = "/organizations/{org}/brands/{brand}/smart-feeds/{feed}", tag = "Smart feeds",
    params(SmartFeedPath), responses((status = 204)))]
async fn delete_smart_feed(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    Path(path): Path<SmartFeedPath>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    trends.delete_smart_feed(&access, path.feed, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Read a smart feed's items.
///
/// Of the last 30 days the best by relevance (words and meaning), freshness and authority, each with why: one page of at most 100.
/// With `q` those that a search finds, the best of them first.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/smart-feeds/{feed}/items", tag = "Smart feeds",
    params(SmartFeedPath, RankedQuery, PageQuery), responses((status = 200, body = RankedItems)))]
async fn list_smart_feed_items(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    Path(path): Path<SmartFeedPath>,
    Query(query): Query<RankedQuery>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<RankedItems>, ApiError> {
    let RankedQuery { q, mark } = query;
    let items = trends.list_smart_feed_items(&access, path.feed, (q.as_deref(), mark), page.limit).await?;
    Ok(axum::Json(RankedItems { items }))
}
