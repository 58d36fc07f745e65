//! Brands: their name, place, zone, language and tone.

pub mod http;
mod jobs;
mod model;
mod service;
pub(crate) mod sql;

pub use jobs::Purge;
pub use service::{BrandView, FirstBrands, NewBrand, UNDO, UpdateBrand};
