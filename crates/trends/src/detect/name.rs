//! What a topic is called: the words of its own titles, better as more of them come.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_language::{Language, words};

use super::{
    terms::{Key, word_key},
    topic::Topic,
};

/// Titles that are read.
const TITLES: usize = 32;
/// Words of a name.
const LONGEST: usize = 5;

struct Candidate {
    items: BTreeSet<u64>,
    sources: BTreeSet<u64>,
    surfaces: BTreeMap<String, usize>,
}

/// A name and further phrases, each with the share of the titles that have it.
pub(crate) fn names(topic: &Topic) -> Vec<(String, f64)> {
    let weights = weights(topic);
    let titles = &topic.members[topic.members.len().saturating_sub(TITLES)..];
    let mut candidates: BTreeMap<Vec<Key>, Candidate> = BTreeMap::new();
    for member in titles {
        let language = Language::from_tag(&member.language).unwrap_or(Language::UNKNOWN);
        for (keys, surface) in phrases(&member.title, language, &weights) {
            let candidate = candidates.entry(keys).or_insert_with(|| Candidate {
                items: BTreeSet::new(),
                sources: BTreeSet::new(),
                surfaces: BTreeMap::new(),
            });
            candidate.items.insert(member.number);
            candidate.sources.insert(member.source);
            *candidate.surfaces.entry(surface).or_default() += 1;
        }
    }
    let total = titles.len().max(1) as f64;
    let mut scored: Vec<(f64, Vec<Key>, String, f64)> = candidates
        .into_iter()
        .filter(|(_, candidate)| candidate.items.len() >= 2 || titles.len() < 2)
        .filter_map(|(keys, candidate)| {
            let weight: f64 = keys.iter().filter_map(|key| weights.get(key)).sum();
            let share = candidate.items.len() as f64 / total;
            // a phrase of two or three words says more than its words apart, if it is said often enough
            let length = [0.0, 0.8, 1.2, 1.3, 1.2, 1.1][keys.len().min(5)];
            let spread = (candidate.sources.len() as f64).min(4.0).sqrt();
            let surface = candidate
                .surfaces
                .into_iter()
                .max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.len().cmp(&a.0.len())).then(b.0.cmp(&a.0)))?
                .0;
            Some((weight * share.powf(0.7) * length * spread, keys, surface, share))
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.2.cmp(&b.2)));
    let mut chosen: Vec<(Vec<Key>, String, f64)> = Vec::new();
    for (_, keys, surface, share) in scored {
        // a part of what is there, or hardly more than it, says nothing new
        let new = keys.iter().filter(|key| !chosen.iter().any(|(other, ..)| other.contains(key))).count();
        if new * 2 > keys.len() || (chosen.is_empty() && new > 0) {
            chosen.push((keys, surface, share));
        }
        if chosen.len() == 8 {
            break;
        }
    }
    if chosen.is_empty()
        && let Some(member) = topic.members.last()
    {
        return vec![(member.title.to_string(), 1.0 / total)];
    }
    chosen.into_iter().map(|(_, surface, share)| (surface, share)).collect()
}

/// How telling each word is of the topic.
fn weights(topic: &Topic) -> BTreeMap<Key, f64> {
    let mut weights: BTreeMap<Key, f64> = BTreeMap::new();
    for core in &topic.core {
        let weight = core.support * core.surprise.min(8.0);
        let mut give = |key: Key, weight: f64| {
            let own = weights.entry(key).or_default();
            *own = own.max(weight);
        };
        match core.words {
            // surprising together, not each
            Some((a, b)) => {
                give(a, weight * 0.5);
                give(b, weight * 0.5);
            }
            None => give(core.key, weight),
        }
    }
    weights
}

/// Runs of words in a title that begin and end with words of the topic, by their stems in any order.
fn phrases(title: &str, language: Language, weights: &BTreeMap<Key, f64>) -> Vec<(Vec<Key>, String)> {
    let offset = |part: &str| part.as_ptr() as usize - title.as_ptr() as usize;
    let list: Vec<(&str, Option<Key>)> = words(title).map(|word| (word, word_key(word, language))).collect();
    let mut found = Vec::new();
    for from in 0..list.len() {
        let mut keys: Vec<Key> = Vec::new();
        for to in from..list.len().min(from + LONGEST) {
            let (word, key) = list[to];
            if to > from {
                let (before, _) = list[to - 1];
                let gap = &title[offset(before) + before.len()..offset(word)];
                if !gap.chars().all(|c| c == ' ') {
                    break;
                }
            }
            keys.extend(key);
            let telling = |key: Option<Key>| key.is_some_and(|key| weights.contains_key(&key));
            if !telling(list[from].1) || !telling(key) {
                continue;
            }
            let mut sorted = keys.clone();
            sorted.sort_unstable();
            sorted.dedup();
            let first = offset(list[from].0);
            found.push((sorted, title[first..offset(word) + word.len()].to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_begin_and_end_with_what_is_telling() {
        let weights: BTreeMap<Key, f64> = ["solar", "storm", "grid"]
            .iter()
            .filter_map(|word| Some((word_key(word, Language::ENGLISH)?, 1.0)))
            .collect();
        let found: Vec<String> = phrases("The solar storm hits; the grid holds", Language::ENGLISH, &weights)
            .into_iter()
            .map(|(_, surface)| surface)
            .collect();
        assert_eq!(found, ["solar", "solar storm", "storm", "grid"]);
    }
}
