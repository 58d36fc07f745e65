//! From an input to drafts.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::app::{ARTICLE, TestApp};

const ALL: &[&str] = &[
    "x.post",
    "x.thread",
    "x.quote",
    "linkedin.short",
    "linkedin.long",
    "linkedin.carousel",
    "instagram.reel",
    "instagram.carousel",
    "instagram.caption",
    "facebook.post",
    "threads.post",
    "threads.thread",
    "tiktok.script",
    "youtube.community",
    "youtube.short_script",
    "google_business.post",
    "bluesky.post",
    "bluesky.thread",
    "mastodon.post",
    "mastodon.thread",
    "email.newsletter",
    "blog.article",
    "sandbox.post",
];

#[tokio::test]
async fn an_article_becomes_a_draft_for_every_target() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let asked = ada.generate(ALL).await.expect(202);
    assert_eq!(asked.body["status"], "pending");
    assert_eq!(asked.body["outputs"].as_array().unwrap().len(), ALL.len());
    app.drain().await;

    let done = ada.get(&format!("~/generations/{}", asked.id())).await.expect(200);
    assert_eq!(done.body["status"], "completed", "{}", done.body);
    assert_eq!(done.body["input"]["title"], "I raised my prices by 40 percent and lost two customers");
    assert_eq!(done.body["input"]["language"], "en");
    assert!(!done.body["analysis"]["key_points"].as_array().unwrap().is_empty());
    for output in done.body["outputs"].as_array().unwrap() {
        assert_eq!(output["status"], "completed", "{output}");
        assert_eq!(output["writer"]["provider"], "builtin");
        let post = ada.get(&format!("~/posts/{}", output["post_id"].as_str().unwrap())).await.expect(200);
        assert_eq!(post.body["content"], output["content"]);
        let errors: Vec<&Value> = post.body["issues"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|issue| issue["severity"] == "error")
            .collect();
        assert!(errors.is_empty(), "{}: {errors:?}", output["target"]);
    }
    let kinds: Vec<String> = sqlx::query_scalar("SELECT kind FROM operations.events ORDER BY id")
        .fetch_all(app.store().pool())
        .await
        .unwrap();
    assert_eq!(kinds.iter().filter(|kind| *kind == "post.created").count(), ALL.len());
    assert_eq!(kinds.iter().filter(|kind| *kind == "generation.completed").count(), 1);
    app.done().await;
}

#[tokio::test]
async fn the_same_request_answers_from_before_and_costs_nothing() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let first = ada.generate(&["x", "linkedin"]).await.expect(202);
    app.drain().await;
    let second = ada.generate(&["linkedin", "x.thread"]).await.expect(200);
    assert_eq!((second.id(), &second.body["cached"]), (first.id(), &json!(true)));
    let usage = ada.get("/organizations/ada-studio/usage").await.expect(200);
    assert_eq!(usage.body["generations"]["used"], 1);

    let body =
        json!({ "input": { "type": "text", "text": ARTICLE }, "targets": ["x", "linkedin"], "force": true });
    assert_ne!(ada.post("~/generations", body).await.expect(202).id(), first.id());
    let other = json!({ "input": { "type": "text", "text": ARTICLE }, "targets": ["x", "linkedin"], "tone": "authority" });
    assert_ne!(ada.post("~/generations", other).await.expect(202).id(), first.id());
    app.drain().await;
    assert_eq!(ada.get("/organizations/ada-studio/usage").await.body["generations"]["used"], 3);
    app.done().await;
}

#[tokio::test]
async fn files_of_many_kinds_are_read() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let html = "<html><head><title>Bread</title></head><body><nav>Home</nav><article><h1>Bread</h1><p>We bake 300 \
                loaves a day in a village of 900 people. The dough rests for 18 hours before it meets the oven.</p>\
                <p>Patience is the only ingredient that nobody can deliver.</p></article></body></html>";
    let files: [(&str, &str); 4] = [
        ("article.md", ARTICLE),
        ("letter.txt", include_str!("../../demo/two-hour-friday.txt")),
        ("podcast.srt", include_str!("../../demo/podcast-first-apprentice.srt")),
        ("page.html", html),
    ];
    for (name, text) in files {
        let input = json!({ "type": "file", "name": name, "content_base64": STANDARD.encode(text) });
        let asked =
            ada.post("~/generations", json!({ "input": input, "targets": ["x.post"] })).await.expect(202);
        app.drain().await;
        let done = ada.get(&format!("~/generations/{}", asked.id())).await.expect(200);
        assert_eq!(done.body["status"], "completed", "{name}: {}", done.body);
        assert_eq!(done.body["input"]["file_name"], name);
        let text = ada.get(&format!("~/generations/{}/input", asked.id())).await.expect(200);
        assert!(!text.body["text"].as_str().unwrap().contains("<p>"), "{name}");
    }
}

