//! What several sources say of one thing: each is named where its words are taken, and can be read where links are.
//!
//! A text about one thing is told by its author; here there are many, so nothing may be taken without its name. A passage
//! is a source’s name, a colon and its own sentences, which reads the same in every language.

mod letters;
mod posts;
mod slides;

use std::ops::Range;

use bellwether_language::{Analysis, Faults, Footing};
use bellwether_networks::{Content, Part, Shape, rules};

use super::{
    context::Context,
    flow,
    form::Form,
    patterns::Kind,
    text::{Piece, Text},
};
use crate::writer::{self, Trace};

/// Words that count from the day on which they were written: a week later they are wrong.
const PASSING: &[&str] = &[
    "today",
    "yesterday",
    "tomorrow",
    "tonight",
    "last night",
    "this morning",
    "heute",
    "gestern",
    "morgen",
    "aujourd'hui",
    "hier",
    "demain",
    "hoy",
    "ayer",
    "mañana",
    "oggi",
    "ieri",
    "domani",
    "hoje",
    "ontem",
    "amanhã",
    "vandaag",
    "gisteren",
];

/// So many make several: with them nobody is heard twice, and nobody of whom only a headline is known.
const ENOUGH: usize = 3;

/// What several sources say, with the sentences of each.
pub struct Reported {
    /// What all of them speak of, in a few words.
    about: String,
    /// How it is to be told, where somebody chose; stands over what is longer than a post.
    heading: Option<String>,
    sources: Vec<Source>,
}

struct Source {
    name: String,
    title: String,
    url: Option<String>,
    /// Of the analysed text.
    sentences: Vec<usize>,
}

/// Words of a source, ready to be put somewhere.
#[derive(Clone)]
struct Passage<'a> {
    source: &'a Source,
    words: Piece,
    /// The words are its headline: nothing else can be said of it.
    headline: bool,
}

impl Passage<'_> {
    /// `City Craft News: Chains have two years to follow.`
    fn named(&self) -> Vec<Piece> {
        vec![Piece::brief(format!("{}:", self.source.name)), self.words.clone()]
    }
}

impl Reported {
    /// Whose each sentence is. `title` is the document's.
    pub fn of(reported: &writer::Reported, title: Option<&str>, analysis: &Analysis) -> Self {
        let mut sources: Vec<Source> = reported
            .sources
            .iter()
            .map(|source| Source {
                // a handle would be a mention of somebody
                name: source.name.replace(['@', '#'], "").trim_end_matches([':', ' ']).to_owned(),
                title: source.title.clone(),
                url: Some(source.url.clone())
                    .filter(|url| url.starts_with("https://") || url.starts_with("http://")),
                sentences: Vec::new(),
            })
            .collect();
        // both are in the order of the text
        let mut at = 0;
        for (index, sentence) in analysis.sentences.iter().enumerate() {
            let whose =
                (at..sources.len()).find(|place| reported.sources[*place].text.contains(&sentence.text));
            if let Some(place) = whose {
                at = place;
                sources[place].sentences.push(index);
            }
        }
        let same = |title: &&str| title.trim().to_lowercase() != reported.about.trim().to_lowercase();
        Self {
            about: reported.about.clone(),
            heading: title.filter(same).map(|title| title.trim().to_owned()),
            sources,
        }
    }

    /// Its sources, one item of each where that is enough; who asks for another draft gets them in another order.
    fn order(&self, context: &Context<'_>) -> Vec<&Source> {
        let mut order: Vec<&Source> = Vec::new();
        for source in &self.sources {
            if order.iter().all(|other| other.name != source.name) {
                order.push(source);
            }
        }
        if order.len() < ENOUGH {
            order = self.sources.iter().collect();
        }
        if !order.is_empty() {
            let by = context.variation as usize % order.len();
            order.rotate_left(by);
        }
        order
    }
}

/// Writes what several sources say, in the form of the target.
pub fn write(context: &Context<'_>, reported: &Reported, trace: &mut Vec<Trace>) -> Option<Content> {
    match context.target.shape() {
        Shape::Post => posts::post(context, reported, trace),
        Shape::Thread => posts::thread(context, reported, trace),
        Shape::Carousel => slides::carousel(context, reported, trace),
        Shape::Script => slides::script(context, reported, trace),
        Shape::Email => letters::newsletter(context, reported, trace),
        Shape::Article => letters::article(context, reported, trace),
    }
}

