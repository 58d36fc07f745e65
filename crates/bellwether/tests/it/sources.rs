//! What a brand listens to: real feeds from a real server, looked at by the real jobs.

use std::{
    collections::HashMap,
    io::Write as _,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use bellwether_jobs::{Job as _, Options};
use bellwether_trends::sources::CheckDue;
use chrono::Duration;
use serde_json::{Value, json};

use crate::app::{Client, TestApp};

/// Answers by path: content type and body. A type of digits is a status, `→` leads on, `gzip` is packed.
#[derive(Clone, Default)]
pub struct Server(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    answers: HashMap<String, (String, String)>,
    /// Path, and whether it was asked whether anything had changed.
    asked: Vec<(String, bool)>,
}

impl Server {
    pub fn put(&self, path: &str, kind: &str, body: &str) {
        self.0.lock().unwrap().answers.insert(path.to_owned(), (kind.to_owned(), body.to_owned()));
    }

    pub fn asked(&self, path: &str) -> Vec<bool> {
        self.0
            .lock()
            .unwrap()
            .asked
            .iter()
            .filter(|(asked, _)| asked == path)
            .map(|(_, known)| *known)
            .collect()
    }

    pub async fn start(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/", get(|State(server): State<Self>, headers: HeaderMap| async move { server.answer("/", &headers) }))
            .route(
                "/{*path}",
                get(|State(server): State<Self>, Path(path): Path<String>, headers: HeaderMap| async move {
                    server.answer(&format!("/{path}"), &headers)
                }),
            )
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }

    fn answer(&self, path: &str, headers: &HeaderMap) -> Response {
        let mut inner = self.0.lock().unwrap();
        let known = headers.get(header::IF_NONE_MATCH).and_then(|tag| tag.to_str().ok());
        inner.asked.push((path.to_owned(), known.is_some()));
        let Some((kind, body)) = inner.answers.get(path) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        if let Ok(status) = kind.parse::<u16>() {
            return (StatusCode::from_u16(status).unwrap(), body.clone()).into_response();
        }
        if kind == "→" {
            return Redirect::temporary(body).into_response();
        }
        if kind == "gzip" {
            // a bomb: its letters are many times the limit
            let mut packed = flate(body.repeat(1_000_000).as_bytes());
            packed.shrink_to_fit();
            let headers = [(header::CONTENT_TYPE, "application/rss+xml"), (header::CONTENT_ENCODING, "gzip")];
            return (headers, packed).into_response();
        }
        let tag = format!("\"{}\"", body.len());
        if known == Some(&tag) {
            return StatusCode::NOT_MODIFIED.into_response();
        }
        ([(header::CONTENT_TYPE, kind.clone()), (header::ETAG, tag)], body.clone()).into_response()
    }
}

fn flate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub async fn app() -> TestApp {
    TestApp::with(|config| {
        config.fetch.allow_private = vec!["127.0.0.0/8".parse().unwrap()];
        config.fetch.pause_ms = 0;
    })
    .await
}

pub const RSS: &str = "application/rss+xml";

pub fn item(title: &str, link: &str, date: &str, text: &str) -> String {
    format!(
        "<item><title>{title}</title><link>{link}</link><guid>{link}</guid><pubDate>{date}</pubDate>\
         <description>{text}</description></item>"
    )
}

pub fn rss(title: &str, items: &[String]) -> String {
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>{title}</title><link>https://blog.example/</link>{}</channel></rss>",
        items.concat()
    )
}

pub const PRICES: &str = "What does an hour in a workshop cost? We asked forty workshops in Leipzig, and an hour costs them \
                      seventy-one euros on average. Most of them charge less than that, and wonder why nothing is left.";

pub fn blog() -> String {
    rss(
        "Slow work",
        &[
            item(
                "Honest prices for small workshops",
                "https://blog.example/prices?utm_source=rss",
                "Sun, 15 Nov 2026 09:00:00 GMT",
                PRICES,
            ),
            item(
                "Light in the workshop",
                "https://blog.example/light",
                "Thu, 12 Nov 2026 09:00:00 GMT",
                "North windows give the calmest light, and the cheapest.",
            ),
        ],
    )
}

pub async fn add(client: &Client, kind: &str, url: &str, feed: Option<&str>) -> Value {
    client.post("~/sources", json!({ "kind": kind, "url": url, "feed_url": feed })).await.expect(201).body
}

