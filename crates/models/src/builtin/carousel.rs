//! Slides to swipe through.

use std::ops::Range;

use bellwether_networks::{Content, Part, Slide, Tone};

use super::{
    context::{Context, Opening},
    flow::Element,
    patterns::{Genre, Kind},
    select::{self, Said, Wish},
    slide::{Draft, Named, slide},
    text::{Piece, Text},
};
use crate::writer::Trace;

/// A slide's body is not shorter than this in bytes, where there is more to say.
const BODY: usize = 230;
/// So many slides after the cover are enough.
const FEW: usize = 4;

/// Writes slides: a cover, one thought to a slide, an end; and the caption.
pub fn carousel(context: &Context<'_>, trace: &mut Vec<Trace>) -> Option<Content> {
    let (mut slides, said) = whole(context).or_else(|| chosen(context))?;
    if let Some(end) = end(context) {
        slides.push(Draft::new(end, None));
    }
    let least = context.rules.slides.as_ref().map_or(2, |rules| rules.min) as usize;
    if slides.len() < least.max(3) {
        return None;
    }
    let (caption, cta, tags) = caption(context, &said)?;
    caption.trace("caption", trace);
    for (index, slide) in slides.iter().enumerate() {
        Text::of(slide.title.clone()).trace(&format!("slides/{index}/title"), trace);
        slide.body.trace(&format!("slides/{index}/body"), trace);
    }
    Some(Content::Carousel {
        slides: slides
            .into_iter()
            .map(|slide| Slide { title: slide.title.text, body: slide.body.render() })
            .collect(),
        caption: caption.render(),
        cta,
        hashtags: tags,
        media_prompt: context.media_prompt(),
    })
}

/// The text itself, a paragraph or part of one to a slide.
fn whole(context: &Context<'_>) -> Option<(Vec<Draft>, Said)> {
    let material = context.material;
    let sentences = &material.analysis.sentences;
    let most = context.rules.slides.as_ref().map_or(8, |rules| rules.recommended.max(8)) as usize + 1;
    if context.variation > 1 || context.wishes.shorter {
        return None;
    }
    let mut titles: Vec<String> = Vec::new();
    let mut slides: Vec<Draft> = Vec::new();
    let mut said = Said::default();
    let mut heading: Option<usize> = None;
    // a question stands over its answer
    let mut question: Option<Piece> = None;
    let title =
        context.title_opening(2_000).filter(|title| context.fits(&title.piece.text, Part::SlideTitle));
    if let Some(title) = &title {
        titles.push(title.piece.text.to_lowercase());
    }
    let mut kept = 0;
    for element in context.flow(true) {
        match element {
            Element::Heading(section) => heading = Some(section),
            Element::List(list) => {
                let title = list
                    .lead
                    .map(|lead| Piece::sentences(material, &(lead..lead + 1)))
                    .or_else(|| Some(Piece::words(material, context.heading(list.section)?)))
                    .filter(|title| context.fits(&title.text, Part::SlideTitle));
                let mut body = Text::default();
                for item in &list.items {
                    kept += sentences[item.start].words;
                    said.add(item);
                    body.bullet("• ", Piece::sentences(material, item));
                }
                if title.is_some() {
                    heading = None;
                }
                match title.filter(|_| context.fits(&body.render(), Part::SlideBody)) {
                    Some(title) => slides.push(Draft { title, body, named: Named::Whole }),
                    None => return None,
                }
            }
            Element::Passage(range) => {
                let mut rest = range;
                if rest.len() == 1
                    && sentences[rest.start].question
                    && sentences[rest.start].holds
                    && context.fits(&sentences[rest.start].text, Part::SlideTitle)
                {
                    kept += sentences[rest.start].words;
                    said.add(&rest);
                    question = Some(Piece::following(material, &rest));
                    continue;
                }
                said.add(&rest);
                kept += sentences[rest.clone()].iter().map(|sentence| sentence.words).sum::<usize>();
                // under the cover’s title stands what the text begins with
                let mut cover =
                    if slides.is_empty() { title.as_ref().map(|title| title.piece.clone()) } else { None };
                cover = cover.or_else(|| question.take());
                while !rest.is_empty() {
                    let end = chunk(context, &rest)?;
                    let here = rest.start..end;
                    rest = end..rest.end;
                    let named = heading.take().and_then(|section| context.heading(section));
                    let draft = match cover.take() {
                        Some(title) => Draft::new(title, Some(Piece::following(material, &here))),
                        None => slide(context, &here, slides.len(), named, &mut titles),
                    };
                    // what nothing names goes on under the slide before, where there is room
                    let before = slides.last_mut().filter(|_| draft.named != Named::Whole);
                    match before.and_then(|before| with(context, &before.body, &here)) {
                        Some(longer) => {
                            if let Some(before) = slides.last_mut() {
                                before.body = longer;
                            }
                        }
                        None => slides.push(draft),
                    }
                }
            }
        }
        if slides.len() > most {
            return None;
        }
    }
    (kept * 2 >= material.analysis.words && slides.len() > 1).then_some((slides, said))
}

