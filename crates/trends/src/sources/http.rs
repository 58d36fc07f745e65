//! Routes of sources.

use axum::{
    Extension,
    http::{StatusCode, header},
    response::IntoResponse,
};
use bellwether_kernel::Page;
use bellwether_web::{
    Api, ApiError, BrandMember, Class, IfMatch, Json, PageQuery, Path, Query, RequestContext, Versioned,
    limit,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::{Candidate, CreateSource, Import, Imported, Kind, SourceView, State, UpdateSource};
use crate::{SourceId, Trends};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(detect_sources).layer(limit(Class::Generate)))
        .routes(routes!(list_sources))
        // each is a look at once
        .routes(routes!(create_source).layer(limit(Class::Generate)))
        .routes(routes!(import_sources))
        .routes(routes!(export_sources))
        .routes(routes!(get_source, update_source, delete_source))
        .routes(routes!(check_source).layer(limit(Class::Generate)))
}

/// Path of one source.
#[derive(Deserialize, IntoParams)]
struct SourcePath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Slug or id of the brand.
    #[expect(dead_code, reason = "read by the gate")]
    brand: String,
    /// Id of the source.
    source: SourceId,
}

/// Which sources.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SourceQuery {
    /// Of this kind only.
    kind: Option<Kind>,
    /// In this state only.
    state: Option<State>,
    /// Words in the name or address.
    q: Option<String>,
}

/// What somebody gave.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DetectSources {
    /// An address, `@handle`, `#hashtag`, `r/name` or the name of a network. At most 2,000 characters.
    text: String,
}

/// What it may be.
#[derive(Debug, Serialize, ToSchema)]
struct Candidates {
    /// The likeliest first.
    candidates: Vec<Candidate>,
}

/// Find sources behind an address.
///
/// A plain page is read for the feeds that it names. Of those that can be read the newest three entries are shown. Needs
/// `brand.update`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/sources/detect", tag = "Sources",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = DetectSources,
    responses((status = 200, body = Candidates), (status = 422, description = "Nothing that could be a source"),
        (status = 429, description = "Too many"), (status = 502, description = "The address does not answer")))]
async fn detect_sources(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    Json(input): Json<DetectSources>,
) -> Result<axum::Json<Candidates>, ApiError> {
    Ok(axum::Json(Candidates { candidates: trends.detect_sources(&access, &input.text).await? }))
}

/// List sources.
///
/// The oldest first.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/sources", tag = "Sources",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"),
        SourceQuery, PageQuery),
    responses((status = 200, body = Page<SourceView>)))]
async fn list_sources(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    Query(query): Query<SourceQuery>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<SourceView>>, ApiError> {
    let found = trends.list_sources(&access, query.kind, query.state, query.q.as_deref(), page).await?;
    Ok(axum::Json(found))
}

/// Add a source.
///
/// It is looked at at once. Where no feed is named, it is found on that look. At most 30 a minute; many come in as an OPML
/// file. Needs `brand.update`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/sources", tag = "Sources",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = CreateSource,
    responses((status = 201, body = SourceView),
        (status = 409, description = "`already_known`, naming it at `url`, or there are 500 already")))]
async fn create_source(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(input): Json<CreateSource>,
) -> Result<(StatusCode, Versioned<SourceView>), ApiError> {
    let view = trends.create_source(&access, input, &context).await?;
    Ok((StatusCode::CREATED, Versioned(view.version, view)))
}

/// Read a source.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/sources/{source}", tag = "Sources",
    params(SourcePath), responses((status = 200, body = SourceView)))]
async fn get_source(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    Path(path): Path<SourcePath>,
) -> Result<Versioned<SourceView>, ApiError> {
    let view = trends.get_source(&access, path.source).await?;
    Ok(Versioned(view.version, view))
}

/// Change a source.
///
/// Needs `brand.update` and `If-Match` with the version read.
#[utoipa::path(patch, path = "/organizations/{org}/brands/{brand}/sources/{source}", tag = "Sources",
    params(SourcePath, IfMatch), request_body = UpdateSource, responses((status = 200, body = SourceView)))]
async fn update_source(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    Path(path): Path<SourcePath>,
    IfMatch(version): IfMatch,
    RequestContext(context): RequestContext,
    Json(change): Json<UpdateSource>,
) -> Result<Versioned<SourceView>, ApiError> {
    let view = trends.update_source(&access, path.source, version, change, &context).await?;
    Ok(Versioned(view.version, view))
}

/// Delete a source.
///
/// What only it said goes with it. Needs `brand.update`.
#[utoipa::path(delete, path = "/organizations/{org}/brands/{brand}/sources/{source}", tag = "Sources",
    params(SourcePath), responses((status = 204)))]
async fn delete_source(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    Path(path): Path<SourcePath>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    trends.delete_source(&access, path.source, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Look at a source now.
///
/// In the background; an event of kind `source.checked` tells of the end. At most once a minute for a source. Needs
/// `brand.update`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/sources/{source}/check", tag = "Sources",
    params(SourcePath),
    responses((status = 202, body = SourceView), (status = 409, description = "Paused, or nothing can be read of it"),
        (status = 429, description = "Looked at less than a minute ago")))]
async fn check_source(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    Path(path): Path<SourcePath>,
) -> Result<(StatusCode, axum::Json<SourceView>), ApiError> {
    Ok((StatusCode::ACCEPTED, axum::Json(trends.ask_check(&access, path.source).await?)))
}

/// Add the sources of an OPML file.
///
/// What is known is left as it is; what can't be added is told with the reason. Needs `brand.update`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/sources/import", tag = "Sources",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = Import,
    responses((status = 200, body = Imported), (status = 422, description = "No OPML")))]
async fn import_sources(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(input): Json<Import>,
) -> Result<axum::Json<Imported>, ApiError> {
    Ok(axum::Json(trends.import_sources(&access, &input.opml, &context).await?))
}

/// Sources as an OPML 2.0 file.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/sources/export", tag = "Sources",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, description = "An OPML 2.0 file, UTF-8", content_type = "text/x-opml", body = String)))]
async fn export_sources(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
) -> Result<impl IntoResponse, ApiError> {
    let headers = [
        (header::CONTENT_TYPE, "text/x-opml; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"sources.opml\""),
    ];
    Ok((headers, trends.export_sources(&access).await?))
}
