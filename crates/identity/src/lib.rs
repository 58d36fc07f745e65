//! Who signs in, and where they belong.
//!
//! Owns `identity.users`, `credentials`, `external_identities`, `login_links`, `sessions`, `known_devices`,
//! `pending_sign_ups`, `throttles`, `avatars`, `totp_factors`, `recovery_codes`, `pending_sign_ins`, `passkeys`, `passkey_ceremonies`,
//! `external_flows`, `organizations`, `organization_slugs`, `external_organizations`, `memberships`, `invitations`,
//! `agency_clients`, `api_keys`, `applications`, `waitlist_entries`, `demos`, `admin_notification_settings`,
//! `sign_up_permits` and `onboarding`. Reads `brand.directory`, the view that the brand context publishes for the door.
//!
//! Writes the events `organization.created`, `.updated`, `.transferred`, `.deleted`, `.restored`; `membership.added`,
//! `.changed`, `.suspended`, `.resumed`, `.left`, `.removed`; `invitation.created`, `.resent`, `.revoked`, `.accepted`;
//! `agency_client.invited`, `.accepted`, `.changed`, `.terms_changed`, `.ended`; `api_key.created`, `.updated`, `.revoked`.
//! Hears none.
//!
//! Secrets of people (password hashes, tokens) are reachable by the service role only, and tokens are kept as
//! SHA-256: whoever reads the database can't sign in with what they find.

pub mod accounts;
pub mod agencies;
mod agents;
pub mod clerk;
mod error;
pub mod external;
pub mod factors;
mod gate;
pub mod ids;
pub mod intake;
pub mod invitations;
pub mod keys;
pub mod links;
pub mod logos;
pub mod memberships;
pub mod onboarding;
pub mod organizations;
pub mod passkeys;
pub mod passwords;
pub mod people;
pub mod permissions;
pub mod profile;
mod reseal;
mod secrets;
pub mod sessions;
pub mod sign_ups;
mod throttle;

use std::sync::Arc;

use async_trait::async_trait;
use bellwether_kernel::{
    Clock, Rng,
    id::{BrandId, OrganizationId},
};
use bellwether_store::{ServiceTx, Store};
use bellwether_vault::Vault;

use clerk::Clerk;
pub use error::Error;
use external::Externals;
pub use gate::IdentityGate;
use passkeys::RelyingParty;

/// Makes the first brand of a new organization. The brand context stands on a higher floor, so it is handed in.
#[async_trait]
pub trait FirstBrand: Send + Sync {
    /// Inserts the brand in the transaction that makes the organization.
    async fn create(
        &self,
        tx: &mut ServiceTx,
        organization: OrganizationId,
        name: &str,
        time_zone: &str,
    ) -> Result<BrandId, Error>;
}

/// What the operator decides about identity.
#[derive(Debug, Clone, Default)]
pub struct IdentityConfig {
    /// Where people reach the app, without a trailing slash, e.g. `http://127.0.0.1:4400`.
    pub public_url: String,
    /// Who may sign up.
    pub sign_up: intake::SignUpMode,
    /// Whether an account is made only after its address was confirmed; needs mail that leaves, or operators who hand
    /// links on.
    pub confirm_sign_up: bool,
    /// Keeps what has to be read again, e.g. the seeds of authenticator apps.
    pub vault: Vault,
    /// Outside services with which people sign in, and whose tokens are taken.
    pub externals: Externals,
    /// Clerk's webhooks.
    pub clerk: Clerk,
}

/// The facade of this context. Cheap to clone.
#[derive(Clone)]
pub struct Identity {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) config: Arc<IdentityConfig>,
    pub(crate) first_brand: Arc<dyn FirstBrand>,
    pub(crate) relying_party: RelyingParty,
    pub(crate) breached: Option<passwords::BreachedPasswords>,
    pub(crate) keeps: Arc<[Arc<dyn accounts::Keeps>]>,
}

impl Identity {
    /// Wires the context.
    pub fn new(
        store: Store,
        clock: Clock,
        rng: Rng,
        config: IdentityConfig,
        first_brand: Arc<dyn FirstBrand>,
    ) -> Self {
        let relying_party = RelyingParty::new(&config.public_url);
        let (config, keeps) = (Arc::new(config), Arc::default());
        Self { store, clock, rng, config, first_brand, relying_party, breached: None, keeps }
    }

    /// The same, refusing passwords of a list of breached ones.
    #[must_use]
    pub fn with_breached_passwords(mut self, list: Option<passwords::BreachedPasswords>) -> Self {
        self.breached = list;
        self
    }

    /// The same, with what other contexts keep of people, for copies of their data.
    #[must_use]
    pub fn with_keeps(mut self, keeps: Vec<Arc<dyn accounts::Keeps>>) -> Self {
        self.keeps = keeps.into();
        self
    }

    /// Whether people reach the app over TLS only, so that cookies are for TLS only.
    pub(crate) fn is_secure(&self) -> bool {
        self.config.public_url.starts_with("https://")
    }

    /// The routes of this context.
    pub fn routes(&self) -> bellwether_web::Api {
        bellwether_web::Api::new()
            .merge(people::http::routes())
            .merge(sign_ups::http::routes())
            .merge(sessions::http::routes())
            .merge(factors::http::routes())
            .merge(passkeys::http::routes())
            .merge(external::http::routes())
            .merge(clerk::routes())
            .merge(links::http::routes())
            .merge(passwords::http::routes())
            .merge(profile::http::routes())
            .merge(accounts::http::routes())
            .merge(organizations::http::routes())
            .merge(logos::http::routes())
            .merge(memberships::http::routes())
            .merge(invitations::http::routes())
            .merge(agencies::http::routes())
            .merge(permissions::routes())
            .merge(keys::http::routes())
            .merge(onboarding::http::routes())
            .merge(intake::routes())
            .layer(axum::Extension(self.clone()))
    }
}
