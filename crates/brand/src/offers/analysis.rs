//! What a description says of an offer. Everything found is a sentence of it, together with the words by which it was
//! told; what the description doesn't say stays empty. Pure.

use std::{collections::HashMap, sync::LazyLock};

use bellwether_language::{Analysis, Document, Sentence};
use serde::Deserialize;

use super::{Evidence, Finding, Offer};

const BENEFITS: usize = 8;
const FEATURES: usize = 12;

#[derive(Deserialize)]
struct Cues {
    benefit: Vec<String>,
    feature: Vec<String>,
    audience: Vec<String>,
}

// a test reads the file, so a broken one can't ship
static CUES: LazyLock<HashMap<String, Cues>> =
    LazyLock::new(|| toml::from_str(include_str!("cues.toml")).unwrap_or_default());

/// Whether the description is long enough to say anything.
pub(super) fn says_something(text: &str) -> bool {
    bellwether_language::count_words(text) >= 5
}

/// Puts what its description says in place of what was found before. What a person wrote stays, and comes first.
pub(super) fn analyse(offer: &mut Offer) {
    let Some(text) = offer.description.clone() else { return };
    let read = Analysis::of(&Document::from_pasted(&text));
    let cues = CUES.get(read.language.code());
    let find = |cue: fn(&Cues) -> &Vec<String>, sentence: &Sentence| {
        let lower = sentence.text.to_lowercase().replace('’', "'");
        cues.and_then(|cues| cue(cues).iter().find(|words| has_words(&lower, words)).cloned())
    };
    let (mut benefits, mut features, mut audience) = (Vec::new(), Vec::new(), None);
    // a sentence says one thing of the offer; that for whom it is comes before what they have of it
    for sentence in read.sentences.iter().filter(|sentence| !sentence.question) {
        if let Some(cue) = find(|cues| &cues.audience, sentence) {
            audience.get_or_insert_with(|| finding(sentence, cue));
        } else if let Some(cue) = find(|cues| &cues.benefit, sentence) {
            benefits.push(finding(sentence, cue));
        } else if let Some(cue) = find(|cues| &cues.feature, sentence) {
            features.push(finding(sentence, cue));
        } else if sentence.kind.is_item() {
            features.push(finding(sentence, "list item".to_owned()));
        }
    }
    // the core message is a whole unit of one sentence or more; it is the text's own claim, so nothing is composed
    let value = read.core_message().map(|text| Finding {
        evidence: Some(Evidence { sentence: text.clone(), cue: "core message".to_owned() }),
        text,
    });
    renew(&mut offer.benefits, benefits, BENEFITS);
    renew(&mut offer.features, features, FEATURES);
    renew_one(&mut offer.target_audience, audience);
    renew_one(&mut offer.value_proposition, value);
}

fn finding(sentence: &Sentence, cue: String) -> Finding {
    let evidence = Evidence { sentence: sentence.text.clone(), cue };
    Finding { text: sentence.alone().to_owned(), evidence: Some(evidence) }
}

fn renew(field: &mut Vec<Finding>, found: Vec<Finding>, most: usize) {
    field.retain(|finding| finding.evidence.is_none());
    for finding in found.into_iter().filter(short_enough) {
        if field.len() < most && !field.iter().any(|other| other.text == finding.text) {
            field.push(finding);
        }
    }
}

fn renew_one(field: &mut Option<Finding>, found: Option<Finding>) {
    if field.as_ref().is_none_or(|finding| finding.evidence.is_some()) {
        *field = found.filter(short_enough);
    }
}

/// What a field takes; a sentence longer than that is none.
fn short_enough(finding: &Finding) -> bool {
    finding.text.chars().count() <= 1000
}

/// The words by which a sentence in lower case says for whom something is.
pub(crate) fn audience_cue(language: &str, lower: &str) -> Option<String> {
    CUES.get(language)?.audience.iter().find(|words| has_words(lower, words)).cloned()
}

/// Whether a text has the words, the last of them perhaps as the beginning of one: “since 19”.
pub(crate) fn has_start(lower: &str, words: &str) -> bool {
    let number = words.ends_with(|c: char| c.is_ascii_digit());
    lower.match_indices(words).any(|(at, _)| {
        !lower[..at].ends_with(char::is_alphanumeric)
            && (number || !lower[at + words.len()..].starts_with(char::is_alphanumeric))
    })
}

fn has_words(lower: &str, words: &str) -> bool {
    lower.match_indices(words).any(|(at, _)| {
        !lower[..at].ends_with(char::is_alphanumeric)
            && !lower[at + words.len()..].starts_with(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "The Oak Desk is a writing desk from one tree. It is made for people who work at home and have \
        little room. You can fold it to the depth of a book, so your kitchen is a kitchen again after work. The price \
        includes delivery within Germany.\n\nWhat else there is:\n\n- Two drawers with wooden rails\n- A channel for \
        cables\n\nIs it heavy? It weighs 19 kilograms.";

    fn offer(text: &str) -> Offer {
        Offer { name: "Oak Desk".into(), description: Some(text.into()), ..Offer::default() }
    }

    #[test]
    fn the_words_of_every_language_read() {
        assert_eq!(CUES.len(), 7);
        for cues in CUES.values() {
            for words in [&cues.benefit, &cues.feature, &cues.audience] {
                assert!(words.len() > 5 && words.iter().all(|word| *word == word.to_lowercase()));
            }
        }
    }

    #[test]
    fn everything_found_is_a_sentence_of_the_text_with_its_words() {
        let mut offer = offer(TEXT);
        analyse(&mut offer);
        let texts = |list: &[Finding]| list.iter().map(|one| one.text.clone()).collect::<Vec<_>>();
        assert_eq!(
            texts(&offer.benefits),
            ["You can fold it to the depth of a book, so your kitchen is a kitchen again after work."]
        );
        assert_eq!(
            texts(&offer.features),
            [
                "The price includes delivery within Germany.",
                "Two drawers with wooden rails",
                "A channel for cables"
            ]
        );
        let audience = offer.target_audience.clone().unwrap();
        assert_eq!(audience.evidence.unwrap().cue, "for people who");
        let all = offer.benefits.iter().chain(&offer.features).chain(&offer.value_proposition);
        let flat = TEXT.split_whitespace().collect::<Vec<_>>().join(" ");
        for finding in all {
            let evidence = finding.evidence.as_ref().unwrap();
            assert!(flat.contains(&evidence.sentence), "{}", evidence.sentence);
            assert!(evidence.sentence.contains(&finding.text));
        }
    }

    #[test]
    fn what_is_not_said_is_not_found() {
        let mut offer = offer("The desk is brown. The chair is green. Both stand in the hall.");
        analyse(&mut offer);
        assert!(offer.benefits.is_empty() && offer.features.is_empty() && offer.target_audience.is_none());
    }

    #[test]
    fn what_a_person_wrote_stays() {
        let mut offer = offer(TEXT);
        let own = Finding { text: "Made to last".into(), evidence: None };
        offer.benefits = vec![own.clone()];
        offer.target_audience = Some(own.clone());
        analyse(&mut offer);
        analyse(&mut offer);
        assert_eq!((offer.benefits.len(), &offer.benefits[0]), (2, &own));
        assert_eq!(offer.target_audience, Some(own));
    }
}
