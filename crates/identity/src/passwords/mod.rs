//! Setting and changing passwords, asking for one again, and refusing those that everybody knows.
//!
//! Passwords are judged by length (10 to 256 characters) and by whether they are known from breaches, never by which
//! kinds of characters they have (NIST SP 800-63B, 3.1.1.2).

mod breached;
pub mod http;
mod service;
mod sql;

pub use breached::{BreachedPasswords, ListError};
pub(crate) use service::{need_session, throttled};
pub(crate) use sql::is_recent;
