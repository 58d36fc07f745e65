//! What the demo's brand listens to. There may be no network, so the feeds are given instead of fetched: they are marked as
//! the demonstration's, dated by today, and never asked for.

use anyhow::{Context as _, Result};
use bellwether_jobs::events;
use bellwether_kernel::{BrandAccess, PageRequest, Problem, RequestContext, Timestamp};
use bellwether_trends::{
    feeds::CreateSmartFeed,
    items::{MarkItem, ReadAll, Wanted},
    sources::{CreateSource, Kind},
};
use chrono::Duration;
use serde::Deserialize;
use serde_json::json;

use crate::wiring::App;

/// Its key.
const SMART_FEED: &str = "What workshops talk about";
/// The item that is saved for later.
const SAVED: &str = "Honest prices: three makers who publish their rates";

/// Hours before the demo was made at which its sources were looked at: often while two trends of its past went on, so that what
/// was predicted of them can be compared with what came. What goes on now is found now.
const LOOKS: [i64; 19] =
    [648, 417, 414, 411, 408, 405, 402, 396, 372, 300, 207, 204, 201, 198, 192, 186, 160, 96, 0];

#[derive(Deserialize)]
struct Source {
    name: String,
    /// Its key.
    url: String,
    priority: i32,
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    title: String,
    /// Hours before the demo was made.
    hours: i64,
    text: String,
}

/// Adds the sources and a smart feed, each once: also those that a later version brings to a demo that is there already. What was
/// ever made is not made again, so what somebody deleted stays away.
pub async fn prepare(app: &App, access: &BrandAccess) -> Result<()> {
    let context = RequestContext::default();
    let sources: Vec<Source> = serde_json::from_str(include_str!("../../demo/sources.json"))
        .context("the demo's sources can't be read")?;
    let now = app.clock.now();
    let mut lacking = Vec::new();
    for source in &sources {
        if !was_made(app, access, "source.created", ("url", &source.url)).await? {
            lacking.push(source);
        }
    }
    // one that comes to others later has no past with them
    let looks: &[i64] = if lacking.len() == sources.len() { &LOOKS } else { &[0] };
    let mut added = Vec::new();
    for (number, hours) in looks.iter().enumerate() {
        let trends = app.trends.at(now - Duration::hours(*hours));
        if number == 0 {
            for source in lacking.drain(..) {
                match trends.add_demo_source(access, source.input(), &context).await.map_err(Problem::from) {
                    Ok(view) => added.push((source, view)),
                    // somebody has its feed under another address
                    Err(problem) if problem.code == "already_known" => {}
                    Err(problem) => return Err(problem.into()),
                }
            }
        }
        let before = number.checked_sub(1).map_or(i64::MAX, |number| looks[number]);
        for (source, view) in &added {
            if source.items.iter().any(|item| (*hours..before).contains(&item.hours)) {
                let feed = feed(source, now, *hours).to_string();
                trends.look_at_demo_source(access, view, feed.as_bytes()).await.map_err(Problem::from)?;
            }
        }
        // the last time as itself, so that a model has its say
        let trends = if *hours == 0 { &app.trends } else { &trends };
        if !added.is_empty() {
            trends.find_demo_trends(access).await.map_err(Problem::from)?;
        }
    }
    if was_made(app, access, "smart_feed.created", ("name", SMART_FEED)).await? {
        return Ok(());
    }
    let smart: CreateSmartFeed = serde_json::from_value(json!({
        "name": SMART_FEED,
        "topics": [
            { "topic": "Honest prices", "description": "How small workshops set their hourly rate and tell customers" },
            { "topic": "Working hours", "description": "Shorter weeks, free Fridays and what they do to orders" },
        ],
    }))
    .context("the demo's smart feed can't be read")?;
    app.trends.create_smart_feed(access, smart, &context).await.map_err(Problem::from)?;
    mark(app, access, now).await.map_err(Problem::from)?;
    Ok(())
}

/// As somebody leaves it who read until the day before yesterday and saved one for later.
async fn mark(app: &App, access: &BrandAccess, now: Timestamp) -> Result<(), bellwether_trends::Error> {
    let page = PageRequest { limit: 100, after: None };
    let items = app.trends.list_items(access, &Wanted::default(), page).await?.items;
    let was = now - Duration::hours(36);
    let read = items.iter().filter(|item| item.published_at.is_some_and(|at| at < was));
    let these = ReadAll { until: None, source: None, items: Some(read.map(|item| item.id).collect()) };
    // and all that came longer ago than those
    let older =
        ReadAll { until: Some(now - Duration::hours(LOOKS[LOOKS.len() - 2])), source: None, items: None };
    for read in [these, older] {
        app.trends.read_all(access, &read).await?;
    }
    if let Some(saved) = items.iter().find(|item| item.title == SAVED) {
        let saved_now = MarkItem { read: None, saved: Some(true) };
        app.trends.mark_item(access, saved.id, &saved_now).await?;
    }
    Ok(())
}

/// Whether the log knows of a thing with this key.
async fn was_made(app: &App, access: &BrandAccess, kind: &str, key: (&str, &str)) -> Result<bool> {
    let mut tx = app.store.tenant(access).await?;
    let made = events::happened_to(&mut tx, access.brand, kind, key).await?;
    tx.commit().await?;
    Ok(made)
}

impl Source {
    fn input(&self) -> CreateSource {
        CreateSource {
            kind: Kind::Feed,
            url: self.url.clone(),
            feed_url: Some(format!("{}feed.json", self.url)),
            name: Some(self.name.clone()),
            priority: Some(self.priority),
            frequency: None,
        }
    }
}

/// A source as a JSON Feed, as it was so many hours before the demo was made.
fn feed(source: &Source, now: Timestamp, hours: i64) -> serde_json::Value {
    let items: Vec<_> = source
        .items
        .iter()
        .enumerate()
        .filter(|(_, item)| item.hours >= hours)
        .map(|(number, item)| {
            json!({
                "id": number, "url": format!("{}{}", source.url, number + 1), "title": item.title,
                "content_text": item.text, "date_published": now - Duration::hours(item.hours),
            })
        })
        .collect();
    json!({
        "version": "https://jsonfeed.org/version/1.1", "title": source.name, "home_page_url": source.url,
        "language": "en", "items": items,
    })
}
