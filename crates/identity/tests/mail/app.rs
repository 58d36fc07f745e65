//! Identity and mail behind their routes, and a client with a browser's cookies.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode},
};
use bellwether_identity::{
    Error, FirstBrand, Identity, IdentityConfig, IdentityGate,
    accounts::Erase,
    clerk::{Clerk, ClerkConfig},
    external::{Externals, OidcProvider},
    intake::{AnswerForm, SignUpMode},
    links::{MailEmailChange, MailLink},
    passwords::BreachedPasswords,
    sign_ups::MailSignUp,
};
use bellwether_jobs::{
    Worker,
    testing::{Report, drain},
};
use bellwether_kernel::{
    Clock, Rng,
    id::{BrandId, OrganizationId},
};
use bellwether_mail::{MailConfig, Mailer, SendMail};
use bellwether_store::ServiceTx;
use bellwether_testkit::TestDatabase;
use bellwether_vault::Vault;
use bellwether_web::{Web, WebConfig, limits::Limits};
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
#[derive(Default)]
pub struct Settings {
    pub mail: MailConfig,
    pub breached: Option<BreachedPasswords>,
    pub confirm_sign_up: bool,
    pub oidc: Vec<OidcProvider>,
}

pub struct App {
    pub clock: Clock,
    pub identity: Identity,
    router: Router,
    worker: Worker,
    pub database: TestDatabase,
}

impl App {
    pub async fn new() -> Self {
        Self::with(MailConfig::default(), None).await
    }

    /// Where addresses are confirmed before there is an account.
    pub async fn confirming() -> Self {
        Self::set_up(Settings { confirm_sign_up: true, ..Settings::default() }).await
    }

    pub async fn with(mail: MailConfig, breached: Option<BreachedPasswords>) -> Self {
        Self::set_up(Settings { mail, breached, ..Settings::default() }).await
    }

    pub async fn set_up(settings: Settings) -> Self {
        let database = bellwether_testkit::database().await;
        let clock = Clock::manual("2026-11-16T09:00:00Z".parse().unwrap());
        let (rng, store) = (Rng::system(), database.store().clone());
        let first_brand = Arc::new(NoBrand(clock.clone(), rng.clone()));
        let mut web = WebConfig::new(ORIGIN.parse().unwrap());
        web.limits = Limits::none();
        let vault = Vault::new(&[Vault::new_key(&Rng::seeded(9)).into()]).unwrap();
        let config = IdentityConfig {
            public_url: ORIGIN.to_owned(),
            sign_up: SignUpMode::Open,
            confirm_sign_up: settings.confirm_sign_up,
            vault,
            externals: Externals::new(&settings.oidc, &[], &[], &clock).unwrap(),
            clerk: Clerk::new(&ClerkConfig::default()).unwrap(),
        };
        let identity = Identity::new(store.clone(), clock.clone(), rng.clone(), config, first_brand)
            .with_breached_passwords(settings.breached);
        let mailer = Mailer::new(store.clone(), clock.clone(), &settings.mail).unwrap();
        let worker = Worker::builder(store.clone(), clock.clone())
            .register::<MailLink>(identity.clone())
            .register::<MailSignUp>(identity.clone())
            .register::<MailEmailChange>(identity.clone())
            .register::<AnswerForm>(identity.clone())
            .register::<Erase>(identity.clone())
            .register::<SendMail>(mailer.clone())
            .build()
            .unwrap();
        let gate = Arc::new(IdentityGate(identity.clone()));
        let web = Web::new(store, clock.clone(), rng, gate, web);
        let router = bellwether_web::app(web, [identity.routes(), mailer.routes()], Router::new());
        Self { clock, identity, router, worker, database }
    }

    pub async fn drain(&self) -> Report {
        drain(self.database.store(), &self.worker).await.unwrap()
    }

    /// A browser somewhere, not signed in.
    pub fn browser(&self, address: &str) -> Client {
        Client { router: self.router.clone(), cookies: BTreeMap::new(), address: address.to_owned() }
    }

    /// Somebody new, signed in, their mail read.
    pub async fn sign_up(&self, name: &str) -> Client {
        let mut client = self.browser("192.0.2.1");
        let input =
            json!({ "email": email(name), "password": PASSWORD, "name": name, "organization_name": name });
        let answer = client.post("/auth/sign-up", input).await;
        if answer.status == StatusCode::ACCEPTED {
            let token = self.token(&email(name), "confirm_sign_up").await;
            client
                .post("/auth/sign-up/confirm", json!({ "token": token, "password": PASSWORD }))
                .await
                .expect(201);
        } else {
            answer.expect(201);
        }
        self.drain().await;
        client
    }

    /// Somebody signed in from another browser.
    pub async fn sign_in(&self, name: &str, address: &str) -> Client {
        let mut client = self.browser(address);
        client.password(name, PASSWORD).await.expect(200);
        client
    }

    /// The kept mails to an address with this template, oldest first.
    pub async fn mails(&self, to: &str, template: &str) -> Vec<String> {
        self.drain().await;
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

    /// One value out of the database, with the eyes of the service role.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let mut tx = self.database.store().service("a test looks").await.unwrap();
        sqlx::query_scalar(sql).fetch_one(tx.conn()).await.unwrap()
    }
}

pub fn email(name: &str) -> String {
    format!("{}@example.org", name.to_lowercase())
}

/// A browser: keeps cookies, says that its own pages ask.
#[derive(Clone)]
pub struct Client {
    router: Router,
    pub cookies: BTreeMap<String, String>,
    pub address: String,
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
    pub bytes: Vec<u8>,
}

impl Answer {
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }

    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status.as_u16(), self.body["code"].as_str()), (status, Some(code)), "{}", self.body);
        self
    }

    /// Refused for one field, with the fault's code.
    #[track_caller]
    pub fn fault(self, path: &str, code: &str) -> Self {
        let fault = &self.body["errors"][0];
        assert_eq!(
            (self.status.as_u16(), fault["path"].as_str(), fault["code"].as_str()),
            (422, Some(path), Some(code)),
            "{}",
            self.body
        );
        self
    }

    pub fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap()).collect()
    }
}

impl Client {
    pub fn session(&self) -> Option<&String> {
        self.cookies.get("bellwether_session")
    }

    pub async fn raw(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        let cookies: Vec<String> = self
            .cookies
            .iter()
            // the device's cookie has a path
            .filter(|(name, _)| *name != "bellwether_device" || path.starts_with("/auth/"))
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::from(body)).unwrap();
        let address = SocketAddr::new(self.address.parse().unwrap(), 4000);
        request.extensions_mut().insert(ConnectInfo(address));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Answer { status: parts.status, headers: parts.headers, body, bytes }
    }

    pub async fn send(&mut self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut headers = vec![
            ("sec-fetch-site", "same-origin"),
            ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"),
        ];
        if body.is_some() {
            headers.push(("content-type", "application/json"));
        }
        let bytes = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let answer = self.raw(method, path, &headers, bytes).await;
        for cookie in answer.set_cookies() {
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn put(&mut self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn patch(&mut self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub async fn delete(&mut self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    pub async fn password(&mut self, name: &str, password: &str) -> Answer {
        self.post("/auth/sign-in", json!({ "email": email(name), "password": password })).await
    }
}
