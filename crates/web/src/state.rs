//! The state behind every route.

use std::{ops::Deref, sync::Arc};

use bellwether_kernel::{Clock, Rng};
use bellwether_store::Store;
use tokio_util::sync::CancellationToken;

use crate::{EventHub, Gate, WebConfig, known::Known, limits::Limiter, metrics::Metrics};

/// What every route can reach. Cheap to clone.
#[derive(Clone)]
pub struct Web(Arc<WebParts>);

/// The parts of [`Web`].
pub struct WebParts {
    /// The database.
    pub store: Store,
    /// Time.
    pub clock: Clock,
    /// Randomness.
    pub rng: Rng,
    /// Who asks, and may they in.
    pub gate: Arc<dyn Gate>,
    /// Whom the gate let in a moment ago.
    pub(crate) known: Arc<Known>,
    /// Settings.
    pub config: WebConfig,
    /// Events on their way to the browsers.
    pub events: EventHub,
    /// Rate limits.
    pub limiter: Limiter,
    /// Figures for the operator.
    pub metrics: Metrics,
    /// Cancelled when the server is told to stop; streams end by it.
    pub shutdown: CancellationToken,
}

impl Web {
    /// Wires the state. Events start to flow with [`EventHub::run`].
    pub fn new(store: Store, clock: Clock, rng: Rng, gate: Arc<dyn Gate>, config: WebConfig) -> Self {
        let known = Arc::new(Known::default());
        let events = EventHub::new(config.stream.buffer, Arc::clone(&known));
        let limiter = Limiter::new(config.limits.clone(), clock.clone());
        let metrics = Metrics::new();
        let shutdown = CancellationToken::new();
        Self(Arc::new(WebParts {
            store,
            clock,
            rng,
            gate,
            known,
            config,
            events,
            limiter,
            metrics,
            shutdown,
        }))
    }
}

impl Deref for Web {
    type Target = WebParts;
    fn deref(&self) -> &WebParts {
        &self.0
    }
}
