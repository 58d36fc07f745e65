//! What is found behind an address, what a list of sources leaves out, and servers that ask to be left alone.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, http::StatusCode, response::IntoResponse as _, routing::get};
use serde_json::json;

use crate::sources::{Server, add, app, id, look, source};

#[tokio::test]
async fn a_page_is_found_under_its_own_name() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let server = Server::default();
    server.put(
        "/prices",
        "text/html",
        "<title>Our\n  prices</title><h1>Prices</h1><p>A desk costs 1,450 euros.</p>",
    );
    server.put("/bare", "text/html", "<h1></h1><p>A desk costs 1,450 euros.</p>");
    let url = server.start().await;
    let found =
        ada.post("~/sources/detect", json!({ "text": format!("{url}/prices") })).await.expect(200).body;
    let page = &found["candidates"][0];
    assert_eq!((&page["kind"], &page["name"]), (&json!("page"), &json!("Our prices")));
    // one without a title goes by its host
    let found = ada.post("~/sources/detect", json!({ "text": format!("{url}/bare") })).await.expect(200).body;
    assert_eq!(found["candidates"][0]["name"], "127.0.0.1");
    app.done().await;
}

#[tokio::test]
async fn a_list_that_is_too_long_says_how_many_were_left_out() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let outline = |at: usize| format!("<outline text='{at}' xmlUrl='https://a.example/{at}'/>");
    let many: String = (0..2_005).map(outline).collect();
    let file = format!("<opml version='2.0'><body>{many}</body></opml>");
    let imported = ada.post("~/sources/import", json!({ "opml": file })).await.expect(200).body;
    // for one reason that all the others share one is told
    assert_eq!((&imported["added"], &imported["untold"]), (&json!(500), &json!(1_504)));
    let refused = imported["refused"].as_array().unwrap();
    assert_eq!(refused.len(), 1);
    assert!(refused[0]["why"].as_str().unwrap().contains("at most 500 sources"), "{refused:?}");
}

#[tokio::test]
async fn who_asks_to_be_left_alone_is_asked_no_sooner() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let busy = move || {
        counter.fetch_add(1, Ordering::SeqCst);
        async { (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "43200")]).into_response() }
    };
    let router = Router::new().route("/feed", get(busy.clone())).route("/other", get(busy));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let added = id(&add(&ada, "feed", &format!("{url}/feed"), Some(&format!("{url}/feed"))).await);
    look(&app).await;
    let health = source(&ada, &added).await["health"].clone();
    assert!(health["words"].as_str().unwrap().contains("status 429"), "{health}");
    let at = |name: &str| health[name].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!((at("next_check_at") - at("last_checked_at")).num_hours(), 12);
    // neither by another source of its, nor by who looks what is there; and none of them is the worse for it
    let other = id(&add(&ada, "feed", &format!("{url}/other"), Some(&format!("{url}/other"))).await);
    look(&app).await;
    let other = source(&ada, &other).await;
    assert_eq!((&other["state"], &other["health"]["failures"]), (&json!("new"), &json!(0)), "{other}");
    let told = ada.post("~/sources/detect", json!({ "text": format!("{url}/other") })).await.expect(422).body;
    assert!(told["errors"][0]["message"].as_str().unwrap().contains("asked to be left alone"), "{told}");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    app.done().await;
}

#[tokio::test]
async fn what_leads_to_a_feed_that_is_there_is_told_and_not_read_twice() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let server = Server::default();
    let feed = "<rss version='2.0'><channel><title>Slow Work</title><item><title>One</title><guid>1</guid></item></channel></rss>";
    server.put("/feed", "application/rss+xml", feed);
    server.put(
        "/",
        "text/html",
        "<link rel=alternate type='application/rss+xml' href='/feed'><h1>Slow Work</h1>",
    );
    // a page that names its feed to people only
    server.put("/blog", "text/html", "<h1>Blog</h1><a href='/news/rss'>RSS feed</a>");
    server.put("/news/rss", "application/rss+xml", feed);
    let url = server.start().await;
    add(&ada, "feed", &format!("{url}/feed"), Some(&format!("{url}/feed"))).await;
    look(&app).await;
    let again = id(&add(&ada, "feed", &format!("{url}/"), None).await);
    look(&app).await;
    let again = source(&ada, &again).await;
    assert_eq!((&again["state"], &again["items"]), (&json!("troubled"), &json!(0)), "{again}");
    assert!(again["health"]["words"].as_str().unwrap().contains("feed of “Slow Work”"), "{again}");
    let found = ada.post("~/sources/detect", json!({ "text": format!("{url}/blog") })).await.expect(200).body;
    assert_eq!(found["candidates"][0]["feed_url"], format!("{url}/news/rss"), "{found}");
    app.done().await;
}
