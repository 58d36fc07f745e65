//! The calendar at a secret address, for calendar programs.

pub mod http;
pub mod ics;
mod service;
mod sql;

pub use service::CalendarFeedView;
