//! Bytes on their way out: to members, and to networks by a signed address that ends.

use std::{fmt::Write as _, net::IpAddr};

use axum::{
    Extension, Router,
    body::Body,
    extract::Path,
    response::{IntoResponse as _, Response},
    routing::get,
};
use bellwether_kernel::{Kind, Timestamp, id::OrganizationId};
use chrono::{DateTime, Duration};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use url::{Host, Url};
use uuid::Uuid;

use super::sql;
use crate::{Error, Studio};

/// How long a signed address leads somewhere: networks fetch at once, or within the hour that they work on a video.
const SIGNED: Duration = Duration::hours(6);
/// Nothing of a file is run, wherever it is shown.
const POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

/// What is sent.
pub(super) struct Sent<'a> {
    pub(super) key: &'a str,
    pub(super) content_type: &'a str,
    pub(super) bytes: u64,
    /// For the header `Content-Disposition`; none leaves it out.
    pub(super) name: Option<&'a str>,
    /// Saved instead of shown.
    pub(super) download: bool,
}

/// Where a signed address leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leads {
    Original(Uuid),
    Rendition(Uuid),
}

impl Studio {
    /// Streams a file, or the part of it that is asked for.
    pub(super) async fn send(&self, sent: &Sent<'_>, asked: &HeaderMap) -> Result<Response, Error> {
        // a key is written once, so its last part says which bytes these are
        let tag = format!("\"{}\"", sent.key.rsplit('/').next().unwrap_or_default());
        let range = range(asked, sent.bytes, &tag);
        let (from, to) = range.unwrap_or((0, sent.bytes));
        let body = Body::from_stream(self.library.files.stream(sent.key, from..to).await?);
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        let mut put = |name: header::HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        put(header::CONTENT_TYPE, sent.content_type);
        put(header::CONTENT_LENGTH, &(to - from).to_string());
        put(header::ACCEPT_RANGES, "bytes");
        put(header::ETAG, &tag);
        put(header::CACHE_CONTROL, "private, max-age=86400");
        put(header::CONTENT_SECURITY_POLICY, POLICY);
        put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        if let Some(name) = sent.name {
            // browsers show a document with a program of their own, which the policy forbids
            let saved = sent.download || sent.content_type == "application/pdf";
            put(header::CONTENT_DISPOSITION, &disposition(name, saved));
        }
        if range.is_some() {
            put(header::CONTENT_RANGE, &format!("bytes {from}-{}/{}", to - 1, sent.bytes));
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        }
        Ok(response)
    }

    /// The same for what is small enough to be read at once.
    pub(super) async fn send_small(&self, key: &str, content_type: &str) -> Result<Response, Error> {
        let bytes = self.library.files.size(key).await?;
        let sent = Sent { key, content_type, bytes, name: None, download: false };
        self.send(&sent, &HeaderMap::new()).await
    }

    /// An address that the whole internet reaches for some hours; none where it does not reach this installation, or no
    /// key signs.
    pub(super) fn signed(
        &self,
        organization: OrganizationId,
        leads: Leads,
        now: Timestamp,
    ) -> Option<String> {
        let base = self.library.public_base.as_ref()?;
        let (what, id) = match leads {
            Leads::Original(id) => ("original", id),
            Leads::Rendition(id) => ("rendition", id),
        };
        let until = (now + SIGNED).timestamp();
        let text = format!("media {} {what} {id} {until}", organization.uuid());
        let sealed = self.library.vault.seal(text.as_bytes()).ok()?;
        Some(format!("{base}/media/{}", sealed.text))
    }

    /// Where an address leads, if we signed it and it has not ended.
    fn opened(&self, token: &str) -> Option<(OrganizationId, Leads)> {
        let opened = self.library.vault.open(token, bellwether_vault::CURRENT).ok()?;
        let text = String::from_utf8(opened).ok()?;
        let words: Vec<&str> = text.split(' ').collect();
        // other secrets are sealed with the same keys: only what begins so is an address
        let ["media", organization, what, id, until] = words[..] else { return None };
        let until = DateTime::from_timestamp(until.parse().ok()?, 0)?;
        let id: Uuid = id.parse().ok()?;
        let leads = match what {
            "original" => Leads::Original(id),
            "rendition" => Leads::Rendition(id),
            _ => return None,
        };
        (self.clock.now() < until).then(|| Some((organization.parse::<Uuid>().ok()?.into(), leads)))?
    }

    async fn send_signed(&self, token: &str, asked: &HeaderMap) -> Result<Option<Response>, Error> {
        let Some((organization, leads)) = self.opened(token) else { return Ok(None) };
        let mut tx = self.store.service("a network fetches a file by a signed address").await?;
        let found = match leads {
            Leads::Original(id) => sql::find_original(tx.conn(), organization, id).await?,
            Leads::Rendition(id) => sql::find_made(tx.conn(), organization, id).await?,
        };
        tx.commit().await?;
        let Some(row) = found else { return Ok(None) };
        let sent = Sent {
            key: &row.object_key,
            content_type: &row.content_type,
            bytes: u64::try_from(row.bytes).unwrap_or_default(),
            name: None,
            download: false,
        };
        self.send(&sent, asked).await.map(Some)
    }
}

