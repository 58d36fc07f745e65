//! People: signing up, signing in, one-time links, and their own data.

pub mod http;
pub mod model;
mod service;
mod sql;

pub(crate) use service::{get_user, on_constraint};
pub use service::{SignedIn, UpdateMe};
