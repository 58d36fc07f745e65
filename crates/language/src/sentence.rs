//! Where sentences end.
//!
//! Rules, not a model: a stop ends a sentence unless something speaks against it (an abbreviation, an initial, an
//! ordinal, a lower-case letter after it, an open bracket or quotation). Everything looks only a bounded way around.

use std::ops::Range;

use crate::{Language, locale::Lexicon};

/// How far an opened bracket or quotation may hold a sentence together, in bytes.
const ENCLOSED: usize = 320;

/// Byte ranges of the sentences of one block of text, in order, without the space between them.
pub fn sentences(text: &str, language: Language) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let lexicon = language.lexicon();
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let enclosed = enclosures(&chars);
    let at = |index: usize| chars.get(index).map_or('\0', |(_, c)| *c);
    let (mut start, mut i) = (0, 0);
    while i < chars.len() {
        let c = chars[i].1;
        if !is_stop(c) {
            // an emoji between two sentences closes the first
            if is_emoji(c)
                && at(i + 1) == ' '
                && begins_sentence(&chars, i + 2)
                && words_between(&chars, start, i) >= 4
            {
                cut(text, &chars, &mut start, i + 1, &mut out);
            }
            i += 1;
            continue;
        }
        let first = i;
        while is_stop(at(i + 1)) {
            i += 1;
        }
        let ideographic = is_ideographic_stop(chars[i].1);
        let mut end = i + 1;
        while is_closer(at(end), at(end + 1)) {
            end += 1;
        }
        // “Great! 🎉 Next”
        let mut next = end;
        while next < chars.len() && (at(next) == ' ' || is_emoji(at(next))) {
            next += 1;
            if is_emoji(at(next - 1)) {
                end = next;
            }
        }
        let spaced = end >= chars.len() || at(end) == ' ' || is_emoji(at(end.saturating_sub(1)));
        let inside = enclosed[first.min(enclosed.len() - 1)] > end;
        let ends = if end >= chars.len() {
            true
        } else if inside {
            false
        } else if ideographic {
            // 「雨だ。」と言った: what was said goes on
            !(end > i + 1 && matches!(at(end), 'と' | 'っ' | 'な' | 'の'))
        } else if !spaced {
            false
        } else {
            stop_ends(&chars, start, first, i, next, language, lexicon)
                && !(end > i + 1 && at(next).is_lowercase())
        };
        if ends {
            cut(text, &chars, &mut start, end, &mut out);
        }
        i = end.max(i + 1);
    }
    cut(text, &chars, &mut start, chars.len(), &mut out);
    out
}

/// Ends a sentence before the character `end` and begins the next.
fn cut(text: &str, chars: &[(usize, char)], start: &mut usize, end: usize, out: &mut Vec<Range<usize>>) {
    let byte = |index: usize| chars.get(index).map_or(text.len(), |(at, _)| *at);
    let (from, to) = (byte(*start), byte(end));
    let slice = &text[from..to];
    let trimmed = slice.trim();
    if !trimmed.is_empty() {
        let offset = from + (slice.len() - slice.trim_start().len());
        out.push(offset..offset + trimmed.len());
    }
    *start = end;
}

