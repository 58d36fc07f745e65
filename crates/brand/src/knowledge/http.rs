//! Routes of knowledge.

use axum::{Extension, http::StatusCode};
use bellwether_kernel::Page;
use bellwether_web::{
    Api, ApiError, BrandMember, IfMatch, Json, PageQuery, Path, Query, RequestContext, Versioned,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{Filter, KnowledgeView, UpdateKnowledge};
use crate::{Brands, ids::KnowledgeId};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_knowledge, create_knowledge))
        .routes(routes!(update_knowledge, delete_knowledge))
}

/// Path of one snippet.
#[derive(Deserialize, IntoParams)]
struct KnowledgePath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Slug or id of the brand.
    #[expect(dead_code, reason = "read by the gate")]
    brand: String,
    /// Id of the snippet.
    knowledge: KnowledgeId,
}

/// List knowledge.
///
/// The newest first.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/knowledge", tag = "Brand library",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"),
        Filter, PageQuery), responses((status = 200, body = Page<KnowledgeView>)))]
async fn list_knowledge(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    Query(filter): Query<Filter>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<KnowledgeView>>, ApiError> {
    Ok(axum::Json(brands.list_knowledge(&access, &filter, page).await?))
}

/// Keep a snippet.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/knowledge", tag = "Brand library",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = UpdateKnowledge,
    responses((status = 201, body = KnowledgeView), (status = 409, description = "There are 2,000 already")))]
async fn create_knowledge(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(input): Json<UpdateKnowledge>,
) -> Result<(StatusCode, Versioned<KnowledgeView>), ApiError> {
    let view = brands.create_knowledge(&access, input, &context).await?;
    Ok((StatusCode::CREATED, Versioned(view.version, view)))
}

/// Change a snippet.
///
/// Needs `brand.update` and `If-Match` with the version read.
#[utoipa::path(patch, path = "/organizations/{org}/brands/{brand}/knowledge/{knowledge}", tag = "Brand library",
    params(KnowledgePath), request_body = UpdateKnowledge, responses((status = 200, body = KnowledgeView)))]
async fn update_knowledge(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    Path(path): Path<KnowledgePath>,
    IfMatch(version): IfMatch,
    RequestContext(context): RequestContext,
    Json(change): Json<UpdateKnowledge>,
) -> Result<Versioned<KnowledgeView>, ApiError> {
    let view = brands.update_knowledge(&access, path.knowledge, version, change, &context).await?;
    Ok(Versioned(view.version, view))
}

/// Delete a snippet.
#[utoipa::path(delete, path = "/organizations/{org}/brands/{brand}/knowledge/{knowledge}", tag = "Brand library",
    params(KnowledgePath), responses((status = 204)))]
async fn delete_knowledge(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    Path(path): Path<KnowledgePath>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    brands.delete_knowledge(&access, path.knowledge, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}
