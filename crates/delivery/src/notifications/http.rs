//! Routes of notices.

use axum::{Extension, http::StatusCode};
use bellwether_kernel::Page;
use bellwether_web::{Api, ApiError, Caller, PageQuery, Path, Query};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{NotificationCount, NotificationView};
use crate::{Delivery, NotificationId};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_notifications))
        .routes(routes!(count_notifications))
        .routes(routes!(read_notification))
        .routes(routes!(read_all_notifications))
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
