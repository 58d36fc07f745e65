//! Brands: their name, zone, language and tone.

pub mod http;
mod service;
mod sql;

pub use service::{BrandView, FirstBrands, NewBrand, UpdateBrand};
