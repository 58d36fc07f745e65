//! Money in integer minor units with its currency.

use serde::{Deserialize, Serialize};

/// An amount in minor units (cents for USD, yen for JPY) of an ISO 4217 currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Money {
    /// Minor units; negative for money given back.
    pub minor: i64,
    /// ISO 4217 code in lower case, e.g. `usd`.
    pub currency: String,
}

/// US dollars in millionths, for the cost of single model calls, which are far below a cent.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(transparent)]
pub struct MicroUsd(pub i64);

impl std::ops::Add for MicroUsd {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}
