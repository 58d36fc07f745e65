//! For tests: run the queue to its end, and see that nothing is left.

use bellwether_store::{Error, Store};

use crate::{Worker, WorkerError, worker::Recorder};

/// What [`drain`] ran.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Names of the jobs that succeeded, in the order in which they ended.
    pub done: Vec<&'static str>,
    /// Those that failed and will be tried again, with the reason.
    pub again: Vec<(&'static str, String)>,
    /// Those that failed for good, with the reason.
    pub failed: Vec<(&'static str, String)>,
}

/// A job in the queue.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Waiting {
    /// Its name.
    pub name: String,
    /// Its payload, as JSON.
    pub payload: String,
    /// Its key.
    pub key: Option<String>,
    /// Tries so far.
    pub attempts: i16,
    /// Why the last one failed.
    pub last_error: Option<String>,
    /// Whether its tries are used up.
    pub failed: bool,
    /// Whether it may run now.
    pub due: bool,
}

/// Runs every job that is due, those included that they enqueue, until none is. What failed and waits for its next try
/// is not due; see [`make_due`].
pub async fn drain(store: &Store, worker: &Worker) -> Result<Report, WorkerError> {
    let mut report = Report::default();
    let recorder = Recorder::on();
    loop {
        worker.run_due(&recorder).await?;
        let outcomes = recorder.take();
        if outcomes.is_empty() {
            return Ok(report);
        }
        for outcome in outcomes {
            match (outcome.error, outcome.again) {
                (None, _) => report.done.push(outcome.name),
                (Some(error), true) => report.again.push((outcome.name, error)),
                (Some(error), false) => report.failed.push((outcome.name, error)),
            }
        }
        let waiting = jobs(store).await.map_err(|error| WorkerError::Queue(error.to_string()))?;
        if !waiting.iter().any(|job| job.due) {
            return Ok(report);
        }
    }
}

/// Lets everything that waits for a later time run now: scheduled jobs and next tries.
pub async fn make_due(store: &Store) -> Result<(), Error> {
    sqlx::query(
        "UPDATE graphile_worker._private_jobs SET run_at = now() WHERE is_available AND run_at > now()",
    )
    .execute(store.pool())
    .await?;
    Ok(())
}

/// Everything in the queue, failed jobs included.
pub async fn jobs(store: &Store) -> Result<Vec<Waiting>, Error> {
    Ok(sqlx::query_as(
        "SELECT t.identifier AS name, j.payload::text AS payload, j.key, j.attempts, j.last_error,
                j.attempts >= j.max_attempts AND j.locked_at IS NULL AS failed,
                j.is_available AND j.run_at <= now() AS due
         FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
         ORDER BY j.id",
    )
    .fetch_all(store.pool())
    .await?)
}

/// Fails the test when a job is left over, waiting or failed.
///
/// # Panics
/// Then, with the jobs.
pub async fn assert_no_jobs_left(store: &Store) {
    #[expect(clippy::panic, reason = "failing the test is what it is for")]
    match jobs(store).await {
        Ok(left) if left.is_empty() => {}
        Ok(left) => panic!("jobs are left over: {left:#?}"),
        Err(error) => panic!("the queue can't be read: {error}"),
    }
}
