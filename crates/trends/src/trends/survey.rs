//! What rises in feeds as they are now: read once and kept nowhere, for the command line.

use std::collections::{HashMap, HashSet};

use bellwether_kernel::{Kind, Problem, Timestamp};
use chrono::Duration;
use serde::Serialize;

use super::{
    category,
    model::{SizeRange, TimeRange, TrendState, round},
    relevance::Weights,
    replay::{self, Said},
    words,
};
use crate::{
    ItemId, Trends, detect,
    sources::{Feed, Reading},
};

/// Items that are shown of a trend.
const SHOWN: usize = 8;

/// What was found, and of what.
#[derive(Debug, Serialize)]
pub struct Survey {
    /// When this was.
    pub at: Timestamp,
    /// The surest first.
    pub trends: Vec<Surveyed>,
    /// The feeds.
    pub sources: Vec<SurveySource>,
    /// Items that were gone through.
    pub items: usize,
}

/// A feed that was read.
#[derive(Debug, Clone, Serialize)]
pub struct SurveySource {
    /// What it is called.
    pub name: String,
    /// Its address.
    pub url: String,
    /// Entries that it gave.
    pub items: usize,
    /// What to know of what was read, when not everything was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Why it gave none.
    pub error: Option<String>,
}

impl From<&Reading> for SurveySource {
    fn from(reading: &Reading) -> Self {
        Self {
            name: reading.name.clone(),
            url: reading.url.clone(),
            items: reading.items.as_ref().map_or(0, Vec::len),
            note: reading.note.clone(),
            error: reading.items.as_ref().err().cloned(),
        }
    }
}

/// A trend as it is shown.
#[derive(Debug, Serialize)]
pub struct Surveyed {
    /// Name.
    pub name: String,
    /// Further phrases.
    pub keywords: Vec<String>,
    /// What it belongs to.
    pub category: Option<String>,
    /// Where it stands.
    pub state: TrendState,
    /// 0 to 1.
    pub confidence: f64,
    /// −1 to 1.
    pub momentum: f64,
    /// Its items.
    pub items: u32,
    /// Their sources.
    pub sources: u32,
    /// When it was recognised.
    pub found_at: Timestamp,
    /// Its first item.
    pub onset_at: Timestamp,
    /// Its latest item.
    pub last_item_at: Timestamp,
    /// When most of it is expected at once.
    pub peak: TimeRange,
    /// How many items are expected in the end.
    pub size: SizeRange,
    /// Why it is a trend.
    pub why: Vec<String>,
    /// What would end it.
    pub ends: Vec<String>,
    /// The items that say most of it.
    pub evidence: Vec<SurveyItem>,
}

/// An item that speaks of it.
#[derive(Debug, Clone, Serialize)]
pub struct SurveyItem {
    /// Title.
    pub title: String,
    /// Address.
    pub url: Option<String>,
    /// Name of its source.
    pub source: String,
    /// When.
    pub at: Timestamp,
}

impl Trends {
    /// Reads feeds and finds what rises in them: what has not ended, or with `hours` whatever had an item within so many.
    /// With `at`, as it was then: what was published later is left out. `told` hears of each feed as it comes.
    pub async fn survey(
        &self,
        feeds: Vec<Feed>,
        at: Option<Timestamp>,
        hours: Option<u32>,
        told: impl Fn(&SurveySource) + Send + Sync,
    ) -> Result<Survey, Problem> {
        if feeds.is_empty() {
            return Err(Problem::invalid("from", "empty", "No feed is named there."));
        }
        let real = self.clock.now();
        if let Some(at) = at.filter(|at| *at > real) {
            let message = format!("{} has not come yet.", at.format("%Y-%m-%d %H:%M UTC"));
            return Err(Problem::invalid("at", "future", message));
        }
        let read = self.read_once(feeds, |reading| told(&SurveySource::from(reading))).await;
        let now = at.unwrap_or(real);
        let sources: Vec<SurveySource> = read.iter().map(SurveySource::from).collect();
        let mut said: Vec<Said> = Vec::new();
        let mut shown: HashMap<uuid::Uuid, SurveyItem> = HashMap::new();
        let mut seen: HashSet<[u8; 32]> = HashSet::new();
        for reading in read {
            for item in reading.items.unwrap_or_default() {
                // what has no date may be of any time
                let Some(published) = item.published_at else { continue };
                if !seen.insert(item.identity) {
                    continue;
                }
                if at.is_some_and(|at| published > at) {
                    continue;
                }
                let (id, at) = (ItemId::new(&self.clock, &self.rng).uuid(), published.min(now));
                let one =
                    SurveyItem { title: item.title.clone(), url: item.url, source: reading.name.clone(), at };
                shown.insert(id, one);
                said.push(Said {
                    id,
                    source: reading.id.uuid(),
                    at,
                    seen_at: now,
                    dated: true,
                    title: item.title,
                    copy_of: None,
                    keyphrases: item.keyphrases,
                    language: item.language.to_owned(),
                });
            }
        }
        said.retain(|one| one.at > now - Duration::days(replay::DAYS));
        let items = said.len();
        let (found, said) = tokio::task::spawn_blocking(move || (replay::replay(&mut said, now), said))
            .await
            .map_err(|error| Problem::new(Kind::Internal, "internal", error.to_string()))?;
        let said: HashMap<uuid::Uuid, Said> = said.into_iter().map(|one| (one.id, one)).collect();
        let mut trends: Vec<detect::Trend> = found.running;
        if let Some(hours) = hours {
            trends.extend(found.over);
            trends.retain(|trend| trend.last >= now - Duration::hours(hours.into()));
        }
        trends.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        let trends = trends.iter().map(|trend| surveyed(trend, &said, &shown, now)).collect();
        Ok(Survey { at: now, trends, sources, items })
    }
}

fn surveyed(
    trend: &detect::Trend,
    said: &HashMap<uuid::Uuid, Said>,
    shown: &HashMap<uuid::Uuid, SurveyItem>,
    now: Timestamp,
) -> Surveyed {
    let items: Vec<&Said> = trend.evidence.iter().filter_map(|evidence| said.get(&evidence.item)).collect();
    let weights = Weights::of(items.iter().map(|one| (one.title.as_str(), one.keyphrases.as_slice())), "en");
    let mut best: Vec<&Said> = items;
    let likeness = |one: &Said| super::run::likeness(trend, &one.title);
    best.sort_by(|a, b| likeness(b).total_cmp(&likeness(a)).then(a.at.cmp(&b.at)));
    Surveyed {
        name: trend.name.clone(),
        keywords: trend.keywords.clone(),
        category: category::category(&weights).map(str::to_owned),
        state: trend.state.into(),
        confidence: round(trend.confidence, 3),
        momentum: round(trend.momentum, 3),
        items: trend.items,
        sources: trend.sources,
        found_at: trend.found_at,
        onset_at: trend.onset,
        last_item_at: trend.last,
        peak: (&trend.prediction.peak).into(),
        size: (&trend.prediction.size).into(),
        why: words::why(trend).sentences,
        ends: words::ends(&trend.ends, trend.last, now).sentences,
        evidence: best.iter().take(SHOWN).filter_map(|one| shown.get(&one.id).cloned()).collect(),
    }
}
