//! Routes of generations.

use axum::{Extension, http::StatusCode};
use bellwether_kernel::{
    Page,
    id::{GenerationId, OutputId},
};
use bellwether_web::{
    Api, ApiError, BrandMember, Class, Json, PageQuery, Path, Query, RequestContext, Versioned, limit,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::{GenerationSummary, GenerationView, NewGeneration, model::GenerationStatus};
use crate::Studio;

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(create_generation).layer(limit(Class::Generate)))
        .routes(routes!(list_generations))
        .routes(routes!(retry_output).layer(limit(Class::Generate)))
        .routes(routes!(get_generation, delete_generation))
        .routes(routes!(get_input))
        .routes(routes!(restore_generation))
}

/// Path of one generation.
#[derive(Deserialize, IntoParams)]
struct GenerationPath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Slug or id of the brand.
    #[expect(dead_code, reason = "read by the gate")]
    brand: String,
    /// Id of the generation.
    generation: GenerationId,
}

/// Path of one output.
#[derive(Deserialize, IntoParams)]
struct OutputPath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Slug or id of the brand.
    #[expect(dead_code, reason = "read by the gate")]
    brand: String,
    /// Id of the generation.
    generation: GenerationId,
    /// Id of the output.
    output: OutputId,
}

/// What the history can be narrowed to.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct GenerationQuery {
    /// Only of this status.
    status: Option<GenerationStatus>,
    /// Only with this in title, address, file name, topic or beginning.
    q: Option<String>,
}

/// The input's text, whole.
#[derive(Serialize, ToSchema)]
struct InputText {
    /// Plain text, as the writer read it.
    text: String,
}

/// Make drafts.
///
/// The input is read at once, so that a bad one is told at once; drafts are written in the background, each announced
/// by the event `generation.output_completed`. The same request as before answers 200 with `cached: true`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/generations", tag = "Generations",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = NewGeneration,
    responses((status = 202, body = GenerationView), (status = 200, body = GenerationView, description = "From before"),
        (status = 402, description = "The month's allowance is used up")))]
async fn create_generation(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(input): Json<NewGeneration>,
) -> Result<(StatusCode, Versioned<GenerationView>), ApiError> {
    let view = studio.create_generation(&access, input, &context).await?;
    let status = if view.cached { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Versioned(view.version, view)))
}

/// List generations.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/generations", tag = "Generations",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"),
        GenerationQuery, PageQuery),
    responses((status = 200, body = Page<GenerationSummary>)))]
async fn list_generations(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Query(query): Query<GenerationQuery>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<GenerationSummary>>, ApiError> {
    Ok(axum::Json(studio.list_generations(&access, query.status, query.q.as_deref(), page).await?))
}

/// Read a generation.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/generations/{generation}", tag = "Generations",
    params(GenerationPath), responses((status = 200, body = GenerationView)))]
async fn get_generation(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<GenerationPath>,
) -> Result<Versioned<GenerationView>, ApiError> {
    let view = studio.get_generation(&access, path.generation).await?;
    Ok(Versioned(view.version, view))
}

/// Read a generation's input.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/generations/{generation}/input", tag = "Generations",
    params(GenerationPath), responses((status = 200, body = InputText)))]
async fn get_input(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<GenerationPath>,
) -> Result<axum::Json<InputText>, ApiError> {
    Ok(axum::Json(InputText { text: studio.get_input_text(&access, path.generation).await? }))
}

/// Delete a generation.
///
/// It leaves the history; its posts stay. It can be restored.
#[utoipa::path(delete, path = "/organizations/{org}/brands/{brand}/generations/{generation}", tag = "Generations",
    params(GenerationPath), responses((status = 204)))]
async fn delete_generation(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<GenerationPath>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    studio.delete_generation(&access, path.generation, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Restore a deleted generation.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/generations/{generation}/restore",
    tag = "Generations", params(GenerationPath), responses((status = 200, body = GenerationView)))]
async fn restore_generation(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<GenerationPath>,
    RequestContext(context): RequestContext,
) -> Result<Versioned<GenerationView>, ApiError> {
    let view = studio.restore_generation(&access, path.generation, &context).await?;
    Ok(Versioned(view.version, view))
}

/// Try a failed output again.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/generations/{generation}/outputs/{output}/retry",
    tag = "Generations", params(OutputPath), responses((status = 202, body = GenerationView)))]
async fn retry_output(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<OutputPath>,
    RequestContext(context): RequestContext,
) -> Result<(StatusCode, Versioned<GenerationView>), ApiError> {
    let view = studio.retry_output(&access, path.generation, path.output, &context).await?;
    Ok((StatusCode::ACCEPTED, Versioned(view.version, view)))
}
