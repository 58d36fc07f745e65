//! What a writer without understanding can do to sound more like somebody: changes of form that touch no fact.

use std::collections::BTreeMap;

use bellwether_language::{Language, count_words, words};
use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::{chunk::all_sentences, same::CONTRACTIONS, style::is_emoji};

/// How much somebody does something.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Lean {
    /// Not once in all samples.
    Never,
    /// In few of the samples.
    #[default]
    Seldom,
    /// In many of them.
    Sometimes,
    /// In most of them.
    Often,
}

impl Lean {
    /// By the share of samples that show it.
    fn of(shown: usize, all: usize) -> Self {
        match (shown * 100).checked_div(all).unwrap_or(0) {
            _ if shown == 0 => Self::Never,
            ..25 => Self::Seldom,
            25..60 => Self::Sometimes,
            _ => Self::Often,
        }
    }
}

/// The middle half of some counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Band {
    /// A quarter are lower.
    pub low: u32,
    /// Half are lower.
    pub usual: u32,
    /// A quarter are higher.
    pub high: u32,
}

impl Band {
    fn of(mut values: Vec<usize>) -> Self {
        values.sort_unstable();
        let at = |quarter: usize| {
            values
                .get((values.len() * quarter / 4).min(values.len().saturating_sub(1)))
                .map_or(0, |v| *v as u32)
        };
        Self { low: at(1), usual: at(2), high: at(3) }
    }
}

/// Where emoji and hashtags stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// At the start of lines.
    Start,
    /// Inside sentences or at their ends.
    Within,
    /// At the end of the text.
    #[default]
    End,
}

/// The use of emoji or hashtags.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Marks {
    /// How much.
    pub lean: Lean,
    /// How many in a text that has any.
    pub per_text: u32,
    /// Where.
    pub place: Place,
    /// The author's own, the most used first.
    pub own: Vec<String>,
}

/// Changes of form that make a text more the author's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "habits that an author has or has not, each of its own")]
pub struct Moves {
    /// ISO 639 code.
    pub language: String,
    /// “don't” rather than “do not”: of the places where both could stand.
    pub contractions: Lean,
    /// Semicolons.
    pub semicolons: Lean,
    /// Exclamation marks.
    pub exclamations: Lean,
    /// Questions.
    pub questions: Lean,
    /// Dashes between words.
    pub dashes: Lean,
    /// The dash as the author writes it, spaces included; empty without one.
    pub dash: String,
    /// An ellipsis.
    pub ellipses: Lean,
    /// List items.
    pub lists: Lean,
    /// What list items open with, such as `• `; empty without lists.
    pub bullet: String,
    /// Words of a sentence.
    pub sentence_words: Band,
    /// Sentences of a paragraph.
    pub paragraph_sentences: Band,
    /// Words of a sample.
    pub text_words: Band,
    /// Paragraphs are parted by an empty line rather than a mere line break.
    pub blank_lines: bool,
    /// Most sentences open in lower case.
    pub lower_openings: bool,
    /// Curly apostrophes and quotation marks rather than straight ones.
    pub curly: bool,
    /// Emoji.
    pub emoji: Marks,
    /// Hashtags, without what they are about.
    pub hashtags: Marks,
    /// Hashtags are all in lower case.
    pub lower_hashtags: bool,
    /// Words that several samples open with, verbatim.
    pub openers: Vec<String>,
    /// Lines that several samples close with, verbatim.
    pub sign_offs: Vec<String>,
}

