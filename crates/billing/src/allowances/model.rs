//! Types and rules of allowances.

use bellwether_kernel::Timestamp;
use chrono::{Datelike as _, NaiveDate, NaiveTime};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Generations: one input, any number of networks.
    Generations,
}

impl Metric {
    /// As the database writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Generations => "generations",
        }
    }
}

/// How a reservation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// The work was done: it counts.
    Consumed,
    /// The work failed: it is given back.
    Released,
}

impl Settlement {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Consumed => "consumed",
            Self::Released => "released",
        }
    }
}

/// The next first of a month at 00:00 UTC: when allowances are renewed.
pub fn next_reset(now: Timestamp) -> Timestamp {
    let (year, month) = if now.month() == 12 { (now.year() + 1, 1) } else { (now.year(), now.month() + 1) };
    NaiveDate::from_ymd_opt(year, month, 1).map_or(now, |day| day.and_time(NaiveTime::MIN).and_utc())
}

/// Today's month as its first day.
pub fn month_of(now: Timestamp) -> NaiveDate {
    let today = now.date_naive();
    today.with_day(1).unwrap_or(today)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renewed_on_the_first() {
        let reset = |at: &str| next_reset(at.parse().unwrap()).to_rfc3339();
        assert_eq!(reset("2026-12-31T23:59:59Z"), "2027-01-01T00:00:00+00:00");
        assert_eq!(reset("2026-01-01T00:00:00Z"), "2026-02-01T00:00:00+00:00");
    }
}
