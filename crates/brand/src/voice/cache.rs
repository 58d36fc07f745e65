//! Parsed voices, in bounded memory. A version never changes but for the quotes whose samples are deleted.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use bellwether_kernel::{
    Kind, Problem,
    id::{BrandId, OrganizationId},
};
use bellwether_models::VoiceEar;
use bellwether_networks::{Content, Network};
use bellwether_store::TenantScope;
use bellwether_voice::{Guide, Voice};

use super::{Family, models, off_the_threads, samples::SampleSource};
use crate::{Brands, Error, ids::VoiceModelId};

/// Voices kept at most; each takes about two megabytes.
const MOST: usize = 64;

/// A model, ready to be asked.
#[derive(Debug)]
pub struct KnownVoice {
    /// Its id.
    pub id: VoiceModelId,
    /// Its version in its family.
    pub version: i32,
    /// What it hears.
    pub voice: Voice,
    /// The same as writers use it.
    pub ear: Arc<VoiceEar>,
    /// Samples that were gone when its guide was read: more of them, and it has to be read again.
    samples_deleted: i32,
}

impl KnownVoice {
    /// How sure it is of a draft, 0 to 1 with two digits; none when the draft is too short to tell. Takes about a
    /// millisecond.
    pub fn confidence(&self, content: &Content) -> Option<f64> {
        Some((f64::from(self.ear.hear(content)?.value) * 100.0).round() / 100.0)
    }
}

/// The voices that were asked last.
#[derive(Clone, Default)]
pub(crate) struct Voices(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    voices: HashMap<VoiceModelId, (Arc<KnownVoice>, u64)>,
    asked: u64,
}

impl Voices {
    fn get(&self, id: VoiceModelId) -> Option<Arc<KnownVoice>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.asked += 1;
        let now = kept.asked;
        let (voice, asked) = kept.voices.get_mut(&id)?;
        *asked = now;
        Some(Arc::clone(voice))
    }

    fn put(&self, voice: Arc<KnownVoice>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.asked += 1;
        let now = kept.asked;
        kept.voices.insert(voice.id, (voice, now));
        if kept.voices.len() > MOST {
            let oldest = kept.voices.iter().min_by_key(|(_, (_, asked))| *asked).map(|(id, _)| *id);
            oldest.map(|id| kept.voices.remove(&id));
        }
    }
}

impl Brands {
    /// The voice that hears a network for a brand: that of the network's family, else that of all; none when neither is
    /// trained. Opens a transaction of its own.
    pub async fn voice_for(
        &self,
        organization: OrganizationId,
        brand: BrandId,
        network: Option<Network>,
    ) -> Result<Option<Arc<KnownVoice>>, Error> {
        let family = network.map_or(Family::All, Family::of);
        let mut tx = self.store.tenant(TenantScope::organization(organization)).await?;
        let active = models::sql::find_active(tx.conn(), brand, family.as_str()).await?;
        let Some(active) = active else { return Ok(None) };
        let known = self.voices.get(active.id);
        if let Some(known) = known.filter(|known| known.samples_deleted == active.samples_deleted) {
            return Ok(Some(known));
        }
        let stored = models::sql::get_model(tx.conn(), brand, active.id).await?;
        let Some((model, guide)) = stored else { return Ok(None) };
        // what writers are told of the author is no longer what was deleted
        let guide: Option<Guide> = guide.and_then(|guide| serde_json::from_value(guide).ok());
        let guide = guide.unwrap_or_default();
        let guide = models::service::quoting(&mut tx, brand, guide, &SampleSource::readable(true)).await?;
        tx.commit().await?;
        let read = off_the_threads(move || {
            let voice = serde_json::from_str::<Voice>(&model)?;
            let ear = VoiceEar::shared(voice.clone(), &guide);
            Ok::<_, serde_json::Error>((voice, ear))
        })
        .await?;
        let (voice, ear) = read.map_err(|error| {
            Problem::new(
                Kind::Internal,
                "internal",
                format!("the voice {} can't be read: {error}", active.id),
            )
        })?;
        let known = Arc::new(KnownVoice {
            id: active.id,
            version: active.version,
            voice,
            ear,
            samples_deleted: active.samples_deleted,
        });
        self.voices.put(Arc::clone(&known));
        Ok(Some(known))
    }
}
