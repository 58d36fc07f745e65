//! X's own description (`../shared/specs/x-api-v2.openapi.json`) with Prism between our client and a fake: Prism refuses
//! every request that the description does not allow, and every answer of the fake that it does not describe.

use std::{
    path::PathBuf,
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    routing::{delete, get, post},
};
use bellwether_kernel::Clock;
use bellwether_networks::{
    Network, Target,
    publish::{
        Ask, Before, Cx, Effect, Method, Piece, Posted, Publisher as _, Request, Response, Whom, Wire,
        WireError, testing::media,
    },
    rules::MediaKind,
    x::api::X,
};
use bellwether_publishing::wire::Outside;
use bellwether_testkit::peers::{Peer, home};
use serde_json::{Value, json};
use tokio::net::TcpListener;

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

#[expect(clippy::print_stdout, reason = "a test that did not run says so")]
fn description() -> Option<PathBuf> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs/x-api-v2.openapi.json");
    if !file.is_file() {
        println!("SKIPPED: {} is absent", file.display());
        return None;
    }
    Some(file)
}

static LAST: AtomicU64 = AtomicU64::new(1_346_889_436_626_259_968);

fn new_id() -> String {
    LAST.fetch_add(1, Ordering::SeqCst).to_string()
}

/// X, as far as its client asks: what was posted can be read back.
async fn fake() -> String {
    type Posts = &'static Mutex<Vec<Value>>;
    let posts: Posts = Box::leak(Box::default());
    let created = |State(posts): State<Posts>, Json(sent): Json<Value>| async move {
        let (id, text) = (new_id(), sent["text"].clone());
        let mut kept = json!({ "id": id, "text": text, "created_at": Clock::system().now().to_rfc3339() });
        if let Some(media) = sent["media"]["media_ids"].as_array() {
            kept["attachments"] = json!({ "media_keys": media });
        }
        if let Some(answered) = sent["reply"]["in_reply_to_tweet_id"].as_str() {
            kept["referenced_posts"] = json!([{ "type": "replied_to", "id": answered }]);
        }
        posts.lock().unwrap().insert(0, kept);
        (StatusCode::CREATED, Json(json!({ "data": { "id": id, "text": text } })))
    };
    let listed = |State(posts): State<Posts>| async move {
        let posts = posts.lock().unwrap().clone();
        Json(json!({ "meta": { "result_count": posts.len() }, "data": posts }))
    };
    let me = json!({ "data": {
        "id": "2244994945", "name": "Ada", "username": "ada", "profile_image_url": "https://pbs.twimg.com/a.png",
        "public_metrics": { "followers_count": 1, "following_count": 2, "post_count": 3, "listed_count": 4 },
    } });
    let me_too = me.clone();
    let upload = |state: Option<&str>| {
        let processing = state.map(|state| json!({ "state": state, "check_after_secs": 1 }));
        let mut answer =
            json!({ "data": { "id": "1146654567674912769", "media_key": "3_1146654567674912769" } });
        if let Some(processing) = processing {
            answer["data"]["processing_info"] = processing;
        }
        move || async move { Json(answer) }
    };
    let router = Router::new()
        .route("/2/users/me", get(move || async move { Json(me) }))
        .route("/2/users/{id}/tweets", get(listed))
        .route("/2/users/by/username/{name}", get(move || async move { Json(me_too) }))
        .route("/2/tweets/search/recent", get(listed))
        .route("/2/tweets", post(created))
        .route("/2/tweets/{id}", delete(|| async { Json(json!({ "data": { "deleted": true } })) }))
        .route("/2/media/upload/initialize", post(upload(None)))
        .route("/2/media/upload/{id}/append", post(|| async { Json(json!({ "data": { "expires_at": 1 } })) }))
        .route("/2/media/upload/{id}/finalize", post(upload(Some("in_progress"))))
        .route("/2/media/upload", get(upload(Some("succeeded"))))
        .route(
            "/2/media/metadata",
            post(|| async { Json(json!({ "data": { "id": "1146654567674912769" } })) }),
        )
        .with_state(posts);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    url
}

#[tokio::test]
async fn requests_to_x_are_as_its_description_allows() {
    let Some(description) = description() else { return };
    let Some(home) = home("prism") else { return };
    let mut peer = Peer::start(
        Command::new(home.join("node_modules/.bin/prism"))
            .args(["proxy", "--errors", "--multiprocess", "false", "--host", "127.0.0.1", "--port", "0"])
            .args([description, fake().await.into()]),
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
    assert_eq!((found[0].id.as_str(), found[0].handle.as_str()), ("2244994945", "ada"));
    assert_eq!(X.account_metrics(&cx).await.unwrap().posts, Some(3));
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

    let recent = X.recent(&cx, cx.now).await.unwrap();
    // without a second try in older words
    assert_eq!(wire.sent(), ["GET /2/users/2244994945/tweets"]);
    let seen: Vec<_> =
        recent.posts.iter().map(|seen| (seen.text.as_str(), seen.media, seen.answers.is_some())).collect();
    assert_eq!(
        seen,
        [
            ("Seen", Some(1), false),
            ("Seen", Some(1), false),
            ("Seen", Some(1), false),
            ("Look", Some(0), false),
            ("And a link", Some(0), true),
            ("More", Some(0), true),
            ("Hello", Some(0), false),
        ]
    );
    assert_eq!(recent.posts[5].answers.as_deref(), Some(root.id.as_str()));

    // others are read in the same words
    let (mut memory, whom) = (Value::Null, Whom::Account("ada".into()));
    for sent in [
        vec!["GET /2/users/by/username/ada", "GET /2/users/2244994945/tweets"],
        vec!["GET /2/users/2244994945/tweets"],
    ] {
        let ask = Ask { whom: &whom, since: Some(clock.now() - chrono::Duration::hours(1)), memory: &memory };
        let heard = X.posts_of(&cx, ask).await.unwrap();
        assert_eq!((heard.posts.len(), heard.posts[6].text.as_str()), (7, "Hello"));
        assert_eq!(wire.sent(), sent);
        memory = heard.memory;
        memory["newest"] = Value::from(root.id.as_str());
    }
    let whom = Whom::Hashtag("oak".into());
    for memory in [Value::Null, json!({ "newest": root.id })] {
        let ask = Ask { whom: &whom, since: Some(clock.now() - chrono::Duration::hours(1)), memory: &memory };
        assert_eq!(X.posts_of(&cx, ask).await.unwrap().posts.len(), 7);
        assert_eq!(wire.sent(), ["GET /2/tweets/search/recent"]);
    }

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
