//! Finding out, beside the request, whether an address has an account.

use bellwether_jobs::{Job, JobError, JobMeta};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Identity;

/// Mails to the address of a sign-up: the link that finishes it, or that there is an account already.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MailSignUp {
    /// The pending sign-up.
    pub sign_up: Uuid,
}

impl Job for MailSignUp {
    const NAME: &'static str = "identity.mail_sign_up";
    type Context = Identity;

    async fn run(self, identity: Identity, _: JobMeta) -> Result<(), JobError> {
        identity.mail_sign_up(self.sign_up).await.map_err(|error| JobError::Retry(error.to_string()))
    }
}
