//! Routes of agencies. The agency's overview with its clients' health is served by studio, which knows their posts.

use axum::{Extension, http::StatusCode};
use bellwether_kernel::Page;
use bellwether_web::{Api, ApiError, Json, Member, PageQuery, Path, Query, RequestContext};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{AcceptAgency, AgencyClientId, ChangeAgency, ChangeClient, ClientView, LinkClient, LinkView};
use crate::Identity;

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(link_client))
        .routes(routes!(get_client, change_client, end_client))
        .routes(routes!(list_agencies))
        .routes(routes!(change_agency, end_agency))
        .routes(routes!(accept_agency))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Also those that have ended.
    #[serde(default)]
    all: bool,
}

/// Which link a path names.
#[derive(Deserialize)]
pub(crate) struct LinkPath {
    client: AgencyClientId,
}

/// Link a client.
///
/// Asks an organization, or makes one. Agencies only; needs `agency.manage`.
#[utoipa::path(post, path = "/organizations/{org}/clients", tag = "Agencies",
    params(("org" = String, Path, description = "Slug or id")), request_body = LinkClient,
    responses((status = 201, body = ClientView), (status = 409, description = "Linked already")))]
async fn link_client(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    RequestContext(context): RequestContext,
    Json(input): Json<LinkClient>,
) -> Result<(StatusCode, axum::Json<ClientView>), ApiError> {
    Ok((StatusCode::CREATED, axum::Json(identity.link_client(&access, input, &context).await?)))
}

/// Read a client.
#[utoipa::path(get, path = "/organizations/{org}/clients/{client}", tag = "Agencies",
    params(("org" = String, Path, description = "Slug or id"), ("client" = AgencyClientId, Path)),
    responses((status = 200, body = ClientView)))]
async fn get_client(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    Path(path): Path<LinkPath>,
) -> Result<axum::Json<ClientView>, ApiError> {
    Ok(axum::Json(identity.get_client(&access, path.client).await?))
}

/// Change a client's terms.
///
/// What the agency calls it and what part of the cost it bears. Needs `agency.manage`.
#[utoipa::path(put, path = "/organizations/{org}/clients/{client}", tag = "Agencies",
    params(("org" = String, Path, description = "Slug or id"), ("client" = AgencyClientId, Path)),
    request_body = ChangeClient, responses((status = 200, body = ClientView)))]
async fn change_client(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    Path(path): Path<LinkPath>,
    RequestContext(context): RequestContext,
    Json(input): Json<ChangeClient>,
) -> Result<axum::Json<ClientView>, ApiError> {
    Ok(axum::Json(identity.change_client(&access, path.client, input, &context).await?))
}

/// Stop working for a client.
///
/// At once; a request that wasn't answered is taken back. Needs `agency.manage`.
#[utoipa::path(delete, path = "/organizations/{org}/clients/{client}", tag = "Agencies",
    params(("org" = String, Path, description = "Slug or id"), ("client" = AgencyClientId, Path)),
    responses((status = 204)))]
async fn end_client(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    Path(path): Path<LinkPath>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    identity.end_link(&access, path.client, false, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List agencies.
///
/// Those that work for the organization or ask to.
#[utoipa::path(get, path = "/organizations/{org}/agencies", tag = "Agencies",
    params(("org" = String, Path, description = "Slug or id"), ListQuery, PageQuery),
    responses((status = 200, body = Page<LinkView>)))]
async fn list_agencies(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    Query(query): Query<ListQuery>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<LinkView>>, ApiError> {
    Ok(axum::Json(identity.list_agencies(&access, query.all, page).await?))
}

/// Let an agency in.
///
/// Needs `agency.manage`; nobody lets it do what they may not do themselves.
#[utoipa::path(post, path = "/organizations/{org}/agencies/{client}/accept", tag = "Agencies",
    params(("org" = String, Path, description = "Slug or id"), ("client" = AgencyClientId, Path)),
    request_body = AcceptAgency, responses((status = 200, body = LinkView)))]
async fn accept_agency(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    Path(path): Path<LinkPath>,
    RequestContext(context): RequestContext,
    Json(input): Json<AcceptAgency>,
) -> Result<axum::Json<LinkView>, ApiError> {
    Ok(axum::Json(identity.accept_agency(&access, path.client, input, &context).await?))
}

/// Say what an agency may do.
///
/// All of it, from now on. Needs `agency.manage`.
#[utoipa::path(put, path = "/organizations/{org}/agencies/{client}", tag = "Agencies",
    params(("org" = String, Path, description = "Slug or id"), ("client" = AgencyClientId, Path)),
    request_body = ChangeAgency, responses((status = 200, body = LinkView)))]
async fn change_agency(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    Path(path): Path<LinkPath>,
    RequestContext(context): RequestContext,
    Json(input): Json<ChangeAgency>,
) -> Result<axum::Json<LinkView>, ApiError> {
    Ok(axum::Json(identity.change_agency(&access, path.client, input, &context).await?))
}

/// End what an agency may do.
///
/// At once; a request is declined by it. Needs `agency.manage`.
#[utoipa::path(delete, path = "/organizations/{org}/agencies/{client}", tag = "Agencies",
    params(("org" = String, Path, description = "Slug or id"), ("client" = AgencyClientId, Path)),
    responses((status = 204)))]
async fn end_agency(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    Path(path): Path<LinkPath>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    identity.end_link(&access, path.client, true, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}
