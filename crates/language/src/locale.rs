//! Which language a text is in, and what is known about that language.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    hash::{BuildHasherDefault, Hasher},
    sync::LazyLock,
};

use serde::{Deserialize, Serialize};

use crate::word;

/// A language by its ISO 639 code, two letters where there are two. `und` is the unknown one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Language(pub(crate) &'static str);

impl Language {
    /// Could not be told.
    pub const UNKNOWN: Self = Self("und");
    /// English.
    pub const ENGLISH: Self = Self("en");
    /// German.
    pub const GERMAN: Self = Self("de");
    /// French.
    pub const FRENCH: Self = Self("fr");
    /// Spanish.
    pub const SPANISH: Self = Self("es");

    /// The ISO 639 code.
    pub const fn code(self) -> &'static str {
        self.0
    }

    /// Its name in English: for messages.
    pub fn name(self) -> &'static str {
        match self.0 {
            "und" => "an unknown language",
            // the list names what is spoken where people name what is written
            "zh" => "Chinese",
            "no" => "Norwegian",
            "fa" => "Persian",
            code => whatlang::Lang::all()
                .iter()
                .find(|lang| code_of(**lang) == code)
                .map_or(code, |lang| lang.eng_name()),
        }
    }

    /// The language of a code or tag such as `de-AT`, when it is one that [`Language::detect`] could answer.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let code = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        whatlang::Lang::all().iter().map(|lang| code_of(*lang)).find(|known| *known == code).map(Language)
    }

    /// The language of a text. Function words decide between the languages with a lexicon where they are frequent
    /// enough, trigrams decide the rest; too little text gives [`Language::UNKNOWN`].
    pub fn detect(text: &str) -> Self {
        let sample = sample(text, 6_000);
        let letters = sample.chars().filter(|c| c.is_alphabetic()).count();
        if letters < 3 {
            return Self::UNKNOWN;
        }
        let by_words = by_function_words(sample);
        // where the commonest words are clear, counting trigrams would change nothing and takes most of the time
        if let Some((language, true)) = by_words
            && whatlang::detect_script(sample).is_none_or(|script| script == whatlang::Script::Latin)
        {
            return language;
        }
        let Some(info) = whatlang::detect(sample) else {
            return by_words.map_or(Self::UNKNOWN, |(language, _)| language);
        };
        let by_trigrams = Self(code_of(info.lang()));
        match by_words {
            Some((language, _)) if !info.is_reliable() && info.script() == whatlang::Script::Latin => {
                language
            }
            _ if letters < 12 && !info.is_reliable() => Self::UNKNOWN,
            _ => by_trigrams,
        }
    }

    /// The language of a line, such as a title. From names alone any language may be guessed ("Labs race to repeat Fielfi" is
    /// no Italian), and the next line that has them would seem to be in another one: so what is not English is believed by
    /// its letters or by its own function words only.
    pub fn of_line(line: &str) -> Self {
        let guess = Self::detect(line);
        if guess == Self::ENGLISH
            || guess == Self::UNKNOWN
            || line.chars().any(|c| !c.is_ascii() && c.is_alphabetic())
        {
            return guess;
        }
        let (mut own, mut english) = (0, 0);
        for word in word::words(line) {
            let lower = word.to_lowercase();
            own += u32::from(guess.is_stop_word(&lower));
            english += u32::from(Self::ENGLISH.is_stop_word(&lower));
        }
        if own > english { guess } else { Self::ENGLISH }
    }

    /// Whether words are written without spaces between them.
    pub fn is_unspaced(self) -> bool {
        matches!(self.0, "zh" | "ja" | "th" | "km" | "my")
    }

    /// What is known beyond stop words; for languages without a lexicon nothing is claimed.
    pub fn lexicon(self) -> Option<&'static Lexicon> {
        LEXICONS.iter().find(|(language, _)| *language == self).map(|(_, lexicon)| lexicon)
    }

    /// Words that carry grammar rather than meaning.
    pub fn is_stop_word(self, lower: &str) -> bool {
        self.stop_words().is_some_and(|set| set.contains(lower))
    }

    /// All words of that kind, where they are known: for who asks about many words.
    pub(crate) fn stop_words(self) -> Option<&'static WordSet<&'static str>> {
        static SETS: LazyLock<HashMap<&'static str, WordSet<&'static str>, Quick>> = LazyLock::new(|| {
            stop_words::available_languages()
                .iter()
                .filter_map(|code| Some((*code, stop_words::lookup(code)?.iter().copied().collect())))
                .collect()
        });
        SETS.get(self.0)
    }

    /// How words are cut to their stem, where the language has an algorithm for it.
    pub(crate) fn stemmer(self) -> Option<rust_stemmers::Stemmer> {
        use rust_stemmers::Algorithm as A;
        let algorithm = match self.0 {
            "en" => A::English,
            "de" => A::German,
            "fr" => A::French,
            "es" => A::Spanish,
            "it" => A::Italian,
            "pt" => A::Portuguese,
            "nl" => A::Dutch,
            "sv" => A::Swedish,
            "da" => A::Danish,
            "no" => A::Norwegian,
            "fi" => A::Finnish,
            "hu" => A::Hungarian,
            "ro" => A::Romanian,
            "ru" => A::Russian,
            "tr" => A::Turkish,
            "ar" => A::Arabic,
            "el" => A::Greek,
            "ta" => A::Tamil,
            _ => return None,
        };
        Some(rust_stemmers::Stemmer::create(algorithm))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

/// Word lists of one language, in lower case; `data/en.toml` says what each is for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the data files document each list")]
pub struct Lexicon {
    pub abbreviations: HashSet<String, Quick>,
    pub closing_abbreviations: HashSet<String, Quick>,
    pub pronouns: HashSet<String, Quick>,
    pub demonstratives: HashSet<String, Quick>,
    pub expletives: Vec<String>,
    pub connectives: Vec<String>,
    pub bound: Vec<String>,
    pub references: Vec<String>,
    pub navigation: Vec<String>,
    pub housekeeping: Vec<String>,
    pub generic: HashSet<String, Quick>,
    pub breakers: HashSet<String, Quick>,
    pub stance: Vec<String>,
    pub strong: Vec<String>,
    pub speech: Vec<String>,
    pub audiences: Vec<String>,
    pub joiners: HashSet<String, Quick>,
    pub determiners: HashSet<String, Quick>,
    pub contrasts: Vec<String>,
    pub firsts: Vec<String>,
    pub nexts: Vec<String>,
    pub concessions: Vec<String>,
    pub negations: Vec<String>,
    pub definite: Vec<String>,
    pub postmodifiers: HashSet<String, Quick>,
    pub numerals: HashSet<String, Quick>,
    pub counted: HashSet<String, Quick>,
    pub elliptic: Vec<String>,
    pub starters: Vec<String>,
    pub first_person: HashSet<String, Quick>,
    pub second_person: HashSet<String, Quick>,
    pub addresses: Vec<String>,
    pub pointing: Vec<String>,
}

/// A fixed list of words. Each word of each text is looked up in several, and nobody can choose what is in them, so a
/// quick hash serves.
pub(crate) type WordSet<T> = HashSet<T, Quick>;

/// Makes [`QuickHasher`]s.
pub type Quick = BuildHasherDefault<QuickHasher>;

/// Eight bytes at a time, multiplied and turned (as in Firefox and rustc).
#[derive(Debug, Default, Clone, Copy)]
pub struct QuickHasher(u64);

impl Hasher for QuickHasher {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 29
    }

    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(8) {
            let number = part.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
            self.write_u64(number);
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.write_u64(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x517C_C1B7_2722_0A95);
    }
}

