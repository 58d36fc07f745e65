//! Leaving: a plan, or with one's account. Whoever leaves is asked why, and operators read the answers.

pub mod http;
mod model;
mod service;
mod sql;

pub use model::{CancellationId, CancellationView, Leaving, PlanLeft, Reason};
