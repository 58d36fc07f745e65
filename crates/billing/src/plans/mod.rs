//! Plans and subscriptions.

mod service;
mod sql;

pub use service::PlanView;
pub(crate) use sql::{cancel, current};
