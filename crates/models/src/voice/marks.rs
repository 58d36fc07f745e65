//! Punctuation and case as the author types them.

use bellwether_language::{Language, sentences};
use bellwether_voice::{Lean, Moves};

use super::{
    draft::{Draft, Segment, quotations},
    moves::{each, unquoted},
    sentences::by_sentence,
};

pub(super) fn exclamations(draft: &mut Draft, moves: &Moves, _: Language) {
    if moves.exclamations > Lean::Seldom {
        return;
    }
    each(draft, |text| {
        // a mark inside of a sentence belongs to a name, such as that of a macro
        let named = text.match_indices('!').any(|(at, _)| {
            let mut rest = text[at + 1..].chars();
            !matches!((rest.next(), rest.next()), (None | Some('”' | '"' | '\n'), _))
                && !text[at + 1..].trim_start().starts_with(char::is_uppercase)
        });
        if named {
            return text.to_owned();
        }
        unquoted(text, |text| {
            let calm = text.replace("! ", ". ");
            match calm.strip_suffix('!') {
                Some(head) if !head.ends_with(['!', '?']) => format!("{head}."),
                _ => calm,
            }
        })
    });
}

/// Dashes that part words, spaces included.
const DASHES: [&str; 5] = [" — ", " – ", " -- ", "—", " - "];

/// The author's own form of dash.
pub(super) fn dashes(draft: &mut Draft, moves: &Moves, _: Language) {
    if moves.dash.is_empty() || matches!(moves.dashes, Lean::Never) || moves.dash == "–" {
        return;
    }
    each(draft, |text| {
        unquoted(text, |text| {
            let mut text = text.to_owned();
            for dash in DASHES {
                // a spaced dash holds the bare one, and one between figures may be a range or a minus
                let figures =
                    text.split(dash).skip(1).any(|side| side.starts_with(|c: char| c.is_ascii_digit()));
                if dash != moves.dash && !(dash == "—" && text.contains(" — ")) && !figures {
                    text = text.replace(dash, &moves.dash);
                }
            }
            text
        })
    });
}

/// “a — which b — c” becomes “a (which b) c”.
pub(super) fn dashes_to_brackets(draft: &mut Draft, _: &Moves, language: Language) {
    each_sentence(draft, language, |sentence| {
        let dash = [" — ", " – ", " -- ", "—"].into_iter().find(|dash| sentence.contains(dash))?;
        let [head, inner, tail] = sentence.split(dash).collect::<Vec<_>>().try_into().ok()?;
        let small = (2..=14).contains(&bellwether_language::count_words(inner));
        let plain = !sentence.contains(['(', ')', '"', '“']) && !inner.contains([';', ':', '.', '?', '!']);
        (small && plain && tail.len() > 3 && tail.starts_with(char::is_alphabetic))
            .then(|| format!("{head} ({inner}) {tail}"))
    });
}

/// “a (which b) c” becomes “a — which b — c”, for who uses dashes.
pub(super) fn brackets_to_dashes(draft: &mut Draft, moves: &Moves, language: Language) {
    if moves.dash.is_empty() || moves.dashes < Lean::Sometimes || moves.dash == "–" {
        return;
    }
    each_sentence(draft, language, |sentence| {
        let (head, inner, tail) = bracketed(sentence)?;
        let dash = &moves.dash;
        if sentence.contains(dash.trim()) {
            return None;
        }
        match tail.strip_prefix(' ') {
            Some(tail) if tail.starts_with(char::is_alphabetic) => {
                Some(format!("{head}{dash}{inner}{dash}{tail}"))
            }
            _ if matches!(tail, "." | "!" | "?") => Some(format!("{head}{dash}{inner}{tail}")),
            _ => None,
        }
    });
}

/// “a (which b) c” becomes “a, which b, c”, where what is in brackets leans on what is before it.
pub(super) fn brackets_to_commas(draft: &mut Draft, _: &Moves, language: Language) {
    const LEANS: [&str; 8] =
        ["which ", "including ", "especially ", "like ", "such as ", "or ", "and ", "for example, "];
    each_sentence(draft, language, |sentence| {
        let (head, inner, tail) = bracketed(sentence)?;
        if !LEANS.iter().any(|word| inner.starts_with(word))
            || inner.contains(',') && !inner.starts_with("for")
        {
            return None;
        }
        match tail.strip_prefix(' ') {
            Some(tail) if tail.starts_with(char::is_alphabetic) => Some(format!("{head}, {inner}, {tail}")),
            _ if matches!(tail, "." | "!" | "?") => Some(format!("{head}, {inner}{tail}")),
            _ => None,
        }
    });
}

/// The one aside in brackets of a sentence: what is before it without the space, itself, what is behind it.
fn bracketed(sentence: &str) -> Option<(&str, &str, &str)> {
    if sentence.matches('(').count() != 1 || sentence.contains(['"', '“', '[']) {
        return None;
    }
    let (head, rest) = sentence.split_once(" (")?;
    let (inner, tail) = rest.split_once(')')?;
    let fits = (3..=16).contains(&bellwether_language::count_words(inner))
        && inner.starts_with(char::is_lowercase)
        && !inner.contains(['.', ';', ':', '?', '!', '/', '—', '–', '('])
        && bellwether_language::count_words(head) >= 2;
    fits.then_some((head, inner, tail))
}

