//! Routes of audiences.

use axum::{Extension, http::StatusCode};
use bellwether_web::{Api, ApiError, BrandMember, IfMatch, Json, Path, RequestContext, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{AudienceView, UpdateAudience};
use crate::{Brands, ids::AudienceId};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_audiences, create_audience))
        .routes(routes!(update_audience, delete_audience))
}

/// A brand's audiences.
#[derive(Serialize, ToSchema)]
struct AudienceList {
    /// The oldest first; at most 20.
    items: Vec<AudienceView>,
}

/// Path of one audience.
#[derive(Deserialize, IntoParams)]
struct AudiencePath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Slug or id of the brand.
    #[expect(dead_code, reason = "read by the gate")]
    brand: String,
    /// Id of the audience.
    audience: AudienceId,
}

/// List audiences.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/audiences", tag = "Brand profile",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = AudienceList)))]
async fn list_audiences(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
) -> Result<axum::Json<AudienceList>, ApiError> {
    Ok(axum::Json(AudienceList { items: brands.list_audiences(&access).await? }))
}

/// Make an audience.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/audiences", tag = "Brand profile",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = UpdateAudience,
    responses((status = 201, body = AudienceView), (status = 409, description = "There are 20 already")))]
async fn create_audience(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(input): Json<UpdateAudience>,
) -> Result<(StatusCode, Versioned<AudienceView>), ApiError> {
    let view = brands.create_audience(&access, input, &context).await?;
    Ok((StatusCode::CREATED, Versioned(view.version, view)))
}

/// Change an audience.
///
/// Needs `brand.update` and `If-Match` with the version read.
#[utoipa::path(patch, path = "/organizations/{org}/brands/{brand}/audiences/{audience}", tag = "Brand profile",
    params(AudiencePath), request_body = UpdateAudience, responses((status = 200, body = AudienceView)))]
async fn update_audience(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    Path(path): Path<AudiencePath>,
    IfMatch(version): IfMatch,
    RequestContext(context): RequestContext,
    Json(change): Json<UpdateAudience>,
) -> Result<Versioned<AudienceView>, ApiError> {
    let view = brands.update_audience(&access, path.audience, version, change, &context).await?;
    Ok(Versioned(view.version, view))
}

/// Delete an audience.
#[utoipa::path(delete, path = "/organizations/{org}/brands/{brand}/audiences/{audience}", tag = "Brand profile",
    params(AudiencePath), responses((status = 204)))]
async fn delete_audience(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    Path(path): Path<AudiencePath>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    brands.delete_audience(&access, path.audience, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}
