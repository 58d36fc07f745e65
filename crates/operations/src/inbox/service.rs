//! Use cases of the inbox.

use bellwether_jobs::{Options, enqueue};
use bellwether_kernel::{Clock, Problem, Rng};
use bellwether_store::ServiceTx;
use bellwether_web::Operator;

use super::{Process, Received, WebhookId, WebhookStatus, WebhookView, sql};
use crate::{Error, Operations};

/// Stores a webhook and has it worked on. Gives none for one that is there already: the sender tries again when an
/// answer gets lost.
pub async fn receive(
    tx: &mut ServiceTx,
    clock: &Clock,
    rng: &Rng,
    received: &Received<'_>,
) -> Result<Option<WebhookId>, bellwether_store::Error> {
    let id = WebhookId::new(clock, rng);
    if !sql::insert(tx.conn(), id, received, clock.now()).await? {
        return Ok(None);
    }
    enqueue(tx, &Process { webhook: id }, options(id)).await?;
    Ok(Some(id))
}

/// Under a key, so that a replay of one that still waits is not done twice.
fn options(id: WebhookId) -> Options {
    Options::default().key(format!("webhook:{id}"))
}

impl Operations {
    /// Webhooks for the operator, the latest first, at most 100; `before` goes on from a page's last.
    pub async fn list_webhooks(
        &self,
        _: Operator,
        status: Option<WebhookStatus>,
        before: Option<WebhookId>,
    ) -> Result<Vec<WebhookView>, Error> {
        let mut tx = self.store.service("operator reads the inbox of webhooks").await?;
        let rows = sql::list(tx.conn(), status.map(WebhookStatus::as_str), before, 100).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Has a webhook worked on again, whatever became of it: once its cause is mended, or to be sure. Working on it
    /// again changes nothing that is as it should be.
    pub async fn replay_webhook(&self, _: Operator, id: WebhookId) -> Result<WebhookView, Error> {
        let mut tx = self.store.service("operator replays a webhook").await?;
        if !sql::reopen(tx.conn(), id).await? {
            return Err(Problem::not_found("webhook").into());
        }
        enqueue(&mut tx, &Process { webhook: id }, options(id)).await?;
        let view = sql::get(tx.conn(), id).await?.ok_or_else(|| Problem::not_found("webhook"))?;
        tx.commit().await?;
        Ok(view)
    }
}
