//! Retries, circuit and books on a clock that stands still: a provider under the seam that does as it is told.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bellwether_kernel::{Clock, Rng, money::MicroUsd};
use tokio::time::Instant;

use crate::{
    call_error::{CallError, Class},
    config::{CircuitConfig, ModelsConfig, ProviderConfig, Retry, Structured},
    meter::{AiRun, Estimate, Meter, Purpose, Refusal, RunStatus},
    prices::Price,
    prompt::Prompt,
    provider::{Judged, Provider},
    transport::{Answer, Ask, Transport, Turn},
    writer::{Progress, Silent, Usage, WriteError},
};

type Planned = Result<Answer, CallError>;

#[derive(Clone, Default)]
struct Script {
    planned: Arc<Mutex<VecDeque<Planned>>>,
    asked: Arc<Mutex<Vec<(Instant, Structured)>>>,
}

#[async_trait]
impl Transport for Script {
    async fn ask(&self, _: &Ask, structured: Structured, _: &dyn Progress) -> Planned {
        self.asked.lock().unwrap().push((Instant::now(), structured));
        let next = self.planned.lock().unwrap().pop_front();
        match next {
            Some(planned) => planned,
            None => std::future::pending().await,
        }
    }
}

#[derive(Default)]
struct Books {
    runs: Mutex<Vec<AiRun>>,
    dropped: Mutex<Vec<AiRun>>,
    /// `record` never returns.
    stuck: bool,
    /// `record` fails.
    closed: bool,
}

#[async_trait]
impl Meter for Books {
    async fn admit(&self, _: Purpose, _: Estimate) -> Result<(), Refusal> {
        Ok(())
    }

    async fn record(&self, run: AiRun) -> Result<(), String> {
        self.runs.lock().unwrap().push(run);
        if self.stuck {
            std::future::pending::<()>().await;
        }
        if self.closed { Err("the books are closed".into()) } else { Ok(()) }
    }

    fn cancelled(&self, run: AiRun) {
        self.dropped.lock().unwrap().push(run);
    }
}

#[expect(clippy::unnecessary_wraps, reason = "planned beside failures")]
fn good() -> Planned {
    let usage = Some(Usage { input_tokens: 10, output_tokens: 5 });
    Ok(Answer { text: "{}".into(), usage, cut_off: false })
}

fn bad(class: Class, retry_after: Option<Duration>) -> Planned {
    let (code, message) = ("planned".into(), "as planned".into());
    Err(CallError { class, code, message, retry_after, may_have_cost: true })
}

fn provider(script: &Script, more: &str, price: Option<Price>) -> Provider {
    let config: ProviderConfig =
        toml::from_str(&format!("kind = \"openai\"\nmodel = \"m\"\n{more}")).unwrap();
    let models = ModelsConfig {
        retry: Retry { max_attempts: 3, base_ms: 1_000, max_ms: 20_000 },
        circuit: CircuitConfig { failures: 5, open_ms: 60_000 },
        ..ModelsConfig::default()
    };
    let clock = Clock::manual("2026-01-01T00:00:00Z".parse().unwrap());
    Provider::over(Box::new(script.clone()), "p", &config, &models, price, &clock, &Rng::seeded(3))
}

fn plan(planned: impl IntoIterator<Item = Planned>) -> Script {
    Script { planned: Arc::new(Mutex::new(planned.into_iter().collect())), ..Script::default() }
}

fn ask() -> Ask {
    Ask {
        system: "s".into(),
        turns: vec![Turn::User("u".into())],
        schema: serde_json::json!({}),
        schema_name: "t",
        seed: None,
    }
}

async fn call(provider: &Provider, books: &Books) -> Result<(), WriteError> {
    let judge = |_: Answer| Judged { value: (), invalid: None };
    provider.call(Purpose::Write, &Prompt::write().unwrap(), &ask(), books, &Silent, judge).await
}

#[tokio::test(start_paused = true)]
async fn waits_double_and_obey_the_provider() {
    let asked = Some(Duration::from_secs(7));
    let script = plan([bad(Class::Passing, None), bad(Class::Busy, asked), good()]);
    call(&provider(&script, "", None), &Books::default()).await.unwrap();
    let at: Vec<Instant> = script.asked.lock().unwrap().iter().map(|(at, _)| *at).collect();
    let first = at[1] - at[0];
    assert!(first >= Duration::from_millis(500) && first <= Duration::from_millis(1_001), "{first:?}");
    assert!(at[2] - at[1] >= Duration::from_secs(7));
}

