//! The looks at posts that are near and at weeks that are over.

use bellwether_jobs::{Job, JobError, JobMeta};
use bellwether_kernel::id::{BrandId, OrganizationId, UserId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{Delivery, Error};

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn again(error: Error) -> JobError {
    JobError::Retry(error.to_string())
}

/// Reminds of posts whose time is near, every five minutes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Remind {}

impl Job for Remind {
    const NAME: &'static str = "delivery.remind";
    const MAX_ATTEMPTS: i32 = 1;
    type Context = Delivery;

    async fn run(self, delivery: Delivery, _: JobMeta) -> Result<(), JobError> {
        delivery.remind().await.map_err(again)
    }
}

/// Begins the reports that are due, every minute.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reports {}

impl Job for Reports {
    const NAME: &'static str = "delivery.reports";
    const MAX_ATTEMPTS: i32 = 1;
    type Context = Delivery;

    async fn run(self, delivery: Delivery, _: JobMeta) -> Result<(), JobError> {
        delivery.begin_reports().await.map_err(again)
    }
}

/// Writes one report.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    pub(super) organization_id: OrganizationId,
    pub(super) brand_id: BrandId,
    pub(super) user_id: UserId,
    pub(super) monday: NaiveDate,
}

impl Job for Report {
    const NAME: &'static str = "delivery.report";
    type Context = Delivery;

    async fn run(self, delivery: Delivery, _: JobMeta) -> Result<(), JobError> {
        let place = (self.organization_id, self.brand_id);
        delivery.report(place, self.user_id, self.monday).await.map_err(again)
    }
}
