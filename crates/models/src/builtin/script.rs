//! What is said in a short video.

use std::ops::Range;

use bellwether_language::count_words;
use bellwether_networks::{Content, Part, Target};

use super::{
    context::{Context, Opening, technical},
    patterns::Kind,
    select::{self, Said, Wish},
    text::{Piece, Text},
};
use crate::writer::Trace;

/// Words said in a minute on camera.
const PACE: u32 = 150;

/// Writes a script: hooks to choose from, what is said with its times, and the caption.
pub fn script(context: &Context<'_>, trace: &mut Vec<Trace>) -> Option<Content> {
    let material = context.material;
    let mut hooks: Vec<Opening> =
        context.openings(120).into_iter().filter(|opening| !technical(&opening.piece.text)).collect();
    if hooks.is_empty() {
        hooks = context.openings(2_000);
    }
    hooks.truncate(3);
    let opening = hooks.first()?.clone();
    let mut said = Said::default();
    let mut spoken: Vec<Piece> = vec![opening.piece.clone()];
    match &opening.sentences {
        Some(range) => {
            said.add(range);
            let next = reading_on(context, range);
            if !next.is_empty() {
                said.add(&next);
                spoken.push(Piece::following(material, &next));
            }
        }
        None => said.add_text(&opening.piece.text),
    }
    let seconds = context.rules.duration.as_ref().map_or(45, |rules| rules.recommended);
    let words = (seconds * PACE / 60).min(130);
    let ask = context.phrase_piece(Kind::CtaWatch);
    let fixed: u32 = spoken.iter().chain(&ask).map(|piece| count_words(&piece.text) as u32).sum();
    let fits = |ranges: &[Range<usize>]| {
        let sum: u32 = ranges.iter().map(|range| count_words(&material.text(range)) as u32).sum();
        fixed + sum <= words && ranges.iter().all(|range| range.clone().all(|index| context.speakable(index)))
    };
    let points = context.passages(
        &said,
        &Wish {
            tone: context.tone,
            most: 4,
            sentences: 2,
            per_section: 2,
            bytes: 260,
            fits: &fits,
            section: None,
            variation: context.variation,
        },
    );
    spoken.extend(points.iter().map(|range| Piece::sentences(material, range)));
    let mut talking_points: Vec<Piece> =
        points.iter().map(|range| Piece::sentences(material, &(range.start..range.start + 1))).collect();
    if talking_points.is_empty() {
        talking_points.push(spoken.last()?.clone());
    }
    spoken.extend(ask.clone());
    let (text, seconds) = timed(&spoken);
    if !context.text_fits(&text, Part::Script, None) {
        return None;
    }
    let tags = context.tags();
    let caption = caption(context, &hooks, &tags)?;
    text.trace("script", trace);
    caption.trace("caption", trace);
    for (index, hook) in hooks.iter().enumerate() {
        Text::of(hook.piece.clone()).trace(&format!("hooks/{index}"), trace);
    }
    for (index, point) in talking_points.iter().enumerate() {
        Text::of(point.clone()).trace(&format!("talking_points/{index}"), trace);
    }
    Some(Content::Script {
        hooks: hooks.into_iter().map(|hook| hook.piece.text).collect(),
        talking_points: talking_points.into_iter().map(|point| point.text).collect(),
        script: text.render(),
        caption: caption.render(),
        cta: ask.map(|ask| ask.text),
        hashtags: tags,
        duration_seconds: seconds,
    })
}

fn reading_on(context: &Context<'_>, range: &Range<usize>) -> Range<usize> {
    let material = context.material;
    let mut next = material.continuation(range.end - 1, 2);
    while !next.is_empty()
        && (material.verbatim(&next).len() > 220
            || !select::worth_following(material, next.end - 1)
            || next.clone().any(|index| !context.speakable(index)))
    {
        next.end -= 1;
    }
    next
}

/// Paragraphs with the time at which each begins, and how long all takes.
fn timed(spoken: &[Piece]) -> (Text, u32) {
    let mut text = Text::default();
    let mut words = 0_u32;
    for piece in spoken {
        let at = words * 60 / PACE;
        text.marked(format!("[{}:{:02}] ", at / 60, at % 60), piece.clone());
        words += count_words(&piece.text) as u32;
    }
    (text, (words * 60).div_ceil(PACE).max(3))
}

/// What stands under the video; on YouTube it is the title, so it is short and without hashtags when they don't fit.
fn caption(context: &Context<'_>, hooks: &[Opening], tags: &[String]) -> Option<Text> {
    let youtube = context.target == Target::YoutubeShortScript;
    let mut candidates: Vec<Piece> = Vec::new();
    if youtube {
        candidates.extend(context.title_opening(70).map(|opening| opening.piece));
    }
    // another hook than the one that is heard first
    candidates.extend(hooks.iter().skip(1).chain(hooks.first()).map(|hook| hook.piece.clone()));
    candidates.extend(context.title_opening(2_000).map(|opening| opening.piece));
    if let (true, Some(topic)) = (youtube, context.topic()) {
        candidates.push(Piece::words(context.material, topic));
    }
    candidates.extend(context.openings(70).into_iter().map(|opening| opening.piece));
    candidates
        .iter()
        .find_map(|piece| {
            let mut text = Text::of(piece.clone());
            let ask = (!youtube).then(|| context.phrase_piece(Kind::CtaQuestion)).flatten();
            if let Some(ask) = ask {
                text.paragraph(vec![ask]);
            }
            let plain = text.clone();
            if !youtube {
                text.tags(tags);
            }
            [text, plain, Text::of(piece.clone())]
                .into_iter()
                .find(|text| context.text_fits(text, Part::Caption, None))
        })
        // a title longer than is shown whole is still a title
        .or_else(|| {
            let piece = hooks.first()?.piece.clone();
            let words: Vec<&str> = piece.text.split(' ').collect();
            (1..words.len()).rev().find_map(|count| {
                let text = Text::of(Piece {
                    text: format!("{}…", words[..count].join(" ")),
                    origin: piece.origin.clone(),
                });
                context.text_fits(&text, Part::Caption, None).then_some(text)
            })
        })
}