pub async fn source(client: &Client, id: &str) -> Value {
    client.get(&format!("~/sources/{id}")).await.expect(200).body
}

pub fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

/// The look of every minute.
pub async fn look(app: &TestApp) {
    let mut tx = app.store().service("a test").await.unwrap();
    bellwether_jobs::enqueue(&mut tx, &CheckDue {}, Options::default()).await.unwrap();
    tx.commit().await.unwrap();
    let report = app.drain().await;
    assert!(report.done.contains(&CheckDue::NAME), "{report:?}");
    assert!(report.failed.is_empty() && report.again.is_empty(), "{report:?}");
}

pub async fn events(app: &TestApp, kind: &str) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM operations.events WHERE kind = $1")
        .bind(kind)
        .fetch_one(app.store().pool())
        .await
        .unwrap()
}

pub fn titles(answer: &Value) -> Vec<&str> {
    answer["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn sources_are_found_behind_a_page_and_read_at_once() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let server = Server::default();
    server.put("/blog", "text/html", "<html><head><title>Blog</title><link rel='alternate' type='application/rss+xml' href='/feed'></head><body><p>Welcome to the blog.</p></body></html>");
    server.put("/feed", RSS, &blog());
    let url = server.start().await;
    let found = ada.post("~/sources/detect", json!({ "text": format!("{url}/blog") })).await.expect(200).body;
    let candidates = found["candidates"].as_array().unwrap();
    let kinds: Vec<_> = candidates.iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["feed", "page"]);
    assert_eq!((&candidates[0]["name"], &candidates[0]["known"]), (&json!("Slow work"), &Value::Null));
    assert_eq!(candidates[0]["recent"][0]["title"], "Honest prices for small workshops");
    assert_eq!(candidates[0]["feed_url"], format!("{url}/feed"));

    let made = add(&ada, "feed", &format!("{url}/blog"), Some(&format!("{url}/feed"))).await;
    assert_eq!(
        (&made["state"], &made["priority"], &made["frequency"]),
        (&json!("new"), &json!(5), &json!("auto"))
    );
    app.drain().await;
    let healthy = source(&ada, &id(&made)).await;
    assert_eq!(
        (&healthy["state"], &healthy["items"], &healthy["name"]),
        (&json!("healthy"), &json!(2), &json!("Slow work")),
        "{healthy}"
    );
    assert_eq!(healthy["per_week"], json!(0.5));
    assert_eq!(healthy["last_item_at"], "2026-11-15T09:00:00Z");
    assert!(healthy["health"]["next_check_at"].as_str().unwrap() > "2026-11-16T09:30");
    let items = ada.get("~/items").await.expect(200).body;
    assert_eq!(titles(&items), ["Honest prices for small workshops", "Light in the workshop"]);
    let first = &items["items"][0];
    assert_eq!(first["url"], "https://blog.example/prices");
    assert_eq!(
        (&first["language"], &first["source"]["name"], &first["also"]),
        (&json!("en"), &json!("Slow work"), &json!(0))
    );
    assert!(
        first["keyphrases"].as_array().unwrap().iter().any(|one| one
            .as_str()
            .unwrap()
            .to_lowercase()
            .contains("workshop")),
        "{first}"
    );
    let whole = ada.get(&format!("~/items/{}", id(first))).await.expect(200).body;
    assert!(whole["text"].as_str().unwrap().contains("seventy-one euros") && whole["also"] == json!([]));

    // the same again is known, however it is spelled
    let again = ada
        .post(
            "~/sources",
            json!({ "kind": "feed", "url": format!("{url}/blog"), "feed_url": format!("{url}/feed/") }),
        )
        .await
        .expect(409);
    assert_eq!(again.body["code"], "already_known");
    assert!(again.body["detail"].as_str().unwrap().contains(&id(&made)));
    let known = ada.post("~/sources/detect", json!({ "text": format!("{url}/feed") })).await.expect(200).body;
    assert_eq!(known["candidates"][0]["known"], made["id"]);
    assert_eq!((events(&app, "source.created").await, events(&app, "items.added").await), (1, 1));
    app.done().await;
}

