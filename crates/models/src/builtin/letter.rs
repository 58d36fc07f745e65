//! Newsletters and articles: longer texts in Markdown that keep the input's own order and headings.

use std::ops::Range;

use bellwether_language::Footing;
use bellwether_networks::{CallToAction, Content, Part};

use super::{
    context::{Context, Opening},
    flow::Element,
    material::Bullets,
    patterns::Kind,
    select::{self, Said, Wish},
    text::{Piece, Text},
};
use crate::writer::Trace;

/// Writes a letter.
pub fn newsletter(context: &Context<'_>, trace: &mut Vec<Trace>) -> Option<Content> {
    let subject = headline(context, Part::Subject, 60)?;
    let preheader = preheader(context, &subject);
    let mut said = Said::default();
    remember(&mut said, &subject);
    let mut body = Text::default();
    if !whole(context, &said, &mut body, 420) {
        opening(context, &mut said, &mut body);
        sections(
            context,
            &mut said,
            &mut body,
            &Extent { sections: 5, passages: 2, sentences: 3, bytes: 420 },
        );
    }
    if body.is_empty() {
        // a single sentence is subject and letter
        body.paragraph(vec![subject.piece.clone().escaped()]);
    }
    let url = context.url();
    let cta = match url {
        Some(url) => context
            .phrase(Kind::Button)
            .map(|pattern| CallToAction { text: pattern.text.clone(), url: Some(url.to_owned()) }),
        None => context
            .phrase(Kind::CtaReply)
            .filter(|_| !context.wishes.no_ask)
            .map(|pattern| CallToAction { text: pattern.text.clone(), url: None }),
    };
    if let (None, Some(url)) = (&cta, url) {
        body.paragraph(vec![Piece::brief(url)]);
    }
    if !context.text_fits(&body, Part::Body, None) {
        return None;
    }
    Text::of(subject.piece.clone()).trace("subject", trace);
    if let Some(preheader) = &preheader {
        Text::of(preheader.clone()).trace("preheader", trace);
    }
    body.trace("body", trace);
    Some(Content::Email {
        subject: subject.piece.text,
        preheader: preheader.map(|piece| piece.text).unwrap_or_default(),
        body: body.render(),
        cta,
    })
}

/// Writes an article: the input's own parts, without what only fills.
pub fn article(context: &Context<'_>, trace: &mut Vec<Trace>) -> Option<Content> {
    let title = headline(context, Part::Title, 70)?;
    let mut said = Said::default();
    remember(&mut said, &title);
    let description = description(context, &said);
    let mut body = Text::default();
    if !whole(context, &said, &mut body, 1_500) {
        opening(context, &mut said, &mut body);
        sections(
            context,
            &mut said,
            &mut body,
            &Extent { sections: 9, passages: 4, sentences: 4, bytes: 700 },
        );
    }
    if body.is_empty() {
        body.paragraph(vec![title.piece.clone().escaped()]);
    }
    if let Some(link) = context.link_line() {
        body.paragraph(link);
    }
    Text::of(title.piece.clone()).trace("title", trace);
    if let Some(description) = &description {
        Text::of(description.clone()).trace("description", trace);
    }
    body.trace("body", trace);
    // the author's own tags before what is found
    let material = context.material;
    let mut tags = material.tags.clone();
    let found = material
        .analysis
        .keyphrases
        .iter()
        .filter(|phrase| phrase.in_title && phrase.count > 1 || phrase.name || phrase.count >= 3)
        .map(|phrase| phrase.text.clone());
    for tag in found {
        // “jobs” beside “background jobs” says nothing new
        if !tags.iter().any(|other| other.to_lowercase().contains(&tag.to_lowercase())) {
            tags.push(tag);
        }
    }
    tags.retain(|tag| !context.wishes.forbids(tag));
    tags.truncate(if context.wishes.no_tags { 0 } else { 6 });
    Some(Content::Article {
        title: title.piece.text,
        description: description.map(|piece| piece.text).unwrap_or_default(),
        body: body.render(),
        tags,
    })
}

