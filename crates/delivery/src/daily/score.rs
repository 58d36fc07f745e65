//! Which drafts a morning brings, and why: each alone by a sum whose parts can be named, then one after the other with an
//! eye on what was chosen before.

use std::collections::{BTreeMap, HashSet};

use bellwether_kernel::{
    Timestamp,
    id::{GenerationId, PostId},
};
use bellwether_language::words;
use bellwether_networks::Network;
use chrono::NaiveDate;

/// Of the sum: how much the draft sounds like the brand; a draft without a measure counts as half.
const VOICE: f64 = 0.45;
/// How fresh it is, halved every three days.
const FRESH: f64 = 0.35;
/// A thumb up; as much for an edit, since somebody cared for it.
const CARE: f64 = 0.1;
/// Days in which freshness is halved.
const HALF_LIFE: f64 = 3.0;
/// Taken off for each draft of the same network, source and content type that was chosen before.
const SAME_NETWORK: f64 = 0.15;
const SAME_SOURCE: f64 = 0.1;
const SAME_TYPE: f64 = 0.05;
/// Taken off for what an earlier morning brought; it also counts as a draft of its pillar, so that what is new comes first.
const SEEN: f64 = 0.15;
/// A trend that it was written for and whose height is near: what comes after it comes too late.
const TREND: f64 = 0.2;
/// Days ahead in which a height is near.
const NEAR: i64 = 3;
/// A voice that is this sure is worth telling.
const SURE: f64 = 0.6;
/// Letters by which two forms of a word count as one.
const STEM: usize = 6;

/// What a draft is about, by the brand's own words.
#[derive(Debug, Clone)]
pub struct Pillar {
    /// As people read it.
    pub name: String,
    /// Its subtopics.
    pub subtopics: Vec<String>,
}

/// A draft that could be brought.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Which.
    pub id: PostId,
    /// Its network.
    pub network: String,
    /// Its content type.
    pub content_type: String,
    /// By what it was written: drafts of one source say the same.
    pub source: Option<GenerationId>,
    /// How sure the voice is, 0 to 1.
    pub voice: Option<f64>,
    /// Whether somebody gave it a thumb up.
    pub liked: bool,
    /// Whether somebody edited it.
    pub edited: bool,
    /// When it was written.
    pub created_at: Timestamp,
    /// Its pillar's name.
    pub pillar: Option<String>,
    /// The last morning that brought it.
    pub seen: Option<NaiveDate>,
    /// The trend that it was written for, with when that is likely at its height.
    pub trend: Option<(String, Timestamp)>,
}

impl Candidate {
    /// The trend whose height is near.
    fn rising(&self, now: Timestamp) -> Option<&str> {
        let (name, peak) = self.trend.as_ref()?;
        (*peak >= now && *peak <= now + chrono::Duration::days(NEAR)).then_some(name.as_str())
    }
}

/// A draft that was chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Pick {
    /// Which.
    pub id: PostId,
    /// Its own sum.
    pub score: f64,
    /// Why, in words.
    pub reasons: Vec<String>,
    /// Whether an earlier morning brought it too.
    pub again: bool,
}

/// The pillar that a text speaks of most: whose name, or whose subtopics, are in it with all their words. A name counts
/// twice; none when nothing is in it.
pub fn pillar_of<'a>(text: &str, pillars: &'a [Pillar]) -> Option<&'a str> {
    let there: HashSet<String> = words(text).map(stem).collect();
    let says = |topic: &str| {
        let mut telling = words(topic).filter(|word| word.chars().count() > 3).map(stem).peekable();
        telling.peek().is_some() && telling.all(|word| there.contains(&word))
    };
    let mut best: Option<(usize, &str)> = None;
    for pillar in pillars {
        let subtopics = pillar.subtopics.iter().filter(|topic| says(topic)).count();
        let hits = 2 * usize::from(says(&pillar.name)) + subtopics;
        // of equals the one that the brand put first
        if hits > best.map_or(0, |(most, _)| most) {
            best = Some((hits, pillar.name.as_str()));
        }
    }
    best.map(|(_, name)| name)
}

fn stem(word: &str) -> String {
    word.chars().flat_map(char::to_lowercase).take(STEM).collect()
}

fn days_old(candidate: &Candidate, now: Timestamp) -> f64 {
    ((now - candidate.created_at).num_minutes() as f64 / 1_440.0).max(0.0)
}

/// What a draft is worth alone.
fn worth(candidate: &Candidate, now: Timestamp) -> f64 {
    let fresh = 0.5_f64.powf(days_old(candidate, now) / HALF_LIFE);
    let care = |there: bool| if there { CARE } else { 0.0 };
    let seen = if candidate.seen.is_some() { SEEN } else { 0.0 };
    let trend = if candidate.rising(now).is_some() { TREND } else { 0.0 };
    VOICE * candidate.voice.unwrap_or(0.5)
        + FRESH * fresh
        + care(candidate.liked)
        + care(candidate.edited)
        + trend
        - seen
}

