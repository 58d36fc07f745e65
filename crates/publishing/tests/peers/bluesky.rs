//! Bluesky's own server (`@atproto/dev-env`), in memory on this machine. It has no index (an `AppView`): feeds, profiles
//! and quotes are not among what it can answer.

use std::{
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{Router, http::header, response::Html, routing::get};
use bellwether_kernel::Clock;
use bellwether_networks::{
    Network, Target,
    bluesky::api::Bluesky,
    publish::{
        Account, Before, Cx, Effect, FaultKind, Fingerprint, Method, Piece, Posted, Publisher as _, Request,
        Wire as _, find, testing::media,
    },
    rules::MediaKind,
};
use bellwether_publishing::wire::Outside;
use bellwether_testkit::peers::{Peer, home};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy},
    net::{TcpListener, TcpStream},
};

use super::{PNG, account, piece, wire};

const HANDLE: &str = "ada.test";

struct Server {
    peer: Peer,
    url: String,
    wire: Outside,
    clock: Clock,
}

impl Server {
    async fn call(&self, name: &str, token: Option<&str>, body: Value) -> Value {
        let mut request =
            Request::new(Method::Post, format!("{}/xrpc/{name}", self.url), Effect::Prepares).json(body);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let response = self.wire.send(request).await.unwrap();
        let answer = response.value().unwrap_or_default();
        assert_eq!(response.status, 200, "{name}: {answer}");
        answer
    }

    /// A person with an app password.
    async fn person(&self, handle: &str) -> String {
        let person = json!({ "handle": handle, "email": format!("{handle}@example.org"), "password": "correct horse" });
        let made = self.call("com.atproto.server.createAccount", None, person).await;
        let token = made["accessJwt"].as_str();
        let made =
            self.call("com.atproto.server.createAppPassword", token, json!({ "name": "Bellwether" })).await;
        made["password"].as_str().unwrap().to_owned()
    }

    fn cx<'a>(&'a self, account: &'a Account, key: &'a str) -> Cx<'a> {
        Cx::new(&self.wire, account, None, self.clock.now(), key)
    }

    /// Signs in as people do: by what is typed.
    async fn connected(&self, password: &str) -> Account {
        let mut typed = account(Network::Bluesky, "", "");
        typed.settings = json!({ "identifier": format!("@{HANDLE}"), "server": self.url });
        typed.secrets.insert("app_password".into(), SecretString::from(password));
        let (grant, mut found) = Bluesky.sign_in(&self.cx(&typed, "")).await.unwrap();
        let found = found.remove(0);
        assert_eq!(found.handle, HANDLE);
        assert!(found.id.starts_with("did:plc:"), "{}", found.id);
        Account {
            id: found.id,
            handle: found.handle,
            server: found.server,
            token: grant.token,
            refresh_token: grant.refresh_token,
            ..typed
        }
    }

    async fn publish(&self, account: &Account, key: &str, piece: &Piece, before: Before<'_>) -> Posted {
        let cx = self.cx(account, key);
        let prepared = Bluesky.prepare(&cx, piece).await.unwrap();
        let posted = Bluesky.publish(&cx, piece, &prepared, before).await.unwrap();
        Bluesky.finish(&cx, piece, &posted).await.unwrap();
        assert_eq!(cx.notes().warnings, [""; 0]);
        posted
    }

    /// The posts as the server keeps them, the newest first.
    async fn posts(&self, account: &Account) -> Vec<Value> {
        let request = Request::get(format!("{}/xrpc/com.atproto.repo.listRecords", self.url)).query([
            ("repo", account.id.as_str()),
            ("collection", "app.bsky.feed.post"),
            ("limit", "100"),
        ]);
        let answer = self.wire.send(request).await.unwrap().value().unwrap();
        answer["records"].as_array().unwrap_or_else(|| panic!("{answer}")).clone()
    }

    async fn post(&self, account: &Account, posted: &Posted) -> Value {
        let posts = self.posts(account).await;
        let found = posts.iter().find(|post| post["uri"] == posted.id.as_str());
        found.unwrap_or_else(|| panic!("{} is not kept", posted.id))["value"].clone()
    }
}

