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
    for source in sources {
        if was_made(app, access, "source.created", ("url", &source.url)).await? {
            continue;
        }
        let feed = feed(&source, now).to_string();
        let input = CreateSource {
            kind: Kind::Feed,
            url: source.url.clone(),
            feed_url: Some(format!("{}feed.json", source.url)),
            name: Some(source.name),
            priority: Some(source.priority),
            frequency: None,
        };
        let added = app.trends.add_demo_source(access, input, feed.as_bytes(), &context).await;
        match added.map_err(Problem::from) {
            // somebody has its feed under another address
            Err(problem) if problem.code != "already_known" => return Err(problem.into()),
            _ => {}
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
    let read = ReadAll { until: None, source: None, items: Some(read.map(|item| item.id).collect()) };
    app.trends.read_all(access, &read).await?;
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

/// A source as a JSON Feed.
fn feed(source: &Source, now: Timestamp) -> serde_json::Value {
    let items: Vec<_> = source
        .items
        .iter()
        .enumerate()
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