#[tokio::test(start_paused = true)]
async fn the_last_attempt_is_the_last() {
    let script =
        plan([bad(Class::Passing, None), bad(Class::Passing, None), bad(Class::Passing, None), good()]);
    let books = Books::default();
    let error = call(&provider(&script, "", None), &books).await.unwrap_err();
    assert!(matches!(error, WriteError::Unavailable { .. }) && error.is_passing());
    let attempts: Vec<u32> = books.runs.lock().unwrap().iter().map(|run| run.attempt).collect();
    assert_eq!(attempts, [1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn the_circuit_closes_again_when_the_provider_is_back() {
    let script = plan((0..5).map(|_| bad(Class::Passing, None)).chain([good(), good()]));
    let (provider, books) = (provider(&script, "", None), Books::default());
    call(&provider, &books).await.unwrap_err();
    call(&provider, &books).await.unwrap_err();
    call(&provider, &books).await.unwrap_err();
    assert_eq!(script.asked.lock().unwrap().len(), 5, "the third was not let through");
    tokio::time::advance(Duration::from_mins(1)).await;
    call(&provider, &books).await.unwrap();
    call(&provider, &books).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn refusals_and_being_busy_do_not_open_the_circuit() {
    let fatal = (0..9).map(|_| bad(Class::Fatal, None));
    let script = plan(fatal.chain([bad(Class::Busy, None), bad(Class::Busy, None), good()]));
    let (provider, books) = (provider(&script, "", None), Books::default());
    for _ in 0..9 {
        assert!(matches!(call(&provider, &books).await, Err(WriteError::Rejected { .. })));
    }
    call(&provider, &books).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_plainer_way_of_asking_costs_no_attempt() {
    let unsupported = || bad(Class::Unsupported, None);
    let script = plan([
        unsupported(),
        unsupported(),
        unsupported(),
        bad(Class::Passing, None),
        bad(Class::Passing, None),
        good(),
    ]);
    call(&provider(&script, "", None), &Books::default()).await.unwrap();
    let levels: Vec<Structured> = script.asked.lock().unwrap().iter().map(|(_, level)| *level).collect();
    let expected = ["schema", "json_schema", "json", "plain", "plain", "plain"];
    assert_eq!(serde_json::to_value(levels).unwrap(), serde_json::json!(expected));
}

#[tokio::test(start_paused = true)]
async fn only_so_many_calls_at_a_time() {
    let script = plan([]);
    let (provider, books) = (provider(&script, "max_concurrent = 2", None), Books::default());
    let all = futures::future::join_all((0..5).map(|_| call(&provider, &books)));
    assert!(tokio::time::timeout(Duration::from_secs(1), all).await.is_err(), "nobody answers");
    assert_eq!(script.asked.lock().unwrap().len(), 2);
    assert_eq!(books.dropped.lock().unwrap().len(), 2, "those that were under way are told");
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_dropped_while_it_is_recorded_is_told_under_the_same_id() {
    let script = plan([good()]);
    let (provider, books) =
        (provider(&script, "", Some(Price::FREE)), Books { stuck: true, ..Books::default() });
    let call = call(&provider, &books);
    assert!(tokio::time::timeout(Duration::from_secs(1), call).await.is_err());
    let (run, told) = (books.runs.lock().unwrap().remove(0), books.dropped.lock().unwrap().remove(0));
    assert_eq!((run.id, run.status, run.cost), (told.id, RunStatus::Ok, told.cost));
}

#[tokio::test(start_paused = true)]
async fn closed_books_lose_no_text() {
    let script = plan([good()]);
    call(&provider(&script, "", None), &Books { closed: true, ..Books::default() }).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn costs_are_known_unknown_or_nothing() {
    let price = Some(Price { input: 1_000_000, output: 2_000_000 });
    let unsaid = Ok(Answer { text: "{}".into(), usage: None, cut_off: false });
    // two characters out are one token, two in at the most as many
    for (planned, price, cost, noted) in [
        (good(), price, Some(20), false),
        (good(), None, None, true),
        (unsaid.clone(), price, Some(4), true),
        (unsaid, Some(Price::FREE), Some(0), true),
        (bad(Class::Fatal, None), price, None, true),
    ] {
        let books = Books::default();
        let _ = call(&provider(&plan([planned]), "", price), &books).await;
        let run = books.runs.lock().unwrap().remove(0);
        assert_eq!(run.cost, cost.map(MicroUsd));
        assert_eq!(run.note.is_some(), noted);
    }
}
