use chrono::Duration;
use serde_json::json;

use crate::app::{App, PASSWORD, email};

#[tokio::test]
async fn a_magic_link_signs_in_once_and_asking_tells_nothing() {
    let app = App::new().await;
    app.sign_up("Ada").await;
    let mut stranger = app.browser("198.51.100.7");
    let known = stranger.post("/auth/magic-link", json!({ "email": " ADA@example.org" })).await.expect(202);
    let unknown =
        stranger.post("/auth/magic-link", json!({ "email": "nobody@example.org" })).await.expect(202);
    assert_eq!((&known.bytes, known.set_cookies().len()), (&unknown.bytes, unknown.set_cookies().len()));
    let token = app.token("ada@example.org", "magic_link").await;
    assert!(app.mails("nobody@example.org", "magic_link").await.is_empty());

    // one of two that come at once gets in
    let (mut first, mut second) = (app.browser("198.51.100.8"), app.browser("198.51.100.9"));
    let body = json!({ "token": token });
    let (a, b) =
        tokio::join!(first.post("/auth/link", body.clone()), second.post("/auth/link", body.clone()));
    let mut codes = [a.status.as_u16(), b.status.as_u16()];
    codes.sort_unstable();
    assert_eq!(codes, [200, 404]);
    first.post("/auth/link", body).await.refused(404, "link_spent");
    // reading mail at the address proves it
    let mut client = if a.status == 200 { first } else { second };
    assert_eq!(client.get("/me").await.expect(200).body["user"]["email_verified"], true);
}

#[tokio::test]
async fn links_expire_and_work_for_their_purpose_alone() {
    let app = App::new().await;
    app.sign_up("Ada").await;
    let mut browser = app.browser("198.51.100.7");
    let ada = email("Ada");
    for path in ["/auth/magic-link", "/auth/password/forgot"] {
        browser.post(path, json!({ "email": ada })).await.expect(202);
    }
    let (sign_in, reset) = (app.token(&ada, "magic_link").await, app.token(&ada, "reset_password").await);
    let verify = app.token(&ada, "verify_email").await;
    let new = "another long password";
    for (token, routes) in [
        (&sign_in, vec!["/auth/email/confirm", "/auth/email/undo", "/auth/account/restore"]),
        (&reset, vec!["/auth/link", "/auth/email/confirm", "/auth/email/undo", "/auth/account/restore"]),
        (&verify, vec!["/auth/link", "/auth/email/undo", "/auth/account/restore"]),
    ] {
        for route in routes {
            browser.post(route, json!({ "token": token })).await.refused(404, "link_spent");
        }
    }
    for token in [&sign_in, &verify] {
        browser
            .post("/auth/password/reset", json!({ "token": token, "password": new }))
            .await
            .refused(404, "link_spent");
    }
    for forged in ["", "x", &"A".repeat(43), &format!("{sign_in}A"), &sign_in[1..]] {
        browser.post("/auth/link", json!({ "token": forged })).await.refused(404, "link_spent");
    }
    app.clock.advance(Duration::minutes(15));
    browser.post("/auth/link", json!({ "token": sign_in })).await.refused(404, "link_spent");
    app.clock.advance(Duration::minutes(15));
    browser
        .post("/auth/password/reset", json!({ "token": reset, "password": new }))
        .await
        .refused(404, "link_spent");
    app.clock.advance(Duration::days(3));
    browser.post("/auth/email/confirm", json!({ "token": verify })).await.refused(404, "link_spent");
    // nothing changed by any of it
    app.sign_in("Ada", "192.0.2.1").await;
}

#[tokio::test]
async fn a_letter_box_is_not_filled_from_here() {
    let app = App::new().await;
    app.sign_up("Ada").await;
    // whoever asks from one place is told to wait, for an address that nobody has as well
    let mut stranger = app.browser("198.51.100.77");
    for to in ["Ada", "Nobody"] {
        for _ in 0..5 {
            stranger.post("/auth/magic-link", json!({ "email": email(to) })).await.expect(202);
        }
        let refused = stranger.post("/auth/magic-link", json!({ "email": email(to) })).await;
        assert_eq!(refused.headers["retry-after"], "300");
        refused.refused(429, "too_many_mails");
    }
    // from many places nobody is refused, and still no more are mailed
    for n in 0..3 {
        let mut browser = app.browser(&format!("198.51.100.{n}"));
        browser.post("/auth/magic-link", json!({ "email": email("Ada") })).await.expect(202);
    }
    assert_eq!(app.mails(&email("Ada"), "magic_link").await.len(), 5);
    // what has come works
    let token = app.token(&email("Ada"), "magic_link").await;
    stranger.post("/auth/link", json!({ "token": token })).await.expect(200);
    app.clock.advance(Duration::minutes(5));
    stranger.post("/auth/magic-link", json!({ "email": email("Ada") })).await.expect(202);
    assert_eq!(app.mails(&email("Ada"), "magic_link").await.len(), 6);
}

