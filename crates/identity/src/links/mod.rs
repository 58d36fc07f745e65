//! Links by mail: signing in, a new password, confirming and changing the e-mail address, taking things back.
//!
//! Asking for a link never tells whether an address has an account: the request does the same for any address, and a
//! job finds out. A link is for one purpose, works once, and only its SHA-256 is kept. Its token stands behind the `#`,
//! so that it reaches no server log and no Referer.

pub mod http;
mod jobs;
mod model;
mod service;
pub(crate) mod sql;

pub use jobs::{MailEmailChange, MailLink};
pub use model::Asked;
pub(crate) use model::Purpose;
pub use service::Confirmed;
