//! Items that speak of the same thing, and the terms that hold them together.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    background::Lens,
    confidence::Facts,
    detector::Recent,
    table::Table,
    term::Burst,
    terms::{Key, likeness},
    trend::{Prediction, State},
};

/// Members kept one by one: the first ones, since they began it, and the last ones.
pub(crate) const MEMBERS: usize = 128;
/// How surprising a word is that counts as shared.
const TELLING: f64 = 2.0;
/// How many of the last members are asked what they share.
pub(crate) const SAMPLE: usize = 24;
/// How many of the last members tell how fast it goes.
const PACE: usize = 3;
/// How surprising a word must be for two topics to be one by it alone, and how many of either must have it.
const LEADING: f64 = 3.0;
const NEARLY_ALL: f64 = 0.7;
const MOST: f64 = 0.5;
/// How much of the smaller of two topics must speak of both for them to be one.
const OVERLAP: f64 = 0.34;
/// From this probability on an item belongs to a topic.
pub(crate) const JOIN: f64 = 0.8;
const FIRST_MEMBERS: usize = 16;
const WORDINGS: usize = 48;
const SOURCES: usize = 512;
/// From how like two sets of words are one wording.
const SAME_WORDING: f64 = 0.7;

/// An item of a topic.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Member {
    pub number: u64,
    pub id: Uuid,
    pub at: i64,
    pub source: u64,
    pub wording: u32,
    pub language: Box<str>,
    pub title: Box<str>,
    pub words: Box<[Key]>,
    pub keys: Box<[Key]>,
}

/// A term that holds a topic together.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Core {
    pub key: Key,
    pub words: Option<(Key, Key)>,
    /// Its usual share of the stream, settled when the trend was found, so that the trend itself does not become usual.
    pub share: Option<f64>,
    /// Share of the last members that have it.
    pub support: f64,
    pub surprise: f64,
    pub seen: f64,
    pub usual: f64,
    /// How likely an item that has it belongs to the topic while that goes on, 0–1.
    pub belongs: f64,
    /// The share of the stream's items that usually have it.
    pub rate: f64,
}

