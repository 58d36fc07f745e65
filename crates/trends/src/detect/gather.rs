//! How items come together in topics: joining, beginning, being one and the same.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    confidence::Snapshot,
    detector::{Change, Detector, Kind},
    term::Burst,
    terms::Key,
    topic::{Core, JOIN, SAMPLE, Topic, hour},
    trend::Prediction,
};

/// And from this on when its most surprising term is mostly that topic's.
const SHARES: f64 = 0.7;
/// How surprising a term must be to begin a topic, and to hold one together.
const BEGIN: f64 = 3.0;
const HOLD: f64 = 1.5;
/// How alike the words of two topics are that are one.
const SAME_TOPIC: f64 = 0.5;
/// How many terms hold a topic together.
const CORE: usize = 16;
/// Share of them that must have a term.
const SUPPORT: f64 = 0.3;

impl Detector {
    /// Finds the topic of an item; `counted` are its terms that are in the table.
    pub(crate) fn gather(&mut self, number: u64, counted: &[u32], changes: &mut Vec<Change>) {
        let Some(recent) = self.recent(number) else { return };
        let keys = recent.keys.clone();
        let touched: BTreeSet<u64> = keys.iter().filter_map(|key| self.core_of.get(key).copied()).collect();
        let mut fitting: Vec<(f64, u64)> = touched
            .into_iter()
            .filter_map(|id| Some((self.topics.get(&id)?.belongs(&keys, number), id)))
            .filter(|(belongs, _)| *belongs >= JOIN)
            .collect();
        fitting.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        if let Some((_, id)) = fitting.first().copied() {
            self.join(id, number);
            for (_, other) in &fitting[1..] {
                self.link(id, *other);
            }
            self.settle(id, changes);
        } else if let Some(id) = self.begin(number, &keys, counted) {
            self.settle(id, changes);
        }
    }

    fn join(&mut self, id: u64, number: u64) {
        let at = number.checked_sub(self.first).and_then(|at| usize::try_from(at).ok());
        let Some(recent) = at.and_then(|at| self.recents.get_mut(at)) else { return };
        if let Some(topic) = self.topics.get_mut(&id) {
            topic.add(recent, number);
            recent.topic = Some(id);
        }
    }

    fn link(&mut self, a: u64, b: u64) {
        if let Some(topic) = self.topics.get_mut(&a.min(b)) {
            topic.links.insert(a.max(b));
        }
    }

    /// Begins a topic with the most surprising term that has enough items, or joins the one that these are in.
    fn begin(&mut self, number: u64, keys: &[Key], counted: &[u32]) -> Option<u64> {
        let lens = self.volume.as_ref()?.lens(hour(self.now));
        let mut hot: Vec<(Burst, Key)> = counted
            .iter()
            .filter_map(|at| {
                let (key, term) = self.terms.at(*at).filter(|(_, term)| term.recent.len() >= 3)?;
                let burst = term.burst_among(&self.terms, &lens, None);
                (burst.surprise >= BEGIN).then_some((burst, *key))
            })
            .collect();
        hot.sort_by(|a, b| b.0.surprise.total_cmp(&a.0.surprise).then(a.1.cmp(&b.1)));
        for (burst, key) in hot.into_iter().take(6) {
            let numbers = self.with_term(key, burst.window);
            let mut owners: BTreeMap<u64, usize> = BTreeMap::new();
            let mut sources: BTreeSet<u64> = BTreeSet::new();
            let mut free = Vec::new();
            for number in &numbers {
                let Some(recent) = self.recent(*number) else { continue };
                if let Some(id) = recent.topic {
                    *owners.entry(id).or_default() += 1;
                } else {
                    sources.insert(recent.source);
                    free.push(*number);
                }
            }
            let owner = owners.into_iter().max_by_key(|(_, items)| *items);
            if let Some((id, items)) = owner
                && items * 2 >= numbers.len().saturating_sub(1)
            {
                // what has ended takes its late-comers along in silence, and what is hot only by another topic begins none
                let Some(topic) = self.topics.get(&id) else { continue };
                if topic.belongs(keys, number) >= SHARES {
                    self.join(id, number);
                    return Some(id);
                }
                continue;
            }
            if free.len() < 3 || sources.len() < 2 {
                continue;
            }
            let id = self.next_topic;
            self.next_topic += 1;
            self.topics.insert(id, Topic::new(id, self.now));
            for number in free {
                self.join(id, number);
            }
            return Some(id);
        }
        None
    }

