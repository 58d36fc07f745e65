//! What runs the jobs.

use std::{
    any::Any,
    collections::BTreeSet,
    fmt,
    future::Future,
    marker::PhantomData,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bellwether_kernel::Clock;
use bellwether_store::Store;
use futures::{FutureExt as _, future::try_join_all};
use graphile_worker::{
    Crontab, IntoTaskHandlerResult, LocalQueueConfig, RefetchDelayConfig, TaskHandler, WorkerContext,
    WorkerOptions, WorkerRecoveryConfig, parse_crontab,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgPool;
use tracing::Instrument as _;

use crate::{Job, JobError, JobMeta, Partitions, migrate::SCHEMA, patience};

/// How many jobs run at once when nothing else is said: they wait for the network more than they compute.
const CONCURRENCY: usize = 8;
/// Jobs fetched in one go. They are held by this worker until they run, so few enough to come back soon after a crash.
const PREFETCH: usize = 64;
/// A worker without a sign of life for so long is taken for dead, and what it held is given to others, up to 64 jobs that it
/// had only fetched among them. A third of this passes between two looks, so that what a killed worker held is late by 21
/// seconds at most; a sign is given six times as often. Whoever was only held up for so long finds its jobs begun by others:
/// jobs bear being run twice, as they have to.
const SILENCE: Duration = Duration::from_secs(15);
/// How long running jobs may go on after the signal to stop.
const GRACE: Duration = Duration::from_secs(25);
/// After a look that found nothing, the next is half to all of this later, or at once when a job is announced. Without
/// it the queue of graphile_worker 0.14 looks again at once, all the time: its own end of a fetch wakes it.
const REST: RefetchDelayConfig =
    RefetchDelayConfig { duration: Duration::from_millis(250), threshold: 0, max_abort_threshold: Some(1) };
/// Completions are written together this often.
const BATCH: Duration = Duration::from_millis(2);

/// Why a worker could not be wired or stopped running.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// Two jobs of one name.
    #[error("two jobs are called {0}")]
    Duplicate(&'static str),
    /// A schedule or subscription names a job that is not registered.
    #[error("there is no job {0}, but a schedule or subscription names it")]
    Unknown(String),
    /// A schedule that can't be read.
    #[error("the schedule `{schedule}` of {job} can't be read: {reason}")]
    Schedule {
        /// As given.
        schedule: String,
        /// Of which job.
        job: String,
        /// Why not.
        reason: String,
    },
    /// The queue failed.
    #[error("the job queue failed: {0}")]
    Queue(String),
}

/// How a job's try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub name: &'static str,
    pub error: Option<String>,
    pub again: bool,
}

/// Where outcomes go when somebody (a test) wants to know them.
#[derive(Clone, Default)]
pub(crate) struct Recorder(Option<Arc<Mutex<Vec<Outcome>>>>);

impl Recorder {
    #[cfg(feature = "testing")]
    pub(crate) fn on() -> Self {
        Self(Some(Arc::default()))
    }

    fn record(&self, outcome: Outcome) {
        if let Some(outcomes) = &self.0 {
            outcomes.lock().unwrap_or_else(PoisonError::into_inner).push(outcome);
        }
    }

    #[cfg(feature = "testing")]
    pub(crate) fn take(&self) -> Vec<Outcome> {
        self.0
            .as_ref()
            .map(|outcomes| std::mem::take(&mut *outcomes.lock().unwrap_or_else(PoisonError::into_inner)))
            .unwrap_or_default()
    }
}

type Register = Box<dyn Fn(WorkerOptions, &Recorder) -> WorkerOptions + Send + Sync>;

/// Puts a worker together.
pub struct Builder {
    store: Store,
    names: BTreeSet<&'static str>,
    register: Vec<Register>,
    apart: Vec<(Register, usize)>,
    schedules: Vec<(String, String)>,
    concurrency: usize,
    recovery: WorkerRecoveryConfig,
    fault: Option<WorkerError>,
}

impl Builder {
    /// Makes a kind of job known, with what it works with.
    #[must_use]
    pub fn register<J: Job>(mut self, context: J::Context) -> Self {
        let register = self.registration::<J>(context);
        self.register.push(register);
        self
    }

    /// The same for a kind whose jobs may all wait long for one and the same other side: so many of them run at once, beside the
    /// others and never in their place.
    #[must_use]
    pub fn register_apart<J: Job>(mut self, context: J::Context, at_once: usize) -> Self {
        let register = self.registration::<J>(context);
        self.apart.push((register, at_once.max(1)));
        self
    }

    fn registration<J: Job>(&mut self, context: J::Context) -> Register {
        if !self.names.insert(J::NAME) {
            self.fault.get_or_insert(WorkerError::Duplicate(J::NAME));
        }
        let pool = self.store.pool().clone();
        Box::new(move |options, recorder| {
            let held = Held::<J> {
                context: context.clone(),
                pool: pool.clone(),
                recorder: recorder.clone(),
                job: PhantomData,
            };
            options.define_job::<Carrier<J>>().add_extension(held)
        })
    }

    /// Runs a job by a schedule of five fields (minute, hour, day, month, weekday; the machine's local time), once
    /// however many workers there are. Its payload is `{}`.
    #[must_use]
    pub fn cron(mut self, schedule: &str, job: &str) -> Self {
        self.schedules.push((schedule.to_owned(), job.to_owned()));
        self
    }

    /// How many jobs run at once.
    #[must_use]
    pub fn concurrency(mut self, jobs: usize) -> Self {
        self.concurrency = jobs.max(1);
        self
    }

    /// After how long without a sign of life a worker is taken for dead and its jobs are given to others.
    #[must_use]
    pub fn presumed_dead_after(mut self, silence: Duration) -> Self {
        self.recovery = recovery(silence);
        self
    }

    /// Checks that everything fits together.
    pub fn build(self) -> Result<Worker, WorkerError> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let known = |name: &str| self.names.contains(name);
        let named = self.schedules.iter().map(|(_, job)| job.as_str());
        if let Some(name) = named.chain(self.store.subscriptions().jobs()).find(|name| !known(name)) {
            return Err(WorkerError::Unknown(name.to_owned()));
        }
        let mut crontabs = Vec::new();
        for (schedule, job) in &self.schedules {
            crontabs.push(crontab(schedule, job)?);
        }
        Ok(Worker {
            store: self.store,
            register: self.register,
            apart: self.apart,
            crontabs,
            concurrency: self.concurrency,
            recovery: self.recovery,
        })
    }

    /// Builds it and runs it until `shutdown` resolves; running jobs are let finish.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), WorkerError> {
        self.build()?.run(shutdown).await
    }
}

