//! Routes of publications.

use axum::{Extension, http::StatusCode};
use bellwether_kernel::{Page, id::PostId};
use bellwether_web::{
    Api, ApiError, BrandMember, IfMatch, Json, PageQuery, Path, Query, RequestContext, Versioned,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    Bulk, BulkResult, Calendar, CalendarDays, CreatePublications, Filter, PublicationDetail, PublicationView,
    Summary, UpdatePublication,
};
use crate::{PublicationId, Publishing};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(create_publications))
        .routes(routes!(list_publications))
        .routes(routes!(get_publishing_summary))
        .routes(routes!(change_publications))
        .routes(routes!(get_publication, update_publication))
        .routes(routes!(cancel_publication))
        .routes(routes!(retry_publication))
        .routes(routes!(settle_first_comment))
        .routes(routes!(publish_now))
        .routes(routes!(reconcile_publication))
        .routes(routes!(confirm_published))
        .routes(routes!(confirm_absent))
        .routes(routes!(get_calendar))
}

/// Path of a post.
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

/// Path of one publication.
#[derive(Deserialize, IntoParams)]
struct PublicationPath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Slug or id of the brand.
    #[expect(dead_code, reason = "read by the gate")]
    brand: String,
    /// Id of the publication.
    publication: PublicationId,
}

/// Several publications.
#[derive(Serialize, ToSchema)]
struct PublicationList {
    /// They.
    items: Vec<PublicationView>,
}

/// Publish a post.
///
/// On accounts of its network: at a time, at the next free time of the queue, now, or planned without a time. Needs
/// `posts.publish`. A post that waits for review is planned all the same and goes out only once it is approved. A post goes
/// out on an account once.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/posts/{post}/publications", tag = "Publishing",
    params(PostPath), request_body = CreatePublications,
    responses((status = 201, body = PublicationList), (status = 409, description = "It is planned there already"),
        (status = 422, description = "A past time, another network, or broken rules")))]
async fn create_publications(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<PostPath>,
    RequestContext(context): RequestContext,
    Json(input): Json<CreatePublications>,
) -> Result<(StatusCode, axum::Json<PublicationList>), ApiError> {
    let items = publishing.create_publications(&access, path.post, input, &context).await?;
    Ok((StatusCode::CREATED, axum::Json(PublicationList { items })))
}

/// List publications.
///
/// By their time, the latest first.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/publications", tag = "Publishing",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"),
        Filter, PageQuery), responses((status = 200, body = Page<PublicationView>)))]
async fn list_publications(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Query(filter): Query<Filter>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<PublicationView>>, ApiError> {
    Ok(axum::Json(publishing.list_publications(&access, &filter, page).await?))
}

/// Read what publishing asks for today.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/publications/summary", tag = "Publishing",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = Summary)))]
async fn get_publishing_summary(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
) -> Result<axum::Json<Summary>, ApiError> {
    Ok(axum::Json(publishing.summary(&access).await?))
}

/// Change many publications.
///
/// Each that can't be changed is named with its reason; the others are done. Needs `posts.publish`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/publications/bulk", tag = "Publishing",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = Bulk, responses((status = 200, body = BulkResult)))]
async fn change_publications(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(input): Json<Bulk>,
) -> Result<axum::Json<BulkResult>, ApiError> {
    Ok(axum::Json(publishing.change_publications(&access, &input, &context).await?))
}

/// Read a publication and its ledger.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/publications/{publication}", tag = "Publishing",
    params(PublicationPath), responses((status = 200, body = PublicationDetail)))]
async fn get_publication(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<PublicationPath>,
) -> Result<Versioned<PublicationDetail>, ApiError> {
    let view = publishing.get_publication(&access, path.publication).await?;
    Ok(Versioned(view.publication.version, view))
}

/// Change a publication.
///
/// Its time, or its own text. Needs `posts.publish` and `If-Match` with the version read.
#[utoipa::path(patch, path = "/organizations/{org}/brands/{brand}/publications/{publication}", tag = "Publishing",
    params(PublicationPath), request_body = UpdatePublication,
    responses((status = 200, body = PublicationView), (status = 409, description = "It is being sent, or is out")))]
async fn update_publication(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<PublicationPath>,
    IfMatch(version): IfMatch,
    RequestContext(context): RequestContext,
    Json(input): Json<UpdatePublication>,
) -> Result<Versioned<PublicationView>, ApiError> {
    let view = publishing.update_publication(&access, path.publication, version, input, &context).await?;
    Ok(Versioned(view.version, view))
}

