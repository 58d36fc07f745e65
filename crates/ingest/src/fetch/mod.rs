//! Fetching from the web on behalf of somebody else: only what the whole internet can reach, in bounded time and
//! size. Every fetch of an address that a user, a feed or a webhook named goes through [`Fetcher`].

mod accept;
mod address;
mod ask;
mod call;
mod error;
mod resolve;

use std::{net::IpAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::StreamExt;
use ipnet::IpNet;
use reqwest::{
    Client, Response, StatusCode,
    header::{
        ACCEPT, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
        LOCATION, RETRY_AFTER,
    },
};
use url::{Host, Url};

pub use accept::Accept;
pub use ask::{Answer, Ask};
pub use call::{Call, CallError, Reply};
pub use error::FetchError;
pub use resolve::{Lookup, SystemLookup};

/// Longer addresses are taken for an attack on whoever stores them.
const LONGEST_URL: usize = 4_096;

/// What a fetch may do.
#[derive(Debug, Clone)]
pub struct FetchPolicy {
    /// Networks that may be reached although they aren't public: what an operator runs inside, and tests.
    pub allow_private: Vec<IpNet>,
    /// Ports that may be named; none means all.
    pub ports: Option<Vec<u16>>,
    /// Most bytes of a body, after decompression.
    pub max_bytes: usize,
    /// Most redirects.
    pub max_redirects: usize,
    /// Time for name and connection.
    pub connect_timeout: Duration,
    /// Time for everything, redirects and body included.
    pub timeout: Duration,
}

impl Default for FetchPolicy {
    fn default() -> Self {
        Self {
            allow_private: Vec::new(),
            ports: None,
            max_bytes: 5_000_000,
            max_redirects: 5,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(15),
        }
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// After redirects.
    pub final_url: Url,
    /// Always a success.
    pub status: u16,
    /// In lower case, without parameters.
    pub content_type: Option<String>,
    /// The charset that the header names, in lower case.
    pub charset: Option<String>,
    /// Decompressed.
    pub bytes: Bytes,
    /// The most that is read, in bytes, where there was more and the beginning was enough: then it is all there is here.
    pub cut: Option<usize>,
    /// For asking again.
    pub validators: Validators,
}

/// How much of an answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    /// All of it, or an error.
    Whole,
    /// As far as the limit.
    Beginning,
}

/// What asking for one address came to.
#[derive(Debug, Clone)]
pub enum Step {
    /// What was asked for.
    Arrived(Fetched),
    /// Nothing is new.
    Unmodified,
    /// It is elsewhere.
    Leads(Url),
}

/// What a server gave to ask with whether anything is new.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
}

/// The guarded client. Cheap to clone.
#[derive(Clone)]
pub struct Fetcher {
    client: Client,
    policy: Arc<FetchPolicy>,
    resolver: Arc<resolve::Guarded>,
}

impl Fetcher {
    /// With the system's resolver.
    pub fn new(policy: FetchPolicy) -> Result<Self, FetchError> {
        Self::with_lookup(policy, SystemLookup)
    }

