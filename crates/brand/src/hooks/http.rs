//! Routes of hooks.

use axum::{Extension, http::StatusCode};
use bellwether_kernel::Page;
use bellwether_web::{
    Api, ApiError, BrandMember, IfMatch, Json, PageQuery, Path, Query, RequestContext, Versioned,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{Filter, HookView, UpdateHook, Wanted};
use crate::{Brands, ids::HookId};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_hooks, create_hook))
        .routes(routes!(update_hook, delete_hook))
        .routes(routes!(restore_hook))
        .routes(routes!(next_hook))
}

/// Path of one hook.
#[derive(Deserialize, IntoParams)]
struct HookPath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Slug or id of the brand.
    #[expect(dead_code, reason = "read by the gate")]
    brand: String,
    /// Id of the hook.
    hook: HookId,
}

/// List hooks.
///
/// The newest first.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/hooks", tag = "Brand library",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"),
        Filter, PageQuery), responses((status = 200, body = Page<HookView>)))]
async fn list_hooks(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    Query(filter): Query<Filter>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<HookView>>, ApiError> {
    Ok(axum::Json(brands.list_hooks(&access, &filter, page).await?))
}

/// Keep a hook.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/hooks", tag = "Brand library",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = UpdateHook,
    responses((status = 201, body = HookView), (status = 409, description = "There are 2,000 already, or one has the text")))]
async fn create_hook(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(input): Json<UpdateHook>,
) -> Result<(StatusCode, Versioned<HookView>), ApiError> {
    let view = brands.create_hook(&access, input, &context).await?;
    Ok((StatusCode::CREATED, Versioned(view.version, view)))
}

/// Change a hook.
///
/// Needs `brand.update` and `If-Match` with the version read.
#[utoipa::path(patch, path = "/organizations/{org}/brands/{brand}/hooks/{hook}", tag = "Brand library",
    params(HookPath), request_body = UpdateHook, responses((status = 200, body = HookView)))]
async fn update_hook(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    Path(path): Path<HookPath>,
    IfMatch(version): IfMatch,
    RequestContext(context): RequestContext,
    Json(change): Json<UpdateHook>,
) -> Result<Versioned<HookView>, ApiError> {
    let view = brands.update_hook(&access, path.hook, version, change, &context).await?;
    Ok(Versioned(view.version, view))
}

/// Delete a hook.
///
/// It can be brought back for 14 days.
#[utoipa::path(delete, path = "/organizations/{org}/brands/{brand}/hooks/{hook}", tag = "Brand library",
    params(HookPath), responses((status = 204)))]
async fn delete_hook(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    Path(path): Path<HookPath>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    brands.delete_hook(&access, path.hook, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Bring a deleted hook back.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/hooks/{hook}/restore", tag = "Brand library",
    params(HookPath), responses((status = 200, body = HookView)))]
async fn restore_hook(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    Path(path): Path<HookPath>,
    RequestContext(context): RequestContext,
) -> Result<Versioned<HookView>, ApiError> {
    let view = brands.restore_hook(&access, path.hook, &context).await?;
    Ok(Versioned(view.version, view))
}

/// Pick a hook.
///
/// One that was not picked in the present calendar month of the brand's zone: used least, the best of those first. It
/// counts as used from then on. Needs `posts.write`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/next-hook", tag = "Brand library",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = Wanted,
    responses((status = 200, body = HookView), (status = 409, description = "None that fits is left this month")))]
async fn next_hook(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(wanted): Json<Wanted>,
) -> Result<axum::Json<HookView>, ApiError> {
    Ok(axum::Json(brands.next_hook(&access, &wanted, &context).await?))
}
