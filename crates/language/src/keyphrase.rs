//! What a text is about: phrases that come back, stand in its title and headings, or are names.

use std::collections::HashMap;

use serde::Serialize;

use crate::{
    Language,
    word::{self, Stems},
};

/// A phrase, in the form in which the text mostly writes it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Keyphrase {
    /// As the text writes it.
    pub text: String,
    /// 1 for the first, less for the others.
    pub score: f32,
    /// How often it occurs.
    pub count: u32,
    /// Whether it stands in the title.
    pub in_title: bool,
    /// Whether it is written as a name.
    pub name: bool,
    #[serde(skip)]
    pub(crate) stems: Vec<u32>,
}

/// Where a piece of text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Title,
    Heading,
    Prose,
}

#[derive(Default)]
struct Candidate {
    count: u32,
    names: u32,
    mid: u32,
    nouny: u32,
    title: bool,
    heading: bool,
    first: usize,
    words: usize,
    code: u32,
    /// Forms in which it is written and how much each weighs, at most [`SURFACES`].
    surfaces: Vec<(String, u32)>,
    /// As the title writes it.
    entitled: Option<String>,
}

/// Forms of one phrase that are told apart.
const SURFACES: usize = 24;

impl Candidate {
    fn written(&mut self, surface: &str, weight: u32) {
        if let Some((_, own)) = self.surfaces.iter_mut().find(|(known, _)| known == surface) {
            *own += weight;
        } else if self.surfaces.len() < SURFACES {
            self.surfaces.push((surface.to_owned(), weight));
        }
    }
}

/// The stems of a phrase, one to three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
struct Key {
    stems: [u32; 3],
    length: u8,
}

impl Key {
    fn of(stems: impl IntoIterator<Item = u32>) -> Self {
        let mut key = Self::default();
        for (own, stem) in key.stems.iter_mut().zip(stems) {
            *own = stem;
            key.length += 1;
        }
        key
    }

    fn as_slice(&self) -> &[u32] {
        &self.stems[..usize::from(self.length)]
    }
}

pub(crate) struct Collector<'a> {
    language: Language,
    stems: &'a mut Stems,
    candidates: HashMap<Key, Candidate>,
    seen: usize,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a fact about one word")]
struct Token<'t> {
    text: &'t str,
    stem: Option<u32>,
    content: bool,
    capital: bool,
    nouny: bool,
    code: bool,
}

impl<'a> Collector<'a> {
    pub(crate) fn new(language: Language, stems: &'a mut Stems) -> Self {
        Self { language, stems, candidates: HashMap::new(), seen: 0 }
    }

