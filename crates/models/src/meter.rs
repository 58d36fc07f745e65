//! Every call of a model is admitted before and recorded after; the one who keeps the books implements [`Meter`].

use async_trait::async_trait;
use bellwether_kernel::{Timestamp, id::AiRunId, money::MicroUsd};
use serde::{Deserialize, Serialize};

use crate::writer::Usage;

/// What a model is called for; each has its own order of providers.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Writing a draft.
    Write,
    /// Working out what a document says.
    Analyse,
    /// Turning texts into vectors of their meaning. Its model stands under `models.embeddings`, not among the providers.
    Embed,
}

impl Purpose {
    /// What language models are asked for.
    pub const ALL: [Self; 2] = [Self::Write, Self::Analyse];

    /// As the database and the configuration write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Analyse => "analyse",
            Self::Embed => "embed",
        }
    }
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// The answer was used.
    Ok,
    /// No answer.
    Error,
    /// An answer that broke the schema or the rules.
    Invalid,
    /// The caller gave up while the answer was awaited.
    Cancelled,
}

impl RunStatus {
    /// As the database writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Invalid => "invalid",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One call of a model: a row of `operations.ai_runs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AiRun {
    /// Given before the call; a run that is told twice (recorded, and then dropped before that was known) has the same.
    pub id: AiRunId,
    /// What for.
    pub purpose: Purpose,
    /// The provider's name in the configuration.
    pub provider: String,
    /// The model that was asked for.
    pub model: String,
    /// The prompt's name.
    pub prompt: String,
    /// The prompt's version.
    pub prompt_version: u32,
    /// As the provider counted, else as we estimate (the note says so); `None` when there was no whole answer.
    pub usage: Option<Usage>,
    /// What was admitted before the call.
    pub estimated: Estimate,
    /// `None` when the price is unknown, or what a broken call used: unknown is not free.
    pub cost: Option<MicroUsd>,
    /// When the request was sent.
    pub started_at: Timestamp,
    /// Until the last byte, or until it failed.
    pub milliseconds: u64,
    /// Which call for the same text this was, from 1.
    pub attempt: u32,
    /// How it ended.
    pub status: RunStatus,
    /// Stable code when it did not end well: `timeout`, `rate_limited`, `http_500`, `invalid_json`, ….
    pub error_code: Option<String>,
    /// What should be known about the row, such as an unknown price.
    pub note: Option<String>,
}

/// What a call is expected to use, before it is made: the input by count, the output at its upper bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Estimate {
    /// Tokens.
    pub usage: Usage,
    /// `None` when the model's price is unknown.
    pub cost: Option<MicroUsd>,
}

/// A limit of the organization that the call would pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the limit for AI calls is reached: {detail}")]
pub struct CapReached {
    /// Which limit, how far it is used, when it resets or who can raise it.
    pub detail: String,
}

/// Why the meter lets no call through.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A limit is reached.
    #[error(transparent)]
    Cap(#[from] CapReached),
    /// The books can't be kept now, so nothing may be spent.
    #[error("the AI call was not made since it could not be metered: {0}")]
    Unavailable(String),
}

impl Refusal {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Cap(_) => "ai_cap_reached",
            Self::Unavailable(_) => "meter_unavailable",
        }
    }
}

/// Keeps the books of one organization's calls. No network call may run inside the implementer's transaction:
/// `admit` and `record` are two short ones around it.
#[async_trait]
pub trait Meter: Send + Sync {
    /// Asked before every single call, retries and repairs included.
    async fn admit(&self, purpose: Purpose, estimate: Estimate) -> Result<(), Refusal>;

    /// Told after every call that was admitted and came to an end. When it fails, the text is still handed on and
    /// the run goes to the log at error level.
    async fn record(&self, run: AiRun) -> Result<(), String>;

    /// Told when the caller dropped the work while a call was under way, or while `record` was. Runs inside `Drop`:
    /// it must not block, so it puts the run on a queue or spawns. A run whose id is already in the books is passed
    /// over.
    fn cancelled(&self, run: AiRun);
}

/// Counts nothing and allows everything: for the command line, where the person pays their provider directly.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unmetered;

#[async_trait]
impl Meter for Unmetered {
    async fn admit(&self, _: Purpose, _: Estimate) -> Result<(), Refusal> {
        Ok(())
    }

    async fn record(&self, _: AiRun) -> Result<(), String> {
        Ok(())
    }

    fn cancelled(&self, _: AiRun) {}
}
