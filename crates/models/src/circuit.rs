//! A circuit breaker: a provider that fails again and again is left alone for a while, so that drafts fall back at
//! once instead of after three time-outs each.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::config::CircuitConfig;

/// Whether calls go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CircuitState {
    /// They do.
    Closed,
    /// They don't.
    Open,
    /// A single one does, to see whether the provider is back.
    HalfOpen,
}

/// One provider's breaker; clones share it.
#[derive(Debug, Clone)]
pub struct Circuit {
    config: CircuitConfig,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    failures: u32,
    open_until: Option<Instant>,
    probing: bool,
}

/// The circuit is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// Until a probe is let through.
    pub remaining: Duration,
}

/// Leave for one call. Dropped without a word (the caller gave up), it counts neither way.
#[derive(Debug)]
pub struct Permit {
    circuit: Circuit,
    probe: bool,
    told: bool,
}

impl Circuit {
    /// Closed.
    pub fn new(config: CircuitConfig) -> Self {
        Self { config, inner: Arc::default() }
    }

    /// Asks for leave to call.
    pub fn enter(&self) -> Result<Permit, Open> {
        let now = Instant::now();
        let mut inner = self.lock();
        let probe = match inner.open_until {
            None => false,
            Some(until) if until > now => return Err(Open { remaining: until - now }),
            // one probe at a time; the others are told to come back soon
            Some(_) if inner.probing => return Err(Open { remaining: Duration::from_secs(1) }),
            Some(_) => {
                inner.probing = true;
                true
            }
        };
        Ok(Permit { circuit: self.clone(), probe, told: false })
    }

    /// Leaves the provider alone for as long as it asked (`Retry-After`).
    pub fn hold(&self, duration: Duration) {
        let until = Instant::now() + duration;
        let mut inner = self.lock();
        inner.open_until = Some(inner.open_until.map_or(until, |old| old.max(until)));
    }

    /// For the health page.
    pub fn state(&self) -> CircuitState {
        match self.lock().open_until {
            None => CircuitState::Closed,
            Some(until) if until > Instant::now() => CircuitState::Open,
            Some(_) => CircuitState::HalfOpen,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit {
    /// The provider answered, well or badly, but it answered.
    pub fn succeeded(mut self) {
        self.told = true;
        *self.circuit.lock() = Inner::default();
    }

    /// It did not.
    pub fn failed(mut self) {
        self.told = true;
        let mut inner = self.circuit.lock();
        inner.failures = inner.failures.saturating_add(1);
        if self.probe || inner.failures >= self.circuit.config.failures {
            inner.open_until = Some(Instant::now() + Duration::from_millis(self.circuit.config.open_ms));
        }
        if self.probe {
            inner.probing = false;
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.told && self.probe {
            self.circuit.lock().probing = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circuit() -> Circuit {
        Circuit::new(CircuitConfig { failures: 2, open_ms: 1_000 })
    }

    #[tokio::test(start_paused = true)]
    async fn opens_after_failures_in_a_row_only() {
        let circuit = circuit();
        circuit.enter().unwrap().failed();
        circuit.enter().unwrap().succeeded();
        circuit.enter().unwrap().failed();
        assert_eq!(circuit.state(), CircuitState::Closed);
        circuit.enter().unwrap().failed();
        assert_eq!(circuit.state(), CircuitState::Open);
        assert_eq!(circuit.enter().unwrap_err().remaining, Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn one_probe_at_a_time_decides() {
        let circuit = circuit();
        circuit.enter().unwrap().failed();
        circuit.enter().unwrap().failed();
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(circuit.state(), CircuitState::HalfOpen);
        let probe = circuit.enter().unwrap();
        circuit.enter().unwrap_err();
        probe.failed();
        assert_eq!(circuit.state(), CircuitState::Open);
        tokio::time::advance(Duration::from_secs(1)).await;
        circuit.enter().unwrap().succeeded();
        assert_eq!(circuit.state(), CircuitState::Closed);
        circuit.enter().unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_is_given_up_makes_room_for_the_next() {
        let circuit = circuit();
        circuit.enter().unwrap().failed();
        circuit.enter().unwrap().failed();
        tokio::time::advance(Duration::from_secs(1)).await;
        drop(circuit.enter().unwrap());
        circuit.enter().unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_provider_that_asks_for_rest_gets_it() {
        let circuit = circuit();
        circuit.hold(Duration::from_mins(1));
        assert_eq!(circuit.state(), CircuitState::Open);
        tokio::time::advance(Duration::from_mins(1)).await;
        circuit.enter().unwrap().succeeded();
        assert_eq!(circuit.state(), CircuitState::Closed);
    }
}
