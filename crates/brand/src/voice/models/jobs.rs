//! The training of a version.
//!
//! The job may run more than once (a crash, a lost connection): what is completed or failed stays so, and everything is
//! written at the end, in one transaction.

use std::time::Duration;

use bellwether_jobs::{
    Job, JobError, JobMeta,
    events::{self, NewEvent, Whisper, whisper},
};
use bellwether_kernel::{
    Actor, Kind, Problem, RequestContext,
    id::{BrandId, OrganizationId},
};
use bellwether_store::{TenantScope, TenantTx};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::{
    sql,
    training::{Material, Outcome, train},
};
use crate::{
    Brands, Error,
    ids::VoiceModelId,
    voice::{Family, samples},
};

/// Between two words on how far a training is.
const PAUSE: Duration = Duration::from_millis(200);
/// Versions kept of each family.
const KEPT: i32 = 20;
/// What is said of a training that broke off.
pub(super) const INTERRUPTED: &str = "The training was interrupted several times. Start it again.";

/// Trains a version of a brand's voice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Train {
    organization: OrganizationId,
    brand: BrandId,
    model: VoiceModelId,
}

impl Train {
    pub(super) async fn enqueue(
        tx: &mut TenantTx,
        brand: BrandId,
        model: VoiceModelId,
    ) -> Result<(), bellwether_store::Error> {
        let job = Self { organization: tx.organization(), brand, model };
        // one at a time per brand: a machine has few processors, and a retry waits for the run before it
        let options = bellwether_jobs::Options::default().queue(format!("voice:{}", brand.uuid()));
        bellwether_jobs::enqueue(tx, &job, options).await?;
        Ok(())
    }
}

impl Job for Train {
    const NAME: &'static str = "brand.train_voice";
    const MAX_ATTEMPTS: i32 = 4;
    type Context = Brands;

    async fn run(self, brands: Brands, meta: JobMeta) -> Result<(), JobError> {
        let Err(error) = brands.run_training(&self).await else { return Ok(()) };
        if !meta.is_last() {
            return Err(JobError::Retry(error.to_string()));
        }
        // the last try: whoever waits is told
        let told = brands.fail_training(&self, INTERRUPTED).await;
        told.map_err(|error| JobError::Fail(error.to_string()))?;
        Err(JobError::Fail(error.to_string()))
    }
}

impl Brands {
    async fn run_training(&self, job: &Train) -> Result<(), Error> {
        let Some(material) = self.begin_training(job).await? else { return Ok(()) };
        let (sender, receiver) = watch::channel(("reading".to_owned(), 0.0_f32));
        let trained = tokio::task::spawn_blocking(move || {
            train(&material, &mut |stage, done| {
                sender.send_replace((stage.to_owned(), done));
            })
        });
        tokio::pin!(trained);
        let trained = tokio::select! {
            biased;
            trained = &mut trained => trained,
            // ends with the training at the latest, whose end drops the sender
            () = self.tell_training(job, receiver) => trained.await,
        };
        let trained = trained.map_err(|error| Problem::new(Kind::Internal, "internal", error.to_string()))?;
        match trained {
            Ok(outcome) => self.complete_training(job, &outcome).await,
            Err(failure) => self.fail_training(job, &failure).await,
        }
    }

    /// What the training takes; none when there is nothing to train.
    async fn begin_training(&self, job: &Train) -> Result<Option<Material>, Error> {
        let mut tx = self.store.tenant(TenantScope::organization(job.organization)).await?;
        let row = sql::lock(tx.conn(), job.model).await?;
        let Some(row) = row.filter(|row| matches!(&*row.status, "pending" | "training")) else {
            // deleted with its brand, or done by an earlier run whose end the queue did not hear of
            return Ok(None);
        };
        sql::start(tx.conn(), job.model, self.clock.now()).await?;
        let networks = row.family.parse::<Family>().ok().and_then(Family::networks);
        let texts = samples::sql::texts(tx.conn(), row.brand, networks.as_deref()).await?;
        let older = sql::find_older(tx.conn(), row.brand, &row.family).await?;
        tx.commit().await?;
        Ok(Some(Material { texts, older }))
    }

