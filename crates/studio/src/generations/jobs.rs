//! The work of a generation: read what the input says, write every output, settle.
//!
//! The job may run more than once (a crash, a lost connection): outputs that are written stay written, the allowance
//! is settled once. No model is called inside a transaction.

use bellwether_billing::{Metric, Settlement};
use bellwether_jobs::{
    Job, JobError, JobMeta, Options,
    events::{self, NewEvent},
};
use bellwether_kernel::{
    Actor, Problem, RequestContext,
    id::{BrandId, GenerationId, OrganizationId, OutputId, UserId},
    money::MicroUsd,
};
use bellwether_models::{Analysis, Brief, Written};
use bellwether_networks::{Target, Tone};
use bellwether_operations::{Usage, UsageKind};
use bellwether_store::{TenantScope, TenantTx};
use chrono::{DateTime, Duration, Utc};
use futures::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{model::GenerationStatus, sql};
use crate::{Error, Studio, posts::NewPost, progress::Telling, trends::OfTrend, writing::InputText};

/// Outputs written at once.
const PARALLEL: usize = 6;
/// Generations older than this go to the archive.
const LIFE: Duration = Duration::days(90);

/// Writes what of a generation isn't written.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Generate {
    organization: OrganizationId,
    generation: GenerationId,
}

impl Generate {
    pub(crate) async fn enqueue(
        tx: &mut TenantTx,
        organization: OrganizationId,
        generation: GenerationId,
        at: Option<DateTime<Utc>>,
    ) -> Result<(), Error> {
        // one at a time per generation, so that a retry waits for the run before it
        let mut options = Options::default().queue(format!("generation:{}", generation.uuid()));
        if let Some(at) = at {
            options = options.run_at(at);
        }
        bellwether_jobs::enqueue(tx, &Self { organization, generation }, options).await?;
        Ok(())
    }
}

impl Job for Generate {
    const NAME: &'static str = "studio.generate";
    const MAX_ATTEMPTS: i32 = 4;
    type Context = Studio;

    async fn run(self, studio: Studio, meta: JobMeta) -> Result<(), JobError> {
        let Err(error) = studio.run_generation(&self).await else { return Ok(()) };
        if !meta.is_last() {
            return Err(JobError::Retry(error.to_string()));
        }
        // the last try: whoever waits is told, and the allowance goes back
        studio.give_up(&self).await.map_err(|error| JobError::Fail(error.to_string()))?;
        Err(JobError::Fail(error.to_string()))
    }
}

/// Archives old generations, every night.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Retain {}

impl Job for Retain {
    const NAME: &'static str = "studio.retain";
    type Context = Studio;

    async fn run(self, studio: Studio, _: JobMeta) -> Result<(), JobError> {
        studio.retain().await.map_err(|error| JobError::Retry(error.to_string()))
    }
}

/// What the outputs of one run have in common.
struct Run {
    organization: OrganizationId,
    brand: BrandId,
    generation: GenerationId,
    created_by: Option<UserId>,
    title: Option<String>,
    url: Option<String>,
    tone: Tone,
    brief: Brief,
    model: Option<String>,
    /// What it is made of, when that is a trend.
    trend: Option<OfTrend>,
}

impl Studio {
    async fn run_generation(&self, job: &Generate) -> Result<(), Error> {
        let scope = TenantScope::organization(job.organization);
        let mut tx = self.store.tenant(scope.clone()).await?;
        let Some(row) = sql::lock(tx.conn(), job.generation).await? else { return Ok(()) };
        // deleted before it began: nothing is written, and bringing it back begins anew
        if row.deleted && row.status == GenerationStatus::Pending.as_str() {
            return Ok(());
        }
        // done by an earlier run whose end the queue did not hear of
        if ![GenerationStatus::Pending, GenerationStatus::Running]
            .map(GenerationStatus::as_str)
            .contains(&&*row.status)
        {
            return Ok(());
        }
        let open = sql::start_outputs(tx.conn(), job.generation).await?;
        let brand = self.brands.writer_notes(&mut tx, row.brand).await?;
        sql::start(tx.conn(), job.generation, self.clock.now()).await?;
        tx.commit().await?;

        let input = InputText {
            text: row.text,
            title: row.title.clone(),
            url: row.url.clone(),
            language: row.language,
            tags: tags_of(&row.request.0),
            brand,
            model: Some(row.writer).filter(|writer| !writer.is_empty()),
            reported: OfTrend::of(&row.request.0).and_then(|trend| trend.reported),
        };
        let tone = Tone::parse(&row.tone).unwrap_or_default();
        if !open.is_empty() {
            let subject = Some(("generation", job.generation.uuid()));
            let meter = self.operations.meter(job.organization, Some(row.brand), subject);
            let analysis = self.writing.analyse(&input, &meter).await;
            if !row.analysed {
                self.keep_analysis(scope.clone(), job, row.brand, &analysis).await?;
            }
            // the target is set per output
            let mut brief = input.brief(Target::XPost, tone, row.instructions, 0);
            brief.analysis = Some(analysis);
            let run = Run {
                organization: job.organization,
                brand: row.brand,
                generation: job.generation,
                created_by: row.created_by,
                title: row.title,
                url: row.url,
                tone,
                brief,
                model: input.model,
                trend: OfTrend::of(&row.request.0),
            };
            let mut ends = stream::iter(open)
                .map(|output| self.write_output(&run, output.id, output.target))
                .buffer_unordered(PARALLEL);
            let mut fault = None;
            while let Some(end) = ends.next().await {
                if let Err(error) = end {
                    fault.get_or_insert(error);
                }
            }
            drop(ends);
            if let Some(error) = fault {
                return Err(error);
            }
        }
        self.finish(job).await
    }

