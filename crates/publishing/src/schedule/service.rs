//! Use cases of schedules.

use std::collections::BTreeMap;

use bellwether_kernel::{BrandAccess, Permission, Problem, RequestContext, id::BrandId};
use bellwether_networks::Network;
use bellwether_store::TenantTx;
use chrono::{DateTime, Duration, NaiveDateTime, NaiveTime, Utc};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    Slot, Weekday,
    model::{Clash, clash, next_free, times},
    sql,
};
use crate::{ConnectionId, Error, Publishing, ScheduleId, SlotId, error::internal, time};

/// Most times of a week.
const MOST_SLOTS: usize = 500;

/// Times of the week, written together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SlotTimes)]
pub struct Times {
    /// On these days.
    pub days: Vec<Weekday>,
    /// At this time, `09:00`, in the brand's zone.
    pub time: String,
    /// For one network only; any when absent.
    #[serde(default)]
    pub network: Option<Network>,
}

/// When a brand publishes.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScheduleView {
    /// The brand's zone.
    pub zone: String,
    /// The times of the week.
    pub slots: Vec<Times>,
    /// Between two posts on one account, in minutes.
    pub min_minutes_apart: i32,
    /// At most so many a day, by network.
    pub daily_caps: BTreeMap<Network, u16>,
    /// How late a missed post still goes out by itself, in minutes; beyond, somebody is asked.
    pub late_minutes: i32,
    /// For `If-Match`; 0 before the first change.
    pub version: i32,
}

/// The whole schedule anew.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateSchedule {
    /// The times of the week; at most 500.
    pub slots: Vec<Times>,
    /// 0 to 1440.
    #[serde(default)]
    pub min_minutes_apart: i32,
    /// 1 to 1000 each.
    #[serde(default)]
    pub daily_caps: BTreeMap<Network, u16>,
    /// 1 to 10080.
    #[serde(default = "usual_late_minutes")]
    pub late_minutes: i32,
}

const fn usual_late_minutes() -> i32 {
    60
}

/// The next free time of the queue.
#[derive(Debug, Serialize, ToSchema)]
pub struct NextSlot {
    /// On the wall clock.
    pub local_time: String,
    /// Where that clock hangs.
    pub zone: String,
    /// The instant.
    pub due_at: DateTime<Utc>,
}

/// What the queue's next time hangs on.
pub(crate) struct Plan {
    pub(crate) zone_name: String,
    pub(crate) zone: TimeZone,
    pub(crate) now: NaiveDateTime,
    slots: Vec<Slot>,
    apart: Duration,
    caps: BTreeMap<Network, u16>,
}

fn no_slots() -> Error {
    let words = "The queue has no free time in the next four months. Add times to the queue first.";
    Problem::new(bellwether_kernel::Kind::Conflict, "no_free_time", words).into()
}

impl Publishing {
    /// A brand's zone.
    pub(crate) async fn zone_of(
        &self,
        tx: &mut TenantTx,
        brand: BrandId,
    ) -> Result<(String, TimeZone), Error> {
        let found = self.brands.get_in(tx, brand).await?.ok_or_else(|| Problem::not_found("brand"))?;
        let zone = time::zone_or_utc(&found.time_zone);
        Ok((found.time_zone, zone))
    }

    /// When a brand publishes.
    pub async fn get_schedule(&self, access: &BrandAccess) -> Result<ScheduleView, Error> {
        access.allow(Permission::PostsRead)?;
        let mut tx = self.store.tenant(access).await?;
        let view = self.schedule_view(&mut tx, access.brand).await?;
        tx.commit().await?;
        Ok(view)
    }

    async fn schedule_view(&self, tx: &mut TenantTx, brand: BrandId) -> Result<ScheduleView, Error> {
        let (zone, _) = self.zone_of(tx, brand).await?;
        let row = sql::get(tx.conn(), brand).await?;
        let slots = sql::slots(tx.conn(), brand).await?;
        let mut written: BTreeMap<(NaiveTime, Option<String>), Vec<Weekday>> = BTreeMap::new();
        for slot in slots {
            if let Some(day) = Weekday::from_number(slot.day) {
                written.entry((slot.time, slot.network)).or_default().push(day);
            }
        }
        let slots = written.into_iter().map(|((time, network), days)| Times {
            days,
            time: time.format("%H:%M").to_string(),
            network: network.as_deref().and_then(Network::parse),
        });
        Ok(ScheduleView {
            zone,
            slots: slots.collect(),
            min_minutes_apart: row.as_ref().map_or(0, |row| row.min_minutes_apart),
            daily_caps: row.as_ref().map(|row| caps(&row.daily_caps)).unwrap_or_default(),
            late_minutes: row.as_ref().map_or(usual_late_minutes(), |row| row.late_minutes),
            version: row.map_or(0, |row| row.version),
        })
    }