fn recovery(silence: Duration) -> WorkerRecoveryConfig {
    WorkerRecoveryConfig::default()
        .heartbeat_interval(silence / 6)
        .sweep_interval(silence / 3)
        .sweep_threshold(silence)
        .recovery_delay(Duration::from_secs(1))
        .enabled(true)
}

fn crontab(schedule: &str, job: &str) -> Result<Crontab, WorkerError> {
    let unreadable =
        |reason: String| WorkerError::Schedule { schedule: schedule.to_owned(), job: job.to_owned(), reason };
    // the grammar has no dots in names: read the schedule with another name, then give it its own
    let mut read =
        parse_crontab(&format!("{schedule} job ?max=5")).map_err(|error| unreadable(error.to_string()))?;
    let (Some(mut crontab), None) = (read.pop(), read.pop()) else {
        return Err(unreadable("one line is wanted".to_owned()));
    };
    job.clone_into(&mut crontab.task_identifier);
    crontab.payload = Some(Value::Object(serde_json::Map::new()));
    Ok(crontab)
}

/// Runs jobs. Any number of them, in any number of processes, share the work.
pub struct Worker {
    store: Store,
    register: Vec<Register>,
    apart: Vec<(Register, usize)>,
    crontabs: Vec<Crontab>,
    concurrency: usize,
    recovery: WorkerRecoveryConfig,
}

impl Worker {
    /// Starts to put one together. The nightly job that makes partitions is already in it.
    pub fn builder(store: Store, clock: Clock) -> Builder {
        Builder {
            store: store.clone(),
            names: BTreeSet::new(),
            register: Vec::new(),
            apart: Vec::new(),
            schedules: Vec::new(),
            concurrency: CONCURRENCY,
            recovery: recovery(SILENCE),
            fault: None,
        }
        .register::<Partitions>((store, clock))
        .cron("40 2 * * *", Partitions::NAME)
    }

    /// Runs until `shutdown` resolves. Jobs that run then may finish; those that only were fetched go back to the queue.
    pub async fn run(&self, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), WorkerError> {
        let shutdown = shutdown.shared();
        let recorder = Recorder::default();
        // a worker of the queue fetches those jobs only that it knows: one for each kind that runs apart
        let mut lanes = vec![self.lane(self.register.iter().collect(), self.concurrency, &recorder)];
        for (register, at_once) in &self.apart {
            lanes.push(self.lane(vec![register], *at_once, &recorder));
        }
        let run = lanes.into_iter().enumerate().map(|(number, options)| {
            let mut options = options
                .local_queue(LocalQueueConfig::default().with_size(PREFETCH).with_refetch_delay(REST))
                .complete_job_batch_delay(BATCH)
                .worker_recovery(self.recovery.clone())
                .shutdown_signal(shutdown.clone())
                .shutdown_grace_period(GRACE)
                .shutdown_interrupted_job_retry_delay(Duration::from_secs(1));
            for crontab in self.crontabs.iter().filter(|_| number == 0) {
                options = options.with_cron(crontab.clone());
            }
            Self::run_lane(options)
        });
        try_join_all(run).await.map(|_| ())
    }

