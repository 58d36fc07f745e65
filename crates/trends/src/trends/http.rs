//! Routes of trends. Drafts of one are the studio's, which writes them.

use axum::Extension;
use bellwether_kernel::Page;
use bellwether_web::{
    Api, ApiError, BrandMember, IfMatch, Json, PageQuery, Path, Query, RequestContext, Versioned,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{Accuracy, EvidenceView, Sort, TrendDetail, TrendState, TrendView, UpdateTrend, WantedTrends};
use crate::{TrendId, Trends};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_trends))
        .routes(routes!(get_trend_accuracy))
        .routes(routes!(get_trend, update_trend))
        .routes(routes!(list_trend_evidence))
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

/// Which trends.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TrendQuery {
    /// In this state; may be given several times. `active` and `declining` when absent.
    #[serde(default)]
    state: Vec<TrendState>,
    /// Of this category only.
    category: Option<String>,
    /// Letters in the name or the keywords.
    q: Option<String>,
    /// At least this sure, 0 to 1.
    min_confidence: Option<f64>,
    /// By what they are ordered; `rank` when absent.
    #[param(inline)]
    sort: Option<Sort>,
    /// `true`: those that were put aside, instead of the others.
    #[serde(default)]
    dismissed: bool,
}

/// List trends.
///
/// What rises in what the brand's sources say, ranked by confidence, relevance to the brand, pace and freshness.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/trends", tag = "Trends",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"),
        TrendQuery, PageQuery),
    responses((status = 200, body = Page<TrendView>)))]
async fn list_trends(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    Query(query): Query<TrendQuery>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<TrendView>>, ApiError> {
    let wanted = WantedTrends {
        states: query.state,
        category: query.category,
        q: query.q,
        min_confidence: query.min_confidence,
        dismissed: query.dismissed,
        sort: query.sort.unwrap_or_default(),
    };
    Ok(axum::Json(trends.list_trends(&access, &wanted, page).await?))
}

/// Read how often predictions came true.
///
/// Of all trends of the brand that are over: how often peak and size lay in the ranges that were predicted when the trend
/// was found, and how often it went on at all.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/trends/accuracy", tag = "Trends",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = Accuracy)))]
async fn get_trend_accuracy(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
) -> Result<axum::Json<Accuracy>, ApiError> {
    Ok(axum::Json(trends.trend_accuracy(&access).await?))
}

/// Read a trend.
///
/// With why it is one, what it has to do with the brand, what would end it, three angles and its newest items. One that
/// turned out to be part of another answers with that one, whose id differs.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/trends/{trend}", tag = "Trends",
    params(TrendPath), responses((status = 200, body = TrendDetail)))]
async fn get_trend(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    Path(path): Path<TrendPath>,
) -> Result<Versioned<TrendDetail>, ApiError> {
    let view = trends.get_trend(&access, path.trend).await?;
    Ok(Versioned(view.trend.version, view))
}

/// Change a trend.
///
/// A name or category given by somebody stays whatever is found later. Needs `brand.update` and `If-Match` with the
/// version read; what is found meanwhile does not change the version.
#[utoipa::path(patch, path = "/organizations/{org}/brands/{brand}/trends/{trend}", tag = "Trends",
    params(TrendPath, IfMatch), request_body = UpdateTrend, responses((status = 200, body = TrendDetail)))]
async fn update_trend(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    Path(path): Path<TrendPath>,
    IfMatch(version): IfMatch,
    RequestContext(context): RequestContext,
    Json(change): Json<UpdateTrend>,
) -> Result<Versioned<TrendDetail>, ApiError> {
    let view = trends.update_trend(&access, path.trend, version, change, &context).await?;
    Ok(Versioned(view.trend.version, view))
}

/// List a trend's items.
///
/// The newest first, each with how much of what holds the trend together it says.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/trends/{trend}/evidence", tag = "Trends",
    params(TrendPath, PageQuery), responses((status = 200, body = Page<EvidenceView>)))]
async fn list_trend_evidence(
    Extension(trends): Extension<Trends>,
    BrandMember(access): BrandMember,
    Path(path): Path<TrendPath>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<EvidenceView>>, ApiError> {
    Ok(axum::Json(trends.list_trend_evidence(&access, path.trend, page).await?))
}
