//! Routes of rules, reviews and links.

use axum::{
    Extension,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use bellwether_kernel::{Page, id::PostId};
use bellwether_web::{Api, ApiError, BrandMember, Json, PageQuery, Path, RequestContext, ShownOnce};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    ApprovalRuleView, CreateApprovalRule, CreateReview, CreateReviewLink, ReviewLinkView,
    service::ReviewsView,
};
use crate::{ApprovalRuleId, Publishing, ReviewId, ReviewLinkId};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_approval_rules, create_approval_rule))
        .routes(routes!(delete_approval_rule))
        .routes(routes!(list_reviews, create_review))
        .routes(routes!(resolve_review))
        .routes(routes!(list_review_links, create_review_link))
        .routes(routes!(revoke_review_link))
}

/// Rules.
#[derive(Serialize, ToSchema)]
struct ApprovalRuleList {
    /// They.
    items: Vec<ApprovalRuleView>,
}

#[derive(Deserialize, IntoParams)]
struct PostPath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Slug or id of the brand.
    #[expect(dead_code, reason = "read by the gate")]
    brand: String,
    /// Id of the post.
    post: PostId,
}

#[derive(Deserialize)]
struct RulePath {
    rule: ApprovalRuleId,
}

#[derive(Deserialize)]
struct ReviewPath {
    post: PostId,
    review: ReviewId,
}

#[derive(Deserialize)]
struct LinkPath {
    review_link: ReviewLinkId,
}

/// List approval rules.
///
/// Who must approve what before it goes out.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/approval-rules", tag = "Reviews",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = ApprovalRuleList)))]
async fn list_approval_rules(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
) -> Result<axum::Json<ApprovalRuleList>, ApiError> {
    Ok(axum::Json(ApprovalRuleList { items: publishing.list_approval_rules(&access).await? }))
}

/// Ask for an approval.
///
/// From now on, for what is planned already too. An approval is of one text: a text that changes is approved anew. Needs
/// `brand.update`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/approval-rules", tag = "Reviews",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = CreateApprovalRule,
    responses((status = 201, body = ApprovalRuleView), (status = 409, description = "There is such a rule already")))]
async fn create_approval_rule(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(input): Json<CreateApprovalRule>,
) -> Result<(StatusCode, axum::Json<ApprovalRuleView>), ApiError> {
    let view = publishing.create_approval_rule(&access, &input, &context).await?;
    Ok((StatusCode::CREATED, axum::Json(view)))
}

/// Remove an approval rule.
#[utoipa::path(delete, path = "/organizations/{org}/brands/{brand}/approval-rules/{rule}", tag = "Reviews",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"),
        ("rule" = ApprovalRuleId, Path)), responses((status = 204)))]
async fn delete_approval_rule(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<RulePath>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    publishing.delete_approval_rule(&access, path.rule, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Read what was said of a post.
///
/// By the team and by clients, and what the post still lacks by the brand's rules.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/posts/{post}/reviews", tag = "Reviews",
    params(PostPath), responses((status = 200, body = ReviewsView)))]
async fn list_reviews(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<PostPath>,
) -> Result<axum::Json<ReviewsView>, ApiError> {
    Ok(axum::Json(publishing.list_reviews(&access, path.post).await?))
}

/// Review a post.
///
/// A remark, an approval for the brand's rules, or a request for changes, which opens an approved post again. With the last
/// approval that the rules ask for, a post that waits for review is approved. Needs `posts.review`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/posts/{post}/reviews", tag = "Reviews",
    params(PostPath), request_body = CreateReview, responses((status = 201, body = ReviewsView)))]
async fn create_review(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<PostPath>,
    RequestContext(context): RequestContext,
    Json(input): Json<CreateReview>,
) -> Result<(StatusCode, axum::Json<ReviewsView>), ApiError> {
    let view = publishing.create_review(&access, path.post, &input, &context).await?;
    Ok((StatusCode::CREATED, axum::Json(view)))
}

/// Settle a remark or a request for changes.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/posts/{post}/reviews/{review}/resolve", tag = "Reviews",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"),
        ("post" = PostId, Path), ("review" = ReviewId, Path)), responses((status = 200, body = ReviewsView)))]
async fn resolve_review(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<ReviewPath>,
    RequestContext(context): RequestContext,
) -> Result<axum::Json<ReviewsView>, ApiError> {
    Ok(axum::Json(publishing.resolve_review(&access, path.post, path.review, &context).await?))
}

/// List review links.
///
/// The newest first.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/review-links", tag = "Reviews",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"), PageQuery),
    responses((status = 200, body = Page<ReviewLinkView>)))]
async fn list_review_links(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<ReviewLinkView>>, ApiError> {
    Ok(axum::Json(publishing.list_review_links(&access, page).await?))
}

/// Make a review link.
///
/// For a client without an account: over chosen posts, or what is planned on some days. The address is told once. Needs
/// `posts.publish`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/review-links", tag = "Reviews",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = CreateReviewLink, responses((status = 201, body = ReviewLinkView)))]
async fn create_review_link(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(input): Json<CreateReviewLink>,
) -> Result<Response, ApiError> {
    let view = publishing.create_review_link(&access, &input, &context).await?;
    let again = ShownOnce::of(&ReviewLinkView { url: None, ..view.clone() });
    let mut response = (StatusCode::CREATED, axum::Json(view)).into_response();
    response.extensions_mut().insert(again);
    Ok(response)
}

/// Revoke a review link.
///
/// It opens no more; what was said by it stays. Needs `posts.publish`.
#[utoipa::path(delete, path = "/organizations/{org}/brands/{brand}/review-links/{review_link}", tag = "Reviews",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"),
        ("review_link" = ReviewLinkId, Path)), responses((status = 204)))]
async fn revoke_review_link(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<LinkPath>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    publishing.revoke_review_link(&access, path.review_link, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}
