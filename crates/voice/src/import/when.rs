//! Dates as exports write them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, Utc};

/// RFC 3339 in UTC; none for what is ambiguous, such as 03/04/2024.
pub(super) fn rfc3339(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > 40 {
        return None;
    }
    let zoned = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%a %b %d %H:%M:%S %z %Y"))
        .or_else(|_| DateTime::parse_from_rfc2822(text))
        .map(|time| time.to_utc());
    let bare = || {
        let text = text.trim_end_matches(" UTC");
        ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S%.f"]
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
            .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0))
            .map(|time| time.and_utc())
    };
    let time: DateTime<Utc> = zoned.ok().or_else(bare)?;
    Some(time.to_rfc3339_opts(SecondsFormat::Secs, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_exports_are_read() {
        for (text, date) in [
            ("Wed Oct 10 20:19:24 +0000 2018", "2018-10-10T20:19:24Z"),
            ("2024-02-29 08:30:00", "2024-02-29T08:30:00Z"),
            ("2024-02-29", "2024-02-29T00:00:00Z"),
            ("2023-06-01T10:00:00+02:00", "2023-06-01T08:00:00Z"),
        ] {
            assert_eq!(rfc3339(text).as_deref(), Some(date), "{text}");
        }
        for text in ["03/04/2024", "yesterday", "", "2024-02-30", &"9".repeat(90)] {
            assert_eq!(rfc3339(text), None, "{text}");
        }
    }
}
