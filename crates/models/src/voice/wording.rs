//! Little words for others that say the same: “however, we” and “but we”, “for instance” and “for example”.

use bellwether_language::Language;
use bellwether_voice::{ALTERNATES, Alternate, Moves, SAYING, SUBJECTS, Stands};

use super::{
    draft::Draft,
    moves::{each, unquoted},
};

/// Words that begin a clause of its own when they stand after “however,” or “but”.
const BEGINS: [&str; 26] = [
    "we", "i", "it", "they", "you", "he", "she", "there", "the", "these", "those", "our", "their", "its",
    "a", "an", "some", "many", "most", "all", "each", "every", "it's", "we're", "they're", "you're",
];

/// One alternate towards its plain or its other form.
pub(super) fn alternate(draft: &mut Draft, one: Alternate, to_plain: bool, language: Language) {
    if language != Language::ENGLISH {
        return;
    }
    let (from, to) = if to_plain { (one.other, one.plain) } else { (one.plain, one.other) };
    each(draft, |text| unquoted(text, |text| swap(text, from, to, one.stands)));
}

/// The alternates that a text in lower case has a place for, and which way.
pub(super) fn alternates(lower: &str) -> impl Iterator<Item = (Alternate, bool)> {
    let ways = |one: Alternate| [(one, true, one.other), (one, false, one.plain)];
    ALTERNATES
        .into_iter()
        .flat_map(ways)
        .filter(|(one, to_plain, from)| (*to_plain || one.both) && lower.contains(from))
        .map(|(one, to_plain, _)| (one, to_plain))
}

fn swap(text: &str, from: &str, to: &str, stands: Stands) -> String {
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len() + 8);
    let mut done = 0;
    for (at, _) in lower.match_indices(from) {
        let end = at + from.len();
        if at < done || !fits(text, at, end, stands) {
            continue;
        }
        out.push_str(&text[done..at]);
        if text[at..].starts_with(char::is_uppercase) {
            let mut letters = to.chars();
            out.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            out.push_str(letters.as_str());
        } else {
            out.push_str(to);
        }
        done = end;
    }
    out.push_str(&text[done..]);
    out
}

fn fits(text: &str, at: usize, end: usize, stands: Stands) -> bool {
    let before = text[..at].chars().next_back();
    let Some(rest) = text[end..].strip_prefix(' ') else { return false };
    if before.is_some_and(|c| !c.is_whitespace() && c != '(') {
        return false;
    }
    let next: String = rest.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '\'' | '’')).collect();
    let next = next.to_lowercase().replace('’', "'");
    match stands {
        Stands::Anywhere => !next.is_empty(),
        Stands::First => {
            let head = text[..at].trim_end();
            let sentence = rest.split(['.', '!', '\n']).next().unwrap_or_default();
            text[at..].starts_with(char::is_uppercase)
                && (head.is_empty() || head.ends_with(['.', '!', '?', '\n']) || text[head.len()..at].contains('\n'))
                && BEGINS.contains(&next.as_str())
                // “So the question is: why?” asks
                && !sentence.contains('?')
        }
    }
}

/// “We hope that they” becomes “we hope they”.
pub(super) fn without_that(draft: &mut Draft, _: &Moves, language: Language) {
    optional_that(draft, language, false);
}

/// “We think we” becomes “we think that we”.
pub(super) fn with_that(draft: &mut Draft, _: &Moves, language: Language) {
    optional_that(draft, language, true);
}

fn optional_that(draft: &mut Draft, language: Language, say: bool) {
    if language != Language::ENGLISH {
        return;
    }
    each(draft, |text| {
        unquoted(text, |text| {
            let mut text = text.to_owned();
            for verb in SAYING {
                for subject in SUBJECTS {
                    let subject = if subject == "i" { "I" } else { subject };
                    let (short, long) = (format!(" {verb} {subject} "), format!(" {verb} that {subject} "));
                    text = if say { text.replace(&short, &long) } else { text.replace(&long, &short) };
                }
            }
            text
        })
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_where_both_can_stand() {
        let first = |text| swap(text, "however,", "but", Stands::First);
        assert_eq!(first("It is so. However, we know."), "It is so. But we know.");
        assert_eq!(first("We, however, know."), "We, however, know.");
        assert_eq!(first("However, in 2015 it was."), "However, in 2015 it was.");
        assert_eq!(swap("But not all.", "but", "however,", Stands::First), "But not all.");
        assert_eq!(swap("So the next one?", "so", "therefore,", Stands::First), "So the next one?");
        let anywhere = |text| swap(text, "such as", "like", Stands::Anywhere);
        assert_eq!(anywhere("names such as Rust, such as: C"), "names like Rust, such as: C");
    }
}
