//! What the report of a week says where there is little room, and which planned posts it counts.

use bellwether_delivery::alerts::jobs::Reports;
use serde_json::json;

use crate::{
    alerts::{run, texts, with_slack},
    app::{Client, TestApp},
    channels::{at, code, prefer, with_fakes},
};

/// Plans a new post, approved or not, for an instant on the brand's clock.
async fn plan(app: &TestApp, ada: &Client, approved: bool, local: &str) {
    let (post, connection) = ada.sandbox_post(app, approved).await;
    let when = json!({ "connection_ids": [connection], "when": { "at": local } });
    ada.post(&format!("~/posts/{post}/publications"), when).await.expect(201);
    app.drain().await;
}

#[tokio::test]
async fn whatsapp_has_room_for_a_sentence_and_it_says_what_there_is() {
    let (app, fakes) = with_fakes().await;
    let ada = app.sign_up("Ada").await;
    prefer(&ada, json!({ "morning": { "whatsapp_number": "+4930123456" } })).await;
    app.drain().await;
    ada.post("/me/channels/whatsapp/confirm", json!({ "code": code(&fakes) })).await.expect(200);
    prefer(&ada, json!({ "morning": { "channels": ["whatsapp"] } })).await;
    run(&app, Reports {}).await;
    plan(&app, &ada, true, "2026-11-24T12:00").await;
    fakes.seen("/v23.0/");
    at(&app, "2026-11-23T08:00:00Z");
    run(&app, Reports {}).await;
    let sent = fakes.seen("/v23.0/");
    assert_eq!(sent.len(), 1, "{sent:?}");
    let given = sent[0].body["template"]["components"][0]["parameters"].as_array().unwrap();
    assert_eq!(given[0]["text"], "Ada Studio: your week, 16 November to 22 November");
    assert_eq!(given[1]["text"], "Nothing was published; 1 post is planned for this week.");
    assert!(given[2]["text"].as_str().unwrap().starts_with("http://bellwether.test/"), "{given:?}");
    app.done().await;
}

#[tokio::test]
async fn planned_posts_wait_for_an_approval_from_the_week_that_begins_on() {
    let (app, fakes, ada) = with_slack().await;
    run(&app, Reports {}).await;
    // the last minute of the week that is reported, the first of the next, and long after
    for local in ["2026-11-20T12:00", "2026-11-22T23:59", "2026-11-23T00:00", "2026-12-20T12:00"] {
        plan(&app, &ada, false, local).await;
    }
    at(&app, "2026-11-23T08:00:00Z");
    run(&app, Reports {}).await;
    let said = texts(&fakes);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains(", 2 planned posts for an approval."), "{}", said[0]);
    app.done().await;
}
