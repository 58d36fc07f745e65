//! The first comment and the choices of a network: from the draft to what readers see.

use serde_json::{Value, json};

use crate::app::{Answer, Client, TestApp};

async fn feed(client: &Client) -> Vec<Value> {
    client.get("~/sandbox/posts").await.expect(200).body["items"].as_array().unwrap().clone()
}

async fn change(client: &Client, post: &str, body: Value) -> Answer {
    let path = format!("~/posts/{post}");
    let version = client.get(&path).await.expect(200).body["version"].as_i64().unwrap();
    client.patch(&path, version, body).await
}

async fn plan_now(client: &Client, post: &str, connection: &str) -> String {
    let body = json!({ "connection_ids": [connection], "when": { "now": true } });
    let planned = client.post(&format!("~/posts/{post}/publications"), body).await.expect(201).body;
    format!("~/publications/{}", planned["items"][0]["id"].as_str().unwrap())
}

/// How the post stands, and its first comment.
fn stands(out: &Value) -> (&str, &str) {
    (out["state"].as_str().unwrap(), out["first_comment"]["state"].as_str().unwrap())
}

/// An approved post with a first comment and an option, planned for now.
async fn commented(app: &TestApp, client: &Client) -> String {
    let (post, connection) = client.sandbox_post(app, false).await;
    let extras =
        json!({ "first_comment": "More below: https://example.com", "options": { "audience": "followers" } });
    change(client, &post, extras).await.expect(200);
    client.post(&format!("~/posts/{post}/approve"), json!({})).await.expect(200);
    app.drain().await;
    plan_now(client, &post, &connection).await
}

fn kinds(publication: &Value) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = publication["attempts_list"]
        .as_array()
        .unwrap()
        .iter()
        .map(|attempt| {
            let said = |name: &str| attempt[name].as_str().unwrap().to_owned();
            (said("kind"), said("outcome"))
        })
        .collect();
    all.reverse();
    all
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(kind, outcome)| ((*kind).to_owned(), (*outcome).to_owned())).collect()
}

#[tokio::test]
async fn rules_say_which_choices_there_are() {
    let app = TestApp::new().await;
    let networks = app.anonymous().get("/networks").await.expect(200).body;
    let target = |id: &str| {
        let types = networks["networks"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|n| n["content_types"].as_array().unwrap());
        types.into_iter().find(|known| known["target"] == id).unwrap()["rules"].clone()
    };
    let short = target("youtube.short_script");
    assert_eq!(short["first_comment"], json!({ "max": 10_000, "unit": "utf16" }));
    let privacy =
        short["options"].as_array().unwrap().iter().find(|option| option["name"] == "privacy").unwrap();
    assert_eq!((&privacy["kind"]["type"], &privacy["kind"]["default"]), (&json!("choice"), &json!("public")));
    assert_eq!(target("blog.article")["first_comment"], Value::Null);
}

