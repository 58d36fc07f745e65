//! What WhatsApp tells of messages after it took them, as Meta describes its webhooks.

use std::fmt::Write as _;

use http::Method;
use ring::hmac;
use serde_json::{Value, json};

use crate::{
    app::{Answer, Client, TestApp},
    channels::{
        at, attempts, channels, code, look, morning, prefer, with_drafts, with_fakes, with_fakes_and,
    },
    fakes::Fakes,
};

const HOOK: &str = "/deliveries/whatsapp";
const SECRET: &str = "an-app-secret";

async fn with_webhook() -> (TestApp, Fakes) {
    with_fakes_and(|config| {
        config.delivery.whatsapp.verify_token = Some("a word".into());
        config.delivery.whatsapp.app_secret = Some(SECRET.into());
    })
    .await
}

fn signature(secret: &str, body: &[u8]) -> String {
    let sum = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), body);
    let mut digits = String::new();
    for byte in sum.as_ref() {
        write!(digits, "{byte:02x}").unwrap();
    }
    format!("sha256={digits}")
}

async fn tell_signed(app: &TestApp, body: &[u8], signature: Option<&str>) -> Answer {
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(signature.map(|signature| ("x-hub-signature-256", signature)));
    app.anonymous().send(Method::POST, HOOK, &headers, Some(body.to_vec())).await
}

fn hook(statuses: &Value) -> Vec<u8> {
    let value = json!({ "messaging_product": "whatsapp", "statuses": statuses,
        "metadata": { "display_phone_number": "15550783881", "phone_number_id": "106540352242922" } });
    let change = json!({ "value": value, "field": "messages" });
    let told =
        json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1022", "changes": [change] }] });
    told.to_string().into_bytes()
}

/// Tells what became of a message, as of now.
async fn tell(app: &TestApp, message: &str, became: &str) {
    let mut status = json!({ "id": message, "status": became, "recipient_id": "4930123456",
        "timestamp": app.clock.now().timestamp().to_string() });
    if became == "failed" {
        let data = json!({ "details": "Message Undeliverable. No account there." });
        status["errors"] = json!([{ "code": 131_026, "title": "Message undeliverable", "error_data": data }]);
    }
    let body = hook(&json!([status]));
    tell_signed(app, &body, Some(&signature(SECRET, &body))).await.expect(200);
    let report = app.drain().await;
    assert!(report.failed.is_empty() && report.again.is_empty(), "{report:?}");
}

/// Ada, whose morning comes by WhatsApp and else by mail.
async fn ada(app: &TestApp, fakes: &Fakes) -> Client {
    let ada = with_drafts(app).await;
    prefer(&ada, json!({ "morning": { "whatsapp_number": "+4930123456" } })).await;
    app.drain().await;
    ada.post("/me/channels/whatsapp/confirm", json!({ "code": code(fakes) })).await.expect(200);
    prefer(&ada, json!({ "morning": { "channels": ["whatsapp", "email"] } })).await;
    look(app).await;
    ada
}

/// The id of the message that was sent last.
async fn message(app: &TestApp) -> String {
    sqlx::query_scalar(
        "SELECT message_id FROM delivery.send_attempts WHERE channel = 'whatsapp' ORDER BY id DESC LIMIT 1",
    )
    .fetch_one(app.store().pool())
    .await
    .unwrap()
}

async fn count(app: &TestApp, what: &'static str) -> i64 {
    sqlx::query_scalar(what).fetch_one(app.store().pool()).await.unwrap()
}

const MAILS: &str = "SELECT count(*) FROM operations.mails WHERE template = 'morning'";
const EVENTS: &str = "SELECT count(*) FROM operations.events WHERE subject_type = 'delivery'";
const EARLY: &str = "SELECT count(*) FROM delivery.early_reports";

