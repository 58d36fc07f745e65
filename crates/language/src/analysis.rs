//! All that is known about a text, in one pass.

use std::{collections::HashSet, ops::Range};

use serde::Serialize;

use crate::{
    Audience, BlockKind, Document, Faults, Footing, Keyphrase, Language, Quotation, Readability, Statistic,
    about, fact, footing, hashtag,
    keyphrase::{Collector, Place},
    rank::{self, Vector},
    score::{self, Wanted},
    segment::{MOST_SENTENCES, Split, codes_within, split},
    sentence::sentences,
    standing, topic,
    word::{self, Stems},
};

/// What a text says and how. Indexes point into `sentences`.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// Its language.
    pub language: Language,
    /// Its title, when it has one.
    pub title: Option<Title>,
    /// How many words its prose has.
    pub words: usize,
    /// Its parts, each with a heading but perhaps the first.
    pub sections: Vec<Section>,
    /// Its sentences in order; headings are in `sections`.
    pub sentences: Vec<Sentence>,
    /// Its lists.
    pub lists: Vec<List>,
    /// What it is about, the most telling first.
    pub keyphrases: Vec<Keyphrase>,
    /// The sentences that it comes down to, when some stand alone.
    pub core: Option<Range<usize>>,
    /// The sentences that carry it and stand alone, the most telling first; no two say the same.
    pub key_points: Vec<usize>,
    /// Questions that stand alone.
    pub questions: Vec<usize>,
    /// Numbers worth citing, the most telling first.
    pub statistics: Vec<Statistic>,
    /// Somebody's words.
    pub quotations: Vec<Quotation>,
    /// Hashtags with `#`.
    pub hashtags: Vec<String>,
    /// How easy it reads.
    pub readability: Option<Readability>,
    /// What it is about, in a few of its own words.
    pub topic: Option<String>,
    /// A phrase for what it is about that reads well within a sentence; rarer than a topic.
    pub subject: Option<String>,
    /// Whom it seems to speak to.
    pub audience: Audience,
    /// Only the beginning was read, since the text is too long.
    pub partial: bool,
    vectors: Vec<Vector>,
}

/// A title and whether it was given as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Title {
    /// The title.
    pub text: String,
    /// False when it is only the first heading.
    pub given: bool,
}

/// A heading and the sentences under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The heading; the part before the first heading has none.
    pub heading: Option<String>,
    /// Level of the heading from 1, 0 without.
    pub level: u8,
    /// Its sentences.
    pub sentences: Range<usize>,
    /// Thanks, links, credits and the like.
    pub aside: bool,
}

/// One sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Sentence {
    /// As in the text, without markup.
    pub text: String,
    /// The sentence without a leading connective, when it has one: how it reads on its own.
    pub alone: Option<String>,
    /// Index of its block in the document.
    pub block: usize,
    /// Which sentence of the block it is.
    pub index: usize,
    /// Index of its section.
    pub section: usize,
    /// What kind of block it stands in.
    pub kind: BlockKind,
    /// Its words.
    pub words: usize,
    /// What speaks against it standing alone.
    pub faults: Faults,
    /// What speaks against `text` itself, with its connective: whether it needs the sentence before it.
    pub raw_faults: Faults,
    /// 0–1: how much of the text it carries and how well it stands alone.
    pub score: f32,
    /// 0–1: how central it is, wherever it stands.
    pub centrality: f32,
    /// Whether it asks.
    pub question: bool,
    /// It is the last sentence before something that was left out (code, a table).
    pub before_gap: bool,
    /// On what it stands.
    pub footing: Footing,
    /// Whether it needs the next sentence.
    pub holds: bool,
}

/// A list, and the sentence that announces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The sentence before it when it ends with a colon.
    pub lead: Option<usize>,
    /// The sentences of each item of the first level.
    pub items: Vec<Range<usize>>,
    /// Whether it is numbered.
    pub ordered: bool,
}

impl Sentence {
    /// How it reads on its own.
    pub fn alone(&self) -> &str {
        self.alone.as_deref().unwrap_or(&self.text)
    }

    /// Whether it can stand alone.
    pub fn stands_alone(&self) -> bool {
        !self.faults.has_any(Faults::FATAL)
    }
}

