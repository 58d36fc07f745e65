//! Routes of links by mail.

use axum::{Extension, http::StatusCode, response::Response};
use bellwether_web::{Api, ApiError, Caller, Class, Json, OptionalCaller, RequestContext, limit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::Asked;
use crate::{Identity, sessions};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(request_sign_in_link).layer(limit(Class::Auth)))
        .routes(routes!(forgot_password).layer(limit(Class::Auth)))
        .routes(routes!(request_verification).layer(limit(Class::Auth)))
        .routes(routes!(request_email_change).layer(limit(Class::Auth)))
        .routes(routes!(confirm_email).layer(limit(Class::Auth)))
        .routes(routes!(undo_email).layer(limit(Class::Auth)))
}

/// An address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ToAddress {
    /// E-mail address.
    email: String,
}

/// What a mailed link carries.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Token {
    /// What stands behind `#token=` in the link.
    pub(crate) token: String,
}

/// The address that was confirmed.
#[derive(Serialize, ToSchema)]
struct ConfirmedEmail {
    /// The person's address now.
    email: String,
}

/// Ask for a sign-in link by mail.
///
/// The answer is the same whether or not the address has an account. The link works once, for 15 minutes; its token
/// goes to `POST /auth/link`.
#[utoipa::path(post, path = "/auth/magic-link", tag = "Identity", security(()), request_body = ToAddress,
    responses((status = 202, description = "A mail is on its way if the address has an account")))]
async fn request_sign_in_link(
    Extension(identity): Extension<Identity>,
    RequestContext(context): RequestContext,
    Json(input): Json<ToAddress>,
) -> Result<StatusCode, ApiError> {
    identity.request_link(&input.email, Asked::SignIn, &context).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Ask for a link to set a new password.
///
/// The answer is the same whether or not the address has an account. The link works once, for 30 minutes; its token
/// goes to `POST /auth/password/reset`.
#[utoipa::path(post, path = "/auth/password/forgot", tag = "Identity", security(()), request_body = ToAddress,
    responses((status = 202, description = "A mail is on its way if the address has an account")))]
async fn forgot_password(
    Extension(identity): Extension<Identity>,
    RequestContext(context): RequestContext,
    Json(input): Json<ToAddress>,
) -> Result<StatusCode, ApiError> {
    identity.request_link(&input.email, Asked::ResetPassword, &context).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Ask for a link that confirms one's address.
///
/// Nothing is sent when it is confirmed already.
#[utoipa::path(post, path = "/me/email/verification", tag = "Identity", responses((status = 202)))]
async fn request_verification(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    identity.request_verification(caller, &context).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Change one's address.
///
/// A link goes to the new address; nothing changes before its token comes to `POST /auth/email/confirm`. Needs a sign-in
/// or `POST /me/confirm` within the last 15 minutes.
#[utoipa::path(post, path = "/me/email", tag = "Identity", request_body = ToAddress,
    responses((status = 202, description = "A mail is on its way if the address can be used"),
        (status = 403, description = "Sign in again first")))]
async fn request_email_change(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    RequestContext(context): RequestContext,
    Json(input): Json<ToAddress>,
) -> Result<StatusCode, ApiError> {
    identity.request_email_change(caller, &input.email, &context).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Confirm an address by the mailed link.
///
/// A change of address ends the person's other sessions and renews the cookie of the one that asks; the address before
/// is told and can take it back for 7 days.
#[utoipa::path(post, path = "/auth/email/confirm", tag = "Identity", security(()), request_body = Token,
    responses((status = 200, body = ConfirmedEmail), (status = 404, description = "Used or expired"),
        (status = 409, description = "The address has an account by now")))]
async fn confirm_email(
    Extension(identity): Extension<Identity>,
    OptionalCaller(caller): OptionalCaller,
    RequestContext(context): RequestContext,
    Json(input): Json<Token>,
) -> Result<Response, ApiError> {
    let confirmed = identity.confirm_email(&input.token, caller, &context).await?;
    let body = axum::Json(ConfirmedEmail { email: confirmed.email });
    sessions::renewed(body, confirmed.session.as_ref(), &identity)
}

/// Take a change of address back.
///
/// By the link that went to the address before: the account returns to it, everybody is signed out, and a link to set
/// a new password is mailed.
#[utoipa::path(post, path = "/auth/email/undo", tag = "Identity", security(()), request_body = Token,
    responses((status = 204), (status = 404, description = "Used or expired")))]
async fn undo_email(
    Extension(identity): Extension<Identity>,
    RequestContext(context): RequestContext,
    Json(input): Json<Token>,
) -> Result<StatusCode, ApiError> {
    identity.undo_email(&input.token, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}
