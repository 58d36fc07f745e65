//! Usage rows: what was asked for and what it took, kept 90 days one by one and summed per day after.

mod service;
mod sql;

pub use service::{Usage, UsageKind, of_person};
