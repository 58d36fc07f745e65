use bellwether_vault::Vault;
use chrono::Duration;
use serde_json::{Value, json};
use totp_rs::Totp;

use crate::app::{App, Client, PASSWORD, config, vault};

/// What an authenticator app shows now.
pub fn code(app: &App, phone: &Totp) -> String {
    phone.generate(u64::try_from(app.clock.now().timestamp()).unwrap()).to_string()
}

/// Sets an app up; gives it and the recovery codes.
pub async fn set_up(app: &App, client: &Client) -> (Totp, Vec<String>) {
    let setup = client.post("/me/factors/totp", json!({})).await.expect(200);
    let phone = Totp::from_url(setup.text("uri")).unwrap();
    let done =
        client.post("/me/factors/totp/confirm", json!({ "code": code(app, &phone) })).await.expect(200);
    let codes = serde_json::from_value(done.body["recovery_codes"].clone()).unwrap();
    app.later(Duration::seconds(30));
    (phone, codes)
}

async fn second(app: &App, token: &str, code: &str) -> crate::app::Answer {
    app.anonymous().post("/auth/second-factor", json!({ "token": token, "code": code })).await
}

#[tokio::test]
async fn an_app_is_set_up_asked_for_and_turned_off() {
    let app = App::new().await;
    let ada = app.sign_up("Ada").await;
    let setup = ada.post("/me/factors/totp", json!({})).await.expect(200);
    assert!(setup.text("qr_svg").contains("<svg") && setup.text("uri").contains("ada%40example.org"));
    // begun is not done: nothing is asked for yet
    app.password_step("Ada").await.expect(200);
    let wrong = ada.post("/me/factors/totp/confirm", json!({ "code": "000000" })).await;
    assert_eq!(wrong.refused(422, "invalid").body["errors"][0]["path"], "code");
    let (phone, codes) = set_up(&app, &ada).await;
    assert_eq!(codes.len(), 10);
    ada.post("/me/factors/totp", json!({})).await.refused(409, "second_factor_on");
    let first = app.password_step("Ada").await.expect(202);
    assert_eq!(first.cookie(), None);
    assert_eq!(first.body["ways"], json!(["totp", "recovery_code"]));
    let done = second(&app, &first.text("token"), &code(&app, &phone)).await.expect(200);
    assert!(done.cookie().is_some());
    second(&app, &first.text("token"), &code(&app, &phone)).await.refused(401, "second_step_over");
    // the token of the first step opens nothing else
    let key = format!("Bearer {}", first.text("token"));
    let me = app.anonymous().send(http::Method::GET, "/me", &[("authorization", &key)], None).await;
    me.refused(401, "unauthenticated");
    ada.post("/me/factors/totp/remove", json!({})).await.expect(204);
    app.password_step("Ada").await.expect(200);
    assert_eq!(ada.get("/me/factors").await.body["recovery_codes"], 0);
}

#[tokio::test]
async fn no_code_counts_twice() {
    let app = App::new().await;
    let ada = app.sign_up("Ada").await;
    let (phone, codes) = set_up(&app, &ada).await;
    let now = code(&app, &phone);
    let (one, two) =
        (app.password_step("Ada").await.text("token"), app.password_step("Ada").await.text("token"));
    let (a, b) = tokio::join!(second(&app, &one, &now), second(&app, &two, &now));
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401], "{} {}", a.body, b.body);
    // nor one of a step before it
    app.later(Duration::seconds(30));
    let token = app.password_step("Ada").await.text("token");
    second(&app, &token, &now).await.refused(401, "wrong_code");
    second(&app, &token, &code(&app, &phone)).await.expect(200);
    // a recovery code neither, however it is typed
    let typed = codes[0].to_uppercase().replace('-', " ");
    let token = app.password_step("Ada").await.text("token");
    second(&app, &token, &typed).await.expect(200);
    let token = app.password_step("Ada").await.text("token");
    second(&app, &token, &codes[0]).await.refused(401, "wrong_code");
    assert_eq!(ada.get("/me/factors").await.body["recovery_codes"], 9);
    let renewed = ada.post("/me/factors/recovery-codes", json!({})).await.expect(200);
    second(&app, &token, &codes[1]).await.refused(401, "wrong_code");
    second(&app, &token, renewed.body["recovery_codes"][0].as_str().unwrap()).await.expect(200);
}

#[tokio::test]
async fn guessing_ends_soon_and_locks_nobody_else_out() {
    let app = App::new().await;
    let ada = app.sign_up("Ada").await;
    app.sign_up("Eve").await;
    let (phone, _) = set_up(&app, &ada).await;
    for _ in 0..2 {
        let token = app.password_step("Ada").await.text("token");
        for _ in 0..5 {
            second(&app, &token, "000000").await.refused(401, "wrong_code");
        }
        second(&app, &token, &code(&app, &phone)).await.refused(401, "second_step_over");
    }
    let token = app.password_step("Ada").await.text("token");
    let refused = second(&app, &token, &code(&app, &phone)).await.refused(429, "too_many_codes");
    assert!(refused.headers.contains_key("retry-after"));
    app.password_step("Eve").await.expect(200);
    app.later(Duration::minutes(16));
    let token = app.password_step("Ada").await.text("token");
    app.later(Duration::minutes(6));
    second(&app, &token, &code(&app, &phone)).await.refused(401, "second_step_over");
    let token = app.password_step("Ada").await.text("token");
    second(&app, &token, &code(&app, &phone)).await.expect(200);
}

