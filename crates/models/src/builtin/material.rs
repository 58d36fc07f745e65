//! What a document offers to a writer: passages that read well away from their place, lists, openings.

use std::{collections::HashSet, ops::Range, sync::OnceLock};

use bellwether_language::{Analysis, Bag, BlockKind, Document as Parsed, Faults, Format};

use bellwether_networks::Tone;

use super::{
    flow::{self, Passage},
    openings,
    patterns::{self, Genre, Register},
    reported::Reported,
};
use crate::writer::{Document, Origin};

/// How well something opens, and its sentences.
pub type Rated = (f32, Range<usize>);

/// A document, analysed once for all targets.
pub struct Material {
    pub analysis: Analysis,
    /// Its title, when it reads as one.
    pub title: Option<String>,
    /// The title is the brief's, not the text's.
    pub title_given: bool,
    /// Where it was found.
    pub url: Option<String>,
    /// The author's own tags.
    pub tags: Vec<String>,
    pub register: Register,
    pub genre: Genre,
    /// Sentences that can be said in their place; empty for long texts.
    pub sayable: Vec<bool>,
    /// Passages in reading order.
    pub passages: Vec<Passage>,
    /// Lists that can be shown whole.
    pub lists: Vec<Bullets>,
    /// The telling words of each sentence.
    pub bags: Vec<Bag>,
    /// Sentences that only say a heading again.
    echoes: Vec<bool>,
    /// The block of the last paragraph.
    concluding: Option<usize>,
    /// How well each sentence serves each tone, and how well it opens: worked out when first asked for.
    tones: [OnceLock<Vec<f32>>; 4],
    openings: [OnceLock<Vec<Rated>>; 4],
    /// Byte range of each sentence in the document's text.
    places: Vec<Option<(usize, usize)>>,
    source: Squeezed,
    /// What several sources say, when the text is put together from them.
    pub reported: Option<Reported>,
}

/// A list that can be shown whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Bullets {
    /// The sentence that announces it; none when its heading does.
    pub lead: Option<usize>,
    /// The sentences of each item.
    pub items: Vec<Range<usize>>,
    /// Its items have an order.
    pub ordered: bool,
    pub section: usize,
}

impl Material {
    pub fn of(document: &Document) -> Self {
        let text = &document.text;
        // what comes in should be clean text; raw Markdown is read as such rather than quoted
        let marked = text.contains("```")
            || text.contains("](http")
            || text.starts_with("+++\n")
            || text.starts_with("---\n");
        let mut parsed = if marked { Parsed::read(text, Format::Markdown) } else { Parsed::from_text(text) };
        let title_given = document.title.as_ref().is_some_and(|title| !title.trim().is_empty());
        if let (true, Some(title)) = (title_given, &document.title) {
            restore_heading(&mut parsed, title);
            parsed.metadata.title = Some(title.trim().to_owned());
        }
        if parsed.metadata.language.is_none() {
            parsed.metadata.language.clone_from(&document.language);
        }
        if !document.tags.is_empty() {
            parsed.metadata.tags.clone_from(&document.tags);
        }
        let analysis = Analysis::of(&parsed);
        let source = Squeezed::of(text);
        let mut cursor = 0;
        let places =
            analysis.sentences.iter().map(|sentence| source.find(&sentence.text, &mut cursor)).collect();
        let title = analysis.title.as_ref().map(|title| title.text.trim().to_owned()).filter(|title| {
            let words = bellwether_language::count_words(title);
            (1..=24).contains(&words) && title.len() <= 160
        });
        let (echoes, lists) = (echoes(&analysis), flow::lists(&analysis));
        let bags: Vec<Bag> = analysis.sentences.iter().map(|sentence| Bag::of(&sentence.text)).collect();
        Self {
            sayable: flow::sayable(&analysis, &lists, &echoes, &bags),
            bags,
            echoes,
            concluding: analysis
                .sentences
                .iter()
                .rev()
                .find(|other| !other.faults.has(Faults::ASIDE) && !other.kind.is_item())
                .map(|last| last.block),
            tones: Default::default(),
            openings: Default::default(),
            register: patterns::register(&analysis),
            genre: patterns::genre(&analysis),
            passages: flow::passages(&analysis),
            lists,
            title,
            title_given,
            tags: parsed.metadata.tags.iter().map(|tag| tag.trim_start_matches('#').to_owned()).collect(),
            url: document
                .source_url
                .clone()
                .filter(|url| url.starts_with("http://") || url.starts_with("https://")),
            places,
            source,
            reported: document
                .reported
                .as_ref()
                .map(|reported| Reported::of(reported, document.title.as_deref(), &analysis)),
            analysis,
        }
    }

