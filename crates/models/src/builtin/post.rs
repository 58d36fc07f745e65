//! Posts.

use std::ops::Range;

use bellwether_networks::{Content, Part, Target, Tone};

use super::{
    context::{Context, Opening},
    flow::{self, Element},
    form::{Form, form},
    material::Bullets,
    paragraph::{Ending, Paragraph, paragraph, render},
    select::{self, Said, Wish},
    text::{Piece, Text},
};
use crate::writer::Trace;

/// Writes a post.
pub fn post(context: &Context<'_>, trace: &mut Vec<Trace>) -> Option<Content> {
    let form = form(context);
    if let Some((text, hook, ending)) = whole(context, &form) {
        return Some(finished(context, &text, hook, &ending, trace));
    }
    let endings = Ending::of(context, &form, &Said::default(), false).shrinking(context.wishes.ask);
    if let Some((text, hook)) = counted(context, &form, &endings[0]) {
        return Some(finished(context, &text, hook, &endings[0], trace));
    }
    let openings = openings(context, &form);
    let (opening, ending) = openings.iter().find_map(|opening| {
        endings
            .iter()
            .find(|ending| render(&opening.piece, &[], ending).fits(context.target, Part::Text, None))
            .map(|ending| (opening, ending))
    })?;
    let (body, last) = body(context, &form, opening, ending);
    let mut ending = ending.clone();
    if !context.wishes.ask && last.is_some_and(|last| context.ends_itself(last)) {
        ending.ask = None;
    }
    let text = render(&opening.piece, &body, &ending);
    Some(finished(context, &text, opening.piece.text.clone(), &ending, trace))
}

fn finished(
    context: &Context<'_>,
    text: &Text,
    hook: String,
    ending: &Ending,
    trace: &mut Vec<Trace>,
) -> Content {
    text.trace("post", trace);
    Content::Post {
        post: text.render(),
        opening_hook: hook,
        cta: ending.cta(),
        hashtags: ending.tags.clone(),
        mentions: Vec::new(),
        media_prompt: context.media_prompt(),
    }
}

/// The text itself, when it is short enough: in its own order nothing loses what it stands on.
fn whole(context: &Context<'_>, form: &Form) -> Option<(Text, String, Ending)> {
    // who asks for another draft gets another selection; a comment on a post is not the text
    if context.variation > 1 || context.target == Target::XQuote {
        return None;
    }
    let material = context.material;
    let mut elements = context.flow(false);
    if !form.list {
        elements.retain(|element| !matches!(element, Element::List(_)));
    }
    let kept: usize = elements.iter().map(|element| words_of(context, element)).sum();
    // a text of which half can't be said is better chosen from
    if kept * 2 < material.analysis.words {
        return None;
    }
    // a title that says something opens on every second network, another one where another draft is asked for
    let claims = context.title_claims();
    let turn = if claims { context.turn() } else { context.variation as usize };
    let titled = context.title_opening(form.opening).filter(|_| claims == turn.is_multiple_of(2));
    let first = match elements.first()? {
        Element::Passage(range) => range.clone(),
        _ => return None,
    };
    let (hook, rest) = match titled {
        Some(title)
            if bellwether_language::similarity(&title.piece.text, material.alone(first.start)) <= 0.7 =>
        {
            (title.piece, None)
        }
        _ => {
            let sentences = &material.analysis.sentences;
            let end = (first.start + 1..first.end).find(|end| !sentences[end - 1].holds).unwrap_or(first.end);
            (Piece::sentences(material, &(first.start..end)), Some(end..first.end))
        }
    };
    let mut body: Vec<Paragraph> = Vec::new();
    for (index, element) in elements.iter().enumerate() {
        match (&rest, index) {
            (Some(rest), 0) if rest.is_empty() => {}
            (Some(rest), 0) => body.push(Piece::following(material, rest).into()),
            _ => body.extend(paragraph(context, element, true)),
        }
    }
    let mut said = Said::default();
    for element in &elements {
        if let Element::Passage(range) = element {
            said.add(range);
        }
    }
    let last = elements.last().and_then(|element| match element {
        Element::Passage(range) => Some(range.end - 1),
        _ => None,
    });
    let ends_itself = last.is_some_and(|last| context.ends_itself(last));
    let found = Ending::of(context, form, &said, ends_itself)
        .shrinking(context.wishes.ask)
        .into_iter()
        .take(3)
        .find_map(|ending| {
            let text = render(&hook, &body, &ending);
            text.fits(context.target, Part::Text, Some(form.whole)).then_some((text, ending))
        });
    let (text, ending) = found?;
    Some((text, hook.text, ending))
}

