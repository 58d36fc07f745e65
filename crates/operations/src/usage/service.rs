//! Writing usage down.

use bellwether_kernel::{
    RequestContext,
    id::{BrandId, GenerationId, UserId, uuid_v7},
    money::MicroUsd,
};
use bellwether_store::{ServiceTx, TenantTx};
use serde_json::Value;

use super::sql;
use crate::{Error, Operations};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsageKind {
    /// Asked for.
    GenerationStarted,
    /// Done, wholly or in part.
    GenerationCompleted,
    /// Nothing came of it.
    GenerationFailed,
}

impl UsageKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::GenerationStarted => "generation_started",
            Self::GenerationCompleted => "generation_completed",
            Self::GenerationFailed => "generation_failed",
        }
    }
}

/// One usage row.
#[derive(Debug, Clone)]
pub struct Usage {
    /// What happened.
    pub kind: UsageKind,
    /// To which generation.
    pub generation: GenerationId,
    /// Of which brand.
    pub brand: BrandId,
    /// Asked for by whom.
    pub user: Option<UserId>,
    /// For which networks.
    pub networks: Vec<String>,
    /// Tokens in and out, when models were called.
    pub tokens: Option<i64>,
    /// What it cost, when it is known.
    pub cost: Option<MicroUsd>,
    /// Where the request came from.
    pub context: RequestContext,
}

/// What a person used, for a copy of their data: the latest first.
pub async fn of_person(tx: &mut ServiceTx, user: UserId) -> Result<Value, bellwether_store::Error> {
    Ok(sql::of_person(tx.conn(), user).await?)
}

impl Operations {
    /// Writes usage down, in the transaction of what was used.
    pub async fn record_usage(&self, tx: &mut TenantTx, usage: &Usage) -> Result<(), Error> {
        let id = uuid_v7(&self.clock, &self.rng);
        let organization = tx.organization();
        sql::insert(tx.conn(), organization, id, usage, self.clock.now()).await?;
        Ok(())
    }
}
