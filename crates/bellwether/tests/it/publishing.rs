//! Publishing: exactly once and on time, through the real router, database and workers.

use chrono::Duration;
use serde_json::{Value, json};

use crate::app::{Client, TestApp};

async fn feed(client: &Client) -> Vec<Value> {
    client.get("~/sandbox/posts").await.expect(200).body["items"].as_array().unwrap().clone()
}

async fn plan(client: &Client, post: &str, connection: &str, when: Value) -> Value {
    let body = json!({ "connection_ids": [connection], "when": when });
    client.post(&format!("~/posts/{post}/publications"), body).await.expect(201).body["items"][0].clone()
}

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

#[tokio::test]
async fn a_post_goes_out_once_and_tells_of_it() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let planned = plan(&ada, &post, &connection, json!({ "now": true })).await;
    assert_eq!((&planned["state"], &planned["attempts"]), (&json!("scheduled"), &json!(0)));
    assert!(feed(&ada).await.is_empty());

    app.publish().await;
    app.publish().await;
    let path = format!("~/publications/{}", id(&planned));
    let out = ada.get(&path).await.expect(200).body;
    assert_eq!((&out["state"], &out["attempts"], &out["can"]), (&json!("published"), &json!(1), &json!([])));
    let ledger = out["attempts_list"].as_array().unwrap();
    assert_eq!(ledger.len(), 1);
    assert_eq!((&ledger[0]["kind"], &ledger[0]["outcome"]), (&json!("send"), &json!("published")));
    let shown = feed(&ada).await;
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0]["text"], out["content"]["post"]);

    // the post itself is published now, and not a second time on this account
    assert_eq!(ada.get(&format!("~/posts/{post}")).await.body["status"], "published");
    let body = json!({ "connection_ids": [connection], "when": { "now": true } });
    let again = ada.post(&format!("~/posts/{post}/publications"), body).await.expect(409);
    assert_eq!(again.body["code"], "already_planned");
    ada.post(&format!("{path}/cancel"), json!({})).await.expect(409);
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn a_time_is_kept_to_the_minute_and_on_the_wall_clock() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let brand = ada.get("~").await.expect(200).body;
    let version = brand["version"].as_i64().unwrap();
    ada.patch("~", version, json!({ "time_zone": "Europe/Berlin" })).await.expect(200);
    app.drain().await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    // 09:00 UTC is 10:00 in Berlin
    let past = json!({ "connection_ids": [connection], "when": { "at": "2026-11-16T09:59" } });
    let answer = ada.post(&format!("~/posts/{post}/publications"), past.clone()).await;
    assert_eq!(answer.status, 201, "a minute is nothing: {}", answer.body);
    let first = answer.body["items"][0].clone();
    ada.post(&format!("~/publications/{}/cancel", id(&first)), json!({})).await.expect(200);
    let body = json!({ "connection_ids": [connection], "when": { "at": "2026-11-16T09:30" } });
    let refused = ada.post(&format!("~/posts/{post}/publications"), body).await.expect(422);
    assert_eq!(refused.fault(), ("when/at", "in_the_past"));

    let planned = plan(&ada, &post, &connection, json!({ "at": "2026-11-16T11:00" })).await;
    assert_eq!(
        (&planned["due_at"], &planned["zone"]),
        (&json!("2026-11-16T10:00:00Z"), &json!("Europe/Berlin"))
    );
    app.clock.advance(Duration::minutes(59));
    app.publish().await;
    assert!(feed(&ada).await.is_empty(), "too early");
    // the brand moves to Lisbon: the wall clock is kept, so it is an hour later
    let brand = ada.get("~").await.expect(200).body;
    let version = brand["version"].as_i64().unwrap();
    ada.patch("~", version, json!({ "time_zone": "Europe/Lisbon" })).await.expect(200);
    app.drain().await;
    let path = format!("~/publications/{}", id(&planned));
    let moved = ada.get(&path).await.body;
    assert_eq!(
        (&moved["local_time"], &moved["due_at"]),
        (&json!("2026-11-16T11:00"), &json!("2026-11-16T11:00:00Z"))
    );
    app.clock.advance(Duration::minutes(2));
    app.publish().await;
    assert!(feed(&ada).await.is_empty(), "too early");
    app.clock.advance(Duration::minutes(60));
    app.publish().await;
    assert_eq!(feed(&ada).await.len(), 1);
}

