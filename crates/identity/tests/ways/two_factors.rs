use chrono::Duration;
use http::Method;
use serde_json::json;

use crate::{
    app::{App, Client, PASSWORD, email},
    passkeys, totp,
};

const ADA: &str = "/organizations/ada";

async fn by_password(app: &App, name: &str) -> Client {
    let client = app.anonymous();
    let input = json!({ "email": email(name), "password": PASSWORD });
    client.post("/auth/sign-in", input).await.expect(200);
    client
}

/// Lets the organization ask everybody for a second factor; whoever changes that has one.
async fn ask(ada: &Client) {
    let change = Some(json!({ "require_second_factor": true }));
    ada.send(Method::PATCH, ADA, &[("if-match", "\"1\"")], change).await.expect(200);
}

#[tokio::test]
async fn a_password_alone_does_not_open_what_asks_for_two_factors() {
    let app = App::new().await;
    let ada = app.sign_up("Ada").await;
    let mut phone = passkeys::phone();
    passkeys::register(&ada, &mut phone).await;
    ask(&ada).await;
    // she set it up in this session
    ada.get(ADA).await.expect(200);
    let thief = by_password(&app, "Ada").await;
    thief.get("/me").await.expect(200);
    thief.get(ADA).await.refused(403, "second_factor_required");
    // nor may they put a factor of their own beside hers
    thief.post("/me/passkeys/begin", json!({})).await.refused(403, "second_factor_needed");
    thief.post("/me/factors/totp", json!({})).await.refused(403, "second_factor_needed");
    let signed_in = app.anonymous();
    signed_in.post("/auth/passkey", passkeys::answer(&app, &mut phone).await).await.expect(200);
    signed_in.get(ADA).await.expect(200);
}

#[tokio::test]
async fn a_second_step_opens_it_until_the_factor_is_gone() {
    let app = App::new().await;
    let ada = app.sign_up("Ada").await;
    let (phone, _) = totp::set_up(&app, &ada).await;
    ask(&ada).await;
    ada.get(ADA).await.expect(200);
    app.later(Duration::minutes(1));
    let token = app.password_step("Ada").await.expect(202).text("token");
    let other = app.anonymous();
    let step = json!({ "token": token, "code": totp::code(&app, &phone) });
    other.post("/auth/second-factor", step).await.expect(200);
    other.get(ADA).await.expect(200);
    other.post("/me/factors/totp/remove", json!({})).await.expect(204);
    other.get(ADA).await.refused(403, "second_factor_required");
}

#[tokio::test]
async fn a_password_alone_neither_takes_a_factor_nor_adds_one() {
    let app = App::new().await;
    let ada = app.sign_up("Ada").await;
    // a setup under way when the first factor comes is worth nothing after
    let begun = by_password(&app, "Ada").await;
    let setup = begun.post("/me/factors/totp", json!({})).await.expect(200);
    let challenge = begun.post("/me/passkeys/begin", json!({})).await.expect(200);
    let mut phone = passkeys::phone();
    let id = passkeys::register(&ada, &mut phone).await;
    let app_of_thief = totp_rs::Totp::from_url(setup.text("uri")).unwrap();
    let code = json!({ "code": totp::code(&app, &app_of_thief) });
    begun.post("/me/factors/totp/confirm", code.clone()).await.refused(403, "second_factor_needed");
    let credential = passkeys::phone().create(&challenge.body["options"]);
    let body = json!({ "ceremony": challenge.body["ceremony"], "name": "x", "credential": credential });
    begun.post("/me/passkeys", body).await.refused(403, "second_factor_needed");
    // its code proves nothing either
    begun.post("/me/confirm", code).await.refused(422, "invalid");
    let thief = by_password(&app, "Ada").await;
    let remove = format!("/me/passkeys/{id}/remove");
    let with = json!({ "password": PASSWORD });
    for path in [remove.as_str(), "/me/passkeys/begin", "/me/factors/totp", "/me/factors/totp/remove"] {
        thief.post(path, with.clone()).await.refused(403, "second_factor_needed");
    }
    assert_eq!(app.count("SELECT count(*) FROM identity.passkeys").await, 1);
    // the password again changes nothing of that; the passkey does
    thief.post("/me/confirm", with.clone()).await.expect(204);
    thief.post(&remove, with).await.refused(403, "second_factor_needed");
    let begun = thief.post("/me/confirm/passkey/begin", json!({})).await.expect(200);
    let answer =
        json!({ "ceremony": begun.body["ceremony"], "credential": phone.get(&begun.body["options"]) });
    thief.post("/me/confirm", json!({ "passkey": answer })).await.expect(204);
    thief.post(&remove, json!({})).await.expect(204);
    // without any factor the password is all there is
    by_password(&app, "Ada").await.post("/me/passkeys/begin", json!({})).await.expect(200);
}

