//! The detector's state and what happens when an item comes.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    hash::{BuildHasherDefault, Hasher},
};

use bellwether_language::Language;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    background::{Volume, WEEK},
    confidence::{self, Moment, Snapshot},
    course,
    table::Table,
    term::{Term, Use},
    terms::{Key, Terms, mix},
    topic::{Topic, hour},
    trend::{State, Trend, quiet_hours},
};

/// One thing that a source said. Each is given once; of copies under different ids, [`Detector`] knows the wording.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    /// Comes back as evidence.
    pub id: Uuid,
    /// Who said it; a trend needs several.
    pub source: Uuid,
    /// When. Items come in order of time; one that is up to a week late still counts, an older one does not. A date
    /// in the future would end everything: give the earlier one of when it was published and when it was seen.
    pub at: DateTime<Utc>,
    /// Its title; without one, the beginning of its text.
    pub title: &'a str,
    /// What it is about, most telling first, where its text is known.
    pub keyphrases: &'a [String],
    /// The language of the title; guessed from the title alone, it is [`Language::of_line`].
    pub language: Language,
}

/// Bounds and the threshold.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Settings {
    /// Confidence from which a topic is a trend, 0–1.
    pub threshold: f64,
    /// Items of the last week that are kept.
    pub items: usize,
    /// Words and pairs whose past is kept; the ones used least and longest ago go.
    pub terms: usize,
    /// Pairs seen once that are remembered until they come again, twice this number.
    pub pairs: usize,
    /// Topics watched at once.
    pub topics: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { threshold: 0.5, items: 32_768, terms: 120_000, pairs: 120_000, topics: 400 }
    }
}

/// What became of a trend with an item or with time.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Which trend.
    pub trend: u64,
    /// What.
    pub kind: Kind,
}

/// Kinds of change.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// It is one from now on.
    Found,
    /// It has one item more.
    Grown,
    /// It loses pace.
    Declining,
    /// It rises again.
    Revived,
    /// It is over; this is the last that is known of it.
    Expired(Box<Trend>),
    /// It turned out to be the same as another one, which has all its items now.
    Merged {
        /// The trend that stays.
        into: u64,
    },
}

/// Keys are hashes already.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = mix(self.0 ^ u64::from(*byte));
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

pub(crate) type KeyMap<T> = HashMap<Key, T, BuildHasherDefault<KeyHasher>>;

/// An item of the last week.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Recent {
    pub id: Uuid,
    pub at: i64,
    pub source: u64,
    pub title: Box<str>,
    pub language: Box<str>,
    /// Of the title, sorted.
    pub words: Box<[Key]>,
    /// Words and pairs, sorted.
    pub keys: Box<[Key]>,
    pub topic: Option<u64>,
}

/// Finds trends in the items that it is given.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Detector {
    pub(crate) settings: Settings,
    /// Time of the latest item or [`Detector::advance`], in seconds since 1970.
    pub(crate) now: i64,
    pub(crate) volume: Option<Volume>,
    pub(crate) terms: Table,
    /// Pairs seen once, the newer and the older half.
    young: [KeyMap<Use>; 2],
    /// Wordings of the last days, by the hour of the last one.
    wordings: [KeyMap<u32>; 2],
    pub(crate) recents: VecDeque<Recent>,
    /// Number of the first of `recents`.
    pub(crate) first: u64,
    pub(crate) topics: BTreeMap<u64, Topic>,
    pub(crate) core_of: KeyMap<u64>,
    pub(crate) next_topic: u64,
    too_late: u64,
    /// What the last item said: its room is used again.
    #[serde(skip)]
    said: Terms,
    #[serde(skip)]
    pub(crate) snapshots: Option<Vec<Snapshot>>,
}

/// A source that says a term again within this many hours repeats itself.
const REPEATING: u32 = 12;
/// What the copy of a wording weighs.
const COPY: f32 = 0.35;
/// A copy comes within this many hours.
const COPIES: u32 = 72;
const TITLE: usize = 200;

