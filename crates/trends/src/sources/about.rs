//! What others who tell people of sources need to know of them.

use bellwether_kernel::Timestamp;
use bellwether_store::TenantTx;

use super::{State, sql};
use crate::{Error, SourceId};

/// A source, for a notice.
#[derive(Debug, Clone)]
pub struct AboutSource {
    /// What it is called.
    pub name: String,
    /// How it is now.
    pub state: State,
    /// What is wrong with it.
    pub words: Option<String>,
    /// When it was read last; none when it never was.
    pub last_success_at: Option<Timestamp>,
}

/// A source, in the caller's transaction.
pub async fn about_source(tx: &mut TenantTx, id: SourceId) -> Result<Option<AboutSource>, Error> {
    Ok(sql::about(tx.conn(), id).await?)
}
