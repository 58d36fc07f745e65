//! Measuring the habits of a text.

use bellwether_language::{Language, words};
use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::{chunk::all_sentences, features::FEATURES};

/// The habits of a text, in the order of [`FEATURES`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Style(pub Vec<f32>);

/// Word lists of a language; a language without one has these habits at zero for everybody, which says nothing.
struct Lists {
    first: &'static [&'static str],
    we: &'static [&'static str],
    second: &'static [&'static str],
    hedges: &'static [&'static str],
    boosters: &'static [&'static str],
    openings: &'static [&'static str],
    negations: &'static [&'static str],
}

static ENGLISH: Lists = Lists {
    first: &["i", "me", "my", "mine", "myself", "i'm", "i've", "i'd", "i'll"],
    we: &["we", "us", "our", "ours", "ourselves", "we're", "we've", "we'd", "we'll"],
    second: &["you", "your", "yours", "yourself", "you're", "you've", "you'd", "you'll"],
    hedges: &[
        "perhaps",
        "maybe",
        "might",
        "could",
        "seems",
        "seem",
        "somewhat",
        "probably",
        "possibly",
        "likely",
        "roughly",
        "usually",
        "often",
        "sometimes",
        "mostly",
        "quite",
        "rather",
        "fairly",
        "almost",
        "generally",
        "hopefully",
    ],
    boosters: &[
        "very",
        "really",
        "always",
        "never",
        "definitely",
        "certainly",
        "absolutely",
        "totally",
        "completely",
        "must",
        "huge",
        "amazing",
        "incredible",
        "best",
        "worst",
        "every",
        "exactly",
        "clearly",
        "obviously",
        "extremely",
    ],
    openings: &["and", "but", "so", "or", "yet", "because", "then", "also", "now", "well"],
    negations: &[
        "not", "no", "never", "nothing", "nobody", "none", "don't", "doesn't", "didn't", "isn't", "aren't",
        "wasn't", "can't", "cannot", "won't", "without",
    ],
};
static GERMAN: Lists = Lists {
    first: &["ich", "mich", "mir", "mein", "meine", "meinen", "meinem", "meiner"],
    we: &["wir", "uns", "unser", "unsere", "unseren", "unserem", "unserer"],
    second: &["du", "dich", "dir", "dein", "deine", "deinen", "ihr", "euch", "euer", "ihnen"],
    hedges: &[
        "vielleicht",
        "wohl",
        "etwa",
        "ungefähr",
        "meist",
        "oft",
        "manchmal",
        "eher",
        "ziemlich",
        "könnte",
        "fast",
    ],
    boosters: &[
        "sehr",
        "wirklich",
        "immer",
        "nie",
        "niemals",
        "absolut",
        "völlig",
        "ganz",
        "unbedingt",
        "jeder",
        "genau",
    ],
    openings: &["und", "aber", "also", "doch", "denn", "oder", "dann", "nun", "so"],
    negations: &["nicht", "kein", "keine", "keinen", "nie", "nichts", "niemand", "ohne"],
};
static FRENCH: Lists = Lists {
    first: &["je", "j'ai", "me", "moi", "mon", "ma", "mes"],
    we: &["nous", "notre", "nos", "on"],
    second: &["tu", "te", "toi", "ton", "ta", "tes", "vous", "votre", "vos"],
    hedges: &[
        "peut-être",
        "environ",
        "souvent",
        "parfois",
        "presque",
        "plutôt",
        "assez",
        "sans doute",
        "probablement",
    ],
    boosters: &[
        "très",
        "vraiment",
        "toujours",
        "jamais",
        "absolument",
        "totalement",
        "complètement",
        "chaque",
    ],
    openings: &["et", "mais", "donc", "ou", "car", "alors", "puis", "or"],
    negations: &["ne", "pas", "non", "jamais", "rien", "personne", "sans", "aucun", "aucune"],
};
static SPANISH: Lists = Lists {
    first: &["yo", "me", "mi", "mis", "mí", "mío"],
    we: &["nosotros", "nos", "nuestro", "nuestra", "nuestros", "nuestras"],
    second: &["tú", "te", "ti", "tu", "tus", "usted", "ustedes", "vosotros", "su"],
    hedges: &["quizás", "quizá", "tal vez", "casi", "suele", "bastante", "a veces", "probablemente"],
    boosters: &["muy", "realmente", "siempre", "nunca", "jamás", "totalmente", "absolutamente", "cada"],
    openings: &["y", "pero", "así", "o", "porque", "entonces", "pues"],
    negations: &["no", "nunca", "nada", "nadie", "sin", "ningún", "ninguna", "tampoco"],
};
static ITALIAN: Lists = Lists {
    first: &["io", "mi", "me", "mio", "mia", "miei", "mie"],
    we: &["noi", "ci", "nostro", "nostra", "nostri", "nostre"],
    second: &["tu", "ti", "te", "tuo", "tua", "voi", "vi", "vostro", "vostra"],
    hedges: &["forse", "quasi", "spesso", "magari", "piuttosto", "abbastanza", "circa", "probabilmente"],
    boosters: &["molto", "davvero", "sempre", "mai", "assolutamente", "totalmente", "ogni", "proprio"],
    openings: &["e", "ma", "quindi", "o", "perché", "allora", "però", "poi"],
    negations: &["non", "no", "mai", "niente", "nulla", "nessuno", "senza"],
};
static PORTUGUESE: Lists = Lists {
    first: &["eu", "me", "mim", "meu", "minha", "meus", "minhas"],
    we: &["nós", "nos", "nosso", "nossa", "nossos", "nossas"],
    second: &["tu", "te", "ti", "você", "vocês", "teu", "tua", "seu", "sua"],
    hedges: &["talvez", "quase", "às vezes", "provavelmente", "bastante", "cerca"],
    boosters: &["muito", "realmente", "sempre", "nunca", "totalmente", "absolutamente", "cada"],
    openings: &["e", "mas", "então", "ou", "porque", "pois"],
    negations: &["não", "nunca", "nada", "ninguém", "sem", "nenhum", "nenhuma"],
};
static DUTCH: Lists = Lists {
    first: &["ik", "me", "mij", "mijn"],
    we: &["wij", "we", "ons", "onze"],
    second: &["jij", "je", "jou", "jouw", "jullie", "u", "uw"],
    hedges: &["misschien", "waarschijnlijk", "ongeveer", "vaak", "soms", "best", "bijna", "eigenlijk"],
    boosters: &["heel", "erg", "echt", "altijd", "nooit", "absoluut", "helemaal", "elke"],
    openings: &["en", "maar", "dus", "of", "want", "dan", "toch"],
    negations: &["niet", "geen", "nooit", "niets", "niemand", "zonder"],
};