impl Core {
    /// Its two words; a word is twice the same.
    fn parts(&self) -> [Key; 2] {
        self.words.map_or([self.key; 2], |(a, b)| [a, b])
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Topic {
    pub id: u64,
    pub core: Vec<Core>,
    pub members: Vec<Member>,
    /// All items, also those no longer kept.
    pub total: u32,
    pub sources: BTreeMap<u64, u32>,
    wordings: Vec<Box<[Key]>>,
    /// Items by the quarter of an hour, in order.
    pub course: Vec<(u32, u32)>,
    pub onset: i64,
    pub last: i64,
    pub confidence: f64,
    #[serde(skip)]
    pub facts: Facts,
    pub window: u32,
    /// When it became a trend, and what was predicted then.
    pub found: Option<(i64, Prediction)>,
    pub state: State,
    /// Other topics that may be the same, since one item would have joined both or one term holds both together.
    pub links: BTreeSet<u64>,
    /// Items when the core was last looked at.
    pub refreshed: u32,
}

impl Topic {
    pub(crate) fn new(id: u64, at: i64) -> Self {
        Self {
            id,
            core: Vec::new(),
            members: Vec::new(),
            total: 0,
            sources: BTreeMap::new(),
            wordings: Vec::new(),
            course: Vec::new(),
            onset: at,
            last: at,
            confidence: 0.0,
            facts: Facts::default(),
            window: 0,
            found: None,
            state: State::Active,
            links: BTreeSet::new(),
            refreshed: 0,
        }
    }

    /// Takes in an item, once.
    pub(crate) fn add(&mut self, recent: &Recent, number: u64) {
        if self.members.iter().any(|member| member.number == number) {
            return;
        }
        let wording = self.wording(&recent.words);
        self.count(recent.at, recent.source, 1);
        self.insert(Member {
            number,
            id: recent.id,
            at: recent.at,
            source: recent.source,
            wording,
            language: recent.language.clone(),
            title: recent.title.clone(),
            words: recent.words.clone(),
            keys: recent.keys.clone(),
        });
    }

    /// Which of the ways of saying it this one is; a new one if it is like none.
    fn wording(&mut self, words: &[Key]) -> u32 {
        if let Some(at) = self.wordings.iter().position(|other| likeness(other, words) >= SAME_WORDING) {
            return at as u32;
        }
        if self.wordings.len() < WORDINGS {
            self.wordings.push(words.into());
        }
        self.wordings.len() as u32 - 1
    }

    fn count(&mut self, at: i64, source: u64, items: u32) {
        self.total += items;
        self.onset = self.onset.min(at);
        self.last = self.last.max(at);
        if self.sources.len() < SOURCES || self.sources.contains_key(&source) {
            *self.sources.entry(source).or_default() += items;
        }
        self.mark(quarter(at), items);
    }

    fn mark(&mut self, quarter: u32, items: u32) {
        match self.course.binary_search_by_key(&quarter, |(quarter, _)| *quarter) {
            Ok(at) => self.course[at].1 += items,
            Err(at) => self.course.insert(at, (quarter, items)),
        }
    }

    fn insert(&mut self, member: Member) {
        let at = self.members.partition_point(|other| other.at <= member.at);
        self.members.insert(at, member);
        if self.members.len() > MEMBERS {
            self.members.remove(FIRST_MEMBERS);
        }
    }

    /// Takes over all that another topic has.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.total += other.total;
        self.onset = self.onset.min(other.onset);
        self.last = self.last.max(other.last);
        for (source, items) in other.sources {
            if self.sources.len() < SOURCES || self.sources.contains_key(&source) {
                *self.sources.entry(source).or_default() += items;
            }
        }
        for (quarter, items) in other.course {
            self.mark(quarter, items);
        }
        for mut member in other.members {
            member.wording = self.wording(&member.words);
            self.insert(member);
        }
        for core in other.core {
            if !self.core.iter().any(|own| own.key == core.key) {
                self.core.push(core);
            }
        }
        self.found = match (self.found.take(), other.found) {
            (Some(a), Some(b)) => Some(if a.0 <= b.0 { a } else { b }),
            (a, b) => a.or(b),
        };
    }

    /// How likely the item `number` with these terms belongs here, 0–1: the terms speak independently, and each the less
    /// the more of the stream has passed since the last members, in which it would have come anyway.
    pub(crate) fn belongs(&self, keys: &[Key], number: u64) -> f64 {
        let tail = &self.members[self.members.len().saturating_sub(PACE)..];
        let (Some(from), Some(to)) =
            (tail.iter().map(|member| member.number).min(), tail.iter().map(|member| member.number).max())
        else {
            return 0.0;
        };
        let passed = (to.max(number) - from.min(number)) as f64;
        let mut miss = 1.0;
        for core in &self.core {
            if keys.binary_search(&core.key).is_ok() {
                let own = core.support * tail.len() as f64;
                miss *= 1.0 - core.belongs * own / (own + core.rate * passed);
            }
        }
        1.0 - miss
    }

    /// How alike the words of two topics are, 0–1: the cosine between the shares of their last members that have each of
    /// the words that hold either together.
    pub(crate) fn likeness(&self, other: &Self) -> f64 {
        let words: BTreeSet<Key> = self.core.iter().chain(&other.core).flat_map(Core::parts).collect();
        let (mut dot, mut a, mut b) = (0.0, 0.0, 0.0);
        for word in &words {
            let (own, its) = (self.with(*word) / self.sample(), other.with(*word) / other.sample());
            (dot, a, b) = (dot + own * its, a + own * own, b + its * its);
        }
        dot / (a * b).sqrt().max(1e-9)
    }

    /// Whether the two are two sides of one thing. Either what nearly all of one say is said by most of the other; or items
    /// of each have what holds the other together, and they are a good part of the smaller one (a word that both share holds
    /// only one of them together, so it can't do both).
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        let leads = |core: &&Core| core.words.is_none() && core.surprise >= LEADING;
        let one_name = self.core.iter().chain(&other.core).filter(leads).any(|core| {
            let (own, its) = (self.with(core.key), other.with(core.key));
            let (own_share, its_share) = (own / self.sample(), its / other.sample());
            let side_of = |share: f64, here: f64, there: f64| share >= NEARLY_ALL && there >= here.max(3.0);
            own_share.max(its_share) >= NEARLY_ALL && own_share.min(its_share) >= MOST
                || side_of(own_share, own, its)
                || side_of(its_share, its, own)
        });
        if one_name {
            return true;
        }
        let (own, its) = (self.having(other), other.having(self));
        let smaller = self.members.len().min(other.members.len()).min(SAMPLE);
        own > 0 && its > 0 && own + its >= 3 && (own + its) as f64 >= OVERLAP * smaller as f64
    }

