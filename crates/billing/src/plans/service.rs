//! Use cases of plans.

use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    Actor, RequestContext, Timestamp,
    id::{OrganizationId, uuid_v7},
};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::sql;
use crate::{Billing, Error};

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanView {
    /// `free`, `pro` or `business`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Generations a month; none is unlimited.
    pub monthly_generations: Option<i32>,
    /// How much outside models may be used: `basic`, `standard` or `unlimited`.
    pub ai_tier: String,
    /// What they may cost a month, in millionths of a US dollar; none is no cap of the plan's.
    pub monthly_ai_cap_micro_usd: Option<i64>,
}

impl Billing {
    /// Puts an organization on a plan without payment: for operators and the demo. What is used stays used.
    pub async fn set_plan(
        &self,
        organization: OrganizationId,
        plan: &str,
        reason: &str,
    ) -> Result<PlanView, Error> {
        let mut tx = self.store.service("set an organization's plan").await?;
        let wanted = sql::get(tx.conn(), plan).await?.ok_or_else(|| Error::UnknownPlan(plan.to_owned()))?;
        let now = self.clock.now();
        let before = sql::current(tx.conn(), organization, &self.default_plan, now).await?;
        if !sql::update_live(tx.conn(), organization, plan).await? {
            sql::insert(tx.conn(), organization, uuid_v7(&self.clock, &self.rng), plan, now).await?;
        }
        let event = NewEvent {
            organization,
            brand: None,
            kind: "subscription.plan_changed",
            subject: ("organization", organization.uuid()),
            actor: Actor::System { reason: reason.to_owned() },
            before: before.map(|plan| json!({ "plan": plan.id })),
            after: Some(json!({ "plan": wanted.id })),
            data: None,
            context: RequestContext::default(),
        };
        events::record(&mut tx, &self.clock, &self.rng, event).await?;
        tx.commit().await?;
        Ok(wanted)
    }

    /// Organizations whose trial ends within a span, with the instant.
    pub async fn ending_trials(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(OrganizationId, Timestamp)>, Error> {
        let mut tx = self.store.service("find trials that end soon").await?;
        let found = sql::ending_trials(tx.conn(), from, to).await?;
        tx.commit().await?;
        Ok(found)
    }
}
