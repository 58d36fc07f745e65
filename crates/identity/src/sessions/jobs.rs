//! The nightly clean-up of sessions.

use bellwether_jobs::{Job, JobError, JobMeta};
use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::sql;
use crate::{Error, Identity};

/// Ended sessions stay this long, for whoever wonders where they were signed in.
const LIFE: Duration = Duration::days(30);

/// Removes sessions that ended long ago.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Retain {}

impl Job for Retain {
    const NAME: &'static str = "identity.retain";
    type Context = Identity;

    async fn run(self, identity: Identity, _: JobMeta) -> Result<(), JobError> {
        identity.retain().await.map(|_| ()).map_err(|error| JobError::Retry(error.to_string()))
    }
}

impl Identity {
    /// Removes sessions that ended long ago; gives how many.
    pub async fn retain(&self) -> Result<u64, Error> {
        let mut tx = self.store.service("retention: ended sessions").await?;
        let gone = sql::delete_old(&mut tx, self.clock.now() - LIFE).await?;
        tx.commit().await?;
        self.retain_steps().await?;
        Ok(gone)
    }
}
