//! What people are told, and how: notices of what happened, in the app and by mail, the morning delivery, and campaigns.
//!
//! Owns `delivery.preferences`, `kind_preferences`, `notifications`, `daily_deliveries`, `mornings`, `contacts`, `campaigns`
//! and `campaign_messages`.
//!
//! Writes the events `review.asked`, and `delivery.delivered`, `delivery.skipped` and `delivery.failed` of the morning delivery. Of notices it
//! writes none: a notice is made of one, and what is told by it would be told again. Open streams hear of a new one in
//! passing by `notification.created`. Hears of publications, connections, reviews, generations, members and invitations:
//! [`subscriptions`]. What concerns the safety of an account identity mails by itself.
//!
//! Who is told of what is in [`notifications::told`], in which words in [`kind`].

pub mod campaigns;
pub mod daily;
mod error;
mod ids;
pub mod kind;
pub mod notifications;
pub mod preferences;

use std::sync::Arc;

use bellwether_billing::Billing;
use bellwether_brand::Brands;
use bellwether_identity::Identity;
use bellwether_jobs::events::Subscriptions;
use bellwether_kernel::{Clock, Rng};
use bellwether_store::Store;
use bellwether_studio::Studio;
use bellwether_vault::Vault;
use serde::{Deserialize, Serialize};

pub use error::Error;
pub use ids::{CampaignId, ContactId, DeliveryId, NotificationId};
pub use kind::{Facts, Kind};

/// What an operator decides of what people are told.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeliveryConfig {
    /// Whether the morning's mail has a picture whose loading tells that it was opened, for people who allow it.
    pub track_opens: bool,
}

impl Default for DeliveryConfig {
    fn default() -> Self {
        Self { track_opens: true }
    }
}

/// The contexts below that this one asks.
#[derive(Clone)]
pub struct Below {
    /// Who is reached, and may what.
    pub identity: Identity,
    /// Trials.
    pub billing: Billing,
    /// Pillars.
    pub brands: Brands,
    /// Drafts.
    pub studio: Studio,
}

/// The facade of this context. Cheap to clone.
#[derive(Clone)]
pub struct Delivery {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) identity: Identity,
    pub(crate) billing: Billing,
    pub(crate) brands: Brands,
    pub(crate) studio: Studio,
    pub(crate) vault: Vault,
    pub(crate) config: Arc<DeliveryConfig>,
    /// Where people reach this installation, without a slash at the end.
    pub(crate) public_url: Arc<str>,
}

impl Delivery {
    /// Wires the context.
    pub fn new(
        store: Store,
        clock: Clock,
        rng: Rng,
        below: Below,
        vault: Vault,
        (public_url, config): (&str, &DeliveryConfig),
    ) -> Self {
        let public_url = public_url.trim_end_matches('/').into();
        let Below { identity, billing, brands, studio } = below;
        let config = Arc::new(config.clone());
        Self { store, clock, rng, identity, billing, brands, studio, vault, config, public_url }
    }

    /// The routes of this context.
    pub fn routes(&self) -> bellwether_web::Api {
        notifications::http::routes()
            .merge(preferences::http::routes())
            .merge(campaigns::http::routes())
            .merge(daily::http::routes())
            .merge(daily::public_http::routes())
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
