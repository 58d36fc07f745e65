//! The door: who asks, and may they in. The identity context opens it; the extractors here are what handlers name
//! in their arguments, so that an operation without a permission can't be written by accident.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use async_trait::async_trait;
use axum::extract::{FromRequestParts, RawPathParams};
use bellwether_kernel::{
    Access, BrandAccess, Kind, Problem, RequestContext,
    id::{BrandId, SessionId, UserId},
};
use http::{Extensions, HeaderMap, header, request::Parts};

use crate::{
    ApiError, Web, cookies,
    error::problems,
    keys::{KeyUse, Shown},
    known::Answer,
    limits,
};

/// What a request shows at the door.
#[derive(Clone)]
pub enum Credentials {
    /// Nothing.
    Nobody,
    /// The session's cookie.
    Cookie(String),
    /// `Authorization: Bearer …`.
    Bearer(String),
    /// An API key, itself or by a signature.
    Key(Arc<KeyUse>),
}

impl Credentials {
    /// What a request's headers show. A bearer token goes before a cookie: whoever sends one means it.
    pub fn of(headers: &HeaderMap) -> Self {
        let bearer =
            headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| {
                let (scheme, token) = value.split_once(' ')?;
                scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
            });
        match (bearer, cookies::token(headers)) {
            (Some(token), _) => Self::Bearer(token.to_owned()),
            (None, Some(token)) => Self::Cookie(token.to_owned()),
            (None, None) => Self::Nobody,
        }
    }

    /// The same with the key that the edge recognised, which goes before all others.
    pub(crate) fn in_request(headers: &HeaderMap, extensions: &Extensions) -> Self {
        extensions.get::<Arc<KeyUse>>().map_or_else(|| Self::of(headers), |key| Self::Key(Arc::clone(key)))
    }

    /// The secret, whichever way it came. A signed request carries none.
    pub fn token(&self) -> Option<&str> {
        match self {
            Self::Nobody => None,
            Self::Cookie(token) | Self::Bearer(token) => Some(token),
            Self::Key(key) => match &key.shown {
                Shown::Token(token) => Some(token),
                Shown::Signed(_) => None,
            },
        }
    }

    const fn are_none(&self) -> bool {
        matches!(self, Self::Nobody)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nobody => "Credentials::Nobody",
            Self::Cookie(_) => "Credentials::Cookie(…)",
            Self::Bearer(_) => "Credentials::Bearer(…)",
            Self::Key(_) => "Credentials::Key(…)",
        })
    }
}

/// Who asks. As a handler's argument: the operation is about the person, who must be signed in (401 otherwise); an API
/// key, which acts inside its organization only, is refused (403).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The person.
    pub user: UserId,
    /// Their session; none when a key asks for them.
    pub session: Option<SessionId>,
}

/// Who asks, if anybody: for operations that serve both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptionalCaller(pub Option<Caller>);

/// Who came in, and to what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Who.
    pub caller: Caller,
    /// What they may do in the organization.
    pub access: Access,
    /// The brand, when one was asked for.
    pub brand: Option<BrandId>,
}

/// Who runs the installation (404 for everybody else, so that the admin area isn't there for them). Services of the
/// admin area take it as an argument: whoever holds it was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator(pub Caller);

/// Somebody inside the organization of the path's `{org}`, a slug or an id (404 when it can't be seen).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member(pub Access);

/// Somebody inside the brand of the path's `{org}` and `{brand}`, slugs or ids (404 when it can't be seen).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrandMember(pub BrandAccess);

/// Who asks, and may they in. Implemented by the identity context.
#[async_trait]
pub trait Gate: Send + Sync {
    /// Who shows these credentials; none when they are missing, wrong, ended or expired.
    async fn authenticate(&self, credentials: &Credentials) -> Result<Option<Caller>, Problem>;

    /// Lets them into an organization and, when given, a brand (slug or id each). 401 when nobody is signed in, 404
    /// when it isn't there or isn't theirs to see.
    async fn enter(
        &self,
        credentials: &Credentials,
        org: &str,
        brand: Option<&str>,
    ) -> Result<Entry, Problem>;

    /// Whether somebody who was let in runs the installation.
    async fn is_operator(&self, _caller: Caller) -> Result<bool, Problem> {
        Ok(false)
    }

    /// Hears that somebody inside an organization was refused (403) what they asked for.
    fn denied(&self, _access: &Access, _problem: &Problem, _endpoint: &str, _context: &RequestContext) {}
}

/// Who entered an organization in this request, for the edge to know once it is answered.
#[derive(Debug, Default)]
pub(crate) struct Entered(OnceLock<Access>);