#[tokio::test]
async fn edits_pauses_and_deletions_win_over_what_was_planned() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let planned = plan(&ada, &post, &connection, json!({ "now": true })).await;
    let path = format!("~/publications/{}", id(&planned));

    // paused before a worker came
    ada.put("~/pauses", json!({ "scope": "brand", "reason": "A crisis" })).await.expect(200);
    app.publish().await;
    let held = ada.get(&path).await.body;
    assert_eq!((&held["state"], &held["held_reason"]), (&json!("held"), &json!("paused")));
    assert_eq!(held["words"], "Paused: A crisis");
    ada.delete("~/pauses?scope=brand").await.expect(200);
    assert_eq!(ada.get(&path).await.body["state"], "scheduled");

    // changed before a worker came: its job that moves the publication has not even run
    let view = ada.get(&format!("~/posts/{post}")).await.body;
    let mut content = view["content"].clone();
    content["post"] = json!("Other words, not approved.");
    let version = view["version"].as_i64().unwrap();
    ada.patch(&format!("~/posts/{post}"), version, json!({ "content": content })).await.expect(200);
    app.publish().await;
    assert_eq!(ada.get(&path).await.body["held_reason"], "not_approved");
    assert!(feed(&ada).await.is_empty());
    app.drain().await;
    assert_eq!(ada.get(&path).await.body["state"], "in_review");

    // approved again: it goes on
    ada.post(&format!("~/posts/{post}/approve"), json!({})).await.expect(200);
    app.drain().await;
    assert_eq!(ada.get(&path).await.body["state"], "scheduled");
    // deleted before a worker came
    ada.delete(&format!("~/posts/{post}")).await.expect(204);
    app.publish().await;
    assert_eq!(ada.get(&path).await.body["state"], "cancelled");
    assert!(feed(&ada).await.is_empty());
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn nothing_unapproved_goes_out() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, false).await;
    let path = format!("~/posts/{post}/publications");
    let now = json!({ "connection_ids": [connection], "when": { "now": true } });
    assert_eq!(ada.post(&path, now).await.expect(409).body["code"], "not_approved");
    let planned = plan(&ada, &post, &connection, json!({ "at": "2026-11-16T09:30" })).await;
    assert_eq!(planned["state"], "in_review");
    app.clock.advance(Duration::minutes(31));
    app.publish().await;
    assert!(feed(&ada).await.is_empty());
    let needs = ada.get("~/publications/summary").await.expect(200).body;
    assert_eq!(needs["needs_you"][0]["id"], planned["id"]);
    // the constraint behind the code
    let row = sqlx::query("UPDATE publishing.publications SET state = 'scheduled', next_at = now()")
        .execute(app.store().pool())
        .await;
    let refused = row.unwrap_err().to_string();
    assert!(refused.contains("publications_approved_check"), "{refused}");
    // approved half an hour late: within what a brand lets go out by itself
    ada.post(&format!("~/posts/{post}/approve"), json!({})).await.expect(200);
    app.drain().await;
    app.publish().await;
    assert_eq!(feed(&ada).await.len(), 1);
}