fn lists(language: Language) -> Option<&'static Lists> {
    Some(match language.code() {
        "en" => &ENGLISH,
        "de" => &GERMAN,
        "fr" => &FRENCH,
        "es" => &SPANISH,
        "it" => &ITALIAN,
        "pt" => &PORTUGUESE,
        "nl" => &DUTCH,
        _ => return None,
    })
}

#[derive(Default)]
struct Counts {
    words: f32,
    letters: f32,
    long_words: f32,
    function: f32,
    contractions: f32,
    first: f32,
    we: f32,
    second: f32,
    hedges: f32,
    boosters: f32,
    negations: f32,
    capitals: f32,
    digits: f32,
    variety: f32,
}

impl Style {
    /// Of a text.
    pub fn of(text: &str, language: Language) -> Self {
        let lower = text.to_lowercase().replace('’', "'");
        let counts = words_of(&lower, text, language);
        let lengths: Vec<(f32, bool, bool)> = all_sentences(text, language)
            .into_iter()
            .filter_map(|range| sentence(&text[range], language))
            .collect();
        let n = (lengths.len() as f32).max(1.0);
        let share = |test: &dyn Fn(&(f32, bool, bool)) -> bool| {
            lengths.iter().filter(|sentence| test(sentence)).count() as f32 / n
        };
        let mean = lengths.iter().map(|sentence| sentence.0).sum::<f32>() / n;
        let spread = (lengths.iter().map(|sentence| (sentence.0 - mean).powi(2)).sum::<f32>() / n).sqrt();
        let hundred = 100.0 / counts.words.max(1.0);
        let count = |what: &dyn Fn(char) -> bool| text.chars().filter(|c| what(*c)).count() as f32 * hundred;
        let found = |what: &str| text.matches(what).count() as f32;
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let tokens = |test: &dyn Fn(&str) -> bool| {
            text.split_whitespace().filter(|token| test(token)).count() as f32 * hundred
        };
        let item = |line: &&&str| {
            line.starts_with(['-', '*', '•', '–', '→', '✓', '✅', '▪'])
                || line.split_once(['.', ')']).is_some_and(|(number, rest)| {
                    !number.is_empty()
                        && number.len() <= 2
                        && number.bytes().all(|b| b.is_ascii_digit())
                        && rest.starts_with(' ')
                })
        };
        let per_word = |value: f32| value / counts.words.max(1.0);
        Self(vec![
            mean,
            spread,
            share(&|sentence| sentence.0 <= 5.0),
            share(&|sentence| sentence.0 >= 25.0),
            counts.letters / counts.words.max(1.0),
            per_word(counts.long_words),
            counts.variety,
            per_word(counts.function),
            counts.words / (lines.len() as f32).max(1.0),
            (lines.len() as f32 - 1.0).max(0.0) * hundred,
            lines.iter().filter(item).count() as f32 * hundred,
            count(&|c| c == ','),
            count(&|c| c == ';'),
            count(&|c| c == ':'),
            (count(&|c| matches!(c, '—' | '–'))) + (found(" - ") + found(" -- ")) * hundred,
            count(&|c| c == '('),
            count(&|c| matches!(c, '"' | '“' | '”' | '«' | '»' | '„')),
            count(&|c| c == '!'),
            count(&|c| c == '?'),
            (found("…") + found("...")) * hundred,
            text.graphemes(true).filter(|g| is_emoji(g)).count() as f32 * hundred,
            tokens(&|token| token.len() > 1 && token.starts_with('#')),
            tokens(&|token| {
                token.starts_with("http://")
                    || token.starts_with("https://")
                    || (token.len() > 1 && token.starts_with('@'))
            }),
            counts.digits * hundred,
            counts.capitals * hundred,
            share(&|sentence| sentence.1),
            counts.contractions * hundred,
            counts.first * hundred,
            counts.we * hundred,
            counts.second * hundred,
            counts.hedges * hundred,
            counts.boosters * hundred,
            share(&|sentence| sentence.2),
            counts.negations * hundred,
        ])
    }

