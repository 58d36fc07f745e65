//! The ways to somebody besides mail, tested against fakes: set up, confirmed, tried, and the morning by each of them once.

use bellwether::config::Config;
use bellwether_delivery::{
    channels::jobs::FetchTelegram, daily::jobs::Mornings, sends::jobs::LookAfterSends,
};
use bellwether_jobs::{Options, enqueue};
use chrono::Duration;
use http::Method;
use serde_json::{Value, json};

use crate::{
    app::{Client, TestApp},
    fakes::{BOT_TOKEN, Fakes, Odd, WHATSAPP_TOKEN},
};

const DRAFTS: [&str; 3] = ["x.post", "linkedin.short", "threads"];
/// A browser's keys: those of RFC 8291's example.
const P256DH: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

/// The application with everything set up at the fakes.
pub async fn with_fakes() -> (TestApp, Fakes) {
    with_fakes_and(|_| {}).await
}

/// The same with settings of the test's own.
pub async fn with_fakes_and(change: impl FnOnce(&mut Config)) -> (TestApp, Fakes) {
    let fakes = Fakes::start().await;
    let url = fakes.url.clone();
    let app = TestApp::with(|config| {
        config.fetch.allow_private = vec!["127.0.0.0/8".parse().unwrap()];
        let delivery = &mut config.delivery;
        delivery.push.plain_http = true;
        delivery.whatsapp.phone_number_id = Some("106540352242922".into());
        delivery.whatsapp.token = Some(WHATSAPP_TOKEN.into());
        delivery.whatsapp.api_url = format!("{url}/v23.0");
        delivery.slack.webhooks = vec![format!("{url}/services/")];
        delivery.telegram.bot_token = Some(BOT_TOKEN.into());
        delivery.telegram.bot_name = Some("bellwether_bot".into());
        delivery.telegram.webhook_secret = Some("hook-secret".into());
        delivery.telegram.api_url = url;
        change(config);
    })
    .await;
    (app, fakes)
}

pub async fn look(app: &TestApp) {
    let mut tx = app.store().service("a test looks whose morning has come").await.unwrap();
    enqueue(&mut tx, &Mornings {}, Options::default()).await.unwrap();
    enqueue(&mut tx, &LookAfterSends {}, Options::default()).await.unwrap();
    tx.commit().await.unwrap();
    let report = app.drain().await;
    assert!(report.failed.is_empty() && report.again.is_empty(), "{report:?}");
}

pub fn at(app: &TestApp, instant: &str) {
    let instant: chrono::DateTime<chrono::Utc> = instant.parse().unwrap();
    app.clock.advance(instant - app.clock.now());
}

pub async fn prefer(client: &Client, body: Value) -> Value {
    let headers = [("content-type", "application/json")];
    let body = Some(body.to_string().into_bytes());
    client.send(Method::PATCH, "/me/notification-preferences", &headers, body).await.expect(200).body
}

pub async fn channels(client: &Client, kind: &str) -> Vec<Value> {
    let all = client.get("/me/channels").await.expect(200).body["items"].clone();
    all.as_array().unwrap().iter().filter(|way| way["kind"] == kind).cloned().collect()
}

pub async fn state(client: &Client, kind: &str) -> String {
    channels(client, kind).await[0]["state"].as_str().unwrap().to_owned()
}

pub async fn set_slack(client: &Client, fakes: &Fakes, hook: &str) {
    let url = format!("{}/services/{hook}", fakes.url);
    client.put("/me/channels/slack", json!({ "webhook_url": url })).await.expect(200);
    assert_eq!(fakes.seen("/services/").len(), 1);
}

pub async fn set_push(client: &Client, fakes: &Fakes, id: &str) -> String {
    let new = json!({ "endpoint": format!("{}/push/{id}", fakes.url), "keys": { "p256dh": P256DH, "auth": AUTH },
        "name": format!("Browser {id}") });
    client.post("/me/push/subscriptions", new).await.expect(201).id()
}

/// Ada with drafts and these ways, on the morning after she came.
pub async fn with_drafts(app: &TestApp) -> Client {
    let ada = app.sign_up("Ada").await;
    ada.drafts(app, &DRAFTS).await;
    look(app).await;
    ada
}

pub async fn morning(client: &Client) -> Value {
    client.get("~/deliveries").await.expect(200).body["items"][0].clone()
}

