//! How far a brand's voice is.

use bellwether_kernel::{BrandAccess, Permission, id::BrandId};
use bellwether_store::TenantTx;
use bellwether_voice::Settings;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Family,
    models::{self, VoiceModelSummary},
    samples::sql::{self as samples, TallyRow},
    score::NotEnoughView,
};
use crate::{Brands, Error};

/// Changes below which no training begins by itself.
const LEAST_CHANGES: i64 = 10;
/// One in so many samples must have changed.
const ONE_IN: i64 = 5;

/// A brand's voice.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VoiceOverview {
    /// Each family of networks.
    pub families: Vec<FamilyView>,
    /// Languages of the samples that trainings may take, those of most first.
    pub languages: Vec<LanguageView>,
}

/// The voice for a family of networks.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FamilyView {
    /// Which.
    pub family: Family,
    /// The brand's own samples that a training would take.
    pub own_samples: i64,
    /// Words in them.
    pub own_words: i64,
    /// The brand's samples of others.
    pub other_samples: i64,
    /// Whether that is enough.
    pub enough: Enough,
    /// What is used now; without one of its own, a family is heard by the model of `all`.
    pub active_model: Option<VoiceModelSummary>,
    /// What is being trained now.
    pub training: Option<VoiceModelSummary>,
    /// Samples added or changed since the latest training began.
    pub changes_since: i64,
    /// Changes after which a training begins by itself, once there is a model.
    pub retrain_after: i64,
}

/// Whether there is enough to learn from.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Enough {
    /// It is.
    pub ok: bool,
    /// In words.
    pub message: String,
    /// There: samples, or words when there are samples enough.
    pub have: i64,
    /// Needed.
    pub need: i64,
}

/// Samples in a language.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LanguageView {
    /// ISO 639-1 code; absent where it could not be told.
    pub language: Option<String>,
    /// The brand's own samples in it.
    pub samples: i64,
}

/// Own samples, words in them and samples of others, for a family.
pub(super) fn counted(tally: &[TallyRow], family: Family) -> (i64, i64, i64) {
    let networks = family.networks();
    let takes = |row: &&TallyRow| {
        networks
            .as_ref()
            .is_none_or(|list| row.network.as_ref().is_some_and(|network| list.contains(network)))
    };
    let own = || tally.iter().filter(|row| row.kind == "own").filter(takes);
    (
        own().map(|row| row.samples).sum(),
        own().map(|row| row.words).sum(),
        tally.iter().filter(|row| row.kind == "other").map(|row| row.samples).sum(),
    )
}

/// What own samples are still missing, if any.
pub(super) fn missing(own: i64, words: i64) -> Option<NotEnoughView> {
    let least = Settings::default();
    let count = |n: i64| usize::try_from(n).unwrap_or(0);
    let (own, words) = (count(own), count(words));
    let (what, have, need) = if own < least.least_samples {
        ("samples", own, least.least_samples)
    } else if words < least.least_words {
        ("words", words, least.least_words)
    } else {
        return None;
    };
    let message = match what {
        "samples" => format!("{have} different samples are not enough to know a voice: {need} are needed."),
        _ => format!("{have} words of samples are not enough to know a voice: {need} are needed."),
    };
    Some(NotEnoughView { what: what.to_owned(), have, need, message })
}

/// After how many changes a training begins by itself.
pub(super) fn retrain_after(own: i64) -> i64 {
    // as many of the samples as must have changed, rounded up
    LEAST_CHANGES.max((own + ONE_IN - 1) / ONE_IN)
}

/// Samples of a family that changed since its latest training began; all of them when there was none.
pub(super) async fn changes(tx: &mut TenantTx, brand: BrandId, family: Family) -> Result<i64, Error> {
    let since = models::sql::latest_start(tx.conn(), brand, family.as_str()).await?.unwrap_or_default();
    Ok(samples::changed_since(tx.conn(), brand, family.networks().as_deref(), since).await?)
}

impl Brands {
    /// How far a brand's voice is.
    pub async fn voice_overview(&self, access: &BrandAccess) -> Result<VoiceOverview, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let tally = samples::tally(tx.conn(), access.brand).await?;
        let current = models::sql::list_current(tx.conn(), access.brand).await?;
        let mut families = Vec::new();
        for family in Family::EACH {
            let (own_samples, own_words, other_samples) = counted(&tally, *family);
            let missing = missing(own_samples, own_words);
            let of = |wanted: fn(&VoiceModelSummary) -> bool| {
                current.iter().find(|model| model.family == family.as_str() && wanted(model)).cloned()
            };
            let whole = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
            families.push(FamilyView {
                family: *family,
                own_samples,
                own_words,
                other_samples,
                enough: match missing {
                    Some(missing) => Enough {
                        ok: false,
                        message: missing.message,
                        have: whole(missing.have),
                        need: whole(missing.need),
                    },
                    None => Enough {
                        ok: true,
                        message: format!("{own_samples} samples with {own_words} words are enough."),
                        have: own_samples,
                        need: whole(Settings::default().least_samples),
                    },
                },
                active_model: of(|model| model.active),
                training: of(|model| matches!(&*model.status, "pending" | "training")),
                changes_since: changes(&mut tx, access.brand, *family).await?,
                retrain_after: retrain_after(own_samples),
            });
        }
        tx.commit().await?;
        let mut languages: Vec<LanguageView> = Vec::new();
        for row in tally.iter().filter(|row| row.kind == "own") {
            match languages.iter_mut().find(|known| known.language == row.language) {
                Some(known) => known.samples += row.samples,
                None => languages.push(LanguageView { language: row.language.clone(), samples: row.samples }),
            }
        }
        languages.sort_by_key(|language| -language.samples);
        Ok(VoiceOverview { families, languages })
    }
}
