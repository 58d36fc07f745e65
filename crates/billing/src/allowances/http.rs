//! Routes of allowances.

use axum::Extension;
use bellwether_web::{Api, ApiError, Member};
use utoipa_axum::routes;

use super::UsageView;
use crate::Billing;

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(get_usage))
}

/// Read the month's usage.
#[utoipa::path(get, path = "/organizations/{org}/usage", tag = "Billing",
    params(("org" = String, Path, description = "Slug or id")), responses((status = 200, body = UsageView)))]
async fn get_usage(
    Extension(billing): Extension<Billing>,
    Member(access): Member,
) -> Result<axum::Json<UsageView>, ApiError> {
    Ok(axum::Json(billing.usage(&access).await?))
}