/// Cancel a publication.
///
/// It will not go out. What is being sent, unclear or out can't be cancelled.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/publications/{publication}/cancel", tag = "Publishing",
    params(PublicationPath), responses((status = 200, body = PublicationView), (status = 409, description = "Too late")))]
async fn cancel_publication(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<PublicationPath>,
    RequestContext(context): RequestContext,
) -> Result<Versioned<PublicationView>, ApiError> {
    let view = publishing.cancel_publication(&access, path.publication, &context).await?;
    Ok(Versioned(view.version, view))
}

/// Send a failed publication again.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/publications/{publication}/retry", tag = "Publishing",
    params(PublicationPath), responses((status = 200, body = PublicationView), (status = 409, description = "It did not fail")))]
async fn retry_publication(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<PublicationPath>,
    RequestContext(context): RequestContext,
) -> Result<Versioned<PublicationView>, ApiError> {
    let view = publishing.retry_publication(&access, path.publication, &context).await?;
    Ok(Versioned(view.version, view))
}

/// What becomes of a first comment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SettleFirstComment {
    /// True: somebody saw it at the network. False: it is sent again.
    there: bool,
}

/// Settle a first comment.
///
/// One that failed is sent again; one of which nobody knows whether it is there is sent again or taken for done. The post
/// itself is left alone.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/publications/{publication}/first-comment", tag = "Publishing",
    params(PublicationPath), request_body = SettleFirstComment,
    responses((status = 200, body = PublicationView), (status = 409, description = "It neither failed nor is unclear")))]
async fn settle_first_comment(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<PublicationPath>,
    RequestContext(context): RequestContext,
    Json(input): Json<SettleFirstComment>,
) -> Result<Versioned<PublicationView>, ApiError> {
    let view = publishing.settle_first_comment(&access, path.publication, input.there, &context).await?;
    Ok(Versioned(view.version, view))
}

/// Publish now.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/publications/{publication}/publish-now", tag = "Publishing",
    params(PublicationPath), responses((status = 200, body = PublicationView), (status = 409, description = "Not approved, or out")))]
async fn publish_now(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<PublicationPath>,
    RequestContext(context): RequestContext,
) -> Result<Versioned<PublicationView>, ApiError> {
    let view = publishing.publish_now(&access, path.publication, &context).await?;
    Ok(Versioned(view.version, view))
}

/// Look whether an unclear publication is out.
///
/// Reads the account's posts at the network.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/publications/{publication}/reconcile", tag = "Publishing",
    params(PublicationPath), responses((status = 200, body = PublicationView), (status = 409, description = "It is not unclear")))]
async fn reconcile_publication(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<PublicationPath>,
) -> Result<Versioned<PublicationView>, ApiError> {
    let view = publishing.reconcile_publication(&access, path.publication).await?;
    Ok(Versioned(view.version, view))
}

/// Where somebody saw it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmPublished {
    /// The post's address at the network, when known.
    #[serde(default)]
    remote_url: Option<String>,
}

/// Confirm that an unclear publication is out.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/publications/{publication}/confirm-published", tag = "Publishing",
    params(PublicationPath), request_body = ConfirmPublished,
    responses((status = 200, body = PublicationView), (status = 409, description = "It is not unclear")))]
async fn confirm_published(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<PublicationPath>,
    RequestContext(context): RequestContext,
    Json(input): Json<ConfirmPublished>,
) -> Result<Versioned<PublicationView>, ApiError> {
    let url = input.remote_url.as_deref();
    let view = publishing.confirm_published(&access, path.publication, url, &context).await?;
    Ok(Versioned(view.version, view))
}

/// Confirm that an unclear publication is not out.
///
/// It is sent again.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/publications/{publication}/confirm-absent", tag = "Publishing",
    params(PublicationPath), responses((status = 200, body = PublicationView), (status = 409, description = "It is not unclear")))]
async fn confirm_absent(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Path(path): Path<PublicationPath>,
    RequestContext(context): RequestContext,
) -> Result<Versioned<PublicationView>, ApiError> {
    let view = publishing.confirm_absent(&access, path.publication, &context).await?;
    Ok(Versioned(view.version, view))
}

/// Read the calendar.
///
/// What is planned and out on some days of the brand's zone, and the queue's free times.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/calendar", tag = "Publishing",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"), CalendarDays),
    responses((status = 200, body = Calendar)))]
async fn get_calendar(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Query(days): Query<CalendarDays>,
) -> Result<axum::Json<Calendar>, ApiError> {
    Ok(axum::Json(publishing.calendar(&access, &days).await?))
}
