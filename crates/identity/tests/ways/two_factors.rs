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
    // nor with a factor of their own
    passkeys::register(&thief, &mut passkeys::phone()).await;
    totp::set_up(&app, &thief).await;
    thief.get(ADA).await.refused(403, "second_factor_required");
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
