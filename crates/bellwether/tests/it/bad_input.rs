//! Bad input: a clear located error or an honest small result, never a 500, nothing lost.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Method;
use serde_json::{Value, json};

use crate::app::{Answer, Client, TestApp};

async fn text(client: &Client, text: &str) -> Answer {
    client
        .post("~/generations", json!({ "input": { "type": "text", "text": text }, "targets": ["x.post"] }))
        .await
}

async fn file(client: &Client, name: &str, bytes: &[u8]) -> Answer {
    let input = json!({ "type": "file", "name": name, "content_base64": STANDARD.encode(bytes) });
    client.post("~/generations", json!({ "input": input, "targets": ["x.post"] })).await
}

#[track_caller]
fn refused(answer: &Answer, path: &str) {
    assert!(answer.status.is_client_error(), "{} {}", answer.status, answer.body);
    assert!(answer.fault().0.starts_with(path), "{}", answer.body);
    assert!(!answer.body["errors"][0]["message"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn inputs_that_cannot_be_read_are_told_where_and_why() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    refused(&text(&ada, "").await, "input");
    refused(&text(&ada, " \n\t ").await, "input");
    refused(&text(&ada, "```rust\nfn main() {}\n```").await, "input");
    refused(&file(&ada, "noise.txt", &[0, 159, 146, 150, 0, 1, 2, 3]).await, "input");
    refused(&file(&ada, "noise.pdf", b"%PDF-1.7 broken").await, "input");
    refused(&file(&ada, "film.mp4", &[0; 64]).await, "input");
    refused(&file(&ada, "page.html", b"<html><body><script>1</script></body></html>").await, "input");
    for url in [
        "ftp://example.org",
        "http://127.0.0.1/",
        "http://localhost/",
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data",
        "nonsense",
        "http://user:pass@example.org/",
    ] {
        let body = json!({ "input": { "type": "url", "url": url }, "targets": ["x.post"] });
        refused(&ada.post("~/generations", body).await, "input/url");
    }
    let usage = ada.get("/organizations/ada-studio/usage").await.expect(200);
    assert_eq!(
        (&usage.body["generations"]["used"], &usage.body["generations"]["reserved"]),
        (&json!(0), &json!(0))
    );
    assert!(ada.get("~/generations").await.body["items"].as_array().unwrap().is_empty());
    app.done().await;
}

#[tokio::test]
async fn little_odd_and_hostile_texts_give_an_honest_result() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let hostile =
        "<script>alert(1)</script><p onclick=x>Bread &amp; butter is all we sell in this shop.</p>".repeat(3);
    for input in [
        "Patience is the only ingredient that nobody can deliver.",
        "qwx zzkl vrrm plok. Trrm vlok zzt!",
        &hostile,
    ] {
        let asked = text(&ada, input).await.expect(202);
        app.drain().await;
        let done = ada.get(&format!("~/generations/{}", asked.id())).await.expect(200);
        let status = done.body["status"].as_str().unwrap();
        assert!(["completed", "partial", "failed"].contains(&status), "{}", done.body);
        if status == "failed" {
            assert!(!done.body["error"]["message"].as_str().unwrap().is_empty());
        }
        assert!(!done.body.to_string().contains("<script>alert"), "{}", done.body);
    }
    app.done().await;
}

#[tokio::test]
async fn requests_that_cannot_be_understood_are_told_where() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let ask = async |body: Value| ada.post("~/generations", body).await;
    let input = json!({ "type": "text", "text": "A text that is long enough to make one draft of it." });
    let unknown = ask(json!({ "input": input, "targets": ["x", "myspace"] })).await.expect(422);
    assert_eq!(unknown.fault(), ("targets/1", "unknown_target"));
    assert_eq!(ask(json!({ "input": input, "targets": [] })).await.expect(422).fault().0, "targets");
    assert_eq!(
        ask(json!({ "input": input, "targets": ["x"], "tone": "angry" })).await.expect(422).fault().0,
        "tone"
    );
    assert_eq!(
        ask(json!({ "input": input, "targets": ["x"], "model": "hal" })).await.expect(422).fault(),
        ("model", "unknown_model")
    );
    let long = "a".repeat(1001);
    assert_eq!(
        ask(json!({ "input": input, "targets": ["x"], "instructions": long })).await.expect(422).fault().0,
        "instructions"
    );
    let base64 = json!({ "type": "file", "name": "a.md", "content_base64": "%%%" });
    assert_eq!(
        ask(json!({ "input": base64, "targets": ["x"] })).await.expect(422).fault(),
        ("input/content_base64", "not_base64")
    );
    ask(json!({ "input": input, "targets": ["x"], "surprise": 1 })).await.expect(422);
    ask(json!({ "targets": ["x"] })).await.expect(422);

    let send = async |kind: &str, body: &[u8]| {
        ada.send(Method::POST, "~/generations", &[("content-type", kind)], Some(body.to_vec())).await
    };
    send("application/json", b"{").await.expect(400);
    send("application/json", &[0xff, 0xfe]).await.expect(400);
    send("text/plain", b"{}").await.expect(415);
    let huge = format!(
        "{{\"input\":{{\"type\":\"text\",\"text\":\"{}\"}},\"targets\":[\"x\"]}}",
        "a".repeat(17 << 20)
    );
    send("application/json", huge.as_bytes()).await.expect(413);

    let cursor = ada.get("~/posts?cursor=nonsense").await;
    assert!(cursor.status == 400 || cursor.status == 422, "{}", cursor.body);
    assert_eq!(cursor.fault().0, "cursor");
    for path in [
        "~/posts?limit=0",
        "~/posts?limit=100000",
        "~/posts?status=lost",
        "~/posts/post_nonsense",
        "~/posts?q=%ff",
    ] {
        let answer = ada.get(path).await;
        assert!(answer.status.is_client_error(), "{path}: {} {}", answer.status, answer.body);
    }
    ada.get("/nothing/here").await.expect(404);
    ada.send(Method::PUT, "/me", &[], None).await.expect(405);
}

