//! What drafts of a trend are written from: what its sources say, each with its name and address.

use std::{collections::HashSet, fmt::Write as _};

use bellwether_kernel::Timestamp;
use bellwether_language::{Language, sentences};
use bellwether_models::{Report, Reported};

use super::model::{Angle, Format};
use crate::{ItemId, TrendId};

/// Items that a draft is written from.
const ITEMS: usize = 8;
/// Sentences taken of each.
const SENTENCES: usize = 4;
/// Letters taken of each.
const LETTERS: usize = 700;

/// An item as it is named and quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) id: ItemId,
    pub(super) title: String,
    pub(super) url: String,
    /// Name of who said it.
    pub(super) source: String,
    pub(super) at: Timestamp,
    /// The beginning of its text.
    pub(super) text: String,
}

/// What a writer is given of a trend.
#[derive(Debug, Clone, PartialEq)]
pub struct Material {
    /// The trend.
    pub trend: TrendId,
    /// A title for what is written.
    pub title: String,
    /// What the sources say, as Markdown.
    pub text: String,
    /// The same, with whose each is.
    pub reported: Reported,
    /// Where the first of them can be read.
    pub url: String,
    /// For writers who follow instructions.
    pub instructions: String,
    /// The angle that was asked for.
    pub angle: Option<Angle>,
}

/// Puts together what the items say: those that the angle names first, in the order of time where it is told in order.
/// Each source's words stand under its headline with its name below them. None where nothing speaks of it any more.
pub(super) fn compose(
    name: &str,
    told: &[Told],
    angle: Option<&Angle>,
    language: &str,
) -> (String, Reported) {
    let wanted = |one: &Told| angle.is_some_and(|angle| angle.evidence.contains(&one.id));
    // each is heard before anybody is heard twice
    let mut heard: HashSet<&str> = HashSet::new();
    let mut order: Vec<(bool, bool, &Told)> =
        told.iter().map(|one| (!wanted(one), !heard.insert(&one.source), one)).collect();
    order.sort_by_key(|(other, again, _)| (*other, *again));
    let language = Language::from_tag(language).unwrap_or(Language::UNKNOWN);
    let mut said: HashSet<String> = HashSet::new();
    let mut found: Vec<(&Told, String)> = Vec::new();
    for (.., one) in order {
        if found.len() == ITEMS {
            break;
        }
        // a copy says nothing that has not been said
        let Some(text) = sayings(one, language, &mut said) else { continue };
        found.push((one, text));
    }
    if angle.is_some_and(|angle| angle.format == Format::Thread) {
        found.sort_by_key(|(one, _)| one.at);
    }
    let mut sources: Vec<Report> = Vec::new();
    let mut out = String::new();
    for (one, text) in found {
        let _ = write!(out, "## {}\n\n", one.title);
        if !text.is_empty() {
            let _ = write!(out, "{text}\n\n");
        }
        let _ = write!(out, "Source: {} ({})\n\n", one.source, one.url);
        sources.push(Report {
            name: one.source.clone(),
            title: one.title.clone(),
            url: one.url.clone(),
            text,
        });
    }
    (out.trim_end().to_owned(), Reported { about: name.to_owned(), sources })
}

/// Its first sentences that nobody has said yet; empty where only its title is known, none where all has been said.
fn sayings(told: &Told, language: Language, said: &mut HashSet<String>) -> Option<String> {
    let text = told.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut list: Vec<&str> = Vec::new();
    let (mut letters, mut there) = (0, false);
    for range in sentences(&text, language) {
        let sentence = text[range].trim();
        // where a text was cut is no sentence, and the title stands above
        if !sentence.ends_with(['.', '!', '?', '”', '"', '…', '。'])
            || sentence.trim_end_matches(['.', '!', '?']) == told.title.trim_end_matches(['.', '!', '?'])
        {
            continue;
        }
        there = true;
        letters += sentence.chars().count();
        if list.len() == SENTENCES || letters > LETTERS {
            break;
        }
        if said.insert(sentence.to_lowercase()) {
            list.push(sentence);
        }
    }
    (!there || !list.is_empty()).then(|| list.join(" "))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn told(number: u128, source: &str, title: &str, text: &str) -> Told {
        Told {
            id: ItemId::from(Uuid::from_u128(number)),
            title: title.to_owned(),
            url: format!("https://{number}.example/"),
            source: source.to_owned(),
            at: "2026-11-16T09:00:00Z".parse().unwrap(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn every_source_is_named_with_its_address_and_only_its_own_words() {
        let all = [
            told(
                1,
                "Hands and Hours",
                "The free Friday",
                "Orders did not fall. Sick days did. And then it was cut in the",
            ),
            told(
                2,
                "City Craft News",
                "Seven workshops",
                "Orders did not fall. Sick days did. And then it was cut in the",
            ),
            told(3, "The Joinery Letter", "Shorter weeks", ""),
        ];
        let (text, reported) = compose("Free Friday", &all, None, "en");
        let said: Vec<_> =
            reported.sources.iter().map(|source| (source.name.as_str(), source.text.as_str())).collect();
        assert_eq!(
            said,
            [("Hands and Hours", "Orders did not fall. Sick days did."), ("The Joinery Letter", "")]
        );
        assert_eq!(reported.about, "Free Friday");
        assert_eq!(
            text,
            "## The free Friday\n\nOrders did not fall. Sick days did.\n\nSource: Hands and Hours (https://1.example/)\n\n\
             ## Shorter weeks\n\nSource: The Joinery Letter (https://3.example/)"
        );
    }

    #[test]
    fn what_the_angle_names_comes_first_and_a_thread_goes_by_time() {
        let mut all =
            [told(1, "A", "One", "First."), told(2, "B", "Two", "Second."), told(3, "C", "Three", "Third.")];
        all[2].at = "2026-11-15T09:00:00Z".parse().unwrap();
        let mut angle = Angle {
            id: "meaning".to_owned(),
            title: "X".to_owned(),
            angle: "Y".to_owned(),
            format: Format::Post,
            evidence: vec![all[1].id, all[2].id],
            writer: None,
        };
        let names = |angle: &Angle| -> Vec<String> {
            compose("X", &all, Some(angle), "en").1.sources.into_iter().map(|one| one.name).collect()
        };
        assert_eq!(names(&angle), ["B", "C", "A"]);
        angle.format = Format::Thread;
        assert_eq!(names(&angle), ["C", "B", "A"]);
    }
}