#[tokio::test]
async fn a_draft_keeps_what_its_network_takes() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let drafts = ada.drafts(&app, &["google_business.post", "x.post", "blog.article"]).await;
    let of = |network: &str| {
        drafts.iter().find(|post| post["network"] == network).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let (google, x, blog) = (of("google_business"), of("x"), of("blog"));
    for (post, body, path, code) in [
        (&x, json!({ "first_comment": "é".repeat(281) }), "first_comment", "too_long"),
        (&blog, json!({ "first_comment": "More" }), "first_comment", "not_supported"),
        (&x, json!({ "options": { "colour": "red" } }), "options/colour", "unknown_option"),
        (&x, json!({ "options": { "privacy": "public" } }), "options/privacy", "not_of_this_network"),
        (
            &x,
            json!({ "options": { "reply_settings": "friends" } }),
            "options/reply_settings",
            "value_not_allowed",
        ),
        (&google, json!({ "options": { "action": "BOOK" } }), "options/action_url", "required"),
        (
            &google,
            json!({ "options": { "action": "BOOK", "action_url": "here" } }),
            "options/action_url",
            "invalid_url",
        ),
    ] {
        let refused = change(&ada, post, body).await.expect(422);
        assert_eq!(refused.fault(), (path, code), "{}", refused.body);
    }
    // several faults are told at once, and nothing of it was kept
    let both = json!({ "first_comment": "é".repeat(281), "options": { "colour": "red" } });
    assert_eq!(change(&ada, &x, both).await.expect(422).body["errors"].as_array().unwrap().len(), 2);
    let view = ada.get(&format!("~/posts/{x}")).await.body;
    assert_eq!((&view["first_comment"], &view["options"]), (&Value::Null, &json!({})));

    let button = json!({ "action": "BOOK", "action_url": "https://example.com/book" });
    let kept = change(&ada, &google, json!({ "options": button })).await.expect(200).body;
    assert_eq!(kept["options"], button);
    // an empty value is none, and null takes a comment away
    let kept = change(&ada, &google, json!({ "options": { "action": "CALL", "action_url": "" } }))
        .await
        .expect(200)
        .body;
    assert_eq!(kept["options"], json!({ "action": "CALL" }));
    let kept = change(&ada, &x, json!({ "first_comment": "  More  " })).await.expect(200).body;
    assert_eq!(kept["first_comment"], "More");
    assert_eq!(
        change(&ada, &x, json!({ "first_comment": null })).await.expect(200).body["first_comment"],
        Value::Null
    );
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn what_goes_with_a_text_is_approved_and_kept_with_it() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    ada.post("~/approval-rules", json!({ "approver": "owner" })).await.expect(201);
    let (post, connection) = ada.sandbox_post(&app, false).await;
    let path = format!("~/posts/{post}");
    change(&ada, &post, json!({ "first_comment": "First words" })).await.expect(200);
    let before = ada.get(&format!("{path}/reviews")).await.expect(200).body["seal"].clone();
    ada.post(&format!("{path}/approve"), json!({})).await.expect(200);
    app.drain().await;
    assert_eq!(ada.get(&format!("{path}/reviews")).await.body["missing"], Value::Null);
    let planned = json!({ "connection_ids": [connection], "when": { "at": "2026-11-17T09:00" } });
    let planned =
        ada.post(&format!("{path}/publications"), planned).await.expect(201).body["items"][0].clone();
    assert_eq!(planned["first_comment"], json!({ "text": "First words", "state": "planned", "words": null }));

    // another comment has to be approved anew, and so have other options
    for body in [json!({ "first_comment": "Other words" }), json!({ "options": { "audience": "followers" } })]
    {
        let changed = change(&ada, &post, body).await.expect(200).body;
        assert_eq!(changed["status"], "pending");
        let reviews = ada.get(&format!("{path}/reviews")).await.body;
        assert_ne!(reviews["seal"], before);
        assert_eq!(reviews["missing"], "owner");
        app.drain().await;
        let publication = format!("~/publications/{}", planned["id"].as_str().unwrap());
        assert_eq!(ada.get(&publication).await.body["state"], "in_review");
        ada.post(&format!("{path}/approve"), json!({})).await.expect(200);
        app.drain().await;
        assert_eq!(ada.get(&publication).await.body["state"], "scheduled");
    }

    // what was there stays among the versions and comes back with its text
    let versions = ada.get(&format!("{path}/versions")).await.expect(200).body["items"].clone();
    let first = versions.as_array().unwrap().last().unwrap();
    assert_eq!((&first["reason"], &first["first_comment"]), (&json!("generated"), &Value::Null));
    assert_eq!(versions[0]["options"], json!({ "audience": "followers" }));
    let restore = format!("{path}/versions/{}/restore", first["id"].as_str().unwrap());
    let restored = ada.post(&restore, json!({})).await.expect(200).body;
    assert_eq!((&restored["first_comment"], &restored["options"]), (&Value::Null, &json!({})));
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn a_first_comment_follows_the_post() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let path = commented(&app, &ada).await;
    app.publish().await;
    let out = ada.get(&path).await.expect(200).body;
    assert_eq!(stands(&out), ("published", "done"), "{out}");
    assert_eq!(kinds(&out), pairs(&[("send", "published"), ("comment", "published")]));
    let shown = feed(&ada).await;
    assert_eq!(shown.len(), 1, "a comment is no post of its own");
    assert_eq!(shown[0]["options"], json!({ "audience": "followers" }));
    assert_eq!(shown[0]["comments"][0]["text"], "More below: https://example.com");
    assert_eq!(shown[0]["comments"][0]["author"], shown[0]["name"]);
    let refused = ada.post(&format!("{path}/first-comment"), json!({ "there": false })).await.expect(409);
    assert_eq!(refused.body["code"], "wrong_state");
    let events: Vec<String> = sqlx::query_scalar(
        "SELECT kind FROM operations.events WHERE kind LIKE 'publication.comment%' ORDER BY id",
    )
    .fetch_all(app.store().pool())
    .await
    .unwrap();
    assert_eq!(events, ["publication.commented"]);
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn a_comment_that_is_refused_never_sends_the_post_again() {
    let app = TestApp::with(|config| config.publishing.sandbox.comment_refused = 1_000).await;
    let ada = app.sign_up("Ada").await;
    let path = commented(&app, &ada).await;
    app.publish().await;
    app.drain().await;
    let told = ada.get("/me/notifications").await.expect(200).body;
    assert_eq!(told["items"][0]["kind"], "comment_trouble");
    let detail = told["items"][0]["detail"].as_str().unwrap();
    assert!(detail.ends_with(": The sandbox does not like this comment."), "{detail}");
    for tries in 1..=2 {
        let out = ada.get(&path).await.expect(200).body;
        assert_eq!(stands(&out), ("published", "failed"), "{out}");
        assert_eq!(out["first_comment"]["words"], "The sandbox does not like this comment.");
        let mut ledger = vec![("send", "published")];
        ledger.extend(std::iter::repeat_n(("comment", "rejected"), tries));
        assert_eq!(kinds(&out), pairs(&ledger));
        assert_eq!(feed(&ada).await.len(), 1);
        let there = ada.post(&format!("{path}/first-comment"), json!({ "there": true })).await.expect(409);
        assert_eq!(there.body["code"], "wrong_state");
        let again =
            ada.post(&format!("{path}/first-comment"), json!({ "there": false })).await.expect(200).body;
        assert_eq!(again["first_comment"]["state"], "due");
        app.publish().await;
    }
}

#[tokio::test]
async fn a_comment_that_may_be_there_waits_for_a_person() {
    let app = TestApp::with(|config| config.publishing.sandbox.comment_taken_then_silent = 1_000).await;
    let ada = app.sign_up("Ada").await;
    let path = commented(&app, &ada).await;
    app.publish().await;
    app.clock.advance(chrono::Duration::hours(3));
    app.publish().await;
    let out = ada.get(&path).await.expect(200).body;
    assert_eq!(stands(&out), ("published", "unclear"), "{out}");
    assert_eq!(kinds(&out), pairs(&[("send", "published"), ("comment", "unclear")]));
    let ours = |post: &Value| {
        let comments = post["comments"].as_array().unwrap();
        comments.iter().filter(|comment| comment["author"] == post["name"]).count()
    };
    assert_eq!(
        feed(&ada).await.iter().map(ours).collect::<Vec<_>>(),
        [1],
        "sent once, and not again by itself"
    );
    let done = ada.post(&format!("{path}/first-comment"), json!({ "there": true })).await.expect(200).body;
    assert_eq!(done["first_comment"]["state"], "done");
    app.publish().await;
    assert_eq!(feed(&ada).await.iter().map(ours).collect::<Vec<_>>(), [1]);
}

#[tokio::test]
async fn a_comment_waits_for_a_network_that_is_down_and_a_brand_that_pauses() {
    let app = TestApp::with(|config| config.publishing.sandbox.comment_down = 1_000).await;
    let ada = app.sign_up("Ada").await;
    let path = commented(&app, &ada).await;
    app.publish().await;
    let out = ada.get(&path).await.expect(200).body;
    assert_eq!(stands(&out), ("published", "due"), "{out}");
    assert_eq!(kinds(&out), pairs(&[("send", "published"), ("comment", "transient")]));
    ada.put("~/pauses", json!({ "scope": "brand", "reason": "A crisis" })).await.expect(200);
    app.clock.advance(chrono::Duration::minutes(1));
    app.publish().await;
    let out = ada.get(&path).await.body;
    assert_eq!(out["first_comment"]["words"], "Publishing is paused.");
    assert_eq!(kinds(&out).len(), 2, "nothing is sent while the brand pauses");
    ada.delete("~/pauses?scope=brand").await.expect(200);
    app.clock.advance(chrono::Duration::minutes(2));
    app.publish().await;
    assert_eq!(kinds(&ada.get(&path).await.body).len(), 3);
    assert_eq!(feed(&ada).await.len(), 1);
}

#[tokio::test]
async fn a_worker_that_dies_at_the_comment_leaves_the_post_out() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let path = commented(&app, &ada).await;
    app.publish().await;
    killed_at_the_comment(&app, true).await;
    app.publish().await;
    assert_eq!(ada.get(&path).await.body["first_comment"]["state"], "sending");
    app.clock.advance(chrono::Duration::minutes(2));
    app.publish().await;
    let out = ada.get(&path).await.body;
    assert_eq!(stands(&out), ("published", "unclear"), "{out}");
    assert_eq!(kinds(&out), pairs(&[("send", "published"), ("comment", "abandoned")]));
    assert_eq!(feed(&ada).await.len(), 1);
}