fn words_of(context: &Context<'_>, element: &Element) -> usize {
    let sentences = &context.material.analysis.sentences;
    let words =
        |range: &Range<usize>| sentences[range.clone()].iter().map(|sentence| sentence.words).sum::<usize>();
    match element {
        Element::Heading(_) => 0,
        Element::Passage(range) => words(range),
        Element::List(list) => {
            list.items.iter().map(words).sum::<usize>() + list.lead.map_or(0, |lead| sentences[lead].words)
        }
    }
}

/// “5 things to know about sourdough:” and the points, where a tone that explains meets a network that likes lists.
fn counted(context: &Context<'_>, form: &Form, ending: &Ending) -> Option<(Text, String)> {
    let listed = matches!(context.target, Target::LinkedinShort | Target::InstagramCaption)
        && context.variation.is_multiple_of(2)
        && form.list;
    if context.tone != Tone::Educational || !listed {
        return None;
    }
    let material = context.material;
    // a story told in paragraphs is no list of things; one with several headed parts is
    let headed =
        |section: usize| material.heading(section).is_some() && !material.analysis.sections[section].aside;
    if (0..material.analysis.sections.len()).filter(|section| headed(*section)).count() < 3 {
        return None;
    }
    // as wide as it will be, since the number is known only at the end
    let hook = context.count_hook(9)?;
    let build = |hook: &Piece, ranges: &[Range<usize>]| {
        let mut text = Text::of(hook.clone());
        for (index, range) in ranges.iter().enumerate() {
            text.marked(format!("{}. ", index + 1), Piece::sentences(material, range));
        }
        ending.put(&mut text);
        text
    };
    // each point stands for itself, without the one before
    let allowed = |index: usize| {
        let sentence = &material.analysis.sentences[index];
        headed(sentence.section) && sentence.opens() && context.speakable(index)
    };
    let fits = |ranges: &[Range<usize>]| {
        build(&hook, ranges).fits(context.target, Part::Text, Some(form.length + 120))
    };
    let wish = Wish { most: 5, sentences: 1, per_section: 1, bytes: 170, ..context.wish(&allowed, &fits) };
    let points = select::passages(material, &Said::default(), &wish);
    if points.len() < 3 {
        return None;
    }
    let hook = context.count_hook(points.len())?;
    Some((build(&hook, &points), hook.text))
}

/// The quote post comments on somebody's post, so it opens with a judgement rather than with the news.
fn openings(context: &Context<'_>, form: &Form) -> Vec<Opening> {
    let mut openings = context.openings(form.opening);
    if openings.is_empty() {
        openings = context.openings(2_000);
    }
    let first = |opening: &Opening| opening.sentences.as_ref().is_none_or(|range| range.start == 0);
    if context.target == Target::XQuote
        && let Some(other) = openings.iter().position(|opening| !first(opening))
    {
        openings.rotate_left(other);
    }
    // what goes on for long begins where the text begins or with what it comes to: anything else would have to go back
    if form.passages > 2 {
        openings.sort_by_key(|opening| {
            opening.sentences.as_ref().is_some_and(|range| !context.material.frames(range.start))
        });
    }
    // a title needs something after it, which a very short form has no room for
    if form.passages <= 1 && openings.len() > 1 && openings[0].sentences.is_none() && !context.title_claims()
    {
        openings.swap(0, 1);
    }
    openings
}