#[tokio::test]
async fn nobody_is_heard_who_does_not_know_the_word_or_the_secret() {
    let (app, _fakes) = with_webhook().await;
    let ask = async |query: &str| {
        let (status, headers, body) = app.fetch(&format!("/api/v1{HOOK}?{query}"), None).await;
        let kind =
            headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
        (status.as_u16(), kind, String::from_utf8(body).unwrap())
    };
    let (status, kind, body) =
        ask("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=a%20word").await;
    assert_eq!((status, body.as_str()), (200, "1158201444"));
    assert!(kind.starts_with("text/plain"), "{kind}");
    for (query, wanted, code) in [
        ("hub.mode=subscribe&hub.challenge=1&hub.verify_token=another", 403, "verify_token_refused"),
        ("hub.mode=subscribe&hub.challenge=1", 403, "verify_token_refused"),
        ("hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=a%20word", 422, "hub.mode"),
        ("hub.mode=subscribe&hub.verify_token=a%20word", 422, "hub.challenge"),
        ("hub.mode=subscribe&hub.challenge=%3Cb%3E%20&hub.verify_token=a%20word", 422, "hub.challenge"),
        ("", 422, "hub.mode"),
    ] {
        let (status, _, body) = ask(query).await;
        assert_eq!(status, wanted, "{query}");
        assert!(body.contains(code) && !body.contains("a word"), "{body}");
    }

    let body = hook(&json!([]));
    let right = signature(SECRET, &body);
    tell_signed(&app, &body, Some(&right)).await.expect(200);
    for odd in [None, Some("sha256="), Some("sha1=00"), Some(&right[..70])] {
        assert_eq!(
            tell_signed(&app, &body, odd).await.expect(400).body["code"],
            "signature_missing",
            "{odd:?}"
        );
    }
    let refused = tell_signed(&app, &body, Some(&signature("another", &body))).await.expect(401);
    assert_eq!(refused.body["code"], "signature_refused");
    let changed = hook(&json!([{ "id": "wamid.1" }]));
    tell_signed(&app, &changed, Some(&right)).await.expect(401);
    // signed and no JSON, and signed and nothing that is understood
    tell_signed(&app, b"{", Some(&signature(SECRET, b"{"))).await.expect(400);
    for odd in [&b"[]"[..], b"12", b"{\"entry\":[{\"changes\":[{\"field\":\"messages\"}]}]}"] {
        tell_signed(&app, odd, Some(&signature(SECRET, odd))).await.expect(200);
    }
    app.done().await;

    // who has not set it up has no such address
    let (app, _fakes) = with_fakes().await;
    app.anonymous().get(&format!("{HOOK}?hub.mode=subscribe&hub.challenge=1")).await.expect(404);
    tell_signed(&app, &body, Some(&right)).await.expect(404);
    app.done().await;
}

#[tokio::test]
async fn what_is_on_the_telephone_has_come_and_what_was_read_is_opened() {
    let (app, fakes) = with_webhook().await;
    let ada = ada(&app, &fakes).await;
    at(&app, "2026-11-17T08:00:00Z");
    look(&app).await;
    assert_eq!(attempts(&app).await, ["whatsapp sending"]);
    assert_eq!(morning(&ada).await["status"], "pending", "taken is not arrived");
    let id = message(&app).await;
    tell(&app, &id, "sent").await;
    // however long it takes, it is not sent again
    app.clock.advance(chrono::Duration::minutes(10));
    look(&app).await;
    assert_eq!((morning(&ada).await["status"].as_str(), fakes.seen("/v23.0/").len()), (Some("pending"), 1));

    tell(&app, &id, "read").await;
    let came = morning(&ada).await;
    assert_eq!((&came["status"], &came["channel"]), (&json!("delivered"), &json!("whatsapp")), "{came}");
    assert_eq!((&came["opened_at"], &came["clicked_at"]), (&json!("2026-11-17T08:10:00Z"), &Value::Null));
    // what comes late or twice, in whatever order, changes nothing
    app.clock.advance(chrono::Duration::minutes(5));
    for became in ["delivered", "sent", "read", "failed", "failed"] {
        tell(&app, &id, became).await;
    }
    look(&app).await;
    assert_eq!(morning(&ada).await, came);
    assert_eq!(attempts(&app).await, ["whatsapp sent"]);
    assert_eq!((count(&app, MAILS).await, count(&app, EVENTS).await), (0, 1));
    assert_eq!(channels(&ada, "whatsapp").await[0]["state"], "ready");

    // who does not want to be seen opening it is not seen reading it; nor is a message read that is not ours
    ada.drafts(&app, &["bluesky.post"]).await;
    prefer(&ada, json!({ "morning": { "open_tracking": false } })).await;
    look(&app).await;
    at(&app, "2026-11-18T08:00:00Z");
    look(&app).await;
    tell(&app, &message(&app).await, "read").await;
    tell(&app, "wamid.of-somebody-else", "read").await;
    assert_eq!(count(&app, EARLY).await, 1);
    app.clock.advance(chrono::Duration::minutes(11));
    look(&app).await;
    assert_eq!(count(&app, EARLY).await, 0, "what is told of others is forgotten");
    let mut ada = ada;
    app.sign_in_again(&mut ada, "Ada").await;
    let came = morning(&ada).await;
    assert_eq!((&came["date"], &came["status"]), (&json!("2026-11-18"), &json!("delivered")));
    assert!(came["opened_at"].is_null(), "{came}");
    app.done().await;
}

