//! What a voice says of a text.

use bellwether_kernel::{BrandAccess, Permission, Problem};
use bellwether_networks::Network;
use bellwether_voice::{Confidence, LONGEST, NotEnough, Reason, Settings, Unit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Family, off_the_threads, overview::Counted};
use crate::{Brands, Error, ids::VoiceModelId};

/// A text to be heard.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreText {
    /// Up to 100,000 characters. All of it is heard, as it is of a draft.
    pub text: String,
    /// For where it is meant; without, the voice of all networks hears it.
    #[serde(default)]
    pub network: Option<Network>,
}

/// What a voice says of a text.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ScoreView {
    /// The probability that the brand wrote it, 0 to 1, when before hearing it either was as likely; absent when there is
    /// not enough to say.
    pub confidence: Option<f64>,
    /// Why there is no confidence.
    pub not_enough: Option<NotEnoughView>,
    /// The habits that speak most against it, worst first.
    pub off: Vec<ReasonView>,
    /// The habits that speak most for it, best first.
    pub fits: Vec<ReasonView>,
    /// What the choice and order of small words, endings and punctuation add: above 0 speaks for the brand.
    pub wording: f32,
    /// Who heard it.
    pub model: Option<HeardBy>,
}

/// The model that heard a text.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct HeardBy {
    /// Id.
    pub id: VoiceModelId,
    /// Version in its family.
    pub version: i32,
}

/// What there is too little of, or what else keeps the voice from hearing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NotEnoughView {
    /// `model` (none is trained yet), `samples`, `words`, `others`, `text` (too short), `language` (the text is in another
    /// one than the voice) or `no_language` (it is no text of any language).
    pub what: String,
    /// There; 0 of `language` and `no_language`.
    pub have: usize,
    /// Needed; 0 of `language` and `no_language`.
    pub need: usize,
    /// In words.
    pub message: String,
}

impl From<NotEnough> for NotEnoughView {
    fn from(error: NotEnough) -> Self {
        let (what, have, need) = match error {
            NotEnough::Samples { have, need } => ("samples", have, need),
            NotEnough::Words { have, need } => ("words", have, need),
            NotEnough::Others { have, need } => ("others", have, need),
            NotEnough::Text { have, need } => ("text", have, need),
            NotEnough::Language { .. } => ("language", 0, 0),
            NotEnough::NoLanguage => ("no_language", 0, 0),
        };
        Self { what: what.to_owned(), have, need, message: sentence(&error.to_string()) }
    }
}

/// A habit of a text against the brand's.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReasonView {
    /// Stable name.
    pub name: String,
    /// For people.
    pub label: String,
    /// What it counts.
    pub unit: Unit,
    /// In the text.
    pub value: f32,
    /// What is usual for the brand.
    pub usual: f32,
    /// How far its texts are from that usually.
    pub spread: f32,
    /// What it adds to the score; below 0 speaks against the brand.
    pub effect: f32,
    /// What to change when it is off.
    pub advice: String,
}

impl From<Reason> for ReasonView {
    fn from(reason: Reason) -> Self {
        Self {
            name: reason.feature.name.to_owned(),
            label: reason.feature.label.to_owned(),
            unit: reason.feature.unit,
            value: reason.value,
            usual: reason.usual,
            spread: reason.spread,
            effect: reason.effect,
            advice: reason.advice.to_owned(),
        }
    }
}

impl ScoreView {
    fn silent(not_enough: NotEnoughView, model: Option<HeardBy>) -> Self {
        Self {
            confidence: None,
            not_enough: Some(not_enough),
            off: Vec::new(),
            fits: Vec::new(),
            wording: 0.0,
            model,
        }
    }

    fn heard(heard: Confidence, model: HeardBy) -> Self {
        Self {
            confidence: Some((f64::from(heard.value) * 100.0).round() / 100.0),
            not_enough: None,
            off: heard.off.into_iter().map(ReasonView::from).collect(),
            fits: heard.fits.into_iter().map(ReasonView::from).collect(),
            wording: heard.wording,
            model: Some(model),
        }
    }
}

impl Brands {
    /// What the brand's voice says of a text. Nothing is kept.
    pub async fn score_text(&self, access: &BrandAccess, input: ScoreText) -> Result<ScoreView, Error> {
        access.allow(Permission::BrandRead)?;
        let length = input.text.chars().count();
        if length > LONGEST {
            let message = format!(
                "The text has {} characters; a voice hears at most {}. Give a part of it.",
                thousands(length),
                thousands(LONGEST)
            );
            return Err(Problem::invalid("text", "too_long", message).into());
        }
        let Some(known) = self.voice_for(access.organization, access.brand, input.network).await? else {
            let mut tx = self.store.tenant(access).await?;
            let tally = super::samples::sql::tally(tx.conn(), access.brand).await?;
            tx.commit().await?;
            // the voice of all would hear it, whatever the network
            let counted = Counted::of(&tally, Family::All);
            let (have, need, message) = if let Some(missing) = counted.missing() {
                (missing.have, missing.need, missing.message)
            } else {
                let own = usize::try_from(counted.own).unwrap_or(0);
                (own, Settings::default().least_samples, "There are enough samples: train one.".to_owned())
            };
            let message = format!("No voice is trained yet. {message}");
            let missing = NotEnoughView { what: "model".into(), have, need, message };
            return Ok(ScoreView::silent(missing, None));
        };
        let by = HeardBy { id: known.id, version: known.version };
        let heard = off_the_threads(move || known.voice.confidence(&input.text)).await?;
        Ok(match heard {
            Ok(heard) => ScoreView::heard(heard, by),
            Err(error) => ScoreView::silent(error.into(), Some(by)),
        })
    }
}

/// A number as people write it: 100,000.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// As a sentence.
pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", chars.as_str().trim_end_matches('.'))
}
