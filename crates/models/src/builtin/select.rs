//! Which passages and openings to take.

use std::ops::Range;

use bellwether_language::{Bag, Faults, Footing};
use bellwether_networks::Tone;

use super::{
    flow::{self, Passage},
    material::Material,
    spoken::Lean,
    wishes::Wishes,
};

/// What has been said already.
#[derive(Debug, Clone, Default)]
pub struct Said {
    sentences: Vec<usize>,
    titles: Vec<Bag>,
}

impl Said {
    /// Remembers sentences.
    pub fn add(&mut self, sentences: &Range<usize>) {
        self.sentences.extend(sentences.clone());
    }

    /// Remembers a title or heading.
    pub fn add_text(&mut self, text: &str) {
        if bellwether_language::count_words(text) > 3 {
            self.titles.push(Bag::of(text));
        }
    }

    /// Whether a sentence, or one that says nearly the same, has been said.
    pub fn has(&self, material: &Material, index: usize) -> bool {
        if self.sentences.contains(&index) || material.echoes_heading(index) {
            return true;
        }
        let bag = &material.bags[index];
        self.sentences.iter().any(|other| {
            let likeness = material.analysis.likeness(*other, index);
            // rare words weigh more there than a reader feels, so what is near is looked at word by word
            likeness > 0.55 || (likeness > 0.08 && material.bags[*other].similarity(bag) > 0.72)
        }) || self.titles.iter().any(|other| other.similarity(bag) > 0.72)
    }
}

/// What is worth less than this share of the best passage isn't chosen for its sound.
const WORTH_SAYING: f32 = 0.4;

/// What to choose.
#[derive(Clone, Copy)]
pub struct Wish<'a> {
    pub tone: Tone,
    /// At most this many passages.
    pub most: usize,
    /// Sentences to a passage, at most.
    pub sentences: usize,
    /// At most this many from one section.
    pub per_section: usize,
    /// Bytes to a passage, at most.
    pub bytes: usize,
    /// Whether a sentence may be used here at all.
    pub allowed: &'a dyn Fn(usize) -> bool,
    /// Whether the passages chosen so far still fit with one more.
    pub fits: &'a dyn Fn(&[Range<usize>]) -> bool,
    /// Only from this section.
    pub section: Option<usize>,
    pub variation: u32,
    /// What is left of the room is filled with what reads on from the passages.
    pub extend: bool,
    pub wishes: &'a Wishes,
    /// A voice that is written in.
    pub lean: Option<Lean<'a>>,
}

/// Passages in reading order: the most telling ones that fit together, none saying again what is said, each whole.
pub fn passages(material: &Material, said: &Said, wish: &Wish<'_>) -> Vec<Range<usize>> {
    let mut pool: Vec<(f32, &Passage)> =
        inside(material, wish.section).map(|passage| (value(material, passage, wish), passage)).collect();
    pool.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.sentences.start.cmp(&b.1.sentences.start)));
    // what ranks lower than this is never needed, and long documents have thousands
    pool.truncate(60 + 6 * wish.most);
    // where there is room for one thing, it is none of the least
    if wish.most <= 2
        && let Some((best, _)) = pool.first().copied()
    {
        pool.retain(|(value, _)| *value >= best * 0.3);
    }
    if let Some(lean) = wish.lean.filter(|lean| lean.strength() > 0.0) {
        // a voice chooses among what is worth saying
        let best = pool.first().map_or(0.0, |(value, _)| *value);
        pool.retain(|(value, _)| *value >= best * WORTH_SAYING);
        for (value, passage) in &mut pool {
            let start = passage.sentences.start;
            *value *= lean.factor(&(start..passage.sentences.end.min(start + wish.sentences)));
        }
        pool.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.sentences.start.cmp(&b.1.sentences.start)));
    }
    let mut said = said.clone();
    // a text of one or two parts gives more from each
    let parts =
        material.analysis.sections.iter().filter(|part| !part.aside && !part.sentences.is_empty()).count();
    let per_section = wish.per_section.max(wish.most.div_ceil(parts.max(1)));
    let mut chosen: Vec<Range<usize>> = Vec::new();
    let section = |range: &Range<usize>| material.analysis.sentences[range.start].section;
    for (_, passage) in pool {
        if chosen.len() >= wish.most {
            break;
        }
        let start = passage.sentences.start;
        if chosen.iter().filter(|range| section(range) == passage.section).count() >= per_section
            || said.has(material, start)
        {
            continue;
        }
        // the longest form that fits
        let longest = unsaid(material, &said, start + 1, passage.sentences.end.min(start + wish.sentences));
        for end in (start + 1..=longest).rev() {
            let range = start..end;
            if !can_end(material, &range) || material.text(&range).len() > wish.bytes {
                continue;
            }
            if try_with(&chosen, None, &range, wish) {
                said.add(&range);
                chosen.push(range);
                break;
            }
        }
    }
    chosen.sort_by_key(|range| range.start);
    if wish.extend {
        extend(material, &mut said, &mut chosen, wish);
    }
    chosen
}

