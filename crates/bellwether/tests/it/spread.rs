//! What "free" means: by the brand's least distance and daily caps, for the queue, the calendar and moves alike.

use serde_json::{Value, json};

use crate::app::{Client, TestApp};

async fn schedule(client: &Client, body: Value) {
    let version = client.get("~/schedule").await.expect(200).body["version"].clone();
    let condition = format!("\"{version}\"");
    let headers = [("content-type", "application/json"), ("if-match", condition.as_str())];
    client
        .send(http::Method::PUT, "~/schedule", &headers, Some(body.to_string().into_bytes()))
        .await
        .expect(200);
}

async fn plan(client: &Client, post: &str, connection: &str, at: &str) -> String {
    let body = json!({ "connection_ids": [connection], "when": { "at": at } });
    let planned = client.post(&format!("~/posts/{post}/publications"), body).await.expect(201).body;
    planned["items"][0]["id"].as_str().unwrap().to_owned()
}

async fn free(client: &Client) -> Vec<String> {
    let calendar = client.get("~/calendar?from=2026-11-16&to=2026-11-18").await.expect(200).body;
    let slots = calendar["slots"].as_array().unwrap().iter();
    slots.map(|slot| slot["local_time"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn free_times_keep_their_distance_and_the_days_cap() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let slots =
        json!([{ "days": ["mon", "tue"], "time": "10:00" }, { "days": ["mon", "tue"], "time": "12:00" }]);
    schedule(&ada, json!({ "slots": slots, "min_minutes_apart": 90 })).await;
    plan(&ada, &post, &connection, "2026-11-16T09:30").await;
    assert_eq!(free(&ada).await, ["2026-11-16T12:00", "2026-11-17T10:00", "2026-11-17T12:00"]);
    let next = format!("~/schedule/next?network=sandbox&connection={connection}");
    assert_eq!(ada.get(&next).await.expect(200).body["local_time"], "2026-11-16T12:00");
    // the day is full with one
    schedule(&ada, json!({ "slots": slots, "daily_caps": { "sandbox": 1 } })).await;
    assert_eq!(free(&ada).await, ["2026-11-17T10:00", "2026-11-17T12:00"]);
    assert_eq!(ada.get(&next).await.expect(200).body["local_time"], "2026-11-17T10:00");
}

#[tokio::test]
async fn many_that_move_keep_their_distance_from_what_stays() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let mut planned = Vec::new();
    for at in ["2026-11-17T10:00", "2026-11-17T12:00", "2026-11-18T10:30"] {
        let (post, connection) = ada.sandbox_post(&app, true).await;
        planned.push(plan(&ada, &post, &connection, at).await);
    }
    schedule(&ada, json!({ "slots": [], "min_minutes_apart": 90 })).await;
    let shift = |ids: &[String], minutes: i64| json!({ "ids": ids, "action": "move", "minutes": minutes });
    let answer = ada.post("~/publications/bulk", shift(&planned[..2], 1440)).await.expect(200).body;
    assert_eq!(answer["done"], json!([planned[1]]), "{answer}");
    assert_eq!(
        (&answer["failed"][0]["id"], &answer["failed"][0]["code"]),
        (&json!(planned[0]), &json!("too_close"))
    );
    // those that move together stand in nobody's way: each passes the old place of the next
    let answer = ada.post("~/publications/bulk", shift(&planned, 120)).await.expect(200).body;
    assert_eq!(answer["failed"], json!([]), "{answer}");
    schedule(&ada, json!({ "slots": [], "daily_caps": { "sandbox": 2 } })).await;
    let answer = ada.post("~/publications/bulk", shift(&planned[..1], 1440)).await.expect(200).body;
    assert_eq!(answer["failed"][0]["code"], "day_full", "{answer}");
}
