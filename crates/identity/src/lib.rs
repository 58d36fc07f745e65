//! Who signs in, and where they belong.
//!
//! Owns `identity.users`, `credentials`, `external_identities`, `login_links`, `sessions`, `totp_factors`,
//! `recovery_codes`, `pending_sign_ins`, `passkeys`, `passkey_ceremonies`, `external_flows`, `organizations`,
//! `external_organizations` and `memberships`. Reads `brand.directory`, the view that the brand context publishes for the door.
//!
//! Writes the events `organization.created`, `organization.updated`; hears none.
//!
//! Secrets of people (password hashes, tokens) are reachable by the service role only, and tokens are kept as
//! SHA-256: whoever reads the database can't sign in with what they find.

mod error;
pub mod factors;
mod gate;
pub mod ids;
pub mod organizations;
pub mod passkeys;
pub mod people;
mod secrets;
pub mod sessions;

use std::sync::Arc;

use async_trait::async_trait;
use bellwether_kernel::{
    Clock, Rng,
    id::{BrandId, OrganizationId},
};
use bellwether_store::{ServiceTx, Store};
use bellwether_vault::Vault;

pub use error::Error;
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
#[derive(Debug, Clone)]
pub struct IdentityConfig {
    /// Where people reach the app, without a trailing slash, e.g. `http://127.0.0.1:4400`.
    pub public_url: String,
    /// Whether anyone may sign up.
    pub open_sign_up: bool,
    /// Keeps what has to be read again, e.g. the seeds of authenticator apps.
    pub vault: Vault,
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
        Self { store, clock, rng, config: Arc::new(config), first_brand, relying_party }
    }

    /// The routes of this context.
    pub fn routes(&self) -> bellwether_web::Api {
        bellwether_web::Api::new()
            .merge(people::http::routes())
            .merge(sessions::http::routes())
            .merge(factors::http::routes())
            .merge(passkeys::http::routes())
            .merge(organizations::http::routes())
            .layer(axum::Extension(self.clone()))
    }
}
