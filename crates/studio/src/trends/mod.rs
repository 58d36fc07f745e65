//! Drafts of a trend: a generation whose text is what the trend's sources say, each named with its address. Trends stand
//! below and know nothing of posts; which post was made of which trend is noted there by whoever makes the post.

mod http;
mod model;
mod service;
mod sql;

pub(crate) use http::routes;
pub(crate) use model::OfTrend;
pub use model::StatesOfPosts;
