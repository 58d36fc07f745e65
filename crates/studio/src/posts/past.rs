//! What a brand wrote so far, lent to the floor below: brands propose pillars from it.

use async_trait::async_trait;
use bellwether_brand::{PastContent, PastPost};
use bellwether_kernel::{Problem, id::BrandId};
use bellwether_networks::Network;
use bellwether_store::TenantTx;

use super::{service::from_value, sql};

/// The texts of a brand's posts.
#[derive(Debug, Clone, Copy, Default)]
pub struct PastPosts;

#[async_trait]
impl PastContent for PastPosts {
    async fn texts(&self, tx: &mut TenantTx, brand: BrandId, most: i64) -> Result<Vec<String>, Problem> {
        sql::past_texts(tx.conn(), brand, most)
            .await
            .map_err(|error| bellwether_store::Error::from(error).into())
    }

    async fn posts(&self, tx: &mut TenantTx, brand: BrandId, most: i64) -> Result<Vec<PastPost>, Problem> {
        let rows = sql::past_posts(tx.conn(), brand, most).await.map_err(bellwether_store::Error::from)?;
        let post = |row: sql::PastRow| -> Result<PastPost, Problem> {
            Ok(PastPost {
                place: row.id.to_string(),
                text: from_value(row.content.0)?.plain(),
                network: Network::parse(&row.network),
                published_at: row.published_at,
            })
        };
        rows.into_iter().map(post).collect()
    }
}
