//! Routes of websites.

use axum::{Extension, http::StatusCode};
use bellwether_web::{Api, ApiError, BrandMember, IfMatch, Json, RequestContext};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{AcceptWebsite, WebsiteView};
use crate::Brands;

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(get_website, read_website)).routes(routes!(accept_website))
}

/// A website to read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReadWebsiteInput {
    /// Its address, with or without `https://`.
    url: String,
}

/// See what a brand's website says.
///
/// Of every field of the profile that the website speaks of: what the profile says, what the website says, with the
/// words of the page, the page, and how it was told.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/website", tag = "Brand profile",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = WebsiteView)))]
async fn get_website(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
) -> Result<axum::Json<WebsiteView>, ApiError> {
    Ok(axum::Json(brands.get_website(&access).await?))
}

/// Have a website read.
///
/// In the background: up to twelve pages of the site, one after another, as its robots.txt allows. Events of kind
/// `website.progress` tell of each page, `website.read` or `website.failed` of the end. Reading again says what
/// changed. Needs `brand.update`; at most 30 in 24 hours for an organization.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/website", tag = "Brand profile",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = ReadWebsiteInput,
    responses((status = 202, body = WebsiteView), (status = 409, description = "One is being read already"),
        (status = 422, description = "Not the address of a public web page"), (status = 429, description = "Too many")))]
async fn read_website(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(input): Json<ReadWebsiteInput>,
) -> Result<(StatusCode, axum::Json<WebsiteView>), ApiError> {
    Ok((StatusCode::ACCEPTED, axum::Json(brands.read_website(&access, &input.url, &context).await?)))
}

/// Take over what a website says.
///
/// Values as they were found or changed; all of them or, with any fault, none. Needs `brand.update` and `If-Match` with
/// the version read.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/website/accept", tag = "Brand profile",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"), IfMatch),
    request_body = AcceptWebsite,
    responses((status = 200, body = WebsiteView), (status = 412, description = "Changed in the meantime")))]
async fn accept_website(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    IfMatch(version): IfMatch,
    RequestContext(context): RequestContext,
    Json(input): Json<AcceptWebsite>,
) -> Result<axum::Json<WebsiteView>, ApiError> {
    Ok(axum::Json(brands.accept_website(&access, version, input, &context).await?))
}