#[tokio::test]
async fn sign_ins_side_by_side_bear_no_more_wrong_codes() {
    let app = App::new().await;
    let ada = app.sign_up("Ada").await;
    set_up(&app, &ada).await;
    let mut tokens = Vec::new();
    for _ in 0..16 {
        tokens.push(app.password_step("Ada").await.text("token"));
    }
    let tries = tokens.iter().map(|token| second(&app, token, "000000"));
    let answers = futures::future::join_all(tries).await;
    let counted = answers.iter().filter(|answer| answer.body["code"] == "wrong_code").count();
    assert_eq!(counted, 10);
}

#[tokio::test]
async fn changes_need_the_owner_at_the_keyboard() {
    let app = App::new().await;
    let ada = app.sign_up("Ada").await;
    app.later(Duration::minutes(16));
    ada.post("/me/factors/totp", json!({})).await.refused(403, "confirmation_needed");
    let wrong = ada.post("/me/factors/totp", json!({ "password": "wrong" })).await.refused(422, "invalid");
    assert_eq!(wrong.body["errors"][0]["code"], "wrong_password");
    ada.post("/me/factors/totp", json!({ "password": PASSWORD })).await.expect(200);
    ada.post("/me/passkeys/begin", json!({})).await.refused(403, "confirmation_needed");
    ada.post("/me/factors/recovery-codes", json!({ "password": PASSWORD }))
        .await
        .refused(409, "second_factor_off");
    ada.post("/me/factors/totp/confirm", json!({ "code": "x" })).await.refused(422, "invalid");
}

#[tokio::test]
async fn guessing_the_password_again_is_held_up() {
    let app = App::new().await;
    let ada = app.sign_up("Ada").await;
    app.later(Duration::minutes(16));
    let wrong = json!({ "password": "wrong" });
    for path in ["/me/factors/totp", "/me/passkeys/begin", "/me/factors/recovery-codes"] {
        ada.post(path, wrong.clone()).await.refused(422, "invalid");
    }
    // one count for all that ask for it
    for _ in 0..2 {
        ada.post("/me/confirm", wrong.clone()).await.refused(422, "invalid");
    }
    let right = json!({ "password": PASSWORD });
    let held = ada.post("/me/factors/totp", right.clone()).await.refused(429, "sign_in_throttled");
    assert!(held.headers.contains_key("retry-after"));
    app.later(Duration::seconds(2));
    ada.post("/me/factors/totp", right).await.expect(200);
    let failed = "SELECT count(*) FROM operations.security_events
                   WHERE kind = 'sign_in.failed' AND detail->>'way' = 'confirmation'";
    assert_eq!(app.count(failed).await, 5);
}

#[tokio::test]
async fn a_stolen_cookie_is_worth_nothing_after_a_factor_has_changed() {
    let app = App::new().await;
    let ada = app.sign_up("Ada").await;
    let other = app.anonymous();
    other
        .post("/auth/sign-in", json!({ "email": "ada@example.org", "password": PASSWORD }))
        .await
        .expect(200);
    let setup = ada.post("/me/factors/totp", json!({})).await.expect(200);
    let phone = Totp::from_url(setup.text("uri")).unwrap();
    let thief = ada.thief();
    ada.post("/me/factors/totp/confirm", json!({ "code": code(&app, &phone) })).await.expect(200);
    thief.get("/me").await.refused(401, "unauthenticated");
    ada.get("/me").await.expect(200);
    let thief = ada.thief();
    ada.post("/me/factors/totp/remove", json!({})).await.expect(204);
    thief.get("/me").await.refused(401, "unauthenticated");
    ada.get("/me").await.expect(200);
    // other browsers stay: they are listed, and theirs to end
    other.get("/me").await.expect(200);
}

#[tokio::test]
async fn nothing_of_it_lies_open_in_the_database() {
    let app = App::new().await;
    let ada = app.sign_up("Ada").await;
    let setup = ada.post("/me/factors/totp", json!({})).await.expect(200);
    let phone = Totp::from_url(setup.text("uri")).unwrap();
    let done = ada.post("/me/factors/totp/confirm", json!({ "code": code(&app, &phone) })).await.expect(200);
    let token = app.password_step("Ada").await.text("token");
    let mut tx = app.database.store().service("a test looks").await.unwrap();
    let all: Vec<Value> = sqlx::query_scalar(
        "SELECT to_jsonb(t) FROM identity.totp_factors t UNION ALL SELECT to_jsonb(r) FROM identity.recovery_codes r
         UNION ALL SELECT to_jsonb(p) FROM identity.pending_sign_ins p",
    )
    .fetch_all(tx.conn())
    .await
    .unwrap();
    assert_eq!(all.len(), 12);
    let all = Value::from(all).to_string();
    let codes =
        done.body["recovery_codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned());
    for secret in codes.chain([setup.text("secret"), token]) {
        assert!(!all.contains(&secret) && !all.contains(&secret.replace('-', "")), "{secret}");
    }
}

#[tokio::test]
async fn without_a_key_nothing_is_set_up_and_another_key_opens_nothing() {
    let mut keyless = config();
    keyless.vault = Vault::default();
    let app = App::with(keyless).await;
    let ada = app.sign_up("Ada").await;
    ada.post("/me/factors/totp", json!({})).await.refused(503, "secrets_missing");
    assert_eq!(app.count("SELECT count(*) FROM identity.totp_factors").await, 0);
    assert!(!vault(1).is_current(&vault(2).seal(b"x").unwrap().text, 1));
}
