//! People: signing in, one-time links, and their own data.

pub mod http;
pub mod model;
mod reach;
mod service;
mod sql;
mod suspension;

pub use reach::{Addressee, Reaching, Waitlisted};
pub(crate) use service::{NewPerson, get_user, me, on_constraint};
pub use service::{SignedIn, UpdateMe};
pub(crate) use sql::{delete_old_links, insert_credentials};
