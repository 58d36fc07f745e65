//! Which passages and openings to take.

use std::ops::Range;

use bellwether_language::{Faults, similarity};
use bellwether_networks::Tone;

use super::material::{Material, Passage};

/// What has been said already.
#[derive(Debug, Clone, Default)]
pub struct Said {
    sentences: Vec<usize>,
    titles: Vec<String>,
}

impl Said {
    /// Remembers sentences.
    pub fn add(&mut self, sentences: &Range<usize>) {
        self.sentences.extend(sentences.clone());
    }

    /// Remembers a title or heading.
    pub fn add_text(&mut self, text: &str) {
        if bellwether_language::count_words(text) > 3 {
            self.titles.push(text.to_owned());
        }
    }

    /// Whether a sentence, or one that says nearly the same, has been said.
    pub fn has(&self, material: &Material, index: usize) -> bool {
        if self.sentences.contains(&index) || material.echoes_heading(index) {
            return true;
        }
        let text = &material.analysis.sentences[index].text;
        self.sentences.iter().any(|other| {
            let likeness = material.analysis.likeness(*other, index);
            // rare words weigh more there than a reader feels, so what is near is looked at word by word
            likeness > 0.55
                || (likeness > 0.08 && similarity(&material.analysis.sentences[*other].text, text) > 0.72)
        }) || self.titles.iter().any(|other| similarity(other, text) > 0.72)
    }

    fn has_any(&self, material: &Material, sentences: &Range<usize>) -> bool {
        sentences.clone().any(|index| self.has(material, index))
    }
}

/// How well a sentence serves a tone, around 1.
pub fn tone_fit(material: &Material, index: usize, tone: Tone) -> f32 {
    let sentence = &material.analysis.sentences[index];
    let lower = sentence.text.to_lowercase();
    let lexicon = material.analysis.language.lexicon();
    let has = |words: &[&str]| {
        let mut found = 0;
        for word in bellwether_language::words(&lower) {
            found += u32::from(words.contains(&word));
        }
        found.min(2) as f32
    };
    let number = material.analysis.statistics.iter().any(|statistic| statistic.sentence == index);
    match tone {
        Tone::Educational => {
            1.0 + 0.12
                * has(&[
                    "because",
                    "means",
                    "how",
                    "when",
                    "so",
                    "if",
                    "helps",
                    "lets",
                    "step",
                    "learn",
                    "weil",
                    "damit",
                    "bedeutet",
                    "wie",
                    "wenn",
                    "hilft",
                    "parce",
                    "comment",
                    "permet",
                    "quand",
                    "signifie",
                    "porque",
                    "cómo",
                    "cuando",
                    "significa",
                    "ayuda",
                ])
        }
        Tone::Conversational => {
            let near = has(&[
                "you", "your", "we", "our", "i", "my", "us", "du", "dir", "dein", "wir", "uns", "ich",
                "mein", "vous", "votre", "nous", "notre", "je", "mon", "tú", "tu", "nosotros", "nuestro",
                "yo", "mi",
            ]);
            1.0 + 0.1 * near + if sentence.words <= 16 { 0.08 } else { 0.0 }
        }
        Tone::Opinionated => {
            let stance = lexicon
                .map_or(0, |lexicon| lexicon.stance.iter().filter(|word| contains_word(&lower, word)).count())
                .min(2);
            1.0 + 0.15 * stance as f32
        }
        Tone::Authority => {
            let quoted = material
                .analysis
                .quotations
                .iter()
                .any(|quotation| quotation.sentence == index && quotation.attributed);
            1.0 + if number { 0.25 } else { 0.0 } + if quoted { 0.2 } else { 0.0 }
        }
    }
}

fn contains_word(lower: &str, wanted: &str) -> bool {
    lower.match_indices(wanted).any(|(at, _)| {
        !lower[..at].ends_with(char::is_alphanumeric)
            && !lower[at + wanted.len()..].starts_with(char::is_alphanumeric)
    })
}

/// What to choose.
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
    /// Whether the passages chosen so far still fit with one more.
    pub fits: &'a dyn Fn(&[Range<usize>]) -> bool,
    /// Only from this section.
    pub section: Option<usize>,
    pub variation: u32,
}