/// The paragraphs after the opening, and the last sentence of them.
fn body(
    context: &Context<'_>,
    form: &Form,
    opening: &Opening,
    ending: &Ending,
) -> (Vec<Paragraph>, Option<usize>) {
    let material = context.material;
    let mut said = Said::default();
    let mut lead: Vec<Paragraph> = Vec::new();
    let mut last = None;
    match &opening.sentences {
        Some(range) => {
            said.add(range);
            last = Some(range.end - 1);
            let next = reading_on(context, range, form, opening, ending);
            if !next.is_empty() {
                said.add(&next);
                last = Some(next.end - 1);
                lead.push(Piece::following(material, &next).into());
            }
        }
        None => said.add_text(&opening.piece.text),
    }
    let mut elements: Vec<Element> = Vec::new();
    if let Some(list) = form.list.then(|| best_list(context, &said)).flatten() {
        let mut paragraphs = lead.clone();
        paragraphs.extend(paragraph(context, &Element::List(list.clone()), false));
        if render(&opening.piece, &paragraphs, ending).fits(context.target, Part::Text, Some(form.length)) {
            for item in list.items.iter().cloned().chain(list.lead.map(|lead| lead..lead + 1)) {
                said.add(&item);
            }
            elements.push(Element::List(list));
        }
    }
    let most = form.passages.saturating_sub(lead.len() + elements.len());
    let fits = |ranges: &[Range<usize>]| {
        let mut all: Vec<Element> = ranges.iter().cloned().map(Element::Passage).collect();
        all.extend(elements.iter().cloned());
        all.sort_by_key(Element::start);
        let mut paragraphs = lead.clone();
        paragraphs.extend(all.iter().filter_map(|element| paragraph(context, element, false)));
        render(&opening.piece, &paragraphs, ending).fits(context.target, Part::Text, Some(form.length))
    };
    let allowed = |index: usize| context.speakable(index);
    let wish = Wish {
        most,
        sentences: form.sentences,
        bytes: form.bytes,
        extend: form.length >= 440,
        ..context.wish(&allowed, &fits)
    };
    let chosen = select::passages(material, &said, &wish);
    if let Some(range) = chosen.last() {
        last = Some(range.end - 1);
    }
    let mut all: Vec<Element> = select::joined(material, chosen).into_iter().map(Element::Passage).collect();
    all.extend(elements.iter().cloned());
    all.sort_by_key(Element::start);
    lead.extend(all.iter().filter_map(|element| paragraph(context, element, false)));
    (lead, last)
}

/// The sentences after the opening when they read on from it and fit.
fn reading_on(
    context: &Context<'_>,
    range: &Range<usize>,
    form: &Form,
    opening: &Opening,
    ending: &Ending,
) -> Range<usize> {
    let material = context.material;
    let mut next = material.continuation(range.end - 1, form.sentences);
    if form.passages <= 3 && !next.is_empty() && material.defines(next.start) {
        return range.end..range.end;
    }
    while !next.is_empty() {
        let text = material.verbatim(&next);
        let fits = text.len() <= form.bytes
            && flow::ends_well(&material.analysis.sentences[next.end - 1])
            && next.clone().all(|index| context.speakable(index))
            && render(&opening.piece, &[Piece::following(material, &next).into()], ending).fits(
                context.target,
                Part::Text,
                Some(form.length),
            );
        if fits {
            break;
        }
        next.end -= 1;
    }
    next
}

/// The list that carries most, when it says what is not said yet.
fn best_list(context: &Context<'_>, said: &Said) -> Option<Bullets> {
    let material = context.material;
    let sentences = &material.analysis.sentences;
    let value = |list: &Bullets| {
        list.items.iter().map(|item| sentences[item.start].centrality).sum::<f32>() / list.items.len() as f32
    };
    let free = |index: usize| !said.has(material, index) && context.speakable(index);
    material
        .lists
        .iter()
        .filter(|list| {
            list.lead.is_some_and(&free)
                && list.items.iter().all(|item| free(item.start) && sentences[item.start].text.len() <= 130)
        })
        .max_by(|a, b| value(a).total_cmp(&value(b)))
        .cloned()
}
