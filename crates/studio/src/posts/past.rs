//! What a brand wrote so far, lent to the floor below: brands propose pillars from it.

use async_trait::async_trait;
use bellwether_brand::PastContent;
use bellwether_kernel::{Problem, id::BrandId};
use bellwether_store::TenantTx;

use super::sql;

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
}
