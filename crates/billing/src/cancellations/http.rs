//! Routes of leaving.

use axum::{Extension, http::StatusCode};
use bellwether_web::{Api, ApiError, Caller, Json, Member, Operator, Query, RequestContext};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{CancellationId, CancellationView, Leaving, PlanLeft};
use crate::Billing;

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(say_goodbye)).routes(routes!(leave_plan)).routes(routes!(list_cancellations))
}

/// Why people left.
#[derive(Serialize, ToSchema)]
struct Cancellations {
    /// The latest first, at most 100.
    items: Vec<CancellationView>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Goes on after a page: the id of its last.
    before: Option<CancellationId>,
}

/// Say why one leaves.
///
/// Before `DELETE /me`; nobody has to. Operators read it; once the account is erased it no longer says whose it was.
#[utoipa::path(post, path = "/me/cancellation", tag = "Billing", request_body = Leaving,
    responses((status = 204), (status = 422, description = "Too long")))]
async fn say_goodbye(
    Extension(billing): Extension<Billing>,
    caller: Caller,
    Json(input): Json<Leaving>,
) -> Result<StatusCode, ApiError> {
    billing.say_goodbye(caller, &input).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leave the plan.
///
/// At the end of what is paid, else at once. From then on the organization is on the plan of those without a
/// subscription; what it made stays. Needs `billing.manage`.
#[utoipa::path(post, path = "/organizations/{org}/plan/cancel", tag = "Billing",
    params(("org" = String, Path, description = "Slug or id")), request_body = Leaving,
    responses((status = 200, body = PlanLeft), (status = 409, description = "There is no plan to leave")))]
async fn leave_plan(
    Extension(billing): Extension<Billing>,
    Member(access): Member,
    RequestContext(context): RequestContext,
    Json(input): Json<Leaving>,
) -> Result<axum::Json<PlanLeft>, ApiError> {
    Ok(axum::Json(billing.leave_plan(&access, &input, &context).await?))
}

/// List why people left.
///
/// For operators; the latest first.
#[utoipa::path(get, path = "/admin/cancellations", tag = "Administration", params(Which),
    responses((status = 200, body = Cancellations)))]
async fn list_cancellations(
    Extension(billing): Extension<Billing>,
    operator: Operator,
    Query(which): Query<Which>,
) -> Result<axum::Json<Cancellations>, ApiError> {
    Ok(axum::Json(Cancellations { items: billing.list_cancellations(operator, which.before).await? }))
}
