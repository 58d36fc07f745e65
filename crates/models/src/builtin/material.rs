//! What a document offers to a writer: passages that read well away from their place, lists, openings.

use std::{collections::HashSet, ops::Range, sync::OnceLock};

use bellwether_language::{Analysis, BlockKind, Document as Parsed, Faults, Format};

use bellwether_networks::Tone;

use super::{
    patterns::{self, Register},
    select,
};
use crate::writer::{Document, Origin};

/// A document, analysed once for all targets.
pub struct Material {
    pub analysis: Analysis,
    /// Its title, when it reads as one.
    pub title: Option<String>,
    /// The title is the brief's, not the text's.
    pub title_given: bool,
    /// Where it was found.
    pub url: Option<String>,
    pub register: Register,
    /// Passages in reading order.
    pub passages: Vec<Passage>,
    /// Lists that can be shown whole.
    pub lists: Vec<Bullets>,
    /// Sentences that only say a heading again.
    echoes: Vec<bool>,
    /// How well each sentence serves each tone, and how well it opens: worked out when first asked for.
    tones: [OnceLock<Vec<f32>>; 4],
    openings: [OnceLock<Vec<(f32, usize)>>; 4],
    /// Byte range of each sentence in the document's text.
    places: Vec<Option<(usize, usize)>>,
    source: Squeezed,
}

/// Sentences that follow each other, the first of which stands alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// All sentences that may be taken, from the first on.
    pub sentences: Range<usize>,
    pub section: usize,
}

/// A list that can be shown whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Bullets {
    /// The sentence that announces it.
    pub lead: usize,
    /// The sentences of each item.
    pub items: Vec<Range<usize>>,
    /// Its items have an order.
    pub ordered: bool,
    pub section: usize,
}

/// Sentences that are this much alike say the same.
const SAME: f32 = 0.8;

