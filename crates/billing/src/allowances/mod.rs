//! The month's allowance: held before the work, used or given back after it.

pub mod http;
pub mod model;
mod service;
mod sql;

pub use model::{Metric, Settlement};
pub use service::{AiCost, GenerationsUsage, UsageView};