    /// The items of the last `window` hours that have a term.
    fn with_term(&self, key: Key, window: u32) -> Vec<u64> {
        let from = self.now - i64::from(window) * 3_600;
        self.terms.get(key).map_or_else(Vec::new, |term| {
            let kept = |number: &u64| self.recent(*number).is_some_and(|recent| recent.at > from);
            term.recent.iter().map(|one| one.number).filter(kept).collect()
        })
    }

    /// After a topic has changed: what holds it together, what else belongs to it, how sure it is.
    fn settle(&mut self, id: u64, changes: &mut Vec<Change>) {
        let mut id = id;
        let due = self
            .topics
            .get(&id)
            .is_some_and(|topic| topic.total < 12 || topic.total * 8 >= topic.refreshed * 9);
        if due {
            self.refresh(id);
            if self.collect(id) {
                self.refresh(id);
            }
        }
        if let Some(kept) = self.unite(id, changes) {
            id = kept;
            self.refresh(id);
        }
        let Some(volume) = &self.volume else { return };
        let Some(topic) = self.topics.get_mut(&id) else { return };
        let lens = volume.lens(hour(topic.last));
        topic.weigh(&self.terms, &lens);
        if let Some(snapshots) = &mut self.snapshots
            && due
            && topic.facts.items >= 3
            && topic.facts.sources >= 2
        {
            snapshots.push(Snapshot {
                topic: id,
                features: topic.facts.features(),
                confidence: topic.confidence,
                eligible: topic.facts.eligible(),
                items: topic.members.iter().map(|member| member.id).collect(),
            });
        }
        if topic.found.is_some() {
            changes.push(Change { trend: id, kind: Kind::Grown });
        } else if topic.confidence >= self.settings.threshold {
            topic.begin();
            let lens = volume.lens(hour(topic.last));
            for core in &mut topic.core {
                core.share = self.terms.get(core.key).map(|term| term.share(&lens, topic.window));
            }
            topic.found = Some((self.now, Prediction::of(topic, self.now)));
            changes.push(Change { trend: id, kind: Kind::Found });
        }
    }