impl Moves {
    pub(crate) fn of(texts: &[&str], language: Language) -> Self {
        let all = texts.len();
        let lean =
            |shows: &dyn Fn(&str) -> bool| Lean::of(texts.iter().filter(|text| shows(text)).count(), all);
        let joined = texts.join("\n");
        let (mut sentence_words, mut openings, mut lower) = (Vec::new(), 0, 0);
        for range in all_sentences(&joined, language) {
            let sentence = &joined[range];
            let count = count_words(sentence);
            if count > 0 && !sentence.trim_start().starts_with('#') {
                sentence_words.push(count);
                openings += 1;
                let first = words(sentence).next().unwrap_or_default();
                lower += usize::from(first.starts_with(char::is_lowercase));
            }
        }
        let paragraph_sentences = texts
            .iter()
            .flat_map(|text| text.lines())
            .filter(|line| count_words(line) > 2 && !is_item(line) && !line.trim_start().starts_with('#'))
            .map(|line| all_sentences(line, language).len())
            .collect();
        let several = texts.iter().filter(|text| text.trim().contains('\n'));
        let blank = several.clone().filter(|text| text.contains("\n\n")).count();
        let count = |marks: &[char]| joined.chars().filter(|c| marks.contains(c)).count();
        Self {
            language: language.code().to_owned(),
            contractions: contractions(&joined, language),
            semicolons: lean(&|text| text.contains(';')),
            exclamations: lean(&|text| text.contains('!')),
            questions: lean(&|text| text.contains('?')),
            dashes: lean(&|text| DASHES.iter().any(|dash| text.contains(dash))),
            dash: DASHES
                .iter()
                .map(|dash| (joined.matches(dash).count(), dash))
                .filter(|(count, _)| *count > 0)
                // a spaced dash holds a bare one: the first of equal counts is the fuller one
                .rev()
                .max_by_key(|(count, _)| *count)
                .map(|(_, dash)| (*dash).to_owned())
                .unwrap_or_default(),
            ellipses: lean(&|text| text.contains('…') || text.contains("...")),
            lists: lean(&|text| text.lines().filter(|line| is_item(line)).count() > 1),
            bullet: bullet(&joined),
            sentence_words: Band::of(sentence_words),
            paragraph_sentences: Band::of(paragraph_sentences),
            text_words: Band::of(texts.iter().map(|text| count_words(text)).collect()),
            blank_lines: several.count() == 0
                || blank * 2 >= texts.iter().filter(|t| t.trim().contains('\n')).count(),
            lower_openings: openings > 0 && lower * 10 >= openings * 6,
            curly: count(&['’', '“', '”']) > count(&['\'', '"']),
            emoji: emoji(texts),
            hashtags: hashtags(texts),
            lower_hashtags: hashtag_words(&joined).all(|tag| !tag.chars().any(char::is_uppercase)),
            openers: recurring(texts, first_words),
            sign_offs: recurring(texts, last_line),
        }
    }
}

const DASHES: [&str; 7] = [" — ", "—", " – ", "–", " -- ", "--", " - "];

pub(crate) fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with(['•', '→', '✓', '✅', '▪', '▸'])
        || ["- ", "* ", "– "].iter().any(|mark| line.starts_with(mark))
        || line.split_once(['.', ')']).is_some_and(|(number, rest)| {
            (1..=2).contains(&number.len())
                && number.bytes().all(|b| b.is_ascii_digit())
                && rest.starts_with(' ')
        })
}

fn bullet(text: &str) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for line in text.lines().map(str::trim_start).filter(|line| is_item(line)) {
        let mark: String = line.chars().take_while(|c| !c.is_alphanumeric()).collect();
        if !mark.is_empty() && mark.chars().count() <= 3 {
            *counts.entry(mark).or_default() += 1;
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(mark, _)| mark).unwrap_or_default()
}

/// By the share of the places where both forms could stand.
fn contractions(text: &str, language: Language) -> Lean {
    if language != Language::ENGLISH {
        return Lean::Seldom;
    }
    let lower = text.to_lowercase().replace('’', "'");
    let spoken: String = words(&lower).flat_map(|word| [word, " "]).collect();
    let spoken = format!(" {spoken}");
    let count = |what: &str| spoken.matches(&format!(" {what} ")).count();
    let (apart, together) = CONTRACTIONS
        .iter()
        .fold((0, 0), |(apart, together), (full, short)| (apart + count(full), together + count(short)));
    match (together * 100).checked_div(apart + together) {
        Some(..5) => Lean::Never,
        None | Some(5..35) => Lean::Seldom,
        Some(35..75) => Lean::Sometimes,
        Some(_) => Lean::Often,
    }
}

fn emoji(texts: &[&str]) -> Marks {
    let mut own: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut shown, mut all, mut places) = (0, 0, [0_usize; 3]);
    for text in texts {
        let end = text.trim_end().len();
        let mut line_start = true;
        let mut here = 0;
        let tail = words(text).last().map_or(0, |word| word.as_ptr() as usize - text.as_ptr() as usize);
        for (at, grapheme) in text.grapheme_indices(true) {
            if is_emoji(grapheme) {
                here += 1;
                *own.entry(grapheme).or_default() += 1;
                places[if line_start {
                    0
                } else if at > tail && at < end {
                    2
                } else {
                    1
                }] += 1;
            }
            line_start = if grapheme == "\n" { true } else { line_start && grapheme.trim().is_empty() };
        }
        shown += usize::from(here > 0);
        all += here;
    }
    let mut own: Vec<(&str, usize)> = own.into_iter().collect();
    own.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let most = (0..3).max_by_key(|at| places[*at]).unwrap_or(2);
    Marks {
        lean: Lean::of(shown, texts.len()),
        per_text: (all as f32 / (shown as f32).max(1.0)).round() as u32,
        place: [Place::Start, Place::Within, Place::End][most],
        own: own.into_iter().take(12).map(|(emoji, _)| emoji.to_owned()).collect(),
    }
}

