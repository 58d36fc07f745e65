use http::Method;
use serde_json::{Value, json};
use totp_rs::Totp;

use crate::{
    app::{Answer, App, Client},
    totp,
};

async fn with_key(client: &Client, key: &str, path: &str, body: Value) -> Answer {
    client.send(Method::POST, path, &[("idempotency-key", key)], Some(body)).await
}

#[tokio::test]
async fn secrets_that_are_shown_once_are_not_kept_for_a_repeated_request() {
    let app = App::new().await;
    let ada = app.sign_up("Ada").await;
    let setup = with_key(&ada, "1", "/me/factors/totp", json!({})).await.expect(200);
    let code = totp::code(&app, &Totp::from_url(setup.text("uri")).unwrap());
    let confirmed =
        with_key(&ada, "2", "/me/factors/totp/confirm", json!({ "code": code })).await.expect(200);
    let renewed = with_key(&ada, "3", "/me/factors/recovery-codes", json!({})).await.expect(200);
    let path = "/organizations/ada/invitations";
    let invited = with_key(&ada, "4", path, json!({ "role": "member" })).await.expect(201);
    let resend = format!("{path}/{}/resend", invited.text("id"));
    let resent = with_key(&ada, "5", &resend, json!({})).await.expect(200);

    let mut tx = app.database.store().service("a test looks").await.unwrap();
    let kept: Vec<String> =
        sqlx::query_scalar("SELECT convert_from(body, 'UTF8') FROM operations.idempotency_keys")
            .fetch_all(tx.conn())
            .await
            .unwrap();
    assert_eq!(kept.len(), 5);
    let kept = kept.join("\n");
    let mut secrets = vec![setup.text("secret"), invited.text("link"), resent.text("link")];
    for codes in [confirmed, renewed] {
        let codes = codes.body["recovery_codes"].as_array().unwrap().clone();
        assert_eq!(codes.len(), 10);
        secrets.extend(codes.iter().map(|code| code.as_str().unwrap().to_owned()));
    }
    for secret in secrets {
        assert!(!kept.contains(&secret), "{secret} in {kept}");
    }
    let again = with_key(&ada, "5", &resend, json!({})).await.expect(200);
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!((again.text("id"), &again.body["link"]), (invited.text("id"), &Value::Null));
}

#[tokio::test]
async fn an_answer_is_kept_from_other_sessions_and_from_whoever_has_left() {
    let app = App::new().await;
    let (ada, bob) = (app.sign_up("Ada").await, app.sign_up("Bob").await);
    let path = "/organizations/ada/invitations";
    let invited = ada.post(path, json!({ "role": "admin" })).await.expect(201);
    let token = invited.text("link").split_once("#token=").unwrap().1.to_owned();
    bob.post("/me/invitations", json!({ "token": token })).await.expect(200);
    let body = json!({ "role": "member" });
    let first = with_key(&bob, "k", path, body.clone()).await.expect(201);
    // another browser of the same person
    let other = app.anonymous();
    let input = json!({ "email": crate::app::email("Bob"), "password": crate::app::PASSWORD });
    other.post("/auth/sign-in", input).await.expect(200);
    let second = with_key(&other, "k", path, body.clone()).await.expect(201);
    assert_ne!(second.text("id"), first.text("id"));
    assert!(!second.headers.contains_key("idempotency-replayed"));
    let again = with_key(&bob, "k", path, body.clone()).await.expect(201);
    assert_eq!(again.text("id"), first.text("id"));

    let me = bob.get("/me").await.body["user"]["id"].as_str().unwrap().to_owned();
    ada.send(Method::DELETE, &format!("/organizations/ada/members/{me}"), &[], None).await.expect(204);
    with_key(&bob, "k", path, body).await.refused(404, "not_found");
}
