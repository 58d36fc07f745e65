//! Routes of people.

use axum::{
    Extension,
    http::{HeaderMap, HeaderValue, StatusCode, header::SET_COOKIE},
    response::{IntoResponse, Response},
};
use bellwether_web::{Api, ApiError, Caller, Class, Json, OptionalCaller, RequestContext, cookies, limit};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::{SignedIn, model::Me, service::UpdateMe};
use crate::{
    Identity,
    factors::{Pending, Step},
};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(sign_in).layer(limit(Class::Auth)))
        .routes(routes!(sign_out))
        .routes(routes!(use_link).layer(limit(Class::Auth)))
        .routes(routes!(get_me, update_me))
}

/// What signing in takes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignIn {
    /// E-mail address.
    email: String,
    /// Password.
    password: String,
}

/// A one-time link's token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UseLink {
    /// What stands behind `#token=` in the link.
    token: String,
}

impl Step {
    /// 200 with the session's cookie, or 202 with what the second step takes.
    pub(crate) fn response(self, identity: &Identity) -> Result<Response, ApiError> {
        match self {
            Self::SignedIn(signed_in) => signed_in.response(StatusCode::OK, identity),
            Self::SecondFactor(pending) => Ok((StatusCode::ACCEPTED, axum::Json(pending)).into_response()),
        }
    }
}

impl SignedIn {
    pub(crate) fn response(self, status: StatusCode, identity: &Identity) -> Result<Response, ApiError> {
        let response = (status, axum::Json(self.me)).into_response();
        let response = with_cookie(response, &self.session.cookie(identity))?;
        match self.session.device_cookie(identity) {
            Some(device) => with_cookie(response, &device),
            None => Ok(response),
        }
    }
}

pub(crate) fn with_cookie(mut response: Response, cookie: &str) -> Result<Response, ApiError> {
    let value = HeaderValue::from_str(cookie).map_err(|error| {
        bellwether_kernel::Problem::new(bellwether_kernel::Kind::Internal, "internal", error.to_string())
    })?;
    response.headers_mut().append(SET_COOKIE, value);
    Ok(response)
}

/// Sign in.
#[utoipa::path(post, path = "/auth/sign-in", tag = "Identity", security(()), request_body = SignIn,
    responses((status = 200, body = Me), (status = 202, body = Pending, description = "A second factor is asked for"),
        (status = 401, description = "Address or password is wrong"),
        (status = 429, description = "Too many wrong passwords from here; a mailed link always works")))]
async fn sign_in(
    Extension(identity): Extension<Identity>,
    RequestContext(context): RequestContext,
    headers: HeaderMap,
    Json(input): Json<SignIn>,
) -> Result<Response, ApiError> {
    identity
        .sign_in(&input.email, input.password, cookies::device_token(&headers), &context)
        .await?
        .response(&identity)
}

/// Sign out.
///
/// Ends the session of the cookie; without one there is nothing to do.
#[utoipa::path(post, path = "/auth/sign-out", tag = "Identity", security(()), responses((status = 204)))]
async fn sign_out(
    Extension(identity): Extension<Identity>,
    OptionalCaller(caller): OptionalCaller,
    RequestContext(context): RequestContext,
) -> Result<Response, ApiError> {
    if let Some(Caller { user, session: Some(session), .. }) = caller {
        identity.end_session(user, session, &context).await?;
    }
    with_cookie(StatusCode::NO_CONTENT.into_response(), &cookies::forget())
}

/// Use a one-time link.
#[utoipa::path(post, path = "/auth/link", tag = "Identity", security(()), request_body = UseLink,
    responses((status = 200, body = Me), (status = 202, body = Pending, description = "A second factor is asked for"),
        (status = 404, description = "Used or expired")))]
async fn use_link(
    Extension(identity): Extension<Identity>,
    RequestContext(context): RequestContext,
    Json(input): Json<UseLink>,
) -> Result<Response, ApiError> {
    identity.use_link(&input.token, &context).await?.response(&identity)
}

/// The signed-in person.
#[utoipa::path(get, path = "/me", tag = "Identity", responses((status = 200, body = Me)))]
async fn get_me(
    Extension(identity): Extension<Identity>,
    caller: Caller,
) -> Result<axum::Json<Me>, ApiError> {
    Ok(axum::Json(identity.me(caller.user).await?))
}

/// Change one's own data.
#[utoipa::path(patch, path = "/me", tag = "Identity", request_body = UpdateMe, responses((status = 200, body = Me)))]
async fn update_me(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    Json(change): Json<UpdateMe>,
) -> Result<axum::Json<Me>, ApiError> {
    Ok(axum::Json(identity.update_me(caller.user, change).await?))
}
