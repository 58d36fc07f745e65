//! Bluesky's rich text: the text stays plain, and facets say which bytes of it are a link, a mention or a tag. Without
//! a facet a link is not clickable.
//!
//! Sources: the lexicon `app.bsky.richtext.facet`; what is found follows the detection of the official client library
//! (<https://docs.bsky.app/docs/advanced-guides/post-richtext>).

use std::ops::Range;

use serde::{Deserialize, Serialize};
use unicode_properties::UnicodeEmoji;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::text::{
    chars::{is_letter_or_mark, is_punctuation},
    entity::without_overlaps,
    mention, tld,
};

/// Graphemes in a tag (lexicon `app.bsky.richtext.facet#tag`).
pub const TAG_GRAPHEMES: usize = 64;
/// Bytes in a tag, likewise.
pub const TAG_BYTES: usize = 640;

/// A place in the text and what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facet {
    /// Where.
    pub index: ByteSlice,
    /// What; here always one.
    pub features: Vec<Feature>,
}

/// A range of bytes of the UTF-8 text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ByteSlice {
    /// Inclusive.
    pub byte_start: usize,
    /// Exclusive.
    pub byte_end: usize,
}

/// What a place in the text is. A mention names the handle: the publisher resolves it to a DID before it sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "$type")]
pub enum Feature {
    /// A link.
    #[serde(rename = "app.bsky.richtext.facet#link")]
    Link {
        /// Complete, with its scheme.
        uri: String,
    },
    /// An account.
    #[serde(rename = "app.bsky.richtext.facet#mention")]
    Mention {
        /// The handle until it is resolved.
        did: String,
    },
    /// A hashtag.
    #[serde(rename = "app.bsky.richtext.facet#tag")]
    Tag {
        /// Without its sign.
        tag: String,
    },
}

/// Facets in reading order, without overlaps: links go before mentions, mentions before tags.
pub fn facets(text: &str) -> Vec<Facet> {
    let links = links(text);
    let link_ranges: Vec<Range<usize>> = links.iter().map(|(range, _)| range.clone()).collect();
    let mut mentions = mention::mentions(text, mention::Grammar::Domain);
    without_overlaps(&mut mentions, &link_ranges, |mention| mention.range.clone());
    let mut tags = tags(text);
    without_overlaps(&mut tags, &link_ranges, Clone::clone);

    let facet = |range: Range<usize>, feature| Facet {
        index: ByteSlice { byte_start: range.start, byte_end: range.end },
        features: vec![feature],
    };
    let mut facets: Vec<Facet> =
        links.into_iter().map(|(range, uri)| facet(range, Feature::Link { uri })).collect();
    facets.extend(mentions.into_iter().map(|mention| {
        let did = text[mention.range.start + 1..mention.range.end].to_owned();
        facet(mention.range, Feature::Mention { did })
    }));
    facets.extend(tags.into_iter().map(|range| {
        let tag = text[range.clone()].trim_start_matches(['#', '＃']).to_owned();
        facet(range, Feature::Tag { tag })
    }));
    facets.sort_by_key(|facet| facet.index.byte_start);
    facets
}

/// Links: after the start, white space or `(`; with a scheme, or a domain that exists. Each with its full address.
pub(crate) fn links(text: &str) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    if memchr::memchr(b'.', text.as_bytes()).is_none() && !text.contains("://") {
        return found;
    }
    for (start, word) in words(text) {
        let (start, word) = word.strip_prefix('(').map_or((start, word), |rest| (start + 1, rest));
        let has_scheme = ["https://", "http://"].iter().any(|scheme| {
            word.len() > scheme.len()
                && word.is_char_boundary(scheme.len())
                && word[..scheme.len()].eq_ignore_ascii_case(scheme)
        });
        if !has_scheme && !starts_with_domain(word) {
            continue;
        }
        let link = without_punctuation(word);
        let uri = if has_scheme { link.to_owned() } else { format!("https://{link}") };
        found.push((start..start + link.len(), uri));
    }
    found
}