#[tokio::test]
async fn what_was_missed_is_asked_about_and_is_no_burst() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (first, connection) = ada.sandbox_post(&app, true).await;
    let (second, _) = ada.sandbox_post(&app, true).await;
    let (old, _) = ada.sandbox_post(&app, true).await;
    let planned = plan(&ada, &old, &connection, json!({ "at": "2026-11-16T09:05" })).await;
    plan(&ada, &first, &connection, json!({ "at": "2026-11-16T10:30" })).await;
    plan(&ada, &second, &connection, json!({ "at": "2026-11-16T10:31" })).await;
    // the machine was off until 11:00
    app.clock.advance(Duration::hours(2));
    app.publish().await;
    assert_eq!(feed(&ada).await.len(), 1, "one of the two that are half an hour late");
    let path = format!("~/publications/{}", id(&planned));
    let held = ada.get(&path).await.body;
    assert_eq!((&held["state"], &held["held_reason"]), (&json!("held"), &json!("late")));
    app.clock.advance(Duration::minutes(6));
    app.publish().await;
    assert_eq!(feed(&ada).await.len(), 2, "the other one five minutes later");
    ada.post(&format!("{path}/publish-now"), json!({})).await.expect(200);
    app.publish().await;
    assert_eq!(feed(&ada).await.len(), 3);
}

#[tokio::test]
async fn the_queue_gives_each_time_once() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (first, connection) = ada.sandbox_post(&app, true).await;
    let (second, _) = ada.sandbox_post(&app, true).await;
    let body = json!({ "connection_ids": [connection], "when": { "queue": true } });
    let none = ada.post(&format!("~/posts/{first}/publications"), body).await.expect(409);
    assert_eq!(none.body["code"], "no_free_time");
    let schedule = json!({
        "slots": [{ "days": ["mon", "wed"], "time": "10:00" }, { "days": ["tue"], "time": "08:00", "network": "x" }],
        "late_minutes": 30,
    });
    let headers = [("content-type", "application/json"), ("if-match", "\"0\"")];
    let put = |body: &Value| body.to_string().into_bytes();
    let saved = ada.send(http::Method::PUT, "~/schedule", &headers, Some(put(&schedule))).await.expect(200);
    assert_eq!(saved.body["slots"].as_array().unwrap().len(), 2);
    ada.send(http::Method::PUT, "~/schedule", &headers, Some(put(&schedule))).await.expect(412);
    let next = ada.get("~/schedule/next?network=sandbox").await.expect(200).body;
    assert_eq!(next["local_time"], "2026-11-16T10:00");
    let one = plan(&ada, &first, &connection, json!({ "queue": true })).await;
    let two = plan(&ada, &second, &connection, json!({ "queue": true })).await;
    assert_eq!(
        (&one["local_time"], &two["local_time"]),
        (&json!("2026-11-16T10:00"), &json!("2026-11-18T10:00"))
    );
    let calendar = ada.get("~/calendar?from=2026-11-16&to=2026-11-23").await.expect(200).body;
    assert_eq!(calendar["items"].as_array().unwrap().len(), 2);
    let free: Vec<&str> = calendar["slots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|slot| slot["local_time"].as_str().unwrap())
        .collect();
    assert_eq!(free, ["2026-11-17T08:00"]);
}

#[tokio::test]
async fn an_unclear_end_is_settled_by_reading_the_account() {
    // taken, and then silence: every time
    let app = TestApp::with(|config| config.publishing.sandbox.taken_then_silent = 1_000).await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let planned = plan(&ada, &post, &connection, json!({ "now": true })).await;
    app.publish().await;
    let out = ada.get(&format!("~/publications/{}", id(&planned))).await.body;
    assert_eq!(out["state"], "published");
    assert_eq!(feed(&ada).await.len(), 1);
    let ledger: Vec<(&str, &str)> = out["attempts_list"]
        .as_array()
        .unwrap()
        .iter()
        .map(|attempt| (attempt["kind"].as_str().unwrap(), attempt["outcome"].as_str().unwrap()))
        .collect();
    assert_eq!(ledger, [("reconcile", "found"), ("send", "unclear")]);
}

