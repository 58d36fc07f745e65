//! What is no text: keys struck at random, markup without words.

use std::{collections::HashMap, sync::LazyLock};

use bellwether_language::{Language, count_words, words};

use crate::reference::{LANGUAGES, reference};

/// Of the words of a text, the share of function words from which on it is a text whatever its letters.
const SENTENCES: f32 = 0.15;
/// Bits that a letter takes on average, given the one before it, above which letters follow each other as in no language
/// that is known. Twelve words of real texts take 3.3 on average and never over 4.3, lists of names and terms at most 5.1,
/// keys struck at random 5.6 to 6.5.
const RANDOM: f32 = 5.3;
/// Fewer letters than this say nothing.
const LEAST_LETTERS: usize = 30;
/// How often each letter follows another in the texts that ship with the program: `None` is the end of a word.
struct Letters {
    pairs: HashMap<(Option<char>, Option<char>), f32>,
    firsts: HashMap<Option<char>, f32>,
}

/// Of all their languages at once: names and loan words of one stand in texts of the others.
static LETTERS: LazyLock<Letters> = LazyLock::new(|| {
    let mut letters = Letters { pairs: HashMap::new(), firsts: HashMap::new() };
    for text in LANGUAGES.iter().filter_map(|code| Language::from_tag(code)).flat_map(reference) {
        each_pair(text, &mut |pair| {
            *letters.pairs.entry(pair).or_default() += 1.0;
            *letters.firsts.entry(pair.0).or_default() += 1.0;
        });
    }
    letters
});

/// Calls for each letter of each word of letters with the one before it. Words in capitals are short for something, and
/// their letters follow no rule.
fn each_pair(text: &str, each: &mut dyn FnMut((Option<char>, Option<char>))) {
    for word in words(text) {
        let letters = word.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-'));
        if !letters || !word.chars().any(char::is_lowercase) {
            continue;
        }
        let mut before = None;
        for c in word.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase) {
            each((before, Some(c)));
            before = Some(c);
        }
        each((before, None));
    }
}

/// Bits per letter; none for too few letters.
fn surprise(text: &str) -> Option<f32> {
    // about as many as there are letters: what was never seen counts as half a time
    const KINDS: f32 = 32.0;
    let (mut bits, mut all) = (0.0_f32, 0_usize);
    each_pair(text, &mut |pair| {
        let seen = LETTERS.pairs.get(&pair).copied().unwrap_or_default() + 0.5;
        let of = LETTERS.firsts.get(&pair.0).copied().unwrap_or_default() + 0.5 * KINDS;
        bits -= (seen / of).log2();
        all += 1;
    });
    (all >= LEAST_LETTERS).then(|| bits / all as f32)
}

/// Whether it is no text of a language: hardly a function word in it (`share` of its words, 0 to 1), and letters that follow
/// each other as in none. Lists of names and terms are texts. Says nothing of languages without texts of others.
pub(crate) fn is_nonsense(text: &str, language: Language, share: f32) -> bool {
    share < SENTENCES && !reference(language).is_empty() && surprise(text).is_some_and(|bits| bits > RANDOM)
}

/// The words of a text without its tags; none when it has none.
pub(crate) fn words_beside_markup(text: &str) -> Option<usize> {
    let (beside, tags) = without_tags(text);
    (tags > 0).then(|| count_words(&beside))
}

/// Whether most of it is tags.
pub(crate) fn is_markup(text: &str) -> bool {
    let (beside, tags) = without_tags(text);
    tags > 0 && tags > beside.chars().filter(|c| !c.is_whitespace()).count()
}

/// The text with a space in the place of each tag, and how many characters they have.
fn without_tags(text: &str) -> (String, usize) {
    let (mut beside, mut tags, mut rest) = (String::new(), 0, text);
    while let Some(at) = rest.find('<') {
        let inside = &rest[at + 1..];
        let named = inside.trim_start_matches(['/', '!']).starts_with(|c: char| c.is_ascii_alphabetic());
        let end = inside.find(['<', '>']).filter(|end| named && inside[*end..].starts_with('>'));
        if let Some(end) = end {
            beside.push_str(&rest[..at]);
            beside.push(' ');
            tags += rest[at..at + 1 + end].chars().filter(|c| !c.is_whitespace()).count() + 1;
            rest = &inside[end + 1..];
        } else {
            beside.push_str(&rest[..=at]);
            rest = inside;
        }
    }
    beside.push_str(rest);
    (beside, tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nonsense(text: &str) -> bool {
        let all = count_words(text);
        let little = words(&text.to_lowercase()).filter(|word| Language::ENGLISH.is_stop_word(word)).count();
        is_nonsense(text, Language::ENGLISH, little as f32 / all.max(1) as f32)
    }

    #[test]
    fn keys_struck_at_random_are_nonsense() {
        for text in [
            "asdf qwer zxcv ".repeat(8),
            "asdf jkl qwer uiop zxcv bnm ghjk tyui dfgh cvbn rtyu wert sdfg xcvb".to_owned(),
            "lkjasd poiwe mnzxc qlkwje asdlkj zmxncb qpwoei alskdj zmxnqw poqiwe lksdjf mnbzxc".to_owned(),
        ] {
            assert!(nonsense(&text), "{text}");
        }
    }

    #[test]
    fn lists_and_short_posts_are_not() {
        for text in [
            "Sourdough rye brioche focaccia cinnamon knots croissants espresso cold brew flat white baguettes",
            "Kubernetes Terraform PostgreSQL Redis Kafka gRPC OpenTelemetry Prometheus Grafana Nginx Docker Ansible",
            "Thanks Niko Matsakis, Felix Klock, Alexey Kladov, Eduard Burtescu, Wesley Wiser, Pietro Albini, Ralf Jung",
            "SwiftUI, UIKit, AppKit, iOS, macOS, XCode, CI, CD, API, SDK, HTTP, JSON, YAML, TOML, CSS, HTML, SQL",
            "#bakery #sourdoughlove #breadmaking #artisanbread #weekendvibes #shoplocal #smallbusiness #handmade",
            "brb lol tbh idk omg smh ngl fr fr lmao rn imo wtf",
            "FREE TRIAL. SALE. NOW. BUY ONE, GET ONE. XXL. SKU QR PDF",
        ] {
            assert!(!nonsense(text), "{text}");
        }
    }

    #[test]
    fn no_text_that_ships_with_the_program_is_nonsense() {
        for language in LANGUAGES.iter().filter_map(|code| Language::from_tag(code)) {
            for text in reference(language) {
                let all: Vec<&str> = text.split_whitespace().collect();
                for piece in all.chunks(14).filter(|piece| piece.len() > 11) {
                    let piece = piece.join(" ");
                    // as if no function word were known
                    assert!(!is_nonsense(&piece, language, 0.0), "{piece}");
                    assert!(!is_markup(&piece), "{piece}");
                }
            }
        }
    }

    #[test]
    fn tags_are_no_words() {
        let tags = "<div class=\"row\"><p><b></b></p></div> ".repeat(6);
        assert_eq!(words_beside_markup(&tags), Some(0));
        assert!(is_markup(&tags));
        let page = "<p>We opened the second oven, and I will be honest: it was not easy.</p>";
        assert_eq!((words_beside_markup(page), is_markup(page)), (Some(14), false));
        assert_eq!(words_beside_markup("1 < 2, and that is > 0"), None);
        assert_eq!(words_beside_markup("a Vec<u8 or a slice"), None);
    }
}
