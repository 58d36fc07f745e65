//! A server of Bluesky's protocol with a few accounts, as strict as the lexicons `com.atproto.server.*`, `com.atproto.repo.*`
//! and `app.bsky.feed.*`, and as unreliable as a network can be: it takes posts and says nothing, or says 500; it is slow,
//! it limits, and its tokens end after eight seconds. Renewal tokens are good once.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, Query, State},
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse as _, Response},
};
use bellwether_kernel::{Clock, Rng};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Accounts: to each of them goes one post in two seconds at most.
pub const ACCOUNTS: usize = 5;
pub const PASSWORD: &str = "abcd-efgh-ijkl-mnop";
const POST: &str = "app.bsky.feed.post";
/// How long an access token lives.
const TOKEN: Duration = Duration::from_secs(8);
/// How much later than the repository the index of feeds knows of a post.
const LAG: Duration = Duration::from_secs(1);

/// A post as the repository has it.
#[derive(Clone)]
pub struct Record {
    pub uri: String,
    pub text: String,
    cid: String,
    value: Value,
    at: Instant,
}

/// The tokens of an account that are good: for calls, since when, and for the next ones.
struct Session {
    access: String,
    since: Instant,
    renewal: String,
}

struct Kept {
    dice: Rng,
    calm: bool,
    sessions: BTreeMap<String, Session>,
    tokens: u64,
    /// By account and key.
    records: BTreeMap<(String, String), Record>,
    tally: BTreeMap<&'static str, usize>,
}

#[derive(Clone)]
pub struct Pds {
    pub url: String,
    kept: Arc<Mutex<Kept>>,
}

/// What becomes of a post that comes.
enum Fate {
    Usual,
    TakenThenSilent,
    TakenThenBroken,
    Broken,
    Limited { said: bool },
    Slow,
}

impl Pds {
    pub async fn start(seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let kept = Kept {
            dice: Rng::seeded(seed),
            calm: false,
            sessions: BTreeMap::new(),
            tokens: 0,
            records: BTreeMap::new(),
            tally: BTreeMap::new(),
        };
        let pds = Self { url, kept: Arc::new(Mutex::new(kept)) };
        let router = Router::new().route("/xrpc/{name}", axum::routing::any(answer)).with_state(pds.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        pds
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap()
    }

    /// From now on it limits nobody: whoever isn't told until when waits for a quarter of an hour.
    pub fn calm(&self) {
        self.kept().calm = true;
    }

    /// All that was posted.
    pub fn records(&self) -> Vec<Record> {
        self.kept().records.values().cloned().collect()
    }

    /// What it did to its callers.
    pub fn tally(&self) -> BTreeMap<&'static str, usize> {
        self.kept().tally.clone()
    }
}

impl Kept {
    fn fate(&mut self) -> Fate {
        match self.dice.below(1_000) {
            0..50 => Fate::TakenThenSilent,
            50..100 => Fate::TakenThenBroken,
            100..130 => Fate::Broken,
            130..140 if !self.calm => Fate::Limited { said: true },
            140..145 if !self.calm => Fate::Limited { said: false },
            145..300 => Fate::Slow,
            _ => Fate::Usual,
        }
    }

    fn count(&mut self, what: &'static str) {
        *self.tally.entry(what).or_default() += 1;
    }

    fn session(&mut self, did: &str) -> Response {
        self.tokens += 1;
        let (access, renewal) = (format!("access-{}", self.tokens), format!("renewal-{}", self.tokens));
        let answer = ok(json!({
            "accessJwt": access, "refreshJwt": renewal, "handle": handle_of(did), "did": did, "active": true,
        }));
        self.sessions.insert(did.to_owned(), Session { access, since: Instant::now(), renewal });
        answer
    }

    /// Whose token it is, if it is still good.
    fn admits(&mut self, bearer: &str) -> Result<String, Box<Response>> {
        let found = self.sessions.iter().find(|(_, session)| session.access == bearer);
        if let Some((did, session)) = found
            && session.since.elapsed() < TOKEN
        {
            return Ok(did.clone());
        }
        if bearer.starts_with("access-") {
            self.count("tokens had ended");
            return Err(refused(400, "ExpiredToken", "Token has expired").into());
        }
        Err(refused(401, "AuthMissing", "Authentication Required").into())
    }

