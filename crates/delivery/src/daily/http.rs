//! Routes of one's own deliveries.

use axum::{Extension, http::StatusCode};
use bellwether_kernel::Page;
use bellwether_web::{Api, ApiError, BrandMember, Class, PageQuery, limit};
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::{DeliveryView, PreviewView};
use crate::Delivery;

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_deliveries))
        .routes(routes!(preview_delivery))
        .routes(routes!(send_preview).layer(limit(Class::Generate)))
}

/// List one's morning deliveries.
///
/// Those of the signed-in person in this brand, the newest first, with why each draft was chosen; kept for a year.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/deliveries", tag = "Deliveries",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"),
        PageQuery),
    responses((status = 200, body = Page<DeliveryView>)))]
async fn list_deliveries(
    Extension(delivery): Extension<Delivery>,
    BrandMember(access): BrandMember,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<DeliveryView>>, ApiError> {
    Ok(axum::Json(delivery.list_deliveries(&access, page).await?))
}

/// Look at one's next morning delivery.
///
/// As it would be if its time were now: what is decided or written until then changes it. Nothing is kept or sent.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/deliveries/preview", tag = "Deliveries",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = PreviewView)))]
async fn preview_delivery(
    Extension(delivery): Extension<Delivery>,
    BrandMember(access): BrandMember,
) -> Result<axum::Json<PreviewView>, ApiError> {
    Ok(axum::Json(delivery.preview_delivery(&access).await?))
}

/// Mail oneself the next morning delivery.
///
/// To one's own address, at once, as a trial: it counts as no delivery, and its links open drafts without approving any.
/// 409 when there is nothing to send.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/deliveries/preview/send-to-me", tag = "Deliveries",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 202, description = "The mail is on its way"),
        (status = 409, description = "There is nothing to send")))]
async fn send_preview(
    Extension(delivery): Extension<Delivery>,
    BrandMember(access): BrandMember,
) -> Result<StatusCode, ApiError> {
    delivery.send_preview(&access).await?;
    Ok(StatusCode::ACCEPTED)
}
