use chrono::Duration;
use serde_json::{Value, json};

use crate::{
    app::{App, Client, ORIGIN, email},
    authenticator::{Authenticator, b64},
    totp,
};

pub fn phone() -> Authenticator {
    Authenticator::new(ORIGIN, "bell.example")
}

pub async fn register(client: &Client, authenticator: &mut Authenticator) -> String {
    let begun = client.post("/me/passkeys/begin", json!({})).await.expect(200);
    let credential = authenticator.create(&begun.body["options"]);
    let body = json!({ "ceremony": begun.body["ceremony"], "name": "My phone", "credential": credential });
    client.post("/me/passkeys", body).await.expect(201).text("id")
}

/// A challenge of the sign-in page and the answer to it.
pub async fn answer(app: &App, authenticator: &mut Authenticator) -> Value {
    let begun = app.anonymous().post("/auth/passkey/begin", json!({})).await.expect(200);
    json!({ "ceremony": begun.body["ceremony"], "credential": authenticator.get(&begun.body["options"]) })
}

#[tokio::test]
async fn a_passkey_is_added_named_used_and_removed() {
    let app = App::new().await;
    let ada = app.sign_up("Ada").await;
    let mut phone = phone();
    let thief = ada.thief();
    let id = register(&ada, &mut phone).await;
    thief.get("/me").await.refused(401, "unauthenticated");
    let signed_in = app.anonymous().post("/auth/passkey", answer(&app, &mut phone).await).await.expect(200);
    assert_eq!(signed_in.body["user"]["email"], email("Ada"));
    assert!(signed_in.cookie().is_some());
    let path = format!("/me/passkeys/{id}");
    let renamed =
        ada.send(http::Method::PATCH, &path, &[], Some(json!({ "name": "Old phone" }))).await.expect(200);
    assert_eq!(renamed.body["name"], "Old phone");
    assert!(renamed.body["last_used_at"].is_string());
    assert_eq!(ada.get("/me/passkeys").await.body["items"].as_array().unwrap().len(), 1);
    let thief = ada.thief();
    ada.post(&format!("{path}/remove"), json!({})).await.expect(204);
    thief.get("/me").await.refused(401, "unauthenticated");
    ada.get("/me").await.expect(200);
    let late = answer(&app, &mut phone).await;
    app.anonymous().post("/auth/passkey", late).await.refused(401, "unknown_passkey");
}

#[tokio::test]
async fn an_answer_counts_once_and_not_for_long() {
    let app = App::new().await;
    let ada = app.sign_up("Ada").await;
    let mut phone = phone();
    let begun = ada.post("/me/passkeys/begin", json!({})).await.expect(200);
    let body = json!({
        "ceremony": begun.body["ceremony"], "name": "My phone", "credential": phone.create(&begun.body["options"]),
    });
    ada.post("/me/passkeys", body.clone()).await.expect(201);
    ada.post("/me/passkeys", body).await.refused(409, "ceremony_over");
    let once = answer(&app, &mut phone).await;
    app.anonymous().post("/auth/passkey", once.clone()).await.expect(200);
    app.anonymous().post("/auth/passkey", once).await.refused(409, "ceremony_over");
    let late = answer(&app, &mut phone).await;
    app.later(Duration::minutes(6));
    app.anonymous().post("/auth/passkey", late).await.refused(409, "ceremony_over");
    // an answer to one challenge is none to another, and the wrong answer spends it
    let (first, second) = (answer(&app, &mut phone).await, answer(&app, &mut phone).await);
    let crossed = json!({ "ceremony": second["ceremony"], "credential": first["credential"] });
    app.anonymous().post("/auth/passkey", crossed).await.refused(401, "passkey_refused");
    app.anonymous().post("/auth/passkey", second).await.refused(409, "ceremony_over");
}