    /// With another resolver.
    pub fn with_lookup(policy: FetchPolicy, lookup: impl Lookup) -> Result<Self, FetchError> {
        // whoever is first installs it; `main` does before all else, a test may not
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let resolver = Arc::new(resolve::Guarded {
            lookup: Arc::new(lookup),
            allowed: policy.allow_private.clone().into(),
        });
        let client = Client::builder()
            .user_agent(concat!("Bellwether/", env!("CARGO_PKG_VERSION")))
            // a proxy would resolve names itself and connect to whatever it finds
            .no_proxy()
            // each step is checked by us
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .dns_resolver(Arc::clone(&resolver))
            .connect_timeout(policy.connect_timeout)
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| FetchError::Setup(error.to_string()))?;
        Ok(Self { client, policy: Arc::new(policy), resolver })
    }

    /// Gets a page.
    pub async fn get(&self, url: &str, accept: &Accept) -> Result<Fetched, FetchError> {
        let start = parse_url(url)?;
        match self.bounded(start.clone(), accept, None).await? {
            Some(fetched) => Ok(fetched),
            // without a condition there is nothing that could be unmodified
            None => Err(FetchError::HttpStatus { host: host_of(&start), status: 304, retry_after: None }),
        }
    }

    /// Gets a page unless it is the one that `known` came with.
    pub async fn get_if_changed(
        &self,
        url: &str,
        accept: &Accept,
        known: &Validators,
    ) -> Result<Option<Fetched>, FetchError> {
        self.bounded(parse_url(url)?, accept, Some(known)).await
    }

    async fn bounded(
        &self,
        url: Url,
        accept: &Accept,
        known: Option<&Validators>,
    ) -> Result<Option<Fetched>, FetchError> {
        let (limit, host) = (self.policy.timeout, host_of(&url));
        tokio::time::timeout(limit, self.follow(url, accept, known))
            .await
            .unwrap_or(Err(FetchError::Timeout { host, limit }))
    }

    /// Asks for an address without following where it leads: for who holds each host to its own rules. The time limit is
    /// that of a whole fetch.
    pub async fn step(
        &self,
        url: &Url,
        accept: &Accept,
        known: Option<&Validators>,
    ) -> Result<Step, FetchError> {
        self.in_time(url, accept, known, Size::Whole).await
    }

    /// The same for who can use the beginning of what is larger than the limit: no more than that is read, and the answer
    /// says where it was cut.
    pub async fn step_in_part(
        &self,
        url: &Url,
        accept: &Accept,
        known: Option<&Validators>,
    ) -> Result<Step, FetchError> {
        self.in_time(url, accept, known, Size::Beginning).await
    }

    async fn in_time(
        &self,
        url: &Url,
        accept: &Accept,
        known: Option<&Validators>,
        size: Size,
    ) -> Result<Step, FetchError> {
        let (limit, host) = (self.policy.timeout, host_of(url));
        tokio::time::timeout(limit, self.once(url.clone(), accept, known, size))
            .await
            .unwrap_or(Err(FetchError::Timeout { host, limit }))
    }

    /// Most redirects that a fetch follows.
    pub fn max_redirects(&self) -> usize {
        self.policy.max_redirects
    }

    async fn follow(
        &self,
        mut url: Url,
        accept: &Accept,
        known: Option<&Validators>,
    ) -> Result<Option<Fetched>, FetchError> {
        let mut redirects = 0;
        loop {
            match self.once(url, accept, known, Size::Whole).await? {
                Step::Arrived(fetched) => return Ok(Some(fetched)),
                Step::Unmodified => return Ok(None),
                Step::Leads(target) => {
                    redirects += 1;
                    if redirects > self.policy.max_redirects {
                        return Err(FetchError::TooManyRedirects(self.policy.max_redirects));
                    }
                    url = target;
                }
            }
        }
    }

    async fn once(
        &self,
        url: Url,
        accept: &Accept,
        known: Option<&Validators>,
        size: Size,
    ) -> Result<Step, FetchError> {
        self.check(&url)?;
        let host = host_of(&url);
        let mut request = self.client.get(url.clone()).header(ACCEPT, accept.header());
        if let Some(etag) = known.and_then(|known| known.etag.as_deref()) {
            request = request.header(IF_NONE_MATCH, etag);
        }
        if let Some(date) = known.and_then(|known| known.last_modified.as_deref()) {
            request = request.header(IF_MODIFIED_SINCE, date);
        }
        let response = request.send().await.map_err(|error| self.client_error(&error, &host))?;
        let status = response.status();
        if let Some(target) = redirect_target(&url, &response)? {
            Ok(Step::Leads(target))
        } else if status == StatusCode::NOT_MODIFIED && known.is_some() {
            Ok(Step::Unmodified)
        } else if status.is_success() {
            self.take(url, response, accept, size).await.map(Step::Arrived)
        } else {
            let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
            // seconds or a date
            let retry_after = retry_after.filter(|text| text.len() <= 40).map(str::to_owned);
            Err(FetchError::HttpStatus { host, status: status.as_u16(), retry_after })
        }
    }

    /// Whether something would be sent to this address, found out without sending anything: what it says itself, and
    /// where its name leads at this moment.
    pub async fn may_reach(&self, url: &str) -> Result<(), FetchError> {
        let url = parse_url(url)?;
        self.check(&url)?;
        let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
        let looked = self.resolver.addresses(name.to_owned());
        let found = tokio::time::timeout(self.policy.connect_timeout, looked).await;
        match found {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if error.is::<resolve::Refused>() => {
                Err(FetchError::PrivateAddress(host_of(&url)))
            }
            _ => Err(FetchError::Dns(host_of(&url))),
        }
    }

    /// Everything that an address itself tells. Names are checked when they are resolved.
    fn check(&self, url: &Url) -> Result<(), FetchError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(FetchError::UnsupportedScheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FetchError::InvalidUrl("it carries a user name or password".to_owned()));
        }
        let address = match url.host() {
            None => return Err(FetchError::InvalidUrl("it has no host".to_owned())),
            Some(Host::Domain(_)) => None,
            Some(Host::Ipv4(v4)) => Some(IpAddr::V4(v4)),
            Some(Host::Ipv6(v6)) => Some(IpAddr::V6(v6)),
        };
        // a literal address is never resolved, so the guard of names does not see it
        if address.is_some_and(|address| !address::may_connect(address, &self.policy.allow_private)) {
            return Err(FetchError::PrivateAddress(host_of(url)));
        }
        let port = url.port_or_known_default().unwrap_or_default();
        if self.policy.ports.as_ref().is_some_and(|ports| !ports.contains(&port)) {
            return Err(FetchError::PortNotAllowed(port));
        }
        Ok(())
    }

    async fn take(
        &self,
        url: Url,
        response: Response,
        accept: &Accept,
        size: Size,
    ) -> Result<Fetched, FetchError> {
        let limit = self.policy.max_bytes;
        let host = host_of(&url);
        let status = response.status().as_u16();
        let (content_type, charset) = content_type(response.headers());
        if let Some(found) = content_type.as_ref()
            && !accept.welcomes(found)
        {
            return Err(FetchError::UnsupportedContentType(found.clone()));
        }
        let validators = Validators {
            etag: text_header(response.headers(), &ETAG),
            last_modified: text_header(response.headers(), &LAST_MODIFIED),
        };
        if size == Size::Whole && response.content_length().is_some_and(|length| length > limit as u64) {
            return Err(FetchError::TooLarge { limit });
        }
        let (mut body, mut cut) = (Vec::new(), None);
        let mut stream = response.bytes_stream();
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(|error| self.client_error(&error, &host))?;
            if body.len() + piece.len() > limit {
                if size == Size::Whole {
                    return Err(FetchError::TooLarge { limit });
                }
                // the rest is never asked for, and a bomb never unpacked
                body.extend_from_slice(&piece[..limit - body.len()]);
                cut = Some(limit);
                break;
            }
            body.extend_from_slice(&piece);
        }
        Ok(Fetched { final_url: url, status, content_type, charset, bytes: body.into(), cut, validators })
    }

    fn client_error(&self, error: &reqwest::Error, host: &str) -> FetchError {
        tracing::debug!(?error, host, "fetch failed");
        FetchError::from_client(error, host, self.policy.connect_timeout)
    }
}

