//! `Idempotency-Key`: carried out once, answered the same.

use std::{sync::atomic::Ordering, time::Duration};

use bellwether_kernel::id::UserId;
use bellwether_web::{
    idempotency,
    limits::{Limits, Rate},
};
use serde_json::json;

use crate::app::{Answer, App, Call};

fn work<'a>(app: &'a App, key: &str, what: &str) -> Call<'a> {
    app.post("/api/v1/work").by("owner").header("idempotency-key", key).json(&json!({ "what": what }))
}

fn runs(app: &App) -> usize {
    app.work.runs.load(Ordering::SeqCst)
}

fn replayed(answer: &Answer) -> bool {
    answer.header("idempotency-replayed") == "true"
}

#[tokio::test]
async fn the_same_request_is_carried_out_once_and_answered_the_same() {
    let app = App::new().await;
    let first = work(&app, "k-1", "count").send().await;
    assert_eq!((first.status.as_u16(), replayed(&first)), (201, false));
    let second = work(&app, "k-1", "count").send().await;
    assert_eq!((second.status.as_u16(), replayed(&second)), (201, true));
    assert_eq!(second.body, first.body);
    assert_eq!(second.header("location"), "/notes/1");
    assert_eq!(second.header("content-type"), "application/json");
    assert_eq!(second.header("set-cookie"), "", "a cookie belongs to one answer only");
    assert_eq!(runs(&app), 1);
    assert_eq!(work(&app, "k-2", "count").send().await.json()["run"], 2);
}

#[tokio::test]
async fn a_refusal_is_answered_the_same_with_the_id_of_the_request_that_was_carried_out() {
    let app = App::new().await;
    let first = work(&app, "k", "refuse").send().await;
    let problem = first.problem(422, "invalid");
    let second = work(&app, "k", "refuse").send().await;
    assert!(replayed(&second));
    assert_eq!(second.json(), problem);
    assert_eq!(runs(&app), 1);
}

#[tokio::test]
async fn a_key_is_good_for_one_request_only() {
    let app = App::new().await;
    work(&app, "k", "count").send().await;
    work(&app, "k", "other").send().await.problem(422, "idempotency_key_reused");
    let elsewhere = app
        .post("/api/v1/generate")
        .by("owner")
        .header("idempotency-key", "k")
        .json(&json!({"what": "count"}));
    elsewhere.send().await.problem(422, "idempotency_key_reused");
    assert_eq!(runs(&app), 1);
}

#[tokio::test]
async fn keys_of_two_people_never_meet() {
    let app = App::new().await;
    app.door.let_in("other", UserId::new(&app.clock, &app.rng), None);
    work(&app, "k", "count").send().await;
    let other =
        app.post("/api/v1/work").by("other").header("idempotency-key", "k").json(&json!({"what": "count"}));
    assert_eq!(other.send().await.json()["run"], 2);
}

#[tokio::test]
async fn without_somebody_signed_in_or_on_other_methods_a_key_has_no_effect() {
    let app = App::new().await;
    let anonymous =
        || app.post("/api/v1/work").header("idempotency-key", "k").json(&json!({"what": "count"}));
    assert_eq!(anonymous().send().await.json(), json!({"run": 1, "signed_in": false}));
    assert_eq!(anonymous().send().await.json()["run"], 2);
    let read = app.get("/api/v1/list").by("owner").header("idempotency-key", "bad\u{e9}").send().await;
    assert_eq!(read.status, 200);
}

#[tokio::test]
async fn a_key_that_is_none_is_refused() {
    let app = App::new().await;
    for key in ["", "é", &"k".repeat(256)] {
        work(&app, key, "count").send().await.problem(400, "invalid_idempotency_key");
    }
    work(&app, "a", "count")
        .header("idempotency-key", "b")
        .send()
        .await
        .problem(400, "invalid_idempotency_key");
    assert_eq!(runs(&app), 0);
}

#[tokio::test]
async fn a_failure_of_ours_and_a_refusal_for_haste_may_be_tried_again() {
    let limits = Limits { generate: Some(Rate::per_minute(1)), ..Limits::none() };
    let app = App::with(|config| config.limits = limits).await;
    for what in ["fail", "panic"] {
        work(&app, what, what).send().await.problem(500, "internal");
        let again = work(&app, what, what).send().await;
        again.problem(500, "internal");
        assert!(!replayed(&again));
    }
    assert_eq!(runs(&app), 4);
    let generate = |key: &str| app.post("/api/v1/generate").by("owner").header("idempotency-key", key);
    assert_eq!(generate("a").send().await.status, 204);
    generate("b").send().await.problem(429, "rate_limited");
    app.clock.advance(chrono::Duration::minutes(1));
    assert_eq!(generate("b").send().await.status, 204);
}

