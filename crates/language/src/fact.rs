//! Numbers, quotations and questions that are worth citing.

use serde::Serialize;

use crate::{BlockKind, Language, Sentence, word};

/// A number that says something, and the sentence it stands in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Statistic {
    /// Index of the sentence.
    pub sentence: usize,
    /// As written, with its unit: “30%”, “$2 million”, “160,000 lines”.
    pub value: String,
    /// How telling it is, 0–1.
    pub weight: f32,
}

/// Somebody's words, and the sentence they stand in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quotation {
    /// Index of the sentence.
    pub sentence: usize,
    /// Without the quotation marks.
    pub text: String,
    /// Whether the sentence says that somebody said it.
    pub attributed: bool,
}

/// The numbers of a text that are worth citing, the most telling first.
pub(crate) fn statistics(sentences: &[Sentence], language: Language) -> Vec<Statistic> {
    let mut out: Vec<Statistic> = sentences
        .iter()
        .enumerate()
        .filter(|(_, sentence)| sentence.stands_alone() && !sentence.question)
        .filter_map(|(index, sentence)| {
            number(&sentence.text, language).map(|(value, weight)| Statistic {
                sentence: index,
                value,
                weight,
            })
        })
        .collect();
    let rating = |statistic: &Statistic| statistic.weight * (0.4 + 0.6 * sentences[statistic.sentence].score);
    out.sort_by(|a, b| rating(b).total_cmp(&rating(a)).then_with(|| a.sentence.cmp(&b.sentence)));
    out.truncate(20);
    out
}

/// What somebody says in a text, in its order.
pub(crate) fn quotations(sentences: &[Sentence], language: Language) -> Vec<Quotation> {
    let mut out: Vec<Quotation> = sentences
        .iter()
        .enumerate()
        .filter_map(|(index, sentence)| {
            if sentence.kind == BlockKind::Quote && sentence.stands_alone() && sentence.words >= 5 {
                return Some(Quotation { sentence: index, text: sentence.text.clone(), attributed: false });
            }
            quotation(&sentence.text, language).map(|(text, attributed)| Quotation {
                sentence: index,
                text,
                attributed,
            })
        })
        .collect();
    out.truncate(20);
    out
}

/// The most telling number of a sentence. Years, dates, versions, ticket numbers and times are no statistics.
pub(crate) fn number(text: &str, language: Language) -> Option<(String, f32)> {
    let tokens: Vec<&str> = text.split(' ').collect();
    let mut best: Option<(String, f32)> = None;
    for (index, token) in tokens.iter().enumerate() {
        let trimmed = token.trim_matches(|c: char| {
            matches!(c, '(' | ')' | ',' | ';' | ':' | '"' | '“' | '”' | '!' | '?' | '*' | '~' | '«' | '»')
        });
        let bare = trimmed.trim_end_matches('.');
        if bare.is_empty()
            || !bare.chars().any(|c| c.is_ascii_digit())
            || !bare.starts_with(|c: char| {
                c.is_ascii_digit() || matches!(c, '$' | '€' | '£' | '¥' | '+' | '-' | '−')
            })
            || bare.contains('/')
        {
            continue;
        }
        let next = tokens
            .get(index + 1)
            .map_or("", |next| next.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']));
        let percent = bare.ends_with('%')
            || matches!(next, "%" | "percent" | "per cent" | "Prozent" | "pour" | "procent");
        let money = bare.starts_with(['$', '€', '£', '¥'])
            || bare.ends_with(['€', '$', '£'])
            || matches!(next, "€" | "euros" | "Euro" | "euro" | "dollars" | "Dollar" | "dólares" | "pounds");
        let times = bare.len() > 1
            && bare.ends_with(['x', '×'])
            && bare[..bare.len() - bare.chars().next_back().map_or(0, char::len_utf8)]
                .chars()
                .all(|c| c.is_ascii_digit() || c == '.')
            || matches!(next, "times" | "Mal" | "mal" | "fois" | "veces");
        let core: String =
            bare.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'')).collect();
        let digits = core.chars().filter(char::is_ascii_digit).count();
        let others = bare.chars().filter(|c| c.is_alphabetic()).count();
        if others > 2
            || digits == 0
            || core.matches('.').count() > 1 && !core.split('.').skip(1).all(|group| group.len() == 3)
        {
            continue;
        }
        let large = matches!(
            next.to_lowercase().as_str(),
            "million"
                | "millions"
                | "billion"
                | "billions"
                | "thousand"
                | "millionen"
                | "milliarden"
                | "tausend"
                | "mio"
                | "mrd"
                | "millones"
                | "mil"
                | "milliards"
                | "milioni"
                | "milhões"
                | "miljoen"
        );
        let value: f64 = core.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0.0);
        let year = digits == 4 && !core.contains([',', '.']) && (1500.0..2200.0).contains(&value);
        let unit = next.chars().all(|c| c.is_alphabetic() || c == '-')
            && next.chars().count() > 2
            && next.starts_with(char::is_alphabetic)
            && !language.is_stop_word(&next.to_lowercase())
            && !language.lexicon().is_some_and(|lexicon| lexicon.breakers.contains(&next.to_lowercase()));
        let before = index.checked_sub(1).map_or("", |i| tokens[i]);
        let label = before.starts_with(char::is_uppercase) && index > 1 && !percent && !money;
        if (year && !percent && !money && !large) || (label && !large) || bare.contains(':') {
            continue;
        }
        let weight = if percent || times {
            1.0
        } else if large || money {
            0.95
        } else if digits >= 3
            && unit
            && (!core.contains(['.', ',']) || core.split(['.', ',']).skip(1).all(|group| group.len() == 3))
        {
            0.8
        } else if unit && value >= 2.0 && !bare.contains('.') {
            0.5
        } else {
            continue;
        };
        let with_next = !next.is_empty()
            && !bare.ends_with(['%', '€', '$'])
            && (large || percent || times || money && !bare.starts_with(['$', '€', '£']) || unit);
        // “4 500”: groups may be set apart by a space
        let grouped = before.len() <= 3
            && !before.is_empty()
            && before.chars().all(|c| c.is_ascii_digit())
            && bare.len() >= 3
            && bare[..3].chars().all(|c| c.is_ascii_digit());
        let bare = if grouped { format!("{before} {bare}") } else { bare.to_owned() };
        let value = if with_next { format!("{bare} {next}") } else { bare };
        if best.as_ref().is_none_or(|(_, other)| weight > *other) {
            best = Some((value, weight));
        }
    }
    best
}

