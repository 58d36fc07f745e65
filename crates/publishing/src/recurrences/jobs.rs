//! Making the times ahead.

use bellwether_jobs::{Job, JobError, JobMeta};
use serde::{Deserialize, Serialize};

use super::sql;
use crate::{Error, Publishing};

/// Makes the times of the days ahead for everything that goes on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Repeat {}

impl Job for Repeat {
    const NAME: &'static str = "publishing.repeat";
    const MAX_ATTEMPTS: i32 = 3;
    type Context = Publishing;

    async fn run(self, publishing: Publishing, _: JobMeta) -> Result<(), JobError> {
        let repeated = async {
            let mut tx = publishing.store.service("publishing repeats what goes out again").await?;
            let all = sql::active(tx.conn()).await?;
            tx.commit().await?;
            for (organization, brand, id) in all {
                // one that can't be made keeps no other from being made
                if let Err(error) = publishing.repeat(organization, brand, id).await {
                    tracing::error!(%error, recurrence = %id, "a recurrence could not be made");
                }
            }
            Ok::<_, Error>(())
        };
        repeated.await.map_err(|error| JobError::Retry(error.to_string()))
    }
}
