//! Which posts are planned to go out, lent to the floor below: a file that such a post shows can't be deleted.

use async_trait::async_trait;
use bellwether_kernel::{
    Problem,
    id::{BrandId, PostId},
};
use bellwether_store::TenantTx;
use bellwether_studio::media::Plans;
use uuid::Uuid;

use super::sql;

/// The posts that something is planned for.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlannedPosts;

#[async_trait]
impl Plans for PlannedPosts {
    async fn planned(
        &self,
        tx: &mut TenantTx,
        brand: BrandId,
        posts: &[PostId],
    ) -> Result<Vec<PostId>, Problem> {
        let posts: Vec<Uuid> = posts.iter().map(|post| post.uuid()).collect();
        let planned = sql::planned(tx.conn(), brand, &posts).await;
        planned.map_err(|error| bellwether_store::Error::from(error).into())
    }
}
