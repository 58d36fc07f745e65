//! API keys at the door: what of a request shows one, and what a signed request says.
//!
//! A key travels as `Authorization: Bearer bw_…`. A key that signs stays with the program: `Authorization:
//! Bellwether-HMAC-SHA256 key_…` names it, and the signature covers method, path, time, a nonce and the body. Which keys
//! there are, and what they may, the identity context knows; this is what it needs to see of the request.

use std::{fmt, sync::Arc};

use axum::{body::Body, extract::Request, response::Response};
use bellwether_kernel::{Kind, Problem, RequestContext};
use http::{HeaderMap, header};
use sha2::{Digest as _, Sha256};
use tokio::sync::OnceCell;

use crate::{
    Web, bearing, idempotency,
    limits::{self, Decision},
};

/// What the text of a key begins with.
pub const PREFIX: &str = "bw_";
/// How long the text of a key is.
pub const LENGTH: usize = 52;
/// The scheme of `Authorization` for signed requests; the id of the key follows.
pub const SCHEME: &str = "Bellwether-HMAC-SHA256";
/// Seconds since 1970 at which a request was signed.
pub const TIMESTAMP: &str = "bellwether-timestamp";
/// What makes a signed request the only one of its kind.
pub const NONCE: &str = "bellwether-nonce";
/// HMAC-SHA256 of [`SignedRequest::message`], in lowercase hexadecimal.
pub const SIGNATURE: &str = "bellwether-signature";

/// Whether a bearer token has the shape of a key. (Sessions' tokens are shorter.)
pub fn is_key(token: &str) -> bool {
    token.len() == LENGTH && token.starts_with(PREFIX)
}

/// A request that was signed, as it came.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedRequest {
    /// The id of the key.
    pub key: String,
    /// When it was signed, by the signer's clock.
    pub timestamp: String,
    /// The nonce.
    pub nonce: String,
    /// The signature.
    pub signature: String,
    /// The method.
    pub method: String,
    /// The path and query, as they were sent.
    pub target: String,
    /// SHA-256 of the body, in lowercase hexadecimal.
    pub body: String,
}

impl SignedRequest {
    /// What is signed: five lines without an end of line after the last.
    pub fn message(&self) -> String {
        format!("{}\n{}\n{}\n{}\n{}", self.method, self.target, self.timestamp, self.nonce, self.body)
    }
}

/// How a key was shown.
#[derive(Clone, PartialEq, Eq)]
pub enum Shown {
    /// Itself.
    Token(String),
    /// By a signature.
    Signed(Box<SignedRequest>),
}

/// A key in a request. One for each request, whoever asks how often: it is counted once.
pub struct KeyUse {
    /// How it was shown.
    pub shown: Shown,
    /// Where the request comes from.
    pub context: RequestContext,
    /// Method and path.
    pub endpoint: String,
    admission: OnceCell<Result<Decision, Problem>>,
}

impl KeyUse {
    /// Lets the request in once: `admit` counts it and recognises repetitions, and is asked the first time only. The
    /// answer stands for the rest of the request.
    pub async fn admit(
        &self,
        admit: impl Future<Output = Result<Decision, Problem>> + Send,
    ) -> Result<(), Problem> {
        let decision = self.admission.get_or_init(|| admit).await.clone()?;
        if decision.allowed {
            return Ok(());
        }
        let detail = format!(
            "The key has used up its {} requests of this hour; go on in {} s, or raise the key's hourly limit.",
            decision.limit, decision.retry_after
        );
        Err(Problem::new(Kind::RateLimited, "key_limit_reached", detail).retry_after(decision.retry_after))
    }

    /// Whether it was let in already: who asks again, as a stream does every minute, needs no fresh signature.
    pub fn was_admitted(&self) -> bool {
        self.decision().is_some_and(|decision| decision.allowed)
    }