    /// How many of the last members have a term.
    fn with(&self, key: Key) -> f64 {
        let tail = &self.members[self.members.len().saturating_sub(SAMPLE)..];
        tail.iter().filter(|member| member.keys.binary_search(&key).is_ok()).count() as f64
    }

    /// How many members are asked.
    fn sample(&self) -> f64 {
        self.members.len().clamp(1, SAMPLE) as f64
    }

    /// How many of the last members have a term that holds the other one together.
    fn having(&self, other: &Self) -> usize {
        let telling = |core: &&Core| core.support >= 0.3 && core.surprise >= TELLING;
        let keys: Vec<Key> = other.core.iter().filter(telling).map(|core| core.key).collect();
        self.members[self.members.len().saturating_sub(SAMPLE)..]
            .iter()
            .filter(|member| keys.iter().any(|key| member.keys.binary_search(key).is_ok()))
            .count()
    }

    /// The members of the last `hours` before the last one.
    pub(crate) fn lately(&self, hours: u32) -> impl Iterator<Item = &Member> {
        let from = self.last - i64::from(hours) * 3_600;
        self.members.iter().filter(move |member| member.at > from)
    }

    /// Counts anew how surprising its terms were in the hour of its last item, and from that how sure it is.
    pub(crate) fn weigh(&mut self, terms: &Table, lens: &Lens) {
        let sample = self.members.len().min(SAMPLE);
        let tail = &self.members[self.members.len() - sample..];
        let mut lead: Option<(f64, Burst, [Key; 2])> = None;
        for core in &mut self.core {
            let Some(term) = terms.get(core.key) else {
                core.surprise = 0.0;
                continue;
            };
            let mut burst = term.burst_among(terms, lens, core.share);
            if let Some(share) = core.share {
                // a trend that lasts longer than the longest window is weighed by its best week
                burst.surprise = burst.surprise.max(core.surprise);
                burst.usual = burst.usual.max(share);
            }
            let having = tail.iter().filter(|member| member.keys.binary_search(&core.key).is_ok()).count();
            core.support = having as f64 / sample.max(1) as f64;
            (core.surprise, core.seen, core.usual) = (burst.surprise, burst.seen, burst.usual);
            let value = burst.surprise * (0.3 + core.support);
            if lead.as_ref().is_none_or(|(best, ..)| value > *best) {
                lead = Some((value, burst, core.parts()));
            }
        }
        let Some((_, burst, leading)) = lead else { return };
        let window = burst.window.max(6);
        let telling = self.telling_words(terms, lens);
        let second = telling
            .iter()
            .filter(|(word, _)| !leading.contains(word))
            .map(|(_, (surprise, support))| surprise * support)
            .fold(0.0, f64::max);
        let mut sources: BTreeMap<u64, u32> = BTreeMap::new();
        let mut wordings: BTreeMap<u32, u32> = BTreeMap::new();
        let (mut items, mut together) = (0, 0);
        for member in self.lately(window) {
            let own = telling.keys().filter(|word| member.keys.binary_search(word).is_ok()).count();
            together += u32::from(own >= 2);
            *sources.entry(member.source).or_default() += 1;
            *wordings.entry(member.wording).or_default() += 1;
            items += 1;
        }
        let words = telling.values().filter(|(_, support)| *support >= 0.5).count();
        let facts = Facts {
            items,
            sources: sources.len() as u32,
            wordings: wordings.len() as u32,
            top_source: f64::from(sources.values().copied().max().unwrap_or(0)) / f64::from(items.max(1)),
            even_sources: evenly(sources.values()),
            even_wordings: evenly(wordings.values()),
            shared_words: words as u32,
            surprise: burst.surprise,
            second,
            together: f64::from(together) / f64::from(items.max(1)),
            seen: burst.seen,
            usual: burst.usual,
            window: burst.window,
            days: lens.days,
            terms: terms.len(),
        };
        let confidence = facts.confidence();
        // what has been found does not become unlikely by ending: it keeps the numbers of its best moment
        if self.found.is_none() || confidence >= self.confidence {
            (self.confidence, self.facts, self.window) = (confidence, facts, window);
        }
    }

