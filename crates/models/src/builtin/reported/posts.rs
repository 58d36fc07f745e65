//! Posts and threads of what several sources say.

use bellwether_networks::{Content, Part};

use super::{
    Passage, Reported, Room, Source, ask, fits, hooks, links, media_prompt, passage, put_links, tags, telling,
};
use crate::{
    builtin::{
        context::Context,
        form::{Form, form},
        text::{Piece, Text},
    },
    writer::Trace,
};

/// So many sources are told apart by somebody who scrolls.
const MOST: usize = 5;

/// A post: a headline, what some say, where it can be read.
pub fn post(context: &Context<'_>, reported: &Reported, trace: &mut Vec<Trace>) -> Option<Content> {
    let form = form(context);
    let order = reported.order(context);
    let ask = ask(context, !form.asks.is_empty());
    let tags = tags(context, reported);
    let most = form.passages.clamp(1, MOST).min(order.len());
    for count in (1..=most).rev() {
        for sentences in (1..=form.sentences).rev() {
            let room = Room { sentences, bytes: form.bytes };
            let passages = passages(context, reported, &order, count, room);
            if passages.len() < count {
                continue;
            }
            let ends = [(&ask, true), (&None, true), (&None, false)];
            let used: Vec<&Source> = passages.iter().map(|one| one.source).collect();
            let hooks = hooks(context, reported, &used);
            let hook = hooks.iter().find(|hook| says_more(hook, &passages));
            for hook in [hook, None] {
                for (ask, tagged) in ends {
                    let tags: &[String] = if tagged { &tags } else { &[] };
                    let text = render(context, hook, &passages, ask.as_ref(), tags);
                    if fits(context, &text, Part::Text, Some(&form)) {
                        text.trace("post", trace);
                        let opening = hook.unwrap_or(&passages[0].words).text.clone();
                        return Some(Content::Post {
                            post: text.render(),
                            opening_hook: opening,
                            cta: ask.as_ref().map(|ask| ask.text.clone()),
                            hashtags: tags.to_vec(),
                            mentions: Vec::new(),
                            media_prompt: media_prompt(context, reported),
                        });
                    }
                }
            }
        }
    }
    None
}

/// What the first sources say that have something to say.
fn passages<'a>(
    context: &Context<'_>,
    reported: &Reported,
    order: &[&'a Source],
    count: usize,
    room: Room,
) -> Vec<Passage<'a>> {
    let mut found: Vec<Passage<'a>> =
        order.iter().filter_map(|source| passage(context, reported, source, room)).collect();
    telling(&mut found, |one| one.headline);
    found.truncate(count);
    found
}

/// A headline whose words the passage under it says again is none.
fn says_more(hook: &Piece, passages: &[Passage<'_>]) -> bool {
    passages.iter().all(|one| bellwether_language::similarity(&hook.text, &one.words.text) <= 0.7)
}

fn render(
    context: &Context<'_>,
    hook: Option<&Piece>,
    passages: &[Passage<'_>],
    ask: Option<&Piece>,
    tags: &[String],
) -> Text {
    let mut text = Text::default();
    if let Some(hook) = hook {
        text.paragraph(vec![hook.clone()]);
    }
    for one in passages {
        text.paragraph(one.named());
    }
    if let Some(ask) = ask {
        text.paragraph(vec![ask.clone()]);
    }
    if links(context) {
        let used: Vec<&Source> = passages.iter().map(|one| one.source).collect();
        put_links(context, &used, &mut text);
    }
    text.tags(tags);
    text
}

/// A thread: what it is about, a post for each source with its address, a question.
pub fn thread(context: &Context<'_>, reported: &Reported, trace: &mut Vec<Trace>) -> Option<Content> {
    let order = reported.order(context);
    let rules = context.rules.thread.as_ref();
    let fewest = rules.map_or(2, |rules| rules.min) as usize;
    let most = if context.wishes.shorter { 3 } else { 7 };
    let whole = |text: &Text| fits(context, text, Part::Text, None::<&Form>);
    let mut told: Vec<(Passage<'_>, Text)> = order
        .iter()
        .filter_map(|source| {
            (1..=3).rev().find_map(|sentences| {
                let bytes = (context.rules.max_length as usize).min(480);
                let one = passage(context, reported, source, Room { sentences, bytes })?;
                let mut text = Text::default();
                text.paragraph(one.named());
                if let Some(url) = source.url.as_deref().filter(|_| links(context)) {
                    text.bullet("", Piece::brief(url));
                }
                whole(&text).then_some((one, text))
            })
        })
        .collect();
    telling(&mut told, |(one, _)| one.headline);
    told.truncate(most);
    let (used, mut texts): (Vec<&Source>, Vec<Text>) =
        told.into_iter().map(|(one, text)| (one.source, text)).unzip();
    if texts.is_empty() {
        return None;
    }
    let opening = hooks(context, reported, &used).into_iter().map(Text::of).find(whole);
    texts.splice(0..0, opening);
    let tags = tags(context, reported);
    let mut last = Text::default();
    if let Some(ask) = ask(context, true) {
        last.paragraph(vec![ask]);
    }
    let tagged = if last.is_empty() {
        let mut trial = texts.last()?.clone();
        trial.tags(&tags);
        let room = whole(&trial);
        if let (true, Some(end)) = (room, texts.last_mut()) {
            *end = trial;
        }
        room
    } else {
        last.tags(&tags);
        texts.push(last);
        true
    };
    if texts.len() < fewest {
        return None;
    }
    for (index, text) in texts.iter().enumerate() {
        text.trace(&format!("thread/{index}"), trace);
    }
    let published: Vec<String> = texts.iter().map(Text::render).collect();
    Some(Content::Thread {
        post_count: published.len() as u32,
        thread: published,
        hashtags: if tagged { tags } else { Vec::new() },
        mentions: Vec::new(),
        media_prompt: media_prompt(context, reported),
    })
}
