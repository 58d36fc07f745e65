//! A voice in words: what its author does, what they never do, with their own sentences as examples.

use bellwether_language::{Language, count_words};
use serde::{Deserialize, Serialize};

use crate::{
    chunk::all_sentences,
    features::{FEATURES, Feature, Unit},
    moves::Moves,
    style::Style,
};

/// A style guide.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Guide {
    /// ISO 639 code.
    pub language: String,
    /// What the author does more than others, the most telling first.
    pub does: Vec<Rule>,
    /// What others do and the author doesn't, or hardly.
    pub never: Vec<Rule>,
    /// How texts open: recurring words first, then examples. Verbatim.
    pub openings: Vec<String>,
    /// How texts close: recurring lines first, then examples. Verbatim.
    pub closings: Vec<String>,
    /// Turns of phrase that come again and again, verbatim in lower case.
    pub phrases: Vec<String>,
    /// Every habit against that of others, for charts.
    pub habits: Vec<Habit>,
    /// What the built-in writer does about it.
    pub moves: Moves,
}

/// One rule of a guide.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Rule {
    /// The habit's stable name, as in [`FEATURES`].
    pub habit: String,
    /// In words: “You write short sentences: about 9 words (others: 17)”.
    pub text: String,
    /// The author's own sentences that show it, verbatim. None for what is never done.
    pub examples: Vec<String>,
}

/// A habit for a chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Habit {
    /// Stable name.
    pub name: String,
    /// For people.
    pub label: String,
    /// What it counts.
    pub unit: Unit,
    /// The author's usual value.
    pub value: f32,
    /// How far the author's own texts are from it, as a standard deviation.
    pub spread: f32,
    /// The usual value of others.
    pub others: f32,
}

/// What to say of a habit: more of it than others, less of it, none of it. In the form after “you”.
const WORDS: [(&str, &str, &str, &str); 34] = [
    ("sentence_length", "write long sentences", "write short sentences", ""),
    ("sentence_spread", "mix very short sentences with long ones", "keep sentences of like length", ""),
    (
        "short_sentences",
        "use sentences of five words and fewer",
        "seldom use very short sentences",
        "use sentences of five words and fewer",
    ),
    (
        "long_sentences",
        "let sentences run to 25 words and more",
        "seldom let a sentence run long",
        "let a sentence run to 25 words",
    ),
    ("word_length", "choose long words", "choose short words", ""),
    ("long_words", "use many words of seven letters and more", "use few long words", ""),
    ("variety", "vary the words", "come back to the same words", ""),
    (
        "function_words",
        "write in full sentences with all their little words",
        "write tightly, with few little words",
        "",
    ),
    ("paragraph_length", "keep much in one paragraph", "break paragraphs soon", ""),
    ("line_breaks", "break lines often", "seldom break lines", "break lines"),
    ("list_items", "use lists", "seldom use lists", "use lists"),
    ("commas", "use many commas", "use few commas", "use commas"),
    ("semicolons", "use semicolons", "seldom use semicolons", "use semicolons"),
    ("colons", "use colons", "seldom use colons", "use colons"),
    ("dashes", "use dashes", "seldom use dashes", "use dashes"),
    ("parentheses", "put asides in parentheses", "seldom use parentheses", "use parentheses"),
    ("quotes", "use quotation marks", "seldom use quotation marks", "use quotation marks"),
    ("exclamations", "use exclamation marks", "seldom use exclamation marks", "use exclamation marks"),
    ("questions", "ask questions", "seldom ask questions", "ask questions"),
    ("ellipses", "let thoughts trail off with an ellipsis", "seldom use ellipses", "use ellipses"),
    ("emoji", "use emoji", "seldom use emoji", "use emoji"),
    ("hashtags", "use hashtags", "seldom use hashtags", "use hashtags"),
    ("mentions_links", "link and mention", "seldom link or mention", "link or mention"),
    ("digits", "give figures in digits", "seldom give figures", "give figures"),
    ("capitals", "write words in capitals", "seldom write in capitals", "write words in capitals"),
    (
        "lower_openings",
        "open sentences in lower case",
        "seldom open a sentence in lower case",
        "open a sentence in lower case",
    ),
    ("contractions", "use contractions", "seldom use contractions", "use contractions"),
    ("first_person", "speak as I", "seldom speak of yourself", "speak as I"),
    ("we", "say we", "seldom say we", "say we"),
    ("second_person", "address the reader as you", "seldom address the reader", "address the reader"),
    ("hedges", "hedge with words such as perhaps or a bit", "seldom hedge", "hedge"),
    ("boosters", "use strong words such as very or never", "seldom use strong words", "use strong words"),
    (
        "connected_openings",
        "open sentences with And, But or So",
        "seldom open a sentence with And or But",
        "open a sentence with And or But",
    ),
    ("negations", "say what is not", "say things positively", "use negations"),
];

