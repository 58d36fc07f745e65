//! What a job is.

use std::future::Future;

use serde::{Serialize, de::DeserializeOwned};

/// A piece of background work. Its fields are the payload: ids, never copies of data, since the data may change before
/// it runs. It may run more than once.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its name in the queue, `<context>.<what it does>`.
    const NAME: &'static str;
    /// How often it is tried before it is given up. Between tries the wait grows: 3 s, 7 s, 20 s, 55 s, 2½ min …
    const MAX_ATTEMPTS: i32 = 5;
    /// What it works with, given when it is registered.
    type Context: Clone + Send + Sync + 'static;

    /// Does it.
    fn run(self, context: Self::Context, meta: JobMeta) -> impl Future<Output = Result<(), JobError>> + Send;
}

/// Which try this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobMeta {
    /// 1 for the first.
    pub attempt: i32,
    /// How many there are.
    pub max_attempts: i32,
}

impl JobMeta {
    /// Whether a failure now is final: the moment to say so to whoever waits.
    pub fn is_last(self) -> bool {
        self.attempt >= self.max_attempts
    }
}

/// Why a job did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// It may succeed later: tried again after a wait, until the tries are used up.
    #[error("{0}")]
    Retry(String),
    /// It never will: kept as failed with the reason, not tried again.
    #[error("{0}")]
    Fail(String),
}

impl From<bellwether_store::Error> for JobError {
    fn from(error: bellwether_store::Error) -> Self {
        Self::Retry(error.to_string())
    }
}
