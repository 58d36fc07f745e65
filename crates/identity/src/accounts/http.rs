//! Routes of the end of an account.

use axum::{
    Extension,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use bellwether_web::{Api, ApiError, Caller, Class, Json, RequestContext, cookies, limit};
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::{Deleted, Exported};
use crate::{Identity, links::http::Token, people::http::with_cookie};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(delete_account).layer(limit(Class::Auth)))
        .routes(routes!(restore_account).layer(limit(Class::Auth)))
        .routes(routes!(export_account).layer(limit(Class::Auth)))
}

/// Delete one's account.
///
/// For 14 days the mailed link or signing in brings it back; then it is erased. Organizations without another member
/// go with it. Needs a sign-in or `POST /me/confirm` within the last 15 minutes.
#[utoipa::path(delete, path = "/me", tag = "Identity",
    responses((status = 200, body = Deleted), (status = 403, description = "Sign in again first"),
        (status = 409, description = "The only owner of an organization that others belong to")))]
async fn delete_account(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    RequestContext(context): RequestContext,
) -> Result<Response, ApiError> {
    let deleted = identity.delete_account(caller, &context).await?;
    with_cookie((StatusCode::OK, axum::Json(deleted)).into_response(), &cookies::forget())
}

/// Bring one's account back by the mailed link.
#[utoipa::path(post, path = "/auth/account/restore", tag = "Identity", security(()), request_body = Token,
    responses((status = 204), (status = 404, description = "Used or expired")))]
async fn restore_account(
    Extension(identity): Extension<Identity>,
    RequestContext(context): RequestContext,
    Json(input): Json<Token>,
) -> Result<StatusCode, ApiError> {
    identity.restore_account(&input.token, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Download one's own data.
///
/// Everything that is kept about the person as such, as JSON; never secrets. Needs a sign-in or `POST /me/confirm`
/// within the last 15 minutes.
#[utoipa::path(get, path = "/me/export", tag = "Identity",
    responses((status = 200, description = "A JSON file", body = Exported),
        (status = 403, description = "Sign in again first")))]
async fn export_account(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    RequestContext(context): RequestContext,
) -> Result<Response, ApiError> {
    let data = identity.export_account(caller, &context).await?;
    let mut response = axum::Json(data).into_response();
    let name = HeaderValue::from_static("attachment; filename=\"bellwether-account.json\"");
    response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}
