//! Threads.

use std::ops::Range;

use bellwether_networks::{Content, ContentType, Part};

use super::{
    context::Context,
    flow::{self, Element},
    patterns::Kind,
    select::{self, Said, Wish},
    text::{Piece, Text},
};
use crate::writer::Trace;

/// A text that fits in so many posts is told whole.
const WHOLE: usize = 9;

/// Writes a thread.
pub fn thread(context: &Context<'_>, trace: &mut Vec<Trace>) -> Option<Content> {
    debug_assert_eq!(context.target.content_type(), ContentType::Thread);
    let fewest = context.rules.thread.as_ref().map_or(2, |rules| rules.min) as usize;
    let (mut texts, said, last_sentence) = match whole(context) {
        // one post would do, and a thread was asked for
        Some((texts, said, last)) if texts.len() < fewest => (halves(context).unwrap_or(texts), said, last),
        Some(found) => found,
        None => chosen(context)?,
    };
    let mut last = Text::default();
    let ends_itself = last_sentence.is_some_and(|last| context.ends_itself(last));
    if let Some(ask) = context.ask(&said, &[Kind::CtaQuestion], ends_itself) {
        last.paragraph(vec![ask]);
    }
    if let Some(link) = context.link_line() {
        last.paragraph(link);
    }
    let tags = context.tags();
    if last.is_empty() {
        if let Some(end) = texts.last_mut() {
            let mut trial = end.clone();
            trial.tags(&tags);
            if fits(context, &trial) {
                *end = trial;
            }
        }
    } else {
        last.tags(&tags);
        texts.push(last);
    }
    if texts.len() < fewest {
        return None;
    }
    let published: Vec<String> = texts.iter().map(Text::render).collect();
    let used: Vec<String> =
        tags.into_iter().filter(|tag| published.iter().any(|text| text.contains(tag.as_str()))).collect();
    for (index, text) in texts.iter().enumerate() {
        text.trace(&format!("thread/{index}"), trace);
    }
    Some(Content::Thread {
        post_count: published.len() as u32,
        thread: published,
        hashtags: used,
        mentions: Vec::new(),
        media_prompt: context.media_prompt(),
    })
}

fn fits(context: &Context<'_>, text: &Text) -> bool {
    context.text_fits(text, Part::Text, None)
}

/// Posts, what they say, and their last sentence.
type Told = (Vec<Text>, Said, Option<usize>);

/// The text itself in its own order, cut where a paragraph or at least a sentence ends.
fn whole(context: &Context<'_>) -> Option<Told> {
    if context.variation > 1 || context.wishes.shorter {
        return None;
    }
    let material = context.material;
    let sentences = &material.analysis.sentences;
    let most = if context.wishes.longer { WHOLE * 2 } else { WHOLE };
    // a word has five letters and more
    if material.analysis.words * 5 > most * context.rules.max_length as usize {
        return None;
    }
    let elements = context.flow(false);
    let mut posts: Vec<Text> = Vec::new();
    let mut said = Said::default();
    let mut kept = 0;
    let mut open = Text::default();
    // the title alone is no post
    let mut begun = false;
    let title = context.title_opening(context.rules.max_length as usize);
    if let Some(title) = title.filter(|_| context.title_claims()) {
        open.paragraph(vec![title.piece]);
    }
    let mut last = None;
    // a heading that asks goes with its answer
    let mut asked: Option<Piece> = None;
    for element in &elements {
        let (ranges, marks): (Vec<Range<usize>>, bool) = match element {
            Element::Passage(range) => (vec![range.clone()], false),
            Element::List(list) => (
                list.lead.iter().map(|lead| *lead..lead + 1).chain(list.items.iter().cloned()).collect(),
                true,
            ),
            Element::Heading(section) => {
                asked = material.heading(*section).map(|heading| Piece::words(material, heading));
                continue;
            }
        };
        for (place, range) in ranges.into_iter().enumerate() {
            said.add(&range);
            last = Some(range.end - 1);
            kept += sentences[range.clone()].iter().map(|sentence| sentence.words).sum::<usize>();
            let question = asked.take();
            let begins = range.start;
            let add = |text: &mut Text, range: &Range<usize>| {
                if let Some(question) = question.as_ref().filter(|_| range.start == begins) {
                    text.paragraph(vec![question.clone()]);
                }
                let piece = Piece::following(material, range);
                if marks && place > 0 && !text.is_empty() {
                    text.bullet("• ", piece);
                } else {
                    text.paragraph(vec![piece]);
                }
            };
            let mut rest = range;
            while !rest.is_empty() {
                // all of it here, else all of it in a post of its own, else as much as can be
                let mut trial = open.clone();
                add(&mut trial, &rest);
                if fits(context, &trial) {
                    (open, begun) = (trial, true);
                    break;
                }
                let mut alone = Text::default();
                add(&mut alone, &rest);
                if fits(context, &alone) && (begun || rest.len() < 2) && !open.is_empty() {
                    posts.push(std::mem::replace(&mut open, alone));
                    begun = true;
                    break;
                }
                let cut = |strict: bool| {
                    (rest.start + 1..rest.end).rev().find(|end| {
                        let mut trial = open.clone();
                        add(&mut trial, &(rest.start..*end));
                        fits(context, &trial) && (!strict || !sentences[end - 1].holds)
                    })
                };
                match cut(true).or_else(|| cut(false)) {
                    Some(end) => {
                        add(&mut open, &(rest.start..end));
                        posts.push(std::mem::take(&mut open));
                        begun = true;
                        rest = end..rest.end;
                    }
                    None if !open.is_empty() => posts.push(std::mem::take(&mut open)),
                    // a sentence longer than a post
                    None => return None,
                }
            }
        }
    }
    if !open.is_empty() {
        posts.push(open);
    }
    (posts.len() <= most && kept * 2 >= material.analysis.words && kept > 0).then_some((posts, said, last))
}

