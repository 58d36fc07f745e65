//! Finding hashtags.

use std::ops::Range;

use super::chars::{is_digit, is_letter_or_mark};

/// What a network takes for a hashtag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grammar {
    /// X, and with it most others: letters, digits and `_`, at least one letter.
    Letter,
    /// The same, but digits alone are one too.
    Digits,
    /// There are none.
    None,
}

/// Hashtags in reading order, as byte ranges with the sign.
pub fn hashtags(text: &str, grammar: Grammar) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if grammar == Grammar::None || !may_hold_hashtag(text) {
        return found;
    }
    let mut before = None;
    let mut chars = text.char_indices().peekable();
    while let Some((start, ch)) = chars.next() {
        if !is_sign(ch) || before.is_some_and(|before| before == '&' || is_word(before)) {
            before = Some(ch);
            continue;
        }
        let body = start + ch.len_utf8();
        let rest = &text[body..];
        let length = rest.find(|ch| !is_word(ch)).unwrap_or(rest.len());
        let (tag, after) = rest.split_at(length);
        let counts = match grammar {
            Grammar::Letter => tag.chars().any(is_letter_or_mark),
            Grammar::Digits => tag.chars().any(|ch| is_letter_or_mark(ch) || is_digit(ch)),
            Grammar::None => false,
        };
        // keycaps start with the sign too; what runs on into another tag or a scheme is none
        let keycap = rest.starts_with(['\u{FE0F}', '\u{20E3}']);
        if counts && !keycap && !after.starts_with(is_sign) && !after.starts_with("://") {
            found.push(start..body + length);
        }
        if counts && !keycap {
            while chars.next_if(|&(index, _)| index < body + length).is_some() {}
            // the tag's last character is taken: what follows stands at the start of something new
            before = tag.chars().next_back();
        } else {
            before = Some(ch);
        }
    }
    found
}

/// Whether the text is a hashtag and nothing else, sign included.
pub fn is_hashtag(text: &str, grammar: Grammar) -> bool {
    matches!(hashtags(text, grammar).as_slice(), [only] if *only == (0..text.len()))
}

fn may_hold_hashtag(text: &str) -> bool {
    memchr::memchr(b'#', text.as_bytes()).is_some() || (!text.is_ascii() && text.contains('＃'))
}

const fn is_sign(ch: char) -> bool {
    matches!(ch, '#' | '＃')
}

/// What a hashtag is made of: letters, marks, digits, and the signs that scripts write inside a word.
fn is_word(ch: char) -> bool {
    if ch.is_ascii() {
        return ch.is_ascii_alphanumeric() || ch == '_';
    }
    matches!(
        ch,
        '\u{200C}'
            | '\u{200D}'
            | '\u{A67E}'
            | '\u{5BE}'
            | '\u{5F3}'
            | '\u{5F4}'
            | '\u{FF5E}'
            | '\u{301C}'
            | '\u{309B}'
            | '\u{309C}'
            | '\u{30A0}'
            | '\u{30FB}'
            | '\u{3003}'
            | '\u{F0B}'
            | '\u{F0C}'
            | '\u{B7}'
    ) || (!matches!(ch, '\u{FE0E}' | '\u{FE0F}') && (is_letter_or_mark(ch) || is_digit(ch)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(text: &str, grammar: Grammar) -> Vec<&str> {
        hashtags(text, grammar).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn grammars() {
        assert_eq!(tags("#2024 and #b2b, #wörter", Grammar::Letter), ["#b2b", "#wörter"]);
        assert_eq!(tags("#2024 and #b2b, #_", Grammar::Digits), ["#2024", "#b2b"]);
        assert!(tags("#a", Grammar::None).is_empty());
        assert!(is_hashtag("#ContentStrategy", Grammar::Letter));
        for text in ["ContentStrategy", "#two words", "#", "# a", "#a-b", ""] {
            assert!(!is_hashtag(text, Grammar::Letter), "{text}");
        }
    }
}
