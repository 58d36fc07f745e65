//! What somebody has read of a brand's items, and what they saved for later.

use bellwether_jobs::{Job as _, Options};
use bellwether_trends::sources::Retain;
use chrono::Duration;
use serde_json::{Value, json};

use crate::{
    app::{Answer, Client, TestApp},
    members::join,
    sources::{PRICES, RSS, Server, add, app, blog, id, item, rss, titles},
};

const PRICES_TITLE: &str = "Honest prices for small workshops";
const LIGHT: &str = "Light in the workshop";

async fn mark(client: &Client, item: &Value, change: Value) -> Answer {
    client.post(&format!("~/items/{}/marks", item["id"].as_str().unwrap()), change).await
}

async fn marked(client: &Client, query: &str) -> Vec<String> {
    let found = client.get(&format!("~/items?{query}")).await.expect(200).body;
    titles(&found).into_iter().map(str::to_owned).collect()
}

async fn counts(client: &Client) -> (i64, i64) {
    let counts = client.get("~/items/counts").await.expect(200).body;
    (counts["unread"].as_i64().unwrap(), counts["saved"].as_i64().unwrap())
}

/// A brand that hears the blog: its two items, the newest first.
async fn listening(app: &TestApp, server: &Server) -> (Client, String, Vec<Value>) {
    let ada = app.sign_up("Ada").await;
    server.put("/a", RSS, &blog());
    let url = server.start().await;
    add(&ada, "feed", &url, Some(&format!("{url}/a"))).await;
    app.drain().await;
    let items = ada.get("~/items").await.expect(200).body["items"].as_array().unwrap().clone();
    assert_eq!(items.len(), 2);
    (ada, url, items)
}

#[tokio::test]
async fn what_is_read_is_each_persons_own() {
    let app = app().await;
    let (ada, _, items) = listening(&app, &Server::default()).await;
    let mut bob = join(&app, &ada, "Bob", "manager").await;
    bob.base.clone_from(&ada.base);
    assert!(items.iter().all(|item| item["read"] == false && item["saved_at"].is_null()));
    assert_eq!(counts(&ada).await, (2, 0));

    let read = mark(&ada, &items[0], json!({ "read": true })).await.expect(200).body;
    assert_eq!((&read["read"], &read["title"]), (&json!(true), &json!(PRICES_TITLE)));
    // said twice it is the same
    mark(&ada, &items[0], json!({ "read": true })).await.expect(200);
    assert_eq!(marked(&ada, "mark=unread").await, [LIGHT]);
    assert_eq!(marked(&ada, "").await, [PRICES_TITLE, LIGHT]);
    assert_eq!(marked(&ada, "mark=unread&q=workshop").await, [LIGHT]);
    let one = ada.get(&format!("~/items/{}", items[0]["id"].as_str().unwrap())).await.expect(200).body;
    assert_eq!(one["read"], true);
    assert_eq!((counts(&ada).await, counts(&bob).await), ((1, 0), (2, 0)));
    assert_eq!(marked(&bob, "mark=unread").await, [PRICES_TITLE, LIGHT]);

    mark(&ada, &items[0], json!({ "read": false })).await.expect(200);
    assert_eq!(counts(&ada).await, (2, 0));
    // what is dated long ago is read by nobody's doing
    app.clock.advance(Duration::days(27));
    app.sign_in_again(&mut bob, "Bob").await;
    assert_eq!(marked(&bob, "mark=unread").await, [PRICES_TITLE]);
    let old = mark(&bob, &items[1], json!({ "read": false })).await.expect(200).body;
    assert_eq!(old["read"], true);
}

#[tokio::test]
async fn who_reads_one_has_read_its_copies() {
    let app = app().await;
    let server = Server::default();
    let (ada, url, items) = listening(&app, &server).await;
    let copy = item(
        "Honest Prices, for Small Workshops",
        "https://copies.example/9",
        "Sun, 15 Nov 2026 11:00:00 GMT",
        &format!("{PRICES} First published elsewhere."),
    );
    server.put("/b", RSS, &rss("Copies", &[copy]));
    let copies = id(&add(&ada, "feed", &url, Some(&format!("{url}/b"))).await);
    app.drain().await;
    let by_copies = format!("mark=unread&source={copies}");
    assert_eq!(marked(&ada, &by_copies).await.len(), 1);
    assert_eq!(counts(&ada).await, (2, 0));
    mark(&ada, &items[0], json!({ "read": true })).await.expect(200);
    assert!(marked(&ada, &by_copies).await.is_empty());
    mark(&ada, &items[0], json!({ "read": false })).await.expect(200);
    assert_eq!(marked(&ada, &by_copies).await.len(), 1);
}

