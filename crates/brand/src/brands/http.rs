//! Routes of brands.

use axum::{Extension, http::StatusCode};
use bellwether_kernel::id::BrandId;
use bellwether_web::{
    Api, ApiError, BrandMember, IfMatch, Json, Member, Path, Query, RequestContext, Versioned,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{BrandView, NewBrand, UpdateBrand};
use crate::Brands;

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_brands, create_brand))
        .routes(routes!(get_brand, update_brand, delete_brand))
        .routes(routes!(restore_brand))
}

/// The brands of an organization.
#[derive(Serialize, ToSchema)]
struct BrandList {
    /// By name.
    items: Vec<BrandView>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Instead, those that were deleted and can be brought back.
    #[serde(default)]
    deleted: bool,
}

/// Which brand a path names.
#[derive(Deserialize)]
struct BrandPath {
    brand: BrandId,
}

/// List brands.
#[utoipa::path(get, path = "/organizations/{org}/brands", tag = "Brands",
    params(("org" = String, Path, description = "Slug or id"), ListQuery), responses((status = 200, body = BrandList)))]
async fn list_brands(
    Extension(brands): Extension<Brands>,
    Member(access): Member,
    Query(query): Query<ListQuery>,
) -> Result<axum::Json<BrandList>, ApiError> {
    Ok(axum::Json(BrandList { items: brands.list(&access, query.deleted).await? }))
}

/// Make a brand.
#[utoipa::path(post, path = "/organizations/{org}/brands", tag = "Brands",
    params(("org" = String, Path, description = "Slug or id")), request_body = NewBrand,
    responses((status = 201, body = BrandView)))]
async fn create_brand(
    Extension(brands): Extension<Brands>,
    Member(access): Member,
    RequestContext(context): RequestContext,
    Json(input): Json<NewBrand>,
) -> Result<(StatusCode, Versioned<BrandView>), ApiError> {
    let view = brands.create(&access, input, &context).await?;
    Ok((StatusCode::CREATED, Versioned(view.version, view)))
}

/// Read a brand.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}", tag = "Brands",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = BrandView)))]
async fn get_brand(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
) -> Result<Versioned<BrandView>, ApiError> {
    let view = brands.get(&access).await?;
    Ok(Versioned(view.version, view))
}

/// Change a brand.
///
/// Needs `brand.update` and `If-Match` with the version read.
#[utoipa::path(patch, path = "/organizations/{org}/brands/{brand}", tag = "Brands",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = UpdateBrand, responses((status = 200, body = BrandView)))]
async fn update_brand(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    IfMatch(version): IfMatch,
    RequestContext(context): RequestContext,
    Json(change): Json<UpdateBrand>,
) -> Result<Versioned<BrandView>, ApiError> {
    let view = brands.update(&access, version, change, &context).await?;
    Ok(Versioned(view.version, view))
}

/// Delete a brand.
///
/// It can be brought back for 14 days; then it is gone with its posts. Needs `brands.manage`.
#[utoipa::path(delete, path = "/organizations/{org}/brands/{brand}", tag = "Brands",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 204), (status = 409, description = "The last brand")))]
async fn delete_brand(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    brands.delete(&access, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Bring a deleted brand back.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/restore", tag = "Brands",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = BrandId, Path)),
    responses((status = 200, body = BrandView)))]
async fn restore_brand(
    Extension(brands): Extension<Brands>,
    Member(access): Member,
    Path(path): Path<BrandPath>,
    RequestContext(context): RequestContext,
) -> Result<Versioned<BrandView>, ApiError> {
    let view = brands.restore(&access, path.brand, &context).await?;
    Ok(Versioned(view.version, view))
}