/// Passages in reading order: the most telling ones that fit together, none saying again what is said.
pub fn passages(material: &Material, said: &Said, wish: &Wish<'_>) -> Vec<Range<usize>> {
    let mut pool: Vec<(f32, &Passage)> =
        inside(material, wish.section).map(|passage| (value(material, passage, wish), passage)).collect();
    pool.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.sentences.start.cmp(&b.1.sentences.start)));
    // what ranks lower than this is never needed, and long documents have thousands
    pool.truncate(60 + 6 * wish.most);
    let mut said = said.clone();
    // a text of one or two parts gives more from each
    let parts =
        material.analysis.sections.iter().filter(|part| !part.aside && !part.sentences.is_empty()).count();
    let per_section = wish.per_section.max(wish.most.div_ceil(parts.max(1)));
    let mut chosen: Vec<(Range<usize>, usize)> = Vec::new();
    for (_, passage) in pool {
        if chosen.len() >= wish.most {
            break;
        }
        let start = passage.sentences.start;
        if chosen.iter().filter(|(_, section)| *section == passage.section).count() >= per_section
            || said.has(material, start)
        {
            continue;
        }
        // the longest form that fits
        let longest = passage.sentences.end.min(start + wish.sentences);
        for end in (start + 1..=longest).rev() {
            let range = start..end;
            if material.text(&range).len() > wish.bytes
                || (end > start + 1 && said.has_any(material, &(start + 1..end)))
            {
                continue;
            }
            if end > start + 1 && !worth_following(material, end - 1) {
                continue;
            }
            let mut trial: Vec<Range<usize>> = chosen.iter().map(|(range, _)| range.clone()).collect();
            trial.push(range.clone());
            trial.sort_by_key(|range| range.start);
            if (wish.fits)(&trial) {
                said.add(&range);
                chosen.push((range, passage.section));
                break;
            }
        }
    }
    let mut out: Vec<Range<usize>> = chosen.into_iter().map(|(range, _)| range).collect();
    out.sort_by_key(|range| range.start);
    // two that touch read as one
    out
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

/// Whether a passage should end with this sentence: a question without its answer leaves the reader hanging.
pub fn worth_following(material: &Material, index: usize) -> bool {
    let sentence = &material.analysis.sentences[index];
    sentence.words >= 4 && !sentence.question
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
    if sentence.faults.has(Faults::LONG) {
        value *= 0.5;
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

/// Sentences that open well, the best first. `bytes` is how long an opening may be; `turn` takes turns among those that
/// are nearly as good as the best, or, when `varied`, among at least three.
pub fn openings(
    material: &Material,
    tone: Tone,
    bytes: usize,
    turn: usize,
    varied: bool,
    allowed: &dyn Fn(usize) -> bool,
) -> Vec<usize> {
    let mut out: Vec<(f32, usize)> = Vec::new();
    for (value, index) in material.openings(tone) {
        if material.alone(*index).len() > bytes || !allowed(*index) {
            continue;
        }
        if out.iter().all(|(_, other)| material.analysis.likeness(*other, *index) < 0.5) {
            out.push((*value, *index));
        }
        if out.len() == 8 {
            break;
        }
    }
    let best = out.first().map_or(0.0, |(value, _)| *value);
    let near = out.iter().take_while(|(value, _)| *value >= best * 0.8).count();
    // who asks for another draft gets another opening, be it a little weaker
    let near = if varied { near.max(3).min(out.len()) } else { near };
    if near > 1 {
        out[..near].rotate_left(turn % near);
    }
    out.into_iter().map(|(_, index)| index).collect()
}

/// Every sentence that may open a text, the best first.
pub fn rank_openings(material: &Material, tone: Tone) -> Vec<(f32, usize)> {
    let mut scored: Vec<(f32, usize)> = Vec::new();
    for (index, sentence) in material.analysis.sentences.iter().enumerate() {
        if sentence.stands_alone()
            && !sentence.faults.has(Faults::LONG)
            && !matches!(sentence.kind, bellwether_language::BlockKind::Item { ordered: true, .. })
            && !material.echoes_heading(index)
        {
            let value = opening_value(material, index, tone);
            if value > 0.0 {
                scored.push((value, index));
            }
        }
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    scored.truncate(80);
    scored
}

/// How well a sentence makes one read on.
fn opening_value(material: &Material, index: usize, tone: Tone) -> f32 {
    let analysis = &material.analysis;
    let sentence = &analysis.sentences[index];
    let lower = sentence.alone().to_lowercase();
    let total = analysis.sentences.len().max(1) as f32;
    let mut value = 0.45 * sentence.score + 0.1 * sentence.centrality;
    // what stands first was written to open
    value += 0.15 * (1.0 - index as f32 / total);
    value += match sentence.words {
        0..=3 => -0.3,
        5..=14 => 0.18,
        15..=20 => 0.08,
        4 | 21..=26 => 0.0,
        _ => -0.2,
    };
    if let Some(lexicon) = analysis.language.lexicon() {
        let strong = lexicon.strong.iter().filter(|word| contains_word(&lower, word)).count().min(2);
        value += 0.07 * strong as f32;
    }
    if let Some(statistic) = analysis.statistics.iter().find(|statistic| statistic.sentence == index) {
        value += statistic.weight * if tone == Tone::Authority { 0.34 } else { 0.22 };
    }
    if sentence.question {
        // a question far down or without its answer belongs to its place
        let answered = !material.continuation(index, 1).is_empty();
        let place = if (index as f32) < total * 0.6 && answered { 0.0 } else { -0.3 };
        value += place
            + match tone {
                Tone::Conversational => 0.16,
                Tone::Educational => 0.08,
                Tone::Opinionated | Tone::Authority => -0.05,
            };
    }
    if sentence.faults.has_any(Faults::DEMONSTRATIVE.with(Faults::EARLY_PRONOUN)) {
        value -= 0.35;
    }
    value += if sentence.index == 0 { 0.06 } else { -0.04 };
    if sentence.kind.is_item() {
        value -= 0.12;
    }
    if sentence.text.contains('(') || sentence.text.contains(';') {
        value -= 0.1;
    }
    value * material.tone_fits(tone)[index]
}