    /// What the hourly limit said, once it was asked.
    pub(crate) fn decision(&self) -> Option<Decision> {
        self.admission.get().and_then(|answer| answer.as_ref().ok()).copied()
    }
}

impl fmt::Debug for KeyUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.shown {
            Shown::Token(_) => "KeyUse(token …)",
            Shown::Signed(_) => "KeyUse(signed …)",
        })
    }
}

/// Whether a request says that it is signed. No browser does so on its own.
pub(crate) fn says_signed(headers: &HeaderMap) -> bool {
    authorization(headers).is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case(SCHEME))
}

fn authorization(headers: &HeaderMap) -> Option<(&str, &str)> {
    let (scheme, rest) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    Some((scheme, rest.trim()))
}

/// Leaves the key of a request, if it shows one, where the door finds it. The body of a signed one is read for that.
pub(crate) async fn recognise(
    web: &Web,
    mut request: Request,
) -> Result<(Request, Option<Arc<KeyUse>>), Problem> {
    let Some(mut shown) = shown(&request)? else { return Ok((request, None)) };
    if let Shown::Signed(signed) = &mut shown {
        let (parts, body) = request.into_parts();
        let body = idempotency::collect(body, web.config.body_limit).await?;
        signed.body = bellwether_kernel::hex(&Sha256::digest(&body));
        request = Request::from_parts(parts, Body::from(body));
    }
    let context = bearing::context(request.extensions(), request.headers(), &web.config.trusted_proxies);
    let endpoint = format!("{} {}", request.method(), request.uri().path());
    let key = Arc::new(KeyUse { shown, context, endpoint, admission: OnceCell::new() });
    request.extensions_mut().insert(Arc::clone(&key));
    Ok((request, Some(key)))
}

/// The key that a request shows; of a signed one all but its body.
fn shown(request: &Request) -> Result<Option<Shown>, Problem> {
    let headers = request.headers();
    let Some((scheme, rest)) = authorization(headers) else { return Ok(None) };
    if scheme.eq_ignore_ascii_case("bearer") && is_key(rest) {
        return Ok(Some(Shown::Token(rest.to_owned())));
    }
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return Ok(None);
    }
    let header = |name: &'static str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        value.ok_or_else(|| {
            let detail = format!("A signed request needs the headers {TIMESTAMP}, {NONCE} and {SIGNATURE}.");
            Problem::new(Kind::Malformed, "signature_incomplete", detail).at(
                name,
                "missing_field",
                "Send this header.",
            )
        })
    };
    Ok(Some(Shown::Signed(Box::new(SignedRequest {
        key: rest.to_owned(),
        timestamp: header(TIMESTAMP)?,
        nonce: header(NONCE)?,
        signature: header(SIGNATURE)?,
        method: request.method().as_str().to_owned(),
        target: request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        body: String::new(),
    }))))
}

/// Tells the client what its key has left; nothing else is tighter for it.
pub(crate) fn tell(key: Option<&KeyUse>, response: &mut Response) {
    if let Some(decision) = key.and_then(KeyUse::decision) {
        limits::replace(response, decision);
        response.extensions_mut().insert(Told);
    }
}

/// On an answer that tells of a key's own limit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_is_what_the_documentation_says() {
        let signed = SignedRequest {
            key: "key_x".into(),
            timestamp: "1764000000".into(),
            nonce: "0123456789abcdef".into(),
            signature: String::new(),
            method: "POST".into(),
            target: "/api/v1/organizations/acme?x=1".into(),
            body: bellwether_kernel::hex(&Sha256::digest(b"{}")),
        };
        assert_eq!(
            signed.message(),
            "POST\n/api/v1/organizations/acme?x=1\n1764000000\n0123456789abcdef\n\
             44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        );
    }

    #[test]
    fn a_session_is_no_key() {
        assert!(is_key(&format!("bw_{}", "x".repeat(49))));
        assert!(!is_key(&format!("bw_{}", "x".repeat(40))));
    }
}
