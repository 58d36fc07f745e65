//! Slides to swipe through.

use std::ops::Range;

use bellwether_language::{Footing, Language};
use bellwether_networks::{Content, Part, Slide, Tone};

use super::{
    context::{Context, Opening, technical},
    flow::Element,
    patterns::{Genre, Kind},
    select::{self, Said, Wish},
    text::{Piece, Text},
};
use crate::writer::{Origin, Trace};

/// A slide's body is not shorter than this in bytes, where there is more to say.
const BODY: usize = 230;

struct Draft {
    title: Piece,
    body: Text,
}

impl Draft {
    fn new(title: Piece, body: Option<Piece>) -> Self {
        Self { title, body: body.map(Text::of).unwrap_or_default() }
    }
}

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
                    Some(title) => slides.push(Draft { title, body }),
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
                    slides.push(draft);
                }
            }
        }
        if slides.len() > most {
            return None;
        }
    }
    (kept * 2 >= material.analysis.words && slides.len() > 1).then_some((slides, said))
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
    let wish = Wish { most: wanted + 4, sentences: 3, bytes: BODY, ..context.wish(&allowed, &fits) };
    let mut points: Vec<(Range<usize>, Draft)> = Vec::new();
    let mut section = None;
    for range in select::passages(material, &said, &wish) {
        let here = material.analysis.sentences[range.start].section;
        let heading = (section != Some(here)).then(|| context.heading(here)).flatten();
        section = Some(here);
        let draft = slide(context, &range, points.len() + 1, heading, &mut titles);
        points.push((range, draft));
    }
    // those that the text itself gives a title come first, the least telling ones go
    while points.len() > wanted {
        let worth = |index: usize| {
            let (range, draft) = &points[index];
            material.analysis.sentences[range.start].score + if is_number(draft) { 0.0 } else { 1.0 }
        };
        let weakest = (0..points.len()).min_by(|a, b| worth(*a).total_cmp(&worth(*b)));
        points.remove(weakest.unwrap_or(0));
    }
    for (number, (range, mut draft)) in points.into_iter().enumerate() {
        if is_number(&draft) {
            draft.title.text = (number + 1).to_string();
        }
        said.add(&range);
        slides.push(draft);
    }
    Some((slides, said))
}

/// Nothing in the text named it.
fn is_number(draft: &Draft) -> bool {
    draft.title.origin == Origin::Pattern { id: "number".to_owned() }
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
        .filter(|text| context.fits(text, Part::SlideTitle))
}

/// One thought: what names it in large letters, and the sentences. Named by its heading, by its own first sentence when
/// that is short, by what stands before its colon or comma, by a phrase that comes back in the text; at last its first
/// sentence is parted where it can be.
fn slide(
    context: &Context<'_>,
    range: &Range<usize>,
    number: usize,
    heading: Option<&str>,
    titles: &mut Vec<String>,
) -> Draft {
    let material = context.material;
    let sentences = &material.analysis.sentences;
    let text = if sentences[range.start].footing == Footing::Before {
        material.verbatim(range)
    } else {
        material.text(range)
    };
    let origin = material.origin(range);
    let body = || Some(Piece { text: text.clone(), origin: origin.clone() });
    let fresh = |title: &str| {
        context.fits(title, Part::SlideTitle)
            && !technical(title)
            && !titles.contains(&title.to_lowercase())
            && bellwether_language::count_words(title) <= 14
    };
    let parted = |(title, rest): (String, String)| {
        fresh(&title).then(|| {
            Draft::new(
                Piece { text: title, origin: origin.clone() },
                Some(Piece { text: rest, origin: origin.clone() }),
            )
        })
    };
    let by_heading = || {
        let heading = heading.filter(|heading| fresh(heading))?;
        Some(Draft::new(Piece::words(material, heading), body()))
    };
    // a whole sentence in large letters, what follows it below
    let by_sentence = || {
        let first = range.start..range.start + 1;
        let title = if sentences[range.start].footing == Footing::Before {
            Piece::following(material, &first)
        } else {
            Piece::sentences(material, &first)
        };
        if !fresh(&title.text) {
            return None;
        }
        let rest = range.start + 1..range.end;
        Some(if rest.is_empty() {
            let mut title = title;
            if title.text.ends_with('.') && !title.text.ends_with("..") {
                title.text.pop();
            }
            Draft::new(title, None)
        } else {
            Draft::new(title, Some(Piece::following(material, &rest)))
        })
    };
    let by_phrase = || {
        let lower = text.to_lowercase();
        let phrase = material.analysis.keyphrases.iter().skip(1).find(|phrase| {
            lower.contains(&phrase.text.to_lowercase())
                && fresh(&phrase.text)
                && names_a_thought(context, phrase)
        })?;
        Some(Draft::new(
            Piece { text: capitalised(&phrase.text), origin: material.origin_of(&phrase.text) },
            body(),
        ))
    };
    let draft = by_heading()
        .or_else(by_sentence)
        .or_else(|| split_at_colon(&text).and_then(parted))
        .or_else(|| split_at_comma(&text).and_then(parted))
        .or_else(by_phrase)
        .or_else(|| split_at_word(&text, material.analysis.language).and_then(parted))
        // nothing in the text names it: its number does
        .unwrap_or_else(|| Draft::new(Piece::pattern("number", number.to_string()), body()));
    titles.push(draft.title.text.to_lowercase());
    draft
}

