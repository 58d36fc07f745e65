//! Queries on reports that are due. People stand above tenants: service transactions.

use bellwether_kernel::{Timestamp, id::UserId};
use chrono::NaiveDate;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

/// Nobody else sends to this person by the same rule until the end of the transaction.
pub(super) async fn hold_person(conn: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!(
        "SELECT pg_advisory_xact_lock(hashtextextended('delivery.alerts ' || $1::uuid::text, 0))",
        user.uuid()
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Whose report is due, or has to be planned anew; held until the end of the transaction, without those that another
/// worker holds. With the Monday that was reported last.
pub(super) async fn claim_reports(
    conn: &mut PgConnection,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(UserId, Option<NaiveDate>)>> {
    let rows = sqlx::query!(
        r#"SELECT user_id AS "user: UserId", reported_on FROM delivery.mornings WHERE report_at <= $1
            ORDER BY report_at, user_id LIMIT $2 FOR UPDATE SKIP LOCKED"#,
        now,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.user, row.reported_on)).collect())
}

/// Plans people's next reports: when, or never, and the Monday that needs none any more.
pub(super) async fn plan_reports(
    conn: &mut PgConnection,
    plans: &[(UserId, Option<Timestamp>, Option<NaiveDate>)],
) -> Result<()> {
    let users: Vec<Uuid> = plans.iter().map(|(user, ..)| user.uuid()).collect();
    let at: Vec<Option<Timestamp>> = plans.iter().map(|(_, at, _)| *at).collect();
    let reported: Vec<Option<NaiveDate>> = plans.iter().map(|(.., reported)| *reported).collect();
    sqlx::query!(
        "UPDATE delivery.mornings m SET report_at = p.report_at, reported_on = p.reported_on
           FROM unnest($1::uuid[], $2::timestamptz[], $3::date[]) AS p (user_id, report_at, reported_on)
          WHERE m.user_id = p.user_id",
        &users,
        &at as &[Option<Timestamp>],
        &reported as &[Option<NaiveDate>]
    )
    .execute(conn)
    .await
    .map(|_| ())
}
