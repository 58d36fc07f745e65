//! Routes of the voice as a whole.

use axum::Extension;
use bellwether_web::{Api, ApiError, BrandMember, Json};
use utoipa_axum::routes;

use super::{ScoreText, ScoreView, overview::VoiceOverview};
use crate::Brands;

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(get_voice)).routes(routes!(score_text))
}

/// Read how far a brand's voice is.
///
/// What there is to learn from, by family of networks, and the model in use.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/voice", tag = "Voice",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = VoiceOverview)))]
async fn get_voice(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
) -> Result<axum::Json<VoiceOverview>, ApiError> {
    Ok(axum::Json(brands.voice_overview(&access).await?))
}

/// Hear a text.
///
/// How sure the brand's voice is that the brand wrote it, with reasons. Too little gives no number, but what is needed.
/// Nothing is stored.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/voice/score", tag = "Voice",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = ScoreText, responses((status = 200, body = ScoreView)))]
async fn score_text(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    Json(input): Json<ScoreText>,
) -> Result<axum::Json<ScoreView>, ApiError> {
    Ok(axum::Json(brands.score_text(&access, input).await?))
}