#[tokio::test]
async fn a_feed_is_asked_whether_it_changed_and_only_news_are_added() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let server = Server::default();
    server.put("/feed", RSS, &blog());
    let url = server.start().await;
    // no feed is named: the first look finds that the address is one
    let made = add(&ada, "feed", &format!("{url}/feed"), None).await;
    app.drain().await;
    assert_eq!(source(&ada, &id(&made)).await["feed_url"], format!("{url}/feed"));
    app.clock.advance(Duration::days(1));
    look(&app).await;
    assert_eq!(server.asked("/feed"), [false, true]);
    let after = source(&ada, &id(&made)).await;
    assert_eq!((&after["state"], &after["items"]), (&json!("healthy"), &json!(2)));
    server.put(
        "/feed",
        RSS,
        &rss(
            "Slow work",
            &[
                item(
                    "A third",
                    "https://blog.example/3",
                    "Mon, 16 Nov 2026 20:00:00 GMT",
                    "Something new about oak.",
                ),
                item(
                    "Honest prices for small workshops",
                    "https://blog.example/prices",
                    "Sun, 15 Nov 2026 09:00:00 GMT",
                    PRICES,
                ),
            ],
        ),
    );
    app.clock.advance(Duration::days(1));
    look(&app).await;
    assert_eq!(source(&ada, &id(&made)).await["items"], 3);
    assert_eq!(events(&app, "items.added").await, 2);
    // what is not due is not asked
    look(&app).await;
    assert_eq!(server.asked("/feed").len(), 3);
    // nor is a brand's that is paused, and asking by hand is limited
    let version = after["version"].as_i64().unwrap();
    let refused = ada.post(&format!("~/sources/{}/check", id(&made)), json!({})).await.expect(429);
    assert_eq!(refused.body["code"], "looked_at_just_now");
    let paused = ada
        .patch(
            &format!("~/sources/{}", id(&made)),
            version,
            json!({ "active": false, "name": "Mine", "priority": 9 }),
        )
        .await
        .expect(200)
        .body;
    assert_eq!((&paused["state"], &paused["health"]["next_check_at"]), (&json!("paused"), &Value::Null));
    ada.patch(&format!("~/sources/{}", id(&made)), version, json!({ "active": true })).await.expect(412);
    app.clock.advance(Duration::days(9));
    look(&app).await;
    assert_eq!(server.asked("/feed").len(), 3);
    ada.post(&format!("~/sources/{}/check", id(&made)), json!({})).await.expect(409);
    ada.patch(
        &format!("~/sources/{}", id(&made)),
        version + 1,
        json!({ "active": true, "frequency": "hourly" }),
    )
    .await
    .expect(200);
    look(&app).await;
    let woken = source(&ada, &id(&made)).await;
    // a name that somebody gave stays
    assert_eq!((&woken["name"], &woken["health"]["every_minutes"]), (&json!("Mine"), &json!(60)));
    app.clock.advance(Duration::minutes(2));
    ada.post(&format!("~/sources/{}/check", id(&made)), json!({})).await.expect(202);
    app.drain().await;
    // when it was added, and by hand
    assert_eq!(events(&app, "source.checked").await, 2);
    app.done().await;
}

