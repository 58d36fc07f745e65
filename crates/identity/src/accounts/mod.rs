//! The end of an account: deleted, for 14 days to be brought back, then erased; and a copy of what is kept.

mod export;
pub mod http;
mod jobs;
mod service;
pub(crate) mod sql;

pub use export::{Exported, Keeps};
pub use jobs::Erase;
pub use service::Deleted;
pub(crate) use service::{UNDO, lock};
