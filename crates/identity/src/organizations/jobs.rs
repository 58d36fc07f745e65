//! The end of deleted organizations.

use bellwether_jobs::{Job, JobError, JobMeta};
use bellwether_kernel::id::OrganizationId;
use serde::{Deserialize, Serialize};

use super::{service::UNDO, sql};
use crate::{Error, Identity};

/// Removes organizations whose time to be brought back is over, with everything that is theirs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Purge {}

impl Job for Purge {
    const NAME: &'static str = "identity.purge";
    type Context = Identity;

    async fn run(self, identity: Identity, _: JobMeta) -> Result<(), JobError> {
        identity.purge_organizations().await.map(|_| ()).map_err(|error| JobError::Retry(error.to_string()))
    }
}

impl Identity {
    /// Removes organizations deleted longer ago than [`UNDO`]; gives which.
    pub async fn purge_organizations(&self) -> Result<Vec<OrganizationId>, Error> {
        let before = self.clock.now() - UNDO;
        let mut tx = self.store.service("purge: find deleted organizations").await?;
        let due = sql::deleted_before(tx.conn(), before).await?;
        tx.commit().await?;
        // each in a transaction of its own: a large one that fails keeps no other
        let mut gone = Vec::new();
        for organization in due {
            let mut tx = self.store.service("purge: remove a deleted organization").await?;
            if let Some(rows) = sql::purge(tx.conn(), organization, before).await? {
                tx.commit().await?;
                tracing::info!(%organization, rows, "removed a deleted organization and everything of it");
                gone.push(organization);
            }
        }
        Ok(gone)
    }
}
