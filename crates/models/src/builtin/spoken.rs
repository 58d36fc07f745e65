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
const LEANS: [f32; 16] = [0.0, 0.0, 0.0, 0.4, 0.4, 0.4, 0.8, 0.8, 0.8, 1.4, 1.4, 1.4, 2.0, 2.0, 2.0, 2.0];
/// Selections whose form is changed: of the others the words alone are too far.
const SHAPED: usize = 2;
/// How often something is left out of the best selection, and how much is tried each time.
const ROUNDS: usize = 4;
const FARTHEST: usize = 5;
/// A selection in a voice has at least so much of the words and of the importance of the one without it. A short text is
/// heard less surely, so that without this saying less would pass for being nearer.
const AS_LONG: f32 = 0.85;
const AS_TELLING: f32 = 0.8;
/// Sentences whose nearness is asked: the most telling ones.
const ASKED: usize = 120;

/// How near each sentence is to a voice, in deviations from the mean of its text, and how much that counts.
#[derive(Debug, Clone, Copy)]
pub struct Lean<'a> {
    near: &'a [f32],
    strength: f32,
    avoid: &'a [usize],
}

impl Lean<'_> {
    /// Whether a sentence is to be left out.
    pub fn avoids(&self, index: usize) -> bool {
        self.avoid.contains(&index)
    }

    /// How much nearness counts.
    pub const fn strength(&self) -> f32 {
        self.strength
    }

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

/// The draft in a voice, and how near the one without it was. Of what others report only the form is the voice's: which news
/// is told is no matter of it.
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
    let plain = Draft {
        value: before,
        content: content.clone(),
        trace: trace.to_vec(),
        variation: brief.variation,
        strength: 0.0,
        avoid: Vec::new(),
    };
    let drafts =
        if material.reported.is_some() { vec![plain] } else { nearest(ear, material, brief, wishes, plain) };
    drafts
        .into_iter()
        .take(SHAPED)
        .filter_map(|draft| voiced(ear, brief.target, &draft.content, &draft.trace, keep))
        .reduce(|best, one| if one.confidence > best.confidence { one } else { best })
        .map(|heard| (heard, before))
}

/// Other selections that say about as much, the nearest to the voice first.
fn nearest(ear: &VoiceEar, material: &Material, brief: &Brief, wishes: &Wishes, plain: Draft) -> Vec<Draft> {
    let near = nearness(ear, material);
    let (words, telling) = substance(material, &plain.content, &plain.trace);
    let missing = wishes.missing(&spoken(&plain.content)).len();
    let search = Search { ear, material, brief, wishes, near: &near, words, telling, missing };
    let mut drafts = search.selections(plain);
    search.improve(&mut drafts);
    drafts
}

/// A selection, and how it came about.
struct Draft {
    value: f32,
    content: Content,
    trace: Vec<Trace>,
    variation: u32,
    strength: f32,
    /// Sentences that were left out of it.
    avoid: Vec<usize>,
}

struct Search<'a> {
    ear: &'a VoiceEar,
    material: &'a Material,
    brief: &'a Brief,
    wishes: &'a Wishes,
    near: &'a [f32],
    /// Of the plain draft: words, how telling they are, and what was to be mentioned and isn't.
    words: f32,
    telling: f32,
    missing: usize,
}

impl Search<'_> {
    /// Selections that say about as much as the plain one, the nearest first; of equals the plain one.
    fn selections(&self, plain: Draft) -> Vec<Draft> {
        let mut drafts = vec![plain];
        for (k, strength) in LEANS.into_iter().enumerate() {
            // other selections are far from the ones that a person gets who asks for another draft
            let variation = self.brief.variation.wrapping_add((k as u32 + 1) * 1_000);
            drafts.extend(self.draft(&drafts, variation, strength, Vec::new()));
        }
        drafts.sort_by(|a, b| b.value.total_cmp(&a.value));
        drafts
    }

    /// What sounds least like the voice is left out of the best one, one after the other.
    fn improve(&self, drafts: &mut Vec<Draft>) {
        for _ in 0..ROUNDS {
            let Some(best) = drafts.first() else { return };
            let mut farthest: Vec<usize> = best
                .trace
                .iter()
                .filter_map(|piece| match piece.origin {
                    Origin::Input { start, end } => self.material.within(start, end).next(),
                    _ => None,
                })
                .collect();
            farthest.sort_by(|a, b| self.near[*a].total_cmp(&self.near[*b]));
            farthest.truncate(FARTHEST);
            let (variation, strength, avoid) = (best.variation, best.strength, best.avoid.clone());
            let found: Vec<Draft> = farthest
                .into_iter()
                .filter_map(|index| {
                    let avoid = avoid.iter().copied().chain([index]).collect();
                    self.draft(drafts, variation, strength, avoid)
                })
                .collect();
            let before = best.value;
            drafts.extend(found);
            drafts.sort_by(|a, b| b.value.total_cmp(&a.value));
            if drafts.first().is_some_and(|best| best.value <= before) {
                return;
            }
        }
    }

    /// One more; none when it is known or says less than the plain one.
    fn draft(&self, known: &[Draft], variation: u32, strength: f32, avoid: Vec<usize>) -> Option<Draft> {
        let lean = Lean { near: self.near, strength, avoid: &avoid };
        let (content, trace) = first_valid(self.material, self.brief, variation, self.wishes, Some(lean))?;
        if known.iter().any(|one| one.content == content) {
            return None;
        }
        let (said, told) = substance(self.material, &content, &trace);
        let text = spoken(&content);
        if said < self.words * AS_LONG
            || told < self.telling * AS_TELLING
            || self.wishes.missing(&text).len() > self.missing
        {
            return None;
        }
        let value = self.ear.value(&text)?;
        Some(Draft { value, content, trace, variation, strength, avoid })
    }
}

