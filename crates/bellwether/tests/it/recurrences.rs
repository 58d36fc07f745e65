//! Recurrences: each time once, no burst, and turns.

use chrono::Duration;
use serde_json::{Value, json};

use crate::app::{Client, TestApp};

async fn feed(client: &Client) -> usize {
    client.get("~/sandbox/posts").await.expect(200).body["items"].as_array().unwrap().len()
}

async fn times(client: &Client, id: &str) -> Vec<(String, String)> {
    let view = client.get(&format!("~/recurrences/{id}")).await.expect(200).body;
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let mut times: Vec<_> = view["occurrences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| (text(&o["local_time"]), text(&o["state"])))
        .collect();
    times.reverse();
    times
}

/// What the job does every ten minutes.
async fn repeat(app: &TestApp) {
    use bellwether_jobs::{Options, enqueue};
    let mut tx = app.store().service("a test").await.unwrap();
    let job = serde_json::from_value::<bellwether_publishing::recurrences::jobs::Repeat>(json!({})).unwrap();
    enqueue(&mut tx, &job, Options::default()).await.unwrap();
    tx.commit().await.unwrap();
    app.drain().await;
}

#[tokio::test]
async fn every_time_is_made_once_and_what_was_missed_is_left_out() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let body = json!({
        "name": "Good morning", "connection_id": connection, "post_ids": [post], "rule": "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=5",
        "first_time": "2026-11-16T10:00",
    });
    let id = ada.post("~/recurrences", body).await.expect(201).id();
    let made = |day: &str, state: &str| (format!("2026-11-{day}T10:00"), state.to_owned());
    assert_eq!(times(&ada, &id).await, [made("16", "scheduled"), made("18", "scheduled")]);
    repeat(&app).await;
    repeat(&app).await;
    assert_eq!(times(&ada, &id).await.len(), 2, "each once");
    app.clock.advance(Duration::minutes(61));
    app.publish().await;
    app.publish().await;
    assert_eq!(feed(&ada).await, 1);
    // off for ten days: the 18th is asked about, the 23rd and 25th never were made
    app.clock.advance(Duration::days(10));
    repeat(&app).await;
    app.publish().await;
    assert_eq!(feed(&ada).await, 1, "no burst");
    let mut ada = ada;
    app.sign_in_again(&mut ada, "Ada").await;
    assert_eq!(
        times(&ada, &id).await,
        [made("16", "published"), made("18", "held"), made("30", "scheduled")]
    );
    assert_eq!(
        ada.get(&format!("~/recurrences/{id}")).await.body["status"],
        "ended",
        "five times by its count"
    );
}

#[tokio::test]
async fn a_pause_takes_back_and_a_resumption_plans_anew() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let body = json!({
        "name": "Daily", "connection_id": connection, "post_ids": [post], "rule": "FREQ=DAILY",
        "first_time": "2026-11-16T10:00",
    });
    let id = ada.post("~/recurrences", body).await.expect(201).id();
    assert_eq!(times(&ada, &id).await.len(), 7);
    ada.post(&format!("~/recurrences/{id}/pause"), json!({})).await.expect(200);
    repeat(&app).await;
    app.clock.advance(Duration::hours(2));
    app.publish().await;
    assert_eq!((times(&ada, &id).await.len(), feed(&ada).await), (0, 0));
    ada.post(&format!("~/recurrences/{id}/resume"), json!({})).await.expect(200);
    assert_eq!(times(&ada, &id).await[0], ("2026-11-17T10:00".to_owned(), "scheduled".to_owned()));
    ada.post(&format!("~/recurrences/{id}/stop"), json!({})).await.expect(200);
    let over = ada.post(&format!("~/recurrences/{id}/resume"), json!({})).await.expect(409);
    assert_eq!(over.body["code"], "wrong_status");
    assert!(times(&ada, &id).await.is_empty());
}