#[tokio::test]
async fn all_are_read_at_once_and_taken_back() {
    let app = app().await;
    let server = Server::default();
    let (ada, url, items) = listening(&app, &server).await;
    let until = app.clock.now();
    app.clock.advance(Duration::hours(1));
    let late =
        item("Glue for cold rooms", "https://late.example/1", "Sat, 14 Nov 2026 11:00:00 GMT", "Fish glue.");
    server.put("/late", RSS, &rss("Late", &[late]));
    let source = id(&add(&ada, "feed", &url, Some(&format!("{url}/late"))).await);
    app.drain().await;
    assert_eq!(counts(&ada).await, (3, 0));
    mark(&ada, &items[1], json!({ "saved": true })).await.expect(200);

    // what came after one looked stays
    let done = ada.post("~/items/read-all", json!({ "until": until })).await.expect(200).body;
    assert_eq!(done["count"], 2);
    assert_eq!(marked(&ada, "mark=unread").await, ["Glue for cold rooms"]);
    app.clock.advance(Duration::seconds(1));
    let of_source = ada.post("~/items/read-all", json!({ "source": source })).await.expect(200).body;
    assert_eq!((&of_source["count"], counts(&ada).await), (&json!(1), (0, 1)));
    // each is taken back by itself
    ada.post("~/items/read-all/undo", json!({ "read_at": done["read_at"] })).await.expect(204);
    assert_eq!(
        (marked(&ada, "mark=unread").await, counts(&ada).await),
        (vec![PRICES_TITLE.into(), LIGHT.into()], (2, 1))
    );
    ada.post("~/items/read-all/undo", json!({ "read_at": of_source["read_at"] })).await.expect(204);
    assert_eq!(counts(&ada).await, (3, 1));
    // those that are named, with nothing to do for what is read
    let ids: Vec<&Value> = items.iter().map(|item| &item["id"]).collect();
    let named = ada.post("~/items/read-all", json!({ "items": ids })).await.expect(200).body;
    assert_eq!((&named["count"], counts(&ada).await), (&json!(2), (1, 1)));
    let again = ada.post("~/items/read-all", json!({ "items": ids })).await.expect(200).body;
    assert_eq!(again["count"], 0);
}

#[tokio::test]
async fn what_is_saved_stays_when_the_rest_goes() {
    let app = app().await;
    let (mut ada, _, items) = listening(&app, &Server::default()).await;
    let saved = mark(&ada, &items[1], json!({ "saved": true, "read": true })).await.expect(200).body;
    assert!(saved["saved_at"].is_string() && saved["read"] == true, "{saved}");
    assert_eq!((marked(&ada, "mark=saved").await, counts(&ada).await), (vec![LIGHT.to_owned()], (1, 1)));
    let retain = async || {
        let mut tx = app.store().service("a test").await.unwrap();
        bellwether_jobs::enqueue(&mut tx, &Retain {}, Options::default()).await.unwrap();
        tx.commit().await.unwrap();
        assert!(app.drain().await.done.contains(&Retain::NAME));
    };
    app.clock.advance(Duration::days(181));
    app.sign_in_again(&mut ada, "Ada").await;
    retain().await;
    assert_eq!(marked(&ada, "").await, [LIGHT]);
    let kept = mark(&ada, &items[1], json!({ "saved": false })).await.expect(200).body;
    assert_eq!((&kept["saved_at"], counts(&ada).await), (&Value::Null, (0, 0)));
    retain().await;
    assert!(marked(&ada, "").await.is_empty());
}

#[tokio::test]
async fn a_smart_feed_leaves_out_what_is_read() {
    let app = app().await;
    let (ada, _, items) = listening(&app, &Server::default()).await;
    let topics = json!([{ "topic": "Honest prices", "description": "What an hour in a workshop costs" }]);
    let made =
        ada.post("~/smart-feeds", json!({ "name": "Prices", "topics": topics })).await.expect(201).body;
    let feed = format!("~/smart-feeds/{}/items", made["id"].as_str().unwrap());
    let fed = async |mark: &str| {
        let found = ada.get(&format!("{feed}{mark}")).await.expect(200).body;
        found["items"].as_array().unwrap().iter().map(|one| one["item"]["title"].clone()).collect::<Vec<_>>()
    };
    assert!(fed("?mark=unread").await.contains(&json!(PRICES_TITLE)));
    mark(&ada, &items[0], json!({ "read": true, "saved": true })).await.expect(200);
    assert!(!fed("?mark=unread").await.contains(&json!(PRICES_TITLE)));
    assert_eq!(fed("?mark=saved").await, [PRICES_TITLE]);
    assert!(fed("").await.contains(&json!(PRICES_TITLE)));
}

#[tokio::test]
async fn marks_are_set_by_people_in_their_own_place() {
    let app = app().await;
    let (ada, _, items) = listening(&app, &Server::default()).await;
    let bob = app.sign_up("Bob").await;
    assert_eq!(mark(&bob, &items[0], json!({ "read": true })).await.expect(404).body["code"], "not_found");
    mark(&ada, &items[0], json!({ "saved": true })).await.expect(200);
    assert_eq!((counts(&bob).await, counts(&ada).await), ((0, 0), (2, 1)));

    let asked = json!({ "name": "Reads", "scopes": ["brand.read"] });
    let made = ada.post("/organizations/ada-studio/api-keys", asked).await.expect(201).body;
    let mut key = app.with_key(made["token"].as_str().unwrap());
    key.base.clone_from(&ada.base);
    // a key reads its maker's marks, and sets none
    assert_eq!(marked(&key, "mark=saved").await, [PRICES_TITLE]);
    assert_eq!(
        mark(&key, &items[0], json!({ "saved": false })).await.expect(403).body["code"],
        "needs_person"
    );
    key.post("~/items/read-all", json!({})).await.expect(403);

    let wrong = ada.get("~/items?mark=new").await.expect(422).body;
    assert!(wrong.to_string().contains("unread"), "{wrong}");
    mark(&ada, &items[0], json!({ "read": "yes" })).await.expect(422);
    mark(&ada, &items[0], json!({ "seen": true })).await.expect(422);
    let many: Vec<&Value> = std::iter::repeat_n(&items[0]["id"], 101).collect();
    assert_eq!(
        ada.post("~/items/read-all", json!({ "items": many })).await.expect(422).fault(),
        ("items", "too_many")
    );
}
