//! The books of one organization's model calls.

use async_trait::async_trait;
use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId, uuid_v7},
    money::MicroUsd,
};
use bellwether_models::meter::{AiRun, CapReached, Estimate, Meter, Purpose, Refusal};
use bellwether_store::{TenantScope, TenantTx};
use chrono::{Datelike as _, NaiveDate};
use uuid::Uuid;

use super::sql;
use crate::{Error, Operations};

/// Meters the calls made for one piece of work of an organization.
#[derive(Clone)]
pub struct OrganizationMeter {
    operations: Operations,
    organization: OrganizationId,
    brand: Option<BrandId>,
    subject: Option<(&'static str, Uuid)>,
}

impl Operations {
    /// A meter for work on a subject, e.g. `("output", id)`.
    pub fn meter(
        &self,
        organization: OrganizationId,
        brand: Option<BrandId>,
        subject: Option<(&'static str, Uuid)>,
    ) -> OrganizationMeter {
        OrganizationMeter { operations: self.clone(), organization, brand, subject }
    }

    /// What was spent in a month (its first day), and in how many calls.
    pub async fn ai_spending(&self, tx: &mut TenantTx, month: NaiveDate) -> Result<(MicroUsd, i64), Error> {
        let row = sql::find_spending(tx.conn(), month).await?;
        Ok(row.map_or((MicroUsd(0), 0), |row| (MicroUsd(row.cost_micro_usd), row.runs)))
    }
}

fn month_of(at: Timestamp) -> NaiveDate {
    let day = at.date_naive();
    day.with_day(1).unwrap_or(day)
}

impl OrganizationMeter {
    async fn write(&self, run: &AiRun) -> Result<(), Error> {
        let operations = &self.operations;
        let mut tx = operations.store.tenant(TenantScope::organization(self.organization)).await?;
        // a run that was dropped while it was being recorded is told twice, under one id
        if sql::insert_run(tx.conn(), self.organization, self.brand, self.subject, run).await? {
            let id = uuid_v7(&operations.clock, &operations.rng);
            // what can't be counted is taken for what was expected, so that a cap is not passed unseen
            let cost = run.cost.or(run.estimated.cost).unwrap_or_default();
            sql::add_spending(tx.conn(), self.organization, id, month_of(run.started_at), cost.0).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

#[async_trait]
impl Meter for OrganizationMeter {
    async fn admit(&self, _: Purpose, estimate: Estimate) -> Result<(), Refusal> {
        let Some(MicroUsd(cap)) = self.operations.ai_cap else { return Ok(()) };
        let month = month_of(self.operations.clock.now());
        let spent = async {
            let mut tx = self.operations.store.tenant(TenantScope::organization(self.organization)).await?;
            let spent = self.operations.ai_spending(&mut tx, month).await?;
            tx.commit().await?;
            Ok::<_, Error>(spent.0.0)
        };
        let spent = spent.await.map_err(|error| Refusal::Unavailable(error.to_string()))?;
        let expected = estimate.cost.unwrap_or_default().0;
        if spent.saturating_add(expected) > cap {
            let dollars = |micro: i64| micro as f64 / 1_000_000.0;
            return Err(Refusal::Cap(CapReached {
                detail: format!(
                    "{:.2} of {:.2} US dollars are spent this month and this call may cost {:.4}. The cap starts anew \
                     on the first; the operator can raise it (billing.monthly_ai_cap_usd).",
                    dollars(spent),
                    dollars(cap),
                    dollars(expected)
                ),
            }));
        }
        Ok(())
    }

    async fn record(&self, run: AiRun) -> Result<(), String> {
        self.write(&run).await.map_err(|error| error.to_string())
    }

    fn cancelled(&self, run: AiRun) {
        let meter = self.clone();
        // Drop can't wait; without a runtime the process is ending and the log is what is left
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = meter.write(&run).await {
                    tracing::error!(%error, provider = run.provider, "a cancelled AI call could not be recorded");
                }
            });
        } else {
            tracing::error!(provider = run.provider, "a cancelled AI call could not be recorded");
        }
    }
}
