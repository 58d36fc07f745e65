//! Routes of sessions.

use axum::{
    Extension,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use bellwether_kernel::id::SessionId;
use bellwether_web::{Api, ApiError, Caller, Path, RequestContext};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{NewSession, SessionView};
use crate::{Identity, people::http::with_cookie};

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(list_sessions, end_other_sessions)).routes(routes!(end_session))
}

/// An answer that renews the session's cookie, when it was given another token.
pub(crate) fn renewed(
    answer: impl IntoResponse,
    session: Option<&NewSession>,
    identity: &Identity,
) -> Result<Response, ApiError> {
    let response = answer.into_response();
    let Some(session) = session else { return Ok(response) };
    with_cookie(response, &session.cookie(identity))
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
    RequestContext(context): RequestContext,
    Path(session): Path<SessionId>,
) -> Result<StatusCode, ApiError> {
    identity.end_session(caller.user, session, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End all other sessions.
#[utoipa::path(delete, path = "/me/sessions", tag = "Identity", responses((status = 204)))]
async fn end_other_sessions(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    identity.end_other_sessions(caller.user, caller.session, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}
