//! What is found behind an address, what a list of sources leaves out, and servers that ask to be left alone.

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
    assert_eq!((&imported["added"], &imported["untold"]), (&json!(500), &json!(1_305)));
    assert_eq!(imported["refused"].as_array().unwrap().len(), 200);
}

#[tokio::test]
async fn who_asks_to_be_left_alone_is_asked_no_sooner() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let busy = || async { (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "43200")]).into_response() };
    let router = Router::new().route("/feed", get(busy));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let added = id(&add(&ada, "feed", &format!("{url}/feed"), Some(&format!("{url}/feed"))).await);
    look(&app).await;
    let health = source(&ada, &added).await["health"].clone();
    assert!(health["words"].as_str().unwrap().contains("status 429"), "{health}");
    let at = |name: &str| health[name].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!((at("next_check_at") - at("last_checked_at")).num_hours(), 12);
    app.done().await;
}