/// Rules of each side.
const MOST_RULES: usize = 12;
/// Of a chart's distance: what is nearer to others than this many of their deviations is not worth a rule.
const TELLING: f32 = 0.35;

/// What a guide is made from, besides the samples.
pub(crate) struct Known<'a> {
    pub(crate) language: Language,
    /// Per habit, in the order of [`FEATURES`]: the author's mean and deviation, the others' mean and deviation.
    pub(crate) habits: Vec<[f32; 4]>,
    pub(crate) moves: &'a Moves,
    pub(crate) phrases: &'a [String],
    pub(crate) words: usize,
}

impl Guide {
    pub(crate) fn of(known: &Known<'_>, samples: &[&str]) -> Self {
        let sentences = own_sentences(samples, known.language);
        let mut rated: Vec<(f32, bool, Rule)> = Vec::new();
        for (k, feature) in FEATURES.iter().enumerate() {
            let (Some([value, _, others, deviation]), Some(words)) =
                (known.habits.get(k).copied(), WORDS.iter().find(|words| words.0 == feature.name))
            else {
                continue;
            };
            let distance = (value - others) / deviation.max(1e-3);
            // “never” is said where there were chances: as many words as others need to do it four times
            let chances =
                known.words as f32 * others / if feature.unit == Unit::Share { 15.0 } else { 100.0 };
            let absent = value <= 1e-4 && chances >= 4.0 && !words.3.is_empty();
            if !absent && distance.abs() < TELLING {
                continue;
            }
            let what = if absent {
                format!("never {}", words.3)
            } else if distance > 0.0 {
                words.1.to_owned()
            } else {
                words.2.to_owned()
            };
            let text = format!("You {what}{}", numbers(*feature, value, others));
            let examples = if absent || (distance < 0.0 && *words != WORDS[0]) {
                Vec::new()
            } else {
                examples(*feature, &sentences, distance > 0.0)
            };
            let seldom = absent || words.2.starts_with("seldom") && distance < 0.0;
            rated.push((
                if absent { distance.abs() + 0.5 } else { distance.abs() },
                seldom,
                Rule { habit: feature.name.to_owned(), text, examples },
            ));
        }
        rated.sort_by(|a, b| b.0.total_cmp(&a.0));
        let side = |of: bool| {
            rated.iter().filter(|one| one.1 == of).take(MOST_RULES).map(|one| one.2.clone()).collect()
        };
        Self {
            language: known.language.code().to_owned(),
            does: side(false),
            never: side(true),
            openings: ends(&known.moves.openers, samples, |text| first_sentence(text, known.language)),
            closings: ends(&known.moves.sign_offs, samples, |text| last_sentence(text, known.language)),
            phrases: known.phrases.to_vec(),
            habits: FEATURES
                .iter()
                .zip(&known.habits)
                .map(|(feature, [value, spread, others, _])| Habit {
                    name: feature.name.to_owned(),
                    label: feature.label.to_owned(),
                    unit: feature.unit,
                    value: *value,
                    spread: *spread,
                    others: *others,
                })
                .collect(),
            moves: known.moves.clone(),
        }
    }

    /// Everything in it that is in the author's own words: sentences, openings, closings, phrases.
    pub fn quotes(&self) -> impl Iterator<Item = &str> {
        let of_moves = self.moves.openers.iter().chain(&self.moves.sign_offs);
        let rules = self.does.iter().chain(&self.never).flat_map(|rule| &rule.examples);
        rules
            .chain(&self.openings)
            .chain(&self.closings)
            .chain(&self.phrases)
            .chain(of_moves)
            .map(String::as_str)
    }

    /// Leaves out the quotes that may not be shown (any longer).
    pub fn keep_quotes(&mut self, keep: impl Fn(&str) -> bool) {
        for rule in self.does.iter_mut().chain(&mut self.never) {
            rule.examples.retain(|quote| keep(quote));
        }
        for quotes in [
            &mut self.openings,
            &mut self.closings,
            &mut self.phrases,
            &mut self.moves.openers,
            &mut self.moves.sign_offs,
        ] {
            quotes.retain(|quote| keep(quote));
        }
    }