    fn write(&mut self, did: &str, rkey: &str, value: Value) -> Record {
        let record = Record {
            uri: format!("at://{did}/{POST}/{rkey}"),
            text: value["text"].as_str().unwrap().to_owned(),
            cid: format!("bafy{rkey}"),
            value,
            at: Instant::now(),
        };
        self.records.insert((did.to_owned(), rkey.to_owned()), record.clone());
        record
    }

    /// What is wrong with a post, by its lexicon.
    fn fault(&self, did: &str, body: &Value) -> Option<String> {
        let known = ["repo", "collection", "rkey", "validate", "record", "swapRecord", "swapCommit"];
        let fields = body.as_object()?;
        if let Some(odd) = fields.keys().find(|name| !known.contains(&name.as_str())) {
            return Some(format!("Input has an unexpected {odd}"));
        }
        if body["repo"] != did || body["collection"] != POST {
            return Some("Not your repository, or not a post".to_owned());
        }
        let record = &body["record"];
        let text = record["text"].as_str()?;
        if record["$type"] != POST || text.chars().count() > 300 {
            return Some("Record/text must not be longer than 300 graphemes".to_owned());
        }
        if record["createdAt"].as_str().and_then(|at| chrono::DateTime::parse_from_rfc3339(at).ok()).is_none()
        {
            return Some("Record/createdAt must be an valid atproto datetime".to_owned());
        }
        let strong = |name: &str| {
            let named = &record["reply"][name];
            self.records
                .values()
                .any(|one| named["uri"] == one.uri.as_str() && named["cid"] == one.cid.as_str())
        };
        let is_whole = record["reply"].is_null() || (strong("root") && strong("parent"));
        (!is_whole).then(|| "Record/reply names what isn't there".to_owned())
    }
}

/// `chaos1.test` is `did:plc:chaos1`.
pub fn handle_of(did: &str) -> String {
    format!("{}.test", did.trim_start_matches("did:plc:"))
}

fn ok(body: Value) -> Response {
    axum::Json(body).into_response()
}

fn refused(status: u16, error: &str, message: &str) -> Response {
    let body = axum::Json(json!({ "error": error, "message": message }));
    (StatusCode::from_u16(status).unwrap(), body).into_response()
}

fn broken() -> Response {
    refused(500, "InternalServerError", "Internal Server Error")
}

/// An answer that breaks off after its head.
fn silent() -> Response {
    let cut = futures::stream::iter([Err::<Bytes, _>(std::io::Error::other("cut"))]);
    Body::from_stream(cut).into_response()
}

