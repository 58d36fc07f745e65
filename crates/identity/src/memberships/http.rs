//! Routes of memberships.

use axum::{Extension, http::StatusCode};
use bellwether_kernel::{Page, Role, id::UserId};
use bellwether_web::{Api, ApiError, Caller, Json, Member, PageQuery, Path, Query, RequestContext};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{MemberFilter, MemberStatus, MemberView, SetMember, TransferOrganization};
use crate::Identity;

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_members))
        .routes(routes!(get_member, set_member, remove_member))
        .routes(routes!(suspend_member))
        .routes(routes!(resume_member))
        .routes(routes!(leave_organization))
        .routes(routes!(transfer_organization))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Part of a name or an e-mail address.
    q: Option<String>,
    /// Only with this role.
    role: Option<Role>,
    /// Only those who get in, or only those who don't.
    status: Option<MemberStatus>,
}

/// Whom a path names.
#[derive(Deserialize)]
pub(crate) struct MemberPath {
    user: UserId,
}

/// List members.
///
/// The oldest first. Needs `members.read`.
#[utoipa::path(get, path = "/organizations/{org}/members", tag = "Members",
    params(("org" = String, Path, description = "Slug or id"), ListQuery, PageQuery),
    responses((status = 200, body = Page<MemberView>)))]
async fn list_members(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    Query(query): Query<ListQuery>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<MemberView>>, ApiError> {
    let filter = MemberFilter { query: query.q, role: query.role, status: query.status };
    Ok(axum::Json(identity.list_members(&access, &filter, page).await?))
}

/// Read a member.
#[utoipa::path(get, path = "/organizations/{org}/members/{user}", tag = "Members",
    params(("org" = String, Path, description = "Slug or id"), ("user" = UserId, Path)),
    responses((status = 200, body = MemberView)))]
async fn get_member(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    Path(path): Path<MemberPath>,
) -> Result<axum::Json<MemberView>, ApiError> {
    Ok(axum::Json(identity.get_member(&access, path.user).await?))
}

/// Say what a member is.
///
/// Role, brands and permissions, all of it. Needs `members.manage`; nobody gives what they don't hold, and nobody
/// changes somebody who may more than they. The last owner stays one.
#[utoipa::path(put, path = "/organizations/{org}/members/{user}", tag = "Members",
    params(("org" = String, Path, description = "Slug or id"), ("user" = UserId, Path)), request_body = SetMember,
    responses((status = 200, body = MemberView)))]
async fn set_member(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    Path(path): Path<MemberPath>,
    RequestContext(context): RequestContext,
    Json(input): Json<SetMember>,
) -> Result<axum::Json<MemberView>, ApiError> {
    Ok(axum::Json(identity.set_member(&access, path.user, input, &context).await?))
}

/// Remove a member.
///
/// Needs `members.manage`.
#[utoipa::path(delete, path = "/organizations/{org}/members/{user}", tag = "Members",
    params(("org" = String, Path, description = "Slug or id"), ("user" = UserId, Path)), responses((status = 204)))]
async fn remove_member(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    Path(path): Path<MemberPath>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    identity.remove_member(&access, path.user, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Suspend a member.
///
/// They keep what they are but don't get in. Needs `members.manage`.
#[utoipa::path(post, path = "/organizations/{org}/members/{user}/suspend", tag = "Members",
    params(("org" = String, Path, description = "Slug or id"), ("user" = UserId, Path)),
    responses((status = 200, body = MemberView)))]
async fn suspend_member(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    Path(path): Path<MemberPath>,
    RequestContext(context): RequestContext,
) -> Result<axum::Json<MemberView>, ApiError> {
    Ok(axum::Json(identity.suspend_member(&access, path.user, true, &context).await?))
}

/// Let a suspended member in again.
#[utoipa::path(post, path = "/organizations/{org}/members/{user}/resume", tag = "Members",
    params(("org" = String, Path, description = "Slug or id"), ("user" = UserId, Path)),
    responses((status = 200, body = MemberView)))]
async fn resume_member(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    Path(path): Path<MemberPath>,
    RequestContext(context): RequestContext,
) -> Result<axum::Json<MemberView>, ApiError> {
    Ok(axum::Json(identity.suspend_member(&access, path.user, false, &context).await?))
}

/// Leave an organization.
///
/// The last owner hands it over or deletes it instead.
#[utoipa::path(post, path = "/organizations/{org}/leave", tag = "Members",
    params(("org" = String, Path, description = "Slug or id")), responses((status = 204)))]
async fn leave_organization(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    identity.leave(&access, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Hand an organization over.
///
/// Makes a member its owner and oneself an admin. Owners only, who have signed in or come by `POST /me/confirm` within the
/// last 15 minutes.
#[utoipa::path(post, path = "/organizations/{org}/transfer", tag = "Members",
    params(("org" = String, Path, description = "Slug or id")), request_body = TransferOrganization,
    responses((status = 200, body = MemberView),
        (status = 403, description = "Not permitted, or sign in again first")))]
async fn transfer_organization(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    caller: Caller,
    RequestContext(context): RequestContext,
    Json(input): Json<TransferOrganization>,
) -> Result<axum::Json<MemberView>, ApiError> {
    Ok(axum::Json(identity.transfer_organization(&access, caller, input, &context).await?))
}