/// Reads an address as a person gives it: spaces around it are dropped, and a bare `example.com/page` is taken for
/// https.
pub fn parse_url(text: &str) -> Result<Url, FetchError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(FetchError::InvalidUrl("it is empty".to_owned()));
    }
    if text.len() > LONGEST_URL {
        return Err(FetchError::InvalidUrl(format!("it is longer than {LONGEST_URL} characters")));
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(FetchError::InvalidUrl("it has spaces inside".to_owned()));
    }
    let bare = |text: &str| {
        let host = text.split(['/', '?', '#', ':']).next().unwrap_or_default();
        host.contains('.') && !host.starts_with('.')
    };
    let mut url = match Url::parse(text) {
        // `example.com:8080` reads as the scheme `example.com`
        Ok(url) if url.scheme().contains('.') => Url::parse(&format!("https://{text}")),
        Err(url::ParseError::RelativeUrlWithoutBase) if bare(text) => Url::parse(&format!("https://{text}")),
        result => result,
    }
    .map_err(|error| FetchError::InvalidUrl(spoken(error).to_owned()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(FetchError::UnsupportedScheme(url.scheme().to_owned()));
    }
    url.set_fragment(None);
    Ok(url)
}

/// Why a text is no address, in words for who gave it.
fn spoken(error: url::ParseError) -> &'static str {
    use url::ParseError as Why;
    match error {
        Why::EmptyHost => "it has no host",
        Why::InvalidPort => "what follows the colon after its host is no port, a number up to 65535",
        Why::InvalidIpv4Address | Why::InvalidIpv6Address => "the numbers of its host are no IP address",
        Why::IdnaError | Why::InvalidDomainCharacter => "its host has characters that no host has",
        Why::RelativeUrlWithoutBase
        | Why::RelativeUrlWithCannotBeABaseBase
        | Why::SetHostOnCannotBeABaseUrl => {
            "it doesn't say on which host it is, such as https://example.org/feed"
        }
        _ => "it can't be read",
    }
}

fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

fn redirect_target(url: &Url, response: &Response) -> Result<Option<Url>, FetchError> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = response.headers().get(LOCATION).and_then(|value| str::from_utf8(value.as_bytes()).ok());
    step(url, location).map(Some)
}

