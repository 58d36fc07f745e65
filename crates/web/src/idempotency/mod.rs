//! `Idempotency-Key` on POST: the request is carried out once, a repeated one gets the stored answer.
//!
//! The key is taken by an insert before the handler runs, so that of two requests at the same moment one runs and the
//! other is told 409. The attempt runs in a task of its own: a client that hangs up does not stop it, and finds the
//! answer when it comes back. A crash leaves a lock that expires. Answers of 500 and above and 429 are not kept: the
//! same key may be tried again. Keys belong to the session or the API key that sent them; without somebody signed in the
//! header has no effect. A stored answer of an organization is given to whoever may still enter it, and to nobody else.

mod sql;

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bellwether_kernel::{Kind, Problem, Timestamp};
use bellwether_store::{Error, Store};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use sha2::{Digest as _, Sha256};
use tracing::Instrument as _;

use self::sql::{KeyRow, Lock};
use crate::{
    ApiError, Caller, Credentials, Web,
    bearing::RequestId,
    error::{Raised, problems, render, status},
    gate,
    keys::Shown,
};

/// The header.
pub const HEADER: &str = "idempotency-key";
/// How long an answer is kept.
const KEPT: chrono::Duration = chrono::Duration::hours(24);
/// Headers that belong to the answer; cookies never do.
const KEPT_HEADERS: [HeaderName; 4] =
    [header::CONTENT_TYPE, header::LOCATION, header::ETAG, header::CACHE_CONTROL];

/// Left on an answer that shows a secret: what is kept in its place, so that the secret is kept nowhere.
#[derive(Debug, Clone)]
pub struct ShownOnce(Bytes);

impl ShownOnce {
    /// The same answer without the secret.
    pub fn of(body: &impl serde::Serialize) -> Self {
        Self(serde_json::to_vec(body).unwrap_or_default().into())
    }
}

/// What is known of a key.
enum Taken {
    /// It is ours: run the request.
    Ours,
    /// It was answered.
    Answered(Response),
    /// It is being answered at this moment.
    Running,
    /// It was used for another request.
    Other,
}

/// Carries out POSTs with a key once.
pub(crate) async fn once(State(web): State<Web>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.headers().contains_key(HEADER) {
        return next.run(request).await;
    }
    match run_once(&web, request, next).await {
        Ok(response) => response,
        Err(problem) => ApiError(problem).into_response(),
    }
}

async fn run_once(web: &Web, request: Request, next: Next) -> Result<Response, Problem> {
    let key = read_key(request.headers())?;
    let (mut parts, body) = request.into_parts();
    let Some(caller) = gate::authenticate(&mut parts, web).await? else {
        return Ok(next.run(Request::from_parts(parts, body)).await);
    };
    let credentials = Credentials::in_request(&parts.headers, &parts.extensions);
    let key = scoped(&key, caller, &credentials);
    let body = collect(body, web.config.body_limit).await?;
    let hash = Sha256::new()
        .chain_update(parts.method.as_str())
        .chain_update(b"\n")
        .chain_update(parts.uri.path_and_query().map_or("", |path| path.as_str()))
        .chain_update(b"\n")
        .chain_update(&body)
        .finalize();
    let lock = Lock { user: caller.user, key, attempt: bellwether_kernel::id::uuid_v7(&web.clock, &web.rng) };
    match take(web, &lock, &hash).await? {
        Taken::Ours => {}
        Taken::Answered(response) => {
            if let Some(organization) = organization_of(parts.uri.path()) {
                web.gate.enter(&credentials, organization, None).await?;
            }
            return Ok(response);
        }
        Taken::Running => {
            let problem = Problem::new(
                Kind::Conflict,
                "idempotency_in_progress",
                "The request with this Idempotency-Key is still being answered. Ask again in a moment.",
            );
            return Err(problem.retry_after(1));
        }
        Taken::Other => {
            return Err(Problem::new(
                Kind::Invalid,
                "idempotency_key_reused",
                "This Idempotency-Key was used for another request. Make a new key for each request.",
            ));
        }
    }
    let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.clone());
    let answer = next.run(Request::from_parts(parts, Body::from(body)));
    let attempt = finish(web.clone(), lock.clone(), request_id, answer).in_current_span();
    match tokio::spawn(attempt).await {
        Ok(outcome) => outcome,
        Err(panic) => {
            release(&web.store, &lock).await?;
            Err(problems::internal(panic))
        }
    }
}

