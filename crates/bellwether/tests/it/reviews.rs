//! Reviews: rules, what people and clients say, and that nothing goes out that a rule has not approved.

use chrono::Duration;
use serde_json::{Value, json};

use crate::{
    app::{Client, TestApp},
    media::{png, upload},
};

async fn feed(client: &Client) -> Vec<Value> {
    client.get("~/sandbox/posts").await.expect(200).body["items"].as_array().unwrap().clone()
}

/// A member of Ada's organization with another role.
async fn join(app: &TestApp, ada: &Client, name: &str, role: &str) -> Client {
    let organization = ada.base.split("/brands/").next().unwrap().to_owned();
    let made = ada.post(&format!("{organization}/invitations"), json!({ "role": role })).await.expect(201);
    let link = made.body["link"].as_str().unwrap();
    let token = link.rsplit(['/', '=', '#']).next().unwrap();
    let mut client = app.anonymous();
    let body = json!({
        "token": token, "email": format!("{}@example.org", name.to_lowercase()), "name": name,
        "password": "correct horse battery",
    });
    client.cookie = client.post("/auth/invitation/join", body).await.expect(201).cookie();
    client.base.clone_from(&ada.base);
    app.drain().await;
    client
}

async fn rule(client: &Client, body: Value) -> String {
    client.post("~/approval-rules", body).await.expect(201).id()
}

/// A link over a post; gives its path.
async fn link(client: &Client, body: Value) -> (String, String) {
    let made = client.post("~/review-links", body).await.expect(201);
    let url = made.body["url"].as_str().unwrap();
    (format!("/review/{}", url.rsplit('/').next().unwrap()), made.id())
}

async fn say(guest: &Client, path: &str, verdict: &str, words: &str, item: &Value) -> crate::app::Answer {
    let items = json!([{ "post_id": item["post_id"], "publication_id": item["publication_id"], "seal": item["seal"] }]);
    let body = json!({ "name": "Clara Client", "verdict": verdict, "words": words, "items": items });
    guest.post(&format!("{path}/reviews"), body).await
}

async fn plan(client: &Client, post: &str, connection: &str, when: Value) -> Value {
    let body = json!({ "connection_ids": [connection], "when": when });
    client.post(&format!("~/posts/{post}/publications"), body).await.expect(201).body["items"][0].clone()
}

