//! How well an item fits a smart feed, and why.
//!
//! `score = 0.6 · relevance + 0.25 · freshness + 0.15 · authority`, each 0 to 1.
//!
//! - Relevance: how much of the best fitting topic an item says. Each keyword of a topic counts, the topic itself and its
//!   own words twice; it counts whole in the title, 0.8 in the keyphrases and 0.5 in the text. Three of these together are
//!   enough for 1: nobody says all that a description names.
//! - Freshness: halves every 48 hours.
//! - Authority: the priority that somebody gave to the source, by its record: half of it while the source is in trouble.
//!
//! What says nothing of any topic is not in the feed, however fresh.

use std::collections::HashSet;

use bellwether_kernel::Timestamp;
use bellwether_language::words;
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{Topic, keywords_of};
use crate::items::ItemView;

/// Hours in which freshness halves.
const HALF_LIFE: f64 = 48.0;
/// What is enough for full relevance.
const ENOUGH: f64 = 3.0;

/// An item with how well it fits.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RankedItem {
    /// The item.
    pub item: ItemView,
    /// 0 to 1.
    pub score: f64,
    /// What it is made of.
    pub why: Why,
}

/// What a score is made of.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = SmartFeedWhy)]
pub struct Why {
    /// 0 to 1: how much of the best fitting topic it says.
    pub relevance: f64,
    /// 0 to 1: 1 when new, half after 48 hours.
    pub freshness: f64,
    /// 0 to 1: the source's priority and record.
    pub authority: f64,
    /// The keywords that it has.
    pub words: Vec<String>,
}

/// Words in the form in which they are compared: lower case, cut to what forms of one word share.
fn folded(text: &str) -> Vec<String> {
    words(text).map(fold).collect()
}

/// A word in the form in which it is compared.
pub(crate) fn fold(word: &str) -> String {
    let lower = word.to_lowercase();
    // plurals and endings: a stem without a language, which keywords have not
    let cut =
        lower.strip_suffix("ies").or_else(|| lower.strip_suffix("es")).or_else(|| lower.strip_suffix('s'));
    match cut {
        Some(stem) if stem.chars().count() >= 4 => stem.trim_end_matches(['e', 'y']).to_owned(),
        _ if lower.chars().count() >= 5 => lower.trim_end_matches(['e', 'y']).to_owned(),
        _ => lower,
    }
}

/// A topic as it is looked for.
pub(super) struct Sought {
    keywords: Vec<(String, Vec<String>, f64)>,
}

impl Sought {
    pub(super) fn of(topic: &Topic) -> Self {
        let own: HashSet<String> = words(&topic.topic).map(str::to_lowercase).collect();
        let name = topic.topic.to_lowercase();
        let keywords = keywords_of(topic)
            .into_iter()
            .map(|word| {
                let weight = if word == name || own.contains(&word) { 2.0 } else { 1.0 };
                let folded = folded(&word);
                (word, folded, weight)
            })
            .filter(|(_, folded, _)| !folded.is_empty())
            .collect();
        Self { keywords }
    }
}

struct Said {
    title: Vec<String>,
    phrases: Vec<String>,
    text: Vec<String>,
}

fn has(text: &[String], phrase: &[String]) -> bool {
    text.windows(phrase.len()).any(|window| window == phrase)
}

/// The rank of an item, none when it has nothing to do with any topic; `record` is 1 for a source that is well.
pub(super) fn rank(
    sought: &[Sought],
    item: ItemView,
    (dated_at, text): (Timestamp, &str),
    (priority, record): (i32, f64),
    now: Timestamp,
) -> Option<RankedItem> {
    let said = Said {
        title: folded(&item.title),
        phrases: folded(&item.keyphrases.join(" · ")),
        text: folded(if text.is_empty() { &item.summary } else { text }),
    };
    let (mut relevance, mut found) = (0.0_f64, Vec::new());
    for topic in sought {
        let mut sum = 0.0;
        for (word, folded, weight) in &topic.keywords {
            let place = if has(&said.title, folded) {
                1.0
            } else if has(&said.phrases, folded) {
                0.8
            } else if has(&said.text, folded) {
                0.5
            } else {
                continue;
            };
            sum += place * weight;
            if !found.contains(word) {
                found.push(word.clone());
            }
        }
        relevance = relevance.max((sum / ENOUGH).min(1.0));
    }
    if relevance <= 0.0 {
        return None;
    }
    let hours = (now - dated_at).num_minutes().max(0) as f64 / 60.0;
    let freshness = 0.5_f64.powf(hours / HALF_LIFE);
    let authority = f64::from(priority.clamp(1, 10)) / 10.0 * record;
    let score = 0.6 * relevance + 0.25 * freshness + 0.15 * authority;
    let round = |number: f64| (number * 1_000.0).round() / 1_000.0;
    let why = Why {
        relevance: round(relevance),
        freshness: round(freshness),
        authority: round(authority),
        words: found,
    };
    Some(RankedItem { item, score: round(score), why })
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::{ItemId, SourceId, items::ItemSource, sources::Kind};

    fn item(title: &str) -> ItemView {
        let now: Timestamp = "2026-11-16T09:00:00Z".parse().unwrap();
        ItemView {
            id: ItemId::from(uuid::Uuid::nil()),
            source: ItemSource { id: SourceId::from(uuid::Uuid::nil()), name: "A".into(), kind: Kind::Feed },
            url: "https://a.example/".into(),
            title: title.into(),
            author: None,
            published_at: None,
            seen_at: now,
            summary: String::new(),
            language: "en".into(),
            keyphrases: vec![],
            words: 0,
            also: 0,
            engagement: None,
            picture_url: None,
            rank: None,
        }
    }

    fn ranked(title: &str, text: &str, hours: i64, priority: i32) -> Option<RankedItem> {
        let now: Timestamp = "2026-11-16T09:00:00Z".parse().unwrap();
        let topic =
            Topic { topic: "Honest prices".into(), description: "What an hour in a workshop costs".into() };
        let dated = now - Duration::hours(hours);
        rank(&[Sought::of(&topic)], item(title), (dated, text), (priority, 1.0), now)
    }

    #[test]
    fn relevance_comes_first_then_freshness_then_authority() {
        let score =
            |title: &str, text: &str, hours, priority| ranked(title, text, hours, priority).unwrap().score;
        assert!(
            score("Honest prices for workshops", "", 40, 5) > score("News", "the price of a stamp", 0, 10)
        );
        assert!(score("Honest prices", "", 1, 5) > score("Honest prices", "", 30, 5));
        assert!(score("Honest prices", "", 1, 9) > score("Honest prices", "", 1, 2));
        assert!(ranked("A new kind of bicycle", "It has three wheels.", 0, 10).is_none());
    }

    #[test]
    fn it_says_why() {
        let found = ranked("The price of an hour", "Workshops tell.", 48, 8).unwrap();
        assert!((found.why.freshness - 0.5).abs() < 0.001);
        assert!((found.why.authority - 0.8).abs() < 0.001);
        assert!(found.why.words.contains(&"prices".to_owned()), "{:?}", found.why.words);
        assert!(found.score > 0.0 && found.score <= 1.0);
    }
}
