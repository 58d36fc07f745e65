//! Use cases of onboarding.

use bellwether_jobs::events;
use bellwether_kernel::{BrandAccess, id::uuid_v7};
use bellwether_store::TenantTx;

use super::{OnboardingView, Step, UpdateOnboarding, sql};
use crate::{Error, Identity};

impl Identity {
    /// A person's first steps in the brand.
    pub async fn onboarding(&self, access: &BrandAccess) -> Result<OnboardingView, Error> {
        let mut tx = self.store.tenant(access).await?;
        let shown = shown(&mut tx, access).await?;
        let decided = sql::find(tx.conn(), access.brand, access.user).await?.unwrap_or_default();
        tx.commit().await?;
        Ok(decided.view(&shown))
    }

    /// Keeps what the person decided about them. It concerns nobody else, so it is no event.
    pub async fn update_onboarding(
        &self,
        access: &BrandAccess,
        version: i32,
        change: &UpdateOnboarding,
    ) -> Result<OnboardingView, Error> {
        let now = self.clock.now();
        let mut tx = self.store.tenant(access).await?;
        let shown = shown(&mut tx, access).await?;
        let mut decided = sql::find(tx.conn(), access.brand, access.user).await?.unwrap_or_default();
        if decided.version != version {
            return Err(Error::Stale);
        }
        decided.change(change, &shown, now)?;
        let key = (access.organization, uuid_v7(&self.clock, &self.rng), access.brand, access.user);
        if !sql::put(tx.conn(), key, &decided, now).await? {
            return Err(Error::Stale);
        }
        tx.commit().await?;
        decided.version += 1;
        Ok(decided.view(&shown))
    }
}

/// The steps that what happened shows as done.
async fn shown(tx: &mut TenantTx, access: &BrandAccess) -> Result<Vec<Step>, Error> {
    let kinds = |of_brand: bool| -> Vec<&str> {
        let steps = Step::ALL.into_iter().filter(|step| step.of_brand() == of_brand);
        steps.flat_map(|step| step.shown_by().iter().copied()).collect()
    };
    let mut happened = events::happened(tx, Some(access.brand), &kinds(true)).await?;
    happened.extend(events::happened(tx, None, &kinds(false)).await?);
    let together = sql::count_members(tx.conn()).await? > 1;
    let by_facts = |step: &Step| {
        step.shown_by().iter().any(|kind| happened.iter().any(|event| event == kind))
            || (*step == Step::Invite && together)
    };
    Ok(Step::ALL.into_iter().filter(by_facts).collect())
}
