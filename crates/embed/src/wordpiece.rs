//! Text into pieces of words, as the model was taught: BERT's rules for text without capitals, then the longest pieces of
//! the vocabulary.
//!
//! The rules are those of the model's `tokenizer.json`: signs of control go, Chinese characters stand alone, accents and
//! capitals go, words end at spaces and punctuation, each word is cut greedily (Devlin and others 2018, the published
//! vocabulary). What looks like one of the model's own marks (`[SEP]`) is text like any other: sources write what they want.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};

/// Pieces that a text may have, with the marks at both ends.
pub const MOST: usize = 256;
/// Letters of a word that is still cut into pieces.
const LONGEST_WORD: usize = 100;
/// Letters of a text that are looked at: `MOST` pieces are always found in these, and a book does not take its time.
const LONGEST_TEXT: usize = 20_000;

/// The pieces with their numbers.
#[derive(Debug)]
pub struct Vocabulary {
    /// Pieces at the beginning of a word.
    first: HashMap<Box<str>, u32>,
    /// Pieces within one, without their `##`.
    later: HashMap<Box<str>, u32>,
    unknown: u32,
    begin: u32,
    end: u32,
    size: usize,
}

impl Vocabulary {
    /// Reads `vocab.txt`: a piece each line, numbered from 0. None when one of the marks is missing.
    pub fn read(text: &str) -> Option<Self> {
        let (mut first, mut later, mut size) = (HashMap::new(), HashMap::new(), 0);
        for (number, piece) in text.lines().enumerate() {
            let number = u32::try_from(number).ok()?;
            size += 1;
            match piece.strip_prefix("##") {
                Some(rest) if !rest.is_empty() => later.insert(rest.into(), number),
                _ => first.insert(piece.into(), number),
            };
        }
        let mark = |name: &str| first.get(name).copied();
        let (unknown, begin, end) = (mark("[UNK]")?, mark("[CLS]")?, mark("[SEP]")?);
        Some(Self { first, later, unknown, begin, end, size })
    }

    /// How many pieces there are.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The numbers of a text's pieces between the marks of begin and end, at most [`MOST`].
    pub fn pieces(&self, text: &str) -> Vec<u32> {
        let mut found = vec![self.begin];
        for word in words(text) {
            if found.len() >= MOST - 1 {
                break;
            }
            self.cut(&word, &mut found);
        }
        found.truncate(MOST - 1);
        found.push(self.end);
        found
    }

    /// Cuts a word into the longest pieces there are; into the unknown one when a rest has none.
    fn cut(&self, word: &str, found: &mut Vec<u32>) {
        let before = found.len();
        if word.chars().count() > LONGEST_WORD {
            found.push(self.unknown);
            return;
        }
        let mut from = 0;
        while from < word.len() {
            let pieces = if from == 0 { &self.first } else { &self.later };
            let ends = word[from..].char_indices().rev().map(|(at, c)| from + at + c.len_utf8());
            let longest =
                ends.into_iter().find_map(|end| pieces.get(&word[from..end]).map(|piece| (end, *piece)));
            let Some((end, piece)) = longest else {
                found.truncate(before);
                found.push(self.unknown);
                return;
            };
            found.push(piece);
            from = end;
        }
    }
}

/// The words of a text, cleaned: without accents and capitals, signs of punctuation each for itself.
fn words(text: &str) -> Vec<String> {
    let clean = text.chars().take(LONGEST_TEXT).filter(|c| !is_dropped(*c)).flat_map(apart).nfd();
    let plain = clean
        .filter(|c| c.general_category() != GeneralCategory::NonspacingMark)
        .flat_map(char::to_lowercase);
    let (mut words, mut word) = (Vec::new(), String::new());
    for c in plain {
        if c.is_whitespace() || is_punctuation(c) {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            if !c.is_whitespace() {
                words.push(c.to_string());
            }
        } else {
            word.push(c);
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// What is no text: signs of control and form, private ones, the sign for what could not be read.
fn is_dropped(c: char) -> bool {
    if matches!(c, '\t' | '\n' | '\r') {
        return false;
    }
    c == '\u{fffd}'
        || matches!(
            c.general_category(),
            GeneralCategory::Control | GeneralCategory::Format | GeneralCategory::PrivateUse
        )
}

/// A Chinese character with spaces around it; any other as it is.
fn apart(c: char) -> impl Iterator<Item = char> {
    let alone = is_chinese(c);
    let space = move || alone.then_some(' ');
    space().into_iter().chain([c]).chain(space())
}

const fn is_chinese(c: char) -> bool {
    matches!(c,
        '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{2a6df}' | '\u{2a700}'..='\u{2b73f}'
        | '\u{2b740}'..='\u{2b81f}' | '\u{2b920}'..='\u{2ceaf}' | '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}')
}

fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation() || c.general_category_group() == GeneralCategoryGroup::Punctuation
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        Vocabulary::read("[PAD]\n[UNK]\n[CLS]\n[SEP]\nwork\n##shop\n##s\nprice\n,\n小\n工\n##ss").unwrap()
    }

    #[test]
    fn the_longest_pieces_win_and_a_rest_without_one_makes_the_word_unknown() {
        let known = vocabulary();
        assert_eq!(known.pieces("Workshops, price"), [2, 4, 5, 6, 8, 7, 3]);
        assert_eq!(known.pieces("workx price"), [2, 1, 7, 3]);
        assert_eq!(known.pieces(""), [2, 3]);
        assert_eq!(known.pieces(&"s".repeat(101)), [2, 1, 3]);
    }

    #[test]
    fn texts_are_cleaned_as_the_model_was_taught() {
        assert_eq!(words("Ünïcödé\u{200b} déjà-VU\t\u{7}!"), ["unicode", "deja", "-", "vu", "!"]);
        assert_eq!(words("小工 İstanbul"), ["小", "工", "istanbul"]);
        assert_eq!(words("a$b “c”"), ["a", "$", "b", "“", "c", "”"]);
        // a mark of the model's own is text
        assert_eq!(words("[SEP]"), ["[", "sep", "]"]);
    }

    #[test]
    fn long_texts_end_at_the_limit() {
        let pieces = vocabulary().pieces(&"price ".repeat(5_000));
        assert_eq!((pieces.len(), pieces.first(), pieces.last()), (MOST, Some(&2), Some(&3)));
    }
}
