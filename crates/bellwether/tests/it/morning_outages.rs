//! Mornings whose time is another than on any day: nothing ran, clocks changed, quiet hours hold them.

use serde_json::{Value, json};

use crate::{
    app::{Client, TestApp},
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
    // nothing ran for months: the last two weeks of it say so
    look_at(&app, "2027-03-27T12:00:00Z").await;
    let missed = deliveries(&app).await;
    assert_eq!(
        (missed.len(), missed[0].as_str(), missed[13].as_str()),
        (14, "2027-03-13 skipped", "2027-03-26 skipped")
    );
    // and today's, whose time is over, comes late
    look(&app).await;
    assert_eq!(deliveries(&app).await[14..], ["2027-03-27 skipped"]);
    // at two it is three
    look_at(&app, "2027-03-28T01:29:59Z").await;
    assert_eq!(deliveries(&app).await.len(), 15);
    for instant in ["2027-03-28T01:30:00Z", "2027-03-28T02:30:00Z", "2027-03-28T20:00:00Z"] {
        look_at(&app, instant).await;
    }
    assert_eq!(deliveries(&app).await[15..], ["2027-03-28 skipped"]);
    look_at(&app, "2027-03-29T00:30:00Z").await;
    assert_eq!(deliveries(&app).await.len(), 17);

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
    assert_eq!(reason, "Bellwether was not running at 08:00.");
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

/// `date status reason created_at` as the history shows them, the newest first.
async fn history(client: &Client) -> Vec<String> {
    let items = client.get("~/deliveries?limit=50").await.expect(200).body["items"].clone();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line = |one: &Value| {
        let parts = ["date", "status", "reason", "created_at"].map(|name| text(&one[name]));
        parts.join(" ")
    };
    items.as_array().unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn each_day_of_an_outage_says_so_once_and_today_s_alone_is_brought() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    change(&ada, "/me", json!({ "time_zone": "Europe/Berlin" })).await;
    // no Saturdays; and at eight it is quiet for another half an hour
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "sunday"];
    prefer(&ada, json!({ "morning": { "days": days } })).await;
    prefer(&ada, json!({ "quiet_hours": { "from": "22:00", "to": "08:30" } })).await;
    look_at(&app, "2027-03-24T12:00:00Z").await;
    look(&app).await;
    let mut ada = ada;
    app.sign_in_again(&mut ada, "Ada").await;
    ada.drafts(&app, &["x.post"]).await;
    look_at(&app, "2027-03-25T07:29:00Z").await;
    let before = deliveries(&app).await.len();
    look_at(&app, "2027-03-25T07:30:00Z").await;
    assert_eq!(deliveries(&app).await[before..], ["2027-03-25 delivered"]);
    ada.drafts(&app, &["linkedin.short"]).await;

    // nothing runs from Friday to Tuesday, and on Sunday the clocks go forward
    for instant in ["2027-03-30T10:00:00Z", "2027-03-30T10:01:00Z", "2027-03-30T10:02:00Z"] {
        look_at(&app, instant).await;
    }
    app.sign_in_again(&mut ada, "Ada").await;
    let words = "Bellwether was not running at 08:30.";
    assert_eq!(
        history(&ada).await[..5],
        [
            "2027-03-30 delivered  2027-03-30T10:01:00Z".to_owned(),
            format!("2027-03-29 skipped {words} 2027-03-29T06:30:00Z"),
            format!("2027-03-28 skipped {words} 2027-03-28T06:30:00Z"),
            format!("2027-03-26 skipped {words} 2027-03-26T07:30:00Z"),
            "2027-03-25 delivered  2027-03-25T07:30:00Z".to_owned(),
        ]
    );
    assert_eq!(mails(&app).await.len(), 2, "none of them comes late but today's");
    look_at(&app, "2027-03-31T06:30:00Z").await;
    assert_eq!(deliveries(&app).await[before + 5..], ["2027-03-31 skipped"], "and it goes on as ever");
    app.done().await;
}

#[tokio::test]
async fn what_quiet_hours_would_have_swallowed_is_not_blamed_on_an_outage() {
    let app = TestApp::new().await;
    let ada = with_drafts(&app).await;
    prefer(&ada, json!({ "quiet_hours": { "from": "22:00", "to": "07:00" } })).await;
    prefer(&ada, json!({ "morning": { "time": "23:00" } })).await;
    look(&app).await;
    look_at(&app, "2026-11-19T12:00:00Z").await;
    let mut ada = ada;
    app.sign_in_again(&mut ada, "Ada").await;
    let all = history(&ada).await;
    assert_eq!(all.len(), 3, "{all:?}");
    assert!(all.iter().all(|one| one.contains("Its time lies in your quiet hours")), "{all:?}");
    app.done().await;
}
