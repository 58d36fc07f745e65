//! Posts.

use std::ops::Range;

use bellwether_networks::{Content, Part, Target, Tone};

use super::{
    context::{Context, Opening},
    material::Bullets,
    patterns::Kind,
    select::{self, Said, Wish},
    text::{Piece, Text},
};
use crate::writer::Trace;

/// What a post of a target is like.
struct Form {
    /// Length in the target's unit that it should not pass.
    length: u32,
    /// Bytes of the opening.
    opening: usize,
    /// Passages after it.
    passages: usize,
    /// Sentences to a passage.
    sentences: usize,
    /// Bytes to a passage.
    bytes: usize,
    /// What is asked of the reader, in the order of preference.
    asks: &'static [Kind],
    /// A list may be shown.
    list: bool,
}

fn form(target: Target, tone: Tone) -> Form {
    let base =
        Form { length: 280, opening: 170, passages: 1, sentences: 2, bytes: 220, asks: &[], list: false };
    match target {
        Target::XPost | Target::XQuote => base,
        Target::BlueskyPost => Form { length: 300, ..base },
        Target::ThreadsPost | Target::SandboxPost => {
            Form { length: 440, passages: 2, asks: &[Kind::CtaQuestion], bytes: 260, ..base }
        }
        Target::MastodonPost => Form { length: 480, passages: 2, bytes: 280, ..base },
        Target::LinkedinShort => {
            Form { length: 620, passages: 3, bytes: 260, asks: &[Kind::CtaQuestion], list: true, ..base }
        }
        Target::LinkedinLong => Form {
            length: 1_600,
            opening: 200,
            passages: 6,
            sentences: 3,
            bytes: 420,
            asks: &[Kind::CtaQuestion],
            list: true,
        },
        Target::InstagramCaption => Form {
            length: 800,
            opening: 125,
            passages: 4,
            bytes: 300,
            asks: if matches!(tone, Tone::Educational | Tone::Authority) {
                &[Kind::CtaSave]
            } else {
                &[Kind::CtaQuestion]
            },
            list: true,
            ..base
        },
        Target::FacebookPost => {
            Form { length: 700, passages: 3, bytes: 320, asks: &[Kind::CtaQuestion], list: true, ..base }
        }
        Target::YoutubeCommunity => {
            Form { length: 520, passages: 2, bytes: 280, asks: &[Kind::CtaQuestion], ..base }
        }
        Target::GoogleBusinessPost => Form { length: 700, passages: 3, bytes: 320, list: true, ..base },
        _ => Form { length: 500, passages: 2, ..base },
    }
}

/// Part of a body.
enum Element {
    Passage(Range<usize>),
    List(Bullets),
}

impl Element {
    fn start(&self) -> usize {
        match self {
            Self::Passage(range) => range.start,
            Self::List(list) => list.lead,
        }
    }
}

/// A paragraph, or a list after what announces it.
#[derive(Clone)]
struct Paragraph {
    pieces: Vec<Piece>,
    numbered: bool,
}

impl From<Piece> for Paragraph {
    fn from(piece: Piece) -> Self {
        Self { pieces: vec![piece], numbered: false }
    }
}

/// Ends of a post.
#[derive(Default, Clone)]
struct Ending {
    ask: Option<Piece>,
    link: Option<Vec<Piece>>,
    tags: Vec<String>,
}

impl Ending {
    fn put(&self, text: &mut Text) {
        if let Some(ask) = &self.ask {
            text.paragraph(vec![ask.clone()]);
        }
        if let Some(link) = &self.link {
            text.paragraph(link.clone());
        }
        text.tags(&self.tags);
    }

    fn cta(&self) -> Option<String> {
        let link = self
            .link
            .as_ref()
            .map(|pieces| pieces.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join(" "));
        self.ask.as_ref().map(|ask| ask.text.clone()).or(link)
    }
}

