//! A part of RFC 5545's recurrence rules: `FREQ=DAILY|WEEKLY|MONTHLY` with `INTERVAL`, `BYDAY`, `BYMONTHDAY`, `COUNT` and
//! `UNTIL`, on a wall clock. Pure. Times are days that match, at the time of the first one; unlike in the RFC a first time
//! that does not match is no time. A crate for all of it (`rrule`) brings a second calendar and zone database; what people
//! plan posts by is this much.

use bellwether_kernel::Problem;
use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime, Weekday};

/// Days that are looked at for one answer: thirty years.
const MOST_DAYS: u64 = 11_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
}

/// When something is repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    frequency: Frequency,
    interval: i64,
    /// With the place in the month, from 1, or from -1 backwards.
    days: Vec<(Option<i32>, Weekday)>,
    month_days: Vec<i32>,
    count: Option<usize>,
    until: Option<NaiveDateTime>,
}

fn wrong(code: &str, words: impl Into<String>) -> Problem {
    Problem::invalid("rule", code, words.into())
}

fn number<T: std::str::FromStr>(part: &str, text: &str, fits: impl Fn(&T) -> bool) -> Result<T, Problem> {
    text.parse()
        .ok()
        .filter(|number| fits(number))
        .ok_or_else(|| wrong("invalid_rule", format!("`{text}` is no number for {part}.")))
}

fn day(text: &str) -> Option<(Option<i32>, Weekday)> {
    let at = text.len().checked_sub(2).filter(|at| text.is_char_boundary(*at))?;
    let (place, name) = text.split_at(at);
    let weekday = match name {
        "MO" => Weekday::Mon,
        "TU" => Weekday::Tue,
        "WE" => Weekday::Wed,
        "TH" => Weekday::Thu,
        "FR" => Weekday::Fri,
        "SA" => Weekday::Sat,
        "SU" => Weekday::Sun,
        _ => return None,
    };
    if place.is_empty() {
        return Some((None, weekday));
    }
    let place: i32 = place.parse().ok()?;
    (place != 0 && place.abs() <= 5).then_some((Some(place), weekday))
}

fn until(text: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(text.trim_end_matches('Z'), "%Y%m%dT%H%M%S")
        .ok()
        .or_else(|| NaiveDate::parse_from_str(text, "%Y%m%d").ok()?.and_hms_opt(23, 59, 59))
}

