//! Words, and the stems by which two forms of a word count as one.

use std::collections::HashMap;

use unicode_segmentation::UnicodeSegmentation;

use crate::{Language, locale::WordSet};

/// The words of a text in order, as written. Names with inner dots, hyphens or apostrophes (`crates.io`, `well-known`,
/// `don't`) are one word; in languages without spaces each ideograph is one.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    ranges(text).map(|(start, end)| &text[start..end])
}

/// Counts words as a person would: by spaces, or by ideographs where there are no spaces (two ideographs to a word).
pub fn count_words(text: &str) -> usize {
    let (mut spaced, mut ideographs, mut inside) = (0, 0_usize, false);
    for c in text.chars() {
        if is_ideograph(c) {
            ideographs += 1;
            inside = false;
        } else if c.is_alphanumeric() {
            spaced += usize::from(!inside);
            inside = true;
        } else if c.is_whitespace() || matches!(c, '—' | '–' | '/' | '…') {
            inside = false;
        }
    }
    spaced + ideographs.div_ceil(2)
}

/// Whether there may be an apostrophe in it: a quick look by bytes, since most words have none.
pub(crate) fn has_apostrophe(word: &str) -> bool {
    word.bytes().any(|byte| byte == b'\'' || byte == 0xE2)
}

/// Writes a word in lower case into a buffer that is used again and again.
pub(crate) fn lower_into(word: &str, out: &mut String) {
    out.clear();
    if word.is_ascii() {
        out.push_str(word);
        out.make_ascii_lowercase();
    } else {
        // the whole of it: a final sigma depends on what stands around
        out.push_str(&word.to_lowercase());
    }
}

/// Byte ranges of the words.
pub(crate) fn ranges(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut iter = Scan { text, at: 0 };
    std::iter::from_fn(move || iter.next())
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl Scan<'_> {
    fn next(&mut self) -> Option<(usize, usize)> {
        let rest = &self.text[self.at..];
        let offset = rest.char_indices().find(|(_, c)| c.is_alphanumeric()).map(|(i, _)| i)?;
        let start = self.at + offset;
        let body = &self.text[start..];
        let mut end = 0;
        let mut chars = body.char_indices().peekable();
        while let Some((i, c)) = chars.next() {
            let size = i + c.len_utf8();
            if is_ideograph(c) {
                if end == 0 {
                    end = size;
                }
                break;
            }
            let joins = matches!(c, '\'' | '’' | '-' | '.' | '_' | '‑' | '+' | '#')
                && chars.peek().is_some_and(|(_, next)| next.is_alphanumeric())
                && !(c == '.' && body[..i].chars().next_back().is_some_and(|b| b == '.'));
            if c.is_alphanumeric() || is_mark(c) || joins {
                end = size;
            } else {
                // C++ and C# end in what is no letter
                if matches!(c, '+' | '#') && i <= 2 && body.starts_with(|c: char| c.is_ascii_uppercase()) {
                    end = body[i..].bytes().take_while(|b| matches!(b, b'+' | b'#')).take(2).count() + i;
                }
                break;
            }
        }
        self.at = start + end.max(1);
        Some((start, start + end))
    }
}

fn is_mark(c: char) -> bool {
    // vowel signs of Indic scripts and combining accents belong to their word
    matches!(u32::from(c), 0x0300..=0x036F | 0x0900..=0x0903 | 0x093A..=0x094F | 0x0981..=0x0983 | 0x09BC..=0x09CD | 0x0E31..=0x0E4E | 0x064B..=0x065F)
}

/// Characters of scripts written without spaces.
pub(crate) fn is_ideograph(c: char) -> bool {
    matches!(u32::from(c), 0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x2FA1F | 0x0E01..=0x0E30)
}

/// Cuts words to stems and remembers them for the length of one analysis.
pub(crate) struct Stems {
    language: Language,
    stop_words: Option<&'static WordSet<&'static str>>,
    stemmer: Option<rust_stemmers::Stemmer>,
    ids: HashMap<String, u32>,
    known: HashMap<String, Option<u32>>,
}

impl Stems {
    pub(crate) fn new(language: Language) -> Self {
        Self {
            language,
            stop_words: language.stop_words(),
            stemmer: language.stemmer(),
            ids: HashMap::new(),
            known: HashMap::new(),
        }
    }

    /// The stem of a word in lower case, as a number; `None` for function words and single letters.
    pub(crate) fn of(&mut self, lower: &str) -> Option<u32> {
        if let Some(known) = self.known.get(lower) {
            return *known;
        }
        let bare = if has_apostrophe(lower) { self.without_article(lower) } else { lower };
        let single = if bare.is_ascii() {
            bare.len() < 2
        } else {
            bare.graphemes(true).take(2).count() < 2 && !bare.chars().any(is_ideograph)
        };
        let id = if single
            || self.stop_words.is_some_and(|words| words.contains(bare))
            || bare.bytes().all(|byte| byte.is_ascii_digit())
        {
            None
        } else {
            let stem = self
                .stemmer
                .as_ref()
                .map_or_else(|| bare.to_owned(), |stemmer| stemmer.stem(bare).into_owned());
            let next = self.ids.len() as u32;
            Some(*self.ids.entry(stem).or_insert(next))
        };
        self.known.insert(lower.to_owned(), id);
        id
    }

    fn without_article<'w>(&self, lower: &'w str) -> &'w str {
        let bare = lower.strip_suffix("'s").or_else(|| lower.strip_suffix("’s")).unwrap_or(lower);
        // “l’eau”, “dell'acqua”: the article is not part of the word
        match bare.split_once(['\'', '’']) {
            Some((article, word))
                if article.chars().count() <= 4
                    && word.chars().count() > 2
                    && matches!(self.language.code(), "fr" | "it" | "ca") =>
            {
                word
            }
            _ => bare,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_many_kinds() {
        let found: Vec<_> = words("Don't use C++ or crates.io 1.0.2, well-known in l’été… “OK”").collect();
        assert_eq!(
            found,
            ["Don't", "use", "C++", "or", "crates.io", "1.0.2", "well-known", "in", "l’été", "OK"]
        );
        assert_eq!(words("東京 tower").collect::<Vec<_>>(), ["東", "京", "tower"]);
        assert_eq!(words("अच्छा है").collect::<Vec<_>>(), ["अच्छा", "है"]);
        assert_eq!(count_words("Ein Haus – zwei Türen, 3.5 Meter."), 6);
    }

    #[test]
    fn forms_of_a_word_meet() {
        let mut stems = Stems::new(Language::ENGLISH);
        assert_eq!(stems.of("compilers"), stems.of("compiler"));
        assert_ne!(stems.of("compiler"), stems.of("bread"));
        assert_eq!(stems.of("the"), None);
    }
}
