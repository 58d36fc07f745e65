//! Routes of profiles.

use axum::Extension;
use bellwether_web::{Api, ApiError, BrandMember, IfMatch, Json, RequestContext, Versioned};
use utoipa_axum::routes;

use super::{ProfileView, UpdateProfile};
use crate::Brands;

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(get_profile, update_profile))
}

/// Read a brand's profile.
///
/// With how complete each section is, what is missing, and why it helps.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/profile", tag = "Brand profile",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = ProfileView)))]
async fn get_profile(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
) -> Result<axum::Json<ProfileView>, ApiError> {
    // no ETag: how complete it is changes with audiences and offers too, and those have versions of their own
    Ok(axum::Json(brands.get_profile(&access).await?))
}

/// Change a brand's profile.
///
/// Needs `brand.update` and `If-Match` with the version read. Absent sections and fields stay; null clears a text, an
/// empty list a list.
#[utoipa::path(patch, path = "/organizations/{org}/brands/{brand}/profile", tag = "Brand profile",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = UpdateProfile, responses((status = 200, body = ProfileView)))]
async fn update_profile(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    IfMatch(version): IfMatch,
    RequestContext(context): RequestContext,
    Json(change): Json<UpdateProfile>,
) -> Result<Versioned<ProfileView>, ApiError> {
    let view = brands.update_profile(&access, version, change, &context).await?;
    Ok(Versioned(view.version, view))
}
