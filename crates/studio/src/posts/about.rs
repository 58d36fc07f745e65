//! What others who tell people of posts and generations need to know of them.

use bellwether_kernel::id::{GenerationId, PostId, UserId};
use bellwether_store::TenantTx;

use super::sql;
use crate::{Error, generations};

/// A post, for a notice.
#[derive(Debug, Clone)]
pub struct AboutPost {
    /// Its source's title, or its first words.
    pub title: String,
    /// On which network.
    pub network: String,
    /// Who asked for it.
    pub created_by: Option<UserId>,
    /// From which generation it came.
    pub generation: Option<GenerationId>,
}

/// A generation, for a notice.
#[derive(Debug, Clone)]
pub struct AboutGeneration {
    /// The title or first words of what went in.
    pub title: String,
    /// Who asked for it.
    pub created_by: Option<UserId>,
}

/// A post that is there, in the caller's transaction.
pub async fn about_post(tx: &mut TenantTx, id: PostId) -> Result<Option<AboutPost>, Error> {
    Ok(sql::about(tx.conn(), id).await?)
}

/// A generation that is there, in the caller's transaction.
pub async fn about_generation(tx: &mut TenantTx, id: GenerationId) -> Result<Option<AboutGeneration>, Error> {
    Ok(generations::about(tx.conn(), id).await?)
}