/// A page with a picture, for a card.
async fn page() -> String {
    let page = Html(
        "<title>x</title><meta property=og:title content='A page &amp; more'>\
         <meta property=og:description content=About><meta property=og:image content=/a.png>",
    );
    let router = Router::new()
        .route("/page", get(move || async move { page }))
        .route("/a.png", get(|| async { ([(header::CONTENT_TYPE, "image/png")], PNG.to_vec()) }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/page", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    url
}

/// A line to the server that hands everything on until it is told to cut: then the server's answer gets lost.
async fn line(to: &str, cut: Arc<AtomicBool>) -> String {
    let to = to.split_once("://").unwrap().1.to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (client, _) = listener.accept().await.unwrap();
            let server = TcpStream::connect(&to).await.unwrap();
            let cut = cut.clone();
            tokio::spawn(async move {
                let (mut from_client, mut to_client) = client.into_split();
                let (mut from_server, mut to_server) = server.into_split();
                let up = tokio::spawn(async move { copy(&mut from_client, &mut to_server).await });
                let mut bytes = vec![0; 65_536];
                while let Ok(count @ 1..) = from_server.read(&mut bytes).await {
                    // the answer is here, so what was asked for is done
                    if cut.load(Ordering::SeqCst) || to_client.write_all(&bytes[..count]).await.is_err() {
                        break;
                    }
                }
                up.abort();
            });
        }
    });
    url
}

#[tokio::test]
async fn a_real_server_takes_what_we_send() {
    let Some(home) = home("pds") else { return };
    let mut peer = Peer::start(Command::new("node").arg("pds.mjs").current_dir(home));
    let url = peer.said("READY");
    let mut server = Server { peer, url, wire: wire(), clock: Clock::system() };
    let password = server.person(HANDLE).await;
    server.person("eve.test").await;
    let ours = server.connected(&password).await;

    words_and_what_is_in_them(&server, &ours).await;
    pictures_and_cards(&server, &ours).await;
    a_thread_and_its_first_comment(&server, &ours).await;
    an_answer_that_gets_lost(&server, &ours).await;
    removing(&server, &ours).await;
    sessions(&mut server, &ours).await;
}

/// Facets count bytes of UTF-8: the server keeps them, and each covers the words that it should.
async fn words_and_what_is_in_them(server: &Server, ours: &Account) {
    // an address at which nothing is: so there is no card
    let link = format!("{}/ä?b=1", page().await);
    let text = format!("👩‍🚀 Grüße an @eve.test und @nobody.test: {link}, #Fuß 🎉 example.com");
    let cx = server.cx(ours, "words");
    let post = piece(Target::BlueskyPost, &text);
    let prepared = Bluesky.prepare(&cx, &post).await.unwrap();
    let posted = Bluesky.publish(&cx, &post, &prepared, Before::default()).await.unwrap();
    let kept = server.post(ours, &posted).await;
    assert_eq!(kept["text"], text);
    let facets: Vec<(&str, &str)> = kept["facets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|facet| {
            let place = |name: &str| usize::try_from(facet["index"][name].as_u64().unwrap()).unwrap();
            let kind = facet["features"][0]["$type"].as_str().unwrap().rsplit('#').next().unwrap();
            (kind, &text[place("byteStart")..place("byteEnd")])
        })
        .collect();
    assert_eq!(
        facets,
        [
            ("mention", "@eve.test"),
            // a handle of nobody stays plain
            ("link", link.as_str()),
            ("tag", "#Fuß"),
            ("link", "example.com"),
        ]
    );
    assert!(kept["facets"][0]["features"][0]["did"].as_str().unwrap().starts_with("did:plc:"));
    // a second try of the same piece changes nothing
    let again = Bluesky.publish(&cx, &post, &prepared, Before::default()).await.unwrap();
    assert_eq!(again, posted);
    assert_eq!(server.posts(ours).await.len(), 1);
}

