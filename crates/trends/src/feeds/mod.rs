//! What a brand wants to read of what its sources say.

pub mod http;
mod model;
mod rank;
mod service;
mod sql;

pub use model::{CreateSmartFeed, SmartFeedView, Topic, UpdateSmartFeed};
pub(crate) use rank::fold;
pub use rank::{RankedItem, Why};
