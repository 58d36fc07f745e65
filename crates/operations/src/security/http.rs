//! Routes of the security log.

use axum::Extension;
use bellwether_kernel::{Page, id::UserId};
use bellwether_web::{Api, ApiError, Caller, Member, PageQuery, Query};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::SecurityEventView;
use crate::Operations;

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(list_my_security_events)).routes(routes!(list_security_events))
}

/// What one's own log can be narrowed to.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct MyQuery {
    /// Only this kind (`sign_in.failed`) or every kind of this subject (`sign_in`).
    kind: Option<String>,
}

/// What an organization's log can be narrowed to.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LogQuery {
    /// Only this kind (`key.revoked`) or every kind of this subject (`key`).
    kind: Option<String>,
    /// Only what this person did or what happened to them.
    user: Option<UserId>,
}

/// Read one's own security log.
///
/// Sign-ins, failed ones too, changes of password, keys and sessions; the latest first.
#[utoipa::path(get, path = "/me/security-events", tag = "Security", params(MyQuery, PageQuery),
    responses((status = 200, body = Page<SecurityEventView>)))]
async fn list_my_security_events(
    Extension(operations): Extension<Operations>,
    caller: Caller,
    Query(query): Query<MyQuery>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<SecurityEventView>>, ApiError> {
    Ok(axum::Json(operations.list_my_security_events(caller.user, query.kind.as_deref(), page).await?))
}

/// Read the organization's security log.
///
/// Changes of members and permissions, API keys and where they are used from, refused requests; the latest first.
/// Needs the permission `security.read`.
#[utoipa::path(get, path = "/organizations/{org}/security-events", tag = "Security",
    params(("org" = String, Path, description = "Slug or id"), LogQuery, PageQuery),
    responses((status = 200, body = Page<SecurityEventView>)))]
async fn list_security_events(
    Extension(operations): Extension<Operations>,
    Member(access): Member,
    Query(query): Query<LogQuery>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<SecurityEventView>>, ApiError> {
    let page = operations.list_security_events(&access, query.kind.as_deref(), query.user, page).await?;
    Ok(axum::Json(page))
}
