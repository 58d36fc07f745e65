//! Slides and spoken words of what several sources say.

use bellwether_language::count_words;
use bellwether_networks::{Content, Part, Slide};

use super::{
    Passage, Reported, Room, Source, ask, count_hook, fits, hooks, links, media_prompt, passage, put_links,
    speakable, tags, telling,
};
use crate::{
    builtin::{
        context::Context,
        form::Form,
        script::timed,
        text::{Piece, Text},
    },
    writer::Trace,
};

const NO_FORM: Option<&Form> = None;

/// A slide's title and what stands under it.
type Drawn = (Piece, Text);

/// Slides: a cover, one source to a slide, a question; and the caption.
pub fn carousel(context: &Context<'_>, reported: &Reported, trace: &mut Vec<Trace>) -> Option<Content> {
    let order = reported.order(context);
    let most = context.rules.slides.as_ref().map_or(8, |rules| rules.recommended.max(5)) as usize;
    let mut drawn: Vec<(Drawn, Passage<'_>)> =
        order.iter().filter_map(|source| slide(context, reported, source)).collect();
    telling(&mut drawn, |(_, one)| one.headline);
    // room for the cover and the question
    drawn.truncate(most - 2);
    let (mut slides, used): (Vec<Drawn>, Vec<Passage<'_>>) = drawn.into_iter().unzip();
    let large = |piece: &Piece| context.fits(&piece.text, Part::SlideTitle);
    let heard: Vec<&Source> = used.iter().map(|one| one.source).collect();
    let cover = hooks(context, reported, &heard).into_iter().find(large)?;
    let names = named(&used);
    let under = [count_hook(context, reported, &heard).filter(|count| count.text != cover.text), names]
        .into_iter()
        .flatten()
        .find(|piece| context.fits(&piece.text, Part::SlideBody));
    slides.insert(0, (cover.clone(), under.map_or_else(Text::default, Text::of)));
    if let Some(ask) = ask(context, true).filter(large) {
        slides.push((ask, Text::default()));
    }
    let least = context.rules.slides.as_ref().map_or(2, |rules| rules.min) as usize;
    if slides.len() < least.max(3) {
        return None;
    }
    let tags = tags(context, reported);
    let (caption, cta) = caption(context, &cover, &used, &tags)?;
    caption.trace("caption", trace);
    for (index, (title, body)) in slides.iter().enumerate() {
        Text::of(title.clone()).trace(&format!("slides/{index}/title"), trace);
        body.trace(&format!("slides/{index}/body"), trace);
    }
    Some(Content::Carousel {
        slides: slides
            .into_iter()
            .map(|(title, body)| Slide { title: title.text, body: body.render() })
            .collect(),
        caption: caption.render(),
        cta,
        hashtags: tags,
        media_prompt: media_prompt(context, reported),
    })
}

/// A source's headline over its words; its name where the headline is too long.
fn slide<'a>(context: &Context<'_>, reported: &Reported, source: &'a Source) -> Option<(Drawn, Passage<'a>)> {
    let title = Piece::words(context.material, &source.title);
    let large =
        |piece: &Piece| context.fits(&piece.text, Part::SlideTitle) && speakable(context, &piece.text);
    (1..=2).rev().find_map(|sentences| {
        let one = passage(context, reported, source, Room { sentences, bytes: 230 })?;
        let again = bellwether_language::similarity(&title.text, &one.words.text) > 0.7;
        let (title, body) = if large(&title) && !again {
            let mut body = Text::default();
            body.paragraph(one.named());
            (title.clone(), body)
        } else {
            (Piece::brief(source.name.clone()), Text::of(one.words.clone()))
        };
        let drawn = large(&title) && context.fits(&body.render(), Part::SlideBody);
        drawn.then_some(((title, body), one))
    })
}

/// Who is heard, once each.
fn named(used: &[Passage<'_>]) -> Option<Piece> {
    let mut names: Vec<&str> = Vec::new();
    for one in used {
        if !names.contains(&one.source.name.as_str()) {
            names.push(&one.source.name);
        }
    }
    (!names.is_empty()).then(|| Piece::brief(names.join(" · ")))
}

/// The cover's words, what the first says, a question, where it can be read.
fn caption(
    context: &Context<'_>,
    cover: &Piece,
    used: &[Passage<'_>],
    tags: &[String],
) -> Option<(Text, Option<String>)> {
    let first = used.first()?;
    let ask = ask(context, true);
    let list: Vec<&Source> = used.iter().map(|one| one.source).collect();
    let build = |asked: bool, linked: bool| {
        let mut text = Text::of(cover.clone());
        text.paragraph(first.named());
        if let Some(ask) = ask.as_ref().filter(|_| asked) {
            text.paragraph(vec![ask.clone()]);
        }
        if links(context) && linked {
            put_links(context, &list, &mut text);
        } else if let Some(names) = named(used) {
            text.paragraph(vec![names]);
        }
        text.tags(tags);
        text
    };
    [(true, true), (false, true), (true, false), (false, false)].into_iter().find_map(|(asked, linked)| {
        let text = build(asked, linked);
        fits(context, &text, Part::Caption, NO_FORM)
            .then(|| (text, ask.as_ref().filter(|_| asked).map(|ask| ask.text.clone())))
    })
}

/// What is said in a short video: a headline, what each source says, a question.
pub fn script(context: &Context<'_>, reported: &Reported, trace: &mut Vec<Trace>) -> Option<Content> {
    let order = reported.order(context);
    let seconds = context.rules.duration.as_ref().map_or(45, |rules| rules.recommended);
    let words = seconds as usize * 150 / 60;
    let words = if context.wishes.shorter { words * 3 / 5 } else { words.min(130) };
    let ask = ask(context, true);
    let count = |pieces: &[Piece]| pieces.iter().map(|piece| count_words(&piece.text)).sum::<usize>();
    // what opens has so many words
    let mut left = words.saturating_sub(10 + ask.iter().map(|ask| count_words(&ask.text)).sum::<usize>());
    let mut passages: Vec<Passage<'_>> = order
        .iter()
        .filter_map(|source| passage(context, reported, source, Room { sentences: 1, bytes: 230 }))
        .collect();
    telling(&mut passages, |one| one.headline);
    passages.retain(|one| {
        let takes = count(&one.named());
        let room = takes <= left;
        left -= if room { takes } else { 0 };
        room
    });
    let heard: Vec<&Source> = passages.iter().map(|one| one.source).collect();
    let mut openings = hooks(context, reported, &heard);
    openings.truncate(3);
    let mut spoken: Vec<Vec<Piece>> = vec![vec![openings.first()?.clone()]];
    spoken.extend(passages.iter().map(Passage::named));
    let points: Vec<Piece> = passages.into_iter().map(|one| one.words).collect();
    if points.is_empty() {
        return None;
    }
    spoken.extend(ask.clone().map(|ask| vec![ask]));
    let (text, duration) = timed(&spoken);
    if !fits(context, &text, Part::Script, NO_FORM) {
        return None;
    }
    let tags = tags(context, reported);
    let caption = openings.iter().find_map(|opening| {
        let plain = Text::of(opening.clone());
        let mut tagged = plain.clone();
        tagged.tags(&tags);
        [tagged, plain].into_iter().find(|text| fits(context, text, Part::Caption, NO_FORM))
    })?;
    text.trace("script", trace);
    caption.trace("caption", trace);
    for (index, hook) in openings.iter().enumerate() {
        Text::of(hook.clone()).trace(&format!("hooks/{index}"), trace);
    }
    for (index, point) in points.iter().enumerate() {
        Text::of(point.clone()).trace(&format!("talking_points/{index}"), trace);
    }
    Some(Content::Script {
        hooks: openings.into_iter().map(|hook| hook.text).collect(),
        talking_points: points.into_iter().map(|point| point.text).collect(),
        script: text.render(),
        caption: caption.render(),
        cta: ask.map(|ask| ask.text),
        hashtags: tags,
        duration_seconds: duration,
    })
}
