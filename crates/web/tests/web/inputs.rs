//! What handlers take: every fault is a located problem.

use axum::http::Method;
use bellwether_kernel::{Cursor, id::PostId};
use serde_json::json;

use crate::app::App;

#[tokio::test]
async fn a_body_comes_back_as_it_was() {
    let app = App::new().await;
    for note in
        [json!({"text": "a"}), json!({"text": "é\u{1f514}", "memo": null}), json!({"text": "", "memo": "x"})]
    {
        let answer = app.post("/api/v1/echo").json(&note).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let mut expected = note.clone();
        expected["parts"] = json!([]);
        assert_eq!(answer.json(), expected);
    }
    let merge =
        app.post("/api/v1/echo").header("content-type", "application/merge-patch+json; charset=utf-8");
    assert_eq!(merge.text(r#"{"text":"a"}"#).send().await.status, 200);
}

#[tokio::test]
async fn a_wrong_body_is_refused_with_its_place() {
    let app = App::new().await;
    for (body, path, code) in [
        (json!({}), "text", "missing_field"),
        (json!({"text": 1}), "text", "invalid_type"),
        (json!({"text": "a", "parts": [{"count": 1}, {"count": -1}]}), "parts/1/count", "invalid_value"),
        (json!({"text": "a", "more": 1}), "more", "unknown_field"),
        (json!({"text": "a\u{0}"}), "text", "invalid_character"),
    ] {
        let problem = app.post("/api/v1/echo").json(&body).send().await.problem(422, "invalid");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 1);
        assert_eq!(problem["errors"][0]["path"], path);
        assert_eq!(problem["errors"][0]["code"], code);
        assert!(!problem["errors"][0]["message"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_is_no_json_is_refused_before_it_is_read() {
    let app = App::new().await;
    let echo = || app.post("/api/v1/echo");
    echo().text("{}").send().await.problem(415, "unsupported_media_type");
    echo()
        .header("content-type", "text/plain")
        .text("{}")
        .send()
        .await
        .problem(415, "unsupported_media_type");
    let json = |body: &'static [u8]| echo().header("content-type", "application/json").text(body);
    json(b"").send().await.problem(400, "malformed_json");
    json(b"{\"text\":").send().await.problem(400, "malformed_json");
    json(b"{\"text\":\"\xff\xfe\"}").send().await.problem(400, "malformed_json");
    json(b"\x00\x01\x02\x89PNG").send().await.problem(400, "malformed_json");
}

#[tokio::test]
async fn a_body_past_the_limit_is_413_whether_announced_or_not() {
    let app = App::with(|config| config.body_limit = 1024).await;
    let large = json!({"text": "x".repeat(2000)}).to_string();
    let announced = app.post("/api/v1/echo").header("content-type", "application/json").text(large.clone());
    announced.send().await.problem(413, "too_large");
    let chunks =
        futures::stream::iter(large.into_bytes().chunks(100).map(<[u8]>::to_vec).collect::<Vec<_>>());
    let streamed = axum::body::Body::from_stream(futures::StreamExt::map(chunks, Ok::<_, std::io::Error>));
    let unannounced = app.post("/api/v1/echo").header("content-type", "application/json").text(streamed);
    unannounced.send().await.problem(413, "too_large");
    assert_eq!(app.post("/api/v1/echo").json(&json!({"text": "x".repeat(900)})).send().await.status, 200);
}

#[tokio::test]
async fn a_wrong_part_of_the_path_is_refused_with_its_name() {
    let app = App::new().await;
    let post = PostId::new(&app.clock, &app.rng);
    let at =
        |post: &str| app.get(&format!("/api/v1/organizations/acme/brands/bell/posts/{post}")).by("owner");
    let answer = at(&post.to_string()).send().await;
    assert_eq!(answer.json()["post"], post.to_string());
    for wrong in ["nonsense", "brand_01h2xcejqtf2nbrexx3vqjhp41", "%FF", "%00"] {
        let problem = at(wrong).send().await.problem(400, "invalid_path");
        assert!(
            ["post", ""].contains(&problem["errors"][0]["path"].as_str().unwrap_or_default()),
            "{wrong}: {problem}"
        );
    }
    let problem = at("nonsense").send().await.problem(400, "invalid_path");
    assert_eq!(problem["errors"][0]["path"], "post");
}

#[tokio::test]
async fn pages_are_checked() {
    let app = App::new().await;
    let list = |query: &str| app.get(&format!("/api/v1/list?{query}"));
    assert_eq!(list("").send().await.json(), json!({"limit": 20, "after": null}));
    let cursor = Cursor { at: app.clock.now(), id: PostId::new(&app.clock, &app.rng).uuid() };
    let answer = list(&format!("limit=100&cursor={}", cursor.encode())).send().await;
    assert_eq!(answer.json(), json!({"limit": 100, "after": cursor.id}));
    for (query, path, code) in [
        ("limit=0", "limit", "out_of_range"),
        ("limit=101", "limit", "out_of_range"),
        ("limit=ten", "limit", "invalid_value"),
        ("cursor=nonsense", "cursor", "invalid_cursor"),
        ("cursor=%FF", "cursor", "invalid_character"),
        ("limit=1&limit=2", "limit", "invalid_value"),
    ] {
        let problem = list(query).send().await.problem(422, "invalid");
        assert_eq!(
            (&problem["errors"][0]["path"], &problem["errors"][0]["code"]),
            (&json!(path), &json!(code)),
            "{query}"
        );
    }
}

#[tokio::test]
async fn changes_name_the_version_they_were_made_against() {
    let app = App::new().await;
    let thing = "/api/v1/organizations/acme/thing";
    let change = || app.call(Method::PATCH, thing).by("owner").json(&json!({"text": "new"}));
    assert_eq!(app.get(thing).by("owner").send().await.header("etag"), "\"3\"");
    change().send().await.problem(428, "if_match_required");
    change().header("if-match", "3").send().await.problem(400, "invalid_if_match");
    change().header("if-match", "\"2\"").send().await.problem(412, "stale");
    let changed = change().header("if-match", "\"3\"").send().await;
    assert_eq!((changed.status.as_u16(), changed.header("etag")), (200, "\"4\""));
}

#[tokio::test]
async fn a_known_version_is_not_sent_again() {
    let app = App::new().await;
    let thing =
        |known: &str| app.get("/api/v1/organizations/acme/thing").by("owner").header("if-none-match", known);
    for known in ["\"3\"", "W/\"3\"", "\"1\", \"3\"", "*"] {
        let answer = thing(known).send().await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (304, 0), "{known}");
        assert_eq!(answer.header("etag"), "\"3\"");
    }
    let answer = thing("\"2\"").send().await;
    // a browser that kept it would show what is computed beside the version as it was
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"));
}
