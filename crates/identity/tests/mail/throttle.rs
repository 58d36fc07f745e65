use std::collections::BTreeMap;

use chrono::Duration;

use crate::app::{App, PASSWORD, email};

#[tokio::test]
async fn strangers_are_held_up_and_lock_nobody_out() {
    let app = App::new().await;
    let ada = app.sign_up("Ada").await;
    let mut stranger = app.browser("203.0.113.9");
    for _ in 0..5 {
        stranger.password("Ada", "a wrong password").await.refused(401, "wrong_credentials");
    }
    // even the right one, for a second; then two, four …
    for wait in [1, 2, 4, 8] {
        let refused = stranger.password("Ada", PASSWORD).await;
        assert_eq!(refused.headers["retry-after"], wait.to_string());
        refused.refused(429, "sign_in_throttled");
        app.clock.advance(Duration::seconds(wait));
        stranger.password("Ada", "a wrong password").await.refused(401, "wrong_credentials");
    }
    stranger.password("Ada", PASSWORD).await.refused(429, "sign_in_throttled");
    // an address without an account answers the same
    let mut other = app.browser("203.0.113.10");
    for _ in 0..5 {
        other.password("Nobody", "a wrong password").await.refused(401, "wrong_credentials");
    }
    other.password("Nobody", "a wrong password").await.refused(429, "sign_in_throttled");

    // Ada from elsewhere
    app.sign_in("Ada", "192.0.2.77").await;
    // Ada beside the stranger, with the browser that she used before
    let mut beside = app.browser("203.0.113.9");
    let device = ada.cookies.get("bellwether_device").unwrap().clone();
    beside.cookies = BTreeMap::from([("bellwether_device".to_owned(), device)]);
    beside.password("Ada", PASSWORD).await.expect(200);
    // with a cookie of her session there is nothing to ask for
    let mut signed_in = ada.clone();
    signed_in.address = "203.0.113.9".into();
    signed_in.get("/me").await.expect(200);
    // and by mail from the very place
    let mut mailed = app.browser("203.0.113.9");
    mailed.post("/auth/magic-link", serde_json::json!({ "email": email("Ada") })).await.expect(202);
    let token = app.token(&email("Ada"), "magic_link").await;
    mailed.post("/auth/link", serde_json::json!({ "token": token })).await.expect(200);
    let noted = "SELECT count(*) FROM operations.security_events WHERE kind = 'sign_in.throttled' AND user_id IS NOT NULL";
    assert_eq!(app.count(noted).await, 1, "once, when it begins");
}

#[tokio::test]
async fn a_known_browser_helps_its_person_only_and_only_for_a_while() {
    let app = App::new().await;
    let eve = app.sign_up("Eve").await;
    app.sign_up("Ada").await;
    // Eve's cookie does not let her guess Ada's password
    let mut evil = app.browser("203.0.113.9");
    evil.cookies = eve.cookies.clone();
    evil.cookies.remove("bellwether_session");
    for _ in 0..5 {
        evil.password("Ada", "a wrong password").await.refused(401, "wrong_credentials");
    }
    evil.password("Ada", PASSWORD).await.refused(429, "sign_in_throttled");
    // her own tries from it are counted too
    for _ in 0..10 {
        evil.password("Eve", "a wrong password").await.refused(401, "wrong_credentials");
    }
    evil.password("Eve", PASSWORD).await.refused(429, "sign_in_throttled");
    app.clock.advance(Duration::seconds(1));
    evil.password("Eve", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn many_tries_at_once_are_each_counted() {
    let app = App::new().await;
    app.sign_up("Ada").await;
    let tries = (0..20).map(|_| {
        let mut browser = app.browser("203.0.113.9");
        async move { browser.password("Ada", "a wrong password").await.status.as_u16() }
    });
    let statuses = futures::future::join_all(tries).await;
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 5, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 15);
}

#[tokio::test]
async fn a_network_that_tries_many_accounts_is_held_up_and_forgotten_after_quiet() {
    let app = App::new().await;
    app.sign_up("Ada").await;
    let mut stranger = app.browser("203.0.113.9");
    for n in 0..30 {
        stranger
            .password(&format!("Somebody{n}"), "a wrong password")
            .await
            .refused(401, "wrong_credentials");
    }
    stranger.password("Ada", PASSWORD).await.refused(429, "sign_in_throttled");
    app.clock.advance(Duration::minutes(61));
    stranger.password("Ada", PASSWORD).await.expect(200);
    app.identity.retain().await.unwrap();
    app.clock.advance(Duration::minutes(61));
    app.identity.retain().await.unwrap();
    assert_eq!(app.count("SELECT count(*) FROM identity.throttles").await, 0);
}

#[tokio::test]
async fn an_organization_fills_no_letter_boxes() {
    let app = App::new().await;
    let mut ada = app.sign_up("Ada").await;
    let path = "/organizations/ada/invitations";
    let bob = serde_json::json!({ "email": email("Bob"), "role": "member" });
    let made = ada.post(path, bob).await.expect(201);
    let again = format!("{path}/{}/resend", made.body["id"].as_str().unwrap());
    for _ in 0..4 {
        ada.post(&again, serde_json::json!({})).await.expect(200);
    }
    let refused = ada.post(&again, serde_json::json!({})).await;
    assert_eq!(refused.headers["retry-after"], "300");
    refused.refused(429, "too_many_mails");
    // five went out
    for n in 5..100 {
        let input = serde_json::json!({ "email": email(&format!("guest{n}")), "role": "member" });
        ada.post(path, input).await.expect(201);
    }
    let one_more = serde_json::json!({ "email": email("Eve"), "role": "member" });
    ada.post(path, one_more.clone()).await.refused(429, "too_many_mails");
    // a link goes by no mail
    ada.post(path, serde_json::json!({ "role": "member" })).await.expect(201);
    app.clock.advance(Duration::minutes(1));
    ada.post(path, one_more).await.expect(201);
}