/// A text of two sentences and more that fits into one post as two, in its own order; none with a list in it.
fn halves(context: &Context<'_>) -> Option<Vec<Text>> {
    let sentences = &context.material.analysis.sentences;
    let mut all = Vec::new();
    for element in context.flow(false) {
        match element {
            Element::Passage(range) => all.extend(range),
            Element::List(_) => return None,
            Element::Heading(_) => {}
        }
    }
    let words = |some: &[usize]| some.iter().map(|index| sentences[*index].words).sum::<usize>();
    let cut = (1..all.len())
        .filter(|cut| !sentences[all[cut - 1]].holds)
        .min_by_key(|cut| (words(&all[..*cut]) * 2).abs_diff(words(&all)))?;
    let half = |some: &[usize]| {
        let mut text = Text::default();
        let together = |a: &usize, b: &usize| a + 1 == *b && sentences[*a].block == sentences[*b].block;
        for run in some.chunk_by(together) {
            text.paragraph(vec![Piece::following(context.material, &(run[0]..run[run.len() - 1] + 1))]);
        }
        text
    };
    Some(vec![half(&all[..cut]), half(&all[cut..])])
}

/// The opening and the most telling passages.
fn chosen(context: &Context<'_>) -> Option<Told> {
    let material = context.material;
    let room = context.rules.max_length;
    let opening_bytes = (room as usize).min(300).saturating_sub(60);
    let mut candidates = context.openings(opening_bytes);
    if candidates.is_empty() {
        candidates = context.openings(2_000);
    }
    // a thread goes on for long: it begins where the text begins or with what it comes to
    candidates
        .sort_by_key(|opening| opening.sentences.as_ref().is_some_and(|range| !material.frames(range.start)));
    let opening = candidates.into_iter().find(|opening| fits(context, &Text::of(opening.piece.clone())))?;
    let mut said = Said::default();
    let mut first = Text::of(opening.piece.clone());
    let mut last = None;
    let next = if let Some(range) = &opening.sentences {
        said.add(range);
        last = Some(range.end - 1);
        material.continuation(range.end - 1, 2)
    } else {
        said.add_text(&opening.piece.text);
        // a title alone is half a post: the text's own beginning comes with it
        let begins = material
            .passages
            .first()
            .filter(|passage| passage.sentences.start == 0 && !said.has(material, 0));
        begins.map_or(0..0, |passage| passage.sentences.start..passage.sentences.end.min(3))
    };
    let begin = next.start;
    for end in (begin + 1..=next.end).rev() {
        let range = begin..end;
        let mut trial = first.clone();
        trial.paragraph(vec![Piece::following(material, &range)]);
        if fits(context, &trial)
            && range.clone().all(|index| context.speakable(index))
            && flow::ends_well(&material.analysis.sentences[end - 1])
        {
            said.add(&range);
            last = Some(end - 1);
            first = trial;
            break;
        }
    }
    // about one post for every seventy words, four to eight in all
    let wanted = (material.analysis.words / 70).clamp(3, 7);
    let wanted = if context.wishes.shorter { wanted.min(3) } else { wanted };
    let fits_all = |ranges: &[Range<usize>]| {
        ranges.iter().all(|range| fits(context, &Text::of(Piece::sentences(material, range))))
    };
    let allowed = |index: usize| context.speakable(index);
    let wish = Wish {
        most: wanted,
        sentences: 4,
        bytes: (room as usize).min(480),
        ..context.wish(&allowed, &fits_all)
    };
    let chosen = select::passages(material, &said, &wish);
    let mut texts = vec![first];
    for range in &chosen {
        said.add(range);
        last = Some(range.end - 1);
        texts.push(Text::of(Piece::sentences(material, range)));
    }
    Some((texts, said, last))
}
