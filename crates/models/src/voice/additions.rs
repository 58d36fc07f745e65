//! Hashtags, the question at the end, and what an author adds to a text without saying anything by it.

use bellwether_language::Language;
use bellwether_networks::Content;
use bellwether_voice::{Lean, Moves, Place};

use super::{
    draft::{Draft, Part, Segment},
    moves::is_prose,
};
use crate::writer::Origin;

/// Where the hashtags stand at the end of a part: the text of its last gap.
fn tags_of(part: &mut Part) -> Option<&mut String> {
    match part.segments.last_mut() {
        Some(Segment::Gap(text)) if text.trim_start().starts_with('#') => Some(text),
        _ => None,
    }
}

pub(super) fn fewer_tags(draft: &mut Draft, moves: &Moves, _: Language) {
    let most = match moves.hashtags.lean {
        Lean::Never | Lean::Seldom => 0,
        _ => moves.hashtags.per_text as usize,
    };
    for tags in draft.parts.iter_mut().filter_map(tags_of) {
        let kept: Vec<&str> = tags.split_whitespace().take(most).collect();
        if kept.len() < tags.split_whitespace().count() {
            *tags = if kept.is_empty() { String::new() } else { format!("\n\n{}", kept.join(" ")) };
        }
    }
}

pub(super) fn lower_tags(draft: &mut Draft, moves: &Moves, _: Language) {
    if moves.lower_hashtags && moves.hashtags.lean >= Lean::Sometimes {
        for tags in draft.parts.iter_mut().filter_map(tags_of) {
            *tags = tags.to_lowercase();
        }
        if let Content::Post { hashtags, .. } | Content::Thread { hashtags, .. } = &mut draft.content {
            for tag in hashtags {
                *tag = tag.to_lowercase();
            }
        }
    }
}

/// A question of the writer's own phrases, which nobody asked for.
pub(super) fn drop_question(draft: &mut Draft, _: &Moves, _: Language) {
    for part in &mut draft.parts {
        let asks = part.segments.iter().position(|segment| {
            matches!(segment, Segment::Piece { text, origin: Origin::Pattern { .. }, .. } if text.ends_with('?'))
        });
        if let Some(at) = asks.filter(|at| *at > 1) {
            part.segments.drain(at - 1..=at);
        }
    }
}

fn added(id: &str, text: &str) -> Segment {
    Segment::Piece {
        text: text.to_owned(),
        before: text.to_owned(),
        origin: Origin::Pattern { id: format!("voice/{id}") },
    }
}

/// The author's favourite emoji once, where they put it.
pub(super) fn emoji(draft: &mut Draft, moves: &Moves, _: Language) {
    let Some(own) = moves.emoji.own.first().filter(|_| moves.emoji.lean >= Lean::Sometimes) else { return };
    let known = |part: &Part| moves.emoji.own.iter().any(|emoji| part.render().contains(emoji.as_str()));
    if draft.parts.iter().any(known) {
        return;
    }
    if moves.emoji.place == Place::Start {
        if let Some(part) = draft.parts.first_mut() {
            part.segments.insert(0, added("emoji", own));
            part.segments.insert(1, Segment::Gap(" ".to_owned()));
        }
    } else if let Some(part) = draft.parts.last_mut() {
        let prose = |segment: &Segment| is_prose(segment);
        if let Some(at) = part.segments.iter().rposition(prose) {
            part.segments.insert(at + 1, Segment::Gap(" ".to_owned()));
            part.segments.insert(at + 2, added("emoji", own));
        }
    }
}

/// The author's greeting, on a line of its own.
pub(super) fn opener(draft: &mut Draft, moves: &Moves) {
    let gap = if moves.blank_lines { "\n\n" } else { "\n" };
    if let (Some(words), Some(part)) = (moves.openers.first(), draft.parts.first_mut())
        && !words.contains(['#', '@', '/'])
        && !part.render().starts_with(words.as_str())
    {
        part.segments.insert(0, added("opener", words));
        part.segments.insert(1, Segment::Gap(gap.to_owned()));
    }
}

/// The author's last line, before the hashtags.
pub(super) fn sign_off(draft: &mut Draft, moves: &Moves) {
    let gap = if moves.blank_lines { "\n\n" } else { "\n" };
    if let (Some(words), Some(part)) = (moves.sign_offs.first(), draft.parts.last_mut())
        && !words.contains(['#', '@', '/'])
        && !part.render().contains(words.as_str())
        && let Some(at) = part.segments.iter().rposition(|segment| matches!(segment, Segment::Piece { .. }))
    {
        part.segments.insert(at + 1, Segment::Gap(gap.to_owned()));
        part.segments.insert(at + 2, added("sign_off", words));
    }
}
