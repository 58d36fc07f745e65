//! Writing another text for a post, in the background: a language model may take a minute.

use bellwether_jobs::{Job, JobError, JobMeta, events};
use bellwether_kernel::{
    Actor, BrandAccess, Permission, Problem, RequestContext,
    id::{BrandId, OrganizationId, PostId},
};
use bellwether_models::WriteError;
use bellwether_networks::Tone;
use bellwether_store::TenantScope;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    model::{Checks, Status, search_text},
    service::{Change, read, target_of, to_value},
    sql,
    view::PostView,
};
use crate::{Error, Studio, generations::model::check_instructions, media::attached, progress::Telling};

/// Writes another text for a post.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Regenerate {
    organization: OrganizationId,
    brand: BrandId,
    post: PostId,
    tone: Tone,
    instructions: Option<String>,
    #[serde(default)]
    asked_by: Option<bellwether_kernel::id::UserId>,
}

impl Job for Regenerate {
    const NAME: &'static str = "studio.regenerate";
    const MAX_ATTEMPTS: i32 = 3;
    type Context = Studio;

    async fn run(self, studio: Studio, meta: JobMeta) -> Result<(), JobError> {
        match studio.run_regenerate(&self).await {
            Ok(()) => Ok(()),
            Err(error) if meta.is_last() => {
                let problem = Problem::from(error);
                studio
                    .end_regenerate(&self, "The text could not be written. Try again.")
                    .await
                    .map_err(|error| JobError::Fail(error.to_string()))?;
                Err(JobError::Fail(problem.detail))
            }
            Err(error) => Err(JobError::Retry(error.to_string())),
        }
    }
}

impl Studio {
    /// Asks for another text of a post.
    pub async fn regenerate_post(
        &self,
        access: &BrandAccess,
        id: PostId,
        tone: Option<Tone>,
        instructions: Option<String>,
        context: &RequestContext,
    ) -> Result<PostView, Error> {
        access.allow(Permission::PostsWrite)?;
        check_instructions(instructions.as_deref())?;
        let mut tx = self.store.tenant(access).await?;
        let row = self.lock_live(&mut tx, access.brand, id).await?;
        if row.regenerating {
            return Err(Error::Regenerating);
        }
        if row.status == Status::Published.as_str() {
            let detail = "A published post can't be written anew.";
            return Err(Problem::new(bellwether_kernel::Kind::Conflict, "wrong_status", detail).into());
        }
        if row.generation_id.is_none() {
            let detail = "The input of this post is gone, so nothing can be written from it.";
            return Err(Problem::new(bellwether_kernel::Kind::Conflict, "no_input", detail).into());
        }
        sql::set_regenerating(tx.conn(), id, true, None).await?;
        let job = Regenerate {
            organization: access.organization,
            brand: access.brand,
            post: id,
            tone: tone.or_else(|| Tone::parse(&row.tone)).unwrap_or_default(),
            instructions: instructions.filter(|text| !text.trim().is_empty()),
            asked_by: Some(access.user),
        };
        bellwether_jobs::enqueue(&mut tx, &job, bellwether_jobs::Options::default()).await?;
        let change = Change { kind: "post.regenerating", before: None, after: None, data: None };
        let actor = access.actor();
        self.record_post(&mut tx, access.brand, id, actor, change, context).await?;
        let view = read(&mut tx, access.brand, id).await?;
        tx.commit().await?;
        Ok(view)
    }

    async fn run_regenerate(&self, job: &Regenerate) -> Result<(), Error> {
        let scope = TenantScope::organization(job.organization);
        let mut tx = self.store.tenant(scope.clone()).await?;
        let Some(row) = sql::lock(tx.conn(), job.brand, job.post).await?.filter(|row| !row.deleted) else {
            return Ok(());
        };
        // tried again after it was done
        if !row.regenerating {
            return Ok(());
        }
        let Some(generation) = row.generation_id else { return Ok(()) };
        let input = self.input_of(&mut tx, generation).await?;
        tx.commit().await?;

        let target = target_of(&row.target)?;
        let variation = u32::try_from(row.variation).unwrap_or(0) + 1;
        let mut brief = input.brief(target, job.tone, job.instructions.clone(), variation);
        brief.voice = self.ear(job.organization, job.brand, target.network()).await?;
        let meter = self.operations.meter(job.organization, Some(job.brand), Some(("post", job.post.uuid())));
        let subject = ("post", job.post.uuid());
        let telling =
            Telling { organization: job.organization, brand: job.brand, subject, kind: "post.progress" };
        let written = match self.write_telling(&brief, input.model.as_deref(), &meter, &telling).await {
            Ok(written) => written,
            Err(error @ WriteError::Unavailable { .. }) => return Err(Problem::from(error).into()),
            Err(error) => return self.end_regenerate(job, &error.to_string()).await,
        };

        let voice = self.hear(job.organization, job.brand, target.network(), &written.content).await?;
        let mut tx = self.store.tenant(scope).await?;
        let Some(row) =
            sql::lock(tx.conn(), job.brand, job.post).await?.filter(|row| !row.deleted && row.regenerating)
        else {
            return Ok(());
        };
        let value = to_value(&written.content)?;
        let shown = attached::list_shown(tx.conn(), job.post).await?;
        let checks = Checks::with(target, &written.content, &shown);
        let change = sql::ContentChange {
            content: &value,
            edited: false,
            search_text: &search_text(&written.content, row.source_title.as_deref()),
            counts: to_value(&checks.counts)?,
            issues: to_value(&checks.issues)?,
            rule_errors: i32::try_from(checks.errors()).unwrap_or(i32::MAX),
            status: Status::Pending.as_str(),
            voice,
        };
        let writer = (written.provider.as_str(), written.model.as_str());
        sql::update_regenerated(tx.conn(), job.post, &change, job.tone.as_str(), writer).await?;
        let actor = Actor::Ai {
            model: format!("{}/{}", written.provider, written.model),
            prompt: written.prompt.clone(),
        };
        self.keep_version(&mut tx, job.brand, job.post, "regenerated", &value, &actor).await?;
        let change = Change {
            kind: "post.regenerated",
            before: Some(json!({ "content": row.content.0, "status": row.status })),
            after: Some(json!({ "content": value, "status": Status::Pending.as_str() })),
            data: Some(json!({ "asked_by": job.asked_by })),
        };
        self.record_post(&mut tx, job.brand, job.post, actor, change, &RequestContext::default()).await?;
        Ok(tx.commit().await?)
    }

    async fn end_regenerate(&self, job: &Regenerate, reason: &str) -> Result<(), Error> {
        let mut tx = self.store.tenant(TenantScope::organization(job.organization)).await?;
        sql::set_regenerating(tx.conn(), job.post, false, Some(reason)).await?;
        let event = events::NewEvent {
            organization: job.organization,
            brand: Some(job.brand),
            kind: "post.regeneration_failed",
            subject: ("post", job.post.uuid()),
            actor: Actor::Worker { job: Regenerate::NAME.to_owned() },
            before: None,
            after: None,
            data: Some(json!({ "reason": reason })),
            context: RequestContext::default(),
        };
        events::record(&mut tx, &self.clock, &self.rng, event).await?;
        Ok(tx.commit().await?)
    }
}
