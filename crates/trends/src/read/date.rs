//! Dates as feeds write them: RFC 822 and 2822 with all their liberties, RFC 3339, the forms of W3C and ISO 8601, asctime.
//! Names of months in other languages than English are not read: who writes them says so in no way a program could know.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Reads a date; without a zone it is UTC.
pub fn read(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if text.is_empty() || text.len() > 80 || !text.is_ascii() {
        return None;
    }
    let date = DateTime::parse_from_rfc3339(text)
        .map(|date| date.to_utc())
        .ok()
        .or_else(|| iso(text))
        .or_else(|| words(text))?;
    // what PostgreSQL and people can hold
    let year: i32 = date.format("%Y").to_string().parse().ok()?;
    (1..=9_999).contains(&year).then_some(date)
}

fn number(text: &str) -> Option<u32> {
    (!text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// `2003`, `2003-12`, `20031231`, `2003-365`, with `T10:14:55Z` and parts of it.
fn iso(text: &str) -> Option<DateTime<Utc>> {
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], text[at + 1..].trim()),
        None => (text, ""),
    };
    let parts: Vec<&str> = date.split('-').collect();
    let day = match parts.as_slice() {
        [year] => match year.len() {
            4 => NaiveDate::from_ymd_opt(number(year)? as i32, 1, 1)?,
            6 => NaiveDate::from_ymd_opt(number(&year[..4])? as i32, number(&year[4..])?, 1)?,
            7 => NaiveDate::from_yo_opt(number(&year[..4])? as i32, number(&year[4..])?)?,
            8 => NaiveDate::from_ymd_opt(
                number(&year[..4])? as i32,
                number(&year[4..6])?,
                number(&year[6..])?,
            )?,
            _ => return None,
        },
        [year, day] if year.len() == 4 && day.len() == 3 => {
            NaiveDate::from_yo_opt(number(year)? as i32, number(day)?)?
        }
        [year, month] if year.len() == 4 => NaiveDate::from_ymd_opt(number(year)? as i32, number(month)?, 1)?,
        [year, month, day] if year.len() == 4 => {
            NaiveDate::from_ymd_opt(number(year)? as i32, number(month)?, number(day)?)?
        }
        _ => return None,
    };
    if time.is_empty() {
        return Some(day.and_time(NaiveTime::MIN).and_utc());
    }
    let zone_at = time.find(['Z', 'z', '+', '-', ' ']).unwrap_or(time.len());
    let (clock, zone) = (&time[..zone_at], time[zone_at..].trim());
    let seconds = if clock.contains(':') { clock_time(clock)? } else { compact_time(clock)? };
    at(day, seconds)?.checked_sub_signed(zone_offset(zone).unwrap_or_default())
}

fn at(day: NaiveDate, seconds: i64) -> Option<DateTime<Utc>> {
    NaiveDateTime::new(day, NaiveTime::MIN).and_utc().checked_add_signed(Duration::seconds(seconds))
}

/// `10:14:55.12` as seconds; 24:00 and a leap second are the next.
fn clock_time(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let hour = number(parts.next()?)?;
    let minute = number(parts.next().unwrap_or("0"))?;
    let second = number(parts.next().unwrap_or("0").split(['.', ',']).next()?)?;
    (hour <= 24 && minute < 60 && second <= 61)
        .then_some(i64::from(hour) * 3_600 + i64::from(minute) * 60 + i64::from(second))
}

fn compact_time(text: &str) -> Option<i64> {
    let digits = text.split('.').next()?;
    let part = |from: usize| digits.get(from..from + 2).map_or(Some(0), number);
    match digits.len() {
        2 | 4 | 6 => Some(i64::from(part(0)?) * 3_600 + i64::from(part(2)?) * 60 + i64::from(part(4)?)),
        _ => None,
    }
}

