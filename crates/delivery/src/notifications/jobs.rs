//! Telling people: by event, by the minute, by the hour.

use bellwether_jobs::{Job, JobError, JobMeta};
use bellwether_kernel::id::{EventId, OrganizationId};
use serde::{Deserialize, Serialize};

use crate::{Delivery, Error};

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn again(error: Error) -> JobError {
    JobError::Retry(error.to_string())
}

/// Tells those whom an event concerns.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Notify {
    organization_id: OrganizationId,
    event_id: EventId,
}

impl Job for Notify {
    const NAME: &'static str = "delivery.notify";
    type Context = Delivery;

    async fn run(self, delivery: Delivery, _: JobMeta) -> Result<(), JobError> {
        delivery.notify(self.organization_id, self.event_id).await.map_err(again)
    }
}

/// Mails the notices that are due, every minute.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MailNotices {}

impl Job for MailNotices {
    const NAME: &'static str = "delivery.mail_notices";
    const MAX_ATTEMPTS: i32 = 1;
    type Context = Delivery;

    async fn run(self, delivery: Delivery, _: JobMeta) -> Result<(), JobError> {
        delivery.mail_notices().await.map(|_| ()).map_err(again)
    }
}

/// Tells of trials that end soon, every hour.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TellTrials {}

impl Job for TellTrials {
    const NAME: &'static str = "delivery.tell_trials";
    const MAX_ATTEMPTS: i32 = 2;
    type Context = Delivery;

    async fn run(self, delivery: Delivery, _: JobMeta) -> Result<(), JobError> {
        delivery.tell_trials().await.map_err(again)
    }
}

/// Removes notices after 90 days, and deliveries after a year.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Retain {}

impl Job for Retain {
    const NAME: &'static str = "delivery.retain";
    type Context = Delivery;

    async fn run(self, delivery: Delivery, _: JobMeta) -> Result<(), JobError> {
        delivery.retain().await.map(|_| ()).map_err(again)
    }
}
