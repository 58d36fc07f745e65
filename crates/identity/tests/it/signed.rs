//! Keys that sign their requests.

use axum::http::Method;
use chrono::Duration;
use ring::{digest, hmac};
use serde_json::{Value, json};

use crate::app::{Answer, App, Client};

struct Signer {
    client: Client,
    id: String,
    secret: String,
}

impl Signer {
    async fn new(app: &App) -> Self {
        let ada = app.sign_up("ada").await;
        let scopes = ["members.read", "organization.update"];
        let (id, secret) = ada.key(json!({ "name": "Signs", "scopes": scopes, "signed": true })).await;
        Self { client: app.anonymous(), id, secret }
    }

    fn headers(&self, at: i64, nonce: &str, method: &str, path: &str, body: &[u8]) -> Vec<(String, String)> {
        let body = bellwether_kernel::hex(digest::digest(&digest::SHA256, body).as_ref());
        let message = format!("{method}\n/api/v1{path}\n{at}\n{nonce}\n{body}");
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_bytes());
        let signature = bellwether_kernel::hex(hmac::sign(&key, message.as_bytes()).as_ref());
        [
            ("authorization", format!("Bellwether-HMAC-SHA256 {}", self.id)),
            ("bellwether-timestamp", at.to_string()),
            ("bellwether-nonce", nonce.to_owned()),
            ("bellwether-signature", signature),
            ("content-type", "application/json".to_owned()),
            ("if-match", "\"1\"".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    async fn send(&self, method: Method, path: &str, headers: &[(String, String)], body: &[u8]) -> Answer {
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.client.raw(method, path, &headers, body.to_vec()).await
    }
}

const PATH: &str = "/organizations/ada/members";
const NONCE: &str = "0123456789abcdef";

#[tokio::test]
async fn a_signed_request_is_let_in_once() {
    let app = App::new().await;
    let signer = Signer::new(&app).await;
    let now = app.clock.now().timestamp();
    let headers = signer.headers(now, NONCE, "GET", PATH, b"");
    signer.send(Method::GET, PATH, &headers, b"").await.expect(200);
    let replayed = signer.send(Method::GET, PATH, &headers, b"").await;
    replayed.refused(401, "request_replayed");
    // on another server too
    let other = Signer { client: Client { router: app.another_server(), ..signer.client.clone() }, ..signer };
    other.send(Method::GET, PATH, &headers, b"").await.refused(401, "request_replayed");
    app.until("SELECT count(*) FROM operations.security_events WHERE kind = 'replay.refused'", 1).await;
    // another nonce is another request; the time of the first goes by with its place in the table
    let headers = other.headers(now, "another-nonce-0123", "GET", PATH, b"");
    other.send(Method::GET, PATH, &headers, b"").await.expect(200);
    assert_eq!(app.one::<i64>("SELECT count(*) FROM operations.request_signatures").await, 2);
    let row: Value =
        app.one("SELECT jsonb_build_object('endpoint', endpoint, 'seconds', extract(epoch FROM expires_at - received_at)::int) FROM operations.request_signatures LIMIT 1").await;
    assert_eq!(row, json!({ "endpoint": "GET /api/v1/organizations/ada/members", "seconds": 301 }));
}

#[tokio::test]
async fn a_body_is_covered_and_an_idempotent_request_counts_once() {
    let app = App::new().await;
    let signer = Signer::new(&app).await;
    let now = app.clock.now().timestamp();
    let (path, body) = ("/organizations/ada", br#"{"name":"Signed"}"#);
    let headers = signer.headers(now, NONCE, "PATCH", path, body);
    signer.send(Method::PATCH, path, &headers, br#"{"name":"Forged"}"#).await.refused(401, "signature_wrong");
    signer.send(Method::PATCH, path, &headers, body).await.expect(200);
    assert_eq!(app.one::<String>("SELECT name FROM identity.organizations").await, "Signed");
    // the middleware of Idempotency-Key asks who it is before the door does
    let post = "/organizations/ada/api-keys";
    let mut headers = signer.headers(now, "0123456789abcdeX", "POST", post, b"{}");
    headers.push(("idempotency-key".to_owned(), "x".to_owned()));
    signer.send(Method::POST, post, &headers, b"{}").await.expect(422);
    assert_eq!(
        app.one::<i64>("SELECT sum(count) FROM operations.rate_limits WHERE bucket = 'api_key'").await,
        2
    );
}

#[tokio::test]
async fn forged_late_and_halved_signatures_are_refused() {
    let app = App::new().await;
    let signer = Signer::new(&app).await;
    let now = app.clock.now().timestamp();
    let good = signer.headers(now, NONCE, "GET", PATH, b"");
    let with = |name: &str, value: &str| {
        let mut headers = good.clone();
        headers.iter_mut().find(|(other, _)| other == name).unwrap().1 = value.to_owned();
        headers
    };
    for headers in
        [with("bellwether-signature", &"0".repeat(64)), with("bellwether-nonce", "fedcba9876543210")]
    {
        signer.send(Method::GET, PATH, &headers, b"").await.refused(401, "signature_wrong");
    }
    signer.send(Method::GET, "/organizations/ada", &good, b"").await.refused(401, "signature_wrong");
    signer
        .send(Method::GET, PATH, &with("bellwether-nonce", "short"), b"")
        .await
        .refused(401, "signature_nonce");
    for at in [now - 301, now + 301] {
        let headers = signer.headers(at, NONCE, "GET", PATH, b"");
        signer.send(Method::GET, PATH, &headers, b"").await.refused(401, "signature_time");
    }
    let unknown = with("authorization", "Bellwether-HMAC-SHA256 key_01h2xcejqtf2nbrexx3vqjhp41");
    signer.send(Method::GET, PATH, &unknown, b"").await.refused(401, "unauthenticated");
    let incomplete: Vec<_> = good.iter().filter(|(name, _)| name != "bellwether-nonce").cloned().collect();
    signer.send(Method::GET, PATH, &incomplete, b"").await.refused(400, "signature_incomplete");
    // a key that signs must not travel
    app.with_key(&signer.secret).get(PATH).await.refused(401, "signature_required");
    // of each reason the first within the hour
    app.until("SELECT count(*) FROM operations.security_events WHERE kind = 'signature.refused'", 3).await;
    // nothing of all this was counted
    let counted = "SELECT count(*) FROM operations.rate_limits WHERE bucket = 'api_key'";
    assert_eq!(app.one::<i64>(counted).await, 0);
    // within five minutes is well
    let headers = signer.headers(now - 300, NONCE, "GET", PATH, b"");
    signer.send(Method::GET, PATH, &headers, b"").await.expect(200);
    app.clock.advance(Duration::seconds(1));
    signer.send(Method::GET, PATH, &headers, b"").await.refused(401, "signature_time");
}

/// The clients of docs/api.md, as they stand there, against a server that listens.
#[tokio::test]
async fn the_documented_clients_work() {
    let app = App::at(bellwether_kernel::Clock::system()).await;
    let signer = Signer::new(&app).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = app.router.clone().into_make_service_with_connect_info::<std::net::SocketAddr>();
    let server = tokio::spawn(async move { axum::serve(listener, service).await });
    let docs = include_str!("../../../../docs/api.md");
    let block = |language: &str, holding: &str| -> String {
        let fence = format!("```{language}\n");
        let mut blocks = docs.split(&fence).skip(1).map(|rest| rest.split("\n```").next().unwrap());
        blocks.find(|block| block.contains(holding)).unwrap().to_owned()
    };
    let target = "/api/v1/organizations/ada/members?limit=5";
    let clients = [("python3", block("python", "def signed")), ("sh", block("sh", "openssl dgst"))];
    for (program, script) in clients {
        let run = |arguments: &[&str]| {
            let mut command = tokio::process::Command::new(program);
            command.args(["-c", &script]);
            if program == "sh" {
                // what `$0` is
                command.arg("signed.sh");
            }
            command.args(arguments);
            command
                .env("BELLWETHER_URL", format!("http://{address}"))
                .env("KEY_ID", &signer.id)
                .env("KEY", &signer.secret);
            async move { command.output().await.unwrap() }
        };
        let output = run(&["GET", target]).await;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            text.contains("ada@example.org"),
            "{program}: {text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        // a body is signed as well: what is refused now is the missing If-Match
        let output = run(&["PATCH", "/api/v1/organizations/ada", r#"{"name":"x"}"#]).await;
        let said =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(said.contains("428") || said.contains("if_match_required"), "{program}: {said}");
    }
    server.abort();
}
