//! Queries on allowances and reservations.

use bellwether_kernel::{Timestamp, id::OrganizationId};
use sqlx::{PgConnection, Result};
use uuid::Uuid;

/// False when the subject holds one, or was counted already; one that was given back is held again.
pub(crate) async fn insert_reservation(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: Uuid,
    metric: &str,
    subject: Uuid,
    now: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "INSERT INTO billing.reservations (organization_id, id, metric, subject_id, created_at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT ON CONSTRAINT reservations_subject_key
         DO UPDATE SET status = 'reserved', settled_at = NULL WHERE reservations.status = 'released'",
        organization.uuid(),
        id,
        metric,
        subject,
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

pub(crate) async fn ensure(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: Uuid,
    metric: &str,
    resets_at: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO billing.allowances (organization_id, id, metric, resets_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT ON CONSTRAINT allowances_metric_key DO NOTHING",
        organization.uuid(),
        id,
        metric,
        resets_at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Holds one, when used and held together are below the limit; starts the month anew when it is over.
pub(crate) async fn hold(
    conn: &mut PgConnection,
    metric: &str,
    limit: Option<i32>,
    now: Timestamp,
    resets_at: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE billing.allowances
            SET used = CASE WHEN resets_at <= $3 THEN 0 ELSE used END,
                resets_at = CASE WHEN resets_at <= $3 THEN $4 ELSE resets_at END,
                reserved = reserved + 1
          WHERE metric = $1
            AND ($2::integer IS NULL OR (CASE WHEN resets_at <= $3 THEN 0 ELSE used END) + reserved < $2)",
        metric,
        limit,
        now,
        resets_at
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// False when nothing was held, or it is settled already.
pub(crate) async fn settle_reservation(
    conn: &mut PgConnection,
    metric: &str,
    subject: Uuid,
    status: &str,
    now: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE billing.reservations SET status = $3, settled_at = $4
          WHERE metric = $1 AND subject_id = $2 AND status = 'reserved'",
        metric,
        subject,
        status,
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Lets go of one; counts it as used when it was.
pub(crate) async fn unhold(
    conn: &mut PgConnection,
    metric: &str,
    used: bool,
    now: Timestamp,
    resets_at: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE billing.allowances
            SET used = CASE WHEN resets_at <= $3 THEN 0 ELSE used END + $2::integer,
                resets_at = CASE WHEN resets_at <= $3 THEN $4 ELSE resets_at END,
                reserved = greatest(reserved - 1, 0),
                last_used_at = CASE WHEN $2 = 1 THEN $3 ELSE last_used_at END
          WHERE metric = $1",
        metric,
        i32::from(used),
        now,
        resets_at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) struct AllowanceRow {
    pub(crate) used: i32,
    pub(crate) reserved: i32,
    pub(crate) resets_at: Timestamp,
}

pub(crate) async fn find(conn: &mut PgConnection, metric: &str) -> Result<Option<AllowanceRow>> {
    sqlx::query_as!(
        AllowanceRow,
        "SELECT used, reserved, resets_at FROM billing.allowances WHERE metric = $1",
        metric
    )
    .fetch_optional(conn)
    .await
}
