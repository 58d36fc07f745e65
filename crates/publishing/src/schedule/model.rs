//! The times of a week. Pure.

use chrono::{Datelike as _, Days, Duration, NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How far ahead a free time is looked for.
const AHEAD: u64 = 120;

/// A day of the week.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[schema(as = Weekday)]
pub enum Weekday {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Weekday {
    /// 1 is Monday, as ISO 8601 and the database number it.
    pub const fn number(self) -> i16 {
        self as i16 + 1
    }

    /// Reads what the database holds.
    pub fn from_number(number: i16) -> Option<Self> {
        <Self as strum::VariantArray>::VARIANTS.iter().copied().find(|day| day.number() == number)
    }
}

/// A time of the week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The day, 1 is Monday.
    pub day: i16,
    /// The time of the day.
    pub time: NaiveTime,
    /// For one network only.
    pub network: Option<String>,
}

/// What keeps a time from being free on an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clash {
    /// Something is planned at this very time.
    Taken,
    /// Something is planned nearer than the brand wants.
    TooClose,
    /// The day has as many as the brand wants.
    DayFull,
}

/// What keeps a time from being free, by what is planned on the account: the one meaning of "free" that the queue, the
/// calendar, moves and suggestions share.
pub(super) fn clash(
    time: NaiveDateTime,
    taken: &[NaiveDateTime],
    apart: Duration,
    cap: Option<usize>,
) -> Option<Clash> {
    if taken.contains(&time) {
        return Some(Clash::Taken);
    }
    if taken.iter().any(|other| (time - *other).abs() < apart) {
        return Some(Clash::TooClose);
    }
    let of_day = taken.iter().filter(|other| other.date() == time.date()).count();
    cap.is_some_and(|cap| of_day >= cap).then_some(Clash::DayFull)
}

/// The first time after `from` that is free: a slot's time, at least `apart` from what is planned, on a day that has not
/// its `cap` yet.
pub fn next_free(
    slots: &[Slot],
    network: &str,
    taken: &[NaiveDateTime],
    apart: Duration,
    cap: Option<usize>,
    from: NaiveDateTime,
) -> Option<NaiveDateTime> {
    times(slots, Some(network), from.date(), AHEAD)
        .find(|time| *time > from && clash(*time, taken, apart, cap).is_none())
}

/// The slots' times from a day on, in order; those of one network and of any, or all of them.
pub(super) fn times<'s>(
    slots: &'s [Slot],
    network: Option<&'s str>,
    from: NaiveDate,
    days: u64,
) -> impl Iterator<Item = NaiveDateTime> + 's {
    (0..days).filter_map(move |ahead| from.checked_add_days(Days::new(ahead))).flat_map(move |date| {
        let day = i16::try_from(date.weekday().number_from_monday()).unwrap_or_default();
        let mut of_day: Vec<NaiveTime> = slots
            .iter()
            .filter(|slot| slot.day == day)
            .filter(|slot| {
                network.is_none_or(|wanted| slot.network.as_deref().is_none_or(|only| only == wanted))
            })
            .map(|slot| slot.time)
            .collect();
        of_day.sort_unstable();
        of_day.dedup();
        of_day.into_iter().map(move |time| date.and_time(time))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    fn slot(day: i16, time: &str, network: Option<&str>) -> Slot {
        Slot { day, time: time.parse().unwrap(), network: network.map(str::to_owned) }
    }

    #[test]
    fn the_next_free_time() {
        // 16 November 2026 is a Monday
        let slots = [slot(1, "09:00:00", None), slot(1, "17:00:00", Some("x")), slot(3, "09:00:00", None)];
        let next = |network, taken: &[NaiveDateTime], cap| {
            next_free(&slots, network, taken, Duration::zero(), cap, at("2026-11-16T09:00:00"))
        };
        assert_eq!(next("x", &[], None), Some(at("2026-11-16T17:00:00")));
        assert_eq!(next("linkedin", &[], None), Some(at("2026-11-18T09:00:00")));
        let taken = [at("2026-11-16T17:00:00"), at("2026-11-18T09:00:00")];
        assert_eq!(next("x", &taken, None), Some(at("2026-11-23T09:00:00")));
        // somebody chose a time of that day by hand
        assert_eq!(next("x", &[at("2026-11-16T08:00:00")], Some(1)), Some(at("2026-11-18T09:00:00")));
        let apart = next_free(
            &slots,
            "x",
            &[at("2026-11-16T16:45:00")],
            Duration::minutes(30),
            None,
            at("2026-11-16T09:00:00"),
        );
        assert_eq!(apart, Some(at("2026-11-18T09:00:00")));
        assert_eq!(next_free(&[], "x", &[], Duration::zero(), None, at("2026-11-16T09:00:00")), None);
    }

    #[test]
    fn what_keeps_a_time_from_being_free() {
        let taken = [at("2026-11-16T09:00:00"), at("2026-11-16T23:30:00")];
        let why = |time, cap| clash(at(time), &taken, Duration::minutes(60), cap);
        assert_eq!(why("2026-11-16T09:00:00", None), Some(Clash::Taken));
        assert_eq!(why("2026-11-16T09:59:00", None), Some(Clash::TooClose));
        assert_eq!(why("2026-11-16T10:00:00", None), None);
        assert_eq!(why("2026-11-16T12:00:00", Some(2)), Some(Clash::DayFull));
        // the distance counts over midnight, the cap by the day
        assert_eq!(why("2026-11-17T00:15:00", None), Some(Clash::TooClose));
        assert_eq!(why("2026-11-17T00:30:00", Some(2)), None);
    }

    proptest! {
        /// However often it is asked: never the same time twice, never one that passed, always in order.
        #[test]
        fn no_time_twice(days in proptest::collection::vec((1..=7_i16, 0..24_u32, 0..4_u32), 1..20), count in 1..60_usize) {
            let slots: Vec<Slot> = days
                .iter()
                .map(|(day, hour, quarter)| Slot {
                    day: *day,
                    time: NaiveTime::from_hms_opt(*hour, quarter * 15, 0).unwrap(),
                    network: None,
                })
                .collect();
            let from = at("2026-03-27T12:00:00");
            let mut taken = Vec::new();
            for _ in 0..count {
                let Some(next) = next_free(&slots, "x", &taken, Duration::zero(), None, from) else { break };
                prop_assert!(next > from && taken.iter().all(|before| *before < next));
                taken.push(next);
            }
        }
    }
}
