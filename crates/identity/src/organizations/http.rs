//! Routes of organizations.

use axum::{Extension, http::StatusCode};
use bellwether_web::{Api, ApiError, Caller, IfMatch, Json, Member, RequestContext, Versioned};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{MemberView, NewOrganization, OrganizationView, UpdateOrganization};
use crate::Identity;

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(create_organization))
        .routes(routes!(get_organization, update_organization))
        .routes(routes!(list_members))
}

/// Who belongs to an organization.
#[derive(Serialize, ToSchema)]
struct Members {
    /// Oldest first.
    items: Vec<MemberView>,
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
/// Needs the role admin and `If-Match` with the version read.
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

/// List members.
#[utoipa::path(get, path = "/organizations/{org}/members", tag = "Organizations",
    params(("org" = String, Path, description = "Slug or id")), responses((status = 200, body = Members)))]
async fn list_members(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
) -> Result<axum::Json<Members>, ApiError> {
    Ok(axum::Json(Members { items: identity.list_members(&access).await? }))
}
