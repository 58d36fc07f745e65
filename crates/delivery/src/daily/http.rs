//! Routes of one's own deliveries.

use axum::{Extension, http::StatusCode};
use bellwether_kernel::Page;
use bellwether_web::{Api, ApiError, BrandMember, Class, PageQuery, Query, limit};
use serde::Deserialize;
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::{DeliveryView, PreviewView};
use crate::{Delivery, ways::Way};

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

/// By which way a trial goes.
#[derive(Deserialize)]
struct TrialQuery {
    channel: Option<Way>,
}

/// Send oneself the next morning delivery.
///
/// At once, as a trial, by one of one's own ways that is set up, whether or not mornings come by it; without a way to one's own
/// address. It counts as no delivery, and its links open drafts without approving any. What the other side answers is told, and
/// kept at the way.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/deliveries/preview/send-to-me", tag = "Deliveries",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"),
        ("channel" = Option<Way>, Query, description = "The way; mail when absent")),
    responses((status = 202, description = "It is on its way"),
        (status = 409, description = "There is nothing to send: `nothing_to_send`; or the way is not set up: `not_connected`"),
        (status = 422, description = "No such way, or the other side refused: `refused`"),
        (status = 503, description = "The other side takes nothing at the moment: `not_reached`")))]
async fn send_preview(
    Extension(delivery): Extension<Delivery>,
    BrandMember(access): BrandMember,
    Query(trial): Query<TrialQuery>,
) -> Result<StatusCode, ApiError> {
    delivery.send_preview(&access, trial.channel.unwrap_or(Way::Email)).await?;
    Ok(StatusCode::ACCEPTED)
}
