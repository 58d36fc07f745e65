//! Making vectors in the background.

use bellwether_jobs::{Job, JobError, JobMeta, events::EventRef};
use bellwether_kernel::id::{EventId, OrganizationId};
use serde::{Deserialize, Serialize};

use crate::{Error, Trends};

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn again(error: Error) -> JobError {
    JobError::Retry(error.to_string())
}

/// Hears that there is something new, and has it understood.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Heard {
    organization_id: OrganizationId,
    event_id: EventId,
}

impl From<EventRef> for Heard {
    fn from(event: EventRef) -> Self {
        Self { organization_id: event.organization_id, event_id: event.event_id }
    }
}

impl Job for Heard {
    const NAME: &'static str = "trends.hear_items";
    type Context = Trends;

    async fn run(self, trends: Trends, _: JobMeta) -> Result<(), JobError> {
        trends.ask_for_vectors(&[self.organization_id]).await.map_err(again)
    }
}

/// Makes what an organization's items and topics lack.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EmbedOrganization {
    pub(super) organization: OrganizationId,
}

impl EmbedOrganization {
    /// All of them, one after the other: the processor has other things to do.
    pub(super) const QUEUE: &'static str = "trends.embed";

    /// Names the work, so that asking twice works once.
    pub(super) fn key(organization: OrganizationId) -> String {
        format!("trends.embed:{organization}")
    }
}

impl Job for EmbedOrganization {
    const NAME: &'static str = "trends.embed";
    const MAX_ATTEMPTS: i32 = 4;
    type Context = Trends;

    async fn run(self, trends: Trends, _: JobMeta) -> Result<(), JobError> {
        let more = trends.embed_organization(self.organization).await?;
        if more {
            // the others first
            trends.ask_for_vectors(&[self.organization]).await.map_err(again)?;
        }
        Ok(())
    }
}

/// Finds what was left over: by a restart, a failure, another model. Every ten minutes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EmbedDue {}

impl Job for EmbedDue {
    const NAME: &'static str = "trends.embed_due";
    // the next look is the next try
    const MAX_ATTEMPTS: i32 = 1;
    type Context = Trends;

    async fn run(self, trends: Trends, _: JobMeta) -> Result<(), JobError> {
        trends.embed_due().await.map_err(again)
    }
}
