//! Finding out, beside the request, whether there is somebody to write to.

use bellwether_jobs::{Job, JobError, JobMeta};
use bellwether_kernel::id::{SessionId, UserId};
use serde::{Deserialize, Serialize};

use super::Asked;
use crate::Identity;

/// Mails a link to an address, if somebody has it. The payload is the address and not an id, since the request must
/// not look for one: how long it takes would tell.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MailLink {
    /// The address, as it was written.
    pub email: String,
    /// Which link.
    pub asked: Asked,
}

impl Job for MailLink {
    const NAME: &'static str = "identity.mail_link";
    type Context = Identity;

    async fn run(self, identity: Identity, _: JobMeta) -> Result<(), JobError> {
        identity.mail_link(&self.email, self.asked).await.map_err(|error| JobError::Retry(error.to_string()))
    }
}

/// Mails the link of a change of address, if the new one is free: the request must not look, for the same reason.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MailEmailChange {
    /// Who asks.
    pub user: UserId,
    /// In which session; nothing is mailed when it has ended since.
    pub session: SessionId,
    /// The new address.
    pub email: String,
}

impl Job for MailEmailChange {
    const NAME: &'static str = "identity.mail_email_change";
    type Context = Identity;

    async fn run(self, identity: Identity, _: JobMeta) -> Result<(), JobError> {
        identity.mail_email_change(&self).await.map_err(|error| JobError::Retry(error.to_string()))
    }
}
