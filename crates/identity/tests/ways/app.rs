//! Identity alone behind its routes, and a client for it.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode},
};
use bellwether_identity::{
    Error, FirstBrand, Identity, IdentityConfig, IdentityGate,
    clerk::{self, Clerk, ClerkConfig},
    external::{Externals, JwtIssuer, OidcProvider},
    intake::SignUpMode,
    links::MailEmailChange,
};
use bellwether_jobs::{Worker, testing::drain};
use bellwether_kernel::{
    Clock, Rng,
    id::{BrandId, OrganizationId},
};
use bellwether_store::ServiceTx;
use bellwether_testkit::TestDatabase;
use bellwether_vault::Vault;
use bellwether_web::{Web, WebConfig, limits::Limits};
use chrono::Duration;
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub const ORIGIN: &str = "https://bell.example";
pub const PASSWORD: &str = "correct horse battery";

/// Brands stand on a higher floor: none is made here.
struct NoBrand(Clock, Rng);

#[async_trait]
impl FirstBrand for NoBrand {
    async fn create(&self, _: &mut ServiceTx, _: OrganizationId, _: &str, _: &str) -> Result<BrandId, Error> {
        Ok(BrandId::new(&self.0, &self.1))
    }
}

/// What a test may set.
pub struct Settings {
    pub sign_up: SignUpMode,
    pub vault: Vault,
    pub oidc: Vec<OidcProvider>,
    pub jwt: Vec<JwtIssuer>,
    pub clerk: ClerkConfig,
    pub limits: Limits,
    /// Real time, where another program takes part.
    pub real_time: bool,
}

pub struct App {
    pub identity: Identity,
    pub clock: Clock,
    pub router: Router,
    pub database: TestDatabase,
}

pub fn vault(seed: u64) -> Vault {
    Vault::new(&[Vault::new_key(&Rng::seeded(seed)).into()]).unwrap()
}

pub fn config() -> Settings {
    Settings {
        sign_up: SignUpMode::Open,
        vault: vault(9),
        oidc: vec![],
        jwt: vec![],
        clerk: ClerkConfig::default(),
        limits: Limits::none(),
        real_time: false,
    }
}

impl App {
    pub async fn new() -> Self {
        Self::with(config()).await
    }

    pub async fn with(settings: Settings) -> Self {
        let database = bellwether_testkit::database().await;
        let clock = if settings.real_time {
            Clock::system()
        } else {
            Clock::manual("2026-11-16T09:00:00Z".parse().unwrap())
        };
        let config = IdentityConfig {
            public_url: ORIGIN.to_owned(),
            sign_up: settings.sign_up,
            confirm_sign_up: false,
            vault: settings.vault,
            externals: Externals::new(&settings.oidc, &settings.jwt, &[], &clock).unwrap(),
            clerk: Clerk::new(&settings.clerk).unwrap(),
        };
        let (rng, store) = (Rng::system(), database.store().clone());
        let first_brand = Arc::new(NoBrand(clock.clone(), rng.clone()));
        let mut web = WebConfig::new(config.public_url.parse().unwrap());
        web.limits = settings.limits;
        let identity = Identity::new(store.clone(), clock.clone(), rng.clone(), config, first_brand);
        let gate = Arc::new(IdentityGate(identity.clone()));
        let web = Web::new(store, clock.clone(), rng, gate, web);
        // as the program has it
        let outside =
            Router::new().route("/webhooks/clerk", clerk::webhook()).layer(Extension(identity.clone()));
        let router = bellwether_web::app(web, [identity.routes()], outside);
        Self { identity, clock, router, database }
    }

    pub fn anonymous(&self) -> Client {
        Client { router: self.router.clone(), jar: Arc::default() }
    }

    /// Somebody new, signed in.
    pub async fn sign_up(&self, name: &str) -> Client {
        let client = self.anonymous();
        let input =
            json!({ "email": email(name), "password": PASSWORD, "name": name, "organization_name": name });
        let answer = client.post("/auth/sign-up", input).await.expect(201);
        client.keep(answer.cookie());
        client
    }

