//! What tests stand on: databases, and later the whole application under test.

pub mod database;
pub mod peers;

pub use database::{TestDatabase, database, dev_database};