    /// Takes in one sentence, title or heading; `code` are the byte ranges of inline code in it.
    pub(crate) fn add(&mut self, text: &str, place: Place, code: &[(usize, usize)]) {
        if self.language.is_unspaced() || text.chars().take(40).any(word::is_ideograph) {
            self.add_unspaced(text, place);
            return;
        }
        let lexicon = self.language.lexicon();
        let mut run: Vec<Token<'_>> = Vec::new();
        let mut last_end = 0;
        let (mut previous, mut lower, mut surface) = (String::new(), String::new(), String::new());
        for (index, (start, end)) in word::ranges(text).enumerate() {
            let broken = index > 0 && !text[last_end..start].chars().all(|c| c == ' ');
            if broken {
                self.flush(&mut run, place, &mut surface);
            }
            let word = &text[start..end];
            std::mem::swap(&mut previous, &mut lower);
            word::lower_into(word, &mut lower);
            let stem = self.stems.of(&lower);
            let apostrophe = word::has_apostrophe(word);
            let word = if apostrophe {
                word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word)
            } else {
                word
            };
            // “l'olivier”: the article is not part of the word
            let article =
                if apostrophe { word.split_once(['\'', '’']) } else { None }.filter(|(before, after)| {
                    matches!(before.to_lowercase().as_str(), "l" | "d" | "un" | "dell" | "all" | "nell")
                        && after.chars().count() > 2
                });
            let word = article.map_or(word, |(_, after)| {
                // “soupe à l’oignon” keeps it
                if run.is_empty() { after } else { word }
            });
            let has_letter = word.chars().any(char::is_alphabetic);
            // “j'ai”, “qu'il”: a pronoun and a verb
            let elided = apostrophe
                && lower
                    .split_once(['\'', '’'])
                    .is_some_and(|(before, _)| matches!(before, "j" | "n" | "s" | "c" | "m" | "t" | "qu"));
            let plain = !elided
                && !word.contains('_')
                && (!word.contains('.') || word.chars().next().is_some_and(char::is_alphabetic));
            let version = !has_letter && index > 0 && word.len() <= 6;
            let content = plain
                && ((stem.is_some() && has_letter) || (version && !run.is_empty()))
                && !lexicon.is_some_and(|lexicon| lexicon.breakers.contains(&lower));
            let joiner = !content
                && !run.is_empty()
                && lexicon.is_some_and(|lexicon| lexicon.joiners.contains(&lower));
            if content || joiner {
                run.push(Token {
                    text: word,
                    stem,
                    content,
                    capital: word.starts_with(char::is_uppercase) && index > 0,
                    nouny: article.is_some()
                        || (index > 0
                            && !broken
                            && lexicon.is_some_and(|lexicon| lexicon.determiners.contains(&previous))),
                    code: code.iter().any(|(from, to)| *from <= start && end <= *to),
                });
            } else {
                self.flush(&mut run, place, &mut surface);
            }
            last_end = end;
        }
        self.flush(&mut run, place, &mut surface);
        self.seen += 1;
    }

    /// Counts the phrases of a run of words; `surface` is only there to be used again.
    fn flush(&mut self, run: &mut Vec<Token<'_>>, place: Place, surface: &mut String) {
        while run.last().is_some_and(|token| !token.content) {
            run.pop();
        }
        for from in 0..run.len() {
            if !run[from].content || run[from].stem.is_none() {
                continue;
            }
            for to in from + 1..=run.len().min(from + 4) {
                let slice = &run[from..to];
                let contents = slice.iter().filter(|token| token.content).count();
                let joiners = slice.len() - contents;
                if contents > 3
                    || joiners > 2
                    || !slice[slice.len() - 1].content
                    || (joiners > 0 && contents != 2)
                {
                    continue;
                }
                if slice.len() > 1 && slice.iter().any(|token| token.code) {
                    continue;
                }
                if self.language == Language::GERMAN && !german_noun_phrase(slice) {
                    continue;
                }
                // a version number ends a name: “Rust 1.94.1”
                if slice[slice.len() - 1].stem.is_none()
                    && !slice[slice.len() - 2].text.starts_with(char::is_uppercase)
                {
                    continue;
                }
                let key = Key::of(
                    slice.iter().filter(|token| token.content).map(|token| token.stem.unwrap_or(u32::MAX)),
                );
                surface.clear();
                for (at, token) in slice.iter().enumerate() {
                    if at > 0 {
                        surface.push(' ');
                    }
                    surface.push_str(token.text);
                }
                let seen = self.seen;
                let candidate = self
                    .candidates
                    .entry(key)
                    .or_insert_with(|| Candidate { first: seen, ..Candidate::default() });
                candidate.count += 1;
                candidate.words = contents;
                candidate.title |= place == Place::Title;
                candidate.heading |= place == Place::Heading;
                candidate.nouny += u32::from(slice[0].nouny);
                candidate.code += u32::from(slice[0].code);
                // titles capitalise everything; only prose tells names
                if place == Place::Prose {
                    candidate.mid += 1;
                    candidate.names += u32::from(
                        slice
                            .iter()
                            .filter(|token| token.content && token.stem.is_some())
                            .all(|token| token.capital),
                    );
                }
                // the title says whether it is about “prices” or a “price”
                if place == Place::Title && contents == 1 && surface.chars().all(char::is_lowercase) {
                    candidate.entitled = Some(surface.clone());
                }
                let weight = if place == Place::Prose { 3 } else { 1 };
                candidate.written(surface, weight);
            }
        }
        run.clear();
    }

    /// Without spaces, runs of two to six characters of one script count as words when they come back.
    fn add_unspaced(&mut self, text: &str, place: Place) {
        let mut run = String::new();
        let mut class = 0;
        for c in text.chars().chain(['。']) {
            let new = match u32::from(c) {
                0x30A0..=0x30FF => 1,
                0x4E00..=0x9FFF | 0x3400..=0x4DBF => 2,
                _ if c.is_ascii_alphanumeric() => 3,
                _ => 0,
            };
            if new != class || new == 0 {
                let length = run.chars().count();
                if (2..=8).contains(&length) && (class != 3 || length > 2) {
                    self.count_run(&run, place);
                }
                run.clear();
                class = new;
            }
            if new != 0 {
                run.push(c);
            }
        }
        self.seen += 1;
    }

    fn count_run(&mut self, run: &str, place: Place) {
        let Some(stem) = self.stems.of(&run.to_lowercase()) else { return };
        let seen = self.seen;
        let candidate = self
            .candidates
            .entry(Key::of([stem]))
            .or_insert_with(|| Candidate { first: seen, ..Candidate::default() });
        candidate.count += 1;
        candidate.words = 1;
        candidate.nouny += 1;
        candidate.mid += 1;
        candidate.title |= place == Place::Title;
        candidate.heading |= place == Place::Heading;
        candidate.written(run, 1);
    }

    /// The best phrases, none of them within another one.
    pub(crate) fn finish(mut self, most: usize) -> Vec<Keyphrase> {
        // most phrases come once, and once is enough in a title only
        self.candidates.retain(|_, candidate| candidate.count >= 2 || candidate.title);
        let language = self.language;
        let unspaced = language.is_unspaced();
        let total = self.seen.max(1) as f32;
        // “procedural” means “procedural macros” where it never stands without
        let mut within_longer: HashMap<&[u32], u32> = HashMap::new();
        for (stems, candidate) in self.candidates.iter().filter(|(key, _)| key.length > 1) {
            let stems = stems.as_slice();
            for length in 1..stems.len() {
                for part in stems.windows(length) {
                    let most = within_longer.entry(part).or_default();
                    *most = (*most).max(candidate.count);
                }
            }
        }
        let swallowed: std::collections::HashSet<Key> = self
            .candidates
            .iter()
            .filter(|(stems, candidate)| {
                !candidate.title
                    && within_longer
                        .get(stems.as_slice())
                        .is_some_and(|longer| *longer >= 2 && longer * 10 >= candidate.count * 8)
            })
            .map(|(key, _)| *key)
            .collect();
        let mut scored: Vec<Keyphrase> = Vec::new();
        for (stems, candidate) in self.candidates.into_iter().filter(|(stems, _)| !swallowed.contains(stems))
        {
            let Some(surface) = candidate
                .surfaces
                .iter()
                .max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)))
                .map(|(surface, _)| surface.clone())
            else {
                continue;
            };
            let name =
                candidate.names * 2 > candidate.mid && candidate.mid > 0 && language != Language::GERMAN;
            let count = candidate.count;
            if !worthy(&surface, &candidate, count, name, language, unspaced) {
                continue;
            }
            let length = [1.0, 1.0, 1.7, 1.8][candidate.words.min(3)];
            let position = 1.0 + 0.4 * (1.0 - candidate.first as f32 / total);
            let score = (count as f32).sqrt()
                * length
                * position
                * if candidate.title { 1.9 } else { 1.0 }
                * if candidate.heading { 1.25 } else { 1.0 }
                * if name { 1.35 } else { 1.0 }
                * if candidate.code * 2 > count { 0.5 } else { 1.0 };
            let surface = candidate.entitled.unwrap_or(surface);
            scored.push(Keyphrase {
                text: surface,
                score,
                count,
                in_title: candidate.title,
                name,
                stems: stems.as_slice().to_vec(),
            });
        }
        scored.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.text.cmp(&b.text)));
        let mut chosen: Vec<Keyphrase> = Vec::new();
        for phrase in scored.into_iter().take(most * 12) {
            let within =
                |a: &[u32], b: &[u32]| a.len() <= b.len() && b.windows(a.len()).any(|window| window == a);
            let redundant = chosen.iter().any(|other| {
                // a single word may stand beside the phrase it is part of when it mostly occurs without it
                (within(&phrase.stems, &other.stems) && phrase.count < other.count * 3)
                    || (within(&other.stems, &phrase.stems)
                        && phrase.count * 3 < other.count
                        && !phrase.in_title)
                    || phrase.stems.iter().filter(|stem| other.stems.contains(stem)).count() * 2
                        > phrase.stems.len().max(other.stems.len())
            });
            if !redundant {
                chosen.push(phrase);
            }
            if chosen.len() == most {
                break;
            }
        }
        let best = chosen.first().map_or(1.0, |phrase| phrase.score);
        for phrase in &mut chosen {
            phrase.score /= best;
        }
        chosen
    }
}

