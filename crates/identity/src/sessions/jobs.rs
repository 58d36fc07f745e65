//! The nightly clean-up of sessions.

use bellwether_jobs::{Job, JobError, JobMeta};
use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::sql;
use crate::{Error, Identity, sign_ups, throttle};

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
        let mut tx = self.store.service("retention: ended sessions, permits to sign up").await?;
        let now = self.clock.now();
        let gone = sql::delete_old(&mut tx, now - LIFE).await?;
        crate::intake::delete_permits(tx.conn(), now - LIFE).await?;
        sql::delete_expired_devices(tx.conn(), now).await?;
        throttle::delete_expired(tx.conn(), now).await?;
        sign_ups::delete_expired(tx.conn(), now).await?;
        crate::people::delete_old_links(tx.conn(), now - LIFE).await?;
        tx.commit().await?;
        self.retain_steps().await?;
        Ok(gone)
    }
}