#[tokio::test]
async fn history_is_filtered_paged_deleted_and_restored() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let mut ids = Vec::new();
    for n in 0..5 {
        let text = format!(
            "Note {n}. The workshop has {n} benches and a very old clock that nobody winds any more."
        );
        let body = json!({ "input": { "type": "text", "text": text, "title": format!("Title {n}") }, "targets": ["x.post"] });
        ids.push(ada.post("~/generations", body).await.expect(202).id());
        app.clock.advance(chrono::Duration::seconds(1));
    }
    app.drain().await;
    let mut seen = Vec::new();
    let mut path = "~/generations?limit=2".to_owned();
    loop {
        let page = ada.get(&path).await.expect(200);
        seen.extend(
            page.body["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()),
        );
        let Some(cursor) = page.body["next_cursor"].as_str() else { break };
        path = format!("~/generations?limit=2&cursor={cursor}");
    }
    ids.reverse();
    assert_eq!(seen, ids);

    let found = ada.get("~/generations?q=title%203").await.expect(200);
    assert_eq!(found.body["items"].as_array().unwrap().len(), 1);
    let one = format!("~/generations/{}", ids[0]);
    ada.delete(&one).await.expect(204);
    ada.get(&one).await.expect(404);
    assert_eq!(ada.get("~/generations?status=completed").await.body["items"].as_array().unwrap().len(), 4);
    ada.post(&format!("{one}/restore"), json!({})).await.expect(200);
    ada.get(&one).await.expect(200);
}

#[tokio::test]
async fn a_killed_worker_writes_nothing_twice() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let asked = ada.generate(&["x.post", "linkedin.long", "email"]).await.expect(202);
    app.drain().await;
    // as if the queue had not heard of the end: the same job again
    let mut tx = app.store().service("test: the job again").await.unwrap();
    sqlx::query(
        "SELECT operations.enqueue_job('studio.generate', payload, NULL, NULL, NULL, 4, 0) FROM
                 (SELECT jsonb_build_object('organization', $1::text, 'generation', $2::text) AS payload) p",
    )
    .bind(organization(&app).await)
    .bind(asked.id())
    .execute(tx.conn())
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let report = app.drain().await;
    assert_eq!(report.done, ["studio.generate"]);
    assert_eq!(ada.get("~/posts").await.body["items"].as_array().unwrap().len(), 3);
    assert_eq!(ada.get("/organizations/ada-studio/usage").await.body["generations"]["used"], 1);
    app.done().await;
}

async fn organization(app: &TestApp) -> String {
    let id: uuid::Uuid =
        sqlx::query_scalar("SELECT id FROM identity.organizations WHERE slug = 'ada-studio'")
            .fetch_one(app.store().pool())
            .await
            .unwrap();
    bellwether_kernel::id::OrganizationId::from(id).to_string()
}

#[tokio::test]
async fn one_failed_output_leaves_the_others_and_is_tried_again_alone() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let asked = ada.generate(&["x.post", "linkedin.long"]).await.expect(202);
    app.drain().await;
    // as a broken model would have left it
    sqlx::query(
        "WITH failed AS (
           UPDATE studio.outputs SET status = 'failed', error_code = 'model_unavailable', error_message = 'too slow'
            WHERE target = 'x.post' RETURNING organization_id, id, generation_id),
         gone AS (DELETE FROM studio.posts p USING failed f WHERE p.organization_id = f.organization_id AND p.output_id = f.id)
         UPDATE studio.generations g SET status = 'partial' FROM failed f
          WHERE g.organization_id = f.organization_id AND g.id = f.generation_id",
    )
    .execute(app.store().pool())
    .await
    .unwrap();
    let path = format!("~/generations/{}", asked.id());
    let partial = ada.get(&path).await.expect(200);
    let outputs = partial.body["outputs"].as_array().unwrap();
    assert_eq!(outputs[0]["error"]["code"], "model_unavailable");
    let (failed, written) = (outputs[0]["id"].as_str().unwrap(), outputs[1]["id"].as_str().unwrap());

    let refused = ada.post(&format!("{path}/outputs/{written}/retry"), json!({})).await.expect(409);
    assert_eq!(refused.body["code"], "not_failed");
    ada.post(&format!("{path}/outputs/{failed}/retry"), json!({})).await.expect(202);
    app.drain().await;
    let done = ada.get(&path).await.expect(200);
    assert_eq!(done.body["status"], "completed");
    assert_eq!(ada.get("~/posts").await.body["items"].as_array().unwrap().len(), 2);
    // it counted once, with the first run
    assert_eq!(ada.get("/organizations/ada-studio/usage").await.body["generations"]["used"], 1);
    app.done().await;
}

