use std::io::Write as _;

use bellwether_identity::passwords::BreachedPasswords;
use bellwether_mail::MailConfig;
use chrono::Duration;
use serde_json::json;

use crate::app::{App, PASSWORD, email};

const NEW: &str = "quite another password";

#[tokio::test]
async fn a_change_ends_the_other_sessions_and_renews_this_one() {
    let app = App::new().await;
    let mut ada = app.sign_up("Ada").await;
    let mut other = app.sign_in("Ada", "192.0.2.5").await;
    let before = ada.session().cloned().unwrap();
    for (current, code) in [(json!("wrong password"), "wrong_password"), (json!(null), "missing")] {
        let input = json!({ "current_password": current, "password": NEW });
        ada.put("/me/password", input).await.fault("current_password", code);
    }
    for (new, code) in
        [("short", "too_short"), (&*"x".repeat(257), "too_long"), ("ADA@example.org", "too_obvious")]
    {
        let input = json!({ "current_password": PASSWORD, "password": new });
        ada.put("/me/password", input).await.fault("password", code);
    }
    other.get("/me").await.expect(200);
    // length is all that counts
    let input = json!({ "current_password": PASSWORD, "password": "aaaaaaaaaaaaaaaa" });
    let answer = ada.put("/me/password", input).await.expect(204);
    let [cookie] = &answer.set_cookies()[..] else { panic!("one cookie") };
    for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    other.get("/me").await.expect(401);
    ada.get("/me").await.expect(200);
    let mut thief = app.browser("203.0.113.1");
    thief.cookies.insert("bellwether_session".into(), before);
    thief.get("/me").await.expect(401);
    app.browser("192.0.2.9").password("Ada", PASSWORD).await.refused(401, "wrong_credentials");
    app.browser("192.0.2.9").password("Ada", "aaaaaaaaaaaaaaaa").await.expect(200);
    let [notice] = &app.mails(&email("Ada"), "password_changed").await[..] else { panic!("one notice") };
    assert!(
        notice.contains("Firefox on Linux") && notice.contains("16 November 2026, 09:00 UTC"),
        "{notice}"
    );
    assert_eq!(
        app.count("SELECT count(*) FROM operations.security_events WHERE kind = 'password.changed'").await,
        1
    );
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_by_mail() {
    let app = App::new().await;
    let mut ada = app.sign_up("Ada").await;
    let mut browser = app.browser("198.51.100.7");
    for address in [email("Ada"), "nobody@example.org".into()] {
        browser.post("/auth/password/forgot", json!({ "email": address })).await.expect(202);
    }
    assert!(app.mails("nobody@example.org", "reset_password").await.is_empty());
    let token = app.token(&email("Ada"), "reset_password").await;
    // a password that is refused leaves the link as it was
    browser
        .post("/auth/password/reset", json!({ "token": token, "password": "short" }))
        .await
        .fault("password", "too_short");
    let input = json!({ "token": token, "password": NEW });
    let answer = browser.post("/auth/password/reset", input.clone()).await.expect(204);
    assert!(answer.set_cookies().is_empty(), "it signs nobody in");
    browser.post("/auth/password/reset", input).await.refused(404, "link_spent");
    ada.get("/me").await.expect(401);
    browser.password("Ada", PASSWORD).await.refused(401, "wrong_credentials");
    browser.password("Ada", NEW).await.expect(200);
}

#[tokio::test]
async fn whoever_has_no_password_sets_one_after_signing_in() {
    let app = App::new().await;
    let mut ada = app.sign_up("Ada").await;
    let mut tx = app.database.store().service("a test takes a password away").await.unwrap();
    sqlx::query("DELETE FROM identity.credentials").execute(tx.conn()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ada.get("/me").await.body["user"]["has_password"], false);
    ada.post("/me/confirm", json!({ "password": PASSWORD })).await.fault("password", "wrong_password");
    app.clock.advance(Duration::minutes(16));
    ada.put("/me/password", json!({ "password": NEW })).await.refused(403, "confirmation_needed");
    ada.post("/auth/magic-link", json!({ "email": email("Ada") })).await.expect(202);
    let token = app.token(&email("Ada"), "magic_link").await;
    ada.post("/auth/link", json!({ "token": token })).await.expect(200);
    ada.put("/me/password", json!({ "password": NEW })).await.expect(204);
    app.browser("192.0.2.9").password("Ada", NEW).await.expect(200);
}

#[tokio::test]
async fn a_stolen_session_guesses_slowly() {
    let app = App::new().await;
    let mut ada = app.sign_up("Ada").await;
    for _ in 0..5 {
        ada.post("/me/confirm", json!({ "password": "a wrong password" }))
            .await
            .fault("password", "wrong_password");
    }
    ada.post("/me/confirm", json!({ "password": PASSWORD })).await.refused(429, "sign_in_throttled");
    app.clock.advance(Duration::seconds(1));
    ada.post("/me/confirm", json!({ "password": PASSWORD })).await.expect(204);
}

#[tokio::test]
async fn passwords_of_breaches_are_refused() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "password123\n{NEW}\nqwertyuiop").unwrap();
    let list = BreachedPasswords::open(file.path()).unwrap();
    let app = App::with(MailConfig::default(), Some(list)).await;
    let mut browser = app.browser("192.0.2.1");
    let input = json!({ "email": "eve@example.org", "password": "qwertyuiop", "name": "Eve", "organization_name": "Eve" });
    browser.post("/auth/sign-up", input).await.fault("password", "breached");
    let mut ada = app.sign_up("Ada").await;
    let input = json!({ "current_password": PASSWORD, "password": NEW });
    ada.put("/me/password", input).await.fault("password", "breached");
    assert!(app.identity.set_password(&email("Ada"), NEW.into()).await.is_err());
    ada.get("/me").await.expect(200);
}
