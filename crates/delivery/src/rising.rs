//! What is asked of whoever finds trends, in the words of what is delivered.

use async_trait::async_trait;
use bellwether_kernel::{BrandAccess, Permission, Problem, Timestamp, id::PostId};
use bellwether_trends::Trends;
use uuid::Uuid;

/// A trend for a morning.
#[derive(Debug, Clone, PartialEq)]
pub struct MorningTrend {
    /// Which.
    pub id: Uuid,
    /// As people read it.
    pub name: String,
    /// Why it is one, a sentence.
    pub summary: String,
    /// How it moves, −1 to 1.
    pub momentum: f64,
    /// When it is likely at its height.
    pub peak_likely: Option<Timestamp>,
    /// How much it concerns the brand, 0 to 1.
    pub relevance: Option<f64>,
    /// Where it is seen, below the brand's own address in the app: `trends?trend=…`.
    pub url_path: String,
}

/// The trend that a draft was written for.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendOfPost {
    /// The draft.
    pub post: PostId,
    /// The trend.
    pub trend: Uuid,
    /// Its name.
    pub name: String,
    /// When it is likely at its height.
    pub peak_likely: Option<Timestamp>,
    /// How well the draft fits, 0 to 1.
    pub relevance: Option<f64>,
}

/// Whoever finds trends. What may not be read is an empty list, not an error.
#[async_trait]
pub trait Rising: Send + Sync {
    /// The trends worth telling in a morning, the best first, so many at most.
    async fn morning_trends(&self, access: &BrandAccess, most: usize) -> Result<Vec<MorningTrend>, Problem>;

    /// The trends of drafts; drafts of none are left out.
    async fn of_posts(&self, access: &BrandAccess, posts: &[PostId]) -> Result<Vec<TrendOfPost>, Problem>;

    /// How often predictions were right, in sentences; none when there were none.
    async fn hit_rate(&self, access: &BrandAccess) -> Result<Vec<String>, Problem>;
}

#[async_trait]
impl Rising for Trends {
    async fn morning_trends(&self, access: &BrandAccess, most: usize) -> Result<Vec<MorningTrend>, Problem> {
        if access.allow(Permission::BrandRead).is_err() {
            return Ok(Vec::new());
        }
        let found = self.morning_trends(access, i64::try_from(most).unwrap_or(i64::MAX)).await?;
        let told = found.into_iter().map(|trend| MorningTrend {
            id: trend.id.uuid(),
            name: trend.name,
            summary: trend.summary,
            momentum: trend.momentum,
            peak_likely: Some(trend.peak_likely),
            relevance: trend.relevance,
            url_path: trend.url_path,
        });
        Ok(told.collect())
    }

    async fn of_posts(&self, access: &BrandAccess, posts: &[PostId]) -> Result<Vec<TrendOfPost>, Problem> {
        if access.allow(Permission::BrandRead).is_err() {
            return Ok(Vec::new());
        }
        let told = self.of_posts(access, posts).await?.into_iter().map(|of| TrendOfPost {
            post: of.post,
            trend: of.trend.uuid(),
            name: of.name,
            peak_likely: Some(of.peak_likely),
            relevance: Some(of.relevance),
        });
        Ok(told.collect())
    }

    async fn hit_rate(&self, access: &BrandAccess) -> Result<Vec<String>, Problem> {
        if access.allow(Permission::BrandRead).is_err() {
            return Ok(Vec::new());
        }
        let accuracy = self.trend_accuracy(access).await?;
        // a report says nothing of what has not been yet
        Ok(if accuracy.trends == 0 { Vec::new() } else { accuracy.sentences })
    }
}
