//! What must hold for any text, however odd.

use bellwether_language::{Analysis, Document, Format, Language, keyphrases, sentences};
use proptest::prelude::*;

/// Pieces that trip parsers, between ordinary words.
fn pieces() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        "# ",
        "## ",
        "- ",
        "1. ",
        "> ",
        "```\n",
        "`",
        "[",
        "](",
        "](http://e.org)",
        "[^1]",
        "[^1]: ",
        "![",
        "{{<",
        ">}}",
        "<div>",
        "</div>",
        "<!--",
        "-->",
        "<script>",
        "&amp;",
        "&#x0;",
        "+++\n",
        "---\n",
        "|a|b|\n|-|-|\n",
        "\n",
        "\n\n",
        "\r\n",
        "\t",
        "…",
        "...",
        ".",
        "!",
        "?",
        "。",
        "”",
        "“",
        "„",
        "«",
        "»",
        "\"",
        "'",
        "(",
        ")",
        "🎉",
        "👨‍👩‍👧",
        "e\u{301}",
        "\u{0}",
        "\u{feff}",
        "\u{202e}",
        "1.0.2",
        "e.g.",
        "Dr.",
        "3.",
        "00:00:01,000 --> 00:00:02,000\n",
        "WEBVTT\n",
        "However, ",
        "This is why ",
        "https://e.org/a.b",
        "a@b.c",
        "30%",
        "東京です",
        "हिन्दी।",
        "العربية؟",
        "{%",
        "%}",
        "**",
        "__",
        "title: x\n",
        "İ",
        "ß",
    ]);
    let word = "[A-Za-zäöüßéñ]{1,9}";
    prop::collection::vec(prop_oneof![odd.prop_map(str::to_owned), word, Just(" ".to_owned())], 0..60)
        .prop_map(|parts| parts.concat())
}

fn check(text: &str) {
    for format in [Format::Markdown, Format::Html, Format::Text, Format::Subtitles, Format::guess(text)] {
        let document = Document::read(text, format);
        for block in &document.blocks {
            assert!(!block.text.trim().is_empty() && block.text.trim() == block.text, "{:?}", block.text);
            assert!(!block.text.contains('\n') && !block.text.contains('`'), "{:?}", block.text);
            for mark in &block.marks {
                assert!(block.text.get(mark.start..mark.end).is_some(), "{mark:?} in {:?}", block.text);
            }
        }
        let analysis = Analysis::of(&document);
        assert_eq!(
            analysis.sections.last().map_or(0, |section| section.sentences.end),
            analysis.sentences.len()
        );
        for sentence in &analysis.sentences {
            assert!(document.blocks[sentence.block].text.contains(&sentence.text));
            assert!((0.0..=1.0).contains(&sentence.score), "{}", sentence.score);
        }
        // as others see them: how stems are numbered is of no account
        let alone = keyphrases(&document, analysis.language, 16);
        assert_eq!(serde_json::to_string(&alone).ok(), serde_json::to_string(&analysis.keyphrases).ok());
        for tag in &analysis.hashtags {
            assert!(
                tag.starts_with('#') && !tag[1..].is_empty() && tag[1..].chars().all(char::is_alphanumeric),
                "{tag}"
            );
        }
        for (index, point) in analysis.key_points.iter().enumerate() {
            assert!(!analysis.key_points[index + 1..].contains(point));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn odd_pieces(text in pieces()) {
        check(&text);
    }

    #[test]
    fn any_characters(text in any::<String>()) {
        check(&text);
    }

    /// Sentences cover all of a text but the space between them, in order.
    #[test]
    fn sentences_lose_nothing(text in pieces(), language in prop::sample::select(vec!["en", "de", "fr", "es", "ja", "ar", "sv"])) {
        let language = Language::from_tag(language).unwrap();
        let mut at = 0;
        for range in sentences(&text, language) {
            prop_assert!(range.start >= at && range.start < range.end);
            prop_assert!(text[at..range.start].trim().is_empty());
            at = range.end;
        }
        prop_assert!(text[at..].trim().is_empty());
    }
}

#[test]
fn large_and_binary() {
    let binary: String = (0..60_000_u32).filter_map(|i| char::from_u32(i % 0x3000)).collect();
    check(&binary);
    let large = "The dough rests for twelve hours, and nobody touches it. ".repeat(40_000);
    let analysis = Analysis::of(&Document::from_markdown(&large));
    assert!(analysis.partial || analysis.sentences.len() > 1_000);
    let brackets = "[".repeat(20_000);
    check(&brackets);
    let quotes = "\"(“„«".repeat(10_000);
    check(&quotes);
    let tags = "<b>x".repeat(10_000);
    check(&tags);
}
