//! One slide: what names it in large letters, and the sentences under it.

use std::ops::Range;

use bellwether_language::{Footing, Language};
use bellwether_networks::Part;

use super::{
    context::{Context, technical},
    text::{Piece, Text},
};

/// A slide to be.
pub struct Draft {
    pub title: Piece,
    pub body: Text,
    pub named: Named,
}

/// How well a slide's title names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// Nothing in the text names it: its number does.
    Number,
    /// By the beginning of its sentence, which goes on below.
    Parted,
    /// By words that are whole.
    Whole,
}

impl Draft {
    pub fn new(title: Piece, body: Option<Piece>) -> Self {
        Self { title, body: body.map(Text::of).unwrap_or_default(), named: Named::Whole }
    }
}

/// One thought: what names it in large letters, and the sentences. Named by its heading, by its own first sentence when
/// that is short, by what stands before its colon, by a phrase that comes back in the text, by a number with its unit;
/// at last its first sentence is parted where it can be.
pub fn slide(
    context: &Context<'_>,
    range: &Range<usize>,
    number: usize,
    heading: Option<&str>,
    titles: &mut Vec<String>,
) -> Draft {
    let material = context.material;
    let sentences = &material.analysis.sentences;
    let text = if sentences[range.start].footing == Footing::Before {
        material.verbatim(range)
    } else {
        material.text(range)
    };
    let origin = material.origin(range);
    let body = || Some(Piece { text: text.clone(), origin: origin.clone() });
    let fresh = |title: &str| {
        context.fits(title, Part::SlideTitle)
            && !technical(title)
            && !context.wishes.forbids(title)
            && !titles.contains(&title.to_lowercase())
            && bellwether_language::count_words(title) <= 14
    };
    let parted = |(title, rest): (String, String)| {
        fresh(&title).then(|| {
            let named = if title.ends_with('…') { Named::Parted } else { Named::Whole };
            let (title, rest) = [title, rest].map(|text| Piece { text, origin: origin.clone() }).into();
            Draft { named, ..Draft::new(title, Some(rest)) }
        })
    };
    // “160,000 lines” over the sentence that says of what
    let by_number = || {
        let statistic = material.analysis.statistics.iter().find(|statistic| {
            range.contains(&statistic.sentence)
                && statistic.weight > 0.6
                && statistic.value.chars().any(char::is_alphabetic)
                && text.contains(&statistic.value)
                && fresh(&statistic.value)
        })?;
        Some(Draft::new(Piece { text: statistic.value.clone(), origin: origin.clone() }, body()))
    };
    let by_heading = || {
        let heading = heading.filter(|heading| fresh(heading))?;
        Some(Draft::new(Piece::words(material, heading), body()))
    };
    // a whole sentence in large letters, what follows it below
    let by_sentence = || {
        let first = range.start..range.start + 1;
        let title = if sentences[range.start].footing == Footing::Before {
            Piece::following(material, &first)
        } else {
            Piece::sentences(material, &first)
        };
        if !fresh(&title.text) {
            return None;
        }
        let rest = range.start + 1..range.end;
        let mut title = title;
        // headlines end without a full stop
        if title.text.ends_with('.') && !title.text.ends_with("..") {
            title.text.pop();
        }
        Some(if rest.is_empty() {
            Draft::new(title, None)
        } else {
            Draft::new(title, Some(Piece::following(material, &rest)))
        })
    };
    let by_phrase = || {
        let lower = text.to_lowercase();
        let phrase = material.analysis.keyphrases.iter().skip(1).find(|phrase| {
            lower.contains(&phrase.text.to_lowercase())
                && fresh(&phrase.text)
                && names_a_thought(context, phrase)
        })?;
        Some(Draft::new(
            Piece { text: capitalised(&phrase.text), origin: material.origin_of(&phrase.text) },
            body(),
        ))
    };
    let draft = by_heading()
        .or_else(by_sentence)
        .or_else(|| split_at_colon(&text).and_then(parted))
        .or_else(by_phrase)
        .or_else(by_number)
        .or_else(|| split_at_comma(&text).and_then(parted))
        .or_else(|| split_at_word(&text, material.analysis.language).and_then(parted))
        // nothing in the text names it: its number does
        .unwrap_or_else(|| Draft {
            named: Named::Number,
            ..Draft::new(Piece::pattern("number", number.to_string()), body())
        });
    titles.push(draft.title.text.to_lowercase());
    draft
}

/// One word names nothing; several, a compound or a long German noun do.
fn names_a_thought(context: &Context<'_>, phrase: &bellwether_language::Keyphrase) -> bool {
    let several = phrase.text.contains([' ', '-']);
    let german = context.material.analysis.language == Language::GERMAN && phrase.text.chars().count() >= 8;
    phrase.count >= 2 && (several || german)
}

fn split_at_colon(text: &str) -> Option<(String, String)> {
    let (title, rest) =
        text.split_once(": ").or_else(|| text.split_once(" — ")).or_else(|| text.split_once(" – "))?;
    let enough = (2..=8).contains(&bellwether_language::count_words(title))
        && bellwether_language::count_words(rest) >= 4;
    let whole = !title.contains(['.', ',', '(', '"', '“', '«', '„', '!', '?'])
        && !rest.contains([')', '”', '—', '–']);
    (enough && whole).then(|| (title.trim_end().to_owned(), capitalised(rest)))
}

/// A sentence on two levels, parted at its first comma.
fn split_at_comma(text: &str) -> Option<(String, String)> {
    let (title, rest) = text.split_once(", ")?;
    let enough = (3..=12).contains(&bellwether_language::count_words(title))
        && bellwether_language::count_words(rest) >= 4;
    let whole = !title.contains(['.', '(', '"', '“', '«', '„', '!', '?', ':', ';', '—', '–', '|'])
        && !rest.contains(['”', '—', '–'])
        && rest.matches('(').count() == rest.matches(')').count();
    (enough && whole).then(|| (format!("{title} …"), format!("… {rest}")))
}

/// A sentence on two levels, parted before a small word near its sixth.
fn split_at_word(text: &str, language: Language) -> Option<(String, String)> {
    let end = text.find(['.', '!', '?', ':', ';', '"', '“', '«', '„', '(', '—', '–']).unwrap_or(text.len());
    let starts: Vec<usize> = text[..end].match_indices(' ').map(|(at, _)| at).collect();
    let small = |at: usize| {
        let next = text[at + 1..].split(' ').next().unwrap_or_default().to_lowercase();
        language.is_stop_word(&next) || language.is_unspaced()
    };
    // not between “of” and “my”, nor between “pick” and “up”
    let particle = |at: usize| {
        let next = text[at + 1..].split([' ', ',']).next().unwrap_or_default();
        matches!(next, "up" | "out" | "off" | "down" | "away" | "back" | "over" | "not" | "n't")
    };
    let places =
        || (5..starts.len().min(11)).filter(|place| small(starts[*place]) && !particle(starts[*place]));
    let place = places().find(|place| !small(starts[*place - 1])).or_else(|| places().next())?;
    let (title, rest) = (text[..starts[place]].trim(), text[starts[place]..].trim());
    (bellwether_language::count_words(rest) >= 4).then(|| (format!("{title} …"), format!("… {rest}")))
}

fn capitalised(text: &str) -> String {
    let word = text.split(' ').next().unwrap_or_default();
    if word.chars().skip(1).any(char::is_uppercase) || word.contains('.') && !word.ends_with('.') {
        return text.to_owned();
    }
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