#[tokio::test]
async fn who_has_no_password_confirms_otherwise() {
    let app = App::new().await;
    let ada = app.sign_up("Ada").await;
    let mut phone = passkeys::phone();
    passkeys::register(&ada, &mut phone).await;
    let (totp, codes) = totp::set_up(&app, &ada).await;
    let sql = "DELETE FROM identity.credentials";
    let mut tx = app.database.store().service("a test takes a password away").await.unwrap();
    sqlx::query(sql).execute(tx.conn()).await.unwrap();
    tx.commit().await.unwrap();
    app.later(Duration::minutes(16));
    let change = json!({ "email": "countess@example.org" });
    let asks = || ada.post("/me/email", change.clone());
    asks().await.refused(403, "confirmation_needed");
    ada.post("/me/confirm", json!({ "password": PASSWORD })).await.refused(422, "invalid");
    let code = totp::code(&app, &totp);
    let thief = ada.thief();
    ada.post("/me/confirm", json!({ "code": code })).await.expect(204);
    thief.get("/me").await.refused(401, "unauthenticated");
    asks().await.expect(202);
    // no code counts twice, and a recovery code is one
    ada.post("/me/confirm", json!({ "code": code })).await.refused(422, "invalid");
    ada.post("/me/confirm", json!({ "code": codes[0] })).await.expect(204);
    ada.post("/me/confirm", json!({ "code": codes[0] })).await.refused(422, "invalid");
    assert_eq!(app.count("SELECT count(*) FROM identity.recovery_codes WHERE used_at IS NULL").await, 9);
    app.later(Duration::minutes(16));
    asks().await.refused(403, "confirmation_needed");
    // by the passkey; another's, an old answer and two ways at once are refused, and nobody is signed out by that
    let ask = || ada.post("/me/confirm/passkey/begin", json!({}));
    let begun = ask().await.expect(200);
    let wrong = passkeys::phone().get(&begun.body["options"]);
    let body = json!({ "passkey": { "ceremony": begun.body["ceremony"], "credential": wrong } });
    ada.post("/me/confirm", body).await.refused(422, "unknown_passkey");
    let begun = ask().await.expect(200);
    let answer =
        json!({ "ceremony": begun.body["ceremony"], "credential": phone.get(&begun.body["options"]) });
    let both = json!({ "passkey": answer, "code": totp::code(&app, &totp) });
    ada.post("/me/confirm", both).await.refused(422, "invalid");
    ada.post("/me/confirm", json!({})).await.refused(422, "invalid");
    ada.post("/me/confirm", json!({ "passkey": answer })).await.expect(204);
    ada.post("/me/confirm", json!({ "passkey": answer })).await.refused(409, "ceremony_over");
    asks().await.expect(202);
    // guessing is held up
    let mut held = ada.post("/me/confirm", json!({ "code": "000000" })).await;
    for _ in 0..6 {
        held = ada.post("/me/confirm", json!({ "code": "000000" })).await;
    }
    let held = held.refused(429, "sign_in_throttled");
    assert!(held.headers.contains_key("retry-after"));
    app.sign_up("Eve").await.post("/me/confirm/passkey/begin", json!({})).await.refused(404, "not_found");
}

#[tokio::test]
async fn the_operator_helps_who_has_lost_every_factor() {
    let app = App::new().await;
    let ada = app.sign_up("Ada").await;
    passkeys::register(&ada, &mut passkeys::phone()).await;
    totp::set_up(&app, &ada).await;
    app.identity.operator_removes_factors(&email("Ada")).await.unwrap();
    ada.get("/me").await.refused(401, "unauthenticated");
    let back = by_password(&app, "Ada").await;
    passkeys::register(&back, &mut passkeys::phone()).await;
    assert!(app.identity.operator_removes_factors("nobody@example.org").await.is_err());
}

#[tokio::test]
async fn of_two_that_take_the_last_two_ways_in_at_once_one_is_refused() {
    let app = App::new().await;
    for round in 0..4 {
        let name = format!("Ada{round}");
        let ada = app.sign_up(&name).await;
        let (mut one, mut two) = (passkeys::phone(), passkeys::phone());
        let first = passkeys::register(&ada, &mut one).await;
        let second = passkeys::register(&ada, &mut two).await;
        // two browsers, and no password
        let other = app.anonymous();
        other.post("/auth/passkey", passkeys::answer(&app, &mut two).await).await.expect(200);
        let mut tx = app.database.store().service("a test takes passwords away").await.unwrap();
        sqlx::query("DELETE FROM identity.credentials").execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        let (first, second) =
            (format!("/me/passkeys/{first}/remove"), format!("/me/passkeys/{second}/remove"));
        let (a, b) = tokio::join!(ada.post(&first, json!({})), other.post(&second, json!({})));
        let (good, late) = if a.status.is_success() { (a, b) } else { (b, a) };
        good.expect(204);
        late.refused(409, "last_way_in");
        assert_eq!(app.count("SELECT count(*) FROM identity.passkeys").await, round + 1);
    }
}
