//! Who may in, and from where.

use axum::http::Method;
use bellwether_kernel::{
    BrandScope, Role,
    id::{PostId, UserId},
};
use bellwether_web::limits::{Limits, Rate};
use serde_json::json;

use crate::app::App;

#[tokio::test]
async fn an_operation_of_somebody_needs_somebody() {
    let app = App::new().await;
    let refused = app.get("/api/v1/me").send().await;
    refused.problem(401, "unauthenticated");
    assert!(refused.header("www-authenticate").starts_with("Bearer"));
    app.get("/api/v1/me").by("wrong").send().await.problem(401, "unauthenticated");
    assert_eq!(app.get("/api/v1/me").by("owner").send().await.json()["user"], app.owner.to_string());
    let bearer = app.get("/api/v1/me").header("authorization", "Bearer owner").send().await;
    assert_eq!(bearer.status, 200);
}

#[tokio::test]
async fn what_may_not_be_seen_does_not_exist() {
    let app = App::new().await;
    let stranger = UserId::new(&app.clock, &app.rng);
    app.door.let_in("stranger", stranger, None);
    let drummer = UserId::new(&app.clock, &app.rng);
    app.door.let_in("drummer", drummer, Some((Role::Member, BrandScope::Only(vec![app.door.drum]))));
    let post = PostId::new(&app.clock, &app.rng);
    let at = |brand: &str| app.get(&format!("/api/v1/organizations/acme/brands/{brand}/posts/{post}"));
    at("bell").send().await.problem(401, "unauthenticated");
    at("bell").by("wrong").send().await.problem(401, "unauthenticated");
    at("bell").by("stranger").send().await.problem(404, "not_found");
    at("bell").by("drummer").send().await.problem(404, "not_found");
    at("harp").by("owner").send().await.problem(404, "not_found");
    app.get("/api/v1/organizations/other/thing").by("owner").send().await.problem(404, "not_found");
    app.get("/api/v1/organizations/ac%00me/thing").by("owner").send().await.problem(404, "not_found");
    app.get("/api/v1/organizations/%FF/thing").by("owner").send().await.problem(400, "invalid_path");
    assert_eq!(at("drum").by("drummer").send().await.json()["role"], "member");
    assert_eq!(
        at(&app.door.bell.to_string()).by("owner").send().await.json()["brand"],
        app.door.bell.to_string()
    );
}

#[tokio::test]
async fn another_site_can_not_make_a_browser_change_anything() {
    let app = App::new().await;
    let work = || app.post("/api/v1/work").json(&json!({"what": "count"}));
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")]
    {
        work().by("owner").header(name, value).send().await.problem(403, "foreign_origin");
        work().header(name, value).send().await.problem(403, "foreign_origin");
    }
    for (name, value) in [("sec-fetch-site", "same-origin"), ("origin", "http://bell.example")] {
        assert_eq!(work().by("owner").header(name, value).send().await.status, 201);
    }
    let key = work().header("authorization", "Bearer owner").header("origin", "https://evil.example");
    assert_eq!(key.send().await.status, 201);
    assert_eq!(
        app.get("/api/v1/me").by("owner").header("sec-fetch-site", "cross-site").send().await.status,
        200
    );
}