    /// How well each sentence serves a tone, around 1.
    pub fn tone_fits(&self, tone: Tone) -> &[f32] {
        self.tones[tone as usize].get_or_init(|| {
            (0..self.analysis.sentences.len()).map(|index| openings::tone_fit(self, index, tone)).collect()
        })
    }

    /// Sentences that open well in a tone with how well they do, the best first.
    pub fn openings(&self, tone: Tone) -> &[Rated] {
        self.openings[tone as usize].get_or_init(|| openings::rank_openings(self, tone))
    }

    /// Whether a sentence only says a heading again.
    pub fn echoes_heading(&self, index: usize) -> bool {
        self.echoes[index]
    }

    /// A sentence as it reads on its own.
    pub fn alone(&self, index: usize) -> &str {
        self.analysis.sentences[index].alone()
    }

    /// Whether a sentence only says what the thing is that the text is about: “Rust is a programming language …”. Who
    /// follows it knows.
    pub fn defines(&self, index: usize) -> bool {
        let mut words = self.alone(index).split(' ');
        let (Some(name), Some(is), Some(article)) = (words.next(), words.next(), words.next()) else {
            return false;
        };
        matches!(is, "is" | "ist" | "est" | "es" | "è" | "é")
            && matches!(article, "a" | "an" | "ein" | "eine" | "un" | "une" | "una" | "um" | "uma" | "een")
            && self
                .analysis
                .keyphrases
                .iter()
                .take(4)
                .any(|phrase| phrase.name && phrase.text.split(' ').next().is_some_and(|first| first == name))
    }

    /// Sentences from the same block, the first as it reads on its own.
    pub fn text(&self, sentences: &Range<usize>) -> String {
        let mut out = String::new();
        for index in sentences.clone() {
            if index == sentences.start {
                out.push_str(self.alone(index));
            } else {
                if !self.analysis.language.is_unspaced() {
                    out.push(' ');
                }
                out.push_str(&self.analysis.sentences[index].text);
            }
        }
        out
    }

    /// Sentences as they stand in the input, to follow what was said before them there.
    pub fn verbatim(&self, sentences: &Range<usize>) -> String {
        let gap = if self.analysis.language.is_unspaced() { "" } else { " " };
        let texts: Vec<&str> = self.analysis.sentences[sentences.clone()]
            .iter()
            .map(|sentence| sentence.text.as_str())
            .collect();
        texts.join(gap)
    }

    /// The sentences right after one in its paragraph that read on from it, at most `most`.
    pub fn continuation(&self, after: usize, most: usize) -> Range<usize> {
        after + 1..flow::read_on(&self.analysis, after, most + 1)
    }

    /// Whether a sentence stands in the first or the last paragraph.
    pub fn frames(&self, index: usize) -> bool {
        let sentences = &self.analysis.sentences;
        let block = sentences[index].block;
        sentences.first().is_some_and(|first| first.block == block) || self.concludes(index)
    }

    /// The first sentence that says something: a greeting before it does not count.
    pub fn begins(&self) -> usize {
        let says = |sentence: &bellwether_language::Sentence| {
            sentence.words > 3
                && !sentence.raw_faults.has_any(Faults::NAVIGATION.with(Faults::LEAD).with(Faults::ASIDE))
        };
        self.analysis.sentences.iter().position(says).unwrap_or(0)
    }

    /// Whether a sentence stands in the last paragraph.
    pub fn concludes(&self, index: usize) -> bool {
        self.concluding == Some(self.analysis.sentences[index].block)
    }

