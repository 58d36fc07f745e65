//! From texts to weights: pieces, what they have in them, one training.

use bellwether_language::{Language, count_words};
use serde::{Deserialize, Serialize};

use super::Sample;
use crate::{
    chunk::chunks,
    features::FEATURES,
    grams::{BUCKETS, Seen, Sparse},
    learner::{self, Example},
    style::Style,
};

/// A text shorter than this, in words, shows nobody's voice.
pub(super) const SHORTEST: usize = 12;

/// How much the habits count beside the n-grams: their length in the vector when all are off by one deviation.
const HABITS: f32 = 0.7;

/// Weights of n-grams that a voice keeps, so that it stays under a megabyte.
const MOST_WEIGHTS: usize = 40_000;

/// How long the odds are beside the learned weights.
const LEAN: f32 = 0.7;

/// Words beyond the grammar's own that stay unmasked, at most.
const MOST_KEPT: usize = 300;

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Spread {
    pub(super) mean: f32,
    pub(super) deviation: f32,
}

/// A piece of a sample or of another's text.
pub(super) struct Piece {
    pub(super) seen: Seen,
    pub(super) own: bool,
    pub(super) group: usize,
    pub(super) weight: f32,
}

pub(super) struct Trained {
    pub(super) weights: Vec<f32>,
    pub(super) telling: Vec<f32>,
    pub(super) background: Vec<Spread>,
}

/// Words that many of the others use, whatever they write about: habits rather than subjects, so they aren't masked.
pub(super) fn common(others: &[&str]) -> Vec<String> {
    let mut counts: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    for text in others {
        let lower = text.to_lowercase().replace('’', "'");
        let here: std::collections::HashSet<&str> = bellwether_language::words(&lower).collect();
        for word in here {
            *counts.entry(word.to_owned()).or_default() += 1;
        }
    }
    let least = (others.len() as f32 * 0.1).max(3.0);
    let mut list: Vec<(String, usize)> =
        counts.into_iter().filter(|(_, count)| *count as f32 >= least).collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut kept: Vec<String> = list.into_iter().take(MOST_KEPT).map(|(word, _)| word).collect();
    kept.sort_unstable();
    kept
}

/// Samples without the ones that repeat another.
pub(super) fn different<'a>(samples: &[Sample<'a>]) -> Vec<Sample<'a>> {
    let mut known = std::collections::HashSet::new();
    samples
        .iter()
        .filter(|sample| {
            let plain: String =
                sample.text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
            !plain.is_empty() && known.insert(plain)
        })
        .copied()
        .collect()
}

/// Pieces of two lengths, those of a short post and of a long one, so that both are known.
pub(super) fn cut(
    text: &str,
    language: Language,
    kept: &[String],
    (own, group): (bool, usize),
    weight: f32,
    most_pieces: usize,
    pieces: &mut Vec<Piece>,
) {
    let mut seen = Vec::new();
    for (least, most) in [(45, 80), (110, 190)] {
        for piece in chunks(text, language, least, most) {
            if !seen.contains(&piece) {
                seen.push(piece);
            }
        }
    }
    // spread over the text, whose end differs from its beginning
    let every = seen.len().div_ceil(most_pieces).max(1);
    let seen: Vec<&str> = seen.into_iter().step_by(every).collect();
    // a long text says more than a short one, but not as much more as it is longer
    let share = weight / (seen.len() as f32).max(1.0).sqrt();
    pieces.extend(seen.into_iter().filter(|piece| count_words(piece) >= SHORTEST).map(|piece| Piece {
        seen: Seen::of(piece, language, kept),
        own,
        group,
        weight: share,
    }));
}

pub(super) fn fit(pieces: &[&Piece], cost: f32) -> Trained {
    let mut frequency = vec![0.0_f32; BUCKETS as usize];
    for piece in pieces {
        for (index, _) in &piece.seen.grams {
            frequency[*index as usize] += 1.0;
        }
    }
    let all = pieces.len() as f32;
    // what is in one piece only says nothing of another
    let telling: Vec<f32> = frequency
        .iter()
        .map(|count| if *count > 1.0 { ((1.0 + all) / (1.0 + count)).ln().mul_add(0.3, 0.7) } else { 0.0 })
        .collect();
    let background = spreads(pieces.iter().filter(|piece| !piece.own).map(|piece| &piece.seen.style));
    let examples: Vec<Example> = pieces
        .iter()
        .map(|piece| {
            let mut features: Sparse = piece
                .seen
                .grams
                .iter()
                .filter(|(index, _)| telling[*index as usize] > 0.0)
                .map(|(index, value)| (*index, value * telling[*index as usize]))
                .collect();
            let values = habits(&piece.seen.style, &background);
            features.extend(values.into_iter().enumerate().map(|(k, value)| (BUCKETS + k as u32, value)));
            Example { features, own: piece.own, weight: piece.weight }
        })
        .collect();
    let mut weights =
        learner::train(&examples.iter().collect::<Vec<_>>(), BUCKETS as usize + FEATURES.len(), cost);
    lean(&mut weights[..BUCKETS as usize], &odds(pieces, &frequency), &telling);
    Trained { weights, telling, background }
}