    /// The words that hold it together, each with how surprising it is and the share of the last members that have it. Of a
    /// pair, a word counts that is surprising itself, and both where it is only their coming together that surprises: a
    /// new name is not said with a second telling word when that is an everyday one.
    fn telling_words(&self, terms: &Table, lens: &Lens) -> BTreeMap<Key, (f64, f64)> {
        let mut words: BTreeMap<Key, (f64, f64)> = BTreeMap::new();
        let mut count = |word: Key, surprise: f64, support: f64| {
            let own = words.entry(word).or_default();
            if surprise * support > own.0 * own.1 {
                *own = (surprise, support);
            }
        };
        for core in self.core.iter().filter(|core| core.support >= 0.3 && core.surprise >= TELLING) {
            let Some((a, b)) = core.words else {
                count(core.key, core.surprise, core.support);
                continue;
            };
            let alone = |word: Key| {
                let own = self.core.iter().find(|own| own.key == word).map(|own| own.surprise);
                own.unwrap_or_else(|| terms.get(word).map_or(0.0, |term| term.burst(lens, None).surprise))
            };
            let (first, second) = (alone(a), alone(b));
            let together = core.surprise >= first.max(second) + TELLING;
            for (word, own) in [(a, first), (b, second)] {
                if together {
                    count(word, core.surprise, core.support);
                } else if own >= TELLING {
                    count(word, own.min(core.surprise), core.support);
                }
            }
        }
        words
    }

    /// Leaves out what came long before the window in which it became a trend.
    pub(crate) fn begin(&mut self) {
        let from = self.last - i64::from(self.window) * 4_500;
        self.members.retain(|member| member.at > from);
        let kept: Vec<(i64, u64)> = self.members.iter().map(|member| (member.at, member.source)).collect();
        // more members than are kept have come since: then it is no old trickle
        if kept.len() < MEMBERS - 1 {
            (self.total, self.onset) = (0, self.last);
            self.sources.clear();
            self.course.clear();
            for (at, source) in kept {
                self.count(at, source, 1);
            }
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>()
            + self.core.capacity() * size_of::<Core>()
            + self
                .members
                .iter()
                .map(|member| {
                    size_of::<Member>() + member.title.len() + (member.keys.len() + member.words.len()) * 8
                })
                .sum::<usize>()
            + self.sources.len() * 24
            + self.wordings.iter().map(|words| words.len() * 8 + 16).sum::<usize>()
            + self.course.capacity() * 8
    }
}

/// How many parts there would be if all were as large (inverse Simpson index).
fn evenly<'a>(parts: impl Iterator<Item = &'a u32>) -> f64 {
    let (sum, squares) = parts.fold((0.0, 0.0), |(sum, squares), part| {
        let part = f64::from(*part);
        (sum + part, squares + part * part)
    });
    sum * sum / f64::max(squares, 1.0)
}

/// Hours since 1970.
pub(crate) fn hour(at: i64) -> u32 {
    (at / 3_600).max(0) as u32
}

/// Quarters of an hour since 1970.
pub(crate) fn quarter(at: i64) -> u32 {
    (at / 900).max(0) as u32
}
