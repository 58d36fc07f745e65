//! Routes of notices.

use axum::{Extension, http::StatusCode};
use bellwether_kernel::{Page, id::PostId};
use bellwether_web::{Api, ApiError, BrandMember, Caller, Json, PageQuery, Path, Query, RequestContext};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{NotificationCount, NotificationView, ask::AskForReview};
use crate::{Delivery, NotificationId};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_notifications))
        .routes(routes!(count_notifications))
        .routes(routes!(read_notification))
        .routes(routes!(read_all_notifications))
        .routes(routes!(ask_for_review))
}

/// Which notices.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct NotificationQuery {
    /// Only those that are not read yet.
    #[serde(default)]
    unread: bool,
}

#[derive(Deserialize)]
struct NotificationPath {
    notification: NotificationId,
}

/// List what one was told.
///
/// Over all organizations that one belongs to, the newest first; kept for 90 days. The stream of events of an organization
/// tells of new ones by `notification.created`, whose `data.user_ids` names whom it is for; load the count again then.
#[utoipa::path(get, path = "/me/notifications", tag = "Notifications", params(NotificationQuery, PageQuery),
    responses((status = 200, body = Page<NotificationView>)))]
async fn list_notifications(
    Extension(delivery): Extension<Delivery>,
    caller: Caller,
    Query(query): Query<NotificationQuery>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<NotificationView>>, ApiError> {
    Ok(axum::Json(delivery.list_notifications(caller.user, query.unread, page).await?))
}

/// Count what one has not read.
#[utoipa::path(get, path = "/me/notifications/count", tag = "Notifications",
    responses((status = 200, body = NotificationCount)))]
async fn count_notifications(
    Extension(delivery): Extension<Delivery>,
    caller: Caller,
) -> Result<axum::Json<NotificationCount>, ApiError> {
    Ok(axum::Json(delivery.count_notifications(caller.user).await?))
}

/// Mark a notification as read.
///
/// It is not mailed any more. A second time changes nothing.
#[utoipa::path(post, path = "/me/notifications/{notification}/read", tag = "Notifications",
    params(("notification" = NotificationId, Path)), responses((status = 200, body = NotificationView)))]
async fn read_notification(
    Extension(delivery): Extension<Delivery>,
    caller: Caller,
    Path(path): Path<NotificationPath>,
) -> Result<axum::Json<NotificationView>, ApiError> {
    Ok(axum::Json(delivery.read_notification(caller.user, path.notification).await?))
}

/// Mark all notifications as read.
#[utoipa::path(post, path = "/me/notifications/read-all", tag = "Notifications", responses((status = 204)))]
async fn read_all_notifications(
    Extension(delivery): Extension<Delivery>,
    caller: Caller,
) -> Result<StatusCode, ApiError> {
    delivery.read_all_notifications(caller.user).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct AskPath {
    post: PostId,
}

/// Ask somebody to review a post.
///
/// They get a notice, by the ways that they chose for reviews. Needs `posts.write`; who is asked needs `posts.review`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/posts/{post}/reviews/ask", tag = "Reviews",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"),
        ("post" = PostId, Path)), request_body = AskForReview, responses((status = 204)))]
async fn ask_for_review(
    Extension(delivery): Extension<Delivery>,
    BrandMember(access): BrandMember,
    Path(path): Path<AskPath>,
    RequestContext(context): RequestContext,
    Json(input): Json<AskForReview>,
) -> Result<StatusCode, ApiError> {
    delivery.ask_for_review(&access, path.post, &input, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}
