//! Publications in tables: a CSV file read into drafts and publications, and some days written as one.
//!
//! What is written reads back as it was. A file is looked at as a whole first: every fault is told with its row, its column
//! and how to mend it, and a dry run writes nothing.

mod content;
pub mod http;
mod read;
mod service;

pub use service::{Exported, Fault, ImportReport, Imported, Mode};
