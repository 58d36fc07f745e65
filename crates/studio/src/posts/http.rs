//! Routes of posts.

use axum::{Extension, http::StatusCode};
use bellwether_kernel::{
    Page,
    id::{GenerationId, PostId, VersionId},
};
use bellwether_networks::{Content, Network, Tone};
use bellwether_web::{
    Api, ApiError, BrandMember, Class, IfMatch, Json, PageQuery, Patch, Path, Query, RequestContext,
    Versioned, limit,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::{
    BulkResult, Filter, PostChange, PostView, VersionView,
    model::{Action, Status},
};
use crate::{Studio, media::AttachMedia};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_posts))
        .routes(routes!(get_post, update_post, delete_post))
        .routes(routes!(approve_post))
        .routes(routes!(reject_post))
        .routes(routes!(reopen_post))
        .routes(routes!(archive_post))
        .routes(routes!(restore_post))
        .routes(routes!(rate_post))
        .routes(routes!(regenerate_post).layer(limit(Class::Generate)))
        .routes(routes!(review_posts))
        .routes(routes!(list_versions))
        .routes(routes!(restore_version))
}

/// Path of one post.
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

/// Path of one version.
#[derive(Deserialize, IntoParams)]
struct VersionPath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Slug or id of the brand.
    #[expect(dead_code, reason = "read by the gate")]
    brand: String,
    /// Id of the post.
    post: PostId,
    /// Id of the version.
    version: VersionId,
}

/// What the list can be narrowed to.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PostQuery {
    /// Only of this status.
    status: Option<Status>,
    /// Only of this network.
    network: Option<Network>,
    /// Only of this generation.
    generation: Option<GenerationId>,
    /// Only with these words; the last may be unfinished.
    q: Option<String>,
}

/// A change of a post; absent fields stay.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UpdatePost {
    /// The text, whole.
    #[serde(default)]
    content: Option<Content>,
    /// For those who review it, up to 4,000 characters.
    #[serde(default)]
    note: Option<String>,
    /// The files that it shows, all of them, in order.
    #[serde(default)]
    media: Option<Vec<AttachMedia>>,
    /// What is said below it once it is out, as long as the network's rules allow; null takes it away.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    first_comment: Patch<String>,
    /// What is chosen of its network, all of it, by the names and values that `GET /networks` gives for the target
    /// (`rules.options`): `{"privacy": "unlisted"}`. What is null or empty is left out.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    options: Option<Map<String, Value>>,
}

/// Why a post is rejected.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RejectPost {
    /// Up to 1,000 characters.
    #[serde(default)]
    reason: Option<String>,
}

/// How another text should be.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RegeneratePost {
    /// Another tone; the same when absent.
    #[serde(default)]
    tone: Option<Tone>,
    /// What to do differently, up to 1,000 characters. Language models follow it; the built-in writer follows
    /// plain wishes (no hashtags, shorter, end with a question, mention …, avoid …) and notes what it couldn't follow.
    #[serde(default)]
    instructions: Option<String>,
}

/// A thumb.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RatePost {
    /// -1, 0 or 1.
    #[schema(minimum = -1, maximum = 1)]
    feedback: i16,
}

/// One action for many posts.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BulkReview {
    /// 1 to 100 posts.
    ids: Vec<PostId>,
    /// What to do with them.
    action: Action,
}

/// The kept versions of a post.
#[derive(Serialize, ToSchema)]
struct Versions {
    /// Newest first.
    items: Vec<VersionView>,
}

fn versioned(view: PostView) -> Versioned<PostView> {
    Versioned(view.version, view)
}

/// List posts.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/posts", tag = "Posts",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"),
        PostQuery, PageQuery),
    responses((status = 200, body = Page<PostView>)))]
async fn list_posts(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Query(query): Query<PostQuery>,
    PageQuery(page): PageQuery,
) -> Result<Json<Page<PostView>>, ApiError> {
    let filter =
        Filter { status: query.status, network: query.network, generation: query.generation, query: query.q };
    Ok(Json(studio.list_posts(&access, &filter, page).await?))
}

/// Read a post.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/posts/{post}", tag = "Posts", params(PostPath),
    responses((status = 200, body = PostView)))]
async fn get_post(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<PostPath>,
) -> Result<Versioned<PostView>, ApiError> {
    Ok(versioned(studio.get_post(&access, path.post).await?))
}

/// Change a post.
///
/// Needs `If-Match` with the version read. A text that breaks the network's rules is saved, and `issues` says how.
/// A first comment or an option that its network does not take is refused, each fault at its place. An approved post
/// whose text, first comment, options or files change goes back to review.
#[utoipa::path(patch, path = "/organizations/{org}/brands/{brand}/posts/{post}", tag = "Posts", params(PostPath),
    request_body = UpdatePost, responses((status = 200, body = PostView)))]
