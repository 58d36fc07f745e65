//! How fast publishing is, on the sandbox network with one worker process: the promises of the design, measured on a
//! PostgreSQL of its own with everything durable. `make bench ARGS=publishing` runs it.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement says what it found or stops")]

#[expect(dead_code, reason = "what only the test of chaos does")]
#[path = "../tests/rig/mod.rs"]
mod rig;

use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, to_bytes};
use bellwether::demo;
use bellwether_kernel::{RequestContext, id::PostId};
use bellwether_publishing::publications::CreatePublications;
use http::{HeaderMap, Request};
use rig::Rig;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use uuid::Uuid;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        // fifty calendars in a second are more than a person asks for
        let rig = Rig::start(|config| config.server.rate_limits = false).await;
        let worker = rig.worker(&[]);
        wait_for_worker(&rig).await;
        now(&rig).await;
        minute(&rig).await;
        throughput(&rig).await;
        drop(worker);
        calendar(&rig).await;
        many_rows(&rig).await;
        rig.stop().await;
    });
}

/// Plans posts for times, by SQL: planning is not what is measured.
async fn plan(rig: &Rig, posts: &[PostId], first_in: f64, apart: f64) {
    let ids: Vec<Uuid> = posts.iter().map(|post| post.uuid()).collect();
    sqlx::query(
        "INSERT INTO publishing.publications (organization_id, id, brand_id, post_id, connection_id, target, network, state,
             source, local_time, time_zone, due_at, next_at, approved_at)
         SELECT $1, gen_random_uuid(), $2, p.id, $3, 'sandbox.post', 'sandbox', 'scheduled', 'exact', at, 'UTC', at, at, now()
         FROM unnest($4::uuid[]) WITH ORDINALITY AS p (id, number),
              LATERAL (SELECT clock_timestamp() + make_interval(secs => $5 + (number - 1) * $6)) AS due (at)",
    )
    .bind(rig.access.organization.uuid())
    .bind(rig.access.brand.uuid())
    .bind(rig.connection.uuid())
    .bind(&ids)
    .bind(first_in)
    .bind(apart)
    .execute(rig.store.pool())
    .await
    .unwrap();
    sqlx::query("SELECT pg_notify('bellwether_publishing', '')").execute(rig.store.pool()).await.unwrap();
}

async fn count(rig: &Rig, state: &str) -> i64 {
    sqlx::query_scalar(
        "SELECT count(*) FROM publishing.publications WHERE state = $1 AND due_at < now() + interval '1 day'",
    )
    .bind(state)
    .fetch_one(rig.store.pool())
    .await
    .unwrap()
}

async fn until_out(rig: &Rig) {
    loop {
        if count(rig, "scheduled").await + count(rig, "sending").await == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn wait_for_worker(rig: &Rig) {
    let posts = rig.posts(1, 0).await;
    plan(rig, &posts, 0.0, 0.0).await;
    until_out(rig).await;
    clear(rig).await;
}

async fn clear(rig: &Rig) {
    assert_eq!(count(rig, "failed").await + count(rig, "unclear").await + count(rig, "held").await, 0);
    for sql in [
        "DELETE FROM publishing.publications WHERE due_at < now() + interval '1 day'",
        "DELETE FROM publishing.sandbox_posts",
        "VACUUM ANALYZE publishing.publications",
        "VACUUM ANALYZE publishing.attempts",
    ] {
        sqlx::query(sql).execute(rig.store.pool()).await.unwrap();
    }
}

/// Lateness in milliseconds: median, 99th percentile, worst.
async fn lateness(rig: &Rig) -> (f64, f64, f64) {
    sqlx::query_as(
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY late), percentile_cont(0.99) WITHIN GROUP (ORDER BY late),
                max(late)
         FROM (SELECT extract(epoch FROM published_at - due_at)::float8 * 1000 AS late
               FROM publishing.publications WHERE state = 'published') AS l",
    )
    .fetch_one(rig.store.pool())
    .await
    .unwrap()
}

async fn now(rig: &Rig) {
    for post in rig.posts(100, 0).await {
        let input: CreatePublications =
            serde_json::from_value(json!({ "connection_ids": [rig.connection], "when": { "now": true } }))
                .unwrap();
        let planned = rig
            .app
            .publishing
            .create_publications(&rig.access, post, input, &RequestContext::default())
            .await;
        planned.unwrap();
        until_out(rig).await;
    }
    let (p50, p99): (f64, f64) = sqlx::query_as(
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY wait), percentile_cont(0.99) WITHIN GROUP (ORDER BY wait)
         FROM (SELECT extract(epoch FROM a.started_at - p.due_at)::float8 * 1000 AS wait
               FROM publishing.publications p JOIN publishing.attempts a
                 ON a.organization_id = p.organization_id AND a.publication_id = p.id) AS w",
    )
    .fetch_one(rig.store.pool())
    .await
    .unwrap();
    println!("publish now: picked up after p50 {p50:.1} ms, p99 {p99:.1} ms (promised 50 ms)");
    clear(rig).await;
}

