//! What a brand's sources said.

pub mod http;
mod likeness;
mod marks;
mod marks_sql;
mod model;
mod service;
mod sql;

pub(crate) use marks::Reader;
pub use marks::{ItemCounts, Mark, MarkItem, ReadAll, ReadAllDone, UndoReadAll};
pub(crate) use model::{Identified, NewItem, identify, prepare};
pub use model::{ItemDetail, ItemSource, ItemView, SaidAlso};
pub use service::Wanted;
