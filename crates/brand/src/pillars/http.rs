//! Routes of pillars.

use axum::{Extension, http::StatusCode};
use bellwether_web::{Api, ApiError, BrandMember, IfMatch, Json, Path, RequestContext, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{PillarView, Proposal, UpdatePillar};
use crate::{Brands, ids::PillarId};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_pillars, create_pillar))
        .routes(routes!(update_pillar, delete_pillar))
        .routes(routes!(order_pillars))
        .routes(routes!(propose_pillars))
}

/// A brand's pillars.
#[derive(Serialize, ToSchema)]
struct PillarList {
    /// In order; at most 20.
    items: Vec<PillarView>,
}

/// Pillars that the brand might have.
#[derive(Serialize, ToSchema)]
struct ProposalList {
    /// The profile's topics first; at most 8.
    items: Vec<Proposal>,
}

/// An order of pillars.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PillarOrder {
    /// All pillars of the brand, each once.
    ids: Vec<PillarId>,
}

/// Path of one pillar.
#[derive(Deserialize, IntoParams)]
struct PillarPath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Slug or id of the brand.
    #[expect(dead_code, reason = "read by the gate")]
    brand: String,
    /// Id of the pillar.
    pillar: PillarId,
}

/// List pillars.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/pillars", tag = "Brand library",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = PillarList)))]
async fn list_pillars(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
) -> Result<axum::Json<PillarList>, ApiError> {
    Ok(axum::Json(PillarList { items: brands.list_pillars(&access).await? }))
}

/// Make a pillar.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/pillars", tag = "Brand library",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = UpdatePillar,
    responses((status = 201, body = PillarView), (status = 409, description = "There are 20 already, or one has the name")))]
async fn create_pillar(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(input): Json<UpdatePillar>,
) -> Result<(StatusCode, Versioned<PillarView>), ApiError> {
    let view = brands.create_pillar(&access, input, &context).await?;
    Ok((StatusCode::CREATED, Versioned(view.version, view)))
}

/// Change a pillar.
///
/// Needs `brand.update` and `If-Match` with the version read.
#[utoipa::path(patch, path = "/organizations/{org}/brands/{brand}/pillars/{pillar}", tag = "Brand library",
    params(PillarPath), request_body = UpdatePillar, responses((status = 200, body = PillarView)))]
async fn update_pillar(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    Path(path): Path<PillarPath>,
    IfMatch(version): IfMatch,
    RequestContext(context): RequestContext,
    Json(change): Json<UpdatePillar>,
) -> Result<Versioned<PillarView>, ApiError> {
    let view = brands.update_pillar(&access, path.pillar, version, change, &context).await?;
    Ok(Versioned(view.version, view))
}

/// Delete a pillar.
#[utoipa::path(delete, path = "/organizations/{org}/brands/{brand}/pillars/{pillar}", tag = "Brand library",
    params(PillarPath), responses((status = 204)))]
async fn delete_pillar(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    Path(path): Path<PillarPath>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    brands.delete_pillar(&access, path.pillar, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Put pillars in order.
#[utoipa::path(put, path = "/organizations/{org}/brands/{brand}/pillar-order", tag = "Brand library",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = PillarOrder,
    responses((status = 200, body = PillarList), (status = 422, description = "Not each pillar once")))]
async fn order_pillars(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(order): Json<PillarOrder>,
) -> Result<axum::Json<PillarList>, ApiError> {
    Ok(axum::Json(PillarList { items: brands.order_pillars(&access, &order.ids, &context).await? }))
}

/// Propose pillars.
///
/// From the topics of the profile and the latest 100 approved or published posts; each with its reason. To accept one,
/// create a pillar of its name and subtopics. Nothing is kept. Needs `brand.read` and `posts.read`.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/pillar-proposals", tag = "Brand library",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = ProposalList)))]
async fn propose_pillars(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
) -> Result<axum::Json<ProposalList>, ApiError> {
    Ok(axum::Json(ProposalList { items: brands.propose_pillars(&access).await? }))
}
