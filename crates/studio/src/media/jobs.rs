//! Clearing up once a day: uploads that nobody went on with, files deleted 14 days ago, and bytes that nothing names any
//! more (of those, of brands and organizations that are gone, of a program that stopped in between).

use bellwether_jobs::{
    Job, JobError, JobMeta,
    events::{self, NewEvent},
};
use bellwether_kernel::{Actor, RequestContext};
use chrono::Duration;
use futures::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::service::UNDO;
use super::sql;
use crate::{Error, Studio};

/// Bytes that were just written may belong to a row that is not committed yet.
const SETTLED: Duration = Duration::days(1);
/// Keys asked for at once.
const BATCH: usize = 500;

/// Clears up the library.
#[derive(Debug, Serialize, Deserialize)]
pub struct RetainMedia {}

impl Job for RetainMedia {
    const NAME: &'static str = "studio.retain_media";
    type Context = Studio;

    async fn run(self, studio: Studio, _: JobMeta) -> Result<(), JobError> {
        studio.retain_media().await.map_err(|error| JobError::Retry(error.to_string()))
    }
}

impl Studio {
    /// Clears up the library.
    pub async fn retain_media(&self) -> Result<(), Error> {
        let now = self.clock.now();
        loop {
            let mut tx = self.store.service("purge: deleted files of the library").await?;
            sql::delete_expired_uploads(tx.conn(), now).await?;
            let gone = sql::purge(tx.conn(), now - UNDO).await?;
            let told = gone.iter().map(|row| NewEvent {
                organization: row.organization,
                brand: Some(row.brand),
                kind: "media.purged",
                subject: ("media", row.id.uuid()),
                actor: Actor::Worker { job: RetainMedia::NAME.to_owned() },
                before: None,
                after: None,
                data: None,
                context: RequestContext::default(),
            });
            events::record_all(&mut tx, &self.clock, &self.rng, told.collect()).await?;
            tx.commit().await?;
            if gone.is_empty() {
                break;
            }
        }
        self.sweep_files().await
    }

    /// Removes bytes that nothing names.
    async fn sweep_files(&self) -> Result<(), Error> {
        let old = self.library.files.older_than(self.clock.now() - SETTLED)?;
        let mut batches = old.try_chunks(BATCH);
        while let Some(keys) = batches.try_next().await.map_err(|error| error.1)? {
            // a key begins with its organization; what doesn't is none of ours
            let (organizations, keys): (Vec<Uuid>, Vec<String>) = keys
                .into_iter()
                .filter_map(|key| Some((key.split('/').next()?.parse::<Uuid>().ok()?, key)))
                .unzip();
            let mut tx = self.store.service("sweep: bytes that no file names").await?;
            let unnamed = sql::unnamed(tx.conn(), &organizations, &keys).await?;
            tx.commit().await?;
            for key in unnamed {
                self.library.files.remove(&key).await;
            }
        }
        Ok(())
    }
}
