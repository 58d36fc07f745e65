//! What a brand's sources said.

pub mod http;
mod likeness;
mod model;
mod service;
mod sql;

pub(crate) use model::{Identified, NewItem, identify, prepare};
pub use model::{ItemDetail, ItemSource, ItemView, SaidAlso};
pub use service::Wanted;