/// The title, or an opening short enough for one.
fn headline(context: &Context<'_>, part: Part, most: usize) -> Option<Opening> {
    let title = context.title_opening(2_000).or_else(|| {
        let title = context.material.title.as_deref().filter(|title| !context.wishes.forbids(title))?;
        Some(Opening { piece: Piece::title(context.material, title), sentences: None })
    });
    let short = |opening: &Opening| opening.piece.text.chars().count() <= most;
    let openings = context.openings(most);
    let mut candidates: Vec<Opening> = Vec::new();
    if context.variation % 2 == 1 {
        candidates.extend(openings.iter().filter(|opening| short(opening)).cloned());
    }
    candidates.extend(title.clone().filter(short));
    candidates.extend(openings.iter().filter(|opening| short(opening)).cloned());
    candidates.extend(title);
    candidates.extend(openings);
    candidates
        .into_iter()
        .map(|mut opening| {
            // headlines end without a full stop
            if opening.piece.text.ends_with('.') && !opening.piece.text.ends_with("..") {
                opening.piece.text.pop();
            }
            opening
        })
        .find(|opening| hard_fits(context, &opening.piece.text, part))
}

/// The limits that a network enforces; what is only advised gives way when nothing shorter is there.
fn hard_fits(context: &Context<'_>, text: &str, part: Part) -> bool {
    context.rules.part(part).is_none_or(|rules| {
        rules
            .limits
            .iter()
            .filter(|limit| limit.hard)
            .all(|limit| bellwether_networks::measure::length(text, limit.unit) <= limit.max)
    })
}

fn remember(said: &mut Said, opening: &Opening) {
    match &opening.sentences {
        Some(range) => said.add(range),
        None => said.add_text(&opening.piece.text),
    }
}

/// What an inbox shows after the subject: something that the subject does not say.
fn preheader(context: &Context<'_>, subject: &Opening) -> Option<Piece> {
    let material = context.material;
    let mut said = Said::default();
    remember(&mut said, subject);
    context
        .openings(100)
        .into_iter()
        .filter_map(|opening| opening.sentences)
        .filter(|range| {
            !said.has(material, range.start) && context.fits(&material.text(range), Part::Preheader)
        })
        // the letter's first sentence is seen anyway
        .min_by_key(|range| range.start == 0)
        .map(|range| Piece::sentences(material, &range))
}

fn description(context: &Context<'_>, said: &Said) -> Option<Piece> {
    let material = context.material;
    let analysis = &material.analysis;
    let central = || analysis.key_points.iter().copied().filter(|index| context.speakable(*index));
    central()
        .filter(|index| !said.has(material, *index))
        .find(|index| {
            material.alone(*index).chars().count() >= 50
                && context.fits(material.alone(*index), Part::Description)
        })
        .or_else(|| {
            let fits = |index: &usize| context.fits(material.alone(*index), Part::Description);
            central().find(fits)
        })
        .map(|index| Piece::sentences(material, &(index..index + 1)))
}

/// The text itself with its headings, when what can be said of it has at most so many words.
fn whole(context: &Context<'_>, said: &Said, body: &mut Text, most: usize) -> bool {
    let material = context.material;
    let most = if context.wishes.longer { most * 2 } else { most };
    if context.variation > 1 || context.wishes.shorter || material.analysis.words > most * 5 / 4 {
        return false;
    }
    let elements = context.flow(true);
    let words = |range: &Range<usize>| {
        material.analysis.sentences[range.clone()].iter().map(|sentence| sentence.words).sum::<usize>()
    };
    let kept: usize = elements
        .iter()
        .map(|element| match element {
            Element::Passage(range) => words(range),
            Element::List(list) => list.items.iter().map(words).sum(),
            Element::Heading(_) => 0,
        })
        .sum();
    if kept > most || kept * 2 < material.analysis.words || kept == 0 {
        return false;
    }
    let mut told = said.clone();
    for element in &elements {
        match element {
            Element::Heading(section) => {
                if let Some(heading) =
                    material.heading(*section).filter(|heading| !context.wishes.forbids(heading))
                {
                    body.marked("## ", Piece::words(material, heading).escaped());
                }
            }
            // the subject is not said again
            Element::Passage(range) if range.len() == 1 && told.has(material, range.start) => {}
            Element::Passage(range) => {
                body.paragraph(vec![Piece::following(material, range).escaped()]);
                told.add(range);
            }
            Element::List(list) => bullets(context, list, &mut told, body),
        }
    }
    true
}

