//! What "free" means: by the brand's least distance and daily caps, for the queue, the calendar and moves alike.

use std::fmt::Write as _;

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

#[tokio::test]
async fn times_are_suggested_by_how_an_account_s_posts_did_and_not_before_enough_are_known() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let connected = ada.post("~/connections", json!({ "provider": "sandbox" })).await.expect(201);
    let connection = connected.body["items"][0]["id"].as_str().unwrap().to_owned();
    let handle = connected.body["items"][0]["handle"].as_str().unwrap().to_owned();
    let ask = async |connection: &str| {
        let path = format!("~/schedule/suggestions?connection={connection}&limit=4");
        ada.get(&path).await.expect(200).body
    };
    // two a day for a week
    let times: Vec<_> = (0..14_i64)
        .map(|at| app.clock.now() + chrono::Duration::hours(1 + at / 2 * 24 + at % 2 * 7))
        .collect();
    let mut file = "text,target,connection,local_time\n".to_owned();
    for (at, time) in times.iter().enumerate() {
        writeln!(file, "Post number {at},sandbox.post,{handle},{}", time.format("%Y-%m-%d %H:%M")).unwrap();
    }
    let path = "~/publications/import?approve=true";
    let headers = [("content-type", "text/csv")];
    let done = ada.send(http::Method::POST, path, &headers, Some(file.into_bytes())).await.expect(200).body;
    assert_eq!(done["imported"].as_array().unwrap().len(), 14, "{done}");
    for (at, time) in times.iter().enumerate() {
        app.clock.advance(*time - app.clock.now());
        app.publish().await;
        if at == 5 {
            let few = ask(&connection).await;
            assert_eq!((&few["items"], &few["needed"]), (&json!([]), &json!(12)), "{few}");
            assert!(few["note"].as_str().unwrap().contains("Not enough to say"), "{few}");
        }
    }
    app.clock.advance(chrono::Duration::hours(24));
    let told = ask(&connection).await;
    assert_eq!(told["posts"], 14);
    // the usual post is the middle one of what the feed shows
    let feed = ada.get("~/sandbox/posts?limit=50").await.expect(200).body;
    let mut got: Vec<u64> = feed["items"].as_array().unwrap().iter().map(engagement).collect();
    got.sort_unstable();
    let middle = f64::midpoint(got[6] as f64, got[7] as f64);
    assert!((told["usual"].as_f64().unwrap() - middle).abs() < 1e-9, "{told} {got:?}");
    let items = told["items"].as_array().unwrap();
    assert_eq!(items.is_empty(), told["note"].is_string());
    for item in items {
        assert!(item["factor"].as_f64().unwrap() >= 1.05 && item["posts"].as_u64().unwrap() > 1, "{item}");
        let due: chrono::DateTime<chrono::Utc> = item["due_at"].as_str().unwrap().parse().unwrap();
        assert!(due > app.clock.now());
    }
    // what is planned is not suggested again
    if let Some(first) = items.first() {
        let (post, _) = ada.sandbox_post(&app, true).await;
        plan(&ada, &post, &connection, first["local_time"].as_str().unwrap()).await;
        let again = ask(&connection).await;
        assert!(
            again["items"].as_array().unwrap().iter().all(|item| item["local_time"] != first["local_time"])
        );
    }
    let other = "conn_01h2xcejqtf2nbrexx3vqjhp41";
    ada.get(&format!("~/schedule/suggestions?connection={other}")).await.expect(404);
    let wrong =
        ada.get(&format!("~/schedule/suggestions?connection={connection}&limit=99")).await.expect(422);
    assert_eq!(wrong.body["errors"][0]["path"], "limit");
}

fn engagement(post: &Value) -> u64 {
    let reactions: u64 =
        ["like", "repost", "celebrate"].iter().map(|of| post["reactions"][of].as_u64().unwrap()).sum();
    reactions + post["comments"].as_array().unwrap().len() as u64
}