/// How much of a source is taken.
#[derive(Debug, Clone, Copy)]
struct Room {
    sentences: usize,
    bytes: usize,
}

/// What of a source says most and can be said away from it; its title where nothing else can.
fn passage<'a>(
    context: &Context<'_>,
    reported: &Reported,
    source: &'a Source,
    room: Room,
) -> Option<Passage<'a>> {
    let sentences = &context.material.analysis.sentences;
    let starts = source
        .sentences
        .iter()
        .filter(|index| opens(context, source, **index) && sentences[**index].alone().len() <= room.bytes)
        .map(|start| (*start, read_on(context, source, *start, room)))
        .filter(|(_, range)| flow::ends_well(&sentences[range.end - 1]))
        .map(|(start, range)| (worth(context, reported, source, start), range));
    if let Some((_, range)) = starts.max_by(|a, b| a.0.total_cmp(&b.0)) {
        return Some(Passage { source, words: Piece::sentences(context.material, &range), headline: false });
    }
    let fits = source.title.len() <= room.bytes && speakable(context, &source.title);
    fits.then(|| Passage {
        source,
        words: Piece {
            text: format!("“{}”", source.title), ..Piece::words(context.material, &source.title)
        },
        headline: true,
    })
}

/// Whether a sentence can be the first that is heard of a source. What a text begins with stands under its headline alone.
fn opens(context: &Context<'_>, source: &Source, index: usize) -> bool {
    let sentence = &context.material.analysis.sentences[index];
    let points = Faults::PRONOUN
        .with(Faults::DEMONSTRATIVE)
        .with(Faults::EARLY_PRONOUN)
        .with(Faults::NAVIGATION)
        .with(Faults::FRAGMENT);
    let stands = if source.sentences.first() == Some(&index) {
        !sentence.faults.has_any(points)
    } else {
        sentence.footing == Footing::Alone && sentence.stands_alone()
    };
    stands && !sentence.question && sentence.words >= 4 && context.speakable(index)
}

/// The sentences from one on that fit.
fn read_on(context: &Context<'_>, source: &Source, start: usize, room: Room) -> Range<usize> {
    let sentences = &context.material.analysis.sentences;
    let mut end = start + 1;
    while end - start < room.sentences
        && source.sentences.contains(&end)
        && context.speakable(end)
        && flow::ends_well(&sentences[end])
        && !passing(&sentences[end].text)
        && context.material.text(&(start..end + 1)).len() <= room.bytes
    {
        end += 1;
    }
    start..end
}

/// How well a sentence speaks for its source.
fn worth(context: &Context<'_>, reported: &Reported, source: &Source, index: usize) -> f32 {
    let sentence = &context.material.analysis.sentences[index];
    let lower = sentence.text.to_lowercase();
    let about = reported.about.to_lowercase();
    let words: Vec<&str> = bellwether_language::words(&about).collect();
    let said = words.iter().filter(|word| lower.contains(**word)).count() as f32 / words.len().max(1) as f32;
    let lexicon = context.material.analysis.language.lexicon();
    let own = lexicon.is_some_and(|lexicon| {
        bellwether_language::words(&lower).any(|word| lexicon.first_person.contains(word))
    });
    let mut worth = 0.6 + sentence.score + 0.5 * said;
    if own {
        // what somebody says of themselves is theirs to say
        worth *= 0.4;
    } else if passing(&sentence.text) {
        worth *= 0.5;
    } else if source.sentences.first() == Some(&index) {
        // the news is told first
        worth += 1.0;
    }
    worth
}

fn passing(text: &str) -> bool {
    let lower = text.to_lowercase().replace('’', "'");
    let list: Vec<&str> = bellwether_language::words(&lower).collect();
    let text = format!(" {} ", list.join(" "));
    PASSING.iter().any(|words| text.contains(&format!(" {words} ")))
}

/// Whether words that are no sentence of the text may be used here.
fn speakable(context: &Context<'_>, words: &str) -> bool {
    !words.trim().is_empty()
        && !words.ends_with('…')
        && !words.ends_with("...")
        && !context.wishes.forbids(words)
        && !context.has_forbidden(words)
}

