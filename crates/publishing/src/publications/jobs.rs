//! Following what happens elsewhere: posts that are approved or changed, brands that move to another zone.

use bellwether_jobs::{
    Job, JobError, JobMeta,
    events::{self, EventRef},
};
use bellwether_kernel::{
    Actor,
    id::{BrandId, EventId, OrganizationId, PostId},
};
use bellwether_store::TenantScope;
use serde::{Deserialize, Serialize};

use super::sql;
use crate::{Error, Publishing, reviews, time};

/// Who changes what follows.
pub(super) fn actor() -> Actor {
    Actor::Worker { job: FollowPost::NAME.to_owned() }
}

/// Lets a post's publications follow how it stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FollowPost {
    organization_id: OrganizationId,
    event_id: EventId,
}

impl From<EventRef> for FollowPost {
    fn from(event: EventRef) -> Self {
        Self { organization_id: event.organization_id, event_id: event.event_id }
    }
}

impl Job for FollowPost {
    const NAME: &'static str = "publishing.follow_post";
    type Context = Publishing;

    async fn run(self, publishing: Publishing, _: JobMeta) -> Result<(), JobError> {
        let followed = async {
            let mut tx = publishing.store.tenant(TenantScope::organization(self.organization_id)).await?;
            let Some(event) = events::find(&mut tx, self.event_id).await? else { return Ok(()) };
            let Some(brand) = event.brand_id else { return Ok(()) };
            let posts = if event.subject_type == "approval_rule" {
                reviews::waiting_posts(tx.conn(), brand).await?
            } else {
                vec![PostId::from(event.subject_id)]
            };
            for post in posts {
                publishing.follow_post(&mut tx, brand, post).await?;
            }
            Ok::<_, Error>(tx.commit().await?)
        };
        followed.await.map_err(|error| JobError::Retry(error.to_string()))
    }
}

/// Keeps wall-clock times where a brand moved to another zone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FollowZone {
    organization_id: OrganizationId,
    event_id: EventId,
}

impl Job for FollowZone {
    const NAME: &'static str = "publishing.follow_zone";
    type Context = Publishing;

    async fn run(self, publishing: Publishing, _: JobMeta) -> Result<(), JobError> {
        let followed = async {
            let mut tx = publishing.store.tenant(TenantScope::organization(self.organization_id)).await?;
            let event = events::find(&mut tx, self.event_id).await?;
            tx.commit().await?;
            let Some(brand) = event.and_then(|event| event.brand_id) else { return Ok(()) };
            publishing.retime(self.organization_id, brand).await
        };
        followed.await.map_err(|error: Error| JobError::Retry(error.to_string()))
    }
}

/// Keeps wall-clock times where a zone's rules changed: once a day, over all brands.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Retime {}

impl Job for Retime {
    const NAME: &'static str = "publishing.retime";
    const MAX_ATTEMPTS: i32 = 3;
    type Context = Publishing;

    async fn run(self, publishing: Publishing, _: JobMeta) -> Result<(), JobError> {
        let retimed = async {
            let mut tx = publishing.store.service("publishing keeps wall-clock times").await?;
            let brands = sql::planning_brands(tx.conn(), publishing.clock.now()).await?;
            tx.commit().await?;
            for (organization, brand) in brands {
                publishing.retime(organization, brand).await?;
            }
            Ok::<_, Error>(())
        };
        retimed.await.map_err(|error| JobError::Retry(error.to_string()))
    }
}

impl Publishing {
    /// Works out anew at which instants a brand's wall-clock times are.
    pub(super) async fn retime(&self, organization: OrganizationId, brand: BrandId) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.store.tenant(TenantScope::organization(organization)).await?;
        let (name, zone) = self.zone_of(&mut tx, brand).await?;
        let (mut ids, mut due) = (Vec::new(), Vec::new());
        for row in sql::lock_planned(tx.conn(), brand, now).await? {
            if let Some(at) = time::instant(row.local_time, &zone).filter(|at| *at != row.due_at) {
                ids.push(row.id.uuid());
                due.push(at);
            }
        }
        if !ids.is_empty() {
            sql::retime(tx.conn(), &ids, &due, &name).await?;
            sql::announce(&mut tx).await?;
        }
        Ok(tx.commit().await?)
    }
}
