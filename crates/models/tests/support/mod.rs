//! What the tests share: a strict OpenAI-compatible server that fails on demand, books, a stand-in for the built-in
//! writer.
#![allow(dead_code, reason = "each test binary uses its part")]

pub mod server;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bellwether_kernel::{Clock, Rng, money::MicroUsd};
use bellwether_models::{
    AiRun, BrandNotes, Brief, CapReached, Document, Estimate, Meter, Models, ModelsConfig, Progress, Purpose,
    Refusal, Step, Usage, WriteError, Writer, Written,
};
use bellwether_networks::{Content, Target, Tone};

pub const SOURCE: &str = "The bakery on Mill Street opens at 5 in the morning. Every loaf takes 48 hours from flour \
    to shelf. Anna Berg, who runs it, bakes 300 loaves a day and sells out by noon. “Slow bread is not a luxury,” she \
    says. Her sourdough has three ingredients: flour, water and salt.";

pub fn brief() -> Brief {
    Brief {
        document: Document {
            text: SOURCE.into(),
            title: Some("Slow bread".into()),
            source_url: Some("https://example.org/slow-bread".into()),
            language: Some("en".into()),
            tags: Vec::new(),
            reported: None,
        },
        target: Target::XPost,
        tone: Tone::Conversational,
        instructions: None,
        brand: BrandNotes { name: Some("Mill Street Notes".into()), ..BrandNotes::default() },
        analysis: None,
        voice: None,
        variation: 0,
    }
}

pub fn post(text: &str) -> Content {
    Content::Post {
        post: text.into(),
        opening_hook: text.into(),
        cta: None,
        hashtags: vec![],
        mentions: vec![],
        media_prompt: None,
    }
}

pub fn json(text: &str) -> String {
    serde_json::to_string(&post(text)).unwrap()
}

/// Stands where the built-in writer is wired in; its text is its own, so that a test sees who wrote.
pub struct Standin;

pub const STANDIN_TEXT: &str = "Written without a model.";

#[async_trait]
impl Writer for Standin {
    fn name(&self) -> &'static str {
        bellwether_models::BUILTIN
    }

    fn version(&self) -> String {
        "standin".into()
    }

    async fn write(&self, _: &Brief, _: &dyn Meter, _: &dyn Progress) -> Result<Written, WriteError> {
        Ok(Written {
            content: post(STANDIN_TEXT),
            provider: bellwether_models::BUILTIN.into(),
            model: "standin".into(),
            prompt: "none".into(),
            usage: Usage::default(),
            cost: Some(MicroUsd(0)),
            milliseconds: 0,
            attempts: 1,
            notes: vec![],
            trace: vec![],
        })
    }
}

/// Books that remember everything.
#[derive(Default)]
pub struct Books {
    pub admitted: Mutex<Vec<Estimate>>,
    pub runs: Mutex<Vec<AiRun>>,
    pub dropped: Mutex<Vec<AiRun>>,
    pub cap: bool,
}

impl Books {
    pub fn statuses(&self) -> Vec<(String, Option<String>)> {
        let runs = self.runs.lock().unwrap();
        runs.iter().map(|run| (run.status.as_str().to_owned(), run.error_code.clone())).collect()
    }

    pub fn codes(&self) -> Vec<String> {
        self.statuses().into_iter().map(|(status, code)| code.unwrap_or(status)).collect()
    }
}

#[async_trait]
impl Meter for Books {
    async fn admit(&self, _: Purpose, estimate: Estimate) -> Result<(), Refusal> {
        if self.cap {
            return Err(CapReached { detail: "5 of 5 dollars used this month".into() }.into());
        }
        self.admitted.lock().unwrap().push(estimate);
        Ok(())
    }

    async fn record(&self, run: AiRun) -> Result<(), String> {
        self.runs.lock().unwrap().push(run);
        Ok(())
    }

    fn cancelled(&self, run: AiRun) {
        self.dropped.lock().unwrap().push(run);
    }
}

/// Remembers the steps.
#[derive(Default)]
pub struct Steps(pub Mutex<Vec<Step>>);

impl Progress for Steps {
    fn step(&self, step: Step) {
        self.0.lock().unwrap().push(step);
    }
}

pub fn models(toml: &str) -> Models {
    let config: ModelsConfig = toml::from_str(toml).unwrap();
    let env = |name: &str| (name == "TEST_KEY").then(|| server::KEY.to_owned());
    let clock = Clock::manual("2026-01-01T00:00:00Z".parse().unwrap());
    Models::new(&config, &env, Arc::new(Standin), &clock, &Rng::seeded(7)).unwrap()
}

/// One provider named `fake` at a server, tried again without long waits.
pub fn config(base_url: &str, more: &str) -> String {
    format!(
        "retry = {{ max_attempts = 3, base_ms = 1, max_ms = 2000 }}\n\
         [providers.fake]\nkind = \"openai\"\nmodel = \"test-model-high\"\nbase_url = \"{base_url}\"\n\
         api_key_env = \"TEST_KEY\"\nprice = {{ input = 1.0, output = 2.0 }}\n{more}\n"
    )
}