#[tokio::test]
async fn what_is_forged_or_somebody_elses_is_refused() {
    let app = App::new().await;
    let (ada, eve) = (app.sign_up("Ada").await, app.sign_up("Eve").await);
    let (mut adas, mut eves) = (phone(), phone());
    register(&ada, &mut adas).await;
    register(&eve, &mut eves).await;
    // Eve's authenticator says that it is Ada's
    let handle = eves.user_handle.replace(adas.user_handle.clone().unwrap());
    let lie = answer(&app, &mut eves).await;
    app.anonymous().post("/auth/passkey", lie).await.refused(401, "unknown_passkey");
    // with Ada's credential id, but Eve's key
    let id = std::mem::replace(&mut eves.id, adas.id.clone());
    let forged = answer(&app, &mut eves).await;
    app.anonymous().post("/auth/passkey", forged).await.refused(401, "passkey_refused");
    (eves.id, eves.user_handle) = (id, handle);
    // made on another site, for another site, without a look at who holds it
    adas.origin = "https://bell.example.evil.example".into();
    let elsewhere = answer(&app, &mut adas).await;
    app.anonymous().post("/auth/passkey", elsewhere).await.refused(401, "wrong_origin");
    adas.origin = ORIGIN.into();
    adas.rp_id = "evil.example".into();
    let other = answer(&app, &mut adas).await;
    app.anonymous().post("/auth/passkey", other).await.refused(401, "passkey_refused");
    adas.rp_id = "bell.example".into();
    adas.verifies = false;
    let blind = answer(&app, &mut adas).await;
    app.anonymous().post("/auth/passkey", blind).await.refused(401, "user_not_verified");
    adas.verifies = true;
    // a copy that lags behind
    adas.counter = 100;
    app.anonymous().post("/auth/passkey", answer(&app, &mut adas).await).await.expect(200);
    adas.counter = 50;
    let copy = answer(&app, &mut adas).await;
    app.anonymous().post("/auth/passkey", copy).await.refused(401, "passkey_copied");
    // Eve finishes what Ada began, renames and removes what is Ada's
    let begun = ada.post("/me/passkeys/begin", json!({})).await.expect(200);
    let credential = phone().create(&begun.body["options"]);
    let body = json!({ "ceremony": begun.body["ceremony"], "name": "x", "credential": credential });
    eve.post("/me/passkeys", body).await.refused(409, "ceremony_over");
    let adas_id = ada.get("/me/passkeys").await.body["items"][0]["id"].as_str().unwrap().to_owned();
    eve.post(&format!("/me/passkeys/{adas_id}/remove"), json!({})).await.refused(404, "not_found");
    let rename = Some(json!({ "name": "x" }));
    let path = format!("/me/passkeys/{adas_id}");
    eve.send(http::Method::PATCH, &path, &[], rename).await.refused(404, "not_found");
    // Ada's own still works
    adas.counter = 200;
    app.anonymous().post("/auth/passkey", answer(&app, &mut adas).await).await.expect(200);
    assert_eq!(app.count("SELECT count(*) FROM identity.passkeys").await, 2);
}

