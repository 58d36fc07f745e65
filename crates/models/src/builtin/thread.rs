//! Threads.

use std::ops::Range;

use bellwether_networks::{Content, ContentType, Part};

use super::{
    context::Context,
    patterns::Kind,
    post::asked,
    select::{self, Said, Wish},
    text::{Piece, Text},
};
use crate::writer::Trace;

/// Writes a thread.
pub fn thread(context: &Context<'_>, trace: &mut Vec<Trace>) -> Option<Content> {
    debug_assert_eq!(context.target.content_type(), ContentType::Thread);
    let material = context.material;
    let room = context.rules.max_length;
    let fits_text = |text: &Text| context.text_fits(text, Part::Text, None);
    let opening_bytes = (room as usize).min(300).saturating_sub(60);
    let mut candidates = context.openings(opening_bytes);
    if candidates.is_empty() {
        candidates = context.openings(2_000);
    }
    let opening = candidates.into_iter().find(|opening| fits_text(&Text::of(opening.piece.clone())))?;
    let mut said = Said::default();
    let mut first = Text::of(opening.piece.clone());
    if let Some(range) = &opening.sentences {
        said.add(range);
        let mut next = material.continuation(range.end - 1, 2);
        while !next.is_empty() {
            let mut trial = first.clone();
            trial.paragraph(vec![Piece::following(material, &next)]);
            if fits_text(&trial)
                && next.clone().all(|index| context.speakable(index))
                && select::worth_following(material, next.end - 1)
            {
                said.add(&next);
                first = trial;
                break;
            }
            next.end -= 1;
        }
    } else {
        said.add_text(&opening.piece.text);
    }
    // about one post for every hundred words, four to eight in all
    let wanted = (material.analysis.words / 70).clamp(3, 7);
    let fits = |ranges: &[Range<usize>]| {
        ranges.iter().all(|range| {
            range.clone().all(|index| context.speakable(index))
                && fits_text(&Text::of(Piece::sentences(material, range)))
        })
    };
    let chosen = context.passages(
        &said,
        &Wish {
            tone: context.tone,
            most: wanted,
            sentences: 3,
            per_section: 2,
            bytes: (room as usize).min(480),
            fits: &fits,
            section: None,
            variation: context.variation,
        },
    );
    let mut texts = vec![first];
    for range in &chosen {
        // the one before was cut short only to end on a whole thought: what touches goes together when it fits
        texts.push(Text::of(Piece::sentences(material, range)));
    }
    let mut last = Text::default();
    let ask = asked(context, &said, &[Kind::CtaQuestion]);
    if let Some(ask) = &ask {
        last.paragraph(vec![ask.clone()]);
    }
    let link = context.link_line();
    if let Some(link) = &link {
        last.paragraph(link.clone());
    }
    let tags = context.tags();
    if last.is_empty() {
        if let Some(end) = texts.last_mut() {
            let mut trial = end.clone();
            trial.tags(&tags);
            if fits_text(&trial) {
                *end = trial;
            }
        }
    } else {
        last.tags(&tags);
        texts.push(last);
    }
    let fewest = context.rules.thread.as_ref().map_or(2, |rules| rules.min) as usize;
    if texts.len() < fewest {
        return None;
    }
    let published: Vec<String> = texts.iter().map(Text::render).collect();
    let used: Vec<String> =
        tags.into_iter().filter(|tag| published.iter().any(|text| text.contains(tag.as_str()))).collect();
    for (index, text) in texts.iter().enumerate() {
        text.trace(&format!("thread/{index}"), trace);
    }
    Some(Content::Thread {
        post_count: published.len() as u32,
        thread: published,
        hashtags: used,
        mentions: Vec::new(),
        media_prompt: context.media_prompt(),
    })
}