/// Waits for the answer and keeps it.
async fn finish(
    web: Web,
    lock: Lock,
    request_id: Option<String>,
    answer: impl Future<Output = Response>,
) -> Result<Response, Problem> {
    let mut response = answer.await;
    // the problem is written with its request id now: a replay tells the id of the request that was carried out
    if let Some(Raised(problem)) = response.extensions().get::<Raised>()
        && problem.kind != Kind::Internal
    {
        let raised = Raised(problem.clone());
        let mut written = render(&raised.0, status(raised.0.kind), request_id.as_deref());
        written.extensions_mut().extend(response.extensions().clone());
        response = written;
    }
    if response.status().is_server_error() || response.status() == StatusCode::TOO_MANY_REQUESTS {
        release(&web.store, &lock).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let bytes = match collect(body, usize::MAX).await {
        Ok(bytes) => bytes,
        Err(problem) => {
            release(&web.store, &lock).await?;
            return Err(problem);
        }
    };
    let kept = parts.extensions.get::<ShownOnce>().map_or(&bytes, |without| &without.0);
    keep(&web, &lock, parts.status, &parts.headers, kept).await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn read_key(headers: &HeaderMap) -> Result<String, Problem> {
    let mut values = headers.get_all(HEADER).iter();
    let first = values.next().and_then(|value| value.to_str().ok()).map(str::trim).unwrap_or_default();
    let sane =
        (1..=255).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    if !sane || values.next().is_some() {
        return Err(Problem::new(
            Kind::Malformed,
            "invalid_idempotency_key",
            "Idempotency-Key must be one value of 1 to 255 visible ASCII characters, e.g. a UUID.",
        ));
    }
    Ok(first.to_owned())
}

/// The key as it is kept: hashed together with what was shown at the door, so that no other session or API key of the
/// same person meets it. Hashed, since both together may be too long for the column.
fn scoped(key: &str, caller: Caller, credentials: &Credentials) -> String {
    let shown = match (caller.session, credentials) {
        // its token may be renewed between two tries
        (Some(session), _) => session.to_string(),
        (None, Credentials::Key(used)) => match &used.shown {
            Shown::Token(token) => token.clone(),
            Shown::Signed(signed) => signed.key.clone(),
        },
        (None, _) => String::new(),
    };
    let hash = Sha256::new().chain_update(shown).chain_update(b"\n").chain_update(key).finalize();
    bellwether_kernel::hex(&hash)
}

/// The organization that a path is about: what follows `organizations`, where the path begins so.
fn organization_of(path: &str) -> Option<&str> {
    path.strip_prefix("/api/v1/organizations/")?.split('/').next().filter(|name| !name.is_empty())
}

pub(crate) async fn collect(body: Body, limit: usize) -> Result<Bytes, Problem> {
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(problems::too_large(limit)),
        Err(_) => Err(Problem::new(Kind::Malformed, "unreadable_body", "The request's body broke off.")),
    }
}

/// Takes the key, or tells what became of it.
async fn take(web: &Web, lock: &Lock, hash: &[u8]) -> Result<Taken, Problem> {
    let now = web.clock.now();
    // twice the longest that an attempt may take: its end is waited for, then it is given up as crashed
    let alive =
        now + chrono::Duration::from_std(web.config.timeout * 2).unwrap_or(chrono::Duration::minutes(1));
    // a release between the two statements makes the key free again: then once more
    for _ in 0..3 {
        let mut tx = web.store.service("take an idempotency key").await?;
        let ours = sql::insert(&mut tx, lock, hash, now, alive, now + KEPT).await.map_err(Error::from)?;
        let found = if ours { None } else { sql::find(&mut tx, lock).await.map_err(Error::from)? };
        tx.commit().await?;
        match found {
            None if ours => return Ok(Taken::Ours),
            None => {}
            Some(row) if row.request_hash != hash => return Ok(Taken::Other),
            Some(KeyRow { status: Some(status), headers: Some(headers), body: Some(body), .. }) => {
                return Ok(Taken::Answered(replay(status, &headers.0, body)?));
            }
            Some(_) => return Ok(Taken::Running),
        }
    }
    Ok(Taken::Running)
}

fn replay(status: i16, headers: &[(String, String)], body: Vec<u8>) -> Result<Response, Problem> {
    let status = u16::try_from(status).ok().and_then(|code| StatusCode::from_u16(code).ok());
    let mut response =
        (status.ok_or_else(|| problems::internal("a stored status is none"))?, body).into_response();
    response.headers_mut().remove(header::CONTENT_TYPE);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    let replayed = HeaderName::from_static("idempotency-replayed");
    response.headers_mut().insert(replayed, HeaderValue::from_static("true"));
    Ok(response)
}

async fn keep(
    web: &Web,
    lock: &Lock,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(), Problem> {
    let headers: Vec<(String, String)> = KEPT_HEADERS
        .iter()
        .filter_map(|name| Some((name.as_str().to_owned(), headers.get(name)?.to_str().ok()?.to_owned())))
        .collect();
    let status = i16::try_from(status.as_u16()).unwrap_or(i16::MAX);
    let mut tx = web.store.service("keep the answer of an idempotency key").await?;
    sql::update(&mut tx, lock, status, headers, body).await.map_err(Error::from)?;
    Ok(tx.commit().await?)
}

async fn release(store: &Store, lock: &Lock) -> Result<(), Problem> {
    let mut tx = store.service("release an idempotency key").await?;
    sql::delete(&mut tx, lock).await.map_err(Error::from)?;
    Ok(tx.commit().await?)
}

/// Deletes answers past their day; returns how many. For a nightly job.
pub async fn purge(store: &Store, now: Timestamp) -> Result<u64, Error> {
    let mut tx = store.service("delete old idempotency keys").await?;
    let deleted = sql::delete_expired(&mut tx, now).await?;
    tx.commit().await?;
    Ok(deleted)
}