    /// Where sentences stand in the document's text.
    pub fn origin(&self, sentences: &Range<usize>) -> Origin {
        let first = self.places.get(sentences.start).copied().flatten();
        let last = sentences.end.checked_sub(1).and_then(|last| self.places.get(last).copied().flatten());
        match (first, last) {
            (Some((start, _)), Some((_, end))) if start < end => Origin::Input { start, end },
            _ => Origin::Brief,
        }
    }

    /// The sentences that stand within a range of the document's text.
    pub fn within(&self, start: usize, end: usize) -> impl Iterator<Item = usize> {
        let inside =
            move |place: &Option<(usize, usize)>| place.is_some_and(|(from, to)| from >= start && to <= end);
        self.places.iter().enumerate().filter(move |(_, place)| inside(place)).map(|(index, _)| index)
    }

    /// Where some words stand in the document's text.
    pub fn origin_of(&self, words: &str) -> Origin {
        self.source.find(words, &mut 0).map_or(Origin::Brief, |(start, end)| Origin::Input { start, end })
    }

    /// The heading over a sentence.
    pub fn heading(&self, section: usize) -> Option<&str> {
        self.analysis.sections[section].heading.as_deref()
    }
}

/// The reader of plain text takes a first heading for the title; when the title is known it is a heading again.
fn restore_heading(parsed: &mut Parsed, title: &str) {
    if let Some(taken) = parsed.metadata.title.take()
        && !taken.eq_ignore_ascii_case(title.trim())
    {
        let heading = bellwether_language::Block {
            kind: BlockKind::Heading(2),
            text: taken,
            marks: Vec::new(),
            after_gap: false,
            before_gap: false,
        };
        parsed.blocks.insert(0, heading);
    }
}

fn echoes(analysis: &Analysis) -> Vec<bool> {
    let bare = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let headings: HashSet<String> =
        analysis.sections.iter().filter_map(|section| section.heading.as_deref().map(bare)).collect();
    analysis
        .sentences
        .iter()
        .map(|sentence| {
            !headings.is_empty() && sentence.words < 25 && headings.contains(&bare(&sentence.text))
        })
        .collect()
}

/// A text without white space and invisible characters, to find a cleaned sentence in what it was cleaned from.
struct Squeezed {
    text: String,
    /// For each byte of `text` where its character begins and ends in the original, at every character.
    places: Vec<(u32, u32, u32)>,
}

impl Squeezed {
    fn of(text: &str) -> Self {
        let mut squeezed = String::with_capacity(text.len());
        let mut places = Vec::with_capacity(text.len());
        for (at, c) in text.char_indices() {
            if keeps(c) {
                places.push((squeezed.len() as u32, at as u32, (at + c.len_utf8()) as u32));
                squeezed.push(c);
            }
        }
        Self { text: squeezed, places }
    }

    /// Where a piece stands; searched from the cursor on first, which then moves behind it.
    fn find(&self, piece: &str, cursor: &mut usize) -> Option<(usize, usize)> {
        let wanted: String = piece.chars().filter(|c| keeps(*c)).collect();
        if wanted.is_empty() {
            return None;
        }
        let from = (*cursor).min(self.text.len());
        // nearby first: the whole rest is searched only when something was left out in between
        let window = floor(&self.text, (from + 20_000 + wanted.len()).min(self.text.len()));
        let found = self.text[from..window]
            .find(&wanted)
            .map(|at| from + at)
            .or_else(|| (self.text.len() < 400_000).then(|| self.text.find(&wanted)).flatten())?;
        let end = found + wanted.len();
        *cursor = end;
        let first = self.places.binary_search_by_key(&(found as u32), |place| place.0).ok()?;
        let last = self.places.partition_point(|place| (place.0 as usize) < end).checked_sub(1)?;
        Some((self.places[first].1 as usize, self.places[last].2 as usize))
    }
}

fn keeps(c: char) -> bool {
    !(c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{a0}' | '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{2060}' | '\u{feff}' | '\u{fffd}' | '`' | '*' | '_' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
