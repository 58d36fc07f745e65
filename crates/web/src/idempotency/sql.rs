//! Queries of `operations.idempotency_keys`.

use bellwether_kernel::{Timestamp, id::UserId};
use bellwether_store::ServiceTx;
use sqlx::types::Json;
use uuid::Uuid;

/// The lock of one attempt.
#[derive(Clone)]
pub(super) struct Lock {
    pub user: UserId,
    pub key: String,
    pub attempt: Uuid,
}

/// What a key holds; the last three are null while its request is being answered.
pub(super) struct KeyRow {
    pub request_hash: Vec<u8>,
    pub status: Option<i16>,
    pub headers: Option<Json<Vec<(String, String)>>>,
    pub body: Option<Vec<u8>>,
}

/// Takes a key that is free, forgotten, or held by an attempt at the same request that is given up; whether it is ours.
pub(super) async fn insert(
    tx: &mut ServiceTx,
    lock: &Lock,
    hash: &[u8],
    now: Timestamp,
    locked_until: Timestamp,
    expires_at: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "INSERT INTO operations.idempotency_keys AS k
           (user_id, key, request_hash, attempt, locked_until, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT ON CONSTRAINT idempotency_keys_pkey DO UPDATE
           SET request_hash = excluded.request_hash, attempt = excluded.attempt,
               locked_until = excluded.locked_until, status = NULL, headers = NULL, body = NULL,
               created_at = excluded.created_at, expires_at = excluded.expires_at
         WHERE k.expires_at <= $6 OR (k.locked_until <= $6 AND k.request_hash = excluded.request_hash)",
        lock.user.uuid(),
        lock.key,
        hash,
        lock.attempt,
        locked_until,
        now,
        expires_at,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What a key holds.
pub(super) async fn find(tx: &mut ServiceTx, lock: &Lock) -> Result<Option<KeyRow>, sqlx::Error> {
    sqlx::query_as!(
        KeyRow,
        r#"SELECT request_hash, status, headers AS "headers: Json<Vec<(String, String)>>", body
             FROM operations.idempotency_keys
            WHERE user_id = $1 AND key = $2"#,
        lock.user.uuid(),
        lock.key,
    )
    .fetch_optional(tx.conn())
    .await
}

/// Keeps the answer of an attempt, unless its lock was taken over.
pub(super) async fn update(
    tx: &mut ServiceTx,
    lock: &Lock,
    status: i16,
    headers: Vec<(String, String)>,
    body: &[u8],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE operations.idempotency_keys
            SET status = $4, headers = $5, body = $6, locked_until = NULL
          WHERE user_id = $1 AND key = $2 AND attempt = $3",
        lock.user.uuid(),
        lock.key,
        lock.attempt,
        status,
        Json(headers) as _,
        body,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Frees a key, unless its lock was taken over.
pub(super) async fn delete(tx: &mut ServiceTx, lock: &Lock) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM operations.idempotency_keys WHERE user_id = $1 AND key = $2 AND attempt = $3",
        lock.user.uuid(),
        lock.key,
        lock.attempt,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Deletes keys past their day; how many.
pub(super) async fn delete_expired(tx: &mut ServiceTx, now: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!("DELETE FROM operations.idempotency_keys WHERE expires_at <= $1", now)
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected())
}
