//! The schema's history, embedded in the binary.

use sqlx::{migrate::Migrator, postgres::PgPoolOptions};

use crate::{Error, Store};

/// All migrations of all contexts, in order.
pub static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

impl Store {
    /// Brings the schema up to date; copies of the program that start together wait for each other. The partitions of
    /// last month, this month and three ahead are there afterwards.
    pub async fn migrate(&self) -> Result<(), Error> {
        // building an index may take longer than a request may
        let patient = (*self.pool().connect_options())
            .clone()
            .options([("statement_timeout", "0"), ("lock_timeout", "0")]);
        let pool = PgPoolOptions::new().max_connections(1).connect_with(patient).await?;
        let outcome = async {
            MIGRATIONS.run(&pool).await?;
            sqlx::query("SELECT tenancy.make_all_partitions()").execute(&pool).await?;
            Ok(())
        }
        .await;
        pool.close().await;
        outcome
    }
}
