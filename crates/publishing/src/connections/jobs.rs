//! Renewing tokens ahead of their end.

use bellwether_jobs::{Job, JobError, JobMeta};
use serde::{Deserialize, Serialize};

pub use super::samples::TakePosts;
use super::sql;
use crate::Publishing;

/// Renews what is due, and forgets consents that came to nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RenewTokens {}

impl Job for RenewTokens {
    const NAME: &'static str = "publishing.renew_tokens";
    const MAX_ATTEMPTS: i32 = 1;
    type Context = Publishing;

    async fn run(self, publishing: Publishing, _: JobMeta) -> Result<(), JobError> {
        publishing.renew_due().await.map_err(|error| JobError::Retry(error.to_string()))?;
        let mut tx = publishing.store.service("publishing forgets old consents").await?;
        let before = publishing.clock.now() - chrono::Duration::days(1);
        sql::delete_old_consents(tx.conn(), before).await.map_err(bellwether_store::Error::from)?;
        tx.commit().await?;
        Ok(())
    }
}
