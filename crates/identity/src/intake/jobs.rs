//! Answering what the public sent, beside the request: whether anything was new must not show in how long it takes.

use bellwether_jobs::{Job, JobError, JobMeta};
use serde::{Deserialize, Serialize};

use super::model::{ApplicationId, DemoId, WaitlistEntryId};
use crate::Identity;

/// What was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sent {
    /// An application.
    Application(ApplicationId),
    /// A place on the waitlist.
    Waitlist(WaitlistEntryId),
    /// A request for a demo.
    Demo(DemoId),
}

/// Writes to whoever sent it and to the operators who want to hear of it. Nothing is there to write about when the address
/// had sent the same before.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AnswerForm {
    /// The row, if it was kept.
    pub sent: Sent,
}

impl Job for AnswerForm {
    const NAME: &'static str = "identity.answer_form";
    type Context = Identity;

    async fn run(self, identity: Identity, _: JobMeta) -> Result<(), JobError> {
        identity.answer_form(self.sent).await.map_err(|error| JobError::Retry(error.to_string()))
    }
}
