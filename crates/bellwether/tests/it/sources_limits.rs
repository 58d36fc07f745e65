//! Where reading has an end: feeds larger than what is read, and hosts that ask to be left alone.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    http::{StatusCode, Uri},
    response::IntoResponse as _,
    routing::get,
};
use bellwether_jobs::Options;
use bellwether_trends::sources::CheckDue;
use chrono::Duration;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    app::TestApp,
    sources::{RSS, Server, add, app, blog, events, id, item, look, rss, source},
};

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

#[tokio::test]
async fn hosts_that_never_answer_hold_up_nobody_elses_sources() {
    let app = app().await;
    let (ada, eve) = (app.sign_up("Ada").await, app.sign_up("Eve").await);
    // a server of many hosts that takes requests and answers none until it is let
    let (let_go, gone) = watch::channel(false);
    let hanging = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&hanging);
    let silent = get(move || {
        counter.fetch_add(1, Ordering::SeqCst);
        let mut gone = gone.clone();
        async move {
            let _ = gone.wait_for(|gone| *gone).await;
            StatusCode::NOT_FOUND
        }
    });
    let listener = tokio::net::TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(silent)).await });
    let (tell, mut told) = mpsc::unbounded_channel();
    let good = get(move |uri: Uri| {
        let _ = tell.send(uri.path().to_owned());
        async { ([("content-type", RSS)], blog()) }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/asked", good.clone()).route("/due", good);
    tokio::spawn(async move { axum::serve(listener, router).await });

    // first those of the one, as many as there are places and more, then those of the other
    let list = |addresses: &[String]| {
        let all: Vec<String> = addresses.iter().map(|url| format!("<outline xmlUrl='{url}'/>")).collect();
        json!({ "opml": format!("<opml><body>{}</body></opml>", all.concat()) })
    };
    let slow: Vec<String> = (2..40).map(|n| format!("http://127.0.0.{n}:{port}/feed")).collect();
    for address in &slow[..19] {
        add(&eve, "feed", address, Some(address)).await;
    }
    eve.post("~/sources/import", list(&slow[19..])).await.expect(200);
    let asked = id(&add(&ada, "feed", &format!("{url}/asked"), Some(&format!("{url}/asked"))).await);
    ada.post("~/sources/import", list(&[format!("{url}/due")])).await.expect(200);
    let mut tx = app.store().service("a test").await.unwrap();
    bellwether_jobs::enqueue(&mut tx, &CheckDue {}, Options::default()).await.unwrap();
    tx.commit().await.unwrap();

    let (stop, stopped) = oneshot::channel::<()>();
    let worker = app.app.worker().build().unwrap();
    let worker = tokio::spawn(async move {
        let stopped = async move {
            let _ = stopped.await;
        };
        worker.run(stopped).await
    });
    let mut read = [told.recv().await.unwrap(), told.recv().await.unwrap()];
    read.sort();
    assert_eq!(read, ["/asked", "/due"]);
    // two that were asked for and two that were due, and the others wait for these alone
    assert!(hanging.load(Ordering::SeqCst) <= 4, "{hanging:?}");
    let_go.send(true).unwrap();
    stop.send(()).unwrap();
    worker.await.unwrap().unwrap();
    assert_eq!(source(&ada, &asked).await["state"], "healthy");
    assert_eq!(
        ada.get("~/sources?state=healthy").await.expect(200).body["items"].as_array().unwrap().len(),
        2
    );
}

#[tokio::test]
async fn what_else_a_host_has_is_left_alone_when_it_did_not_answer() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    // nobody is there
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let all: Vec<String> = (1..=5).map(|n| format!("<outline xmlUrl='{url}/{n}'/>")).collect();
    let list = json!({ "opml": format!("<opml><body>{}</body></opml>", all.concat()) });
    ada.post("~/sources/import", list).await.expect(200);
    let failures = async || {
        let all = ada.get("~/sources").await.expect(200).body;
        let all = all["items"].as_array().unwrap().clone();
        all.iter().map(|one| one["health"]["failures"].as_i64().unwrap()).sum::<i64>()
    };
    look(&app).await;
    assert_eq!(failures().await, 1, "one waits in vain for all");
    look(&app).await;
    assert_eq!(failures().await, 1);
    // who asks is answered
    let all = ada.get("~/sources").await.expect(200).body;
    let new = all["items"].as_array().unwrap().iter().find(|one| one["health"]["failures"] == 0).unwrap();
    ada.post(&format!("~/sources/{}/check", id(new)), json!({})).await.expect(202);
    app.drain().await;
    assert_eq!(source(&ada, &id(new)).await["health"]["failures"], 1);
    // and after a while the next one is asked
    app.clock.advance(Duration::minutes(13));
    look(&app).await;
    assert_eq!(failures().await, 3);
    app.done().await;
}

