//! The queue's way to the database, which rests after a failure: graphile_worker 0.14 asks again at once, two thousand times a
//! second where the server is away for good.

use std::{any::Any, time::Duration};

use graphile_worker::{
    BoxFuture, Database, DatabaseDriver, DbError, DbExecutor, DbParams, DbRow, DbTransaction,
    NotificationStream, sqlx::SqlxDatabase,
};
use sqlx::PgPool;

/// How long a failure is kept back from whoever would ask again.
const REST: Duration = Duration::from_millis(500);

#[derive(Debug)]
struct Patient(SqlxDatabase);

/// The pool as the queue uses it.
pub(crate) fn database(pool: PgPool) -> Database {
    Database::new(Patient(SqlxDatabase::new(pool)))
}

async fn rested<T>(answer: Result<T, DbError>) -> Result<T, DbError> {
    if answer.is_err() {
        tokio::time::sleep(REST).await;
    }
    answer
}

impl DatabaseDriver for Patient {
    fn as_any(&self) -> &dyn Any {
        self.0.as_any()
    }

    fn begin(&self) -> BoxFuture<'_, Result<DbTransaction, DbError>> {
        Box::pin(async { rested(self.0.begin().await).await })
    }

    fn listen<'a>(&'a self, channel: &'a str) -> BoxFuture<'a, Result<Option<NotificationStream>, DbError>> {
        Box::pin(async { rested(self.0.listen(channel).await).await })
    }
}

impl DbExecutor for Patient {
    fn execute<'a>(&'a self, sql: &'a str, params: DbParams) -> BoxFuture<'a, Result<u64, DbError>> {
        Box::pin(async { rested(self.0.execute(sql, params).await).await })
    }

    fn fetch_all<'a>(&'a self, sql: &'a str, params: DbParams) -> BoxFuture<'a, Result<Vec<DbRow>, DbError>> {
        Box::pin(async { rested(self.0.fetch_all(sql, params).await).await })
    }
}

#[cfg(test)]
mod tests {
    use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

    use super::*;

    /// A server that is not there, by a socket: the driver itself waits for one that refuses.
    fn nowhere() -> Database {
        let options = PgConnectOptions::new().socket("/nonexistent/bellwether");
        database(PgPoolOptions::new().connect_lazy_with(options))
    }

    #[tokio::test(start_paused = true)]
    async fn what_failed_is_not_asked_again_at_once() {
        let (database, began) = (nowhere(), tokio::time::Instant::now());
        for times in 1..=4 {
            assert!(database.fetch_all("SELECT 1", DbParams::default()).await.is_err());
            assert!(database.execute("SELECT 1", DbParams::default()).await.is_err());
            assert!(database.begin().await.is_err());
            assert!(database.listen("jobs").await.is_err());
            assert!(began.elapsed() >= REST * 4 * times, "the clock of the test stands still but for rests");
        }
    }
}
