//! Use cases of approval rules.

use bellwether_kernel::{BrandAccess, Kind, Permission, Problem, RequestContext};
use bellwether_networks::Network;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{Approver, sql};
use crate::{ApprovalRuleId, Error, Publishing};

/// Who must approve what.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalRuleView {
    /// Id.
    pub id: ApprovalRuleId,
    /// On this network only; on all when null.
    #[schema(value_type = Option<Network>)]
    pub network: Option<String>,
    /// Whose approval it asks for.
    #[schema(value_type = Approver)]
    pub approver: String,
    /// By how many different ones.
    pub approvals: i16,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

impl From<sql::RuleRow> for ApprovalRuleView {
    fn from(row: sql::RuleRow) -> Self {
        Self {
            id: row.id,
            network: row.network,
            approver: row.approver,
            approvals: row.approvals,
            created_at: row.created_at,
        }
    }
}

/// A rule.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApprovalRule {
    /// On this network only; on all when absent.
    #[serde(default)]
    pub network: Option<Network>,
    /// Whose approval it asks for: a role is that role or a higher one.
    pub approver: Approver,
    /// By how many different ones, 1 to 10; for a client one link is one.
    #[serde(default = "one")]
    pub approvals: i16,
}

const fn one() -> i16 {
    1
}

impl Publishing {
    /// The rules of a brand.
    pub async fn list_approval_rules(&self, access: &BrandAccess) -> Result<Vec<ApprovalRuleView>, Error> {
        access.allow(Permission::PostsRead)?;
        let mut tx = self.store.tenant(access).await?;
        let rows = sql::rules(tx.conn(), access.brand).await?;
        tx.commit().await?;
        Ok(rows.into_iter().map(ApprovalRuleView::from).collect())
    }

    /// Asks for an approval from now on. What is planned already waits for it too.
    pub async fn create_approval_rule(
        &self,
        access: &BrandAccess,
        input: &CreateApprovalRule,
        context: &RequestContext,
    ) -> Result<ApprovalRuleView, Error> {
        access.allow(Permission::BrandUpdate)?;
        if !(1..=10).contains(&input.approvals) {
            return Err(Problem::invalid("approvals", "out_of_range", "Give 1 to 10.").into());
        }
        let rule = sql::RuleRow {
            id: ApprovalRuleId::new(&self.clock, &self.rng),
            network: input.network.map(|network| network.as_str().to_owned()),
            approver: <&str>::from(input.approver).to_owned(),
            approvals: input.approvals,
            created_at: self.clock.now(),
        };
        let mut tx = self.store.tenant(access).await?;
        let of = (access.organization, access.brand);
        sql::insert_rule(tx.conn(), of, &rule, access.user).await.map_err(|error| {
            let error = bellwether_store::Error::from(error);
            if error.constraint() == Some("approval_rules_scope_key") {
                let words = "There is a rule for this approver and network already; remove it first.";
                return Error::from(Problem::new(Kind::Conflict, "rule_exists", words));
            }
            error.into()
        })?;
        let after =
            json!({ "network": &rule.network, "approver": &rule.approver, "approvals": rule.approvals });
        self.record(
            &mut tx,
            (access.organization, Some(access.brand)),
            "approval_rule.created",
            ("approval_rule", rule.id.uuid()),
            (None, Some(after)),
            (access.actor(), context),
        )
        .await?;
        tx.commit().await?;
        Ok(rule.into())
    }

    /// Asks for it no more.
    pub async fn delete_approval_rule(
        &self,
        access: &BrandAccess,
        id: ApprovalRuleId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        let row = sql::delete_rule(tx.conn(), access.brand, id).await?;
        let row = row.ok_or_else(|| Problem::not_found("rule"))?;
        let before = json!({ "network": row.network, "approver": row.approver, "approvals": row.approvals });
        self.record(
            &mut tx,
            (access.organization, Some(access.brand)),
            "approval_rule.deleted",
            ("approval_rule", id.uuid()),
            (Some(before), None),
            (access.actor(), context),
        )
        .await?;
        Ok(tx.commit().await?)
    }
}