    async fn keep_analysis(
        &self,
        scope: TenantScope,
        job: &Generate,
        brand: BrandId,
        analysis: &Analysis,
    ) -> Result<(), Error> {
        let mut tx = self.store.tenant(scope).await?;
        sql::set_analysis(tx.conn(), job.generation, analysis).await?;
        self.announce(&mut tx, job, brand, "generation.analysed", json!({ "topic": analysis.topic })).await?;
        Ok(tx.commit().await?)
    }

    async fn write_output(&self, run: &Run, id: OutputId, target: String) -> Result<(), Error> {
        let Some(wanted) = Target::parse(&target) else {
            let reason = super::model::unknown_target(&target);
            return self.fail_output(run, id, &target, "unknown_target", &reason).await;
        };
        let meter = self.operations.meter(run.organization, Some(run.brand), Some(("output", id.uuid())));
        let voice = self.ear(run.organization, run.brand, wanted.network()).await?;
        let brief = Brief { target: wanted, voice, ..run.brief.clone() };
        let telling = Telling {
            organization: run.organization,
            brand: run.brand,
            subject: ("output", id.uuid()),
            kind: "generation.output_progress",
        };
        match self.write_telling(&brief, run.model.as_deref(), &meter, &telling).await {
            Ok(written) => self.keep_output(run, id, wanted, &written).await,
            Err(error) => self.fail_output(run, id, &target, error.code(), &error.to_string()).await,
        }
    }

    async fn keep_output(
        &self,
        run: &Run,
        id: OutputId,
        target: Target,
        written: &Written,
    ) -> Result<(), Error> {
        let content = crate::posts::to_value(&written.content)?;
        let voice = self.hear(run.organization, run.brand, target.network(), &written.content).await?;
        let mut tx = self.store.tenant(TenantScope::organization(run.organization)).await?;
        let tokens = written.usage.input_tokens.saturating_add(written.usage.output_tokens);
        let done = sql::Completed {
            content: &content,
            provider: &written.provider,
            model: &written.model,
            prompt: &written.prompt,
            notes: &written.notes,
            tokens: i64::try_from(tokens).unwrap_or(i64::MAX),
            cost_micro_usd: written.cost.map(|MicroUsd(cost)| cost),
            milliseconds: i32::try_from(written.milliseconds).unwrap_or(i32::MAX),
        };
        if !sql::complete_output(tx.conn(), id, &done).await? {
            return Ok(());
        }
        let new = NewPost {
            brand: run.brand,
            generation: Some(run.generation),
            output: Some(id),
            created_by: run.created_by,
            target,
            content: &written.content,
            tone: run.tone,
            source_title: run.title.as_deref(),
            source_url: run.url.as_deref(),
            writer: (&written.provider, &written.model, &written.prompt),
            voice,
        };
        let post = self.insert_post(&mut tx, &new).await?;
        if let (Some(trend), Some(trends)) = (&run.trend, &self.trends) {
            let of = (trend.id, trend.angle.as_deref());
            let made = (post, Some(run.generation));
            let text = written.content.plain();
            trends.map_post(&mut tx, run.brand, of, made, &text).await.map_err(Problem::from)?;
        }
        let data =
            json!({ "output_id": id, "target": target, "post_id": post, "milliseconds": done.milliseconds });
        let job = Generate { organization: run.organization, generation: run.generation };
        self.announce(&mut tx, &job, run.brand, "generation.output_completed", data).await?;
        Ok(tx.commit().await?)
    }