#[tokio::test]
async fn what_failed_goes_to_the_next_way_once() {
    let (app, fakes) = with_webhook().await;
    let ada = ada(&app, &fakes).await;
    at(&app, "2026-11-17T08:00:00Z");
    look(&app).await;
    let id = message(&app).await;
    tell(&app, &id, "failed").await;
    tell(&app, &id, "failed").await;
    look(&app).await;
    assert_eq!(attempts(&app).await, ["whatsapp failed", "email sent"]);
    assert_eq!((count(&app, MAILS).await, count(&app, EVENTS).await), (1, 1));
    let came = morning(&ada).await;
    assert_eq!((&came["status"], &came["channel"]), (&json!("delivered"), &json!("email")), "{came}");
    assert!(
        came["reason"].as_str().unwrap().contains("WhatsApp: Message Undeliverable. No account there."),
        "{came}"
    );
    let way = channels(&ada, "whatsapp").await.remove(0);
    assert_eq!(
        (&way["state"], &way["reason"]),
        (&json!("troubled"), &json!("Message Undeliverable. No account there."))
    );

    // without another way it has failed
    prefer(&ada, json!({ "morning": { "channels": ["whatsapp"] } })).await;
    ada.drafts(&app, &["bluesky.post"]).await;
    look(&app).await;
    at(&app, "2026-11-18T08:00:00Z");
    // it is told before the call has been noted
    let early = json!({ "messaging_product": "whatsapp", "messages": [{ "id": "wamid.early" }] });
    fakes.next("/v23.0/106540352242922/messages", 200, early);
    tell(&app, "wamid.early", "failed").await;
    look(&app).await;
    let mut ada = ada;
    app.sign_in_again(&mut ada, "Ada").await;
    let failed = morning(&ada).await;
    assert_eq!((&failed["date"], &failed["status"]), (&json!("2026-11-18"), &json!("failed")), "{failed}");
    assert!(failed["error_message"].as_str().unwrap().contains("No account there."), "{failed}");
    assert_eq!(count(&app, EARLY).await, 0);

    // of what nothing is told it is believed in the end that it came, since WhatsApp took it; no more is claimed than that
    ada.drafts(&app, &["facebook.post"]).await;
    at(&app, "2026-11-19T08:00:00Z");
    look(&app).await;
    app.clock.advance(chrono::Duration::hours(14));
    look(&app).await;
    app.sign_in_again(&mut ada, "Ada").await;
    assert_eq!(morning(&ada).await["status"], "pending");
    app.clock.advance(chrono::Duration::hours(1));
    look(&app).await;
    let taken = morning(&ada).await;
    assert_eq!((&taken["status"], &taken["channel"]), (&json!("delivered"), &json!("whatsapp")));
    assert_eq!(
        taken["reason"],
        "WhatsApp: It was handed to WhatsApp; no receipt came, so it may not have reached your phone."
    );
    assert_eq!(taken["delivered_at"], "2026-11-19T08:00:00Z", "when it was handed over");
    app.done().await;
}
