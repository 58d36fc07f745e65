//! Routes of outside identities.

use axum::{
    Extension,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bellwether_kernel::{Kind, Problem};
use bellwether_web::{
    Api, ApiError, Caller, Class, Json, OptionalCaller, Path, Query, RequestContext, limit,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::{
    ExternalIdentityView, ProviderView,
    service::{Back, Begun, Done, LIFE},
};
use crate::{
    Error, Identity,
    factors::{Step, http::Confirmation},
    ids::ExternalIdentityId,
    sessions,
};

/// The cookie that ties a sign-in to the browser in which it began.
const COOKIE: &str = "bellwether_flow";
const COOKIE_PATH: &str = "/api/v1/auth/external";

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_providers))
        .routes(routes!(begin_external_sign_in).layer(limit(Class::Auth)))
        .routes(routes!(external_callback).layer(limit(Class::Auth)))
        .routes(routes!(list_external_identities))
        .routes(routes!(begin_external_link).layer(limit(Class::Auth)))
        .routes(routes!(unlink_external_identity).layer(limit(Class::Auth)))
}

/// Ways in.
#[derive(Serialize, ToSchema)]
struct Providers {
    /// OpenID providers, in the operator's order.
    items: Vec<ProviderView>,
    /// Whether passkeys can be used here.
    passkeys: bool,
}

/// One's outside identities.
#[derive(Serialize, ToSchema)]
struct ExternalIdentities {
    /// Oldest first.
    items: Vec<ExternalIdentityView>,
}

/// Where to go afterwards.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BeginExternal {
    /// A path of the app; `/` when absent.
    #[serde(default)]
    return_to: Option<String>,
}

/// Linking another way in.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BeginLink {
    /// A path of the app; `/` when absent.
    #[serde(default)]
    return_to: Option<String>,
    /// The present password; not needed within 15 minutes of signing in.
    #[serde(default)]
    password: Option<String>,
}

/// Where to send the browser.
#[derive(Serialize, ToSchema)]
struct GoTo {
    /// The provider's page.
    url: String,
}

/// What a provider sends the browser back with.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CallbackQuery {
    /// What we sent it with.
    #[serde(default)]
    state: String,
    /// To be exchanged for who it is.
    #[serde(default)]
    code: Option<String>,
    /// Which provider says so (RFC 9207).
    #[serde(default)]
    iss: Option<String>,
    /// Why not.
    #[serde(default)]
    error: Option<String>,
}

fn header_value(text: &str) -> Result<HeaderValue, ApiError> {
    HeaderValue::from_str(text)
        .map_err(|error| Problem::new(Kind::Internal, "internal", error.to_string()).into())
}

fn flow_cookie(value: &str, max_age: i64, identity: &Identity) -> Result<HeaderValue, ApiError> {
    let secure = if identity.config.public_url.starts_with("https://") { "; Secure" } else { "" };
    header_value(&format!(
        "{COOKIE}={value}; Path={COOKIE_PATH}; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}"
    ))
}

fn begun(begun: Begun, identity: &Identity) -> Result<Response, ApiError> {
    let cookie = flow_cookie(&begun.browser, LIFE.num_seconds(), identity)?;
    Ok(([(header::SET_COOKIE, cookie)], axum::Json(GoTo { url: begun.url })).into_response())
}

/// List the ways in besides the password.
#[utoipa::path(get, path = "/auth/external", tag = "Identity", security(()), responses((status = 200, body = Providers)))]
async fn list_providers(Extension(identity): Extension<Identity>) -> axum::Json<Providers> {
    axum::Json(Providers { items: identity.providers(), passkeys: identity.relying_party.is_ready() })
}

/// Begin to sign in with an OpenID provider.
///
/// Sets a cookie and gives the page to send the browser to.
#[utoipa::path(post, path = "/auth/external/{provider}/begin", tag = "Identity", security(()),
    params(("provider" = String, Path, description = "Id of the provider")), request_body = BeginExternal,
    responses((status = 200, body = GoTo), (status = 502, description = "The provider can't be reached")))]
async fn begin_external_sign_in(
    Extension(identity): Extension<Identity>,
    Path(provider): Path<String>,
    Json(input): Json<BeginExternal>,
) -> Result<Response, ApiError> {
    begun(identity.begin_external(&provider, None, input.return_to.as_deref()).await?, &identity)
}

