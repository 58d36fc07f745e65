//! What is sent and what comes back.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Fault, FaultKind};

/// What a request does at the network, which decides what an unknown end means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: it may be sent again.
    Reads,
    /// Something that nobody sees (an upload, a container): it may be sent again.
    Prepares,
    /// Readers see something: never sent again before it is known that it did not arrive.
    Publishes,
}

/// The method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
    /// `PATCH`.
    Patch,
    /// `DELETE`.
    Delete,
}

impl Method {
    /// As HTTP writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A part of a multipart form.
#[derive(Clone)]
pub struct FormField {
    /// Its name.
    pub name: String,
    /// The file's name, if it is a file.
    pub file_name: Option<String>,
    /// Its type, if it is a file.
    pub content_type: Option<String>,
    /// Its value.
    pub bytes: Bytes,
}

/// What is sent along.
#[derive(Clone)]
pub enum Body {
    /// Nothing.
    None,
    /// JSON.
    Json(Value),
    /// `application/x-www-form-urlencoded`.
    Form(Vec<(String, String)>),
    /// `multipart/form-data`.
    Multipart(Vec<FormField>),
    /// Bytes of a type.
    Bytes {
        /// `image/png` …
        content_type: String,
        /// The bytes.
        bytes: Bytes,
    },
}

/// A request. Its `Debug` shows neither headers nor body: secrets travel in them.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The full address, with its query.
    pub url: String,
    /// Headers by name.
    pub headers: Vec<(String, String)>,
    /// What is sent along.
    pub body: Body,
    /// What it does there.
    pub effect: Effect,
    /// Longest time for all of it; the wire's own when absent (30 s).
    pub timeout: Option<Duration>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // the query may carry a token
        let url = self.url.split('?').next().unwrap_or_default();
        write!(f, "{} {url} ({:?})", self.method.as_str(), self.effect)
    }
}

impl Request {
    /// Reads.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new(Method::Get, url, Effect::Reads)
    }

    /// Any other.
    pub fn new(method: Method, url: impl Into<String>, effect: Effect) -> Self {
        Self { method, url: url.into(), headers: Vec::new(), body: Body::None, effect, timeout: None }
    }

    /// With parameters in its address, encoded here.
    #[must_use]
    pub fn query<'q>(mut self, pairs: impl IntoIterator<Item = (&'q str, &'q str)>) -> Self {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        if !query.is_empty() {
            self.url.push(if self.url.contains('?') { '&' } else { '?' });
            self.url.push_str(&query);
        }
        self
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// With the account's token.
    #[must_use]
    pub fn bearer(self, account: &super::Account) -> Self {
        let value = account.bearer();
        self.header("authorization", value)
    }

    /// With JSON.
    #[must_use]
    pub fn json(mut self, value: Value) -> Self {
        self.body = Body::Json(value);
        self
    }

    /// With a form.
    #[must_use]
    pub fn form<'q>(mut self, pairs: impl IntoIterator<Item = (&'q str, &'q str)>) -> Self {
        self.body =
            Body::Form(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
        self
    }

    /// With a multipart form.
    #[must_use]
    pub fn multipart(mut self, fields: Vec<FormField>) -> Self {
        self.body = Body::Multipart(fields);
        self
    }

    /// With bytes.
    #[must_use]
    pub fn bytes(mut self, content_type: impl Into<String>, bytes: Bytes) -> Self {
        self.body = Body::Bytes { content_type: content_type.into(), bytes };
        self
    }

    /// With a longest time of its own.
    #[must_use]
    pub fn within(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Headers; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, cut off at the wire's limit (5 MB).
    pub bytes: Bytes,
}

impl Response {
    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON, if it is JSON.
    pub fn value(&self) -> Option<Value> {
        serde_json::from_slice(&self.bytes).ok()
    }

    /// The body of a success as what it should be. After a call that publishes, an answer that can't be read is unclear:
    /// something is out, but nobody knows its id.
    pub fn read<T: DeserializeOwned>(&self, effect: Effect) -> Result<T, Fault> {
        serde_json::from_slice(&self.bytes).map_err(|error| {
            let kind = if effect == Effect::Publishes { FaultKind::Unclear } else { FaultKind::Transient };
            let mut fault = Fault::new(kind, format!("The network's answer could not be read: {error}."));
            fault.status = Some(self.status);
            fault
        })
    }
}

/// Why nothing came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WireError {
    /// The request surely never left or never arrived whole: no address, refused, not allowed.
    NotSent(String),
    /// It did not leave, and never will: the program sends nothing to such an address.
    Refused(String),
    /// It may have arrived: a time-out, a connection that broke.
    Unclear(String),
}

/// Carries requests. Follows no redirect; reaches public addresses only, unless the operator allows more.
#[async_trait]
pub trait Wire: Send + Sync {
    /// Sends one.
    async fn send(&self, request: Request) -> Result<Response, WireError>;

    /// Whether something would be sent to an address at all, found out without sending anything.
    async fn may_reach(&self, _url: &str) -> Result<(), WireError> {
        Ok(())
    }

    /// Waits, between two questions of how far an upload is.
    async fn wait(&self, time: Duration);
}