#[tokio::test]
async fn a_host_is_asked_by_one_after_the_other_whoever_asks() {
    let app = app().await;
    let (ada, eve) = (app.sign_up("Ada").await, app.sign_up("Eve").await);
    let (at_once, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (now, highest) = (Arc::clone(&at_once), Arc::clone(&most));
    let counting = get(move || {
        highest.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let now = Arc::clone(&now);
        async move {
            // time for others to come
            for _ in 0..500 {
                tokio::task::yield_now().await;
            }
            now.fetch_sub(1, Ordering::SeqCst);
            ([("content-type", RSS)], blog())
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(counting)).await });
    for n in 0..6 {
        for who in [&ada, &eve] {
            let address = format!("{url}/{n}");
            add(who, "feed", &address, Some(&address)).await;
        }
    }
    app.drain().await;
    assert_eq!((at_once.load(Ordering::SeqCst), most.load(Ordering::SeqCst)), (0, 1));
    for who in [&ada, &eve] {
        let read = who.get("~/sources?state=healthy").await.expect(200).body;
        assert_eq!(read["items"].as_array().unwrap().len(), 6);
    }
    app.done().await;
}

#[tokio::test]
async fn sources_are_added_one_by_one_in_a_measured_way() {
    let app = TestApp::with(|config| config.server.rate_limits = true).await;
    let ada = app.sign_up("Ada").await;
    // from her first request on she is known, and counted by name
    ada.get("~/sources").await.expect(200);
    for n in 0..30 {
        add(&ada, "feed", &format!("https://{n}.example/feed"), None).await;
    }
    let one_more = json!({ "kind": "feed", "url": "https://more.example/feed" });
    ada.post("~/sources", one_more.clone()).await.expect(429);
    ada.get("~/sources").await.expect(200);
    app.clock.advance(Duration::minutes(1));
    ada.post("~/sources", one_more).await.expect(201);
}

#[tokio::test]
async fn of_a_long_feed_the_newest_entries_are_kept_wherever_they_stand() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let server = Server::default();
    let began: chrono::DateTime<chrono::Utc> = "2026-11-15T00:00:00Z".parse().unwrap();
    // the oldest first, as some programs write them
    let entry = |n: i64| {
        let at = (began + Duration::seconds(n)).to_rfc2822();
        item(&format!("Note {n}"), &format!("https://notes.example/{n}"), &at, "Written down.")
    };
    let entries: Vec<String> = (1..=3_000).map(entry).collect();
    server.put("/notes", RSS, &rss("Notes", &entries));
    server.put("/short", RSS, &rss("Short", &entries[..150]));
    let url = server.start().await;
    let notes = id(&add(&ada, "feed", &format!("{url}/notes"), Some(&format!("{url}/notes"))).await);
    let short = id(&add(&ada, "feed", &format!("{url}/short"), Some(&format!("{url}/short"))).await);
    app.drain().await;
    let words = "The feed has 3,000 entries; the newest 200 are kept.";
    let read = source(&ada, &notes).await;
    assert_eq!((&read["items"], &read["health"]["words"]), (&json!(200), &json!(words)), "{read}");
    let newest = ada.get(&format!("~/items?source={notes}&limit=1")).await.expect(200).body;
    assert_eq!(newest["items"][0]["title"], "Note 3000");
    // what was said of the first look stays; a feed that grew by and by has lost nothing
    server.put("/notes", RSS, &rss("Notes", &(1..=3_001).map(entry).collect::<Vec<_>>()));
    server.put("/short", RSS, &rss("Short", &entries[..250]));
    app.clock.advance(Duration::days(1));
    look(&app).await;
    let read = source(&ada, &notes).await;
    assert_eq!((&read["items"], &read["health"]["words"]), (&json!(201), &json!(words)));
    let read = source(&ada, &short).await;
    assert_eq!((&read["items"], &read["health"]["words"]), (&json!(250), &Value::Null));
    app.done().await;
}

#[tokio::test]
async fn what_is_no_feed_is_called_what_it_is() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let server = Server::default();
    let list = "<opml version='2.0'><body><outline xmlUrl='https://a.example/feed'/></body></opml>";
    for (path, kind, body) in [
        ("/pdf", "application/pdf", "%PDF-1.7 …"),
        ("/empty", RSS, ""),
        ("/json", "application/json", "{\"version\": \"https://jsonfeed.org/version/1.1\", "),
        ("/list", "text/xml", list),
        ("/page", "text/html", "<!doctype html><html><body>Hello</body></html>"),
    ] {
        server.put(path, kind, body);
    }
    let url = server.start().await;
    for (path, words) in [
        ("/pdf", "isn't a feed"),
        ("/empty", "an empty answer"),
        ("/json", "isn't a feed"),
        ("/list", "a list of feeds (OPML)"),
        ("/page", "names no feed. Add it as a page"),
    ] {
        let added = id(&add(&ada, "feed", &format!("{url}{path}"), None).await);
        app.drain().await;
        let read = source(&ada, &added).await;
        assert_eq!(read["state"], "troubled", "{read}");
        assert!(read["health"]["words"].as_str().unwrap().contains(words), "{path}: {read}");
    }
    let told = ada.post("~/sources/detect", json!({ "text": format!("{url}/list") })).await.expect(422).body;
    assert!(told["errors"][0]["message"].as_str().unwrap().contains("import it"), "{told}");
    app.done().await;
}

