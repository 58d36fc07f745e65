//! Looks at sources.

use bellwether_jobs::{
    Job, JobError, JobMeta, Options, enqueue,
    events::{EventRef, Subscriptions},
};
use bellwether_kernel::id::OrganizationId;
use bellwether_store::{TenantTx, Tx};
use serde::{Deserialize, Serialize};

use crate::{Error, SourceId, Trends};

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn again(error: Error) -> JobError {
    JobError::Retry(error.to_string())
}

/// Finds the sources that are due, every minute, and has them looked at.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CheckDue {}

impl Job for CheckDue {
    const NAME: &'static str = "trends.check_due";
    // the next minute is the next try
    const MAX_ATTEMPTS: i32 = 1;
    type Context = Trends;

    async fn run(self, trends: Trends, _: JobMeta) -> Result<(), JobError> {
        trends.check_due().await.map_err(again)
    }
}

/// Looks at the sources of one organization that are due, one such job at a time: sources that answer slowly, or never, take
/// as long as they take, and hold up nobody else's.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CheckOrganization {
    organization: OrganizationId,
}

impl CheckOrganization {
    pub(super) async fn enqueue(tx: &mut impl Tx, organization: OrganizationId) -> Result<(), Error> {
        let name = format!("trends.check_organization:{organization}");
        enqueue(tx, &Self { organization }, Options::default().key(name.clone()).queue(name)).await?;
        Ok(())
    }
}

impl Job for CheckOrganization {
    const NAME: &'static str = "trends.check_organization";
    // the next minute is the next try
    const MAX_ATTEMPTS: i32 = 1;
    type Context = Trends;

    async fn run(self, trends: Trends, _: JobMeta) -> Result<(), JobError> {
        trends.check_organization(self.organization).await.map_err(again)
    }
}

/// Looks at a source that somebody has added or asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CheckSource {
    pub(super) organization: OrganizationId,
    pub(super) source: SourceId,
}

impl CheckSource {
    /// Names the look, so that asking twice looks once.
    pub(super) fn key(source: SourceId) -> String {
        format!("trends.check_source:{source}")
    }

    /// Has a source looked at. Of one organization two looks at most are under way: who adds fifty slow sources waits for them
    /// alone.
    pub(super) async fn enqueue(
        tx: &mut TenantTx,
        organization: OrganizationId,
        source: SourceId,
    ) -> Result<(), Error> {
        let half = source.uuid().as_u128() % 2;
        let options = Options::default()
            .key(Self::key(source))
            .queue(format!("trends.check_source:{organization}:{half}"));
        enqueue(tx, &Self { organization, source }, options).await?;
        Ok(())
    }
}

impl Job for CheckSource {
    const NAME: &'static str = "trends.check_source";
    const MAX_ATTEMPTS: i32 = 3;
    type Context = Trends;

    async fn run(self, trends: Trends, _: JobMeta) -> Result<(), JobError> {
        trends.check_source(self.organization, self.source).await.map_err(again)
    }
}

/// Hears that an account was connected, or connected again: sources that wait for one are looked at.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HearConnection {
    organization_id: OrganizationId,
}

impl From<EventRef> for HearConnection {
    fn from(event: EventRef) -> Self {
        Self { organization_id: event.organization_id }
    }
}

impl Job for HearConnection {
    const NAME: &'static str = "trends.hear_connection";
    type Context = Trends;

    async fn run(self, trends: Trends, _: JobMeta) -> Result<(), JobError> {
        trends.hear_connection(self.organization_id).await.map_err(again)
    }
}

/// What is heard of: an account is there, through which something can be read.
pub fn subscriptions() -> Subscriptions {
    ["connection.created", "connection.updated"]
        .into_iter()
        .fold(Subscriptions::new(), |all, kind| all.on(kind, HearConnection::NAME))
}

/// Removes what was said half a year ago.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Retain {}

impl Job for Retain {
    const NAME: &'static str = "trends.retain";
    type Context = Trends;

    async fn run(self, trends: Trends, _: JobMeta) -> Result<(), JobError> {
        trends.retain_items().await.map_err(again)
    }
}
