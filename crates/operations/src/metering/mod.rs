//! Every call of a model: admitted within the organization's cap, written down with tokens, cost and time.

pub mod http;
mod service;
mod sql;
mod usage;

pub use service::OrganizationMeter;
pub use usage::{AiUsage, AiUsageView};