/// The way in for networks, which sign in nowhere: beside the API.
pub fn public_routes(studio: Studio) -> Router {
    Router::new().route("/media/{token}", get(fetch)).layer(Extension(studio))
}

async fn fetch(
    Extension(studio): Extension<Studio>,
    Path(token): Path<String>,
    asked: HeaderMap,
) -> Response {
    match studio.send_signed(&token, &asked).await {
        Ok(Some(response)) => response,
        Ok(None) => {
            (StatusCode::NOT_FOUND, "There is no such file, or its address has ended.\n").into_response()
        }
        // told in the log where it happened; who asks again later may get it
        Err(Error::Problem(problem)) if problem.kind == Kind::Unavailable => {
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a file could not be sent");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The one range that is asked for, as from and to; none for all of it. What can't be read or satisfied is answered with
/// all of it, which a server may (RFC 9110, 14.2).
fn range(asked: &HeaderMap, bytes: u64, tag: &str) -> Option<(u64, u64)> {
    let text = |name| asked.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if text(header::IF_RANGE).is_some_and(|known| known != tag) {
        return None;
    }
    let (from, to) = text(header::RANGE)?.strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = (from.trim(), to.trim());
    let (from, to) = if from.is_empty() {
        (bytes.saturating_sub(to.parse().ok()?), bytes)
    } else {
        let to = if to.is_empty() { bytes } else { to.parse::<u64>().ok()?.checked_add(1)?.min(bytes) };
        (from.parse().ok()?, to)
    };
    (from < to).then_some((from, to))
}

/// RFC 6266, with the name in UTF-8 and one that everybody reads.
fn disposition(name: &str, saved: bool) -> String {
    let how = if saved { "attachment" } else { "inline" };
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' }).collect();
    let mut coded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            coded.push(char::from(byte));
        } else {
            // writing into a string can't fail
            let _ = write!(coded, "%{byte:02X}");
        }
    }
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{coded}")
}

/// The address under which networks reach this installation; none when it is one of a private network.
pub fn public_base(configured: Option<&Url>) -> Option<String> {
    let url = configured?;
    let reachable = match url.host()? {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            let private = [".localhost", ".local", ".internal", ".lan", ".test", ".invalid", ".home.arpa"];
            name.contains('.') && !private.iter().any(|end| name.ends_with(end))
        }
        Host::Ipv4(address) => is_public(address.into()),
        Host::Ipv6(address) => is_public(address.into()),
    };
    reachable.then(|| url.as_str().trim_end_matches('/').to_owned())
}

fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let shared = v4.octets()[0] == 100 && v4.octets()[1] & 0xc0 == 64;
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_broadcast()
                || v4.is_documentation()
                || shared)
        }
        IpAddr::V6(v6) => {
            !(v6.is_loopback() || v6.is_unspecified() || v6.is_unique_local() || v6.is_unicast_link_local())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_or_all_of_it() {
        let asked = |range: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, range.parse().unwrap());
            super::range(&headers, 100, "\"a\"")
        };
        assert_eq!(asked("bytes=0-9"), Some((0, 10)));
        assert_eq!(asked("bytes=90-"), Some((90, 100)));
        assert_eq!(asked("bytes=-10"), Some((90, 100)));
        assert_eq!(asked("bytes=90-1000"), Some((90, 100)));
        for all in ["bytes=100-", "bytes=9-3", "bytes=0-1,5-6", "lines=1-2", "bytes=-"] {
            assert_eq!(asked(all), None, "{all}");
        }
        let mut other = HeaderMap::new();
        other.insert(header::RANGE, "bytes=0-9".parse().unwrap());
        other.insert(header::IF_RANGE, "\"b\"".parse().unwrap());
        assert_eq!(super::range(&other, 100, "\"a\""), None);
    }

    #[test]
    fn names_stay_in_their_header() {
        let header = disposition("Tür\r\n\"x\".jpg", true);
        assert_eq!(
            header,
            "attachment; filename=\"T_r___x_.jpg\"; filename*=UTF-8''T%C3%BCr%0D%0A%22x%22.jpg"
        );
    }

    #[test]
    fn private_addresses_are_known() {
        let base = |url: &str| public_base(Some(&url.parse().unwrap()));
        assert_eq!(base("https://bell.example.org/"), Some("https://bell.example.org".to_owned()));
        for private in [
            "http://localhost:4400",
            "http://127.0.0.1:4400",
            "http://10.1.2.3",
            "http://[::1]",
            "http://bellwether",
            "https://bell.local",
            "http://100.64.1.1",
            "http://[::ffff:192.168.1.1]",
        ] {
            assert_eq!(base(private), None, "{private}");
        }
        assert_eq!(public_base(None), None);
    }
}
