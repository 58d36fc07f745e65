//! Counting, and recognising what came before.

use std::collections::HashMap;

use bellwether_kernel::{
    Timestamp,
    id::{ApiKeyId, UserId},
};
use bellwether_store::{Error, Store, Tx};

use super::sql;

/// Counts a request of `identifier` in the window that begins at `window_start`, unless it has `limit` already. Gives
/// the count with this one; more than the limit means that it was one too many. One round trip, no transaction.
pub async fn take_rate(
    store: &Store,
    identifier: &str,
    bucket: &str,
    window_start: Timestamp,
    limit: u32,
) -> Result<u32, Error> {
    let limit = i32::try_from(limit).unwrap_or(i32::MAX - 1);
    let count = sql::take(store.pool(), identifier, bucket, window_start, limit).await?;
    Ok(u32::try_from(count).unwrap_or(0))
}

/// What some have counted in the windows that were not closed yet.
pub async fn read_rates(
    store: &Store,
    bucket: &str,
    identifiers: &[String],
) -> Result<HashMap<String, i64>, Error> {
    if identifiers.is_empty() {
        return Ok(HashMap::new());
    }
    let mut tx = store.service("read counts").await?;
    let rows = sql::read(tx.conn(), bucket, identifiers).await?;
    tx.commit().await?;
    Ok(rows.into_iter().map(|row| (row.identifier, row.count)).collect())
}

/// Takes the counts of a bucket's windows before an instant out, and gives them: who counts, adds them up elsewhere in
/// the same transaction.
pub async fn close_rates(
    tx: &mut impl Tx,
    bucket: &str,
    before: Timestamp,
) -> Result<Vec<(String, i64)>, Error> {
    let rows = sql::close(tx.conn(), bucket, before).await?;
    Ok(rows.into_iter().map(|row| (row.identifier, row.count)).collect())
}

/// A signed request whose signature was found right.
#[derive(Debug, Clone)]
pub struct NewSignature<'a> {
    /// The key that signed.
    pub key: ApiKeyId,
    /// For whom.
    pub user: UserId,
    /// The text that makes the request the only one of its kind, 16 to 128 characters.
    pub nonce: &'a str,
    /// HMAC-SHA256.
    pub signature: &'a [u8],
    /// Method and path.
    pub endpoint: &'a str,
    /// Now.
    pub received_at: Timestamp,
    /// When its own time is no longer good, so that it needs not be known any more.
    pub expires_at: Timestamp,
}

/// Whether it comes for the first time.
pub async fn accept_signature(store: &Store, new: &NewSignature<'_>) -> Result<bool, Error> {
    Ok(sql::accept(store.pool(), new).await?)
}
