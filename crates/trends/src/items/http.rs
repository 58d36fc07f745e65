//! Routes of items.

use axum::{Extension, http::StatusCode};
use bellwether_kernel::Page;
use bellwether_web::{Api, ApiError, BrandMember, Json, PageQuery, Path, Query};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{ItemCounts, ItemDetail, ItemView, Mark, MarkItem, ReadAll, ReadAllDone, UndoReadAll, Wanted};
use crate::{ItemId, SourceId, Trends};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_items))
        .routes(routes!(count_items))
        .routes(routes!(read_all_items))
        .routes(routes!(undo_read_all_items))
        .routes(routes!(get_item))
        .routes(routes!(mark_item))
}

/// Path of one item.
#[derive(Deserialize, IntoParams)]
struct ItemPath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Slug or id of the brand.
    #[expect(dead_code, reason = "read by the gate")]
    brand: String,
    /// Id of the item.
    item: ItemId,
}

/// Which items.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ItemQuery {
    /// Said by this source; all of them, near duplicates too.
    source: Option<SourceId>,
    /// What to look for, by words and by meaning; with `"in quotes"` together or `-without`, by words only.
    q: Option<String>,
    /// In this language only, e.g. `en`.
    language: Option<String>,
    /// Not older than this.
    since: Option<DateTime<Utc>>,
    /// `unread` or `saved` by you.
    #[param(inline)]
    mark: Option<Mark>,
}

/// List what sources said.
///
/// The newest first; of those that say nearly the same the first, unless a source is named. With `q` the best first, each
/// with its `rank` and by what it `matched`: one page of at most 100, by words as written and by their stems, by titles that
/// are nearly alike, and by meaning as far as that is known (see `/embeddings`).
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/items", tag = "Sources",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"),
        ItemQuery, PageQuery),
    responses((status = 200, body = Page<ItemView>)))]
async fn list_items(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    Query(query): Query<ItemQuery>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<ItemView>>, ApiError> {
    let ItemQuery { source, q, language, since, mark } = query;
    let wanted = Wanted { source, q, language, since, mark };
    Ok(axum::Json(trends.list_items(&access, &wanted, page).await?))
}

/// Read an item.
///
/// With its text, and those that say nearly the same.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/items/{item}", tag = "Sources",
    params(ItemPath), responses((status = 200, body = ItemDetail)))]
async fn get_item(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    Path(path): Path<ItemPath>,
) -> Result<axum::Json<ItemDetail>, ApiError> {
    Ok(axum::Json(trends.get_item(&access, path.item).await?))
}

/// Mark an item.
///
/// As read or unread, as saved for later or not: for yourself only; what is left out stays. With it are read those that say nearly the same. An item
/// dated more than 30 days ago counts as read, whatever is said. Needs a person: an API key reads marks and sets none.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/items/{item}/marks", tag = "Sources",
    params(ItemPath), request_body = MarkItem,
    responses((status = 200, body = ItemView), (status = 409, description = "2,000 are saved already")))]
async fn mark_item(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    Path(path): Path<ItemPath>,
    Json(change): Json<MarkItem>,
) -> Result<axum::Json<ItemView>, ApiError> {
    Ok(axum::Json(trends.mark_item(&access, path.item, &change).await?))
}

/// Count what there is to read.
///
/// Unread items of the last 30 days (of those that say nearly the same the first only), and those saved for later: your own.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/items/counts", tag = "Sources",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = ItemCounts)))]
async fn count_items(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
) -> Result<axum::Json<ItemCounts>, ApiError> {
    Ok(axum::Json(trends.count_items(&access).await?))
}

/// Mark all items as read.
///
/// Yours only: all of the brand, those of a source, or those that are named. Needs a person.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/items/read-all", tag = "Sources",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = ReadAll, responses((status = 200, body = ReadAllDone)))]
async fn read_all_items(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    Json(wanted): Json<ReadAll>,
) -> Result<axum::Json<ReadAllDone>, ApiError> {
    Ok(axum::Json(trends.read_all(&access, &wanted).await?))
}

/// Take back that all items are read.
///
/// Those that were marked at that moment are unread again. Needs a person.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/items/read-all/undo", tag = "Sources",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = UndoReadAll, responses((status = 204)))]
async fn undo_read_all_items(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    Json(done): Json<UndoReadAll>,
) -> Result<StatusCode, ApiError> {
    trends.undo_read_all(&access, &done).await?;
    Ok(StatusCode::NO_CONTENT)
}