/// A slide's body with one more paragraph, when it has one and that is not too much.
fn with(context: &Context<'_>, body: &Text, here: &Range<usize>) -> Option<Text> {
    let mut longer = body.clone();
    longer.paragraph(vec![Piece::following(context.material, here)]);
    let text = longer.render();
    (!body.is_empty() && text.len() <= BODY && context.fits(&text, Part::SlideBody)).then_some(longer)
}

/// Where a slide's sentences end: as many as fit, rather where nothing is left open.
fn chunk(context: &Context<'_>, rest: &Range<usize>) -> Option<usize> {
    let material = context.material;
    let sentences = &material.analysis.sentences;
    let fits = |end: usize| {
        let body = material.verbatim(&(rest.start..end));
        body.len() <= BODY && context.fits(&body, Part::SlideBody)
            || end == rest.start + 1 && context.fits(&body, Part::SlideBody)
    };
    let ends = || (rest.start + 1..=rest.end).rev().filter(|end| fits(*end));
    ends().find(|end| !sentences[end - 1].holds).or_else(|| ends().next())
}

/// A cover and the most telling passages.
fn chosen(context: &Context<'_>) -> Option<(Vec<Draft>, Said)> {
    let material = context.material;
    let mut said = Said::default();
    let mut titles: Vec<String> = Vec::new();
    let mut slides: Vec<Draft> = vec![cover(context, &mut said, &mut titles)?];
    let fits = |ranges: &[Range<usize>]| {
        ranges.iter().all(|range| context.fits(&material.text(range), Part::SlideBody))
    };
    let allowed = |index: usize| context.speakable(index);
    let wanted = (material.analysis.words / 70).clamp(4, 7);
    let wanted = if context.wishes.shorter { wanted.min(4) } else { wanted };
    let wish = Wish { most: wanted + 8, sentences: 3, bytes: BODY, ..context.wish(&allowed, &fits) };
    let mut points: Vec<(Range<usize>, Draft)> = Vec::new();
    let mut section = None;
    for range in select::passages(material, &said, &wish) {
        let here = material.analysis.sentences[range.start].section;
        let heading = (section != Some(here)).then(|| context.heading(here)).flatten();
        section = Some(here);
        let draft = slide(context, &range, points.len() + 1, heading, &mut titles);
        points.push((range, draft));
    }
    // those that the text itself gives a title come first, the least telling ones go; a few well-named slides are better
    // than more of which some are named by half a sentence
    let unnamed =
        |points: &[(Range<usize>, Draft)]| points.iter().any(|(_, draft)| draft.named != Named::Whole);
    while points.len() > wanted || (points.len() > FEW && unnamed(&points)) {
        let worth = |index: usize| {
            let (range, draft) = &points[index];
            let named = match draft.named {
                Named::Whole => 1.0,
                Named::Parted => 0.4,
                Named::Number => 0.0,
            };
            material.analysis.sentences[range.start].score + named
        };
        let weakest = (0..points.len()).min_by(|a, b| worth(*a).total_cmp(&worth(*b)));
        points.remove(weakest.unwrap_or(0));
    }
    for (number, (range, mut draft)) in points.into_iter().enumerate() {
        if draft.named == Named::Number {
            draft.title.text = (number + 1).to_string();
        }
        said.add(&range);
        slides.push(draft);
    }
    Some((slides, said))
}

