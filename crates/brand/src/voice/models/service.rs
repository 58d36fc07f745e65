//! Use cases of models: ask for one, read, put to use. (The training is in `jobs`.)

use std::collections::HashSet;

use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    Actor, BrandAccess, Cursor, Kind, Page, PageRequest, Permission, Problem, RequestContext, id::BrandId,
};
use bellwether_store::TenantTx;
use bellwether_voice::Guide;
use chrono::Duration;
use serde_json::{Value, json};

use super::{
    VoiceModelSummary, VoiceModelView,
    jobs::{INTERRUPTED, Train},
    sql,
};
use crate::{
    Brands, Error,
    ids::VoiceModelId,
    voice::{
        Family,
        overview::Counted,
        samples::{self, service::readable},
    },
};

/// A training that has not ended after this will not: its worker is gone, and so are its tries.
const LIFE: Duration = Duration::hours(2);

async fn view(tx: &mut TenantTx, access: &BrandAccess, id: VoiceModelId) -> Result<VoiceModelView, Error> {
    let found = sql::get(tx.conn(), access.brand, id).await?;
    let summary = found.ok_or_else(|| Problem::not_found("voice model"))?;
    let (config, guide) = sql::get_details(tx.conn(), id).await?.unwrap_or_default();
    let guide: Option<Guide> = guide.and_then(|guide| serde_json::from_value(guide).ok());
    let guide = match guide {
        Some(guide) => Some(quoting(tx, access.brand, guide, &readable(access)).await?),
        None => None,
    };
    Ok(VoiceModelView { summary, config, guide })
}

/// A guide without the quotes whose sample is gone or is of a source that may not be read.
pub(crate) async fn quoting(
    tx: &mut TenantTx,
    brand: BrandId,
    mut guide: Guide,
    readable: &[String],
) -> Result<Guide, Error> {
    let quotes: Vec<String> = guide.quotes().map(str::to_owned).collect();
    if quotes.is_empty() {
        return Ok(guide);
    }
    let said: HashSet<String> =
        samples::sql::said(tx.conn(), brand, &quotes, readable).await?.into_iter().collect();
    guide.keep_quotes(|quote| said.contains(quote));
    Ok(guide)
}

