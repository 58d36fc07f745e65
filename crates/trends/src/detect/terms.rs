//! What an item says, as terms that can be counted: its words cut to stems, and pairs of words that stand close together
//! in whatever order.

use std::{collections::HashSet, sync::LazyLock};

use bellwether_language::{Language, words};

use super::stem::stem;

/// A term as a number. Even for words, odd for pairs.
pub(crate) type Key = u64;

/// The terms of one item, each once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Terms {
    /// Words of the title alone, sorted: how it is said. Without numbers: the next one of a series is said the same way.
    pub title: Vec<Key>,
    /// Words, sorted.
    pub words: Vec<Key>,
    /// Pairs with their two words, sorted by pair.
    pub pairs: Vec<(Key, Key, Key)>,
}

/// How far apart, in telling words, the two words of a pair may stand.
const REACH: usize = 3;
/// A title may be a whole post; more than this says nothing new.
const WORDS_PER_PHRASE: usize = 40;
const PAIRS_PER_ITEM: usize = 64;

/// Every language's calendar turns without being news.
const CALENDAR: &str = "\
    january february march april june july august september october november december monday tuesday \
    wednesday thursday friday saturday sunday today yesterday tomorrow weekly daily monthly januar \
    februar märz mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag \
    sonntag heute gestern morgen janvier février mars avril juin juillet août septembre octobre novembre \
    décembre lundi mardi mercredi jeudi vendredi samedi dimanche aujourd'hui enero febrero marzo abril \
    mayo junio julio agosto septiembre octubre noviembre diciembre lunes martes miércoles jueves viernes \
    sábado domingo hoy ayer mañana";

fn is_of_calendar(lower: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| CALENDAR.split_whitespace().collect());
    WORDS.contains(lower)
}

struct Word {
    key: Key,
    /// Too general to say anything alone.
    general: bool,
    /// A number such as 1.94: which one of a series it is.
    number: bool,
}

impl Terms {
    /// The terms of a title and of keyphrases.
    #[cfg(test)]
    pub(crate) fn of<'a>(
        title: &'a str,
        keyphrases: impl IntoIterator<Item = &'a str>,
        language: Language,
    ) -> Self {
        let mut terms = Self::default();
        terms.read(title, keyphrases, language);
        terms
    }

    /// The same in the room of another item's: a list of pairs is large enough for the allocator to tidy up at each.
    pub(crate) fn read<'a>(
        &mut self,
        title: &'a str,
        keyphrases: impl IntoIterator<Item = &'a str>,
        language: Language,
    ) {
        self.words.clear();
        self.pairs.clear();
        self.title.clear();
        let wording = self.add(title, language);
        self.title.extend(wording);
        self.title.sort_unstable();
        self.title.dedup();
        for phrase in keyphrases {
            drop(self.add(phrase, language));
        }
        self.words.sort_unstable();
        self.words.dedup();
        self.pairs.sort_unstable();
        self.pairs.dedup();
    }

    /// Answers how it is said: its words without the numbers.
    fn add(&mut self, text: &str, language: Language) -> impl Iterator<Item = Key> + use<> {
        let telling = telling(text, language);
        for (at, word) in telling.iter().enumerate() {
            if !word.general {
                self.words.push(word.key);
            }
            for other in telling[at + 1..].iter().take(REACH) {
                if word.key != other.key
                    && !(word.general && other.general)
                    && self.pairs.len() < PAIRS_PER_ITEM
                {
                    let (a, b) = (word.key.min(other.key), word.key.max(other.key));
                    self.pairs.push((pair(a, b), a, b));
                }
            }
        }
        telling.into_iter().filter(|word| !word.general && !word.number).map(|word| word.key)
    }
}

/// Whether a word says something at all, and the key of its stem.
pub(crate) fn word_key(word: &str, language: Language) -> Option<Key> {
    word_of(word, language).map(|word| word.key)
}

fn word_of(word: &str, language: Language) -> Option<Word> {
    let lower = word.to_lowercase();
    let letters = lower.chars().filter(|c| c.is_alphabetic()).count();
    let digits = lower.chars().any(|c| c.is_ascii_digit());
    if (letters == 0 && !(digits && lower.contains('.')))
        || (letters < 2 && !digits)
        || is_stop_word(&lower, language)
        || is_of_calendar(&lower)
    {
        return None;
    }
    let general = language
        .lexicon()
        .is_some_and(|lexicon| lexicon.generic.contains(&lower) || lexicon.breakers.contains(&lower));
    Some(Word { key: hash(&stem(&lower, language)), general, number: letters == 0 })
}