/// Chooses at most so many, the best first: no second draft of a pillar before the others had their first, and of those
/// the one that is worth most beside what was chosen. `last` is the date of the last morning.
pub fn choose(candidates: &[Candidate], most: usize, now: Timestamp, last: Option<NaiveDate>) -> Vec<Pick> {
    let mut left: Vec<&Candidate> = candidates.iter().collect();
    let mut chosen: Vec<&Candidate> = Vec::new();
    let has_pillars = candidates.iter().any(|candidate| candidate.pillar.is_some());
    let mut picks = Vec::new();
    while picks.len() < most {
        let count = |same: &dyn Fn(&Candidate) -> bool| chosen.iter().filter(|other| same(other)).count();
        let rank = |candidate: &Candidate| {
            let pillar =
                count(&|other| other.pillar == candidate.pillar) + usize::from(candidate.seen.is_some());
            let network = count(&|other| other.network == candidate.network);
            let source = count(&|other| other.source.is_some() && other.source == candidate.source);
            let kind = count(&|other| other.content_type == candidate.content_type);
            let beside = worth(candidate, now)
                - SAME_NETWORK * network as f64
                - SAME_SOURCE * source as f64
                - SAME_TYPE * kind as f64;
            (pillar, beside)
        };
        let best = left.iter().enumerate().min_by(|(_, a), (_, b)| {
            let ((pillar_a, beside_a), (pillar_b, beside_b)) = (rank(a), rank(b));
            pillar_a.cmp(&pillar_b).then(beside_b.total_cmp(&beside_a)).then(b.id.cmp(&a.id))
        });
        let Some((at, _)) = best else { break };
        let candidate = left.remove(at);
        let reasons = reasons(candidate, &chosen, has_pillars, now, last);
        let again = candidate.seen.is_some();
        picks.push(Pick { id: candidate.id, score: worth(candidate, now), reasons, again });
        chosen.push(candidate);
    }
    picks
}

fn reasons(
    candidate: &Candidate,
    chosen: &[&Candidate],
    has_pillars: bool,
    now: Timestamp,
    last: Option<NaiveDate>,
) -> Vec<String> {
    let mut reasons = Vec::new();
    if let Some(seen) = candidate.seen {
        let when =
            if last == Some(seen) { "last time".to_owned() } else { seen.format("on %-d %B").to_string() };
        reasons.push(format!("you saw it {when}; it is still among the best"));
    }
    if let Some(name) = candidate.rising(now) {
        reasons.push(format!("its trend “{name}” peaks soon"));
    }
    if let Some(voice) = candidate.voice.filter(|voice| *voice >= SURE) {
        reasons.push(format!("sounds like you ({:.0} %)", voice * 100.0));
    }
    if candidate.liked {
        reasons.push("it was given a thumb up".to_owned());
    }
    if candidate.edited {
        reasons.push("somebody has worked on it".to_owned());
    }
    if let Some(pillar) = candidate.pillar.as_deref().filter(|_| has_pillars) {
        let first = !chosen.iter().any(|other| other.pillar.as_deref() == Some(pillar));
        reasons.push(if first { format!("about {pillar}") } else { format!("more about {pillar}") });
    }
    if !chosen.is_empty() && !chosen.iter().any(|other| other.network == candidate.network) {
        reasons.push(format!("one for {}", network_name(&candidate.network)));
    }
    reasons.push(match days_old(candidate, now) {
        days if days < 1.0 => "written within the last day".to_owned(),
        days if days < 2.0 => "written a day ago".to_owned(),
        days => format!("written {days:.0} days ago"),
    });
    reasons
}

/// A network as people call it.
pub fn network_name(network: &str) -> &str {
    match Network::parse(network) {
        Some(known) => known.name(),
        None => network,
    }
}

