//! PostgreSQL: the embedded server, the pool, migrations, tenant and service transactions, constraint errors, and
//! databases for tests.
//!
//! Tenant data is reached through [`Store::tenant`] only: every query takes a [`TenantTx`], so forgetting the tenant
//! does not compile, and a query that gets there without one all the same is refused by the database itself.

pub mod embedded;
mod error;
mod migrate;
mod pool;
mod subscriptions;
#[cfg(feature = "testing")]
pub mod testing;
mod tx;
mod warm;

pub use error::{ConstraintKind, Error};
pub use migrate::MIGRATIONS;
pub use pool::{Asking, DatabaseOptions, Store};
pub use subscriptions::Subscriptions;
pub use tx::{ServiceTx, TenantScope, TenantTx, Tx, plan_for_values};
