//! What differs between two looks at a page: what it says, not what it counts.

use std::collections::HashSet;

use crate::read::{self, Entry};

/// Words beside which a number counts, or tells the time: what changes with them is no news. Without their plural's end.
const COUNTED: &[&str] = &[
    // views and people
    "view",
    "visit",
    "visitor",
    "reader",
    "reading",
    "watching",
    "viewing",
    "online",
    "people",
    "person",
    "like",
    "comment",
    "share",
    "reply",
    "replie",
    "follower",
    "subscriber",
    "member",
    "download",
    "click",
    "hit",
    "point",
    "vote",
    "star",
    "aufruf",
    "besucher",
    "leser",
    "kommentar",
    "abonnent",
    "vue",
    "visiteur",
    "lecteur",
    "commentaire",
    "visita",
    "visitante",
    "lector",
    "comentario",
    "lettore",
    "visitatore",
    "commento",
    "leitor",
    "comentário",
    "bezoeker",
    "lezer",
    "reactie",
    // times
    "second",
    "sec",
    "minute",
    "min",
    "hour",
    "ago",
    "updated",
    "update",
    "copyright",
    "©",
    "sekunde",
    "minuten",
    "stunde",
    "aktualisiert",
    "seconde",
    "heure",
    "segundo",
    "minuto",
    "hora",
    "actualizado",
    "aggiornato",
    "secondo",
    "ora",
    "atualizado",
    "seconden",
    "minuut",
    "uur",
    "bijgewerkt",
    "session",
];
/// Names of days and months, and what stands for them.
const DATES: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "am",
    "pm",
    "today",
    "yesterday",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
    "januar",
    "februar",
    "märz",
    "mai",
    "juni",
    "juli",
    "oktober",
    "dezember",
    "uhr",
    "heute",
    "gestern",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "janvier",
    "février",
    "mars",
    "avril",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
    "lunes",
    "martes",
    "miércoles",
    "jueves",
    "viernes",
    "sábado",
    "domingo",
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];
/// What makes a number an amount.
const MONEY: &[char] = &['€', '$', '£', '¥', '%'];
const CURRENCIES: &[&str] =
    &["eur", "usd", "gbp", "chf", "jpy", "euro", "dollar", "pound", "percent", "prozent"];

/// What differs, as an entry; none when nothing but counters, clocks and dates does.
pub(super) fn change(before: &str, after: &str, title: &str) -> Option<Entry> {
    let (old, new) = (lines(before), lines(after));
    let keys = |lines: &[String]| -> HashSet<String> { lines.iter().map(|line| key(line)).collect() };
    let (old_keys, new_keys) = (keys(&old), keys(&new));
    let added: Vec<&String> = new.iter().filter(|line| !old_keys.contains(&key(line))).collect();
    let removed: Vec<&String> = old.iter().filter(|line| !new_keys.contains(&key(line))).collect();
    let first = telling(&added).or_else(|| telling(&removed))?;
    let short: String = first.chars().take(100).collect();
    let what = if added.is_empty() { "no longer says" } else { "now says" };
    let paragraphs = |lines: &[&String]| -> String {
        lines
            .iter()
            .take(200)
            .flat_map(|line| ["<p>".to_owned(), read::escape(line), "</p>".to_owned()])
            .collect()
    };
    let mut content = paragraphs(&added);
    if !removed.is_empty() {
        content.push_str("<p>No longer there:</p>");
        content.push_str(&paragraphs(&removed));
    }
    let summary = match (added.len(), removed.len()) {
        (new, 0) => format!("New on the page: {new} {}.", passages(new)),
        (0, gone) => format!("Gone from the page: {gone} {}.", passages(gone)),
        (new, gone) => format!("New on the page: {new} {}; gone: {gone}.", passages(new)),
    };
    Some(Entry {
        title: Some(read::escape(&format!("{title} {what}: {short}"))),
        summary: Some(format!("{} {}", read::escape(&summary), read::escape(first))),
        content: Some(content),
        ..Entry::default()
    })
}

fn lines(text: &str) -> Vec<String> {
    text.lines()
        .map(|line| line.trim().trim_start_matches(['#', '-', '>', ' ']).to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}

/// The line that stands for a change: the first that is said in a sentence, else the first.
fn telling<'a>(lines: &[&'a String]) -> Option<&'a String> {
    lines.iter().find(|line| is_sentence(line)).or(lines.first()).copied()
}

/// A sentence rather than a label: some words and an end.
fn is_sentence(line: &str) -> bool {
    line.ends_with(['.', '!', '?', '。']) && line.split_whitespace().count() >= 4
}