static LEXICONS: LazyLock<Vec<(Language, Lexicon)>> = LazyLock::new(|| {
    [
        (Language::ENGLISH, include_str!("../data/en.toml")),
        (Language::GERMAN, include_str!("../data/de.toml")),
        (Language::FRENCH, include_str!("../data/fr.toml")),
        (Language::SPANISH, include_str!("../data/es.toml")),
        (Language("it"), include_str!("../data/it.toml")),
        (Language("pt"), include_str!("../data/pt.toml")),
        (Language("nl"), include_str!("../data/nl.toml")),
    ]
    .into_iter()
    // a test reads every file, so a broken one can't ship
    .filter_map(|(language, text)| Some((language, toml::from_str::<Lexicon>(text).ok()?)))
    .map(|(language, mut lexicon)| {
        // the longest first, so that “first of all,” is taken off before “first,”
        lexicon.connectives.sort_by_key(|entry| std::cmp::Reverse(entry.len()));
        // texts are looked at with plain apostrophes
        for entry in lexicon.expletives.iter_mut().chain(&mut lexicon.bound) {
            *entry = entry.replace('’', "'");
        }
        (language, lexicon)
    })
    .collect()
});

/// Which of [`LEXICONS`] have a word among their function words, one bit each.
static FUNCTION_WORDS: LazyLock<HashMap<&'static str, u8, Quick>> = LazyLock::new(|| {
    let mut words: HashMap<&'static str, u8, Quick> = HashMap::default();
    for (index, (language, _)) in LEXICONS.iter().enumerate() {
        for word in language.stop_words().into_iter().flatten() {
            *words.entry(*word).or_default() |= 1 << index;
        }
    }
    words
});

