//! Which of several languages a voice is learned in. Pure.

use std::fmt::Write as _;

use bellwether_language::Language;

/// Texts in each language by its code, those of most first; of equally many the first of the alphabet, so that the overview
/// says the same as the training does.
pub(super) fn counted<'a>(texts: impl Iterator<Item = (&'a str, i64)>) -> Vec<(String, i64)> {
    let mut counts: Vec<(String, i64)> = Vec::new();
    for (code, number) in texts {
        match counts.iter_mut().find(|(known, _)| known == code) {
            Some((_, count)) => *count += number,
            None => counts.push((code.to_owned(), number)),
        }
    }
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

/// The name of a language by its code.
pub(super) fn name(code: &str) -> &str {
    match Language::from_tag(code) {
        Some(language) => language.name(),
        None => code,
    }
}

/// What a training leaves out, as a sentence with a space before it; empty when that is nothing.
pub(super) fn left_out(others: &[(String, i64)]) -> String {
    let mut said = String::new();
    for (at, (code, samples)) in others.iter().enumerate() {
        let before = match at {
            0 => " ",
            _ if at + 1 == others.len() => " and ",
            _ => ", ",
        };
        let _ = write!(said, "{before}{samples} in {}", name(code));
    }
    if !others.is_empty() {
        said.push_str(if others.iter().map(|(_, samples)| samples).sum::<i64>() == 1 {
            " is left out: a voice is learned in one language."
        } else {
            " are left out: a voice is learned in one language."
        });
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_said_by_name() {
        let of = |counts: &[(&str, i64)]| left_out(&counted(counts.iter().copied()));
        assert_eq!(of(&[]), "");
        assert_eq!(of(&[("de", 1)]), " 1 in German is left out: a voice is learned in one language.");
        assert_eq!(
            of(&[("fr", 1), ("de", 1), ("ja", 2)]),
            " 2 in Japanese, 1 in German and 1 in French are left out: a voice is learned in one language."
        );
        assert_eq!(counted([("en", 4), ("de", 3), ("de", 1)].into_iter())[0].0, "de");
    }
}