async fn state(client: &Client, publication: &Value) -> String {
    let path = format!("~/publications/{}", publication["id"].as_str().unwrap());
    client.get(&path).await.expect(200).body["state"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_client_approves_by_a_link_and_only_then_it_goes_out() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    rule(&ada, json!({ "approver": "client" })).await;
    let twice = ada.post("~/approval-rules", json!({ "approver": "client" })).await.expect(409);
    assert_eq!(twice.body["code"], "rule_exists");
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let now = json!({ "connection_ids": [connection], "when": { "now": true } });
    let refused = ada.post(&format!("~/posts/{post}/publications"), now).await.expect(409);
    assert_eq!(refused.body["code"], "not_approved");
    let planned = plan(&ada, &post, &connection, json!({ "at": "2026-11-16T09:30" })).await;
    assert_eq!(planned["state"], "in_review", "the team has approved it, the client has not");

    let days = json!({ "label": "Clara", "first_day": "2026-11-16", "last_day": "2026-11-16", "days": 7 });
    let (path, _) = link(&ada, days).await;
    let guest = app.anonymous();
    let page = guest.get(&path).await.expect(200).body;
    assert_eq!((&page["label"], page["items"].as_array().unwrap().len()), (&json!("Clara"), 1));
    let item = page["items"][0].clone();
    assert_eq!(item["local_time"], "2026-11-16T09:30");
    assert!(item["missing"].as_str().unwrap().contains("client"));

    // a text that was changed since it was read isn't approved by mistake
    let view = ada.get(&format!("~/posts/{post}")).await.body;
    let mut content = view["content"].clone();
    content["post"] = json!("Other words.");
    let version = view["version"].as_i64().unwrap();
    ada.patch(&format!("~/posts/{post}"), version, json!({ "content": content })).await.expect(200);
    let changed = say(&guest, &path, "approved", "", &item).await.expect(409);
    assert_eq!(changed.fault(), ("items/0/seal", "text_changed"));

    // with the last approval that the rules ask for the post itself is approved
    let item = guest.get(&path).await.body["items"][0].clone();
    let page = say(&guest, &path, "approved", "Lovely!", &item).await.expect(200).body;
    assert_eq!(page["items"][0]["decision"], "approved");
    assert_eq!(page["items"][0]["missing"], Value::Null);
    app.drain().await;
    assert_eq!(ada.get(&format!("~/posts/{post}")).await.body["status"], "approved");
    assert_eq!(state(&ada, &planned).await, "scheduled");
    app.clock.advance(Duration::minutes(31));
    app.publish().await;
    assert_eq!(feed(&ada).await.len(), 1);
    let told = ada.get(&format!("~/posts/{post}/reviews")).await.expect(200).body;
    assert_eq!(
        (&told["items"][0]["name"], &told["items"][0]["words"]),
        (&json!("Clara Client"), &json!("Lovely!"))
    );

    // the log names who it was
    let actor: Value =
        sqlx::query_scalar("SELECT actor FROM operations.events WHERE kind = 'review.approved'")
            .fetch_one(app.store().pool())
            .await
            .unwrap();
    assert_eq!((&actor["type"], &actor["name"]), (&json!("guest"), &json!("Clara Client")));
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn changes_that_a_client_asks_for_stop_what_is_planned() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let planned = plan(&ada, &post, &connection, json!({ "at": "2026-11-16T09:30" })).await;
    assert_eq!(planned["state"], "scheduled");
    let (path, _) = link(&ada, json!({ "label": "Clara", "post_ids": [post], "may_approve": false })).await;
    let guest = app.anonymous();
    let item = guest.get(&path).await.expect(200).body["items"][0].clone();
    let refused = say(&guest, &path, "approved", "", &item).await.expect(403);
    assert_eq!(refused.body["code"], "may_not_approve");
    assert_eq!(
        say(&guest, &path, "changes_requested", " ", &item).await.expect(422).fault(),
        ("words", "required")
    );
    say(&guest, &path, "changes_requested", "Not our tone.", &item).await.expect(200);
    assert_eq!(ada.get(&format!("~/posts/{post}")).await.body["status"], "pending");
    // even before its publications have followed
    app.clock.advance(Duration::minutes(31));
    app.publish().await;
    assert!(feed(&ada).await.is_empty());
    app.drain().await;
    assert_eq!(state(&ada, &planned).await, "in_review");
    // what the team says among themselves is not for clients
    let inside = json!({ "verdict": "comment", "words": "They always say that." });
    ada.post(&format!("~/posts/{post}/reviews"), inside).await.expect(201);
    let shared = json!({ "verdict": "comment", "words": "We will write it anew.", "shared": true });
    ada.post(&format!("~/posts/{post}/reviews"), shared).await.expect(201);
    let page = guest.get(&path).await.expect(200).body;
    let words: Vec<&str> = page["items"][0]["comments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|comment| comment["words"].as_str().unwrap())
        .collect();
    assert_eq!(words, ["We will write it anew.", "Not our tone."]);
}

#[tokio::test]
async fn a_role_is_asked_for_and_counted_by_heads() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let bo = join(&app, &ada, "Bo", "member").await;
    let cy = join(&app, &ada, "Cy", "manager").await;
    let of = rule(&ada, json!({ "network": "sandbox", "approver": "manager", "approvals": 2 })).await;
    bo.post("~/approval-rules", json!({ "approver": "member" })).await.expect(403);
    let (post, connection) = ada.sandbox_post(&app, false).await;
    let planned = plan(&ada, &post, &connection, json!({ "at": "2026-11-16T09:30" })).await;
    // a member's yes does not count, a manager's counts once
    bo.post(&format!("~/posts/{post}/approve"), json!({})).await.expect(200);
    app.drain().await;
    assert_eq!(state(&ada, &planned).await, "in_review");
    let yes = json!({ "verdict": "approved" });
    let path = format!("~/posts/{post}/reviews");
    cy.post(&path, yes.clone()).await.expect(201);
    let still = cy.post(&path, yes.clone()).await.expect(201);
    assert_eq!(still.body["missing"], "manager");
    app.drain().await;
    assert_eq!(state(&ada, &planned).await, "in_review");
    ada.post(&path, yes).await.expect(201);
    app.drain().await;
    assert_eq!(state(&ada, &planned).await, "scheduled");
    // somebody's last word counts; a wish can be settled
    let no = json!({ "verdict": "changes_requested", "words": "Wait." });
    let said = cy.post(&path, no).await.expect(201).body;
    assert_eq!(said["missing"], "changes");
    ada.post(&format!("~/posts/{post}/approve"), json!({})).await.expect(200);
    app.drain().await;
    assert_eq!(state(&ada, &planned).await, "in_review");
    let settle = format!("{path}/{}/resolve", said["items"][0]["id"].as_str().unwrap());
    assert_eq!(ada.post(&settle, json!({})).await.expect(200).body["missing"], "manager");
    // without the rule the team's yes is enough again
    ada.delete(&format!("~/approval-rules/{of}")).await.expect(204);
    app.drain().await;
    assert_eq!(state(&ada, &planned).await, "scheduled");
}

#[tokio::test]
async fn a_rule_holds_what_is_due_and_the_database_holds_it_too() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let planned = plan(&ada, &post, &connection, json!({ "now": true })).await;
    rule(&ada, json!({ "approver": "client" })).await;
    // its job has not even run
    app.publish().await;
    let path = format!("~/publications/{}", planned["id"].as_str().unwrap());
    let held = ada.get(&path).await.body;
    assert_eq!((&held["state"], &held["held_reason"]), (&json!("held"), &json!("not_approved")));
    assert!(held["words"].as_str().unwrap().contains("client"));
    // the trigger behind the code
    let sent = sqlx::query(
        "UPDATE publishing.publications SET state = 'sending', held_reason = NULL, lease_until = now()",
    )
    .execute(app.store().pool())
    .await;
    assert!(sent.unwrap_err().to_string().contains("publications_rules_check"));
    // a text of its own needs its own approval
    let version = held["version"].as_i64().unwrap();
    let mut content = held["content"].clone();
    content["post"] = json!("A text of its own.");
    ada.patch(&path, version, json!({ "content": content })).await.expect(200);
    let (link, _) = link(&ada, json!({ "label": "Clara", "post_ids": [post] })).await;
    let guest = app.anonymous();
    let item = guest.get(&link).await.body["items"][0].clone();
    assert_eq!(item["content"]["post"], "A text of its own.");
    say(&guest, &link, "approved", "", &item).await.expect(200);
    app.drain().await;
    assert_eq!(state(&ada, &planned).await, "scheduled");
    app.publish().await;
    assert_eq!(feed(&ada).await[0]["text"], "A text of its own.");
}

