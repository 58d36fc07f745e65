//! Routes of the inbox, for operators.

use axum::Extension;
use bellwether_web::{Api, ApiError, Operator, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{WebhookId, WebhookStatus, WebhookView};
use crate::Operations;

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(list_webhooks)).routes(routes!(replay_webhook))
}

/// What the inbox can be narrowed to.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Only what became this of it.
    #[param(inline)]
    status: Option<WebhookStatus>,
    /// Goes on after a page: the id of its last.
    before: Option<WebhookId>,
}

/// A page of the inbox.
#[derive(Serialize, ToSchema)]
struct Webhooks {
    /// The latest first, at most 100.
    items: Vec<WebhookView>,
}

/// List received webhooks.
///
/// For operators; the latest first.
#[utoipa::path(get, path = "/admin/webhook-inbox", tag = "Administration", params(Which),
    responses((status = 200, body = Webhooks)))]
async fn list_webhooks(
    Extension(operations): Extension<Operations>,
    operator: Operator,
    Query(which): Query<Which>,
) -> Result<axum::Json<Webhooks>, ApiError> {
    let items = operations.list_webhooks(operator, which.status, which.before).await?;
    Ok(axum::Json(Webhooks { items }))
}

/// Work on a webhook again.
///
/// For operators: after the cause of a failure is mended, or to be sure. What is as it should be does not change.
#[utoipa::path(post, path = "/admin/webhook-inbox/{webhook}/replay", tag = "Administration",
    params(("webhook" = WebhookId, Path)), responses((status = 202, body = WebhookView)))]
async fn replay_webhook(
    Extension(operations): Extension<Operations>,
    operator: Operator,
    Path(webhook): Path<WebhookId>,
) -> Result<(axum::http::StatusCode, axum::Json<WebhookView>), ApiError> {
    let view = operations.replay_webhook(operator, webhook).await?;
    Ok((axum::http::StatusCode::ACCEPTED, axum::Json(view)))
}
