//! What browsers are told to refuse, and which browsers are refused.

use bellwether_kernel::{Kind, Problem};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use url::Url;

use crate::{Credentials, keys};

/// Scripts, styles, pictures, fonts and calls of our own only; never inside another site's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    media-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
    form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

const FIXED: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (RESOURCE_POLICY, "same-origin"),
];

/// Writes the headers that every answer carries. Files that people uploaded bring a stricter policy of their own.
pub(crate) fn write(headers: &mut HeaderMap, secure: bool) {
    let stricter = headers
        .get(header::CONTENT_SECURITY_POLICY)
        .and_then(|policy| policy.to_str().ok())
        .is_some_and(|policy| policy.starts_with("sandbox;"));
    for (name, value) in FIXED {
        if stricter && name == header::CONTENT_SECURITY_POLICY {
            continue;
        }
        // a picture that is meant to be shown elsewhere, such as in a mail, says so
        if name == RESOURCE_POLICY && headers.contains_key(&name) {
            continue;
        }
        headers.insert(name, HeaderValue::from_static(value));
    }
    if secure {
        let value = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
}

/// Refuses changes that another site makes a browser ask for. Requests with a bearer token are never sent by a
/// browser on its own; all others that change something must come from our own pages, signed in or not (so that no
/// other site can sign a person in as somebody else either). What sends neither header is no browser.
pub(crate) fn refuse_foreign(method: &Method, headers: &HeaderMap, public: &Url) -> Result<(), Problem> {
    let programs = matches!(Credentials::of(headers), Credentials::Bearer(_)) || keys::says_signed(headers);
    if method.is_safe() || programs {
        return Ok(());
    }
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let own = match (text(HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN)) {
        (Some("same-origin" | "none"), _) | (None, None) => true,
        (Some(_), None) => false,
        // a proxy in front may hide the host under which people reach us, the configured address does not
        (_, Some(origin)) => {
            origin == public.origin().ascii_serialization() || is_host(origin, text(header::HOST))
        }
    };
    if own {
        return Ok(());
    }
    Err(Problem::new(
        Kind::Forbidden,
        "foreign_origin",
        "This change was asked for by another site's page. Open the app itself, or use an API key.",
    ))
}

fn is_host(origin: &str, host: Option<&str>) -> bool {
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    authority.is_some() && authority == host
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(method: &Method, pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        refuse_foreign(method, &headers, &Url::parse("https://bell.example").unwrap()).is_ok()
    }

    #[test]
    fn changes_come_from_our_own_pages() {
        for (pairs, own) in [
            (&[][..], true),
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "none")][..], true),
            (&[("sec-fetch-site", "same-site")][..], false),
            (&[("sec-fetch-site", "cross-site")][..], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")][..], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "null")][..], false),
            (&[("origin", "https://bell.example")][..], true),
            (&[("origin", "https://bell.example.evil.example")][..], false),
            (&[("origin", "http://127.0.0.1:4400"), ("host", "127.0.0.1:4400")][..], true),
            (&[("origin", "http://evil.example"), ("host", "127.0.0.1:4400")][..], false),
            (&[("origin", "null")][..], false),
            (&[("origin", "https://evil.example"), ("authorization", "Bearer x")][..], true),
        ] {
            assert_eq!(allowed(&Method::POST, pairs), own, "{pairs:?}");
            assert!(allowed(&Method::GET, pairs));
        }
    }
}