/// The first paragraphs: what the text itself opens with, when it says something.
fn opening(context: &Context<'_>, said: &mut Said, body: &mut Text) {
    let material = context.material;
    // a text without headings is one part, taken in its order
    if material.analysis.sections.len() < 3 {
        return;
    }
    let fits =
        |ranges: &[Range<usize>]| ranges.iter().map(|range| material.text(range).len()).sum::<usize>() <= 620;
    let allowed = |index: usize| context.speakable(index);
    let wish = Wish { most: 2, sentences: 3, bytes: 420, ..context.wish(&allowed, &fits) };
    let before_headings: Vec<Range<usize>> = select::passages(material, said, &wish)
        .into_iter()
        .filter(|range| {
            material.analysis.sentences[range.start].section == 0 || material.analysis.sections.len() <= 2
        })
        .collect();
    let chosen = if before_headings.is_empty() { first_of(context, said, 0) } else { before_headings };
    for range in select::joined(material, chosen) {
        body.paragraph(vec![Piece::sentences(material, &range).escaped()]);
        said.add(&range);
    }
}

fn first_of(context: &Context<'_>, said: &Said, section: usize) -> Vec<Range<usize>> {
    let allowed = |index: usize| context.speakable(index);
    let wish = Wish {
        most: 1,
        per_section: 1,
        bytes: 400,
        section: Some(section),
        ..context.wish(&allowed, &|_| true)
    };
    select::passages(context.material, said, &wish)
}

/// How much of the text is kept.
struct Extent {
    sections: usize,
    passages: usize,
    sentences: usize,
    bytes: usize,
}

/// The parts with their headings, each with its most telling passages and its list.
fn sections(context: &Context<'_>, said: &mut Said, body: &mut Text, extent: &Extent) {
    let material = context.material;
    let analysis = &material.analysis;
    let mut ranked: Vec<(f32, usize)> = analysis
        .sections
        .iter()
        .enumerate()
        .filter(|(_, section)| !section.aside)
        .map(|(index, section)| {
            let best = analysis.sentences[section.sentences.clone()]
                .iter()
                .map(|sentence| sentence.score)
                .fold(0.0_f32, f32::max);
            (best, index)
        })
        .filter(|(best, _)| *best > 0.0)
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    ranked.truncate(extent.sections);
    let mut order: Vec<usize> = ranked.into_iter().map(|(_, index)| index).collect();
    order.sort_unstable();
    // a text without headings is one part: as much of it as of several
    let passages_each = if order.len() == 1 { extent.passages * 3 } else { extent.passages };
    for section in order {
        let allowed = |index: usize| context.speakable(index) && analysis.sentences[index].section == section;
        let wish = Wish {
            most: passages_each,
            sentences: extent.sentences,
            per_section: passages_each,
            bytes: extent.bytes,
            section: Some(section),
            extend: true,
            ..context.wish(&allowed, &|_| true)
        };
        let passages = select::passages(material, said, &wish);
        let passages = select::joined(material, passages);
        let mut told = said.clone();
        for range in &passages {
            told.add(range);
        }
        let list = material
            .lists
            .iter()
            .find(|list| {
                list.section == section
                    && list.lead.is_none_or(|lead| !told.has(material, lead))
                    && list.lead.is_none_or(|lead| context.speakable(lead))
                    && list
                        .items
                        .iter()
                        .all(|item| !told.has(material, item.start) && context.speakable(item.start))
            })
            .cloned();
        if passages.is_empty() && list.is_none() {
            continue;
        }
        let heading = analysis.sections[section].heading.as_deref();
        if let Some(heading) = heading.filter(|heading| !context.wishes.forbids(heading)) {
            body.marked("## ", Piece::words(material, heading).escaped());
        }
        let mut list = list;
        for range in &passages {
            if list
                .as_ref()
                .is_some_and(|list| list.items.first().is_some_and(|item| item.start < range.start))
                && let Some(list) = list.take()
            {
                bullets(context, &list, said, body);
            }
            let follows = analysis.sentences[range.start].footing == Footing::Before;
            let piece =
                if follows { Piece::following(material, range) } else { Piece::sentences(material, range) };
            body.paragraph(vec![piece.escaped()]);
            said.add(range);
        }
        if let Some(list) = list {
            bullets(context, &list, said, body);
        }
    }
}

fn bullets(context: &Context<'_>, list: &Bullets, said: &mut Said, body: &mut Text) {
    let material = context.material;
    if let Some(lead) = list.lead {
        body.paragraph(vec![Piece::sentences(material, &(lead..lead + 1)).escaped()]);
        said.add(&(lead..lead + 1));
    }
    for (index, item) in list.items.iter().enumerate() {
        let piece = Piece::sentences(material, item).escaped();
        let mark = if list.ordered { format!("{}. ", index + 1) } else { "- ".to_owned() };
        // Markdown needs the blank line before a list
        if index == 0 {
            body.marked(mark, piece);
        } else {
            body.bullet(&mark, piece);
        }
        said.add(item);
    }
}
