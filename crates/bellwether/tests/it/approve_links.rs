//! Links that approve, where others read along: none unless somebody wants them.

use http::Method;
use serde_json::{Value, json};

use crate::{
    app::Client,
    channels::{at, channels, look, morning, prefer, set_slack, start, with_drafts, with_fakes},
    fakes::{BOT_TOKEN, Fakes},
};

/// How many drafts of the last message can be approved by a link, and how many opened.
fn links(fakes: &Fakes, path: &str) -> (usize, usize) {
    let text = fakes.seen(path).pop().unwrap().body["text"].as_str().unwrap().to_owned();
    (
        text.matches("/deliveries/approve/").count(),
        text.matches("Open<").count() + text.matches("|Open>").count(),
    )
}

async fn choose(client: &Client, way: &str, with: bool) -> Value {
    let path = format!("/me/channels/{way}/approve-links");
    client.put(&path, json!({ "approve_links": with })).await.expect(200).body
}

/// What the look ahead shows of a way.
async fn ahead(client: &Client, way: &str) -> String {
    let shown = client.get("~/deliveries/preview").await.expect(200).body;
    let of = shown["channels"].as_array().unwrap().iter().find(|one| one["channel"] == way).unwrap();
    of["text"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_channel_with_many_readers_gets_links_into_the_app_unless_somebody_wants_others() {
    let (app, fakes) = with_fakes().await;
    let ada = with_drafts(&app).await;
    let not_there = ada.put("/me/channels/slack/approve-links", json!({ "approve_links": true })).await;
    not_there.expect(404);
    prefer(&ada, json!({ "morning": { "channels": ["slack", "email"] } })).await;
    set_slack(&ada, &fakes, "T1/B1/key").await;
    assert_eq!(channels(&ada, "slack").await[0]["approve_links"], false);
    assert!(!ahead(&ada, "slack").await.contains("Approve: "));
    look(&app).await;
    at(&app, "2026-11-17T08:00:00Z");
    look(&app).await;
    assert_eq!(links(&fakes, "/services/"), (0, 3));
    assert_eq!(morning(&ada).await["channel"], "slack");

    assert_eq!(choose(&ada, "slack", true).await["approve_links"], true);
    ada.drafts(&app, &["bluesky.post"]).await;
    assert!(ahead(&ada, "slack").await.contains("Approve: "));
    // a trial approves nothing whatever was chosen
    ada.post("~/deliveries/preview/send-to-me?channel=slack", json!({})).await.expect(202);
    assert_eq!(links(&fakes, "/services/").0, 0);
    at(&app, "2026-11-18T08:00:00Z");
    look(&app).await;
    let (approve, open) = links(&fakes, "/services/");
    assert!(approve > 0 && approve == open, "{approve} of {open}");

    // set up anew it is another channel, and nobody has chosen for that; unless it is said at once
    let mut ada = ada;
    app.sign_in_again(&mut ada, "Ada").await;
    set_slack(&ada, &fakes, "T1/B2/key").await;
    assert_eq!(channels(&ada, "slack").await[0]["approve_links"], false);
    let url = format!("{}/services/T1/B3/key", fakes.url);
    let with = json!({ "webhook_url": url, "approve_links": true });
    assert_eq!(ada.put("/me/channels/slack", with).await.expect(200).body["approve_links"], true);

    // of the others nobody can choose
    for way in ["email", "push", "whatsapp"] {
        let path = format!("/me/channels/{way}/approve-links");
        let refused = ada.put(&path, json!({ "approve_links": false })).await.expect(409);
        assert_eq!(refused.body["code"], "no_choice", "{way}");
        assert!(channels(&ada, way).await[0]["approve_links"].is_null());
    }
    app.done().await;
}

#[tokio::test]
async fn a_chat_of_telegram_has_them_where_one_person_alone_reads_it() {
    let (app, fakes) = with_fakes().await;
    let ada = with_drafts(&app).await;
    prefer(&ada, json!({ "morning": { "channels": ["telegram"] } })).await;
    let own = |chat: &str| json!({ "bot_token": BOT_TOKEN, "chat_id": chat });
    for (chat, with) in [("-1001234", false), ("@our_news", false), ("42", true)] {
        let linked = ada.post("/me/channels/telegram", own(chat)).await.expect(200).body;
        assert_eq!(linked["channel"]["approve_links"], with, "{chat}");
    }
    look(&app).await;
    fakes.seen("/bot");
    at(&app, "2026-11-17T08:00:00Z");
    look(&app).await;
    assert_eq!(links(&fakes, "/bot"), (3, 3));
    assert_eq!(choose(&ada, "telegram", false).await["approve_links"], false);
    ada.drafts(&app, &["bluesky.post"]).await;
    at(&app, "2026-11-18T08:00:00Z");
    look(&app).await;
    assert_eq!(links(&fakes, "/bot").0, 0);

    // by a link into the bot: where it is followed is known only then
    let mut ada = ada;
    app.sign_in_again(&mut ada, "Ada").await;
    for (chat, with) in [(-77_i64, false), (77, true)] {
        let link = ada.post("/me/channels/telegram", json!({})).await.expect(200).body;
        assert!(link["channel"]["approve_links"].is_null(), "{link}");
        let code = link["link"].as_str().unwrap().split_once("start=").unwrap().1;
        let headers =
            [("content-type", "application/json"), ("x-telegram-bot-api-secret-token", "hook-secret")];
        let body = Some(start(code, chat).to_string().into_bytes());
        app.anonymous().send(Method::POST, "/deliveries/telegram", &headers, body).await.expect(204);
        assert_eq!(channels(&ada, "telegram").await[0]["approve_links"], with, "{chat}");
    }
    app.done().await;
}
