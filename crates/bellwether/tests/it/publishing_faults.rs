//! What must not stop publishing, nor change what is half out.

use bellwether_kernel::Timestamp;
use bellwether_networks::publish::Method;
use serde_json::{Value, json};

use crate::{
    app::{ARTICLE, Client, TestApp},
    sources_accounts::{begin, connect_x},
};

async fn plan_now(client: &Client, post: &str, connection: &str) -> String {
    let body = json!({ "connection_ids": [connection], "when": { "now": true } });
    let planned = client.post(&format!("~/posts/{post}/publications"), body).await.expect(201).body;
    format!("~/publications/{}", planned["items"][0]["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_way_out_that_is_gone_holds_its_own_publications_only() {
    let app = TestApp::new().await;
    let (ada, eve) = (app.sign_up("Ada").await, app.sign_up("Eve").await);
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let path = plan_now(&ada, &post, &connection).await;
    sqlx::query("UPDATE publishing.connections SET provider = 'orkut'")
        .execute(app.store().pool())
        .await
        .unwrap();
    let (of_eve, hers) = eve.sandbox_post(&app, true).await;
    let other = plan_now(&eve, &of_eve, &hers).await;
    app.publish().await;
    let held = ada.get(&path).await.expect(200).body;
    assert_eq!((&held["state"], &held["held_reason"]), (&json!("held"), &json!("connection")), "{held}");
    assert!(held["words"].as_str().unwrap().contains("no way out called `orkut`"), "{held}");
    assert_eq!(eve.get(&other).await.body["state"], "published");
    // the way is there again, and the account connected anew: what waited goes on
    sqlx::query("UPDATE publishing.connections SET provider = 'sandbox'")
        .execute(app.store().pool())
        .await
        .unwrap();
    ada.post("~/connections", json!({ "provider": "sandbox" })).await.expect(201);
    app.publish().await;
    assert_eq!(ada.get(&path).await.body["state"], "published");
}

#[tokio::test]
async fn a_browser_that_comes_back_is_led_somewhere() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let to = |answer: crate::app::Answer| {
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.headers["location"].to_str().unwrap().to_owned()
    };
    let forged = "/connections/callback?state=forged&code=1";
    assert_eq!(to(ada.get(forged).await), "/?error=unknown_state");
    assert_eq!(to(ada.get("/connections/callback").await), "/?error=unknown_state");
    assert_eq!(to(app.anonymous().get(forged).await), "/?error=not_signed_in");
    // one that she began is over: back to the page of connections, with the code that the page has words for
    sqlx::query(
        "INSERT INTO publishing.oauth_states (organization_id, id, brand_id, user_id, provider, state_hash, verifier,
                expires_at)
         SELECT b.organization_id, gen_random_uuid(), b.id, u.id, 'bluesky', sha256('hers'), '', $1
         FROM brand.brands b, identity.users u",
    )
    .bind(app.clock.now() - chrono::Duration::minutes(1))
    .execute(app.store().pool())
    .await
    .unwrap();
    let there = to(ada.get("/connections/callback?state=hers&code=1").await);
    assert!(there.contains("/brand/connections?error=consent_expired"), "{there}");
    let again = to(ada.get("/connections/callback?state=hers&code=1").await);
    assert!(again.contains("/brand/connections?error=consent_used"), "{again}");
}

