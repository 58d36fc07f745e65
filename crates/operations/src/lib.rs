//! What happened and what it took: metered model calls, usage, the inbox of webhooks, retention.
//!
//! Owns `operations.ai_runs`, `ai_spending`, `usage`, `usage_daily`, `webhook_inbox`, `webhook_subjects`, `security_events`,
//! `rate_limits` and `request_signatures`, and keeps house in `archive.*`. (The event log is the jobs crate's, idempotency keys are
//! the web's: both stand on floors below.)
//!
//! Writes and hears no events.

pub mod admission;
mod error;
pub mod inbox;
pub mod metering;
pub mod retention;
pub mod security;
pub mod usage;

use bellwether_kernel::{Clock, Rng, money::MicroUsd};
use bellwether_store::Store;

pub use error::Error;
pub use metering::OrganizationMeter;
pub use usage::{Usage, UsageKind};

/// The facade of this context. Cheap to clone.
#[derive(Clone)]
pub struct Operations {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) ai_cap: Option<MicroUsd>,
}

impl Operations {
    /// Wires the context. `ai_cap` is what each organization may spend on models in a month; none is no limit.
    pub fn new(store: Store, clock: Clock, rng: Rng, ai_cap: Option<MicroUsd>) -> Self {
        Self { store, clock, rng, ai_cap }
    }

    /// The routes of this context.
    pub fn routes(&self) -> bellwether_web::Api {
        bellwether_web::Api::new()
            .merge(security::http::routes())
            .merge(inbox::http::routes())
            .merge(metering::http::routes())
            .layer(axum::Extension(self.clone()))
    }

    /// What each organization may spend on models in a month.
    pub fn ai_cap(&self) -> Option<MicroUsd> {
        self.ai_cap
    }
}
