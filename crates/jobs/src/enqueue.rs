//! Putting jobs into the queue and taking them out again.

use bellwether_kernel::Timestamp;
use bellwether_store::{Error, Tx};

use crate::Job;

/// The queue's own number of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct JobId(pub i64);

/// When and how a job runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Names this very piece of work: enqueuing it again replaces the one that waits (a new time, a new payload) and
    /// does not add another; it can be cancelled by it. A job that already runs is left alone, and a second one waits.
    pub key: Option<String>,
    /// Jobs of the same queue run one after the other, never at once.
    pub queue: Option<String>,
    /// Not before this time; at once when not given.
    pub run_at: Option<Timestamp>,
    /// Lower runs earlier; 0 is usual.
    pub priority: i16,
}

impl Options {
    /// Named by a key.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// In a queue, after those before it.
    #[must_use]
    pub fn queue(mut self, queue: impl Into<String>) -> Self {
        self.queue = Some(queue.into());
        self
    }

    /// Not before a time.
    #[must_use]
    pub fn run_at(mut self, at: Timestamp) -> Self {
        self.run_at = Some(at);
        self
    }
}

/// Enqueues a job in the transaction: it runs after the commit, or never.
pub async fn enqueue<J: Job>(tx: &mut impl Tx, job: &J, options: Options) -> Result<JobId, Error> {
    let payload =
        serde_json::to_value(job).map_err(|error| Error::Other(sqlx::Error::Encode(Box::new(error))))?;
    let id = sqlx::query_scalar("SELECT operations.enqueue_job($1, $2, $3, $4, $5, $6, $7)")
        .bind(J::NAME)
        .bind(payload)
        .bind(options.key)
        .bind(options.queue)
        .bind(options.run_at)
        .bind(J::MAX_ATTEMPTS)
        .bind(i32::from(options.priority))
        .fetch_one(tx.conn())
        .await?;
    Ok(JobId(id))
}

/// Takes the job of a key out of the queue; one that runs at this moment is not run again. Tells whether there was one.
pub async fn cancel(tx: &mut impl Tx, key: &str) -> Result<bool, Error> {
    Ok(sqlx::query_scalar("SELECT operations.cancel_job($1)").bind(key).fetch_one(tx.conn()).await?)
}
