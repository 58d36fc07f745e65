//! Which sentences carry a text.
//!
//! Degree centrality in the graph of sentences whose edges are cosine similarities. Since the similarities of one
//! sentence to all others add up to its product with the sum of all, no graph is built and the time is linear.

use std::collections::HashMap;

/// A sentence as weighted stems, sorted by stem, of length 1.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Vector(Vec<(u32, f32)>);

/// Weighs the stems of each sentence by how rare they are among the sentences.
pub(crate) fn vectors(sentences: &[Vec<u32>], stems: usize) -> Vec<Vector> {
    let mut frequency = vec![0_u32; stems];
    for sentence in sentences {
        let mut seen: Vec<u32> = sentence.clone();
        seen.sort_unstable();
        seen.dedup();
        for stem in seen {
            frequency[stem as usize] += 1;
        }
    }
    let total = sentences.len() as f32;
    sentences
        .iter()
        .map(|sentence| {
            let mut counts: HashMap<u32, f32> = HashMap::with_capacity(sentence.len());
            for stem in sentence {
                *counts.entry(*stem).or_default() += 1.0;
            }
            let mut weights: Vec<(u32, f32)> = counts
                .into_iter()
                .map(|(stem, count)| {
                    (stem, (1.0 + count.ln()) * (1.0 + total / frequency[stem as usize] as f32).ln())
                })
                .collect();
            weights.sort_unstable_by_key(|(stem, _)| *stem);
            let length = weights.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
            if length > 0.0 {
                for (_, weight) in &mut weights {
                    *weight /= length;
                }
            }
            Vector(weights)
        })
        .collect()
}

/// Cosine similarity, 0–1.
pub(crate) fn cosine(a: &Vector, b: &Vector) -> f32 {
    let (mut i, mut j, mut sum) = (0, 0, 0.0);
    while let (Some((left, x)), Some((right, y))) = (a.0.get(i), b.0.get(j)) {
        match left.cmp(right) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                sum += x * y;
                i += 1;
                j += 1;
            }
        }
    }
    sum
}

/// For each sentence how similar it is to all the others together, the most central one at 1.
pub(crate) fn centrality(vectors: &[Vector], stems: usize) -> Vec<f32> {
    let mut sum = vec![0.0_f32; stems];
    for vector in vectors {
        for (stem, weight) in &vector.0 {
            sum[*stem as usize] += weight;
        }
    }
    let mut scores: Vec<f32> = vectors
        .iter()
        // less itself
        .map(|vector| vector.0.iter().map(|(stem, weight)| weight * (sum[*stem as usize] - weight)).sum())
        .collect();
    let best = scores.iter().copied().fold(0.0_f32, f32::max);
    if best > 0.0 {
        for score in &mut scores {
            *score /= best;
        }
    }
    scores
}

/// Picks up to `most` of the candidates, each the best that does not say again what is already picked (maximal marginal
/// relevance; anything more similar than `limit` to a picked one is out).
pub(crate) fn diverse(
    candidates: &[usize],
    scores: &[f32],
    vectors: &[Vector],
    most: usize,
    limit: f32,
) -> Vec<usize> {
    let mut pool: Vec<usize> = candidates.to_vec();
    pool.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then_with(|| a.cmp(b)));
    pool.truncate(200);
    let mut nearest = vec![0.0_f32; pool.len()];
    let mut picked = Vec::new();
    while picked.len() < most {
        let best = (0..pool.len()).filter(|index| nearest[*index] <= limit).max_by(|a, b| {
            let value = |index: usize| 0.75 * scores[pool[index]] - 0.25 * nearest[index];
            value(*a).total_cmp(&value(*b)).then_with(|| b.cmp(a))
        });
        let Some(best) = best else { break };
        let chosen = pool.swap_remove(best);
        nearest.swap_remove(best);
        for (index, other) in pool.iter().enumerate() {
            nearest[index] = nearest[index].max(cosine(&vectors[chosen], &vectors[*other]));
        }
        picked.push(chosen);
    }
    picked
}

/// The telling words of a text, for comparing many texts with each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bag(Vec<u32>);

impl Bag {
    /// The words of four letters and more, numbers and ideographs of a text, without their endings.
    pub fn of(text: &str) -> Self {
        let mut words: Vec<u32> = crate::word::words(text)
            .filter_map(|word| {
                let (mut hash, mut letters, mut telling) = (0x811C_9DC5_u32, 0, false);
                for c in word.chars().flat_map(char::to_lowercase) {
                    letters += 1;
                    telling |= letters > 3 || crate::word::is_ideograph(c) || c.is_ascii_digit();
                    if letters <= 6 {
                        hash = (hash ^ u32::from(c)).wrapping_mul(0x0100_0193);
                    }
                }
                telling.then_some(hash)
            })
            .collect();
        words.sort_unstable();
        words.dedup();
        Self(words)
    }

    /// How much two texts say the same: the share of the shorter one's telling words that the other has too, 0–1.
    pub fn similarity(&self, other: &Self) -> f32 {
        let shorter = self.0.len().min(other.0.len());
        if shorter == 0 {
            return 0.0;
        }
        let (mut i, mut j, mut shared) = (0, 0, 0_usize);
        while let (Some(a), Some(b)) = (self.0.get(i), other.0.get(j)) {
            match a.cmp(b) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    shared += 1;
                    i += 1;
                    j += 1;
                }
            }
        }
        shared as f32 / shorter as f32
    }
}

/// How much two texts say the same: the share of the shorter one's words (of four letters and more, or ideographs) that
/// the other has too, 0–1.
pub fn similarity(a: &str, b: &str) -> f32 {
    Bag::of(a).similarity(&Bag::of(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_sentence_is_central_and_repeats_are_left_out() {
        let sentences = vec![vec![0, 1, 2], vec![0, 1, 2], vec![0, 3], vec![4, 5], vec![0, 4, 1]];
        let vectors = vectors(&sentences, 6);
        let scores = centrality(&vectors, 6);
        assert!(scores[0] > scores[3]);
        let picked = diverse(&[0, 1, 2, 3, 4], &scores, &vectors, 3, 0.8);
        assert!(!(picked.contains(&0) && picked.contains(&1)), "{picked:?}");
        assert!((cosine(&vectors[0], &vectors[1]) - 1.0).abs() < 1e-5);
    }

    #[test]
    fn the_same_said_twice() {
        assert!(
            similarity("The dough rests for twelve hours.", "For twelve hours, the dough rests overnight.")
                > 0.7
        );
        assert!(similarity("The dough rests.", "Compilers parse programs.") < 0.1);
    }
}
