//! What people are told, and how: notices of what happened, the morning delivery, alerts of trends, reminders, reports of the
//! week, and campaigns; in the app, by mail, by notifications of browsers, by WhatsApp, Slack and Telegram.
//!
//! Owns `delivery.preferences`, `kind_preferences`, `notifications`, `daily_deliveries`, `mornings`, `contacts`, `campaigns`,
//! `campaign_messages`, `channels`, `push_subscriptions`, `installation`, `sends`, `send_attempts` and `early_reports`.
//!
//! Writes the events `review.asked`, and `delivery.delivered`, `delivery.skipped` and `delivery.failed` of the morning delivery. Of notices it
//! writes none: a notice is made of one, and what is told by it would be told again. Open streams hear of a new one in
//! passing by `notification.created`. Hears of publications, connections, reviews, generations, members, invitations and trends
//! that rise: [`subscriptions`]. What concerns the safety of an account identity mails by itself.
//!
//! Who is told of what is in [`notifications::told`], in which words in [`kind`]; how something reaches somebody once, by the
//! first of their ways that works, in [`sends`]; how each way is called in [`ways`].

pub mod alerts;
pub mod campaigns;
pub mod channels;
pub mod config;
pub mod daily;
mod error;
mod export;
mod export_sql;
mod ids;
pub mod kind;
pub mod notifications;
pub mod preferences;
pub mod sends;
pub mod ways;

use std::sync::{Arc, OnceLock};

use bellwether_billing::Billing;
use bellwether_brand::Brands;
use bellwether_identity::Identity;
use bellwether_jobs::events::Subscriptions;
use bellwether_kernel::{Clock, Rng};
use bellwether_networks::publish::Wire;
use bellwether_store::Store;
use bellwether_studio::Studio;
use bellwether_trends::Trends;
use bellwether_vault::Vault;

pub use config::DeliveryConfig;
pub use error::Error;
pub use ids::{
    AttemptId, CampaignId, ChannelId, ContactId, DeliveryId, NotificationId, PushSubscriptionId, SendId,
};
pub use kind::{Facts, Kind};

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
    /// What rises.
    pub trends: Trends,
    /// What carries requests to the outside.
    pub wire: Arc<dyn Wire>,
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
    pub(crate) trends: Trends,
    pub(crate) wire: Arc<dyn Wire>,
    pub(crate) vault: Vault,
    /// Read or made when it is first needed.
    pub(crate) vapid: Arc<OnceLock<Arc<ways::vapid::Keys>>>,
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
        let Below { identity, billing, brands, studio, trends, wire } = below;
        let (config, vapid) = (Arc::new(config.clone()), Arc::default());
        Self {
            store,
            clock,
            rng,
            identity,
            billing,
            brands,
            studio,
            trends,
            wire,
            vault,
            vapid,
            config,
            public_url,
        }
    }

    /// The routes of this context.
    pub fn routes(&self) -> bellwether_web::Api {
        notifications::http::routes()
            .merge(preferences::http::routes())
            .merge(channels::http::routes())
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
