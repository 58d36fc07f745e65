//! Clerk: its webhooks tell of people, organizations and memberships, which are kept here as well.
//!
//! The people's own tokens are those of an issuer like any other (`[[identity.jwt]]` with the id `clerk`).

mod handler;
mod http;
mod payload;
mod sql;
mod svix;

use serde::{Deserialize, Serialize};

pub use handler::ClerkHandler;
pub(crate) use http::routes;
pub use http::webhook;
pub use svix::{SignatureFault, Verifier};

/// In `external_identities.provider`, `external_organizations.provider` and the inbox.
pub const PROVIDER: &str = "clerk";

/// What the operator says about Clerk: `[identity.clerk]`.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClerkConfig {
    /// The signing secret of the webhook's endpoint (`whsec_…`); two while one is being replaced. None: no webhooks.
    pub webhook_secrets: Vec<String>,
    /// Whether somebody new gets an organization of their own. Off where Clerk's organizations are all there are.
    pub personal_organizations: bool,
}

/// The same, ready to be used.
#[derive(Debug, Clone, Default)]
pub struct Clerk {
    pub(crate) verifier: Verifier,
    pub(crate) personal_organizations: bool,
}

impl Clerk {
    /// Of what the operator says.
    pub fn new(config: &ClerkConfig) -> Result<Self, bellwether_kernel::Problem> {
        let verifier = Verifier::new(&config.webhook_secrets)?;
        Ok(Self { verifier, personal_organizations: config.personal_organizations })
    }
}

impl std::fmt::Debug for ClerkConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ClerkConfig({} secrets)", self.webhook_secrets.len())
    }
}
