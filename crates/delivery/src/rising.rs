//! What is asked of whoever finds trends. The one seam to it: the program wires it ([`crate::Below::rising`]).

use async_trait::async_trait;
use bellwether_kernel::{BrandAccess, Problem, Timestamp, id::PostId};
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
    /// Where it is seen, a path inside the app.
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

/// Finds none.
pub struct NoTrends;

#[async_trait]
impl Rising for NoTrends {
    async fn morning_trends(&self, _: &BrandAccess, _: usize) -> Result<Vec<MorningTrend>, Problem> {
        Ok(Vec::new())
    }

    async fn of_posts(&self, _: &BrandAccess, _: &[PostId]) -> Result<Vec<TrendOfPost>, Problem> {
        Ok(Vec::new())
    }

    async fn hit_rate(&self, _: &BrandAccess) -> Result<Vec<String>, Problem> {
        Ok(Vec::new())
    }
}
