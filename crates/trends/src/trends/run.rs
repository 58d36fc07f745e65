//! Going through a brand's items: read in one transaction, detected outside of any, written in another.
//!
//! What a run finds is compared with what is kept by shared items. A run may be repeated at any time: the same items give
//! the same rows, and each event is told once, since it is the difference between before and after.

use std::collections::{HashMap, HashSet};

use bellwether_brand::Interests;
use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    Actor, Kind, Problem, RequestContext, Timestamp,
    id::{BrandId, OrganizationId},
};
use bellwether_store::TenantScope;
use chrono::{Duration, DurationRound as _};
use serde_json::{Value, json};
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    angles, category,
    ideas::WriteAngles,
    jobs::Detect,
    matching::{self, Found, Kept},
    material::Told,
    model::{self, Course, Predicted, Riser, SizeRange, Speaking, TimeRange, TrendState},
    naming,
    relevance::{self, Weights},
    replay::{self, Replay, Said},
    sql::{self, Evidence, Filter, Row},
    words,
};
use crate::{
    Error, TrendId, Trends,
    detect::{self, Trend},
};

/// Days within which one that is over may come back as itself.
const BACK_DAYS: i64 = 14;
/// Items that are named and quoted of a trend.
const NAMED: usize = 8;
/// Trends of a brand that are looked at.
const KEPT: i64 = 600;

/// What is known before a run.
struct Before {
    interests: Interests,
    mark: sql::Mark,
    said: Vec<Said>,
    first_heard: HashMap<Uuid, Timestamp>,
    rows: HashMap<TrendId, Row>,
    kept: Vec<Kept>,
}

/// What a run writes.
#[derive(Default)]
struct After {
    rows: Vec<Row>,
    evidence: Evidence,
    merged: Vec<(TrendId, TrendId)>,
    events: Vec<(&'static str, TrendId, Value)>,
}

impl Trends {
    /// Finds what rises in a brand's items; whether there was anything to do.
    pub(crate) async fn detect_brand(
        &self,
        organization: OrganizationId,
        brand: BrandId,
    ) -> Result<bool, Error> {
        let now = self.clock.now();
        let Some(before) = self.before(organization, brand, now).await? else { return Ok(false) };
        let Before { interests, mark, mut said, first_heard, rows, kept } = before;
        let (found, said) = tokio::task::spawn_blocking(move || (replay::replay(&mut said, now), said))
            .await
            .map_err(|error| Problem::new(Kind::Internal, "internal", error.to_string()))?;
        let Replay { running, over } = found;
        let trends: Vec<&Trend> = running.iter().chain(&over).collect();
        let found: Vec<Found> = trends
            .iter()
            .enumerate()
            .map(|(index, trend)| Found {
                running: index < running.len(),
                items: trend.evidence.iter().map(|evidence| evidence.item).collect(),
            })
            .collect();
        let matched = matching::pair(&kept, &found);
        // of those that were over before anybody knew of them, nothing is kept: the first look at a source brings its past
        let by_id: HashMap<Uuid, &Said> = said.iter().map(|one| (one.id, one)).collect();
        let mut chosen: Vec<Chosen<'_>> = trends
            .iter()
            .zip(&found)
            .zip(&matched.same)
            .filter(|((_, found), same)| found.running || same.is_some())
            .map(|((trend, _), same)| Chosen::of(trend, *same, &by_id, &first_heard))
            .collect();
        let ids: Vec<Uuid> = chosen.iter().flat_map(Chosen::named).collect();
        let told = self.told(organization, brand, &ids).await?;
        let mut after = After { merged: matched.merged, ..After::default() };
        for one in &mut chosen {
            one.told(&told);
            let known = one.same.and_then(|id| rows.get(&id));
            let id = one.same.unwrap_or_else(|| TrendId::new(&self.clock, &self.rng));
            write(&mut after, id, one, known, &interests, now);
        }
        let gone: HashSet<TrendId> = matched
            .same
            .iter()
            .flatten()
            .copied()
            .chain(after.merged.iter().map(|(from, _)| *from))
            .collect();
        for one in kept.iter().filter(|one| one.open && !gone.contains(&one.id)) {
            if let Some(row) = rows.get(&one.id) {
                fade(&mut after, row.clone(), one.items.is_empty(), now);
            }
        }
        for (from, into) in &after.merged {
            after.events.push(("trend.merged", *from, json!({ "into": into })));
        }
        self.keep_trends((organization, brand), mark, after, now).await?;
        Ok(true)
    }

