//! Routes of second factors.

use axum::{
    Extension,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use bellwether_web::{Api, ApiError, Caller, Class, Json, RequestContext, ShownOnce, limit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::{FactorsView, TotpSetup};
use crate::{Identity, people::model::Me, sessions};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(get_factors))
        .routes(routes!(begin_totp).layer(limit(Class::Auth)))
        .routes(routes!(confirm_totp).layer(limit(Class::Auth)))
        .routes(routes!(remove_totp).layer(limit(Class::Auth)))
        .routes(routes!(renew_recovery_codes).layer(limit(Class::Auth)))
        .routes(routes!(second_step).layer(limit(Class::Auth)))
}

/// Confirms that it is oneself, where the last proof (signing in, `POST /me/confirm`) is more than 15 minutes ago.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirmation {
    /// The present password; not needed within 15 minutes of signing in.
    #[serde(default)]
    pub(crate) password: Option<String>,
}

/// A code of the authenticator app.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TotpCode {
    /// Six digits.
    code: String,
}

/// Recovery codes, shown this once.
#[derive(Default, Serialize, ToSchema)]
struct RecoveryCodes {
    /// Each works once, in place of the app.
    recovery_codes: Vec<String>,
}

/// The second step of a sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SecondStep {
    /// What the first step gave.
    token: String,
    /// Six digits of the app, or a recovery code.
    code: String,
}

/// An answer with secrets that are shown once: the same request again gets `without`, and they are kept nowhere.
fn once(mut response: Response, without: &impl Serialize) -> Response {
    response.extensions_mut().insert(ShownOnce::of(without));
    response
}

/// What guards one's account.
#[utoipa::path(get, path = "/me/factors", tag = "Identity", responses((status = 200, body = FactorsView)))]
async fn get_factors(
    Extension(identity): Extension<Identity>,
    caller: Caller,
) -> Result<axum::Json<FactorsView>, ApiError> {
    Ok(axum::Json(identity.factors(caller.user).await?))
}

/// Begin to set up an authenticator app.
///
/// Gives the seed, its address and its picture, once. It is asked for only after a code has confirmed it.
#[utoipa::path(post, path = "/me/factors/totp", tag = "Identity", request_body = Confirmation,
    responses((status = 200, body = TotpSetup), (status = 409, description = "One is set up already")))]
async fn begin_totp(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    RequestContext(context): RequestContext,
    Json(input): Json<Confirmation>,
) -> Result<Response, ApiError> {
    let setup = identity.begin_totp(caller, input.password, &context).await?;
    Ok(once(axum::Json(setup).into_response(), &TotpSetup::default()))
}

/// Confirm the authenticator app by a first code.
///
/// From now on it is asked for when signing in. Gives ten recovery codes, once, and renews the session's cookie.
#[utoipa::path(post, path = "/me/factors/totp/confirm", tag = "Identity", request_body = TotpCode,
    responses((status = 200, body = RecoveryCodes)))]
async fn confirm_totp(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    RequestContext(context): RequestContext,
    Json(input): Json<TotpCode>,
) -> Result<Response, ApiError> {
    let (recovery_codes, session) = identity.confirm_totp(caller, &input.code, &context).await?;
    let response =
        sessions::renewed(axum::Json(RecoveryCodes { recovery_codes }), Some(&session), &identity)?;
    Ok(once(response, &RecoveryCodes::default()))
}

/// Turn the authenticator app off.
///
/// Renews the session's cookie.
#[utoipa::path(post, path = "/me/factors/totp/remove", tag = "Identity", request_body = Confirmation,
    responses((status = 204)))]
async fn remove_totp(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    RequestContext(context): RequestContext,
    Json(input): Json<Confirmation>,
) -> Result<Response, ApiError> {
    let session = identity.remove_totp(caller, input.password, &context).await?;
    sessions::renewed(StatusCode::NO_CONTENT, Some(&session), &identity)
}

/// Make new recovery codes.
///
/// The old ones no longer work.
#[utoipa::path(post, path = "/me/factors/recovery-codes", tag = "Identity", request_body = Confirmation,
    responses((status = 200, body = RecoveryCodes)))]
async fn renew_recovery_codes(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    RequestContext(context): RequestContext,
    Json(input): Json<Confirmation>,
) -> Result<Response, ApiError> {
    let recovery_codes = identity.renew_recovery_codes(caller, input.password, &context).await?;
    let response = axum::Json(RecoveryCodes { recovery_codes }).into_response();
    Ok(once(response, &RecoveryCodes::default()))
}

/// Finish signing in with a second factor.
///
/// After a sign-in that answered 202: with its token and a code of the app or a recovery code.
#[utoipa::path(post, path = "/auth/second-factor", tag = "Identity", security(()), request_body = SecondStep,
    responses((status = 200, body = Me), (status = 401, description = "The code is wrong, or the sign-in is over")))]
async fn second_step(
    Extension(identity): Extension<Identity>,
    RequestContext(context): RequestContext,
    Json(input): Json<SecondStep>,
) -> Result<Response, ApiError> {
    identity.second_step(&input.token, &input.code, &context).await?.response(StatusCode::OK, &identity)
}