/// The title, or the opening that fits in large letters, and under it a sentence that says more.
fn cover(context: &Context<'_>, said: &mut Said, titles: &mut Vec<String>) -> Option<Draft> {
    let material = context.material;
    let short = |opening: &Opening| context.fits(&opening.piece.text, Part::SlideTitle);
    let openings = context.openings(180);
    let title = context
        .title_opening(2_000)
        .filter(short)
        .filter(|_| context.variation.is_multiple_of(2))
        .or_else(|| openings.iter().find(|opening| short(opening)).cloned())
        .or_else(|| context.title_opening(2_000).filter(short));
    let title = match title {
        Some(title) => title,
        None => Opening { piece: Piece::words(material, topic_title(context)?), sentences: None },
    };
    match &title.sentences {
        Some(range) => said.add(range),
        None => said.add_text(&title.piece.text),
    }
    titles.push(title.piece.text.to_lowercase());
    let body = openings
        .iter()
        .filter_map(|opening| opening.sentences.clone())
        .find(|range| {
            !said.has(material, range.start)
                && context.fits(material.alone(range.start), Part::SlideBody)
                && material.alone(range.start).len() <= 150
        })
        .inspect(|range| said.add(range))
        .map(|range| Piece::sentences(material, &range));
    Some(Draft::new(title.piece, body))
}

fn topic_title<'a>(context: &Context<'a>) -> Option<&'a str> {
    context
        .material
        .analysis
        .keyphrases
        .first()
        .map(|phrase| phrase.text.as_str())
        .filter(|text| context.fits(text, Part::SlideTitle) && !context.wishes.forbids(text))
}

/// What the last slide asks, where something is explained: to keep it. A story ends with its end.
fn end(context: &Context<'_>) -> Option<Piece> {
    let explains =
        matches!(context.tone, Tone::Educational | Tone::Authority) || context.material.genre == Genre::Guide;
    let kind = if context.wishes.ask { Kind::CtaQuestion } else { Kind::CtaSave };
    let title =
        (explains || context.wishes.ask).then(|| context.ask(&Said::default(), &[kind], false)).flatten();
    title.filter(|piece| context.fits(&piece.text, Part::SlideTitle))
}

fn caption(context: &Context<'_>, said: &Said) -> Option<(Text, Option<String>, Vec<String>)> {
    let material = context.material;
    let tags = context.tags();
    let ask = context.ask(said, &[Kind::CtaQuestion], false);
    let link = context.link_line();
    let openings = context.openings(200);
    // what the slides do not say already, else what the text begins with
    let sentences = |opening: &&Opening| opening.sentences.is_some();
    let opening = openings
        .iter()
        .find(|opening| opening.sentences.as_ref().is_some_and(|range| !said.has(material, range.start)))
        .or_else(|| {
            openings.iter().find(|opening| opening.sentences.as_ref().is_some_and(|range| range.start == 0))
        })
        .or_else(|| openings.iter().find(sentences))
        .or_else(|| openings.first())?;
    let mut text = Text::of(opening.piece.clone());
    let mut told = said.clone();
    if let Some(range) = &opening.sentences {
        told.add(range);
    }
    let fits = |ranges: &[Range<usize>]| {
        let mut trial = text.clone();
        for range in ranges {
            trial.paragraph(vec![Piece::sentences(material, range)]);
        }
        context.text_fits(&trial, Part::Caption, Some(420))
    };
    let allowed = |index: usize| context.speakable(index);
    let wish = Wish { most: 1, bytes: 260, ..context.wish(&allowed, &fits) };
    let more = select::passages(material, &told, &wish);
    for range in &more {
        text.paragraph(vec![Piece::sentences(material, range)]);
    }
    if let Some(ask) = &ask {
        text.paragraph(vec![ask.clone()]);
    }
    if let Some(link) = &link {
        text.paragraph(link.clone());
    }
    text.tags(&tags);
    context.text_fits(&text, Part::Caption, None).then_some((text, ask.map(|ask| ask.text), tags))
}