    /// Looks anew at which terms hold a topic together.
    fn refresh(&mut self, id: u64) {
        let (Some(topic), Some(volume)) = (self.topics.get(&id), &self.volume) else { return };
        let lens = volume.lens(hour(topic.last));
        let sample = topic.members.len().min(SAMPLE);
        let mut counts: BTreeMap<Key, usize> = BTreeMap::new();
        for member in &topic.members[topic.members.len() - sample..] {
            for key in &member.keys {
                *counts.entry(*key).or_default() += 1;
            }
        }
        let least = ((sample as f64 * SUPPORT).ceil() as usize).max(2);
        let mut rivals: Vec<u64> = Vec::new();
        let mut core: Vec<(f64, Core)> = Vec::new();
        for (key, count) in counts {
            let Some(term) = self.terms.get(key).filter(|_| count >= least) else { continue };
            let share =
                topic.core.iter().find(|core| core.key == key).and_then(|core| core.share).or_else(|| {
                    let span = hour(topic.last) - hour(topic.onset) + 1;
                    topic.found.is_some().then(|| term.share(&lens, span))
                });
            let burst = term.burst_among(&self.terms, &lens, share);
            if burst.surprise < HOLD {
                continue;
            }
            let support = count as f64 / sample as f64;
            let with = self.with_term(key, burst.window.max(6));
            let own = with
                .iter()
                .filter(|number| self.recent(**number).is_some_and(|recent| recent.topic == Some(id)))
                .count();
            let purity = own as f64 / with.len().max(own).max(1) as f64;
            // what goes on for weeks becomes usual, and then it gathers no more
            let rate = share.unwrap_or_else(|| term.share(&lens, burst.window)).max(term.past_share(&lens));
            // what only some of them share may well stand elsewhere too, a single word more likely than a pair
            let belongs = if term.words().is_some() {
                (purity * (support + 0.45).min(1.0)).min(0.99)
            } else {
                (purity * (support + 0.1).min(1.0)).min(0.97)
            };
            if let Some(other) = self.core_of.get(&key).filter(|other| **other != id) {
                if !rivals.contains(other) {
                    rivals.push(*other);
                }
                continue;
            }
            let value = support * belongs * burst.surprise.min(8.0);
            core.push((
                value,
                Core {
                    key,
                    words: term.words(),
                    share,
                    support,
                    surprise: burst.surprise,
                    seen: burst.seen,
                    usual: burst.usual,
                    belongs,
                    rate,
                },
            ));
        }
        core.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.key.cmp(&b.1.key)));
        core.truncate(CORE);
        let core: Vec<Core> = core.into_iter().map(|(_, core)| core).collect();
        for rival in rivals {
            self.link(id, rival);
        }
        let Some(topic) = self.topics.get_mut(&id) else { return };
        for old in &topic.core {
            if self.core_of.get(&old.key) == Some(&id) {
                self.core_of.remove(&old.key);
            }
        }
        for new in &core {
            self.core_of.insert(new.key, id);
        }
        // a moment without surprising terms does not undo a topic,
        if core.is_empty() {
            // but it gathers nothing by what has become usual
            for old in &mut topic.core {
                old.belongs = 0.0;
            }
        } else {
            topic.core = core;
        }
        topic.refreshed = topic.total;
    }

    /// Takes in the free items of the last days that belong to a topic by other terms than those that began it. Says
    /// whether there were any.
    fn collect(&mut self, id: u64) -> bool {
        let Some(topic) = self.topics.get(&id) else { return false };
        let window = topic.window.max(24);
        let mut joining: BTreeSet<u64> = BTreeSet::new();
        for core in topic.core.iter().filter(|core| core.belongs >= 0.3) {
            for number in self.with_term(core.key, window) {
                let fits = self.recent(number).is_some_and(|recent| {
                    recent.topic.is_none() && topic.belongs(&recent.keys, number) >= JOIN
                });
                if fits {
                    joining.insert(number);
                }
            }
        }
        for number in &joining {
            self.join(id, *number);
        }
        !joining.is_empty()
    }

    /// Makes one of two topics that the same items would join. Answers which one stays.
    fn unite(&mut self, id: u64, changes: &mut Vec<Change>) -> Option<u64> {
        let linked: Vec<(u64, u64)> = self
            .topics
            .iter()
            .flat_map(|(a, topic)| topic.links.iter().map(|b| (*a, *b)))
            .filter(|(a, b)| *a == id || *b == id)
            .collect();
        let mut same = None;
        for (a, b) in linked {
            let alike = self
                .topics
                .get(&b)
                .zip(self.topics.get(&a))
                .is_some_and(|(b, a)| a.likeness(b) >= SAME_TOPIC || a.overlaps(b));
            if alike {
                same = same.or(Some((a, b)));
            } else if let Some(topic) = self.topics.get_mut(&a) {
                topic.links.remove(&b);
            }
        }
        let (a, b) = same?;
        let (first, second) = (self.topics.get(&a)?, self.topics.get(&b)?);
        let (keep, gone) = if second.found.is_some() && first.found.is_none() { (b, a) } else { (a, b) };
        let both = first.found.is_some() && second.found.is_some();
        let other = self.topics.remove(&gone)?;
        for core in &other.core {
            self.core_of.insert(core.key, keep);
        }
        for member in &other.members {
            if let Some(recent) = self.recent_mut(member.number) {
                recent.topic = Some(keep);
            }
        }
        let topic = self.topics.get_mut(&keep)?;
        topic.links.remove(&gone);
        topic.absorb(other);
        if both {
            changes.push(Change { trend: gone, kind: Kind::Merged { into: keep } });
        }
        Some(keep)
    }
}
