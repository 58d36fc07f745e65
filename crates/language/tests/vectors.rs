//! Held against texts that nobody here wrote. Each test says so and stops where the texts are not at hand.

#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]

use std::path::{Path, PathBuf};

use bellwether_language::{Analysis, Document, Language, keyphrases};

fn vectors(folder: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors")).join(folder);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not here", path.display());
    None
}

/// Four sentences together are told apart in every language; one alone nearly always.
#[test]
fn languages_are_told() {
    let Some(folder) = vectors("lingua") else { return };
    for code in
        ["ar", "de", "en", "es", "fr", "hi", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv", "tr", "uk", "zh"]
    {
        let text = std::fs::read_to_string(folder.join(code).join("sentences.txt")).unwrap();
        let lines: Vec<&str> = text
            .lines()
            .step_by(3)
            .filter(|line| line.chars().filter(|c| c.is_alphabetic()).count() > 20)
            .collect();
        let right = |texts: &[String]| {
            texts.iter().filter(|text| Language::detect(text).code() == code).count() as f32
                / texts.len() as f32
        };
        let four: Vec<String> = lines.chunks(4).map(|lines| lines.join(" ")).collect();
        let one: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let (four, one) = (right(&four), right(&one));
        println!("{code}: {:.1} % of four sentences, {:.1} % of one", four * 100.0, one * 100.0);
        assert!(four >= 0.96, "{code}: {four}");
        assert!(one >= 0.80, "{code}: {one}");
    }
}

#[test]
fn the_languages_of_whatlang() {
    let Some(folder) = vectors("whatlang") else { return };
    let examples: std::collections::BTreeMap<String, String> =
        serde_json::from_str(&std::fs::read_to_string(folder.join("examples.json")).unwrap()).unwrap();
    let ours = [
        ("eng", "en"),
        ("deu", "de"),
        ("fra", "fr"),
        ("spa", "es"),
        ("ita", "it"),
        ("por", "pt"),
        ("nld", "nl"),
        ("rus", "ru"),
        ("jpn", "ja"),
        ("cmn", "zh"),
        ("kor", "ko"),
        ("ara", "ar"),
        ("hin", "hi"),
        ("tur", "tr"),
        ("ukr", "uk"),
        ("ell", "el"),
        ("heb", "he"),
        ("tha", "th"),
    ];
    for (theirs, code) in ours {
        assert_eq!(Language::detect(&examples[theirs]).code(), code, "{}", examples[theirs]);
    }
}

/// No article leaves a trace of its markup, and each gives something to say.
#[test]
fn articles_are_clean() {
    let Some(folder) = vectors("articles") else { return };
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.iter().step_by(17) {
        let text = std::fs::read_to_string(file).unwrap();
        let document = Document::from_markdown(&text);
        let name = file.display();
        assert!(document.metadata.title.is_some(), "{name}");
        assert!(!document.metadata.authors.is_empty() || text.contains("author"), "{name}");
        for block in &document.blocks {
            for leftover in ["](", "`", "[^", "&amp;", "&nbsp;", "{{", "</", "**", "]["] {
                assert!(!block.text.contains(leftover), "{name}: “{leftover}” in {}", block.text);
            }
        }
        let analysis = Analysis::of(&document);
        assert_eq!(analysis.language, Language::ENGLISH, "{name}");
        assert!(!analysis.key_points.is_empty(), "{name}");
        assert!(
            analysis.topic.is_some() && !analysis.hashtags.is_empty(),
            "{name}: {:?}",
            analysis.keyphrases
        );
        // as others see them: how stems are numbered is of no account
        let seen = |list: &[bellwether_language::Keyphrase]| serde_json::to_string(list).unwrap();
        assert_eq!(seen(&keyphrases(&document, Language::ENGLISH, 16)), seen(&analysis.keyphrases), "{name}");
        let again = Analysis::of(&Document::from_text(&document.to_text()));
        assert!(
            again.sentences.len().abs_diff(analysis.sentences.len()) * 10 <= analysis.sentences.len(),
            "{name}: {} and {}",
            again.sentences.len(),
            analysis.sentences.len()
        );
    }
}
