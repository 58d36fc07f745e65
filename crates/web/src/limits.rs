//! Rate limits: token buckets in this process, by person or address, in bounded memory.
//!
//! Every request under `/api` takes from the caller's default bucket; routes that cost more also take from the bucket
//! of their [`Class`]. A request counts for the person when its token has been seen to be theirs, else for its
//! address: made-up tokens gain nothing. Each process counts alone, so `n` copies of the program allow `n` times as
//! much; the limits guard the machine, quotas guard the plans. (API keys have a limit by the hour besides, counted in the
//! database over all processes: see `keys`.)

use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use bellwether_kernel::{Clock, Kind, Problem, Timestamp, id::UserId};
use futures::future::BoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::{Digest as _, Sha256};
use tower::{Layer, Service};

use crate::{ApiError, Credentials, Web, bearing};

/// What a request costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Reading and small changes; every request under `/api` counts here.
    Default,
    /// Signing in and up: what guesses passwords.
    Auth,
    /// Asking for drafts: what costs models and processor time.
    Generate,
}

/// So many requests in so much time; all of them at once if saved up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub requests: u32,
    /// In what time.
    pub per: Duration,
}

impl Rate {
    /// So many a minute.
    pub const fn per_minute(requests: u32) -> Self {
        Self { requests, per: Duration::from_mins(1) }
    }
}

/// Rates by class; none means no limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// [`Class::Default`].
    pub default: Option<Rate>,
    /// [`Class::Auth`].
    pub auth: Option<Rate>,
    /// [`Class::Generate`].
    pub generate: Option<Rate>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            default: Some(Rate::per_minute(600)),
            auth: Some(Rate::per_minute(10)),
            generate: Some(Rate::per_minute(30)),
        }
    }
}

impl Limits {
    /// No limits at all.
    pub const fn none() -> Self {
        Self { default: None, auth: None, generate: None }
    }

    const fn of(&self, class: Class) -> Option<Rate> {
        match class {
            Class::Default => self.default,
            Class::Auth => self.auth,
            Class::Generate => self.generate,
        }
    }
}

/// Whom a request counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A person.
    User(UserId),
    /// An address; of IPv6 the network of 64 bits, which is what one customer gets at least.
    Address(IpAddr),
    /// A connection without an address.
    Unknown,
}

/// What a bucket said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Whether the request may go on.
    pub allowed: bool,
    /// Requests that a full bucket holds.
    pub limit: u32,
    /// Requests left.
    pub remaining: u32,
    /// Seconds until the bucket is full again.
    pub reset: u64,
    /// Seconds until the next request may go on; 0 when one may now.
    pub retry_after: u64,
}

/// Entries kept at most in each of the two halves of a table.
const HALF: usize = 16_384;

/// A map that forgets what was not used for longest: a new half is begun when one is full, and the older is dropped.
struct Recent<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    half: usize,
}

