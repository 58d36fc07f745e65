//! Cuts words so that the forms of one word are counted together.
//!
//! Lighter than a linguistic stemmer on purpose: a stem here is only counted, never shown, and a wrong merger hides a
//! trend while a missed one only weakens it. Languages without rules are cut after six letters, which serves counting
//! nearly as well as rules do (McNamee & Mayfield 2004, Information Retrieval 7).

use bellwether_language::Language;

/// The stem of a word in lower case.
pub(crate) fn stem(word: &str, language: Language) -> String {
    let word = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word);
    let word = match word.split_once(['\'', '’']) {
        Some((article, rest)) if article.chars().count() <= 4 && rest.chars().count() > 2 => rest,
        _ => word,
    };
    // names with digits or dots in them (x200, 1.94, crates.io) have one form only
    if word.chars().any(|c| !c.is_alphabetic() && c != '-') {
        return word.to_owned();
    }
    match language.code() {
        "en" | "und" => english(word),
        "de" | "nl" | "sv" | "da" | "no" => {
            drop_ending(word, 4, &["ern", "em", "en", "er", "es", "e", "n", "s"])
        }
        "fr" | "es" | "pt" | "it" | "ca" | "ro" => {
            drop_ending(word, 4, &["es", "os", "as", "s", "x", "e", "a", "o", "i"])
        }
        "ko" => word.chars().take(3).collect(),
        _ => word.chars().take(6).collect(),
    }
}

fn drop_ending(word: &str, least: usize, endings: &[&str]) -> String {
    let length = word.chars().count();
    for ending in endings {
        if let Some(rest) = word.strip_suffix(ending)
            && length - ending.chars().count() >= least
        {
            return rest.to_owned();
        }
    }
    word.to_owned()
}

/// Plurals and the regular endings of verbs.
fn english(word: &str) -> String {
    let length = word.chars().count();
    let mut stem = word.to_owned();
    if length > 3 && stem.ends_with('s') && !["ss", "us", "is"].iter().any(|end| stem.ends_with(end)) {
        stem.pop();
        if stem.ends_with("ie") && stem.len() > 4 {
            stem.truncate(stem.len() - 2);
            stem.push('y');
        } else if ["che", "she", "xe", "sse", "zze"].iter().any(|end| stem.ends_with(end)) {
            stem.pop();
        }
    }
    for ending in ["ing", "ed"] {
        if let Some(rest) = stem.strip_suffix(ending)
            && rest.chars().count() >= 3
            && rest.chars().any(|c| "aeiouy".contains(c))
        {
            let mut backwards = rest.chars().rev();
            let doubled = matches!((backwards.next(), backwards.next()), (Some(last), Some(before))
                if last == before && !"aeiolsz".contains(last));
            stem.truncate(rest.len());
            if doubled {
                stem.pop();
            }
            break;
        }
    }
    if stem.ends_with('e') && stem.chars().count() > 3 {
        stem.pop();
    }
    if stem.ends_with('y') && stem.chars().count() > 3 {
        stem.pop();
        stem.push('i');
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_word_meet() {
        for forms in [
            &["recall", "recalls", "recalled", "recalling"][..],
            &["release", "releases", "released", "releasing"],
            &["battery", "batteries", "battery's"],
            &["launch", "launches", "launched", "launching"],
            &["ban", "bans", "banned", "banning"],
            &["policy", "policies"],
            &["price", "prices", "priced"],
        ] {
            let stems: std::collections::BTreeSet<String> =
                forms.iter().map(|form| stem(form, Language::ENGLISH)).collect();
            assert_eq!(stems.len(), 1, "{forms:?} {stems:?}");
        }
        assert_eq!(stem("brote", Language::GERMAN), stem("broten", Language::GERMAN));
        assert_eq!(stem("l’olivier", Language::FRENCH), stem("oliviers", Language::FRENCH));
    }

    #[test]
    fn other_words_do_not() {
        for (a, b) in
            [("recall", "record"), ("bus", "business"), ("x200", "x300"), ("1.94", "1.95"), ("king", "kind")]
        {
            assert_ne!(stem(a, Language::ENGLISH), stem(b, Language::ENGLISH), "{a} {b}");
        }
    }
}
