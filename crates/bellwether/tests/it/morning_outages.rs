//! Mornings whose time is another than on any day: nothing ran, clocks changed, quiet hours hold them.

use serde_json::{Value, json};

use crate::{
    app::TestApp,
    channels::{look, prefer},
    morning::{change, deliveries, look_at, mails, with_drafts},
};

#[tokio::test]
async fn a_time_that_clocks_skip_or_show_twice_is_one_delivery() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    change(&ada, "/me", json!({ "time_zone": "Europe/Berlin" })).await;
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    prefer(&ada, json!({ "morning": { "time": "02:30", "days": days } })).await;
    look(&app).await;
    // nothing ran for months: the day that was planned is over and says so
    look_at(&app, "2027-03-27T12:00:00Z").await;
    assert_eq!(deliveries(&app).await, ["2026-11-17 skipped"]);
    // and today's, whose time is over, comes late
    look(&app).await;
    assert_eq!(deliveries(&app).await[1..], ["2027-03-27 skipped"]);
    // at two it is three
    look_at(&app, "2027-03-28T01:29:59Z").await;
    assert_eq!(deliveries(&app).await.len(), 2);
    for instant in ["2027-03-28T01:30:00Z", "2027-03-28T02:30:00Z", "2027-03-28T20:00:00Z"] {
        look_at(&app, instant).await;
    }
    assert_eq!(deliveries(&app).await[2..], ["2027-03-28 skipped"]);
    look_at(&app, "2027-03-29T00:30:00Z").await;
    assert_eq!(deliveries(&app).await.len(), 4);

    look_at(&app, "2027-10-30T12:00:00Z").await;
    look(&app).await;
    let before = deliveries(&app).await.len();
    // half past two comes at 00:30 and, once the clock is put back, at 01:30
    for instant in ["2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z", "2027-10-31T02:30:00Z"] {
        look_at(&app, instant).await;
    }
    let all = deliveries(&app).await;
    assert_eq!(all[before..], ["2027-10-31 skipped"]);
    look_at(&app, "2027-11-01T01:30:00Z").await;
    assert_eq!(deliveries(&app).await.len(), before + 2);
    app.done().await;
}

#[tokio::test]
async fn after_an_outage_over_midnight_today_s_morning_comes_late_and_once() {
    let app = TestApp::new().await;
    let _ada = with_drafts(&app).await;
    // nothing ran from before Tuesday's eight o'clock until Wednesday at eleven
    look_at(&app, "2026-11-18T11:00:00Z").await;
    look_at(&app, "2026-11-18T11:01:00Z").await;
    assert_eq!(deliveries(&app).await, ["2026-11-17 skipped", "2026-11-18 delivered"]);
    let reason: String =
        sqlx::query_scalar("SELECT reason FROM delivery.daily_deliveries WHERE status = 'skipped'")
            .fetch_one(app.store().pool())
            .await
            .unwrap();
    assert_eq!(reason, "Bellwether was not running that day.");
    for instant in ["2026-11-18T11:02:00Z", "2026-11-18T23:59:00Z", "2026-11-19T07:59:00Z"] {
        look_at(&app, instant).await;
    }
    assert_eq!(deliveries(&app).await.len(), 2, "never twice for a date");
    // and before today's time it comes at its time
    look_at(&app, "2026-11-20T07:00:00Z").await;
    look_at(&app, "2026-11-20T07:01:00Z").await;
    assert_eq!(deliveries(&app).await[2..], ["2026-11-19 skipped"]);
    look_at(&app, "2026-11-20T08:00:00Z").await;
    assert_eq!(deliveries(&app).await[3..], ["2026-11-20 skipped"], "nothing new waits");
    assert_eq!(mails(&app).await.len(), 1);
    app.done().await;
}

#[tokio::test]
async fn quiet_hours_hold_it_back() {
    let app = TestApp::new().await;
    let ada = with_drafts(&app).await;
    prefer(&ada, json!({ "quiet_hours": { "from": "22:00", "to": "09:15" } })).await;
    look_at(&app, "2026-11-17T08:00:00Z").await;
    look_at(&app, "2026-11-17T09:14:00Z").await;
    assert!(deliveries(&app).await.is_empty());
    look_at(&app, "2026-11-17T09:15:00Z").await;
    assert_eq!(mails(&app).await.len(), 1);
    // a time inside of hours that last until the next day never comes
    prefer(&ada, json!({ "morning": { "time": "23:00" } })).await;
    look_at(&app, "2026-11-17T23:00:00Z").await;
    look_at(&app, "2026-11-18T23:00:00Z").await;
    look(&app).await;
    assert_eq!(deliveries(&app).await, ["2026-11-17 delivered", "2026-11-18 skipped"]);
    let reason: String =
        sqlx::query_scalar("SELECT reason FROM delivery.daily_deliveries WHERE status = 'skipped'")
            .fetch_one(app.store().pool())
            .await
            .unwrap();
    assert!(reason.starts_with("Its time lies in your quiet hours"), "{reason}");
    app.done().await;
}

#[tokio::test]
async fn the_look_ahead_knows_quiet_hours() {
    let app = TestApp::new().await;
    let ada = with_drafts(&app).await;
    let ahead = async |wants: Value| {
        prefer(&ada, wants).await;
        let preview = ada.get("~/deliveries/preview").await.expect(200).body;
        (preview["date"].clone(), preview["due_at"].clone(), preview["skipped"].clone())
    };
    // it comes at their end
    assert_eq!(
        ahead(json!({ "quiet_hours": { "from": "22:00", "to": "09:15" } })).await,
        (json!("2026-11-17"), json!("2026-11-17T09:15:00Z"), Value::Null)
    );
    // or not at all
    let (date, due_at, skipped) = ahead(json!({ "morning": { "time": "23:00" } })).await;
    assert_eq!((date, due_at), (json!("2026-11-16"), Value::Null));
    assert!(skipped.as_str().unwrap().starts_with("Its time lies in your quiet hours"), "{skipped}");
    let none = ada.post("~/deliveries/preview/send-to-me", json!({})).await.expect(409);
    assert_eq!(none.body["code"], "nothing_to_send");
    // today's that they hold is still to come
    ahead(json!({ "morning": { "time": "08:00" } })).await;
    look_at(&app, "2026-11-17T08:00:00Z").await;
    assert_eq!(ahead(json!({})).await.1, "2026-11-17T09:15:00Z");
    look_at(&app, "2026-11-17T09:15:00Z").await;
    assert_eq!(deliveries(&app).await, ["2026-11-17 delivered"]);
    assert_eq!(ahead(json!({})).await.1, "2026-11-18T09:15:00Z");
    look(&app).await;
    app.done().await;
}
