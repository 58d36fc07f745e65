//! Sending, telling what came of it, and the nightly clean-up.

use std::sync::Arc;

use async_trait::async_trait;
use bellwether_jobs::{Job, JobError, JobMeta};
use bellwether_kernel::{
    Timestamp,
    id::{MailId, UserId},
};
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
    /// About three and a half hours: a server that is down for a while does not lose what people wait for.
    const MAX_ATTEMPTS: i32 = 10;
    type Context = Mailer;

    async fn run(self, mailer: Mailer, meta: JobMeta) -> Result<(), JobError> {
        mailer.deliver(self.mail, meta).await
    }
}

/// Who is told what became of the mails that come at most once. It stands above this crate, so it is handed in.
#[async_trait]
pub trait Settles: Send + Sync {
    /// A mail has left, is kept, or never will leave; [`crate::outcomes`] says which. It may be somebody else's, and may be told
    /// again.
    async fn settle(&self, mail: MailId) -> Result<(), JobError>;
}

/// Who knows when somebody wants to be left in peace. It stands above this crate, so it is handed in.
#[async_trait]
pub trait Rests: Send + Sync {
    /// When the quiet hours end that somebody has now; none when they have none.
    async fn rests_until(&self, reader: UserId) -> Result<Option<Timestamp>, JobError>;
}

/// Tells what became of a mail. Enqueued in the transaction that notes it, so that nobody has to look in vain.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Settle {
    /// Which.
    pub mail: MailId,
}

impl Job for Settle {
    const NAME: &'static str = "mail.settle";
    type Context = Arc<dyn Settles>;

    async fn run(self, settles: Self::Context, _: JobMeta) -> Result<(), JobError> {
        settles.settle(self.mail).await
    }
}

/// Sends what waited for the end of its reader's quiet hours; every minute. A job for each that is due then would have to trust
/// that the clocks of the database and of this program agree.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Wake {}

impl Job for Wake {
    const NAME: &'static str = "mail.wake";
    const MAX_ATTEMPTS: i32 = 1;
    type Context = Mailer;

    async fn run(self, mailer: Mailer, _: JobMeta) -> Result<(), JobError> {
        mailer.wake().await.map(|_| ()).map_err(|error| JobError::Retry(error.to_string()))
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