#[tokio::test]
async fn cors_is_off() {
    let app = App::new().await;
    let preflight = app
        .call(Method::OPTIONS, "/api/v1/me")
        .header("origin", "https://evil.example")
        .header("access-control-request-method", "GET")
        .send()
        .await;
    assert_eq!(preflight.header("access-control-allow-origin"), "");
    let answer = app.get("/api/v1/list").header("origin", "https://evil.example").send().await;
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

fn limited(default: u32, generate: u32) -> Limits {
    Limits {
        default: Some(Rate::per_minute(default)),
        generate: Some(Rate::per_minute(generate)),
        auth: None,
    }
}

#[tokio::test]
async fn too_many_requests_are_refused_until_time_passes() {
    let app = App::with(|config| config.limits = limited(3, 1)).await;
    let list = || app.get("/api/v1/list").from("1.2.3.4");
    let first = list().send().await;
    assert_eq!((first.header("ratelimit-limit"), first.header("ratelimit-remaining")), ("3", "2"));
    assert_eq!(first.header("ratelimit-reset"), "20");
    list().send().await;
    list().send().await;
    let refused = list().send().await;
    refused.problem(429, "rate_limited");
    assert_eq!((refused.header("retry-after"), refused.header("ratelimit-remaining")), ("20", "0"));
    assert_eq!(app.get("/api/v1/list").from("1.2.3.5").send().await.status, 200);
    assert_eq!(app.get("/healthz").from("1.2.3.4").send().await.status, 200);
    app.clock.advance(chrono::Duration::seconds(20));
    assert_eq!(list().send().await.status, 200);
}

#[tokio::test]
async fn dear_routes_have_a_tighter_limit_of_their_own() {
    let app = App::with(|config| config.limits = limited(100, 1)).await;
    let generate = || app.post("/api/v1/generate").from("1.2.3.4");
    let first = generate().send().await;
    assert_eq!((first.status.as_u16(), first.header("ratelimit-limit")), (204, "1"));
    generate().send().await.problem(429, "rate_limited");
    assert_eq!(app.get("/api/v1/list").from("1.2.3.4").send().await.status, 200);
}

#[tokio::test]
async fn a_person_counts_as_one_wherever_they_are_and_made_up_tokens_gain_nothing() {
    let app = App::with(|config| config.limits = limited(3, 1)).await;
    let me = |address: &str| app.get("/api/v1/me").by("owner").from(address);
    // the first request of a token counts for the address, since nobody knows yet whose it is
    assert_eq!(me("1.0.0.1").send().await.status, 200);
    for address in ["1.0.0.2", "1.0.0.3", "1.0.0.4"] {
        assert_eq!(me(address).send().await.status, 200);
    }
    me("1.0.0.5").send().await.problem(429, "rate_limited");
    for token in ["a", "b", "c"] {
        app.get("/api/v1/me").by(token).from("2.0.0.1").send().await.problem(401, "unauthenticated");
    }
    app.get("/api/v1/me").by("d").from("2.0.0.1").send().await.problem(429, "rate_limited");
}

#[tokio::test]
async fn a_forwarded_address_counts_from_a_trusted_proxy_only() {
    let app = App::with(|config| {
        config.limits = limited(1, 1);
        config.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    })
    .await;
    let list =
        |peer: &str, client: &str| app.get("/api/v1/list").from(peer).header("x-forwarded-for", client);
    assert_eq!(list("10.0.0.1", "1.1.1.1").send().await.status, 200);
    assert_eq!(list("10.0.0.1", "1.1.1.2").send().await.status, 200);
    list("10.0.0.1", "9.9.9.9, 1.1.1.1").send().await.problem(429, "rate_limited");
    assert_eq!(list("8.8.8.8", "1.1.1.3").send().await.status, 200);
    list("8.8.8.8", "1.1.1.4").send().await.problem(429, "rate_limited");
}

#[tokio::test]
async fn a_handler_knows_where_the_request_came_from() {
    let app = App::new().await;
    let echo = app
        .post("/api/v1/echo")
        .from("1.2.3.4")
        .header("user-agent", "Bell/1")
        .header("x-request-id", "mine-1");
    echo.json(&json!({"text": "a"})).send().await;
    let context = app.work.contexts.lock().unwrap().pop().unwrap();
    assert_eq!(context.request_id.as_deref(), Some("mine-1"));
    assert_eq!(context.ip_address, Some("1.2.3.4".parse().unwrap()));
    assert_eq!(context.user_agent.as_deref(), Some("Bell/1"));
}