/// Whether the stop at `first..=last` ends the sentence that began at `start`, when `next` is the next visible character.
fn stop_ends(
    chars: &[(usize, char)],
    start: usize,
    first: usize,
    last: usize,
    next: usize,
    language: Language,
    lexicon: Option<&Lexicon>,
) -> bool {
    let c = chars[last].1;
    let following = chars.get(next).map_or('\0', |(_, c)| *c);
    let lower = following.is_lowercase();
    if matches!(c, '!' | '?') {
        return !lower;
    }
    if last > first || c == '…' {
        return !lower;
    }
    let word = word_before(chars, start, first);
    let lower_word = word.to_lowercase();
    // a list number, or a sentence that would be a number
    if first - word.chars().count() <= start + 1 && word.chars().all(|c| c.is_ascii_digit()) {
        return false;
    }
    let starter = begins_sentence(chars, next);
    if let Some(lexicon) = lexicon {
        if lexicon.closing_abbreviations.contains(&lower_word) {
            // “No. 5”
            return starter && !lower && !following.is_numeric();
        }
        if lexicon.abbreviations.contains(&lower_word) {
            // “Dr” is one; “no” or “art” at the end of a real sentence is a word
            let is_word = word == lower_word && word.chars().count() > 1 && !word.contains('.') && starter;
            return is_word && language.is_stop_word(&next_word(chars, next).to_lowercase());
        }
    }
    let letters = word.chars().count();
    if letters == 1 && word.chars().all(char::is_uppercase) {
        // an initial, unless the next word could only begin a sentence
        return starter && language.is_stop_word(&next_word(chars, next).to_lowercase()) && word != "I";
    }
    if word.contains('.')
        && word.contains(char::is_alphabetic)
        && !word.contains("://")
        && word.split('.').all(|part| part.chars().count() <= 2)
        && letters <= 6
    {
        return starter && language.is_stop_word(&next_word(chars, next).to_lowercase());
    }
    if matches!(language.code(), "de" | "da" | "no" | "fi" | "cs" | "hu" | "sk" | "hr" | "sl" | "et" | "tr")
        && letters <= 2
        && word.chars().all(|c| c.is_ascii_digit())
    {
        // “am 3. Oktober”: an ordinal, unless a function word begins anew
        return language.is_stop_word(&next_word(chars, next).to_lowercase()) && following.is_uppercase();
    }
    if lower {
        // names such as crates.io and rustup begin sentences in lower case; an unknown abbreviation is short
        let next_word = next_word(chars, next);
        return letters >= 4
            && (next_word.contains(['.', '_', ':'])
                || next_word.chars().skip(1).any(char::is_uppercase)
                || !language.is_stop_word(&lower_word))
            && !word.contains('.')
            && word.chars().all(|c| c.is_lowercase() || !c.is_alphabetic());
    }
    true
}

fn begins_sentence(chars: &[(usize, char)], at: usize) -> bool {
    chars.get(at).is_some_and(|(_, c)| {
        c.is_uppercase() || c.is_numeric() || is_opener(*c) || (c.is_alphabetic() && !c.is_lowercase())
    })
}

/// The word that ends right before `stop`, dots within it included.
fn word_before(chars: &[(usize, char)], start: usize, stop: usize) -> String {
    let mut from = stop;
    while from > start && stop - from < 24 {
        let c = chars[from - 1].1;
        if c.is_alphanumeric() || (c == '.' && from < stop) || matches!(c, '\'' | '’' | '-' | '°') {
            from -= 1;
        } else {
            break;
        }
    }
    chars[from..stop]
        .iter()
        .map(|(_, c)| *c)
        .collect::<String>()
        .trim_start_matches(['\'', '’', '-'])
        .to_owned()
}

fn next_word(chars: &[(usize, char)], at: usize) -> String {
    chars[at.min(chars.len())..]
        .iter()
        .map(|(_, c)| *c)
        .skip_while(|c| is_opener(*c))
        .take_while(|c| !c.is_whitespace())
        .take(30)
        .collect::<String>()
        .trim_end_matches([',', '.', ';', ':', '!', '?'])
        .to_owned()
}

fn words_between(chars: &[(usize, char)], start: usize, end: usize) -> usize {
    chars[start..end].iter().rev().take(80).filter(|(_, c)| *c == ' ').count()
}

/// For each character the index after the end of the innermost bracket or quotation around it, 0 outside of any.
fn enclosures(chars: &[(usize, char)]) -> Vec<usize> {
    let mut ends = vec![0_usize; chars.len().max(1)];
    let mut open: Vec<(char, usize)> = Vec::new();
    for (index, &(byte, c)) in chars.iter().enumerate() {
        open.retain(|(_, from)| byte - chars[*from].0 <= ENCLOSED);
        let before = index.checked_sub(1).map_or(' ', |i| chars[i].1);
        let closes = match c {
            ')' => Some('('),
            ']' => Some('['),
            '”' => Some('“'),
            '»' => Some('«'),
            '」' => Some('「'),
            '』' => Some('『'),
            '）' => Some('（'),
            // a German quotation closes with what opens an English one
            '“' if open.iter().any(|(o, _)| *o == '„') => Some('„'),
            '"' if !before.is_whitespace() && !is_opener(before) => Some('"'),
            _ => None,
        };
        if let Some(opener) = closes {
            let position = open.iter().rposition(|(o, _)| *o == opener || (c == '”' && *o == '„'));
            if let Some(position) = position {
                let from = open[position].1;
                open.truncate(position);
                for end in &mut ends[from..=index] {
                    *end = (*end).max(index + 1);
                }
                continue;
            }
        }
        if matches!(c, '(' | '[' | '“' | '„' | '«' | '「' | '『' | '（' | '"') && open.len() < 8 {
            open.push((c, index));
        }
    }
    ends
}

