//! What a person asks for in their own words, as far as it can be done without understanding more: hashtags, emoji,
//! links, questions, lists, length, words to mention and words to avoid. What isn't understood is told.

use std::{collections::HashMap, sync::LazyLock};

use serde::Deserialize;

use crate::writer::BrandNotes;

/// Wishes that can be followed, and those that can't.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a wish of its own")]
pub struct Wishes {
    pub no_tags: bool,
    pub no_emoji: bool,
    pub no_link: bool,
    pub no_ask: bool,
    pub no_list: bool,
    /// A question at the end, also where none is usual.
    pub ask: bool,
    pub short_sentences: bool,
    pub shorter: bool,
    pub longer: bool,
    /// At most so many hashtags.
    pub most_tags: Option<usize>,
    /// Hashtags that were given.
    pub tags: Vec<String>,
    /// In lower case.
    pub mention: Vec<String>,
    /// In lower case.
    pub avoid: Vec<String>,
    /// Parts of the instructions that weren't understood, as they were written.
    pub unheeded: Vec<String>,
    /// Something about the voice wasn't understood.
    pub voice_unheeded: bool,
}

#[derive(Deserialize)]
struct File {
    no: Vec<String>,
    nouns: HashMap<String, Vec<String>>,
    phrases: HashMap<String, Vec<String>>,
    about: HashMap<String, Vec<String>>,
}

static FILE: LazyLock<Option<File>> = LazyLock::new(|| {
    // a test reads the file, so a broken one can't ship
    let mut file: File = toml::from_str(include_str!("wishes.toml")).ok()?;
    // “don't use the word” before “don't use”
    for phrases in file.about.values_mut() {
        phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    }
    Some(file)
});

/// What the last part of a wish was about, for “mention Rosa and the oven”.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    Mention,
    Avoid,
}

impl Wishes {
    /// Reads the instructions and the brand's notes.
    pub fn of(instructions: Option<&str>, brand: &BrandNotes) -> Self {
        let mut wishes = Self::default();
        if let Some(instructions) = instructions {
            wishes.read(instructions, true);
        }
        for note in &brand.voice {
            let before = wishes.clone();
            wishes.read(note, false);
            // who the brand is says nothing of what a draft is to be
            wishes.voice_unheeded |= before == wishes;
        }
        // hashtags that are asked for, by name or by number, are asked for in spite of it
        wishes.no_tags |= brand.no_hashtags && wishes.tags.is_empty() && wishes.most_tags.is_none();
        wishes.avoid.extend(
            brand.avoid.iter().map(|word| word.trim().to_lowercase()).filter(|word| !word.is_empty()),
        );
        wishes.avoid.sort_unstable();
        wishes.avoid.dedup();
        wishes
    }

    fn read(&mut self, text: &str, tell: bool) {
        for sentence in text.split(['.', ';', '\n', '!', '?']) {
            let mut about = None;
            for part in parts(sentence) {
                let part = part.trim().trim_matches(['-', '•', '*', ' ']);
                if part.is_empty() || !part.chars().any(char::is_alphanumeric) {
                    continue;
                }
                let (understood, next) = self.part(part, about);
                about = next;
                if !understood && tell {
                    self.unheeded.push(part.to_owned());
                }
            }
        }
    }

