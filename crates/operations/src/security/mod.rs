//! The security log: written by whoever notices, read by the person concerned and by the owners of the organization
//! concerned.
//!
//! [`note`] writes in the transaction of what happened, [`note_alone`] in one of its own (a request that is refused
//! has none to commit), [`note_beside`] after the answer, never in its way, [`note_seldom_beside`] the same for what
//! comes in swarms.

pub mod http;
mod kinds;
mod model;
mod service;
mod sql;

pub use kinds::{ALL as KINDS, SecurityKind, Severity, kind};
pub use model::{NewSecurityEvent, SecurityEventView};
pub(crate) use service::forget_counts;
pub use service::{note, note_alone, note_beside, note_seldom_beside, of_person};
pub(crate) use sql::expire;