/// A sentence's full stop is no part of the link in it, nor is the bracket that closes around it.
fn without_punctuation(word: &str) -> &str {
    let word = word.strip_suffix(['.', ',', ';', '!', '?', ':', '"', '\'', '”', '’']).unwrap_or(word);
    if word.contains('(') {
        return word;
    }
    let word = word.strip_suffix(')').unwrap_or(word);
    word.strip_suffix(['.', ',', ';', '!', '?']).unwrap_or(word)
}

/// `letters and digits . letters and digits …` up to the first other character, ending in a top-level domain.
fn starts_with_domain(word: &str) -> bool {
    let end = word.find(|ch: char| !(ch.is_ascii_alphanumeric() || ch == '.')).unwrap_or(word.len());
    let domain = word[..end].trim_end_matches('.');
    domain.starts_with(|ch: char| ch.is_ascii_alphabetic())
        && !word[end..].starts_with('@')
        && !domain.contains("..")
        && domain.rsplit_once('.').is_some_and(|(_, top)| tld::is_known(top))
}

/// Tags: after the start or white space, a letter or emoji first, then letters, emoji, digits, `_` and `-`.
pub(crate) fn tags(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if memchr::memchr(b'#', text.as_bytes()).is_none() && !text.contains('＃') {
        return found;
    }
    for (start, word) in words(text) {
        let Some(sign) = word.chars().next().filter(|ch| matches!(ch, '#' | '＃')) else { continue };
        let body = &word[sign.len_utf8()..];
        if !body.chars().next().is_some_and(|ch| is_letter_or_mark(ch) || is_picture(ch)) {
            continue;
        }
        let is_tag = |ch: char| {
            is_letter_or_mark(ch) || is_picture(ch) || ch.is_ascii_digit() || "_-\u{200D}".contains(ch)
        };
        let length = body.find(|ch| !is_tag(ch)).unwrap_or(body.len());
        let tag = body[..length].trim_end_matches(is_punctuation);
        if !tag.is_empty() && tag.len() <= TAG_BYTES && tag.graphemes(true).count() <= TAG_GRAPHEMES {
            found.push(start..start + sign.len_utf8() + tag.len());
        }
    }
    found
}

fn is_picture(ch: char) -> bool {
    !ch.is_ascii() && ch.is_emoji_char()
}

/// Runs without white space, with where they start.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(char::is_whitespace)
        .map(move |word| (word.as_ptr().addr() - text.as_ptr().addr(), word))
        .filter(|(_, word)| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<(&str, Feature)> {
        facets(text)
            .into_iter()
            .map(|facet| (&text[facet.index.byte_start..facet.index.byte_end], facet.features[0].clone()))
            .collect()
    }

    #[test]
    fn offsets_are_bytes() {
        let text =
            "Grüße 👋 an @ada.bsky.social: (siehe https://example.com/a_(b)) und example.org, #Übung_1!";
        let link = |uri: &str| Feature::Link { uri: uri.into() };
        assert_eq!(
            pieces(text),
            [
                ("@ada.bsky.social", Feature::Mention { did: "ada.bsky.social".into() }),
                ("https://example.com/a_(b))", link("https://example.com/a_(b))")),
                ("example.org", link("https://example.org")),
                ("#Übung_1", Feature::Tag { tag: "Übung_1".into() }),
            ]
        );
    }

    #[test]
    fn as_the_lexicon_has_it() {
        let json = serde_json::to_value(facets("Go to example.com")).unwrap();
        assert_eq!(
            json,
            serde_json::json!([{"index": {"byteStart": 6, "byteEnd": 17},
                "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://example.com"}]}])
        );
    }

    #[test]
    fn what_is_none() {
        for text in
            ["", "e.g. this", "#", "# a", "#1", "a#b", "@nobody", "me@example.com", "file.zzzz", "3.14"]
        {
            assert_eq!(pieces(text), [], "{text}");
        }
        let long = format!("#{}", "a".repeat(65));
        assert_eq!(pieces(&long), []);
    }
}