    /// The first step of signing in.
    pub async fn password_step(&self, name: &str) -> Answer {
        self.anonymous().post("/auth/sign-in", json!({ "email": email(name), "password": PASSWORD })).await
    }

    pub fn later(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// What is written beside requests is there: asks again until it is.
    pub async fn until(&self, sql: &'static str, wanted: i64) {
        let mut last = -1;
        // by time, not by the number of looks: five hundred of them are over in a moment on a fast database
        let looks = async {
            while last != wanted {
                last = self.count(sql).await;
                tokio::task::yield_now().await;
            }
        };
        let there = tokio::time::timeout(std::time::Duration::from_secs(30), looks).await;
        assert!(there.is_ok(), "{sql}: {last}, not {wanted}");
    }

    /// The texts of the mails to an address with this template, oldest first.
    pub async fn mails(&self, to: &str, template: &str) -> Vec<String> {
        let store = self.database.store().clone();
        let worker =
            Worker::builder(store, self.clock.clone()).register::<MailEmailChange>(self.identity.clone());
        drain(self.database.store(), &worker.build().unwrap()).await.unwrap();
        let mut tx = self.database.store().service("a test reads mail").await.unwrap();
        sqlx::query_scalar(
            "SELECT text FROM operations.mails WHERE recipient = $1 AND template = $2 ORDER BY created_at, id",
        )
        .bind(to)
        .bind(template)
        .fetch_all(tx.conn())
        .await
        .unwrap()
    }

    /// The token of the link in the latest of them.
    pub async fn token(&self, to: &str, template: &str) -> String {
        let mails = self.mails(to, template).await;
        let text = mails.last().unwrap_or_else(|| panic!("no {template} to {to}"));
        let link = text.lines().find(|line| line.starts_with(ORIGIN)).expect("a link");
        link.split_once("#token=").expect("a token").1.to_owned()
    }

    /// One number out of the database, with the eyes of the service role.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let mut tx = self.database.store().service("a test looks").await.unwrap();
        sqlx::query_scalar(sql).fetch_one(tx.conn()).await.unwrap()
    }
}

pub fn email(name: &str) -> String {
    format!("{}@example.org", name.to_lowercase())
}

/// A browser: keeps the cookie of its session, also when that is renewed. Clones are windows of the same one.
#[derive(Clone)]
pub struct Client {
    pub router: Router,
    jar: Arc<Mutex<Option<String>>>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    /// `name=value` of the session's cookie that was set.
    pub fn cookie(&self) -> Option<String> {
        self.headers
            .get_all("set-cookie")
            .iter()
            .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
            .find(|cookie| cookie.starts_with("bellwether_session="))
            .map(str::to_owned)
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }

    /// Refused with this status and code, and no session was opened.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status.as_u16(), self.body["code"].as_str()), (status, Some(code)), "{}", self.body);
        assert_eq!(self.cookie(), None);
        self
    }

    pub fn text(&self, name: &str) -> String {
        self.body[name].as_str().unwrap_or_else(|| panic!("no {name} in {}", self.body)).to_owned()
    }
}

impl Client {
    pub fn cookie(&self) -> Option<String> {
        self.jar.lock().unwrap().clone()
    }

    pub fn keep(&self, cookie: Option<String>) {
        *self.jar.lock().unwrap() = cookie;
    }

    /// Somebody else with the cookie as it is now.
    pub fn thief(&self) -> Self {
        Self { router: self.router.clone(), jar: Arc::new(Mutex::new(self.cookie())) }
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        request = request.header("sec-fetch-site", "same-origin");
        if let Some(cookie) = self.cookie() {
            request = request.header("cookie", cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = match body {
            Some(body) => {
                request.header("content-type", "application/json").body(Body::from(body.to_string())).unwrap()
            }
            None => request.body(Body::empty()).unwrap(),
        };
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        let answer = Answer { status: parts.status, headers: parts.headers, body };
        if let Some(cookie) = answer.cookie() {
            self.keep(Some(cookie));
        }
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, &[], Some(body)).await
    }
}
