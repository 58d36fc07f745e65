//! Which of the trends that a replay found is which of those that are kept: by the items that they share. A detector counts
//! its trends anew each time, and a topic may have other words by then; its items are what stays.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::TrendId;

/// Items that two must share at least, unless one has no more than that.
const SHARED: usize = 2;
/// Share of the smaller one's items from which both are the same.
const SAME: f64 = 0.34;
/// From which one that was over has come back.
const BACK: f64 = 0.5;
/// From which another one is a part of it.
const PART: f64 = 0.6;

/// A trend that is kept.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) id: TrendId,
    /// Not over.
    pub(super) open: bool,
    pub(super) items: HashSet<Uuid>,
}

/// A trend that was found.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) running: bool,
    pub(super) items: Vec<Uuid>,
}

/// What became of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Matched {
    /// For each that was found, the one that it is.
    pub(super) same: Vec<Option<TrendId>>,
    /// Kept ones that turned out to be part of another: which, into which.
    pub(super) merged: Vec<(TrendId, TrendId)>,
}

struct Pair {
    kept: usize,
    found: usize,
    shared: usize,
    share: f64,
}

/// Pairs them. `kept` comes the oldest first: of equals the older one stays.
pub(super) fn pair(kept: &[Kept], found: &[Found]) -> Matched {
    let mut by_item: HashMap<Uuid, Vec<usize>> = HashMap::new();
    for (index, one) in found.iter().enumerate() {
        for item in &one.items {
            by_item.entry(*item).or_default().push(index);
        }
    }
    let mut pairs: Vec<Pair> = Vec::new();
    for (index, one) in kept.iter().enumerate() {
        let mut counts: HashMap<usize, usize> = HashMap::new();
        for other in one.items.iter().filter_map(|item| by_item.get(item)).flatten() {
            *counts.entry(*other).or_default() += 1;
        }
        for (other, shared) in counts {
            let least = one.items.len().min(found[other].items.len()).max(1);
            let share = shared as f64 / least as f64;
            // what is over is only looked for among what runs, and the other way round
            let fits = if one.open { share >= SAME } else { found[other].running && share >= BACK };
            if fits && shared >= SHARED.min(least) {
                pairs.push(Pair { kept: index, found: other, shared, share });
            }
        }
    }
    let running = |pair: &Pair| found[pair.found].running;
    pairs.sort_by(|a, b| {
        let open = kept[b.kept].open.cmp(&kept[a.kept].open);
        let running = running(b).cmp(&running(a));
        open.then(running).then(b.shared.cmp(&a.shared)).then((a.kept, a.found).cmp(&(b.kept, b.found)))
    });
    let mut same: Vec<Option<TrendId>> = vec![None; found.len()];
    let mut taken: HashSet<usize> = HashSet::new();
    for pair in &pairs {
        if same[pair.found].is_none() && taken.insert(pair.kept) {
            same[pair.found] = Some(kept[pair.kept].id);
        }
    }
    let mut merged = Vec::new();
    for pair in &pairs {
        let one = &kept[pair.kept];
        if one.open
            && pair.share >= PART
            && running(pair)
            && !taken.contains(&pair.kept)
            && let Some(into) = same[pair.found]
        {
            taken.insert(pair.kept);
            merged.push((one.id, into));
        }
    }
    Matched { same, merged }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> TrendId {
        TrendId::from(Uuid::from_u128(number))
    }

    fn kept(number: u128, open: bool, items: std::ops::Range<u128>) -> Kept {
        Kept { id: id(number), open, items: items.map(Uuid::from_u128).collect() }
    }

    fn found(running: bool, items: std::ops::Range<u128>) -> Found {
        Found { running, items: items.map(Uuid::from_u128).collect() }
    }

    #[test]
    fn a_trend_stays_itself_as_it_grows_and_another_is_new() {
        let matched = pair(&[kept(1, true, 0..5)], &[found(true, 100..108), found(true, 2..20)]);
        assert_eq!(matched.same, [None, Some(id(1))]);
        assert!(matched.merged.is_empty());
        // one item in common is chance
        assert_eq!(pair(&[kept(1, true, 0..5)], &[found(true, 4..20)]).same, [None]);
    }

    #[test]
    fn two_that_are_one_become_the_one_with_more_in_common() {
        let matched = pair(&[kept(1, true, 0..6), kept(2, true, 6..16)], &[found(true, 0..20)]);
        assert_eq!(matched.same, [Some(id(2))]);
        assert_eq!(matched.merged, [(id(1), id(2))]);
        // of equals the older one stays
        let matched = pair(&[kept(1, true, 0..6), kept(2, true, 6..12)], &[found(true, 0..20)]);
        assert_eq!((matched.same, matched.merged), (vec![Some(id(1))], vec![(id(2), id(1))]));
    }

    #[test]
    fn one_that_parts_stays_with_the_larger_part() {
        let matched = pair(&[kept(1, true, 0..12)], &[found(true, 0..4), found(true, 4..14)]);
        assert_eq!(matched.same, [None, Some(id(1))]);
    }

    #[test]
    fn what_is_over_comes_back_only_by_most_of_its_items() {
        assert_eq!(pair(&[kept(1, false, 0..8)], &[found(true, 4..20)]).same, [Some(id(1))]);
        assert_eq!(pair(&[kept(1, false, 0..8)], &[found(true, 5..20)]).same, [None]);
        // and stays over where it is found to be over
        assert_eq!(pair(&[kept(1, false, 0..8)], &[found(false, 0..8)]).same, [None]);
        // an open one that ended
        assert_eq!(pair(&[kept(1, true, 0..8)], &[found(false, 0..8)]).same, [Some(id(1))]);
        // what runs is looked for first
        let both = [found(false, 0..8), found(true, 0..8)];
        assert_eq!(pair(&[kept(1, true, 0..8)], &both).same, [None, Some(id(1))]);
    }
}