#[tokio::test]
async fn a_thread_that_is_half_out_ends_as_it_began() {
    // of two calls about one is refused, so that some thread stops in its middle
    let app = TestApp::with(|config| config.publishing.sandbox.refused = 400).await;
    let ada = app.sign_up("Ada").await;
    let (_, connection) = ada.sandbox_post(&app, true).await;
    let drafts = ada.drafts(&app, &["x.thread"]).await;
    let thread = drafts.iter().find(|post| post["network"] == "x").unwrap();
    let post = format!("~/posts/{}", thread["id"].as_str().unwrap());
    ada.post(&format!("{post}/approve"), json!({})).await.expect(200);
    let path = plan_now(&ada, thread["id"].as_str().unwrap(), &connection).await;
    let mut now = ada.get(&path).await.body;
    for _ in 0..50 {
        app.publish().await;
        now = ada.get(&path).await.body;
        assert_eq!(now["state"], "failed", "it was out before it stopped: take another seed");
        if now["pieces_done"] != 0 {
            break;
        }
        ada.post(&format!("{path}/retry"), json!({})).await.expect(200);
    }
    let pieces = now["pieces"].as_u64().unwrap();
    assert!((1..pieces).contains(&now["pieces_done"].as_u64().unwrap()), "{now}");

    let version = now["version"].as_i64().unwrap();
    let refused = ada.patch(&path, version, json!({ "content": thread["content"] })).await.expect(409);
    assert_eq!(refused.body["code"], "begun");
    // the post is written anew, with fewer parts, and approved
    let mut content = thread["content"].clone();
    content["thread"] = json!(["Entirely other words.", "And an end."]);
    content["post_count"] = json!(2);
    let version = ada.get(&post).await.body["version"].as_i64().unwrap();
    ada.patch(&post, version, json!({ "content": content })).await.expect(200);
    app.drain().await;
    ada.post(&format!("{post}/approve"), json!({})).await.expect(200);
    app.drain().await;
    for _ in 0..200 {
        let now = ada.get(&path).await.body;
        if now["state"] == "published" {
            break;
        }
        ada.post(&format!("{path}/retry"), json!({})).await;
        app.publish().await;
    }
    let out = ada.get(&path).await.body;
    assert_eq!((&out["state"], &out["pieces_done"]), (&json!("published"), &json!(pieces)), "{out}");
    let shown = ada.get("~/sandbox/posts").await.expect(200).body["items"].as_array().unwrap().clone();
    let (mut before, mut texts) = (Value::Null, Vec::new());
    while let Some(next) = shown.iter().find(|post| post["thread_of"] == before) {
        texts.push(next["text"].clone());
        before = next["id"].clone();
    }
    assert_eq!(&Value::from(texts), &thread["content"]["thread"]);
}

#[tokio::test]
async fn an_account_that_is_limited_without_a_time_rests_longer_each_time_and_begins_anew_after_a_success() {
    const TWEETS: &str = "https://api.x.com/2/tweets";
    let (script, app, ada) = begin().await;
    connect_x(&script, &ada).await;
    let connection = ada.get("~/connections").await.expect(200).body["items"][0]["id"].clone();
    let connection = connection.as_str().unwrap().to_owned();
    let mut planned = Vec::new();
    for _ in 0..2 {
        let input = json!({ "type": "text", "text": ARTICLE });
        let asked = json!({ "input": input, "targets": ["x.post"], "force": true });
        let generation = ada.post("~/generations", asked).await.expect(202).id();
        app.drain().await;
        let written = ada.get(&format!("~/generations/{generation}")).await.expect(200).body;
        let post = written["outputs"][0]["post_id"].as_str().unwrap();
        ada.post(&format!("~/posts/{post}/approve"), json!({})).await.expect(200);
        app.drain().await;
        planned.push(post.to_owned());
    }
    let full = json!({ "title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429 });
    let rests = async |path: &str| -> i64 {
        script.expect(Method::Post, TWEETS).answer(429, &full);
        app.publish().await;
        let now = app.clock.now();
        let waits = ada.get(path).await.expect(200).body;
        assert_eq!(waits["state"], "scheduled", "{waits}");
        let account = ada.get("~/connections").await.expect(200).body["items"][0].clone();
        let until: Timestamp = account["blocked_until"].as_str().unwrap().parse().unwrap();
        let next: Timestamp =
            sqlx::query_scalar("SELECT next_at FROM publishing.publications WHERE state = 'scheduled'")
                .fetch_one(app.store().pool())
                .await
                .unwrap();
        assert_eq!(until, next, "what people see is when it goes on");
        // nothing is asked for before, and then it is
        app.clock.advance(until - now - chrono::Duration::seconds(1));
        app.publish().await;
        app.clock.advance(chrono::Duration::seconds(1));
        (until - now).num_seconds()
    };
    let first = plan_now(&ada, &planned[0], &connection).await;
    for (from, to) in [(60, 75), (120, 150), (240, 300)] {
        let rested = rests(&first).await;
        assert!((from..=to).contains(&rested), "{rested} seconds, not {from} to {to}");
    }
    script
        .expect(Method::Post, TWEETS)
        .answer(201, &json!({ "data": { "id": "1346889436626259968", "text": "Hello" } }));
    app.publish().await;
    assert_eq!(ada.get(&first).await.body["state"], "published");
    let second = plan_now(&ada, &planned[1], &connection).await;
    app.clock.advance(chrono::Duration::minutes(10));
    let rested = rests(&second).await;
    assert!((60..=75).contains(&rested), "{rested} seconds after a success");
}
