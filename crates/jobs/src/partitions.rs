//! Monthly partitions, made ahead of their months.

use bellwether_kernel::Clock;
use bellwether_store::Store;
use serde::{Deserialize, Serialize};

use crate::{Job, JobError, JobMeta};

const MONTHS_AHEAD: i32 = 3;

/// Makes the partitions of the coming months for every table that is partitioned so. Every [`Worker`](crate::Worker)
/// knows it and runs it nightly.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Partitions {}

impl Job for Partitions {
    const NAME: &'static str = "operations.partitions";
    type Context = (Store, Clock);

    async fn run(self, (store, clock): Self::Context, _: JobMeta) -> Result<(), JobError> {
        let mut tx = store.service("make the partitions of the coming months").await?;
        let made: Vec<String> = sqlx::query_scalar("SELECT tenancy.make_all_partitions($1, $2)")
            .bind(MONTHS_AHEAD)
            .bind(clock.now())
            .fetch_all(tx.conn())
            .await
            .map_err(bellwether_store::Error::from)?;
        tx.commit().await?;
        if !made.is_empty() {
            tracing::info!(?made, "partitions made");
        }
        Ok(())
    }
}
