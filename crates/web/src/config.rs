//! What the operator decides about the web server.

use std::time::Duration;

use ipnet::IpNet;
use url::Url;

use crate::limits::Limits;

/// Settings of the web server.
#[derive(Debug, Clone)]
pub struct WebConfig {
    /// Where people reach the app. Its scheme decides on HSTS and secure cookies, its origin on who may post.
    pub public_url: Url,
    /// The program's version, shown in the API's description.
    pub version: String,
    /// Proxies whose `X-Forwarded-For` is believed. None by default: anyone can write that header.
    pub trusted_proxies: Vec<IpNet>,
    /// The bearer token that opens `/metrics` to others than this machine.
    pub metrics_token: Option<String>,
    /// The largest request body, in bytes.
    pub body_limit: usize,
    /// How long an answer may take before its head is sent. Streams go on after it.
    pub timeout: Duration,
    /// Rate limits by class.
    pub limits: Limits,
    /// The stream of events.
    pub stream: StreamConfig,
    /// How long requests may take to finish once the server is told to stop.
    pub shutdown_grace: Duration,
}

/// Settings of the stream of events.
#[derive(Debug, Clone)]
pub struct StreamConfig {
    /// A comment goes out after this much silence, so that proxies keep the connection.
    pub heartbeat: Duration,
    /// How often it is asked again whether the session still lives and what it reaches.
    pub recheck: Duration,
    /// Open streams of one person at most.
    pub per_user: usize,
    /// Events kept for a slow client; one that falls behind further is closed and resumes from the log.
    pub buffer: usize,
    /// Events replayed at most; a client that was away for longer is told to load afresh.
    pub replay: i64,
    /// How far before the last seen event a replay begins: ids carry the time at which a transaction made them, so
    /// one that committed late has an earlier id.
    pub overlap: Duration,
}

impl WebConfig {
    /// The usual settings for an app at this address.
    pub fn new(public_url: Url) -> Self {
        Self {
            public_url,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            trusted_proxies: Vec::new(),
            metrics_token: None,
            body_limit: 16 * 1024 * 1024,
            timeout: Duration::from_secs(30),
            limits: Limits::default(),
            stream: StreamConfig::default(),
            shutdown_grace: Duration::from_secs(10),
        }
    }

    /// Whether people reach the app over TLS.
    pub fn is_secure(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

impl Default for StreamConfig {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_secs(15),
            recheck: Duration::from_mins(1),
            per_user: 12,
            buffer: 256,
            replay: 1000,
            overlap: Duration::from_secs(5),
        }
    }
}