#[tokio::test]
async fn old_generations_go_to_the_archive_and_their_posts_stay() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let asked = ada.generate(&["x.post"]).await.expect(202);
    app.drain().await;
    app.clock.advance(chrono::Duration::days(10));
    app.app.studio.retain().await.unwrap();
    ada.get(&format!("~/generations/{}", asked.id())).await.expect(200);
    // the session has ended by then, so the rest is looked at in the database
    app.clock.advance(chrono::Duration::days(81));
    app.app.studio.retain().await.unwrap();
    let counts: (i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM studio.generations), (SELECT count(*) FROM archive.generations),
                (SELECT count(*) FROM studio.posts WHERE generation_id IS NULL)",
    )
    .fetch_one(app.store().pool())
    .await
    .unwrap();
    assert_eq!(counts, (0, 1, 1));
}

#[tokio::test]
async fn usage_is_written_down_and_summed_after_ninety_days() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    ada.generate(&["x.post", "linkedin.long"]).await.expect(202);
    // ids of one millisecond have no order
    app.clock.advance(chrono::Duration::seconds(1));
    app.drain().await;
    let kinds: Vec<String> = sqlx::query_scalar("SELECT event_type FROM operations.usage ORDER BY id")
        .fetch_all(app.store().pool())
        .await
        .unwrap();
    assert_eq!(kinds, ["generation_started", "generation_completed"]);
    app.clock.advance(chrono::Duration::days(92));
    app.app.operations.retain().await.unwrap();
    app.app.operations.retain().await.unwrap();
    let sums: Vec<(String, i64, i64)> =
        sqlx::query_as("SELECT event_type, events, networks FROM operations.usage_daily ORDER BY event_type")
            .fetch_all(app.store().pool())
            .await
            .unwrap();
    assert_eq!(sums, [("generation_completed".into(), 1, 2), ("generation_started".into(), 1, 2)]);
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM operations.usage")
        .fetch_one(app.store().pool())
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn what_is_asked_for_a_later_time_is_written_then() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let now = app.clock.now();
    let request = |at: chrono::DateTime<chrono::Utc>| json!({ "input": { "type": "text", "text": ARTICLE }, "targets": ["x.post"], "starts_at": at });
    let at = now + chrono::Duration::hours(9);
    let asked = ada.post("~/generations", request(at)).await.expect(202);
    assert_eq!((&asked.body["status"], &asked.body["starts_at"]), (&json!("pending"), &json!(at)));
    let waits: chrono::DateTime<chrono::Utc> = sqlx::query_scalar(
        "SELECT run_at FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
         WHERE t.identifier = 'studio.generate'",
    )
    .fetch_one(app.store().pool())
    .await
    .unwrap();
    assert_eq!(waits, at);
    app.drain().await;
    let done = ada.get(&format!("~/generations/{}", asked.id())).await.expect(200).body;
    assert_eq!((&done["status"], &done["starts_at"]), (&json!("completed"), &json!(at)));
    for (at, code) in [(now, "past"), (now + chrono::Duration::days(32), "too_far")] {
        let refused = ada.post("~/generations", request(at)).await.expect(422);
        assert_eq!(refused.fault(), ("starts_at", code));
    }
    app.done().await;
}

#[tokio::test]
async fn what_is_deleted_before_its_time_is_not_written() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let at = app.clock.now() + chrono::Duration::hours(9);
    let request =
        json!({ "input": { "type": "text", "text": ARTICLE }, "targets": ["x.post"], "starts_at": at });
    let asked = ada.post("~/generations", request).await.expect(202);
    let path = format!("~/generations/{}", asked.id());
    ada.delete(&path).await.expect(204);
    app.drain().await;
    assert_eq!(ada.get("~/posts").await.expect(200).body["items"], json!([]));
    let held = async || {
        ada.get("/organizations/ada-studio/usage").await.expect(200).body["generations"]["reserved"].clone()
    };
    assert_eq!(held().await, json!(0), "the allowance is given back");
    ada.post(&format!("{path}/restore"), json!({})).await.expect(200);
    assert_eq!(held().await, json!(1));
    app.drain().await;
    assert_eq!(ada.get(&path).await.expect(200).body["status"], "completed");
    assert_eq!(ada.get("~/posts").await.expect(200).body["items"].as_array().unwrap().len(), 1);
    app.done().await;
}
