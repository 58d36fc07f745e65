//! Who speaks: the brands of an organization.
//!
//! Owns `brand.brands`, `brand_slugs`, `audiences`, `pillars`, `hooks`, `offers`, `knowledge`, `pictures`,
//! `voice_samples`, `voice_models` and `website_snapshots`, and publishes the views `brand.directory` and
//! `brand.former_slugs`, from which identity opens a brand's door, and `brand.in_use` for what goes on by itself.
//!
//! Writes the events `brand.created`, `brand.updated`, `brand.deleted`, `brand.restored`, `brand.profile_updated`,
//! `brand.picture_changed`, `brand.picture_removed`; of `audience`, `pillar`, `hook`, `offer` and `knowledge` each
//! `….created`, `….updated`, `….deleted`; `pillar.reordered`, `hook.restored`, `hook.used`, `offer.analysed`;
//! `voice_sample.added`, `….updated`, `….deleted`, `voice_model.requested`, `….completed`, `….failed`, `….activated`,
//! `….deleted`;
//! `website.reading`, `….read`, `….failed`, `….accepted`. Hears none. While a voice is trained or a website is read, open
//! streams are told in passing by `voice_model.progress` and `website.progress`, which are in no log.

pub mod audiences;
pub mod brands;
mod error;
mod fields;
pub mod hooks;
mod ids;
mod interests;
pub mod knowledge;
mod notes;
pub mod offers;
pub mod pictures;
pub mod pillars;
pub mod profile;
pub mod voice;
pub mod website;

use std::sync::Arc;

use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{BrandAccess, Clock, Kind, Problem, RequestContext, Rng, id::BrandId};
use bellwether_store::{Store, TenantTx};
use serde_json::Value;
use uuid::Uuid;

pub use brands::{BrandView, FirstBrands};
pub use error::Error;
pub use ids::{
    AudienceId, HookId, KnowledgeId, OfferId, PictureId, PillarId, SnapshotId, VoiceModelId, VoiceSampleId,
};
pub use interests::{AudienceInterest, Interests, PillarInterest};
pub use pillars::{PastContent, PastPost};
pub use website::{ReadWebsite, Websites};

/// The facade of this context. Cheap to clone.
#[derive(Clone)]
pub struct Brands {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) past: Option<Arc<dyn PastContent>>,
    pub(crate) voices: voice::Voices,
    pub(crate) websites: Option<Websites>,
}

impl Brands {
    /// Wires the context.
    pub fn new(store: Store, clock: Clock, rng: Rng) -> Self {
        Self { store, clock, rng, past: None, voices: voice::Voices::default(), websites: None }
    }

    /// The same with what brands wrote so far, from which pillars are proposed.
    #[must_use]
    pub fn with_past_content(mut self, past: Arc<dyn PastContent>) -> Self {
        self.past = Some(past);
        self
    }

    /// The same with who reads websites.
    #[must_use]
    pub fn with_websites(mut self, websites: Websites) -> Self {
        self.websites = Some(websites);
        self
    }

    /// The routes of this context.
    pub fn routes(&self) -> bellwether_web::Api {
        brands::http::routes()
            .merge(profile::http::routes())
            .merge(audiences::http::routes())
            .merge(pillars::http::routes())
            .merge(hooks::http::routes())
            .merge(offers::http::routes())
            .merge(knowledge::http::routes())
            .merge(pictures::http::routes())
            .merge(voice::routes())
            .merge(website::http::routes())
            .layer(axum::Extension(self.clone()))
    }

    /// Writes what happened to something of a brand; `change` is it before and after.
    pub(crate) async fn record_in(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        kind: &'static str,
        subject: (&'static str, Uuid),
        (before, after): (Option<Value>, Option<Value>),
        context: &RequestContext,
    ) -> Result<(), Error> {
        let event = NewEvent {
            organization: access.organization,
            brand: Some(access.brand),
            kind,
            subject,
            actor: access.actor(),
            before,
            after,
            data: None,
            context: context.clone(),
        };
        events::record(tx, &self.clock, &self.rng, event).await?;
        Ok(())
    }
}

/// Holds a brand until the end of the transaction, so that what is counted in it stays true.
pub(crate) async fn lock(tx: &mut TenantTx, brand: BrandId) -> Result<(), Error> {
    if brands::sql::lock(tx.conn(), brand).await? {
        return Ok(());
    }
    Err(Problem::not_found("brand").into())
}

/// Refuses one more where there are as many as there may be.
pub(crate) fn room(there: usize, most: usize, what: &str) -> Result<(), Problem> {
    if there < most {
        return Ok(());
    }
    let detail = format!("A brand has at most {most} {what}. Delete one that is not needed any more.");
    Err(Problem::new(Kind::Conflict, "too_many", detail))
}
