//! Identity and operations behind their routes, on as many servers as wanted, and a client.

use std::{net::SocketAddr, sync::Arc};

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode},
};
use bellwether_identity::{Error, FirstBrand, Identity, IdentityConfig, IdentityGate, intake::SignUpMode};
use bellwether_identity::{
    clerk::{Clerk, ClerkConfig},
    external::Externals,
};
use bellwether_kernel::{
    Clock, RequestContext, Rng,
    id::{BrandId, OrganizationId},
};
use bellwether_operations::Operations;
use bellwether_store::ServiceTx;
use bellwether_testkit::TestDatabase;
use bellwether_vault::Vault;
use bellwether_web::{Web, WebConfig, limits::Limits};
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// Brands stand on a higher floor: the row alone is enough here.
struct BareBrand(Clock, Rng);

#[async_trait]
impl FirstBrand for BareBrand {
    async fn create(
        &self,
        tx: &mut ServiceTx,
        organization: OrganizationId,
        name: &str,
        _: &str,
    ) -> Result<BrandId, Error> {
        let id = BrandId::new(&self.0, &self.1);
        sqlx::query(
            "INSERT INTO brand.brands (organization_id, id, slug, name) VALUES ($1, $2, lower($3), $3)",
        )
        .bind(organization)
        .bind(id)
        .bind(name)
        .execute(tx.conn())
        .await?;
        Ok(id)
    }
}

pub struct App {
    pub clock: Clock,
    pub identity: Identity,
    pub router: Router,
    pub database: TestDatabase,
}

pub fn config(sign_up: SignUpMode) -> IdentityConfig {
    IdentityConfig {
        public_url: "https://bell.example".to_owned(),
        sign_up,
        confirm_sign_up: false,
        vault: Vault::new(&[Vault::new_key(&Rng::seeded(9)).into()]).unwrap(),
        externals: Externals::new(&[], &[], &[], &Clock::system()).unwrap(),
        clerk: Clerk::new(&ClerkConfig::default()).unwrap(),
    }
}

impl App {
    pub async fn new() -> Self {
        Self::with(SignUpMode::Open).await
    }

    /// With a clock of its own.
    pub async fn at(clock: Clock) -> Self {
        Self::on(bellwether_testkit::database().await, clock, SignUpMode::Open)
    }

    pub async fn with(sign_up: SignUpMode) -> Self {
        let database = bellwether_testkit::database().await;
        let clock = Clock::manual("2026-11-16T09:00:00Z".parse().unwrap());
        Self::on(database, clock, sign_up)
    }

    fn on(database: TestDatabase, clock: Clock, sign_up: SignUpMode) -> Self {
        let (identity, router) = Self::server(&database, &clock, sign_up);
        Self { clock, identity, router, database }
    }

    fn server(database: &TestDatabase, clock: &Clock, sign_up: SignUpMode) -> (Identity, Router) {
        let (rng, store) = (Rng::system(), database.store().clone());
        let first_brand = Arc::new(BareBrand(clock.clone(), rng.clone()));
        let mut web = WebConfig::new("https://bell.example".parse().unwrap());
        web.limits = Limits::none();
        let identity = Identity::new(store.clone(), clock.clone(), rng.clone(), config(sign_up), first_brand);
        let operations = Operations::new(store.clone(), clock.clone(), rng.clone(), None);
        let gate = Arc::new(IdentityGate(identity.clone()));
        let web = Web::new(store, clock.clone(), rng, gate, web);
        let router = bellwether_web::app(web, [identity.routes(), operations.routes()], Router::new());
        (identity, router)
    }

    /// Another process on the same database.
    pub fn another_server(&self) -> Router {
        Self::server(&self.database, &self.clock, SignUpMode::Open).1
    }

    pub fn anonymous(&self) -> Client {
        Client { router: self.router.clone(), headers: Vec::new(), from: "192.0.2.7".to_owned() }
    }

    /// Somebody new, signed in, who owns an organization (and a brand) of their name.
    pub async fn sign_up(&self, name: &str) -> Client {
        let mut client = self.anonymous();
        let input = json!({
            "email": format!("{name}@example.org"), "password": "correct horse battery", "name": name,
            "organization_name": name,
        });
        let answer = client.post("/auth/sign-up", input).await.expect(201);
        let cookie = answer.headers.get_all("set-cookie").iter().find_map(|cookie| {
            let pair = cookie.to_str().ok()?.split(';').next()?;
            pair.starts_with("bellwether_session=").then(|| pair.to_owned())
        });
        client.headers.push(("cookie".to_owned(), cookie.unwrap()));
        client
    }

    /// Somebody new, signed in by a link, whoever may sign up.
    pub async fn make(&self, name: &str) -> Client {
        let input = serde_json::from_value(json!({
            "email": format!("{name}@example.org"), "password": "correct horse battery", "name": name,
            "organization_name": name,
        }));
        let made =
            self.identity.create_account(input.unwrap(), false, &RequestContext::default()).await.unwrap();
        let mut client = self.anonymous();
        let cookie = format!("bellwether_session={}", made.session.token);
        client.headers.push(("cookie".to_owned(), cookie));
        client
    }

    pub fn with_key(&self, token: &str) -> Client {
        let mut client = self.anonymous();
        client.headers.push(("authorization".to_owned(), format!("Bearer {token}")));
        client
    }

    pub async fn sql(&self, sql: &'static str) {
        let mut tx = self.database.store().service("a test sets its scene").await.unwrap();
        sqlx::query(sql).execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn one<T>(&self, sql: &'static str) -> T
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        let mut tx = self.database.store().service("a test looks").await.unwrap();
        sqlx::query_scalar(sql).fetch_one(tx.conn()).await.unwrap()
    }

    /// What is written beside requests is there: asks again until it is.
    pub async fn until(&self, sql: &'static str, wanted: i64) {
        let mut last = -1;
        // by time, not by the number of looks: five hundred of them are over in a moment on a fast database
        let looks = async {
            while last != wanted {
                last = self.one::<i64>(sql).await;
                tokio::task::yield_now().await;
            }
        };
        let there = tokio::time::timeout(std::time::Duration::from_secs(30), looks).await;
        assert!(there.is_ok(), "{sql}: {last}, not {wanted}");
    }
}

#[derive(Clone)]
pub struct Client {
    pub router: Router,
    pub headers: Vec<(String, String)>,
    pub from: String,
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
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

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    pub fn text(&self, pointer: &str) -> String {
        self.body
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("{}", self.body))
            .to_owned()
    }
}

impl Client {
    pub async fn raw(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("sec-fetch-site", "same-origin");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let from: SocketAddr = format!("{}:40000", self.from).parse().unwrap();
        let request = request.extension(ConnectInfo(from)).body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/json"));
        self.raw(method, path, &headers, body.to_string().into_bytes()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.raw(Method::GET, path, &[], Vec::new()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, &[], body).await
    }

    pub async fn patch(&self, path: &str, version: i64, body: Value) -> Answer {
        self.send(Method::PATCH, path, &[("if-match", &format!("\"{version}\""))], body).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.raw(Method::DELETE, path, &[], Vec::new()).await
    }

    /// Makes a key in the organization `ada`; gives its id and itself.
    pub async fn key(&self, body: Value) -> (String, String) {
        let made = self.post("/organizations/ada/api-keys", body).await.expect(201);
        (made.text("/key/id"), made.text("/token"))
    }
}
