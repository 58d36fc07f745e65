//! What holds for any text.

use bellwether_networks::{
    Content, Instance, Network, Numbering, Target, bluesky, counts, entities, measure, shorten, shorten_for,
    split_thread, split_thread_on, validate,
    x::weight::{Configuration, parse, weighted_length},
};
use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation as _;

/// Texts as people write them and as they don't.
fn texts() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "a",
        "I",
        "word",
        "words",
        "Sentence",
        "incomprehensibilities",
        "über",
        "été",
        "привет",
        "γειά",
        "สวัสดี",
        "한국어",
        "これは日本語です",
        "漢字",
        "👨‍👩‍👧‍👦",
        "🧕🏾",
        "☺️",
        "1️⃣",
        "🇩🇪",
        "cafe\u{301}",
        "3.14",
        "e.g.",
        "Dr.",
        "J.",
        "1,000",
        "don’t",
        "“quoted”",
        "(in brackets)",
        "example.org",
        "notes.md",
        "https://example.com/a/long/path_(here)?with=query&and=more#end",
        "http://例え.みんな/道",
        "#tag",
        "#日本語タグ",
        "#2024",
        "@name",
        "@ada.bsky.social",
        "@bob@example.social",
        "me@example.com",
        "$TICKER",
        "\u{200B}",
        "\u{202A}",
    ]);
    let after = prop::sample::select(vec![
        " ", " ", " ", " ", ". ", ". ", ", ", "? ", "!\n\n", "。", "\n", " – ", "",
    ]);
    let sane = prop::collection::vec((word, after), 0..120)
        .prop_map(|words| words.into_iter().flat_map(|(word, after)| [word, after]).collect::<String>());
    prop_oneof![4 => sane, 1 => any::<String>(), 1 => "[a-z.@#:/\\-_?=&()\u{200D}\u{FE0F}\u{20E3} 0-9あ]{0,80}"]
}

fn targets() -> impl Strategy<Value = Target> {
    prop::sample::select(Target::ALL)
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|ch| !ch.is_whitespace()).collect()
}

proptest! {
    #[test]
    fn nothing_panics(text in texts(), target in targets()) {
        let count = measure(target, &text);
        prop_assert!(count.limit > 0);
        for entity in entities(target.network(), &text) {
            prop_assert_eq!(entity.text, &text[entity.range.clone()]);
            prop_assert!(!entity.text.is_empty());
        }
        for facet in bluesky::facets(&text) {
            prop_assert!(text.get(facet.index.byte_start..facet.index.byte_end).is_some());
        }
        parse(&text, &Configuration::CURRENT);
    }

    #[test]
    fn weights_agree(text in texts()) {
        prop_assert_eq!(weighted_length(&text), parse(&text, &Configuration::CURRENT).weighted_length);
    }

    #[test]
    fn entities_are_in_order_and_apart(text in texts(), network in prop::sample::select(Network::ALL)) {
        let found = entities(network, &text);
        for pair in found.windows(2) {
            prop_assert!(pair[0].range.end <= pair[1].range.start);
        }
    }

    #[test]
    fn posts_fit_and_lose_nothing(text in texts(), target in targets(), numbered in any::<bool>()) {
        let numbering = if numbered { Numbering::Slash } else { Numbering::None };
        let posts = split_thread(&text, target, numbering);
        let mut joined = String::new();
        for (index, post) in posts.iter().enumerate() {
            let count = measure(target, post);
            prop_assert!(count.fits(), "{}: {:?} {:?}", target, count, post);
            prop_assert!(!post.trim().is_empty());
            let prefix = if posts.len() > 1 { numbering.prefix(index + 1) } else { String::new() };
            joined.push_str(post.strip_prefix(&prefix).expect("numbered"));
        }
        prop_assert_eq!(squeezed(&joined), squeezed(&text));
    }

    #[test]
    fn posts_break_nothing(text in texts(), target in targets()) {
        // with room for every entity, none is broken
        let network = target.network();
        let limit = measure(target, "").limit as usize;
        let whole: Vec<String> = entities(network, &text).iter().map(|entity| entity.text.to_owned()).collect();
        prop_assume!(whole.iter().all(|entity| entity.len() < limit));
        let posts = split_thread(&text, target, Numbering::None);
        let mut rest = whole.iter().peekable();
        for post in &posts {
            let mut at = 0;
            while let Some(entity) = rest.peek() {
                let Some(found) = post[at..].find(entity.as_str()) else { break };
                at += found + entity.len();
                rest.next();
            }
        }
        prop_assert!(rest.next().is_none(), "{:?} of {:?} broken in {:?}", rest.next(), whole, posts);
        // nor a grapheme
        let graphemes: std::collections::HashSet<&str> = text.graphemes(true).collect();
        for post in &posts {
            for grapheme in post.graphemes(true).filter(|grapheme| !grapheme.trim().is_empty()) {
                prop_assert!(graphemes.iter().any(|whole| whole.trim() == grapheme.trim()), "{:?}", grapheme);
            }
        }
    }

    #[test]
    fn words_stay_whole(words in prop::collection::vec("[a-z]{1,20}", 1..300), target in targets()) {
        let text = words.join(" ");
        let posts = split_thread(&text, target, Numbering::None);
        let split: Vec<&str> = posts.iter().flat_map(|post| post.split_whitespace()).collect();
        // a limit of a few words can't hold the longest ones; every target holds twenty letters
        prop_assert_eq!(split, words);
    }

    #[test]
    fn small_instances_too(text in texts(), limit in 30_u32..600) {
        let instance = Instance { max_characters: limit, ..Instance::default() };
        for post in split_thread_on(instance, &text, Target::MastodonThread, Numbering::Slash) {
            let count = bellwether_networks::measure_on(instance, Target::MastodonThread, &post);
            prop_assert!(count.fits(), "{:?} {:?}", count, post);
        }
    }

    #[test]
    fn shortened_fits_and_starts_the_same(text in texts(), limit in 1_usize..400, target in targets()) {
        let short = shorten(&text, limit);
        prop_assert!(short.graphemes(true).count() <= limit);
        let stem = short.strip_suffix('…').unwrap_or(&short);
        prop_assert!(text.trim().starts_with(stem));
        for part in bellwether_networks::rules_of(target).parts {
            let short = shorten_for(target, part.part, &text);
            let count = bellwether_networks::measure_part(target, part.part, &short).expect("a part of it");
            prop_assert!(count.fits(), "{:?} {:?}", count, short);
        }
    }

    #[test]
    fn splits_are_valid_threads(text in texts()) {
        for target in [Target::XThread, Target::BlueskyThread, Target::MastodonThread] {
            let thread = split_thread(&text, target, Numbering::Slash);
            let post_count = u32::try_from(thread.len()).expect("few");
            let content = Content::Thread { thread, post_count, hashtags: vec![], mentions: vec![], media_prompt: None };
            prop_assert_eq!(counts(target, &content).len(), post_count as usize);
            for issue in validate(target, &content) {
                prop_assert!(issue.code != "too_long" && issue.code != "empty", "{:?}", issue);
            }
        }
    }
}