#[tokio::test]
async fn years_that_nothing_can_hold_are_refused() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    for year in ["-5000", "+262142"] {
        let at = format!("{year}-01-01T00:00:00Z");
        let sample = json!({ "text": "A chair is made of patience and of wood.", "published_at": at });
        let answers = [
            ada.post("~/voice/samples", json!({ "samples": [sample] })).await,
            ada.post("~/items/read-all/undo", json!({ "read_at": at })).await,
            ada.get(&format!("~/items?since={}", at.replace('+', "%2B"))).await,
            ada.post(
                "~/knowledge",
                json!({ "content": "We open at ten.", "valid_until": format!("{year}-01-01") }),
            )
            .await,
        ];
        for answer in answers {
            assert!(!answer.status.is_server_error(), "{at}: {} {}", answer.status, answer.body);
            // the database holds years up to 294276, and none before 4713 B.C.
            assert!(answer.status.is_client_error() || year.starts_with('+'), "{at}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn ten_megabytes_are_read_or_refused() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let sentence = "The workshop has three benches and an old clock that nobody winds any more. ";
    let ten = sentence.repeat(10 * 1024 * 1024 / sentence.len());
    refused(&file(&ada, "long.txt", ten.as_bytes()).await, "input");
    app.done().await;
}

#[tokio::test]
async fn the_same_key_is_done_once() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let body =
        json!({ "input": { "type": "text", "text": crate::app::ARTICLE }, "targets": ["x"], "force": true });
    let send = async |body: &Value| {
        let headers = [("content-type", "application/json"), ("idempotency-key", "k-1")];
        ada.send(Method::POST, "~/generations", &headers, Some(body.to_string().into())).await
    };
    let (first, second) = (send(&body).await.expect(202), send(&body).await.expect(202));
    assert_eq!(first.id(), second.id());
    assert_eq!(second.headers["idempotency-replayed"], "true");
    let other = json!({ "input": { "type": "text", "text": "Another text." }, "targets": ["x"] });
    assert_eq!(send(&other).await.expect(422).body["code"], "idempotency_key_reused");
    app.drain().await;
    assert_eq!(ada.get("~/generations").await.body["items"].as_array().unwrap().len(), 1);
    app.done().await;
}