/// Whether what ends there is whole. One sentence that reads badly as an end may stand alone all the same.
fn can_end(material: &Material, range: &Range<usize>) -> bool {
    let last = &material.analysis.sentences[range.end - 1];
    !last.holds && (range.len() == 1 || flow::ends_well(last))
}

/// Whether all fit with one more, or with one that replaces the one at `place`.
fn try_with(chosen: &[Range<usize>], place: Option<usize>, range: &Range<usize>, wish: &Wish<'_>) -> bool {
    let mut trial: Vec<Range<usize>> = chosen.to_vec();
    match place {
        Some(place) => trial[place] = range.clone(),
        None => trial.push(range.clone()),
    }
    trial.sort_by_key(|range| range.start);
    range.clone().all(wish.allowed) && (wish.fits)(&trial)
}

/// Up to where nothing is said again.
fn unsaid(material: &Material, said: &Said, start: usize, end: usize) -> usize {
    (start..end).find(|index| said.has(material, *index)).unwrap_or(end.max(start))
}

/// Fills the room that is left: each passage reads on to the end of its paragraph, and into the next one where that
/// stands on it.
fn extend(material: &Material, said: &mut Said, chosen: &mut Vec<Range<usize>>, wish: &Wish<'_>) {
    let sentences = &material.analysis.sentences;
    let mut place = 0;
    while place < chosen.len() {
        let range = chosen[place].clone();
        let limit = chosen.get(place + 1).map_or(sentences.len(), |next| next.start);
        let end =
            unsaid(material, said, range.end, flow::read_on(&material.analysis, range.start, 12).min(limit));
        let longer = (range.end + 1..=end)
            .rev()
            .map(|end| range.start..end)
            .find(|longer| can_end(material, longer) && try_with(chosen, Some(place), longer, wish));
        if let Some(longer) = longer {
            said.add(&(range.end..longer.end));
            chosen[place] = longer;
        }
        let next = chosen[place].end;
        let follows = next < limit
            && sentences[next].index == 0
            && sentences[next].section == sentences[range.start].section
            && sentences[next].footing == Footing::Before
            && !sentences[next].kind.is_item()
            && !sentences[next].raw_faults.has_any(flow::UNFIT_TO_FOLLOW);
        if follows {
            let end = unsaid(material, said, next, flow::read_on(&material.analysis, next, 12).min(limit));
            let more = (next + 1..=end)
                .rev()
                .map(|end| next..end)
                .find(|more| can_end(material, more) && try_with(chosen, None, more, wish));
            if let Some(more) = more {
                said.add(&more);
                chosen.insert(place + 1, more);
            }
        }
        place += 1;
    }
}

fn inside(material: &Material, section: Option<usize>) -> impl Iterator<Item = &Passage> {
    let range = section.map_or(0..material.passages.len(), |section| {
        // passages are in reading order, so those of a section are together
        let start = material.passages.partition_point(|passage| passage.section < section);
        let end = material.passages.partition_point(|passage| passage.section <= section);
        start..end
    });
    material.passages[range].iter()
}

/// Joins passages that follow each other in the same paragraph.
pub fn joined(material: &Material, passages: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::with_capacity(passages.len());
    for range in passages {
        let sentences = &material.analysis.sentences;
        match out.last_mut() {
            Some(last)
                if last.end == range.start && sentences[last.start].block == sentences[range.start].block =>
            {
                last.end = range.end;
            }
            _ => out.push(range),
        }
    }
    out
}

/// How much a passage is worth for a wish.
fn value(material: &Material, passage: &Passage, wish: &Wish<'_>) -> f32 {
    let first = passage.sentences.start;
    let sentence = &material.analysis.sentences[first];
    let mut value = sentence.score * material.tone_fits(wish.tone)[first];
    // what stands first in its paragraph leans least on others
    value *= if sentence.index == 0 { 1.12 } else { 0.9 };
    if sentence.words < 6 {
        value *= 0.6;
    }
    if material.defines(first) {
        value *= 0.5;
    }
    if sentence.faults.has(Faults::LONG) || (wish.wishes.short_sentences && sentence.words > 18) {
        value *= 0.5;
    }
    // a text says at its beginning what it is about and at its end what it comes to
    if material.frames(first) {
        value *= 1.2;
    }
    let wanted = passage
        .sentences
        .clone()
        .take(wish.sentences)
        .any(|index| wish.wishes.wants(&material.analysis.sentences[index].text));
    if wanted {
        value = value * 3.0 + 0.5;
    }
    if wish.variation > 0 {
        // another honest selection: the order is shaken, the best still tend to be taken
        value *= 0.7 + 0.6 * shake(first as u64, wish.variation);
    }
    value
}

/// A number in 0..1 that only depends on its arguments.
pub fn shake(seed: u64, variation: u32) -> f32 {
    let mut z =
        seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(variation).wrapping_mul(0xD1B5_4A32_D192_ED03);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z ^= z >> 27;
    ((z >> 40) as f32) / (1_u64 << 24) as f32
}