/// Attempts as `channel state`, in order.
pub async fn attempts(app: &TestApp) -> Vec<String> {
    sqlx::query_scalar("SELECT channel || ' ' || state FROM delivery.send_attempts ORDER BY started_at, id")
        .fetch_all(app.store().pool())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_webhook_is_kept_when_it_took_a_message_and_is_never_shown() {
    let (app, fakes) = with_fakes().await;
    let ada = app.sign_up("Ada").await;
    assert_eq!(state(&ada, "slack").await, "off");
    for url in ["https://evil.example/services/x", "http://127.0.0.1/services/", ""] {
        let refused = ada.put("/me/channels/slack", json!({ "webhook_url": url })).await.expect(422);
        assert_eq!(refused.fault(), ("webhook_url", "invalid_url"));
    }
    fakes.next("/services/T1/B1/gone", 404, json!("no_service"));
    let gone = json!({ "webhook_url": format!("{}/services/T1/B1/gone", fakes.url) });
    let refused = ada.put("/me/channels/slack", gone).await.expect(422);
    assert_eq!(refused.fault(), ("webhook_url", "refused"));
    assert!(refused.body.to_string().contains("no service"), "{}", refused.body);
    assert_eq!(state(&ada, "slack").await, "off");
    fakes.seen("/services/");
    set_slack(&ada, &fakes, "T1/B1/key").await;
    let shown = ada.get("/me/channels").await.expect(200).body.to_string();
    assert!(shown.contains("\"ready\"") && !shown.contains("T1/B1"), "{shown}");
    let kept: String = sqlx::query_scalar("SELECT sealed FROM delivery.channels WHERE kind = 'slack'")
        .fetch_one(app.store().pool())
        .await
        .unwrap();
    assert!(kept.starts_with("gAAAA"), "a Fernet token");
    // a trial that is refused is told
    fakes.next("/services/T1/B1/key", 403, json!("action_prohibited"));
    ada.post("/me/channels/slack/test", json!({})).await.expect(200);
    let slack = channels(&ada, "slack").await.remove(0);
    assert_eq!((&slack["state"], &slack["reason"]), (&json!("troubled"), &json!("action prohibited")));
    ada.post("/me/channels/slack/test", json!({})).await.expect(200);
    assert_eq!(state(&ada, "slack").await, "ready");
    ada.delete("/me/channels/slack").await.expect(204);
    ada.delete("/me/channels/slack").await.expect(404);
    ada.post("/me/channels/slack/test", json!({})).await.expect(404);
    app.done().await;
}

/// The code that was sent last.
pub fn code(fakes: &Fakes) -> String {
    let sent = fakes.seen("/v23.0/").pop().unwrap().body;
    assert_eq!((&sent["to"], &sent["template"]["name"]), (&json!("+4930123456"), &json!("bellwether_code")));
    let code = sent["template"]["components"][0]["parameters"][0]["text"].as_str().unwrap().to_owned();
    assert_eq!(sent["template"]["components"][1]["parameters"][0]["text"], code[..]);
    code
}

#[tokio::test]
async fn a_number_is_confirmed_by_the_code_that_came_there() {
    let (app, fakes) = with_fakes().await;
    let ada = app.sign_up("Ada").await;
    ada.post("/me/channels/whatsapp/confirm", json!({ "code": "123456" })).await.expect(404);
    let shown = prefer(&ada, json!({ "morning": { "whatsapp_number": "+4930123456" } })).await;
    assert_eq!(shown["morning"]["whatsapp_number"], "+4930123456");
    app.drain().await;
    let first = code(&fakes);
    assert_eq!(state(&ada, "whatsapp").await, "unconfirmed");
    let wrong = if first == "000000" { "000001" } else { "000000" };
    for _ in 0..4 {
        let refused = ada.post("/me/channels/whatsapp/confirm", json!({ "code": wrong })).await.expect(422);
        assert_eq!(refused.fault(), ("code", "wrong_code"));
    }
    ada.post("/me/channels/whatsapp/test", json!({})).await.expect(200);
    let second = code(&fakes);
    assert_ne!(first, second);
    let old = ada.post("/me/channels/whatsapp/confirm", json!({ "code": first })).await.expect(422);
    assert_eq!(old.fault().1, "wrong_code");
    ada.post("/me/channels/whatsapp/confirm", json!({ "code": second })).await.expect(200);
    let way = channels(&ada, "whatsapp").await.remove(0);
    assert_eq!((&way["state"], &way["name"]), (&json!("ready"), &json!("…3456")));

    // the same number again is no new one; another one is
    prefer(&ada, json!({ "morning": { "whatsapp_number": "+4930123456" } })).await;
    assert_eq!(state(&ada, "whatsapp").await, "ready");
    ada.delete("/me/channels/whatsapp").await.expect(204);
    assert!(prefer(&ada, json!({})).await["morning"]["whatsapp_number"].is_null());
    // a code is good for ten minutes
    prefer(&ada, json!({ "morning": { "whatsapp_number": "+4930123456" } })).await;
    app.drain().await;
    let third = code(&fakes);
    app.clock.advance(Duration::minutes(10));
    let late = ada.post("/me/channels/whatsapp/confirm", json!({ "code": third })).await.expect(409);
    assert_eq!(late.body["code"], "code_expired");
    // and five a day are all, whatever is taken away and given again
    for _ in 0..2 {
        ada.post("/me/channels/whatsapp/test", json!({})).await.expect(200);
    }
    ada.delete("/me/channels/whatsapp").await.expect(204);
    prefer(&ada, json!({ "morning": { "whatsapp_number": "+4930123456" } })).await;
    app.drain().await;
    assert_eq!(fakes.seen("/v23.0/").len(), 2);
    let enough = ada.post("/me/channels/whatsapp/test", json!({})).await.expect(409);
    assert_eq!(enough.body["code"], "too_many_codes");
    app.done().await;
}

pub fn start(code: &str, chat: i64) -> Value {
    json!({ "update_id": 7, "message": { "message_id": 1, "date": 1_763_283_600,
        "from": { "id": chat, "is_bot": false, "first_name": "Ada" },
        "chat": { "id": chat, "type": "private", "first_name": "Ada", "username": "ada" },
        "text": format!("/start {code}") } })
}

#[tokio::test]
async fn a_chat_is_linked_by_whoever_follows_the_link_and_by_nobody_else() {
    let (app, fakes) = with_fakes().await;
    let ada = app.sign_up("Ada").await;
    let link = ada.post("/me/channels/telegram", json!({})).await.expect(200).body;
    assert_eq!(link["channel"]["state"], "unconfirmed");
    let code = link["link"].as_str().unwrap().strip_prefix("https://t.me/bellwether_bot?start=").unwrap();
    let trial = ada.post("/me/channels/telegram/test", json!({})).await.expect(409);
    assert_eq!(trial.body["code"], "unconfirmed");
    let hear = async |secret: Option<&str>, update: Value| {
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(secret.map(|secret| ("x-telegram-bot-api-secret-token", secret)));
        let body = Some(update.to_string().into_bytes());
        app.anonymous().send(Method::POST, "/deliveries/telegram", &headers, body).await.status.as_u16()
    };
    assert_eq!(hear(None, start(code, 42)).await, 404);
    assert_eq!(hear(Some("hook-secre"), start(code, 42)).await, 404);
    assert_eq!(state(&ada, "telegram").await, "unconfirmed");
    // what is not understood is heard all the same: it would come again and again
    assert_eq!(hear(Some("hook-secret"), json!({ "update_id": 1, "poll": {} })).await, 204);
    assert_eq!(hear(Some("hook-secret"), start("another-code", 42)).await, 204);
    assert_eq!(state(&ada, "telegram").await, "unconfirmed");
    assert_eq!(hear(Some("hook-secret"), start(code, 42)).await, 204);
    let way = channels(&ada, "telegram").await.remove(0);
    assert_eq!((&way["state"], &way["name"]), (&json!("ready"), &json!("@ada")));
    assert_eq!(fakes.seen("/bot").pop().unwrap().body["chat_id"], "42");
    // the code is used up
    assert_eq!(hear(Some("hook-secret"), start(code, 43)).await, 204);
    ada.post("/me/channels/telegram/test", json!({})).await.expect(200);
    assert_eq!(fakes.seen("/bot").pop().unwrap().body["chat_id"], "42");

    // a bot of one's own, once it could write
    for (body, path) in [
        (json!({ "bot_token": "nonsense", "chat_id": "1" }), "bot_token"),
        (json!({ "bot_token": BOT_TOKEN }), "chat_id"),
        (json!({ "bot_token": BOT_TOKEN, "chat_id": "a/b" }), "chat_id"),
    ] {
        assert_eq!(ada.post("/me/channels/telegram", body).await.expect(422).fault().0, path);
    }
    let path = format!("/bot{BOT_TOKEN}/sendMessage");
    let blocked = json!({ "ok": false, "error_code": 403, "description": "Forbidden: bot was kicked" });
    fakes.next(&path, 403, blocked);
    let own = json!({ "bot_token": BOT_TOKEN, "chat_id": "-1001234" });
    let refused = ada.post("/me/channels/telegram", own.clone()).await.expect(422);
    assert!(refused.body.to_string().contains("bot was kicked"), "{}", refused.body);
    assert_eq!(channels(&ada, "telegram").await[0]["name"], "@ada", "what was there stays");
    let linked = ada.post("/me/channels/telegram", own).await.expect(200).body;
    assert_eq!((&linked["link"], &linked["channel"]["state"]), (&Value::Null, &json!("ready")));
    app.done().await;
}

#[tokio::test]
async fn without_a_webhook_the_bot_s_letters_are_fetched_while_somebody_waits() {
    let fakes = Fakes::start().await;
    let url = fakes.url.clone();
    let app = TestApp::with(|config| {
        config.fetch.allow_private = vec!["127.0.0.0/8".parse().unwrap()];
        config.delivery.telegram.bot_token = Some(BOT_TOKEN.into());
        config.delivery.telegram.bot_name = Some("bellwether_bot".into());
        config.delivery.telegram.api_url = url;
    })
    .await;
    let ada = app.sign_up("Ada").await;
    let fetch = async || {
        let mut tx = app.store().service("a test fetches letters").await.unwrap();
        enqueue(&mut tx, &FetchTelegram {}, Options::default()).await.unwrap();
        tx.commit().await.unwrap();
        app.drain().await;
    };
    fetch().await;
    let link = ada.post("/me/channels/telegram", json!({})).await.expect(200).body;
    let code = link["link"].as_str().unwrap().split_once("start=").unwrap().1.to_owned();
    fakes.wrote(start("of somebody else", 41));
    fetch().await;
    assert_eq!(state(&ada, "telegram").await, "unconfirmed");
    let mut followed = start(&code, 42);
    followed["update_id"] = json!(8);
    fakes.wrote(followed);
    fetch().await;
    assert_eq!(state(&ada, "telegram").await, "ready");
    app.done().await;
}

#[tokio::test]
async fn a_browser_is_kept_for_who_is_signed_in_there_and_forgotten_when_it_is_gone() {
    let (app, fakes) = with_fakes().await;
    let ada = app.sign_up("Ada").await;
    let key = ada.get("/me/push/key").await.expect(200).body["key"].as_str().unwrap().to_owned();
    assert_eq!(key.len(), 87);
    assert_eq!(ada.get("/me/push/key").await.body["key"], key[..], "made once");
    let new = |endpoint: &str, p256dh: &str| json!({ "endpoint": endpoint, "keys": { "p256dh": p256dh, "auth": AUTH }, "name": "Firefox" });
    for (body, path) in
        [(new("ftp://x/", P256DH), "endpoint"), (new("https://push.example/1", "AAAA"), "keys")]
    {
        assert_eq!(ada.post("/me/push/subscriptions", body).await.expect(422).fault().0, path);
    }
    let first = set_push(&ada, &fakes, "1").await;
    assert_eq!(set_push(&ada, &fakes, "1").await, first, "the same browser");
    let second = set_push(&ada, &fakes, "2").await;
    fakes.next("/push/2", 410, json!("expired"));
    let tried = ada.post("/me/channels/push/test", json!({})).await.expect(200).body;
    assert!(!tried.to_string().contains(&second) && tried.to_string().contains(&first), "{tried}");
    assert_eq!(fakes.seen("/push/").len(), 2);
    // somebody else signs in there
    let eve = app.sign_up("Eve").await;
    assert_eq!(set_push(&eve, &fakes, "1").await, first);
    assert_eq!(state(&ada, "push").await, "off");
    ada.delete(&format!("/me/push/subscriptions/{first}")).await.expect(404);
    eve.delete(&format!("/me/push/subscriptions/{first}")).await.expect(204);
    app.done().await;
}

#[tokio::test]
async fn a_way_that_fails_gives_way_to_the_next_and_is_named() {
    let (app, fakes) = with_fakes().await;
    let ada = with_drafts(&app).await;
    let browser = set_push(&ada, &fakes, "1").await;
    set_slack(&ada, &fakes, "T1/B1/key").await;
    ada.put("/me/channels/slack/approve-links", json!({ "approve_links": true })).await.expect(200);
    prefer(&ada, json!({ "morning": { "channels": ["push", "telegram", "slack", "email"] } })).await;
    look(&app).await;
    at(&app, "2026-11-17T08:00:00Z");
    fakes.next("/push/1", 404, json!("gone"));
    look(&app).await;
    assert_eq!(attempts(&app).await, ["push failed", "slack sent"]);
    let delivery = morning(&ada).await;
    assert_eq!((&delivery["status"], &delivery["channel"]), (&json!("delivered"), &json!("slack")));
    let reason = delivery["reason"].as_str().unwrap();
    assert!(
        reason.contains("takes no notifications any more")
            && reason.contains("Telegram: You have not set it up")
    );
    assert!(!ada.get("/me/channels").await.body.to_string().contains(&browser), "who is gone is forgotten");
    let mails: i64 = sqlx::query_scalar("SELECT count(*) FROM operations.mails WHERE template = 'morning'")
        .fetch_one(app.store().pool())
        .await
        .unwrap();
    assert_eq!(mails, 0);
    let text = fakes.seen("/services/").pop().unwrap().body["text"].as_str().unwrap().to_owned();
    assert!(text.starts_with("*Ada Studio: 3 drafts for today*\n"), "{text}");
    assert_eq!(text.matches("|Approve>").count(), 3, "{text}");

    // its links do what those of the mail do; looking at them is nothing
    let (_, rest) = text.rsplit_once("<http://bellwether.test").unwrap();
    let open = rest.split('|').next().unwrap().to_owned();
    app.fetch(&open, None).await;
    assert!(morning(&ada).await["clicked_at"].is_null());
    assert_eq!(app.send_form(&open).await.0.as_u16(), 303);
    assert!(morning(&ada).await["clicked_at"].is_string());
    let kept: Option<Value> =
        sqlx::query_scalar("SELECT message FROM delivery.sends").fetch_one(app.store().pool()).await.unwrap();
    assert!(kept.is_none(), "what was said is forgotten: its links are keys");

    // the next day Slack refuses, and mail is the last
    ada.drafts(&app, &["bluesky.post"]).await;
    at(&app, "2026-11-18T08:00:00Z");
    fakes.next("/services/T1/B1/key", 410, json!("channel_is_archived"));
    look(&app).await;
    look(&app).await;
    let mut ada = ada;
    app.sign_in_again(&mut ada, "Ada").await;
    let delivery = morning(&ada).await;
    assert_eq!(
        (&delivery["status"], &delivery["channel"]),
        (&json!("delivered"), &json!("email")),
        "{delivery}"
    );
    assert!(delivery["reason"].as_str().unwrap().contains("Slack: channel is archived"), "{delivery}");
    let slack = channels(&ada, "slack").await.remove(0);
    assert_eq!((&slack["state"], &slack["reason"]), (&json!("troubled"), &json!("channel is archived")));
    app.done().await;
}

/// From here on no mail leaves: the server refuses for the moment, or is silent after it was handed one.
async fn mail_waits(app: &TestApp) {
    sqlx::raw_sql(
        "CREATE FUNCTION public.busy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not now'; END $$;
         CREATE TRIGGER busy BEFORE UPDATE ON operations.mails FOR EACH ROW WHEN (NEW.attempts > OLD.attempts)
           EXECUTE FUNCTION public.busy()",
    )
    .execute(app.store().pool())
    .await
    .unwrap();
}

async fn sql(app: &TestApp, text: &'static str) {
    sqlx::raw_sql(text).execute(app.store().pool()).await.unwrap();
}

/// Ada with drafts, Slack, and these ways, whose mail waits from her morning on.
async fn while_mail_waits(app: &TestApp, fakes: &Fakes, ways: [&str; 2]) -> Client {
    let ada = with_drafts(app).await;
    set_slack(&ada, fakes, "T1/B1/key").await;
    prefer(&ada, json!({ "morning": { "channels": ways } })).await;
    look(app).await;
    mail_waits(app).await;
    look_while_mail_waits(app, "2026-11-17T08:00:00Z").await;
    ada
}

/// The server takes mails again.
async fn mail_goes_again(app: &TestApp) {
    sql(app, "DROP TRIGGER busy ON operations.mails").await;
    bellwether_jobs::testing::make_due(app.store()).await.unwrap();
    look(app).await;
}

/// A minute's look while the mail's own job is put off.
async fn look_while_mail_waits(app: &TestApp, instant: &str) {
    at(app, instant);
    let mut tx = app.store().service("a test looks whose morning has come").await.unwrap();
    enqueue(&mut tx, &Mornings {}, Options::default()).await.unwrap();
    enqueue(&mut tx, &LookAfterSends {}, Options::default()).await.unwrap();
    tx.commit().await.unwrap();
    let report = app.drain().await;
    assert!(report.failed.is_empty(), "{report:?}");
}

const REFUSED: &str = "UPDATE operations.mails SET last_error = '451 4.7.1 try later', reply_code = 451,
                               reply_status = '4.7.1', reply_text = 'try later'
                        WHERE template = 'morning' AND status = 'pending'";

#[tokio::test]
async fn a_mail_that_is_refused_for_the_moment_gives_way_and_comes_no_more() {
    let (app, fakes) = with_fakes().await;
    let ada = while_mail_waits(&app, &fakes, ["email", "slack"]).await;
    assert!(morning(&ada).await["reason"].is_null(), "nobody has refused it");
    sql(&app, REFUSED).await;
    look_while_mail_waits(&app, "2026-11-17T08:14:00Z").await;
    let waits = morning(&ada).await;
    let words = "Mail: The mail server takes nothing at the moment: 4.7.1 try later.";
    assert_eq!(
        (&waits["status"], &waits["reason"]),
        (&json!("pending"), &json!(format!("{words} It is tried again.")))
    );
    assert_eq!(attempts(&app).await, ["email sending"]);
    // and after a quarter of an hour the next way has its turn
    look_while_mail_waits(&app, "2026-11-17T08:15:00Z").await;
    assert_eq!(attempts(&app).await, ["email failed", "slack sent"]);
    let came = morning(&ada).await;
    assert_eq!(
        (&came["status"], &came["channel"], &came["reason"]),
        (&json!("delivered"), &json!("slack"), &json!(words))
    );
    // the mail is withdrawn: nothing brings it once the server takes mails again
    mail_goes_again(&app).await;
    let outbox: Vec<(String, String)> =
        sqlx::query_as("SELECT status, text FROM operations.mails WHERE template = 'morning'")
            .fetch_all(app.store().pool())
            .await
            .unwrap();
    assert_eq!(outbox, [("failed".to_owned(), String::new())]);
    assert_eq!(fakes.seen("/services/").len(), 1);
    // the way of mail says what is wrong with it
    let mail = channels(&ada, "email").await.remove(0);
    assert_eq!((&mail["state"], &mail["reason"]), (&json!("troubled"), &json!(words.strip_prefix("Mail: "))));
    app.done().await;
}

#[tokio::test]
async fn a_mail_that_may_have_been_handed_over_gives_no_way_its_turn() {
    let (app, fakes) = with_fakes().await;
    while_mail_waits(&app, &fakes, ["email", "slack"]).await;
    sql(&app, REFUSED).await;
    sql(&app, "UPDATE operations.mails SET handed_at = '2026-11-17T08:10:00Z' WHERE template = 'morning'")
        .await;
    look_while_mail_waits(&app, "2026-11-17T08:40:00Z").await;
    assert_eq!(attempts(&app).await, ["email sending"]);
    assert!(fakes.seen("/services/").is_empty());
    mail_goes_again(&app).await;
    assert_eq!(attempts(&app).await, ["email sent"]);
    assert!(fakes.seen("/services/").is_empty());
    app.done().await;
}

#[tokio::test]
async fn where_no_other_way_works_a_mail_goes_on_waiting_and_says_why() {
    let (app, fakes) = with_fakes().await;
    // Telegram was never connected
    let ada = while_mail_waits(&app, &fakes, ["email", "telegram"]).await;
    sql(&app, REFUSED).await;
    look_while_mail_waits(&app, "2026-11-17T09:00:00Z").await;
    assert_eq!(attempts(&app).await, ["email sending"]);
    let waits = morning(&ada).await;
    assert!(waits["reason"].as_str().unwrap().ends_with("try later. It is tried again."), "{waits}");
    mail_goes_again(&app).await;
    let came = morning(&ada).await;
    assert_eq!(
        (&came["status"], &came["channel"], &came["reason"]),
        (&json!("delivered"), &json!("email"), &Value::Null)
    );

    // the way that had its turn fails too: then it is mail's once more, and comes once
    let mut ada = ada;
    app.sign_in_again(&mut ada, "Ada").await;
    ada.drafts(&app, &["bluesky.post"]).await;
    prefer(&ada, json!({ "morning": { "channels": ["email", "slack"] } })).await;
    look(&app).await;
    sql(
        &app,
        "CREATE TRIGGER busy BEFORE UPDATE ON operations.mails FOR EACH ROW WHEN (NEW.attempts > OLD.attempts)
           EXECUTE FUNCTION public.busy()",
    )
    .await;
    look_while_mail_waits(&app, "2026-11-18T08:00:00Z").await;
    sql(&app, REFUSED).await;
    fakes.next("/services/T1/B1/key", 410, json!("channel_is_archived"));
    look_while_mail_waits(&app, "2026-11-18T08:20:00Z").await;
    // all of them at one instant of the test's clock
    let mut tries = attempts(&app).await.split_off(1);
    tries.sort_unstable();
    assert_eq!(tries, ["email failed", "email sending", "slack failed"]);
    mail_goes_again(&app).await;
    let came = morning(&ada).await;
    assert_eq!((&came["status"], &came["channel"]), (&json!("delivered"), &json!("email")));
    let reason = came["reason"].as_str().unwrap();
    assert!(reason.contains("try later. Slack: channel is archived"), "{reason}");
    app.done().await;
}

#[tokio::test]
async fn too_many_is_tried_again_when_the_other_side_says_and_comes_once() {
    let (app, fakes) = with_fakes().await;
    let ada = with_drafts(&app).await;
    set_slack(&ada, &fakes, "T1/B1/key").await;
    prefer(&ada, json!({ "morning": { "channels": ["slack"] } })).await;
    look(&app).await;
    at(&app, "2026-11-17T08:00:00Z");
    let full = Odd { status: 429, retry_after: Some("90"), body: json!("rate_limited") };
    fakes.next_odd("/services/T1/B1/key", full);
    look(&app).await;
    assert_eq!(attempts(&app).await, ["slack again"]);
    let due: chrono::DateTime<chrono::Utc> =
        sqlx::query_scalar("SELECT due_at FROM delivery.sends").fetch_one(app.store().pool()).await.unwrap();
    assert_eq!(due, app.clock.now() + Duration::seconds(90));
    // a job that comes early does nothing, and is lost by it: the minute's look takes the send up
    assert_eq!(fakes.seen("/services/").len(), 1);
    app.clock.advance(Duration::minutes(6));
    look(&app).await;
    assert_eq!(attempts(&app).await, ["slack again", "slack sent"]);
    assert_eq!(fakes.seen("/services/").len(), 1);
    assert_eq!(morning(&ada).await["status"], "delivered");
    look(&app).await;
    assert!(fakes.seen("/services/").is_empty());
    app.done().await;
}

#[tokio::test]
async fn what_may_have_arrived_is_sent_by_no_way_again() {
    let (app, fakes) = with_fakes().await;
    let ada = with_drafts(&app).await;
    set_slack(&ada, &fakes, "T1/B1/key").await;
    prefer(&ada, json!({ "morning": { "channels": ["slack", "email"] } })).await;
    look(&app).await;
    at(&app, "2026-11-17T08:00:00Z");
    fakes.next("/services/T1/B1/key", 504, json!("<html>gateway</html>"));
    look(&app).await;
    app.clock.advance(Duration::minutes(10));
    look(&app).await;
    assert_eq!(attempts(&app).await, ["slack unclear"]);
    assert_eq!(fakes.seen("/services/").len(), 1);
    let delivery = morning(&ada).await;
    assert_eq!((&delivery["status"], &delivery["error_message"]), (&json!("delivered"), &Value::Null));
    assert_eq!(delivery["reason"], "Slack: Handed over; its answer was lost. It answered 504.");
    assert_eq!(state(&ada, "slack").await, "ready", "nothing is known against it");
    app.done().await;
}

#[tokio::test]
async fn killed_in_the_middle_of_a_call_it_is_not_made_again() {
    let (app, fakes) = with_fakes().await;
    let ada = with_drafts(&app).await;
    set_slack(&ada, &fakes, "T1/B1/key").await;
    prefer(&ada, json!({ "morning": { "channels": ["slack"] } })).await;
    look(&app).await;
    at(&app, "2026-11-17T08:00:00Z");
    let full = Odd { status: 429, retry_after: Some("30"), body: json!("rate_limited") };
    fakes.next_odd("/services/T1/B1/key", full);
    look(&app).await;
    assert_eq!(fakes.seen("/services/").len(), 1);
    // the program dies after the attempt is committed and before its end is
    sqlx::query(
        "INSERT INTO delivery.send_attempts (organization_id, brand_id, send_id, id, channel, started_at)
         SELECT organization_id, brand_id, id, uuidv7(), 'slack', $1 FROM delivery.sends",
    )
    .bind(app.clock.now() + Duration::seconds(210))
    .execute(app.store().pool())
    .await
    .unwrap();
    app.clock.advance(Duration::minutes(4));
    look(&app).await;
    assert_eq!(attempts(&app).await, ["slack again", "slack sending"], "it may be under way");
    app.clock.advance(Duration::minutes(4));
    look(&app).await;
    assert_eq!(attempts(&app).await, ["slack again", "slack unclear"]);
    assert!(fakes.seen("/services/").is_empty());
    let delivery = morning(&ada).await;
    assert_eq!(
        (&delivery["status"], &delivery["reason"], &delivery["delivered_at"]),
        (
            &json!("delivered"),
            &json!("Slack: Handed over when the program ended; its answer was lost."),
            &json!("2026-11-17T08:03:30Z")
        )
    );
    app.done().await;
}

#[tokio::test]
async fn each_way_brings_the_morning_in_its_own_form() {
    let (app, fakes) = with_fakes().await;
    let ada = with_drafts(&app).await;
    prefer(&ada, json!({ "morning": { "whatsapp_number": "+4930123456" } })).await;
    app.drain().await;
    let sent = code(&fakes);
    // a number that is not confirmed gets nothing
    prefer(&ada, json!({ "morning": { "channels": ["whatsapp"] } })).await;
    look(&app).await;
    at(&app, "2026-11-17T08:00:00Z");
    look(&app).await;
    let delivery = morning(&ada).await;
    assert_eq!(delivery["status"], "failed", "{delivery}");
    assert!(delivery["error_message"].as_str().unwrap().contains("not confirmed"));
    assert!(fakes.seen("/v23.0/").is_empty());

    let again = ada.post("/me/channels/whatsapp/test", json!({})).await.expect(200);
    assert!(again.body.to_string().contains("unconfirmed"));
    ada.post("/me/channels/whatsapp/confirm", json!({ "code": sent })).await.expect(422);
    let sent = code(&fakes);
    ada.post("/me/channels/whatsapp/confirm", json!({ "code": sent })).await.expect(200);
    at(&app, "2026-11-18T08:00:00Z");
    look(&app).await;
    let message = fakes.seen("/v23.0/").pop().unwrap().body;
    let given: Vec<&str> = message["template"]["components"][0]["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["text"].as_str().unwrap())
        .collect();
    assert_eq!(given[0], "Ada Studio: 3 drafts for today");
    assert!(
        given[1].starts_with("The best of what waits for you: ")
            && given[2].starts_with("http://bellwether.test/")
    );
    let mut ada = ada;
    app.sign_in_again(&mut ada, "Ada").await;
    assert_eq!(morning(&ada).await["channel"], "whatsapp");

    let own = json!({ "bot_token": BOT_TOKEN, "chat_id": "42" });
    ada.post("/me/channels/telegram", own).await.expect(200);
    set_push(&ada, &fakes, "1").await;
    prefer(&ada, json!({ "morning": { "channels": ["telegram", "push"] } })).await;
    ada.drafts(&app, &["bluesky.post"]).await;
    fakes.seen("/bot");
    at(&app, "2026-11-19T08:00:00Z");
    look(&app).await;
    let text = fakes.seen("/bot").pop().unwrap().body["text"].as_str().unwrap().to_owned();
    assert!(text.starts_with("<b>Ada Studio: ") && text.contains(">Approve</a>"), "{text}");
    assert!(fakes.seen("/push/").is_empty(), "the first that works is enough");
    app.done().await;
}

#[tokio::test]
async fn a_trial_of_the_next_delivery_goes_by_each_way_that_is_connected() {
    let (app, fakes) = with_fakes().await;
    let ada = app.sign_up("Ada").await;
    let trial = async |way: &str| {
        let path = format!("~/deliveries/preview/send-to-me?channel={way}");
        ada.post(&path, json!({})).await
    };
    assert_eq!(trial("slack").await.expect(409).body["code"], "nothing_to_send");
    ada.drafts(&app, &DRAFTS).await;
    assert_eq!(trial("pigeon").await.expect(422).fault().0, "channel");
    for way in ["push", "whatsapp", "slack", "telegram"] {
        assert_eq!(trial(way).await.expect(409).body["code"], "not_connected", "{way}");
    }
    prefer(&ada, json!({ "morning": { "whatsapp_number": "+4930123456" } })).await;
    app.drain().await;
    let sent = code(&fakes);
    assert_eq!(
        trial("whatsapp").await.expect(409).body["code"],
        "not_connected",
        "a number is confirmed first"
    );
    ada.post("/me/channels/whatsapp/confirm", json!({ "code": sent })).await.expect(200);
    ada.post("/me/channels/telegram", json!({ "bot_token": BOT_TOKEN, "chat_id": "42" })).await.expect(200);
    set_slack(&ada, &fakes, "T1/B1/key").await;
    set_push(&ada, &fakes, "1").await;
    fakes.seen("/");

    for (way, path) in
        [("push", "/push/1"), ("whatsapp", "/v23.0/"), ("slack", "/services/"), ("telegram", "/bot")]
    {
        trial(way).await.expect(202);
        let seen = fakes.seen("/");
        assert!(seen.len() == 1 && seen[0].path.starts_with(path), "{way}: {seen:?}");
        let said = seen[0].body.to_string();
        assert!(way == "push" || said.contains("Ada Studio: 3 drafts for today"), "{said}");
        // its links lead into the app and do nothing
        assert!(!said.contains("/deliveries/approve/") && !said.contains("/deliveries/open/"), "{said}");
    }
    trial("email").await.expect(202);
    app.drain().await;
    let mails: i64 = sqlx::query_scalar("SELECT count(*) FROM operations.mails WHERE template = 'morning'")
        .fetch_one(app.store().pool())
        .await
        .unwrap();
    assert_eq!((mails, attempts(&app).await.len()), (1, 0), "a trial is no delivery");
    // what is refused is told, and stands at the way
    fakes.next("/services/T1/B1/key", 403, json!("action_prohibited"));
    let refused = trial("slack").await.expect(422);
    assert_eq!(refused.fault(), ("channel", "refused"));
    assert_eq!(state(&ada, "slack").await, "troubled");
    fakes.next("/services/T1/B1/key", 503, json!("later"));
    assert_eq!(trial("slack").await.expect(503).body["code"], "not_reached");
    trial("slack").await.expect(202);
    assert_eq!(state(&ada, "slack").await, "ready");
    app.done().await;
}
