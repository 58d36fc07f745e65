//! Queries of retention. They run in service transactions, over all tenants.

use bellwether_kernel::Timestamp;
use chrono::NaiveDate;
use sqlx::{PgConnection, Result};

/// Moves the usage before a day into daily sums; gives the number of rows moved.
pub(crate) async fn sum_up_usage(conn: &mut PgConnection, before: NaiveDate) -> Result<i64> {
    sqlx::query_scalar!(
        r#"WITH gone AS (
             DELETE FROM operations.usage
              WHERE id < tenancy.uuid_floor($1::date::timestamp AT TIME ZONE 'UTC') RETURNING *
           ), summed AS (
             INSERT INTO operations.usage_daily AS d
               (organization_id, id, day, event_type, events, networks, tokens_used, cost_micro_usd)
             SELECT organization_id, gen_random_uuid(), (created_at AT TIME ZONE 'UTC')::date, event_type, count(*),
                    sum(network_count), coalesce(sum(tokens_used), 0), coalesce(sum(cost_micro_usd), 0)
               FROM gone GROUP BY organization_id, (created_at AT TIME ZONE 'UTC')::date, event_type
             ON CONFLICT ON CONSTRAINT usage_daily_day_key
             DO UPDATE SET events = d.events + excluded.events, networks = d.networks + excluded.networks,
                           tokens_used = d.tokens_used + excluded.tokens_used,
                           cost_micro_usd = d.cost_micro_usd + excluded.cost_micro_usd
             RETURNING 1
           )
           SELECT count(*) AS "count!" FROM gone"#,
        before
    )
    .fetch_one(conn)
    .await
}

/// Removes webhooks that are done with or failed; one that still waits for its job stays.
pub(crate) async fn delete_webhooks(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    sqlx::query!(
        "DELETE FROM operations.webhook_inbox WHERE status <> 'received' AND created_at < $1",
        before
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected())
}

pub(crate) async fn delete_webhook_subjects(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    sqlx::query!("DELETE FROM operations.webhook_subjects WHERE said_at < $1", before)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
}