    /// Short lines for a language model. The author's own words in them are data: whoever puts them in a prompt fences
    /// them.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let plain = |rule: &Rule| rule.text.strip_prefix("You ").unwrap_or(&rule.text).to_owned();
        notes.extend(self.does.iter().take(10).map(plain));
        notes.extend(self.never.iter().take(8).map(plain));
        let band = self.moves.sentence_words;
        if band.usual > 0 {
            notes.push(format!("half of the sentences have {} to {} words", band.low, band.high));
        }
        if !self.moves.emoji.own.is_empty() {
            notes.push(format!("emoji only from these: {}", self.moves.emoji.own.join(" ")));
        }
        if !self.phrases.is_empty() {
            notes.push(format!(
                "turns of phrase: {}",
                self.phrases.iter().take(8).cloned().collect::<Vec<_>>().join("; ")
            ));
        }
        let example = |what: &str, texts: &[String]| {
            texts.iter().take(2).map(|text| format!("{what}: “{}”", one_line(text))).collect::<Vec<_>>()
        };
        notes.extend(example("opens like", &self.openings));
        notes.extend(example("closes like", &self.closings));
        let mut shown = Vec::new();
        for sentence in self.does.iter().filter_map(|rule| rule.examples.first()) {
            if shown.len() < 4 && !shown.contains(&sentence) {
                shown.push(sentence);
            }
        }
        notes.extend(shown.into_iter().map(|sentence| format!("sounds like: “{}”", one_line(sentence))));
        notes
    }
}

fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(160) {
        Some((at, _)) => format!("{} …", &line[..at]),
        None => line,
    }
}

fn numbers(feature: Feature, value: f32, others: f32) -> String {
    let show = |value: f32| match feature.unit {
        Unit::Share => format!("{:.0} %", value * 100.0),
        Unit::Words if value >= 10.0 => format!("{value:.0}"),
        _ => format!("{value:.1}"),
    };
    let unit = match feature.unit {
        Unit::Words => " words",
        Unit::Letters => " letters",
        Unit::PerHundredWords => " in 100 words",
        Unit::Share => "",
    };
    if value <= 1e-4 {
        format!(" (others: {}{unit})", show(others))
    } else {
        format!(": about {}{unit} (others: {})", show(value), show(others))
    }
}

/// Sentences that are fit to be shown: whole, of a length that can be read at a glance, each once.
fn own_sentences<'a>(samples: &[&'a str], language: Language) -> Vec<(&'a str, Style)> {
    let mut known = std::collections::HashSet::new();
    samples
        .iter()
        .flat_map(|text| all_sentences(text, language).into_iter().map(move |range| text[range].trim()))
        .filter(|sentence| {
            (3..=220).contains(&sentence.len())
                && !sentence.contains("://")
                && known.insert(sentence.to_lowercase())
        })
        .take(1_500)
        .map(|sentence| (sentence, Style::of(sentence, language)))
        .collect()
}

/// Up to three sentences that show a habit plainly.
fn examples(feature: Feature, sentences: &[(&str, Style)], more: bool) -> Vec<String> {
    // what only shows over several sentences has no example
    if matches!(
        feature.name,
        "sentence_spread" | "variety" | "paragraph_length" | "line_breaks" | "function_words" | "word_length"
    ) {
        return Vec::new();
    }
    let mut fit: Vec<(f32, &str)> = sentences
        .iter()
        .filter(|(sentence, _)| {
            (if feature.name == "short_sentences" { 1 } else { 4 }..=32).contains(&count_words(sentence))
        })
        .filter_map(|(sentence, style)| Some((style.get(feature.name)?, *sentence)))
        .collect();
    if more {
        fit.retain(|(value, _)| *value > 0.0);
        fit.sort_by(|a, b| b.0.total_cmp(&a.0));
    } else {
        fit.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    // the plainest are often freaks: the examples are from a little below
    let skip = fit.len() / 20;
    fit.into_iter().skip(skip).take(3).map(|(_, sentence)| sentence.to_owned()).collect()
}

fn ends<'a>(
    recurring: &[String],
    samples: &[&'a str],
    end: impl Fn(&'a str) -> Option<&'a str>,
) -> Vec<String> {
    let mut out = recurring.to_vec();
    // the newest are last
    for text in samples.iter().rev() {
        if out.len() >= recurring.len() + 3 {
            break;
        }
        if let Some(found) = end(text)
            && !out.iter().any(|one| found.starts_with(one.as_str()) || one.starts_with(found))
        {
            out.push(found.to_owned());
        }
    }
    out
}

fn first_sentence(text: &str, language: Language) -> Option<&str> {
    let range = all_sentences(text, language).into_iter().next()?;
    Some(text[range].trim()).filter(|sentence| (8..=160).contains(&sentence.len()))
}

fn last_sentence(text: &str, language: Language) -> Option<&str> {
    let found = all_sentences(text, language)
        .into_iter()
        .map(|range| text[range].trim())
        .rfind(|sentence| !sentence.starts_with('#') && !sentence.contains("://"))?;
    Some(found).filter(|sentence| (8..=160).contains(&sentence.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_habit_has_its_words() {
        for (feature, words) in FEATURES.iter().zip(WORDS) {
            assert_eq!(feature.name, words.0);
        }
    }
}