#[tokio::test]
async fn a_silence_that_took_nothing_is_proven_before_it_is_sent_again() {
    let app = TestApp::with(|config| config.publishing.sandbox.silent = 600).await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let planned = plan(&ada, &post, &connection, json!({ "now": true })).await;
    app.publish().await;
    let out = ada.get(&format!("~/publications/{}", id(&planned))).await.body;
    assert_eq!(out["state"], "published", "{out}");
    assert_eq!(feed(&ada).await.len(), 1);
    // between any two sendings there is the proof
    let mut ledger = out["attempts_list"].as_array().unwrap().clone();
    ledger.reverse();
    for pair in ledger.windows(2) {
        if pair[1]["kind"] == "send" {
            assert_eq!(pair[0]["outcome"], "absent", "{ledger:?}");
        }
    }
}

#[tokio::test]
async fn a_worker_that_died_is_found_out() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let planned = plan(&ada, &post, &connection, json!({ "now": true })).await;
    // a worker claimed it and died: before it had sent anything, or after
    sqlx::query(
        "UPDATE publishing.publications SET state = 'sending', next_at = NULL, attempts = 1, worker = gen_random_uuid(),
                lease_until = $1",
    )
    .bind(app.clock.now() + Duration::seconds(90))
    .execute(app.store().pool())
    .await
    .unwrap();
    sqlx::query(
        "INSERT INTO publishing.attempts (organization_id, id, brand_id, publication_id, number, kind, started_at, crossed_at)
         SELECT organization_id, gen_random_uuid(), brand_id, id, 1, 'send', $1, $1 FROM publishing.publications",
    )
    .bind(app.clock.now())
    .execute(app.store().pool())
    .await
    .unwrap();
    app.publish().await;
    let path = format!("~/publications/{}", id(&planned));
    assert_eq!(ada.get(&path).await.body["state"], "sending", "its lease still runs");
    ada.post(&format!("{path}/cancel"), json!({})).await.expect(409);
    app.clock.advance(Duration::seconds(91));
    app.publish().await;
    let out = ada.get(&path).await.body;
    assert_eq!(out["state"], "published");
    let outcomes: Vec<&str> =
        out["attempts_list"].as_array().unwrap().iter().map(|a| a["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["published", "absent", "abandoned"]);
    assert_eq!(feed(&ada).await.len(), 1);
}

#[tokio::test]
async fn a_refusal_waits_for_a_person() {
    let app = TestApp::with(|config| config.publishing.sandbox.refused = 1_000).await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let planned = plan(&ada, &post, &connection, json!({ "now": true })).await;
    app.publish().await;
    let path = format!("~/publications/{}", id(&planned));
    let failed = ada.get(&path).await.body;
    assert_eq!(
        (&failed["state"], &failed["words"]),
        (&json!("failed"), &json!("The sandbox does not like this text."))
    );
    assert_eq!(ada.get("~/publications/summary").await.body["needs_you"][0]["id"], planned["id"]);
    assert_eq!(ada.post(&format!("{path}/retry"), json!({})).await.expect(200).body["state"], "scheduled");
    ada.post(&format!("{path}/reconcile"), json!({})).await.expect(409);
    app.publish().await;
    assert_eq!(ada.get(&path).await.body["attempts"], 2);
    let cancelled = ada.post(&format!("{path}/cancel"), json!({})).await.expect(200);
    assert_eq!(cancelled.body["state"], "cancelled");
}

#[tokio::test]
async fn a_disconnected_account_holds_what_was_planned() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let planned = plan(&ada, &post, &connection, json!({ "at": "2026-11-16T09:30" })).await;
    ada.delete(&format!("~/connections/{connection}")).await.expect(204);
    let path = format!("~/publications/{}", id(&planned));
    assert_eq!(ada.get(&path).await.body["held_reason"], "connection");
    // connected again it is the same account, and what waited goes on
    let again = ada.post("~/connections", json!({ "provider": "sandbox" })).await.expect(201);
    assert_eq!(again.body["items"][0]["id"], json!(connection));
    assert_eq!(ada.get(&path).await.body["state"], "scheduled");
}

