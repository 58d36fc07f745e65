//! Wall-clock times and instants. A time that a clock skips (daylight saving begins) is taken as long after midnight as it
//! would have been: 02:30 becomes 03:30. A time that comes twice is its first.

use bellwether_kernel::{Problem, Timestamp};
use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};
use jiff::{civil, tz::TimeZone};

/// A zone by its IANA name.
pub fn zone(name: &str) -> Result<TimeZone, Problem> {
    TimeZone::get(name).map_err(|_| {
        Problem::invalid(
            "zone",
            "unknown_zone",
            format!("`{name}` is no time zone; use a name such as Europe/Berlin."),
        )
    })
}

/// The same, UTC for what the program doesn't know (any more): rather that than closing a brand's calendar.
pub fn zone_or_utc(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// The instant at which a wall clock in a zone shows a time.
pub fn instant(local: NaiveDateTime, zone: &TimeZone) -> Option<Timestamp> {
    // jiff ends with the year 9999
    let civil = civil::DateTime::new(
        i16::try_from(local.year()).ok()?,
        local.month() as i8,
        local.day() as i8,
        local.hour() as i8,
        local.minute() as i8,
        local.second() as i8,
        0,
    )
    .ok()?;
    let zoned = zone.to_ambiguous_zoned(civil).compatible().ok()?;
    Timestamp::from_timestamp(zoned.timestamp().as_second(), 0)
}

/// What a wall clock in a zone shows at an instant, to the second.
pub fn local(at: Timestamp, zone: &TimeZone) -> Option<NaiveDateTime> {
    let shown = jiff::Timestamp::from_second(at.timestamp()).ok()?.to_zoned(zone.clone()).datetime();
    let date = NaiveDate::from_ymd_opt(
        shown.year().into(),
        shown.month().unsigned_abs().into(),
        shown.day().unsigned_abs().into(),
    )?;
    let time = NaiveTime::from_hms_opt(
        shown.hour().unsigned_abs().into(),
        shown.minute().unsigned_abs().into(),
        shown.second().unsigned_abs().into(),
    )?;
    Some(NaiveDateTime::new(date, time))
}

/// Reads `2026-03-29T09:00`, seconds allowed.
pub fn parse_local(path: &str, text: &str) -> Result<NaiveDateTime, Problem> {
    ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .filter(|time| (2000..=2100).contains(&time.year()))
        .ok_or_else(|| {
            Problem::invalid(
                path,
                "invalid_time",
                "Give a local time such as 2026-03-29T09:00, without a zone.",
            )
        })
}

/// Writes what [`parse_local`] reads.
pub fn write_local(time: NaiveDateTime) -> String {
    time.format(if time.second() == 0 { "%Y-%m-%dT%H:%M" } else { "%Y-%m-%dT%H:%M:%S" }).to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        parse_local("at", text).unwrap()
    }

    #[test]
    fn gaps_and_overlaps() {
        let berlin = zone("Europe/Berlin").unwrap();
        let utc = |text: &str| instant(at(text), &berlin).unwrap().to_rfc3339();
        assert_eq!(utc("2026-03-29T01:59"), "2026-03-29T00:59:00+00:00");
        assert_eq!(utc("2026-03-29T02:30"), "2026-03-29T01:30:00+00:00");
        assert_eq!(utc("2026-03-29T03:00"), "2026-03-29T01:00:00+00:00");
        assert_eq!(utc("2026-10-25T02:30"), "2026-10-25T00:30:00+00:00");
        assert_eq!(utc("2026-10-25T03:00"), "2026-10-25T02:00:00+00:00");
    }

    proptest! {
        /// In every zone and over ten years the wall clock is kept, but where it has no such time.
        #[test]
        fn the_wall_clock_is_kept(
            zone in proptest::sample::select(zones()), day in 0..3_653_u64, minute in 0..1_440_u32,
        ) {
            let tz = TimeZone::get(&zone).unwrap();
            let date = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap() + chrono::Days::new(day);
            let meant = date.and_hms_opt(minute / 60, minute % 60, 0).unwrap();
            let instant = instant(meant, &tz).unwrap();
            let shown = local(instant, &tz).unwrap();
            let civil = civil::datetime(
                date.year() as i16, date.month() as i8, date.day() as i8, (minute / 60) as i8, (minute % 60) as i8, 0, 0,
            );
            if tz.to_ambiguous_timestamp(civil).offset().is_gap() {
                prop_assert!(shown > meant);
            } else {
                prop_assert_eq!(shown, meant);
            }
        }
    }

    trait Gap {
        fn is_gap(&self) -> bool;
    }

    impl Gap for jiff::tz::AmbiguousOffset {
        fn is_gap(&self) -> bool {
            matches!(self, Self::Gap { .. })
        }
    }

    fn zones() -> Vec<String> {
        let all: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        assert!(all.len() > 300, "the zones of the system are missing: {}", all.len());
        all
    }
}
