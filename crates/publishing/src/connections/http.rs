//! Routes of connections.

use axum::{
    Extension,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use bellwether_kernel::{Kind, Problem};
use bellwether_networks::publish::Provider;
use bellwether_web::{Api, ApiError, BrandMember, Caller, Class, Json, Path, Query, RequestContext, limit};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::{Authorized, ConnectionView, CreateConnection, PickView, ProviderView};
use crate::{ConnectionId, ConsentId, Publishing};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_connection_providers))
        .routes(routes!(list_connections, create_connection))
        .routes(routes!(authorize_connection))
        .routes(routes!(return_from_consent))
        .routes(routes!(get_consent, pick_accounts))
        .routes(routes!(check_connection))
        .routes(routes!(take_posts_as_samples).layer(limit(Class::Generate)))
        .routes(routes!(delete_connection))
}

/// Several accounts.
#[derive(Serialize, ToSchema)]
struct ConnectionList {
    /// They.
    items: Vec<ConnectionView>,
}

/// Several ways out.
#[derive(Serialize, ToSchema)]
#[schema(as = ConnectionProviderList)]
struct ProviderList {
    /// They.
    items: Vec<ProviderView>,
}

/// Path of one connection.
#[derive(Deserialize, IntoParams)]
struct ConnectionPath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Slug or id of the brand.
    #[expect(dead_code, reason = "read by the gate")]
    brand: String,
    /// Id of the connection.
    connection: ConnectionId,
}

/// Path of one consent.
#[derive(Deserialize, IntoParams)]
struct ConsentPath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Slug or id of the brand.
    #[expect(dead_code, reason = "read by the gate")]
    brand: String,
    /// Id of the consent.
    pick: ConsentId,
}

/// List what can be connected.
///
/// With what the operator registers at each network, and whether that is done.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/connections/providers", tag = "Connections",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = ProviderList)))]
async fn list_connection_providers(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
) -> Result<axum::Json<ProviderList>, ApiError> {
    Ok(axum::Json(ProviderList { items: publishing.list_providers(&access)? }))
}

/// List connected accounts.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/connections", tag = "Connections",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = ConnectionList)))]
async fn list_connections(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
) -> Result<axum::Json<ConnectionList>, ApiError> {
    Ok(axum::Json(ConnectionList { items: publishing.list_connections(&access).await? }))
}

/// Connect an account with what is typed.
///
/// For the ways `fields` and `none`. Needs `connections.manage`. An account that is connected again keeps what is planned
/// for it.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/connections", tag = "Connections",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = CreateConnection,
    responses((status = 201, body = ConnectionList), (status = 422, description = "The network did not let us in")))]
async fn create_connection(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(input): Json<CreateConnection>,
) -> Result<(StatusCode, axum::Json<ConnectionList>), ApiError> {
    let items = publishing.connect(&access, input, &context).await?;
    Ok((StatusCode::CREATED, axum::Json(ConnectionList { items })))
}

/// Where to begin a consent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Authorize {
    /// The way out.
    provider: Provider,
    /// The instance, where a network has several.
    #[serde(default)]
    server: Option<String>,
}

/// Begin a consent.
///
/// Send the person to `authorize_url`; the network sends them back to this installation, which leads them to the page of
/// connections with `?pick=` and the consent's id, or `?error=` and a code. Needs `connections.manage` and a person.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/connections/authorize", tag = "Connections",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = Authorize,
    responses((status = 200, body = Authorized), (status = 409, description = "The operator has not set the network up")))]
async fn authorize_connection(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Json(input): Json<Authorize>,
) -> Result<axum::Json<Authorized>, ApiError> {
    Ok(axum::Json(publishing.authorize(&access, input.provider, input.server.as_deref()).await?))
}

/// What a network sends somebody back with.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Callback {
    /// As it was given out.
    #[serde(default)]
    state: String,
    /// When it went well.
    #[serde(default)]
    code: Option<String>,
    /// When it did not.
    #[serde(default)]
    error: Option<String>,
    /// Why not.
    #[serde(default)]
    error_description: Option<String>,
}

/// Come back from a consent.
///
/// Where networks send people. Leads on to the page of connections with `?pick=`, or with `?error=` and a code; to `/` with
/// `?error=` where nobody is signed in (`not_signed_in`) or nobody began this (`unknown_state`).
#[utoipa::path(get, path = "/connections/callback", tag = "Connections", params(Callback),
    responses((status = 303, description = "On to the page of connections, or to `/`")))]
