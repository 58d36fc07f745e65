//! What people are told, and how: notices of what happened, in the app and by mail, and campaigns.
//!
//! Owns `delivery.preferences`, `kind_preferences`, `notifications`, `contacts`, `campaigns` and `campaign_messages`.
//!
//! Writes no events: a notice is made of one, and what is told by it would be told again. Open streams hear of a new one in
//! passing by `notification.created`. Hears of publications, connections, reviews, generations, members and invitations:
//! [`subscriptions`]. What concerns the safety of an account identity mails by itself.
//!
//! Who is told of what is in [`notifications::told`], in which words in [`kind`].

pub mod campaigns;
mod error;
mod ids;
pub mod kind;
pub mod notifications;
pub mod preferences;

use std::sync::Arc;

use bellwether_billing::Billing;
use bellwether_identity::Identity;
use bellwether_jobs::events::Subscriptions;
use bellwether_kernel::{Clock, Rng};
use bellwether_store::Store;
use bellwether_vault::Vault;

pub use error::Error;
pub use ids::{CampaignId, ContactId, NotificationId};
pub use kind::{Facts, Kind};

/// The facade of this context. Cheap to clone.
#[derive(Clone)]
pub struct Delivery {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) identity: Identity,
    pub(crate) billing: Billing,
    pub(crate) vault: Vault,
    /// Where people reach this installation, without a slash at the end.
    pub(crate) public_url: Arc<str>,
}

impl Delivery {
    /// Wires the context.
    pub fn new(
        store: Store,
        clock: Clock,
        rng: Rng,
        (identity, billing): (Identity, Billing),
        vault: Vault,
        public_url: &str,
    ) -> Self {
        let public_url = public_url.trim_end_matches('/').into();
        Self { store, clock, rng, identity, billing, vault, public_url }
    }

    /// The routes of this context.
    pub fn routes(&self) -> bellwether_web::Api {
        notifications::http::routes()
            .merge(preferences::http::routes())
            .merge(campaigns::http::routes())
            .layer(axum::Extension(self.clone()))
    }
}

/// Who hears of what, for the wiring.
pub fn subscriptions() -> Subscriptions {
    use bellwether_jobs::Job as _;
    notifications::told::HEARD
        .iter()
        .fold(Subscriptions::new(), |all, kind| all.on(kind, notifications::jobs::Notify::NAME))
}