#[tokio::test]
async fn a_comment_that_was_surely_not_sent_is_sent() {
    let app = TestApp::with(|config| config.publishing.sandbox.comment_down = 1_000).await;
    let ada = app.sign_up("Ada").await;
    let path = commented(&app, &ada).await;
    app.publish().await;
    assert_eq!(stands(&ada.get(&path).await.body), ("published", "due"));
    killed_at_the_comment(&app, false).await;
    app.clock.advance(chrono::Duration::minutes(2));
    app.publish().await;
    let out = ada.get(&path).await.body;
    assert_eq!(stands(&out), ("published", "due"), "{out}");
    assert_eq!(
        kinds(&out),
        pairs(&[("send", "published"), ("comment", "abandoned"), ("comment", "transient")]),
        "no person is asked, since nothing can be there"
    );
}

/// As a worker leaves it that was killed after the claim: before its call, or when that may have been made.
async fn killed_at_the_comment(app: &TestApp, crossed: bool) {
    let pool = app.store().pool();
    sqlx::query("UPDATE publishing.publications SET comment_state = 'sending', comment_next_at = $1")
        .bind(app.clock.now() + chrono::Duration::seconds(90))
        .execute(pool)
        .await
        .unwrap();
    let open = "UPDATE publishing.attempts SET finished_at = NULL, outcome = NULL,
                    crossed_at = CASE WHEN $1 THEN crossed_at END WHERE kind = 'comment'";
    sqlx::query(open).bind(crossed).execute(pool).await.unwrap();
}
