//! A document cut into sections, sentences and lists.

use std::ops::Range;

use crate::{
    Block, BlockKind, Document, Faults, Footing, Language, MarkKind,
    analysis::{List, Section, Sentence},
    fact, sentence, standing, word,
};

/// Sentences beyond this number are left out, and the analysis says so.
pub(crate) const MOST_SENTENCES: usize = 6_000;

/// What a document is cut into.
pub(crate) struct Split {
    pub(crate) sentences: Vec<Sentence>,
    pub(crate) sections: Vec<Section>,
    pub(crate) lists: Vec<List>,
    /// Byte ranges of inline code in each sentence.
    pub(crate) codes: Vec<Vec<(usize, usize)>>,
    pub(crate) partial: bool,
}

/// Sections, sentences and lists.
pub(crate) fn split(document: &Document, language: Language) -> Split {
    let mut out = Split {
        sentences: Vec::new(),
        sections: vec![Section { heading: None, level: 0, sentences: 0..0, aside: false }],
        lists: Vec::new(),
        codes: Vec::new(),
        partial: false,
    };
    let mut open_list: Option<List> = None;
    for (block_index, block) in document.blocks.iter().enumerate() {
        if out.sentences.len() >= MOST_SENTENCES {
            out.partial = true;
            break;
        }
        let at = out.sentences.len();
        match block.kind {
            BlockKind::Item { depth: 0, ordered } => {
                let list = open_list.get_or_insert_with(|| List {
                    lead: at.checked_sub(1).filter(|lead| out.sentences[*lead].faults.has(Faults::LEAD)),
                    items: Vec::new(),
                    ordered,
                });
                list.items.push(at..at);
            }
            BlockKind::Item { .. } => {}
            _ => out.lists.extend(open_list.take()),
        }
        if let BlockKind::Heading(level) = block.kind {
            if let Some(last) = out.sections.last_mut() {
                last.sentences.end = at;
            }
            out.sections.push(Section {
                heading: Some(block.text.clone()),
                level,
                sentences: at..at,
                aside: false,
            });
            continue;
        }
        let ranges = sentence::sentences(&block.text, language);
        let count = ranges.len();
        for (index, range) in ranges.into_iter().enumerate() {
            if out.sentences.len() >= MOST_SENTENCES {
                out.partial = true;
                break;
            }
            let text = &block.text[range.clone()];
            let cut = standing::strippable(text, language);
            let raw_faults = standing::faults(text, language);
            let alone = (cut > 0).then(|| capitalised(&text[cut..]));
            let mut faults = alone.as_deref().map_or(raw_faults, |alone| standing::faults(alone, language));
            let last = index + 1 == count;
            let code = codes_within(block, &range);
            let code_bytes: usize = code.iter().map(|(from, to)| to - from).sum();
            let mostly_code = code_bytes * 5 > text.len() * 2 || code.len() >= 3;
            let mut raw_faults = raw_faults;
            if mostly_code {
                faults.add(Faults::CODE);
                raw_faults.add(Faults::CODE);
            }
            // a sentence that is mostly a link is a pointer, not a statement
            let link_bytes: usize = block
                .marks
                .iter()
                .filter(|mark| {
                    matches!(mark.kind, MarkKind::Link(_))
                        && mark.start >= range.start
                        && mark.end <= range.end
                })
                .map(|mark| mark.end - mark.start)
                .sum();
            if link_bytes * 10 > text.len() * 7 && block.kind.is_item() && word::count_words(text) < 9 {
                faults.add(Faults::NAVIGATION);
            }
            out.sentences.push(Sentence {
                text: text.to_owned(),
                alone,
                block: block_index,
                index,
                section: out.sections.len() - 1,
                kind: block.kind,
                words: word::count_words(text),
                faults,
                raw_faults,
                score: 0.0,
                centrality: 0.0,
                question: fact::is_question(text),
                before_gap: last && block.before_gap,
                footing: Footing::default(),
                holds: false,
            });
            out.codes.push(code);
        }
        let end = out.sentences.len();
        if let Some(item) = open_list.as_mut().and_then(|list| list.items.last_mut()) {
            item.end = end;
        }
        if let Some(section) = out.sections.last_mut() {
            section.sentences.end = end;
        }
    }
    out.lists.extend(open_list);
    out
}

/// Byte ranges of the inline code within a sentence of a block, counted from the sentence's beginning.
pub(crate) fn codes_within(block: &Block, sentence: &Range<usize>) -> Vec<(usize, usize)> {
    block
        .marks
        .iter()
        .filter(|mark| {
            mark.kind == MarkKind::Code && mark.start >= sentence.start && mark.end <= sentence.end
        })
        .map(|mark| (mark.start - sentence.start, mark.end - sentence.start))
        .collect()
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    // “crates.io” and “iPhone” begin as they do
    let first_word = text.split(' ').next().unwrap_or_default();
    if first_word.contains(['.', '_', ':']) && !first_word.ends_with(['.', ':'])
        || first_word.chars().skip(1).any(char::is_uppercase)
    {
        return text.to_owned();
    }
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
