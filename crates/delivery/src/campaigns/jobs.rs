//! Sending, every quarter of an hour: somewhere it is nine.

use bellwether_jobs::{Job, JobError, JobMeta};
use serde::{Deserialize, Serialize};

use crate::Delivery;

/// Sends the steps of campaigns whose morning has come.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SendCampaigns {}

impl Job for SendCampaigns {
    const NAME: &'static str = "delivery.send_campaigns";
    const MAX_ATTEMPTS: i32 = 2;
    type Context = Delivery;

    async fn run(self, delivery: Delivery, _: JobMeta) -> Result<(), JobError> {
        let sent = delivery.send_campaigns().await;
        sent.map(|_| ()).map_err(|error| JobError::Retry(error.to_string()))
    }
}
