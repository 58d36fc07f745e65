//! How somebody wants to be told: kinds and channels, quiet hours, the morning delivery, and marketing.

pub mod http;
pub mod model;
mod service;
pub(crate) mod sql;

pub use model::{Channels, Day, KindPreference, MorningView, PreferencesView, QuietHours, UpdatePreferences};
