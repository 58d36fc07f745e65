//! The rhythm of lines and paragraphs.

use bellwether_language::{Language, sentences};
use bellwether_voice::Moves;

use super::{
    draft::{Draft, Segment},
    moves::{each, is_prose},
};
use crate::writer::Origin;

/// Bytes of the source between two pieces that may become one paragraph: a paragraph or two.
const NEAR: usize = 1_000;

/// Whether a piece opens with who says it or what it is about: “Anna Berg: We …”. That begins a paragraph.
fn is_labelled(segment: &Segment) -> bool {
    let Segment::Piece { text, .. } = segment else { return false };
    text.split_once(": ").is_some_and(|(label, _)| bellwether_language::count_words(label) <= 4)
}

/// Whether two pieces stand near each other in the source, in this order: others are no paragraph together, such as an
/// opening from its end and what it begins with.
fn reads_on(said: &Segment, next: &Segment) -> bool {
    match (said, next) {
        (
            Segment::Piece { origin: Origin::Input { end, .. }, .. },
            Segment::Piece { origin: Origin::Input { start, .. }, .. },
        ) => *start >= *end && start - end <= NEAR,
        _ => false,
    }
}

/// Joins paragraphs of running text until each has as many sentences as `most`.
fn join(draft: &mut Draft, most: usize, language: Language) {
    for part in &mut draft.parts {
        let mut length = 0;
        for at in 0..part.segments.len() {
            let (before, after) = (at.checked_sub(1), at + 1);
            let both = before.and_then(|k| part.segments.get(k)).zip(part.segments.get(after)).is_some_and(
                |(said, next)| is_prose(said) && is_prose(next) && !is_labelled(next) && reads_on(said, next),
            );
            let count = |segment: Option<&Segment>| match segment {
                Some(Segment::Piece { text, .. }) => sentences(text, language).len(),
                _ => 0,
            };
            let own = count(before.and_then(|k| part.segments.get(k)));
            let next = count(part.segments.get(after));
            if let Segment::Gap(gap) = &mut part.segments[at] {
                if !gap.trim().is_empty() || !both {
                    length = 0;
                    continue;
                }
                length = length.max(own);
                if gap.contains('\n') && length + next <= most {
                    " ".clone_into(gap);
                }
                length = if gap.contains('\n') { 0 } else { length + next };
            }
        }
    }
}

/// Paragraphs as long as the author's long ones.
pub(super) fn join_high(draft: &mut Draft, moves: &Moves, language: Language) {
    join(draft, moves.paragraph_sentences.high.max(1) as usize, language);
}

/// Paragraphs as long as the author's usual ones.
pub(super) fn join_some(draft: &mut Draft, moves: &Moves, language: Language) {
    join(draft, moves.paragraph_sentences.usual.max(1) as usize, language);
}

/// Breaks a long paragraph where a sentence ends.
fn split(draft: &mut Draft, most: u32, moves: &Moves, language: Language) {
    let most = most.max(1) as usize;
    let gap = if moves.blank_lines { "\n\n" } else { "\n" };
    each(draft, |text| {
        if text.contains('\n') {
            return text.to_owned();
        }
        let found = sentences(text, language);
        if found.len() <= most {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len() + 8);
        let mut at = 0;
        for (index, range) in found.iter().enumerate() {
            if index > 0 {
                let between = &text[at..range.start];
                out.push_str(if index % most == 0 && between == " " { gap } else { between });
            }
            out.push_str(&text[range.clone()]);
            at = range.end;
        }
        out.push_str(&text[at..]);
        out
    });
}

/// Paragraphs of at most as many sentences as the author's long ones have.
pub(super) fn split_long(draft: &mut Draft, moves: &Moves, language: Language) {
    split(draft, moves.paragraph_sentences.high, moves, language);
}

/// Paragraphs of at most as many sentences as the author's usual ones have.
pub(super) fn split_usual(draft: &mut Draft, moves: &Moves, language: Language) {
    split(draft, moves.paragraph_sentences.usual, moves, language);
}

/// Line breaks instead of empty lines, for who never leaves one.
pub(super) fn tight_lines(draft: &mut Draft, moves: &Moves, _: Language) {
    if moves.blank_lines {
        return;
    }
    for segment in draft.parts.iter_mut().flat_map(|part| &mut part.segments) {
        match segment {
            Segment::Gap(text) | Segment::Piece { text, .. } => *text = text.replace("\n\n", "\n"),
        }
    }
}
