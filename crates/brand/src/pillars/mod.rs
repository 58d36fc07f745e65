//! What a brand writes about: its pillars in order, and proposals of more from its topics and its posts.

pub mod http;
mod model;
mod propose;
mod service;
mod sql;

pub use model::{Pillar, UpdatePillar};
pub use propose::Proposal;
pub(crate) use service::all;
pub use service::{MOST, PastContent, PastPost, PillarView};
