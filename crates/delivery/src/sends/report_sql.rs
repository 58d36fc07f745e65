//! Queries on what WhatsApp tells of messages. Webhooks know no tenant: service transactions, each naming what it changes.

use bellwether_kernel::{
    Timestamp,
    id::{OrganizationId, UserId},
};
use sqlx::{PgConnection, Result};

use crate::{AttemptId, DeliveryId, SendId, ways::Report};

/// A try of which something is told.
#[derive(Debug)]
pub(super) struct Reported {
    pub(super) organization: OrganizationId,
    pub(super) attempt: AttemptId,
    pub(super) send: SendId,
    pub(super) delivery: Option<DeliveryId>,
    pub(super) user: UserId,
    /// Whether it is known to be on the telephone.
    pub(super) arrived: bool,
    pub(super) failed: bool,
    pub(super) started_at: Timestamp,
}

/// Makes others who hear or note the same message wait for the end of the transaction.
pub(super) async fn hold_message(conn: &mut PgConnection, message: &str) -> Result<()> {
    sqlx::query!(
        r#"SELECT 1 AS "held!" FROM pg_advisory_xact_lock(hashtextextended('delivery.message ' || $1, 0))"#,
        message
    )
    .fetch_one(conn)
    .await
    .map(|_| ())
}

/// The try that a message is of.
pub(super) async fn find(conn: &mut PgConnection, message: &str) -> Result<Option<Reported>> {
    sqlx::query_as!(
        Reported,
        r#"SELECT a.organization_id AS "organization: OrganizationId", a.id AS "attempt: AttemptId", a.send_id AS "send: SendId",
                  s.delivery_id AS "delivery: DeliveryId", s.user_id AS "user: UserId",
                  a.delivered_at IS NOT NULL AS "arrived!", a.state = 'failed' AS "failed!", a.started_at
             FROM delivery.send_attempts a
             JOIN delivery.sends s ON s.organization_id = a.organization_id AND s.id = a.send_id
            WHERE a.message_id = $1 ORDER BY a.started_at DESC LIMIT 1"#,
        message
    )
    .fetch_optional(conn)
    .await
}

/// Notes by which id the other side knows a try that is under way; false when it has ended.
pub(super) async fn set_message(
    conn: &mut PgConnection,
    (organization, id): (OrganizationId, AttemptId),
    message: &str,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE delivery.send_attempts SET message_id = $3
          WHERE organization_id = $1 AND id = $2 AND state = 'sending'",
        organization.uuid(),
        id.uuid(),
        message
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Notes that a message is on the telephone, and whether it was read there; the earliest that is told of each.
pub(super) async fn arrive(
    conn: &mut PgConnection,
    (organization, id): (OrganizationId, AttemptId),
    at: Timestamp,
    read: bool,
) -> Result<()> {
    sqlx::query!(
        "UPDATE delivery.send_attempts
            SET delivered_at = least(delivered_at, $3), read_at = CASE WHEN $4 THEN least(read_at, $3) ELSE read_at END
          WHERE organization_id = $1 AND id = $2",
        organization.uuid(),
        id.uuid(),
        at,
        read
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Says of a try that was taken for a success that it was none.
pub(super) async fn fail(
    conn: &mut PgConnection,
    (organization, id): (OrganizationId, AttemptId),
    words: &str,
) -> Result<()> {
    sqlx::query!(
        "UPDATE delivery.send_attempts SET state = 'failed', words = $3
          WHERE organization_id = $1 AND id = $2 AND state = 'sent'",
        organization.uuid(),
        id.uuid(),
        words
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Keeps what is told of a message that no try is known of.
pub(super) async fn keep_early(conn: &mut PgConnection, report: &Report, now: Timestamp) -> Result<()> {
    sqlx::query!(
        "INSERT INTO delivery.early_reports (message_id, became, at, words, heard_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT ON CONSTRAINT early_reports_pkey DO NOTHING",
        report.message,
        <&'static str>::from(report.became),
        report.at,
        report.words,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Takes out what was told of a message, the first first.
pub(super) async fn take_early(conn: &mut PgConnection, message: &str) -> Result<Vec<Report>> {
    let rows = sqlx::query!(
        "DELETE FROM delivery.early_reports WHERE message_id = $1 RETURNING became, at, words",
        message
    )
    .fetch_all(conn)
    .await?;
    let mut reports: Vec<Report> = rows
        .into_iter()
        .filter_map(|row| {
            let became = row.became.parse().ok()?;
            Some(Report { message: message.to_owned(), became, at: row.at, words: row.words })
        })
        .collect();
    reports.sort_by_key(|report| report.at);
    Ok(reports)
}

/// Forgets what was told before an instant.
pub(super) async fn forget_early(conn: &mut PgConnection, before: Timestamp) -> Result<()> {
    sqlx::query!("DELETE FROM delivery.early_reports WHERE heard_at < $1", before)
        .execute(conn)
        .await
        .map(|_| ())
}

/// A try that nothing more is told of.
pub(super) struct Silent {
    pub(super) organization: OrganizationId,
    pub(super) attempt: AttemptId,
    pub(super) send: SendId,
    pub(super) started_at: Timestamp,
}

/// Tries that the other side took and whose sends are of no use any more.
pub(super) async fn silent(conn: &mut PgConnection, now: Timestamp, limit: i64) -> Result<Vec<Silent>> {
    sqlx::query_as!(
        Silent,
        r#"SELECT a.organization_id AS "organization: OrganizationId", a.id AS "attempt: AttemptId", a.send_id AS "send: SendId",
                  a.started_at
             FROM delivery.send_attempts a
             JOIN delivery.sends s ON s.organization_id = a.organization_id AND s.id = a.send_id
            WHERE a.state = 'sending' AND a.message_id IS NOT NULL AND s.expires_at <= $1
            ORDER BY a.started_at LIMIT $2"#,
        now,
        limit
    )
    .fetch_all(conn)
    .await
}
