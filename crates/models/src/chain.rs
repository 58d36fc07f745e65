//! The order in which writers are asked; the built-in one is last and never fails for want of a network.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    BUILTIN,
    meter::{Meter, Refusal},
    tally::Tally,
    writer::{Brief, Progress, Step, WriteError, Writer, Written},
};

/// Asks one after the other until one writes.
pub struct Chain {
    writers: Vec<Arc<dyn Writer>>,
}

impl Chain {
    /// In this order.
    pub fn new(writers: Vec<Arc<dyn Writer>>) -> Self {
        Self { writers }
    }
}

#[async_trait]
impl Writer for Chain {
    fn name(&self) -> &str {
        self.writers.first().map_or(BUILTIN, |writer| writer.name())
    }

    fn version(&self) -> String {
        self.writers.iter().map(|writer| writer.version()).collect::<Vec<_>>().join(" > ")
    }

    async fn write(
        &self,
        brief: &Brief,
        meter: &dyn Meter,
        progress: &dyn Progress,
    ) -> Result<Written, WriteError> {
        let tally = Tally::new(meter);
        let mut failures: Vec<(String, WriteError)> = Vec::new();
        let mut capped = false;
        let start = tokio::time::Instant::now();
        for writer in &self.writers {
            // a cap is about money: every model costs some, the built-in writer none
            if capped && writer.name() != BUILTIN {
                continue;
            }
            if let Some((from, error)) = failures.last() {
                progress.step(Step::FallingBack {
                    from: from.clone(),
                    to: writer.name().to_owned(),
                    reason: error.to_string(),
                });
            }
            match writer.write(brief, &tally, progress).await {
                Ok(mut written) => {
                    if !failures.is_empty() {
                        let sums = tally.sums();
                        written.usage = sums.usage;
                        written.cost = sums.cost;
                        written.attempts = sums.calls + u32::from(written.provider == BUILTIN);
                        written.milliseconds = start.elapsed().as_millis() as u64;
                    }
                    let who = if written.provider == BUILTIN {
                        "the built-in writer".to_owned()
                    } else {
                        format!("“{}”", written.provider)
                    };
                    let notes = failures.iter().map(|(_, error)| format!("Written by {who} since {error}."));
                    written.notes.splice(0..0, notes.collect::<Vec<_>>());
                    return Ok(written);
                }
                Err(error @ (WriteError::NothingToWrite(_) | WriteError::UnknownModel(_))) => {
                    return Err(error);
                }
                Err(error) => {
                    capped |= matches!(error, WriteError::Refused(Refusal::Cap(_) | Refusal::Unavailable(_)));
                    tracing::warn!(writer = writer.name(), code = error.code(), %error, "a writer gave up");
                    failures.push((writer.name().to_owned(), error));
                }
            }
        }
        // the first one is the one that was wanted: its reason is the one to mend
        Err(failures
            .into_iter()
            .next()
            .map_or_else(|| WriteError::UnknownModel(BUILTIN.into()), |(_, error)| error))
    }
}
