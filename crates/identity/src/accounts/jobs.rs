//! The nightly erasure.

use bellwether_jobs::{Job, JobError, JobMeta};
use serde::{Deserialize, Serialize};

use crate::Identity;

/// Erases accounts whose time to be brought back is over.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Erase {}

impl Job for Erase {
    const NAME: &'static str = "identity.erase_accounts";
    type Context = Identity;

    async fn run(self, identity: Identity, _: JobMeta) -> Result<(), JobError> {
        identity.erase_accounts().await.map(|_| ()).map_err(|error| JobError::Retry(error.to_string()))
    }
}
