//! How far a brand's voice is.

use bellwether_kernel::{BrandAccess, Permission, id::BrandId};
use bellwether_language::Language;
use bellwether_store::TenantTx;
use bellwether_voice::{Settings, reference};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Family, languages,
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
    /// The brand's own samples that trainings may take, in whatever language: a training takes those of the language of
    /// most.
    pub own_samples: i64,
    /// Words in them.
    pub own_words: i64,
    /// The brand's samples of others.
    pub other_samples: i64,
    /// Whether those of the language that a training would learn are enough.
    pub enough: Enough,
    /// What is used now; without one of its own, a family is heard by the model of `all`.
    pub active_model: Option<VoiceModelSummary>,
    /// What is being trained now.
    pub training: Option<VoiceModelSummary>,
    /// Samples added, changed or deleted since the latest training began.
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

/// What a training of a family may take, counted.
pub(super) struct Counted {
    /// The brand's own samples, in whatever language.
    pub(super) own: i64,
    /// Words in them.
    words: i64,
    /// Samples of others, in whatever language.
    others: i64,
    /// What a training would learn: that of most own samples; unknown where it can be told of none.
    language: Language,
    /// Own samples in it, and those whose language can't be told.
    learned: i64,
    /// Words in them.
    learned_words: i64,
    /// Texts of others that they would be compared with, those that ship with the program included.
    compared: usize,
    /// Own samples in other languages.
    left_out: Vec<(String, i64)>,
}

impl Counted {
    /// For a family.
    pub(super) fn of(tally: &[TallyRow], family: Family) -> Self {
        let networks = family.networks();
        let takes = |row: &&TallyRow| {
            networks
                .as_ref()
                .is_none_or(|list| row.network.as_ref().is_some_and(|network| list.contains(network)))
        };
        let own = || tally.iter().filter(|row| row.kind == "own").filter(takes);
        let others = || tally.iter().filter(|row| row.kind == "other");
        let mut left_out =
            languages::counted(own().filter_map(|row| Some((row.language.as_deref()?, row.samples))));
        let code = if left_out.is_empty() { None } else { Some(left_out.remove(0).0) };
        let language = code.as_deref().and_then(Language::from_tag).unwrap_or(Language::UNKNOWN);
        let fits = |row: &&TallyRow| row.language.as_deref().is_none_or(|code| code == language.code());
        let compared: i64 = others().filter(fits).map(|row| row.samples).sum();
        Self {
            own: own().map(|row| row.samples).sum(),
            words: own().map(|row| row.words).sum(),
            others: others().map(|row| row.samples).sum(),
            language,
            learned: own().filter(fits).map(|row| row.samples).sum(),
            learned_words: own().filter(fits).map(|row| row.words).sum(),
            compared: usize::try_from(compared).unwrap_or(0) + reference(language).len(),
            left_out,
        }
    }

    /// What a training still lacks, if anything.
    pub(super) fn missing(&self) -> Option<NotEnoughView> {
        let least = Settings::default();
        let count = |n: i64| usize::try_from(n).unwrap_or(0);
        let (own, words) = (count(self.learned), count(self.learned_words));
        let (what, have, need) = if own < least.least_samples {
            ("samples", own, least.least_samples)
        } else if words < least.least_words {
            ("words", words, least.least_words)
        } else if self.compared < least.least_others {
            ("others", self.compared, least.least_others)
        } else {
            return None;
        };
        // of one language only it needs no name
        let language = match self.language {
            Language::UNKNOWN => String::new(),
            language if what == "others" || !self.left_out.is_empty() => format!(" in {}", language.name()),
            _ => String::new(),
        };
        let mut message = match what {
            "samples" => format!(
                "{have} different samples{language} are not enough to know a voice: {need} are needed."
            ),
            "words" => {
                format!(
                    "{have} words of samples{language} are not enough to know a voice: {need} are needed."
                )
            }
            _ => format!(
                "{have} texts of others{language} are not enough to compare with: {need} are needed. Paste or import \
                 texts of others in the same language."
            ),
        };
        message.push_str(&languages::left_out(&self.left_out));
        Some(NotEnoughView { what: what.to_owned(), have, need, message })
    }

    fn enough(&self) -> Enough {
        let whole = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        match self.missing() {
            Some(missing) => Enough {
                ok: false,
                message: missing.message,
                have: whole(missing.have),
                need: whole(missing.need),
            },
            None => Enough {
                ok: true,
                message: format!(
                    "{} samples with {} words are enough.{}",
                    self.learned,
                    self.learned_words,
                    languages::left_out(&self.left_out)
                ),
                have: self.learned,
                need: whole(Settings::default().least_samples),
            },
        }
    }
}

/// After how many changes a training begins by itself.
pub(super) fn retrain_after(own: i64) -> i64 {
    // as many of the samples as must have changed, rounded up
    LEAST_CHANGES.max((own + ONE_IN - 1) / ONE_IN)
}

/// Samples of a family that were added, changed or deleted since its latest training began; all of them when there was
/// none.
pub(super) async fn changes(tx: &mut TenantTx, brand: BrandId, family: Family) -> Result<i64, Error> {
    let latest = models::sql::find_latest(tx.conn(), brand, family.as_str()).await?;
    let (since, deleted) = latest.unwrap_or_default();
    let changed = samples::changed_since(tx.conn(), brand, family.networks().as_deref(), since).await?;
    Ok(changed + i64::from(deleted))
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
            let counted = Counted::of(&tally, *family);
            let of = |wanted: fn(&VoiceModelSummary) -> bool| {
                current.iter().find(|model| model.family == family.as_str() && wanted(model)).cloned()
            };
            families.push(FamilyView {
                family: *family,
                own_samples: counted.own,
                own_words: counted.words,
                other_samples: counted.others,
                enough: counted.enough(),
                active_model: of(|model| model.active),
                training: of(|model| matches!(&*model.status, "pending" | "training")),
                changes_since: changes(&mut tx, access.brand, *family).await?,
                retrain_after: retrain_after(counted.own),
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
