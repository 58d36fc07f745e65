//! Drafts that wait for a decision, for whoever brings them to somebody.

use bellwether_kernel::{
    BrandAccess, Permission, Timestamp,
    id::{GenerationId, PostId},
};

use super::{from_value, sql};
use crate::{Error, Studio};

/// Which of them.
#[derive(Debug, Clone, Copy)]
pub struct WaitingFilter<'a> {
    /// For these networks; empty is all.
    pub networks: &'a [String],
    /// Of these content types or targets, such as `thread` or `x.thread`; empty is all.
    pub formats: &'a [String],
    /// The newest of them, so many at most.
    pub most: i64,
}

/// A draft that waits for a decision and could be approved as it is.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Id.
    pub id: PostId,
    /// As it is now.
    pub version: i32,
    /// The network.
    pub network: String,
    /// The content type.
    pub content_type: String,
    /// Its main text.
    pub text: String,
    /// Title of what it was made from.
    pub source_title: Option<String>,
    /// By what it was written.
    pub generation: Option<GenerationId>,
    /// How sure the brand's voice is, 0 to 1.
    pub voice_confidence: Option<f64>,
    /// Whether somebody gave it a thumb up.
    pub liked: bool,
    /// Whether people changed it.
    pub edited: bool,
    /// When it was written.
    pub created_at: Timestamp,
}

impl Studio {
    /// The newest drafts that wait for a decision: none that breaks its network's rules, is being written anew or was given
    /// a thumb down.
    pub async fn waiting_posts(
        &self,
        access: &BrandAccess,
        filter: WaitingFilter<'_>,
    ) -> Result<Vec<Waiting>, Error> {
        access.allow(Permission::PostsRead)?;
        let mut tx = self.store.tenant(access).await?;
        let rows = sql::waiting(tx.conn(), access.brand, filter).await?;
        tx.commit().await?;
        let waiting = |row: sql::WaitingRow| -> Result<Waiting, Error> {
            Ok(Waiting {
                id: row.id,
                version: row.version,
                network: row.network,
                content_type: row.content_type,
                text: from_value(row.content.0)?.plain(),
                source_title: row.source_title,
                generation: row.generation,
                voice_confidence: row.voice_confidence,
                liked: row.feedback > 0,
                edited: row.edited,
                created_at: row.created_at,
            })
        };
        rows.into_iter().map(waiting).collect()
    }
}
