//! Routes of metering.

use axum::Extension;
use bellwether_web::{Api, ApiError, Member};
use utoipa_axum::routes;

use super::AiUsageView;
use crate::Operations;

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(get_ai_usage))
}

/// Read what models were asked and what it cost.
///
/// Today and this month, in UTC. Needs `billing.read`.
#[utoipa::path(get, path = "/organizations/{org}/ai-usage", tag = "Billing",
    params(("org" = String, Path, description = "Slug or id")), responses((status = 200, body = AiUsageView)))]
async fn get_ai_usage(
    Extension(operations): Extension<Operations>,
    Member(access): Member,
) -> Result<axum::Json<AiUsageView>, ApiError> {
    Ok(axum::Json(operations.ai_usage(&access).await?))
}
