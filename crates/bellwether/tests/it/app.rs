//! The application under test, and a client for it.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
};
use bellwether::{config::Config, wiring::App};
use bellwether_jobs::{
    Worker,
    testing::{Report, assert_no_jobs_left, drain, make_due},
};
use bellwether_kernel::{Clock, Rng};
use bellwether_models::EmbeddingsKind;
use bellwether_networks::publish::Wire;
use bellwether_testkit::TestDatabase;
use bellwether_vault::Vault;
use bellwether_web::Web;
use http::{HeaderMap, Method, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// A text with facts, long enough for every target.
pub const ARTICLE: &str = include_str!("../../demo/raising-prices.md");

/// The application on a database of its own, its clock standing still.
pub struct TestApp {
    pub app: App,
    pub clock: Clock,
    config: Config,
    wire: Option<Arc<dyn Wire>>,
    web: Web,
    router: Router,
    worker: Worker,
    database: TestDatabase,
    /// Where its files are, removed with it.
    files: tempfile::TempDir,
}

impl TestApp {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(adjust: impl FnOnce(&mut Config)) -> Self {
        Self::over(None, adjust).await
    }

    /// The same over a wire to the networks that a test holds.
    pub async fn over(wire: Option<Arc<dyn Wire>>, adjust: impl FnOnce(&mut Config)) -> Self {
        let database = bellwether_testkit::database().await;
        let clock = Clock::manual("2026-11-16T09:00:00Z".parse().unwrap());
        let mut config = Config::default();
        config.server.rate_limits = false;
        // tests of words are tests of words, whether the model lies on the machine or not
        config.models.embeddings.kind = EmbeddingsKind::Off;
        config.secrets.keys = vec![Vault::new_key(&Rng::seeded(2))];
        let files = tempfile::tempdir().unwrap();
        config.data.dir = files.path().join("data");
        adjust(&mut config);
        Self::start(database, clock, Rng::seeded(1), config, wire, files)
    }

    /// The same database and files with a program that was started anew; clients of the one before are of no use any more.
    pub fn restarted(self) -> Self {
        // other ids than the ones that were given out already
        Self::start(self.database, self.clock, Rng::seeded(3), self.config, self.wire, self.files)
    }

    fn start(
        database: TestDatabase,
        clock: Clock,
        rng: Rng,
        config: Config,
        wire: Option<Arc<dyn Wire>>,
        files: tempfile::TempDir,
    ) -> Self {
        let url = "http://bellwether.test".parse().unwrap();
        let (store, with) = (database.store().clone(), config.clone());
        let app = match wire.clone() {
            Some(wire) => App::with_wire(store, clock.clone(), rng, with, url, wire),
            None => App::new(store, clock.clone(), rng, with, url),
        };
        let app = app.unwrap();
        // what is drawn and encoded without optimisation, beside other tests, takes longer than a client would wait
        let web = app.web(|web| web.timeout = std::time::Duration::from_mins(5));
        let router = app.router(&web);
        let worker = app.worker().build().unwrap();
        Self { app, clock, config, wire, web, router, worker, database, files }
    }

    /// Runs all jobs to their end.
    pub async fn drain(&self) -> Report {
        drain(self.database.store(), &self.worker).await.unwrap()
    }

    /// Hears what the database tells, as a server does.
    pub async fn listen(&self) {
        tokio::spawn(self.web.events.clone().run(self.store().clone(), self.web.shutdown.clone()));
        self.web.events.listening().await;
    }

    /// Sends and settles what is due.
    pub async fn publish(&self) -> bellwether_publishing::dispatch::Running {
        self.app.dispatcher().run_due().await.unwrap()
    }

    /// Runs all jobs to their end, their later tries included.
    pub async fn drain_all(&self) {
        while !drain(self.database.store(), &self.worker).await.unwrap().again.is_empty() {
            make_due(self.database.store()).await.unwrap();
        }
    }

    /// The end of a test: no job may be left over.
    pub async fn done(self) {
        assert_no_jobs_left(self.database.store()).await;
    }

    /// Somebody of the program before, at this one.
    pub fn again(&self, client: &Client) -> Client {
        Client { router: self.router.clone(), ..client.clone() }
    }

    /// A client that is not signed in.
    pub fn anonymous(&self) -> Client {
        Client { router: self.router.clone(), cookie: None, key: None, base: String::new() }
    }

    /// Signs somebody up; the client's `base` is their brand.
    pub async fn sign_up(&self, name: &str) -> Client {
        let mut client = self.anonymous();
        let answer = client
            .post(
                "/auth/sign-up",
                json!({
                    "email": format!("{}@example.org", name.to_lowercase()), "password": "correct horse battery",
                    "name": name, "organization_name": format!("{name} Studio"),
                }),
            )
            .await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        client.cookie = answer.cookie();
        let organization = answer.body["organizations"][0]["slug"].as_str().unwrap();
        let brand = answer.body["organizations"][0]["brands"][0]["slug"].as_str().unwrap();
        client.base = format!("/organizations/{organization}/brands/{brand}");
        // their mail is out
        self.drain().await;
        client
    }

    /// A program with an API key.
    pub fn with_key(&self, key: &str) -> Client {
        Client { key: Some(key.to_owned()), ..self.anonymous() }
    }

    /// Signs somebody in anew whose session has run out.
    pub async fn sign_in_again(&self, client: &mut Client, name: &str) {
        let email = format!("{}@example.org", name.to_lowercase());
        let body = json!({ "email": email, "password": "correct horse battery" });
        client.cookie = self.anonymous().post("/auth/sign-in", body).await.expect(200).cookie();
    }

    /// What anybody gets who asks for an address beside the API.
    pub async fn fetch(&self, path: &str, range: Option<&str>) -> (StatusCode, HeaderMap, Vec<u8>) {
        let mut request = Request::builder().uri(path);
        if let Some(range) = range {
            request = request.header("range", range);
        }
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, to_bytes(body, usize::MAX).await.unwrap().to_vec())
    }

    /// What a browser gets that sends the form of a page beside the app.
    pub async fn send_form(&self, path: &str) -> (StatusCode, String) {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header("sec-fetch-site", "same-origin")
            .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            .header("content-type", "application/x-www-form-urlencoded");
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// What somebody signed in gets: bytes as they come.
    pub async fn fetch_as(&self, client: &Client, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
        let request =
            Request::builder().uri(path).header("cookie", client.cookie.clone().unwrap_or_default());
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, to_bytes(body, usize::MAX).await.unwrap().to_vec())
    }

    pub fn store(&self) -> &bellwether_store::Store {
        self.database.store()
    }
}

