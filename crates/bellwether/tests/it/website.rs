//! A profile from the brand's website: a real server of pages, read by the real job.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use chrono::Duration;
use serde_json::{Value, json};

use crate::app::{Client, TestApp};

/// Pages by path; a text of digits is a status, one that begins with `→` leads on.
#[derive(Clone, Default)]
struct Site(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    pages: HashMap<String, String>,
    asked: Vec<String>,
}

impl Site {
    fn put(&self, path: &str, page: &str) {
        self.0.lock().unwrap().pages.insert(path.to_owned(), page.to_owned());
    }

    fn asked(&self) -> Vec<String> {
        self.0.lock().unwrap().asked.clone()
    }

    /// Starts it; gives its address.
    async fn start(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/", get(|State(site): State<Self>| async move { site.answer("/") }))
            .route(
                "/{*path}",
                get(|State(site): State<Self>, Path(path): Path<String>| async move {
                    site.answer(&format!("/{path}"))
                }),
            )
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }

    fn answer(&self, path: &str) -> Response {
        let mut inner = self.0.lock().unwrap();
        inner.asked.push(path.to_owned());
        let Some(page) = inner.pages.get(path) else { return StatusCode::NOT_FOUND.into_response() };
        if let Ok(status) = page.parse::<u16>() {
            return StatusCode::from_u16(status).unwrap().into_response();
        }
        if let Some(to) = page.strip_prefix('→') {
            return Redirect::temporary(to).into_response();
        }
        if path == "/robots.txt" { page.clone().into_response() } else { Html(page.clone()).into_response() }
    }
}

async fn app() -> TestApp {
    TestApp::with(|config| {
        config.fetch.allow_private = vec!["127.0.0.0/8".parse().unwrap()];
        config.fetch.pause_ms = 0;
    })
    .await
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><title>{title}</title></head><body><main><h1>{title}</h1>{body}</main></body></html>"
    )
}

/// A workshop in five pages.
fn workshop() -> Site {
    let site = Site::default();
    site.put("/robots.txt", "User-agent: *\nDisallow: /private\n");
    site.put(
        "/",
        r#"<!doctype html><html lang="en"><head><title>Oak &amp; Hand</title>
        <meta name="description" content="A furniture workshop in Leipzig that builds desks from one tree.">
        <script type="application/ld+json">{"@type":"FurnitureStore","name":"Oak & Hand","telephone":"+49 341 123456",
        "address":{"@type":"PostalAddress","addressLocality":"Leipzig","addressCountry":"DE"},
        "sameAs":["https://www.instagram.com/oakandhand"]}</script></head><body><main><h1>Desks from one tree</h1>
        <p>We are a family-run workshop that builds writing desks from local oak. Every desk is planed and oiled by hand,
        and it leaves the house after eight weeks.</p>
        <p><a href="/about">About</a> <a href="/pricing">Prices</a> <a href="/private/notes">Notes about us</a>
        <a href="/contact">Contact</a> <a class="btn" href="/order">Order a desk</a> <a href="/cart">Cart</a></p></main></body></html>"#,
    );
    site.put("/about", &page("About", "<p>Our desks are made for people who work at home and have little room. We have planed local oak since 1987.</p>"));
    site.put("/pricing", &page("Prices", "<h2>Standing desk</h2><p>One board, two legs, forty years. € 1.450,00 including delivery.</p><h2>Care</h2><p>Oil it once a year.</p>"));
    site.put("/contact", "500");
    site
}

async fn read(app: &TestApp, ada: &Client, url: &str) -> Value {
    // readings come one after another
    app.clock.advance(Duration::seconds(1));
    let asked = ada.post("~/website", json!({ "url": url })).await.expect(202).body;
    assert_eq!(asked["latest"]["status"], "pending");
    app.drain().await;
    ada.get("~/website").await.expect(200).body
}

