//! Mastodon's counting: grapheme clusters, a link with a scheme is 23 (or what the instance says), and of
//! `@name@host` only `@name` counts.
//!
//! Source: `app/validators/status_length_validator.rb` of Mastodon; the instance tells its own numbers in
//! `configuration.statuses.max_characters` and `.characters_reserved_per_url` of `GET /api/v2/instance`.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::text::{
    chars::stands_alone,
    entity::without_overlaps,
    mention::{self, mentions},
    url::{self, urls},
};

/// What an unchanged instance allows.
pub const DEFAULT_LIMIT: u32 = 500;
/// What a link counts on an unchanged instance.
pub const DEFAULT_URL: u32 = 23;

/// The length as an instance counts it that reserves `url` characters for a link.
pub fn length(text: &str, url: u32) -> u32 {
    let (links, mut names) = if memchr::memchr(b'@', text.as_bytes()).is_none() && !text.contains("://") {
        (Vec::new(), Vec::new())
    } else {
        (urls(text, url::Grammar::Mastodon), mentions(text, mention::Grammar::Fediverse))
    };
    without_overlaps(&mut names, &links, |mention| mention.range.clone());
    let mut hidden: Vec<_> = links.iter().map(|link| (link.clone(), url)).collect();
    hidden.extend(
        names
            .into_iter()
            .filter(|name| name.name_end < name.range.end)
            .map(|name| (name.name_end..name.range.end, 0)),
    );
    hidden.sort_by_key(|(range, _)| range.start);
    let (mut length, mut at) = (0_u32, 0);
    for (range, weight) in hidden {
        length = length.saturating_add(graphemes(&text[at..range.start])).saturating_add(weight);
        at = range.end;
    }
    length.saturating_add(graphemes(&text[at..]))
}

/// Grapheme clusters; among characters that stand alone only the pair of carriage return and line feed is one.
pub(crate) fn graphemes(text: &str) -> u32 {
    let alone = if text.is_ascii() { Some(text.len()) } else { count_alone(text) };
    let count = if let Some(count) = alone {
        count - memchr::memmem::find_iter(text.as_bytes(), b"\r\n").count()
    } else {
        text.graphemes(true).count()
    };
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Characters, if every one stands alone.
fn count_alone(text: &str) -> Option<usize> {
    let mut count = 0;
    text.chars()
        .all(|ch| {
            count += 1;
            stands_alone(ch)
        })
        .then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        for (text, expected) in [
            ("", 0),
            ("Hello", 5),
            ("Read https://example.com/a/very/long/path/that/goes/on?and=on.", 29),
            ("example.com", 11),
            ("@bob@example.social hi", 7),
            ("@bob hi", 7),
            ("👨‍👩‍👧‍👦 é", 3),
            ("a\r\nb", 3),
        ] {
            assert_eq!(length(text, DEFAULT_URL), expected, "{text}");
        }
        assert_eq!(length("https://example.com", 10), 10);
    }
}
