//! The minute's look, and one delivery.

use bellwether_jobs::{Job, JobError, JobMeta};
use bellwether_kernel::id::OrganizationId;
use serde::{Deserialize, Serialize};

use crate::{Delivery, DeliveryId, Error};

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn again(error: Error) -> JobError {
    JobError::Retry(error.to_string())
}

/// Begins the deliveries whose time has come, every minute.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mornings {}

impl Job for Mornings {
    const NAME: &'static str = "delivery.mornings";
    const MAX_ATTEMPTS: i32 = 1;
    type Context = Delivery;

    async fn run(self, delivery: Delivery, _: JobMeta) -> Result<(), JobError> {
        delivery.begin_mornings().await.map(|_| ()).map_err(again)
    }
}

/// Writes one delivery and hands it to its channel.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Deliver {
    pub(super) organization_id: OrganizationId,
    pub(super) delivery_id: DeliveryId,
}

impl Job for Deliver {
    const NAME: &'static str = "delivery.deliver";
    const MAX_ATTEMPTS: i32 = 5;
    type Context = Delivery;

    async fn run(self, delivery: Delivery, meta: JobMeta) -> Result<(), JobError> {
        let now = delivery.clock.now();
        let done = delivery.deliver(self.organization_id, self.delivery_id, now).await;
        let Err(error) = done else { return Ok(()) };
        if meta.is_last() {
            delivery.give_up(self.organization_id, self.delivery_id, &error).await.map_err(again)?;
        }
        Err(again(error))
    }
}
