//! A configured provider: every call admitted, tried again where that helps, and put into the books whatever happens.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use bellwether_kernel::{Clock, Rng, id::AiRunId, money::MicroUsd};
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep},
};

use crate::{
    backoff,
    call_error::{CallError, Class},
    circuit::{Circuit, CircuitState},
    config::{ConfigError, ModelsConfig, ProviderConfig, Retry, Structured},
    meter::{AiRun, Estimate, Meter, Purpose, RunStatus},
    prices::Price,
    prompt::Prompt,
    secret::Secret,
    tokens,
    transport::{Answer, Ask, Remote, Transport},
    writer::{Progress, Silent, Step, Usage, WriteError},
};

/// What became of an answer once it was read.
pub(crate) struct Judged<T> {
    /// What it was read as.
    pub value: T,
    /// The code of its first fault, for the books; `None` when it will be used as it is.
    pub invalid: Option<String>,
}

/// One model that can be asked.
pub(crate) struct Provider {
    pub name: String,
    pub config: ProviderConfig,
    pub price: Option<Price>,
    transport: Box<dyn Transport>,
    circuit: Circuit,
    slots: Semaphore,
    /// What it was found to understand; only ever goes down.
    structured: AtomicU8,
    retry: Retry,
    clock: Clock,
    rng: Rng,
}

impl Provider {
    pub fn remote(
        name: &str,
        config: &ProviderConfig,
        models: &ModelsConfig,
        key: Option<Secret>,
        price: Option<Price>,
        clock: &Clock,
        rng: &Rng,
    ) -> Result<Self, ConfigError> {
        let timeouts = config.timeouts.unwrap_or(models.timeouts);
        let transport = Remote::new(name, config, key, timeouts, clock.clone())?;
        Ok(Self::over(Box::new(transport), name, config, models, price, clock, rng))
    }

    pub fn over(
        transport: Box<dyn Transport>,
        name: &str,
        config: &ProviderConfig,
        models: &ModelsConfig,
        price: Option<Price>,
        clock: &Clock,
        rng: &Rng,
    ) -> Self {
        let structured = config.structured.unwrap_or(Structured::Schema);
        Self {
            name: name.to_owned(),
            config: config.clone(),
            price,
            transport,
            circuit: Circuit::new(models.circuit),
            slots: Semaphore::new(config.max_concurrent),
            structured: AtomicU8::new(structured as u8),
            retry: models.retry,
            clock: clock.clone(),
            rng: rng.clone(),
        }
    }

    pub fn rng(&self) -> &Rng {
        &self.rng
    }

    pub fn circuit(&self) -> CircuitState {
        self.circuit.state()
    }

    pub fn structured(&self) -> Structured {
        match self.structured.load(Ordering::Relaxed) {
            0 => Structured::Plain,
            1 => Structured::Json,
            2 => Structured::JsonSchema,
            _ => Structured::Schema,
        }
    }

    /// What a call is expected to use: the input by count, the output at its bound.
    pub fn estimate(&self, ask: &Ask) -> Estimate {
        let usage = Usage {
            input_tokens: ask.texts().map(tokens::estimate).sum(),
            output_tokens: u64::from(self.config.max_output_tokens),
        };
        Estimate { usage, cost: self.price.map(|price| price.cost(usage)) }
    }

