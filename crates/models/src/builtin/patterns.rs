//! The phrases that the built-in writer may add to the input's own sentences, read from `patterns.toml`.

use std::sync::LazyLock;

use bellwether_language::{Analysis, Language};
use bellwether_networks::Tone;
use serde::Deserialize;

/// A phrase and where it may be used.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// Stable name.
    pub id: String,
    /// ISO 639-1 code.
    pub language: String,
    /// Where it is used.
    pub kind: Kind,
    /// The tones that it fits; all when absent.
    #[serde(default)]
    pub tones: Vec<Tone>,
    /// The way in which it addresses the reader; any when absent.
    pub register: Option<Register>,
    /// The kinds of text that it fits; all when absent.
    #[serde(default)]
    pub genres: Vec<Genre>,
    /// The phrase; `{count}`, `{topic}` and `{title}` are filled in.
    pub text: String,
}

/// Where a phrase is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Opens a list of points.
    HookCount,
    /// Asks the reader at the end.
    CtaQuestion,
    /// Stands before the link.
    CtaRead,
    /// Asks to keep a picture post.
    CtaSave,
    /// Ends a video.
    CtaWatch,
    /// Ends a letter that has no link.
    CtaReply,
    /// A letter's button.
    Button,
    /// Asks for a picture.
    Media,
    /// Opens what several sources say; `{topic}` stands at its beginning.
    HookReported,
    /// Asks what the news of others is for the reader.
    CtaReported,
    /// Stands over the addresses of several sources.
    Sources,
}

/// Kinds of text that ask their reader for different things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Genre {
    /// Somebody tells what happened.
    Story,
    /// How something is done.
    Guide,
    /// Everything else.
    Other,
}

/// How a reader is addressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Register {
    /// Sie, vous, usted.
    Formal,
    /// Du, tu, tú.
    Familiar,
}

#[derive(Deserialize)]
struct File {
    pattern: Vec<Pattern>,
}

/// Every declared phrase.
pub fn all() -> &'static [Pattern] {
    static ALL: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
        // a test reads the file, so a broken one can't ship
        toml::from_str::<File>(include_str!("patterns.toml")).map(|file| file.pattern).unwrap_or_default()
    });
    &ALL
}

/// What a phrase is chosen by.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// The language of the draft.
    pub language: Language,
    /// The stance towards the reader.
    pub tone: Tone,
    /// How the reader is addressed.
    pub register: Register,
    /// What kind of text it is.
    pub genre: Genre,
    /// Whether there is a topic to fill in.
    pub topic: bool,
    /// Chooses among several that fit equally well.
    pub turn: u32,
}

/// The phrase of a kind. What speaks of the topic comes before what is made for the kind of text, that before what is
/// made for the tone, that before what fits everything.
pub fn pick(kind: Kind, choice: Choice) -> Option<&'static Pattern> {
    let worth = |pattern: &Pattern| {
        let topical = kind == Kind::CtaQuestion && pattern.text.contains("{topic}");
        2 * u32::from(topical || !pattern.genres.is_empty()) + u32::from(!pattern.tones.is_empty())
    };
    let fitting: Vec<&Pattern> = all()
        .iter()
        .filter(|pattern| {
            pattern.kind == kind
                && pattern.language == choice.language.code()
                && (pattern.tones.is_empty() || pattern.tones.contains(&choice.tone))
                && (pattern.genres.is_empty() || pattern.genres.contains(&choice.genre))
                && pattern.register.is_none_or(|wanted| wanted == choice.register)
                && (choice.topic || kind != Kind::CtaQuestion || !pattern.text.contains("{topic}"))
        })
        .collect();
    let best = fitting.iter().map(|pattern| worth(pattern)).max()?;
    let pool: Vec<&Pattern> = fitting.into_iter().filter(|pattern| worth(pattern) / 2 == best / 2).collect();
    // within what is as close to the text, the tone decides
    let toned: Vec<&Pattern> = pool.iter().copied().filter(|pattern| worth(pattern) == best).collect();
    toned.get(choice.turn as usize % toned.len().max(1)).copied()
}

