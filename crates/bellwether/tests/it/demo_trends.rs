//! What the demonstration listens to: trends in motion, two that are over and judged, and what a later version adds.

use bellwether_trends::trends::{TrendState, TrendView, WantedTrends};
use chrono::Duration;
use serde_json::json;

use crate::sources::{app, look};

#[tokio::test]
async fn the_demonstration_has_trends_in_motion() {
    let app = app().await;
    let demo = bellwether::demo::prepare(&app.app).await.unwrap();
    let report = app.drain().await;
    assert!(report.failed.is_empty(), "{report:?}");
    let wanted = WantedTrends::default();
    let page = bellwether_kernel::PageRequest { limit: 20, after: None };
    let found = app.app.trends.list_trends(demo.access(), &wanted, page).await.unwrap().items;
    let names: Vec<_> = found.iter().map(|trend| (&trend.name, trend.state, trend.item_count)).collect();
    assert_eq!(found.len(), 2, "{names:?}");
    let speaks = |word: &str| {
        found.iter().any(|trend| format!("{} {:?}", trend.name, trend.keywords).to_lowercase().contains(word))
    };
    assert!(speaks("repair label") && speaks("oak beetle"), "{names:?}");
    assert!(found.iter().all(|trend| trend.alerted_at.is_none() && trend.relevance.is_some()), "{found:?}");

    // two of its past are over; they were found while they went on, and what was predicted then is compared with what came
    let over = WantedTrends { states: vec![TrendState::Expired], ..WantedTrends::default() };
    let over = app.app.trends.list_trends(demo.access(), &over, page).await.unwrap().items;
    let names: Vec<_> = over.iter().map(|trend| &trend.name).collect();
    assert_eq!(over.len(), 2, "{names:?}");
    for word in ["parcel fee", "beeswax"] {
        let speaks = |trend: &&TrendView| {
            trend.name.to_lowercase().contains(word) || trend.keywords.iter().any(|known| known == word)
        };
        let trend = over.iter().find(speaks).unwrap_or_else(|| panic!("{word}: {names:?}"));
        assert!(trend.found_at > trend.onset_at && trend.found_at < trend.last_item_at, "{trend:?}");
    }
    let accuracy = app.app.trends.trend_accuracy(demo.access()).await.unwrap();
    assert_eq!((accuracy.trends, accuracy.held), (2, 2), "{accuracy:?}");

    // its sources are read from nowhere, whatever somebody does with them
    let sources = app.app.trends.list_sources(demo.access(), None, None, None, page).await.unwrap().items;
    assert_eq!(sources.len(), 6);
    let context = bellwether_kernel::RequestContext::default();
    let mut version = sources[0].version;
    for change in [json!({ "active": false }), json!({ "active": true }), json!({ "frequency": "daily" })] {
        let change = serde_json::from_value(change).unwrap();
        let changed = app
            .app
            .trends
            .update_source(demo.access(), sources[0].id, version, change, &context)
            .await
            .unwrap();
        assert_eq!(changed.health.next_check_at, None);
        version = changed.version;
    }
    app.clock.advance(Duration::days(2));
    look(&app).await;
    let known = app.app.trends.list_sources(demo.access(), None, None, None, page).await.unwrap().items;
    assert!(known.iter().all(|source| source.health.failures == 0), "{known:?}");
}

#[tokio::test]
async fn a_demonstration_that_is_there_gets_what_it_lacks_and_nothing_that_was_deleted() {
    let app = app().await;
    let demo = bellwether::demo::prepare(&app.app).await.unwrap();
    app.drain().await;
    let (context, page) = (
        bellwether_kernel::RequestContext::default(),
        bellwether_kernel::PageRequest { limit: 20, after: None },
    );
    let urls = async || {
        let found = app.app.trends.list_sources(demo.access(), None, None, None, page).await.unwrap().items;
        let mut urls: Vec<_> = found.iter().map(|source| (source.url.clone(), source.id)).collect();
        urls.sort();
        urls
    };
    let feeds = async || app.app.trends.list_smart_feeds(demo.access(), page).await.unwrap().items;
    let made = urls().await;
    assert_eq!(made.len(), 6);
    // somebody deletes one source and the smart feed; another source is new since the demo was made
    app.app.trends.delete_source(demo.access(), made[0].1, &context).await.unwrap();
    let feed = feeds().await.remove(0);
    app.app.trends.delete_smart_feed(demo.access(), feed.id, &context).await.unwrap();
    for forget in [
        "DELETE FROM trends.sources WHERE url = $1",
        "DELETE FROM operations.events WHERE after ->> 'url' = $1",
    ] {
        sqlx::query(forget).bind(&made[1].0).execute(app.store().pool()).await.unwrap();
    }
    for _ in 0..2 {
        bellwether::demo::prepare(&app.app).await.unwrap();
        let now: Vec<String> = urls().await.into_iter().map(|(url, _)| url).collect();
        let wanted: Vec<String> = made[1..].iter().map(|(url, _)| url.clone()).collect();
        assert_eq!(now, wanted);
        assert!(feeds().await.is_empty());
    }
    app.drain().await;
    app.done().await;
}
