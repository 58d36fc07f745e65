//! A text as a sparse vector: character n-grams of the masked text, function words and their neighbours, habits.

use bellwether_language::{Language, words};

use crate::style::Style;

/// Hashed features beside the habits.
pub(crate) const BUCKETS: u32 = ROOM * 10;
/// Of one family: what two families have in common says something else in each.
const ROOM: u32 = 1 << 15;

/// Index and value, by rising index, each index once.
pub(crate) type Sparse = Vec<(u32, f32)>;

/// Families of features, each brought to the same length so that none drowns another.
const FAMILIES: [(u32, f32); 9] =
    [(1, 1.0), (2, 1.0), (3, 0.8), (4, 0.7), (5, 0.5), (6, 0.7), (7, 0.7), (8, 0.5), (9, 1.0)];

/// FNV-1a.
fn hash(family: u32, parts: &[&[u8]]) -> u32 {
    let mut h = 0x811c_9dc5_u32 ^ family.wrapping_mul(0x9e37_79b9);
    for part in parts {
        for byte in *part {
            h = (h ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        }
        h = (h ^ 0xff).wrapping_mul(0x0100_0193);
    }
    family * ROOM + (h ^ (h >> 15)) % ROOM
}

/// The text with its content words masked: function words and punctuation stay, of other words only their ending, so
/// that the subject of a text does not decide who wrote it.
///
/// `kept` are further words that stay, in their order.
pub(crate) fn mask(text: &str, language: Language, kept: &[String]) -> String {
    let lower = text.to_lowercase().replace('’', "'").replace(['“', '”', '„', '«', '»'], "\"");
    let mut masked = String::with_capacity(lower.len());
    let mut word = String::new();
    let close = |word: &mut String, masked: &mut String| {
        if word.is_empty() {
            return;
        }
        if language.is_stop_word(word) || kept.binary_search(word).is_ok() {
            masked.push_str(word);
        } else if word.starts_with(|c: char| c.is_ascii_digit()) {
            masked.push('0');
        } else {
            let letters: Vec<char> = word.chars().collect();
            masked.push('*');
            // endings carry grammar (tense, number, adverbs), the rest of the word its subject
            if letters.len() > 4 {
                masked.extend(&letters[letters.len() - 2..]);
            }
        }
        word.clear();
    };
    let mut chars = lower.chars().peekable();
    while let Some(c) = chars.next() {
        let inner = c == '\'' && !word.is_empty() && chars.peek().is_some_and(|next| next.is_alphabetic());
        if c.is_alphanumeric() || inner {
            word.push(c);
            continue;
        }
        close(&mut word, &mut masked);
        match c {
            '\n' => {
                if !masked.ends_with("\n\n") {
                    masked.push('\n');
                }
            }
            c if c.is_whitespace() => {
                if !masked.ends_with([' ', '\n']) {
                    masked.push(' ');
                }
            }
            c => masked.push(c),
        }
    }
    close(&mut word, &mut masked);
    masked
}

fn char_grams(text: &str, n: usize, family: u32, out: &mut Vec<(u32, f32)>) {
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    for window in ends.windows(n + 1) {
        out.push((hash(family, &[&text.as_bytes()[window[0]..window[n]]]), 1.0));
    }
}

/// Sums equal indices, dampens counts, brings the family to its length.
fn settle(mut raw: Vec<(u32, f32)>, weight: f32, out: &mut Sparse) {
    raw.sort_unstable_by_key(|(index, _)| *index);
    let mut merged: Sparse = Vec::with_capacity(raw.len());
    for (index, count) in raw {
        match merged.last_mut() {
            Some(last) if last.0 == index => last.1 += count,
            _ => merged.push((index, count)),
        }
    }
    for entry in &mut merged {
        entry.1 = 1.0 + entry.1.ln();
    }
    let length = merged.iter().map(|(_, value)| value * value).sum::<f32>().sqrt().max(1e-6);
    out.extend(merged.into_iter().map(|(index, value)| (index, weight * value / length)));
}

/// A text's features but its habits, unweighted by how telling they are.
pub(crate) fn grams(text: &str, language: Language, kept: &[String]) -> Sparse {
    let masked = mask(text, language, kept);
    let known = |token: &str| {
        language.is_stop_word(token) || kept.binary_search_by(|one| one.as_str().cmp(token)).is_ok()
    };
    let lower = text.to_lowercase();
    let lower = lower.replace('’', "'");
    let tokens: Vec<&str> = words(&lower).collect();
    let mut out = Sparse::new();
    for (family, weight) in FAMILIES {
        let mut raw = Vec::new();
        match family {
            1 => char_grams(&masked, 3, family, &mut raw),
            2 => char_grams(&masked, 4, family, &mut raw),
            3 => {
                for token in &tokens {
                    if known(token) {
                        raw.push((hash(family, &[token.as_bytes()]), 1.0));
                    }
                }
            }
            4 => {
                let shape = |token: &&str| {
                    if known(token) { (*token).to_owned() } else { "*".to_owned() }
                };
                let shapes: Vec<String> = tokens.iter().map(shape).collect();
                for pair in shapes.windows(2) {
                    raw.push((hash(family, &[pair[0].as_bytes(), pair[1].as_bytes()]), 1.0));
                }
                for three in shapes.windows(3) {
                    let parts = [three[0].as_bytes(), three[1].as_bytes(), three[2].as_bytes()];
                    raw.push((hash(family, &parts), 1.0));
                }
            }
            5 => char_grams(&lower, 4, family, &mut raw),
            6 => {
                let marks = punctuation(&masked);
                for n in 2..=5 {
                    char_grams(&marks, n, family, &mut raw);
                }
            }
            8 => char_grams(&masked, 2, family, &mut raw),
            9 => {
                let outline = outline(text);
                for n in 3..=6 {
                    char_grams(&outline, n, family, &mut raw);
                }
            }
            _ => {
                let shapes: Vec<String> = tokens.iter().map(|token| shape(token, language)).collect();
                for n in 2..=3 {
                    for window in shapes.windows(n) {
                        let parts: Vec<&[u8]> = window.iter().map(String::as_bytes).collect();
                        raw.push((hash(family, &parts), 1.0));
                    }
                }
            }
        }
        settle(raw, weight, &mut out);
    }
    out.sort_unstable_by_key(|(index, _)| *index);
    out
}

/// A little word itself, of another its length and ending: about what part of speech it is.
fn shape(token: &str, language: Language) -> String {
    if language.is_stop_word(token) {
        return token.to_owned();
    }
    let letters: Vec<char> = token.chars().collect();
    let class = match letters.len() {
        ..4 => 's',
        4..7 => 'm',
        _ => 'l',
    };
    let ending = if letters.len() > 4 { &letters[letters.len() - 2..] } else { &[] };
    std::iter::once(&class).chain(ending).collect()
}

/// Only the marks and breaks, each run of words one sign: how somebody punctuates.
fn punctuation(masked: &str) -> String {
    let mut out = String::new();
    let mut run = 0_u32;
    for c in masked.chars() {
        if c.is_alphanumeric() || c == '*' || c == '\'' {
            continue;
        }
        if c == ' ' {
            run += 1;
            continue;
        }
        out.push(match run {
            0 => 'a',
            1..=2 => 'b',
            3..=6 => 'c',
            7..=14 => 'd',
            _ => 'e',
        });
        out.push(c);
        run = 0;
    }
    out
}

/// The text with its letters told by their case only and its figures by being some, runs of more than two cut short: how
/// somebody sets words, capitals, figures and marks, by the very marks that were typed.
fn outline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut last, mut run) = (' ', 0_u32);
    for c in text.chars() {
        let class = match c {
            c if c.is_lowercase() => 'a',
            c if c.is_uppercase() => 'A',
            c if c.is_numeric() => '0',
            c => c,
        };
        run = if class == last && matches!(class, 'a' | 'A' | '0') { run + 1 } else { 0 };
        if run < 2 {
            out.push(class);
        }
        last = class;
    }
    out
}