/// How much likelier each n-gram is in a piece of the author's than in one of another, as the logarithm of the ratio.
fn odds(pieces: &[&Piece], frequency: &[f32]) -> Vec<f32> {
    let (mut own, mut others) = (vec![0.0_f32; frequency.len()], vec![0.0_f32; frequency.len()]);
    let (mut all_own, mut all_others) = (0.0_f32, 0.0_f32);
    for piece in pieces {
        let (counts, all) = if piece.own { (&mut own, &mut all_own) } else { (&mut others, &mut all_others) };
        *all += piece.weight;
        for (index, _) in &piece.seen.grams {
            counts[*index as usize] += piece.weight;
        }
    }
    let share = |count: f32, all: f32| (count + 0.5) / (all + 1.0);
    own.iter()
        .zip(&others)
        .zip(frequency)
        .map(
            |((own, others), count)| {
                if *count > 1.0 { (share(*own, all_own) / share(*others, all_others)).ln() } else { 0.0 }
            },
        )
        .collect()
}

/// Leans the learned weights towards the odds: few samples leave the classifier free where each n-gram by itself does
/// speak, and the mean of the two errs less on later texts than either (Wang & Manning 2012 join them for short texts).
fn lean(weights: &mut [f32], odds: &[f32], telling: &[f32]) {
    let length =
        |values: &mut dyn Iterator<Item = f32>| values.map(|value| value * value).sum::<f32>().sqrt();
    let learned = length(&mut weights.iter().copied());
    let counted = length(&mut odds.iter().zip(telling).map(|(odds, telling)| odds * telling));
    let scale = LEAN * learned / counted.max(1e-6);
    for ((weight, odds), telling) in weights.iter_mut().zip(odds).zip(telling) {
        *weight += scale * odds * telling;
    }
}

/// How much a part of the cross-validation says about texts that are still to come: the newest samples, told by what was
/// learned from older ones, the most; the oldest at least lie outside of what was learned from; those in between are
/// told from both sides, which is easier than what a voice is asked.
pub(super) fn telling_of_later(fold: usize, folds: usize) -> f32 {
    match fold {
        _ if fold + 1 == folds => 4.0,
        0 => 2.0,
        _ => 1.0,
    }
}

impl Trained {
    pub(super) fn score(&self, seen: &Seen) -> f32 {
        let grams: f32 = seen
            .grams
            .iter()
            .map(|(i, value)| self.weights[*i as usize] * self.telling[*i as usize] * value)
            .sum();
        let values = habits(&seen.style, &self.background);
        grams
            + values
                .iter()
                .zip(&self.weights[BUCKETS as usize..])
                .map(|(value, weight)| value * weight)
                .sum::<f32>()
    }

    /// The weights of n-grams as they are kept: the smallest left out, in few digits.
    pub(super) fn kept(&self) -> Vec<(u32, f32)> {
        let mut weights: Vec<(u32, f32)> = self.weights[..BUCKETS as usize]
            .iter()
            .zip(&self.telling)
            .enumerate()
            .map(|(index, (weight, telling))| (index as u32, (weight * telling * 1e5).round() / 1e5))
            .filter(|(_, weight)| *weight != 0.0)
            .collect();
        weights.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        weights.truncate(MOST_WEIGHTS);
        weights.sort_unstable_by_key(|(index, _)| *index);
        weights
    }
}

pub(super) fn spreads<'a>(styles: impl Iterator<Item = &'a Style>) -> Vec<Spread> {
    let styles: Vec<&Style> = styles.collect();
    let n = (styles.len() as f32).max(1.0);
    (0..FEATURES.len())
        .map(|k| {
            let values = || styles.iter().filter_map(|style| style.0.get(k));
            let mean = values().sum::<f32>() / n;
            let deviation = (values().map(|value| (value - mean).powi(2)).sum::<f32>() / n).sqrt();
            Spread { mean, deviation }
        })
        .collect()
}

/// The habits as the classifier sees them: in deviations of the others, cut at three.
pub(super) fn habits(style: &Style, background: &[Spread]) -> Vec<f32> {
    let scale = HABITS / (FEATURES.len() as f32).sqrt();
    style
        .0
        .iter()
        .zip(background)
        .map(|(value, spread)| scale * ((value - spread.mean) / spread.deviation.max(0.05)).clamp(-3.0, 3.0))
        .collect()
}

pub(super) fn habits_of_mean(author: &[Spread], background: &[Spread]) -> Vec<f32> {
    habits(&Style(author.iter().map(|spread| spread.mean).collect()), background)
}