    /// What is known; none where nothing has come and no hour has turned since the last run, or the brand is deleted.
    async fn before(
        &self,
        organization: OrganizationId,
        brand: BrandId,
        now: Timestamp,
    ) -> Result<Option<Before>, Error> {
        let Some(brands) = &self.brands else { return Ok(None) };
        let since = now - Duration::days(replay::DAYS);
        let mut tx = self.store.tenant(TenantScope::organization(organization)).await?;
        let interests = brands.interests(&mut tx, brand).await.map_err(Problem::from)?;
        let Some(interests) = interests else { return Ok(None) };
        let mark = sql::mark(tx.conn(), brand, since).await?;
        if let Some((at, last)) = sql::last_mark(tx.conn(), brand).await?
            && last == mark
            && at.duration_trunc(Duration::hours(1)) == now.duration_trunc(Duration::hours(1))
        {
            return Ok(None);
        }
        let filter = Filter { over_since: Some(now - Duration::days(BACK_DAYS)), ..Filter::default() };
        let mut rows = sql::find(tx.conn(), brand, &filter, "newest", None, KEPT).await?;
        // the oldest first: of equals it is the one that stays
        rows.reverse();
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id.uuid()).collect();
        let mut items: HashMap<TrendId, HashSet<Uuid>> = HashMap::new();
        for (trend, item) in sql::items_of(tx.conn(), &ids).await? {
            items.entry(trend).or_default().insert(item);
        }
        let mut said = sql::said(tx.conn(), brand, since, replay::MOST).await?;
        let first_heard: HashMap<Uuid, Timestamp> =
            sql::first_heard(tx.conn(), brand).await?.into_iter().collect();
        tx.commit().await?;
        // of what was there already when its source was first looked at, and has no date, nobody knows how old it is
        said.retain(|one| {
            one.dated || first_heard.get(&one.source).is_some_and(|first| one.seen_at > *first)
        });
        let kept = rows
            .iter()
            .map(|row| Kept {
                id: row.id,
                open: row.state() != TrendState::Expired,
                items: items.remove(&row.id).unwrap_or_default(),
            })
            .collect();
        let rows = rows.into_iter().map(|row| (row.id, row)).collect();
        Ok(Some(Before { interests, mark, said, first_heard, rows, kept }))
    }

