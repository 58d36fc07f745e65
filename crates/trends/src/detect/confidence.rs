//! How sure it is that a topic is a trend: a logistic regression over what can be said in words is its score, and how sure
//! a trend is follows from its score and its silence.
//!
//! The weights and the first part of the constant are printed by
//!
//! ```text
//! cargo run --release -p bellwether-trends --example trend_stream -- ../shared/vectors/articles fit
//! ```
//!
//! which runs the detector over generated streams (seeds 101–130 of eight kinds; the measurement uses others), takes every
//! topic each time that it has grown by an eighth, and asks whether at least half of its items were of one planted burst.
//! Newton's method with a small ridge; a number may only speak in the direction that its name promises. Tried and left
//! out, since the fit gave them nothing beside these: the ratio of seen to usual, how evenly sources speak, how many
//! wordings and copies there are (the surprise counts repetition and copies less already), and whether it rose for days.

use super::stats::logistic;

/// How many numbers speak for or against.
pub const FEATURES: usize = 6;

/// Their names, as [`Why::contributions`](super::Why) has them.
pub(crate) const NAMES: [&str; FEATURES] = ["surprise", "second", "cohesion", "together", "slow", "young"];

/// Weights in the order of [`NAMES`], and the constant.
pub(crate) const WEIGHTS: [f64; FEATURES] = [1.373, 0.072, 1.076, 1.977, -0.344, -1.643];
pub(crate) const CONSTANT: f64 = -6.127 - ONCE_IS_ENOUGH;
/// A topic is asked each time that it grows, and is a trend once it has passed: so it must be surer than a single
/// question would ask for.
const ONCE_IS_ENOUGH: f64 = 1.1;

/// How sure it is that what has been found is right. A topic is asked each time that it grows, so whoever passes has come a way that
/// few wrong ones come: nine of ten are right when they are found, whatever the regression says. What goes on proves it;
/// of what barely passed and then falls silent, most was chance. So a trend begins surer than its score and loses it by
/// silence, the less the higher its score. A logistic regression once more, printed by the same command: the constant,
/// the score as logarithm of its odds, silence, and both together.
const TREND: [f64; 4] = [1.89, 0.43, -2.82, 0.34];
/// A score beyond this makes no surer.
const PLAIN: f64 = 8.0;
/// Of silence the first hours tell most: after so many it has told half.
const SILENCE: f64 = 4.0;
/// Nothing is surer than this: of those that are, one of a hundred is wrong.
const SUREST: f64 = 0.99;

/// How much silence tells, 0–1, after so many hours without an item.
pub(crate) fn silence(hours: f64) -> f64 {
    hours.max(0.0) / (hours.max(0.0) + SILENCE)
}

/// The score of a topic as the logarithm of its odds, as far as it makes surer.
pub(crate) fn odds(score: f64) -> f64 {
    (score / (1.0 - score).max(1e-9)).max(1e-9).ln().clamp(-PLAIN, PLAIN)
}

/// How sure a trend is, 0–1, by its score and the hours since its last item.
pub(crate) fn of_trend(score: f64, hours: f64) -> f64 {
    let (odds, silence) = (odds(score), silence(hours));
    logistic(TREND[0] + TREND[1] * odds + (TREND[2] + TREND[3] * odds) * silence).min(SUREST)
}

/// What silence takes from the logarithm of the odds, and as what share of its own effect each number of the score speaks.
pub(crate) fn effects(score: f64, hours: f64) -> (f64, f64) {
    let silence = silence(hours);
    // a score beyond the bound speaks as one at it does
    let whole = (score / (1.0 - score).max(1e-9)).max(1e-9).ln();
    let bound = if whole.abs() > PLAIN { PLAIN / whole.abs() } else { 1.0 };
    (TREND[2] * silence, (TREND[1] + TREND[3] * silence) * bound)
}

/// Below these nothing is a trend, whatever else speaks for it.
const LEAST_ITEMS: u32 = 3;
const LEAST_SOURCES: u32 = 3;
const LEAST_EVEN: f64 = 1.6;
const LEAST_WORDINGS: f64 = 1.45;
/// The most that such a topic gets.
const TOO_LITTLE: f64 = 0.3;

/// What is counted about a topic.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Facts {
    pub items: u32,
    pub sources: u32,
    /// Different ways of saying it.
    pub wordings: u32,
    /// Share of the items that came from the busiest source.
    pub top_source: f64,
    /// How many sources there would be if all of these items came evenly from each (inverse Simpson index): one that
    /// floods and two that mention it are hardly more than one.
    pub even_sources: f64,
    /// The same for ways of saying it: nine copies and one remark are hardly more than one.
    pub even_wordings: f64,
    /// Words that most of its items share.
    pub shared_words: u32,
    pub surprise: f64,
    /// How surprising the best of its other words is, weighed by how many of its items have it.
    pub second: f64,
    /// Share of its items that have at least two of its words.
    pub together: f64,
    pub seen: f64,
    pub usual: f64,
    /// Hours in which it is most surprising.
    pub window: u32,
    /// Days since the first item of the stream.
    pub days: f64,
    /// How many terms were looked at: one of many is surprising by chance.
    pub terms: usize,
}