impl Detector {
    /// One that has seen nothing.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            now: i64::MIN,
            volume: None,
            terms: Table::default(),
            young: [KeyMap::default(), KeyMap::default()],
            wordings: [KeyMap::default(), KeyMap::default()],
            recents: VecDeque::new(),
            first: 0,
            topics: BTreeMap::new(),
            core_of: KeyMap::default(),
            next_topic: 1,
            too_late: 0,
            said: Terms::default(),
            snapshots: None,
        }
    }

    /// Takes in an item and says what changed.
    pub fn push(&mut self, item: &Item<'_>) -> Vec<Change> {
        let mut changes = Vec::new();
        let at = item.at.timestamp();
        if self.volume.is_some() && at <= self.now - i64::from(WEEK) * 3_600 {
            self.too_late += 1;
            return changes;
        }
        self.advance_to(at, &mut changes);
        let mut terms = std::mem::take(&mut self.said);
        terms.read(item.title, item.keyphrases.iter().map(String::as_str), item.language);
        let now = hour(self.now);
        self.volume.get_or_insert_with(|| Volume::new(now)).count(hour(at), now);
        let copy = self.is_copy(&terms.title, hour(at));
        let number = self.keep(item, &terms);
        let counted = self.count(&terms, number, if copy { COPY } else { 1.0 });
        self.gather(number, &counted, &mut changes);
        self.said = terms;
        self.trim();
        changes
    }

    /// Lets time pass without an item: trends decline and end.
    pub fn advance(&mut self, now: DateTime<Utc>) -> Vec<Change> {
        let mut changes = Vec::new();
        self.advance_to(now.timestamp(), &mut changes);
        changes
    }

    /// The trends that are not over, the surest first.
    pub fn trends(&self) -> Vec<Trend> {
        let mut trends: Vec<Trend> =
            self.topics.values().filter_map(|topic| Trend::of(topic, self)).collect();
        trends.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.id.cmp(&b.id)));
        trends
    }

    /// A trend that is not over.
    pub fn trend(&self, id: u64) -> Option<Trend> {
        self.topics.get(&id).and_then(|topic| Trend::of(topic, self))
    }

    /// Items that came more than a week late and were not counted.
    pub fn too_late(&self) -> u64 {
        self.too_late
    }

    /// About how much memory the state takes.
    pub fn bytes(&self) -> usize {
        let young: usize =
            self.young.iter().map(|half| half.capacity() * (size_of::<(Key, Use)>() + 1)).sum();
        let wordings: usize = self.wordings.iter().map(|half| half.capacity() * 17).sum();
        let recents: usize = self
            .recents
            .iter()
            .map(|recent| {
                size_of::<Recent>()
                    + recent.title.len()
                    + recent.language.len()
                    + (recent.words.len() + recent.keys.len()) * 8
            })
            .sum();
        self.terms.bytes()
            + young
            + wordings
            + recents
            + self.topics.values().map(Topic::bytes).sum::<usize>()
            + self.core_of.capacity() * 17
            + self.volume.as_ref().map_or(0, Volume::bytes)
    }

    /// Begins to take a [`Snapshot`] of every topic each time that it has grown by a quarter, for fitting and measuring.
    pub fn watch(&mut self) {
        self.snapshots = Some(Vec::new());
    }

    /// The trends as they are now, and what their confidence is made of: for fitting and measuring.
    pub fn moments(&self) -> Vec<Moment> {
        let found = self.topics.values().filter(|topic| topic.found.is_some());
        found
            .map(|topic| {
                let quiet = quiet_hours(topic, self.now);
                Moment {
                    trend: topic.id,
                    odds: confidence::odds(topic.confidence),
                    silence: confidence::silence(quiet),
                    confidence: confidence::of_trend(topic.confidence, quiet),
                }
            })
            .collect()
    }

    /// The snapshots since the last call.
    pub fn snapshots(&mut self) -> Vec<Snapshot> {
        self.snapshots.as_mut().map(std::mem::take).unwrap_or_default()
    }

    fn advance_to(&mut self, at: i64, changes: &mut Vec<Change>) {
        if at <= self.now {
            return;
        }
        let turned = self.now == i64::MIN || hour(at) != hour(self.now);
        self.now = at;
        if !turned {
            return;
        }
        let Some(volume) = &mut self.volume else { return };
        volume.roll(hour(at));
        let volume = &*volume;
        let mut over = Vec::new();
        for topic in self.topics.values_mut() {
            let was = topic.state;
            topic.state = course::state(topic, volume, at);
            match (topic.found.is_some(), was, topic.state) {
                (_, _, State::Expired) => over.push(topic.id),
                (true, State::Active, State::Declining) => {
                    changes.push(Change { trend: topic.id, kind: Kind::Declining });
                }
                (true, State::Declining, State::Active) => {
                    changes.push(Change { trend: topic.id, kind: Kind::Revived });
                }
                _ => {}
            }
        }
        for id in over {
            self.end(id, changes);
        }
    }

    /// Forgets a topic; of a trend, says how it went.
    pub(crate) fn end(&mut self, id: u64, changes: &mut Vec<Change>) {
        let Some(topic) = self.topics.get(&id) else { return };
        if let Some(trend) = Trend::of(topic, self) {
            changes.push(Change { trend: id, kind: Kind::Expired(Box::new(trend)) });
        }
        let Some(topic) = self.topics.remove(&id) else { return };
        for core in &topic.core {
            if self.core_of.get(&core.key) == Some(&id) {
                self.core_of.remove(&core.key);
            }
        }
        // items of what was no trend may still become part of one
        if topic.found.is_none() {
            for member in &topic.members {
                if let Some(recent) = self.recent_mut(member.number) {
                    recent.topic = None;
                }
            }
        }
    }

    pub(crate) fn recent(&self, number: u64) -> Option<&Recent> {
        self.recents.get(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }

    pub(crate) fn recent_mut(&mut self, number: u64) -> Option<&mut Recent> {
        self.recents.get_mut(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }

    fn keep(&mut self, item: &Item<'_>, terms: &Terms) -> u64 {
        let mut end = item.title.len().min(TITLE);
        while !item.title.is_char_boundary(end) {
            end -= 1;
        }
        let (high, low) = item.source.as_u64_pair();
        let mut keys: Vec<Key> =
            terms.words.iter().copied().chain(terms.pairs.iter().map(|(key, ..)| *key)).collect();
        keys.sort_unstable();
        self.recents.push_back(Recent {
            id: item.id,
            at: item.at.timestamp(),
            source: mix(high ^ low.rotate_left(31)),
            title: item.title[..end].into(),
            language: item.language.code().into(),
            words: terms.title.as_slice().into(),
            keys: keys.into(),
            topic: None,
        });
        self.first + self.recents.len() as u64 - 1
    }

    /// Whether exactly these words came lately, whoever said them.
    fn is_copy(&mut self, words: &[Key], hour: u32) -> bool {
        if words.len() < 3 {
            return false;
        }
        let key = words.iter().fold(0, |sum, word| mix(sum ^ word));
        let last = self.wordings.iter().find_map(|half| half.get(&key)).copied();
        if self.wordings[0].len() >= self.settings.items {
            turn(&mut self.wordings);
        }
        self.wordings[0].insert(key, hour);
        last.is_some_and(|last| last + COPIES > hour)
    }

    /// Counts what an item says; answers where those of its terms are that the table has.
    fn count(&mut self, terms: &Terms, number: u64, weight: f32) -> Vec<u32> {
        let now = hour(self.now);
        let Some(recent) = self.recent(number) else { return Vec::new() };
        let (at, source) = (recent.at, recent.source);
        let one = Use { number, source: source as u32, hour: hour(at) };
        let pairs = terms.pairs.iter().map(|(key, a, b)| (*key, Some((*a, *b))));
        let keys = terms.words.iter().map(|key| (*key, None)).chain(pairs);
        // all are looked up before any is counted: so the processor waits for memory once instead of for each
        let positions: Vec<Option<u32>> = keys.clone().map(|(key, _)| self.terms.position(key)).collect();
        let known = positions.iter().filter_map(|at| self.terms.at((*at)?));
        std::hint::black_box(known.fold(0, |read, (_, term)| read ^ term.touch()));
        let mut counted = Vec::with_capacity(positions.len());
        for ((key, words), position) in keys.zip(positions) {
            if let Some((position, term)) = position.and_then(|at| Some((at, self.terms.at_mut(at)?))) {
                let again = term.repeated(one.source, one.hour, REPEATING);
                term.count(one, weight / (again + 1) as f32, now);
                counted.push(position);
                continue;
            }
            let mut term = Term::new(words, now.min(one.hour));
            if words.is_some() {
                let before = self.young.iter_mut().find_map(|half| half.remove(&key));
                let Some(earlier) = before else {
                    if self.young[0].len() >= self.settings.pairs {
                        turn(&mut self.young);
                    }
                    self.young[0].insert(key, one);
                    continue;
                };
                term = Term::new(words, earlier.hour);
                term.count(earlier, 1.0, earlier.hour.max(one.hour));
                let again = term.repeated(one.source, one.hour, REPEATING);
                term.count(one, weight / (again + 1) as f32, now);
            } else {
                term.count(one, weight, now);
            }
            counted.push(self.terms.insert(key, term));
        }
        counted
    }

    /// Keeps the bounds.
    fn trim(&mut self) {
        let old = self.now - i64::from(WEEK) * 3_600;
        while self.recents.len() > self.settings.items
            || self.recents.front().is_some_and(|recent| recent.at <= old)
        {
            self.recents.pop_front();
            self.first += 1;
        }
        if self.terms.len() > self.settings.terms {
            // a fifth at a time, so that an item pays for its own terms only
            let core_of = &self.core_of;
            self.terms.drop_least(self.terms.len() / 5, |key| core_of.contains_key(key));
            let (first, now) = (self.first, hour(self.now));
            for term in self.terms.iter_mut() {
                term.roll(now);
                term.forget(first);
            }
        }
        while self.topics.len() > self.settings.topics {
            let least = self
                .topics
                .values()
                .min_by(|a, b| (a.found.is_some(), a.last, a.id).cmp(&(b.found.is_some(), b.last, b.id)))
                .map(|topic| topic.id);
            let Some(id) = least else { break };
            let mut changes = Vec::new();
            self.end(id, &mut changes);
        }
    }
}

/// The newer half becomes the older one; its room stays, so that it need not be made again.
fn turn<T>(halves: &mut [KeyMap<T>; 2]) {
    halves.swap(0, 1);
    halves[0].clear();
}
