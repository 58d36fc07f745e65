//! Drafts: listed, edited, reviewed, written anew.

use serde_json::{Value, json};

use crate::app::TestApp;

fn with_text(post: &Value, text: &str) -> Value {
    let mut content = post["content"].clone();
    content["post"] = json!(text);
    content
}

#[tokio::test]
async fn an_edit_is_kept_beside_the_original_with_its_version() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let post = ada.drafts(&app, &["linkedin.long"]).await.remove(0);
    let path = format!("~/posts/{}", post["id"].as_str().unwrap());
    let edited = ada.patch(&path, 1, json!({ "content": with_text(&post, "Mine now.") })).await.expect(200);
    assert_eq!(edited.body["content"]["post"], "Mine now.");
    assert_eq!(edited.body["original"], post["content"]);
    assert_eq!((&edited.body["edited"], &edited.body["version"]), (&json!(true), &json!(2)));
    assert_eq!(edited.headers["etag"], "\"2\"");

    // somebody else's older copy changes nothing
    let stale = ada.patch(&path, 1, json!({ "content": with_text(&post, "Lost.") })).await.expect(412);
    assert_eq!(stale.body["code"], "stale");
    assert_eq!(ada.get(&path).await.body["content"]["post"], "Mine now.");

    // edits in a row are one version; after a while another begins
    ada.patch(&path, 2, json!({ "content": with_text(&post, "Mine again.") })).await.expect(200);
    app.clock.advance(chrono::Duration::minutes(6));
    ada.patch(&path, 3, json!({ "content": with_text(&post, "And later.") })).await.expect(200);
    let versions = ada.get(&format!("{path}/versions")).await.expect(200);
    let reasons: Vec<&str> =
        versions.body["items"].as_array().unwrap().iter().map(|v| v["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["edited", "edited", "generated"]);

    let first = versions.body["items"][2]["id"].as_str().unwrap();
    let restored = ada.post(&format!("{path}/versions/{first}/restore"), json!({})).await.expect(200);
    assert_eq!(restored.body["content"], post["content"]);
    assert_eq!(restored.body["edited"], false);
}

#[tokio::test]
async fn review_approves_rejects_and_opens_again() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let post = ada.drafts(&app, &["x.post"]).await.remove(0);
    let path = format!("~/posts/{}", post["id"].as_str().unwrap());
    assert_eq!(ada.post(&format!("{path}/approve"), json!({})).await.expect(200).body["status"], "approved");
    let rejected = ada.post(&format!("{path}/reject"), json!({ "reason": "Not us." })).await.expect(200);
    assert_eq!(rejected.body["rejection_reason"], "Not us.");
    assert_eq!(ada.post(&format!("{path}/reopen"), json!({})).await.expect(200).body["status"], "pending");
    assert_eq!(ada.post(&format!("{path}/archive"), json!({})).await.expect(200).body["status"], "archived");
    assert_eq!(
        ada.post(&format!("{path}/approve"), json!({})).await.expect(409).body["code"],
        "wrong_status"
    );
    assert_eq!(
        ada.post(&format!("{path}/feedback"), json!({ "feedback": 1 })).await.expect(200).body["feedback"],
        1
    );
    let bad = ada.post(&format!("{path}/feedback"), json!({ "feedback": 2 })).await.expect(422);
    assert_eq!(bad.fault(), ("feedback", "out_of_range"));
    ada.delete(&path).await.expect(204);
    ada.get(&path).await.expect(404);
    assert_eq!(ada.post(&format!("{path}/restore"), json!({})).await.expect(200).body["status"], "archived");
}

#[tokio::test]
async fn an_approved_post_that_changes_is_reviewed_again() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let post = ada.drafts(&app, &["x.post"]).await.remove(0);
    let path = format!("~/posts/{}", post["id"].as_str().unwrap());
    ada.post(&format!("{path}/approve"), json!({})).await.expect(200);
    let changed =
        ada.patch(&path, 2, json!({ "content": with_text(&post, "Other words.") })).await.expect(200);
    assert_eq!(changed.body["status"], "pending");
}

#[tokio::test]
async fn what_breaks_the_rules_is_saved_but_not_approved() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let post = ada.drafts(&app, &["x.post"]).await.remove(0);
    let path = format!("~/posts/{}", post["id"].as_str().unwrap());
    let long = "word ".repeat(80);
    let saved = ada.patch(&path, 1, json!({ "content": with_text(&post, &long) })).await.expect(200);
    assert!(saved.body["issues"].as_array().unwrap().iter().any(|issue| issue["severity"] == "error"));
    let refused = ada.post(&format!("{path}/approve"), json!({})).await.expect(422);
    assert_eq!(refused.body["code"], "breaks_rules");
    assert_eq!(refused.fault().0, "content/post");

    let content = with_text(&post, &long);
    let check =
        ada.post("/networks/check", json!({ "target": "x.post", "content": content })).await.expect(200);
    assert_eq!((&check.body["valid"], &check.body["counts"][0]["limit"]), (&json!(false), &json!(280)));
}

