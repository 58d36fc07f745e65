//! Routes of campaigns, for operators; for everybody else they aren't there.

use axum::{Extension, http::StatusCode};
use bellwether_kernel::Page;
use bellwether_web::{Api, ApiError, Json, Operator, PageQuery, Path};
use serde::Deserialize;
use utoipa_axum::routes;

use super::{CampaignView, CreateCampaign};
use crate::{CampaignId, Delivery};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_campaigns, create_campaign))
        .routes(routes!(get_campaign))
        .routes(routes!(cancel_campaign))
}

#[derive(Deserialize)]
struct CampaignPath {
    campaign: CampaignId,
}

/// List campaigns.
#[utoipa::path(get, path = "/admin/campaigns", tag = "Administration", params(PageQuery),
    responses((status = 200, body = Page<CampaignView>)))]
async fn list_campaigns(
    Extension(delivery): Extension<Delivery>,
    operator: Operator,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<CampaignView>>, ApiError> {
    Ok(axum::Json(delivery.list_campaigns(operator, page).await?))
}

/// Make a campaign.
///
/// A countdown to a day by mail: fourteen, seven and one day before, and on the day, from nine in the morning where the
/// reader is. Each address gets each step once; who unsubscribed, or whose address bounced, gets none.
#[utoipa::path(post, path = "/admin/campaigns", tag = "Administration", request_body = CreateCampaign,
    responses((status = 201, body = CampaignView)))]
async fn create_campaign(
    Extension(delivery): Extension<Delivery>,
    operator: Operator,
    Json(new): Json<CreateCampaign>,
) -> Result<(StatusCode, axum::Json<CampaignView>), ApiError> {
    Ok((StatusCode::CREATED, axum::Json(delivery.create_campaign(operator, &new).await?)))
}

/// Read a campaign.
#[utoipa::path(get, path = "/admin/campaigns/{campaign}", tag = "Administration",
    params(("campaign" = CampaignId, Path)), responses((status = 200, body = CampaignView)))]
async fn get_campaign(
    Extension(delivery): Extension<Delivery>,
    operator: Operator,
    Path(path): Path<CampaignPath>,
) -> Result<axum::Json<CampaignView>, ApiError> {
    Ok(axum::Json(delivery.get_campaign(operator, path.campaign).await?))
}

/// End a campaign.
///
/// No step goes out any more, and mails that wait in the outbox are taken back; those that a mail server has stay sent.
#[utoipa::path(post, path = "/admin/campaigns/{campaign}/cancel", tag = "Administration",
    params(("campaign" = CampaignId, Path)), responses((status = 200, body = CampaignView)))]
async fn cancel_campaign(
    Extension(delivery): Extension<Delivery>,
    operator: Operator,
    Path(path): Path<CampaignPath>,
) -> Result<axum::Json<CampaignView>, ApiError> {
    Ok(axum::Json(delivery.cancel_campaign(operator, path.campaign).await?))
}
