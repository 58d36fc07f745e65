//! A connection that ends once the message is handed over: it may have arrived, and so it is sent by no way again, and is not
//! called failed.

use chrono::Duration;
use serde_json::{Value, json};

use crate::{
    app::{Client, TestApp},
    channels::{
        at, attempts, channels, code, look, morning, prefer, set_push, set_slack, state, with_drafts,
        with_fakes,
    },
    fakes::{BOT_TOKEN, Fakes},
};

/// Connects a way; gives where its messages go.
async fn connect(app: &TestApp, ada: &Client, fakes: &Fakes, way: &str) -> String {
    match way {
        "slack" => {
            set_slack(ada, fakes, "T1/B1/key").await;
            "/services/T1/B1/key".to_owned()
        }
        "telegram" => {
            let own = json!({ "bot_token": BOT_TOKEN, "chat_id": "42" });
            ada.post("/me/channels/telegram", own).await.expect(200);
            format!("/bot{BOT_TOKEN}/sendMessage")
        }
        "push" => {
            set_push(ada, fakes, "1").await;
            "/push/1".to_owned()
        }
        _ => {
            prefer(ada, json!({ "morning": { "whatsapp_number": "+4930123456" } })).await;
            app.drain().await;
            ada.post("/me/channels/whatsapp/confirm", json!({ "code": code(fakes) })).await.expect(200);
            "/v23.0/106540352242922/messages".to_owned()
        }
    }
}

#[tokio::test]
async fn what_was_handed_over_before_the_connection_ended_counts_as_sent_by_every_way() {
    for (way, name) in [
        ("slack", "Slack"),
        ("telegram", "Telegram"),
        ("push", "Notifications of your browser"),
        ("whatsapp", "WhatsApp"),
    ] {
        let (app, fakes) = with_fakes().await;
        let ada = with_drafts(&app).await;
        let path = connect(&app, &ada, &fakes, way).await;
        prefer(&ada, json!({ "morning": { "channels": [way, "email"] } })).await;
        look(&app).await;
        fakes.seen("/");
        at(&app, "2026-11-17T08:00:00Z");
        fakes.hang_up(&path);
        look(&app).await;
        app.clock.advance(Duration::minutes(20));
        look(&app).await;
        assert_eq!(attempts(&app).await, [format!("{way} unclear")]);
        assert_eq!(fakes.seen(&path).len(), 1, "{way}: it is not sent again");
        let sent = morning(&ada).await;
        assert_eq!(
            (&sent["status"], &sent["channel"], &sent["error_message"], &sent["delivered_at"]),
            (&json!("delivered"), &json!(way), &Value::Null, &json!("2026-11-17T08:00:00Z"))
        );
        assert_eq!(sent["reason"], format!("{name}: Handed over; its answer was lost."));
        let mails: i64 =
            sqlx::query_scalar("SELECT count(*) FROM operations.mails WHERE template = 'morning'")
                .fetch_one(app.store().pool())
                .await
                .unwrap();
        assert_eq!(mails, 0, "{way}: nor by another way");
        // a trial is not called refused either
        fakes.hang_up(&path);
        ada.post(&format!("/me/channels/{way}/test"), json!({})).await.expect(200);
        assert_eq!(state(&ada, way).await, "ready");
        assert!(channels(&ada, way).await[0]["reason"].is_null());
        app.done().await;
    }
}

#[tokio::test]
async fn of_several_browsers_one_that_took_it_is_enough() {
    let (app, fakes) = with_fakes().await;
    let ada = with_drafts(&app).await;
    set_push(&ada, &fakes, "1").await;
    set_push(&ada, &fakes, "2").await;
    prefer(&ada, json!({ "morning": { "channels": ["push", "email"] } })).await;
    look(&app).await;
    at(&app, "2026-11-17T08:00:00Z");
    fakes.hang_up("/push/1");
    look(&app).await;
    let mut tried = attempts(&app).await;
    tried.sort_unstable();
    assert_eq!(tried, ["push sent", "push unclear"]);
    let sent = morning(&ada).await;
    assert_eq!((&sent["status"], &sent["reason"]), (&json!("delivered"), &Value::Null));
    app.done().await;
}