    /// One wish; says whether it was understood, and what it was about.
    fn part(&mut self, part: &str, before: Option<About>) -> (bool, Option<About>) {
        let Some(file) = FILE.as_ref() else { return (false, None) };
        let lower = part.to_lowercase().replace('’', "'");
        let mut understood = false;
        let wanted = |name: &str| file.nouns.get(name).map_or(&[][..], Vec::as_slice);
        let denied = |name: &str| {
            wanted(name).iter().any(|noun| {
                file.no.iter().any(|no| {
                    let gap = if no.ends_with('\'') { "" } else { " " };
                    has_words(&lower, &format!("{no}{gap}{noun}"))
                })
            })
        };
        let (tags, emoji, link, ask, list) =
            (denied("tags"), denied("emoji"), denied("link"), denied("ask"), denied("list"));
        self.no_tags |= tags;
        self.no_emoji |= emoji;
        self.no_link |= link;
        self.no_ask |= ask;
        self.no_list |= list;
        if tags || emoji || link || ask || list {
            return (true, None);
        }
        let asked = |name: &str| {
            file.phrases
                .get(name)
                .is_some_and(|phrases| phrases.iter().any(|phrase| has_words(&lower, phrase)))
        };
        if asked("ask") {
            self.ask = true;
            understood = true;
        }
        if asked("sentences") {
            self.short_sentences = true;
            understood = true;
        } else if asked("longer") {
            self.longer = true;
            understood = true;
        } else if asked("shorter") {
            self.shorter = true;
            understood = true;
        }
        let given: Vec<String> = part
            .split_whitespace()
            .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '#' && c != '_'))
            .filter(|word| word.starts_with('#') && word.chars().nth(1).is_some_and(char::is_alphabetic))
            .map(str::to_owned)
            .collect();
        if !given.is_empty() {
            self.tags.extend(given);
            return (true, None);
        }
        if let Some(count) = counted_tags(&lower, wanted("tags")) {
            self.most_tags = Some(count);
            return (true, None);
        }
        for (name, kind) in [("avoid", About::Avoid), ("mention", About::Mention)] {
            let found = file.about.get(name).and_then(|phrases| {
                phrases.iter().find_map(|phrase| {
                    let at =
                        lower.find(phrase.as_str()).filter(|at| boundary(&lower, *at, at + phrase.len()))?;
                    // how deep into the wish: “please mention”, not “the people who mention”
                    (lower[..at].split_whitespace().count() <= 3)
                        .then(|| lower[at + phrase.len()..].to_owned())
                })
            });
            if let Some(rest) = found {
                let object = bare(&rest);
                if object.is_empty() || object.split(' ').count() > 6 {
                    continue;
                }
                self.about(kind, object);
                return (true, Some(kind));
            }
        }
        if let Some(kind) = before.filter(|_| !understood && lower.split(' ').count() <= 4) {
            self.about(kind, bare(&lower));
            return (true, Some(kind));
        }
        (understood, None)
    }

    fn about(&mut self, kind: About, object: String) {
        match kind {
            About::Mention => self.mention.push(object),
            About::Avoid => self.avoid.push(object),
        }
    }

    /// Whether a sentence may not be said because of a word in it.
    pub fn forbids(&self, text: &str) -> bool {
        if self.avoid.is_empty() && !self.no_emoji {
            return false;
        }
        let lower = text.to_lowercase();
        self.avoid.iter().any(|word| has_stem(&lower, word)) || (self.no_emoji && text.chars().any(is_emoji))
    }

    /// Whether a sentence says something that was to be mentioned.
    pub fn wants(&self, text: &str) -> bool {
        !self.mention.is_empty() && {
            let lower = text.to_lowercase();
            self.mention.iter().any(|word| has_stem(&lower, word))
        }
    }

    /// What of the wishes to mention is not in a text.
    pub fn missing<'a>(&'a self, text: &str) -> Vec<&'a str> {
        let lower = text.to_lowercase();
        self.mention.iter().filter(|word| !has_stem(&lower, word)).map(String::as_str).collect()
    }
}

/// A sentence cut at commas and at “and”.
fn parts(sentence: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    for word in sentence.split_whitespace() {
        let joint = matches!(
            word.to_lowercase().as_str(),
            "and" | "und" | "et" | "y" | "e" | "en" | "but" | "aber" | "&"
        );
        if joint {
            out.push(String::new());
            continue;
        }
        if let Some(last) = out.last_mut() {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word.trim_end_matches(','));
        }
        if word.ends_with(',') {
            out.push(String::new());
        }
    }
    out
}

/// “max 2 hashtags”, “three hashtags”
fn counted_tags(lower: &str, nouns: &[String]) -> Option<usize> {
    let words: Vec<&str> = lower.split_whitespace().collect();
    let at =
        words.iter().position(|word| nouns.iter().any(|noun| noun == word.trim_matches(['.', ',', ':'])))?;
    let before = *words.get(at.checked_sub(1)?)?;
    before.parse().ok().or(match before {
        "one" | "a" | "ein" | "einen" | "un" | "uno" | "um" | "een" => Some(1),
        "two" | "zwei" | "deux" | "dos" | "due" | "dois" | "twee" => Some(2),
        "three" | "drei" | "trois" | "tres" | "tre" | "três" | "drie" => Some(3),
        "four" | "vier" | "quatre" | "cuatro" | "quattro" | "quatro" => Some(4),
        "five" | "fünf" | "cinq" | "cinco" | "cinque" | "vijf" => Some(5),
        _ => None,
    })
}