async fn pictures_and_cards(server: &Server, ours: &Account) {
    let mut picture = media("m1", MediaKind::Image, "image/png", PNG.to_vec());
    (picture.alt_text, picture.width, picture.height) = ("A dot 🔴".into(), Some(1), Some(1));
    let post = Piece { media: vec![picture], ..piece(Target::BlueskyPost, "A picture") };
    let posted = server.publish(ours, "picture", &post, Before::default()).await;
    let kept = server.post(ours, &posted).await;
    let image = &kept["embed"]["images"][0];
    assert_eq!((&image["alt"], &image["image"]["size"]), (&json!("A dot 🔴"), &json!(PNG.len())));
    assert_eq!(image["aspectRatio"], json!({ "width": 1, "height": 1 }));
    let request = Request::get(format!("{}/xrpc/com.atproto.sync.getBlob", server.url))
        .query([("did", ours.id.as_str()), ("cid", image["image"]["ref"]["$link"].as_str().unwrap())]);
    assert_eq!(server.wire.send(request).await.unwrap().bytes, PNG.to_vec());

    let address = page().await;
    let post = piece(Target::BlueskyPost, &format!("Read {address}"));
    let posted = server.publish(ours, "card", &post, Before::default()).await;
    let kept = server.post(ours, &posted).await;
    let card = &kept["embed"]["external"];
    assert_eq!(
        (&card["uri"], &card["title"], &card["description"]),
        (&json!(address), &json!("A page & more"), &json!("About"))
    );
    assert_eq!(card["thumb"]["size"], PNG.len());
}

async fn a_thread_and_its_first_comment(server: &Server, ours: &Account) {
    let part = |text: &str| piece(Target::BlueskyThread, text);
    let root = server.publish(ours, "t1", &part("One"), Before::default()).await;
    let before = Before { root: Some(&root), previous: Some(&root) };
    let second = server.publish(ours, "t2", &part("Two"), before).await;
    let before = Before { root: Some(&root), previous: Some(&second) };
    let last = Piece { first_comment: Some("More at example.net".into()), ..part("Three") };
    let third = server.publish(ours, "t3", &last, before).await;
    let posts = server.posts(ours).await;
    let answers = |text: &str| {
        let post = posts.iter().find(|post| post["value"]["text"] == text).unwrap();
        let reply = &post["value"]["reply"];
        (reply["root"]["uri"].clone(), reply["parent"]["uri"].clone())
    };
    assert_eq!(answers("One"), (Value::Null, Value::Null));
    assert_eq!(answers("Two"), (json!(root.id), json!(root.id)));
    assert_eq!(answers("Three"), (json!(root.id), json!(second.id)));
    assert_eq!(answers("More at example.net"), (json!(root.id), json!(third.id)));
}