    /// Replaces a brand's schedule. What is planned already keeps its time.
    pub async fn update_schedule(
        &self,
        access: &BrandAccess,
        version: i32,
        input: UpdateSchedule,
        context: &RequestContext,
    ) -> Result<ScheduleView, Error> {
        access.allow(Permission::PostsPublish)?;
        check(&input)?;
        let mut new =
            sql::NewSlots { ids: Vec::new(), days: Vec::new(), times: Vec::new(), networks: Vec::new() };
        for (at, slot) in input.slots.iter().enumerate() {
            let time = NaiveTime::parse_from_str(&slot.time, "%H:%M").map_err(|_| {
                Problem::invalid(
                    format!("slots/{at}/time"),
                    "invalid_time",
                    "Give a time of the day such as 09:00.",
                )
            })?;
            if slot.days.is_empty() {
                return Err(Problem::invalid(
                    format!("slots/{at}/days"),
                    "required",
                    "Name at least one day.",
                )
                .into());
            }
            for day in &slot.days {
                new.ids.push(SlotId::new(&self.clock, &self.rng).uuid());
                new.days.push(day.number());
                new.times.push(time);
                new.networks.push(slot.network.map(|network| network.as_str().to_owned()));
            }
        }
        if new.ids.len() > MOST_SLOTS {
            let words = format!("A brand has at most {MOST_SLOTS} times a week.");
            return Err(Problem::invalid("slots", "too_many", words).into());
        }
        let mut tx = self.store.tenant(access).await?;
        let there = sql::get(tx.conn(), access.brand).await?.map_or(0, |row| row.version);
        let row =
            sql::lock(tx.conn(), access.organization, access.brand, ScheduleId::new(&self.clock, &self.rng))
                .await?;
        if there != version || (there != 0 && row.version != version) {
            return Err(Error::Stale);
        }
        let caps = serde_json::to_value(&input.daily_caps).map_err(|error| internal(error.to_string()))?;
        sql::update(tx.conn(), access.brand, input.min_minutes_apart, &caps, input.late_minutes).await?;
        sql::replace_slots(tx.conn(), (access.organization, access.brand, row.id), &new).await?;
        let after = json!({ "slots": input.slots, "min_minutes_apart": input.min_minutes_apart, "daily_caps": caps,
            "late_minutes": input.late_minutes });
        self.record(
            &mut tx,
            (access.organization, Some(access.brand)),
            "schedule.updated",
            ("schedule", row.id.uuid()),
            (None, Some(after)),
            (access.actor(), context),
        )
        .await?;
        let view = self.schedule_view(&mut tx, access.brand).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Holds a brand's schedule, so that two posts don't get the same time.
    pub(crate) async fn plan(&self, tx: &mut TenantTx, access: &BrandAccess) -> Result<Plan, Error> {
        self.plan_of(tx, access.brand).await
    }

    /// The same for background work.
    pub(crate) async fn plan_of(&self, tx: &mut TenantTx, brand: BrandId) -> Result<Plan, Error> {
        let (zone_name, zone) = self.zone_of(tx, brand).await?;
        let new = ScheduleId::new(&self.clock, &self.rng);
        let organization = tx.organization();
        let row = sql::lock(tx.conn(), organization, brand, new).await?;
        let slots = sql::slots(tx.conn(), brand).await?;
        let now =
            time::local(self.clock.now(), &zone).ok_or_else(|| internal("the local time can't be told"))?;
        Ok(Plan {
            zone_name,
            zone,
            now,
            slots,
            apart: Duration::minutes(row.min_minutes_apart.into()),
            caps: caps(&row.daily_caps),
        })
    }

    /// The next free time of an account.
    pub(crate) async fn next_free(
        &self,
        tx: &mut TenantTx,
        plan: &Plan,
        network: Network,
        connection: ConnectionId,
    ) -> Result<NaiveDateTime, Error> {
        let taken = sql::taken(tx.conn(), connection, plan.looks_from(plan.now)).await?;
        plan.next(network, &taken).ok_or_else(no_slots)
    }

    /// The next free time of a network: what adding to the queue would take.
    pub async fn next_slot(
        &self,
        access: &BrandAccess,
        network: Network,
        connection: Option<ConnectionId>,
    ) -> Result<NextSlot, Error> {
        access.allow(Permission::PostsRead)?;
        let mut tx = self.store.tenant(access).await?;
        let plan = self.plan(&mut tx, access).await?;
        let from = plan.looks_from(plan.now);
        let taken = match connection {
            Some(connection) => sql::taken(tx.conn(), connection, from).await?,
            None => sql::taken_of_brand(tx.conn(), access.brand, Some(network.as_str()), from).await?,
        };
        // only looked: whatever was made on the way is not kept
        tx.rollback().await?;
        let local = plan.next(network, &taken).ok_or_else(no_slots)?;
        let due_at = time::instant(local, &plan.zone).ok_or_else(no_slots)?;
        Ok(NextSlot { local_time: time::write_local(local), zone: plan.zone_name, due_at })
    }

    /// The queue's free times of some days, for the calendar: those at which nothing of the brand is planned and which are
    /// free on an account of their network by the brand's least distance and daily caps.
    pub(crate) async fn free_times(
        &self,
        tx: &mut TenantTx,
        brand: BrandId,
        (from, days): (NaiveDateTime, u64),
        after: NaiveDateTime,
    ) -> Result<Vec<(NaiveDateTime, Option<String>)>, Error> {
        let slots = sql::slots(tx.conn(), brand).await?;
        if slots.is_empty() {
            return Ok(Vec::new());
        }
        let row = sql::get(tx.conn(), brand).await?;
        let apart = Duration::minutes(row.as_ref().map_or(0, |row| row.min_minutes_apart).into());
        let caps = row.map(|row| caps(&row.daily_caps)).unwrap_or_default();
        let since = looks_from(from, apart);
        let taken = sql::taken_of_brand(tx.conn(), brand, None, since).await?;
        let mut accounts: BTreeMap<(ConnectionId, String), Vec<NaiveDateTime>> = BTreeMap::new();
        for row in sql::taken_by_account(tx.conn(), brand, since).await? {
            accounts.entry((row.connection, row.network)).or_default().extend(row.local_time);
        }
        let open = |time: NaiveDateTime, network: Option<&str>| {
            let mut of =
                accounts.iter().filter(|((_, own), _)| network.is_none_or(|only| only == own)).peekable();
            // without an account nothing can be planned that would be too near
            of.peek().is_none()
                || of.any(|((_, own), taken)| {
                    let cap = Network::parse(own).and_then(|own| caps.get(&own)).map(|cap| usize::from(*cap));
                    clash(time, taken, apart, cap).is_none()
                })
        };
        let mut networks: Vec<Option<String>> = slots.iter().map(|slot| slot.network.clone()).collect();
        networks.sort_unstable();
        networks.dedup();
        let mut free = Vec::new();
        for network in networks {
            let own: Vec<Slot> = slots.iter().filter(|slot| slot.network == network).cloned().collect();
            let times = times(&own, None, from.date(), days)
                .filter(|time| *time > after && !taken.contains(time) && open(*time, network.as_deref()));
            free.extend(times.map(|time| (time, network.clone())));
        }
        free.sort_unstable();
        Ok(free)
    }
}

/// From when on what is planned matters to times from `from` on: the whole day for its cap, and the distance before it.
fn looks_from(from: NaiveDateTime, apart: Duration) -> NaiveDateTime {
    from.date().and_time(NaiveTime::MIN) - apart
}

impl Plan {
    /// From when on what is planned matters to times from `from` on.
    pub(crate) fn looks_from(&self, from: NaiveDateTime) -> NaiveDateTime {
        looks_from(from, self.apart)
    }