/// Writes a post.
pub fn post(context: &Context<'_>, trace: &mut Vec<Trace>) -> Option<Content> {
    let form = form(context.target, context.tone);
    let ending = Ending {
        ask: asked(context, &Said::default(), form.asks),
        link: context.link_line(),
        tags: context.tags(),
    };
    // what matters least goes first when it does not fit
    let endings = [
        ending.clone(),
        Ending { ask: None, ..ending.clone() },
        Ending { ask: None, tags: Vec::new(), ..ending },
        Ending::default(),
    ];
    if let Some(content) = counted(context, &form, &endings, trace) {
        return Some(content);
    }
    let openings = openings(context, &form);
    let (opening, ending) = openings.iter().find_map(|opening| {
        endings
            .iter()
            .find(|ending| render(context, opening, &[], ending).fits(context.target, Part::Text, None))
            .map(|ending| (opening, ending))
    })?;
    let body = body(context, &form, opening, ending);
    let text = render(context, opening, &body, ending);
    text.trace("post", trace);
    Some(Content::Post {
        post: text.render(),
        opening_hook: opening.piece.text.clone(),
        cta: ending.cta(),
        hashtags: ending.tags.clone(),
        mentions: Vec::new(),
        media_prompt: context.media_prompt(),
    })
}

/// “5 things to know about sourdough:” and the points, where a tone that explains meets a network that likes lists.
fn counted(
    context: &Context<'_>,
    form: &Form,
    endings: &[Ending],
    trace: &mut Vec<Trace>,
) -> Option<Content> {
    let listed = matches!(context.target, Target::LinkedinShort | Target::InstagramCaption)
        && context.variation.is_multiple_of(2);
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
    let ending = endings.first()?;
    let build = |hook: &Piece, ranges: &[Range<usize>]| {
        let mut text = Text::of(hook.clone());
        for (index, range) in ranges.iter().enumerate() {
            text.marked(format!("{}. ", index + 1), Piece::sentences(material, range));
        }
        ending.put(&mut text);
        text
    };
    let fits = |ranges: &[Range<usize>]| {
        ranges.iter().all(|range| {
            headed(material.analysis.sentences[range.start].section)
                && range.clone().all(|index| context.speakable(index))
        }) && build(&hook, ranges).fits(context.target, Part::Text, Some(form.length + 120))
    };
    let wish = Wish {
        tone: context.tone,
        most: 5,
        sentences: 1,
        per_section: 1,
        bytes: 170,
        fits: &fits,
        section: None,
        variation: context.variation,
    };
    let points = context.passages(&Said::default(), &wish);
    if points.len() < 3 {
        return None;
    }
    let hook = context.count_hook(points.len())?;
    let text = build(&hook, &points);
    text.trace("post", trace);
    Some(Content::Post {
        post: text.render(),
        opening_hook: hook.text,
        cta: ending.cta(),
        hashtags: ending.tags.clone(),
        mentions: Vec::new(),
        media_prompt: context.media_prompt(),
    })
}

/// What the reader is asked: the text's own question in a talk, else a declared phrase.
pub fn asked(context: &Context<'_>, said: &Said, kinds: &[Kind]) -> Option<Piece> {
    let own = (kinds.contains(&Kind::CtaQuestion)
        && matches!(context.tone, Tone::Conversational | Tone::Opinionated))
    .then(|| context.own_question(&|index| said.has(context.material, index)))
    .flatten();
    own.or_else(|| kinds.iter().find_map(|kind| context.phrase_piece(*kind)))
}

/// The quote post comments on somebody's post, so it opens with a judgement rather than with the news.
fn openings(context: &Context<'_>, form: &Form) -> Vec<Opening> {
    let mut openings = context.openings(form.opening);
    if openings.is_empty() {
        openings = context.openings(2_000);
    }
    if context.target == Target::XQuote && openings.len() > 1 {
        openings.rotate_left(1);
    }
    // a title needs something after it, which a very short form has no room for
    if form.passages <= 1 && openings.len() > 1 && openings[0].sentences.is_none() && !context.title_claims()
    {
        openings.swap(0, 1);
    }
    openings
}

