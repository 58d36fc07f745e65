//! A real OpenAI-compatible server, end to end. Runs when BELLWETHER_TEST_MODEL_URL is set, as
//! `scripts/real-model-test.sh` does; the model there has 135 million parameters, so that what is tested is the
//! protocol, the metering and the checks, and never the prose.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "helpers of tests fail as tests do, and say what they saw"
)]

mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use bellwether_models::{Models, RunStatus, Silent, Step, WriteError, Written};
use bellwether_networks::Target;
use futures::StreamExt as _;
use support::{Books, Steps, brief, models};

/// Where the server is, or a word on why nothing was tested.
fn server(test: &str) -> Option<String> {
    let url = std::env::var("BELLWETHER_TEST_MODEL_URL").ok().filter(|url| !url.is_empty());
    if url.is_none() {
        println!("NOT RUN: {test} needs a real model server; run scripts/real-model-test.sh");
    }
    url
}

fn at(url: &str, more: &str) -> Models {
    let model = std::env::var("BELLWETHER_TEST_MODEL").unwrap_or_else(|_| "smollm2".into());
    models(&format!(
        "timeouts = {{ first_token_ms = 300000, idle_ms = 120000, total_ms = 600000 }}\n\
         retry = {{ max_attempts = 3, base_ms = 10, max_ms = 2000 }}\n\
         [providers.real]\nkind = \"openai\"\nmodel = \"{model}\"\nbase_url = \"{url}\"\napi_key = \"any\"\n\
         max_concurrent = 1\nmax_output_tokens = 400\ntemperature = 0.0\nprice = {{ input = 0.1, output = 0.2 }}\n{more}\n"
    ))
}

/// A small model may break the network's rules; what it may not do is break ours.
fn check(result: &Result<Written, WriteError>, books: &Books, target: Target) {
    let runs = books.runs.lock().unwrap();
    assert!(!runs.is_empty());
    for run in runs.iter().filter(|run| matches!(run.status, RunStatus::Ok | RunStatus::Invalid)) {
        let usage = run.usage.expect("counted or estimated");
        assert!(usage.input_tokens > 100 && usage.output_tokens > 0, "{usage:?}");
        assert!(run.cost.is_some_and(|cost| cost.0 > 0));
        // an estimate beforehand errs on the high side
        assert!(run.estimated.usage.input_tokens * 10 >= usage.input_tokens * 8, "{run:?}");
    }
    match result {
        Ok(written) => {
            assert_eq!(written.content.shape(), target.shape());
            assert_eq!(written.attempts as usize, runs.len());
            let faults = bellwether_networks::validate(target, &written.content);
            let broken = faults.iter().filter(|issue| issue.is_error()).count();
            assert!(written.notes.len() >= broken, "every broken rule is in the notes: {:?}", written.notes);
            println!("{target}: {}\n  notes: {:?}", written.content.plain(), written.notes);
        }
        Err(error) => {
            assert!(matches!(error, WriteError::Unusable { .. }), "{error:?}");
            println!("{target}: {error}");
        }
    }
}

#[tokio::test]
async fn drafts_are_streamed_in_the_schema_s_shape() {
    let Some(url) = server("drafts_are_streamed_in_the_schema_s_shape") else { return };
    let models = at(&url, "");
    for target in [Target::XPost, Target::LinkedinShort] {
        let (books, steps) = (Books::default(), Steps::default());
        let mut brief = brief();
        brief.target = target;
        let written = models.writer(Some("real")).unwrap().write(&brief, &books, &steps).await;
        check(&written, &books, target);
        let steps = steps.0.lock().unwrap();
        let received = steps.iter().filter(|step| matches!(step, Step::Receiving { .. })).count();
        assert!(received > 10, "it came in pieces: {received}");
    }
    // it was held to the schema, if not in the first way that was tried
    let listed = serde_json::to_value(&models.list()[0]).unwrap();
    println!("structured: {}", listed["structured"]);
    assert!(["schema", "json_schema"].contains(&listed["structured"].as_str().unwrap()));
}

