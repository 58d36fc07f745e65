//! People: signing up, signing in, one-time links, and their own data.

pub mod http;
pub mod model;
mod service;
mod sql;

pub use service::{SignedIn, UpdateMe};
pub(crate) use service::{get_user, insert_user, me, on_constraint};
pub(crate) use sql::insert_credentials;
