//! The program's own wire to the networks: guarded, bounded, without redirects.

use std::{fmt::Write as _, time::Duration};

use async_trait::async_trait;
use bellwether_ingest::{Call, FetchError, Fetcher};
use bellwether_kernel::Rng;
use bellwether_networks::publish::{Body, FormField, Method, Request, Response, Wire, WireError};
use bytes::{BufMut as _, Bytes, BytesMut};

/// Longest time for a call that says nothing else.
const USUAL: Duration = Duration::from_secs(30);

/// Carries requests to the networks.
#[derive(Clone)]
pub struct Outside {
    fetcher: Fetcher,
    rng: Rng,
}

impl Outside {
    /// Over a guarded client.
    pub fn new(fetcher: Fetcher, rng: Rng) -> Self {
        Self { fetcher, rng }
    }
}

#[async_trait]
impl Wire for Outside {
    async fn send(&self, request: Request) -> Result<Response, WireError> {
        let method = match request.method {
            Method::Get => axum::http::Method::GET,
            Method::Post => axum::http::Method::POST,
            Method::Put => axum::http::Method::PUT,
            Method::Patch => axum::http::Method::PATCH,
            Method::Delete => axum::http::Method::DELETE,
        };
        let call = Call {
            method,
            url: request.url,
            headers: request.headers,
            body: encode(request.body, &self.rng),
            timeout: request.timeout.unwrap_or(USUAL),
        };
        match self.fetcher.call(call).await {
            Ok(reply) => Ok(Response { status: reply.status, headers: reply.headers, bytes: reply.bytes }),
            Err(error) if error.may_have_arrived => Err(WireError::Unclear(error.to_string())),
            Err(error) if is_refused(&error.error) => Err(WireError::Refused(error.to_string())),
            Err(error) => Err(WireError::NotSent(error.to_string())),
        }
    }

    async fn may_reach(&self, url: &str) -> Result<(), WireError> {
        self.fetcher.may_reach(url).await.map_err(|error| WireError::Refused(error.to_string()))
    }

    async fn wait(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// Whether no later try can be let out: the address is one that nothing is sent to.
fn is_refused(error: &FetchError) -> bool {
    matches!(
        error,
        FetchError::PrivateAddress(_)
            | FetchError::PortNotAllowed(_)
            | FetchError::UnsupportedScheme(_)
            | FetchError::InvalidUrl(_)
    )
}

fn encode(body: Body, rng: &Rng) -> Option<(String, Bytes)> {
    match body {
        Body::None => None,
        Body::Json(value) => Some(("application/json".to_owned(), value.to_string().into())),
        Body::Form(pairs) => {
            let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            Some(("application/x-www-form-urlencoded".to_owned(), text.into()))
        }
        Body::Bytes { content_type, bytes } => Some((content_type, bytes)),
        Body::Multipart(fields) => {
            let boundary = format!("bellwether-{}", rng.token());
            Some((format!("multipart/form-data; boundary={boundary}"), multipart(&fields, &boundary)))
        }
    }
}

/// RFC 7578. Quotes and line ends in names are escaped as browsers do.
fn multipart(fields: &[FormField], boundary: &str) -> Bytes {
    let quoted = |text: &str| text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
    let mut out = BytesMut::new();
    for field in fields {
        let mut head =
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", quoted(&field.name));
        if let Some(name) = &field.file_name {
            let _ = write!(head, "; filename=\"{}\"", quoted(name));
        }
        head.push_str("\r\n");
        if let Some(content_type) = &field.content_type {
            let _ = write!(head, "Content-Type: {content_type}\r\n");
        }
        head.push_str("\r\n");
        out.put(head.as_bytes());
        out.put(field.bytes.clone());
        out.put(&b"\r\n"[..]);
    }
    out.put(format!("--{boundary}--\r\n").as_bytes());
    out.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_with_a_file_reads_as_rfc_7578_says() {
        let field = |name: &str, file: Option<&str>, bytes: &'static [u8]| FormField {
            name: name.to_owned(),
            file_name: file.map(str::to_owned),
            content_type: file.map(|_| "image/png".to_owned()),
            bytes: bytes.into(),
        };
        let fields = [field("alt", None, b"A cat"), field("media", Some("a\"b.png"), b"\x89PNG")];
        assert_eq!(
            &multipart(&fields, "cut")[..],
            b"--cut\r\nContent-Disposition: form-data; name=\"alt\"\r\n\r\nA cat\r\n--cut\r\nContent-Disposition: \
form-data; name=\"media\"; filename=\"a%22b.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--cut--\r\n"
        );
    }
}