fn values(website: &Value, field: &str) -> Vec<Value> {
    let findings = website["completed"]["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["field"] == field);
    found
        .map(|one| one["values"].as_array().unwrap().iter().map(|v| v["value"].clone()).collect())
        .unwrap_or_default()
}

#[tokio::test]
async fn a_website_drafts_the_profile_with_evidence() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    assert_eq!(ada.get("~/website").await.expect(200).body["latest"], Value::Null);
    let site = workshop();
    let url = site.start().await;
    let website = read(&app, &ada, &url).await;
    assert_eq!(website["latest"]["status"], "completed", "{website}");
    assert_eq!(website["latest"]["reader"], "builtin");
    assert_eq!(values(&website, "business.business_type"), ["furniture store"]);
    assert_eq!(
        values(&website, "business.description")[0],
        "A furniture workshop in Leipzig that builds desks from one tree."
    );
    assert_eq!(values(&website, "place.city"), ["Leipzig"]);
    assert_eq!(values(&website, "posts.networks"), ["instagram"]);
    assert_eq!(values(&website, "calls.primary_cta"), ["Order a desk"]);
    assert_eq!(values(&website, "offer")[0]["price"]["amount_minor"], 145_000);
    // every value has words of a page that was read
    let pages = website["completed"]["pages"].as_array().unwrap();
    for finding in website["completed"]["findings"].as_array().unwrap() {
        for value in finding["values"].as_array().unwrap() {
            assert!(
                !value["evidence"].as_str().unwrap().is_empty() && !value["how"].as_str().unwrap().is_empty()
            );
            assert!(
                pages.iter().any(|page| page["url"] == value["page"] && page["status"] == "read"),
                "{value}"
            );
        }
    }
    // what it must not or could not read is told, and the rest is kept
    let status = |path: &str| {
        let url = format!("{url}{path}");
        pages.iter().find(|page| page["url"] == url).map(|page| page["status"].as_str().unwrap().to_owned())
    };
    assert_eq!(status("/about").as_deref(), Some("read"));
    assert_eq!(status("/contact").as_deref(), Some("http_status"));
    assert_eq!(status("/private/notes").as_deref(), Some("robots"));
    let asked = site.asked();
    assert!(!asked.iter().any(|path| path.starts_with("/private") || path == "/cart"), "{asked:?}");
    assert_eq!(asked.iter().filter(|path| *path == "/").count(), 1, "{asked:?}");
    app.done().await;
}

#[tokio::test]
async fn what_is_accepted_is_in_the_profile_and_known_from_then_on() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let url = workshop().start().await;
    let website = read(&app, &ada, &url).await;
    let version = website["version"].as_i64().unwrap();
    let offer = values(&website, "offer").remove(0);
    let fields = json!({ "fields": [
        { "field": "business.description", "value": "Desks from one tree, changed by me." },
        { "field": "place.city", "value": "Leipzig" },
        { "field": "posts.networks", "value": values(&website, "posts.networks") },
        { "field": "audience", "value": values(&website, "audience")[0] },
        { "field": "offer", "value": offer },
    ] });
    let after = ada.post_if("~/website/accept", version, fields.clone()).await.expect(200).body;
    let profile = ada.get("~/profile").await.expect(200).body;
    assert_eq!(profile["business"]["description"], "Desks from one tree, changed by me.");
    assert_eq!(profile["posts"]["networks"], json!(["instagram"]));
    assert_eq!(ada.get("~").await.expect(200).body["city"], "Leipzig");
    assert_eq!(ada.get("~/offers").await.body["items"][0]["name"], "Standing desk");
    assert_eq!(
        ada.get("~/audiences").await.body["items"][0]["name"],
        "People who work at home and have little room"
    );
    let city = after["completed"]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["field"] == "place.city")
        .unwrap();
    assert_eq!((&city["current"], &city["values"][0]["known"]), (&json!("Leipzig"), &json!(true)));
    // a version that is over changes nothing
    ada.post_if("~/website/accept", version, fields).await.expect(412);
    // all or nothing
    let version = after["version"].as_i64().unwrap();
    let half = json!({ "fields": [
        { "field": "place.city", "value": "Halle" }, { "field": "offer", "value": { "name": "" } },
    ] });
    let refused = ada.post_if("~/website/accept", version, half).await.expect(422);
    assert_eq!(refused.fault().0, "fields/1/value/name");
    assert_eq!(ada.get("~").await.body["city"], "Leipzig");
    // who hears of a changed brand
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn reading_again_says_what_changed() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let site = workshop();
    let url = site.start().await;
    assert_eq!(read(&app, &ada, &url).await["completed"]["changes"], json!([]));
    site.put(
        "/about",
        &page(
            "About",
            "<p>Our desks are made for offices that want to last. We have planed local oak since 1987.</p>",
        ),
    );
    let again = read(&app, &ada, &url).await;
    let changes = again["completed"]["changes"].as_array().unwrap();
    let told = |what: &str| changes.iter().filter(|one| one["what"] == what).count();
    assert_eq!(told("page_changed"), 1, "{changes:?}");
    let audience = changes.iter().find(|one| one["subject"] == "audience").unwrap();
    assert_eq!(audience["what"], "said_differently");
    assert_eq!(audience["before"], "People who work at home and have little room");
    assert_eq!(again["readings"].as_array().unwrap().len(), 2);
    app.done().await;
}

