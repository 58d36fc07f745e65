//! Routes of passkeys.

use axum::{Extension, http::StatusCode, response::Response};
use bellwether_web::{Api, ApiError, Caller, Class, Json, Path, RequestContext, limit};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::{Challenge, PasskeyView};
use crate::{
    Identity,
    factors::http::Confirmation,
    ids::{CeremonyId, PasskeyId},
    people::model::Me,
    sessions,
};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_passkeys))
        .routes(routes!(begin_passkey).layer(limit(Class::Auth)))
        .routes(routes!(finish_passkey).layer(limit(Class::Auth)))
        .routes(routes!(rename_passkey))
        .routes(routes!(remove_passkey).layer(limit(Class::Auth)))
        .routes(routes!(begin_passkey_sign_in).layer(limit(Class::Auth)))
        .routes(routes!(passkey_sign_in).layer(limit(Class::Auth)))
        .routes(routes!(begin_second_step_passkey).layer(limit(Class::Auth)))
        .routes(routes!(second_step_passkey).layer(limit(Class::Auth)))
}

/// One's passkeys.
#[derive(Serialize, ToSchema)]
struct Passkeys {
    /// Oldest first.
    items: Vec<PasskeyView>,
}

/// A new passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPasskey {
    /// Of the challenge.
    ceremony: CeremonyId,
    /// What to call it, e.g. `My phone`.
    name: String,
    /// What `PublicKeyCredential.toJSON()` gives.
    #[schema(value_type = Object)]
    credential: Value,
}

/// Another name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RenamePasskey {
    /// What to call it.
    name: String,
}

/// A passkey's answer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasskeyAnswer {
    /// Of the challenge.
    pub(crate) ceremony: CeremonyId,
    /// What `PublicKeyCredential.toJSON()` gives.
    #[schema(value_type = Object)]
    pub(crate) credential: Value,
}

/// A sign-in that awaits its second factor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SecondStepToken {
    /// What the first step gave.
    token: String,
}

/// A passkey's answer as second factor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SecondStepAnswer {
    /// What the first step gave.
    token: String,
    /// Of the challenge.
    ceremony: CeremonyId,
    /// What `PublicKeyCredential.toJSON()` gives.
    #[schema(value_type = Object)]
    credential: Value,
}

/// List one's passkeys.
#[utoipa::path(get, path = "/me/passkeys", tag = "Identity", responses((status = 200, body = Passkeys)))]
async fn list_passkeys(
    Extension(identity): Extension<Identity>,
    caller: Caller,
) -> Result<axum::Json<Passkeys>, ApiError> {
    Ok(axum::Json(Passkeys { items: identity.list_passkeys(caller.user).await? }))
}

/// Begin to add a passkey.
#[utoipa::path(post, path = "/me/passkeys/begin", tag = "Identity", request_body = Confirmation,
    responses((status = 200, body = Challenge)))]
async fn begin_passkey(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    RequestContext(context): RequestContext,
    Json(input): Json<Confirmation>,
) -> Result<axum::Json<Challenge>, ApiError> {
    Ok(axum::Json(identity.begin_passkey(caller, input.password, &context).await?))
}

/// Add the passkey that the authenticator made.
///
/// Renews the session's cookie.
#[utoipa::path(post, path = "/me/passkeys", tag = "Identity", request_body = NewPasskey,
    responses((status = 201, body = PasskeyView), (status = 409, description = "The challenge is over")))]
async fn finish_passkey(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    RequestContext(context): RequestContext,
    Json(input): Json<NewPasskey>,
) -> Result<Response, ApiError> {
    let (view, session) =
        identity.finish_passkey(caller, input.ceremony, &input.name, input.credential, &context).await?;
    sessions::renewed((StatusCode::CREATED, axum::Json(view)), Some(&session), &identity)
}

/// Rename a passkey.
#[utoipa::path(patch, path = "/me/passkeys/{passkey}", tag = "Identity", request_body = RenamePasskey,
    params(("passkey" = PasskeyId, Path)), responses((status = 200, body = PasskeyView)))]
async fn rename_passkey(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    Path(passkey): Path<PasskeyId>,
    Json(input): Json<RenamePasskey>,
) -> Result<axum::Json<PasskeyView>, ApiError> {
    Ok(axum::Json(identity.rename_passkey(caller.user, passkey, &input.name).await?))
}

/// Remove a passkey.
///
/// Not the last way into the account. Renews the session's cookie.
#[utoipa::path(post, path = "/me/passkeys/{passkey}/remove", tag = "Identity", request_body = Confirmation,
    params(("passkey" = PasskeyId, Path)), responses((status = 204)))]
async fn remove_passkey(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    Path(passkey): Path<PasskeyId>,
    RequestContext(context): RequestContext,
    Json(input): Json<Confirmation>,
) -> Result<Response, ApiError> {
    let session = identity.remove_passkey(caller, passkey, input.password, &context).await?;
    sessions::renewed(StatusCode::NO_CONTENT, Some(&session), &identity)
}

/// Begin to sign in with a passkey.
///
/// Asks for no address: the passkey knows whose it is.
#[utoipa::path(post, path = "/auth/passkey/begin", tag = "Identity", security(()),
    responses((status = 200, body = Challenge)))]
async fn begin_passkey_sign_in(
    Extension(identity): Extension<Identity>,
) -> Result<axum::Json<Challenge>, ApiError> {
    Ok(axum::Json(identity.begin_passkey_sign_in().await?))
}

/// Sign in with a passkey.
#[utoipa::path(post, path = "/auth/passkey", tag = "Identity", security(()), request_body = PasskeyAnswer,
    responses((status = 200, body = Me), (status = 401, description = "The answer does not hold")))]
async fn passkey_sign_in(
    Extension(identity): Extension<Identity>,
    RequestContext(context): RequestContext,
    Json(input): Json<PasskeyAnswer>,
) -> Result<Response, ApiError> {
    identity
        .passkey_sign_in(input.ceremony, input.credential, &context)
        .await?
        .response(StatusCode::OK, &identity)
}

/// Begin to use a passkey as second factor.
#[utoipa::path(post, path = "/auth/second-factor/passkey/begin", tag = "Identity", security(()),
    request_body = SecondStepToken, responses((status = 200, body = Challenge)))]
async fn begin_second_step_passkey(
    Extension(identity): Extension<Identity>,
    Json(input): Json<SecondStepToken>,
) -> Result<axum::Json<Challenge>, ApiError> {
    Ok(axum::Json(identity.begin_second_step_passkey(&input.token).await?))
}

/// Finish signing in with a passkey as second factor.
#[utoipa::path(post, path = "/auth/second-factor/passkey", tag = "Identity", security(()),
    request_body = SecondStepAnswer,
    responses((status = 200, body = Me), (status = 401, description = "The answer does not hold")))]
async fn second_step_passkey(
    Extension(identity): Extension<Identity>,
    RequestContext(context): RequestContext,
    Json(input): Json<SecondStepAnswer>,
) -> Result<Response, ApiError> {
    identity
        .second_step_passkey(&input.token, input.ceremony, input.credential, &context)
        .await?
        .response(StatusCode::OK, &identity)
}
