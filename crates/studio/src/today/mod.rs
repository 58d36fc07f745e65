//! Today: what needs a decision, what is under way, what came last.

mod sql;

use axum::Extension;
use bellwether_billing::allowances::UsageView;
use bellwether_kernel::{BrandAccess, PageRequest, Permission};
use bellwether_web::{Api, ApiError, BrandMember};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    Error, Studio,
    generations::GenerationSummary,
    posts::{Filter, PostView, model::Status},
};

/// What a brand's day looks like.
#[derive(Debug, Serialize, ToSchema)]
pub struct TodayView {
    /// Drafts that wait for review.
    pub to_review: i64,
    /// Posts that are approved.
    pub approved: i64,
    /// Generations under way.
    pub running: i64,
    /// Generations of the last seven days that failed, wholly or in part.
    pub failed: i64,
    /// The newest drafts that wait for review, at most 6.
    pub recent_posts: Vec<PostView>,
    /// The newest generations, at most 5.
    pub recent_generations: Vec<GenerationSummary>,
    /// The month's usage.
    pub usage: UsageView,
}

impl Studio {
    /// What a brand's day looks like.
    pub async fn today(&self, access: &BrandAccess) -> Result<TodayView, Error> {
        access.allow(Permission::PostsRead)?;
        let mut tx = self.store.tenant(access).await?;
        let week_ago = self.clock.now() - chrono::Duration::days(7);
        let counts = sql::count(tx.conn(), access.brand, week_ago).await?;
        let usage = self.billing.usage_in(&mut tx, access).await?;
        tx.commit().await?;
        let pending = Filter { status: Some(Status::Pending), ..Filter::default() };
        let posts = self.list_posts(access, &pending, PageRequest { limit: 6, after: None }).await?;
        let generations =
            self.list_generations(access, None, None, PageRequest { limit: 5, after: None }).await?;
        Ok(TodayView {
            to_review: counts.to_review,
            approved: counts.approved,
            running: counts.running,
            failed: counts.failed,
            recent_posts: posts.items,
            recent_generations: generations.items,
            usage,
        })
    }
}

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(get_today))
}

/// Read a brand's day.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/today", tag = "Today",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = TodayView)))]
async fn get_today(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
) -> Result<axum::Json<TodayView>, ApiError> {
    Ok(axum::Json(studio.today(&access).await?))
}
