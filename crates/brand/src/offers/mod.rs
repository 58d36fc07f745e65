//! What a brand sells, and what its description was found to say of it.

mod analysis;
pub mod http;
mod model;
mod service;
mod sql;

pub(crate) use analysis::{audience_cue, has_start};
pub use model::{Evidence, Filled, Finding, Offer, Price, Promotion, UpdateOffer};
pub use service::{MOST, OfferView};
pub(crate) use service::{filled, names};
