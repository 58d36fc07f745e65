use serde_json::json;

use super::*;
use crate::{
    Network, Target,
    publish::{Account, Body, testing::Script},
    trial::{account, assert_sealed, kind_of, now, picture, piece, refusal, timed_out},
};

const URL: &str = "https://example.com/hooks/SECRET-path";
const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn ours() -> Account {
    Account {
        secrets: [("url".to_owned(), URL.into()), ("secret".to_owned(), KEY.into())].into(),
        ..account(Network::X, "1")
    }
}

#[test]
fn signatures_are_those_of_the_reference() {
    // the example of the reference libraries' own tests
    let signature =
        sign(&key(KEY).unwrap(), "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", r#"{"test": 2432232314}"#);
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    for bad in ["", "whsec_", "whsec_short", "whsec_AAAA", "not base 64!"] {
        assert!(key(bad).is_err(), "{bad}");
    }
}

#[tokio::test]
async fn an_address_is_taken_without_sending_anything() {
    let script = Script::new();
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let (grant, found) = Webhook.sign_in(&cx).await.unwrap();
    assert_eq!(grant.token.expose_secret(), KEY);
    assert_eq!((found[0].name.as_str(), found[0].network), ("example.com", Network::X));
    assert!(!format!("{found:?}").contains("SECRET"));
    let wrong = Account {
        secrets: [("secret".to_owned(), KEY.into()), ("url".to_owned(), "file:///x".into())].into(),
        ..ours()
    };
    let cx = Cx::new(&script, &wrong, None, now(), "key-1");
    assert_eq!(kind_of(Webhook.sign_in(&cx).await), FaultKind::Rejected);
}

#[tokio::test]
async fn a_piece_is_told_and_signed() {
    let script = Script::new();
    let told = |request: &Request| {
        assert_eq!(request.effect, Effect::Publishes);
        let Body::Bytes { content_type, bytes } = &request.body else { panic!("no bytes") };
        assert_eq!(content_type, "application/json");
        let body = std::str::from_utf8(bytes).unwrap();
        let time = now().timestamp().to_string();
        let signature = sign(&key(KEY).unwrap(), "key-1", &time, body);
        let header = |name: &str| request.headers.iter().find(|(known, _)| known == name).unwrap().1.clone();
        assert_eq!(header("webhook-signature"), signature);
        assert_eq!(header("webhook-timestamp"), time);
        assert_eq!(
            serde_json::from_str::<Value>(body).unwrap(),
            json!({"type": "post.published", "timestamp": "2026-07-01T12:00:00Z", "data": {
                "network": "x", "target": "x.thread", "position": 1, "of": 2, "title": null, "description": null,
                "text": "Second", "tags": [], "quote_url": null, "first_comment": null,
                "media": [{"id": "one", "content_type": "image/jpeg", "bytes": 7, "alt_text": "Alt one",
                           "url": "https://files.example/one.jpg"}],
                "options": null, "root": "r", "answers": "p"}})
        );
    };
    script
        .expect(Method::Post, URL)
        .header("webhook-id", "key-1")
        .check(told)
        .answer(200, &json!({"id": 77, "url": "https://x.com/77"}));
    script.expect(Method::Post, URL).header("webhook-id", "key-1").check(told).respond(204, &[], "");
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let piece = Piece { position: 1, of: 2, media: vec![picture("one")], ..piece(Target::XThread, "Second") };
    let post = |id: &str| Posted { id: id.into(), url: None, reference: Value::Null, processing: false };
    let (root, previous) = (post("r"), post("p"));
    let before = Before { root: Some(&root), previous: Some(&previous) };
    let posted = Webhook.publish(&cx, &piece, &Value::Null, before).await.unwrap();
    assert_eq!((posted.id.as_str(), posted.url.as_deref()), ("77", Some("https://x.com/77")));
    let posted = Webhook.publish(&cx, &piece, &Value::Null, before).await.unwrap();
    assert_eq!((posted.id.as_str(), posted.url), ("key-1", None));
}

#[tokio::test]
async fn every_refusal_has_its_meaning() {
    use FaultKind as K;
    let post = piece(Target::XPost, "Hi");
    for (status, kind) in [
        (301, K::Rejected),
        (400, K::Rejected),
        (401, K::NeedsConsent),
        (403, K::NeedsConsent),
        (404, K::Rejected),
        (408, K::Unclear),
        (410, K::Revoked),
        (422, K::Rejected),
        (429, K::RateLimited),
        (500, K::Unclear),
        (502, K::Unclear),
    ] {
        let body = json!({"message": format!("Not for {URL} with {KEY}")});
        let fault =
            refusal(&Webhook, &ours(), &post, &Value::Null, (Method::Post, URL), Ok((status, &body))).await;
        assert_eq!(fault.kind, kind, "{status}");
        assert_sealed(&fault);
        assert!(!fault.words.contains("whsec"), "{fault}");
    }
    let fault = refusal(&Webhook, &ours(), &post, &Value::Null, (Method::Post, URL), Err(timed_out())).await;
    assert_eq!(fault.kind, K::Unclear);
}

#[tokio::test]
async fn nothing_can_be_read_back() {
    let script = Script::new();
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    assert!(!Webhook.abilities().read_back && Webhook.abilities().idempotent);
    assert_eq!(kind_of(Webhook.recent(&cx, now()).await), FaultKind::Unsupported);
}
