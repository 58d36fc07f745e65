//! Use cases of leaving.

use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{Access, Kind, Permission, Problem, RequestContext, id::UserId};
use bellwether_store::ServiceTx;
use bellwether_web::{Caller, Operator};
use serde_json::{Value, json};

use super::{CancellationId, CancellationView, Leaving, PlanLeft, sql};
use crate::{Billing, Error, plans};

impl Billing {
    /// What a person said on leaving, for a copy of their data.
    pub async fn said_on_leaving(&self, tx: &mut ServiceTx, user: UserId) -> Result<Value, Error> {
        Ok(sql::of_person(tx.conn(), user).await?)
    }

    /// Keeps why a person leaves with their account; the account itself is deleted by identity. Said again within the same
    /// leave, the last word counts.
    pub async fn say_goodbye(&self, caller: Caller, leaving: &Leaving) -> Result<(), Error> {
        if caller.session.is_none() {
            let detail = "An API key can't do this: sign in as a person.";
            return Err(Problem::new(Kind::Forbidden, "session_needed", detail).into());
        }
        let feedback = leaving.feedback()?;
        let new = sql::NewRow {
            id: CancellationId::new(&self.clock, &self.rng),
            kind: "account",
            user: caller.user,
            organization: None,
            plan: None,
            reason: leaving.reason.as_str(),
            feedback,
            now: self.clock.now(),
        };
        let mut tx = self.store.service("a person says why they leave").await?;
        sql::delete_of_account(tx.conn(), caller.user).await?;
        sql::insert(tx.conn(), &new).await?;
        Ok(tx.commit().await?)
    }

    /// Leaves a plan: at the end of what is paid, else at once; from then on the organization is on the plan of those without a
    /// subscription. `billing.manage` may.
    pub async fn leave_plan(
        &self,
        access: &Access,
        leaving: &Leaving,
        context: &RequestContext,
    ) -> Result<PlanLeft, Error> {
        access.allow(Permission::BillingManage)?;
        let feedback = leaving.feedback()?;
        let (organization, now) = (access.organization, self.clock.now());
        let mut tx = self.store.service("an organization leaves its plan").await?;
        let Some(left) = plans::cancel(tx.conn(), organization, &self.default_plan, now).await? else {
            let detail = "There is no plan to leave: the organization is on the one for everybody, or has left already.";
            return Err(Problem::new(Kind::Conflict, "no_plan_to_leave", detail).into());
        };
        let new = sql::NewRow {
            id: CancellationId::new(&self.clock, &self.rng),
            kind: "plan",
            user: access.user,
            organization: Some(organization),
            plan: Some(&left.plan_id),
            reason: leaving.reason.as_str(),
            feedback,
            now,
        };
        sql::insert(tx.conn(), &new).await?;
        let event = NewEvent {
            organization,
            brand: None,
            kind: "subscription.canceled",
            subject: ("organization", organization.uuid()),
            actor: access.actor(),
            before: Some(json!({ "plan": left.plan_id })),
            after: Some(json!({ "until": left.until })),
            // not their own words: these are for the operators
            data: Some(json!({ "reason": leaving.reason })),
            context: context.clone(),
        };
        events::record(&mut tx, &self.clock, &self.rng, event).await?;
        tx.commit().await?;
        Ok(PlanLeft { plan: left.plan_id, until: left.until })
    }

    /// Why people left, for operators: the latest first, at most 100; `before` goes on from a page's last.
    pub async fn list_cancellations(
        &self,
        _: Operator,
        before: Option<CancellationId>,
    ) -> Result<Vec<CancellationView>, Error> {
        let mut tx = self.store.service("operator reads why people left").await?;
        let rows = sql::list(tx.conn(), before, 100).await?;
        tx.commit().await?;
        Ok(rows)
    }
}
