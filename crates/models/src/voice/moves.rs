//! The changes of form. Each one is tried, and kept when the voice is surer of the draft with it; what breaks a rule of
//! the network or touches a fact is never kept.

use bellwether_language::{Language, sentences};
use bellwether_networks::{Content, Target};
use bellwether_voice::{Lean, Moves, Place};

use super::{
    VoiceEar,
    contract::contractions,
    draft::{Draft, Part, Segment, quotations},
    sentences::{join_sentences, split_sentences},
    spoken,
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
const MOVES: [(About, Move); 14] = [
    (About::Form, contractions),
    (About::Form, join_all),
    (About::Form, join_some),
    (About::Form, split_paragraphs),
    (About::Form, tight_lines),
    (About::Form, join_sentences),
    (About::Form, split_sentences),
    (About::Form, exclamations),
    (About::Form, dashes),
    (About::Tags, fewer_tags),
    (About::Tags, lower_tags),
    (About::Ask, drop_question),
    (About::Form, lower_openings),
    (About::Additions, emoji),
];

/// The draft with the moves that bring it nearer to the voice; none when it is too short to be heard.
pub(crate) fn voiced(
    ear: &VoiceEar,
    target: Target,
    content: &Content,
    trace: &[Trace],
    keep: Keep,
) -> Option<Heard> {
    let mut best = Heard {
        confidence: ear.value(&spoken(content))?,
        content: content.clone(),
        trace: trace.to_vec(),
    };
    let Some(mut draft) = Draft::of(target, content, trace) else { return Some(best) };
    let language = ear.language();
    let attempt = |draft: &mut Draft, best: &mut Heard, change: &dyn Fn(&mut Draft), worth: f32| {
        let mut trial = draft.clone();
        change(&mut trial);
        if trial == *draft {
            return;
        }
        let Some((content, trace)) = trial.whole() else { return };
        let Some(heard) = ear.value(&spoken(&content)) else { return };
        if heard >= best.confidence + worth {
            *best = Heard { content, trace, confidence: heard };
            *draft = trial;
        }
    };
    // one move may make room for another
    for _ in 0..2 {
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
    }
    if !keep.additions {
        // a greeting or a sign-off is the author's own: it needs to do no harm
        attempt(&mut draft, &mut best, &|draft| opener(draft, ear.moves()), 0.0);
        attempt(&mut draft, &mut best, &|draft| sign_off(draft, ear.moves()), 0.0);
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
fn is_prose(segment: &Segment) -> bool {
    matches!(segment, Segment::Piece { text, origin, .. }
        if !text.contains("://")
            && text.trim_end().ends_with(['.', '!', '?', '”', '"', ')', '…'])
            && !matches!(origin, Origin::Brief)
            && bellwether_language::count_words(text) > 3)
}

/// Joins paragraphs of running text until each has as many sentences as `most`.
fn join(draft: &mut Draft, most: usize, language: Language) {
    for part in &mut draft.parts {
        let mut length = 0;
        for at in 0..part.segments.len() {
            let (before, after) = (at.checked_sub(1), at + 1);
            let both = before.and_then(|k| part.segments.get(k)).is_some_and(is_prose)
                && part.segments.get(after).is_some_and(is_prose);
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

fn join_all(draft: &mut Draft, moves: &Moves, language: Language) {
    join(draft, moves.paragraph_sentences.high.max(1) as usize + 2, language);
}

fn join_some(draft: &mut Draft, moves: &Moves, language: Language) {
    join(draft, moves.paragraph_sentences.usual.max(1) as usize, language);
}

/// Breaks a long paragraph where a sentence ends.
fn split_paragraphs(draft: &mut Draft, moves: &Moves, language: Language) {
    let most = moves.paragraph_sentences.high.max(1) as usize;
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

/// Line breaks instead of empty lines, for who never leaves one.
fn tight_lines(draft: &mut Draft, moves: &Moves, _: Language) {
    if moves.blank_lines {
        return;
    }
    for segment in draft.parts.iter_mut().flat_map(|part| &mut part.segments) {
        match segment {
            Segment::Gap(text) | Segment::Piece { text, .. } => *text = text.replace("\n\n", "\n"),
        }
    }
}

fn exclamations(draft: &mut Draft, moves: &Moves, _: Language) {
    if moves.exclamations != Lean::Never {
        return;
    }
    each(draft, |text| {
        // a mark inside of a sentence belongs to a name, such as that of a macro
        let named = text.match_indices('!').any(|(at, _)| {
            let mut rest = text[at + 1..].chars();
            !matches!((rest.next(), rest.next()), (None | Some('”' | '"' | '\n'), _))
                && !text[at + 1..].trim_start().starts_with(char::is_uppercase)
        });
        if named {
            return text.to_owned();
        }
        unquoted(text, |text| {
            let calm = text.replace("! ", ". ");
            match calm.strip_suffix('!') {
                Some(head) if !head.ends_with(['!', '?']) => format!("{head}."),
                _ => calm,
            }
        })
    });
}

/// The author's own form of dash.
fn dashes(draft: &mut Draft, moves: &Moves, _: Language) {
    if moves.dash.is_empty() || matches!(moves.dashes, Lean::Never) {
        return;
    }
    each(draft, |text| {
        unquoted(text, |text| {
            let mut text = text.to_owned();
            for dash in [" — ", " – ", " -- "] {
                if dash != moves.dash {
                    text = text.replace(dash, &moves.dash);
                }
            }
            text
        })
    });
}

/// Where the hashtags stand at the end of a part: the text of its last gap.
fn tags_of(part: &mut Part) -> Option<&mut String> {
    match part.segments.last_mut() {
        Some(Segment::Gap(text)) if text.trim_start().starts_with('#') => Some(text),
        _ => None,
    }
}

fn fewer_tags(draft: &mut Draft, moves: &Moves, _: Language) {
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

fn lower_tags(draft: &mut Draft, moves: &Moves, _: Language) {
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

/// A question of the writer's own phrases, under a text of somebody who asks none.
fn drop_question(draft: &mut Draft, moves: &Moves, _: Language) {
    if moves.questions >= Lean::Sometimes {
        return;
    }
    for part in &mut draft.parts {
        let asks = part.segments.iter().position(|segment| {
            matches!(segment, Segment::Piece { text, origin: Origin::Pattern { .. }, .. } if text.ends_with('?'))
        });
        if let Some(at) = asks.filter(|at| *at > 1) {
            part.segments.drain(at - 1..=at);
        }
    }
}

/// Sentences open in lower case where their first word is a little one that is no name.
fn lower_openings(draft: &mut Draft, moves: &Moves, language: Language) {
    if !moves.lower_openings {
        return;
    }
    each(draft, |text| {
        let quoted = quotations(text);
        let inside = |at: usize| {
            quoted.iter().any(|one| {
                let start = one.as_ptr() as usize - text.as_ptr() as usize;
                (start..start + one.len()).contains(&at)
            })
        };
        let mut out = text.to_owned();
        for range in sentences(text, language) {
            let sentence = &text[range.clone()];
            let word: String = sentence.chars().take_while(|c| c.is_alphanumeric() || *c == '\'').collect();
            let lower = word.to_lowercase();
            if !inside(range.start)
                && lower != "i"
                && !lower.starts_with("i'")
                && language.is_stop_word(&lower)
            {
                out.replace_range(range.start..range.start + word.len(), &lower);
            }
        }
        if out.len() == text.len() { out } else { text.to_owned() }
    });
}

fn added(id: &str, text: &str) -> Segment {
    Segment::Piece {
        text: text.to_owned(),
        before: text.to_owned(),
        origin: Origin::Pattern { id: format!("voice/{id}") },
    }
}

/// The author's favourite emoji once, where they put it.
fn emoji(draft: &mut Draft, moves: &Moves, _: Language) {
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
fn opener(draft: &mut Draft, moves: &Moves) {
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
fn sign_off(draft: &mut Draft, moves: &Moves) {
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
