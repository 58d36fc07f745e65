//! People: signing up, signing in, one-time links, and their own data.

pub mod http;
pub mod model;
mod service;
mod sql;

pub(crate) use service::on_constraint;
pub use service::{SignedIn, UpdateMe};
