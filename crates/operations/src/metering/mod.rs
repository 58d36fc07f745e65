//! Every call of a model: admitted within the organization's cap, written down with tokens, cost and time.

mod service;
mod sql;

pub use service::OrganizationMeter;