pub(crate) fn hashtag_words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
        .filter(|word| {
            word.len() > 1 && word.starts_with('#') && word[1..].starts_with(char::is_alphanumeric)
        })
        .map(|word| word[1..].trim_end_matches(|c: char| !c.is_alphanumeric()))
}

fn hashtags(texts: &[&str]) -> Marks {
    let (mut shown, mut all, mut within) = (0, 0, 0);
    let mut own: BTreeMap<String, usize> = BTreeMap::new();
    for text in texts {
        let here = hashtag_words(text).count();
        let at_end = text
            .split_whitespace()
            .rev()
            .take_while(|word| word.starts_with('#') || !word.contains(char::is_alphanumeric))
            .filter(|word| word.starts_with('#'))
            .count();
        for tag in hashtag_words(text) {
            *own.entry(tag.to_owned()).or_default() += 1;
        }
        shown += usize::from(here > 0);
        all += here;
        within += here - at_end.min(here);
    }
    let mut own: Vec<(String, usize)> = own.into_iter().collect();
    own.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Marks {
        lean: Lean::of(shown, texts.len()),
        per_text: (all as f32 / (shown as f32).max(1.0)).round() as u32,
        place: if within * 2 > all { Place::Within } else { Place::End },
        own: own.into_iter().take(12).map(|(tag, _)| tag).collect(),
    }
}

/// What at least two samples and a fifth of them have, the most frequent first.
fn recurring(texts: &[&str], part: fn(&str) -> Option<&str>) -> Vec<String> {
    let mut counts: BTreeMap<String, (usize, &str)> = BTreeMap::new();
    for text in texts {
        if let Some(part) = part(text) {
            let plain: String =
                part.to_lowercase().chars().filter(|c| c.is_alphanumeric() || *c == ' ').collect();
            counts.entry(plain.trim().to_owned()).or_insert((0, part)).0 += 1;
        }
    }
    let least = texts.len().div_ceil(5).max(2);
    let mut list: Vec<(usize, &str)> = counts.into_values().filter(|(count, _)| *count >= least).collect();
    list.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    list.into_iter().take(3).map(|(_, text)| text.to_owned()).collect()
}

/// The words before the first mark when they are few: “Hey folks,”.
fn first_words(text: &str) -> Option<&str> {
    let line = text.trim_start().lines().next()?.trim();
    let end = line
        .find([',', '!', ':', '.', '—', '?'])
        .map_or(line.len(), |at| at + line[at..].chars().next().map_or(1, char::len_utf8));
    let head = &line[..end];
    (1..=5).contains(&count_words(head)).then_some(head)
}

/// The last line, hashtags aside, when it is short and says no number or link that would be of another text.
fn last_line(text: &str) -> Option<&str> {
    let line = text
        .trim_end()
        .lines()
        .rev()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'))?;
    let whole = text.trim().lines().filter(|line| !line.trim().is_empty()).count() == 1;
    ((1..=8).contains(&count_words(line))
        && !whole
        && !line.contains("://")
        && !line.contains(|c: char| c.is_ascii_digit()))
    .then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_are_what_the_samples_do() {
        let own = [
            "Hey folks, we don't bake on Monday!\n\nIt's a rest day — you're welcome on Tuesday. 🥐\n\nSee you at the counter",
            "Hey folks, it's rye week!\n\nDon't wait too long. 🥐🍞\n\nSee you at the counter\n#bread",
            "The oven is back — hooray!\n\nWe're open again. 🥐\n\nSee you at the counter",
        ];
        let moves = Moves::of(&own, Language::ENGLISH);
        assert_eq!(moves.contractions, Lean::Often);
        assert_eq!((moves.exclamations, moves.semicolons), (Lean::Often, Lean::Never));
        assert_eq!(moves.dash, " — ");
        assert_eq!(moves.emoji.own[0], "🥐");
        assert_eq!(moves.openers, ["Hey folks,"]);
        assert_eq!(moves.sign_offs, ["See you at the counter"]);
        assert!(moves.blank_lines && !moves.lower_openings);
        assert_eq!((moves.hashtags.lean, moves.hashtags.per_text), (Lean::Sometimes, 1));
        let plain = Moves::of(&["It is so. We do not know;", "it is not"], Language::ENGLISH);
        assert_eq!((plain.contractions, plain.emoji.lean), (Lean::Never, Lean::Never));
        assert_eq!(Moves::of(&[], Language::GERMAN).text_words, Band::default());
    }
}
