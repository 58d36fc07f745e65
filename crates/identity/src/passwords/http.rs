//! Routes of passwords.

use axum::{Extension, http::StatusCode, response::Response};
use bellwether_kernel::Problem;
use bellwether_web::{Api, ApiError, Caller, Class, Json, RequestContext, limit};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use crate::{
    Identity,
    factors::Proof,
    passkeys::{Challenge, http::PasskeyAnswer},
    sessions,
};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(confirm).layer(limit(Class::Auth)))
        .routes(routes!(begin_confirm_passkey).layer(limit(Class::Auth)))
        .routes(routes!(change_password).layer(limit(Class::Auth)))
        .routes(routes!(reset_password).layer(limit(Class::Auth)))
}

/// Who one is, shown again in one of three ways.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Confirm {
    /// The password.
    #[serde(default)]
    password: Option<String>,
    /// Six digits of the authenticator app, or a recovery code.
    #[serde(default)]
    code: Option<String>,
    /// A passkey's answer to `POST /me/confirm/passkey/begin`.
    #[serde(default)]
    passkey: Option<PasskeyAnswer>,
}

impl Confirm {
    fn proof(self) -> Result<Proof, Problem> {
        match (self.password, self.code, self.passkey) {
            (Some(password), None, None) => Ok(Proof::Password(password)),
            (None, Some(code), None) => Ok(Proof::Code(code)),
            (None, None, Some(PasskeyAnswer { ceremony, credential })) => {
                Ok(Proof::Passkey { ceremony, credential })
            }
            _ => {
                let detail = "Give one of password, code and passkey.";
                Err(Problem::invalid("password", "one_way", detail))
            }
        }
    }
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
/// By password, by a code of the authenticator app (or a recovery code), or by a passkey. For 15 minutes delicate changes
/// need no further proof; the session's cookie is renewed. After a code or a passkey the session has shown two factors,
/// which changes of an account's second factors ask for (403 `second_factor_needed`).
#[utoipa::path(post, path = "/me/confirm", tag = "Identity", request_body = Confirm,
    responses((status = 204), (status = 422, description = "What was shown is wrong")))]
async fn confirm(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    RequestContext(context): RequestContext,
    Json(input): Json<Confirm>,
) -> Result<Response, ApiError> {
    let session = identity.confirm(caller, input.proof()?, &context).await?;
    sessions::renewed(StatusCode::NO_CONTENT, Some(&session), &identity)
}

/// Begin to confirm by a passkey.
///
/// The answer goes to `POST /me/confirm`.
#[utoipa::path(post, path = "/me/confirm/passkey/begin", tag = "Identity",
    responses((status = 200, body = Challenge), (status = 404, description = "There is no passkey")))]
async fn begin_confirm_passkey(
    Extension(identity): Extension<Identity>,
    caller: Caller,
) -> Result<axum::Json<Challenge>, ApiError> {
    Ok(axum::Json(identity.begin_confirm_passkey(caller).await?))
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
