//! How well an item fits a smart feed, and why.
//!
//! `score = 0.6 · relevance + 0.25 · freshness + 0.15 · authority`, each 0 to 1.
//!
//! - Relevance: how much of the best fitting topic an item says, and how near in meaning it is to one: `1 − (1 − words) ·
//!   (1 − 0.8 · meaning)`, so that each helps and words alone may be enough. Each keyword of a topic counts, the topic itself and its
//!   own words twice; it counts whole in the title, 0.8 in the keyphrases and 0.5 in the text. Three of these together are
//!   enough for 1: nobody says all that a description names. A single word of a description counts less the more of the
//!   brand's items have it in title, summary or keyphrases: whole up to 3 of 100, not at all from 15 of 100 on. Meaning is the cosine between item and topic, spread from 0
//!   where likeness begins (0.3 for the model on this machine) to 1 at 0.35 above that.
//! - Freshness: halves every 48 hours.
//! - Authority: the priority that somebody gave to the source, by its record: half of it while the source is in trouble.
//!
//! What neither says nor means anything of any topic is not in the feed, however fresh.

use std::collections::{HashMap, HashSet};

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
/// Cosine from where likeness begins to where it is as much as it gets between a topic and an item.
const SPAN: f64 = 0.35;
/// What meaning alone can bring.
const MEANING: f64 = 0.8;

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
    /// The cosine between its meaning and that of the nearest topic; null where no model has compared them, or they have
    /// nothing in common.
    pub meaning: Option<f64>,
    /// The same for people, the weightiest first.
    pub sentences: Vec<String>,
}

/// How near an item is to a topic in meaning.
#[derive(Debug, Clone, Copy)]
pub(super) struct Close<'a> {
    pub(super) topic: &'a str,
    pub(super) cosine: f32,
    /// From which cosine on there is likeness.
    pub(super) near: f32,
}

impl Close<'_> {
    /// 0 to 1.
    fn share(self) -> f64 {
        ((f64::from(self.cosine) - f64::from(self.near)) / SPAN).clamp(0.0, 1.0)
    }
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

/// Items from which on it can be told what is usual.
const KNOWN: usize = 40;
/// Share of the items up to which a word counts whole, and from which on not at all.
const RARE: f64 = 0.03;
const USUAL: f64 = 0.15;

/// How many of a brand's items have a word.
#[derive(Default)]
pub(super) struct Usual {
    items: usize,
    counts: HashMap<String, usize>,
}

impl Usual {
    pub(super) fn of(texts: &[String]) -> Self {
        let mut counts = HashMap::new();
        for text in texts {
            for word in folded(text).into_iter().collect::<HashSet<_>>() {
                *counts.entry(word).or_insert(0) += 1;
            }
        }
        Self { items: texts.len(), counts }
    }

    /// How much a word counts, 0 to 1.
    fn weight(&self, word: &str) -> f64 {
        if self.items < KNOWN {
            return 1.0;
        }
        let share = self.counts.get(word).map_or(0.0, |count| *count as f64 / self.items as f64);
        ((USUAL - share) / (USUAL - RARE)).clamp(0.0, 1.0)
    }
}

/// A topic as it is looked for.
pub(super) struct Sought {
    keywords: Vec<(String, Vec<String>, f64)>,
}

impl Sought {
    pub(super) fn of(topic: &Topic, usual: &Usual) -> Self {
        let own: HashSet<String> = words(&topic.topic).map(str::to_lowercase).collect();
        let name = topic.topic.to_lowercase();
        let keywords = keywords_of(topic)
            .into_iter()
            .map(|word| {
                let folded = folded(&word);
                let weight = match folded.as_slice() {
                    // what somebody named is meant, however usual
                    _ if word == name || own.contains(&word) => 2.0,
                    [one] => usual.weight(one),
                    _ => 1.0,
                };
                (word, folded, weight)
            })
            .filter(|(_, folded, weight)| !folded.is_empty() && *weight > 0.0)
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
    close: Option<Close<'_>>,
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
    let close = close.filter(|close| close.cosine >= close.near);
    let by_words = relevance;
    relevance = 1.0 - (1.0 - by_words) * (1.0 - MEANING * close.map_or(0.0, Close::share));
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
        sentences: sentences(&found, close, hours, &item.source.name, (priority, record)),
        words: found,
        meaning: close.map(|close| round(f64::from(close.cosine))),
    };
    Some(RankedItem { item, score: round(score), why })
}