fn is_stop(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '‽' | '؟' | '।' | '۔' | '։' | '።') || is_ideographic_stop(c)
}

fn is_ideographic_stop(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '．' | '｡')
}

fn is_closer(c: char, after: char) -> bool {
    matches!(c, ')' | ']' | '”' | '’' | '»' | '」' | '』' | '）' | '›')
        // a German closing quotation, not an English opening one
        || (matches!(c, '“' | '"' | '\'') && (after == ' ' || after == '\0' || is_stop(after)))
        // “quoi ? »” in French
        || (c == ' ' && after == '»')
}

fn is_opener(c: char) -> bool {
    matches!(c, '(' | '[' | '“' | '‘' | '"' | '\'' | '«' | '„' | '¿' | '¡' | '「' | '『' | '（' | '›')
}

/// Pictographs and what modifies them.
pub(crate) fn is_emoji(c: char) -> bool {
    matches!(u32::from(c), 0x1F300..=0x1FAFF | 0x2600..=0x27BF | 0x1F1E6..=0x1F1FF | 0xFE0F | 0x200D | 0x2B50 | 0x2B55 | 0x1F000..=0x1F2FF)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str, language: &str) -> Vec<String> {
        let language = Language::from_tag(language).unwrap();
        sentences(text, language).into_iter().map(|range| text[range].to_owned()).collect()
    }

    #[track_caller]
    fn check(language: &str, expected: &[&str]) {
        assert_eq!(split(&expected.join(" "), language), expected);
    }

    #[test]
    fn english() {
        check("en", &["Dr. Smith paid $3.50 for it.", "Then J. R. Brown left."]);
        check("en", &["We ship 1.0.2 today.", "It needs rust-lang.org, e.g. for docs, etc.", "Fine!"]);
        check("en", &["He said \"I am here. You are not.\"", "Then he left."]);
        check("en", &["She asked: “Why now?” and he laughed.", "Nobody knew."]);
        check("en", &["Great! 🎉", "Next one…", "And more?!", "Yes."]);
        check("en", &["It ended (finally. really.) well.", "The U.S. economy grew at 5 a.m. on Monday."]);
        check("en", &["We released crates.io changes.", "crates.io is faster now."]);
        check("en", &["Wait... what is this?", "No. 5 is alive."]);
        check("en", &["Take vitamin C.", "It helps.", "That was in 2019.", "The team grew."]);
        check("en", &["1. Preheat the oven.", "Visit https://e.org/a.b?c=d.e now."]);
        check("en", &["We did it together last night 🎉", "The team is proud."]);
    }

    #[test]
    fn others() {
        check(
            "de",
            &[
                "Am 3. Oktober kam Dr. Müller, z. B. mit 5 Leuten.",
                "Das war gut.",
                "„Wirklich? Ja.“",
                "Er lachte.",
            ],
        );
        check("fr", &["M. Dupont a dit « Non ! » hier.", "Il part à 8 h.", "Pourquoi ?", "Parce que."]);
        check("es", &["¿Qué pasa, Sr. López?", "¡Nada!", "Son las 5 p. ej. o no."]);
        assert_eq!(
            split("今日は晴れです。明日は？「雨だ。」と言った。", "ja"),
            ["今日は晴れです。", "明日は？", "「雨だ。」と言った。"]
        );
        check("ar", &["هل هذا صحيح؟", "نعم."]);
        check("hi", &["यह अच्छा है।", "ठीक है।"]);
        check("ru", &["Это хорошо.", "Правда ли?"]);
    }

    #[test]
    fn nothing_is_lost_and_odd_texts_are_fine() {
        assert!(sentences("", Language::ENGLISH).is_empty());
        assert_eq!(split("...", "en"), ["..."]);
        assert_eq!(split("no stop at all", "en"), ["no stop at all"]);
        assert_eq!(split("\"", "en"), ["\""]);
    }
}
