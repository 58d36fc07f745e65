//! The month's allowance.

use bellwether_kernel::id::OrganizationId;
use futures::future::join_all;
use http::StatusCode;
use serde_json::{Value, json};

use crate::app::{Client, TestApp};

async fn ask(client: &Client, n: usize) -> StatusCode {
    let text =
        format!("Note {n}. The workshop has {n} benches and a very old clock that nobody winds any more.");
    let body = json!({ "input": { "type": "text", "text": text }, "targets": ["x.post"] });
    client.post("~/generations", body).await.status
}

async fn usage(client: &Client) -> Value {
    client.get("/organizations/ada-studio/usage").await.expect(200).body["generations"].clone()
}

#[tokio::test]
async fn concurrent_requests_cannot_overrun_the_plan() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let answers = join_all((0..25).map(|n| ask(&ada, n))).await;
    assert_eq!(answers.iter().filter(|status| **status == StatusCode::ACCEPTED).count(), 10);
    assert_eq!(answers.iter().filter(|status| **status == StatusCode::PAYMENT_REQUIRED).count(), 15);
    let held = usage(&ada).await;
    assert_eq!((&held["used"], &held["reserved"], &held["limit"]), (&json!(0), &json!(10), &json!(10)));
    app.drain().await;
    let used = usage(&ada).await;
    assert_eq!((&used["used"], &used["reserved"]), (&json!(10), &json!(0)));
    assert_eq!(ask(&ada, 99).await, StatusCode::PAYMENT_REQUIRED);
    app.done().await;
}

#[tokio::test]
async fn a_new_month_and_a_larger_plan_start_anew() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    for n in 0..10 {
        assert_eq!(ask(&ada, n).await, StatusCode::ACCEPTED);
    }
    app.drain().await;
    assert_eq!(ask(&ada, 10).await, StatusCode::PAYMENT_REQUIRED);
    // to the first of December; the session lives two weeks
    app.clock.advance(chrono::Duration::days(14) - chrono::Duration::minutes(1));
    ada.get("/me").await.expect(200);
    let id: uuid::Uuid = sqlx::query_scalar("SELECT id FROM identity.organizations")
        .fetch_one(app.store().pool())
        .await
        .unwrap();
    app.app.billing.set_plan(OrganizationId::from(id), "pro", "test").await.unwrap();
    assert_eq!(ask(&ada, 11).await, StatusCode::ACCEPTED);
    assert_eq!(usage(&ada).await["limit"], 500);
    app.app.billing.set_plan(OrganizationId::from(id), "business", "test").await.unwrap();
    assert_eq!(usage(&ada).await["limit"], Value::Null);
    assert!(app.app.billing.set_plan(OrganizationId::from(id), "gold", "test").await.is_err());
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn the_month_is_over_on_the_first() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    ask(&ada, 1).await;
    app.drain().await;
    assert_eq!(usage(&ada).await["used"], 1);
    assert_eq!(usage(&ada).await["resets_at"], "2026-12-01T00:00:00Z");
    // 16 November 09:00 and fourteen days less a minute is still November
    app.clock.advance(chrono::Duration::days(13));
    ada.get("/me").await.expect(200);
    app.clock.advance(chrono::Duration::days(2));
    let mut again = app.anonymous();
    let credentials = json!({ "email": "ada@example.org", "password": "correct horse battery" });
    again.cookie = again.post("/auth/sign-in", credentials).await.expect(200).cookie();
    again.base.clone_from(&ada.base);
    assert_eq!(usage(&again).await["used"], 0);
    assert_eq!(ask(&again, 2).await, StatusCode::ACCEPTED);
    app.drain().await;
    assert_eq!(usage(&again).await["used"], 1);
    app.done().await;
}
