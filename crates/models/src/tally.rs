//! Adds up what the calls for one text used and cost, on their way to the books.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bellwether_kernel::money::MicroUsd;

use crate::{
    meter::{AiRun, Estimate, Meter, Purpose, Refusal},
    writer::Usage,
};

/// A meter that passes everything on and remembers the sums.
pub(crate) struct Tally<'a> {
    inner: &'a dyn Meter,
    sums: Mutex<Sums>,
}

/// The sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sums {
    pub usage: Usage,
    /// `None` as soon as one is unknown.
    pub cost: Option<MicroUsd>,
    pub calls: u32,
}

impl<'a> Tally<'a> {
    pub fn new(inner: &'a dyn Meter) -> Self {
        let sums = Sums { usage: Usage::default(), cost: Some(MicroUsd(0)), calls: 0 };
        Self { inner, sums: Mutex::new(sums) }
    }

    pub fn sums(&self) -> Sums {
        *self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, Sums> {
        self.sums.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Meter for Tally<'_> {
    async fn admit(&self, purpose: Purpose, estimate: Estimate) -> Result<(), Refusal> {
        self.inner.admit(purpose, estimate).await
    }

    async fn record(&self, run: AiRun) -> Result<(), String> {
        {
            let mut sums = self.lock();
            sums.usage = sums.usage + run.usage.unwrap_or_default();
            sums.cost = sums.cost.zip(run.cost).map(|(a, b)| a + b);
            sums.calls += 1;
        }
        self.inner.record(run).await
    }

    fn cancelled(&self, run: AiRun) {
        self.inner.cancelled(run);
    }
}