fn bare(text: &str) -> String {
    let text = text.trim().trim_start_matches(':').trim();
    let unquoted = text.trim_matches(|c: char| !c.is_alphanumeric());
    [
        "the word ",
        "the words ",
        "the ",
        "das wort ",
        "le mot ",
        "la palabra ",
        "la parola ",
        "a palavra ",
        "het woord ",
    ]
    .iter()
    .find_map(|article| unquoted.strip_prefix(article))
    .unwrap_or(unquoted)
    .trim_matches(|c: char| !c.is_alphanumeric())
    .to_owned()
}

fn boundary(lower: &str, start: usize, end: usize) -> bool {
    !lower[..start].ends_with(char::is_alphanumeric) && !lower[end..].starts_with(char::is_alphanumeric)
}

fn has_words(lower: &str, wanted: &str) -> bool {
    lower.match_indices(wanted).any(|(at, _)| boundary(lower, at, at + wanted.len()))
}

/// The same word, also with an ending: “price” and “prices”, not “priceless”.
fn has_stem(lower: &str, wanted: &str) -> bool {
    !wanted.is_empty()
        && lower.match_indices(wanted).any(|(at, _)| {
            let rest = &lower[at + wanted.len()..];
            let ending = rest.chars().take_while(|c| c.is_alphanumeric()).count();
            !lower[..at].ends_with(char::is_alphanumeric) && ending <= 2
        })
}

fn is_emoji(c: char) -> bool {
    matches!(u32::from(c), 0x1F000..=0x1FAFF | 0x2600..=0x27BF | 0x2B50 | 0x2B55)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Wishes {
        Wishes::of(Some(text), &BrandNotes::default())
    }

    #[test]
    fn plain_wishes_in_seven_languages() {
        for text in [
            "Please no hashtags.",
            "Ohne Hashtags bitte",
            "sans hashtags",
            "Sin hashtags, por favor",
            "senza hashtag",
            "sem hashtags",
            "zonder hashtags",
        ] {
            assert!(of(text).no_tags, "{text}");
        }
        for text in [
            "End with a question",
            "Stelle eine Frage am Ende",
            "Termine par une question",
            "Termina con una pregunta",
            "Finisci con una domanda",
            "Termina com uma pergunta",
            "Eindig met een vraag",
        ] {
            let wishes = of(text);
            assert!(wishes.ask && !wishes.no_ask, "{text}: {wishes:?}");
        }
        for text in ["shorter", "Kürzer!", "plus court", "más corto", "più breve", "mais curto", "korter"]
        {
            assert!(of(text).shorter, "{text}");
        }
    }

    #[test]
    fn words_to_mention_and_to_avoid() {
        let wishes = of("Mention Rosa and the oven. Never say “leverage”. Max 2 hashtags, and use #Bread");
        assert_eq!(wishes.mention, ["rosa", "oven"]);
        assert_eq!(wishes.avoid, ["leverage"]);
        assert_eq!((wishes.most_tags, wishes.tags.as_slice()), (Some(2), &["#Bread".to_owned()][..]));
        assert!(wishes.unheeded.is_empty(), "{:?}", wishes.unheeded);
        assert!(wishes.forbids("We leverage synergies.") && !wishes.forbids("A lever is long."));
        assert_eq!(wishes.missing("The oven is hot."), ["rosa"]);
    }

    #[test]
    fn what_is_not_understood_is_told() {
        let wishes = of("No emoji, and write it like a pirate. Keep it short");
        assert!(wishes.no_emoji && wishes.shorter);
        assert_eq!(wishes.unheeded, ["write it like a pirate"]);
    }

    #[test]
    fn a_brand_without_hashtags_has_those_that_are_asked_for() {
        let brand = BrandNotes { no_hashtags: true, ..BrandNotes::default() };
        assert!(Wishes::of(None, &brand).no_tags);
        assert!(Wishes::of(Some("Shorter, please."), &brand).no_tags);
        assert!(!Wishes::of(Some("Use #Bread"), &brand).no_tags);
        assert!(!Wishes::of(Some("Max 2 hashtags"), &brand).no_tags);
    }

    #[test]
    fn the_brands_notes_count_without_being_told_of() {
        let brand = BrandNotes {
            voice: vec!["never says leverage".into(), "short sentences".into(), "A bakery in Lyon".into()],
            avoid: vec!["Synergy".into()],
            ..BrandNotes::default()
        };
        let wishes = Wishes::of(None, &brand);
        assert_eq!(wishes.avoid, ["leverage", "synergy"]);
        assert!(wishes.short_sentences && wishes.unheeded.is_empty() && wishes.voice_unheeded);
    }
}