#[tokio::test]
async fn what_can_not_be_read_says_why_and_others_go_on() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let server = Server::default();
    server.put("/robots.txt", "text/plain", "User-agent: *\nDisallow: /closed\n");
    server.put("/good", RSS, &blog());
    server.put("/page", "text/html", "<!doctype html><html><body>404, but politely</body></html>");
    server.put("/inward", "→", "http://10.0.0.1/feed");
    server.put("/round", "→", "/round");
    server.put("/bomb", "gzip", "<item></item>");
    server.put("/gone", "404", "");
    server.put("/closed", RSS, &blog());
    server.put("/picture", "image/png", "\u{1}\u{2}");
    server.put("/empty", RSS, "");
    let url = server.start().await;
    let mut made = HashMap::new();
    for (path, code, word) in [
        ("/page", "not_a_feed", "web page"),
        ("/inward", "private_address", "public address"),
        ("/round", "too_many_redirects", "redirects"),
        ("/bomb", "too_large", "larger"),
        ("/gone", "http_status", "404"),
        ("/closed", "robots", "robots.txt"),
        ("/picture", "not_a_feed", "isn't a feed"),
        ("/empty", "not_a_feed", "empty"),
    ] {
        let one = add(&ada, "feed", &format!("{url}{path}"), Some(&format!("{url}{path}"))).await;
        made.insert(path, (id(&one), code, word));
    }
    let good = add(&ada, "feed", &format!("{url}/good"), Some(&format!("{url}/good"))).await;
    app.drain().await;
    for (path, (id, code, word)) in &made {
        let found = source(&ada, id).await;
        assert_eq!(found["state"], "troubled", "{path}: {found}");
        assert!(found["health"]["words"].as_str().unwrap().contains(word), "{path}: {found}");
        assert_eq!(found["health"]["failures"], 1);
        let kept: String = sqlx::query_scalar("SELECT failure_code FROM trends.sources WHERE url = $1")
            .bind(format!("{url}{path}"))
            .fetch_one(app.store().pool())
            .await
            .unwrap();
        assert_eq!(kept, *code, "{path}");
    }
    assert_eq!(source(&ada, &id(&good)).await["state"], "healthy");
    assert_eq!(events(&app, "source.troubled").await, 8);
    let troubled = ada.get("~/sources?state=troubled&limit=3").await.expect(200).body;
    assert_eq!(troubled["items"].as_array().unwrap().len(), 3);
    assert!(troubled["next_cursor"].is_string());
    // again, later each time, and told once
    let (bad, ..) = &made["/gone"];
    let next = |found: &Value| found["health"]["next_check_at"].as_str().unwrap().to_owned();
    let first = next(&source(&ada, bad).await);
    app.clock.advance(Duration::days(1));
    look(&app).await;
    assert!(next(&source(&ada, bad).await) > first);
    assert_eq!(source(&ada, bad).await["health"]["failures"], 2);
    assert_eq!(events(&app, "source.troubled").await, 8);
    // and what comes back is well
    server.put("/gone", RSS, &blog());
    app.clock.advance(Duration::days(1));
    look(&app).await;
    let back = source(&ada, bad).await;
    assert_eq!(
        (&back["state"], &back["health"]["words"], &back["health"]["failures"]),
        (&json!("healthy"), &Value::Null, &json!(0))
    );
    assert_eq!(events(&app, "source.recovered").await, 1);
    app.done().await;
}

#[tokio::test]
async fn one_failure_that_may_pass_is_no_trouble() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let server = Server::default();
    server.put("/feed", "503", "busy");
    let url = server.start().await;
    let made = add(&ada, "feed", &url, Some(&format!("{url}/feed"))).await;
    app.drain().await;
    for (failures, state) in [(1, "new"), (2, "new"), (3, "troubled"), (4, "troubled")] {
        let found = source(&ada, &id(&made)).await;
        assert_eq!((&found["health"]["failures"], &found["state"]), (&json!(failures), &json!(state)));
        assert!(found["health"]["words"].as_str().unwrap().contains("503"));
        app.clock.advance(Duration::days(2));
        look(&app).await;
    }
    assert_eq!(events(&app, "source.troubled").await, 1);
    app.done().await;
}

#[tokio::test]
async fn a_page_says_what_changed_on_it() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let server = Server::default();
    let page = |body: &str| {
        format!(
            "<html><head><title>Prices</title></head><body><main><h1>Prices</h1>{body}</main></body></html>"
        )
    };
    server.put(
        "/prices",
        "text/html",
        &page("<p>A desk from one tree costs 1,450 euros.</p><p>Seen 12 times.</p>"),
    );
    let url = server.start().await;
    let made = add(&ada, "page", &format!("{url}/prices"), None).await;
    app.drain().await;
    assert_eq!(
        (&source(&ada, &id(&made)).await["items"], &source(&ada, &id(&made)).await["state"]),
        (&json!(0), &json!("healthy"))
    );
    // a counter is no news
    server.put(
        "/prices",
        "text/html",
        &page("<p>A desk from one tree costs 1,450 euros.</p><p>Seen 133 times.</p>"),
    );
    app.clock.advance(Duration::days(1));
    look(&app).await;
    assert_eq!(source(&ada, &id(&made)).await["items"], 0);
    for text in [
        "A desk from one tree now comes with delivery.",
        "Desks are sold out until spring, and chairs are not.",
    ] {
        server.put("/prices", "text/html", &page(&format!("<p>{text}</p><p>Seen 134 times.</p>")));
        app.clock.advance(Duration::days(1));
        look(&app).await;
    }
    let items = ada.get("~/items").await.expect(200).body;
    assert_eq!(
        titles(&items),
        [
            "Prices now says: Desks are sold out until spring, and chairs are not.",
            "Prices now says: A desk from one tree now comes with delivery.",
        ]
    );
    let whole = ada.get(&format!("~/items/{}", id(&items["items"][1]))).await.expect(200).body;
    assert!(
        whole["text"]
            .as_str()
            .unwrap()
            .contains("No longer there:\n\nA desk from one tree costs 1,450 euros."),
        "{whole}"
    );
    app.done().await;
}