    /// Tells the open streams how far it is, now and then, until it is done.
    async fn tell_training(&self, job: &Train, mut stand: watch::Receiver<(String, f32)>) {
        loop {
            let (stage, done) = stand.borrow_and_update().clone();
            if let Err(error) = self.tell_training_once(job, &stage, done).await {
                // the training matters more than the word on it
                tracing::debug!(%error, "progress could not be told");
            }
            tokio::time::sleep(PAUSE).await;
            if stand.changed().await.is_err() {
                return;
            }
        }
    }

    async fn tell_training_once(&self, job: &Train, stage: &str, done: f32) -> Result<(), Error> {
        let told = Whisper {
            organization: job.organization,
            brand: Some(job.brand),
            kind: "voice_model.progress",
            subject: ("voice_model", job.model.uuid()),
            data: json!({ "model": job.model, "stage": stage, "done": done }),
        };
        let mut tx = self.store.tenant(TenantScope::organization(job.organization)).await?;
        whisper(&mut tx, told).await?;
        Ok(tx.commit().await?)
    }

    async fn complete_training(&self, job: &Train, outcome: &Outcome) -> Result<(), Error> {
        let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        let mut tx = self.store.tenant(TenantScope::organization(job.organization)).await?;
        // as who activates: the brand first, then its models
        crate::lock(&mut tx, job.brand).await?;
        let row = sql::lock(tx.conn(), job.model).await?;
        let Some(row) = row.filter(|row| row.status == "training") else { return Ok(()) };
        let done = sql::Completed {
            config: &outcome.config,
            sample_count: count(outcome.sample_count),
            other_count: count(outcome.other_count),
            words: count(outcome.words),
            validation: &outcome.validation,
            before_score: outcome.before_score,
            after_score: outcome.after_score,
            guide: &outcome.guide,
            model: &outcome.model,
            now: self.clock.now(),
        };
        sql::complete(tx.conn(), job.model, &done).await?;
        samples::sql::set_ranks(tx.conn(), job.brand, &outcome.ranked).await?;
        let activated = outcome.not_better.is_none();
        if activated {
            sql::activate(tx.conn(), job.brand, &row.family, job.model).await?;
        }
        sql::delete_old(tx.conn(), job.brand, &row.family, KEPT).await?;
        let data = json!({
            "model": job.model, "family": row.family, "version": row.version, "status": "completed",
            "validation_score": outcome.validation.area, "active": activated, "reason": outcome.not_better,
        });
        self.announce_training(&mut tx, job, "voice_model.completed", data).await?;
        Ok(tx.commit().await?)
    }

    async fn fail_training(&self, job: &Train, failure: &str) -> Result<(), Error> {
        let mut tx = self.store.tenant(TenantScope::organization(job.organization)).await?;
        let Some(row) = sql::lock(tx.conn(), job.model).await? else { return Ok(()) };
        if sql::fail(tx.conn(), job.model, failure, self.clock.now()).await? {
            let data = json!({
                "model": job.model, "family": row.family, "version": row.version, "status": "failed",
                "failure": failure,
            });
            self.announce_training(&mut tx, job, "voice_model.failed", data).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn announce_training(
        &self,
        tx: &mut TenantTx,
        job: &Train,
        kind: &'static str,
        data: Value,
    ) -> Result<(), Error> {
        let event = NewEvent {
            organization: job.organization,
            brand: Some(job.brand),
            kind,
            subject: ("voice_model", job.model.uuid()),
            actor: Actor::Worker { job: Train::NAME.to_owned() },
            before: None,
            after: None,
            data: Some(data),
            context: RequestContext::default(),
        };
        events::record(tx, &self.clock, &self.rng, event).await?;
        Ok(())
    }
}
