//! A wire for tests: it expects each request, word by word, and answers as told.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;

use super::{Body, Media, MediaFile, Method, Request, Response, Wire, WireError};
use crate::rules::MediaKind;

type Check = Box<dyn Fn(&Request) + Send + Sync>;

struct Step {
    method: Method,
    url: String,
    checks: Vec<Check>,
    answer: Result<Response, WireError>,
}

/// A script of requests and answers. Panics on a request that is not the next one, and when dropped with steps left.
#[derive(Default)]
pub struct Script {
    steps: Mutex<VecDeque<Step>>,
    waited: Mutex<Vec<Duration>>,
}

/// One step while it is described.
pub struct Expect<'s> {
    script: &'s Script,
    step: Option<Step>,
}

impl Script {
    /// Nothing expected yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Expects a request; the address is compared whole, query included.
    pub fn expect(&self, method: Method, url: impl Into<String>) -> Expect<'_> {
        let answer = Ok(Response { status: 200, headers: Vec::new(), bytes: Bytes::new() });
        Expect { script: self, step: Some(Step { method, url: url.into(), checks: Vec::new(), answer }) }
    }

    /// How long was waited between requests.
    pub fn waited(&self) -> Vec<Duration> {
        self.waited.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Expect<'_> {
    /// With a header of this value.
    ///
    /// # Panics
    /// When the request comes with anything else.
    #[must_use]
    pub fn header(self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        self.check(move |request| {
            let found = request.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            assert_eq!(found.map(|(_, value)| value.as_str()), Some(value.as_str()), "header {name}");
        })
    }

    /// With this JSON.
    ///
    /// # Panics
    /// When the request comes with anything else.
    #[must_use]
    pub fn json(self, value: Value) -> Self {
        self.check(move |request| match &request.body {
            Body::Json(found) => assert_eq!(found, &value),
            _ => panic!("{request:?}: not JSON"),
        })
    }

    /// With this form, in this order.
    ///
    /// # Panics
    /// When the request comes with anything else.
    #[must_use]
    pub fn form(self, pairs: &[(&str, &str)]) -> Self {
        let pairs: Vec<(String, String)> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.check(move |request| match &request.body {
            Body::Form(found) => assert_eq!(found, &pairs),
            _ => panic!("{request:?}: not a form"),
        })
    }

    /// With whatever else has to hold.
    #[must_use]
    pub fn check(mut self, check: impl Fn(&Request) + Send + Sync + 'static) -> Self {
        if let Some(step) = &mut self.step {
            step.checks.push(Box::new(check));
        }
        self
    }

    /// Answered with JSON.
    pub fn answer(self, status: u16, value: &Value) {
        self.respond(status, &[("content-type", "application/json")], value.to_string());
    }

    /// Answered with anything.
    pub fn respond(mut self, status: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) {
        let headers =
            headers.iter().map(|(name, value)| (name.to_lowercase(), (*value).to_owned())).collect();
        self.finish(Ok(Response { status, headers, bytes: body.into() }));
    }

    /// Not answered.
    pub fn fail(mut self, error: WireError) {
        self.finish(Err(error));
    }

    fn finish(&mut self, answer: Result<Response, WireError>) {
        if let Some(mut step) = self.step.take() {
            step.answer = answer;
            self.script.steps.lock().unwrap_or_else(PoisonError::into_inner).push_back(step);
        }
    }
}

#[async_trait]
impl Wire for Script {
    async fn send(&self, request: Request) -> Result<Response, WireError> {
        let step = self.steps.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some(step) = step else { panic!("nothing more was expected, but there came {request:?}") };
        assert_eq!(
            format!("{} {}", request.method.as_str(), request.url),
            format!("{} {}", step.method.as_str(), step.url)
        );
        for check in &step.checks {
            check(&request);
        }
        step.answer
    }

    async fn wait(&self, time: Duration) {
        self.waited.lock().unwrap_or_else(PoisonError::into_inner).push(time);
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let left = self.steps.get_mut().unwrap_or_else(PoisonError::into_inner);
        if !std::thread::panicking() {
            let left: Vec<String> =
                left.iter().map(|step| format!("{} {}", step.method.as_str(), step.url)).collect();
            assert!(left.is_empty(), "expected, but never sent: {left:?}");
        }
    }
}

/// A file in memory.
struct InMemory(Bytes);

#[async_trait]
impl MediaFile for InMemory {
    async fn read(&self, offset: u64, length: usize) -> Result<Bytes, super::Fault> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.0.len());
        Ok(self.0.slice(start..start.saturating_add(length).min(self.0.len())))
    }
}

/// A file for tests.
pub fn media(id: &str, kind: MediaKind, content_type: &str, bytes: impl Into<Bytes>) -> Media {
    let bytes = bytes.into();
    Media {
        id: id.to_owned(),
        kind,
        content_type: content_type.to_owned(),
        bytes: bytes.len() as u64,
        width: None,
        height: None,
        seconds: None,
        alt_text: String::new(),
        public_url: None,
        file: std::sync::Arc::new(InMemory(bytes)),
    }
}