#[tokio::test]
async fn a_rotation_takes_the_post_that_rested_longest() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (one, connection) = ada.sandbox_post(&app, true).await;
    let (two, _) = ada.sandbox_post(&app, true).await;
    let slots = json!({ "slots": [{ "days": ["mon", "tue", "wed", "thu", "fri"], "time": "10:00" }] });
    let headers = [("content-type", "application/json"), ("if-match", "\"0\"")];
    ada.send(http::Method::PUT, "~/schedule", &headers, Some(slots.to_string().into_bytes()))
        .await
        .expect(200);
    let body =
        json!({ "name": "Evergreen", "connection_id": connection, "post_ids": [one, two], "rest_days": 3 });
    let id = ada.post("~/recurrences", body).await.expect(201).id();
    let mut turns = Vec::new();
    for _ in 0..5 {
        repeat(&app).await;
        app.clock.advance(Duration::minutes(61));
        app.publish().await;
        app.clock.advance(Duration::minutes(22 * 60 + 59));
    }
    let mut ada = ada;
    app.sign_in_again(&mut ada, "Ada").await;
    let list = ada.get("~/publications?order=asc&state=published").await.expect(200).body;
    for item in list["items"].as_array().unwrap() {
        turns.push((item["local_time"].as_str().unwrap().to_owned(), item["post_id"] == json!(one)));
    }
    let at = |day: &str, first| (format!("2026-11-{day}T10:00"), first);
    // on Wednesday both rest
    assert_eq!(turns, [at("16", true), at("17", false), at("19", true), at("20", false)], "{id}");
    let view = ada.get(&format!("~/recurrences/{id}")).await.body;
    assert_eq!(view["kind"], "rotation");
}

#[tokio::test]
async fn bad_input_is_located() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let with = |key: &str, value: Value| {
        let mut body = json!({
            "name": "Daily", "connection_id": connection, "post_ids": [post], "rule": "FREQ=DAILY",
            "first_time": "2026-11-16T10:00",
        });
        body[key] = value;
        body
    };
    for (key, value, fault) in [
        ("rule", json!("FREQ=HOURLY"), ("rule", "unknown_frequency")),
        ("first_time", Value::Null, ("first_time", "required")),
        ("post_ids", json!([]), ("post_ids", "length")),
        ("post_ids", json!([post, post]), ("post_ids/1", "repeated")),
        ("name", json!(" "), ("name", "length")),
        ("rest_days", json!(-1), ("rest_days", "out_of_range")),
        ("connection_id", json!("conn_01h2xcejqtf2nbrexx3vqjhp41"), ("connection_id", "unknown_connection")),
    ] {
        let answer = ada.post("~/recurrences", with(key, value)).await.expect(422);
        assert_eq!(answer.fault(), fault);
    }
}