async fn minute(rig: &Rig) {
    let posts = rig.posts(1_000, 0).await;
    plan(rig, &posts, 2.0, 0.06).await;
    until_out(rig).await;
    let (p50, p99, worst) = lateness(rig).await;
    println!(
        "1,000 due over one minute: late p50 {p50:.1} ms, p99 {p99:.1} ms, worst {worst:.1} ms (promised 150, 1,000)"
    );
    clear(rig).await;
    let posts = rig.posts(1_000, 0).await;
    plan(rig, &posts, 3.0, 0.0).await;
    until_out(rig).await;
    let (p50, p99, worst) = lateness(rig).await;
    println!("1,000 due at one instant: late p50 {p50:.1} ms, p99 {p99:.1} ms, worst {worst:.1} ms");
    clear(rig).await;
}

async fn throughput(rig: &Rig) {
    for chunk in 0..4 {
        let posts = rig.posts(5_000, 0).await;
        plan(rig, &posts, 15.0 - f64::from(chunk) * 2.0, 0.0).await;
    }
    while count(rig, "published").await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let begin = Instant::now();
    until_out(rig).await;
    let took = begin.elapsed().as_secs_f64();
    let out = count(rig, "published").await as f64;
    println!(
        "20,000 publications: {:.0} a second, each attempt committed before and after (promised 1,000)",
        out / took
    );
    clear(rig).await;
}

/// The calendar of a month with 5,000 posts, as a browser asks for it: session, policies and JSON, without a network.
async fn calendar(rig: &Rig) {
    let posts = rig.posts(5_000, 0).await;
    // from the day after tomorrow on, through thirty days
    plan(rig, &posts, 2.0 * 86_400.0, 30.0 * 86_400.0 / 5_000.0).await;
    sqlx::query("VACUUM ANALYZE publishing.publications").execute(rig.store.pool()).await.unwrap();
    let router = rig.app.router(&rig.app.web(|_| {}));
    let send = |request: http::request::Builder, body: Body| {
        let (router, request) = (router.clone(), request.header("sec-fetch-site", "same-origin").body(body));
        async move {
            let (parts, body) = router.oneshot(request.unwrap()).await.unwrap().into_parts();
            let bytes = to_bytes(body, usize::MAX).await.unwrap();
            assert!(parts.status.is_success(), "{}: {}", parts.status, String::from_utf8_lossy(&bytes));
            (parts.headers, bytes)
        }
    };
    let email = demo::prepare(&rig.app).await.unwrap().email;
    let link = rig.app.identity.create_link(&email).await.unwrap();
    let token = json!({ "token": link.split_once("#token=").unwrap().1 }).to_string();
    let request = Request::post("/api/v1/auth/link").header("content-type", "application/json");
    let (headers, _): (HeaderMap, Bytes) = send(request, Body::from(token)).await;
    let cookie = headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();

    let first = rig.app.clock.now().date_naive() + chrono::Days::new(1);
    let path = format!(
        "/api/v1/organizations/{}/brands/{}/calendar?from={first}&to={}",
        rig.access.organization,
        rig.access.brand,
        first + chrono::Days::new(34)
    );
    let mut took = Vec::new();
    for _ in 0..50 {
        let begin = Instant::now();
        let (_, bytes) = send(Request::get(&path).header("cookie", &cookie), Body::empty()).await;
        took.push(begin.elapsed().as_secs_f64() * 1_000.0);
        let calendar: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(calendar["items"].as_array().unwrap().len(), 5_000);
    }
    took.sort_by(f64::total_cmp);
    println!(
        "the calendar of a month with 5,000 posts: p50 {:.1} ms, worst of 50 {:.1} ms (promised 50 ms)",
        took[24], took[49]
    );
    sqlx::query("DELETE FROM publishing.publications").execute(rig.store.pool()).await.unwrap();
}

/// The same work beside few and many rows that are not due.
async fn many_rows(rig: &Rig) {
    let mut took = Vec::new();
    // a million rows take longer than a statement of the program may
    let mut patient = rig.store.pool().acquire().await.unwrap().detach();
    sqlx::query("SET statement_timeout = 0").execute(&mut patient).await.unwrap();
    for rows in [10_000_i64, 1_000_000] {
        sqlx::query(
            "WITH post AS (SELECT id FROM studio.posts WHERE organization_id = $1 LIMIT 1)
             INSERT INTO publishing.publications (organization_id, id, brand_id, post_id, connection_id, target, network,
                 state, source, local_time, time_zone, due_at, next_at, approved_at)
             SELECT $1, gen_random_uuid(), $2, post.id, $3, 'sandbox.post', 'sandbox', 'scheduled', 'recurrence', at, 'UTC', at,
                    at, now()
             FROM post, generate_series(1, $4) AS n,
                  LATERAL (SELECT now() + interval '2 days' + make_interval(secs => n)) AS due (at)",
        )
        .bind(rig.access.organization.uuid())
        .bind(rig.access.brand.uuid())
        .bind(rig.connection.uuid())
        .bind(rows)
        .execute(&mut patient)
        .await
        .unwrap();
        sqlx::query("VACUUM ANALYZE publishing.publications").execute(&mut patient).await.unwrap();
        let worker = rig.worker(&[]);
        wait_for_worker(rig).await;
        let mut best = f64::MAX;
        for _ in 0..3 {
            let posts = rig.posts(2_000, 0).await;
            let begin = Instant::now();
            plan(rig, &posts, 0.0, 0.0).await;
            until_out(rig).await;
            best = best.min(begin.elapsed().as_secs_f64());
            clear(rig).await;
        }
        println!("2,000 publications beside {rows} planned ones: {best:.2} s");
        took.push(best);
        drop(worker);
    }
    println!("ratio {:.2} (promised at most 1.5)", took[1] / took[0]);
}
