//! The whole schema, the queue's own included.

use bellwether_store::{Error, Store};
use graphile_worker::WorkerUtils;
use sqlx::{Connection as _, postgres::PgConnection};

/// The schema of the queue's tables.
pub(crate) const SCHEMA: &str = "graphile_worker";
/// What copies of the program that start together wait on.
const LOCK: i64 = 0x62_656c_6c77;

/// Brings the database up to date: the queue's own tables first, since ours refer to them, then ours. The one call for
/// the program and for tests.
pub async fn migrate(store: &Store) -> Result<(), Error> {
    let mut guard: PgConnection = store.pool().acquire().await?.detach();
    sqlx::query("SET statement_timeout = 0").execute(&mut guard).await?;
    sqlx::query("SET lock_timeout = 0").execute(&mut guard).await?;
    sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(&mut guard).await?;
    WorkerUtils::new(store.pool().clone(), SCHEMA)
        .migrate()
        .await
        .map_err(|error| Error::Other(sqlx::Error::Configuration(Box::new(error))))?;
    store.migrate().await?;
    // gives the lock back
    Ok(guard.close().await?)
}
