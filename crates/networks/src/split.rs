//! Making a text fit: several posts of one long text, or a shorter text.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::{
    Instance, Network, Part, Target,
    rules::{Limit, rules_of},
    text::entity::entities,
};

/// How the posts of a thread are numbered.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Numbering {
    /// Not at all.
    #[default]
    None,
    /// `1/ ` before each.
    Slash,
}

impl Numbering {
    /// What stands before the post with this number, counted from one.
    pub fn prefix(self, number: usize) -> String {
        match self {
            Self::None => String::new(),
            Self::Slash => format!("{number}/ "),
        }
    }
}

/// Splits a text into posts that each fit. Breaks are at ends of sentences; inside a sentence only when it alone is too
/// long, then between words; never inside a link, mention, hashtag, word or emoji. Only a single word that is longer than
/// a whole post is cut, between graphemes. A text that fits stays one post without a number; white space at the breaks
/// goes.
pub fn split_thread(text: &str, target: Target, numbering: Numbering) -> Vec<String> {
    split_thread_on(Instance::default(), text, target, numbering)
}

/// The same on an instance with its own limits.
pub fn split_thread_on(instance: Instance, text: &str, target: Target, numbering: Numbering) -> Vec<String> {
    let text = text.trim();
    let limits = Limits::of(instance, target);
    if text.is_empty() {
        return Vec::new();
    }
    if limits.fit(text) {
        return vec![text.to_owned()];
    }
    let sentences = pieces(text, &breaks(target.network(), text));
    let mut splitter = Splitter { text, limits, numbering, posts: Vec::new() };
    splitter.run(&sentences);
    splitter.posts
}

/// Cuts a text to at most `limit` graphemes: after a sentence if that leaves at least half, else after a word with `…`.
pub fn shorten(text: &str, limit: usize) -> String {
    shorten_while(Network::Blog, text, |text| text.graphemes(true).count() <= limit)
}

/// Cuts a text to what fits a part of a target, in the network's own counting.
pub fn shorten_for(target: Target, part: Part, text: &str) -> String {
    let Some(rules) = rules_of(target).part(part) else { return text.trim().to_owned() };
    let limits = Limits { instance: Instance::default(), limits: rules.limits };
    shorten_while(target.network(), text, |text| limits.fit(text))
}

fn shorten_while(network: Network, text: &str, fits: impl Fn(&str) -> bool) -> String {
    let text = text.trim();
    let Some(text) = beginning(text, &fits) else { return text.to_owned() };
    let breaks = breaks(network, text);
    // fits() only ever turns from true to false as a text grows, near enough to search by halves
    let cut = |at: usize| text[..at].trim_end();
    let fitting = |kind: Rank, tail: &str| {
        let places: Vec<usize> =
            breaks.iter().filter(|place| place.rank >= kind).map(|place| place.at).collect();
        let count = first_failing(places.len(), |index| fits(&format!("{}{tail}", cut(places[index]))));
        places[..count].last().map(|&at| cut(at)).filter(|cut| !cut.is_empty())
    };
    let word = fitting(Rank::Word, "…");
    if let Some(sentence) = fitting(Rank::Sentence, "")
        && sentence.len() * 2 >= word.map_or(0, str::len)
    {
        return sentence.to_owned();
    }
    if let Some(word) = word {
        return format!("{}…", word.trim_end_matches([',', ';', ':', '–', '—', '-', ' ']));
    }
    let ends: Vec<usize> =
        text.grapheme_indices(true).map(|(index, grapheme)| index + grapheme.len()).collect();
    let count = first_failing(ends.len(), |index| fits(&format!("{}…", &text[..ends[index]])));
    match ends[..count].last() {
        Some(&end) => format!("{}…", &text[..end]),
        None => String::new(),
    }
}

/// As much of a text, in whole words, as is surely too long; none when all of it fits.
fn beginning<'t>(text: &'t str, fits: &impl Fn(&str) -> bool) -> Option<&'t str> {
    let mut length = 256;
    loop {
        let from = text.ceil_char_boundary(length);
        let end = text[from..].find(char::is_whitespace).map_or(text.len(), |more| from + more);
        let head = &text[..end];
        if !fits(head) {
            // some words more, so that where it ends is no end of a sentence to the breaks
            let end = text[end..].char_indices().nth(64).map_or(text.len(), |(more, _)| end + more);
            return Some(&text[..end]);
        }
        if end == text.len() {
            return None;
        }
        length = end * 2;
    }
}

/// In bytes; no link, the longest thing that counts as less than it is, is longer on X.
const LONGEST_TOKEN: usize = 4_096;

/// What every post must keep to.
#[derive(Clone, Copy)]
struct Limits {
    instance: Instance,
    limits: &'static [Limit],
}

