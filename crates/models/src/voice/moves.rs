//! The changes of form. Each one is tried, and kept when the voice is surer of the draft with it; what breaks a rule of
//! the network or touches a fact is never kept.

use bellwether_language::Language;
use bellwether_networks::{Content, Target};
use bellwether_voice::Moves;

use super::{
    VoiceEar, additions, contract,
    draft::{Draft, Segment, quotations},
    lines, marks, sentences, spoken, wording,
};
use crate::writer::{Origin, Trace};

/// What the voice is no surer of by this much is left as it was.
const WORTH: f32 = 0.002;

/// What a writer hands over, and how sure the voice is of it.
pub(crate) struct Heard {
    pub content: Content,
    pub trace: Vec<Trace>,
    pub confidence: f32,
}

/// What may not be changed, since the person asked for it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Keep {
    /// Hashtags.
    pub tags: bool,
    /// The question at the end.
    pub ask: bool,
    /// Line breaks and emoji: asked for or forbidden.
    pub additions: bool,
}

type Move = fn(&mut Draft, &Moves, Language);

/// What a move is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Form,
    Tags,
    Ask,
    Additions,
}

/// In the order in which they are tried: what changes most first.
const MOVES: [(About, Move); 29] = [
    (About::Tags, additions::fewer_tags),
    (About::Tags, additions::lower_tags),
    (About::Ask, additions::drop_question),
    (About::Form, lines::join_high),
    (About::Form, lines::join_some),
    (About::Form, lines::split_long),
    (About::Form, lines::split_usual),
    (About::Form, lines::tight_lines),
    (About::Form, contract::negations_together),
    (About::Form, contract::subjects_together),
    (About::Form, contract::negations_apart),
    (About::Form, contract::subjects_apart),
    (About::Form, marks::quotes),
    (About::Form, sentences::join_sentences),
    (About::Form, sentences::join_by_semicolon),
    (About::Form, sentences::split_sentences),
    (About::Form, marks::exclamations),
    (About::Form, marks::dashes),
    (About::Form, marks::dashes_to_brackets),
    (About::Form, marks::brackets_to_dashes),
    (About::Form, marks::brackets_to_commas),
    (About::Form, marks::comma_before_and),
    (About::Form, marks::no_comma_before_and),
    (About::Form, marks::bullets),
    (About::Form, wording::with_that),
    (About::Form, wording::without_that),
    (About::Form, marks::lower_openings),
    (About::Form, marks::ellipses),
    (About::Additions, additions::emoji),
];

/// The draft with the moves that bring it nearer to the voice; none when it is too short to be heard.
pub(crate) fn voiced(
    ear: &VoiceEar,
    target: Target,
    content: &Content,
    trace: &[Trace],
    keep: Keep,
) -> Option<Heard> {
    let mut best =
        Heard { confidence: ear.value(&spoken(content))?, content: content.clone(), trace: trace.to_vec() };
    let Some(mut draft) = Draft::of(target, content, trace) else { return Some(best) };
    let language = ear.language();
    let attempt = |draft: &mut Draft, best: &mut Heard, change: &dyn Fn(&mut Draft), worth: f32| {
        let mut trial = draft.clone();
        change(&mut trial);
        if trial == *draft {
            return;
        }
        // most changes bring nothing, so that the rules are only asked about those that do
        let Some(heard) = ear.value(&trial.text()) else { return };
        if heard < best.confidence + worth {
            return;
        }
        if let Some((content, trace)) = trial.whole() {
            *best = Heard { content, trace, confidence: heard };
            *draft = trial;
        }
    };
    let words = spoken(content).to_lowercase();
    let alternates: Vec<_> = wording::alternates(&words).collect();
    // one move may make room for another
    for _ in 0..2 {
        let before = best.confidence;
        for (about, change) in MOVES {
            let kept = match about {
                About::Form => false,
                About::Tags => keep.tags,
                About::Ask => keep.ask,
                About::Additions => keep.additions,
            };
            if !kept {
                attempt(&mut draft, &mut best, &|draft| change(draft, ear.moves(), language), WORTH);
            }
        }
        for (one, to_plain) in &alternates {
            attempt(
                &mut draft,
                &mut best,
                &|draft| wording::alternate(draft, *one, *to_plain, language),
                WORTH,
            );
        }
        if best.confidence <= before {
            break;
        }
    }
    if !keep.additions {
        // a greeting or a sign-off is the author's own: it needs to do no harm
        attempt(&mut draft, &mut best, &|draft| additions::opener(draft, ear.moves()), 0.0);
        attempt(&mut draft, &mut best, &|draft| additions::sign_off(draft, ear.moves()), 0.0);
    }
    Some(best)
}

/// Every piece of words that is no title of a link or such.
pub(super) fn each(draft: &mut Draft, mut change: impl FnMut(&str) -> String) {
    for segment in draft.parts.iter_mut().flat_map(|part| &mut part.segments) {
        if let Segment::Piece { text, origin, .. } = segment
            && !text.contains("://")
            && !matches!(origin, Origin::Pattern { id } if id.starts_with("voice/"))
        {
            *text = change(text);
        }
    }
}

/// Applies a change to what stands outside of quotation marks.
pub(super) fn unquoted(text: &str, change: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for quoted in quotations(text) {
        let start = quoted.as_ptr() as usize - text.as_ptr() as usize;
        out.push_str(&change(&text[at..start]));
        out.push_str(quoted);
        at = start + quoted.len();
    }
    out.push_str(&change(&text[at..]));
    out
}

/// Whether a piece is running text that ends as a sentence does.
pub(super) fn is_prose(segment: &Segment) -> bool {
    matches!(segment, Segment::Piece { text, origin, .. }
        if !text.contains("://")
            && text.trim_end().ends_with(['.', '!', '?', '”', '"', ')', '…'])
            && !matches!(origin, Origin::Brief)
            && bellwether_language::count_words(text) > 3)
}