impl Analysis {
    /// Analyses a document in the language that it names or that it is written in.
    pub fn of(document: &Document) -> Self {
        let language = detect(document);
        let mut stems = Stems::new(language);
        let parts = split(document, language);
        let Split { mut sentences, mut sections, lists, partial, codes } = parts;
        let title = title(document);

        let stemmed: Vec<Vec<u32>> =
            sentences.iter().map(|sentence| stems_of(&sentence.text, &mut stems)).collect();
        let keyphrases =
            keyphrases(document, title.as_ref(), &sections, &sentences, &codes, language, &mut stems);
        let title_stems = title.as_ref().map(|title| stems_of(&title.text, &mut stems)).unwrap_or_default();
        let heading_stems: Vec<Vec<u32>> = sections
            .iter()
            .map(|section| {
                section.heading.as_deref().map(|heading| stems_of(heading, &mut stems)).unwrap_or_default()
            })
            .collect();
        for section in &mut sections {
            section.aside = section.heading.as_deref().is_some_and(|heading| is_aside(heading, language));
        }
        let vectors = rank::vectors(&stemmed, stems.len());
        let centrality = rank::centrality(&vectors, stems.len());
        let known: HashSet<u32> = title_stems
            .iter()
            .copied()
            .chain(keyphrases.iter().take(6).flat_map(|phrase| phrase.stems.iter().copied()))
            .collect();
        for (index, sentence) in sentences.iter_mut().enumerate() {
            if sections[sentence.section].aside {
                sentence.faults.add(Faults::ASIDE);
            }
            sentence.centrality = centrality[index];
        }
        footing::settle(&mut sentences, &stemmed, &known, &heading_stems, &sections, language, &mut stems);
        score::settle(
            &mut sentences,
            &stemmed,
            &Wanted { title: &title_stems, headings: &heading_stems, phrases: &keyphrases },
            &sections,
            language,
        );
        let key_points = score::points(&sentences, &vectors);
        let questions = (0..sentences.len())
            .filter(|i| sentences[*i].question && !sentences[*i].faults.has_any(Faults::FATAL))
            .collect();
        let words = sentences.iter().map(|sentence| sentence.words).sum();
        let readability =
            Readability::of(sentences.iter().take(600).map(|sentence| sentence.text.as_str()), language);
        let tags = &document.metadata.tags;
        let named =
            title.as_ref().and_then(|title| topic::named(&title.text, &stemmed, &mut stems, language));
        let hashtags = hashtag::hashtags(tags, &keyphrases, named.as_deref(), language, 8);
        let subject = topic::subject(tags, &keyphrases, &stemmed, &mut stems, language);
        Self {
            core: about::core(&sentences, &title_stems, &stemmed, language),
            statistics: fact::statistics(&sentences, language),
            quotations: fact::quotations(&sentences, language),
            topic: topic::topic(tags, &keyphrases, named),
            subject,
            audience: about::audience(
                title.as_ref().map(|title| title.text.as_str()),
                tags,
                &sentences,
                readability,
                language,
            ),
            language,
            title,
            words,
            sections,
            sentences,
            lists,
            keyphrases,
            key_points,
            questions,
            hashtags,
            readability,
            partial,
            vectors,
        }
    }

    /// The core message as text, when there is one.
    pub fn core_message(&self) -> Option<String> {
        let range = self.core.clone()?;
        let first = self.sentences[range.start].alone();
        let gap = if self.language.is_unspaced() { "" } else { " " };
        let rest = self.sentences[range.start + 1..range.end].iter().map(|sentence| sentence.text.as_str());
        Some(std::iter::once(first).chain(rest).collect::<Vec<_>>().join(gap))
    }

    /// How much two sentences say the same, 0–1.
    pub fn likeness(&self, a: usize, b: usize) -> f32 {
        rank::cosine(&self.vectors[a], &self.vectors[b])
    }
}

fn detect(document: &Document) -> Language {
    let mut sample = String::new();
    for block in &document.blocks {
        if sample.len() > 6_000 {
            break;
        }
        sample.push_str(&block.text);
        sample.push('\n');
    }
    let found = Language::detect(&sample);
    // a short text tells less than what its author says about it
    match document.metadata.language.as_deref().and_then(Language::from_tag) {
        Some(named) if found == Language::UNKNOWN || sample.len() < 200 => named,
        _ => found,
    }
}

fn stems_of(text: &str, stems: &mut Stems) -> Vec<u32> {
    word::words(text).filter_map(|word| stems.of(&word.to_lowercase())).collect()
}

fn title(document: &Document) -> Option<Title> {
    if let Some(text) = &document.metadata.title {
        return Some(Title { text: text.clone(), given: true });
    }
    let first = document.blocks.iter().take(3).find(|block| block.kind.is_heading())?;
    Some(Title { text: first.text.clone(), given: false })
}

fn keyphrases(
    document: &Document,
    title: Option<&Title>,
    sections: &[Section],
    sentences: &[Sentence],
    codes: &[Vec<(usize, usize)>],
    language: Language,
    stems: &mut Stems,
) -> Vec<Keyphrase> {
    let mut collector = Collector::new(language, stems);
    if let Some(title) = title {
        collector.add(&title.text, Place::Title, &[]);
    }
    if let Some(description) = &document.metadata.description {
        collector.add(description, Place::Prose, &[]);
    }
    let mut next = 0;
    for section in sections {
        if is_some_aside(section, language) {
            next = section.sentences.end;
            continue;
        }
        if let Some(heading) = &section.heading {
            collector.add(heading, Place::Heading, &[]);
        }
        for index in next.max(section.sentences.start)..section.sentences.end {
            collector.add(&sentences[index].text, Place::Prose, &codes[index]);
        }
        next = section.sentences.end;
    }
    collector.finish(16)
}

/// What a document in a known language is about, the most telling first: what [`Analysis::keyphrases`] has, without the
/// rest of the analysis, for who reads many texts.
pub fn keyphrases_of(document: &Document, language: Language, most: usize) -> Vec<Keyphrase> {
    let mut stems = Stems::new(language);
    let mut collector = Collector::new(language, &mut stems);
    if let Some(title) = title(document) {
        collector.add(&title.text, Place::Title, &[]);
    }
    if let Some(description) = &document.metadata.description {
        collector.add(description, Place::Prose, &[]);
    }
    let (mut aside, mut left) = (false, MOST_SENTENCES);
    for block in &document.blocks {
        if left == 0 {
            break;
        }
        if block.kind.is_heading() {
            aside = is_aside(&block.text, language);
            if !aside {
                collector.add(&block.text, Place::Heading, &[]);
            }
            continue;
        }
        for range in sentences(&block.text, language).into_iter().take(left) {
            left -= 1;
            if !aside {
                let code = codes_within(block, &range);
                collector.add(&block.text[range], Place::Prose, &code);
            }
        }
    }
    collector.finish(most)
}

fn is_some_aside(section: &Section, language: Language) -> bool {
    section.heading.as_deref().is_some_and(|heading| is_aside(heading, language))
}

fn is_aside(heading: &str, language: Language) -> bool {
    let lower = heading.to_lowercase();
    language
        .lexicon()
        .is_some_and(|lexicon| lexicon.housekeeping.iter().any(|entry| standing::starts_with(&lower, entry)))
}
