//! The text in its own order: which of its sentences can be said in their place, and passages to choose from.
//!
//! A short text is best kept whole, so that nothing loses what it stands on. What can't be said (code, addresses, “in
//! this article”) takes with it what stands on it.

use std::ops::Range;

use bellwether_language::{Analysis, Bag, BlockKind, Faults, Footing, Sentence};

use super::material::{Bullets, Material};

/// Longer texts are never kept whole.
const MOST: usize = 160;
/// A text of so many sentences without a heading is a note: an address in it is often what it was written for.
const NOTE: usize = 12;
/// Sentences that are this much alike say the same.
const SAME: f32 = 0.8;

/// What a sentence may not have when it follows another one.
pub const UNFIT_TO_FOLLOW: Faults = UNSAYABLE.with(Faults::LONG).with(Faults::LEAD);

/// What a sentence may not have anywhere.
const UNSAYABLE: Faults = Faults::REFERENCE
    .with(Faults::NAVIGATION)
    .with(Faults::CODE)
    .with(Faults::ADDRESS)
    .with(Faults::UNBALANCED)
    .with(Faults::FRAGMENT)
    .with(Faults::LOWER)
    .with(Faults::ASIDE);

/// What a sentence with an address usually has besides.
const LEADING: Faults = Faults::ADDRESS.with(Faults::NAVIGATION).with(Faults::REFERENCE).with(Faults::CODE);

/// Sentences that follow each other, the first of which stands without what is before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// All sentences that may be taken, from the first on.
    pub sentences: Range<usize>,
    pub section: usize,
}

/// Part of a text in its own order.
#[derive(Debug, Clone)]
pub enum Element {
    /// The heading of a section.
    Heading(usize),
    /// Sentences of one paragraph.
    Passage(Range<usize>),
    /// A list and what announces it.
    List(Bullets),
}

impl Element {
    /// Its first sentence; none for a heading.
    pub fn start(&self) -> usize {
        match self {
            Self::Heading(_) => usize::MAX,
            Self::Passage(range) => range.start,
            Self::List(list) => list.lead.unwrap_or_else(|| list.items.first().map_or(0, |item| item.start)),
        }
    }
}

/// Passages that may be taken out of their place, in reading order.
pub fn passages(analysis: &Analysis) -> Vec<Passage> {
    let sentences = &analysis.sentences;
    let starts = |fits: &dyn Fn(usize) -> bool| -> Vec<Passage> {
        (0..sentences.len())
            .filter(|index| fits(*index))
            .map(|start| {
                let end = read_on(analysis, start, 8);
                Passage { sentences: start..end, section: sentences[start].section }
            })
            // what it needs must follow
            .filter(|passage| passage.sentences.clone().any(|index| !sentences[index].holds))
            .collect()
    };
    let good = starts(&|index| sentences[index].starts_passage() && !sentences[index].question);
    if !good.is_empty() {
        return good;
    }
    // too little stands alone: the beginning of paragraphs, then whatever is a statement at all
    let statement = |index: usize| {
        !sentences[index].faults.has_any(Faults::CODE.with(Faults::NAVIGATION).with(Faults::ASIDE))
    };
    for fits in [
        &(|index: usize| sentences[index].index == 0 && statement(index)) as &dyn Fn(usize) -> bool,
        &statement,
        &|_| true,
    ] {
        let some = starts(fits);
        if !some.is_empty() {
            return some;
        }
    }
    (0..sentences.len())
        .map(|start| Passage { sentences: start..start + 1, section: sentences[start].section })
        .collect()
}

/// Where the sentences end that read on from one in its paragraph, at most `most` in all.
pub fn read_on(analysis: &Analysis, start: usize, most: usize) -> usize {
    let sentences = &analysis.sentences;
    let mut end = start + 1;
    while end < sentences.len()
        && end - start < most
        && sentences[end].block == sentences[start].block
        && !sentences[end].raw_faults.has_any(UNFIT_TO_FOLLOW)
        && (start..end).all(|said| analysis.likeness(said, end) < SAME)
    {
        end += 1;
    }
    end
}

/// Whether something may end with this sentence.
pub fn ends_well(sentence: &Sentence) -> bool {
    !sentence.holds && !sentence.question && sentence.words >= 3
}

/// Which sentences can be said in their place; empty for a text that is too long to be kept whole.
pub fn sayable(analysis: &Analysis, lists: &[Bullets], echoes: &[bool], bags: &[Bag]) -> Vec<bool> {
    let sentences = &analysis.sentences;
    if sentences.len() > MOST {
        return Vec::new();
    }
    let note = sentences.len() <= NOTE && analysis.sections.iter().all(|section| section.heading.is_none());
    let listed = |index: usize| lists.iter().any(|list| list.items.iter().any(|item| item.contains(&index)));
    let mut keep: Vec<bool> = sentences
        .iter()
        .enumerate()
        .map(|(index, sentence)| {
            let mut faults = sentence.raw_faults.with(sentence.faults);
            // “Read it here: https://…” is what leads away from an article, and what a note comes to
            if note && faults.has(Faults::ADDRESS) {
                faults = faults.without(LEADING);
                // nobody puts a point right behind an address
                if ends_in_address(&sentence.text) {
                    faults = faults.without(Faults::FRAGMENT);
                }
            }
            let whole = if sentence.kind.is_item() {
                // a label is an item as well
                listed(index) && !faults.has_any(UNSAYABLE.without(Faults::FRAGMENT).without(Faults::LOWER))
            } else {
                !(faults.has_any(UNSAYABLE) || faults.has(Faults::LEAD) && sentence.before_gap)
            };
            whole && !echoes[index]
        })
        .collect();
    let again = |other: usize, index: usize| {
        let likeness = analysis.likeness(other, index);
        likeness > SAME
            || (likeness > 0.08
                && sentences[other].words.min(sentences[index].words) > 6
                && bags[other].similarity(&bags[index]) > 0.85)
    };
    for index in 1..sentences.len() {
        keep[index] = keep[index] && (0..index).all(|other| !keep[other] || !again(other, index));
    }
    settle(analysis, lists, &mut keep);
    keep
}