    async fn told(
        &self,
        organization: OrganizationId,
        brand: BrandId,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Told>, Error> {
        let mut tx = self.store.tenant(TenantScope::organization(organization)).await?;
        let told = sql::told(tx.conn(), brand, ids).await?;
        tx.commit().await?;
        Ok(told.into_iter().map(|one| (one.id.uuid(), one)).collect())
    }

    async fn keep_trends(
        &self,
        key: (OrganizationId, BrandId),
        mark: sql::Mark,
        after: After,
        now: Timestamp,
    ) -> Result<(), Error> {
        let (organization, brand) = key;
        let mut tx = self.store.tenant(TenantScope::organization(organization)).await?;
        sql::set_mark(tx.conn(), key, mark, now).await?;
        if self.thinking.as_ref().is_some_and(|thinking| thinking.models.analyses()) {
            for (_, trend, _) in after.events.iter().filter(|(kind, ..)| *kind == "trend.found") {
                WriteAngles::enqueue(&mut tx, key, *trend).await?;
            }
        }
        if !after.rows.is_empty() {
            sql::upsert(tx.conn(), key, &after.rows, now).await?;
            sql::set_evidence(tx.conn(), key, &after.evidence).await?;
        }
        if !after.merged.is_empty() {
            let (from, into): (Vec<Uuid>, Vec<Uuid>) =
                after.merged.iter().map(|(from, into)| (from.uuid(), into.uuid())).unzip();
            sql::merge(tx.conn(), &from, &into, now).await?;
        }
        let events = after
            .events
            .into_iter()
            .map(|(kind, trend, data)| NewEvent {
                organization,
                brand: Some(brand),
                kind,
                subject: ("trend", trend.uuid()),
                actor: Actor::Worker { job: <Detect as bellwether_jobs::Job>::NAME.to_owned() },
                before: None,
                after: None,
                data: Some(data),
                context: RequestContext::default(),
            })
            .collect();
        events::record_all(&mut tx, &self.clock, &self.rng, events).await?;
        Ok(tx.commit().await?)
    }
}

/// A trend that was found, with what its items say.
struct Chosen<'a> {
    trend: &'a Trend,
    same: Option<TrendId>,
    weights: Weights,
    language: String,
    places: Vec<String>,
    speaking: Vec<Speaking>,
    /// Items that came while their source was listened to.
    heard: usize,
    /// Those that say most of it, of as many sources as there are.
    best: Vec<Uuid>,
    quoted: Vec<Told>,
    /// What its items are called.
    titles: Vec<&'a str>,
}

impl<'a> Chosen<'a> {
    fn of(
        trend: &'a Trend,
        same: Option<TrendId>,
        said: &HashMap<Uuid, &'a Said>,
        first_heard: &HashMap<Uuid, Timestamp>,
    ) -> Self {
        let items: Vec<&'a Said> =
            trend.evidence.iter().filter_map(|evidence| said.get(&evidence.item).copied()).collect();
        let language = common(items.iter().map(|one| one.language.as_str()));
        let weights =
            Weights::of(items.iter().map(|one| (one.title.as_str(), one.keyphrases.as_slice())), &language);
        let mut speaking: Vec<Speaking> = items
            .iter()
            .map(|one| Speaking {
                item: one.id,
                at: one.at,
                likeness: likeness(trend, &format!("{} {}", one.title, one.keyphrases.join(" "))),
            })
            .collect();
        speaking.sort_by(|a, b| {
            b.likeness.total_cmp(&a.likeness).then(a.at.cmp(&b.at)).then(a.item.cmp(&b.item))
        });
        let heard = items
            .iter()
            .filter(|one| first_heard.get(&one.source).is_some_and(|first| one.seen_at > *first))
            .count();
        let source: HashMap<Uuid, Uuid> = items.iter().map(|one| (one.id, one.source)).collect();
        let mut seen = HashSet::new();
        let (first, rest): (Vec<Uuid>, Vec<Uuid>) = speaking
            .iter()
            .map(|one| one.item)
            .partition(|item| source.get(item).is_some_and(|source| seen.insert(*source)));
        let best = first.into_iter().chain(rest).take(NAMED).collect();
        let places = category::places(items.iter().map(|one| one.title.as_str()));
        let titles = items.iter().map(|one| one.title.as_str()).collect();
        Self { trend, same, weights, language, places, speaking, heard, best, quoted: Vec::new(), titles }
    }

    /// Its name as its titles, and the texts of those that say most of it, write the words.
    fn name(&self) -> String {
        let texts = self.quoted.iter().map(|told| told.text.as_str());
        naming::written(&self.trend.name, self.titles.iter().copied().chain(texts))
    }

    fn named(&self) -> impl Iterator<Item = Uuid> {
        self.best.iter().copied()
    }

