//! Background work on a queue in PostgreSQL, and the event log with its subscribers.
//!
//! A [`Job`] is enqueued in the transaction that gives rise to it ([`enqueue`]), so both happen or neither. A [`Worker`]
//! runs it at least once: what it does must bear being done again. An event is recorded the same way
//! ([`events::record`]), and the jobs that hear of it are enqueued with it.

mod enqueue;
pub mod events;
mod job;
mod migrate;
mod partitions;
mod patience;
#[cfg(feature = "testing")]
pub mod testing;
mod worker;

pub use enqueue::{JobId, Options, cancel, enqueue};
pub use job::{Job, JobError, JobMeta};
pub use migrate::migrate;
pub use partitions::Partitions;
pub use worker::{Builder, Worker, WorkerError};
