//! Sending, telling what came of it, and the nightly clean-up.

use std::sync::Arc;

use async_trait::async_trait;
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