#[tokio::test]
async fn what_xml_entities_would_do_is_said() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let server = Server::default();
    let laughs = "<!DOCTYPE rss [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;\"><!ENTITY c \"&b;&b;\">]>";
    let door = "<!DOCTYPE rss [<!ENTITY d SYSTEM \"file:///etc/passwd\">]>";
    let feed = |head: &str, title: &str| {
        let item = item(title, "https://blog.example/1", "Sun, 15 Nov 2026 09:00:00 GMT", "Text.");
        format!("{head}<rss version=\"2.0\"><channel><title>A feed</title>{item}</channel></rss>")
    };
    server.put("/laughs", RSS, &feed(laughs, "Ha &c;ha"));
    server.put("/door", RSS, &feed(door, "Secret &d;told"));
    let url = server.start().await;
    for (path, title, words) in [
        ("/laughs", "Ha ha", "its entities contain each other and are not opened"),
        ("/door", "Secret told", "it refers to a file outside, which is not read"),
    ] {
        let added = id(&add(&ada, "feed", &format!("{url}{path}"), Some(&format!("{url}{path}"))).await);
        app.drain().await;
        let read = source(&ada, &added).await;
        assert!(read["health"]["words"].as_str().unwrap().contains(words), "{read}");
        let items = ada.get(&format!("~/items?source={added}")).await.expect(200).body;
        assert_eq!(items["items"][0]["title"], title);
        ada.delete(&format!("~/sources/{added}")).await.expect(204);
    }
    app.done().await;
}

#[tokio::test]
async fn names_are_seen() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let url = "https://a.example/feed";
    for nothing in ["\u{202e}", "\u{200b}\u{2060}", "\u{3164}"] {
        let refused = ada.post("~/sources", json!({ "kind": "feed", "url": url, "name": nothing })).await;
        assert_eq!(refused.expect(422).fault(), ("name", "blank"));
        let feed = json!({ "name": nothing, "topics": [{ "topic": "Honest prices" }] });
        assert_eq!(ada.post("~/smart-feeds", feed).await.expect(422).fault(), ("name", "blank"));
    }
    let opml = "<opml><body><outline text='&#x202e;' xmlUrl='https://b.example/feed'/>\
                <outline text='&#x202e;evil &#x1F469;&#x200D;&#x1F527;' xmlUrl='https://c.example/feed'/></body></opml>";
    ada.post("~/sources/import", json!({ "opml": opml })).await.expect(200);
    let all = ada.get("~/sources").await.expect(200).body;
    let names: Vec<_> = all["items"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["b.example", "evil 👩\u{200d}🔧"]);
}

#[tokio::test]
async fn a_broken_opml_file_says_so() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let import = async |opml: &str| ada.post("~/sources/import", json!({ "opml": opml })).await;
    let whole = "<opml><body><outline text='A' xmlUrl='https://a.example/feed'/>";
    let cut = import(&format!("{whole}<outline text='B' xmlU")).await.expect(200).body;
    assert_eq!(cut["added"], 1);
    assert_eq!(cut["note"], "The file breaks off; what stands before was read.");
    let empty = import("<opml><body></body></opml>").await.expect(200).body;
    assert_eq!((&empty["added"], &empty["note"]), (&json!(0), &json!("No source stands in this file.")));
    let folders = format!("<opml><body>{}", "<outline>".repeat(100_000));
    let deep = import(&folders).await.expect(200).body;
    assert!(deep["note"].as_str().unwrap().starts_with("The file breaks off"), "{deep}");
    assert_eq!(import("<opml version='2.0'><head/></opml>").await.expect(422).fault().1, "not_opml");
    // and what is whole says nothing
    assert_eq!(import(&format!("{whole}</body></opml>")).await.expect(200).body["note"], Value::Null);
    // an address is refused in plain words
    let odd =
        import("<opml><body><outline text='R' xmlUrl='/feed.xml'/></body></opml>").await.expect(200).body;
    let why = odd["refused"][0]["why"].as_str().unwrap();
    assert!(why.contains("doesn't say on which host it is"), "{why}");
}
