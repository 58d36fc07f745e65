//! Generations: one input, a draft per network.

pub mod http;
pub mod jobs;
pub mod model;
mod service;
mod sql;

pub use service::{GenerationSummary, GenerationView, InputRequest, NewGeneration};
pub(crate) use sql::about;