/// One word names nothing; several, a compound or a long German noun do.
fn names_a_thought(context: &Context<'_>, phrase: &bellwether_language::Keyphrase) -> bool {
    let several = phrase.text.contains([' ', '-']);
    let german = context.material.analysis.language == Language::GERMAN && phrase.text.chars().count() >= 8;
    phrase.count >= 2 && (several || german)
}

fn split_at_colon(text: &str) -> Option<(String, String)> {
    let (title, rest) =
        text.split_once(": ").or_else(|| text.split_once(" — ")).or_else(|| text.split_once(" – "))?;
    let enough = (2..=8).contains(&bellwether_language::count_words(title))
        && bellwether_language::count_words(rest) >= 4;
    let whole = !title.contains(['.', ',', '(', '"', '“', '«', '„', '!', '?'])
        && !rest.contains([')', '”', '—', '–']);
    (enough && whole).then(|| (title.trim_end().to_owned(), capitalised(rest)))
}

/// A sentence on two levels, parted at its first comma.
fn split_at_comma(text: &str) -> Option<(String, String)> {
    let (title, rest) = text.split_once(", ")?;
    let enough = (3..=12).contains(&bellwether_language::count_words(title))
        && bellwether_language::count_words(rest) >= 4;
    let whole = !title.contains(['.', '(', '"', '“', '«', '„', '!', '?', ':', ';', '—', '–', '|'])
        && !rest.contains(['”', '—', '–'])
        && rest.matches('(').count() == rest.matches(')').count();
    (enough && whole).then(|| (format!("{title} …"), format!("… {rest}")))
}

/// A sentence on two levels, parted before a small word near its sixth.
fn split_at_word(text: &str, language: Language) -> Option<(String, String)> {
    let end = text.find(['.', '!', '?', ':', ';', '"', '“', '«', '„', '(', '—', '–']).unwrap_or(text.len());
    let starts: Vec<usize> = text[..end].match_indices(' ').map(|(at, _)| at).collect();
    let small = |at: usize| {
        let next = text[at + 1..].split(' ').next().unwrap_or_default().to_lowercase();
        language.is_stop_word(&next) || language.is_unspaced()
    };
    // not between “of” and “my”, nor between “pick” and “up”
    let particle = |at: usize| {
        let next = text[at + 1..].split([' ', ',']).next().unwrap_or_default();
        matches!(next, "up" | "out" | "off" | "down" | "away" | "back" | "over" | "not" | "n't")
    };
    let places =
        || (5..starts.len().min(11)).filter(|place| small(starts[*place]) && !particle(starts[*place]));
    let place = places().find(|place| !small(starts[*place - 1])).or_else(|| places().next())?;
    let (title, rest) = (text[..starts[place]].trim(), text[starts[place]..].trim());
    (bellwether_language::count_words(rest) >= 4).then(|| (format!("{title} …"), format!("… {rest}")))
}

fn capitalised(text: &str) -> String {
    let word = text.split(' ').next().unwrap_or_default();
    if word.chars().skip(1).any(char::is_uppercase) || word.contains('.') && !word.ends_with('.') {
        return text.to_owned();
    }
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
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
