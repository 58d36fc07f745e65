//! A trend as others see it, with why it is one and what would end it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    confidence::{NAMES, WEIGHTS, effects, of_trend},
    course,
    detector::Detector,
    name,
    stats::median,
    topic::Topic,
};

/// Where a trend stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It goes on.
    Active,
    /// It loses pace.
    Declining,
    /// It is over.
    Expired,
}

/// What rises, and why that is said.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trend {
    /// Stays the same as long as the trend lives; counted up by each detector.
    pub id: u64,
    /// The words of its own titles that tell most.
    pub name: String,
    /// Further phrases that its items share, most telling first.
    pub keywords: Vec<String>,
    /// How likely it is one, 0–1: nine of ten are right when they are found; what then falls silent is less sure by the hour.
    pub confidence: f64,
    /// −1 (stops) to 1 (all of it came just now); 0 goes on as it was.
    pub momentum: f64,
    /// Where it stands.
    pub state: State,
    /// Its first item.
    pub onset: DateTime<Utc>,
    /// When it was recognised.
    pub found_at: DateTime<Utc>,
    /// Its latest item.
    pub last: DateTime<Utc>,
    /// All its items.
    pub items: u32,
    /// All its sources.
    pub sources: u32,
    /// Its items, the first 16 and the last 112 of them, in order of time.
    pub evidence: Vec<Evidence>,
    /// What is expected as of now; of what loses pace or is over, what was.
    pub prediction: Prediction,
    /// What was expected when it was found: what it is measured by.
    pub predicted: Prediction,
    /// Items by the hour, in order, hours without any left out.
    pub course: Vec<Course>,
    /// Why it is a trend.
    pub why: Why,
    /// What would end it.
    pub ends: Ends,
}

/// An item that speaks of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The item's id.
    pub item: Uuid,
    /// When.
    pub at: DateTime<Utc>,
}

/// How many items an hour brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Course {
    /// The beginning of the hour.
    pub at: DateTime<Utc>,
    /// Items.
    pub items: u32,
}

/// A tenth of the cases lies below `low`, half below `likely`, nine tenths below `high`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// One of ten.
    pub low: i64,
    /// Five of ten.
    pub likely: i64,
    /// Nine of ten.
    pub high: i64,
}

/// What is expected of a trend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prediction {
    /// When this was said, in seconds since 1970.
    pub made_at: i64,
    /// Its first item, in seconds since 1970.
    pub onset: i64,
    /// Items it had then.
    pub items: u32,
    /// When most of it comes at once, in seconds since 1970.
    pub peak: Range,
    /// How many items it will have in the end.
    pub size: Range,
}

/// Why it is a trend, in numbers against what is usual.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Why {
    /// Its items in the window below.
    pub items: u32,
    /// Their sources.
    pub sources: u32,
    /// In how many different wordings.
    pub wordings: u32,
    /// Share of them from the busiest source, 0–1.
    pub top_source: f64,
    /// The last so many hours.
    pub window_hours: u32,
    /// How often its most telling term came in that window, repetitions by one source counting less.
    pub seen: f64,
    /// How often it usually does in such a window.
    pub usual: f64,
    /// The chance of as many if nothing were happening is 1 in 10 to the power of this.
    pub surprise: f64,
    /// The terms that hold it together, against what is usual for each.
    pub phrases: Vec<Phrase>,
    /// What raised (above 0) and lowered (below 0) the confidence, the strongest first.
    pub contributions: Vec<Contribution>,
}

/// A phrase and the share of the last titles that have it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Phrase {
    /// As titles write it.
    pub text: String,
    /// 0–1.
    pub share: f64,
}

