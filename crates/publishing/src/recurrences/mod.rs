//! What goes out again and again: a repetition by a rule, or a rotation of posts at the times of the queue.
//!
//! Times are made into publications a week ahead by a job. Each is written once, by key; what lies in the past when the job
//! comes (the machine was off) is left out, so that nothing comes in a burst.

mod change;
pub mod http;
pub mod jobs;
pub mod rule;
mod service;
mod sql;

pub use change::UpdateRecurrence;
pub use service::{CreateRecurrence, RecurrenceDetail, RecurrenceView};
