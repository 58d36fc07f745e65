//! Whether a title says something.

use bellwether_language::Language;

/// Verbs and question words that make a statement of a title.
fn saying(language: Language) -> &'static [&'static str] {
    match language.code() {
        "en" => &[
            "is", "are", "was", "were", "do", "does", "did", "don't", "can't", "can", "should", "must",
            "how", "why", "what", "stop", "never", "won't", "isn't", "will", "not", "beats", "needs",
            "taught",
        ],
        "de" => &[
            "ist", "sind", "war", "wie", "warum", "nie", "hat", "haben", "was", "nicht", "braucht", "kein",
            "keine",
        ],
        "fr" => &["est", "sont", "pourquoi", "comment", "quand", "n'est", "a", "ne"],
        "es" => &["cómo", "qué", "por", "nunca", "es", "somos", "perdimos", "cuando", "no", "lo"],
        "it" => &["è", "sono", "perché", "come", "cosa", "non", "mai", "ho"],
        "pt" => &["é", "são", "porque", "como", "não", "foi", "coisas"],
        "nl" => &["is", "waarom", "hoe", "wat", "zijn", "nooit", "niet", "leerde"],
        _ => &[],
    }
}

/// Numbers that open a list of things.
const COUNTS: &[&str] = &[
    "three", "four", "five", "six", "seven", "eight", "nine", "ten", "drei", "vier", "fünf", "sechs",
    "sieben", "trois", "quatre", "cinq", "sept", "tres", "cuatro", "cinco", "tre", "quattro", "cinque",
    "três", "quatro", "drie", "vijf",
];

/// Titles such as “We deleted 40% of our product” or “Why I closed on Saturdays”, not “Announcing version 2”.
pub fn claims(title: &str, language: Language) -> bool {
    if title.ends_with(['?', '!']) {
        return true;
    }
    let lower = title.to_lowercase().replace('’', "'");
    let words: Vec<&str> = bellwether_language::words(&lower).collect();
    let counted = words.first().is_some_and(|first| {
        (first.chars().all(|c| c.is_ascii_digit()) && first.len() <= 2) || COUNTS.contains(first)
    });
    let speaks = language.lexicon().is_some_and(|lexicon| {
        words.iter().any(|word| lexicon.first_person.contains(*word) || lexicon.second_person.contains(*word))
    });
    words.len() >= 4 && (counted || speaks || words.iter().any(|word| saying(language).contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_and_labels() {
        for (title, tag) in [
            ("We deleted 40% of our product", "en"),
            ("Why I closed on Saturdays", "en"),
            ("Warum wir keine Rabatte mehr geben", "de"),
            ("J'ai supprimé les réunions du lundi", "fr"),
            ("Lo que aprendí al cerrar mi tienda", "es"),
            ("Perché ho smesso di lavorare il sabato", "it"),
            ("Três coisas que o meu primeiro cliente me ensinou", "pt"),
            ("Wat ik leerde van een jaar zonder auto", "nl"),
        ] {
            assert!(claims(title, Language::from_tag(tag).unwrap_or(Language::ENGLISH)), "{title}");
        }
        for title in ["Announcing Rust 1.80", "Seeds, patience and a very late frost", "Release notes"] {
            assert!(!claims(title, Language::ENGLISH), "{title}");
        }
    }
}
