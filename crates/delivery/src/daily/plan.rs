//! Whose morning has come: a row for each of their brands and date, and the job that delivers it.

use std::collections::{HashMap, HashSet};

use bellwether_identity::people::{Addressee, model::MyOrganization};
use bellwether_jobs::{Options, enqueue};
use bellwether_kernel::{
    Permission, Timestamp,
    id::{BrandId, OrganizationId, UserId},
};
use bellwether_publishing::time;
use bellwether_store::ServiceTx;
use chrono::{Days, NaiveDate};
use jiff::tz::TimeZone;

use super::{jobs::Deliver, model::Wish, sql};
use crate::{
    Delivery, DeliveryId, Error,
    preferences::{
        model::quiet_until,
        sql::{self as preferences, PreferencesRow},
    },
};

/// People in one look: more than have the same minute in one zone of a large installation.
const AT_ONCE: i64 = 20_000;
/// People in one transaction.
const TOGETHER: usize = 250;
/// Why a morning whose time lies in quiet hours does not come.
pub(super) const SWALLOWED: &str = "Its time lies in your quiet hours, and they last until the next day. Choose another time, or shorter quiet hours.";

/// Days before today for which the history says that nothing ran; what is longer ago is of no use to anybody.
const MISSED: u64 = 14;

/// Brands of somebody whose drafts they may read.
pub(crate) fn brands(organizations: &[MyOrganization]) -> Vec<(OrganizationId, BrandId)> {
    let mut found = Vec::new();
    for organization in organizations {
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
        for together in due.chunks(TOGETHER) {
            match self.begin_together(together, now).await {
                Ok(done) => begun += done,
                Err(_) if together.len() > 1 => {
                    // those of others don't wait for what can't be begun for one
                    for user in together {
                        begun += self.begin_alone(*user, now).await;
                    }
                }
                Err(error) => tell(together[0], &error),
            }
        }
        Ok(begun)
    }

    async fn begin_alone(&self, user: UserId, now: Timestamp) -> usize {
        let begun = self.begin_together(&[user], now).await;
        begun.inspect_err(|error| tell(user, error)).unwrap_or(0)
    }

    /// Begins the mornings of some people in one transaction.
    async fn begin_together(&self, users: &[UserId], now: Timestamp) -> Result<usize, Error> {
        let mut tx = self.store.service("begin people's mornings").await?;
        let rows = sql::claim(tx.conn(), users, now).await?;
        let claimed: Vec<UserId> = rows.iter().map(|row| row.user).collect();
        let people: HashMap<UserId, Addressee> = self
            .identity
            .addressees(&mut tx, &claimed)
            .await?
            .into_iter()
            .map(|one| (one.user, one))
            .collect();
        let mut wants = preferences::of_people(tx.conn(), &claimed).await?;
        let places: HashMap<UserId, Vec<MyOrganization>> =
            self.identity.places_of(&mut tx, &claimed).await?.into_iter().collect();
        let (mut new, mut plans, mut begun) = (Vec::new(), Vec::with_capacity(rows.len()), 0);
        for row in rows {
            let person = people.get(&row.user);
            let wants = wants.remove(&row.user).unwrap_or_default();
            let (plan, dates) = decide(&row, person, &wants, now);
            plans.push(plan);
            begun += usize::from(!dates.is_empty());
            let brands = brands(places.get(&row.user).map_or(&[][..], Vec::as_slice));
            for Begun { date, at, skipped } in dates {
                for (organization, brand) in brands.iter().copied() {
                    let id = DeliveryId::new(&self.clock, &self.rng);
                    let (user, skipped) = (row.user, skipped.clone());
                    new.push(sql::NewDelivery { organization, id, brand, user, date, skipped, now: at });
                }
            }
        }
        self.begin(&mut tx, &new).await?;
        sql::plan(tx.conn(), &plans).await?;
        tx.commit().await?;
        Ok(begun)
    }

    /// Makes the rows and the jobs, once for each person, brand and date. Gives those that are new.
    pub(super) async fn begin(
        &self,
        tx: &mut ServiceTx,
        new: &[sql::NewDelivery],
    ) -> Result<HashSet<DeliveryId>, Error> {
        let made: HashSet<DeliveryId> = sql::insert(tx.conn(), new).await?.into_iter().collect();
        for one in new.iter().filter(|one| made.contains(&one.id)) {
            if one.skipped.is_some() {
                let place = (one.organization, one.brand, one.id);
                self.record(tx, place, "delivery.skipped", one.skipped.as_deref()).await?;
            } else {
                let job = Deliver { organization_id: one.organization, delivery_id: one.id };
                enqueue(tx, &job, Options::default()).await?;
            }
        }
        Ok(made)
    }
}