impl Limits {
    fn of(instance: Instance, target: Target) -> Self {
        Self { instance, limits: rules_of(target).parts[0].limits }
    }

    fn fit(&self, text: &str) -> bool {
        // what starts with too much is too much: a megabyte need not be read for every post that it becomes
        let mut head = LONGEST_TOKEN;
        while head * 2 < text.len() {
            if !self.within(&text[..text.floor_char_boundary(head)]) {
                return false;
            }
            head *= 4;
        }
        self.within(text)
    }

    fn within(&self, text: &str) -> bool {
        self.limits.iter().filter(|limit| limit.hard).all(|limit| self.instance.count(text, limit).fits())
    }
}

/// How good a place is to break at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Word,
    Clause,
    Sentence,
}

#[derive(Debug, Clone, Copy)]
struct Break {
    /// White space around it not yet taken off.
    at: usize,
    rank: Rank,
}

/// Every place where a text may be broken, in order, its end among them.
fn breaks(network: Network, text: &str) -> Vec<Break> {
    let kept: Vec<Range<usize>> = entities(network, text).into_iter().map(|entity| entity.range).collect();
    let mut kept = kept.into_iter().peekable();
    let mut found = Vec::new();
    let mut bounds = text.split_word_bound_indices().peekable();
    while let Some((start, word)) = bounds.next() {
        let at = start + word.len();
        while kept.next_if(|range| range.end <= at).is_some() {}
        if kept.peek().is_some_and(|range| range.start < at) {
            continue;
        }
        let Some(&(_, next)) = bounds.peek() else { break };
        if let Some(rank) = rank(text, at, word, next) {
            found.push(Break { at, rank });
        }
    }
    found.push(Break { at: text.len(), rank: Rank::Sentence });
    found
}

/// How good the place between a word and the next is; none where one may not break.
fn rank(text: &str, at: usize, word: &str, next: &str) -> Option<Rank> {
    let head = text[..at].trim_end();
    let spaced = word.ends_with(char::is_whitespace);
    if spaced && next.starts_with(char::is_whitespace) {
        return None;
    }
    if word.contains('\n') {
        return Some(Rank::Sentence);
    }
    let last = head.trim_end_matches(CLOSING).chars().next_back()?;
    // scripts without spaces break between words, but not before what closes nor after what opens
    let dense = !spaced && is_dense(last) && !next.starts_with(is_closing) && !head.ends_with(is_opening);
    if !spaced && !dense {
        return None;
    }
    Some(match last {
        '。' | '！' | '？' | '｡' | '؟' | '।' => Rank::Sentence,
        '!' | '?' | '…' if spaced && starts_sentence(&text[at..]) => Rank::Sentence,
        '.' if spaced && starts_sentence(&text[at..]) && !ends_in_abbreviation(head) => Rank::Sentence,
        ',' | ';' | ':' | '–' | '—' | '、' | '，' | '；' | '：' => Rank::Clause,
        _ => Rank::Word,
    })
}

const CLOSING: [char; 10] = ['"', '\'', '”', '’', '»', ')', ']', '」', '』', '）'];

fn is_closing(ch: char) -> bool {
    CLOSING.contains(&ch) || "。、，．！？：；…!?,.;:ー々".contains(ch)
}

fn is_opening(ch: char) -> bool {
    "「『（([“‘«".contains(ch)
}

/// Chinese and Japanese characters and their punctuation, Thai, Lao, Khmer, Burmese: written without spaces.
const fn is_dense(ch: char) -> bool {
    matches!(ch,
        '\u{E00}'..='\u{EFF}'
            | '\u{1000}'..='\u{109F}'
            | '\u{1780}'..='\u{17FF}'
            | '\u{3000}'..='\u{30FF}'
            | '\u{3400}'..='\u{9FFF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{FF00}'..='\u{FFEF}'
            | '\u{20000}'..='\u{3FFFF}')
}

/// A sentence does not go on in small letters.
fn starts_sentence(rest: &str) -> bool {
    !rest.trim_start().starts_with(char::is_lowercase)
}

