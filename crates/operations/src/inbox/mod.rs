//! The inbox of webhooks: what an outside service tells us is stored first and answered, then worked on by a job, and
//! kept so that it can be replayed.
//!
//! Whoever receives for a source checks its signature and calls [`receive`]; whoever understands the source implements
//! [`Handler`]. The same event twice is one row.

pub mod http;
mod jobs;
mod model;
mod service;
mod sql;

pub use jobs::{Inbox, Process};
pub use model::{
    Handler, HandlerError, InboxEvent, Outcome, Received, WebhookId, WebhookStatus, WebhookView,
};
pub use service::receive;