/// What may open over words of some sources, the best first: how it is to be told, a headline of theirs, how many say
/// something.
fn hooks(context: &Context<'_>, reported: &Reported, used: &[&Source]) -> Vec<Piece> {
    let heading = reported.heading.as_deref().filter(|heading| speakable(context, heading));
    let heading = heading.map(|heading| Piece::title(context.material, heading));
    let headlines = used
        .iter()
        .filter(|source| {
            bellwether_language::count_words(&source.title) >= 3 && speakable(context, &source.title)
        })
        .map(|source| Piece::words(context.material, &source.title));
    let count = count_hook(context, reported, used);
    let all: Vec<Piece> = match context.target.shape() {
        // a post has room for one thing, which is what a headline says
        Shape::Post => headlines.chain(heading).chain(count).collect(),
        _ => heading.into_iter().chain(count).chain(headlines).collect(),
    };
    all
}

/// “Repair label: what 6 sources say”.
fn count_hook(context: &Context<'_>, reported: &Reported, used: &[&Source]) -> Option<Piece> {
    let mut names: Vec<&str> = used.iter().map(|source| source.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() < 2 || !speakable(context, &reported.about) {
        return None;
    }
    let pattern = context.phrase(Kind::HookReported)?;
    let text = pattern.text.replace("{count}", &names.len().to_string()).replace("{topic}", &reported.about);
    Some(Piece::pattern(&pattern.id, text))
}

/// Without those of which only a headline is known, where there are enough others.
fn telling<T>(all: &mut Vec<T>, headline: impl Fn(&T) -> bool) {
    if all.iter().filter(|one| !headline(one)).count() >= ENOUGH {
        all.retain(|one| !headline(one));
    }
}

/// What readers are asked: not what they think of a rule, but what it is for them.
fn ask(context: &Context<'_>, usual: bool) -> Option<Piece> {
    let wanted = context.wishes.ask || usual;
    (wanted && !context.wishes.no_ask).then(|| context.phrase_piece(Kind::CtaReported)).flatten()
}

/// Whether an address in the text of this target can be followed.
fn links(context: &Context<'_>) -> bool {
    rules(context.target.network()).links.clickable && !context.wishes.no_link
}

/// Hashtags without those that are only a source’s name.
fn tags(context: &Context<'_>, reported: &Reported) -> Vec<String> {
    let squeeze = |text: &str| {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    let about = squeeze(&reported.about);
    let names: Vec<String> = reported.sources.iter().map(|source| squeeze(&source.name)).collect();
    let mut tags = context.tags();
    tags.retain(|tag| {
        let bare = squeeze(tag);
        let asked = context.wishes.tags.contains(tag);
        asked || about.contains(&bare) || !names.iter().any(|name| name.contains(&bare))
    });
    tags
}

/// Where what was used can be read: the address alone where there is one, else each under its name.
fn put_links(context: &Context<'_>, used: &[&Source], text: &mut Text) {
    let mut seen: Vec<&str> = Vec::new();
    let mut list: Vec<(&str, &str)> = Vec::new();
    for source in used {
        if let Some(url) = source.url.as_deref()
            && !seen.contains(&url)
        {
            seen.push(url);
            list.push((&source.name, url));
        }
    }
    match list.as_slice() {
        [] => {}
        [(_, url)] => {
            text.paragraph(vec![Piece::brief(*url)]);
        }
        several => {
            match context.phrase(Kind::Sources) {
                Some(pattern) => {
                    text.paragraph(vec![Piece::pattern(&pattern.id, pattern.text.clone())]);
                }
                None => {
                    text.paragraph(vec![Piece::brief("↓")]);
                }
            }
            for (name, url) in several {
                text.bullet("• ", Piece::brief(format!("{name}: {url}")));
            }
        }
    }
}

/// A picture of what all speak of.
fn media_prompt(context: &Context<'_>, reported: &Reported) -> Option<String> {
    let pattern = context.phrase(Kind::Media)?;
    Some(pattern.text.replace("{topic}", &reported.about))
}

/// Whether a text fits, and is not longer than its form where it has one.
fn fits(context: &Context<'_>, text: &Text, part: Part, form: Option<&Form>) -> bool {
    text.fits(context.target, part, form.map(|form| form.whole))
}