/// Somebody with a browser, or a program with a key.
#[derive(Clone)]
pub struct Client {
    router: Router,
    pub cookie: Option<String>,
    key: Option<String>,
    pub base: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    /// `name=value` of the cookie that was set.
    pub fn cookie(&self) -> Option<String> {
        let cookie = self.headers.get("set-cookie")?.to_str().ok()?;
        cookie.split(';').next().map(str::to_owned)
    }

    /// The code of the first located fault.
    pub fn fault(&self) -> (&str, &str) {
        (
            self.body["errors"][0]["path"].as_str().unwrap_or(""),
            self.body["errors"][0]["code"].as_str().unwrap_or(""),
        )
    }

    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_else(|| panic!("no id in {}", self.body)).to_owned()
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }
}

impl Client {
    /// Sends a request; a path that begins with `~` is below the client's brand.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Answer {
        self.send_body(method, path, headers, body.map_or_else(Body::empty, Body::from)).await
    }

    /// The same with a body of any kind.
    pub async fn send_body(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Answer {
        let path =
            path.strip_prefix('~').map_or_else(|| path.to_owned(), |rest| format!("{}{rest}", self.base));
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("sec-fetch-site", "same-origin");
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes)
                .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into()))
        };
        if parts.status.is_client_error() || parts.status.is_server_error() {
            assert_eq!(parts.headers["content-type"], "application/problem+json", "{body}");
            assert!(body["code"].is_string() && body["request_id"].is_string(), "{body}");
        }
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, &[("content-type", "application/json")], Some(body.to_string().into()))
            .await
    }

    pub async fn patch(&self, path: &str, version: i64, body: Value) -> Answer {
        let tag = format!("\"{version}\"");
        let headers = [("content-type", "application/json"), ("if-match", tag.as_str())];
        self.send(Method::PATCH, path, &headers, Some(body.to_string().into())).await
    }

    /// A `POST` that changes a known version.
    pub async fn post_if(&self, path: &str, version: i64, body: Value) -> Answer {
        let tag = format!("\"{version}\"");
        let headers = [("content-type", "application/json"), ("if-match", tag.as_str())];
        self.send(Method::POST, path, &headers, Some(body.to_string().into())).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, &[("content-type", "application/json")], Some(body.to_string().into()))
            .await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &[], None).await
    }

    /// Asks for drafts of the article.
    pub async fn generate(&self, targets: &[&str]) -> Answer {
        self.post(
            "~/generations",
            json!({ "input": { "type": "text", "text": ARTICLE }, "targets": targets }),
        )
        .await
    }

    /// A draft for the sandbox network, approved or not, and the sandbox connected.
    pub async fn sandbox_post(&self, app: &TestApp, approved: bool) -> (String, String) {
        let input = json!({ "type": "text", "text": ARTICLE });
        let asked = json!({ "input": input, "targets": ["sandbox.post"], "force": true });
        let generation = self.post("~/generations", asked).await.expect(202).id();
        app.drain().await;
        let written = self.get(&format!("~/generations/{generation}")).await.expect(200);
        let post = written.body["outputs"][0]["post_id"].as_str().unwrap().to_owned();
        if approved {
            self.post(&format!("~/posts/{post}/approve"), json!({})).await.expect(200);
            app.drain().await;
        }
        let connected = self.post("~/connections", json!({ "provider": "sandbox" })).await.expect(201);
        (post, connected.body["items"][0]["id"].as_str().unwrap().to_owned())
    }

    /// Drafts of the article, written.
    pub async fn drafts(&self, app: &TestApp, targets: &[&str]) -> Vec<Value> {
        self.generate(targets).await.expect(202);
        app.drain().await;
        self.get("~/posts").await.expect(200).body["items"].as_array().unwrap().clone()
    }
}
