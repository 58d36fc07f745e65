//! What publishing tells of posts: that they are out.

use bellwether_kernel::{
    Timestamp,
    id::{OrganizationId, PostId},
};
use bellwether_store::Tx;

use super::sql;
use crate::Error;

/// Marks approved posts as published, in the transaction that knows it. A post that was changed while it went out stays
/// as it is: what is out differs from what stands there. Tells which posts became published by it.
pub async fn mark_published(
    tx: &mut impl Tx,
    posts: &[(OrganizationId, PostId)],
    at: Timestamp,
) -> Result<Vec<PostId>, Error> {
    let (organizations, ids): (Vec<_>, Vec<_>) =
        posts.iter().map(|(organization, post)| (organization.uuid(), post.uuid())).unzip();
    Ok(sql::publish(tx.conn(), &organizations, &ids, at).await?)
}
