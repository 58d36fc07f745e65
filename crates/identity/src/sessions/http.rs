//! Routes of sessions.

use axum::{Extension, http::StatusCode};
use bellwether_kernel::id::SessionId;
use bellwether_web::{Api, ApiError, Caller, Path};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::SessionView;
use crate::Identity;

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(list_sessions, end_other_sessions)).routes(routes!(end_session))
}

/// A person's sessions.
#[derive(Serialize, ToSchema)]
struct Sessions {
    /// The live ones, the last used first.
    items: Vec<SessionView>,
}

/// List one's sessions.
#[utoipa::path(get, path = "/me/sessions", tag = "Identity", responses((status = 200, body = Sessions)))]
async fn list_sessions(
    Extension(identity): Extension<Identity>,
    caller: Caller,
) -> Result<axum::Json<Sessions>, ApiError> {
    Ok(axum::Json(Sessions { items: identity.list_sessions(caller.user, caller.session).await? }))
}

/// End a session.
#[utoipa::path(delete, path = "/me/sessions/{session}", tag = "Identity",
    params(("session" = SessionId, Path)), responses((status = 204)))]
async fn end_session(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    Path(session): Path<SessionId>,
) -> Result<StatusCode, ApiError> {
    identity.end_session(caller.user, session).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End all other sessions.
#[utoipa::path(delete, path = "/me/sessions", tag = "Identity", responses((status = 204)))]
async fn end_other_sessions(
    Extension(identity): Extension<Identity>,
    caller: Caller,
) -> Result<StatusCode, ApiError> {
    identity.end_other_sessions(caller.user, caller.session).await?;
    Ok(StatusCode::NO_CONTENT)
}