#[tokio::test]
async fn a_thread_written_for_a_network_can_be_tried_in_the_sandbox() {
    let app = TestApp::with(|config| config.publishing.sandbox.taken_then_silent = 500).await;
    let ada = app.sign_up("Ada").await;
    let (_, connection) = ada.sandbox_post(&app, true).await;
    let drafts = ada.drafts(&app, &["x.thread"]).await;
    let thread = drafts.iter().find(|post| post["network"] == "x").unwrap();
    ada.post(&format!("~/posts/{}/approve", id(thread)), json!({})).await.expect(200);
    let planned = plan(&ada, id(thread), &connection, json!({ "now": true })).await;
    let pieces = planned["pieces"].as_u64().unwrap();
    assert!(pieces > 2, "{planned}");
    // half of the pieces end unclear: the thread goes on where it stopped
    app.publish().await;
    let out = ada.get(&format!("~/publications/{}", id(&planned))).await.body;
    assert_eq!((&out["state"], &out["pieces_done"]), (&json!("published"), &json!(pieces)));
    // each answers the one before
    let shown = feed(&ada).await;
    let mut before = Value::Null;
    let mut texts = Vec::new();
    while let Some(next) = shown.iter().find(|post| post["thread_of"] == before) {
        texts.push(&next["text"]);
        before = next["id"].clone();
    }
    let meant: Vec<&Value> = thread["content"]["thread"].as_array().unwrap().iter().collect();
    assert_eq!(texts, meant);
    assert_eq!(shown.len(), meant.len());
}

#[tokio::test]
async fn bad_input_is_located() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let path = format!("~/posts/{post}/publications");
    for (body, fault) in [
        (json!({ "connection_ids": [] }), ("connection_ids", "length")),
        (
            json!({ "connection_ids": ["conn_01h2xcejqtf2nbrexx3vqjhp41"] }),
            ("connection_ids/0", "unknown_connection"),
        ),
        (
            json!({ "connection_ids": [connection], "when": { "now": true, "queue": true } }),
            ("when", "ambiguous"),
        ),
        (
            json!({ "connection_ids": [connection], "when": { "at": "tomorrow" } }),
            ("when/at", "invalid_time"),
        ),
    ] {
        let answer = ada.post(&path, body.clone()).await.expect(422);
        assert_eq!(answer.fault(), fault, "{body}");
    }
    ada.get("~/calendar?from=2026-11-16&to=2026-11-16").await.expect(422);
    ada.get("~/publications?state=odd").await.expect(422);
    ada.post("~/connections/authorize", json!({ "provider": "x" })).await.expect(409);
}

#[tokio::test]
async fn a_plan_that_is_refused_approves_nothing() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, false).await;
    plan(&ada, &post, &connection, json!({ "now": false, "at": "2026-11-16T10:00" })).await;
    let at = format!("~/posts/{post}/publications");
    let refused = [
        (json!({ "connection_ids": [connection], "when": { "now": true }, "approve": true }), 409),
        (
            json!({ "connection_ids": [connection], "when": { "at": "2026-11-15T10:00" }, "approve": true }),
            422,
        ),
    ];
    for (body, status) in refused {
        ada.post(&at, body).await.expect(status);
        assert_eq!(ada.get(&format!("~/posts/{post}")).await.body["status"], "pending");
    }
    app.clock.advance(Duration::hours(2));
    app.publish().await;
    assert!(feed(&ada).await.is_empty());
}

#[tokio::test]
async fn what_is_named_twice_is_moved_once_and_the_last_day_there_is_is_a_day() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let planned = plan(&ada, &post, &connection, json!({ "at": "2026-11-20T10:00" })).await;
    let twice = json!({ "ids": [id(&planned), id(&planned)], "action": "move", "minutes": 1_440 });
    let moved = ada.post("~/publications/bulk", twice).await.expect(200).body;
    assert_eq!(moved["done"], json!([id(&planned)]));
    let stands = ada.get(&format!("~/publications/{}", id(&planned))).await.expect(200).body;
    assert_eq!(stands["local_time"], "2026-11-21T10:00");
    let last = ada.get("~/publications/export?from=9999-12-30&to=9999-12-31").await;
    assert!(last.status.as_u16() < 500, "{}", last.body);
}