/// `Thu, 01 Jan 2004 19:48:21 GMT`, `01-Jan-04 7:48 pm EST`, `Jan  1 2004`, `Thu Jan  1 19:48:21 2004`.
fn words(text: &str) -> Option<DateTime<Utc>> {
    let (mut day, mut month, mut year, mut seconds, mut zone) = (None, None, None, None, None);
    let (mut afternoon, mut forenoon) = (false, false);
    // a zone's sign is no hyphen of a date
    for token in text.split([' ', ',', '\t', '\n', '\r', '(', ')']).filter(|token| !token.is_empty()) {
        let lower = token.to_ascii_lowercase();
        let month_of = |text: &str| {
            text.get(..3)
                .and_then(|head| MONTHS.iter().position(|month| *month == head))
                .map(|at| at as u32 + 1)
        };
        if token.contains(':') && seconds.is_none() {
            let zone_at = token.find(['+', '-', 'Z', 'z']).unwrap_or(token.len());
            let (mut clock, rest) = (&token[..zone_at], &token[zone_at..]);
            for (ending, after) in [("pm", true), ("am", false)] {
                if let Some(cut) = lower.strip_suffix(ending) {
                    clock = &token[..cut.len()];
                    (afternoon, forenoon) = (after, !after);
                }
            }
            seconds = Some(clock_time(clock)?);
            zone = zone.or_else(|| zone_offset(rest));
        } else if lower == "pm" || lower == "am" {
            (afternoon, forenoon) = (lower == "pm", lower == "am");
        } else if seconds.is_some()
            && (token.starts_with(['+', '-']) || lower.starts_with("gmt") || lower.starts_with("utc"))
        {
            zone = zone.or_else(|| zone_offset(token));
        } else if let Some(number) = number(token) {
            if token.len() <= 2 && day.is_none() {
                day = Some(number);
            } else if year.is_none() {
                year = Some(full_year(number, token.len()));
            }
        } else if token.split(['-', '/']).count() == 3 {
            let parts: Vec<&str> = token.split(['-', '/']).collect();
            if let Some(found) = month_of(&parts[1].to_ascii_lowercase()) {
                (day, month, year) =
                    (number(parts[0]), Some(found), number(parts[2]).map(|n| full_year(n, parts[2].len())));
            } else if token.contains('/') {
                // as Americans write it, unless that can't be
                let (a, b) = (number(parts[0])?, number(parts[1])?);
                if parts[0].len() == 4 {
                    (year, month, day) = (Some(a as i32), Some(b), number(parts[2]));
                } else {
                    (month, day) = if a > 12 { (Some(b), Some(a)) } else { (Some(a), Some(b)) };
                    year = number(parts[2]).map(|n| full_year(n, parts[2].len()));
                }
            }
        } else if month.is_none()
            && let Some(found) = month_of(&lower)
        {
            month = Some(found);
        } else if seconds.is_some() {
            zone = zone.or_else(|| zone_offset(token));
        }
    }
    let day = NaiveDate::from_ymd_opt(year?, month?, day.unwrap_or(1))
        // 30 February was meant as the end of it
        .or_else(|| {
            NaiveDate::from_ymd_opt(year?, month?, 28).filter(|_| day.is_some_and(|day| day <= 31))
        })?;
    let mut seconds = seconds.unwrap_or_default();
    if afternoon && seconds < 12 * 3_600 {
        seconds += 12 * 3_600;
    } else if forenoon && seconds >= 12 * 3_600 {
        seconds -= 12 * 3_600;
    }
    at(day, seconds)?.checked_sub_signed(zone.unwrap_or_default())
}

fn full_year(year: u32, digits: usize) -> i32 {
    let year = year as i32;
    if digits > 2 {
        year
    } else if year < 70 {
        2_000 + year
    } else {
        1_900 + year
    }
}

/// How far a zone is ahead of UTC.
fn zone_offset(zone: &str) -> Option<Duration> {
    let zone = zone.trim();
    let lower = zone.to_ascii_lowercase();
    let hours = match lower.as_str() {
        "z" | "gmt" | "ut" | "utc" | "wet" => 0,
        "est" | "cdt" => -5,
        "edt" | "ast" => -4,
        "adt" => -3,
        "cst" | "mdt" => -6,
        "mst" | "pdt" => -7,
        "pst" => -8,
        "cet" | "bst" | "met" => 1,
        "cest" | "eet" | "mest" => 2,
        "msk" => 3,
        "jst" => 9,
        _ => {
            let rest = lower.strip_prefix("gmt").or_else(|| lower.strip_prefix("utc")).unwrap_or(&lower);
            let (sign, rest) = match rest.split_at_checked(1)? {
                ("+", rest) => (1, rest),
                ("-", rest) => (-1, rest),
                _ => return None,
            };
            let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
            let (hours, minutes) = match digits.len() {
                1 | 2 => (number(&digits)?, 0),
                3 => (number(&digits[..1])?, number(&digits[1..])?),
                4 => (number(&digits[..2])?, number(&digits[2..])?),
                _ => return None,
            };
            return (hours <= 26 && minutes < 60)
                .then(|| Duration::minutes(sign * (i64::from(hours) * 60 + i64::from(minutes))));
        }
    };
    Some(Duration::hours(hours))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_as_feeds_write_them() {
        for (text, read_as) in [
            ("Thu, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21Z"),
            ("Thu, 1 Jan 04 19:48 EST", "2004-01-02T00:48:00Z"),
            ("Thursday, January 01, 2004 19:48:21 +0530", "2004-01-01T14:18:21Z"),
            ("01 Jan 2004", "2004-01-01T00:00:00Z"),
            ("Thu Jan  1 19:48:21 2004", "2004-01-01T19:48:21Z"),
            ("2003-12-31T10:14:55-08:00", "2003-12-31T18:14:55Z"),
            ("2003-12-31T10:14:55.20Z", "2003-12-31T10:14:55.200Z"),
            ("2003-12-31 10:14:55", "2003-12-31T10:14:55Z"),
            ("2003-12-31", "2003-12-31T00:00:00Z"),
            ("2003-12", "2003-12-01T00:00:00Z"),
            ("2003", "2003-01-01T00:00:00Z"),
            ("20031231", "2003-12-31T00:00:00Z"),
            ("2003-365", "2003-12-31T00:00:00Z"),
            ("2003-12-31T10:14Z", "2003-12-31T10:14:00Z"),
            ("12/31/2003 10:14 PM", "2003-12-31T22:14:00Z"),
            ("31-Dec-03 12:05 am", "2003-12-31T00:05:00Z"),
            ("Sun, 31 Dec 2003 24:00:00 GMT", "2004-01-01T00:00:00Z"),
        ] {
            let expected: DateTime<Utc> = read_as.parse().unwrap();
            assert_eq!(read(text), Some(expected), "{text}");
        }
        for text in ["", "yesterday", "13 of never", "99999", "2003-13-45", "12:00", "Thu, 45 Foo 2004"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in ".{0,60}") {
            read(&text);
        }

        #[test]
        fn anything_like_a_date_is_read_without_panic(text in "[0-9TZ:+ ,.-]{0,30}(jan|GMT|am)?[0-9: +-]{0,10}") {
            read(&text);
        }
    }
}