    /// Asks until there is an answer or no hope of one.
    pub async fn call<T>(
        &self,
        purpose: Purpose,
        prompt: &Prompt,
        ask: &Ask,
        meter: &dyn Meter,
        progress: &dyn Progress,
        judge: impl Fn(Answer) -> Judged<T>,
    ) -> Result<T, WriteError> {
        // one call at a time per slot: a model on one's own machine can't do more, others punish it
        let _slot = self.slots.acquire().await.map_err(|_| self.unavailable("it is shut down", None))?;
        let mut attempt = 1;
        loop {
            let permit = self.circuit.enter().map_err(|open| {
                let wait = Some(open.remaining);
                self.unavailable("it failed several times in a row and is left alone for a while", wait)
            })?;
            let structured = self.structured();
            let estimate = self.estimate(ask);
            meter.admit(purpose, estimate).await?;
            progress.step(Step::Asking {
                provider: self.name.clone(),
                model: self.config.model.clone(),
                attempt,
            });
            let mut run = Open::new(self, meter, purpose, (&prompt.name, prompt.version), estimate, attempt);
            match self.transport.ask(ask, structured, progress).await {
                Ok(answer) => {
                    permit.succeeded();
                    run.used(answer.usage, || Usage {
                        input_tokens: estimate.usage.input_tokens,
                        output_tokens: tokens::estimate(&answer.text),
                    });
                    let judged = judge(answer);
                    run.close(
                        if judged.invalid.is_some() { RunStatus::Invalid } else { RunStatus::Ok },
                        judged.invalid,
                    )
                    .await;
                    return Ok(judged.value);
                }
                Err(error) => {
                    match error.class {
                        Class::Passing => permit.failed(),
                        // it answered: a refusal says nothing about its health, nor does being busy
                        Class::Fatal | Class::Unsupported => permit.succeeded(),
                        Class::Busy => drop(permit),
                    }
                    run.failed(&error);
                    run.close(RunStatus::Error, Some(error.code.clone())).await;
                    if error.class == Class::Unsupported {
                        self.understand_less_than(structured);
                        continue;
                    }
                    self.wait(error, attempt, progress).await?;
                    attempt += 1;
                }
            }
        }
    }

    /// Has texts turned into vectors of length 1, with the same patience and the same books.
    pub async fn embed(
        &self,
        texts: &[&str],
        dimensions: Option<u32>,
        meter: &dyn Meter,
    ) -> Result<Vec<Vec<f32>>, WriteError> {
        let _slot = self.slots.acquire().await.map_err(|_| self.unavailable("it is shut down", None))?;
        let input_tokens = texts.iter().map(|text| tokens::estimate(text)).sum();
        let usage = Usage { input_tokens, output_tokens: 0 };
        let estimate = Estimate { usage, cost: self.price.map(|price| price.cost(usage)) };
        let mut attempt = 1;
        loop {
            let permit = self.circuit.enter().map_err(|open| {
                let wait = Some(open.remaining);
                self.unavailable("it failed several times in a row and is left alone for a while", wait)
            })?;
            meter.admit(Purpose::Embed, estimate).await?;
            let mut run = Open::new(self, meter, Purpose::Embed, ("embed", 1), estimate, attempt);
            match self.transport.embed(texts, dimensions).await {
                Ok(answer) => {
                    permit.succeeded();
                    run.used(answer.usage, || usage);
                    let vectors = answer.vectors(texts.len(), dimensions);
                    let status = if vectors.is_ok() { RunStatus::Ok } else { RunStatus::Invalid };
                    run.close(status, vectors.is_err().then(|| "invalid_vectors".to_owned())).await;
                    return vectors
                        .map_err(|reason| WriteError::Unusable { provider: self.name.clone(), reason });
                }
                Err(error) => {
                    match error.class {
                        Class::Passing => permit.failed(),
                        Class::Fatal | Class::Unsupported => permit.succeeded(),
                        Class::Busy => drop(permit),
                    }
                    run.failed(&error);
                    run.close(RunStatus::Error, Some(error.code.clone())).await;
                    self.wait(error, attempt, &Silent).await?;
                    attempt += 1;
                }
            }
        }
    }