/// What kind of text it is: a story says “I” or “we” again and again, a guide says “you” or counts steps.
pub fn genre(analysis: &Analysis) -> Genre {
    let Some(lexicon) = analysis.language.lexicon() else { return Genre::Other };
    let (mut first, mut second, mut total) = (0_usize, 0_usize, 0_usize);
    for sentence in analysis.sentences.iter().take(300) {
        let lower = sentence.text.to_lowercase().replace('’', "'");
        let (mut i, mut you) = (false, false);
        for word in bellwether_language::words(&lower) {
            // “we” gives news as often as it tells a story
            i |= matches!(
                word,
                "i" | "i'm"
                    | "i've"
                    | "i'd"
                    | "my"
                    | "me"
                    | "ich"
                    | "mein"
                    | "meine"
                    | "meinen"
                    | "mir"
                    | "mich"
                    | "je"
                    | "j'ai"
                    | "j'avais"
                    | "mon"
                    | "ma"
                    | "mes"
                    | "moi"
                    | "yo"
                    | "mi"
                    | "mis"
                    | "io"
                    | "mio"
                    | "mia"
                    | "ho"
                    | "eu"
                    | "meu"
                    | "minha"
                    | "ik"
                    | "mijn"
                    | "mij"
            );
            you |= lexicon.second_person.contains(word);
        }
        first += usize::from(i);
        second += usize::from(you);
        total += 1;
    }
    let steps = analysis.lists.iter().any(|list| list.ordered && list.items.len() >= 3);
    if (steps && first * 4 < total) || (second * 5 >= total * 2 && second > 2 * first) {
        Genre::Guide
    } else if first * 10 >= total * 3 && total > 5 {
        Genre::Story
    } else {
        Genre::Other
    }
}

/// How the text addresses its reader.
pub fn register(analysis: &Analysis) -> Register {
    let (mut formal, mut familiar) = (0_u32, 0_u32);
    for sentence in analysis.sentences.iter().take(300) {
        for (index, word) in bellwether_language::words(&sentence.text).enumerate() {
            let lower = word.to_lowercase();
            match analysis.language.code() {
                // “Sie” at the start of a sentence may be “she”
                "de" if index > 0
                    && matches!(word, "Sie" | "Ihnen" | "Ihr" | "Ihre" | "Ihren" | "Ihrem" | "Ihrer") =>
                {
                    formal += 1;
                }
                "de" if matches!(
                    lower.as_str(),
                    "du" | "dir"
                        | "dich"
                        | "dein"
                        | "deine"
                        | "deinen"
                        | "deinem"
                        | "deiner"
                        | "euch"
                        | "eure"
                ) =>
                {
                    familiar += 1;
                }
                "fr" if matches!(lower.as_str(), "vous" | "votre" | "vos") => formal += 1,
                "fr" if matches!(lower.as_str(), "tu" | "toi" | "ton" | "ta" | "tes") => familiar += 1,
                "nl" if matches!(lower.as_str(), "u" | "uw") => formal += 1,
                "nl" if matches!(lower.as_str(), "je" | "jij" | "jou" | "jouw" | "jullie") => familiar += 1,
                "es" if matches!(lower.as_str(), "usted" | "ustedes") => formal += 1,
                "es" if matches!(lower.as_str(), "tú" | "tu" | "tus" | "ti" | "te") => familiar += 1,
                _ => {}
            }
        }
    }
    // who does not address anybody: French says vous, German and Spanish networks say du and tú
    let formal_by_default = analysis.language == Language::FRENCH;
    if formal > familiar || (formal == familiar && formal_by_default) {
        Register::Formal
    } else {
        Register::Familiar
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_and_every_need_is_met() {
        assert!(all().len() > 60);
        let mut ids: Vec<_> = all().iter().map(|pattern| &pattern.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all().len());
        for language in ["en", "de", "fr", "es", "it", "nl", "pt"].map(|tag| Language::from_tag(tag).unwrap())
        {
            for &tone in Tone::ALL {
                for register in [Register::Formal, Register::Familiar] {
                    for genre in [Genre::Story, Genre::Guide, Genre::Other] {
                        for kind in [
                            Kind::CtaQuestion,
                            Kind::CtaRead,
                            Kind::CtaSave,
                            Kind::CtaWatch,
                            Kind::CtaReply,
                            Kind::Button,
                            Kind::Media,
                            Kind::HookReported,
                            Kind::CtaReported,
                            Kind::Sources,
                        ] {
                            let choice = Choice { language, tone, register, genre, topic: false, turn: 1 };
                            let found = pick(kind, choice);
                            assert!(found.is_some(), "{language} {tone} {register:?} {genre:?} {kind:?}");
                            assert!(kind != Kind::CtaQuestion || !found.unwrap().text.contains("{topic}"));
                        }
                    }
                }
            }
        }
        let choice = Choice {
            language: Language::from_tag("sv").unwrap(),
            tone: Tone::Authority,
            register: Register::Familiar,
            genre: Genre::Other,
            topic: true,
            turn: 0,
        };
        assert!(pick(Kind::CtaRead, choice).is_none());
    }
}
