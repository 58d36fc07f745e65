//! The voice of an author: trained from samples, asked about texts.

mod fit;
mod types;

use bellwether_language::{Language, count_words};
use serde::{Deserialize, Serialize};

use self::fit::{
    Piece, SHORTEST, Spread, common, cut, different, fit, habits, habits_of_mean, spreads, telling_of_later,
};
pub use self::types::{Confidence, NotEnough, Reason, Sample, Settings, Stage, Step, Validation};
use crate::{
    chunk::chunks,
    features::{FEATURES, Feature},
    grams::{BUCKETS, Seen, Sparse},
    guide::{Guide, Known},
    learner::{self, Calibration, Held},
    moves::Moves,
    nonsense,
    phrases::phrases,
};

/// Words above which a text is heard in pieces.
const LONG: usize = 1_000;
/// Words of such a piece, at least and at most: those of the longer ones that are learned from.
const PIECE: (usize, usize) = (110, 190);

/// Pieces of the author that a training looks at: more make it slower and hardly better.
const MOST_OWN: usize = 500;
/// Pieces of others: the more strangers it has seen, the better it knows what is nobody's in particular.
const MOST_OTHERS: usize = 2_000;

/// The longest text that is heard, in characters. All of a text is heard, so that it has one number wherever it is asked.
pub const LONGEST: usize = 100_000;

/// A trained voice. Everything that it knows is in it: it can be stored and read back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Voice {
    language: String,
    /// Weights of n-grams that have one, how telling they are included, by rising index.
    weights: Vec<(u32, f32)>,
    habits: Vec<f32>,
    background: Vec<Spread>,
    author: Vec<Spread>,
    /// What the author's held-out pieces score in the median, to say what the wording adds.
    usual_wording: f32,
    calibration: Calibration,
    /// How it did on what it was not trained on.
    pub validation: Validation,
    /// Different samples trained on.
    pub samples: usize,
    /// Words in them.
    pub words: usize,
    /// Texts of others that they were compared with.
    pub others: usize,
    /// What the training was set to.
    pub settings: Settings,
    moves: Moves,
    phrases: Vec<String>,
    /// Words that many use whatever they write about: they aren't masked. In their order.
    kept: Vec<String>,
}

