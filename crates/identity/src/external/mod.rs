//! Identities at outside services: signing in by OpenID providers, tokens of trusted issuers in place of an API key.

mod bearer;
mod config;
pub mod http;
mod jwt;
mod keys;
mod oidc;
mod person;
mod service;
mod sql;

use std::sync::Arc;

use bellwether_ingest::{FetchPolicy, Fetcher};
use bellwether_kernel::{Clock, Kind, Problem};
use ipnet::IpNet;
use url::Url;

pub(crate) use bearer::Issuer;
pub use config::{JwtIssuer, OidcProvider};
pub use jwt::Refused;
pub(crate) use jwt::looks_like_one;
pub(crate) use oidc::Provider;
pub(crate) use person::{Outside, find as find_person};
pub use service::{ExternalIdentityView, ProviderView};
pub(crate) use sql::{organization_of, organization_subject, owner_of};

/// Every outside service that the operator has named.
#[derive(Clone, Default)]
pub struct Externals {
    pub(crate) providers: Arc<Vec<Provider>>,
    pub(crate) issuers: Arc<Vec<Issuer>>,
}

impl Externals {
    /// Of what the operator says; `allowed` are the private networks that may be reached.
    pub fn new(
        oidc: &[OidcProvider],
        jwt: &[JwtIssuer],
        allowed: &[IpNet],
        clock: &Clock,
    ) -> Result<Self, Problem> {
        let internal = |detail: String| Problem::new(Kind::Internal, "internal", detail);
        if let Some(fault) =
            oidc.iter().filter_map(OidcProvider::fault).chain(jwt.iter().filter_map(JwtIssuer::fault)).next()
        {
            return Err(internal(fault));
        }
        let fetcher =
            |url: &Url| Fetcher::new(policy(url, allowed)).map_err(|error| internal(error.to_string()));
        let providers = oidc
            .iter()
            .map(|config| Ok(Provider::new(config.clone(), fetcher(&config.issuer)?, clock.clone())))
            .collect::<Result<_, Problem>>()?;
        let issuers = jwt
            .iter()
            .map(|config| {
                let keys = match (&config.secret, config.keys_url()) {
                    (None, Some(url)) => Some(keys::KeySet::new(url.clone(), fetcher(&url)?, clock.clone())),
                    _ => None,
                };
                Ok(Issuer::new(config.clone(), keys))
            })
            .collect::<Result<_, Problem>>()?;
        Ok(Self { providers: Arc::new(providers), issuers: Arc::new(issuers) })
    }
}

impl std::fmt::Debug for Externals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Externals({} providers, {} issuers)", self.providers.len(), self.issuers.len())
    }
}

/// What may be asked of a service. The operator named it, so when it is on this machine, this machine is meant; all
/// other private networks are allowed by `fetch.allow_private` alone, since the service names further addresses itself.
fn policy(url: &Url, allowed: &[IpNet]) -> FetchPolicy {
    let mut allow_private = allowed.to_vec();
    if config::is_this_machine(url) {
        allow_private
            .extend(["127.0.0.0/8", "::1/128"].into_iter().filter_map(|net| net.parse::<IpNet>().ok()));
    }
    FetchPolicy { allow_private, max_bytes: 1_000_000, max_redirects: 0, ..FetchPolicy::default() }
}