/// Where a redirect leads. What is found there is checked like an address that somebody gave.
fn step(url: &Url, location: Option<&str>) -> Result<Url, FetchError> {
    let mut target = location
        .filter(|location| location.len() <= LONGEST_URL)
        .and_then(|location| url.join(location).ok())
        .ok_or_else(|| FetchError::BrokenResponse(host_of(url)))?;
    if url.scheme() == "https" && target.scheme() == "http" {
        return Err(FetchError::InsecureRedirect(host_of(url)));
    }
    target.set_fragment(None);
    Ok(target)
}

fn text_header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// The content type and its charset, both in lower case.
fn content_type(headers: &HeaderMap) -> (Option<String>, Option<String>) {
    let Some(header) = text_header(headers, &CONTENT_TYPE) else { return (None, None) };
    let header = header.to_ascii_lowercase();
    let mut parts = header.split(';');
    let content_type = parts.next().map(str::trim).filter(|name| name.contains('/')).map(str::to_owned);
    let charset = parts
        .filter_map(|part| part.trim().strip_prefix("charset="))
        .map(|name| name.trim_matches(['"', '\'', ' ']).to_owned())
        .find(|name| !name.is_empty());
    (content_type, charset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_as_people_give_them() {
        for (given, read) in [
            ("  https://example.com/a#b ", "https://example.com/a"),
            ("example.com/a?b=c", "https://example.com/a?b=c"),
            ("example.com:8080/a", "https://example.com:8080/a"),
            ("HTTP://EXAMPLE.com", "http://example.com/"),
            ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ] {
            assert_eq!(parse_url(given).unwrap().as_str(), read, "{given}");
        }
    }

    #[test]
    fn what_is_no_address() {
        for (given, code) in [
            ("", "invalid_url"),
            ("hello", "invalid_url"),
            ("https://", "invalid_url"),
            ("https://exa mple.com", "invalid_url"),
            ("https://[::1", "invalid_url"),
            ("https://example.com:99999", "invalid_url"),
            ("ftp://example.com/", "unsupported_scheme"),
            ("file:///etc/passwd", "unsupported_scheme"),
            ("javascript:alert(1)", "unsupported_scheme"),
            ("mailto:a@example.com", "unsupported_scheme"),
            ("data:text/html,hi", "unsupported_scheme"),
        ] {
            assert_eq!(parse_url(given).unwrap_err().code(), code, "{given}");
        }
        for (given, words) in [
            ("/feed.xml", "it doesn't say on which host it is"),
            ("https://example.com:x/", "no port"),
            ("https://", "it has no host"),
            ("https://a<b.example/", "characters that no host has"),
        ] {
            let told = parse_url(given).unwrap_err().to_string();
            assert!(told.contains(words), "{given}: {told}");
        }
        assert_eq!(
            parse_url(&format!("https://example.com/{}", "a".repeat(5_000))).unwrap_err().code(),
            "invalid_url"
        );
    }

    #[test]
    fn redirects() {
        let from = Url::parse("https://example.com/a/b").unwrap();
        assert_eq!(step(&from, Some("../c#d")).unwrap().as_str(), "https://example.com/c");
        assert_eq!(step(&from, Some("//other.example")).unwrap().as_str(), "https://other.example/");
        assert_eq!(step(&from, Some("http://example.com/")).unwrap_err().code(), "insecure_redirect");
        assert_eq!(step(&from, None).unwrap_err().code(), "broken_response");
        assert_eq!(step(&from, Some("https://[")).unwrap_err().code(), "broken_response");
        assert_eq!(step(&from, Some(&"x".repeat(9_000))).unwrap_err().code(), "broken_response");
    }

    #[tokio::test]
    async fn private_addresses_in_every_spelling() {
        let fetcher = Fetcher::new(FetchPolicy::default()).unwrap();
        for (url, code) in [
            ("http://127.0.0.1/", "private_address"),
            ("http://2130706433/", "private_address"),
            ("http://0x7f000001/", "private_address"),
            ("http://0177.0.0.1/", "private_address"),
            ("http://127.1/", "private_address"),
            ("http://[::1]/", "private_address"),
            ("http://[::ffff:127.0.0.1]/", "private_address"),
            ("http://[::ffff:8.8.8.8]/", "private_address"),
            ("http://[64:ff9b::7f00:1]/", "private_address"),
            ("http://169.254.169.254/latest/meta-data", "private_address"),
            ("http://localhost/", "private_address"),
            ("http://１２７.０.０.１/", "private_address"),
            ("http://user@example.com/", "invalid_url"),
            ("http://user:word@example.com/", "invalid_url"),
        ] {
            assert_eq!(fetcher.get(url, &Accept::documents()).await.unwrap_err().code(), code, "{url}");
        }
    }
}
