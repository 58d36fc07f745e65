//! X's weighted length: most Latin, Greek, Cyrillic, Arabic … characters weigh one, the rest two; an emoji weighs two
//! however many code points it has; a link weighs 23 however long it is. Counted on the text in Unicode's form NFC.
//!
//! Source: X's published counting configuration, version 3 of `twitter-text`
//! (<https://docs.x.com/fundamentals/counting-characters>).

use std::{borrow::Cow, ops::Range};

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::text::{
    chars::{is_refused, stands_alone},
    emoji, url,
};

/// How to count. [`Configuration::CURRENT`] is what X uses; the others exist for its test suites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// The most that a post may weigh.
    pub limit: u32,
    /// What a weight is divided by.
    pub scale: u32,
    /// Weight of a character outside the ranges, and of an emoji.
    pub default_weight: u32,
    /// Whether an emoji weighs as one character.
    pub emoji: bool,
    /// Weight of a link, unscaled.
    pub url: u32,
    /// First code point, last code point, weight.
    pub ranges: Cow<'static, [(u32, u32, u32)]>,
}

impl Configuration {
    /// Version 3, in force since 2018.
    pub const CURRENT: Self = Self {
        limit: 280,
        scale: 100,
        default_weight: 200,
        emoji: true,
        url: 23,
        ranges: Cow::Borrowed(&[(0, 4351, 100), (8192, 8205, 100), (8208, 8223, 100), (8242, 8247, 100)]),
    };

    fn weight(&self, ch: char) -> u32 {
        let code = ch as u32;
        self.ranges
            .iter()
            .find(|&&(first, last, _)| (first..=last).contains(&code))
            .map_or(self.default_weight, |&(_, _, weight)| weight)
    }
}

/// A text as X sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// In units of which [`Configuration::limit`] fit.
    pub weighted_length: u32,
    /// Not empty, not too long, no refused code point.
    pub valid: bool,
    /// Thousandths of the limit.
    pub permillage: u32,
    /// All of it, in UTF-16 units, as X's own libraries say it; the end is inclusive.
    pub display_range: (usize, usize),
    /// As much as fits, likewise.
    pub valid_range: (usize, usize),
}

/// The weighted length by the current rules.
pub fn weighted_length(text: &str) -> u32 {
    // ASCII weighs one each, unless it holds a link
    let configuration = &Configuration::CURRENT;
    if !url::may_hold_url(text.as_bytes()) {
        if text.is_ascii() {
            return u32::try_from(text.len()).unwrap_or(u32::MAX);
        }
        if let Some(length) = plain_length(text, configuration) {
            return length;
        }
    }
    let text = normalized(text);
    let mut length = 0_u32;
    walk(&text, configuration, |_, weight| length = length.saturating_add(weight));
    length / configuration.scale
}

/// The weighted length of a text without links whose characters all stand alone: none of them is an emoji that weighs
/// anything else than a character at its place.
fn plain_length(text: &str, configuration: &Configuration) -> Option<u32> {
    let mut length = 0_u32;
    for ch in text.chars() {
        if !stands_alone(ch) {
            return None;
        }
        length = length.saturating_add(configuration.weight(ch));
    }
    Some(length / configuration.scale)
}

/// Everything that X says of a text.
pub fn parse(text: &str, configuration: &Configuration) -> Parsed {
    let normalized = normalized(text);
    let most = configuration.limit.saturating_mul(configuration.scale);
    let (mut length, mut units, mut valid, mut valid_end) = (0_u32, 0, true, 0);
    walk(&normalized, configuration, |piece, weight| {
        let piece = &normalized[piece];
        length = length.saturating_add(weight);
        units += piece.encode_utf16().count();
        valid &= !piece.chars().any(is_refused);
        if valid && length <= most {
            valid_end = units - 1;
        }
    });
    let weighted_length = length / configuration.scale;
    let whole = text.encode_utf16().count();
    // normalizing changes the number of units; the ranges are of the text as given
    let valid_end = (valid_end + whole).saturating_sub(units);
    Parsed {
        weighted_length,
        valid: valid && (1..=configuration.limit).contains(&weighted_length),
        permillage: u32::try_from(u64::from(weighted_length) * 1000 / u64::from(configuration.limit.max(1)))
            .unwrap_or(u32::MAX),
        display_range: (0, whole.saturating_sub(1)),
        valid_range: (0, valid_end),
    }
}

fn normalized(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || text.chars().all(stands_alone) || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// Goes through a text piece by piece (link, emoji, character) with the weight of each, scaled.
fn walk(text: &str, configuration: &Configuration, mut each: impl FnMut(Range<usize>, u32)) {
    let mut urls = url::urls(text, url::Grammar::X).into_iter().peekable();
    let mut at = 0;
    while let Some(ch) = text[at..].chars().next() {
        let (end, weight) = if let Some(url) = urls.next_if(|url| url.start == at) {
            (url.end, configuration.url * configuration.scale)
        } else if let Some(length) =
            if configuration.emoji { emoji::length_at_start(&text[at..]) } else { None }
        {
            (at + length, configuration.default_weight)
        } else {
            (at + ch.len_utf8(), configuration.weight(ch))
        };
        each(at..end, weight);
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights() {
        for (text, length) in [
            ("", 0),
            ("Hello.", 6),
            ("See example.com now", 31),
            ("See e.g. this", 13),
            ("https://example.com/a/very/long/path?with=a&query=too", 23),
            ("日本語", 6),
            ("👨‍👩‍👧‍👦", 2),
            ("cafe\u{301}", 4),
            ("“quoted” – it’s…", 17),
        ] {
            assert_eq!(weighted_length(text), length, "{text}");
            assert_eq!(parse(text, &Configuration::CURRENT).weighted_length, length, "{text}");
        }
    }
}
