//! Routes of organizations.

use axum::{Extension, http::StatusCode};
use bellwether_web::{Api, ApiError, Caller, IfMatch, Json, Member, Path, Query, RequestContext, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{DeletedOrganization, NewOrganization, OrganizationView, UpdateOrganization};
use crate::Identity;

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(create_organization))
        .routes(routes!(get_organization, update_organization, delete_organization))
        .routes(routes!(restore_organization))
        .routes(routes!(list_deleted_organizations))
}

/// Organizations that can be brought back.
#[derive(Serialize, ToSchema)]
struct DeletedOrganizations {
    /// The last deleted first.
    items: Vec<DeletedOrganization>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Confirm {
    /// The organization's address (slug), typed to confirm.
    confirm: String,
}

/// Which organization a path names.
#[derive(Deserialize)]
pub(crate) struct OrgPath {
    org: String,
}

/// Make an organization.
///
/// With its first brand; whoever makes it owns it.
#[utoipa::path(post, path = "/organizations", tag = "Organizations", request_body = NewOrganization,
    responses((status = 201, body = OrganizationView)))]
async fn create_organization(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    RequestContext(context): RequestContext,
    Json(input): Json<NewOrganization>,
) -> Result<(StatusCode, Versioned<OrganizationView>), ApiError> {
    let view = identity.create_organization(caller.user, input, &context).await?;
    Ok((StatusCode::CREATED, Versioned(view.version, view)))
}

/// Read an organization.
#[utoipa::path(get, path = "/organizations/{org}", tag = "Organizations",
    params(("org" = String, Path, description = "Slug or id")),
    responses((status = 200, body = OrganizationView)))]
async fn get_organization(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
) -> Result<Versioned<OrganizationView>, ApiError> {
    let view = identity.get_organization(&access).await?;
    Ok(Versioned(view.version, view))
}

/// Change an organization.
///
/// Needs `organization.update` and `If-Match` with the version read.
#[utoipa::path(patch, path = "/organizations/{org}", tag = "Organizations",
    params(("org" = String, Path, description = "Slug or id")), request_body = UpdateOrganization,
    responses((status = 200, body = OrganizationView)))]
async fn update_organization(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    IfMatch(version): IfMatch,
    RequestContext(context): RequestContext,
    Json(change): Json<UpdateOrganization>,
) -> Result<Versioned<OrganizationView>, ApiError> {
    let view = identity.update_organization(&access, version, change, &context).await?;
    Ok(Versioned(view.version, view))
}

/// Delete an organization.
///
/// It can be brought back for 14 days; then it is gone with everything that is its. Needs `organization.delete`, and a
/// sign-in or `POST /me/confirm` within the last 15 minutes.
#[utoipa::path(delete, path = "/organizations/{org}", tag = "Organizations",
    params(("org" = String, Path, description = "Slug or id"), Confirm),
    responses((status = 204), (status = 403, description = "Not permitted, or sign in again first")))]
async fn delete_organization(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    caller: Caller,
    Query(query): Query<Confirm>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    identity.delete_organization(&access, caller, &query.confirm, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Bring a deleted organization back.
///
/// Within 14 days; its owners may.
#[utoipa::path(post, path = "/organizations/{org}/restore", tag = "Organizations",
    params(("org" = String, Path, description = "Slug or id")), responses((status = 200, body = OrganizationView)))]
async fn restore_organization(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    Path(path): Path<OrgPath>,
    RequestContext(context): RequestContext,
) -> Result<Versioned<OrganizationView>, ApiError> {
    let view = identity.restore_organization(caller, &path.org, &context).await?;
    Ok(Versioned(view.version, view))
}

/// List one's deleted organizations.
///
/// Those that can still be brought back.
#[utoipa::path(get, path = "/me/deleted-organizations", tag = "Organizations",
    responses((status = 200, body = DeletedOrganizations)))]
async fn list_deleted_organizations(
    Extension(identity): Extension<Identity>,
    caller: Caller,
) -> Result<axum::Json<DeletedOrganizations>, ApiError> {
    let items = identity.list_deleted_organizations(caller).await?;
    Ok(axum::Json(DeletedOrganizations { items }))
}
