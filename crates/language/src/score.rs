//! How much of a text a sentence carries, and which sentences are its points.

use crate::{
    Faults, Footing, Keyphrase, Language, Section, Sentence, fact,
    rank::{self, Vector},
};

/// At most so many key points.
const POINTS: usize = 12;

/// What a telling sentence speaks of, as stems.
pub(crate) struct Wanted<'a> {
    pub(crate) title: &'a [u32],
    /// Of each section.
    pub(crate) headings: &'a [Vec<u32>],
    pub(crate) phrases: &'a [Keyphrase],
}

/// Scores every sentence, the most telling one at 1.
pub(crate) fn settle(
    sentences: &mut [Sentence],
    stemmed: &[Vec<u32>],
    wanted: &Wanted<'_>,
    sections: &[Section],
    language: Language,
) {
    let last_block =
        sentences.iter().rev().find(|other| !other.faults.has(Faults::ASIDE)).map(|last| last.block);
    let phrases: Vec<(u32, f32)> = wanted
        .phrases
        .iter()
        .flat_map(|phrase| phrase.stems.iter().map(|stem| (*stem, phrase.score)))
        .collect();
    for (index, sentence) in sentences.iter_mut().enumerate() {
        let place = Position {
            index,
            section: &sections[sentence.section],
            total: stemmed.len(),
            concludes: Some(sentence.block) == last_block,
        };
        let heading = &wanted.headings[sentence.section];
        sentence.score = score(sentence, &stemmed[index], wanted.title, heading, &phrases, &place, language);
    }
    let best = sentences.iter().map(|sentence| sentence.score).fold(0.0_f32, f32::max);
    if best > 0.0 {
        for sentence in sentences {
            sentence.score /= best;
        }
    }
}

/// The sentences that carry a text, the most telling first; no two say the same. They may open a text; where none does,
/// they are whole and speak of nothing but the topic, at last they are statements that lean on what is said around them
/// by no word of theirs.
pub(crate) fn points(sentences: &[Sentence], vectors: &[Vector]) -> Vec<usize> {
    let scores: Vec<f32> = sentences.iter().map(|sentence| sentence.score).collect();
    let stands: [&dyn Fn(&Sentence) -> bool; 4] = [
        &|sentence| sentence.opens(),
        &|sentence| sentence.starts_passage() && !sentence.holds,
        &|sentence| sentence.stands_alone() && !sentence.holds,
        &|sentence| !sentence.faults.has_any(Faults::FATAL.without(TOLERATED)) && !sentence.holds,
    ];
    stands
        .iter()
        .map(|stands| {
            let able: Vec<usize> = (0..sentences.len())
                .filter(|index| {
                    let sentence = &sentences[*index];
                    stands(sentence) && !sentence.question && sentence.words > 4
                })
                .collect();
            rank::diverse(&able, &scores, vectors, POINTS, 0.5)
        })
        .find(|points| !points.is_empty())
        .unwrap_or_default()
}

/// What the only statement of a text may have and still be its point.
const TOLERATED: Faults = Faults::CODE.with(Faults::FRAGMENT).with(Faults::BOUND);

struct Position<'a> {
    index: usize,
    section: &'a Section,
    total: usize,
    /// It stands in the last paragraph.
    concludes: bool,
}

fn score(
    sentence: &Sentence,
    stems: &[u32],
    title: &[u32],
    heading: &[u32],
    phrases: &[(u32, f32)],
    place: &Position<'_>,
    language: Language,
) -> f32 {
    let share = |wanted: &[u32]| {
        if wanted.is_empty() {
            0.0
        } else {
            wanted.iter().filter(|stem| stems.contains(stem)).count() as f32 / wanted.len() as f32
        }
    };
    let about: f32 = phrases
        .iter()
        .filter(|(stem, _)| stems.contains(stem))
        .map(|(_, weight)| weight)
        .sum::<f32>()
        .min(3.0)
        / 3.0;
    let early = 1.0 - (place.index as f32 / place.total.max(1) as f32);
    let opening = if place.index == place.section.sentences.start { 1.0 } else { 0.0 };
    let closing = if place.concludes && place.total > 8 { 1.0 } else { 0.0 };
    let lower = sentence.text.to_lowercase();
    let strong = language.lexicon().map_or(0.0, |lexicon| {
        lexicon.strong.iter().filter(|word| fact::contains_word(&lower, word)).count().min(2) as f32 / 2.0
    });
    let number = fact::number(&sentence.text, language).map_or(0.0, |(_, weight)| weight);
    // a sentence of a dozen to twenty-odd words says something and is still read at a glance
    let length = match sentence.words {
        0..=5 => 0.5,
        9..=26 => 1.0,
        6..=8 | 27..=34 => 0.85,
        _ => 0.6,
    };
    let value = 0.36 * sentence.centrality
        + 0.17 * share(title)
        + 0.06 * share(heading)
        + 0.15 * about
        + 0.09 * early
        + 0.06 * opening
        + 0.07 * closing
        + 0.05 * strong
        + 0.06 * number;
    let gap = if sentence.before_gap { 0.8 } else { 1.0 };
    let stands = match sentence.footing {
        Footing::Alone => 1.0,
        Footing::Topic => 0.9,
        Footing::Before => 0.6,
    };
    value * length * gap * stands * sentence.faults.standing()
}
