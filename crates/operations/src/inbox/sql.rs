//! Queries on webhooks.

use bellwether_kernel::Timestamp;
use serde_json::Value;
use sqlx::{PgConnection, Result};

use super::{InboxEvent, Received, WebhookId, WebhookView};

/// False when the event is there already.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    id: WebhookId,
    received: &Received<'_>,
    now: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "INSERT INTO operations.webhook_inbox (id, source, event_type, event_id, payload, headers, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT ON CONSTRAINT webhook_inbox_event_id_key DO NOTHING",
        id.uuid(),
        received.source,
        received.event_type,
        received.event_id,
        received.payload,
        received.headers,
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

pub(crate) struct OpenRow {
    pub(crate) source: String,
    pub(crate) event_id: String,
    pub(crate) event_type: String,
    pub(crate) payload: Value,
    pub(crate) created_at: Timestamp,
}

impl OpenRow {
    pub(crate) fn event(self, id: WebhookId) -> (String, InboxEvent) {
        let event = InboxEvent {
            id,
            event_id: self.event_id,
            event_type: self.event_type,
            payload: self.payload,
            received_at: self.created_at,
        };
        (self.source, event)
    }
}

/// A webhook that is not done with, locked: one job at a time works on it.
pub(crate) async fn lock_open(conn: &mut PgConnection, id: WebhookId) -> Result<Option<OpenRow>> {
    sqlx::query_as!(
        OpenRow,
        "SELECT source, event_id, event_type, payload, created_at FROM operations.webhook_inbox
          WHERE id = $1 AND status IN ('received', 'failed') FOR UPDATE",
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

pub(crate) async fn settle(
    conn: &mut PgConnection,
    id: WebhookId,
    status: &str,
    message: Option<&str>,
    processed_at: Option<Timestamp>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE operations.webhook_inbox
            SET status = $2, error_message = left($3, 2000), processed_at = $4, retry_count = retry_count + 1
          WHERE id = $1",
        id.uuid(),
        status,
        message,
        processed_at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Lets a webhook be worked on again, whatever became of it.
pub(crate) async fn reopen(conn: &mut PgConnection, id: WebhookId) -> Result<bool> {
    sqlx::query!(
        "UPDATE operations.webhook_inbox SET status = 'received', error_message = NULL, processed_at = NULL
          WHERE id = $1",
        id.uuid()
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// The latest first; `before` is the last id of the page before.
pub(crate) async fn list(
    conn: &mut PgConnection,
    status: Option<&str>,
    before: Option<WebhookId>,
    limit: i64,
) -> Result<Vec<WebhookView>> {
    sqlx::query_as!(
        WebhookView,
        r#"SELECT id AS "id: WebhookId", source, event_id, event_type, status, error_message AS message,
                  retry_count AS attempts, payload, created_at, processed_at
             FROM operations.webhook_inbox
            WHERE ($1::text IS NULL OR status = $1) AND ($2::uuid IS NULL OR id < $2)
            ORDER BY id DESC LIMIT $3"#,
        status,
        before.map(WebhookId::uuid),
        limit
    )
    .fetch_all(conn)
    .await
}

pub(crate) async fn get(conn: &mut PgConnection, id: WebhookId) -> Result<Option<WebhookView>> {
    sqlx::query_as!(
        WebhookView,
        r#"SELECT id AS "id: WebhookId", source, event_id, event_type, status, error_message AS message,
                  retry_count AS attempts, payload, created_at, processed_at
             FROM operations.webhook_inbox WHERE id = $1"#,
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// Notes when something was said of a subject; false when something later is known already. Locks the subject: two
/// events of one are worked on one after the other.
pub(crate) async fn put_subject(
    conn: &mut PgConnection,
    source: &str,
    subject: &str,
    said_at: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "INSERT INTO operations.webhook_subjects AS s (source, subject, said_at) VALUES ($1, $2, $3)
         ON CONFLICT ON CONSTRAINT webhook_subjects_pkey DO UPDATE SET said_at = excluded.said_at
          WHERE s.said_at <= excluded.said_at",
        source,
        subject,
        said_at
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}