/// What composing in the brand’s voice did, in the two digits that a match is shown with.
pub(super) fn nearer(before: f32, after: f32) -> String {
    let (before, after) = (format!("{before:.2}"), format!("{after:.2}"));
    if before == after {
        return format!(
            "Composed in the brand’s voice, as near to it as these words come: the match is {after}."
        );
    }
    format!("Composed in the brand’s voice: the match rose from {before} to {after}.")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bellwether_networks::{Target, Tone};

    use super::*;
    use crate::{BrandNotes, BuiltinWriter, Document, voice::tests::chatty};

    const TEXT: &str = "The mill was rebuilt in 1998 and grinds 12 tons a day. We don't sell what we wouldn't eat, and we're \
        glad that you come. The ministry has published the regulation concerning the designation of cereals. Our neighbours \
        don't bake on Monday, so we've got the street to ourselves.\n\nThe regulation establishes the minimum proportion of \
        whole grain within industrial products. We can't show you the cellar on Friday, but you'll find us at the oven. \
        Suppliers are required to document the origin of each delivery. It's the rye that we're proud of, and it won't last.\n\n\
        The inspection of the facilities takes place at intervals of 24 months. You're welcome to try what we've baked, and \
        don't be shy. The associated expenditure is borne by the enterprise. We'll keep the jars for you until Sunday.";

    fn brief(ear: Option<&Arc<VoiceEar>>, instructions: Option<&str>) -> Brief {
        Brief {
            document: Document {
                text: TEXT.to_owned(),
                language: Some("en".to_owned()),
                ..Document::default()
            },
            target: Target::MastodonPost,
            tone: Tone::Conversational,
            instructions: instructions.map(str::to_owned),
            brand: BrandNotes::default(),
            analysis: None,
            voice: ear.cloned(),
            variation: 2,
        }
    }

    #[test]
    fn a_match_is_said_to_rise_only_where_that_is_seen() {
        assert!(nearer(0.34, 0.54).ends_with("rose from 0.34 to 0.54."));
        assert!(nearer(0.021, 0.0249).ends_with("the match is 0.02."));
    }

    #[test]
    fn a_selection_in_a_voice_is_nearer_and_says_as_much() {
        let ear = Arc::new(chatty());
        let material = Material::of(&brief(None, None).document);
        let off = BuiltinWriter::new().compose(&brief(None, None)).unwrap();
        let on = BuiltinWriter::new().compose(&brief(Some(&ear), None)).unwrap();
        let origins = |trace: &[Trace]| trace.iter().map(|piece| piece.origin.clone()).collect::<Vec<_>>();
        assert_ne!(origins(&off.trace), origins(&on.trace), "other sentences");
        assert!(ear.value(&spoken(&on.content)) > ear.value(&spoken(&off.content)));
        let ((words, telling), (said, told)) =
            (substance(&material, &off.content, &off.trace), substance(&material, &on.content, &on.trace));
        assert!(
            said >= words * AS_LONG && told >= telling * AS_TELLING,
            "{said} of {words}, {told} of {telling}"
        );
    }

    #[test]
    fn what_was_to_be_mentioned_is_mentioned_in_a_voice_too() {
        let ear = Arc::new(chatty());
        let asked = Some("Mention the ministry");
        let on = BuiltinWriter::new().compose(&brief(Some(&ear), asked)).unwrap();
        assert!(spoken(&on.content).contains("ministry"), "{}", spoken(&on.content));
    }

    #[test]
    fn the_nearest_sentences_are_those_in_the_voice() {
        let ear = chatty();
        let material = Material::of(&brief(None, None).document);
        let near = nearness(&ear, &material);
        let of = |start: &str| {
            near[material.analysis.sentences.iter().position(|one| one.text.starts_with(start)).unwrap()]
        };
        assert!(of("We can't show") > of("The regulation establishes"), "{near:?}");
        assert!(near.iter().all(|value| value.abs() <= 2.0));
    }
}