    /// The value of a habit by its name.
    pub fn get(&self, name: &str) -> Option<f32> {
        let at = FEATURES.iter().position(|feature| feature.name == name)?;
        self.0.get(at).copied()
    }
}

pub(crate) fn is_emoji(grapheme: &str) -> bool {
    grapheme.chars().next().is_some_and(|c| {
        matches!(u32::from(c), 0x1F300..=0x1FAFF | 0x2600..=0x27BF | 0x2B50 | 0x2B55 | 0x1F1E6..=0x1F1FF | 0x231A..=0x23FF)
    })
}

/// Words, whether it opens in lower case, whether it opens with a connecting word.
fn sentence(text: &str, language: Language) -> Option<(f32, bool, bool)> {
    let mut iter = words(text);
    let first = iter.next()?;
    let lower = first.to_lowercase();
    let connected = lists(language).is_some_and(|lists| lists.openings.contains(&lower.as_str()));
    Some((1.0 + iter.count() as f32, first.starts_with(char::is_lowercase), connected))
}

fn words_of(lower: &str, text: &str, language: Language) -> Counts {
    let mut counts = Counts::default();
    let lists = lists(language);
    let mut window: Vec<&str> = Vec::new();
    let (mut varieties, mut windows) = (0.0, 0.0);
    for word in words(lower) {
        counts.words += 1.0;
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        counts.letters += letters as f32;
        counts.long_words += f32::from(u8::from(letters >= 7));
        counts.function += f32::from(u8::from(language.is_stop_word(word)));
        counts.digits += f32::from(u8::from(word.starts_with(|c: char| c.is_ascii_digit())));
        counts.contractions += f32::from(u8::from(
            language == Language::ENGLISH && word.contains('\'') && !word.ends_with("'s"),
        ));
        if let Some(lists) = lists {
            for (list, count) in [
                (lists.first, &mut counts.first),
                (lists.we, &mut counts.we),
                (lists.second, &mut counts.second),
                (lists.hedges, &mut counts.hedges),
                (lists.boosters, &mut counts.boosters),
                (lists.negations, &mut counts.negations),
            ] {
                *count += f32::from(u8::from(list.contains(&word)));
            }
        }
        window.push(word);
        if window.len() == 50 {
            window.sort_unstable();
            window.dedup();
            varieties += window.len() as f32 / 50.0;
            windows += 1.0;
            window.clear();
        }
    }
    if windows == 0.0 && !window.is_empty() {
        let all = window.len() as f32;
        window.sort_unstable();
        window.dedup();
        // shorter texts vary more by nature: brought to what fifty words of the same habit would show
        varieties = (window.len() as f32 / all).powf((50.0 / all).ln().max(0.0).mul_add(0.15, 1.0));
        windows = 1.0;
    }
    counts.variety = if windows > 0.0 { varieties / windows } else { 0.0 };
    counts.capitals = words(text)
        .filter(|word| {
            // letters of a script without cases are no capitals
            word.chars().filter(|c| c.is_alphabetic()).count() > 1
                && word.chars().any(char::is_uppercase)
                && !word.chars().any(char::is_lowercase)
        })
        .count() as f32;
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn habits_are_counted() {
        let style =
            Style::of("I don't know. But we try! Do you?\n\n- one\n- two 🎉 #made", Language::ENGLISH);
        assert_eq!(style.0.len(), FEATURES.len());
        for name in [
            "contractions",
            "first_person",
            "we",
            "second_person",
            "exclamations",
            "questions",
            "emoji",
            "hashtags",
            "list_items",
            "line_breaks",
        ] {
            assert!(style.get(name).unwrap_or_default() > 0.0, "{name}");
        }
        assert!(style.get("connected_openings").unwrap_or_default() > 0.1);
        assert_eq!(style.get("semicolons"), Some(0.0));
        assert_eq!(style.get("nothing"), None);
    }

    #[test]
    fn only_letters_that_have_both_cases_are_capitals() {
        let capitals = |text: &str| Style::of(text, Language::ENGLISH).get("capitals");
        assert_eq!(capitals("مرحبا بكم في المخبز"), Some(0.0));
        assert_eq!(capitals("今日は パン です"), Some(0.0));
        assert_eq!(capitals("We ship PDF and ХЛЕБ"), Some(40.0));
    }

    #[test]
    fn an_empty_text_has_no_habits() {
        for text in ["", "  \n", "🎉"] {
            assert!(Style::of(text, Language::ENGLISH).0.iter().all(|value| value.is_finite()), "{text:?}");
        }
    }
}