    /// Why a time is not free beside what is taken on an account; nothing when it is.
    pub(crate) fn refuses(
        &self,
        network: &str,
        time: NaiveDateTime,
        taken: &[NaiveDateTime],
    ) -> Option<(&'static str, String)> {
        let cap = Network::parse(network).and_then(|network| self.caps.get(&network)).copied();
        Some(match clash(time, taken, self.apart, cap.map(usize::from))? {
            Clash::Taken => ("taken", "Something goes out on this account at that time already.".to_owned()),
            Clash::TooClose => {
                let minutes = self.apart.num_minutes();
                (
                    "too_close",
                    format!("It would be less than {minutes} minutes from another one on this account."),
                )
            }
            Clash::DayFull => {
                let cap = cap.unwrap_or_default();
                (
                    "day_full",
                    format!("That day has {cap} on this account already, as many as the brand wants."),
                )
            }
        })
    }

    /// The least distance between two posts of an account.
    pub(super) fn apart(&self) -> Duration {
        self.apart
    }

    /// At most so many a day on a network.
    pub(super) fn cap(&self, network: &str) -> Option<usize> {
        Network::parse(network).and_then(|network| self.caps.get(&network)).map(|cap| usize::from(*cap))
    }

    /// The times of the queue that are for a network.
    pub(super) fn slots_of(&self, network: &str) -> Vec<Slot> {
        let own = |slot: &&Slot| slot.network.as_deref().is_none_or(|only| only == network);
        self.slots.iter().filter(own).cloned().collect()
    }

    fn next(&self, network: Network, taken: &[NaiveDateTime]) -> Option<NaiveDateTime> {
        let cap = self.cap(network.as_str());
        next_free(&self.slots, network.as_str(), taken, self.apart, cap, self.now)
    }
}

fn caps(value: &serde_json::Value) -> BTreeMap<Network, u16> {
    serde_json::from_value(value.clone()).unwrap_or_default()
}

fn check(input: &UpdateSchedule) -> Result<(), Error> {
    if !(0..=1440).contains(&input.min_minutes_apart) {
        return Err(Problem::invalid("min_minutes_apart", "out_of_range", "Give 0 to 1440 minutes.").into());
    }
    if !(1..=10_080).contains(&input.late_minutes) {
        return Err(Problem::invalid(
            "late_minutes",
            "out_of_range",
            "Give 1 to 10080 minutes, which is a week.",
        )
        .into());
    }
    if let Some((network, _)) = input.daily_caps.iter().find(|(_, cap)| !(1..=1000).contains(*cap)) {
        let path = format!("daily_caps/{}", network.as_str());
        return Err(Problem::invalid(
            path,
            "out_of_range",
            "Give 1 to 1000 a day, or leave the network out.",
        )
        .into());
    }
    Ok(())
}