    async fn run_lane(options: WorkerOptions) -> Result<(), WorkerError> {
        let worker = options.init().await.map_err(|error| WorkerError::Queue(error.to_string()))?;
        worker.run().await.map_err(|error| WorkerError::Queue(error.to_string()))
    }

    /// Runs what is due now, without schedules, recovery or prefetching.
    #[cfg(feature = "testing")]
    pub(crate) async fn run_due(&self, recorder: &Recorder) -> Result<(), WorkerError> {
        let all = self.register.iter().chain(self.apart.iter().map(|(register, _)| register)).collect();
        let options = self.lane(all, self.concurrency, recorder);
        let worker = options.init().await.map_err(|error| WorkerError::Queue(error.to_string()))?;
        worker.run_once().await.map_err(|error| WorkerError::Queue(error.to_string()))
    }

    fn lane(&self, register: Vec<&Register>, at_once: usize, recorder: &Recorder) -> WorkerOptions {
        let options = WorkerOptions::default()
            .database(patience::database(self.store.pool().clone()))
            .schema(SCHEMA)
            .concurrency(at_once)
            .listen_os_shutdown_signals(false);
        register.into_iter().fold(options, |options, register| register(options, recorder))
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("concurrency", &self.concurrency).finish_non_exhaustive()
    }
}

/// What a kind of job needs to run, held by the queue's worker.
struct Held<J: Job> {
    context: J::Context,
    pool: PgPool,
    recorder: Recorder,
    job: PhantomData<fn() -> J>,
}

impl<J: Job> Clone for Held<J> {
    fn clone(&self) -> Self {
        Self {
            context: self.context.clone(),
            pool: self.pool.clone(),
            recorder: self.recorder.clone(),
            job: PhantomData,
        }
    }
}

impl<J: Job> fmt::Debug for Held<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(J::NAME)
    }
}

/// A job as the queue hands it over: its payload unread, since one that can't be read must fail for good.
struct Carrier<J>(Value, PhantomData<fn() -> J>);

impl<J> Serialize for Carrier<J> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, J> Deserialize<'de> for Carrier<J> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| Self(value, PhantomData))
    }
}

impl<J: Job> TaskHandler for Carrier<J> {
    const IDENTIFIER: &'static str = J::NAME;

    async fn run(self, queue: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(held) = queue.get_ext::<Held<J>>().cloned() else {
            return Err(format!("{} is not registered", J::NAME));
        };
        let meta = JobMeta {
            attempt: i32::from(*queue.job().attempts()),
            max_attempts: i32::from(*queue.job().max_attempts()),
        };
        let outcome = attempt::<J>(self.0, held.context, meta).await;
        let again = matches!(outcome, Err(JobError::Retry(_))) && !meta.is_last();
        if let Err(error) = &outcome {
            tracing::warn!(job = J::NAME, id = queue.job().id(), attempt = meta.attempt, again, %error, "a job failed");
        }
        if let Err(JobError::Fail(_)) = &outcome {
            give_up(&held.pool, *queue.job().id(), queue.worker_id()).await;
        }
        let outcome = outcome.map_err(|error| error.to_string());
        held.recorder.record(Outcome { name: J::NAME, error: outcome.clone().err(), again });
        outcome
    }
}

async fn attempt<J: Job>(payload: Value, context: J::Context, meta: JobMeta) -> Result<(), JobError> {
    let job: J = serde_json::from_value(payload)
        .map_err(|error| JobError::Fail(format!("its payload can't be read: {error}")))?;
    let span = tracing::info_span!("job", name = J::NAME, attempt = meta.attempt);
    AssertUnwindSafe(job.run(context, meta).instrument(span))
        .catch_unwind()
        .await
        .unwrap_or_else(|panic| Err(JobError::Retry(format!("it panicked: {}", said(panic.as_ref())))))
}

fn said(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a word")
}

/// Uses up the tries of a job that runs now, so that the queue keeps it as failed. Should this not get through, the job
/// is tried once more and comes here again.
async fn give_up(pool: &PgPool, job: i64, worker: &str) {
    let done = sqlx::query(
        "WITH given_up AS (
             UPDATE graphile_worker._private_jobs SET max_attempts = attempts
             WHERE id = $1 AND locked_by = $2 RETURNING id
         )
         INSERT INTO graphile_worker._private_job_retirements (id) SELECT id FROM given_up ON CONFLICT DO NOTHING",
    )
    .bind(job)
    .bind(worker)
    .execute(pool)
    .await;
    if let Err(error) = done {
        tracing::warn!(job, %error, "a job that failed for good could not be marked so; it is tried again");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_read_and_faults_named() {
        let nightly = crontab("40 2 * * *", "operations.partitions").unwrap();
        assert_eq!(nightly.task_identifier, "operations.partitions");
        assert_eq!(nightly.options.max, Some(5));
        for wrong in ["61 * * * *", "* * *", "", "@daily", "* * * * * x\n* * * * *"] {
            let error = crontab(wrong, "a.b").unwrap_err().to_string();
            assert!(error.contains("a.b"), "{error}");
        }
    }
}