/// A trend at one moment, for fitting and for measuring how true its confidence is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// The trend.
    pub trend: u64,
    /// The logarithm of the odds of its score.
    pub odds: f64,
    /// How much its silence tells, 0–1.
    pub silence: f64,
    /// What is said of it then, 0–1.
    pub confidence: f64,
}

/// A topic at one moment, for fitting and for measuring how true the score is.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The topic; a trend has the same number.
    pub topic: u64,
    /// The numbers that speak for or against, in the order of the explanation.
    pub features: [f64; FEATURES],
    /// Its score, 0–1; from the threshold on it is a trend.
    pub confidence: f64,
    /// Whether it has what a trend needs at least.
    pub eligible: bool,
    /// Its items, the last 128.
    pub items: Vec<uuid::Uuid>,
}

impl Facts {
    pub(crate) fn features(&self) -> [f64; FEATURES] {
        [
            (self.surprise - (self.terms as f64 + 10.0).log10()).clamp(-4.0, 10.0),
            self.second.min(8.0),
            f64::from(self.shared_words + 1).ln().min(2.5),
            self.together,
            (f64::from(self.window) / 6.0).max(1.0).ln(),
            (7.0 / self.days.max(0.1)).ln().clamp(0.0, 4.0),
        ]
    }

    /// Whether there is enough of it.
    pub(crate) fn eligible(&self) -> bool {
        self.items >= LEAST_ITEMS
            && self.sources >= LEAST_SOURCES
            && self.even_sources >= LEAST_EVEN
            && self.even_wordings >= LEAST_WORDINGS
    }

    /// The score, 0–1.
    pub(crate) fn confidence(&self) -> f64 {
        let sum: f64 = self.features().iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
        let confidence = logistic(CONSTANT + sum);
        if self.eligible() { confidence } else { confidence.min(TOO_LITTLE) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Facts = Facts {
        items: 12,
        sources: 7,
        wordings: 9,
        top_source: 0.25,
        even_sources: 6.0,
        even_wordings: 8.0,
        shared_words: 3,
        surprise: 12.0,
        second: 4.0,
        together: 0.8,
        seen: 11.0,
        usual: 0.1,
        window: 24,
        days: 30.0,
        terms: 5_000,
    };

    #[test]
    fn what_speaks_for_and_against() {
        let good = GOOD.confidence();
        assert!(good > 0.8, "{good}");
        let worse = [
            Facts { surprise: 3.0, ..GOOD },
            Facts { sources: 2, top_source: 0.9, even_sources: 1.2, ..GOOD },
            Facts { usual: 6.0, surprise: 1.0, window: 168, ..GOOD },
        ];
        for facts in worse {
            assert!(facts.confidence() < good, "{facts:?}");
        }
    }

    #[test]
    fn what_is_too_little_is_never_a_trend() {
        let too_little = [
            Facts { items: 2, ..GOOD },
            Facts { sources: 1, top_source: 1.0, ..GOOD },
            Facts { wordings: 2, even_wordings: 1.2, ..GOOD },
        ];
        for facts in too_little {
            assert!(facts.confidence() < 0.5, "{facts:?}");
        }
    }

    #[test]
    fn a_trend_begins_sure_and_loses_it_by_silence() {
        let just = [0.5, 0.7, 0.9, 0.999].map(|score| of_trend(score, 0.0));
        assert!(just[0] > 0.85 && just.windows(2).all(|two| two[0] < two[1]), "{just:?}");
        let quiet = [0.0, 1.0, 6.0, 48.0].map(|hours| of_trend(0.6, hours));
        assert!(quiet[3] < 0.5 && quiet.windows(2).all(|two| two[0] > two[1]), "{quiet:?}");
        // what was beyond doubt stays so
        assert!(of_trend(0.999_9, 48.0) > 0.95, "{}", of_trend(0.999_9, 48.0));
        assert!(of_trend(1.0, 0.0) <= SUREST);
    }

    #[test]
    fn what_is_said_to_raise_and_lower_it_adds_up() {
        for (score, hours) in [(0.55, 0.0), (0.8, 3.0), (0.97, 30.0)] {
            let sum = (score / (1.0_f64 - score)).ln();
            let (silence, share) = effects(score, hours);
            let said = logistic(TREND[0] + sum * share + silence);
            assert!((said - of_trend(score, hours)).abs() < 1e-9, "{said} {score} {hours}");
        }
    }
}