/// A line as it is compared: numbers stay where they say something (an amount, a sentence that counts nothing), and are
/// one and the same where they count.
fn key(line: &str) -> String {
    let lower = line.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '©').to_owned();
    let singular = |word: &str| {
        let bare = bare(word);
        bare.strip_suffix('s').map_or_else(|| bare.clone(), str::to_owned)
    };
    let among = |list: &[&str], word: &str| {
        list.contains(&bare(word).as_str()) || list.contains(&singular(word).as_str())
    };
    let amount = lower.contains(MONEY) || words.iter().any(|word| among(CURRENCIES, word));
    let counts = words.iter().any(|word| among(COUNTED, word) || is_clock(word));
    if !counts && (amount || is_sentence(line)) {
        return words.join(" ");
    }
    let folded = words.iter().map(|word| {
        if is_number(word) || is_token(word) {
            "#".to_owned()
        } else if among(DATES, word) {
            "@".to_owned()
        } else if among(COUNTED, word) {
            singular(word)
        } else {
            digits_folded(word)
        }
    });
    folded.collect::<Vec<_>>().join(" ")
}

/// `1,000`, `9:59:58`, `23.11.2026`, `4th`: digits and what parts them.
fn is_number(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let word =
        ["st", "nd", "rd", "th", "k", "m"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
    word.contains(|c: char| c.is_numeric())
        && word.chars().all(|c| c.is_numeric() || ".,:/-'’\u{a0}\u{202f}".contains(c))
}

/// `10:00:01`
fn is_clock(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    word.matches(':').count() == 2 && is_number(word)
}

/// A sign of machines: eight letters and digits or more, of both kinds.
fn is_token(word: &str) -> bool {
    let bare: String = word.chars().filter(|c| *c != '-').collect();
    let bare = bare.trim_matches(|c: char| !c.is_alphanumeric());
    bare.len() >= 8
        && bare.bytes().all(|b| b.is_ascii_alphanumeric())
        && bare.bytes().any(|b| b.is_ascii_digit())
        && bare.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Runs of digits within a word as one sign.
fn digits_folded(word: &str) -> String {
    let mut out = String::new();
    for c in word.chars() {
        if !c.is_numeric() {
            out.push(c);
        } else if !out.ends_with('#') {
            out.push('#');
        }
    }
    out
}

const fn passages(count: usize) -> &'static str {
    if count == 1 { "passage" } else { "passages" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_a_page_says_what_changed() {
        let before = "# Prices\n\nA desk is 1,450 €.\n\n12 people look at this.";
        let after = "# Prices\n\nA desk is 1,450 €, with delivery.\n\n13 people look at this.";
        let entry = change(before, after, "Prices").unwrap();
        assert_eq!(entry.title.unwrap(), "Prices now says: A desk is 1,450 €, with delivery.");
        let content = entry.content.unwrap();
        assert!(
            content.contains("with delivery")
                && content.contains("No longer there")
                && !content.contains("people")
        );
        assert_eq!(
            change(before, "# Prices\n\nA desk is 1,450 €.\n\n14 people look at this.", "Prices"),
            None
        );
        assert!(change(before, "# Prices", "Prices").unwrap().title.unwrap().contains("no longer says"));
    }

    #[test]
    fn what_counts_is_no_news() {
        for (before, after) in [
            ("9 views", "10 views"),
            ("999 people are reading this", "1,000 people are reading this"),
            ("It is 9:59:58", "It is 10:00:01"),
            ("Monday, 23 November", "Tuesday, 24 November"),
            ("1 minute ago", "2 minutes ago"),
            ("1 comment", "12 comments"),
            ("session ab12cd34ef", "session 99ff00aa11bb"),
            ("Last updated on 30 Nov 2026.", "Last updated on 1 Dec 2026."),
            ("© 2026 The Workshop", "© 2027 The Workshop"),
            ("24.11.2026 · 7 Kommentare", "1.12.2026 · 12 Kommentare"),
        ] {
            assert_eq!(change(before, after, "A page"), None, "{before} → {after}");
        }
    }

    #[test]
    fn what_a_number_says_is_news() {
        for (before, after) in [
            ("A chair costs 450 EUR.", "A chair costs 950 EUR."),
            ("Chair: €450", "Chair: €950"),
            ("We open at 9 in the morning.", "We open at 7 in the morning."),
            ("We open at 9.", "We open at 7."),
            ("The market is on Tuesday.", "The market is on Friday."),
            ("Interest: 3 %", "Interest: 4 %"),
        ] {
            assert!(change(before, after, "A page").is_some(), "{before} → {after}");
        }
    }

    #[test]
    fn a_sentence_stands_for_the_change_rather_than_a_label() {
        let after = "Advertisement: buy oak\n\nFrom June we build beds as well.";
        let title = change("Welcome", after, "Workshop").unwrap().title.unwrap();
        assert_eq!(title, "Workshop now says: From June we build beds as well.");
    }
}
