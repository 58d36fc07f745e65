//! Texts of others that ship with the program, so that a voice can be trained before anybody has collected any: many
//! writers, subjects and registers, written for this purpose.

use std::{collections::HashMap, sync::LazyLock};

use bellwether_language::Language;

static TEXTS: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    [("en", include_str!("../reference/en.md"))]
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
