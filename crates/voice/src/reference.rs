//! Texts of others that ship with the program, so that a voice can be trained before anybody has collected any: many
//! writers, subjects and registers, written for this purpose.

use std::{collections::HashMap, sync::LazyLock};

use bellwether_language::Language;

/// The languages that have some, as ISO 639-1 codes.
pub(crate) const LANGUAGES: [&str; 7] = ["en", "de", "fr", "es", "it", "pt", "nl"];

static TEXTS: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    [
        ("en", include_str!("../reference/en.md")),
        ("de", include_str!("../reference/de.md")),
        ("fr", include_str!("../reference/fr.md")),
        ("es", include_str!("../reference/es.md")),
        ("it", include_str!("../reference/it.md")),
        ("pt", include_str!("../reference/pt.md")),
        ("nl", include_str!("../reference/nl.md")),
    ]
    .into_iter()
    .map(|(code, file)| {
        let texts = file.split("\n---\n").map(str::trim).filter(|text| !text.is_empty()).collect();
        (code, texts)
    })
    .collect()
});

/// Texts of others in a language; none for a language that has none yet.
pub fn reference(language: Language) -> &'static [&'static str] {
    TEXTS.get(language.code()).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use bellwether_language::count_words;

    use super::*;
    use crate::Settings;

    #[test]
    fn each_language_has_enough_different_texts_in_it() {
        for (tag, least) in
            [("en", 48), ("de", 14), ("fr", 14), ("es", 14), ("it", 14), ("pt", 14), ("nl", 14)]
        {
            let language = Language::from_tag(tag).unwrap();
            let texts = reference(language);
            assert!(texts.len() >= least.max(Settings::default().least_others), "{tag}: {}", texts.len());
            assert_eq!(texts.iter().collect::<HashSet<_>>().len(), texts.len(), "{tag}");
            for text in texts {
                assert!(
                    (50..=210).contains(&count_words(text)),
                    "{tag}: {} words: {text}",
                    count_words(text)
                );
                assert_eq!(Language::detect(text), language, "{text}");
            }
        }
        assert!(reference(Language::from_tag("fi").unwrap()).is_empty());
    }
}