/// Whether the last word is an address.
fn ends_in_address(text: &str) -> bool {
    text.split_whitespace().next_back().is_some_and(|last| last.contains("://") || last.starts_with("www."))
}

/// Takes out what stands on something that is out.
pub fn settle(analysis: &Analysis, lists: &[Bullets], keep: &mut [bool]) {
    let sentences = &analysis.sentences;
    loop {
        let mut changed = false;
        let mut drop = |keep: &mut [bool], index: usize| {
            changed |= keep[index];
            keep[index] = false;
        };
        for index in 0..keep.len() {
            let needs =
                sentences[index].footing == Footing::Before && index > 0 && !sentences[index].kind.is_item();
            if needs && !keep[index - 1] && !answers_heading(analysis, index) {
                drop(keep, index);
            }
        }
        for index in (0..keep.len()).rev() {
            if sentences[index].holds && !keep.get(index + 1).copied().unwrap_or(false) {
                drop(keep, index);
            }
        }
        // a list is whole, with what announces it
        for list in lists {
            let whole =
                list.lead.is_none_or(|lead| keep[lead]) && list.items.iter().all(|item| keep[item.start]);
            if !whole {
                for index in list.lead.into_iter().chain(list.items.iter().flat_map(Clone::clone)) {
                    drop(keep, index);
                }
            }
        }
        if !changed {
            return;
        }
    }
}

/// Whether a sentence is the first under a heading that asks.
fn answers_heading(analysis: &Analysis, index: usize) -> bool {
    let section = &analysis.sections[analysis.sentences[index].section];
    section.sentences.start == index && section.heading.as_deref().is_some_and(asks)
}

/// Whether a heading asks.
pub fn asks(heading: &str) -> bool {
    heading.trim_end().ends_with(['?', '？', '؟'])
}

/// What is kept, paragraph by paragraph. Without headings, those that ask stay all the same, since what is under them
/// answers, and a list that only its heading announces is left out.
pub fn elements(material: &Material, keep: &[bool], headings: bool) -> Vec<Element> {
    let sentences = &material.analysis.sentences;
    let mut out: Vec<Element> = Vec::new();
    let mut index = 0;
    let mut section = usize::MAX;
    while index < keep.len() {
        if !keep[index] {
            index += 1;
            continue;
        }
        let here = sentences[index].section;
        if here != section && material.heading(here).is_some_and(|heading| headings || asks(heading)) {
            out.push(Element::Heading(here));
        }
        section = here;
        let list = material.lists.iter().find(|list| {
            list.lead == Some(index)
                || (list.lead.is_none() && list.items.first().is_some_and(|item| item.start == index))
        });
        if let Some(list) = list {
            if list.lead.is_some() || headings {
                out.push(Element::List(list.clone()));
            }
            index = list.items.last().map_or(index + 1, |item| item.end);
            continue;
        }
        let mut end = index + 1;
        while end < keep.len()
            && keep[end]
            && sentences[end].block == sentences[index].block
            && !material.lists.iter().any(|list| list.lead == Some(end))
        {
            end += 1;
        }
        out.push(Element::Passage(index..end));
        index = end;
    }
    out
}

/// Lists that can be shown whole.
pub fn lists(analysis: &Analysis) -> Vec<Bullets> {
    let sentences = &analysis.sentences;
    let unfit = Faults::CODE
        .with(Faults::NAVIGATION)
        .with(Faults::ADDRESS)
        .with(Faults::UNBALANCED)
        .with(Faults::ASIDE)
        .with(Faults::LEAD);
    let mut out = Vec::new();
    for list in &analysis.lists {
        let Some(first) = list.items.first().filter(|item| !item.is_empty()) else { continue };
        let section = sentences[first.start].section;
        // a heading announces the list right under it
        let headed = analysis.sections[section].heading.is_some()
            && analysis.sections[section].sentences.start == first.start;
        if list.lead.is_none() && !headed || !(2..=9).contains(&list.items.len()) {
            continue;
        }
        let lead_fits = list.lead.is_none_or(|lead| {
            !sentences[lead].faults.has_any(
                Faults::PRONOUN
                    .with(Faults::BOUND)
                    .with(Faults::CODE)
                    .with(Faults::ASIDE)
                    .with(Faults::LONG)
                    .with(Faults::UNBALANCED),
            ) && sentences[lead].words <= 26
        });
        let items: Vec<Range<usize>> = list
            .items
            .iter()
            .filter(|item| {
                !item.is_empty()
                    && !sentences[item.start].faults.has_any(unfit)
                    && sentences[item.start].text.len() <= 170
                    && sentences[item.start].words >= 2
            })
            // the first sentence of an item is its point
            .map(|item| item.start..item.start + 1)
            .collect();
        // “three reasons:” with two of them would be a lie
        let alike = items.iter().enumerate().any(|(index, item)| {
            let text = |range: &Range<usize>| sentences[range.start].text.as_str();
            items[index + 1..]
                .iter()
                .any(|other| bellwether_language::similarity(text(item), text(other)) > 0.8)
        });
        if lead_fits && items.len() == list.items.len() && !alike {
            out.push(Bullets { lead: list.lead, items, ordered: list.ordered, section });
        }
    }
    out
}

/// Whether a sentence is a step among others.
pub fn is_step(sentence: &Sentence) -> bool {
    matches!(sentence.kind, BlockKind::Item { ordered: true, .. })
}
