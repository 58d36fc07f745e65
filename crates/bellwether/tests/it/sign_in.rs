//! Signing up, in and out; sessions; one-time links.

use http::StatusCode;
use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn a_person_signs_up_out_and_in_again() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let me = ada.get("/me").await.expect(200);
    assert_eq!(me.body["user"]["email"], "ada@example.org");
    assert_eq!(me.body["organizations"][0]["role"], "owner");
    assert_eq!(me.body["organizations"][0]["brands"][0]["name"], "Ada Studio");

    ada.post("/auth/sign-out", json!({})).await.expect(204);
    assert_eq!(ada.get("/me").await.status, StatusCode::UNAUTHORIZED);

    let mut again = app.anonymous();
    let credentials = json!({ "email": "ADA@example.org", "password": "correct horse battery" });
    let answer = again.post("/auth/sign-in", credentials).await.expect(200);
    let set = answer.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    again.cookie = answer.cookie();
    again.get("/me").await.expect(200);
    app.done().await;
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_answer_the_same() {
    let app = TestApp::new().await;
    app.sign_up("Ada").await;
    let client = app.anonymous();
    let wrong = json!({ "email": "ada@example.org", "password": "wrong horse battery" });
    let nobody = json!({ "email": "eve@example.org", "password": "wrong horse battery" });
    let (mut a, mut b) =
        (client.post("/auth/sign-in", wrong).await, client.post("/auth/sign-in", nobody).await);
    assert_eq!((a.status, b.status), (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED));
    a.body["request_id"] = json!(null);
    b.body["request_id"] = json!(null);
    assert_eq!(a.body, b.body);
}

#[tokio::test]
async fn an_address_has_one_account() {
    let app = TestApp::new().await;
    app.sign_up("Ada").await;
    let again = json!({
        "email": "Ada@Example.org", "password": "another good phrase", "name": "Ada", "organization_name": "Other",
    });
    let answer = app.anonymous().post("/auth/sign-up", again).await.expect(409);
    assert_eq!(answer.body["code"], "email_taken");
    assert_eq!(answer.fault(), ("email", "taken"));
}

#[tokio::test]
async fn two_organizations_of_one_name_have_two_addresses() {
    let app = TestApp::new().await;
    let slug = |n: usize| format!("p{n}@example.org");
    let mut slugs = Vec::new();
    for n in 0..2 {
        let input = json!({
            "email": slug(n), "password": "correct horse battery", "name": "P", "organization_name": "Same Name",
        });
        let answer = app.anonymous().post("/auth/sign-up", input).await.expect(201);
        slugs.push(answer.body["organizations"][0]["slug"].as_str().unwrap().to_owned());
    }
    assert_eq!(slugs, ["same-name", "same-name-2"]);
}

#[tokio::test]
async fn a_closed_installation_takes_nobody() {
    let app = TestApp::with(|config| config.sign_up.open = false).await;
    let input = json!({
        "email": "a@example.org", "password": "correct horse battery", "name": "A", "organization_name": "A",
    });
    assert_eq!(app.anonymous().post("/auth/sign-up", input).await.expect(403).body["code"], "sign_up_closed");
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let mut phone = app.anonymous();
    let credentials = json!({ "email": "ada@example.org", "password": "correct horse battery" });
    phone.cookie = phone.post("/auth/sign-in", credentials).await.expect(200).cookie();

    let sessions = ada.get("/me/sessions").await.expect(200);
    let items = sessions.body["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    let other = items.iter().find(|session| session["current"] == false).unwrap()["id"].as_str().unwrap();
    ada.delete(&format!("/me/sessions/{other}")).await.expect(204);
    assert_eq!(phone.get("/me").await.status, StatusCode::UNAUTHORIZED);
    ada.get("/me").await.expect(200);

    // nobody ends somebody else's
    let eve = app.sign_up("Eve").await;
    let own = ada.get("/me/sessions").await.body["items"][0]["id"].as_str().unwrap().to_owned();
    eve.delete(&format!("/me/sessions/{own}")).await.expect(404);
    ada.get("/me").await.expect(200);
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    app.clock.advance(chrono::Duration::days(15));
    assert_eq!(ada.get("/me").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_link_opens_once_and_not_for_long() {
    let app = TestApp::new().await;
    app.sign_up("Ada").await;
    let token = |link: &str| link.split("#token=").nth(1).unwrap().to_owned();
    let link = app.app.identity.create_link("ada@example.org").await.unwrap();
    assert!(link.starts_with("http://bellwether.test/sign-in/link#token="), "{link}");
    let mut client = app.anonymous();
    let answer = client.post("/auth/link", json!({ "token": token(&link) })).await.expect(200);
    client.cookie = answer.cookie();
    client.get("/me").await.expect(200);
    let again = app.anonymous().post("/auth/link", json!({ "token": token(&link) })).await.expect(404);
    assert_eq!(again.body["code"], "link_spent");

    let late = app.app.identity.create_link("ada@example.org").await.unwrap();
    app.clock.advance(chrono::Duration::minutes(31));
    app.anonymous().post("/auth/link", json!({ "token": token(&late) })).await.expect(404);
}

#[tokio::test]
async fn the_database_holds_no_token_and_no_password() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let token = ada.cookie.unwrap().split('=').nth(1).unwrap().to_owned();
    let found: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM identity.sessions WHERE position(convert_to($1, 'UTF8') IN token_hash) > 0)
             OR EXISTS (SELECT 1 FROM identity.credentials WHERE password_hash LIKE '%correct horse%')",
    )
    .bind(token)
    .fetch_one(app.store().pool())
    .await
    .unwrap();
    assert!(!found);
}

#[tokio::test]
async fn one_changes_ones_own_data() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let body = json!({ "name": "Ada L.", "time_zone": "Europe/London", "locale": "en-GB" });
    let headers = [("content-type", "application/json")];
    let answer =
        ada.send(http::Method::PATCH, "/me", &headers, Some(body.to_string().into())).await.expect(200);
    assert_eq!(answer.body["user"]["time_zone"], "Europe/London");
    let bad = json!({ "time_zone": "Moon/Crater" });
    let answer =
        ada.send(http::Method::PATCH, "/me", &headers, Some(bad.to_string().into())).await.expect(422);
    assert_eq!(answer.fault(), ("time_zone", "unknown_time_zone"));
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let app = TestApp::with(|config| config.server.rate_limits = true).await;
    let client = app.anonymous();
    let guess = json!({ "email": "ada@example.org", "password": "wrong horse battery" });
    let mut last = client.post("/auth/sign-in", guess.clone()).await;
    for _ in 0..10 {
        last = client.post("/auth/sign-in", guess.clone()).await;
    }
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(last.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn ended_sessions_are_forgotten_after_a_month() {
    let app = TestApp::new().await;
    app.sign_up("Ada").await;
    app.clock.advance(chrono::Duration::days(20));
    assert_eq!(app.app.identity.retain().await.unwrap(), 0);
    app.clock.advance(chrono::Duration::days(30));
    assert_eq!(app.app.identity.retain().await.unwrap(), 1);
}
