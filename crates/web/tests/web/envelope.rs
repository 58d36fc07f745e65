//! What goes around every answer.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use axum::http::Method;
use serde_json::json;

use crate::app::App;

#[tokio::test]
async fn every_refusal_under_api_is_a_problem() {
    let app = App::new().await;
    app.get("/api/v1/nothing").header("accept", "text/html").send().await.problem(404, "not_found");
    app.get("/api").send().await.problem(404, "not_found");
    app.get("/api/v1/%FF%00").send().await.problem(404, "not_found");
    let wrong_method = app.call(Method::DELETE, "/api/v1/me").send().await;
    wrong_method.problem(405, "method_not_allowed");
    assert!(wrong_method.header("allow").contains("GET"), "{}", wrong_method.header("allow"));
    let made_up = app.call(Method::from_bytes(b"BREW").unwrap(), "/api/v1/me").send().await;
    made_up.problem(405, "method_not_allowed");
}

#[tokio::test]
async fn causes_stay_in_the_log() {
    let app = App::new().await;
    for what in ["fail", "panic"] {
        let answer = app.post("/api/v1/work").json(&json!({"what": what})).send().await;
        answer.problem(500, "internal");
        assert!(!answer.text().contains("secret"), "{}", answer.text());
    }
    assert_eq!(app.get("/api/v1/list").send().await.status, 200);
}

#[tokio::test]
async fn a_sane_request_id_is_taken_over_and_another_is_made() {
    let app = App::new().await;
    let with = |id: &str| app.get("/api/v1/list").header("x-request-id", id);
    assert_eq!(with("abc_DEF-1").send().await.header("x-request-id"), "abc_DEF-1");
    for id in ["", "a b", "x\u{e9}", &"x".repeat(65)] {
        let made = with(id).send().await.header("x-request-id").to_owned();
        assert_eq!(made.len(), 32, "{made}");
    }
    let (one, two) = (app.get("/healthz").send().await, app.get("/healthz").send().await);
    assert_ne!(one.header("x-request-id"), two.header("x-request-id"));
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_given_up() {
    let app = App::with(|config| config.timeout = std::time::Duration::from_millis(50)).await;
    let answer = app.get("/api/v1/never").send().await;
    answer.problem(503, "timeout");
    assert_eq!(answer.header("retry-after"), "5");
}

#[tokio::test]
async fn browsers_are_told_what_to_refuse() {
    let app = App::new().await;
    for path in ["/", "/api/v1/list", "/api/v1/nothing", "/api/docs", "/healthz"] {
        let answer = app.get(path).header("accept", "text/html").send().await;
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; "),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        for directive in
            ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "connect-src 'self'"]
        {
            assert!(policy.contains(directive), "{policy}");
        }
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert!(
            !answer.header("referrer-policy").is_empty() && !answer.header("permissions-policy").is_empty()
        );
        assert_eq!(answer.header("strict-transport-security"), "");
    }
    let secure = App::with(|config| config.public_url = "https://bell.example".parse().unwrap()).await;
    assert!(secure.get("/").send().await.header("strict-transport-security").starts_with("max-age="));
}

#[tokio::test]
async fn answers_of_the_api_are_kept_by_nobody_unless_they_say_so() {
    let app = App::new().await;
    assert_eq!(app.get("/api/v1/list").send().await.header("cache-control"), "no-store");
    assert_eq!(app.get("/api/v1/nothing").send().await.header("cache-control"), "no-store");
    let thing = app.get("/api/v1/organizations/acme/thing").by("owner").send().await;
    assert_eq!(thing.header("cache-control"), "no-store");
}

#[tokio::test]
async fn large_answers_are_compressed_for_those_who_can_read_it() {
    let app = App::new().await;
    let much = || app.get("/api/v1/much");
    let plain = much().send().await;
    assert_eq!(plain.header("content-encoding"), "");
    for coding in ["br", "gzip"] {
        let packed = much().header("accept-encoding", coding).send().await;
        assert_eq!(packed.header("content-encoding"), coding);
        assert!(packed.body.len() * 10 < plain.body.len());
        assert!(packed.header("vary").contains("accept-encoding"));
    }
    let problem = app.get("/api/v1/nothing").header("accept-encoding", "identity").send().await;
    problem.problem(404, "not_found");
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_tells_what_happened_and_no_secret() {
    let app = App::new().await;
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let list = app.get("/api/v1/list?token=in-the-query").header("x-request-id", "first-1");
    list.by("in-the-cookie").header("authorization", "Bearer in-the-header").send().await;
    app.get("/api/v1/organizations/acme/thing").by("owner").header("x-request-id", "second-2").send().await;
    let fails = app.post("/api/v1/work").header("x-request-id", "third-3").json(&json!({"what": "fail"}));
    fails.send().await;
    drop(guard);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let line = |id: &str| {
        let end = |line: &&str| line.contains(id) && line.contains(" ms=");
        let lines: Vec<&str> = text.lines().filter(end).collect();
        assert_eq!(lines.len(), 1, "one line for each request, in\n{text}");
        lines[0].to_owned()
    };
    let first = line("first-1");
    for part in ["GET", "/api/v1/list", "status=200"] {
        assert!(first.contains(part), "{first}");
    }
    let second = line("second-2");
    assert!(
        second.contains("/api/v1/organizations/{org}/thing") && second.contains(&app.owner.to_string()),
        "{second}"
    );
    let third = line("third-3");
    assert!(third.contains("ERROR") && third.contains("relation") && third.contains("status=500"), "{third}");
    for secret in ["in-the-query", "in-the-cookie", "in-the-header", "bellwether_session"] {
        assert!(!text.contains(secret), "{secret} is in\n{text}");
    }
}