    /// Waits before the next attempt, or says why there is none.
    async fn wait(&self, error: CallError, attempt: u32, progress: &dyn Progress) -> Result<(), WriteError> {
        if matches!(error.class, Class::Fatal | Class::Unsupported) {
            return Err(WriteError::Rejected { provider: self.name.clone(), reason: error.message });
        }
        let wait = backoff::wait(self.retry, attempt, error.retry_after, &self.rng);
        match wait {
            Some(wait) if attempt < self.retry.max_attempts => {
                let milliseconds = millis(wait);
                progress.step(Step::Waiting { reason: error.message, milliseconds });
                sleep(wait).await;
                Ok(())
            }
            _ => {
                // it asks to be left alone for longer than one text can wait: so do the texts after this one
                if let (Class::Busy, Some(asked)) = (error.class, error.retry_after) {
                    self.circuit.hold(asked);
                }
                Err(self.unavailable(&error.message, error.retry_after))
            }
        }
    }

    fn understand_less_than(&self, structured: Structured) {
        let plainer = self.config.kind.plainer(structured);
        self.structured.fetch_min(plainer as u8, Ordering::Relaxed);
        tracing::info!(provider = %self.name, "the provider refused this way of asking for a shape; asking more plainly");
    }

    fn unavailable(&self, reason: &str, retry_after: Option<Duration>) -> WriteError {
        WriteError::Unavailable {
            provider: self.name.clone(),
            reason: reason.to_owned(),
            retry_after: retry_after.map(|wait| wait.as_secs().max(1)),
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A call under way. Dropped before it is closed, it is told to the meter as cancelled.
struct Open<'a> {
    meter: &'a dyn Meter,
    price: Option<Price>,
    start: Instant,
    run: Option<AiRun>,
}

impl<'a> Open<'a> {
    fn new(
        provider: &Provider,
        meter: &'a dyn Meter,
        purpose: Purpose,
        (prompt, prompt_version): (&str, u32),
        estimated: Estimate,
        attempt: u32,
    ) -> Self {
        let run = AiRun {
            id: AiRunId::new(&provider.clock, &provider.rng),
            purpose,
            provider: provider.name.clone(),
            model: provider.config.model.clone(),
            prompt: prompt.to_owned(),
            prompt_version,
            usage: None,
            estimated,
            cost: None,
            started_at: provider.clock.now(),
            milliseconds: 0,
            attempt,
            status: RunStatus::Cancelled,
            error_code: Some("cancelled".into()),
            note: Some("given up while the answer was awaited; what it cost is unknown".into()),
        };
        Self { meter, price: provider.price, start: Instant::now(), run: Some(run) }
    }

    /// What the provider counted; where it did not, our own count stands in, so that caps hold there too.
    fn used(&mut self, counted: Option<Usage>, estimate: impl FnOnce() -> Usage) {
        let Some(run) = &mut self.run else { return };
        let usage = counted.unwrap_or_else(estimate);
        run.usage = Some(usage);
        run.cost = self.price.map(|price| price.cost(usage));
        run.note = match (counted, self.price) {
            (_, None) => Some("the model's price is unknown".into()),
            (None, _) => Some("the provider did not count its tokens; they are estimated".into()),
            _ => None,
        };
    }

    fn failed(&mut self, error: &CallError) {
        let Some(run) = &mut self.run else { return };
        let free = !error.may_have_cost || self.price == Some(Price::FREE);
        run.cost = free.then_some(MicroUsd(0));
        run.note = Some(error.message.clone());
    }

    async fn close(mut self, status: RunStatus, error_code: Option<String>) {
        if let Some(run) = &mut self.run {
            run.status = status;
            run.error_code = error_code;
            run.milliseconds = millis(self.start.elapsed());
            // kept until the books say yes: dropped in between, it is told again under the same id
            let told = self.meter.record(run.clone()).await;
            if let Err(error) = told {
                tracing::error!(%error, run = ?run, "a model's run could not be recorded");
            }
        }
        self.run = None;
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if let Some(mut run) = self.run.take() {
            run.milliseconds = millis(self.start.elapsed());
            self.meter.cancelled(run);
        }
    }
}

/// Shared by the writer and the analyst that ask it.
pub(crate) type SharedProvider = Arc<Provider>;
