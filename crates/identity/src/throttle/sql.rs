//! Counting.

use bellwether_kernel::Timestamp;
use chrono::Duration;
use sqlx::{PgConnection, Result};

use super::{Key, model::FORGOTTEN};

/// Whether a try may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It may; it is counted.
    Go,
    /// It may, and it is the last before waits begin.
    GoLast,
    /// Not before this time.
    Wait(Duration),
}

/// Counts a try as one that fails, before it is known: of many at once each is counted. Success clears it.
pub(crate) async fn take(conn: &mut PgConnection, key: &Key<'_>, now: Timestamp) -> Result<Decision> {
    let (hash, policy) = (key.hash(), key.policy());
    // the row is locked until the commit, so that tries at once come one after the other
    let row = sqlx::query!(
        r#"INSERT INTO identity.throttles AS t (key, tries, expires_at) VALUES ($1, 0, $3)
           ON CONFLICT ON CONSTRAINT throttles_pkey
           DO UPDATE SET tries = CASE WHEN t.expires_at <= $2 THEN 0 ELSE t.tries END,
                         blocked_until = CASE WHEN t.expires_at <= $2 THEN NULL ELSE t.blocked_until END,
                         expires_at = greatest(t.expires_at, $3)
           RETURNING tries, blocked_until"#,
        hash,
        now,
        now + FORGOTTEN
    )
    .fetch_one(&mut *conn)
    .await?;
    if let Some(until) = row.blocked_until.filter(|until| *until > now) {
        return Ok(Decision::Wait(until - now));
    }
    let tries = row.tries.saturating_add(1);
    let wait = policy.wait(tries);
    sqlx::query!(
        "UPDATE identity.throttles SET tries = $2, blocked_until = $3 WHERE key = $1",
        hash,
        tries,
        wait.map(|wait| now + wait)
    )
    .execute(conn)
    .await?;
    Ok(if tries == policy.free { Decision::GoLast } else { Decision::Go })
}

/// Forgets the tries of a key: the last one was right.
pub(crate) async fn clear(conn: &mut PgConnection, key: &Key<'_>) -> Result<()> {
    sqlx::query!("DELETE FROM identity.throttles WHERE key = $1", key.hash()).execute(conn).await.map(|_| ())
}

/// Takes one try of a key back.
pub(crate) async fn give_back(conn: &mut PgConnection, key: &Key<'_>) -> Result<()> {
    sqlx::query!(
        "UPDATE identity.throttles SET tries = greatest(tries - 1, 0), blocked_until = NULL WHERE key = $1",
        key.hash()
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) async fn delete_expired(conn: &mut PgConnection, now: Timestamp) -> Result<u64> {
    sqlx::query!("DELETE FROM identity.throttles WHERE expires_at <= $1", now)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
}
