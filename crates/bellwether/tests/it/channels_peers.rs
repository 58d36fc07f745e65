//! Ways against programs of others: a push service that opens what is sealed, and Meta's own description of WhatsApp.

use std::{path::PathBuf, process::Command};

use bellwether_kernel::Clock;
use bellwether_testkit::peers::{Peer, home};
use http::Method;
use serde_json::{Value, json};

use crate::{
    app::TestApp,
    channels::prefer,
    fakes::{Fakes, WHATSAPP_TOKEN},
};

async fn post(url: &str, body: Value) -> (u16, Value) {
    let policy = bellwether_ingest::FetchPolicy {
        allow_private: vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()],
        ..bellwether_ingest::FetchPolicy::default()
    };
    let call = bellwether_ingest::Call {
        method: Method::POST,
        url: url.to_owned(),
        headers: vec![],
        body: Some(("application/json".into(), body.to_string().into())),
        timeout: std::time::Duration::from_secs(20),
    };
    let reply = bellwether_ingest::Fetcher::new(policy).unwrap().call(call).await.unwrap();
    (reply.status, serde_json::from_slice(&reply.bytes).unwrap_or(Value::Null))
}

#[tokio::test]
async fn a_push_service_lets_us_in_and_a_browser_can_read_it() {
    let Some(home) = home("webpush") else { return };
    let mut peer = Peer::start(Command::new("node").arg("push.cjs").current_dir(&home));
    let at = peer.said("READY ");
    let app = TestApp::with(|config| {
        config.fetch.allow_private = vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        config.delivery.push.plain_http = true;
    })
    .await;
    // the service checks until when a signature is good
    app.clock.advance(Clock::system().now() - app.clock.now());
    let ada = app.sign_up("Ada").await;
    let key = ada.get("/me/push/key").await.expect(200).body["key"].clone();
    let (code, made) =
        post(&format!("{at}/subscribe"), json!({ "userVisibleOnly": "true", "applicationServerKey": key }))
            .await;
    assert_eq!(code, 200, "{made}");
    let browser = &made["data"];
    let new = json!({ "endpoint": browser["endpoint"], "keys": browser["keys"], "name": "Browser" });
    ada.post("/me/push/subscriptions", new).await.expect(201);
    let tried = ada.post("/me/channels/push/test", json!({})).await.expect(200).body;
    assert!(
        tried.to_string().contains("\"ready\"") && !tried.to_string().contains("\"troubled\""),
        "{tried}"
    );
    let (_, got) =
        post(&format!("{at}/get-notifications"), json!({ "clientHash": browser["clientHash"] })).await;
    let messages = got["data"]["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 1);
    let message: Value = serde_json::from_str(messages[0].as_str().unwrap()).unwrap();
    assert_eq!(message["title"], "A trial from Bellwether");
    assert_eq!((&message["url"], &message["tag"]), (&json!("http://bellwether.test/"), &json!("trial")));
    // a browser that has unsubscribed is forgotten
    let hash = browser["clientHash"].as_str().unwrap();
    post(&format!("{at}/expire-subscription/{hash}"), json!({})).await;
    let tried = ada.post("/me/channels/push/test", json!({})).await.expect(200).body;
    assert!(!tried.to_string().contains("\"Browser\""), "{tried}");
    app.done().await;
}

/// Meta's description of the Cloud API.
#[expect(clippy::print_stdout, reason = "a test that did not run says so")]
fn description() -> Option<PathBuf> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/specs/whatsapp-business-messaging_v23.yaml");
    if !file.is_file() {
        println!("SKIPPED: {} is absent", file.display());
        return None;
    }
    Some(file)
}

#[tokio::test]
async fn messages_to_whatsapp_are_as_its_description_allows() {
    let Some(description) = description() else { return };
    let Some(home) = home("prism") else { return };
    let fakes = Fakes::start().await;
    let mut peer = Peer::start(
        Command::new(home.join("node_modules/.bin/prism"))
            .args(["proxy", "--errors", "--multiprocess", "false", "--host", "127.0.0.1", "--port", "0"])
            .args([description, fakes.url.clone().into()]),
    );
    let at = peer.said("Prism is listening on");
    // it does check
    let (status, _) =
        post(&format!("{at}/v23.0/106540352242922/messages"), json!({ "type": "template" })).await;
    assert!((400..500).contains(&status), "{status}");
    let app = TestApp::with(|config| {
        config.fetch.allow_private = vec!["127.0.0.0/8".parse().unwrap()];
        config.delivery.whatsapp.phone_number_id = Some("106540352242922".into());
        config.delivery.whatsapp.token = Some(WHATSAPP_TOKEN.into());
        config.delivery.whatsapp.api_url = format!("{at}/v23.0");
        // its pattern for the place of a button allows its own example of one no more than ours
        config.delivery.whatsapp.code_template = "bellwether_message".into();
        config.delivery.whatsapp.code_button = false;
    })
    .await;
    let ada = app.sign_up("Ada").await;
    prefer(&ada, json!({ "morning": { "whatsapp_number": "+4930123456" } })).await;
    // one parameter where the template has three: the fake's refusal comes through, not the description's
    app.drain().await;
    let way = ada.get("/me/channels").await.expect(200).body.to_string();
    assert!(way.contains("Number of parameters does not match"), "{way}");
    sqlx::query("UPDATE delivery.channels SET state = 'ready', reason = NULL")
        .execute(app.store().pool())
        .await
        .unwrap();
    let tried = ada.post("/me/channels/whatsapp/test", json!({})).await.expect(200).body;
    assert!(!tried.to_string().contains("\"troubled\""), "{tried}");
    assert_eq!(fakes.seen("/v23.0/").len(), 2);
    app.done().await;
}
