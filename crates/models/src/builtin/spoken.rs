//! Writing in a voice: of the selections that say about as much of what matters, the one that the voice hears as
//! nearest, in the form that it hears as nearest.

use std::ops::Range;

use bellwether_networks::Content;

use super::{first_valid, material::Material, wishes::Wishes};
use crate::{
    voice::{Heard, Keep, VoiceEar, spoken, voiced},
    writer::{Brief, Origin, Trace},
};

/// How much a voice leans a selection towards what it hears as near. Zero is the order of what is most telling, shaken.
const LEANS: [f32; 16] =
    [0.0, 0.0, 0.0, 0.4, 0.4, 0.4, 0.8, 0.8, 0.8, 1.4, 1.4, 1.4, 2.0, 2.0, 2.0, 2.0];
/// Selections whose form is changed: of the others the words alone are too far.
const SHAPED: usize = 3;
/// A selection in a voice has at least so much of the words and of the importance of the one without it. A short text is
/// heard less surely, so that without this saying less would pass for being nearer.
const AS_LONG: f32 = 0.85;
const AS_TELLING: f32 = 0.75;
/// Sentences whose nearness is asked: the most telling ones.
const ASKED: usize = 120;

/// How near each sentence is to a voice, in deviations from the mean of its text, and how much that counts.
#[derive(Debug, Clone, Copy)]
pub struct Lean<'a> {
    near: &'a [f32],
    strength: f32,
}

impl Lean<'_> {
    /// By how much what is said in some sentences is worth more or less.
    pub fn factor(&self, sentences: &Range<usize>) -> f32 {
        let sum: f32 = self.near.get(sentences.clone()).unwrap_or_default().iter().sum();
        (self.strength * sum / (sentences.len() as f32).max(1.0)).exp()
    }
}

/// How near the sentences are that may be chosen. The others stay at the mean.
fn nearness(ear: &VoiceEar, material: &Material) -> Vec<f32> {
    let sentences = &material.analysis.sentences;
    let mut order: Vec<usize> = (0..sentences.len()).filter(|index| sentences[*index].words >= 4).collect();
    order.sort_by(|a, b| sentences[*b].score.total_cmp(&sentences[*a].score).then(a.cmp(b)));
    order.truncate(ASKED);
    let heard: Vec<(usize, f32)> =
        order.into_iter().map(|index| (index, ear.nearness(&sentences[index].text))).collect();
    let n = (heard.len() as f32).max(1.0);
    let mean = heard.iter().map(|(_, near)| near).sum::<f32>() / n;
    let deviation = (heard.iter().map(|(_, near)| (near - mean).powi(2)).sum::<f32>() / n).sqrt().max(1e-6);
    let mut near = vec![0.0; sentences.len()];
    for (index, value) in heard {
        near[index] = ((value - mean) / deviation).clamp(-2.0, 2.0);
    }
    near
}

/// Words that are said, and how telling the sentences are that they are from.
fn substance(material: &Material, content: &Content, trace: &[Trace]) -> (f32, f32) {
    let words = bellwether_language::count_words(&spoken(content)) as f32;
    let (mut telling, mut all) = (0.0, 0.0);
    for piece in trace {
        if let Origin::Input { start, end } = piece.origin {
            for index in material.within(start, end) {
                let sentence = &material.analysis.sentences[index];
                telling += sentence.score * sentence.words as f32;
                all += sentence.words as f32;
            }
        }
    }
    (words, telling / f32::max(all, 1.0))
}

/// The draft in a voice, and how near the one without it was.
pub fn in_voice(
    ear: &VoiceEar,
    material: &Material,
    brief: &Brief,
    wishes: &Wishes,
    (content, trace): (&Content, &[Trace]),
) -> Option<(Heard, f32)> {
    let before = ear.value(&spoken(content))?;
    let own = ear.moves().openers.iter().chain(&ear.moves().sign_offs);
    let keep = Keep {
        tags: !wishes.tags.is_empty() || wishes.most_tags.is_some(),
        ask: wishes.ask,
        additions: wishes.no_emoji || own.into_iter().any(|words| wishes.forbids(words)),
    };
    let near = nearness(ear, material);
    let (words, telling) = substance(material, content, trace);
    let mut drafts: Vec<(f32, Content, Vec<Trace>)> = vec![(before, content.clone(), trace.to_vec())];
    for (k, strength) in LEANS.into_iter().enumerate() {
        // other selections are far from the ones that a person gets who asks for another draft
        let variation = brief.variation.wrapping_add((k as u32 + 1) * 1_000);
        let lean = (strength > 0.0).then_some(Lean { near: &near, strength });
        let Some((content, trace)) = first_valid(material, brief, variation, wishes, lean) else { continue };
        if drafts.iter().any(|(_, known, _)| *known == content) {
            continue;
        }
        let (said, told) = substance(material, &content, &trace);
        if said < words * AS_LONG || told < telling * AS_TELLING {
            continue;
        }
        drafts.extend(ear.value(&spoken(&content)).map(|value| (value, content, trace)));
    }
    // of equals the first: what is most telling
    drafts[1..].sort_by(|a, b| b.0.total_cmp(&a.0));
    drafts
        .into_iter()
        .take(SHAPED)
        .filter_map(|(_, content, trace)| voiced(ear, brief.target, &content, &trace, keep))
        .reduce(|best, one| if one.confidence > best.confidence { one } else { best })
        .map(|heard| (heard, before))
}
