//! What a brand knows: short texts with their source, which writers may cite until their day.

pub mod http;
mod model;
mod service;
mod sql;

pub use model::{Knowledge, KnowledgeKind, UpdateKnowledge};
pub use service::{Filter, KnowledgeView, MOST};
pub(crate) use sql::citable;