fn telling(text: &str, language: Language) -> Vec<Word> {
    let mut list = Vec::with_capacity(WORDS_PER_PHRASE);
    let mut run = String::new();
    for word in words(text).take(WORDS_PER_PHRASE * 2) {
        // one ideograph at a time comes out of scripts without spaces
        let mut chars = word.chars();
        if let (Some(c), None) = (chars.next(), chars.next())
            && is_unspaced(c)
        {
            run.push(c);
            continue;
        }
        unspaced(&run, &mut list);
        run.clear();
        list.extend(word_of(word, language));
        if list.len() >= WORDS_PER_PHRASE {
            break;
        }
    }
    unspaced(&run, &mut list);
    list.truncate(WORDS_PER_PHRASE);
    list
}

/// Where no spaces are written, each two neighbouring characters count as a word, those of grammar aside.
fn unspaced(run: &str, list: &mut Vec<Word>) {
    let chars: Vec<char> = run.chars().collect();
    for two in chars.windows(2) {
        if two.iter().all(|c| !is_grammar(*c)) {
            let text: String = two.iter().collect();
            list.push(Word { key: hash(&text), general: false, number: false });
        }
    }
}

fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c), 0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x2FA1F | 0x0E01..=0x0E4E)
}

/// Hiragana, and what Chinese writes in every sentence.
fn is_grammar(c: char) -> bool {
    matches!(u32::from(c), 0x3040..=0x309F)
        || "的了是在和不我有他这这个们上也到说就为与及对等将被把".contains(c)
}

/// In an unknown language, the function words of all the common ones.
fn is_stop_word(lower: &str, language: Language) -> bool {
    let plain;
    let bare = if lower.contains('’') {
        plain = lower.replace('’', "'");
        &plain
    } else {
        lower
    };
    if language != Language::UNKNOWN {
        return language.is_stop_word(bare);
    }
    [Language::ENGLISH, Language::GERMAN, Language::FRENCH, Language::SPANISH]
        .iter()
        .any(|language| language.is_stop_word(bare))
}

fn hash(text: &str) -> Key {
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for byte in text.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
    }
    mix(hash) & !1
}

fn pair(a: Key, b: Key) -> Key {
    mix(a.rotate_left(23) ^ b) | 1
}

/// Spreads all bits (the end of MurmurHash3), so that keys serve as their own hashes.
pub(crate) fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    x = (x ^ (x >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    x ^ (x >> 33)
}

/// Shared words of two sorted lists over all their words, 0–1.
pub(crate) fn likeness(a: &[Key], b: &[Key]) -> f64 {
    let (mut i, mut j, mut shared) = (0, 0, 0_usize);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                shared += 1;
                i += 1;
                j += 1;
            }
        }
    }
    shared as f64 / (a.len() + b.len() - shared).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(title: &str) -> Terms {
        Terms::of(title, [], Language::ENGLISH)
    }

    #[test]
    fn order_and_number_do_not_matter() {
        let (a, b) = (of("Acme recalls the X200 battery"), of("X200 batteries: a recall by Acme"));
        assert_eq!(a.words, b.words);
        assert_eq!(a.words.len(), 4);
        let shared = a.pairs.iter().filter(|pair| b.pairs.contains(pair)).count();
        assert!(shared >= 4, "{shared}");
    }

    #[test]
    fn words_that_say_nothing_are_left_out() {
        assert!(of("What the 2026 of it is on Monday").words.is_empty());
        assert_eq!(Terms::of("Was ist das?", [], Language::GERMAN).words.len(), 0);
    }

    #[test]
    fn scripts_without_spaces() {
        let chinese = Language::from_tag("zh").expect("known");
        let (a, b) = (Terms::of("量子电池的突破", [], chinese), Terms::of("突破！量子电池", [], chinese));
        let shared = a.words.iter().filter(|word| b.words.contains(word)).count();
        assert!(shared >= 4, "{shared}");
    }

    #[test]
    fn a_long_post_stays_bounded() {
        let long = (0..400).map(|n| format!("word{n}")).collect::<Vec<_>>().join(" ");
        let terms = of(&long);
        assert!(terms.words.len() <= WORDS_PER_PHRASE && terms.pairs.len() <= PAIRS_PER_ITEM);
    }
}