#[tokio::test]
async fn a_site_that_can_not_be_read_says_why() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    for (robots, home, code, word) in [
        ("404", "→/round", "too_many_redirects", "redirects"),
        ("User-agent: *\nDisallow: /\n", "no matter", "robots", "robots.txt"),
        ("404", "403", "http_status", "403"),
        ("404", "<html><body><script>draw()</script></body></html>", "no_text", "script"),
        ("503", "no matter", "robots_unknown", "robots.txt"),
        ("404", "500", "http_status", "500"),
    ] {
        let site = Site::default();
        site.put("/robots.txt", robots);
        site.put("/", home);
        site.put("/round", "→/");
        let url = site.start().await;
        app.clock.advance(Duration::seconds(1));
        ada.post("~/website", json!({ "url": url })).await.expect(202);
        // what may pass is tried again, and the last try tells
        app.drain_all().await;
        let latest = ada.get("~/website").await.expect(200).body["latest"].clone();
        assert_eq!(
            (&latest["status"], &latest["failure_code"]),
            (&json!("failed"), &json!(code)),
            "{latest}"
        );
        assert!(latest["failure"].as_str().unwrap().contains(word), "{latest}");
    }
    for (bad, code) in [
        ("", "invalid_url"),
        ("ftp://example.org", "unsupported_scheme"),
        ("http://", "invalid_url"),
        ("not a website", "invalid_url"),
    ] {
        let refused = ada.post("~/website", json!({ "url": bad })).await.expect(422);
        assert_eq!(refused.fault(), ("url", code), "{bad}");
    }
    app.done().await;
}

#[tokio::test]
async fn private_addresses_are_not_read() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let url = workshop().start().await;
    let website = read(&app, &ada, &url).await;
    assert_eq!(website["latest"]["failure_code"], "private_address", "{website}");
    app.done().await;
}

#[tokio::test]
async fn one_reading_at_a_time_and_a_day_has_an_end() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let url = workshop().start().await;
    ada.post("~/website", json!({ "url": url })).await.expect(202);
    let twice = ada.post("~/website", json!({ "url": url })).await.expect(409);
    assert_eq!(twice.body["code"], "being_read");
    app.drain().await;
    let site = Site::default();
    site.put("/robots.txt", "User-agent: *\nDisallow: /\n");
    let closed = site.start().await;
    for _ in 1..30 {
        ada.post("~/website", json!({ "url": closed })).await.expect(202);
        app.drain().await;
    }
    let over = ada.post("~/website", json!({ "url": closed })).await.expect(429);
    assert_eq!(over.body["code"], "too_many_readings");
    // the newest ten are shown
    assert_eq!(ada.get("~/website").await.body["readings"].as_array().unwrap().len(), 10);
    app.done().await;
}