#[tokio::test]
async fn networks_that_give_nothing_say_so() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let found = ada.post("~/sources/detect", json!({ "text": "@carpenter" })).await.expect(200).body;
    let kinds: Vec<_> =
        found["candidates"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["youtube", "x", "instagram"]);
    for (kind, url) in [
        ("linkedin", "https://www.linkedin.com/in/somebody"),
        ("linkedin", "https://www.linkedin.com/company/somebody/"),
    ] {
        let made = add(&ada, kind, url, None).await;
        assert_eq!((&made["state"], &made["health"]["next_check_at"]), (&json!("unsupported"), &Value::Null));
        assert!(made["health"]["words"].as_str().unwrap().contains("nothing is read"), "{made}");
        let refused = ada.post(&format!("~/sources/{}/check", id(&made)), json!({})).await.expect(409);
        assert_eq!(refused.body["code"], "unsupported");
        // waking it up makes nothing readable
        let path = format!("~/sources/{}", id(&made));
        ada.patch(&path, 1, json!({ "active": false })).await.expect(200);
        let woken = ada.patch(&path, 2, json!({ "active": true })).await.expect(200).body;
        assert_eq!(
            (&woken["state"], &woken["health"]["next_check_at"]),
            (&json!("unsupported"), &Value::Null)
        );
    }
    app.clock.advance(Duration::days(3));
    look(&app).await;
    assert_eq!(events(&app, "source.troubled").await, 0);
    for (text, code) in
        [("", "blank"), ("two words", "invalid_url"), ("ftp://a.example", "unsupported_scheme")]
    {
        let refused = ada.post("~/sources/detect", json!({ "text": text })).await.expect(422);
        assert_eq!(refused.fault(), ("text", code), "{text}");
    }
    for (body, at) in [
        (json!({ "kind": "reddit", "url": "https://example.org/" }), ("url", "wrong_kind")),
        (json!({ "kind": "feed", "url": "nonsense" }), ("url", "invalid_url")),
        (
            json!({ "kind": "feed", "url": "https://a.example/", "priority": 11 }),
            ("priority", "out_of_range"),
        ),
        (json!({ "kind": "feed", "url": "https://a.example/", "name": " " }), ("name", "blank")),
        (json!({ "kind": "feed", "url": "https://me:secret@a.example/" }), ("url", "invalid_url")),
    ] {
        assert_eq!(ada.post("~/sources", body.clone()).await.expect(422).fault(), at, "{body}");
    }
    app.done().await;
}

#[tokio::test]
async fn private_addresses_are_not_listened_to() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let server = Server::default();
    server.put("/feed", RSS, &blog());
    let url = server.start().await;
    let refused = ada.post("~/sources/detect", json!({ "text": format!("{url}/feed") })).await.expect(422);
    assert_eq!(refused.fault(), ("text", "private_address"));
    let made = add(&ada, "feed", &url, Some(&format!("{url}/feed"))).await;
    app.drain().await;
    assert!(source(&ada, &id(&made)).await["health"]["words"].as_str().unwrap().contains("public address"));
    assert!(server.asked("/feed").is_empty());
    app.done().await;
}

