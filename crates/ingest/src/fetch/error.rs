//! Why a page could not be had.

use std::{error::Error as StdError, io, time::Duration};

use bellwether_kernel::{Kind, Problem};

use super::resolve::{NoSuchHost, Refused};

/// Why a page could not be had. The sentence is for the one who gave the address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Not an address of a web page.
    #[error("This isn't the address of a web page: {0}.")]
    InvalidUrl(String),
    /// Neither http nor https.
    #[error("Only http and https addresses can be read, not “{0}”.")]
    UnsupportedScheme(String),
    /// Leads into a private network.
    #[error("“{0}” isn't a public address, so it isn't read.")]
    PrivateAddress(String),
    /// The operator does not allow this port.
    #[error("Port {0} isn't allowed here.")]
    PortNotAllowed(u16),
    /// The name has no address.
    #[error("There is no host named “{0}”. Check the spelling.")]
    Dns(String),
    /// Nobody answers there.
    #[error("“{0}” can't be reached.")]
    Unreachable(String),
    /// Its certificate or encryption is wrong.
    #[error("“{0}” has no valid certificate, or its encryption can't be used.")]
    Tls(String),
    /// Not done in time.
    #[error("“{host}” did not answer in {} seconds.", limit.as_secs())]
    Timeout {
        /// Host.
        host: String,
        /// The time that it had.
        limit: Duration,
    },
    /// Not what HTTP allows, or broken off in the middle.
    #[error("The answer of “{0}” broke off or can't be understood.")]
    BrokenResponse(String),
    /// An error status.
    #[error("“{host}” answered with status {status}{}.", meaning(*status))]
    HttpStatus {
        /// Host.
        host: String,
        /// Status.
        status: u16,
        /// How long it asks to be left alone: `Retry-After`, as it said it.
        retry_after: Option<String>,
    },
    /// More bytes than allowed.
    #[error("The answer is larger than {} MB, the most that is read.", limit / 1_000_000)]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// A kind of file that isn't wanted here.
    #[error("The address leads to “{0}”, which can't be read here.")]
    UnsupportedContentType(String),
    /// Redirected round and round.
    #[error("The address redirects more than {0} times.")]
    TooManyRedirects(usize),
    /// Redirected from https to http.
    #[error("“{0}” redirects from https to unprotected http, which isn't followed.")]
    InsecureRedirect(String),
    /// This program's own client could not be set up.
    #[error("The web client could not be set up: {0}")]
    Setup(String),
}

fn meaning(status: u16) -> &'static str {
    match status {
        401 | 403 => ": the page isn't public, or it turns programs away",
        404 | 410 => ": there is no such page",
        429 => ": it was asked too often",
        451 => ": it is withheld for legal reasons",
        500.. => ": it has trouble of its own",
        _ => "",
    }
}

impl FetchError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InvalidUrl(_) => "invalid_url",
            Self::UnsupportedScheme(_) => "unsupported_scheme",
            Self::PrivateAddress(_) => "private_address",
            Self::PortNotAllowed(_) => "port_not_allowed",
            Self::Dns(_) => "dns",
            Self::Unreachable(_) => "unreachable",
            Self::Tls(_) => "tls",
            Self::Timeout { .. } => "timeout",
            Self::BrokenResponse(_) => "broken_response",
            Self::HttpStatus { .. } => "http_status",
            Self::TooLarge { .. } => "too_large",
            Self::UnsupportedContentType(_) => "unsupported_content_type",
            Self::TooManyRedirects(_) => "too_many_redirects",
            Self::InsecureRedirect(_) => "insecure_redirect",
            Self::Setup(_) => "internal",
        }
    }

    /// Whether the same request may well succeed later: what a job retries on.
    pub const fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Timeout { .. } | Self::BrokenResponse(_) => true,
            Self::HttpStatus { status, .. } => matches!(status, 408 | 425 | 429 | 500..),
            _ => false,
        }
    }

    /// The problem to answer with; `path` is where in the request the address stood.
    ///
    /// What another address would mend is the asker's to mend (422); what only the other host can mend is an
    /// upstream problem (502). A host that can't be reached at all is taken for a wrong address.
    pub fn to_problem(&self, path: &str) -> Problem {
        match self {
            Self::Setup(_) => Problem::new(Kind::Internal, "internal", self.to_string()),
            Self::Timeout { .. } | Self::BrokenResponse(_) | Self::HttpStatus { status: 500.., .. } => {
                Problem::new(Kind::Upstream, self.code(), self.to_string()).at(
                    path,
                    self.code(),
                    self.to_string(),
                )
            }
            _ => Problem::invalid(path, self.code(), self.to_string()),
        }
    }

    /// Reads the client's error by its causes.
    pub(super) fn from_client(error: &reqwest::Error, host: &str, limit: Duration) -> Self {
        let host = host.to_owned();
        let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
        while let Some(current) = cause {
            if current.is::<Refused>() {
                return Self::PrivateAddress(host);
            }
            if current.is::<NoSuchHost>() {
                return Self::Dns(host);
            }
            if is_tls(current) {
                return Self::Tls(host);
            }
            cause = current.source();
        }
        if error.is_timeout() {
            Self::Timeout { host, limit }
        } else if error.is_connect() {
            Self::Unreachable(host)
        } else {
            Self::BrokenResponse(host)
        }
    }
}

/// Whether an error is of TLS. One of io hides what it wraps from `source()`, more than once if need be.
fn is_tls(error: &(dyn StdError + 'static)) -> bool {
    let mut inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    while let Some(wrapped) = inner {
        if wrapped.is::<rustls::Error>() {
            return true;
        }
        inner = wrapped.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    }
    error.is::<rustls::Error>()
}
