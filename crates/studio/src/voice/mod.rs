//! The brand's voice in the studio: how much a draft sounds like it, and what people's decisions on drafts teach it.

mod learn;
mod lessons;

use std::sync::Arc;

use bellwether_brand::VoiceModelId;
use bellwether_kernel::id::{BrandId, OrganizationId};
use bellwether_models::VoiceEar;
use bellwether_networks::{Content, Network, Target};
use bellwether_store::{Subscriptions, TenantTx};

pub use learn::LearnVoice;

use crate::{Error, Studio};

/// Decisions from which a voice learns.
const DECISIONS: [&str; 7] = [
    "post.updated",
    "post.regenerated",
    "post.approved",
    "post.rejected",
    "post.reopened",
    "post.feedback",
    "post.restored",
];

/// Who hears of what, for the wiring.
pub fn subscriptions() -> Subscriptions {
    use bellwether_jobs::Job as _;
    DECISIONS.iter().fold(Subscriptions::new(), |all, kind| all.on(kind, LearnVoice::NAME))
}

/// What the brand's voice said of a draft.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Heard {
    /// 0 to 1; none where there is no voice or too little text.
    pub(crate) confidence: Option<f64>,
    /// Who said so.
    pub(crate) model: Option<VoiceModelId>,
}

impl Studio {
    /// Has the brand's voice hear a draft. Outside of any transaction: it reads the voice and computes.
    pub(crate) async fn hear(
        &self,
        organization: OrganizationId,
        brand: BrandId,
        network: Network,
        content: &Content,
    ) -> Result<Heard, Error> {
        let Some(known) = self.brands.voice_for(organization, brand, Some(network)).await? else {
            return Ok(Heard::default());
        };
        let (model, content) = (known.id, content.clone());
        let confidence = tokio::task::spawn_blocking(move || known.confidence(&content))
            .await
            .map_err(|error| crate::posts::internal(error.to_string()))?;
        Ok(Heard { confidence, model: confidence.map(|_| model) })
    }

    /// In whose voice drafts for a network are written; none where none is trained.
    pub(crate) async fn ear(
        &self,
        organization: OrganizationId,
        brand: BrandId,
        network: Network,
    ) -> Result<Option<Arc<VoiceEar>>, Error> {
        let known = self.brands.voice_for(organization, brand, Some(network)).await?;
        Ok(known.map(|known| Arc::clone(&known.ear)))
    }

    /// The voices that drafts for some targets are written with: part of what makes two requests the same.
    pub(crate) async fn voices_of(
        &self,
        tx: &mut TenantTx,
        brand: BrandId,
        targets: &[Target],
    ) -> Result<Vec<VoiceModelId>, Error> {
        use bellwether_brand::voice::Family;
        let active = self.brands.active_voices(tx, brand).await?;
        let of = |family: Family| active.iter().find(|(known, _)| known == family.as_str()).map(|(_, id)| *id);
        let mut voices: Vec<VoiceModelId> = targets
            .iter()
            .filter_map(|target| of(Family::of(target.network())).or_else(|| of(Family::All)))
            .collect();
        voices.sort_unstable();
        voices.dedup();
        Ok(voices)
    }
}