#[tokio::test]
async fn a_json_mode_and_words_alone_work_too() {
    let Some(url) = server("a_json_mode_and_words_alone_work_too") else { return };
    for structured in ["json", "plain"] {
        let books = Books::default();
        let models = at(&url, &format!("structured = \"{structured}\""));
        let written = models.writer(Some("real")).unwrap().write(&brief(), &books, &Silent).await;
        check(&written, &books, Target::XPost);
    }
}

/// What a proxy does to the first requests before it lets one through.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Harm {
    Busy,
    Broken,
    Silence,
    Truncated,
}

/// Stands in front of the real server and harms one request after the other.
async fn proxy(upstream: String, harms: Vec<Harm>) -> (String, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let client = reqwest::Client::new();
    let handle = move |headers: HeaderMap, body: Bytes| {
        let harm = harms.get(counted.fetch_add(1, Ordering::SeqCst)).copied();
        let (client, url) = (client.clone(), format!("{upstream}chat/completions"));
        async move {
            match harm {
                Some(Harm::Busy) => {
                    return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")], "busy").into_response();
                }
                Some(Harm::Broken) => return (StatusCode::BAD_GATEWAY, "broken").into_response(),
                Some(Harm::Silence) => return futures::future::pending().await,
                Some(Harm::Truncated) | None => {}
            }
            let kind = headers[header::CONTENT_TYPE].clone();
            let answer = client.post(url).header(header::CONTENT_TYPE, kind).body(body).send().await.unwrap();
            let (status, kind) = (answer.status(), answer.headers()[header::CONTENT_TYPE].clone());
            let pieces = answer.bytes_stream();
            let body = if harm == Some(Harm::Truncated) {
                Body::from_stream(pieces.take(4))
            } else {
                Body::from_stream(pieces)
            };
            Response::builder().status(status.as_u16()).header(header::CONTENT_TYPE, kind).body(body).unwrap()
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handle)).await });
    (format!("http://{address}/v1/"), count)
}

#[tokio::test]
async fn failures_in_front_of_a_real_server_are_lived_through() {
    let Some(url) = server("failures_in_front_of_a_real_server_are_lived_through") else { return };
    let (front, count) = proxy(url.clone(), vec![Harm::Busy, Harm::Truncated]).await;
    let books = Books::default();
    let written = at(&front, "structured = \"json_schema\"")
        .writer(Some("real"))
        .unwrap()
        .write(&brief(), &books, &Silent)
        .await;
    check(&written, &books, Target::XPost);
    assert_eq!(books.codes()[..2], ["rate_limited", "truncated"], "{:?}", books.codes());
    assert!(count.load(Ordering::SeqCst) >= 3);

    let (front, _) = proxy(url, vec![Harm::Broken, Harm::Silence, Harm::Broken]).await;
    let books = Books::default();
    let limits = "timeouts = { first_token_ms = 300 }";
    let written = at(&front, limits).writer(None).unwrap().write(&brief(), &books, &Silent).await.unwrap();
    assert_eq!(books.codes(), ["http_502", "timeout_first_token", "http_502"]);
    assert_eq!(written.provider, "builtin");
    assert!(written.notes[0].contains("built-in writer"), "{:?}", written.notes);
}

/// A refusal of the real server, in its own words.
#[tokio::test]
async fn a_request_that_the_server_refuses_is_told_in_its_words() {
    let Some(url) = server("a_request_that_the_server_refuses_is_told_in_its_words") else { return };
    let books = Books::default();
    let mut brief = brief();
    brief.document.text = "A sentence that fills the window of the model. ".repeat(1_500);
    let error = tokio::time::timeout(
        Duration::from_mins(5),
        at(&url, "max_input_tokens = 60000\nstructured = \"plain\"")
            .writer(Some("real"))
            .unwrap()
            .write(&brief, &books, &Silent),
    )
    .await
    .unwrap()
    .unwrap_err();
    println!("{error}");
    assert!(matches!(error, WriteError::Rejected { .. }), "{error:?}");
    assert_eq!(books.codes().len(), 1, "a refusal is not tried again: {:?}", books.codes());
}