#[tokio::test]
async fn a_client_sees_the_pictures_of_what_a_link_shows_and_no_others() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let mut pictures = Vec::new();
    for (name, seed) in [("door.png", 1), ("window.png", 2)] {
        let taken = upload(&ada, name, png(64, 48, seed)).await.expect(201);
        pictures.push(taken.body["media"]["id"].as_str().unwrap().to_owned());
    }
    let mut posts = Vec::new();
    for picture in &pictures {
        let (post, _) = ada.sandbox_post(&app, false).await;
        let path = format!("~/posts/{post}");
        let version = ada.get(&path).await.body["version"].as_i64().unwrap();
        let media = json!({ "media": [{ "media_id": picture, "alt_text": "A door in the rain." }] });
        ada.patch(&path, version, media).await.expect(200);
        posts.push(post);
    }
    let (path, id) = link(&ada, json!({ "label": "Clara", "post_ids": [posts[0]] })).await;
    let guest = app.anonymous();
    let file = guest.get(&path).await.expect(200).body["items"][0]["media"][0].clone();
    assert_eq!((&file["media_id"], &file["alt_text"]), (&json!(pictures[0]), &json!("A door in the rain.")));
    let whole = file["url"].as_str().unwrap();
    let (status, headers, bytes) = app.fetch_as(&guest, whole).await;
    assert_eq!((status.as_u16(), headers["content-type"].to_str().unwrap()), (200, "image/png"));
    let (_, _, same) = app.fetch_as(&ada, &format!("/api/v1{}/media/{}/file", ada.base, pictures[0])).await;
    assert_eq!(bytes, same);
    let (status, ..) = app.fetch_as(&guest, file["thumbnail_url"].as_str().unwrap()).await;
    assert_eq!(status, 200);
    // the other post's picture, by this link or without one
    let (status, ..) = app.fetch_as(&guest, &whole.replace(&pictures[0], &pictures[1])).await;
    assert_eq!(status, 404);
    let (status, ..) = app.fetch_as(&guest, &format!("/api/v1{}/media/{}/file", ada.base, pictures[0])).await;
    assert_eq!(status, 401);
    // deleted, it is still named: the text was approved with it
    ada.delete(&format!("~/media/{}", pictures[0])).await.expect(204);
    assert_eq!(guest.get(&path).await.expect(200).body["items"][0]["media"][0]["deleted"], true);
    assert_eq!(app.fetch_as(&guest, whole).await.0, 404);
    ada.post(&format!("~/media/{}/restore", pictures[0]), json!({})).await.expect(200);
    assert_eq!(app.fetch_as(&guest, whole).await.0, 200);
    // and nothing opens when the link is revoked
    ada.delete(&format!("~/review-links/{id}")).await.expect(204);
    assert_eq!(app.fetch_as(&guest, whole).await.0, 404);
}

