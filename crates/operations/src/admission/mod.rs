//! What is counted and what may come only once, over all processes: rate limits in windows of time, signed requests.

mod service;
mod sql;

pub use service::{NewSignature, accept_signature, close_rates, read_rates, take_rate};
pub(crate) use sql::delete_signatures;