/// What a sentence may not have when it follows another one.
const UNFIT_TO_FOLLOW: Faults = Faults::REFERENCE
    .with(Faults::NAVIGATION)
    .with(Faults::LEAD)
    .with(Faults::CODE)
    .with(Faults::ADDRESS)
    .with(Faults::UNBALANCED)
    .with(Faults::FRAGMENT)
    .with(Faults::LOWER)
    .with(Faults::ASIDE)
    .with(Faults::LONG);

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
        let analysis = Analysis::of(&parsed);
        let source = Squeezed::of(text);
        let mut cursor = 0;
        let places =
            analysis.sentences.iter().map(|sentence| source.find(&sentence.text, &mut cursor)).collect();
        let title = analysis.title.as_ref().map(|title| title.text.trim().to_owned()).filter(|title| {
            let words = bellwether_language::count_words(title);
            (1..=24).contains(&words) && title.len() <= 160
        });
        Self {
            echoes: echoes(&analysis),
            tones: Default::default(),
            openings: Default::default(),
            register: patterns::register(&analysis),
            passages: passages(&analysis),
            lists: lists(&analysis),
            title,
            title_given,
            url: document
                .source_url
                .clone()
                .filter(|url| url.starts_with("http://") || url.starts_with("https://")),
            places,
            source,
            analysis,
        }
    }

    /// How well each sentence serves a tone, around 1.
    pub fn tone_fits(&self, tone: Tone) -> &[f32] {
        self.tones[tone as usize].get_or_init(|| {
            (0..self.analysis.sentences.len()).map(|index| select::tone_fit(self, index, tone)).collect()
        })
    }

    /// Sentences that open well in a tone with how well they do, the best first.
    pub fn openings(&self, tone: Tone) -> &[(f32, usize)] {
        self.openings[tone as usize].get_or_init(|| select::rank_openings(self, tone))
    }

    /// Whether a sentence only says a heading again.
    pub fn echoes_heading(&self, index: usize) -> bool {
        self.echoes[index]
    }

    /// A sentence as it reads on its own.
    pub fn alone(&self, index: usize) -> &str {
        self.analysis.sentences[index].alone()
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
        let sentences = &self.analysis.sentences;
        let mut end = after + 1;
        while end < sentences.len()
            && end - after <= most
            && sentences[end].block == sentences[after].block
            && !sentences[end].raw_faults.has_any(UNFIT_TO_FOLLOW)
            && !sentences[end].before_gap_lead()
            && (after..end).all(|said| self.analysis.likeness(said, end) < SAME)
        {
            end += 1;
        }
        after + 1..end
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

fn passages(analysis: &Analysis) -> Vec<Passage> {
    let sentences = &analysis.sentences;
    let starts = |fits: &dyn Fn(usize) -> bool| -> Vec<Passage> {
        (0..sentences.len())
            .filter(|index| fits(*index))
            .map(|start| {
                let mut end = start + 1;
                while end < sentences.len()
                    && end - start < 4
                    && sentences[end].block == sentences[start].block
                    && !sentences[end].raw_faults.has_any(UNFIT_TO_FOLLOW)
                    && !sentences[end].before_gap_lead()
                    && (start..end).all(|said| analysis.likeness(said, end) < SAME)
                {
                    end += 1;
                }
                Passage { sentences: start..end, section: sentences[start].section }
            })
            .collect()
    };
    // a step without the others is none
    let good = starts(&|index| {
        sentences[index].stands_alone()
            && !sentences[index].question
            && !matches!(sentences[index].kind, BlockKind::Item { ordered: true, .. })
    });
    if !good.is_empty() {
        return good;
    }
    // too little stands alone: whatever is a statement at all
    let some = starts(&|index| {
        !sentences[index].faults.has_any(Faults::CODE.with(Faults::NAVIGATION).with(Faults::ASIDE))
    });
    if some.is_empty() { starts(&|_| true) } else { some }
}

trait BeforeGap {
    fn before_gap_lead(&self) -> bool;
}

impl BeforeGap for bellwether_language::Sentence {
    /// Announces something that was left out.
    fn before_gap_lead(&self) -> bool {
        self.before_gap && self.faults.has(Faults::LEAD)
    }
}

fn lists(analysis: &Analysis) -> Vec<Bullets> {
    let sentences = &analysis.sentences;
    let unfit = Faults::CODE
        .with(Faults::NAVIGATION)
        .with(Faults::ADDRESS)
        .with(Faults::UNBALANCED)
        .with(Faults::ASIDE)
        .with(Faults::LEAD);
    let mut out = Vec::new();
    for list in &analysis.lists {
        let Some(lead) = list.lead else { continue };
        let lead_faults = sentences[lead].faults;
        if lead_faults.has_any(
            Faults::PRONOUN
                .with(Faults::BOUND)
                .with(Faults::CODE)
                .with(Faults::ASIDE)
                .with(Faults::LONG)
                .with(Faults::UNBALANCED),
        ) || !(2..=7).contains(&list.items.len())
            || sentences[lead].words > 26
        {
            continue;
        }
        let items: Vec<Range<usize>> = list
            .items
            .iter()
            .filter_map(|item| {
                // the first sentence of an item is its point; a second one only belongs to it when both are short
                let first = item.start..item.start + 1;
                let fits = !item.is_empty()
                    && !sentences[item.start].faults.has_any(unfit)
                    && sentences[item.start].text.len() <= 170
                    && sentences[item.start].words >= 2;
                fits.then_some(first)
            })
            .collect();
        // “three reasons:” with two of them would be a lie
        let alike = items.iter().enumerate().any(|(index, item)| {
            let text = |range: &Range<usize>| sentences[range.start].text.as_str();
            items[index + 1..]
                .iter()
                .any(|other| bellwether_language::similarity(text(item), text(other)) > 0.8)
        });
        if items.len() == list.items.len() && !alike {
            out.push(Bullets { lead, items, ordered: list.ordered, section: sentences[lead].section });
        }
    }
    out
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