async fn return_from_consent(
    Extension(publishing): Extension<Publishing>,
    caller: Result<Caller, ApiError>,
    Query(callback): Query<Callback>,
) -> Result<Response, ApiError> {
    // a person's browser stands here: it is led somewhere, whatever happened
    let Ok(caller) = caller else { return Ok(lost("not_signed_in")) };
    let refused = || {
        let words = callback.error_description.clone().or_else(|| callback.error.clone());
        let words = words.unwrap_or_else(|| "The network gave no code.".to_owned());
        Problem::new(Kind::Conflict, "consent_refused", words.chars().take(300).collect::<String>())
    };
    let code = callback.code.as_deref().ok_or_else(refused);
    let returned = publishing.returned(caller.user, &callback.state, code).await?;
    let Some(returned) = returned else { return Ok(lost("unknown_state")) };
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    match &returned.result {
        Ok(consent) => query.append_pair("pick", &consent.to_string()),
        Err(problem) => query.append_pair("error", problem.code).append_pair("words", &problem.detail),
    };
    let (organization, brand) = (returned.organization, returned.brand);
    Ok(Redirect::to(&format!("/{organization}/{brand}/brand/connections?{}", query.finish())).into_response())
}

/// Where somebody goes whose consent belongs to nobody that is known.
fn lost(code: &str) -> Response {
    Redirect::to(&format!("/?error={code}")).into_response()
}

/// Read what a consent reached.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/connections/picks/{pick}", tag = "Connections",
    params(ConsentPath), responses((status = 200, body = PickView), (status = 409, description = "It is over")))]
async fn get_consent(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<ConsentPath>,
) -> Result<axum::Json<PickView>, ApiError> {
    Ok(axum::Json(publishing.get_pick(&access, path.pick).await?))
}

/// What was picked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Picked {
    /// Ids of accounts.
    accounts: Vec<String>,
}

/// Connect what was picked.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/connections/picks/{pick}", tag = "Connections",
    params(ConsentPath), request_body = Picked, responses((status = 201, body = ConnectionList)))]
async fn pick_accounts(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<ConsentPath>,
    RequestContext(context): RequestContext,
    Json(input): Json<Picked>,
) -> Result<(StatusCode, axum::Json<ConnectionList>), ApiError> {
    let items = publishing.pick(&access, path.pick, &input.accounts, &context).await?;
    Ok((StatusCode::CREATED, axum::Json(ConnectionList { items })))
}

/// Check an account.
///
/// Asks the network whether it still works.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/connections/{connection}/check", tag = "Connections",
    params(ConnectionPath), responses((status = 200, body = ConnectionView)))]
async fn check_connection(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<ConnectionPath>,
) -> Result<axum::Json<ConnectionView>, ApiError> {
    Ok(axum::Json(publishing.check_connection(&access, path.connection).await?))
}

/// Take an account's posts as samples.
///
/// Reads what the account itself posted within the last two years, as far back as its network gives it, and keeps it as
/// samples of the brand's voice, each text once. Answers at once; `connection.posts_progress` tells how far it is, then
/// `connection.posts_taken` with the numbers or `connection.posts_failed` with the reason. Needs `brand.update` and
/// `posts.read`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/connections/{connection}/voice-samples",
    tag = "Connections", params(ConnectionPath),
    responses((status = 202, body = ConnectionView),
        (status = 409, description = "The account has to be connected again, or its network gives no posts back")))]
async fn take_posts_as_samples(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<ConnectionPath>,
) -> Result<(StatusCode, axum::Json<ConnectionView>), ApiError> {
    Ok((StatusCode::ACCEPTED, axum::Json(publishing.take_posts(&access, path.connection).await?)))
}

/// Disconnect an account.
///
/// Its secrets are deleted, what was planned for it waits until it is connected again, what is out stays out.
#[utoipa::path(delete, path = "/organizations/{org}/brands/{brand}/connections/{connection}", tag = "Connections",
    params(ConnectionPath), responses((status = 204)))]
async fn delete_connection(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<ConnectionPath>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    publishing.disconnect(&access, path.connection, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}
