//! Figures for the operator, in the text format of Prometheus.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use bellwether_kernel::{Kind, Problem};
use http::header;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use crate::{ApiError, Credentials, Web, bearing};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    method: String,
    /// The template, never the path itself: paths are without bound and may carry names.
    route: String,
    /// `2xx`.
    status: String,
}

/// From a millisecond to the longest that a request may take.
const BOUNDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// The figures of this process. Cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Mutex<Registry>>,
    durations: Family<Labels, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
    streams: Gauge,
    rate_limited: Counter,
    connections: Gauge,
    connections_idle: Gauge,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

/// Counts one up while it lives.
pub(crate) struct Running(Gauge);

impl Running {
    fn of(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("bellwether");
        let durations = Family::new_with_constructor((|| Histogram::new(BOUNDS)) as fn() -> Histogram);
        let (in_flight, streams, rate_limited) = (Gauge::default(), Gauge::default(), Counter::default());
        let (connections, connections_idle) = (Gauge::default(), Gauge::default());
        registry.register(
            "http_request_duration_seconds",
            "Time until the head of the answer, by route",
            durations.clone(),
        );
        registry.register("http_requests_in_flight", "Requests being answered", in_flight.clone());
        registry.register("http_event_streams", "Open streams of events", streams.clone());
        registry.register("http_rate_limited", "Requests refused for coming too often", rate_limited.clone());
        registry.register("database_connections", "Connections in the pool", connections.clone());
        registry.register(
            "database_connections_idle",
            "Connections that nobody uses",
            connections_idle.clone(),
        );
        let registry = Arc::new(Mutex::new(registry));
        Self { registry, durations, in_flight, streams, rate_limited, connections, connections_idle }
    }

    /// Adds a context's own figures.
    pub fn register(&self, add: impl FnOnce(&mut Registry)) {
        add(&mut self.registry.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(crate) fn answered(
        &self,
        method: &http::Method,
        route: &str,
        status: http::StatusCode,
        time: Duration,
    ) {
        let labels = Labels {
            method: method.as_str().to_owned(),
            route: route.to_owned(),
            status: format!("{}xx", status.as_u16() / 100),
        };
        self.durations.get_or_create(&labels).observe(time.as_secs_f64());
    }

    pub(crate) fn request(&self) -> Running {
        Running::of(&self.in_flight)
    }

    pub(crate) fn stream(&self) -> Running {
        Running::of(&self.streams)
    }

    pub(crate) fn rate_limited(&self) {
        self.rate_limited.inc();
    }

    fn text(&self, web: &Web) -> Result<String, fmt::Error> {
        let (all, idle) = web.store.connections();
        self.connections.set(i64::try_from(all).unwrap_or(i64::MAX));
        self.connections_idle.set(i64::try_from(idle).unwrap_or(i64::MAX));
        let mut text = String::new();
        encode(&mut text, &self.registry.lock().unwrap_or_else(PoisonError::into_inner))?;
        Ok(text)
    }
}

/// `GET /metrics`: for this machine, or for whoever brings the configured token; 404 for everybody else.
pub(crate) async fn show(State(web): State<Web>, request: Request) -> Result<Response, ApiError> {
    if !may_see(&web, &request) {
        return Err(ApiError(Problem::new(Kind::NotFound, "not_found", "There is nothing here for you.")));
    }
    let text = web.metrics.text(&web).map_err(crate::error::problems::internal)?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

fn may_see(web: &Web, request: &Request) -> bool {
    if let (Some(wanted), Credentials::Bearer(token)) =
        (&web.config.metrics_token, Credentials::of(request.headers()))
        && crate::limits::token_hash(wanted) == crate::limits::token_hash(&token)
    {
        return true;
    }
    // a proxy on this machine also comes from loopback, but says for whom it asks
    let forwarded = ["forwarded", "x-forwarded-for", "x-real-ip"]
        .iter()
        .any(|name| request.headers().contains_key(*name));
    !forwarded && bearing::peer(request.extensions()).is_some_and(|peer| peer.is_loopback())
}
