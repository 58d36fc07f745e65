//! Routes of models.

use axum::{Extension, http::StatusCode};
use bellwether_kernel::Page;
use bellwether_web::{Api, ApiError, BrandMember, Class, Json, PageQuery, Path, RequestContext, limit};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::{VoiceModelSummary, VoiceModelView};
use crate::{Brands, ids::VoiceModelId, voice::Family};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(train_model).layer(limit(Class::Generate)))
        .routes(routes!(list_voice_models))
        .routes(routes!(get_model, delete_model))
        .routes(routes!(activate_model))
}

/// Path of one model.
#[derive(Deserialize, IntoParams)]
struct ModelPath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Slug or id of the brand.
    #[expect(dead_code, reason = "read by the gate")]
    brand: String,
    /// Id of the model.
    model: VoiceModelId,
}

/// What to train.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewVoiceModel {
    /// For which networks.
    family: Family,
}

/// Train a voice.
///
/// Answers at once; `voice_model.progress` tells how far it is, then `voice_model.completed` or `voice_model.failed`. The
/// first version of a family is put to use by itself, a later one unless it tells the brand's texts from others less
/// well. The newest 20 versions are kept. Needs `brand.update`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/voice/models", tag = "Voice",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = NewVoiceModel,
    responses((status = 202, body = VoiceModelView),
        (status = 409, description = "There are too few samples, or one is being trained")))]
async fn train_model(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(input): Json<NewVoiceModel>,
) -> Result<(StatusCode, axum::Json<VoiceModelView>), ApiError> {
    let view = brands.create_voice_model(&access, input.family, &context).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(view)))
}

/// List versions of the voice.
///
/// The newest first.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/voice/models", tag = "Voice",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"),
        PageQuery), responses((status = 200, body = Page<VoiceModelSummary>)))]
async fn list_voice_models(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<VoiceModelSummary>>, ApiError> {
    Ok(axum::Json(brands.list_voice_models(&access, page).await?))
}

/// Read a version of the voice.
///
/// With its style guide, without the quotes whose sample is gone; those from posts only for who holds `posts.read`.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/voice/models/{model}", tag = "Voice",
    params(ModelPath), responses((status = 200, body = VoiceModelView)))]
async fn get_model(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    Path(path): Path<ModelPath>,
) -> Result<axum::Json<VoiceModelView>, ApiError> {
    Ok(axum::Json(brands.get_voice_model(&access, path.model).await?))
}

/// Put a version of the voice to use.
///
/// In the place of the one that was, at once for everybody; an older version again is the way back. Needs `brand.update`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/voice/models/{model}/activate", tag = "Voice",
    params(ModelPath),
    responses((status = 200, body = VoiceModelView), (status = 409, description = "Its training is not completed")))]
async fn activate_model(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    Path(path): Path<ModelPath>,
    RequestContext(context): RequestContext,
) -> Result<axum::Json<VoiceModelView>, ApiError> {
    Ok(axum::Json(brands.activate_voice_model(&access, path.model, &context).await?))
}

/// Delete a version of the voice.
///
/// The one in use too: from then on nothing is written or heard with it, and its family is heard by the voice of all, or by
/// none until one is trained or put to use. Needs `brand.update`.
#[utoipa::path(delete, path = "/organizations/{org}/brands/{brand}/voice/models/{model}", tag = "Voice",
    params(ModelPath), responses((status = 204), (status = 409, description = "It is being trained")))]
async fn delete_model(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    Path(path): Path<ModelPath>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    brands.delete_voice_model(&access, path.model, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}