#[tokio::test]
async fn an_account_made_with_somebody_elses_address_becomes_theirs() {
    for reset in [false, true] {
        let app = App::new().await;
        // a stranger signs up with Ada's address, and makes it hard to get in
        let mut stranger = app.sign_up("Ada").await;
        let setup = stranger.post("/me/factors/totp", json!({})).await.expect(200);
        let phone = totp_rs::Totp::from_url(setup.body["uri"].as_str().unwrap()).unwrap();
        let code = phone.generate(u64::try_from(app.clock.now().timestamp()).unwrap()).to_string();
        stranger.post("/me/factors/totp/confirm", json!({ "code": code })).await.expect(200);
        let key = json!({ "name": "Back door", "scopes": ["members.read"] });
        stranger.post("/organizations/ada/api-keys", key).await.expect(201);

        let mut ada = app.browser("192.0.2.9");
        let new = "another long password";
        if reset {
            ada.post("/auth/password/forgot", json!({ "email": email("Ada") })).await.expect(202);
            let token = app.token(&email("Ada"), "reset_password").await;
            let body = json!({ "token": token, "password": new });
            ada.post("/auth/password/reset", body).await.expect(204);
            ada.password("Ada", new).await.expect(200);
        } else {
            ada.post("/auth/magic-link", json!({ "email": email("Ada") })).await.expect(202);
            let token = app.token(&email("Ada"), "magic_link").await;
            ada.post("/auth/link", json!({ "token": token })).await.expect(200);
        }
        ada.get("/me").await.expect(200);
        stranger.get("/me").await.expect(401);
        stranger.password("Ada", PASSWORD).await.refused(401, "wrong_credentials");
        let left = "SELECT (SELECT count(*) FROM identity.totp_factors)
            + (SELECT count(*) FROM identity.api_keys WHERE revoked_at IS NULL)";
        assert_eq!(app.count(left).await, 0);
    }
}

#[tokio::test]
async fn a_stranger_who_asks_for_links_keeps_nobody_out() {
    let app = App::confirming().await;
    let mut stranger = app.browser("198.51.100.77");
    for _ in 0..5 {
        stranger.post("/auth/magic-link", json!({ "email": email("Ada") })).await.expect(202);
    }
    stranger.post("/auth/magic-link", json!({ "email": email("Ada") })).await.refused(429, "too_many_mails");
    app.sign_up("Ada").await;
    let mut ada = app.browser("192.0.2.9");
    ada.post("/auth/magic-link", json!({ "email": email("Ada") })).await.expect(202);
    assert_eq!(app.mails(&email("Ada"), "magic_link").await.len(), 1);
    for n in 0..6 {
        let mut browser = app.browser(&format!("198.51.100.{n}"));
        browser.post("/auth/magic-link", json!({ "email": email("Ada") })).await.expect(202);
    }
    app.drain().await;
    ada.post("/auth/password/forgot", json!({ "email": email("Ada") })).await.expect(202);
    assert_eq!(app.mails(&email("Ada"), "reset_password").await.len(), 1);
}

#[tokio::test]
async fn an_address_is_confirmed_and_changed_by_mail() {
    let app = App::new().await;
    let mut ada = app.sign_up("Ada").await;
    assert_eq!(ada.get("/me").await.body["user"]["email_verified"], false);
    let token = app.token(&email("Ada"), "verify_email").await;
    ada.post("/auth/email/confirm", json!({ "token": token })).await.expect(200);
    assert_eq!(ada.get("/me").await.body["user"]["email_verified"], true);
    ada.post("/me/email/verification", json!({})).await.expect(202);
    assert_eq!(app.mails(&email("Ada"), "verify_email").await.len(), 1, "it is confirmed already");

    let mut other = app.sign_in("Ada", "192.0.2.5").await;
    ada.post("/me/email", json!({ "email": "countess@example.org" })).await.expect(202);
    assert_eq!(ada.get("/me").await.body["user"]["email"], "ada@example.org", "nothing changes before");
    let token = app.token("countess@example.org", "change_email").await;
    let before = ada.session().cloned();
    let answer = ada.post("/auth/email/confirm", json!({ "token": token })).await.expect(200);
    assert_eq!(answer.body["email"], "countess@example.org");
    assert_ne!(ada.session().cloned(), before, "the token is renewed");
    assert_eq!(ada.get("/me").await.expect(200).body["user"]["email"], "countess@example.org");
    other.get("/me").await.expect(401);
    let mut old_token = app.browser("192.0.2.1");
    old_token.cookies.insert("bellwether_session".into(), before.unwrap());
    old_token.get("/me").await.expect(401);

    // the address before is told, and takes it back
    let token = app.token("ada@example.org", "email_changed").await;
    let mut browser = app.browser("198.51.100.7");
    browser.post("/auth/email/undo", json!({ "token": token })).await.expect(204);
    browser.post("/auth/email/undo", json!({ "token": token })).await.refused(404, "link_spent");
    ada.get("/me").await.expect(401);
    let token = app.token("ada@example.org", "reset_password").await;
    let input = json!({ "token": token, "password": "a password after all" });
    browser.post("/auth/password/reset", input).await.expect(204);
    browser.password("Ada", "a password after all").await.expect(200);
    assert_eq!(
        app.count("SELECT count(*) FROM operations.security_events WHERE kind = 'email.changed'").await,
        2
    );
}

