//! The end of deleted brands.

use bellwether_jobs::{Job, JobError, JobMeta};
use serde::{Deserialize, Serialize};

use crate::Brands;

/// Removes brands whose time to be brought back is over.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Purge {}

impl Job for Purge {
    const NAME: &'static str = "brand.purge";
    type Context = Brands;

    async fn run(self, brands: Brands, _: JobMeta) -> Result<(), JobError> {
        brands.purge().await.map(|_| ()).map_err(|error| JobError::Retry(error.to_string()))
    }
}
