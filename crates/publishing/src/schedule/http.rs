//! Routes of schedules and pauses.

use axum::Extension;
use bellwether_networks::Network;
use bellwether_web::{Api, ApiError, BrandMember, IfMatch, Json, Query, RequestContext, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{NextSlot, Pause, PauseScope, PauseView, ScheduleView, Suggestions, UpdateSchedule};
use crate::{ConnectionId, Publishing};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(get_schedule, update_schedule))
        .routes(routes!(next_slot))
        .routes(routes!(suggest_times))
        .routes(routes!(list_pauses, pause_publishing, resume_publishing))
}

/// Read when a brand publishes.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/schedule", tag = "Schedule",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = ScheduleView)))]
async fn get_schedule(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
) -> Result<Versioned<ScheduleView>, ApiError> {
    let view = publishing.get_schedule(&access).await?;
    Ok(Versioned(view.version, view))
}

/// Replace when a brand publishes.
///
/// Needs `posts.publish` and `If-Match` with the version read, 0 before the first change. What is planned keeps its time.
#[utoipa::path(put, path = "/organizations/{org}/brands/{brand}/schedule", tag = "Schedule",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"), IfMatch),
    request_body = UpdateSchedule, responses((status = 200, body = ScheduleView)))]
async fn update_schedule(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    IfMatch(version): IfMatch,
    RequestContext(context): RequestContext,
    Json(input): Json<UpdateSchedule>,
) -> Result<Versioned<ScheduleView>, ApiError> {
    let view = publishing.update_schedule(&access, version, input, &context).await?;
    Ok(Versioned(view.version, view))
}

/// For which account.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct NextQuery {
    /// For which network.
    network: Network,
    /// For which account; without, for all of the network.
    #[serde(default)]
    connection: Option<ConnectionId>,
}

/// Read the next free time of the queue.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/schedule/next", tag = "Schedule",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"), NextQuery),
    responses((status = 200, body = NextSlot), (status = 409, description = "There is none in the next four months")))]
async fn next_slot(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Query(query): Query<NextQuery>,
) -> Result<axum::Json<NextSlot>, ApiError> {
    Ok(axum::Json(publishing.next_slot(&access, query.network, query.connection).await?))
}

/// For which account.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SuggestionQuery {
    /// The account.
    connection: ConnectionId,
    /// At most so many, 1 to 10; 3 when absent.
    #[serde(default)]
    limit: Option<u8>,
}

/// Suggest times at which an account's posts did well.
///
/// Free ones of the next fourteen days, the best first, from what readers did with its posts of the last 180 days. Needs
/// twelve posts; with fewer it says so.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/schedule/suggestions", tag = "Schedule",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"), SuggestionQuery),
    responses((status = 200, body = Suggestions)))]
async fn suggest_times(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Query(query): Query<SuggestionQuery>,
) -> Result<axum::Json<Suggestions>, ApiError> {
    Ok(axum::Json(publishing.suggest_times(&access, query.connection, query.limit.unwrap_or(3)).await?))
}

/// Several pauses.
#[derive(Serialize, ToSchema)]
struct PauseList {
    /// They.
    items: Vec<PauseView>,
}

/// List what is paused.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/pauses", tag = "Schedule",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = PauseList)))]
async fn list_pauses(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
) -> Result<axum::Json<PauseList>, ApiError> {
    Ok(axum::Json(PauseList { items: publishing.list_pauses(&access).await? }))
}

/// Pause publishing.
///
/// From this moment nothing that it covers begins to be sent. Needs `posts.publish`.
#[utoipa::path(put, path = "/organizations/{org}/brands/{brand}/pauses", tag = "Schedule",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = Pause, responses((status = 200, body = PauseList)))]
async fn pause_publishing(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(input): Json<Pause>,
) -> Result<axum::Json<PauseList>, ApiError> {
    Ok(axum::Json(PauseList { items: publishing.pause(&access, input, &context).await? }))
}

/// Which pause.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PauseQuery {
    /// What it covers.
    scope: PauseScope,
    /// The network, for the scope `network`.
    #[serde(default)]
    network: Option<Network>,
}

/// Resume publishing.
///
/// What was held goes on at its time; what missed it by more than `late_minutes` stays held and is asked about.
#[utoipa::path(delete, path = "/organizations/{org}/brands/{brand}/pauses", tag = "Schedule",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"), PauseQuery),
    responses((status = 200, body = PauseList)))]
async fn resume_publishing(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Query(query): Query<PauseQuery>,
) -> Result<axum::Json<PauseList>, ApiError> {
    Ok(axum::Json(PauseList {
        items: publishing.resume(&access, query.scope, query.network, &context).await?,
    }))
}