#[tokio::test]
async fn whoever_took_an_address_can_not_take_it_again_after_it_was_taken_back() {
    let app = App::new().await;
    let mut thief = app.sign_up("Ada").await;
    for address in ["thief@example.org", "thief2@example.org"] {
        thief.post("/me/email", json!({ "email": address })).await.expect(202);
        let token = app.token(address, "change_email").await;
        thief.post("/auth/email/confirm", json!({ "token": token })).await.expect(200);
    }
    let owners = app.token("ada@example.org", "email_changed").await;
    let thiefs = app.token("thief@example.org", "email_changed").await;
    let mut browser = app.browser("198.51.100.7");
    browser.post("/auth/email/undo", json!({ "token": owners })).await.expect(204);
    browser.post("/auth/email/undo", json!({ "token": thiefs })).await.refused(404, "link_spent");
}

#[tokio::test]
async fn the_owner_takes_an_address_back_whatever_the_thief_has_taken_back() {
    let app = App::new().await;
    let mut thief = app.sign_up("Ada").await;
    for address in ["thief@example.org", "thief2@example.org"] {
        thief.post("/me/email", json!({ "email": address })).await.expect(202);
        let token = app.token(address, "change_email").await;
        thief.post("/auth/email/confirm", json!({ "token": token })).await.expect(200);
        app.clock.advance(Duration::minutes(1));
    }
    let thiefs = app.token("thief@example.org", "email_changed").await;
    let mut browser = app.browser("198.51.100.7");
    browser.post("/auth/email/undo", json!({ "token": thiefs })).await.expect(204);
    let owners = app.token("ada@example.org", "email_changed").await;
    browser.post("/auth/email/undo", json!({ "token": owners })).await.expect(204);
    let token = app.token("ada@example.org", "reset_password").await;
    let input = json!({ "token": token, "password": "a password after all" });
    browser.post("/auth/password/reset", input).await.expect(204);
    browser.password("Ada", "a password after all").await.expect(200);
}

#[tokio::test]
async fn an_address_of_somebody_else_is_not_given_away() {
    let app = App::new().await;
    let mut ada = app.sign_up("Ada").await;
    app.sign_up("Bob").await;
    // a taken address and a free one are the same to the request; a job finds out
    for address in ["BOB@example.org", "nobody@example.org"] {
        let before = app.count("SELECT count(*) FROM identity.login_links").await;
        ada.post("/me/email", json!({ "email": address })).await.expect(202);
        assert_eq!(app.count("SELECT count(*) FROM identity.login_links").await, before, "{address}");
        assert_eq!(app.drain().await.done[0], "identity.mail_email_change");
    }
    assert_eq!(app.mails("nobody@example.org", "change_email").await.len(), 1);
    // nothing is mailed for a session that has ended since
    let mut other = app.sign_in("Ada", "192.0.2.5").await;
    other.post("/me/email", json!({ "email": "late@example.org" })).await.expect(202);
    ada.delete("/me/sessions").await.expect(204);
    assert!(app.mails("late@example.org", "change_email").await.is_empty());
    assert!(app.mails("BOB@example.org", "change_email").await.is_empty());
    // it was free when it was asked for, and is taken when it is confirmed
    ada.post("/me/email", json!({ "email": "eve@example.org" })).await.expect(202);
    let token = app.token("eve@example.org", "change_email").await;
    app.sign_up("Eve").await;
    ada.post("/auth/email/confirm", json!({ "token": token })).await.refused(409, "email_taken");
    assert_eq!(ada.get("/me").await.body["user"]["email"], "ada@example.org");
    ada.post("/me/email", json!({ "email": "no address" })).await.fault("email", "invalid_email");
    // a session that has not proved who it is lately
    app.clock.advance(Duration::minutes(16));
    ada.post("/me/email", json!({ "email": "new@example.org" })).await.refused(403, "confirmation_needed");
    ada.post("/me/confirm", json!({ "password": PASSWORD })).await.expect(204);
    ada.post("/me/email", json!({ "email": "new@example.org" })).await.expect(202);
}