/// How many of each network: for a sentence about them.
pub fn networks<'a>(of: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut counted = BTreeMap::new();
    for network in of {
        *counted.entry(network).or_default() += 1;
    }
    counted
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-16T08:00:00Z".parse().unwrap()
    }

    fn candidate(id: u128) -> Candidate {
        Candidate {
            id: Uuid::from_u128(id).into(),
            network: "x".into(),
            content_type: "post".into(),
            source: None,
            voice: None,
            liked: false,
            edited: false,
            created_at: now(),
            pillar: None,
            seen: None,
            trend: None,
        }
    }

    fn ids(picks: &[Pick]) -> Vec<u128> {
        picks.iter().map(|pick| pick.id.uuid().as_u128()).collect()
    }

    #[test]
    fn voice_and_freshness_decide_among_equals() {
        let all = [
            Candidate { voice: Some(0.5), ..candidate(1) },
            Candidate { voice: Some(0.9), ..candidate(2) },
            Candidate { voice: Some(0.9), created_at: now() - Duration::days(9), ..candidate(3) },
        ];
        let picks = choose(&all, 3, now(), None);
        assert_eq!(ids(&picks), [2, 1, 3]);
        assert_eq!(picks[0].reasons, ["sounds like you (90 %)", "written within the last day"]);
        assert_eq!(picks[2].reasons, ["sounds like you (90 %)", "written 9 days ago"]);
    }

    #[test]
    fn a_trend_near_its_height_lifts_its_draft_and_says_so() {
        let on = |id, hours| Candidate {
            trend: Some(("Oak prices".into(), now() + Duration::hours(hours))),
            voice: Some(0.5),
            ..candidate(id)
        };
        let all = [Candidate { voice: Some(0.8), ..candidate(1) }, on(2, 20), on(3, -1), on(4, 200)];
        let picks = choose(&all, 4, now(), None);
        assert_eq!(ids(&picks)[..2], [2, 1]);
        assert_eq!(picks[0].reasons[0], "its trend “Oak prices” peaks soon");
        let said = |pick: &&Pick| pick.reasons.iter().any(|reason| reason.contains("trend"));
        assert_eq!(picks.iter().filter(said).count(), 1, "one that is over or far off is no reason");
    }

    #[test]
    fn no_pillar_twice_before_the_others() {
        let of = |id, pillar: &str, voice| Candidate {
            pillar: Some(pillar.into()),
            voice: Some(voice),
            ..candidate(id)
        };
        let all = [of(1, "Prices", 0.99), of(2, "Prices", 0.98), of(3, "Wood", 0.1), of(4, "Letters", 0.2)];
        let picks = choose(&all, 4, now(), None);
        assert_eq!(ids(&picks), [1, 4, 3, 2]);
        assert!(picks[0].reasons.contains(&"about Prices".to_owned()));
        assert!(picks[3].reasons.contains(&"more about Prices".to_owned()));
    }

    #[test]
    fn networks_vary() {
        let all = [
            Candidate { voice: Some(0.9), ..candidate(1) },
            Candidate { voice: Some(0.88), ..candidate(2) },
            Candidate { voice: Some(0.8), network: "linkedin".into(), ..candidate(3) },
        ];
        let picks = choose(&all, 2, now(), None);
        assert_eq!(ids(&picks), [1, 3]);
        assert!(picks[1].reasons.contains(&"one for LinkedIn".to_owned()));
    }

    #[test]
    fn what_was_seen_comes_again_only_after_the_rest_and_says_so() {
        let yesterday = NaiveDate::from_ymd_opt(2026, 11, 15);
        let all = [
            Candidate { voice: Some(1.0), seen: yesterday, ..candidate(1) },
            Candidate { voice: Some(0.1), ..candidate(2) },
        ];
        let picks = choose(&all, 2, now(), yesterday);
        assert_eq!(ids(&picks), [2, 1]);
        assert!(picks[1].again && picks[1].reasons[0].starts_with("you saw it last time"));
        // the same when another morning came in between, and where there is room for one
        let before = NaiveDate::from_ymd_opt(2026, 11, 12);
        let all = [Candidate { seen: before, ..all[0].clone() }, all[1].clone()];
        let picks = choose(&all, 2, now(), yesterday);
        assert_eq!(ids(&picks), [2, 1]);
        assert!(picks[1].again && picks[1].reasons[0].starts_with("you saw it on 12 November"));
        assert_eq!(ids(&choose(&all, 1, now(), yesterday)), [2]);
    }

    #[test]
    fn a_text_is_about_the_pillar_whose_words_it_says() {
        let pillars = [
            Pillar { name: "Honest pricing".into(), subtopics: vec!["raising prices".into()] },
            Pillar { name: "Wood".into(), subtopics: vec!["oak".into(), "drying timber".into()] },
        ];
        assert_eq!(
            pillar_of("We raised our prices: raising a price is work.", &pillars),
            Some("Honest pricing")
        );
        assert_eq!(pillar_of("How we dry: drying timber takes two years.", &pillars), Some("Wood"));
        assert_eq!(pillar_of("A walk in the hills.", &pillars), None);
    }

    proptest! {
        #[test]
        fn each_at_most_once_and_as_many_as_there_are(
            made in proptest::collection::vec((0..4_u8, 0..3_u8, 0.0..1.0_f64, 0..30_i64), 0..20), most in 1..10_usize,
        ) {
            let all: Vec<Candidate> = made
                .iter()
                .enumerate()
                .map(|(id, (network, pillar, voice, days))| Candidate {
                    network: ["x", "linkedin", "threads", "email"][usize::from(*network)].into(),
                    pillar: (*pillar > 0).then(|| format!("Pillar {pillar}")),
                    voice: Some(*voice),
                    created_at: now() - Duration::days(*days),
                    ..candidate(id as u128)
                })
                .collect();
            let picks = choose(&all, most, now(), None);
            let mut seen = ids(&picks);
            seen.sort_unstable();
            seen.dedup();
            prop_assert_eq!(seen.len(), picks.len());
            prop_assert_eq!(picks.len(), most.min(all.len()));
            prop_assert!(picks.iter().all(|pick| !pick.reasons.is_empty()));
        }
    }
}
