//! Finding trends in the background.

use bellwether_jobs::{Job, JobError, JobMeta, Options};
use bellwether_kernel::id::{BrandId, OrganizationId};
use bellwether_store::Tx;
use serde::{Deserialize, Serialize};

use super::sql;
use crate::{Error, Trends};

/// Brands gone through at once by all processes together: each run has a brand's items in memory.
const LANES: u128 = 4;

/// The queue of a brand's runs.
pub(super) fn lane(brand: BrandId) -> String {
    format!("trends.detect:{}", brand.uuid().as_u128() % LANES)
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn again(error: Error) -> JobError {
    JobError::Retry(error.to_string())
}

/// Goes through the items of a brand.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Detect {
    organization: OrganizationId,
    brand: BrandId,
}

impl Detect {
    /// Asks for a run, once however often it is asked for before it begins; one that is under way is followed by another,
    /// since it may have read before what is new was there.
    pub(crate) async fn enqueue(
        tx: &mut impl Tx,
        organization: OrganizationId,
        brand: BrandId,
    ) -> Result<(), Error> {
        let options = Options::default().key(format!("trends.detect:{}", brand.uuid())).queue(lane(brand));
        bellwether_jobs::enqueue(tx, &Self { organization, brand }, options).await?;
        Ok(())
    }
}

impl Job for Detect {
    const NAME: &'static str = "trends.detect";
    type Context = Trends;

    async fn run(self, trends: Trends, _: JobMeta) -> Result<(), JobError> {
        trends.detect_brand(self.organization, self.brand).await.map(|_| ()).map_err(again)
    }
}

/// Asks for a run of every brand whose trends time may have changed, every quarter of an hour.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sweep {}

impl Job for Sweep {
    const NAME: &'static str = "trends.sweep";
    // the next quarter of an hour is the next try
    const MAX_ATTEMPTS: i32 = 1;
    type Context = Trends;

    async fn run(self, trends: Trends, _: JobMeta) -> Result<(), JobError> {
        trends.sweep().await.map_err(again)
    }
}

impl Trends {
    /// Asks for a run of every brand whose trends time may have changed.
    pub(super) async fn sweep(&self) -> Result<(), Error> {
        let mut tx = self.store.service("find the brands whose trends time may have changed").await?;
        for (organization, brand) in sql::due(tx.conn(), self.clock.now()).await? {
            Detect::enqueue(&mut tx, organization, brand).await?;
        }
        Ok(tx.commit().await?)
    }
}