#[tokio::test]
async fn of_what_was_deleted_nothing_goes_out_until_somebody_says_so_again() {
    let brand = "/organizations/ada-studio/brands/";
    let organization = "/organizations/ada-studio";
    for whole in [false, true] {
        let app = TestApp::new().await;
        let ada = app.sign_up("Ada").await;
        let made =
            ada.post("/organizations/ada-studio/brands", json!({ "name": "Second" })).await.expect(201);
        let mut second = app.again(&ada);
        second.base = format!("{brand}second");
        let (post, connection) = second.sandbox_post(&app, true).await;
        let planned = plan(&second, &post, &connection, json!({ "now": true })).await;
        let path = format!("~/publications/{}", id(&planned));
        let (gone, back) = if whole {
            (format!("{organization}?confirm=ada-studio"), format!("{organization}/restore"))
        } else {
            (format!("{brand}second"), format!("{brand}{}/restore", made.id()))
        };
        let link =
            second.post("~/review-links", json!({ "label": "Clara", "post_ids": [post] })).await.expect(201);
        let link = link.body["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let calendar = second.post("~/calendar-feeds", json!({ "label": "Office" })).await.expect(201);
        let calendar = calendar.body["url"].as_str().unwrap().split_once("/api/v1").unwrap().1.to_owned();
        let doors = [format!("/review/{link}"), calendar];
        for door in &doors {
            app.anonymous().get(door).await.expect(200);
        }
        ada.delete(&gone).await.expect(204);
        app.publish().await;
        for door in &doors {
            app.anonymous().get(door).await.expect(404);
        }
        ada.post(&back, json!({})).await.expect(200);
        app.publish().await;
        let held = second.get(&path).await.expect(200).body;
        assert_eq!((&held["state"], &held["held_reason"]), (&json!("held"), &json!("deleted")), "{whole}");
        assert!(feed(&second).await.is_empty());
        second.post(&format!("{path}/publish-now"), json!({})).await.expect(200);
        app.publish().await;
        assert_eq!(second.get(&path).await.body["state"], "published");
        assert_eq!(feed(&second).await.len(), 1);
    }
}

#[tokio::test]
async fn what_leaves_with_its_post_comes_back_with_it() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let planned = plan(&ada, &post, &connection, json!({ "at": "2026-11-16T10:00" })).await;
    let path = format!("~/publications/{}", id(&planned));
    let here = format!("~/posts/{post}");
    let stands = async || {
        app.drain().await;
        let now = ada.get(&path).await.expect(200).body;
        (now["state"].clone(), now["words"].clone(), now["due_at"].clone())
    };
    let due = json!("2026-11-16T10:00:00Z");
    let scheduled = (json!("scheduled"), json!(null), due.clone());

    // deleted, and the deletion taken back
    ada.delete(&here).await.expect(204);
    assert_eq!(
        stands().await,
        (json!("cancelled"), json!("The post was deleted. This comes back with it."), due.clone())
    );
    ada.post(&format!("{here}/restore"), json!({})).await.expect(200);
    assert_eq!(stands().await, scheduled);

    // archived and opened again: it waits for an approval, and then has its time
    ada.post(&format!("{here}/archive"), json!({})).await.expect(200);
    assert_eq!(
        stands().await,
        (json!("cancelled"), json!("The post was archived. This comes back with it."), due.clone())
    );
    ada.post(&format!("{here}/reopen"), json!({})).await.expect(200);
    assert_eq!(stands().await, (json!("in_review"), json!(null), due.clone()));
    ada.post(&format!("{here}/reject"), json!({ "reason": "Not us." })).await.expect(200);
    assert_eq!(
        stands().await,
        (json!("cancelled"), json!("The post was rejected. This comes back with it."), due.clone())
    );
    ada.post(&format!("{here}/reopen"), json!({})).await.expect(200);
    ada.post(&format!("{here}/approve"), json!({})).await.expect(200);
    assert_eq!(stands().await, scheduled);

    // what was held is held again, for the same reason
    ada.put("~/pauses", json!({ "scope": "brand", "reason": "A crisis" })).await.expect(200);
    app.clock.advance(Duration::minutes(61));
    app.publish().await;
    let held = (json!("held"), json!("Paused: A crisis"), due.clone());
    assert_eq!(stands().await, held);
    ada.delete(&here).await.expect(204);
    assert_eq!(stands().await.0, "cancelled");
    ada.post(&format!("{here}/restore"), json!({})).await.expect(200);
    assert_eq!(stands().await, held);
    ada.delete("~/pauses?scope=brand").await.expect(200);
    app.publish().await;
    assert_eq!(stands().await.0, "published");
    assert_eq!(feed(&ada).await.len(), 1);

    // what a person took out stays out
    let (other, _) = ada.sandbox_post(&app, true).await;
    let taken = plan(&ada, &other, &connection, json!({ "at": "2026-11-16T12:00" })).await;
    let taken = format!("~/publications/{}", id(&taken));
    ada.post(&format!("{taken}/cancel"), json!({})).await.expect(200);
    ada.delete(&format!("~/posts/{other}")).await.expect(204);
    ada.post(&format!("~/posts/{other}/restore"), json!({})).await.expect(200);
    app.drain().await;
    assert_eq!(ada.get(&taken).await.body["state"], "cancelled");
    app.done().await;
}