async fn update_post(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<PostPath>,
    IfMatch(version): IfMatch,
    RequestContext(context): RequestContext,
    Json(change): Json<UpdatePost>,
) -> Result<Versioned<PostView>, ApiError> {
    let change = PostChange {
        content: change.content,
        note: change.note,
        media: change.media,
        first_comment: change.first_comment.into_option(),
        options: change.options,
    };
    let view = studio.update_post(&access, path.post, version, change, &context).await?;
    Ok(versioned(view))
}

/// Delete a post.
///
/// It can be restored.
#[utoipa::path(delete, path = "/organizations/{org}/brands/{brand}/posts/{post}", tag = "Posts", params(PostPath),
    responses((status = 204)))]
async fn delete_post(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<PostPath>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    studio.delete_post(&access, path.post, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Approve a post.
///
/// Refused with the places named while it breaks its network's rules.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/posts/{post}/approve", tag = "Posts",
    params(PostPath), responses((status = 200, body = PostView)))]
async fn approve_post(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<PostPath>,
    RequestContext(context): RequestContext,
) -> Result<Versioned<PostView>, ApiError> {
    Ok(versioned(studio.review_post(&access, path.post, Action::Approve, None, &context).await?))
}

/// Reject a post.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/posts/{post}/reject", tag = "Posts",
    params(PostPath), request_body = RejectPost, responses((status = 200, body = PostView)))]
async fn reject_post(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<PostPath>,
    RequestContext(context): RequestContext,
    Json(input): Json<RejectPost>,
) -> Result<Versioned<PostView>, ApiError> {
    Ok(versioned(studio.review_post(&access, path.post, Action::Reject, input.reason, &context).await?))
}

/// Open a post for review again.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/posts/{post}/reopen", tag = "Posts",
    params(PostPath), responses((status = 200, body = PostView)))]
async fn reopen_post(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<PostPath>,
    RequestContext(context): RequestContext,
) -> Result<Versioned<PostView>, ApiError> {
    Ok(versioned(studio.review_post(&access, path.post, Action::Reopen, None, &context).await?))
}

/// Archive a post.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/posts/{post}/archive", tag = "Posts",
    params(PostPath), responses((status = 200, body = PostView)))]
async fn archive_post(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<PostPath>,
    RequestContext(context): RequestContext,
) -> Result<Versioned<PostView>, ApiError> {
    Ok(versioned(studio.review_post(&access, path.post, Action::Archive, None, &context).await?))
}

/// Restore a deleted post.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/posts/{post}/restore", tag = "Posts",
    params(PostPath), responses((status = 200, body = PostView)))]
async fn restore_post(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<PostPath>,
    RequestContext(context): RequestContext,
) -> Result<Versioned<PostView>, ApiError> {
    Ok(versioned(studio.restore_post(&access, path.post, &context).await?))
}

/// Rate a post.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/posts/{post}/feedback", tag = "Posts",
    params(PostPath), request_body = RatePost, responses((status = 200, body = PostView)))]
async fn rate_post(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<PostPath>,
    RequestContext(context): RequestContext,
    Json(input): Json<RatePost>,
) -> Result<Versioned<PostView>, ApiError> {
    Ok(versioned(studio.rate_post(&access, path.post, input.feedback, &context).await?))
}

/// Write another text for a post.
///
/// Answers at once with `regenerating: true`; the event `post.regenerated` or `post.regeneration_failed` follows.
/// The text before it stays among the versions.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/posts/{post}/regenerate", tag = "Posts",
    params(PostPath), request_body = RegeneratePost, responses((status = 202, body = PostView)))]
async fn regenerate_post(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<PostPath>,
    RequestContext(context): RequestContext,
    Json(input): Json<RegeneratePost>,
) -> Result<(StatusCode, Versioned<PostView>), ApiError> {
    let view = studio.regenerate_post(&access, path.post, input.tone, input.instructions, &context).await?;
    Ok((StatusCode::ACCEPTED, versioned(view)))
}

/// Review many posts.
///
/// Those that can't be are named with their reason; the others are done.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/posts/bulk", tag = "Posts",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = BulkReview, responses((status = 200, body = BulkResult)))]
async fn review_posts(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(input): Json<BulkReview>,
) -> Result<Json<BulkResult>, ApiError> {
    Ok(Json(studio.review_posts(&access, &input.ids, input.action, &context).await?))
}

/// List a post's versions.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/posts/{post}/versions", tag = "Posts",
    params(PostPath), responses((status = 200, body = Versions)))]
async fn list_versions(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<PostPath>,
) -> Result<Json<Versions>, ApiError> {
    Ok(Json(Versions { items: studio.list_versions(&access, path.post).await? }))
}

/// Restore a version.
///
/// Its text becomes the current one; the text before it stays among the versions.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/posts/{post}/versions/{version}/restore",
    tag = "Posts", params(VersionPath), responses((status = 200, body = PostView)))]
async fn restore_version(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<VersionPath>,
    RequestContext(context): RequestContext,
) -> Result<Versioned<PostView>, ApiError> {
    Ok(versioned(studio.restore_version(&access, path.post, path.version, &context).await?))
}
