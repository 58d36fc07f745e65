//! What is brought by itself beside the morning: a trend that rises, a post whose time is near and that waits for somebody,
//! the report of a week. Each is a notice in the app and, for who wants that, a send by the person's ways; each once.

mod bring;
pub mod jobs;
mod reminders;
mod reports;
mod sql;
mod trends;

pub(crate) use bring::wanted;
