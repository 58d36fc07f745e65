//! Whose morning has come: a row for each of their brands and date, and the job that delivers it.

use bellwether_identity::people::model::Me;
use bellwether_jobs::{Options, enqueue};
use bellwether_kernel::{
    Kind, Permission, Problem, Timestamp,
    id::{BrandId, OrganizationId, UserId},
};
use bellwether_publishing::time;
use bellwether_store::ServiceTx;
use chrono::NaiveDate;

use super::{jobs::Deliver, model::Wish, sql};
use crate::{
    Delivery, DeliveryId, Error,
    preferences::{model::quiet_until, sql as preferences},
};

/// People in one look: more than have the same minute in one zone of a large installation.
const AT_ONCE: i64 = 20_000;

/// Brands of somebody whose drafts they may read.
fn brands(me: &Me) -> Vec<(OrganizationId, BrandId)> {
    let mut found = Vec::new();
    for organization in &me.organizations {
        for brand in &organization.brands {
            if brand.permissions.contains(&Permission::PostsRead) {
                found.push((organization.id, brand.id));
            }
        }
    }
    found
}

impl Delivery {
    /// Begins what is due. As often as it is asked, and by as many workers: one for each date. Gives for how many people.
    pub(super) async fn begin_mornings(&self) -> Result<usize, Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("find whose morning has come").await?;
        let due = sql::due(tx.conn(), now, AT_ONCE).await?;
        tx.commit().await?;
        let mut begun = 0;
        for user in due {
            // those of others don't wait for what can't be begun for one
            match self.begin_morning(user, now).await {
                Ok(done) => begun += usize::from(done),
                Err(error) => {
                    tracing::error!(%user, %error, "a morning could not be begun: tried again in a minute");
                }
            }
        }
        Ok(begun)
    }

    async fn begin_morning(&self, user: UserId, now: Timestamp) -> Result<bool, Error> {
        let me = match self.identity.me(user).await.map_err(Problem::from) {
            Ok(me) => Some(me),
            Err(problem) if problem.kind == Kind::NotFound => None,
            Err(problem) => return Err(problem.into()),
        };
        let mut tx = self.store.service("begin somebody's morning").await?;
        let Some(row) = sql::claim(tx.conn(), user, now).await? else { return Ok(false) };
        let person = self.identity.addressees(&mut tx, &[user]).await?.pop();
        let wants = preferences::find(tx.conn(), user).await?.unwrap_or_default();
        let (Some(me), Some(person), Some(wish)) = (me, person, Wish::of(&wants)) else {
            sql::plan(tx.conn(), user, None, row.last_date).await?;
            tx.commit().await?;
            return Ok(false);
        };
        let zone = time::zone_or_utc(&person.time_zone);
        let planned = match row.date {
            Some(date) if !row.stale => Some((date, now)),
            date => wish.again(&zone, now, date, row.last_date),
        };
        let Some((date, _)) = planned.filter(|(_, at)| *at <= now) else {
            sql::plan(tx.conn(), user, planned, row.last_date).await?;
            tx.commit().await?;
            return Ok(false);
        };
        let on = |at: Timestamp| time::local(at, &zone).map(|local| local.date());
        let quiet = quiet_until(wants.quiet_from.zip(wants.quiet_to), &zone, now);
        if let Some(until) = quiet.filter(|until| on(*until) == Some(date)) {
            sql::plan(tx.conn(), user, Some((date, until)), row.last_date).await?;
            tx.commit().await?;
            return Ok(false);
        }
        let skipped = if on(now) != Some(date) {
            Some("Nothing ran on that day any more: the day was over.")
        } else if quiet.is_some() {
            Some("Your quiet hours last from its time to the end of the day.")
        } else {
            None
        };
        for place in brands(&me) {
            self.begin(&mut tx, place, user, (date, now), skipped).await?;
        }
        sql::plan(tx.conn(), user, wish.next(&zone, now, Some(date)), Some(date)).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Makes the row and the job, once for this person, brand and date.
    pub(super) async fn begin(
        &self,
        tx: &mut ServiceTx,
        (organization, brand): (OrganizationId, BrandId),
        user: UserId,
        (date, now): (NaiveDate, Timestamp),
        skipped: Option<&'static str>,
    ) -> Result<Option<DeliveryId>, Error> {
        let id = DeliveryId::new(&self.clock, &self.rng);
        let new = sql::NewDelivery { organization, id, brand, user, date, skipped, now };
        if !sql::insert(tx.conn(), &new).await? {
            return Ok(None);
        }
        if skipped.is_some() {
            self.record(tx, (organization, brand, id), "delivery.skipped", skipped).await?;
        } else {
            let job = Deliver { organization_id: organization, delivery_id: id };
            enqueue(tx, &job, Options::default()).await?;
        }
        Ok(Some(id))
    }
}