impl Entered {
    pub(crate) fn get(&self) -> Option<&Access> {
        self.0.get()
    }
}

/// Who asks, asked once in a request.
pub(crate) async fn authenticate(parts: &mut Parts, web: &Web) -> Result<Option<Caller>, Problem> {
    if let Some(known) = parts.extensions.get::<OptionalCaller>() {
        return Ok(known.0);
    }
    let credentials = Credentials::in_request(&parts.headers, &parts.extensions);
    let caller = if credentials.are_none() { None } else { web.gate.authenticate(&credentials).await? };
    note(web, &credentials, caller);
    parts.extensions.insert(OptionalCaller(caller));
    Ok(caller)
}

/// Tells the rate limits whose token it is, so that the next request counts for the person.
fn note(web: &Web, credentials: &Credentials, caller: Option<Caller>) {
    if let Some(token) = credentials.token() {
        web.limiter.know(limits::token_hash(token), caller.map(|caller| caller.user));
    }
    if let Some(caller) = caller {
        tracing::Span::current().record("user", tracing::field::display(caller.user));
    }
}

async fn enter(parts: &mut Parts, web: &Web, with_brand: bool) -> Result<Entry, Problem> {
    let params = RawPathParams::from_request_parts(parts, web)
        .await
        .map_err(|error| crate::extract::path::unreadable(&error.body_text()))?;
    let param = |name: &str| params.iter().find(|(key, _)| *key == name).map(|(_, value)| value);
    let org = param("org").ok_or_else(|| problems::internal("the route has no {org}"))?;
    let brand = match (with_brand, param("brand")) {
        (true, None) => return Err(problems::internal("the route has no {brand}")),
        (true, brand) => brand,
        (false, _) => None,
    };
    if [Some(org), brand].into_iter().flatten().any(|text| text.contains('\0')) {
        return Err(Problem::not_found("organization"));
    }
    let credentials = Credentials::in_request(&parts.headers, &parts.extensions);
    if credentials.are_none() {
        return Err(problems::unauthenticated());
    }
    let unknown = match web.known.ask(&parts.method, &credentials, (org, brand), web.clock.now()) {
        Answer::In(entry) => return Ok(inside(parts, web, &credentials, entry)),
        Answer::Ask(unknown) => unknown,
    };
    match web.gate.enter(&credentials, org, brand).await {
        Ok(entry) => {
            if let Some(unknown) = &unknown {
                web.known.keep(unknown, &entry, web.clock.now());
            }
            Ok(inside(parts, web, &credentials, entry))
        }
        Err(problem) => {
            if problem.kind == Kind::Unauthenticated {
                note(web, &credentials, None);
            }
            Err(problem)
        }
    }
}

/// Notes in the request who came in.
fn inside(parts: &mut Parts, web: &Web, credentials: &Credentials, entry: Entry) -> Entry {
    note(web, credentials, Some(entry.caller));
    parts.extensions.insert(OptionalCaller(Some(entry.caller)));
    if let Some(entered) = parts.extensions.get::<Arc<Entered>>() {
        // who enters twice in one request is the same both times
        let _ = entered.0.set(entry.access.clone());
    }
    entry
}

impl FromRequestParts<Web> for OptionalCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, ApiError> {
        Ok(Self(authenticate(parts, web).await?))
    }
}

impl FromRequestParts<Web> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, ApiError> {
        let caller = authenticate(parts, web).await?.ok_or_else(problems::unauthenticated)?;
        if caller.session.is_none() {
            let detail = "An API key acts inside its organization; this is about a person. Sign in for it.";
            return Err(Problem::new(Kind::Forbidden, "key_not_accepted", detail).into());
        }
        Ok(caller)
    }
}

impl FromRequestParts<Web> for Credentials {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Self::Rejection> {
        Ok(Self::in_request(&parts.headers, &parts.extensions))
    }
}

impl FromRequestParts<Web> for Operator {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, ApiError> {
        let caller = authenticate(parts, web).await?.ok_or_else(problems::unauthenticated)?;
        if web.gate.is_operator(caller).await? {
            Ok(Self(caller))
        } else {
            Err(Problem::not_found("page").into())
        }
    }
}

impl FromRequestParts<Web> for Member {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, ApiError> {
        Ok(Self(enter(parts, web, false).await?.access))
    }
}

impl FromRequestParts<Web> for BrandMember {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, ApiError> {
        let entry = enter(parts, web, true).await?;
        let brand = entry.brand.ok_or_else(|| Problem::not_found("brand"))?;
        Ok(Self(BrandAccess { access: entry.access, brand }))
    }
}