/// Whether a candidate is a concept at all.
fn worthy(
    surface: &str,
    candidate: &Candidate,
    count: u32,
    name: bool,
    language: Language,
    unspaced: bool,
) -> bool {
    let lower = surface.to_lowercase();
    if let Some(lexicon) = language.lexicon() {
        let generic = lower.split(' ').filter(|word| lexicon.generic.contains(*word)).count();
        if generic == candidate.words || (generic > 0 && candidate.words == 2 && !name) {
            return false;
        }
    }
    if surface.chars().count() > 42 || surface.chars().filter(|c| c.is_alphabetic()).count() < 2 {
        return false;
    }
    if unspaced {
        return count >= 2 || candidate.title;
    }
    if candidate.words == 1 {
        let letters = surface.chars().filter(|c| c.is_alphabetic()).count();
        let nouny = candidate.nouny * 5 >= count * 2 || language.lexicon().is_none();
        return letters >= 3
            && count >= 2
            && candidate.mid > 0
            && (name || nouny || (language == Language::GERMAN && candidate.names > 0));
    }
    // a title's own words count when the text takes them up
    (count >= 2 && candidate.mid > 0) || (candidate.title && name)
}

/// In German every noun has a capital, so a phrase is adjectives in lower case and nouns at its end.
fn german_noun_phrase(slice: &[Token<'_>]) -> bool {
    let capital = |token: &Token<'_>| token.text.starts_with(char::is_uppercase) || token.stem.is_none();
    slice.last().is_some_and(capital)
        && slice[..slice.len() - 1].iter().all(|token| {
            !token.content
                || capital(token)
                || ["e", "en", "er", "es", "em"].iter().any(|ending| token.text.ends_with(ending))
        })
}