/// The server takes the post, and the line breaks before its answer is here.
async fn an_answer_that_gets_lost(server: &Server, ours: &Account) {
    let cut = Arc::new(AtomicBool::new(false));
    let over_a_line = Account { server: Some(line(&server.url, cut.clone()).await), ..ours.clone() };
    let cx = server.cx(&over_a_line, "lost");
    let post = piece(Target::BlueskyPost, "Is this out?");
    let prepared = Bluesky.prepare(&cx, &post).await.unwrap();
    // nothing is there yet, and the list says so for sure
    let recent = Bluesky.recent(&cx, cx.now).await.unwrap();
    let fingerprint = Fingerprint {
        text: Bluesky.normalise(&post.text),
        media: 0,
        since: cx.now,
        answers: None,
        taken: Vec::new(),
    };
    assert!(recent.whole && find(&Bluesky, &fingerprint, &recent).is_none());

    cut.store(true, Ordering::SeqCst);
    let fault = Bluesky.publish(&cx, &post, &prepared, Before::default()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unclear, "{fault}");
    cut.store(false, Ordering::SeqCst);

    let recent = Bluesky.recent(&cx, cx.now).await.unwrap();
    let found = find(&Bluesky, &fingerprint, &recent).unwrap().posted.clone();
    assert_eq!(server.post(ours, &found).await["text"], "Is this out?");
    // sent once more all the same, it is still one
    let again = Bluesky.publish(&cx, &post, &prepared, Before::default()).await.unwrap();
    assert_eq!(again.id, found.id);
    let posts = server.posts(ours).await;
    assert_eq!(posts.iter().filter(|post| post["value"]["text"] == "Is this out?").count(), 1);
}

async fn removing(server: &Server, ours: &Account) {
    let before = server.posts(ours).await.len();
    let posted =
        server.publish(ours, "gone", &piece(Target::BlueskyPost, "Gone soon"), Before::default()).await;
    assert_eq!(server.posts(ours).await.len(), before + 1);
    let cx = server.cx(ours, "gone");
    Bluesky.delete(&cx, &posted).await.unwrap();
    Bluesky.delete(&cx, &posted).await.unwrap();
    assert_eq!(server.posts(ours).await.len(), before);
}

async fn sessions(server: &mut Server, ours: &Account) {
    // who types a wrong password is told so; nothing else is wrong
    let mut typed = account(Network::Bluesky, "", "");
    typed.settings = json!({ "identifier": HANDLE, "server": server.url });
    typed.secrets.insert("app_password".into(), SecretString::from("abcd-abcd-abcd-abcd"));
    let fault = Bluesky.sign_in(&server.cx(&typed, "")).await.unwrap_err();
    assert_eq!(
        (fault.kind, fault.code.as_deref()),
        (FaultKind::Rejected, Some("AuthenticationRequired")),
        "{fault}"
    );

    // the token ends: the post is surely not out, the session is renewed, then it goes out
    server.peer.tell(&format!("expired {}", ours.token.expose_secret()));
    let ended = Account { token: server.peer.said("EXPIRED").into(), ..ours.clone() };
    let post = piece(Target::BlueskyPost, "After renewal");
    let cx = server.cx(&ended, "renewed");
    let fault = Bluesky.publish(&cx, &post, &Value::Null, Before::default()).await.unwrap_err();
    assert_eq!(
        (fault.kind, fault.code.as_deref()),
        (FaultKind::TokenExpired, Some("ExpiredToken")),
        "{fault}"
    );
    let grant = Bluesky.refresh(&cx).await.unwrap();
    let renewed = Account { token: grant.token, refresh_token: grant.refresh_token, ..ended.clone() };
    server.publish(&renewed, "renewed", &post, Before::default()).await;
    // what no one signed is no token
    let forged = Account { token: "forged".into(), ..ours.clone() };
    let fault = Bluesky.accounts(&server.cx(&forged, "")).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::TokenExpired, "{fault}");
    assert_eq!(Bluesky.accounts(&server.cx(&renewed, "")).await.unwrap()[0].handle, HANDLE);

    // taken back at the server, the session can't be renewed; the kept app password begins another one
    Bluesky.revoke(&server.cx(&renewed, "")).await.unwrap();
    let mut without = renewed.clone();
    without.secrets.clear();
    let fault = Bluesky.refresh(&server.cx(&without, "")).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NeedsConsent, "{fault}");
    let grant = Bluesky.refresh(&server.cx(&renewed, "")).await.unwrap();
    let again = Account { token: grant.token, refresh_token: grant.refresh_token, ..renewed };
    server.publish(&again, "again", &piece(Target::BlueskyPost, "A new session"), Before::default()).await;
}