/// `Dr.`, `e.g.`, `J.`: a full stop that ends no sentence.
fn ends_in_abbreviation(head: &str) -> bool {
    const KNOWN: [&str; 30] = [
        "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "etc", "no", "vol", "fig", "inc", "ltd",
        "co", "corp", "approx", "dept", "est", "gen", "hon", "rev", "sen", "rep", "nr", "bzw", "ca", "usw",
        "vgl",
    ];
    let word = head
        .trim_end_matches('.')
        .rsplit(|ch: char| ch.is_whitespace() || ch == '(')
        .next()
        .unwrap_or_default();
    let single = word.chars().count() == 1 && word.chars().all(char::is_alphabetic) && word != "I";
    single
        || word.contains('.') && word.len() <= 5
        || KNOWN.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// A sentence, and the places inside where it may be broken, its end last.
struct Sentence {
    start: usize,
    end: usize,
    breaks: Vec<Break>,
}

fn pieces(text: &str, breaks: &[Break]) -> Vec<Sentence> {
    debug_assert!(breaks.last().is_some_and(|last| last.at == text.len()));
    let mut start = 0;
    breaks
        .chunk_by(|before, _| before.rank < Rank::Sentence)
        .filter_map(|places| {
            let end = places.last()?.at;
            let sentence = Sentence { start, end, breaks: places.to_vec() };
            start = end;
            Some(sentence)
        })
        .collect()
}

struct Splitter<'t> {
    text: &'t str,
    limits: Limits,
    numbering: Numbering,
    posts: Vec<String>,
}

impl Splitter<'_> {
    /// The post that a range would become, if it fits.
    fn post(&self, range: Range<usize>) -> Option<String> {
        let post = format!("{}{}", self.numbering.prefix(self.posts.len() + 1), self.text[range].trim());
        self.limits.fit(&post).then_some(post)
    }

    fn push(&mut self, post: Option<String>) {
        if let Some(post) = post.filter(|post| post.len() > self.numbering.prefix(self.posts.len() + 1).len())
        {
            self.posts.push(post);
        }
    }

    fn run(&mut self, sentences: &[Sentence]) {
        // where the open post starts, and the post as far as it fits
        let (mut start, mut open): (usize, Option<String>) = (0, None);
        for sentence in sentences {
            if let Some(longer) = self.post(start..sentence.end) {
                open = Some(longer);
                continue;
            }
            self.push(open.take());
            start = sentence.start;
            open = self.post(start..sentence.end);
            if open.is_none() {
                start = self.long_sentence(sentence);
                open = self.post(start..sentence.end);
            }
        }
        self.push(open);
    }

    /// Breaks a sentence that is too long for one post; says where its rest starts, which fits.
    fn long_sentence(&mut self, sentence: &Sentence) -> usize {
        let mut start = sentence.start;
        let mut places = sentence.breaks.as_slice();
        loop {
            let fitting = first_failing(places.len(), |index| self.post(start..places[index].at).is_some());
            if fitting == places.len() {
                return start;
            }
            let Some(last) = fitting.checked_sub(1) else {
                start = self.long_word(start..places[0].at);
                continue;
            };
            // a comma reads better than a bare space if it doesn't leave the post half empty
            let half = start + (places[last].at - start) * 3 / 5;
            let clause = places[..last].iter().rposition(|place| place.rank > Rank::Word && place.at >= half);
            let best = clause.filter(|&clause| self.post(start..places[clause].at).is_some()).unwrap_or(last);
            let end = places[best].at;
            let post = self.post(start..end);
            self.push(post);
            start = end;
            places = &places[best + 1..];
        }
    }

    /// Cuts a word that is too long for one post; says where its rest starts.
    fn long_word(&mut self, word: Range<usize>) -> usize {
        let start = word.end - self.text[word.clone()].trim_start().len();
        let mut graphemes = self.text[start..word.end].grapheme_indices(true);
        let mut ends: Vec<usize> = Vec::new();
        // only as many graphemes are looked at as one post may hold, and then as many again
        loop {
            let wanted = ends.len().max(64);
            ends.extend(graphemes.by_ref().take(wanted).map(|(at, part)| start + at + part.len()));
            let whole = ends.last().is_none_or(|&end| end == word.end);
            if whole || ends.last().is_some_and(|&end| self.post(start..end).is_none()) {
                break;
            }
        }
        let fitting = ends.partition_point(|&end| self.post(start..end).is_some());
        // one grapheme goes in any case, or this would never end
        let end = ends.get(fitting.max(1) - 1).copied().unwrap_or(word.end);
        let post = self.post(start..end).unwrap_or_else(|| self.text[start..end].to_owned());
        self.push(Some(post));
        end
    }
}

/// The first of `0..count` that fails, when none after it holds; looks near the start first, so that a post of a long
/// text costs what the post costs.
fn first_failing(count: usize, mut holds: impl FnMut(usize) -> bool) -> usize {
    let (mut from, mut step) = (0, 1);
    while from + step <= count && holds(from + step - 1) {
        from += step;
        step *= 2;
    }
    let (mut low, mut high) = (from, count.min(from + step - 1));
    while low < high {
        let middle = usize::midpoint(low, high);
        if holds(middle) { low = middle + 1 } else { high = middle }
    }
    low
}
