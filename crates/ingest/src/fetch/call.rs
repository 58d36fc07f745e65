//! Calls of a service's interface: any method, headers and body, every answer as it is. Held to the same addresses as a
//! fetch, never redirected: a secret goes nowhere else. A failure tells whether the request may have arrived, since some
//! calls must not be made twice.

use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use reqwest::{
    Method,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};

use super::{FetchError, Fetcher, host_of, parse_url};

/// What to send.
#[derive(Clone)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The whole address.
    pub url: String,
    /// Headers; their values are never logged.
    pub headers: Vec<(String, String)>,
    /// The body with its type.
    pub body: Option<(String, Bytes)>,
    /// Longest time for everything.
    pub timeout: Duration,
}

/// What came back, whatever its status.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Headers that are text.
    pub headers: Vec<(String, String)>,
    /// The body, cut off at the policy's size.
    pub bytes: Bytes,
}

/// Nothing came back.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{error}")]
pub struct CallError {
    /// Whether the request may have arrived. Not when its address was refused, unknown or did not answer at all.
    pub may_have_arrived: bool,
    /// Why.
    pub error: FetchError,
}

impl CallError {
    fn before(error: FetchError) -> Self {
        Self { may_have_arrived: false, error }
    }
}

impl Fetcher {
    /// Sends, and gives whatever is answered.
    pub async fn call(&self, call: Call) -> Result<Reply, CallError> {
        let url = parse_url(&call.url).map_err(CallError::before)?;
        self.check(&url).map_err(CallError::before)?;
        let mut headers = HeaderMap::new();
        for (name, value) in &call.headers {
            let invalid =
                || CallError::before(FetchError::InvalidUrl(format!("the header {name} can't be sent")));
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid())?;
            let mut value = HeaderValue::from_str(value).map_err(|_| invalid())?;
            value.set_sensitive(true);
            headers.append(name, value);
        }
        let (host, limit) = (host_of(&url), call.timeout);
        let mut request = self.client.request(call.method, url);
        if let Some((content_type, bytes)) = call.body {
            request = request.header(CONTENT_TYPE, content_type).body(bytes);
        }
        let request = request.headers(headers);
        let sent = async {
            let response = request.send().await.map_err(|error| CallError {
                // reqwest calls it a fault of connecting until the first byte of the request is on its way
                may_have_arrived: !(error.is_connect() || error.is_builder()),
                error: self.client_error(&error, &host),
            })?;
            let status = response.status().as_u16();
            let text = |(name, value): (&HeaderName, &HeaderValue)| {
                value.to_str().ok().map(|value| (name.as_str().to_owned(), value.to_owned()))
            };
            let headers = response.headers().iter().filter_map(text).collect();
            let most = self.policy.max_bytes;
            let mut bytes = Vec::new();
            let mut stream = response.bytes_stream();
            while let Some(piece) = stream.next().await {
                let piece = piece.map_err(|error| CallError {
                    may_have_arrived: true,
                    error: self.client_error(&error, &host),
                })?;
                let room = most.saturating_sub(bytes.len());
                bytes.extend_from_slice(&piece[..piece.len().min(room)]);
                if room <= piece.len() {
                    break;
                }
            }
            Ok(Reply { status, headers, bytes: bytes.into() })
        };
        tokio::time::timeout(limit, sent).await.unwrap_or_else(|_| {
            Err(CallError {
                may_have_arrived: true,
                error: FetchError::Timeout { host: host.clone(), limit },
            })
        })
    }
}
