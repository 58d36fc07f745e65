//! Where reading has an end: feeds larger than what is read, and hosts that ask to be left alone.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, http::StatusCode, response::IntoResponse as _, routing::get};
use chrono::Duration;
use serde_json::{Value, json};

use crate::sources::{RSS, Server, add, app, events, id, item, look, rss, source};

#[tokio::test]
async fn of_a_feed_that_is_too_large_the_entries_that_came_are_kept() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let server = Server::default();
    let padding = "An hour of talk, written down. ".repeat(4_000);
    let episodes: Vec<String> = (1..=60)
        .map(|n| {
            let link = format!("https://talks.example/{n}");
            item(&format!("Episode {n} of many"), &link, "Sun, 15 Nov 2026 09:00:00 GMT", &padding)
        })
        .collect();
    let large = rss("Talks", &episodes);
    assert!(large.len() > 6_000_000);
    server.put("/talks", RSS, &large);
    // one entry that is larger than all that is read, and a feed of which no beginning can be read
    server.put("/one", RSS, &rss("One", &[item("One", "https://one.example/1", "", &padding.repeat(50))]));
    let json_items: Vec<Value> = (1..=60)
        .map(|n| json!({ "id": n.to_string(), "title": n.to_string(), "content_text": padding }))
        .collect();
    let json_feed =
        json!({ "version": "https://jsonfeed.org/version/1.1", "title": "J", "items": json_items })
            .to_string();
    server.put("/json", "application/feed+json", &json_feed);
    let url = server.start().await;
    let mut made = Vec::new();
    for path in ["/talks", "/one", "/json"] {
        made.push(id(&add(&ada, "feed", &format!("{url}{path}"), Some(&format!("{url}{path}"))).await));
    }
    app.drain().await;
    let talks = source(&ada, &made[0]).await;
    // each has about 124 KB, and 5 MB are read
    assert_eq!(
        (&talks["state"], &talks["name"], &talks["items"]),
        (&json!("healthy"), &json!("Talks"), &json!(40))
    );
    let words = "The feed is larger than 5 MB, so only its first 40 entries are read.";
    assert_eq!(talks["health"]["words"], words);
    let found = ada.get("~/items?q=%22Episode+40%22").await.expect(200).body;
    assert_eq!(found["items"][0]["title"], "Episode 40 of many");
    for bad in &made[1..] {
        let bad = source(&ada, bad).await;
        assert_eq!((&bad["state"], &bad["items"]), (&json!("troubled"), &json!(0)), "{bad}");
        assert!(bad["health"]["words"].as_str().unwrap().contains("larger than 5 MB"), "{bad}");
    }
    // it is asked whether all of it has changed; what is said of it stays while it has not
    app.clock.advance(Duration::days(1));
    look(&app).await;
    assert_eq!(server.asked("/talks"), [false, true]);
    assert_eq!(source(&ada, &made[0]).await["health"]["words"], words);
    server.put("/talks", RSS, &rss("Talks", &episodes[..3]));
    app.clock.advance(Duration::days(1));
    look(&app).await;
    let whole = source(&ada, &made[0]).await;
    assert_eq!((&whole["state"], &whole["health"]["words"]), (&json!("healthy"), &Value::Null), "{whole}");
    assert_eq!(events(&app, "source.troubled").await, 2);
    app.done().await;
}

#[tokio::test]
async fn a_host_that_asked_to_be_left_alone_is_left_alone_by_a_program_that_was_started_anew() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let busy = get(move || {
        counter.fetch_add(1, Ordering::SeqCst);
        async { (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "43200")]).into_response() }
    });
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/feed", busy)).await });
    // heard by who looks what is there, and by sources, of this program and of the next
    ada.post("~/sources/detect", json!({ "text": format!("{url}/feed") })).await.expect(422);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    let app = app.restarted();
    let ada = app.again(&ada);
    let told = ada.post("~/sources/detect", json!({ "text": format!("{url}/feed") })).await.expect(422).body;
    assert!(told["errors"][0]["message"].as_str().unwrap().contains("asked to be left alone"), "{told}");
    let app = app.restarted();
    let ada = app.again(&ada);
    let added = id(&add(&ada, "feed", &format!("{url}/feed"), Some(&format!("{url}/feed"))).await);
    app.drain().await;
    let waits = source(&ada, &added).await;
    assert_eq!((&waits["state"], &waits["health"]["failures"]), (&json!("new"), &json!(0)), "{waits}");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    // until its time is over; what is over is not kept
    sqlx::query(
        "INSERT INTO trends.resting_hosts (origin, until) VALUES ('https://old.example', '2026-01-01')",
    )
    .execute(app.store().pool())
    .await
    .unwrap();
    app.clock.advance(Duration::hours(14));
    look(&app).await;
    assert_eq!(source(&ada, &added).await["health"]["failures"], 1);
    let kept: Vec<String> = sqlx::query_scalar("SELECT origin FROM trends.resting_hosts")
        .fetch_all(app.store().pool())
        .await
        .unwrap();
    assert_eq!(kept, [url]);
    app.done().await;
}