/// Both halves of what the classifier sees.
pub(crate) struct Seen {
    pub(crate) grams: Sparse,
    pub(crate) style: Style,
    pub(crate) words: usize,
}

impl Seen {
    pub(crate) fn of(text: &str, language: Language, kept: &[String]) -> Self {
        Self {
            grams: grams(text, language, kept),
            style: Style::of(text, language),
            words: bellwether_language::count_words(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_is_about_is_masked() {
        let masked =
            mask("The borrow checker isn't angry; it was only 42 times rejecting.", Language::ENGLISH, &[]);
        assert!(
            !masked.contains("borrow")
                && masked.contains("the *ow *er")
                && masked.contains("; it was only 0 "),
            "{masked}"
        );
    }

    #[test]
    fn an_outline_keeps_case_and_marks_and_no_word() {
        assert_eq!(outline("In 2026 — “Hello”, IT folks's"), "Aa 00 — “Aaa”, AA aa'a");
    }

    #[test]
    fn equal_texts_are_equal_and_indices_rise() {
        let a = grams("We tried, and it worked. Why not?", Language::ENGLISH, &[]);
        assert_eq!(a, grams("We tried, and it worked. Why not?", Language::ENGLISH, &[]));
        assert!(a.windows(2).all(|pair| pair[0].0 <= pair[1].0));
        assert!(grams("", Language::ENGLISH, &[]).is_empty());
    }
}
