//! Notices of what happened: made by event, read in the app, mailed together.

mod ask;
pub mod http;
pub mod jobs;
mod mails;
mod service;
mod sql;
pub mod told;
mod trials;

pub use service::{NotificationCount, NotificationView};