#[tokio::test]
async fn of_two_at_the_same_moment_one_runs_and_the_other_is_told_to_wait() {
    let app = App::new().await;
    let started = app.work.started.notified();
    let (first, second) = tokio::join!(work(&app, "k", "wait").send(), async {
        started.await;
        let second = work(&app, "k", "wait").send().await;
        app.work.go_on.notify_one();
        second
    });
    second.problem(409, "idempotency_in_progress");
    assert_eq!(second.header("retry-after"), "1");
    assert_eq!(first.status, 201);
    assert!(replayed(&work(&app, "k", "wait").send().await));
    assert_eq!(runs(&app), 1);
}

#[tokio::test]
async fn many_at_the_same_moment_run_once() {
    let app = App::new().await;
    let answers = futures::future::join_all((0..8).map(|_| work(&app, "k", "count").send())).await;
    assert_eq!(runs(&app), 1);
    for answer in &answers {
        assert!([201, 409].contains(&answer.status.as_u16()), "{}", answer.text());
    }
    assert_eq!(answers.iter().filter(|answer| answer.status == 201 && !replayed(answer)).count(), 1);
}

#[tokio::test]
async fn a_client_that_hangs_up_finds_the_answer_when_it_comes_back() {
    let app = App::new().await;
    let mut first = Box::pin(work(&app, "k", "wait").send());
    tokio::select! {
        _ = &mut first => unreachable!("it waits"),
        () = app.work.started.notified() => {}
    }
    drop(first);
    app.work.go_on.notify_one();
    let answer = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            let answer = work(&app, "k", "wait").send().await;
            if answer.status != 409 {
                return answer;
            }
            tokio::task::yield_now().await;
        }
    });
    let answer = answer.await.unwrap();
    assert_eq!((answer.status.as_u16(), replayed(&answer), runs(&app)), (201, true, 1));
}

#[tokio::test]
async fn the_lock_of_a_crashed_attempt_expires_and_its_late_end_writes_nothing() {
    let app = App::new().await;
    // an attempt of a process that is gone: the row is there, nobody will finish it
    let mut first = Box::pin(work(&app, "k", "wait").send());
    tokio::select! {
        _ = &mut first => unreachable!("it waits"),
        () = app.work.started.notified() => {}
    }
    work(&app, "k", "wait").send().await.problem(409, "idempotency_in_progress");
    app.clock.advance(chrono::Duration::seconds(61));
    work(&app, "k", "other").send().await.problem(422, "idempotency_key_reused");
    let (second, first) = tokio::join!(work(&app, "k", "wait").send(), async {
        app.work.started.notified().await;
        // the first one was only slow: it ends before the second
        app.work.go_on.notify_one();
        let late = first.await;
        app.work.go_on.notify_one();
        late
    });
    assert_eq!((first.json()["run"].clone(), second.json()["run"].clone()), (json!(1), json!(2)));
    assert_eq!(work(&app, "k", "wait").send().await.json()["run"], 2);
}

#[tokio::test]
async fn keys_are_forgotten_after_a_day() {
    let app = App::new().await;
    work(&app, "k", "count").send().await;
    app.clock.advance(chrono::Duration::hours(24));
    assert_eq!(work(&app, "k", "other").send().await.json()["run"], 2);
    assert_eq!(idempotency::purge(&app.web.store, app.clock.now()).await.unwrap(), 0);
    app.clock.advance(chrono::Duration::hours(24));
    assert_eq!(idempotency::purge(&app.web.store, app.clock.now()).await.unwrap(), 1);
}

#[tokio::test]
async fn a_body_past_the_limit_is_refused_with_a_key_too() {
    let app = App::with(|config| config.body_limit = 100).await;
    let body = futures::stream::iter(vec![Ok::<_, std::io::Error>(vec![b'x'; 200])]);
    let large = app.post("/api/v1/work").by("owner").header("idempotency-key", "k");
    large.text(axum::body::Body::from_stream(body)).send().await.problem(413, "too_large");
}