/// One of the numbers that the confidence is made of.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Contribution {
    /// `surprise`: how unlikely so much of its most telling term is, in powers of ten, beyond what the number of terms
    /// that are watched makes likely. `second`: the same of the best of its other words, weighed by how many of its
    /// items have it. `cohesion`: the logarithm of how many words most of its items share, and one. `together`: the
    /// share of its items with at least two of its words. `slow`: the logarithm of the window over six hours. `young`:
    /// how much of the first week is missing, as the logarithm of seven over the days that the stream is known.
    /// `silence`: the hours since its last item.
    pub what: &'static str,
    /// The number itself.
    pub value: f64,
    /// What it adds to the logarithm of the odds.
    pub effect: f64,
}

/// What would end it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ends {
    /// Without another item it declines after so many hours since the last one.
    pub declines_after_hours: f64,
    /// And is over after so many.
    pub over_after_hours: f64,
    /// Which is then.
    pub over_at: DateTime<Utc>,
    /// How many hours lie between its items now.
    pub gap_hours: f64,
}

pub(crate) fn time(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

impl Trend {
    /// Of a topic that has been found.
    pub(crate) fn of(topic: &Topic, detector: &Detector) -> Option<Self> {
        let (found_at, predicted) = topic.found?;
        let mut names = name::names(topic);
        let phrases =
            names.iter().map(|(text, share)| Phrase { text: text.clone(), share: *share }).collect();
        let name = names.remove(0).0;
        let (slow, over) = course::patience(topic);
        let mut hours: Vec<Course> = Vec::new();
        for (quarter, items) in &topic.course {
            let at = time(i64::from(quarter / 4) * 3_600);
            match hours.last_mut().filter(|last| last.at == at) {
                Some(last) => last.items += items,
                None => hours.push(Course { at, items: *items }),
            }
        }
        let times: Vec<i64> = topic.members.iter().rev().take(10).map(|member| member.at).collect();
        let quiet = quiet_hours(topic, detector.now);
        Some(Self {
            id: topic.id,
            name,
            keywords: names.into_iter().map(|(text, _)| text).collect(),
            confidence: of_trend(topic.confidence, quiet),
            momentum: course::momentum(topic, detector.volume.as_ref(), detector.now),
            state: topic.state,
            onset: time(topic.onset),
            found_at: time(found_at),
            last: time(topic.last),
            items: topic.total,
            sources: topic.sources.len() as u32,
            evidence: topic
                .members
                .iter()
                .map(|member| Evidence { item: member.id, at: time(member.at) })
                .collect(),
            prediction: match topic.state {
                State::Active => Prediction::of(topic, detector.now),
                State::Declining | State::Expired => Prediction::past(topic, detector.now),
            },
            predicted,
            course: hours,
            why: Why::of(topic, phrases, quiet),
            ends: Ends {
                declines_after_hours: slow,
                over_after_hours: over,
                over_at: time(topic.last + (over * 3_600.0) as i64),
                gap_hours: median(times.windows(2).map(|two| (two[0] - two[1]) as f64 / 3_600.0).collect()),
            },
        })
    }
}

/// Hours since its last item.
pub(crate) fn quiet_hours(topic: &Topic, now: i64) -> f64 {
    (now - topic.last).max(0) as f64 / 3_600.0
}

impl Why {
    fn of(topic: &Topic, phrases: Vec<Phrase>, quiet: f64) -> Self {
        let facts = topic.facts;
        let (lost, share) = effects(topic.confidence, quiet);
        let mut contributions: Vec<Contribution> = facts
            .features()
            .into_iter()
            .zip(WEIGHTS)
            .zip(NAMES)
            .map(|((value, weight), what)| Contribution { what, value, effect: value * weight * share })
            .chain((quiet >= 0.5).then_some(Contribution { what: "silence", value: quiet, effect: lost }))
            .collect();
        contributions.sort_by(|a, b| b.effect.abs().total_cmp(&a.effect.abs()));
        Self {
            items: facts.items,
            sources: facts.sources,
            wordings: facts.wordings,
            top_source: facts.top_source,
            window_hours: topic.window,
            seen: facts.seen,
            usual: facts.usual,
            surprise: facts.surprise,
            phrases,
            contributions,
        }
    }
}
