//! Sending, and the nightly clean-up.

use bellwether_jobs::{Job, JobError, JobMeta};
use bellwether_kernel::id::MailId;
use serde::{Deserialize, Serialize};

use crate::Mailer;

/// Sends a mail of the outbox.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SendMail {
    /// Which.
    pub mail: MailId,
}

impl Job for SendMail {
    const NAME: &'static str = "mail.send";
    /// About nine hours: a server that is down over night does not lose what people wait for.
    const MAX_ATTEMPTS: i32 = 10;
    type Context = Mailer;

    async fn run(self, mailer: Mailer, meta: JobMeta) -> Result<(), JobError> {
        mailer.deliver(self.mail, meta).await
    }
}

/// Removes mails after 30 days.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Retain {}

impl Job for Retain {
    const NAME: &'static str = "mail.retain";
    type Context = Mailer;

    async fn run(self, mailer: Mailer, _: JobMeta) -> Result<(), JobError> {
        mailer.retain().await.map(|_| ()).map_err(|error| JobError::Retry(error.to_string()))
    }
}
