//! Calendars by RFC 5545. Pure.

use bellwether_kernel::Timestamp;

/// Longest line in octets, without its end (section 3.1).
const LONGEST: usize = 75;

/// An event.
pub struct Event {
    /// The same for one thing forever.
    pub uid: String,
    /// Grows with every change.
    pub sequence: i32,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// When it is.
    pub at: Timestamp,
    /// In a line.
    pub summary: String,
    /// In full.
    pub description: String,
    /// Where it is seen.
    pub url: Option<String>,
    /// Whether it will not be.
    pub cancelled: bool,
    /// Whether it is sure.
    pub confirmed: bool,
}

/// Section 3.3.11.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' | '\r' => escaped.push_str("\\n"),
            c if c.is_control() && c != '\t' => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// Writes a line, folded between characters.
fn line(out: &mut String, text: &str) {
    let mut used = 0;
    for c in text.chars() {
        if used + c.len_utf8() > LONGEST {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(c);
        used += c.len_utf8();
    }
    out.push_str("\r\n");
}

fn utc(at: Timestamp) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// A whole calendar. The same events make the same bytes.
pub fn calendar(name: &str, events: &[Event]) -> String {
    let mut out = String::new();
    for text in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Bellwether//Content calendar//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ] {
        line(&mut out, text);
    }
    line(&mut out, &format!("NAME:{}", escape(name)));
    line(&mut out, &format!("X-WR-CALNAME:{}", escape(name)));
    line(&mut out, "REFRESH-INTERVAL;VALUE=DURATION:PT1H");
    for event in events {
        line(&mut out, "BEGIN:VEVENT");
        line(&mut out, &format!("UID:{}", event.uid));
        line(&mut out, &format!("SEQUENCE:{}", event.sequence));
        line(&mut out, &format!("DTSTAMP:{}", utc(event.changed_at)));
        line(&mut out, &format!("LAST-MODIFIED:{}", utc(event.changed_at)));
        line(&mut out, &format!("DTSTART:{}", utc(event.at)));
        line(&mut out, "DURATION:PT15M");
        line(&mut out, &format!("SUMMARY:{}", escape(&event.summary)));
        line(&mut out, &format!("DESCRIPTION:{}", escape(&event.description)));
        if let Some(url) = &event.url {
            // an address is no text: it is not escaped, and has no line ends
            line(&mut out, &format!("URL:{}", url.replace(char::is_control, "")));
        }
        let status = match (event.cancelled, event.confirmed) {
            (true, _) => "CANCELLED",
            (false, true) => "CONFIRMED",
            (false, false) => "TENTATIVE",
        };
        line(&mut out, &format!("STATUS:{status}"));
        line(&mut out, "TRANSP:TRANSPARENT");
        line(&mut out, "END:VEVENT");
    }
    line(&mut out, "END:VCALENDAR");
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event(text: &str) -> Event {
        Event {
            uid: "pub_1@bellwether".to_owned(),
            sequence: 1,
            changed_at: "2026-11-16T09:00:00Z".parse().unwrap(),
            at: "2026-11-17T09:00:00Z".parse().unwrap(),
            summary: text.to_owned(),
            description: text.to_owned(),
            url: None,
            cancelled: false,
            confirmed: true,
        }
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(escape("a,b;c\\d\r\ne\u{7}"), "a\\,b\\;c\\\\d\\ne");
        let out = calendar("Ada", &[event("x")]);
        assert!(out.contains("\r\nDTSTART:20261117T090000Z\r\n"), "{out}");
    }

    proptest! {
        #[test]
        fn lines_are_short_and_unfold_to_what_they_were(text in "\\PC{0,300}") {
            let out = calendar("Ada", &[event(&text)]);
            for line in out.split("\r\n") {
                prop_assert!(line.len() <= LONGEST, "{}", line);
                prop_assert!(!line.contains(['\n', '\r']));
            }
            let unfolded = out.replace("\r\n ", "");
            let expected = format!("SUMMARY:{}", escape(&text));
            let found = unfolded.split("\r\n").any(|line| line == expected);
            prop_assert!(found);
        }
    }
}
