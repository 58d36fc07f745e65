//! Routes of items.

use axum::Extension;
use bellwether_kernel::Page;
use bellwether_web::{Api, ApiError, BrandMember, PageQuery, Path, Query};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{ItemDetail, ItemView, Wanted};
use crate::{ItemId, SourceId, Trends};

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(list_items)).routes(routes!(get_item))
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
    let wanted = Wanted { source: query.source, q: query.q, language: query.language, since: query.since };
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
