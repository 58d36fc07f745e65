//! The route of drafts of a trend.

use axum::{Extension, http::StatusCode};
use bellwether_trends::TrendId;
use bellwether_web::{Api, ApiError, BrandMember, Class, Json, Path, RequestContext, Versioned, limit};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::model::NewTrendDrafts;
use crate::{Studio, generations::GenerationView};

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(draft_trend).layer(limit(Class::Generate)))
}

/// Path of one trend.
#[derive(Deserialize, IntoParams)]
struct TrendPath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Slug or id of the brand.
    #[expect(dead_code, reason = "read by the gate")]
    brand: String,
    /// Id of the trend.
    trend: TrendId,
}

/// Make drafts of a trend.
///
/// Written from what its sources say, each named with its address; the posts are noted as made of the trend. Answers as
/// making drafts does: the same request as before answers 200 with `cached: true`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/trends/{trend}/drafts", tag = "Trends",
    params(TrendPath), request_body = NewTrendDrafts,
    responses((status = 202, body = GenerationView), (status = 200, body = GenerationView, description = "From before"),
        (status = 402, description = "The month's allowance is used up"),
        (status = 409, description = "`no_evidence`: its sources were deleted")))]
async fn draft_trend(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<TrendPath>,
    RequestContext(context): RequestContext,
    Json(input): Json<NewTrendDrafts>,
) -> Result<(StatusCode, Versioned<GenerationView>), ApiError> {
    let view = studio.draft_trend(&access, path.trend, input, &context).await?;
    let status = if view.cached { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Versioned(view.version, view)))
}