#[tokio::test]
async fn a_file_of_sources_goes_out_and_comes_in_again() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let bob = app.sign_up("Bob").await;
    for (kind, url, name, priority) in [
        ("feed", "https://a.example/feed?a=1&b=2", "A <& \"B\"", 7),
        ("reddit", "https://www.reddit.com/r/woodworking/", "Wood", 5),
        ("hacker_news", "https://news.ycombinator.com/", "HN", 5),
        ("page", "https://c.example/prices", "Prices", 2),
        ("x", "https://x.com/somebody", "Somebody", 5),
    ] {
        let feed = (kind == "feed").then_some(url);
        let body = json!({ "kind": kind, "url": url, "feed_url": feed, "name": name, "priority": priority, "frequency": "daily" });
        ada.post("~/sources", body).await.expect(201);
    }
    let (status, headers, file) = app.fetch_as(&ada, &format!("/api/v1{}/sources/export", ada.base)).await;
    assert_eq!(
        (status.as_u16(), headers["content-type"].to_str().unwrap()),
        (200, "text/x-opml; charset=utf-8")
    );
    let file = String::from_utf8(file).unwrap();
    let imported = bob.post("~/sources/import", json!({ "opml": file })).await.expect(200).body;
    assert_eq!(imported, json!({ "added": 5, "known": 0, "refused": [] }));
    let told = |answer: Value| -> Vec<Value> {
        let keys = ["kind", "url", "feed_url", "identifier", "name", "priority", "frequency", "state"];
        answer["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| keys.iter().map(|key| one[*key].clone()).collect())
            .collect()
    };
    let mut theirs = told(bob.get("~/sources").await.expect(200).body);
    let mut ours = told(ada.get("~/sources").await.expect(200).body);
    theirs.sort_by_key(Value::to_string);
    ours.sort_by_key(Value::to_string);
    assert_eq!(theirs, ours);
    assert_eq!(bob.post("~/sources/import", json!({ "opml": file })).await.expect(200).body["known"], 5);
    let odd = "<opml><body><outline text='X'><outline text='Bad' xmlUrl='ftp://x'/><outline text='New' xmlUrl='https://n.example/rss'/></outline></body></opml>";
    let imported = bob.post("~/sources/import", json!({ "opml": odd })).await.expect(200).body;
    assert_eq!((&imported["added"], &imported["refused"][0]["title"]), (&json!(1), &json!("Bad")));
    assert_eq!(
        bob.post("~/sources/import", json!({ "opml": "<rss/>" })).await.expect(422).fault(),
        ("opml", "not_opml")
    );
    assert_eq!(events(&app, "source.created").await, 11);
    let found = bob.get("~/sources?q=woodworking&kind=reddit").await.expect(200).body;
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    // a hundred per cent is no pattern
    assert_eq!(bob.get("~/sources?q=%25").await.expect(200).body["items"], json!([]));
    // the looks that adding began have nothing to do with files
    sqlx::query("UPDATE trends.sources SET active = false").execute(app.store().pool()).await.unwrap();
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn nobody_hears_what_another_brand_listens_to() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let bob = app.sign_up("Bob").await;
    let server = Server::default();
    server.put("/feed", RSS, &blog());
    let url = server.start().await;
    let made = add(&ada, "feed", &url, Some(&format!("{url}/feed"))).await;
    app.drain().await;
    let item = id(&ada.get("~/items").await.expect(200).body["items"][0]);
    assert_eq!(bob.get("~/items?q=workshop").await.expect(200).body["items"], json!([]));
    assert_eq!(bob.get("~/sources").await.expect(200).body["items"], json!([]));
    bob.get(&format!("~/items/{item}")).await.expect(404);
    for path in [
        format!("~/sources/{}", id(&made)),
        format!("~/smart-feeds/{}", id(&made).replace("source_", "feed_")),
    ] {
        bob.get(&path).await.expect(404);
        bob.patch(&path, 1, json!({ "name": "Mine" })).await.expect(404);
        bob.delete(&path).await.expect(404);
    }
    bob.post(&format!("~/sources/{}/check", id(&made)), json!({})).await.expect(404);
    // and the same source is another's as well, with items of its own
    add(&bob, "feed", &url, Some(&format!("{url}/feed"))).await;
    app.drain().await;
    assert_eq!(bob.get("~/items").await.expect(200).body["items"].as_array().unwrap().len(), 2);
    // a deleted brand is not looked at any more
    let asked = server.asked("/feed").len();
    ada.delete("~").await;
    sqlx::query("UPDATE brand.brands SET deleted_at = now()").execute(app.store().pool()).await.unwrap();
    app.clock.advance(Duration::days(3));
    look(&app).await;
    assert_eq!(server.asked("/feed").len(), asked);
    app.done().await;
}