#[tokio::test]
async fn nonsense_is_named() {
    let app = App::new().await;
    let ada = app.sign_up("Ada").await;
    let begun = app.anonymous().post("/auth/passkey/begin", json!({})).await.expect(200);
    let body = json!({ "ceremony": begun.body["ceremony"], "credential": { "id": 7 } });
    let answer = app.anonymous().post("/auth/passkey", body).await.refused(422, "invalid");
    assert_eq!(answer.body["errors"][0]["path"], "credential");
    let begun = ada.post("/me/passkeys/begin", json!({})).await.expect(200);
    let mut credential = phone().create(&begun.body["options"]);
    credential["response"]["attestationObject"] = b64(b"nonsense").into();
    let body = json!({ "ceremony": begun.body["ceremony"], "name": "x", "credential": credential });
    ada.post("/me/passkeys", body).await.refused(422, "passkey_refused");
    let body = json!({ "ceremony": begun.body["ceremony"], "name": " ", "credential": {} });
    ada.post("/me/passkeys", body).await.refused(422, "invalid");
    app.anonymous().post("/me/passkeys/begin", json!({})).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_passkey_is_a_second_factor_and_stands_for_both() {
    let app = App::new().await;
    let ada = app.sign_up("Ada").await;
    let (mut adas, mut eves) = (phone(), phone());
    register(&ada, &mut adas).await;
    register(&app.sign_up("Eve").await, &mut eves).await;
    totp::set_up(&app, &ada).await;
    let first = app.password_step("Ada").await.expect(202);
    assert_eq!(first.body["ways"], json!(["totp", "recovery_code", "passkey"]));
    let token = first.text("token");
    let begin = || app.anonymous();
    let begun =
        begin().post("/auth/second-factor/passkey/begin", json!({ "token": token })).await.expect(200);
    assert_eq!(begun.body["options"]["publicKey"]["allowCredentials"][0]["id"], b64(&adas.id));
    let body = json!({
        "token": token, "ceremony": begun.body["ceremony"], "credential": eves.get(&begun.body["options"]),
    });
    app.anonymous().post("/auth/second-factor/passkey", body).await.refused(401, "unknown_passkey");
    let begun =
        begin().post("/auth/second-factor/passkey/begin", json!({ "token": token })).await.expect(200);
    let body = json!({
        "token": token, "ceremony": begun.body["ceremony"], "credential": adas.get(&begun.body["options"]),
    });
    let done = app.anonymous().post("/auth/second-factor/passkey", body).await.expect(200);
    assert!(done.cookie().is_some());
    // without a password it asks for nothing more
    app.anonymous().post("/auth/passkey", answer(&app, &mut adas).await).await.expect(200);
}

#[tokio::test]
async fn its_owner_is_written_to_when_a_way_in_comes_or_goes() {
    let app = App::new().await;
    let ada = app.sign_up("Ada").await;
    let id = register(&ada, &mut phone()).await;
    ada.post(&format!("/me/passkeys/{id}/remove"), json!({})).await.expect(204);
    totp::set_up(&app, &ada).await;
    ada.post("/me/factors/totp/remove", json!({})).await.expect(204);
    let mails = app.mails(&email("Ada"), "security_notice").await;
    let words = ["was added", "was removed", "was set up", "was turned off"];
    assert_eq!(mails.len(), words.len());
    for word in words {
        assert_eq!(mails.iter().filter(|mail| mail.contains(word)).count(), 1, "{word}: {mails:?}");
    }
}

#[tokio::test]
async fn taking_an_address_back_takes_the_ways_in_that_came_with_the_change() {
    let app = App::new().await;
    let ada = app.sign_up("Ada").await;
    let (mut adas, mut thiefs) = (phone(), phone());
    register(&ada, &mut adas).await;
    app.later(Duration::minutes(1));
    ada.post("/me/email", json!({ "email": "thief@example.org" })).await.expect(202);
    let token = app.token("thief@example.org", "change_email").await;
    ada.post("/auth/email/confirm", json!({ "token": token })).await.expect(200);
    app.later(Duration::minutes(1));
    register(&ada, &mut thiefs).await;
    totp::set_up(&app, &ada).await;
    let token = app.token(&email("Ada"), "email_changed").await;
    app.anonymous().post("/auth/email/undo", json!({ "token": token })).await.expect(204);
    let late = answer(&app, &mut thiefs).await;
    app.anonymous().post("/auth/passkey", late).await.refused(401, "unknown_passkey");
    // what was there before stays, and no code of the thief's is asked for
    app.anonymous().post("/auth/passkey", answer(&app, &mut adas).await).await.expect(200);
    app.password_step("Ada").await.expect(200);
    assert_eq!(app.count("SELECT count(*) FROM identity.recovery_codes").await, 0);
}
