//! Routes of offers.

use axum::{Extension, http::StatusCode};
use bellwether_web::{Api, ApiError, BrandMember, IfMatch, Json, Path, RequestContext, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{OfferView, UpdateOffer};
use crate::{Brands, ids::OfferId};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_offers, create_offer))
        .routes(routes!(get_offer, update_offer, delete_offer))
        .routes(routes!(analyse_offer))
}

/// A brand's offers.
#[derive(Serialize, ToSchema)]
struct OfferList {
    /// The oldest first; at most 100.
    items: Vec<OfferView>,
}

/// Path of one offer.
#[derive(Deserialize, IntoParams)]
struct OfferPath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Slug or id of the brand.
    #[expect(dead_code, reason = "read by the gate")]
    brand: String,
    /// Id of the offer.
    offer: OfferId,
}

/// List offers.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/offers", tag = "Brand library",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = OfferList)))]
async fn list_offers(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
) -> Result<axum::Json<OfferList>, ApiError> {
    Ok(axum::Json(OfferList { items: brands.list_offers(&access).await? }))
}

/// Make an offer.
///
/// When it has a description, benefits, features, audience and value proposition are found in it: each is a sentence of
/// it with the words by which it was told. What is given beside the description stays as it is.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/offers", tag = "Brand library",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = UpdateOffer,
    responses((status = 201, body = OfferView), (status = 409, description = "There are 100 already")))]
async fn create_offer(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(input): Json<UpdateOffer>,
) -> Result<(StatusCode, Versioned<OfferView>), ApiError> {
    let view = brands.create_offer(&access, input, &context).await?;
    Ok((StatusCode::CREATED, Versioned(view.version, view)))
}

/// Read an offer.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/offers/{offer}", tag = "Brand library",
    params(OfferPath), responses((status = 200, body = OfferView)))]
async fn get_offer(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    Path(path): Path<OfferPath>,
) -> Result<Versioned<OfferView>, ApiError> {
    let view = brands.get_offer(&access, path.offer).await?;
    Ok(Versioned(view.version, view))
}

/// Read an offer's description anew.
///
/// What was found before gives way to what is found now; what a person wrote stays. Needs `brand.update` and `If-Match`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/offers/{offer}/analyse", tag = "Brand library",
    params(OfferPath, IfMatch), responses((status = 200, body = OfferView), (status = 422, description = "It says too little")))]
async fn analyse_offer(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    Path(path): Path<OfferPath>,
    IfMatch(version): IfMatch,
    RequestContext(context): RequestContext,
) -> Result<Versioned<OfferView>, ApiError> {
    let view = brands.analyse_offer(&access, path.offer, version, &context).await?;
    Ok(Versioned(view.version, view))
}

/// Change an offer.
///
/// Needs `brand.update` and `If-Match` with the version read.
#[utoipa::path(patch, path = "/organizations/{org}/brands/{brand}/offers/{offer}", tag = "Brand library",
    params(OfferPath), request_body = UpdateOffer, responses((status = 200, body = OfferView)))]
async fn update_offer(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    Path(path): Path<OfferPath>,
    IfMatch(version): IfMatch,
    RequestContext(context): RequestContext,
    Json(change): Json<UpdateOffer>,
) -> Result<Versioned<OfferView>, ApiError> {
    let view = brands.update_offer(&access, path.offer, version, change, &context).await?;
    Ok(Versioned(view.version, view))
}

/// Delete an offer.
#[utoipa::path(delete, path = "/organizations/{org}/brands/{brand}/offers/{offer}", tag = "Brand library",
    params(OfferPath), responses((status = 204)))]
async fn delete_offer(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    Path(path): Path<OfferPath>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    brands.delete_offer(&access, path.offer, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}