#[tokio::test]
async fn a_change_plans_anew() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let (other, _) = ada.sandbox_post(&app, true).await;
    let body = json!({
        "name": "Daily", "connection_id": connection, "post_ids": [post], "rule": "FREQ=DAILY;COUNT=2",
        "first_time": "2026-11-16T10:00",
    });
    let made = ada.post("~/recurrences", body).await.expect(201);
    let (id, version) = (made.id(), made.body["version"].as_i64().unwrap());
    let path = format!("~/recurrences/{id}");
    assert_eq!(made.body["status"], "ended", "both times are made");
    // only its name: what is planned stays as it is
    let named = ada.patch(&path, version, json!({ "name": " Twice " })).await.expect(200).body;
    assert_eq!((&named["name"], &named["status"]), (&json!("Twice"), &json!("ended")));
    assert_eq!(named["occurrences"], made.body["occurrences"]);
    // nor does anything change that is said as it is
    let same = json!({
        "name": "Both", "post_ids": [post], "rule": "FREQ=DAILY;COUNT=2", "first_time": "2026-11-16T10:00:00", "rest_days": 0,
    });
    let named = ada.patch(&path, named["version"].as_i64().unwrap(), same).await.expect(200).body;
    assert_eq!((&named["name"], &named["status"]), (&json!("Both"), &json!("ended")));
    assert_eq!(named["occurrences"], made.body["occurrences"]);
    let stale = ada.patch(&path, version, json!({ "name": "Thrice" })).await.expect(412);
    assert_eq!(stale.body["code"], "stale");
    app.clock.advance(Duration::minutes(61));
    app.publish().await;
    assert_eq!(feed(&ada).await, 1);
    // another rule and another post: it goes on, and what is out stays out
    let change = json!({ "rule": "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=9", "first_time": "2026-11-17T12:30", "post_ids": [other, post] });
    let version = named["version"].as_i64().unwrap();
    let changed = ada.patch(&path, version, change).await.expect(200).body;
    assert_eq!((&changed["status"], &changed["post_ids"]), (&json!("active"), &json!([other, post])));
    let at = |when: &str, state: &str| (format!("2026-11-{when}"), state.to_owned());
    assert_eq!(
        times(&ada, &id).await,
        [at("16T10:00", "published"), at("17T12:30", "scheduled"), at("19T12:30", "scheduled")]
    );
    let list = ada.get("~/publications?order=asc").await.expect(200).body;
    let cancelled: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["state"] == "cancelled")
        .map(|item| (item["local_time"].as_str().unwrap(), item["words"].as_str().unwrap()))
        .collect();
    assert_eq!(cancelled, [("2026-11-17T10:00", "Its recurrence was changed.")]);

    let version = changed["version"].as_i64().unwrap();
    for (body, fault) in [
        (json!({ "name": " " }), ("name", "length")),
        (json!({ "rule": "FREQ=HOURLY" }), ("rule", "unknown_frequency")),
        (json!({ "first_time": "soon" }), ("first_time", "invalid_time")),
        (json!({ "post_ids": [] }), ("post_ids", "length")),
        (json!({ "post_ids": ["post_01h2xcejqtf2nbrexx3vqjhp41"] }), ("post_ids/0", "unknown_post")),
        (json!({ "rest_days": 9_999 }), ("rest_days", "out_of_range")),
    ] {
        assert_eq!(ada.patch(&path, version, body).await.expect(422).fault(), fault);
    }
    assert_eq!(ada.get(&path).await.body["version"], version, "nothing of it was kept");
    let rotation =
        json!({ "name": "Evergreen", "connection_id": connection, "post_ids": [post], "rest_days": 3 });
    let rotation = ada.post("~/recurrences", rotation).await.expect(201);
    let turn =
        ada.patch(&format!("~/recurrences/{}", rotation.id()), 1, json!({ "rule": "FREQ=DAILY" })).await;
    assert_eq!(turn.expect(422).fault(), ("rule", "not_supported"));
    ada.post(&format!("{path}/stop"), json!({})).await.expect(200);
    let version = ada.get(&path).await.body["version"].as_i64().unwrap();
    let over = ada.patch(&path, version, json!({ "name": "Again" })).await.expect(409);
    assert_eq!(over.body["code"], "wrong_status");
}

#[tokio::test]
async fn the_sandbox_repeats_what_is_written_for_any_network() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (_, connection) = ada.sandbox_post(&app, true).await;
    let drafts = ada.drafts(&app, &["x.post"]).await;
    let post = drafts.iter().find(|post| post["network"] == "x").unwrap()["id"].clone();
    ada.post(&format!("~/posts/{}/approve", post.as_str().unwrap()), json!({})).await.expect(200);
    let body = json!({
        "name": "Tried out", "connection_id": connection, "post_ids": [post], "rule": "FREQ=DAILY;COUNT=1",
        "first_time": "2026-11-16T10:00",
    });
    ada.post("~/recurrences", body).await.expect(201);
    app.clock.advance(Duration::minutes(61));
    app.publish().await;
    assert_eq!(feed(&ada).await, 1);
}
