//! Letters and articles of what several sources say: a part for each, with its address.

use bellwether_networks::{CallToAction, Content, Part, measure};

use super::{Passage, Reported, Room, Source, ask, hooks, passage, speakable};
use crate::{
    builtin::{
        context::Context,
        patterns::Kind,
        text::{Piece, Text},
    },
    writer::Trace,
};

/// Writes a letter.
pub fn newsletter(context: &Context<'_>, reported: &Reported, trace: &mut Vec<Trace>) -> Option<Content> {
    let (body, passages) = parts(context, reported, Room { sentences: 3, bytes: 420 })?;
    let used: Vec<&Source> = passages.iter().map(|one| one.source).collect();
    let subject = headline(context, reported, &used, (Part::Subject, 60))?;
    let said = |text: &str| bellwether_language::similarity(text, &subject.text) > 0.7;
    let preheader = hooks(context, reported, &used)
        .into_iter()
        .chain(passages.iter().map(|one| one.words.clone()))
        .find(|piece| !said(&piece.text) && context.fits(&piece.text, Part::Preheader));
    let cta = context
        .phrase(Kind::CtaReply)
        .filter(|_| !context.wishes.no_ask)
        .map(|pattern| CallToAction { text: pattern.text.clone(), url: None });
    if !context.text_fits(&body, Part::Body, None) {
        return None;
    }
    Text::of(subject.clone()).trace("subject", trace);
    if let Some(preheader) = &preheader {
        Text::of(preheader.clone()).trace("preheader", trace);
    }
    body.trace("body", trace);
    Some(Content::Email {
        subject: subject.text,
        preheader: preheader.map(|piece| piece.text).unwrap_or_default(),
        body: body.render(),
        cta,
    })
}

/// Writes an article.
pub fn article(context: &Context<'_>, reported: &Reported, trace: &mut Vec<Trace>) -> Option<Content> {
    let (mut body, passages) = parts(context, reported, Room { sentences: 4, bytes: 700 })?;
    let used: Vec<&Source> = passages.iter().map(|one| one.source).collect();
    let title = headline(context, reported, &used, (Part::Title, 70))?;
    if let Some(ask) = ask(context, true) {
        body.paragraph(vec![ask]);
    }
    let description = passages
        .iter()
        .map(|one| &one.words)
        .find(|words| context.fits(&words.text, Part::Description))
        .cloned();
    Text::of(title.clone()).trace("title", trace);
    if let Some(description) = &description {
        Text::of(description.clone()).trace("description", trace);
    }
    body.trace("body", trace);
    let mut tags = context.material.tags.clone();
    tags.push(reported.about.clone());
    tags.retain(|tag| !context.wishes.forbids(tag));
    tags.truncate(if context.wishes.no_tags { 0 } else { 6 });
    Some(Content::Article {
        title: title.text,
        description: description.map(|piece| piece.text).unwrap_or_default(),
        body: body.render(),
        tags,
    })
}

/// The first opening that is no longer than is shown, else the first that is let through.
fn headline(
    context: &Context<'_>,
    reported: &Reported,
    used: &[&Source],
    (part, most): (Part, usize),
) -> Option<Piece> {
    let mut all = hooks(context, reported, used);
    if !all.is_empty() {
        let by = context.variation as usize % all.len();
        all.rotate_left(by);
    }
    let hard = |piece: &&Piece| {
        context.rules.part(part).is_none_or(|rules| {
            rules
                .limits
                .iter()
                .filter(|limit| limit.hard)
                .all(|limit| measure::length(&piece.text, limit.unit) <= limit.max)
        })
    };
    let short = |piece: &&Piece| piece.text.chars().count() <= most && hard(piece);
    all.iter().find(short).or_else(|| all.iter().find(hard)).cloned()
}

/// Each source's headline, its words under its name, where it can be read; and what was taken.
fn parts<'a>(context: &Context<'_>, reported: &'a Reported, room: Room) -> Option<(Text, Vec<Passage<'a>>)> {
    let mut body = Text::default();
    let mut used: Vec<Passage<'a>> = Vec::new();
    for source in &reported.sources {
        let Some(one) = passage(context, reported, source, room) else { continue };
        let again = bellwether_language::similarity(&source.title, &one.words.text) > 0.7;
        if speakable(context, &source.title) && !again {
            body.marked("## ", Piece::words(context.material, &source.title).escaped());
        }
        let [name, words] =
            [Piece::brief(format!("{}:", source.name)), one.words.clone()].map(Piece::escaped);
        let mut line = vec![name, words];
        if let Some(url) = source.url.as_deref().filter(|_| !context.wishes.no_link) {
            line.push(Piece::brief(format!("<{url}>")));
        }
        body.paragraph(line);
        used.push(one);
    }
    (!used.is_empty()).then_some((body, used))
}
