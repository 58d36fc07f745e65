//! A small application with an operation for each thing that the web base does.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use axum::{
    Extension, Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use bellwether_kernel::{
    Access, BrandScope, Clock, Kind, PageRequest, Problem, Rng, Role,
    id::{BrandId, OrganizationId, PostId, SessionId, UserId},
};
use bellwether_store::testing::TestDatabase;
use bellwether_web::{
    Api, ApiError, Asset, AssetSource, BrandMember, Caller, Class, Credentials, Entry, Gate, IfMatch, Json,
    Member, OptionalCaller, PageQuery, Patch, Path, RequestContext, Versioned, Web, WebConfig, app, limit,
    spa,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tower::ServiceExt as _;
use utoipa::ToSchema;
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

/// A door with one organization `acme` (brands `bell` and `drum`) and people by their tokens.
pub struct Door {
    pub organization: OrganizationId,
    pub bell: BrandId,
    pub drum: BrandId,
    people: Mutex<HashMap<String, Person>>,
}

/// A person and, if they belong to `acme`, as what.
type Person = (UserId, Option<(Role, BrandScope)>);

impl Door {
    pub fn let_in(&self, token: &str, user: UserId, membership: Option<(Role, BrandScope)>) {
        self.people.lock().unwrap().insert(token.to_owned(), (user, membership));
    }

    pub fn end(&self, token: &str) {
        self.people.lock().unwrap().remove(token);
    }
}

#[async_trait]
impl Gate for Door {
    async fn authenticate(&self, credentials: &Credentials) -> Result<Option<Caller>, Problem> {
        let people = self.people.lock().unwrap();
        let found = credentials.token().and_then(|token| people.get(token));
        Ok(found.map(|(user, _)| Caller { user: *user, session: Some(SessionId::from(user.uuid())) }))
    }

    async fn enter(
        &self,
        credentials: &Credentials,
        org: &str,
        brand: Option<&str>,
    ) -> Result<Entry, Problem> {
        let caller = self
            .authenticate(credentials)
            .await?
            .ok_or_else(|| Problem::new(Kind::Unauthenticated, "unauthenticated", "Sign in first."))?;
        let people = self.people.lock().unwrap();
        let membership = credentials.token().and_then(|token| people.get(token)?.1.clone());
        let here = org == "acme" || org == self.organization.to_string();
        let (role, brands) = membership.filter(|_| here).ok_or_else(|| Problem::not_found("organization"))?;
        let brand = match brand {
            None => None,
            Some(wanted) => {
                let known = [("bell", self.bell), ("drum", self.drum)];
                let found = known.into_iter().find(|(slug, id)| wanted == *slug || wanted == id.to_string());
                let id = found.map(|(_, id)| id).filter(|id| brands.contains(*id));
                Some(id.ok_or_else(|| Problem::not_found("brand"))?)
            }
        };
        let access = Access::of_role(caller.user, self.organization, role, brands);
        Ok(Entry { caller, access, brand })
    }
}

/// What the operations do besides answering, for the tests to see and steer.
#[derive(Clone, Default)]
pub struct Work {
    pub runs: Arc<AtomicUsize>,
    /// `POST /work` waits for it when its body says so.
    pub go_on: Arc<Notify>,
    pub started: Arc<Notify>,
    pub contexts: Arc<Mutex<Vec<bellwether_kernel::RequestContext>>>,
}

/// A note.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// Its text.
    text: String,
    /// Its parts.
    #[serde(default)]
    parts: Vec<Part>,
    /// What is remembered with it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    memo: Patch<String>,
}

/// A part of a note.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Part {
    /// How many.
    count: u8,
}

/// Says it back.
#[utoipa::path(post, path = "/echo", tag = "Notes", security(()), responses((status = 200, body = Note)))]
async fn echo(
    RequestContext(context): RequestContext,
    Extension(work): Extension<Work>,
    Json(note): Json<Note>,
) -> Json<Note> {
    work.contexts.lock().unwrap().push(context);
    Json(note)
}

