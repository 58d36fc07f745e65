//! The red switch.

use bellwether_kernel::{
    BrandAccess, Permission, Problem, RequestContext,
    id::{BrandId, UserId},
};
use bellwether_networks::Network;
use bellwether_store::TenantTx;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::sql;
use crate::{Error, PauseId, Publishing, publications};

/// What a pause covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PauseScope {
    /// Every brand of the organization.
    Organization,
    /// The brand.
    Brand,
    /// One network of the brand.
    Network,
}

/// A pause.
#[derive(Debug, Serialize, ToSchema)]
pub struct PauseView {
    /// What it covers.
    pub scope: PauseScope,
    /// The network, where it covers one.
    #[schema(value_type = Option<Network>)]
    pub network: Option<String>,
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Who paused.
    pub by: Option<UserId>,
}

/// What to pause.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// What it covers.
    pub scope: PauseScope,
    /// The network, for the scope `network`.
    #[serde(default)]
    pub network: Option<Network>,
    /// Why, for whoever wonders; at most 300 characters.
    #[serde(default)]
    pub reason: String,
}

impl Publishing {
    /// What is paused for a brand.
    pub async fn list_pauses(&self, access: &BrandAccess) -> Result<Vec<PauseView>, Error> {
        access.allow(Permission::PostsRead)?;
        let mut tx = self.store.tenant(access).await?;
        let views = pauses(&mut tx, access.brand).await?;
        tx.commit().await?;
        Ok(views)
    }

    /// Pauses: from this moment nothing that it covers begins to be sent. What is being sent already goes on to its end.
    pub async fn pause(
        &self,
        access: &BrandAccess,
        input: Pause,
        context: &RequestContext,
    ) -> Result<Vec<PauseView>, Error> {
        if input.reason.chars().count() > 300 {
            return Err(Problem::invalid("reason", "too_long", "Use at most 300 characters.").into());
        }
        let (brand, network) = covered(access, input.scope, input.network)?;
        let id = PauseId::new(&self.clock, &self.rng);
        let mut tx = self.store.tenant(access).await?;
        let by = (access.user, self.clock.now());
        let reason = input.reason.trim();
        if sql::insert_pause(tx.conn(), access.organization, id, (brand, network), reason, by).await? {
            let after = json!({ "scope": input.scope, "network": network, "reason": reason });
            self.record(
                &mut tx,
                (access.organization, brand),
                "publishing.paused",
                ("pause", id.uuid()),
                (None, Some(after)),
                (access.actor(), context),
            )
            .await?;
        }
        let views = pauses(&mut tx, access.brand).await?;
        tx.commit().await?;
        Ok(views)
    }

    /// Ends a pause. What it held goes on at its time; what missed it by more than the brand allows is asked about.
    pub async fn resume(
        &self,
        access: &BrandAccess,
        scope: PauseScope,
        network: Option<Network>,
        context: &RequestContext,
    ) -> Result<Vec<PauseView>, Error> {
        let (brand, network) = covered(access, scope, network)?;
        let mut tx = self.store.tenant(access).await?;
        if sql::delete_pause(tx.conn(), brand, network).await? {
            sql::release_paused(tx.conn()).await?;
            publications::announce(&mut tx).await?;
            let id = PauseId::new(&self.clock, &self.rng);
            let before = json!({ "scope": scope, "network": network });
            self.record(
                &mut tx,
                (access.organization, brand),
                "publishing.resumed",
                ("pause", id.uuid()),
                (Some(before), None),
                (access.actor(), context),
            )
            .await?;
        }
        let views = pauses(&mut tx, access.brand).await?;
        tx.commit().await?;
        Ok(views)
    }
}

pub(crate) async fn pauses(tx: &mut TenantTx, brand: BrandId) -> Result<Vec<PauseView>, Error> {
    let rows = sql::pauses(tx.conn(), brand).await?;
    let view = |row: sql::PauseRow| PauseView {
        scope: match (&row.brand_id, &row.network) {
            (None, _) => PauseScope::Organization,
            (Some(_), None) => PauseScope::Brand,
            (Some(_), Some(_)) => PauseScope::Network,
        },
        network: row.network,
        reason: row.reason,
        since: row.created_at,
        by: row.paused_by,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// The brand and network of a scope, if the person may pause it.
fn covered(
    access: &BrandAccess,
    scope: PauseScope,
    network: Option<Network>,
) -> Result<(Option<BrandId>, Option<&'static str>), Error> {
    access.allow(Permission::PostsPublish)?;
    Ok(match (scope, network) {
        (PauseScope::Organization, None) => {
            if access.access.brands != bellwether_kernel::BrandScope::All {
                let words = "You reach single brands only: pause the brand instead.";
                return Err(Problem::new(bellwether_kernel::Kind::Forbidden, "forbidden", words).into());
            }
            (None, None)
        }
        (PauseScope::Brand, None) => (Some(access.brand), None),
        (PauseScope::Network, Some(network)) => (Some(access.brand), Some(network.as_str())),
        (PauseScope::Network, None) => {
            return Err(Problem::invalid("network", "required", "Name the network to pause.").into());
        }
        (_, Some(_)) => {
            let words = "Name a network with the scope `network` only.";
            return Err(Problem::invalid("network", "not_expected", words).into());
        }
    })
}
