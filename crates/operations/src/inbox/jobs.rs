//! Working on webhooks.

use std::sync::Arc;

use bellwether_jobs::{Job, JobError, JobMeta};
use bellwether_store::ServiceTx;
use serde::{Deserialize, Serialize};

use super::{Handler, HandlerError, InboxEvent, Outcome, WebhookId, sql};
use crate::Operations;

/// Works on one webhook.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Process {
    /// Which.
    pub webhook: WebhookId,
}

/// Who understands which source.
#[derive(Clone)]
pub struct Inbox {
    operations: Operations,
    handlers: Arc<[Arc<dyn Handler>]>,
}

impl Inbox {
    /// With those who understand the sources; they stand on this floor or above, so they are handed in.
    pub fn new(operations: Operations, handlers: Vec<Arc<dyn Handler>>) -> Self {
        Self { operations, handlers: handlers.into() }
    }
}

/// Whether something later was told of the event's subject and worked on. If not, this is what is known from now on, in
/// the transaction that works on it: what fails has told nothing.
async fn is_old(tx: &mut ServiceTx, handler: &dyn Handler, event: &InboxEvent) -> Result<bool, JobError> {
    let Some((subject, said_at)) = handler.about(event) else { return Ok(false) };
    let latest = sql::put_subject(tx.conn(), handler.source(), &subject, said_at).await;
    Ok(!latest.map_err(bellwether_store::Error::from)?)
}

impl Job for Process {
    const NAME: &'static str = "operations.webhook";
    const MAX_ATTEMPTS: i32 = 8;
    type Context = Inbox;

    async fn run(self, inbox: Inbox, meta: JobMeta) -> Result<(), JobError> {
        let operations = &inbox.operations;
        let mut tx = operations.store.service("work on a webhook").await?;
        let row = sql::lock_open(tx.conn(), self.webhook).await.map_err(bellwether_store::Error::from)?;
        let Some(row) = row else { return Ok(()) };
        let (source, event) = row.event(self.webhook);
        let handler = inbox.handlers.iter().find(|handler| handler.source() == source);
        let outcome = match handler {
            Some(handler) if is_old(&mut tx, handler.as_ref(), &event).await? => {
                Ok(Outcome::Ignored("older than what is known".to_owned()))
            }
            Some(handler) => handler.handle(&mut tx, &event).await,
            None => Err(HandlerError::Failed(format!("nobody here understands webhooks of {source}"))),
        };
        let now = operations.clock.now();
        match outcome {
            Ok(outcome) => {
                let (status, message) = match &outcome {
                    Outcome::Processed => ("processed", None),
                    Outcome::Ignored(why) => ("ignored", Some(why.as_str())),
                };
                let settled = sql::settle(tx.conn(), self.webhook, status, message, Some(now)).await;
                settled.map_err(bellwether_store::Error::from)?;
                tx.commit().await?;
                Ok(())
            }
            Err(error) => {
                // what was begun is taken back; that it failed is noted by itself
                tx.rollback().await?;
                let (again, message) = match error {
                    HandlerError::Later(message) => (!meta.is_last(), message),
                    HandlerError::Failed(message) => (false, message),
                };
                let mut tx = operations.store.service("note that a webhook failed").await?;
                let status = if again { "received" } else { "failed" };
                let settled = sql::settle(tx.conn(), self.webhook, status, Some(&message), None).await;
                settled.map_err(bellwether_store::Error::from)?;
                tx.commit().await?;
                if again {
                    return Err(JobError::Retry(message));
                }
                // it is kept in the inbox, where an operator finds it; the queue has done its part
                tracing::warn!(webhook = %self.webhook, message, "a webhook failed");
                Ok(())
            }
        }
    }
}
