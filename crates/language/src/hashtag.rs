//! Hashtags as a person would write them: real concepts, words joined with capitals.

use crate::{Keyphrase, Language, word};

/// A hashtag is no longer than this.
const LONGEST: usize = 26;

/// Up to `most` hashtags: the author's own tags first, then what the text is about; where that gives none, what the
/// title names.
pub(crate) fn hashtags(
    tags: &[String],
    keyphrases: &[Keyphrase],
    named: Option<&str>,
    language: Language,
    most: usize,
) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let own = tags.iter().filter_map(|tag| from_phrase(tag.trim_start_matches('#')));
    let found = keyphrases
        .iter()
        .filter(|phrase| fits(phrase, language))
        .filter_map(|phrase| from_phrase(&phrase.text));
    for tag in own.chain(found) {
        let lower = tag.to_lowercase();
        let bare = &lower[1..];
        // #Rust and #RustLanguage beside each other look like stuffing
        let near = out.iter().any(|other| {
            let other = other.to_lowercase();
            other == lower
                || &other[1..] == bare.trim_end_matches('s')
                || other[1..].trim_end_matches('s') == bare
                // #BackgroundJobs says #Jobs already
                || (bare.len() > 3 && other.ends_with(bare))
                || (bare.chars().count() > 2 && other[1..].starts_with(bare))
        });
        if !near {
            out.push(tag);
        }
        if out.len() == most {
            break;
        }
    }
    // one plain word and nothing else says too little, unless the text is plainly about it
    let plain = |phrase: &Keyphrase| {
        !phrase.name
            && !phrase.text.contains([' ', '-'])
            && phrase.count < if phrase.in_title { 4 } else { 7 }
            && out.first().is_some_and(|tag| from_phrase(&phrase.text).as_ref() == Some(tag))
    };
    if out.len() == 1 && tags.is_empty() && keyphrases.iter().any(plain) {
        out.clear();
    }
    if out.is_empty() {
        // a lone word is what was left out
        let named = named.filter(|named| named.contains([' ', '-']));
        out.extend(named.and_then(from_phrase));
    }
    out
}

fn fits(phrase: &Keyphrase, language: Language) -> bool {
    let words = phrase.text.split(' ').count();
    // “October 21” is no concept
    let dated = phrase.text.split(' ').any(|word| word.chars().all(|c| c.is_ascii_digit()))
        && language.lexicon().is_some_and(|lexicon| {
            phrase.text.split(' ').any(|word| lexicon.generic.contains(&word.to_lowercase()))
        });
    words <= 3
        && !dated
        && match (words, phrase.name, phrase.in_title) {
            (1, false, true) => phrase.count >= 3,
            (1, false, false) => phrase.count >= 5,
            (_, true, false) => phrase.count >= 2,
            (_, _, in_title) => in_title || phrase.count >= 2,
        }
        && !language.lexicon().is_some_and(|lexicon| {
            let last = phrase.text.rsplit(' ').next().unwrap_or_default().to_lowercase();
            lexicon.generic.contains(&last) && !phrase.name
        })
}

/// `#FearlessConcurrency` from “fearless concurrency”; a version number at the end is left out.
pub fn from_phrase(phrase: &str) -> Option<String> {
    let mut tag = String::from("#");
    for word in phrase.split([' ', '-', '/', '&', '\'', '’', '‑']).filter(|word| !word.is_empty()) {
        if word.contains(['.', '+', '#', '_', ':', '@']) {
            // “Rust 1.94.1” is tagged as #Rust; other such names have no hashtag
            if word.chars().all(|c| c.is_ascii_digit() || c == '.') && tag.len() > 1 {
                continue;
            }
            return None;
        }
        if !word.chars().all(|c| c.is_alphanumeric() || c.is_alphabetic()) {
            return None;
        }
        let mut chars = word.chars();
        if let Some(first) = chars.next() {
            let inner_capital = chars.clone().any(char::is_uppercase);
            if inner_capital {
                tag.push(first);
            } else {
                tag.extend(first.to_uppercase());
            }
            tag.push_str(chars.as_str());
        }
    }
    let letters = tag.chars().filter(|c| c.is_alphabetic()).count();
    let fits = (letters >= 3
        || (letters == 2
            && (tag.chars().skip(1).all(char::is_uppercase) || tag.chars().any(word::is_ideograph))))
        && tag.chars().count() <= LONGEST + 1
        && tag.chars().nth(1).is_some_and(char::is_alphabetic);
    fits.then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_plain_word_is_no_tag() {
        let phrase = |text: &str, count, name| Keyphrase {
            text: text.into(),
            score: 1.0,
            count,
            in_title: true,
            name,
            stems: vec![1],
        };
        let of = |tags: &[String], phrases: &[Keyphrase]| hashtags(tags, phrases, None, Language::ENGLISH, 8);
        assert_eq!(of(&[], &[phrase("prices", 3, false)]), Vec::<String>::new());
        assert_eq!(of(&[], &[phrase("sourdough", 5, false)]), ["#Sourdough"]);
        assert_eq!(of(&[], &[phrase("Trondheim", 3, true)]), ["#Trondheim"]);
        assert_eq!(of(&["#craft".to_owned()], &[phrase("prices", 3, false)]), ["#Craft", "#Prices"]);
    }

    #[test]
    fn as_a_person_would() {
        for (phrase, tag) in [
            ("fearless concurrency", Some("#FearlessConcurrency")),
            ("Rust 1.94.1", Some("#Rust")),
            ("iOS", Some("#iOS")),
            ("WebAssembly", Some("#WebAssembly")),
            ("AI", Some("#AI")),
            ("boulangerie à Lyon", Some("#BoulangerieÀLyon")),
            ("2024", None),
            ("crates.io", None),
            ("std::mem", None),
            ("an extremely long phrase that goes on", None),
        ] {
            assert_eq!(from_phrase(phrase).as_deref(), tag, "{phrase}");
        }
    }
}