/// Why, for people.
fn sentences(
    words: &[String],
    close: Option<Close<'_>>,
    hours: f64,
    source: &str,
    (priority, record): (i32, f64),
) -> Vec<String> {
    const NAMED: usize = 4;
    let mut all = Vec::new();
    if !words.is_empty() {
        let named: Vec<String> = words.iter().take(NAMED).map(|word| format!("“{word}”")).collect();
        let more = words.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more of your words") } else { String::new() };
        all.push(format!("It says {}{more}.", named.join(", ")));
    }
    if let Some(close) = close {
        let how = match close.share() {
            share if share >= 0.66 => "is very near in meaning to",
            share if share >= 0.33 => "is near in meaning to",
            _ => "has something to do with",
        };
        let also = if words.is_empty() { "In other words, it" } else { "It" };
        all.push(format!("{also} {how} your topic “{}”.", close.topic));
    }
    if hours < 24.0 {
        all.push("It is less than a day old.".to_owned());
    }
    if priority >= 8 {
        all.push(format!("{source} matters to you: priority {priority} of 10."));
    }
    if record < 1.0 {
        all.push(format!("{source} counts half while it is in trouble."));
    }
    all
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
            read: false,
            saved_at: None,
            rank: None,
            matched: None,
        }
    }

    fn ranked(title: &str, text: &str, hours: i64, priority: i32) -> Option<RankedItem> {
        let now: Timestamp = "2026-11-16T09:00:00Z".parse().unwrap();
        let topic =
            Topic { topic: "Honest prices".into(), description: "What an hour in a workshop costs".into() };
        let dated = now - Duration::hours(hours);
        rank(&[Sought::of(&topic, &Usual::default())], item(title), (dated, text), (priority, 1.0), None, now)
    }

    #[test]
    fn meaning_brings_what_has_none_of_the_words_and_lifts_what_has() {
        let now: Timestamp = "2026-11-16T09:00:00Z".parse().unwrap();
        let topic = Topic { topic: "Honest prices".into(), description: String::new() };
        let ranked = |title: &str, cosine: f32| {
            let close = Close { topic: "Honest prices", cosine, near: 0.3 };
            rank(&[Sought::of(&topic, &Usual::default())], item(title), (now, ""), (5, 1.0), Some(close), now)
        };
        let other = ranked("What craftspeople should charge", 0.5).unwrap();
        assert_eq!((other.why.words.len(), other.why.meaning), (0, Some(0.5)));
        assert!(other.why.sentences[0].contains("near in meaning to your topic “Honest prices”"));
        assert!(ranked("What craftspeople should charge", 0.6).unwrap().score > other.score);
        assert!(ranked("A new kind of bicycle", 0.29).is_none());
        let (with, without) = (ranked("Prices rise", 0.6).unwrap(), ranked("Prices rise", 0.1).unwrap());
        assert!(with.score > without.score && without.why.meaning.is_none());
        assert!(with.why.sentences[0].contains("“prices”"), "{:?}", with.why.sentences);
        assert!(with.why.relevance <= 1.0);
    }

    #[test]
    fn what_most_items_have_tells_little_of_one() {
        let now: Timestamp = "2026-11-16T09:00:00Z".parse().unwrap();
        let topic = Topic {
            topic: "Honest prices".into(),
            description: "The charges of workshops in Leipzig".into(),
        };
        // of a hundred items half have a charge, and nine a workshop
        let texts: Vec<String> = (0..100)
            .map(|n| match n {
                0..50 => format!("The charge of number {n}"),
                50..59 => "A workshop opens".to_owned(),
                _ => "Weather".to_owned(),
            })
            .collect();
        let ranked = |title: &str, texts: &[String]| {
            let sought = [Sought::of(&topic, &Usual::of(texts))];
            rank(&sought, item(title), (now, ""), (5, 1.0), None, now)
        };
        let relevance = |title: &str, texts: &[String]| ranked(title, texts).map(|found| found.why.relevance);
        assert!(relevance("A charge falls", &texts).is_none(), "every second item has it");
        assert_eq!(relevance("A charge falls", &texts[..30]), Some(0.333), "of few items nobody knows");
        let workshop = relevance("My workshop", &texts).unwrap();
        assert!(workshop > 0.0 && workshop < 0.333, "{workshop}");
        let both = ranked("Honest prices and a charge", &texts).unwrap().why;
        assert!(!both.words.contains(&"charges".to_owned()), "{:?}", both.words);
        assert!(both.words.contains(&"honest prices".to_owned()));
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
