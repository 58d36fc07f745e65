//! The linear classifier and its calibration: small, exact enough, the same every time.

use crate::grams::Sparse;

/// A text for the learner: features and whether it is the author's.
pub(crate) struct Example {
    pub(crate) features: Sparse,
    pub(crate) own: bool,
    pub(crate) weight: f32,
}

/// Times that all examples are gone over at most: three times as many tell authors apart no better.
const ROUNDS: usize = 15;
/// How far the steepest gradient may be from its end.
const CLOSE: f32 = 0.01;

/// L2-regularised, L2-loss linear support vector machine by dual coordinate descent (Hsieh et al. 2008), both sides
/// weighing the same whatever their number. Indices are below `dimensions`.
pub(crate) fn train(examples: &[&Example], dimensions: usize, cost: f32) -> Vec<f32> {
    let (mut own, mut others) = (0.0_f32, 0.0_f32);
    for example in examples {
        *(if example.own { &mut own } else { &mut others }) += example.weight;
    }
    let total = own + others;
    let diagonal: Vec<f32> = examples
        .iter()
        .map(|example| {
            let side = if example.own { own } else { others }.max(1e-6);
            let c = cost * example.weight * total / (2.0 * side);
            0.5 / c.max(1e-6)
        })
        .collect();
    let Packed { starts, entries, names } = Packed::of(examples, dimensions);
    let of = |i: usize| &entries[starts[i]..starts[i + 1]];
    let norms: Vec<f32> =
        (0..examples.len()).map(|i| of(i).iter().map(|(_, value)| value * value).sum()).collect();
    let mut packed = vec![0.0_f32; names.len()];
    let mut alphas = vec![0.0_f32; examples.len()];
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..ROUNDS {
        // a fixed shuffle: coordinate descent wants another order each time, and the same one every run
        for i in (1..order.len()).rev() {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            order.swap(i, (state % (i as u64 + 1)) as usize);
        }
        let mut most = 0.0_f32;
        for &i in &order {
            let side: f32 = if examples[i].own { 1.0 } else { -1.0 };
            let gradient = side.mul_add(dot(&packed, of(i)), diagonal[i].mul_add(alphas[i], -1.0));
            let projected = if alphas[i] <= 0.0 { gradient.min(0.0) } else { gradient };
            if projected.abs() < 1e-3 {
                continue;
            }
            most = most.max(projected.abs());
            let before = alphas[i];
            alphas[i] = (before - gradient / (norms[i] + diagonal[i])).max(0.0);
            let step = (alphas[i] - before) * side;
            for &(index, value) in of(i) {
                packed[index as usize] += step * value;
            }
        }
        if most < CLOSE {
            break;
        }
    }
    let mut weights = vec![0.0_f32; dimensions];
    for (name, weight) in names.into_iter().zip(packed) {
        weights[name as usize] = weight;
    }
    weights
}

/// Examples one after the other, their features named anew: the most frequent ones first, so that what is touched most
/// lies close together. Four fifths of a training's time go into walking over it.
struct Packed {
    starts: Vec<usize>,
    entries: Sparse,
    /// The name of each before.
    names: Vec<u32>,
}

impl Packed {
    fn of(examples: &[&Example], dimensions: usize) -> Self {
        let mut counts = vec![0_u32; dimensions];
        for example in examples {
            for (index, _) in &example.features {
                counts[*index as usize] += 1;
            }
        }
        let mut names: Vec<u32> =
            (0..dimensions as u32).filter(|index| counts[*index as usize] > 0).collect();
        names.sort_by_key(|index| std::cmp::Reverse(counts[*index as usize]));
        let mut places = counts;
        for (place, name) in names.iter().enumerate() {
            places[*name as usize] = place as u32;
        }
        let (mut starts, mut entries) = (vec![0], Sparse::new());
        for example in examples {
            entries.extend(example.features.iter().map(|(index, value)| (places[*index as usize], *value)));
            starts.push(entries.len());
        }
        Self { starts, entries, names }
    }
}

pub(crate) fn dot(weights: &[f32], features: &[(u32, f32)]) -> f32 {
    features.iter().map(|&(index, value)| weights[index as usize] * value).sum()
}

/// Turns a score and a length into a probability: `1 / (1 + exp(-(a·score + b·score·ln(words/100) + c)))`.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Calibration {
    slope: f32,
    by_length: f32,
    base: f32,
    #[serde(default)]
    base_by_length: f32,
}