/// “a, b, c and d” becomes “a, b, c, and d”.
pub(super) fn comma_before_and(draft: &mut Draft, _: &Moves, language: Language) {
    each_sentence(draft, language, |sentence| {
        let at = [" and ", " or "].into_iter().find_map(|joint| sentence.find(joint))?;
        let items: Vec<&str> = sentence[..at].rsplit(", ").collect();
        // two short items before it are a list, one may be what opens the sentence
        let listed = items.len() > 2 && items[..2].iter().all(|item| is_item(item, language));
        listed.then(|| format!("{},{}", &sentence[..at], &sentence[at..]))
    });
}

/// “a, b, c, and d” becomes “a, b, c and d”.
pub(super) fn no_comma_before_and(draft: &mut Draft, _: &Moves, language: Language) {
    each_sentence(draft, language, |sentence| {
        let at = [", and ", ", or "].into_iter().find_map(|joint| sentence.find(joint))?;
        let items: Vec<&str> = sentence[..at].rsplit(", ").collect();
        let last = sentence[at..].splitn(3, ' ').nth(2)?;
        let ends = bellwether_language::words(last)
            .next()
            .is_some_and(|word| !language.is_stop_word(&word.to_lowercase()));
        let listed =
            items.len() > 1 && items[..items.len() - 1].iter().take(2).all(|item| is_item(item, language));
        (listed && ends).then(|| format!("{}{}", &sentence[..at], &sentence[at + 1..]))
    });
}

/// A short thing of a list.
fn is_item(text: &str, language: Language) -> bool {
    let mut words = bellwether_language::words(text);
    let first = words.next().unwrap_or_default().to_lowercase();
    !first.is_empty()
        && !language.is_stop_word(&first)
        && words.count() < 3
        && !text.contains(['(', ')', '"', '“', ':', ';'])
}

/// Apostrophes and quotation marks as the author types them. What is between them stays.
pub(super) fn quotes(draft: &mut Draft, moves: &Moves, _: Language) {
    each(draft, |text| {
        if moves.curly { curly(text) } else { text.replace('’', "'").replace(['“', '”'], "\"") }
    });
}

/// Curly for straight. A mark after a space or at the start opens.
fn curly(text: &str) -> String {
    // single marks that open a quotation are left alone, and with them the whole
    if text.matches('"').count() % 2 == 1 || text.starts_with('\'') || text.contains(" '") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    for c in text.chars() {
        out.push(match c {
            '\'' if before.is_alphanumeric() => '’',
            '"' if before.is_whitespace() || matches!(before, '(' | '[' | '—' | '–') => '“',
            '"' => '”',
            c => c,
        });
        before = c;
    }
    out
}

/// One sign for three dots, where the voice is surer of it: both say the same.
pub(super) fn ellipses(draft: &mut Draft, _: &Moves, _: Language) {
    each(draft, |text| unquoted(text, |text| text.replace("...", "…")));
}

/// Marks of list items as the author types them.
pub(super) fn bullets(draft: &mut Draft, moves: &Moves, _: Language) {
    let mark = moves.bullet.as_str();
    if !matches!(mark, "- " | "• " | "→ ") {
        return;
    }
    for segment in draft.parts.iter_mut().flat_map(|part| &mut part.segments) {
        if let Segment::Gap(text) = segment {
            *text = text.replace("\n• ", &format!("\n{mark}"));
        }
    }
}

/// Changes sentences one by one, those that stand in no quotation.
fn each_sentence(draft: &mut Draft, language: Language, change: impl Fn(&str) -> Option<String>) {
    each(draft, |text| {
        by_sentence(text, language, |before, sentence| Some(format!("{before}{}", change(sentence)?)))
    });
}

/// Sentences open in lower case where their first word is a little one that is no name.
pub(super) fn lower_openings(draft: &mut Draft, moves: &Moves, language: Language) {
    if !moves.lower_openings {
        return;
    }
    each(draft, |text| {
        let quoted = quotations(text);
        let inside = |at: usize| {
            quoted.iter().any(|one| {
                let start = one.as_ptr() as usize - text.as_ptr() as usize;
                (start..start + one.len()).contains(&at)
            })
        };
        let mut out = text.to_owned();
        for range in sentences(text, language) {
            let sentence = &text[range.clone()];
            let word: String = sentence.chars().take_while(|c| c.is_alphanumeric() || *c == '\'').collect();
            let lower = word.to_lowercase();
            if !inside(range.start)
                && lower != "i"
                && !lower.starts_with("i'")
                && language.is_stop_word(&lower)
            {
                out.replace_range(range.start..range.start + word.len(), &lower);
            }
        }
        if out.len() == text.len() { out } else { text.to_owned() }
    });
}
