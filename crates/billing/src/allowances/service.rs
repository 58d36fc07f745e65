//! Use cases of allowances.

use bellwether_kernel::{
    Access, Permission, Problem,
    id::{OrganizationId, uuid_v7},
    money::MicroUsd,
};
use bellwether_store::{TenantTx, Tx};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    model::{Metric, Settlement, month_of, next_reset},
    sql,
};
use crate::{Billing, Error, plans};

/// How much of the plan is used.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UsageView {
    /// The plan.
    pub plan: plans::PlanView,
    /// Generations of this month.
    pub generations: GenerationsUsage,
    /// Models of this month; only for those who may see what things cost (`billing.read`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ai_cost: Option<AiCost>,
    /// How the numbers come about, in words.
    pub explained: String,
}

/// Generations of this month (UTC).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GenerationsUsage {
    /// Completed, wholly or in part.
    pub used: i32,
    /// Under way; they count when they are done and are given back when they fail.
    pub reserved: i32,
    /// At most; none is unlimited.
    pub limit: Option<i32>,
    /// When it starts anew.
    pub resets_at: DateTime<Utc>,
}

/// What models cost this month (UTC).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AiCost {
    /// Millionths of a US dollar, of the calls whose price is known; a call that was cut off counts as expected.
    pub month_micro_usd: i64,
    /// Calls in all, the built-in writer's not among them.
    pub calls: i64,
    /// The cap of the operator or of the plan, whichever is less.
    pub cap_micro_usd: Option<i64>,
}

impl Billing {
    /// Holds one of a metric for a piece of work. Concurrent calls can't pass the limit: the row's lock puts them in
    /// a line. The same subject again holds nothing more.
    pub async fn reserve(&self, tx: &mut TenantTx, metric: Metric, subject: Uuid) -> Result<(), Error> {
        let organization = tx.organization();
        let now = self.clock.now();
        let plan = self.plan(tx, organization).await?;
        let id = uuid_v7(&self.clock, &self.rng);
        let resets_at = next_reset(now);
        if !sql::insert_reservation(tx.conn(), organization, id, metric.as_str(), subject, now).await? {
            return Ok(());
        }
        self.check_ai_cap(tx, &plan).await?;
        let row_id = uuid_v7(&self.clock, &self.rng);
        sql::ensure(tx.conn(), organization, row_id, metric.as_str(), resets_at).await?;
        if sql::hold(tx.conn(), metric.as_str(), plan.monthly_generations, now, resets_at).await? {
            return Ok(());
        }
        let limit = plan.monthly_generations.unwrap_or(i32::MAX);
        let detail = format!(
            "The plan {} allows {limit} generations a month, and all of them are used or under way. \
             The allowance starts anew on {}; a larger plan helps at once.",
            plan.name,
            resets_at.format("%-d %B %Y")
        );
        let retry_after = u64::try_from((resets_at - now).num_seconds()).unwrap_or(0);
        Err(Error::QuotaExceeded { detail, retry_after })
    }

    /// Refuses new work when models have cost what the plan allows a month. What is under way goes on: its cost is known when
    /// it is done, so the last piece of work may pass the cap.
    async fn check_ai_cap(&self, tx: &mut TenantTx, plan: &plans::PlanView) -> Result<(), Error> {
        let Some(cap) = plan.monthly_ai_cap_micro_usd else { return Ok(()) };
        let now = self.clock.now();
        let (MicroUsd(spent), _) = self.operations.ai_spending(tx, month_of(now)).await?;
        if spent < cap {
            return Ok(());
        }
        let resets_at = next_reset(now);
        let detail = format!(
            "The plan {} allows {} US dollars a month for outside models, and they are spent. It starts anew on {}; a larger \
             plan helps at once.",
            plan.name,
            dollars(cap),
            resets_at.format("%-d %B %Y")
        );
        let retry_after = u64::try_from((resets_at - now).num_seconds()).unwrap_or(0);
        Err(Error::QuotaExceeded { detail, retry_after })
    }

    /// Settles what was held for a subject, exactly once: a second settlement changes nothing.
    pub async fn settle(
        &self,
        tx: &mut TenantTx,
        metric: Metric,
        subject: Uuid,
        settlement: Settlement,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        if sql::settle_reservation(tx.conn(), metric.as_str(), subject, settlement.as_str(), now).await? {
            let used = settlement == Settlement::Consumed;
            sql::unhold(tx.conn(), metric.as_str(), used, now, next_reset(now)).await?;
        }
        Ok(())
    }

    /// How much is used. Whoever writes has to know what is left; what it cost is for those who see the books.
    pub async fn usage(&self, access: &Access) -> Result<UsageView, Error> {
        if !access.permissions.contains(Permission::PostsWrite) {
            access.allow(Permission::BillingRead)?;
        }
        let mut tx = self.store.tenant(access).await?;
        let view = self.usage_in(&mut tx, access).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// How much is used, for those who already stand inside the tenant.
    pub async fn usage_in(&self, tx: &mut TenantTx, access: &Access) -> Result<UsageView, Error> {
        let now = self.clock.now();
        let organization = tx.organization();
        let plan = self.plan(tx, organization).await?;
        let row = sql::find(tx.conn(), Metric::Generations.as_str()).await?;
        let resets_at = next_reset(now);
        let (used, reserved) = match row {
            Some(row) if row.resets_at > now => (row.used, row.reserved),
            Some(row) => (0, row.reserved),
            None => (0, 0),
        };
        let ai_cost = if access.permissions.contains(Permission::BillingRead) {
            let (MicroUsd(month_micro_usd), calls) = self.operations.ai_spending(tx, month_of(now)).await?;
            let operators = self.operations.ai_cap().map(|MicroUsd(cap)| cap);
            let cap_micro_usd = [operators, plan.monthly_ai_cap_micro_usd].into_iter().flatten().min();
            Some(AiCost { month_micro_usd, calls, cap_micro_usd })
        } else {
            None
        };
        let explained = format!(
            "A generation is one input, whatever the number of networks. It counts once when it is done, wholly or in \
             part; a failed one is given back, a repeated request is answered from before at no cost. {used} counted \
             since the first of the month (UTC), {reserved} under way."
        );
        Ok(UsageView {
            generations: GenerationsUsage { used, reserved, limit: plan.monthly_generations, resets_at },
            ai_cost,
            explained,
            plan,
        })
    }

    async fn plan(&self, tx: &mut impl Tx, organization: OrganizationId) -> Result<plans::PlanView, Error> {
        let found = plans::current(tx.conn(), organization, &self.default_plan, self.clock.now()).await?;
        Ok(found.ok_or_else(|| Problem::not_found("plan"))?)
    }
}

/// Whole cents of what is kept in millionths.
fn dollars(micro: i64) -> String {
    format!("{}.{:02}", micro / 1_000_000, micro % 1_000_000 / 10_000)
}