impl Brands {
    /// A page of the brand's versions, the newest first.
    pub async fn list_voice_models(
        &self,
        access: &BrandAccess,
        page: PageRequest,
    ) -> Result<Page<VoiceModelSummary>, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let rows = sql::list(tx.conn(), access.brand, page.after, page.limit + 1).await?;
        tx.commit().await?;
        Ok(Page::of(rows, page.limit, |row| Cursor { at: row.created_at, id: row.id.uuid() }))
    }

    /// A version with what it says in words.
    pub async fn get_voice_model(
        &self,
        access: &BrandAccess,
        id: VoiceModelId,
    ) -> Result<VoiceModelView, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let view = view(&mut tx, access, id).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Asks for a new version; the brand's managers may. What can't be trained for want of samples is told at once.
    pub async fn create_voice_model(
        &self,
        access: &BrandAccess,
        family: Family,
        context: &RequestContext,
    ) -> Result<VoiceModelView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        crate::lock(&mut tx, access.brand).await?;
        let tally = samples::sql::tally(tx.conn(), access.brand).await?;
        if let Some(missing) = Counted::of(&tally, family).missing() {
            return Err(Problem::new(Kind::Conflict, "not_enough_samples", missing.message).into());
        }
        if let Some(version) = sql::find_training(tx.conn(), access.brand, family.as_str()).await? {
            let detail = format!("Version {version} is being trained; wait for it.");
            return Err(Problem::new(Kind::Conflict, "training_already", detail).into());
        }
        let id = self.request_training(&mut tx, access.brand, family, access.actor(), context).await?;
        let view = view(&mut tx, access, id).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Adds a version and its training. The brand is locked by the caller, and nothing of the family is being trained.
    pub(crate) async fn request_training(
        &self,
        tx: &mut TenantTx,
        brand: BrandId,
        family: Family,
        actor: Actor,
        context: &RequestContext,
    ) -> Result<VoiceModelId, Error> {
        let id = VoiceModelId::new(&self.clock, &self.rng);
        let organization = tx.organization();
        let cause = if matches!(actor, Actor::Worker { .. }) { "learning" } else { "person" };
        let (key, config) = ((organization, brand, id), json!({ "asked_by": cause }));
        let version = sql::insert(tx.conn(), key, family.as_str(), &config, self.clock.now()).await?;
        let data = json!({ "model": id, "family": family, "version": version, "status": "pending" });
        let event = NewEvent {
            organization,
            brand: Some(brand),
            kind: "voice_model.requested",
            subject: ("voice_model", id.uuid()),
            actor,
            before: None,
            after: None,
            data: Some(data),
            context: context.clone(),
        };
        events::record(tx, &self.clock, &self.rng, event).await?;
        Train::enqueue(tx, brand, id).await?;
        Ok(id)
    }

    /// Puts a version to use in the place of the one that was; the brand's managers may. An older one again is the way
    /// back.
    pub async fn activate_voice_model(
        &self,
        access: &BrandAccess,
        id: VoiceModelId,
        context: &RequestContext,
    ) -> Result<VoiceModelView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        // one swap at a time: of two who ask at once the later wins, and one is active
        crate::lock(&mut tx, access.brand).await?;
        let found = sql::get(tx.conn(), access.brand, id).await?;
        let found = found.ok_or_else(|| Problem::not_found("voice model"))?;
        let active: Vec<(String, VoiceModelId)> = sql::list_active(tx.conn(), access.brand).await?;
        let before = active.into_iter().find(|(family, _)| *family == found.family).map(|(_, id)| id);
        if !sql::activate(tx.conn(), access.brand, &found.family, id).await? {
            let detail = "Only a version whose training is completed can be put to use.";
            return Err(Problem::new(Kind::Conflict, "not_trained", detail).into());
        }
        if before != Some(id) {
            let change = |id: VoiceModelId| -> Value { json!({ "active": id, "family": found.family }) };
            let subject = ("voice_model", id.uuid());
            let change = (before.map(change), Some(change(id)));
            self.record_in(&mut tx, access, "voice_model.activated", subject, change, context).await?;
        }
        let view = view(&mut tx, access, id).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Deletes a version; the brand's managers may. Without the one in use a family is heard by the voice of all, or by none
    /// until one is trained or put to use.
    pub async fn delete_voice_model(
        &self,
        access: &BrandAccess,
        id: VoiceModelId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        // as who trains and who activates: the brand first, then its models
        crate::lock(&mut tx, access.brand).await?;
        let found = sql::get(tx.conn(), access.brand, id).await?;
        let found = found.ok_or_else(|| Problem::not_found("voice model"))?;
        if !sql::delete(tx.conn(), access.brand, id).await? {
            let detail = format!(
                "Version {} is being trained. Wait until that has ended, then delete it.",
                found.version
            );
            return Err(Problem::new(Kind::Conflict, "in_training", detail).into());
        }
        let before = json!({ "family": found.family, "version": found.version, "active": found.active });
        let subject = ("voice_model", id.uuid());
        self.record_in(&mut tx, access, "voice_model.deleted", subject, (Some(before), None), context)
            .await?;
        Ok(tx.commit().await?)
    }

    /// The models in use, by family: what a text written now hangs on.
    pub async fn active_voices(
        &self,
        tx: &mut TenantTx,
        brand: BrandId,
    ) -> Result<Vec<(String, VoiceModelId)>, Error> {
        Ok(sql::list_active(tx.conn(), brand).await?)
    }

    /// Fails trainings that will never end, so that another can begin.
    pub(crate) async fn fail_stale_trainings(&self) -> Result<u64, Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("purge: trainings that will never end").await?;
        let failed = sql::fail_stale(tx.conn(), INTERRUPTED, now - LIFE, now).await?;
        tx.commit().await?;
        Ok(failed)
    }
}
