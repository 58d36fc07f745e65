//! Taking a send along.

use async_trait::async_trait;
use bellwether_jobs::{Job, JobError, JobMeta};
use bellwether_kernel::{
    Timestamp,
    id::{MailId, OrganizationId, UserId},
};
use bellwether_mail::{Rests, Settles};
use serde::{Deserialize, Serialize};

use crate::{Delivery, SendId};

/// Takes one send as far as it goes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Carry {
    pub(super) organization_id: OrganizationId,
    pub(super) send_id: SendId,
}

impl Job for Carry {
    const NAME: &'static str = "delivery.carry";
    const MAX_ATTEMPTS: i32 = 10;
    type Context = Delivery;

    async fn run(self, delivery: Delivery, _: JobMeta) -> Result<(), JobError> {
        let done = delivery.carry(self.organization_id, self.send_id).await;
        done.map_err(|error| JobError::Retry(error.to_string()))
    }
}

#[async_trait]
impl Settles for Delivery {
    async fn settle(&self, mail: MailId) -> Result<(), JobError> {
        self.settle_mail(mail).await.map_err(|error| JobError::Retry(error.to_string()))?;
        self.settle_news(mail).await.map_err(|error| JobError::Retry(error.to_string()))
    }
}

#[async_trait]
impl Rests for Delivery {
    async fn rests_until(&self, reader: UserId) -> Result<Option<Timestamp>, JobError> {
        let ends = self.rests(reader).await;
        ends.map_err(|error| JobError::Retry(error.to_string()))
    }
}

/// Sees what became of mails that nobody told, ends what WhatsApp says nothing more of, and takes up what no job takes along any more; every minute.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LookAfterSends {}

impl Job for LookAfterSends {
    const NAME: &'static str = "delivery.look_after_sends";
    const MAX_ATTEMPTS: i32 = 1;
    type Context = Delivery;

    async fn run(self, delivery: Delivery, _: JobMeta) -> Result<(), JobError> {
        delivery.settle_mails().await.map_err(|error| JobError::Retry(error.to_string()))?;
        delivery.settle_all_news().await.map_err(|error| JobError::Retry(error.to_string()))?;
        delivery.settle_silent().await.map_err(|error| JobError::Retry(error.to_string()))?;
        delivery.take_up_sends().await.map_err(|error| JobError::Retry(error.to_string()))
    }
}