    fn told(&mut self, told: &HashMap<Uuid, Told>) {
        self.quoted = self.best.iter().filter_map(|id| told.get(id).cloned()).collect();
    }
}

/// The language of most.
fn common<'a>(languages: impl Iterator<Item = &'a str>) -> String {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for language in languages.filter(|language| *language != "und") {
        *counts.entry(language).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    counts.first().map_or("und", |(language, _)| language).to_owned()
}

/// How much of what holds a trend together a text says, 0 to 1: the phrases that it has, by how many titles share each.
pub(super) fn likeness(trend: &Trend, text: &str) -> f64 {
    let phrases = trend.why.phrases.iter().map(|phrase| (phrase.text.as_str(), phrase.share));
    likeness_of(phrases, text)
}

/// The same of phrases and their shares.
pub(super) fn likeness_of<'a>(phrases: impl Iterator<Item = (&'a str, f64)>, text: &str) -> f64 {
    let said: HashSet<String> = bellwether_language::words(text).map(crate::feeds::fold).collect();
    let (mut have, mut all) = (0.0, 0.0);
    for (phrase, share) in phrases {
        let words: Vec<String> = bellwether_language::words(phrase).map(crate::feeds::fold).collect();
        if words.is_empty() {
            continue;
        }
        let there = words.iter().filter(|word| said.contains(*word)).count() as f64 / words.len() as f64;
        all += share.max(0.05);
        have += share.max(0.05) * there;
    }
    if all > 0.0 { model::round((have / all).clamp(0.0, 1.0), 3) } else { 0.0 }
}

/// Letters of a name as the table takes them.
fn short(name: &str) -> String {
    let name: String = name.chars().take(200).collect();
    if name.trim().is_empty() { "…".to_owned() } else { name }
}

/// The row of a trend as it is now, and what is to be told of it.
fn write(
    after: &mut After,
    id: TrendId,
    one: &Chosen<'_>,
    known: Option<&Row>,
    interests: &Interests,
    now: Timestamp,
) {
    let trend = one.trend;
    let state = TrendState::from(trend.state);
    let name = known.filter(|row| row.name_chosen).map_or_else(|| short(&one.name()), |row| row.name.clone());
    let (relevance, why_you) = relevance::relevance(&one.weights, interests);
    // what a model wrote stays, as long as the items that it names are there
    let there: HashSet<Uuid> = one.speaking.iter().map(|speaking| speaking.item).collect();
    let written = known.map(|row| row.angles.0.clone()).filter(|angles| {
        angles.iter().any(|angle| angle.writer.is_some())
            && angles.iter().flat_map(|angle| &angle.evidence).all(|item| there.contains(&item.uuid()))
    });
    let angles = written.unwrap_or_else(|| angles::angles(&name, &one.quoted, &why_you, interests));
    let momentum = model::round(trend.momentum.clamp(-1.0, 1.0), 3);
    // however much speaks for it, it is never certain
    let confidence = model::round(trend.confidence.clamp(0.0, 0.99), 4);
    // of one that loses pace when it is first seen nothing is expected any more: it is measured by what was when it was found
    let expected = if state == TrendState::Active { &trend.prediction } else { &trend.predicted };
    let predicted = known.map_or_else(|| Predicted::from(expected), |row| row.predicted.0.clone());
    let over = state == TrendState::Expired;
    let (peak, size) = (TimeRange::from(&trend.prediction.peak), SizeRange::from(&trend.prediction.size));
    let category = known
        .filter(|row| row.category_chosen)
        .map_or_else(|| category::category(&one.weights).map(str::to_owned), |row| row.category.clone());
    let evaluation = over.then(|| Json(model::evaluate(trend, &predicted)));
    let row = Row {
        id,
        name,
        name_chosen: known.is_some_and(|row| row.name_chosen),
        description: words::summary(trend),
        keywords: trend.keywords.clone(),
        category,
        category_chosen: known.is_some_and(|row| row.category_chosen),
        geography: one.places.clone(),
        language: one.language.clone(),
        state: state.as_str().to_owned(),
        confidence,
        momentum,
        relevance,
        rank: if over { 0.0 } else { model::rank(confidence, relevance, momentum, trend.last, now) },
        item_count: i32::try_from(trend.items).unwrap_or(i32::MAX),
        source_count: i32::try_from(trend.sources).unwrap_or(i32::MAX),
        onset_at: trend.onset,
        found_at: known.map_or(trend.found_at, |row| row.found_at),
        last_item_at: trend.last,
        expires_at: trend.ends.over_at,
        expired_at: over.then(|| known.and_then(|row| row.expired_at).unwrap_or(now)),
        peak_low: peak.low,
        peak_likely: peak.likely,
        peak_high: peak.high,
        size_low: size.low,
        size_likely: size.likely,
        size_high: size.high,
        predicted: Json(predicted),
        evaluation,
        course: Json(trend.course.iter().map(course).collect()),
        why: Json(words::why(trend)),
        pillar: why_you.pillars.first().map(|pillar| pillar.name.clone()),
        why_you: Json(why_you),
        ends: Json(words::ends(&trend.ends, trend.last, now)),
        angles: Json(angles),
        merged_into: None,
        dismissed_at: known.and_then(|row| row.dismissed_at),
        alerted_at: known.and_then(|row| row.alerted_at),
        drafts: 0,
        version: known.map_or(1, |row| row.version),
        key: now,
    };
    tell(after, row, known, one.heard, now);
    // the detector keeps the first and the last items of a large one: of a small one these are all
    let whole = trend.evidence.len() >= trend.items as usize;
    after.evidence.add(id, &one.speaking, whole);
}