    async fn fail_output(
        &self,
        run: &Run,
        id: OutputId,
        target: &str,
        code: &str,
        message: &str,
    ) -> Result<(), Error> {
        let mut tx = self.store.tenant(TenantScope::organization(run.organization)).await?;
        if sql::fail_output(tx.conn(), id, code, message).await? {
            let data = json!({ "output_id": id, "target": target, "code": code, "message": message });
            let job = Generate { organization: run.organization, generation: run.generation };
            self.announce(&mut tx, &job, run.brand, "generation.output_failed", data).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Says how the generation ended, settles its allowance and writes its usage down: together, once.
    async fn finish(&self, job: &Generate) -> Result<(), Error> {
        let mut tx = self.store.tenant(TenantScope::organization(job.organization)).await?;
        let Some(row) = sql::lock(tx.conn(), job.generation).await? else { return Ok(()) };
        let tally = sql::tally(tx.conn(), job.generation).await?;
        // another run is under way and will finish, or an earlier one has
        if tally.open > 0 || row.status != GenerationStatus::Running.as_str() {
            return Ok(());
        }
        let count = |n: i64| usize::try_from(n).unwrap_or(0);
        let status = GenerationStatus::of(count(tally.completed), count(tally.failed));
        let now = self.clock.now();
        let milliseconds = row.started_at.map_or(0, |started| (now - started).num_milliseconds());
        let end = sql::Finish {
            status: status.as_str(),
            error_code: tally.first_error_code.as_deref(),
            error_message: tally.first_error.as_deref(),
            milliseconds: i32::try_from(milliseconds).unwrap_or(i32::MAX),
            provider: tally.provider.as_deref(),
            model: tally.model.as_deref(),
            tokens: tally.tokens,
            cost_micro_usd: tally.cost_micro_usd,
            now,
        };
        sql::finish(tx.conn(), job.generation, &end).await?;
        let failed = status == GenerationStatus::Failed;
        let settlement = if failed { Settlement::Released } else { Settlement::Consumed };
        self.billing.settle(&mut tx, Metric::Generations, job.generation.uuid(), settlement).await?;
        let usage = Usage {
            kind: if failed { UsageKind::GenerationFailed } else { UsageKind::GenerationCompleted },
            generation: job.generation,
            brand: row.brand,
            user: row.created_by,
            networks: tally.networks,
            tokens: Some(tally.tokens),
            cost: Some(MicroUsd(tally.cost_micro_usd)),
            context: context_of(&row.request.0),
        };
        self.operations.record_usage(&mut tx, &usage).await?;
        let kind = if failed { "generation.failed" } else { "generation.completed" };
        let data = json!({ "status": status, "completed": tally.completed, "failed": tally.failed });
        self.announce(&mut tx, job, row.brand, kind, data).await?;
        Ok(tx.commit().await?)
    }

    async fn give_up(&self, job: &Generate) -> Result<(), Error> {
        let mut tx = self.store.tenant(TenantScope::organization(job.organization)).await?;
        if sql::lock(tx.conn(), job.generation).await?.is_none() {
            return Ok(());
        }
        let message = "Writing was interrupted several times. Try this one again.";
        sql::fail_open_outputs(tx.conn(), job.generation, "interrupted", message).await?;
        tx.commit().await?;
        self.finish(job).await
    }

    async fn announce(
        &self,
        tx: &mut TenantTx,
        job: &Generate,
        brand: BrandId,
        kind: &'static str,
        data: Value,
    ) -> Result<(), Error> {
        let event = NewEvent {
            organization: job.organization,
            brand: Some(brand),
            kind,
            subject: ("generation", job.generation.uuid()),
            actor: Actor::Worker { job: Generate::NAME.to_owned() },
            before: None,
            after: None,
            data: Some(data),
            context: RequestContext::default(),
        };
        events::record(tx, &self.clock, &self.rng, event).await?;
        Ok(())
    }

    /// What a generation was made from, for writing again.
    pub(crate) async fn input_of(&self, tx: &mut TenantTx, id: GenerationId) -> Result<InputText, Error> {
        let row = sql::lock(tx.conn(), id).await?.ok_or_else(|| Problem::not_found("generation"))?;
        let brand = self.brands.writer_notes(tx, row.brand).await?;
        Ok(InputText {
            text: row.text,
            title: row.title,
            url: row.url,
            language: row.language,
            tags: tags_of(&row.request.0),
            brand,
            model: Some(row.writer).filter(|writer| !writer.is_empty()),
            reported: OfTrend::of(&row.request.0).and_then(|trend| trend.reported),
        })
    }

    /// Moves generations past their time to the archive; posts made of them stay.
    pub async fn retain(&self) -> Result<(), Error> {
        const BATCH: i64 = 500;
        let now = self.clock.now();
        loop {
            let mut tx = self.store.service("retention: archive generations").await?;
            let moved = sql::archive(tx.conn(), now - LIFE, now, BATCH).await?;
            tx.commit().await?;
            if moved < BATCH {
                return Ok(());
            }
        }
    }
}

/// The tags that the input came with.
fn tags_of(request: &Value) -> Vec<String> {
    let tags = request.get("tags").and_then(Value::as_array);
    tags.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn context_of(request: &Value) -> RequestContext {
    let text = |key: &str| request.get(key).and_then(Value::as_str).map(str::to_owned);
    RequestContext {
        request_id: text("request_id"),
        user_agent: text("user_agent"),
        ip_address: text("ip_address").and_then(|address| address.parse().ok()),
        ..RequestContext::default()
    }
}
