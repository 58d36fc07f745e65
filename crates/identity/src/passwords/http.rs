//! Routes of passwords.

use axum::{Extension, http::StatusCode, response::Response};
use bellwether_web::{Api, ApiError, Caller, Class, Json, RequestContext, limit};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use crate::{Identity, sessions};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(confirm).layer(limit(Class::Auth)))
        .routes(routes!(change_password).layer(limit(Class::Auth)))
        .routes(routes!(reset_password).layer(limit(Class::Auth)))
}

/// The password again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Confirm {
    /// Password.
    password: String,
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangePassword {
    /// The present one; left out by whoever has none yet.
    #[serde(default)]
    current_password: Option<String>,
    /// The new one: 10 to 256 characters.
    password: String,
}

/// A new password by a mailed link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResetPassword {
    /// What stands behind `#token=` in the link.
    token: String,
    /// 10 to 256 characters.
    password: String,
}

/// Confirm that it is still you.
///
/// By password. For 15 minutes delicate changes need no further proof; the session's cookie is renewed. Whoever has no
/// password signs in again instead.
#[utoipa::path(post, path = "/me/confirm", tag = "Identity", request_body = Confirm,
    responses((status = 204), (status = 422, description = "The password is wrong")))]
async fn confirm(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    RequestContext(context): RequestContext,
    Json(input): Json<Confirm>,
) -> Result<Response, ApiError> {
    let session = identity.confirm_password(caller, input.password, &context).await?;
    sessions::renewed(StatusCode::NO_CONTENT, Some(&session), &identity)
}

/// Set or change one's password.
///
/// Ends the person's other sessions, renews the cookie of this one, and tells the person by mail. Without a password so
/// far it needs a sign-in within the last 15 minutes.
#[utoipa::path(put, path = "/me/password", tag = "Identity", request_body = ChangePassword,
    responses((status = 204), (status = 403, description = "Sign in again first")))]
async fn change_password(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    RequestContext(context): RequestContext,
    Json(input): Json<ChangePassword>,
) -> Result<Response, ApiError> {
    let changed = identity.change_password(caller, input.current_password, input.password, &context).await?;
    sessions::renewed(StatusCode::NO_CONTENT, Some(&changed), &identity)
}

/// Set a new password by the mailed link.
///
/// Ends all sessions. Sign in with the new password afterwards.
#[utoipa::path(post, path = "/auth/password/reset", tag = "Identity", security(()), request_body = ResetPassword,
    responses((status = 204), (status = 404, description = "Used or expired")))]
async fn reset_password(
    Extension(identity): Extension<Identity>,
    RequestContext(context): RequestContext,
    Json(input): Json<ResetPassword>,
) -> Result<StatusCode, ApiError> {
    identity.reset_password(&input.token, input.password, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}
