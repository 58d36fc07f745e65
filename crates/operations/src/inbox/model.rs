//! Webhooks, as they come, as they are worked on and as an operator sees them.

use async_trait::async_trait;
use bellwether_kernel::Timestamp;
use bellwether_store::ServiceTx;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

bellwether_kernel::id!(WebhookId, "webhook", "A webhook that was received.");

/// A webhook whose signature holds.
#[derive(Debug, Clone)]
pub struct Received<'a> {
    /// Who sends, e.g. `clerk`.
    pub source: &'static str,
    /// The sender's own id.
    pub event_id: &'a str,
    /// What it tells, e.g. `user.created`.
    pub event_type: &'a str,
    /// The body.
    pub payload: &'a Value,
    /// What of the headers tells where it came from, an object; never the signature.
    pub headers: Value,
}

/// A webhook to be worked on.
#[derive(Debug, Clone)]
pub struct InboxEvent {
    /// Its row.
    pub id: WebhookId,
    /// The sender's own id.
    pub event_id: String,
    /// What it tells.
    pub event_type: String,
    /// The body.
    pub payload: Value,
    /// When it came.
    pub received_at: Timestamp,
}

/// What became of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Something was done.
    Processed,
    /// Nothing had to be done, and why.
    Ignored(String),
}

/// Why a webhook could not be worked on. Nothing of it was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandlerError {
    /// It may go later, e.g. after another event has come.
    #[error("{0}")]
    Later(String),
    /// It won't until somebody changes something; then it can be replayed.
    #[error("{0}")]
    Failed(String),
}

/// Works on the webhooks of one source.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Which source.
    fn source(&self) -> &'static str;

    /// Whom or what an event tells of, and when the sender says that it happened. Of one subject nothing is worked on that
    /// is older than what was worked on before. None: order does not matter, or the sender does not tell it.
    fn about(&self, _: &InboxEvent) -> Option<(String, Timestamp)> {
        None
    }

    /// Works on an event, in the transaction that notes the outcome: both last or neither does.
    async fn handle(&self, tx: &mut ServiceTx, event: &InboxEvent) -> Result<Outcome, HandlerError>;
}

/// What became of a webhook, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookStatus {
    /// Not worked on yet.
    Received,
    /// Done.
    Processed,
    /// Left alone on purpose.
    Ignored,
    /// To be replayed once its cause is mended.
    Failed,
}

impl WebhookStatus {
    /// As the database writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Processed => "processed",
            Self::Ignored => "ignored",
            Self::Failed => "failed",
        }
    }
}

/// A webhook as an operator sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookView {
    /// Id.
    pub id: WebhookId,
    /// Who sent it.
    pub source: String,
    /// The sender's own id.
    pub event_id: String,
    /// What it tells.
    pub event_type: String,
    /// `received`, `processed`, `ignored` or `failed`.
    pub status: String,
    /// Why it failed or was left alone.
    pub message: Option<String>,
    /// How often it was tried.
    pub attempts: i32,
    /// The body.
    #[schema(value_type = Object)]
    pub payload: Value,
    /// When it came.
    pub created_at: DateTime<Utc>,
    /// When it was done with.
    pub processed_at: Option<DateTime<Utc>>,
}
