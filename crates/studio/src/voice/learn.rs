//! Hearing of decisions on drafts, and teaching the brand's voice.
//!
//! What a draft teaches hangs on how it stands now and not on what the event says: heard twice, late or in another order,
//! it comes out the same.

use bellwether_jobs::{
    Job, JobError, JobMeta,
    events::{self, EventRef},
};
use bellwether_kernel::id::{BrandId, EventId, OrganizationId, PostId};
use bellwether_networks::Network;
use bellwether_store::TenantScope;
use serde::{Deserialize, Serialize};

use super::lessons::{Stand, lessons};
use crate::{
    Error, Studio,
    posts::{from_value, model::Status, sql},
};

/// So often is a post that somebody works on at the moment read anew, before the queue lets some time pass.
const ROUNDS: u8 = 5;

/// Teaches the brand's voice what was decided on a post.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LearnVoice {
    organization_id: OrganizationId,
    event_id: EventId,
}

impl From<EventRef> for LearnVoice {
    fn from(event: EventRef) -> Self {
        Self { organization_id: event.organization_id, event_id: event.event_id }
    }
}

impl Job for LearnVoice {
    const NAME: &'static str = "studio.learn_voice";
    type Context = Studio;

    async fn run(self, studio: Studio, _: JobMeta) -> Result<(), JobError> {
        for _ in 0..ROUNDS {
            match studio.learn_voice(&self).await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(error) => return Err(JobError::Retry(error.to_string())),
            }
        }
        Err(JobError::Retry("the post changed meanwhile".to_owned()))
    }
}

impl Studio {
    /// False when the post changed while its lessons were worked out.
    async fn learn_voice(&self, job: &LearnVoice) -> Result<bool, Error> {
        let scope = TenantScope::organization(job.organization_id);
        let mut tx = self.store.tenant(scope.clone()).await?;
        let Some(event) = events::find(&mut tx, job.event_id).await? else { return Ok(true) };
        let Some(brand) = event.brand_id else { return Ok(true) };
        let post = PostId::from(event.subject_id);
        let Some(row) = sql::get_stand(tx.conn(), brand, post).await? else { return Ok(true) };
        tx.commit().await?;

        let (Some(network), Some(status)) = (Network::parse(&row.network), Status::parse(&row.status)) else {
            return Ok(true);
        };
        let version = row.version;
        let text = from_value(row.content.0)?.plain();
        let original = row.original.map(|original| from_value(original.0)).transpose()?;
        let original = original.map(|original| original.plain());
        let stand =
            Stand { status, feedback: row.feedback, text: &text, original: original.as_deref(), network };
        let Some(lessons) = lessons(&stand) else { return Ok(true) };
        let lessons = self.brands.measure_lessons(lessons).await?;
        self.teach((job.organization_id, brand, post), version, &lessons).await
    }

    async fn teach(
        &self,
        (organization, brand, post): (OrganizationId, BrandId, PostId),
        version: i32,
        lessons: &bellwether_brand::voice::Measured,
    ) -> Result<bool, Error> {
        let mut tx = self.store.tenant(TenantScope::organization(organization)).await?;
        // held, so that what was read is still so when it is kept
        let row = sql::lock(tx.conn(), brand, post).await?;
        let Some(row) = row.filter(|row| !row.deleted) else { return Ok(true) };
        if row.version != version {
            return Ok(false);
        }
        self.brands.learn_from_post(&mut tx, (brand, post), lessons).await?;
        tx.commit().await?;
        Ok(true)
    }
}