/// What is added to the base. Held-out pieces are told by models that saw fewer strangers than the one that is kept. Authors
/// disagree about how much this is, from none to 0.5; the mean log-loss is least here if two kinds of them weigh the same
/// (decision 0035).
const LATER: f32 = 0.2;

/// The slope of a typical voice: the median over the voices of 46 authors of other blogs than the measured ones.
const TYPICAL: f64 = 3.9;
/// How much a slope is pulled towards the typical one, as a normal prior on it whose mean was learned from other authors'
/// voices (empirical Bayes: Efron & Morris 1975). Some tens of held-out pieces that are told apart well would be fitted too
/// steep a slope, and those that are not too flat a one.
const PULL: f64 = 0.01;

/// A score that its model had not been trained on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    pub(crate) score: f32,
    pub(crate) words: usize,
    pub(crate) own: bool,
    /// How much it counts in the calibration.
    pub(crate) weight: f32,
}

fn inputs(score: f32, words: usize) -> [f64; 4] {
    let length = (words.clamp(10, 600) as f64 / 100.0).ln();
    [f64::from(score), f64::from(score) * length, 1.0, length]
}

impl Calibration {
    /// Logistic regression on held-out scores with Platt's soft targets (Platt 1999), both sides weighing the same: the
    /// confidence is a probability at even odds beforehand. The slope is pulled towards that of a typical voice.
    pub(crate) fn fit(held: &[Held]) -> Self {
        let sum = |own: bool| -> f64 {
            held.iter().filter(|one| one.own == own).map(|one| f64::from(one.weight)).sum()
        };
        let (own, others) = (sum(true), sum(false));
        let (high, low) = ((own + 1.0) / (own + 2.0), 1.0 / (others + 2.0));
        let mut at = [TYPICAL, 0.0, 0.0, 0.0];
        // Newton's method with a light pull towards no influence of the length
        let pull = [PULL, 0.05, 1e-3, 0.02];
        for _ in 0..50 {
            let mut gradient =
                [pull[0] * (at[0] - TYPICAL), pull[1] * at[1], pull[2] * at[2], pull[3] * at[3]];
            let mut hessian = [[0.0; 4]; 4];
            for (row, pull) in pull.iter().enumerate() {
                hessian[row][row] = *pull;
            }
            for one in held {
                let x = inputs(one.score, one.words);
                let weight = f64::from(one.weight) * 0.5 / if one.own { own } else { others }.max(1e-6);
                let target = if one.own { high } else { low };
                let z: f64 = at.iter().zip(x).map(|(a, x)| a * x).sum();
                let p = 1.0 / (1.0 + (-z).exp());
                for row in 0..4 {
                    gradient[row] += weight * (p - target) * x[row];
                    for column in 0..4 {
                        hessian[row][column] += weight * p * (1.0 - p) * x[row] * x[column];
                    }
                }
            }
            let step = solve(hessian, gradient);
            for i in 0..4 {
                at[i] -= step[i].clamp(-2.0, 2.0);
            }
            if step.iter().all(|value| value.abs() < 1e-6) {
                break;
            }
        }
        Self {
            slope: at[0].max(0.05) as f32,
            by_length: at[1] as f32,
            base: at[2] as f32 + LATER,
            base_by_length: at[3] as f32,
        }
    }

    pub(crate) fn probability(self, score: f32, words: usize) -> f32 {
        let [s, sl, _, length] = inputs(score, words);
        // length may strengthen or weaken what a score says, never turn it round
        let slope =
            (f64::from(self.slope) * s + f64::from(self.by_length) * sl) / if s == 0.0 { 1.0 } else { s };
        let z = if s == 0.0 { 0.0 } else { slope.max(0.02) * s }
            + f64::from(self.base)
            + f64::from(self.base_by_length) * length;
        (1.0 / (1.0 + (-z).exp())) as f32
    }
}

/// Gauss with pivots, 4 × 4.
fn solve(mut a: [[f64; 4]; 4], mut b: [f64; 4]) -> [f64; 4] {
    for i in 0..4 {
        let pivot = (i..4).max_by(|x, y| a[*x][i].abs().total_cmp(&a[*y][i].abs())).unwrap_or(i);
        a.swap(i, pivot);
        b.swap(i, pivot);
        let head = if a[i][i].abs() < 1e-12 { 1e-12 } else { a[i][i] };
        for row in i + 1..4 {
            let factor = a[row][i] / head;
            let above = a[i];
            for (value, above) in a[row].iter_mut().zip(above).skip(i) {
                *value -= factor * above;
            }
            b[row] -= factor * b[i];
        }
    }
    let mut x = [0.0; 4];
    for i in (0..4).rev() {
        let rest: f64 = (i + 1..4).map(|column| a[i][column] * x[column]).sum();
        x[i] = (b[i] - rest) / if a[i][i].abs() < 1e-12 { 1e-12 } else { a[i][i] };
    }
    x
}

