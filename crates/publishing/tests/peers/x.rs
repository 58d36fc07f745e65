//! X's own description (`../shared/specs/x-api-v2.openapi.json`), served by Prism: it refuses every request that the
//! description does not allow, and answers with what it describes.

use std::{path::PathBuf, process::Command, sync::Mutex, time::Duration};

use async_trait::async_trait;
use bellwether_kernel::Clock;
use bellwether_networks::{
    Network, Target,
    publish::{
        Before, Cx, Effect, Method, Piece, Posted, Publisher as _, Request, Response, Wire, WireError,
        testing::media,
    },
    rules::MediaKind,
    x::api::X,
};
use bellwether_publishing::wire::Outside;
use bellwether_testkit::peers::{Peer, home};
use serde_json::json;

use super::{PNG, account, piece, wire};

/// Leads what goes to X to the description, and holds it to what that says.
struct Described {
    wire: Outside,
    at: String,
    /// What was sent.
    sent: Mutex<Vec<String>>,
}

impl Described {
    fn sent(&self) -> Vec<String> {
        std::mem::take(&mut self.sent.lock().unwrap())
    }
}

#[async_trait]
impl Wire for Described {
    async fn send(&self, mut request: Request) -> Result<Response, WireError> {
        let path = request.url.strip_prefix("https://api.x.com").unwrap().to_owned();
        let what = format!("{} {}", request.method.as_str(), path.split('?').next().unwrap());
        request.url = format!("{}{path}", self.at);
        let response = self.wire.send(request).await?;
        let against = response.header("sl-violations").unwrap_or_default();
        let words = String::from_utf8_lossy(&response.bytes).into_owned();
        assert!(against.is_empty() && response.status < 300, "{what}: {} {against} {words}", response.status);
        self.sent.lock().unwrap().push(what);
        Ok(response)
    }

    async fn wait(&self, _: Duration) {}
}

fn description() -> Option<PathBuf> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs/x-api-v2.openapi.json");
    if !file.is_file() {
        println!("SKIPPED: {} is absent", file.display());
        return None;
    }
    Some(file)
}

#[tokio::test]
async fn requests_to_x_are_as_its_description_allows() {
    let Some(description) = description() else { return };
    let Some(home) = home("prism") else { return };
    let mut peer = Peer::start(
        Command::new(home.join("node_modules/.bin/prism"))
            .args(["mock", "--errors", "--multiprocess", "false", "--host", "127.0.0.1", "--port", "0"])
            .arg(description),
    );
    let at = peer.said("Prism is listening on");
    let wire = Described { wire: wire(), at, sent: Mutex::default() };
    let clock = Clock::system();
    let ours = account(Network::X, "2244994945", "a-token");
    let cx = Cx::new(&wire, &ours, None, clock.now(), "key");

    // it does check: what the description does not know is refused
    let odd = Request::new(Method::Post, format!("{}/2/tweets", wire.at), Effect::Publishes)
        .bearer(&ours)
        .json(json!({ "text": "Hello", "reply": { "to": "nobody" } }));
    let refused = wire.wire.send(odd).await.unwrap();
    assert_eq!(refused.status, 422, "{}", String::from_utf8_lossy(&refused.bytes));

    let found = X.accounts(&cx).await.unwrap();
    assert!(!found[0].id.is_empty() && !found[0].handle.is_empty());
    X.account_metrics(&cx).await.unwrap();
    assert_eq!(wire.sent(), ["GET /2/users/me", "GET /2/users/me"]);

    let root = publish(&cx, &piece(Target::XPost, "Hello"), Before::default()).await;
    assert_eq!(wire.sent(), ["POST /2/tweets"]);

    let before = Before { root: Some(&root), previous: Some(&root) };
    let last = Piece { first_comment: Some("And a link".into()), ..piece(Target::XThread, "More") };
    publish(&cx, &last, before).await;
    assert_eq!(wire.sent(), ["POST /2/tweets", "POST /2/tweets"]);

    let quote = Piece {
        quote_url: Some("https://x.com/ada/status/1346889436626259968".into()),
        options: json!({ "reply_settings": "following" }),
        ..piece(Target::XQuote, "Look")
    };
    publish(&cx, &quote, Before::default()).await;
    assert_eq!(wire.sent(), ["POST /2/tweets"]);

    uploads(&wire, &cx).await;

    let recent = X.recent(&cx, clock.now()).await.unwrap();
    assert_eq!(wire.sent()[0], "GET /2/users/2244994945/tweets");
    assert!(!recent.posts.is_empty() && recent.posts.iter().all(|seen| !seen.posted.id.is_empty()));

    X.delete(&cx, &root).await.unwrap();
    assert_eq!(wire.sent(), [format!("DELETE /2/tweets/{}", root.id)]);
}

async fn publish(cx: &Cx<'_>, piece: &Piece, before: Before<'_>) -> Posted {
    let prepared = X.prepare(cx, piece).await.unwrap();
    let posted = X.publish(cx, piece, &prepared, before).await.unwrap();
    X.finish(cx, piece, &posted).await.unwrap();
    assert_eq!(cx.notes().warnings, [""; 0]);
    assert!(posted.id.bytes().all(|byte| byte.is_ascii_digit()), "{}", posted.id);
    posted
}

async fn uploads(wire: &Described, cx: &Cx<'_>) {
    for (kind, content_type) in
        [(MediaKind::Image, "image/png"), (MediaKind::Gif, "image/gif"), (MediaKind::Video, "video/mp4")]
    {
        let mut file = media("m1", kind, content_type, PNG.to_vec());
        file.alt_text = "A dot".into();
        publish(cx, &Piece { media: vec![file], ..piece(Target::XPost, "Seen") }, Before::default()).await;
        let sent = wire.sent();
        assert_eq!(sent[0], "POST /2/media/upload/initialize");
        assert!(sent[1].ends_with("/append") && sent[2].ends_with("/finalize"), "{sent:?}");
        assert_eq!(sent[sent.len() - 2..], ["POST /2/media/metadata", "POST /2/tweets"]);
    }
}

