//! Whom a brand speaks to.

pub mod http;
mod model;
mod service;
mod sql;

pub use model::{Audience, Awareness, Demographics, Psychographics, UpdateAudience};
pub(crate) use service::all;
pub use service::{AudienceView, MOST};
