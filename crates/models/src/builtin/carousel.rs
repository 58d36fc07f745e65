//! Slides to swipe through.

use std::ops::Range;

use bellwether_networks::{Content, Part, Slide, Tone};

use super::{
    context::{Context, Opening, technical},
    patterns::Kind,
    select::{Said, Wish},
    text::{Piece, Text},
};
use crate::writer::{Origin, Trace};

struct Draft {
    title: Piece,
    body: Option<Piece>,
}

/// Writes slides: a cover, one thought to a slide, an end; and the caption.
pub fn carousel(context: &Context<'_>, trace: &mut Vec<Trace>) -> Option<Content> {
    let material = context.material;
    let mut said = Said::default();
    let mut titles: Vec<String> = Vec::new();
    let mut slides: Vec<Draft> = vec![cover(context, &mut said, &mut titles)?];
    let fits = |ranges: &[Range<usize>]| {
        ranges.iter().all(|range| {
            let text = material.text(range);
            context.fits(&text, Part::SlideBody) && range.clone().all(|index| context.speakable(index))
        })
    };
    let wanted = (material.analysis.words / 70).clamp(4, 7);
    let chosen = context.passages(
        &said,
        &Wish {
            tone: context.tone,
            most: wanted + 3,
            sentences: 2,
            per_section: 2,
            bytes: 200,
            fits: &fits,
            section: None,
            variation: context.variation,
        },
    );
    let mut points: Vec<(Range<usize>, Draft)> = Vec::new();
    for range in chosen {
        let draft = slide(context, &range, points.len() + 1, &mut titles);
        points.push((range, draft));
    }
    // those that the text itself gives a title come first, the least telling ones go
    while points.len() > wanted {
        let weakest = (0..points.len()).min_by(|a, b| {
            let worth = |index: usize| {
                let (range, draft) = &points[index];
                material.analysis.sentences[range.start].score + if is_number(draft) { 0.0 } else { 1.0 }
            };
            worth(*a).total_cmp(&worth(*b))
        });
        points.remove(weakest.unwrap_or(0));
    }
    let named = points.iter().filter(|(_, draft)| !is_number(draft)).count();
    if named >= 4 {
        points.retain(|(_, draft)| !is_number(draft));
    }
    for (number, (range, mut draft)) in points.into_iter().enumerate() {
        if is_number(&draft) {
            draft.title.text = (number + 1).to_string();
        }
        said.add(&range);
        slides.push(draft);
    }
    if let Some(end) = end(context) {
        slides.push(end);
    }
    let least = context.rules.slides.as_ref().map_or(2, |rules| rules.min) as usize;
    if slides.len() < least {
        return None;
    }
    let (caption, cta, tags) = caption(context, &said)?;
    caption.trace("caption", trace);
    for (index, slide) in slides.iter().enumerate() {
        Text::of(slide.title.clone()).trace(&format!("slides/{index}/title"), trace);
        if let Some(body) = &slide.body {
            Text::of(body.clone()).trace(&format!("slides/{index}/body"), trace);
        }
    }
    Some(Content::Carousel {
        slides: slides
            .into_iter()
            .map(|slide| Slide {
                title: slide.title.text,
                body: slide.body.map(|body| body.text).unwrap_or_default(),
            })
            .collect(),
        caption: caption.render(),
        cta,
        hashtags: tags,
        media_prompt: context.media_prompt(),
    })
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
    Some(Draft { title: title.piece, body })
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

/// One thought: what names it in large letters, and the sentences.
fn slide(context: &Context<'_>, range: &Range<usize>, number: usize, titles: &mut Vec<String>) -> Draft {
    let material = context.material;
    let text = material.text(range);
    let fresh = |title: &str, titles: &[String]| {
        let lower = title.to_lowercase();
        context.fits(title, Part::SlideTitle)
            && !technical(title)
            && !titles.contains(&lower)
            && bellwether_language::count_words(title) <= 12
    };
    let mut draft = None;
    // a whole sentence in large letters, what follows it below
    let first = material.alone(range.start);
    if range.len() > 1 && fresh(first, titles) && first.chars().count() <= 48 {
        let rest = range.start + 1..range.end;
        draft = Some(Draft {
            title: Piece::sentences(material, &(range.start..range.start + 1)),
            body: Some(Piece::following(material, &rest)),
        });
    }
    if draft.is_none()
        && let Some(heading) = context.heading(material.analysis.sentences[range.start].section)
        && fresh(heading, titles)
    {
        draft = Some(Draft {
            title: Piece::words(material, heading),
            body: Some(Piece::sentences(material, range)),
        });
    }
    // “Styling is a top-down process: you need …”
    if draft.is_none()
        && let Some((title, rest)) = split_at_colon(&text)
        && fresh(&title, titles)
    {
        let origin = material.origin(range);
        draft = Some(Draft {
            title: Piece { text: title, origin: origin.clone() },
            body: Some(Piece { text: rest, origin }),
        });
    }
    if draft.is_none() {
        let lower = text.to_lowercase();
        let phrase = material.analysis.keyphrases.iter().skip(1).find(|phrase| {
            lower.contains(&phrase.text.to_lowercase())
                && fresh(&phrase.text, titles)
                && names_a_thought(context, phrase)
        });
        if let Some(phrase) = phrase {
            let title = capitalised(&phrase.text);
            draft = Some(Draft {
                title: Piece { text: title, origin: material.origin_of(&phrase.text) },
                body: Some(Piece::sentences(material, range)),
            });
        }
    }
    let draft = draft.unwrap_or_else(|| {
        if range.len() == 1 && fresh(&text, titles) {
            let mut title = Piece::sentences(material, range);
            if title.text.ends_with('.') && !title.text.ends_with("..") {
                title.text.pop();
            }
            Draft { title, body: None }
        } else {
            let lower = text.to_lowercase();
            let phrase = material.analysis.keyphrases.iter().find(|phrase| {
                phrase.count >= 3
                    && lower.contains(&phrase.text.to_lowercase())
                    && fresh(&phrase.text, titles)
                    && phrase.text.chars().count() >= 4
            });
            if let Some(phrase) = phrase {
                let draft = Draft {
                    title: Piece {
                        text: capitalised(&phrase.text),
                        origin: material.origin_of(&phrase.text),
                    },
                    body: Some(Piece::sentences(material, range)),
                };
                titles.push(draft.title.text.to_lowercase());
                return draft;
            }
            // nothing in the text names it: its number does
            Draft {
                title: Piece::pattern("number", number.to_string()),
                body: Some(Piece::sentences(material, range)),
            }
        }
    });
    titles.push(draft.title.text.to_lowercase());
    draft
}

/// One word in lower case names nothing; a name, a compound or a German noun does.
fn names_a_thought(context: &Context<'_>, phrase: &bellwether_language::Keyphrase) -> bool {
    let several = phrase.text.contains([' ', '-']);
    let german = context.material.analysis.language == bellwether_language::Language::GERMAN
        && phrase.text.chars().count() >= 6;
    phrase.count >= 2 && (several || phrase.name || german)
}

fn split_at_colon(text: &str) -> Option<(String, String)> {
    let (title, rest) =
        text.split_once(": ").or_else(|| text.split_once(" — ")).or_else(|| text.split_once(" – "))?;
    let enough = (2..=8).contains(&bellwether_language::count_words(title))
        && bellwether_language::count_words(rest) >= 4;
    let whole = !title.contains(['.', ',', '(', '"', '“', '«', '„', '!', '?'])
        && !rest.contains([')', '”', '—', '–']);
    (enough && whole).then(|| (title.to_owned(), capitalised(rest)))
}

fn capitalised(text: &str) -> String {
    let word = text.split(' ').next().unwrap_or_default();
    if word.chars().skip(1).any(char::is_uppercase) || word.contains('.') && !word.ends_with('.') {
        return text.to_owned();
    }
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn end(context: &Context<'_>) -> Option<Draft> {
    let kind = match context.tone {
        Tone::Educational | Tone::Authority => Kind::CtaSave,
        Tone::Conversational | Tone::Opinionated => Kind::CtaQuestion,
    };
    let title = context.phrase_piece(kind).filter(|piece| context.fits(&piece.text, Part::SlideTitle))?;
    Some(Draft { title, body: None })
}

fn caption(context: &Context<'_>, said: &Said) -> Option<(Text, Option<String>, Vec<String>)> {
    let material = context.material;
    let tags = context.tags();
    let ask = context.phrase_piece(Kind::CtaQuestion);
    let link = context.link_line();
    let openings = context.openings(200);
    // what the slides do not say already
    let opening = openings
        .iter()
        .find(|opening| opening.sentences.as_ref().is_some_and(|range| !said.has(material, range.start)))
        .or_else(|| openings.iter().find(|opening| opening.sentences.is_none()))
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
        ranges.iter().all(|range| range.clone().all(|index| context.speakable(index)))
            && context.text_fits(&trial, Part::Caption, Some(420))
    };
    let more = context.passages(
        &told,
        &Wish {
            tone: context.tone,
            most: 1,
            sentences: 2,
            per_section: 2,
            bytes: 260,
            fits: &fits,
            section: None,
            variation: context.variation,
        },
    );
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