fn tell(user: UserId, error: &Error) {
    tracing::error!(%user, %error, "a morning could not be begun: tried again in a minute");
}

/// A date that is begun.
#[derive(Debug, PartialEq, Eq)]
struct Begun {
    date: NaiveDate,
    /// As of when; what was missed stands where it would have stood.
    at: Timestamp,
    /// Why it is skipped.
    skipped: Option<String>,
}

/// What is to be done for somebody: what is planned next, and the dates that are begun.
fn decide(
    row: &sql::MorningRow,
    person: Option<&Addressee>,
    wants: &PreferencesRow,
    now: Timestamp,
) -> (sql::Plan, Vec<Begun>) {
    let plan = |next, last_date| sql::Plan { user: row.user, next, last_date };
    let (Some(person), Some(wish)) = (person, Wish::of(wants)) else {
        return (plan(None, row.last_date), Vec::new());
    };
    let zone = time::zone_or_utc(&person.time_zone);
    let planned = match row.date {
        Some(date) if !row.stale => Some((date, row.due_at)),
        date => wish.again(&zone, now, date, row.last_date),
    };
    let Some((date, due_at)) = planned.filter(|(_, at)| *at <= now) else {
        return (plan(planned, row.last_date), Vec::new());
    };
    let on = |at: Timestamp| time::local(at, &zone).map(|local| local.date());
    let quiet = quiet_until(wants.quiet_from.zip(wants.quiet_to), &zone, now);
    if let Some(until) = quiet.filter(|until| on(*until) == Some(date)) {
        return (plan(Some((date, until)), row.last_date), Vec::new());
    }
    let begun = match on(now) {
        Some(today) if today != date => missed(&wish, wants, &zone, (date, due_at), today),
        _ => vec![Begun { date, at: now, skipped: quiet.map(|_| SWALLOWED.to_owned()) }],
    };
    // after nothing ran over midnight today's time may be over as well: its morning comes late, as it would on one day
    let next = wish.again(&zone, now, on(now), Some(date));
    (plan(next, Some(date)), begun)
}

/// The dates from the one that was planned to yesterday, on which nothing ran: each says so, and none of them is brought late.
fn missed(
    wish: &Wish,
    wants: &PreferencesRow,
    zone: &TimeZone,
    planned: (NaiveDate, Timestamp),
    today: NaiveDate,
) -> Vec<Begun> {
    let since = today.checked_sub_days(Days::new(MISSED)).unwrap_or(today);
    let rest = planned.0.succ_opt().map_or_else(Vec::new, |next| wish.between(zone, (next, today)));
    let all = std::iter::once(planned).chain(rest).filter(|(date, _)| *date >= since);
    all.filter_map(|(date, at)| {
        let until = quiet_until(wants.quiet_from.zip(wants.quiet_to), zone, at).unwrap_or(at);
        let local = time::local(until, zone)?;
        // what quiet hours would have swallowed is no fault of whoever switched it off
        let (at, skipped) = if local.date() == date {
            (until, format!("Bellwether was not running at {}.", local.format("%H:%M")))
        } else {
            (at, SWALLOWED.to_owned())
        };
        Some(Begun { date, at, skipped: Some(skipped) })
    })
    .collect()
}