impl Voice {
    /// Learns a voice from an author's samples and texts of others in the same language, best on the same subjects.
    /// The same input gives the same voice.
    pub fn train(
        samples: &[Sample<'_>],
        others: &[&str],
        language: Language,
        settings: Settings,
    ) -> Result<Self, NotEnough> {
        Self::train_with(samples, others, language, settings, &mut |_| {})
    }

    /// The same, saying where it is.
    pub fn train_with(
        samples: &[Sample<'_>],
        others: &[&str],
        language: Language,
        settings: Settings,
        progress: &mut dyn FnMut(Step),
    ) -> Result<Self, NotEnough> {
        let samples = different(samples);
        if samples.len() < settings.least_samples {
            return Err(NotEnough::Samples { have: samples.len(), need: settings.least_samples });
        }
        let words: usize = samples.iter().map(|sample| count_words(sample.text)).sum();
        if words < settings.least_words {
            return Err(NotEnough::Words { have: words, need: settings.least_words });
        }
        if others.len() < settings.least_others {
            return Err(NotEnough::Others { have: others.len(), need: settings.least_others });
        }
        progress(Step { stage: Stage::Reading, done: 0.0 });
        let kept = common(others);
        let mut pieces = Vec::new();
        let share = |most: usize, of: usize| (most / of.max(1)).max(1);
        for (group, sample) in samples.iter().enumerate() {
            cut(
                sample.text,
                language,
                &kept,
                (true, group),
                sample.weight,
                share(MOST_OWN, samples.len()),
                &mut pieces,
            );
        }
        for (group, text) in others.iter().enumerate() {
            let most = share(MOST_OTHERS, others.len());
            cut(text, language, &kept, (false, group), 1.0, most, &mut pieces);
        }
        let folds = settings.folds.clamp(2, samples.len());
        let mut held = Vec::new();
        for fold in 0..folds {
            progress(Step { stage: Stage::Validating, done: 0.3 + 0.5 * fold as f32 / folds as f32 });
            // neighbours stay together: samples come in the order of time, texts of others by their source, and a voice
            // is asked about a later time and about strangers
            let of_fold = |piece: &&Piece| {
                let of = if piece.own { samples.len() } else { others.len() };
                piece.group * folds / of == fold
            };
            let kept: Vec<&Piece> = pieces.iter().filter(|piece| !of_fold(piece)).collect();
            let trained = fit(&kept, settings.cost);
            held.extend(pieces.iter().filter(of_fold).map(|piece| Held {
                score: trained.score(&piece.seen),
                words: piece.seen.words,
                own: piece.own,
                weight: if piece.own { telling_of_later(fold, folds) } else { 1.0 },
            }));
        }
        let calibration = Calibration::fit(&held);
        progress(Step { stage: Stage::Learning, done: 0.8 });
        let trained = fit(&pieces.iter().collect::<Vec<_>>(), settings.cost);
        let author = spreads(pieces.iter().filter(|piece| piece.own).map(|piece| &piece.seen.style));
        let mut own_scores: Vec<f32> = held.iter().filter(|one| one.own).map(|one| one.score).collect();
        own_scores.sort_by(f32::total_cmp);
        let mean = |own: bool| {
            let values: Vec<f32> = held
                .iter()
                .filter(|one| one.own == own)
                .map(|one| calibration.probability(one.score, one.words))
                .collect();
            values.iter().sum::<f32>() / (values.len() as f32).max(1.0)
        };
        let validation = Validation {
            area: learner::area(&held),
            own: held.iter().filter(|one| one.own).count(),
            others: held.iter().filter(|one| !one.own).count(),
            mean_own: mean(true),
            mean_others: mean(false),
            calibration_error: learner::calibration_error(&held, calibration),
        };
        let texts: Vec<&str> = samples.iter().map(|sample| sample.text).collect();
        progress(Step { stage: Stage::Finished, done: 1.0 });
        Ok(Self {
            language: language.code().to_owned(),
            weights: trained.kept(),
            habits: trained.weights[BUCKETS as usize..].to_vec(),
            background: trained.background,
            author,
            usual_wording: own_scores.get(own_scores.len() / 2).copied().unwrap_or_default(),
            calibration,
            validation,
            samples: samples.len(),
            words,
            others: others.len(),
            settings,
            kept,
            moves: Moves::of(&texts, language),
            phrases: phrases(&texts, others, language),
        })
    }

    /// The language that it was trained in.
    pub fn language(&self) -> Language {
        Language::from_tag(&self.language).unwrap_or(Language::UNKNOWN)
    }

    /// The author's usual value of each habit and that of others, in the order of [`FEATURES`]: for charts.
    pub fn habits(&self) -> impl Iterator<Item = (Feature, f32, f32)> {
        FEATURES
            .iter()
            .zip(self.author.iter().zip(&self.background))
            .map(|(feature, (author, others))| (*feature, author.mean, others.mean))
    }

    /// The voice in words. `samples` are what it shows examples from, the newest last: those that it was trained on.
    pub fn guide(&self, samples: &[&str]) -> Guide {
        let habits = self
            .author
            .iter()
            .zip(&self.background)
            .map(|(author, others)| [author.mean, author.deviation, others.mean, others.deviation])
            .collect();
        let known = Known {
            language: self.language(),
            habits,
            moves: &self.moves,
            phrases: &self.phrases,
            words: self.words,
        };
        Guide::of(&known, samples)
    }

    /// What a writer without understanding can do to sound more like the author.
    pub fn moves(&self) -> &Moves {
        &self.moves
    }

    /// How sure it is that the author wrote a text.
    pub fn confidence(&self, text: &str) -> Result<Confidence, NotEnough> {
        let seen = self.listen(text)?;
        let (wording, score, words) = self.overall(text, &seen);
        let habits = habits(&seen.style, &self.background);
        let usual = habits_of_mean(&self.author, &self.background);
        let mut reasons: Vec<Reason> = FEATURES
            .iter()
            .enumerate()
            .filter_map(|(k, feature)| {
                let (value, author) = (*seen.style.0.get(k)?, self.author.get(k)?);
                Some(Reason {
                    feature: *feature,
                    value,
                    usual: author.mean,
                    spread: author.deviation,
                    effect: self.habits.get(k)? * (habits.get(k)? - usual.get(k)?),
                    advice: if value > author.mean { feature.less } else { feature.more },
                })
            })
            .collect();
        reasons.sort_by(|a, b| a.effect.total_cmp(&b.effect));
        let far = |reason: &&Reason| (reason.value - reason.usual).abs() > reason.spread.max(1e-3);
        let off =
            reasons.iter().filter(far).filter(|reason| reason.effect < -0.005).take(5).cloned().collect();
        let fits = reasons
            .iter()
            .rev()
            .filter(|reason| !far(reason) && self.habits_matter(reason.feature))
            .take(5)
            .cloned()
            .collect();
        Ok(Confidence {
            value: self.calibration.probability(score, words),
            off,
            fits,
            wording: wording - self.usual_wording,
        })
    }

    /// The same number as that of [`Self::confidence`] without its reasons, in half the time: for who asks it of many
    /// drafts.
    pub fn value(&self, text: &str) -> Result<f32, NotEnough> {
        let seen = self.listen(text)?;
        let (_, score, words) = self.overall(text, &seen);
        Ok(self.calibration.probability(score, words))
    }

    /// What the wording of a text says, what the text says with its habits, and how many words say so. Of a text far longer
    /// than what was learned from, its pieces on average: in one vector everything is soon found somewhere, and a few pages
    /// of the author's would speak for a book of somebody else's.
    fn overall(&self, text: &str, seen: &Seen) -> (f32, f32, usize) {
        let whole = (self.wording(&seen.grams), self.score(seen), seen.words);
        if seen.words <= LONG {
            return whole;
        }
        let (mut wording, mut score, mut words, mut pieces) = (0.0, 0.0, 0.0, 0.0);
        for piece in chunks(text, self.language(), PIECE.0, PIECE.1) {
            let seen = Seen::of(piece, self.language(), &self.kept);
            let weight = seen.words as f32;
            wording += weight * self.wording(&seen.grams);
            score += weight * self.score(&seen);
            words += weight;
            pieces += 1.0;
        }
        if words < 1.0 { whole } else { (wording / words, score / words, (words / pieces) as usize) }
    }

    /// What is to be heard in a text; the reason when it can't be told from it who wrote it.
    fn listen(&self, text: &str) -> Result<Seen, NotEnough> {
        let voice = self.language();
        let words = nonsense::words_beside_markup(text).unwrap_or_else(|| count_words(text));
        if words < SHORTEST {
            return Err(NotEnough::Text { have: words, need: SHORTEST });
        }
        // texts are only told apart from those of others in the voice's language: whatever is far from all of them would
        // be nobody's as much as the author's
        if let Some(text) = voice.foreign(text) {
            return Err(NotEnough::Language { voice, text });
        }
        let seen = Seen::of(text, voice, &self.kept);
        let share = seen.style.get("function_words").unwrap_or_default();
        if nonsense::is_markup(text) || nonsense::is_nonsense(text, voice, share) {
            return Err(NotEnough::NoLanguage);
        }
        Ok(seen)
    }

    /// How near a text is to the voice, of whatever length: only good for telling which of several is nearer.
    pub fn nearness(&self, text: &str) -> f32 {
        self.score(&Seen::of(text, self.language(), &self.kept))
    }

    fn score(&self, seen: &Seen) -> f32 {
        let habits = habits(&seen.style, &self.background);
        self.wording(&seen.grams)
            + habits.iter().zip(&self.habits).map(|(value, weight)| value * weight).sum::<f32>()
    }

    /// Whether the author's habit differs from that of others enough to speak of it.
    fn habits_matter(&self, feature: Feature) -> bool {
        let at = FEATURES.iter().position(|one| one.name == feature.name);
        at.and_then(|k| Some((self.author.get(k)?, self.background.get(k)?)))
            .is_some_and(|(author, others)| (author.mean - others.mean).abs() > 0.3 * others.deviation)
    }

    fn wording(&self, grams: &Sparse) -> f32 {
        // both rise: what is behind the last one found needn't be looked at again
        let mut rest = self.weights.as_slice();
        let mut sum = 0.0;
        for (index, value) in grams {
            let near = rest.len().min(64);
            let near =
                if rest[..near].last().is_some_and(|(last, _)| last >= index) { near } else { rest.len() };
            rest = &rest[rest[..near].partition_point(|(known, _)| known < index)..];
            if let Some((_, weight)) = rest.first().filter(|(known, _)| known == index) {
                sum += weight * value;
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests;
