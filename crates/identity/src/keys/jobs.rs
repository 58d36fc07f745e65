//! The hourly count.

use bellwether_jobs::{Job, JobError, JobMeta};
use serde::{Deserialize, Serialize};

use crate::Identity;

/// Adds the hours that are over to the keys' counts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CountKeys {}

impl Job for CountKeys {
    const NAME: &'static str = "identity.count_keys";
    type Context = Identity;

    async fn run(self, identity: Identity, _: JobMeta) -> Result<(), JobError> {
        identity.count_keys().await.map(|_| ()).map_err(|error| JobError::Retry(error.to_string()))
    }
}
