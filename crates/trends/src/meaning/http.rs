//! Route of what is understood.

use axum::Extension;
use bellwether_web::{Api, ApiError, BrandMember};
use utoipa_axum::routes;

use super::EmbeddingsView;
use crate::Trends;

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(get_embeddings))
}

/// Read how far meanings are known.
///
/// Which model turns items into vectors, how many it has still to do, or why search goes by words only.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/embeddings", tag = "Sources",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = EmbeddingsView)))]
async fn get_embeddings(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
) -> Result<axum::Json<EmbeddingsView>, ApiError> {
    Ok(axum::Json(trends.embeddings(&access).await?))
}