/// The seven languages with a lexicon tell themselves apart by their commonest words, where trigrams often err on
/// short texts. Says whether the winner is clear.
pub(crate) fn by_function_words(sample: &str) -> Option<(Language, bool)> {
    let (mut total, mut hits) = (0_u32, vec![0_u32; LEXICONS.len()]);
    let mut lower = String::new();
    for word in
        sample.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’').filter(|w| !w.is_empty())
    {
        total += 1;
        word::lower_into(word, &mut lower);
        let languages = FUNCTION_WORDS.get(lower.as_str()).copied().unwrap_or_default();
        for (index, hits) in hits.iter_mut().enumerate() {
            *hits += u32::from(languages >> index & 1);
        }
        if total >= 400 {
            break;
        }
    }
    let best = hits.iter().enumerate().max_by_key(|(_, hits)| **hits)?;
    let second =
        hits.iter().enumerate().filter(|(index, _)| *index != best.0).map(|(_, hits)| *hits).max()?;
    if *best.1 * 100 < total * 18 || *best.1 < 2 {
        return None;
    }
    Some((LEXICONS[best.0].0, *best.1 * 100 >= total * 25 && *best.1 * 10 >= second * 14 && *best.1 >= 4))
}

pub(crate) fn sample(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

pub(crate) fn code_of(lang: whatlang::Lang) -> &'static str {
    use whatlang::Lang as L;
    match lang {
        L::Eng => "en",
        L::Deu => "de",
        L::Fra => "fr",
        L::Spa => "es",
        L::Ita => "it",
        L::Por => "pt",
        L::Nld => "nl",
        L::Cmn => "zh",
        L::Jpn => "ja",
        L::Kor => "ko",
        L::Rus => "ru",
        L::Ukr => "uk",
        L::Pol => "pl",
        L::Swe => "sv",
        L::Dan => "da",
        L::Nob => "no",
        L::Fin => "fi",
        L::Tur => "tr",
        L::Ara => "ar",
        L::Heb => "he",
        L::Hin => "hi",
        L::Ben => "bn",
        L::Ces => "cs",
        L::Slk => "sk",
        L::Hun => "hu",
        L::Ron => "ro",
        L::Bul => "bg",
        L::Ell => "el",
        L::Vie => "vi",
        L::Tha => "th",
        L::Ind => "id",
        L::Cat => "ca",
        L::Hrv => "hr",
        L::Srp => "sr",
        L::Slv => "sl",
        L::Pes => "fa",
        L::Urd => "ur",
        L::Tam => "ta",
        L::Kat => "ka",
        L::Lit => "lt",
        L::Lav => "lv",
        L::Est => "et",
        L::Khm => "km",
        L::Mya => "my",
        other => other.code(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lexicon_is_read() {
        assert_eq!(LEXICONS.len(), 7);
        for (language, lexicon) in LEXICONS.iter() {
            assert!(lexicon.pronouns.len() > 5, "{language}");
            assert!(
                language.is_stop_word(if *language == Language::ENGLISH { "the" } else { "de" })
                    || *language == Language::GERMAN
                    || language.code() == "it"
            );
        }
    }

    #[test]
    fn a_line_of_names_is_of_no_other_language() {
        for line in
            ["Labs race to repeat Fielfiro", "Critics doubt Fielfiro", "Leeds team defends Fielfiro result"]
        {
            assert_eq!(Language::of_line(line), Language::ENGLISH, "{line}");
        }
        assert_ne!(Language::detect("Critics doubt Fielfiro"), Language::ENGLISH);
        for (line, code) in [
            ("Das Brot wird besser, wenn es ruht", "de"),
            ("Möbel für den Frühling", "de"),
            ("Comment réparer une table", "fr"),
            ("量子电池突破", "zh"),
            ("", "und"),
        ] {
            assert_eq!(Language::of_line(line).code(), code, "{line}");
        }
    }

    #[test]
    fn short_texts_and_none() {
        assert_eq!(Language::detect(""), Language::UNKNOWN);
        assert_eq!(Language::detect("42 !!"), Language::UNKNOWN);
        assert_eq!(
            Language::detect("The bread is better when the dough rests over night."),
            Language::ENGLISH
        );
        assert_eq!(
            Language::detect("Das Brot wird besser, wenn der Teig über Nacht ruht."),
            Language::GERMAN
        );
        assert_eq!(
            Language::detect("Le pain est meilleur quand la pâte repose toute la nuit."),
            Language::FRENCH
        );
        assert_eq!(
            Language::detect("El pan es mejor cuando la masa reposa toda la noche."),
            Language::SPANISH
        );
        assert_eq!(Language::detect("Хлеб вкуснее, когда тесто отдыхает всю ночь.").code(), "ru");
        assert_eq!(Language::detect("面团静置一夜后，面包会更好吃。").code(), "zh");
    }

    #[test]
    fn tags() {
        assert_eq!(Language::from_tag("de-AT"), Some(Language::GERMAN));
        assert_eq!(Language::from_tag("xx"), None);
    }

    #[test]
    fn names_are_those_that_people_use() {
        for (code, name) in [("en", "English"), ("ja", "Japanese"), ("zh", "Chinese"), ("no", "Norwegian")] {
            assert_eq!(Language::from_tag(code).map(Language::name), Some(name));
        }
    }
}
