//! Where a request comes from: its id, the client's address past trusted proxies, what the client calls itself.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::{Extensions, HeaderMap, header, request::Parts};
use ipnet::IpNet;

use crate::Web;

/// The circumstances of the request, for the event log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestContext(pub bellwether_kernel::RequestContext);

impl FromRequestParts<Web> for RequestContext {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        Ok(Self(context(&parts.extensions, &parts.headers, &web.config.trusted_proxies)))
    }
}

/// The circumstances of a request.
pub(crate) fn context(
    extensions: &Extensions,
    headers: &HeaderMap,
    trusted: &[IpNet],
) -> bellwether_kernel::RequestContext {
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    bellwether_kernel::RequestContext {
        request_id: extensions.get::<RequestId>().map(|id| id.0.clone()),
        ip_address: client_address(extensions, headers, trusted),
        user_agent: user_agent.map(|text| text.chars().take(512).collect()),
        correlation_id: None,
    }
}

/// The id of the request.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub String);

/// The name of the request id's header.
pub(crate) const X_REQUEST_ID: &str = "x-request-id";

/// A sane id that the client brought, so that its log and ours can be joined.
pub(crate) fn brought_id(headers: &HeaderMap) -> Option<&str> {
    let id = headers.get(X_REQUEST_ID)?.to_str().ok()?;
    let sane = (1..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    sane.then_some(id)
}

/// The address at the other end of the connection.
pub(crate) fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical())
}

/// The client's address: the peer, or, when the peer is a trusted proxy, the last address in `X-Forwarded-For` that
/// is none. Whatever stands further left was written by the client and proves nothing.
pub(crate) fn client_address(
    extensions: &Extensions,
    headers: &HeaderMap,
    trusted: &[IpNet],
) -> Option<IpAddr> {
    let mut address = peer(extensions)?;
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    if !is_trusted(&address) {
        return Some(address);
    }
    let hops: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    for hop in hops.into_iter().rev() {
        let Ok(parsed) = hop.parse::<IpAddr>() else { break };
        address = parsed.to_canonical();
        if !is_trusted(&address) {
            break;
        }
    }
    Some(address)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn seen(peer: &str, forwarded: &[&'static str], trusted: &[&str]) -> String {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_static(value));
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        client_address(&extensions, &headers, &trusted).unwrap().to_string()
    }

    #[test]
    fn forwarded_addresses_count_from_trusted_proxies_only() {
        assert_eq!(seen("9.9.9.9", &["1.1.1.1"], &[]), "9.9.9.9");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1"], &["10.0.0.0/8"]), "1.1.1.1");
        // what the client made up stands left of what the proxy saw
        assert_eq!(seen("10.0.0.1", &["6.6.6.6, 1.1.1.1"], &["10.0.0.0/8"]), "1.1.1.1");
        assert_eq!(seen("10.0.0.1", &["6.6.6.6, 1.1.1.1", "10.0.0.7"], &["10.0.0.0/8"]), "1.1.1.1");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1, nonsense"], &["10.0.0.0/8"]), "10.0.0.1");
        assert_eq!(seen("::ffff:9.9.9.9", &[], &[]), "9.9.9.9");
    }

    #[test]
    fn only_sane_request_ids_are_taken_over() {
        let mut headers = HeaderMap::new();
        assert_eq!(brought_id(&headers), None);
        for (text, taken) in [("abc-DEF_123", true), ("", false), ("a b", false), ("a;b", false)] {
            headers.insert(X_REQUEST_ID, HeaderValue::from_static(text));
            assert_eq!(brought_id(&headers).is_some(), taken, "{text}");
        }
        headers.insert(X_REQUEST_ID, HeaderValue::from_str(&"x".repeat(65)).unwrap());
        assert_eq!(brought_id(&headers), None);
    }
}
