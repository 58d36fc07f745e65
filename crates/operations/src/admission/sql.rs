//! Queries on counts and signatures.

use bellwether_kernel::Timestamp;
use sqlx::{PgConnection, PgPool, Result};

use super::NewSignature;

pub(super) async fn take(
    pool: &PgPool,
    identifier: &str,
    bucket: &str,
    window_start: Timestamp,
    limit: i32,
) -> Result<i32> {
    sqlx::query_scalar!(
        r#"SELECT operations.take_rate($1, $2, $3, $4) AS "count!""#,
        identifier,
        bucket,
        window_start,
        limit
    )
    .fetch_one(pool)
    .await
}

pub(super) struct Count {
    pub(super) identifier: String,
    pub(super) count: i64,
}

pub(super) async fn read(
    conn: &mut PgConnection,
    bucket: &str,
    identifiers: &[String],
) -> Result<Vec<Count>> {
    sqlx::query_as!(
        Count,
        r#"SELECT identifier, sum(count)::bigint AS "count!" FROM operations.rate_limits
            WHERE bucket = $1 AND identifier = ANY ($2) GROUP BY identifier"#,
        bucket,
        identifiers
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn close(conn: &mut PgConnection, bucket: &str, before: Timestamp) -> Result<Vec<Count>> {
    sqlx::query_as!(
        Count,
        r#"WITH gone AS (
             DELETE FROM operations.rate_limits WHERE bucket = $1 AND window_start < $2 RETURNING identifier, count
           )
           SELECT identifier AS "identifier!", sum(count)::bigint AS "count!" FROM gone GROUP BY identifier"#,
        bucket,
        before
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn accept(pool: &PgPool, new: &NewSignature<'_>) -> Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT operations.accept_signature($1, $2, $3, $4, $5, $6, $7) AS "first!""#,
        new.key.uuid(),
        new.nonce,
        new.signature,
        new.user.uuid(),
        new.endpoint,
        new.received_at,
        new.expires_at
    )
    .fetch_one(pool)
    .await
}

/// Removes signatures whose time was over before an instant.
pub(crate) async fn delete_signatures(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    sqlx::query!("DELETE FROM operations.request_signatures WHERE expires_at < $1", before)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
}
