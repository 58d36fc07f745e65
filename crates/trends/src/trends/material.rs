//! What drafts of a trend are written from: what its sources say, each named in the sentence and with its address.

use std::{collections::HashSet, fmt::Write as _};

use bellwether_kernel::Timestamp;
use bellwether_language::{Language, sentences};

use super::model::Angle;
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
    /// Where the first of them can be read.
    pub url: String,
    /// For writers who follow instructions.
    pub instructions: String,
    /// The angle that was asked for.
    pub angle: Option<Angle>,
}

/// Puts together what the items say: those that the angle names first, each source's words under its name.
pub(super) fn compose(
    name: &str,
    told: &[Told],
    angle: Option<&Angle>,
    language: &str,
) -> (String, Vec<usize>) {
    let wanted = |one: &Told| angle.is_some_and(|angle| angle.evidence.contains(&one.id));
    let mut order: Vec<usize> = (0..told.len()).collect();
    order.sort_by_key(|index| !wanted(&told[*index]));
    let language = Language::from_tag(language).unwrap_or(Language::UNKNOWN);
    let mut said: HashSet<String> = HashSet::new();
    let mut used = Vec::new();
    let mut out = format!("# {name}\n");
    for index in order {
        let one = &told[index];
        if used.len() == ITEMS {
            break;
        }
        // a copy says nothing that has not been said
        let Some(text) = quoted(one, language, &mut said) else { continue };
        let _ = write!(out, "\n## {}: {}\n\n{text}\n", one.source, one.title);
        used.push(index);
    }
    out.push_str("\n## Sources\n\n");
    for index in &used {
        let one = &told[*index];
        let _ = writeln!(out, "- {}: [{}]({})", one.source, one.title, one.url);
    }
    (out, used)
}

/// Its first sentences that nobody has said yet, the first of them with who says so; none where all has been said.
fn quoted(told: &Told, language: Language, said: &mut HashSet<String>) -> Option<String> {
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
    match list.split_first() {
        Some((first, rest)) => {
            // a writer may take any of them alone, or put it behind another source's
            let mut all = format!("{} reports: {first}", told.source);
            for one in rest {
                let _ = write!(all, " {}", attributed(one, &told.source));
            }
            Some(all)
        }
        None if there => None,
        None => Some(format!("{} reports: “{}”.", told.source, told.title)),
    }
}

/// “Sick days fell.” becomes “Sick days fell (Hands and Hours).” What ends in a question or within quotation marks keeps its
/// end.
fn attributed(sentence: &str, source: &str) -> String {
    match sentence.strip_suffix('.').filter(|said| !said.ends_with('.')) {
        Some(said) => format!("{said} ({source})."),
        None => format!("{sentence} ({source})"),
    }
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
        let (text, used) = compose("Free Friday", &all, None, "en");
        assert_eq!(used, [0, 2]);
        assert!(
            text.contains("Hands and Hours reports: Orders did not fall. Sick days did (Hands and Hours).\n"),
            "{text}"
        );
        assert!(text.contains("The Joinery Letter reports: “Shorter weeks”."), "{text}");
        assert!(text.contains("[The free Friday](https://1.example/)") && !text.contains("cut in the"));
    }

    #[test]
    fn a_sentence_that_is_taken_alone_still_says_whose_it_is() {
        let text = "It is law. Parliament voted last night. “Never again.” Who pays?";
        let (text, _) = compose("Repair", &[told(1, "Northern Review", "Law", text)], None, "en");
        let body = "Northern Review reports: It is law. Parliament voted last night (Northern Review). “Never again.” \
                    (Northern Review) Who pays? (Northern Review)\n";
        assert!(text.contains(body), "{text}");
    }

    #[test]
    fn what_the_angle_names_comes_first() {
        let all = [told(1, "A", "One", "First."), told(2, "B", "Two", "Second.")];
        let angle = Angle {
            id: "meaning".to_owned(),
            title: "X".to_owned(),
            angle: "Y".to_owned(),
            format: super::super::Format::Post,
            evidence: vec![all[1].id],
            writer: None,
        };
        assert_eq!(compose("X", &all, Some(&angle), "en").1, [1, 0]);
    }
}
