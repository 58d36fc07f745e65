//! Routes of invitations.

use axum::{
    Extension,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use bellwether_kernel::Page;
use bellwether_web::{
    Api, ApiError, Caller, Class, Json, Member, PageQuery, Path, Query, RequestContext, ShownOnce, limit,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::{
    AcceptInvitation, InvitationId, InvitationPreview, InvitationView, JoinByInvitation, NewInvitation,
};
use crate::{Identity, people::model::Me, sign_ups::http::ConfirmationNeeded};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_invitations, create_invitation))
        .routes(routes!(resend_invitation))
        .routes(routes!(revoke_invitation))
        .routes(routes!(accept_invitation).layer(limit(Class::Auth)))
        .routes(routes!(preview_invitation).layer(limit(Class::Auth)))
        .routes(routes!(join_by_invitation).layer(limit(Class::Auth)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Also those that were accepted, taken back or have expired.
    #[serde(default)]
    all: bool,
}

/// Which invitation a path names.
#[derive(Deserialize)]
pub(crate) struct InvitationPath {
    invitation: InvitationId,
}

/// List invitations.
///
/// The newest first. Needs `members.manage`.
#[utoipa::path(get, path = "/organizations/{org}/invitations", tag = "Members",
    params(("org" = String, Path, description = "Slug or id"), ListQuery, PageQuery),
    responses((status = 200, body = Page<InvitationView>)))]
async fn list_invitations(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    Query(query): Query<ListQuery>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<InvitationView>>, ApiError> {
    Ok(axum::Json(identity.list_invitations(&access, query.all, page).await?))
}

/// Invite somebody.
///
/// By mail, or by a link to hand on. Needs `members.manage`; nobody gives what they don't hold.
#[utoipa::path(post, path = "/organizations/{org}/invitations", tag = "Members",
    params(("org" = String, Path, description = "Slug or id")), request_body = NewInvitation,
    responses((status = 201, body = InvitationView), (status = 409, description = "A member or invited already")))]
async fn create_invitation(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    RequestContext(context): RequestContext,
    Json(input): Json<NewInvitation>,
) -> Result<Response, ApiError> {
    Ok(link_once(StatusCode::CREATED, identity.invite(&access, input, &context).await?))
}

/// An answer whose link is told once: the same request again gets it without.
fn link_once(status: StatusCode, view: InvitationView) -> Response {
    let again = ShownOnce::of(&InvitationView { link: None, ..view.clone() });
    let mut response = (status, axum::Json(view)).into_response();
    response.extensions_mut().insert(again);
    response
}

/// Send an invitation again.
///
/// With a new link for another 14 days; the former one is worth nothing from then on.
#[utoipa::path(post, path = "/organizations/{org}/invitations/{invitation}/resend", tag = "Members",
    params(("org" = String, Path, description = "Slug or id"), ("invitation" = InvitationId, Path)),
    responses((status = 200, body = InvitationView)))]
async fn resend_invitation(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    Path(path): Path<InvitationPath>,
    RequestContext(context): RequestContext,
) -> Result<Response, ApiError> {
    Ok(link_once(StatusCode::OK, identity.resend_invitation(&access, path.invitation, &context).await?))
}

/// Take an invitation back.
#[utoipa::path(delete, path = "/organizations/{org}/invitations/{invitation}", tag = "Members",
    params(("org" = String, Path, description = "Slug or id"), ("invitation" = InvitationId, Path)),
    responses((status = 204)))]
async fn revoke_invitation(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    Path(path): Path<InvitationPath>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    identity.revoke_invitation(&access, path.invitation, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Accept an invitation.
///
/// As the person who is signed in.
#[utoipa::path(post, path = "/me/invitations", tag = "Members", request_body = AcceptInvitation,
    responses((status = 200, body = Me), (status = 404, description = "Used, taken back or expired"),
        (status = 409, description = "A member already")))]
async fn accept_invitation(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    RequestContext(context): RequestContext,
    Json(input): Json<AcceptInvitation>,
) -> Result<axum::Json<Me>, ApiError> {
    Ok(axum::Json(identity.accept_invitation(caller, &input.token, &context).await?))
}

/// Look at an invitation.
///
/// What the link offers, without accepting it.
#[utoipa::path(post, path = "/auth/invitation", tag = "Members", security(()), request_body = AcceptInvitation,
    responses((status = 200, body = InvitationPreview), (status = 404, description = "Used, taken back or expired")))]
async fn preview_invitation(
    Extension(identity): Extension<Identity>,
    Json(input): Json<AcceptInvitation>,
) -> Result<axum::Json<InvitationPreview>, ApiError> {
    Ok(axum::Json(identity.preview_invitation(&input.token).await?))
}

/// Join by an invitation.
///
/// Makes a person, lets them into the organization and signs them in by a cookie. By a link that names no address, where
/// addresses are confirmed first, the answer is that of `POST /auth/sign-up`: 202, and a mail.
#[utoipa::path(post, path = "/auth/invitation/join", tag = "Members", security(()), request_body = JoinByInvitation,
    responses((status = 201, body = Me),
        (status = 202, body = ConfirmationNeeded, description = "A mail is on its way"),
        (status = 404, description = "Used, taken back or expired"),
        (status = 409, description = "The address has an account: sign in and accept")))]
async fn join_by_invitation(
    Extension(identity): Extension<Identity>,
    RequestContext(context): RequestContext,
    Json(input): Json<JoinByInvitation>,
) -> Result<Response, ApiError> {
    identity.join_by_invitation(input, &context).await?.response(&identity)
}
