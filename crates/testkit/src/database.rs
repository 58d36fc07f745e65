//! Databases with the whole schema.

use std::fmt::Display;

use bellwether_store::Store;
pub use bellwether_store::testing::TestDatabase;
use bellwether_store::testing::{self, TestingError};

/// Changes when what makes the template besides the migrations changes: the version of the job queue.
const ALSO: &str = "graphile_worker 0.14.1";

async fn migrate(store: Store) -> Result<(), bellwether_store::Error> {
    bellwether_jobs::migrate(&store).await
}

/// A fresh, migrated, empty database, dropped with the value.
///
/// # Panics
/// When there is no PostgreSQL to be had; the message says how to get it.
pub async fn database() -> TestDatabase {
    or_panic(TestDatabase::with(ALSO, migrate).await)
}

/// The URL of a database that stays, for checking queries while writing them; made anew when migrations change.
pub async fn dev_database() -> Result<String, TestingError> {
    testing::dev_database(ALSO, migrate).await
}

#[expect(clippy::panic, reason = "a test without its database can only stop")]
fn or_panic<T, E: Display>(outcome: Result<T, E>) -> T {
    outcome.unwrap_or_else(|error| panic!("no test database: {error}"))
}