impl<K: Eq + Hash, V> Recent<K, V> {
    fn new(half: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), half }
    }

    fn take(&mut self, key: &K) -> Option<V> {
        self.young.remove(key).or_else(|| self.old.remove(key))
    }

    fn get(&self, key: &K) -> Option<&V> {
        self.young.get(key).or_else(|| self.old.get(key))
    }

    fn put(&mut self, key: K, value: V) {
        if self.young.len() >= self.half {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

struct Bucket {
    tokens: f64,
    at: Timestamp,
}

type TokenHash = [u8; 16];

/// The buckets of this process.
pub struct Limiter {
    limits: Limits,
    clock: Clock,
    buckets: Mutex<Recent<(Class, Subject), Bucket>>,
    tokens: Mutex<Recent<TokenHash, UserId>>,
}

impl Limiter {
    pub(crate) fn new(limits: Limits, clock: Clock) -> Self {
        let (buckets, tokens) = (Mutex::new(Recent::new(HALF)), Mutex::new(Recent::new(HALF)));
        Self { limits, clock, buckets, tokens }
    }

    /// Takes one request from a bucket; none when the class has no limit.
    pub fn take(&self, class: Class, subject: Subject) -> Option<Decision> {
        let rate = self.limits.of(class)?;
        let now = self.clock.now();
        let full = f64::from(rate.requests);
        let per_second = full / rate.per.as_secs_f64().max(f64::EPSILON);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (class, subject);
        let tokens = match buckets.take(&key) {
            None => full,
            Some(bucket) => {
                let elapsed = (now - bucket.at).num_microseconds().unwrap_or(i64::MAX).max(0) as f64 / 1e6;
                (bucket.tokens + elapsed * per_second).min(full)
            }
        };
        let allowed = tokens >= 1.0;
        let left = if allowed { tokens - 1.0 } else { tokens };
        buckets.put(key, Bucket { tokens: left, at: now });
        let seconds = |missing: f64| (missing / per_second).ceil().max(0.0) as u64;
        Some(Decision {
            allowed,
            limit: rate.requests,
            remaining: left as u32,
            reset: seconds(full - left),
            retry_after: if allowed { 0 } else { seconds(1.0 - left).max(1) },
        })
    }

    /// Remembers whose token it is, or that it is nobody's.
    pub(crate) fn know(&self, token: TokenHash, user: Option<UserId>) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        match user {
            Some(user) if tokens.get(&token) == Some(&user) => {}
            Some(user) => tokens.put(token, user),
            None => {
                tokens.take(&token);
            }
        }
    }

    /// Whom a request counts for.
    pub(crate) fn subject(&self, credentials: &Credentials, address: Option<IpAddr>) -> Subject {
        let known = credentials.token().and_then(|token| {
            let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
            tokens.get(&token_hash(token)).copied()
        });
        match (known, address) {
            (Some(user), _) => Subject::User(user),
            (None, Some(address)) => Subject::Address(network(address)),
            (None, None) => Subject::Unknown,
        }
    }
}

/// Tokens are kept as hashes, as everywhere.
pub(crate) fn token_hash(token: &str) -> TokenHash {
    let digest = Sha256::digest(token.as_bytes());
    let mut out = [0; 16];
    out.copy_from_slice(&digest[..16]);
    out
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let bits = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(bits))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Takes a request from the bucket of a class for whoever sent it.
pub(crate) fn charge(web: &Web, class: Class, request: &Request) -> Option<Decision> {
    let address =
        bearing::client_address(request.extensions(), request.headers(), &web.config.trusted_proxies);
    let subject = web.limiter.subject(&Credentials::of(request.headers()), address);
    web.limiter.take(class, subject)
}

/// The refusal of a request that came too often.
pub(crate) fn refuse(web: &Web, decision: Decision) -> Response {
    web.metrics.rate_limited();
    let problem = Problem::new(
        Kind::RateLimited,
        "rate_limited",
        format!("Too many requests; go on in {} s.", decision.retry_after),
    );
    let mut response = ApiError(problem.retry_after(decision.retry_after)).into_response();
    keep(&mut response, decision);
    response
}

/// Leaves a decision on an answer; the tightest is told to the client.
pub(crate) fn keep(response: &mut Response, decision: Decision) {
    let tighter =
        response.extensions().get::<Decision>().is_none_or(|other| decision.remaining < other.remaining);
    if tighter {
        response.extensions_mut().insert(decision);
    }
}

/// Leaves a decision on an answer, whatever else was left.
pub(crate) fn replace(response: &mut Response, decision: Decision) {
    response.extensions_mut().insert(decision);
}

/// Writes a decision into the headers of an answer.
pub(crate) fn write(decision: Decision, headers: &mut HeaderMap) {
    headers.insert(HeaderName::from_static("ratelimit-limit"), HeaderValue::from(decision.limit));
    headers.insert(HeaderName::from_static("ratelimit-remaining"), HeaderValue::from(decision.remaining));
    headers.insert(HeaderName::from_static("ratelimit-reset"), HeaderValue::from(decision.reset));
}

/// Puts a route into a class: `routes!(create).layer(limit(Class::Generate))`.
pub fn limit(class: Class) -> LimitLayer {
    LimitLayer(class)
}

/// Made by [`limit`].
#[derive(Debug, Clone, Copy)]
pub struct LimitLayer(Class);

impl<S> Layer<S> for LimitLayer {
    type Service = LimitService<S>;
    fn layer(&self, inner: S) -> LimitService<S> {
        LimitService { class: self.0, inner }
    }
}

/// Made by [`limit`].
#[derive(Debug, Clone)]
pub struct LimitService<S> {
    class: Class,
    inner: S,
}

impl<S> Service<Request> for LimitService<S>
where
    S: Service<Request, Response = Response>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // the edge leaves the state on every request; a router tested without it has no limits
        let web = request.extensions().get::<Web>().cloned();
        let decision = web.as_ref().and_then(|web| charge(web, self.class, &request));
        if let (Some(web), Some(decision)) = (&web, decision)
            && !decision.allowed
        {
            let response = refuse(web, decision);
            return Box::pin(async move { Ok(response) });
        }
        let answer = self.inner.call(request);
        Box::pin(async move {
            let mut response = answer.await?;
            if let Some(decision) = decision {
                keep(&mut response, decision);
            }
            Ok(response)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(requests: u32) -> (Limiter, Clock) {
        let clock = Clock::manual("2026-01-01T00:00:00Z".parse().unwrap());
        let limits = Limits { default: Some(Rate::per_minute(requests)), ..Limits::none() };
        (Limiter::new(limits, clock.clone()), clock)
    }

    #[test]
    fn a_bucket_empties_and_fills_with_time() {
        let (limiter, clock) = limiter(2);
        let take = || limiter.take(Class::Default, Subject::Unknown).unwrap();
        assert_eq!((take().remaining, take().remaining), (1, 0));
        let refused = take();
        assert_eq!((refused.allowed, refused.retry_after, refused.reset), (false, 30, 60));
        clock.advance(chrono::Duration::seconds(30));
        assert!(take().allowed);
        assert!(!take().allowed);
        clock.advance(chrono::Duration::hours(1));
        assert_eq!(take().remaining, 1);
    }

    #[test]
    fn classes_and_subjects_have_their_own_buckets() {
        let (limiter, _) = limiter(1);
        let address = |text: &str| Subject::Address(network(text.parse().unwrap()));
        assert!(limiter.take(Class::Default, address("1.1.1.1")).unwrap().allowed);
        assert!(!limiter.take(Class::Default, address("1.1.1.1")).unwrap().allowed);
        assert!(limiter.take(Class::Default, address("1.1.1.2")).unwrap().allowed);
        assert!(limiter.take(Class::Auth, address("1.1.1.1")).is_none());
        assert!(limiter.take(Class::Default, address("2001:db8::1")).unwrap().allowed);
        assert!(!limiter.take(Class::Default, address("2001:db8::ffff:1")).unwrap().allowed);
    }

    #[test]
    fn a_token_counts_for_its_person_once_known() {
        let (limiter, clock) = limiter(1);
        let user = UserId::new(&clock, &bellwether_kernel::Rng::seeded(1));
        let credentials = Credentials::Cookie("t".into());
        assert_eq!(limiter.subject(&credentials, None), Subject::Unknown);
        limiter.know(token_hash("t"), Some(user));
        assert_eq!(limiter.subject(&credentials, None), Subject::User(user));
        limiter.know(token_hash("t"), None);
        assert_eq!(limiter.subject(&credentials, None), Subject::Unknown);
    }

    #[test]
    fn memory_is_bounded_and_what_is_used_stays() {
        let mut recent = Recent::new(10);
        recent.put(0, 0);
        for key in 1..1000 {
            let kept = recent.take(&0).unwrap();
            recent.put(0, kept);
            recent.put(key, key);
        }
        assert!(recent.young.len() + recent.old.len() <= 20);
    }
}