/// The words in quotation marks when they are somebody's sentence rather than a term.
pub(crate) fn quotation(text: &str, language: Language) -> Option<(String, bool)> {
    let inner = [('“', '”'), ('„', '“'), ('«', '»'), ('"', '"'), ('「', '」'), ('„', '”')].iter().find_map(
        |(open, close)| {
            let from = text.find(*open)? + open.len_utf8();
            let to = from + text[from..].find(*close)?;
            Some(text[from..to].trim())
        },
    )?;
    if word::count_words(inner) < 5 {
        return None;
    }
    let lower = text.to_lowercase();
    let attributed = language
        .lexicon()
        .is_some_and(|lexicon| lexicon.speech.iter().any(|verb| contains_word(&lower, verb)));
    Some((inner.trim_end_matches(',').to_owned(), attributed))
}

/// Whether a sentence asks.
pub(crate) fn is_question(text: &str) -> bool {
    text.trim_end_matches(|c: char| {
        matches!(c, '"' | '”' | '“' | '»' | ')' | ' ' | '’') || crate::sentence::is_emoji(c)
    })
    .ends_with(['?', '？', '؟'])
}

/// Whether a word or group of words occurs, not as part of another word.
pub(crate) fn contains_word(lower: &str, wanted: &str) -> bool {
    let mut from = 0;
    while let Some(found) = lower[from..].find(wanted) {
        let (start, end) = (from + found, from + found + wanted.len());
        let before = lower[..start].chars().next_back().is_some_and(char::is_alphanumeric);
        let after = lower[end..].chars().next().is_some_and(char::is_alphanumeric);
        if !before && !after {
            return true;
        }
        from = end;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telling_numbers_only() {
        for (text, value) in [
            ("Pages load 30% faster now.", Some("30%")),
            ("It replaces 160,000 lines of C++ with 85,000.", Some("160,000 lines")),
            ("We raised $2 million in May.", Some("$2 million")),
            ("Der Umsatz stieg um 12 Prozent.", Some("12 Prozent")),
            ("Nous avons vendu 4 500 pains.", Some("4 500 pains")),
            ("Rust 1.26.2 came in 2018.", None),
            ("See #1234 and RFC 2005 of 3/4.", None),
            ("Open at 10:30 daily.", None),
            ("Issue 10184 was opened back in October.", None),
            ("We bake 40 loaves a day.", Some("40 loaves")),
        ] {
            assert_eq!(
                number(text, Language::detect(text)).map(|(value, _)| value).as_deref(),
                value,
                "{text}"
            );
        }
    }

    #[test]
    fn quotations_and_terms() {
        assert_eq!(
            quotation("“We never rush the dough at all,” said Ann.", Language::ENGLISH),
            Some(("We never rush the dough at all".into(), true))
        );
        assert_eq!(quotation("The so-called “cold proof” works.", Language::ENGLISH), None);
    }
}