fn course(hour: &detect::Course) -> Course {
    Course { at: hour.at, items: hour.items }
}

/// Notes a row with what differs from before.
fn tell(after: &mut After, mut row: Row, known: Option<&Row>, heard: usize, now: Timestamp) {
    let (state, id) = (row.state(), row.id);
    let riser = Riser {
        state,
        confidence: row.confidence,
        momentum: row.momentum,
        relevance: row.relevance,
        peak_likely: row.peak_likely,
        heard,
        dismissed: row.dismissed_at.is_some(),
    };
    let rises = row.alerted_at.is_none() && model::rises(&riser, now);
    if rises {
        row.alerted_at = Some(now);
    }
    let data = sql::told_of(&row);
    let mut tell = |kind: &'static str| after.events.push((kind, id, data.clone()));
    match (known.map(Row::state), state) {
        (None, _) => tell("trend.found"),
        (Some(TrendState::Active), TrendState::Declining) => tell("trend.declining"),
        (Some(TrendState::Declining | TrendState::Expired), TrendState::Active) => tell("trend.revived"),
        (Some(TrendState::Active | TrendState::Declining), TrendState::Expired) => tell("trend.expired"),
        _ => {}
    }
    if rises {
        tell("trend.rising");
    }
    after.rows.push(row);
}

/// What becomes of a trend that is found no more: what came late has made its words usual, or its sources are gone. It loses
/// pace, and is over when it would have been; at once where nothing speaks of it any more.
fn fade(after: &mut After, mut row: Row, bare: bool, now: Timestamp) {
    let before = row.state();
    let over = bare || row.expires_at <= now;
    row.momentum = -1.0;
    row.rank =
        if over { 0.0 } else { model::rank(row.confidence, row.relevance, -1.0, row.last_item_at, now) };
    let state = if over { TrendState::Expired } else { TrendState::Declining };
    state.as_str().clone_into(&mut row.state);
    row.expired_at = over.then_some(now);
    let data = sql::told_of(&row);
    let id = row.id;
    if over {
        after.events.push(("trend.expired", id, data));
    } else if before == TrendState::Active {
        after.events.push(("trend.declining", id, data));
    }
    after.rows.push(row);
}