/// What to do in `work`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Todo {
    what: String,
}

/// Does it, and counts.
#[utoipa::path(post, path = "/work", tag = "Notes", request_body = Todo, responses((status = 201, body = Value)))]
async fn do_work(
    Extension(work): Extension<Work>,
    OptionalCaller(caller): OptionalCaller,
    Json(todo): Json<Todo>,
) -> Result<Response, ApiError> {
    let run = work.runs.fetch_add(1, Ordering::SeqCst) + 1;
    work.started.notify_one();
    match todo.what.as_str() {
        "fail" => {
            return Err(ApiError(Problem::new(
                Kind::Internal,
                "internal",
                "secret: relation \"x\" is missing",
            )));
        }
        "panic" => panic!("secret: the handler gave up"),
        "refuse" => return Err(ApiError(Problem::invalid("what", "refused", "Not this."))),
        "wait" => work.go_on.notified().await,
        _ => {}
    }
    let headers = [(header::LOCATION, format!("/notes/{run}")), (header::SET_COOKIE, "secret=1".to_owned())];
    Ok((StatusCode::CREATED, headers, Json(json!({ "run": run, "signed_in": caller.is_some() })))
        .into_response())
}

/// Who asks.
#[utoipa::path(get, path = "/me", tag = "Notes", responses((status = 200, body = Value)))]
async fn me(caller: Caller) -> Json<Value> {
    Json(json!({ "user": caller.user }))
}

#[derive(Deserialize)]
struct PostPath {
    post: PostId,
}

/// One post of a brand.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/posts/{post}", tag = "Notes",
    params(("org" = String, Path), ("brand" = String, Path), ("post" = PostId, Path)), responses((status = 200, body = Value)))]
async fn post(BrandMember(access): BrandMember, Path(path): Path<PostPath>) -> Json<Value> {
    Json(json!({ "brand": access.brand, "post": path.post, "role": access.role }))
}

/// A thing with a version.
#[utoipa::path(get, path = "/organizations/{org}/thing", tag = "Notes", params(("org" = String, Path)), responses((status = 200, body = Value)))]
async fn thing(Member(access): Member) -> Versioned<Value> {
    Versioned(3, json!({ "organization": access.organization, "version": 3 }))
}

/// Changes the thing.
#[utoipa::path(patch, path = "/organizations/{org}/thing", tag = "Notes", params(("org" = String, Path)), request_body = Note, responses((status = 200, body = Value)))]
async fn change_thing(
    _member: Member,
    version: IfMatch,
    Json(note): Json<Note>,
) -> Result<Versioned<Value>, ApiError> {
    version.check(3)?;
    tracing::debug!(?note, "changed");
    Ok(Versioned(4, json!({ "version": 4 })))
}

/// A list.
#[utoipa::path(get, path = "/list", tag = "Notes", params(PageQuery), security(()), responses((status = 200, body = Value)))]
async fn list(PageQuery(PageRequest { limit, after }): PageQuery) -> Json<Value> {
    Json(json!({ "limit": limit, "after": after.map(|cursor| cursor.id) }))
}

/// Generates.
#[utoipa::path(post, path = "/generate", tag = "Notes", responses((status = 204)))]
async fn generate() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Much text.
#[utoipa::path(get, path = "/much", tag = "Notes", security(()), responses((status = 200, body = String)))]
async fn much() -> Json<String> {
    Json("bell ".repeat(2000))
}

/// Never comes to an end.
#[utoipa::path(get, path = "/never", tag = "Notes", security(()), responses((status = 204)))]
async fn never() -> StatusCode {
    std::future::pending().await
}

pub fn api(work: Work) -> Api {
    Api::new()
        .routes(routes!(echo))
        .routes(routes!(do_work))
        .routes(routes!(me))
        .routes(routes!(post))
        .routes(routes!(thing, change_thing))
        .routes(routes!(list))
        .routes(routes!(generate).layer(limit(Class::Generate)))
        .routes(routes!(much))
        .routes(routes!(never))
        .layer(Extension(work))
}

