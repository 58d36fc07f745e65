//! How well a sentence serves a tone, and how well it makes one read on.

use std::ops::Range;

use bellwether_language::{Faults, Footing};
use bellwether_networks::Tone;

use super::{
    flow,
    material::{Material, Rated},
    spoken::Lean,
};

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
                    "perché",
                    "quando",
                    "aiuta",
                    "como",
                    "ajuda",
                    "omdat",
                    "hoe",
                    "als",
                    "helpt",
                ])
        }
        Tone::Conversational => {
            let near = lexicon.map_or(0, |lexicon| {
                let near =
                    |word: &str| lexicon.first_person.contains(word) || lexicon.second_person.contains(word);
                bellwether_language::words(&lower).filter(|word| near(word)).count().min(2)
            }) as f32;
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

/// What opens nearly as well as the best has at least this share of its value.
const NEAR: f32 = 0.7;
/// The same where a voice chooses among them by their sound.
const NEARER: f32 = 0.8;

/// Sentences that open well, the best first. `bytes` is how long an opening may be; `turn` takes turns among those that
/// are nearly as good as the best, or, when `varied`, among at least three.
pub fn openings(
    material: &Material,
    tone: Tone,
    bytes: usize,
    turn: usize,
    varied: bool,
    lean: Option<Lean<'_>>,
    allowed: &dyn Fn(usize) -> bool,
) -> Vec<Range<usize>> {
    let mut out: Vec<Rated> = Vec::new();
    for (value, range) in material.openings(tone) {
        if material.text(range).len() > bytes || !range.clone().all(allowed) {
            continue;
        }
        if out.iter().all(|(_, other)| material.analysis.likeness(other.start, range.start) < 0.5) {
            out.push((*value, range.clone()));
        }
        if out.len() == 8 {
            break;
        }
    }
    let best = out.first().map_or(0.0, |(value, _)| *value);
    if let Some(lean) = lean.filter(|lean| lean.strength() > 0.0) {
        // the nearest to the voice of those that open nearly as well as the best
        out.retain(|(value, _)| *value >= best * NEARER);
        for (value, range) in &mut out {
            *value *= lean.factor(range);
        }
        out.sort_by(|a, b| b.0.total_cmp(&a.0));
    }
    let best = out.first().map_or(0.0, |(value, _)| *value);
    let near = out.iter().take_while(|(value, _)| *value >= best * NEAR).count();
    // who asks for another draft gets another opening, be it a little weaker
    let near = if varied && lean.is_none_or(|lean| lean.strength() == 0.0) {
        near.max(3).min(out.len())
    } else {
        near
    };
    if near > 1 {
        out[..near].rotate_left(turn % near);
    }
    out.into_iter().map(|(_, range)| range).collect()
}

/// Everything that may open a text, the best first: a sentence that stands on nothing, with the next one where it needs
/// it (“not this. But that.”).
pub fn rank_openings(material: &Material, tone: Tone) -> Vec<Rated> {
    let mut scored: Vec<Rated> = Vec::new();
    let sentences = &material.analysis.sentences;
    let begins = material.begins();
    for (index, sentence) in sentences.iter().enumerate() {
        let able = sentence.footing == Footing::Alone
            && sentence.stands_alone()
            && !sentence.faults.has(Faults::LONG)
            && !flow::is_step(sentence)
            && !material.echoes_heading(index);
        if !able {
            continue;
        }
        let end = if sentence.holds { flow::read_on(&material.analysis, index, 2) } else { index + 1 };
        if sentences[end - 1].holds {
            continue;
        }
        let value = opening_value(material, index, begins, tone);
        if value > 0.0 {
            scored.push((value, index..end));
        }
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.start.cmp(&b.1.start)));
    scored.truncate(80);
    scored
}

/// How well a sentence makes one read on.
fn opening_value(material: &Material, index: usize, begins: usize, tone: Tone) -> f32 {
    let analysis = &material.analysis;
    let sentence = &analysis.sentences[index];
    let lower = sentence.alone().to_lowercase();
    let total = analysis.sentences.len().max(1) as f32;
    let mut value = 0.45 * sentence.score + 0.1 * sentence.centrality;
    // what stands first was written to open, what stands last to be remembered
    value += 0.12 * (1.0 - index as f32 / total);
    if index == begins {
        value += 0.22;
    } else if material.concludes(index) && sentence.index == 0 {
        value += 0.1;
    }
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
    // a request comes after its reason, what is so as well after what is
    let late = |(place, word): (usize, &str)| match word {
        "please" | "bitte" => place == 0,
        "also" | "auch" | "aussi" | "también" | "anche" | "também" | "ook" => true,
        _ => false,
    };
    if bellwether_language::words(&lower).enumerate().any(late) {
        value -= 0.25;
    }
    if material.defines(index) {
        value -= 0.2;
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

fn contains_word(lower: &str, wanted: &str) -> bool {
    lower.match_indices(wanted).any(|(at, _)| {
        !lower[..at].ends_with(char::is_alphanumeric)
            && !lower[at + wanted.len()..].starts_with(char::is_alphanumeric)
    })
}
