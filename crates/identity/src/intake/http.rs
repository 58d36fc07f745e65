//! Public routes of the intake.

use axum::{Extension, http::StatusCode};
use bellwether_web::{Api, ApiError, Class, Json, RequestContext, limit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::{InstanceView, NewApplication, NewDemo, NewWaitlistEntry};
use crate::Identity;

pub(super) fn routes() -> Api {
    Api::new()
        .routes(routes!(get_instance))
        .routes(routes!(apply).layer(limit(Class::Auth)))
        .routes(routes!(join_waitlist).layer(limit(Class::Auth)))
        .routes(routes!(request_demo).layer(limit(Class::Auth)))
        .routes(routes!(read_permit).layer(limit(Class::Auth)))
}

/// A permit's token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Permit {
    /// What stands behind `#token=` in the link.
    token: String,
}

/// Whom a permit lets in.
#[derive(Serialize, ToSchema)]
struct Permitted {
    /// The address to sign up with.
    email: String,
}

/// What this installation is.
///
/// Who may sign up, so that the right page is shown.
#[utoipa::path(get, path = "/instance", tag = "Identity", security(()), responses((status = 200, body = InstanceView)))]
async fn get_instance(Extension(identity): Extension<Identity>) -> axum::Json<InstanceView> {
    axum::Json(identity.instance())
}

/// Apply.
///
/// Where signing up goes by application. The answer is the same whether or not the address is known.
#[utoipa::path(post, path = "/applications", tag = "Intake", security(()), request_body = NewApplication,
    responses((status = 202, description = "Taken"), (status = 403, description = "No applications are taken here")))]
async fn apply(
    Extension(identity): Extension<Identity>,
    RequestContext(context): RequestContext,
    Json(new): Json<NewApplication>,
) -> Result<StatusCode, ApiError> {
    identity.apply(new, false, &context).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Join the waitlist.
///
/// Where there is one. Whoever joins is written to when there is room, and about the launch: say so where they do. Mails about the
/// launch have a link that ends them. The answer is the same whether or not the address waits already.
#[utoipa::path(post, path = "/waitlist", tag = "Intake", security(()), request_body = NewWaitlistEntry,
    responses((status = 202, description = "Taken"), (status = 403, description = "There is no waitlist here")))]
async fn join_waitlist(
    Extension(identity): Extension<Identity>,
    Json(new): Json<NewWaitlistEntry>,
) -> Result<StatusCode, ApiError> {
    identity.join_waitlist(new, false).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Ask for a demo.
#[utoipa::path(post, path = "/demos", tag = "Intake", security(()), request_body = NewDemo,
    responses((status = 202, description = "Taken")))]
async fn request_demo(
    Extension(identity): Extension<Identity>,
    Json(new): Json<NewDemo>,
) -> Result<StatusCode, ApiError> {
    identity.request_demo(new, false).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Look at a permit to sign up.
///
/// Tells whom the link of an invitation is for; spends nothing.
#[utoipa::path(post, path = "/auth/sign-up/permit", tag = "Intake", security(()), request_body = Permit,
    responses((status = 200, body = Permitted), (status = 404, description = "Used or expired")))]
async fn read_permit(
    Extension(identity): Extension<Identity>,
    Json(permit): Json<Permit>,
) -> Result<axum::Json<Permitted>, ApiError> {
    Ok(axum::Json(Permitted { email: identity.read_permit(&permit.token).await? }))
}
