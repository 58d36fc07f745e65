//! What is said in a short video.

use std::ops::Range;

use bellwether_language::{Footing, count_words};
use bellwether_networks::{Content, Part, Target};

use super::{
    context::{Context, Opening, technical},
    flow::{self, Element},
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
    let words = if context.wishes.shorter { words * 3 / 5 } else { words };
    let ask = context.ask(&said, &[Kind::CtaWatch], false);
    let fixed: u32 = spoken.iter().chain(&ask).map(|piece| count_words(&piece.text) as u32).sum();
    let fits = |ranges: &[Range<usize>]| {
        let sentences = &material.analysis.sentences;
        let sum: usize = ranges.iter().flat_map(Clone::clone).map(|index| sentences[index].words).sum();
        fixed + sum as u32 <= words
    };
    let allowed = |index: usize| context.speakable(index);
    let wish = Wish { most: 4, sentences: 3, bytes: 300, extend: true, ..context.wish(&allowed, &fits) };
    let points = match whole(context, &opening, fixed, words) {
        Some(points) => {
            spoken.truncate(1);
            points
        }
        None => select::passages(material, &said, &wish),
    };
    spoken.extend(points.iter().map(|range| {
        if material.analysis.sentences[range.start].footing == Footing::Before {
            Piece::following(material, range)
        } else {
            Piece::sentences(material, range)
        }
    }));
    let mut talking_points: Vec<Piece> = points
        .iter()
        .filter(|range| material.analysis.sentences[range.start].footing != Footing::Before)
        .map(|range| Piece::sentences(material, &(range.start..range.start + 1)))
        .collect();
    if talking_points.is_empty() {
        talking_points.push(spoken.last()?.clone());
    }
    spoken.extend(ask.clone());
    let lines: Vec<Vec<Piece>> = spoken.iter().map(|piece| vec![piece.clone()]).collect();
    let (text, seconds) = timed(&lines);
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

/// The rest of the text after an opening that it begins with, when all of it can be said in the time.
fn whole(context: &Context<'_>, opening: &Opening, fixed: u32, words: u32) -> Option<Vec<Range<usize>>> {
    let start = match &opening.sentences {
        None => 0,
        Some(range) if range.start == 0 => range.end,
        Some(_) => return None,
    };
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for element in context.flow(false) {
        match element {
            Element::Passage(range) if range.end <= start => {}
            Element::Passage(range) => ranges.push(range.start.max(start)..range.end),
            // nobody reads a list aloud, and what answers a heading needs it
            Element::List(_) | Element::Heading(_) => return None,
        }
    }
    let text = |range: &Range<usize>| count_words(&context.material.verbatim(range)) as u32;
    let sum: u32 = ranges.iter().map(text).sum();
    (!ranges.is_empty() && fixed + sum <= words).then_some(ranges)
}

fn reading_on(context: &Context<'_>, range: &Range<usize>) -> Range<usize> {
    let material = context.material;
    let mut next = material.continuation(range.end - 1, 2);
    while !next.is_empty()
        && (material.verbatim(&next).len() > 220
            || !flow::ends_well(&material.analysis.sentences[next.end - 1])
            || next.clone().any(|index| !context.speakable(index)))
    {
        next.end -= 1;
    }
    next
}

/// Paragraphs with the time at which each begins, and how long all takes.
pub(super) fn timed(spoken: &[Vec<Piece>]) -> (Text, u32) {
    let mut text = Text::default();
    let mut words = 0_u32;
    for pieces in spoken {
        let at = words * 60 / PACE;
        text.marked_line(format!("[{}:{:02}] ", at / 60, at % 60), pieces.clone());
        words += pieces.iter().map(|piece| count_words(&piece.text) as u32).sum::<u32>();
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
    // the title is heard; what the text begins with stands below
    candidates.extend(
        hooks
            .iter()
            .filter(|hook| hook.sentences.is_some())
            .chain(hooks.first())
            .map(|hook| hook.piece.clone()),
    );
    candidates.extend(context.title_opening(2_000).map(|opening| opening.piece));
    if let (true, Some(topic)) = (youtube, context.topic()) {
        candidates.push(Piece::words(context.material, topic));
    }
    candidates.extend(context.openings(70).into_iter().map(|opening| opening.piece));
    candidates
        .iter()
        .find_map(|piece| {
            let mut text = Text::of(piece.clone());
            let ask = if youtube { None } else { context.ask(&Said::default(), &[Kind::CtaQuestion], false) };
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
