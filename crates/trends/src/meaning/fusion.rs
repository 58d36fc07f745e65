//! Two lists of the best become one: reciprocal rank fusion (Cormack, Clarke and Büttcher 2009). A place in a list counts
//! 1 / (60 + place); how a list comes to its places, and what its numbers mean, does not matter.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// As in the paper: the first places differ little.
const K: f64 = 60.0;
/// Of two first places the one by words comes first: it is certain.
const BY_MEANING: f64 = 0.99;
/// Of the nearest one's cosine, how much another must have.
const OF_BEST: f32 = 0.55;

/// By what an item was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ItemMatched)]
pub enum Matched {
    /// It has the words.
    Words,
    /// Nothing has the words; its title is nearly like them.
    Nearly,
    /// It means something like them.
    Meaning,
    /// Both.
    Both,
}

/// What was found, with its worth: 1 for the first of both lists.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fused {
    pub(crate) rank: f32,
    pub(crate) matched: Matched,
}

/// One list of two, each the best first. Of those near in meaning only the ones count that are at least `near`, and not
/// much further than the nearest.
pub(crate) fn fuse(by_words: &[Uuid], by_meaning: &[(Uuid, f32)], near: f32) -> HashMap<Uuid, Fused> {
    let least = by_meaning.first().map_or(near, |(_, best)| near.max(best * OF_BEST));
    let near: Vec<Uuid> =
        by_meaning.iter().take_while(|(_, cosine)| *cosine >= least).map(|(id, _)| *id).collect();
    let mut found: HashMap<Uuid, (f64, bool, bool)> = HashMap::new();
    for (list, meaning) in [(by_words, false), (near.as_slice(), true)] {
        for (place, id) in list.iter().enumerate() {
            let one = found.entry(*id).or_default();
            let worth = 1.0 / (K + 1.0 + place as f64);
            one.0 += if meaning { worth * BY_MEANING } else { worth };
            if meaning {
                one.2 = true;
            } else {
                one.1 = true;
            }
        }
    }
    let best = (1.0 + BY_MEANING) / (K + 1.0);
    found
        .into_iter()
        .map(|(id, (sum, words, meaning))| {
            let matched = match (words, meaning) {
                (true, true) => Matched::Both,
                (false, true) => Matched::Meaning,
                _ => Matched::Words,
            };
            (id, Fused { rank: (sum / best) as f32, matched })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_lists_have_comes_first_and_says_so() {
        let [a, b, c, d] = [1, 2, 3, 4].map(Uuid::from_u128);
        let found = fuse(&[a, b], &[(c, 0.8), (b, 0.7), (d, 0.31)], 0.3);
        assert_eq!(found[&b].matched, Matched::Both);
        assert_eq!((found[&a].matched, found[&c].matched), (Matched::Words, Matched::Meaning));
        assert!(found[&b].rank > found[&a].rank && found[&a].rank > found[&c].rank);
        // far behind the nearest
        assert!(!found.contains_key(&d));
        assert!(found.values().all(|one| one.rank > 0.0 && one.rank <= 1.0));
        let first = fuse(&[a], &[(a, 0.9)], 0.3);
        assert!((first[&a].rank - 1.0).abs() < 1e-6);
        assert!(fuse(&[], &[(a, 0.2)], 0.3).is_empty());
    }
}
