//! The texts from which a voice is learned, and those that it is compared with.

pub(crate) mod http;
pub(crate) mod model;
pub(crate) mod service;
pub(crate) mod sql;

pub use model::{LONGEST, NewSample, RefusedSample, SampleKind, SampleSource, SamplesImported};
pub use service::{Filter, MOST, NewSamples, SampleView, Sort, UpdateSample};
