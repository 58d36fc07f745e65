//! What it costs: plans, who is on which, and the month's allowance.
//!
//! Owns `billing.plans`, `subscriptions`, `allowances`, `reservations` and `cancellations`.
//!
//! Writes the events `subscription.plan_changed` and `subscription.canceled`; hears none. Others hold and settle allowances through
//! [`Billing::reserve`] and [`Billing::settle`], inside their own transaction.

pub mod allowances;
pub mod cancellations;
mod error;
pub mod plans;

use std::sync::Arc;

use bellwether_kernel::{Clock, Rng};
use bellwether_operations::Operations;
use bellwether_store::Store;

pub use allowances::{Metric, Settlement};
pub use error::Error;

/// The facade of this context. Cheap to clone.
#[derive(Clone)]
pub struct Billing {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) operations: Operations,
    pub(crate) default_plan: Arc<str>,
}

impl Billing {
    /// Wires the context. `default_plan` is what organizations without a subscription are on.
    pub fn new(store: Store, clock: Clock, rng: Rng, operations: Operations, default_plan: &str) -> Self {
        Self { store, clock, rng, operations, default_plan: default_plan.into() }
    }

    /// The routes of this context.
    pub fn routes(&self) -> bellwether_web::Api {
        allowances::http::routes().merge(cancellations::http::routes()).layer(axum::Extension(self.clone()))
    }
}