#[tokio::test]
async fn a_link_opens_what_it_is_for_until_it_ends() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let eve = app.sign_up("Eve").await;
    let (post, _) = ada.sandbox_post(&app, true).await;
    let (other, _) = ada.sandbox_post(&app, true).await;
    let (path, id) = link(&ada, json!({ "label": "Clara", "post_ids": [post], "days": 2 })).await;
    let guest = app.anonymous();
    let page = guest.get(&path).await.expect(200).body;
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    // only what it shows
    let mut item = page["items"][0].clone();
    item["post_id"] = json!(other);
    assert_eq!(
        say(&guest, &path, "comment", "Hm.", &item).await.expect(422).fault(),
        ("items/0/post_id", "unknown_post")
    );
    // what the database keeps opens nothing
    let hash: Vec<u8> = sqlx::query_scalar("SELECT token_hash FROM publishing.review_links")
        .fetch_one(app.store().pool())
        .await
        .unwrap();
    let hash = bellwether_kernel::hex(&hash);
    assert_eq!(guest.get(&format!("/review/{hash}")).await.expect(404).body["code"], "link_gone");
    let list = ada.get("~/review-links").await.expect(200).body;
    assert_eq!((&list["items"][0]["url"], &list["items"][0]["opened_count"]), (&Value::Null, &json!(1)));
    // nobody else's
    eve.delete(&format!("~/review-links/{id}")).await.expect(404);
    // it ends by itself, and when it is revoked
    app.clock.advance(Duration::days(3));
    guest.get(&path).await.expect(404);
    let mut ada = ada;
    app.sign_in_again(&mut ada, "Ada").await;
    let (path, id) = link(&ada, json!({ "label": "Clara", "post_ids": [post] })).await;
    let item = guest.get(&path).await.expect(200).body["items"][0].clone();
    ada.delete(&format!("~/review-links/{id}")).await.expect(204);
    guest.get(&path).await.expect(404);
    say(&guest, &path, "comment", "Still here?", &item).await.expect(404);
    // nothing is there for nothing
    let bad = ada.post("~/review-links", json!({ "label": "Clara" })).await.expect(422);
    assert_eq!(bad.fault(), ("post_ids", "required"));
    let bad = ada
        .post("~/review-links", json!({ "label": "C", "post_ids": [post], "days": 900 }))
        .await
        .expect(422);
    assert_eq!(bad.fault(), ("days", "out_of_range"));
}

#[tokio::test]
async fn one_link_says_only_so_much_in_an_hour() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (post, _) = ada.sandbox_post(&app, true).await;
    let (path, _) = link(&ada, json!({ "label": "Clara", "post_ids": [post] })).await;
    let guest = app.anonymous();
    let item = guest.get(&path).await.expect(200).body["items"][0].clone();
    say(&guest, &path, "comment", "One.", &item).await.expect(200);
    sqlx::query(
        "INSERT INTO publishing.reviews (organization_id, id, brand_id, post_id, number, fingerprint, verdict, words, link_id,
                                         role, name, created_at)
         SELECT organization_id, gen_random_uuid(), brand_id, post_id, n, fingerprint, verdict, words, link_id, role, name,
                created_at
         FROM publishing.reviews, generate_series(3, 301) AS n WHERE link_id IS NOT NULL",
    )
    .execute(app.store().pool())
    .await
    .unwrap();
    let stopped = say(&guest, &path, "comment", "One too many.", &item).await.expect(429);
    assert_eq!(stopped.body["code"], "too_many");
    app.clock.advance(Duration::minutes(61));
    say(&guest, &path, "comment", "An hour later.", &item).await.expect(200);
}
