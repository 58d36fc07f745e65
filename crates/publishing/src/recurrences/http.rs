//! Routes of recurrences.

use axum::{Extension, http::StatusCode};
use bellwether_web::{Api, ApiError, BrandMember, IfMatch, Json, Path, RequestContext, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{CreateRecurrence, RecurrenceDetail, RecurrenceView, UpdateRecurrence};
use crate::{Publishing, RecurrenceId};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_recurrences, create_recurrence))
        .routes(routes!(get_recurrence, update_recurrence))
        .routes(routes!(pause_recurrence))
        .routes(routes!(resume_recurrence))
        .routes(routes!(stop_recurrence))
}

#[derive(Serialize, ToSchema)]
struct RecurrenceList {
    /// The newest first.
    items: Vec<RecurrenceView>,
}

#[derive(Deserialize, IntoParams)]
struct RecurrencePath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Slug or id of the brand.
    #[expect(dead_code, reason = "read by the gate")]
    brand: String,
    /// Id of the recurrence.
    recurrence: RecurrenceId,
}

/// List recurrences.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/recurrences", tag = "Publishing",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = RecurrenceList)))]
async fn list_recurrences(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
) -> Result<axum::Json<RecurrenceList>, ApiError> {
    Ok(axum::Json(RecurrenceList { items: publishing.list_recurrences(&access).await? }))
}

/// Begin a recurrence.
///
/// With a rule a repetition at its times, without one a rotation at the times of the queue: the post that rested longest is
/// next. Times are made a week ahead, each once; what is missed is left out. Needs `posts.publish`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/recurrences", tag = "Publishing",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = CreateRecurrence, responses((status = 201, body = RecurrenceDetail)))]
async fn create_recurrence(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(input): Json<CreateRecurrence>,
) -> Result<(StatusCode, axum::Json<RecurrenceDetail>), ApiError> {
    let view = publishing.create_recurrence(&access, &input, &context).await?;
    Ok((StatusCode::CREATED, axum::Json(view)))
}

/// Read a recurrence and its times.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/recurrences/{recurrence}", tag = "Publishing",
    params(RecurrencePath), responses((status = 200, body = RecurrenceDetail)))]
async fn get_recurrence(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<RecurrencePath>,
) -> Result<Versioned<RecurrenceDetail>, ApiError> {
    let view = publishing.get_recurrence(&access, path.recurrence).await?;
    Ok(Versioned(view.recurrence.version, view))
}

/// Change a recurrence.
///
/// What is absent stays; account and kind always do. With other posts, another rule or another rest what it has planned is taken
/// back and planned anew; one whose rule had come to its end goes on if the new one does. Needs `posts.publish`.
#[utoipa::path(patch, path = "/organizations/{org}/brands/{brand}/recurrences/{recurrence}", tag = "Publishing",
    params(RecurrencePath), request_body = UpdateRecurrence,
    responses((status = 200, body = RecurrenceDetail), (status = 409, description = "It was ended, or changed meanwhile")))]
async fn update_recurrence(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<RecurrencePath>,
    IfMatch(version): IfMatch,
    RequestContext(context): RequestContext,
    Json(change): Json<UpdateRecurrence>,
) -> Result<Versioned<RecurrenceDetail>, ApiError> {
    let view = publishing.update_recurrence(&access, path.recurrence, version, &change, &context).await?;
    Ok(Versioned(view.recurrence.version, view))
}

/// Pause a recurrence.
///
/// What it has planned is taken back.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/recurrences/{recurrence}/pause", tag = "Publishing",
    params(RecurrencePath), responses((status = 200, body = RecurrenceDetail), (status = 409, description = "It is over")))]
async fn pause_recurrence(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<RecurrencePath>,
    RequestContext(context): RequestContext,
) -> Result<axum::Json<RecurrenceDetail>, ApiError> {
    Ok(axum::Json(publishing.set_recurrence(&access, path.recurrence, "paused", &context).await?))
}

/// Resume a recurrence.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/recurrences/{recurrence}/resume", tag = "Publishing",
    params(RecurrencePath), responses((status = 200, body = RecurrenceDetail), (status = 409, description = "It is over")))]
async fn resume_recurrence(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<RecurrencePath>,
    RequestContext(context): RequestContext,
) -> Result<axum::Json<RecurrenceDetail>, ApiError> {
    Ok(axum::Json(publishing.set_recurrence(&access, path.recurrence, "active", &context).await?))
}

/// Stop a recurrence.
///
/// For good; what it has planned is taken back.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/recurrences/{recurrence}/stop", tag = "Publishing",
    params(RecurrencePath), responses((status = 200, body = RecurrenceDetail), (status = 409, description = "It is over")))]
async fn stop_recurrence(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<RecurrencePath>,
    RequestContext(context): RequestContext,
) -> Result<axum::Json<RecurrenceDetail>, ApiError> {
    Ok(axum::Json(publishing.set_recurrence(&access, path.recurrence, "stopped", &context).await?))
}