/// Expected calibration error in ten bins, both sides weighing the same.
pub(crate) fn calibration_error(held: &[Held], calibration: Calibration) -> f32 {
    let own = held.iter().filter(|one| one.own).count() as f32;
    let others = held.len() as f32 - own;
    let mut bins = [(0.0_f32, 0.0_f32); 10];
    for one in held {
        let weight = 0.5 / if one.own { own } else { others }.max(1.0);
        let p = calibration.probability(one.score, one.words);
        let bin = &mut bins[((p * 10.0) as usize).min(9)];
        *bin = (bin.0 + weight * p, bin.1 + if one.own { weight } else { 0.0 });
    }
    bins.iter().map(|(said, was)| (said - was).abs()).sum()
}

/// The area under the curve: how often one of the author's scores above one of another's; ties count half.
pub(crate) fn area(held: &[Held]) -> f32 {
    let mut sorted: Vec<&Held> = held.iter().collect();
    sorted.sort_by(|a, b| a.score.total_cmp(&b.score));
    let own = held.iter().filter(|one| one.own).count() as f64;
    let others = held.len() as f64 - own;
    if own == 0.0 || others == 0.0 {
        return 0.5;
    }
    let (mut ranks, mut at) = (0.0, 0);
    while at < sorted.len() {
        let mut end = at;
        while end < sorted.len() && sorted[end].score.total_cmp(&sorted[at].score).is_eq() {
            end += 1;
        }
        let rank = (at + end + 1) as f64 / 2.0;
        ranks += rank * sorted[at..end].iter().filter(|one| one.own).count() as f64;
        at = end;
    }
    ((ranks - own * (own + 1.0) / 2.0) / (own * others)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(features: &[(u32, f32)], own: bool) -> Example {
        Example { features: features.to_vec(), own, weight: 1.0 }
    }

    #[test]
    fn a_telling_feature_gets_the_weight() {
        let examples: Vec<Example> =
            (0..20).map(|i| example(&[(0, 1.0), (1 + u32::from(i % 2 == 0), 1.0)], i % 2 == 0)).collect();
        let weights = train(&examples.iter().collect::<Vec<_>>(), 3, 1.0);
        assert!(weights[2] > 0.3 && weights[1] < -0.3 && weights[0].abs() < 0.2, "{weights:?}");
    }

    #[test]
    fn probabilities_are_what_happens() {
        let held: Vec<Held> = (0..400)
            .map(|i| Held {
                score: (i % 40) as f32 / 10.0 - 2.0,
                words: 100,
                own: (i % 40) + (i / 40) > 24,
                weight: 1.0,
            })
            .collect();
        let calibration = Calibration::fit(&held);
        assert!(calibration.probability(2.0, 100) > 0.8 && calibration.probability(-2.0, 100) < 0.2);
        assert!(calibration.probability(0.5, 100) > calibration.probability(0.4, 100));
    }

    #[test]
    fn few_pieces_that_are_told_apart_do_not_make_it_steep() {
        let held: Vec<Held> = (0..60)
            .map(|i| Held { score: if i < 6 { 0.6 } else { -0.6 }, words: 100, own: i < 6, weight: 1.0 })
            .collect();
        let told = Calibration::fit(&held);
        assert!((3.5..4.5).contains(&told.slope), "{told:?}");
        // and where they aren't, the slope still follows them
        let mixed: Vec<Held> =
            (0..60).map(|i| Held { own: i % 2 == 0, score: (i % 7) as f32 / 7.0 - 0.5, ..held[0] }).collect();
        let mixed = Calibration::fit(&mixed);
        assert!(mixed.slope < 1.5, "{mixed:?}");
    }

    #[test]
    fn the_area_counts_pairs() {
        let held = |score: f32, own: bool| Held { score, words: 1, own, weight: 1.0 };
        assert!((area(&[held(1.0, true), held(0.0, false)]) - 1.0).abs() < 1e-6);
        assert!((area(&[held(0.0, true), held(0.0, false)]) - 0.5).abs() < 1e-6);
        assert!((area(&[held(0.0, true)]) - 0.5).abs() < 1e-6);
    }
}
