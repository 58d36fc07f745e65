//! The nightly job.

use bellwether_jobs::{Job, JobError, JobMeta};
use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::sql;
use crate::{Error, Operations};

const USAGE_LIFE: Duration = Duration::days(90);
/// The security log goes by whole months, so an entry lives up to a month longer.
const SECURITY_LIFE: Duration = Duration::days(395);
const WEBHOOK_LIFE: Duration = Duration::days(30);
/// Longer than a webhook can be replayed, and than any sender tries again.
const SUBJECT_LIFE: Duration = Duration::days(100);

/// Sums up and removes what is past its time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Retention {}

impl Job for Retention {
    const NAME: &'static str = "operations.retention";
    type Context = Operations;

    async fn run(self, operations: Operations, _: JobMeta) -> Result<(), JobError> {
        operations.retain().await.map_err(|error| JobError::Retry(error.to_string()))
    }
}

impl Operations {
    /// Does the night's work at once. Doing it again changes nothing.
    pub async fn retain(&self) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("retention: sum up usage").await?;
        // whole days only, so that a day is summed once
        let before = (now - USAGE_LIFE).date_naive();
        let summed = sql::sum_up_usage(tx.conn(), before).await?;
        tx.commit().await?;
        let mut tx = self.store.service("retention: webhooks").await?;
        let webhooks = sql::delete_webhooks(tx.conn(), now - WEBHOOK_LIFE).await?;
        let subjects = sql::delete_webhook_subjects(tx.conn(), now - SUBJECT_LIFE).await?;
        tx.commit().await?;
        let mut tx = self.store.service("retention: months of the security log").await?;
        let months = crate::security::expire(tx.conn(), now - SECURITY_LIFE).await?;
        tx.commit().await?;
        let mut tx = self.store.service("retention: signatures that can't come again").await?;
        let signatures = crate::admission::delete_signatures(tx.conn(), now).await?;
        crate::security::forget_counts(&mut tx, now).await?;
        tx.commit().await?;
        let answers = bellwether_web::idempotency::purge(&self.store, now).await?;
        tracing::info!(summed, webhooks, subjects, ?months, signatures, answers, "retention done");
        Ok(())
    }
}
