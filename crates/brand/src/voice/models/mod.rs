//! Versions of a brand's voice.

pub(crate) mod http;
mod jobs;
pub(crate) mod service;
pub(crate) mod sql;
mod training;
mod view;

pub use jobs::Train;
pub use view::{ValidationView, VoiceModelSummary, VoiceModelView};