impl Rule {
    /// Reads `FREQ=WEEKLY;BYDAY=MO,TH;COUNT=10`, `RRULE:` before it allowed. `UNTIL` is on the wall clock.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = text.trim().to_ascii_uppercase();
        let text = text.strip_prefix("RRULE:").unwrap_or(&text);
        let mut frequency = None;
        let mut rule = Self {
            frequency: Frequency::Daily,
            interval: 1,
            days: Vec::new(),
            month_days: Vec::new(),
            count: None,
            until: None,
        };
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part
                .split_once('=')
                .ok_or_else(|| wrong("invalid_rule", format!("`{part}` is no part of a rule.")))?;
            match name {
                "FREQ" => {
                    frequency = Some(match value {
                        "DAILY" => Frequency::Daily,
                        "WEEKLY" => Frequency::Weekly,
                        "MONTHLY" => Frequency::Monthly,
                        _ => {
                            return Err(wrong("unknown_frequency", "FREQ is DAILY, WEEKLY or MONTHLY here."));
                        }
                    });
                }
                "INTERVAL" => rule.interval = number("INTERVAL", value, |n| (1..=1_000).contains(n))?,
                "COUNT" => rule.count = Some(number("COUNT", value, |n| (1..=10_000).contains(n))?),
                "UNTIL" => {
                    let words = "UNTIL is a day such as 20261231, or a time such as 20261231T090000.";
                    rule.until = Some(until(value).ok_or_else(|| wrong("invalid_rule", words))?);
                }
                "BYDAY" => {
                    let read = |text| {
                        let words = format!("`{text}` is no day; there are MO, TU, WE, TH, FR, SA and SU.");
                        day(text).ok_or_else(|| wrong("invalid_rule", words))
                    };
                    rule.days = value.split(',').map(read).collect::<Result<_, _>>()?;
                }
                "BYMONTHDAY" => {
                    let read = |text| {
                        number("BYMONTHDAY", text, |n: &i32| (1..=31).contains(n) || (-31..=-1).contains(n))
                    };
                    rule.month_days = value.split(',').map(read).collect::<Result<_, _>>()?;
                }
                name => {
                    let words = format!(
                        "{name} is not read here; there are FREQ, INTERVAL, BYDAY, BYMONTHDAY, COUNT and UNTIL."
                    );
                    return Err(wrong("unknown_part", words));
                }
            }
        }
        rule.frequency = frequency.ok_or_else(|| wrong("required", "Give FREQ, such as FREQ=WEEKLY."))?;
        if rule.count.is_some() && rule.until.is_some() {
            return Err(wrong("invalid_rule", "Give COUNT or UNTIL, not both."));
        }
        if rule.frequency != Frequency::Monthly && rule.days.iter().any(|(place, _)| place.is_some()) {
            return Err(wrong("invalid_rule", "A place before a day, such as 1MO, goes with FREQ=MONTHLY."));
        }
        if rule.frequency == Frequency::Weekly && !rule.month_days.is_empty() {
            return Err(wrong("invalid_rule", "BYMONTHDAY doesn't go with FREQ=WEEKLY."));
        }
        Ok(rule)
    }

    fn matches(&self, first: NaiveDate, date: NaiveDate) -> bool {
        let in_turn = match self.frequency {
            Frequency::Daily => (date - first).num_days() % self.interval == 0,
            Frequency::Weekly => {
                let monday = |date: NaiveDate| date.week(Weekday::Mon).first_day();
                ((monday(date) - monday(first)).num_days() / 7) % self.interval == 0
            }
            Frequency::Monthly => {
                let months = |date: NaiveDate| i64::from(date.year()) * 12 + i64::from(date.month0());
                (months(date) - months(first)) % self.interval == 0
            }
        };
        if !in_turn {
            return false;
        }
        let length = i64::from(date.num_days_in_month());
        let from_end = i64::from(date.day()) - length - 1;
        let of_month = self.month_days.is_empty()
            || self
                .month_days
                .iter()
                .any(|day| i64::from(*day) == i64::from(date.day()) || i64::from(*day) == from_end);
        let (forward, backward) = ((date.day0() / 7 + 1).cast_signed(), (from_end + 1) / 7 - 1);
        let of_week = self.days.is_empty()
            || self.days.iter().any(|(place, weekday)| {
                *weekday == date.weekday()
                    && place.is_none_or(|place| place == forward || i64::from(place) == backward)
            });
        let usual = match self.frequency {
            Frequency::Weekly if self.days.is_empty() => date.weekday() == first.weekday(),
            // months that have no such day are left out
            Frequency::Monthly if self.days.is_empty() && self.month_days.is_empty() => {
                date.day() == first.day()
            }
            _ => true,
        };
        of_month && of_week && usual
    }

    /// The times after one and up to another, and whether any may come later.
    pub fn between(
        &self,
        first: NaiveDateTime,
        after: Option<NaiveDateTime>,
        to: NaiveDateTime,
    ) -> (Vec<NaiveDateTime>, bool) {
        let (mut times, mut counted) = (Vec::new(), 0);
        for days in 0..MOST_DAYS {
            let Some(date) = first.date().checked_add_days(Days::new(days)) else { return (times, false) };
            let time = date.and_time(first.time());
            if self.until.is_some_and(|until| time > until)
                || self.count.is_some_and(|count| counted >= count)
            {
                return (times, false);
            }
            if time > to {
                return (times, true);
            }
            if self.matches(first.date(), date) {
                counted += 1;
                if after.is_none_or(|after| time > after) {
                    times.push(time);
                }
            }
        }
        (times, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(rule: &str, first: &str, to: &str) -> Vec<String> {
        let at = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        let (times, _) = Rule::parse(rule).unwrap().between(at(first), None, at(to));
        times.iter().map(|time| time.format("%m-%d").to_string()).collect()
    }

    #[test]
    fn rules_of_the_rfc() {
        let to = "2026-12-31 23:59";
        assert_eq!(
            days("FREQ=DAILY;INTERVAL=10;COUNT=3", "2026-11-16 09:00", to),
            ["11-16", "11-26", "12-06"]
        );
        assert_eq!(
            days("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=4", "2026-11-16 09:00", to),
            ["11-16", "11-19", "11-30", "12-03"]
        );
        assert_eq!(days("FREQ=WEEKLY;UNTIL=20261130", "2026-11-16 09:00", to), ["11-16", "11-23", "11-30"]);
        assert_eq!(days("FREQ=WEEKLY;UNTIL=20261130T085959", "2026-11-16 09:00", to), ["11-16", "11-23"]);
        assert_eq!(days("FREQ=MONTHLY", "2026-08-31 09:00", to), ["08-31", "10-31", "12-31"]);
        assert_eq!(
            days("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-09-01 09:00", "2026-11-30 09:00"),
            ["09-30", "10-31", "11-30"]
        );
        assert_eq!(
            days("FREQ=MONTHLY;BYDAY=1MO,-1FR", "2026-11-01 09:00", to),
            ["11-02", "11-27", "12-07", "12-25"]
        );
        assert_eq!(
            days("FREQ=DAILY;BYDAY=SA,SU", "2026-11-16 09:00", "2026-11-23 00:00"),
            ["11-21", "11-22"]
        );
    }

    #[test]
    fn what_is_not_read_is_told() {
        for (rule, code) in [
            ("", "required"),
            ("FREQ=YEARLY", "unknown_frequency"),
            ("FREQ=DAILY;BYHOUR=9", "unknown_part"),
            ("FREQ=DAILY;COUNT=0", "invalid_rule"),
            ("FREQ=DAILY;COUNT=1;UNTIL=20261231", "invalid_rule"),
            ("FREQ=WEEKLY;BYDAY=XX", "invalid_rule"),
            ("FREQ=WEEKLY;BYDAY=1MO", "invalid_rule"),
            ("FREQ=WEEKLY;BYDAY=é", "invalid_rule"),
        ] {
            assert_eq!(Rule::parse(rule).unwrap_err().errors[0].code, code, "{rule}");
        }
    }

    #[test]
    fn an_end_is_known() {
        let rule = Rule::parse("FREQ=DAILY;COUNT=2").unwrap();
        let at = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap().and_hms_opt(9, 0, 0).unwrap();
        assert_eq!(rule.between(at(16), None, at(16)), (vec![at(16)], true));
        assert_eq!(rule.between(at(16), Some(at(16)), at(20)), (vec![at(17)], false));
    }
}