fn body(context: &Context<'_>, form: &Form, opening: &Opening, ending: &Ending) -> Vec<Paragraph> {
    let material = context.material;
    let mut said = Said::default();
    let mut lead: Vec<Paragraph> = Vec::new();
    match &opening.sentences {
        Some(range) => {
            said.add(range);
            let next = reading_on(context, range, form, opening, ending);
            if !next.is_empty() {
                said.add(&next);
                lead.push(Piece::following(material, &next).into());
            }
        }
        None => said.add_text(&opening.piece.text),
    }
    let list = form.list.then(|| best_list(context, &said)).flatten();
    let mut elements: Vec<Element> = Vec::new();
    if let Some(list) = list {
        let trial = [Element::List(list)];
        let mut paragraphs = lead.clone();
        paragraphs.extend(paragraphs_of(context, &trial));
        if render(context, opening, &paragraphs, ending).fits(context.target, Part::Text, Some(form.length)) {
            elements.extend(trial);
        }
    }
    for element in &elements {
        if let Element::List(list) = element {
            said.add(&(list.lead..list.lead + 1));
            for item in &list.items {
                said.add(item);
            }
        }
    }
    let most = form.passages.saturating_sub(lead.len() + elements.len());
    let fits = |ranges: &[Range<usize>]| {
        let mut all: Vec<Element> = ranges.iter().cloned().map(Element::Passage).collect();
        all.extend(elements.iter().map(|element| match element {
            Element::Passage(range) => Element::Passage(range.clone()),
            Element::List(list) => Element::List(list.clone()),
        }));
        all.sort_by_key(Element::start);
        let mut paragraphs = lead.clone();
        paragraphs.extend(paragraphs_of(context, &all));
        ranges.iter().all(|range| range.clone().all(|index| context.speakable(index)))
            && render(context, opening, &paragraphs, ending).fits(
                context.target,
                Part::Text,
                Some(form.length),
            )
    };
    let chosen = context.passages(
        &said,
        &Wish {
            tone: context.tone,
            most,
            sentences: form.sentences,
            per_section: 2,
            bytes: form.bytes,
            fits: &fits,
            section: None,
            variation: context.variation,
        },
    );
    elements.extend(select::joined(material, chosen).into_iter().map(Element::Passage));
    elements.sort_by_key(Element::start);
    lead.extend(paragraphs_of(context, &elements));
    lead
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
    while !next.is_empty() {
        let last = &material.analysis.sentences[next.end - 1];
        let text = material.verbatim(&next);
        let fits = text.len() <= form.bytes
            && !last.question
            && last.words >= 4
            && next.clone().all(|index| context.speakable(index))
            && render(context, opening, &[Piece::following(material, &next).into()], ending).fits(
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
    material
        .lists
        .iter()
        .filter(|list| {
            !said.has(material, list.lead)
                && context.speakable(list.lead)
                && list.items.iter().all(|item| {
                    !said.has(material, item.start)
                        && context.speakable(item.start)
                        && material.analysis.sentences[item.start].text.len() <= 130
                })
        })
        .max_by(|a, b| {
            let value = |list: &Bullets| {
                list.items.iter().map(|item| material.analysis.sentences[item.start].centrality).sum::<f32>()
                    / list.items.len() as f32
            };
            value(a).total_cmp(&value(b))
        })
        .cloned()
}

fn paragraphs_of(context: &Context<'_>, elements: &[Element]) -> Vec<Paragraph> {
    let material = context.material;
    let mut out = Vec::new();
    for element in elements {
        match element {
            Element::Passage(range) => out.push(Piece::sentences(material, range).into()),
            Element::List(list) => {
                let mut pieces = vec![Piece::sentences(material, &(list.lead..list.lead + 1))];
                pieces.extend(list.items.iter().map(|item| Piece::sentences(material, item)));
                out.push(Paragraph { pieces, numbered: list.ordered });
            }
        }
    }
    out
}

fn render(_: &Context<'_>, opening: &Opening, body: &[Paragraph], ending: &Ending) -> Text {
    let mut text = Text::of(opening.piece.clone());
    for paragraph in body {
        if let [lead, items @ ..] = paragraph.pieces.as_slice() {
            text.paragraph(vec![lead.clone()]);
            for (index, item) in items.iter().enumerate() {
                let mark = if paragraph.numbered { format!("{}. ", index + 1) } else { "• ".to_owned() };
                text.bullet(&mark, item.clone());
            }
        }
    }
    ending.put(&mut text);
    text
}