struct Files;

impl AssetSource for Files {
    fn get(&self, path: &str) -> Option<Asset> {
        let (text, kind) = match path {
            "index.html" => ("<!doctype html><title>app</title>", "text/html; charset=utf-8"),
            "assets/app-1a2b.js" => ("console.log('app')", "text/javascript; charset=utf-8"),
            "assets/app-1a2b.js.br" => ("packed", "application/octet-stream"),
            "favicon.svg" => ("<svg/>", "image/svg+xml"),
            _ => return None,
        };
        Some(Asset {
            bytes: text.as_bytes().into(),
            etag: format!("{:x}", text.len()),
            content_type: kind.into(),
        })
    }
}

/// The application under test.
pub struct App {
    pub web: Web,
    pub router: Router,
    pub door: Arc<Door>,
    pub work: Work,
    pub clock: Clock,
    pub rng: Rng,
    /// Signed in with the token `owner`; reaches everything of `acme`.
    pub owner: UserId,
    _database: TestDatabase,
}

impl App {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(settings: impl FnOnce(&mut WebConfig)) -> Self {
        let database = TestDatabase::with("web", |store| async move { store.migrate().await }).await.unwrap();
        let clock = Clock::manual("2026-03-01T12:00:00Z".parse().unwrap());
        let rng = Rng::system();
        let door = Arc::new(Door {
            organization: OrganizationId::new(&clock, &rng),
            bell: BrandId::new(&clock, &rng),
            drum: BrandId::new(&clock, &rng),
            people: Mutex::default(),
        });
        let owner = UserId::new(&clock, &rng);
        door.let_in("owner", owner, Some((Role::Owner, BrandScope::All)));
        let mut config = WebConfig::new("http://bell.example".parse().unwrap());
        settings(&mut config);
        let gate: Arc<dyn Gate> = Arc::clone(&door) as Arc<dyn Gate>;
        let web = Web::new(database.store().clone(), clock.clone(), rng.clone(), gate, config);
        let work = Work::default();
        let router = app(web.clone(), [api(work.clone())], spa(Files));
        Self { web, router, door, work, clock, rng, owner, _database: database }
    }

    pub fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> Call<'_> {
        self.call(Method::POST, path)
    }

    pub fn call(&self, method: Method, path: &str) -> Call<'_> {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().unwrap();
        Call { app: self, request }
    }
}

/// A request being made.
pub struct Call<'a> {
    app: &'a App,
    request: Request<Body>,
}

impl Call<'_> {
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request.headers_mut().append(name, value.parse().unwrap());
        self
    }

    /// With the cookie of somebody signed in.
    pub fn by(self, token: &str) -> Self {
        let cookie = format!("bellwether_session={token}");
        self.header("cookie", &cookie)
    }

    pub fn from(mut self, address: &str) -> Self {
        let address: SocketAddr = format!("{address}:1234").parse().unwrap();
        self.request.extensions_mut().insert(ConnectInfo(address));
        self
    }

    pub fn text(mut self, body: impl Into<Body>) -> Self {
        *self.request.body_mut() = body.into();
        self
    }

    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").text(body.to_string())
    }

    pub async fn raw(self) -> Response {
        self.app.router.clone().oneshot(self.request).await.unwrap()
    }

    pub async fn send(self) -> Answer {
        let (parts, body) = self.raw().await.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: body.to_vec() }
    }
}

/// An answer, whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// Checks that it is a problem of this status and code that carries its request id; gives its body.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let body = self.json();
        assert_eq!(body["code"], code, "{body}");
        assert_eq!(body["status"], status);
        assert_eq!(body["type"], "about:blank");
        assert_eq!(body["request_id"], self.header("x-request-id"));
        assert!(!self.header("x-request-id").is_empty());
        body
    }
}
