//! Accounts of networks: connected by consent or by what a person types, their tokens sealed and renewed ahead of time.

pub mod http;
pub mod jobs;
mod listening;
mod oauth;
mod reseal;
mod samples;
mod service;
mod setup;
pub(crate) mod sql;
mod tokens;

pub use listening::Listeners;
pub use oauth::{Authorized, PickView, PickedAccount};
pub use service::{ConnectionView, CreateConnection, Status};
pub use setup::{ProviderView, Setup, Way};
pub(crate) use sql::about;
pub(crate) use tokens::Opened;
