//! Routes of API keys.

use axum::{
    Extension,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use bellwether_kernel::{Page, id::ApiKeyId};
use bellwether_web::{
    Api, ApiError, IfMatch, Json, Member, PageQuery, Path, RequestContext, ShownOnce, Versioned,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{KeyView, MadeKey, NewKey, UpdateKey};
use crate::Identity;

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(list_keys, create_key)).routes(routes!(get_key, update_key, revoke_key))
}

/// Path of one key.
#[derive(Deserialize, IntoParams)]
struct KeyPath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Id of the key.
    key: ApiKeyId,
}

/// List API keys.
///
/// Revoked and expired ones too, the latest first. Needs the permission `api_keys.manage`.
#[utoipa::path(get, path = "/organizations/{org}/api-keys", tag = "API keys",
    params(("org" = String, Path, description = "Slug or id"), PageQuery),
    responses((status = 200, body = Page<KeyView>)))]
async fn list_keys(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<KeyView>>, ApiError> {
    Ok(axum::Json(identity.list_keys(&access, page).await?))
}

/// Make an API key.
///
/// The answer shows it, this once. It acts for whoever makes it, within its scopes and within what they may: when they
/// leave, it stops.
#[utoipa::path(post, path = "/organizations/{org}/api-keys", tag = "API keys",
    params(("org" = String, Path, description = "Slug or id")), request_body = NewKey,
    responses((status = 201, body = MadeKey)))]
async fn create_key(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    RequestContext(context): RequestContext,
    Json(new): Json<NewKey>,
) -> Result<Response, ApiError> {
    let made = identity.create_key(&access, new, &context).await?;
    let again = ShownOnce::of(&MadeKey { token: None, key: made.key.clone() });
    let mut response = (StatusCode::CREATED, axum::Json(made)).into_response();
    response.extensions_mut().insert(again);
    Ok(response)
}

/// Read an API key.
#[utoipa::path(get, path = "/organizations/{org}/api-keys/{key}", tag = "API keys", params(KeyPath),
    responses((status = 200, body = KeyView)))]
async fn get_key(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    Path(path): Path<KeyPath>,
) -> Result<Versioned<KeyView>, ApiError> {
    let view = identity.get_key(&access, path.key).await?;
    Ok(Versioned(view.version, view))
}

/// Change an API key.
#[utoipa::path(patch, path = "/organizations/{org}/api-keys/{key}", tag = "API keys", params(KeyPath),
    request_body = UpdateKey, responses((status = 200, body = KeyView)))]
async fn update_key(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    Path(path): Path<KeyPath>,
    IfMatch(version): IfMatch,
    RequestContext(context): RequestContext,
    Json(change): Json<UpdateKey>,
) -> Result<Versioned<KeyView>, ApiError> {
    let view = identity.update_key(&access, path.key, version, change, &context).await?;
    Ok(Versioned(view.version, view))
}

/// Revoke an API key.
///
/// For good and at once. Doing it again changes nothing.
#[utoipa::path(delete, path = "/organizations/{org}/api-keys/{key}", tag = "API keys", params(KeyPath),
    responses((status = 204)))]
async fn revoke_key(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    Path(path): Path<KeyPath>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    identity.revoke_key(&access, path.key, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}