#[tokio::test]
async fn a_post_that_comes_back_takes_nobodys_place() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (first, connection) = ada.sandbox_post(&app, true).await;
    let (second, _) = ada.sandbox_post(&app, true).await;
    let schedule = json!({ "slots": [{ "days": ["mon", "wed"], "time": "10:00" }] });
    let headers = [("content-type", "application/json"), ("if-match", "\"0\"")];
    let schedule = Some(schedule.to_string().into_bytes());
    ada.send(http::Method::PUT, "~/schedule", &headers, schedule).await.expect(200);
    let queued = plan(&ada, &first, &connection, json!({ "queue": true })).await;
    let path = format!("~/publications/{}", id(&queued));
    ada.delete(&format!("~/posts/{first}")).await.expect(204);
    app.drain().await;
    let instead = plan(&ada, &second, &connection, json!({ "queue": true })).await;
    assert_eq!(instead["due_at"], queued["due_at"], "the queue's next time is free again");

    ada.post(&format!("~/posts/{first}/restore"), json!({})).await.expect(200);
    app.drain().await;
    let back = ada.get(&path).await.body;
    assert_eq!((&back["state"], &back["due_at"]), (&json!("approved"), &json!(null)), "asks for a time");

    // planned anew before its publication came back: it goes out once
    ada.delete(&format!("~/posts/{first}")).await.expect(204);
    app.drain().await;
    ada.post(&format!("~/posts/{first}/restore"), json!({})).await.expect(200);
    plan(&ada, &first, &connection, json!({ "now": true })).await;
    app.drain().await;
    assert_eq!(ada.get(&path).await.body["state"], "cancelled");
    app.publish().await;
    assert_eq!(feed(&ada).await.len(), 1);
    app.done().await;
}

#[tokio::test]
async fn a_webhook_that_nothing_would_be_sent_to_is_not_connected() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let connect = |url: &str| {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        json!({ "provider": "webhook", "fields": { "url": url, "secret": secret } })
    };
    for url in ["http://10.0.0.7/hook?key=hidden", "http://localhost/hook?key=hidden", "https://[::1]/hook"] {
        let refused = ada.post("~/connections", connect(url)).await.expect(422);
        let told = refused.body.to_string();
        assert!(told.contains("public address") && !told.contains("hidden"), "{told}");
    }
    assert_eq!(ada.get("~/connections").await.expect(200).body["items"], json!([]));
}
