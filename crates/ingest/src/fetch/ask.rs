//! Questions to a service that the operator or a person has named: JSON that has to be posted for or asked with a
//! secret. Held to the same addresses, time and size as a fetch, but never redirected: a secret goes nowhere else.

use futures::StreamExt as _;
use reqwest::{
    Method,
    header::{ACCEPT, AUTHORIZATION, HeaderValue},
};

use super::{FetchError, Fetcher, host_of, parse_url};

/// What to ask.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    url: &'a str,
    form: Option<&'a [(&'a str, &'a str)]>,
    authorization: Option<HeaderValue>,
}

/// What came back, whatever its status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub bytes: Vec<u8>,
}

impl<'a> Ask<'a> {
    /// A `GET`.
    pub fn get(url: &'a str) -> Self {
        Self { url, form: None, authorization: None }
    }

    /// A `POST` of a form.
    pub fn post(url: &'a str, form: &'a [(&'a str, &'a str)]) -> Self {
        Self { url, form: Some(form), authorization: None }
    }

    /// With an `Authorization` header; what can't stand in one is left out, and refused by whoever asks for it.
    #[must_use]
    pub fn authorization(mut self, value: &str) -> Self {
        self.authorization = HeaderValue::from_str(value).ok().map(|mut value| {
            value.set_sensitive(true);
            value
        });
        self
    }
}

impl Fetcher {
    /// Asks, and gives whatever is answered.
    pub async fn ask(&self, ask: &Ask<'_>) -> Result<Answer, FetchError> {
        let url = parse_url(ask.url)?;
        self.check(&url)?;
        let (host, limit) = (host_of(&url), self.policy.timeout);
        let asked = async {
            let method = if ask.form.is_some() { Method::POST } else { Method::GET };
            let mut request = self.client.request(method, url).header(ACCEPT, "application/json");
            if let Some(value) = &ask.authorization {
                request = request.header(AUTHORIZATION, value.clone());
            }
            if let Some(form) = ask.form {
                let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
                request = request
                    .header(reqwest::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .body(body);
            }
            let response = request.send().await.map_err(|error| self.client_error(&error, &host))?;
            let status = response.status().as_u16();
            let most = self.policy.max_bytes;
            let mut bytes = Vec::new();
            let mut stream = response.bytes_stream();
            while let Some(piece) = stream.next().await {
                let piece = piece.map_err(|error| self.client_error(&error, &host))?;
                if bytes.len() + piece.len() > most {
                    return Err(FetchError::TooLarge { limit: most });
                }
                bytes.extend_from_slice(&piece);
            }
            Ok(Answer { status, bytes })
        };
        tokio::time::timeout(limit, asked)
            .await
            .unwrap_or_else(|_| Err(FetchError::Timeout { host: host.clone(), limit }))
    }
}