async fn answer(
    State(pds): State<Pds>,
    method: Method,
    Path(name): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Response {
    let bearer = headers.get("authorization").and_then(|value| value.to_str().ok());
    let bearer = bearer.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default().to_owned();
    let body: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    let posting = method == Method::POST;
    let dot = name.rsplit('.').next().unwrap();
    let of = |parent: &str, wanted: Method| name == format!("{parent}.{dot}") && method == wanted;
    let (server, repo) = ("com.atproto.server", "com.atproto.repo");
    match dot {
        "createSession" if of(server, Method::POST) => {
            let name = body["identifier"].as_str().unwrap_or_default();
            let name = name.trim_start_matches("did:plc:").trim_end_matches(".test");
            let number = name.strip_prefix("chaos").and_then(|number| number.parse::<usize>().ok());
            if body["password"] != PASSWORD || number.is_none_or(|number| number >= ACCOUNTS) {
                return refused(401, "AuthenticationRequired", "Invalid identifier or password");
            }
            let mut kept = pds.kept();
            kept.count("signed in by password");
            kept.session(&format!("did:plc:{name}"))
        }
        "refreshSession" if of(server, Method::POST) => {
            let mut kept = pds.kept();
            let whose = kept.sessions.iter().find(|(_, session)| session.renewal == bearer);
            let Some(did) = whose.map(|(did, _)| did.clone()) else {
                kept.count("renewal tokens refused");
                return refused(400, "ExpiredToken", "Token has been revoked");
            };
            kept.count("sessions renewed");
            kept.session(&did)
        }
        "getProfile" if of("app.bsky.actor", Method::GET) => {
            let did = query.get("actor").cloned().unwrap_or_default();
            let counts =
                json!({ "did": did, "handle": handle_of(&did), "followersCount": 1, "followsCount": 1 });
            ok(counts)
        }
        "putRecord" if of(repo, Method::POST) => put(&pds, &bearer, &body).await,
        "getRecord" if of(repo, Method::GET) => {
            let kept = pds.kept();
            let named = |name: &str| query.get(name).cloned().unwrap_or_default();
            match kept.records.get(&(named("repo"), named("rkey"))) {
                Some(record) => ok(json!({ "uri": record.uri, "cid": record.cid, "value": record.value })),
                None => refused(400, "RecordNotFound", "Could not locate record"),
            }
        }
        "getAuthorFeed" if of("app.bsky.feed", Method::GET) => {
            let mut kept = pds.kept();
            if let Err(refusal) = kept.admits(&bearer) {
                return *refusal;
            }
            let actor = query.get("actor");
            let theirs = kept.records.iter().filter(|((did, _), _)| Some(did) == actor);
            let known = theirs.map(|(_, record)| record).filter(|record| record.at.elapsed() > LAG);
            let mut known: Vec<Record> = known.cloned().collect();
            known.sort_by_key(|record| std::cmp::Reverse(record.at));
            known.truncate(100);
            let feed: Vec<Value> = known
                .iter()
                .map(|record| json!({ "post": { "uri": record.uri, "cid": record.cid, "record": record.value } }))
                .collect();
            ok(json!({ "feed": feed }))
        }
        _ if posting => refused(501, "MethodNotImplemented", "Method Not Implemented"),
        _ => refused(404, "XRPCNotSupported", "XRPCNotSupported"),
    }
}

async fn put(pds: &Pds, bearer: &str, body: &Value) -> Response {
    let (did, fate) = {
        let mut kept = pds.kept();
        let did = match kept.admits(bearer) {
            Ok(did) => did,
            Err(refusal) => return *refusal,
        };
        if let Some(fault) = kept.fault(&did, body) {
            kept.count("posts refused for what they are");
            return refused(400, "InvalidRequest", &fault);
        }
        (did, kept.fate())
    };
    if matches!(fate, Fate::Slow) {
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    let mut kept = pds.kept();
    match fate {
        Fate::Broken => {
            kept.count("said 500 and took nothing");
            return broken();
        }
        Fate::Limited { said } => {
            kept.count(if said { "said 429 and until when" } else { "said 429" });
            let mut refusal = refused(429, "RateLimitExceeded", "Rate Limit Exceeded");
            if said {
                let reset = Clock::system().now().timestamp() + 2;
                refusal.headers_mut().insert("ratelimit-remaining", 0.into());
                refusal.headers_mut().insert("ratelimit-reset", reset.into());
            }
            return refusal;
        }
        Fate::Usual | Fate::Slow | Fate::TakenThenSilent | Fate::TakenThenBroken => {}
    }
    let rkey = body["rkey"].as_str().unwrap_or_default();
    let only_new = body.get("swapRecord").is_some_and(Value::is_null);
    if rkey.is_empty() || (only_new && kept.records.contains_key(&(did.clone(), rkey.to_owned()))) {
        kept.count("second tries refused");
        return refused(400, "InvalidSwap", "Record was at another cid");
    }
    let record = kept.write(&did, rkey, body["record"].clone());
    match fate {
        Fate::TakenThenSilent => {
            kept.count("took it and fell silent");
            silent()
        }
        Fate::TakenThenBroken => {
            kept.count("took it and said 500");
            broken()
        }
        _ => ok(json!({ "uri": record.uri, "cid": record.cid })),
    }
}