#[tokio::test]
async fn a_content_of_the_wrong_shape_is_refused() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let post = ada.drafts(&app, &["x.thread"]).await.remove(0);
    let path = format!("~/posts/{}", post["id"].as_str().unwrap());
    let wrong = json!({ "content": { "shape": "article", "title": "T", "description": "D", "body": "B", "tags": [] } });
    assert_eq!(ada.patch(&path, 1, wrong).await.expect(422).fault(), ("content/shape", "wrong_shape"));
    let unknown = json!({ "content": { "shape": "film" } });
    assert!(ada.patch(&path, 1, unknown).await.expect(422).fault().0.starts_with("content"));
}

#[tokio::test]
async fn many_are_reviewed_at_once_and_each_failure_is_named() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let posts = ada.drafts(&app, &["x.post", "linkedin.short", "threads.post"]).await;
    let ids: Vec<&str> = posts.iter().map(|post| post["id"].as_str().unwrap()).collect();
    ada.post(&format!("~/posts/{}/archive", ids[0]), json!({})).await.expect(200);
    let result = ada.post("~/posts/bulk", json!({ "ids": ids, "action": "approve" })).await.expect(200);
    assert_eq!(result.body["done"].as_array().unwrap().len(), 2);
    assert_eq!(result.body["failed"][0]["code"], "wrong_status");
    assert_eq!(ada.get("~/posts?status=approved").await.body["items"].as_array().unwrap().len(), 2);
    ada.post("~/posts/bulk", json!({ "ids": [], "action": "approve" })).await.expect(422);
}

#[tokio::test]
async fn the_library_is_filtered_searched_and_paged() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    ada.drafts(&app, &["x.post", "linkedin.long", "facebook.post", "bluesky.post", "email"]).await;
    let count = async |path: &str| ada.get(path).await.expect(200).body["items"].as_array().unwrap().len();
    assert_eq!(count("~/posts").await, 5);
    assert_eq!(count("~/posts?network=linkedin").await, 1);
    assert_eq!(count("~/posts?q=raised%20pric").await, 5);
    assert_eq!(count("~/posts?q=zeppelin").await, 0);
    assert_eq!(count("~/posts?q=%27%20%26%20%21").await, 0);
    let first = ada.get("~/posts?limit=3").await.expect(200);
    let cursor = first.body["next_cursor"].as_str().unwrap();
    let second = ada.get(&format!("~/posts?limit=3&cursor={cursor}")).await.expect(200);
    assert_eq!(second.body["items"].as_array().unwrap().len(), 2);
    assert!(second.body["next_cursor"].is_null());
}

#[tokio::test]
async fn another_text_is_written_on_demand() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let post = ada.drafts(&app, &["linkedin.long"]).await.remove(0);
    let path = format!("~/posts/{}", post["id"].as_str().unwrap());
    let asked = ada.post(&format!("{path}/regenerate"), json!({ "tone": "authority" })).await.expect(202);
    assert_eq!(asked.body["regenerating"], true);
    let again = ada.post(&format!("{path}/regenerate"), json!({})).await.expect(409);
    assert_eq!(again.body["code"], "regenerating");
    app.drain().await;
    let done = ada.get(&path).await.expect(200);
    assert_eq!((&done.body["regenerating"], &done.body["tone"]), (&json!(false), &json!("authority")));
    assert_ne!(done.body["content"], post["content"]);
    let versions = ada.get(&format!("{path}/versions")).await.expect(200);
    assert_eq!(versions.body["items"][0]["reason"], "regenerated");
    assert_eq!(versions.body["items"][1]["content"], post["content"]);
    app.done().await;
}

#[tokio::test]
async fn today_says_what_needs_a_decision() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let posts = ada.drafts(&app, &["x.post", "linkedin.long"]).await;
    ada.post(&format!("~/posts/{}/approve", posts[0]["id"].as_str().unwrap()), json!({})).await.expect(200);
    let today = ada.get("~/today").await.expect(200);
    assert_eq!((&today.body["to_review"], &today.body["approved"]), (&json!(1), &json!(1)));
    assert_eq!(today.body["recent_posts"].as_array().unwrap().len(), 1);
    assert_eq!(today.body["usage"]["generations"]["used"], 1);
}