/// Come back from an OpenID provider.
///
/// The browser is sent here by the provider, and on from here: to where it wanted, to the second step, or to the
/// sign-in page with `#error=` and a code.
#[utoipa::path(get, path = "/auth/external/{provider}/callback", tag = "Identity", security(()),
    params(("provider" = String, Path, description = "Id of the provider"), CallbackQuery),
    responses((status = 303, description = "On to the app")))]
async fn external_callback(
    Extension(identity): Extension<Identity>,
    Path(provider): Path<String>,
    Query(query): Query<CallbackQuery>,
    RequestContext(context): RequestContext,
    OptionalCaller(caller): OptionalCaller,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let browser = cookie(&headers);
    let back = Back {
        state: &query.state,
        code: query.code.as_deref(),
        issuer: query.iss.as_deref(),
        error: query.error.as_deref(),
        browser: browser.as_deref(),
        caller,
    };
    let (location, session) = match identity.finish_external(&provider, &back, &context).await {
        Ok((Done::Linked(session), page)) => (page, Some(session)),
        Ok((Done::SignedIn(Step::SignedIn(signed_in)), page)) => (page, Some(signed_in.session)),
        Ok((Done::SignedIn(Step::SecondFactor(pending)), page)) => {
            // behind the `#`, so that the token reaches no server log and no Referer
            let ways: Vec<String> = pending
                .ways
                .iter()
                .filter_map(|way| Some(serde_json::to_value(way).ok()?.as_str()?.to_owned()))
                .collect();
            let fragment = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("token", &pending.token)
                .append_pair("ways", &ways.join(","))
                .append_pair("to", &page)
                .finish();
            (format!("/sign-in/second-factor#{fragment}"), None)
        }
        Err(error) => (failed(error), None),
    };
    let mut response =
        (StatusCode::SEE_OTHER, [(header::LOCATION, header_value(&location)?)]).into_response();
    let headers = response.headers_mut();
    headers.append(header::SET_COOKIE, flow_cookie("", 0, &identity)?);
    if let Some(session) = session {
        headers.append(header::SET_COOKIE, header_value(&session.cookie(&identity))?);
        if let Some(device) = session.device_cookie(&identity) {
            headers.append(header::SET_COOKIE, header_value(&device)?);
        }
    }
    Ok(response)
}

/// The sign-in page, with why.
fn failed(error: Error) -> String {
    let problem = Problem::from(error);
    if problem.kind == Kind::Internal {
        tracing::error!(error = problem.detail, "coming back from an identity provider failed");
    }
    format!("/sign-in#error={}", problem.code)
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE && !value.is_empty()).then(|| value.to_owned()))
}

/// List one's outside identities.
#[utoipa::path(get, path = "/me/external-identities", tag = "Identity",
    responses((status = 200, body = ExternalIdentities)))]
async fn list_external_identities(
    Extension(identity): Extension<Identity>,
    caller: Caller,
) -> Result<axum::Json<ExternalIdentities>, ApiError> {
    Ok(axum::Json(ExternalIdentities { items: identity.list_external_identities(caller.user).await? }))
}

/// Begin to link an identity at an OpenID provider.
#[utoipa::path(post, path = "/me/external-identities/{provider}/begin", tag = "Identity",
    params(("provider" = String, Path, description = "Id of the provider")), request_body = BeginLink,
    responses((status = 200, body = GoTo)))]
async fn begin_external_link(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    Path(provider): Path<String>,
    RequestContext(context): RequestContext,
    Json(input): Json<BeginLink>,
) -> Result<Response, ApiError> {
    identity.confirm_self(caller, input.password, &context).await?;
    begun(identity.begin_external(&provider, Some(caller.user), input.return_to.as_deref()).await?, &identity)
}

/// Unlink an outside identity.
///
/// Not the last way into the account. Renews the session's cookie.
#[utoipa::path(post, path = "/me/external-identities/{identity}/unlink", tag = "Identity",
    params(("identity" = ExternalIdentityId, Path)), request_body = Confirmation, responses((status = 204)))]
async fn unlink_external_identity(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    Path(id): Path<ExternalIdentityId>,
    RequestContext(context): RequestContext,
    Json(input): Json<Confirmation>,
) -> Result<Response, ApiError> {
    let session = identity.unlink_external_identity(caller, id, input.password, &context).await?;
    sessions::renewed(StatusCode::NO_CONTENT, Some(&session), &identity)
}
