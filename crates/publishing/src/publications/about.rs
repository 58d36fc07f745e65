//! What others who tell people of publications and accounts need to know of them.

use bellwether_kernel::{
    Role,
    id::{BrandId, PostId},
};
use bellwether_store::TenantTx;

use super::sql;
use crate::{ConnectionId, Error, PublicationId, connections, reviews};

/// A publication, for a notice.
#[derive(Debug, Clone)]
pub struct AboutPublication {
    /// Of which post.
    pub post: PostId,
    /// Its first words.
    pub title: String,
    /// On which network.
    pub network: String,
    /// On which account.
    pub account: String,
    /// Where it stands now.
    pub state: String,
    /// Why it is held.
    pub held_reason: Option<String>,
    /// Why it stands there.
    pub words: Option<String>,
    /// Where its first comment stands, if it has one.
    pub comment_state: Option<String>,
    /// Why that stands there.
    pub comment_words: Option<String>,
    /// Tells its text apart from every other; none when the post is gone.
    pub text: Option<String>,
}

/// An account, for a notice.
#[derive(Debug, Clone)]
pub struct AboutConnection {
    /// Of which network.
    pub network: String,
    /// How people address it.
    pub handle: String,
    /// `active`, `needs_consent` or `revoked`.
    pub status: String,
    /// Why it does not work.
    pub trouble: Option<String>,
}

/// A publication, in the caller's transaction.
pub async fn about_publication(
    tx: &mut TenantTx,
    id: PublicationId,
) -> Result<Option<AboutPublication>, Error> {
    Ok(sql::about(tx.conn(), id).await?)
}

/// An account, in the caller's transaction.
pub async fn about_connection(tx: &mut TenantTx, id: ConnectionId) -> Result<Option<AboutConnection>, Error> {
    Ok(connections::about(tx.conn(), id).await?)
}

/// The lowest role whose approval the rules of a brand ask for on a network; none where no rule asks the team.
pub async fn lowest_approver(
    tx: &mut TenantTx,
    brand: BrandId,
    network: &str,
) -> Result<Option<Role>, Error> {
    let approvers = reviews::approvers(tx.conn(), brand, network).await?;
    Ok(approvers.iter().filter_map(|approver| Role::parse(approver)).min())
}
