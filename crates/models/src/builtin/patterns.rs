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
    /// Heads a list of points.
    HeadingPoints,
    /// Asks for a picture.
    Media,
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

/// The phrase of a kind for a language, tone and register; `turn` chooses among several.
pub fn pick(
    kind: Kind,
    language: Language,
    tone: Tone,
    register: Register,
    turn: u32,
) -> Option<&'static Pattern> {
    let fitting: Vec<&Pattern> = all()
        .iter()
        .filter(|pattern| {
            pattern.kind == kind
                && pattern.language == language.code()
                && (pattern.tones.is_empty() || pattern.tones.contains(&tone))
                && pattern.register.is_none_or(|wanted| wanted == register)
        })
        .collect();
    // what is made for the tone comes before what fits every tone
    let special: Vec<&Pattern> =
        fitting.iter().copied().filter(|pattern| !pattern.tones.is_empty()).collect();
    let pool = if special.is_empty() { fitting } else { special };
    pool.get(turn as usize % pool.len().max(1)).copied()
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
        for language in [Language::ENGLISH, Language::GERMAN, Language::FRENCH, Language::SPANISH] {
            for &tone in Tone::ALL {
                for register in [Register::Formal, Register::Familiar] {
                    for kind in [
                        Kind::CtaQuestion,
                        Kind::CtaRead,
                        Kind::CtaSave,
                        Kind::CtaWatch,
                        Kind::CtaReply,
                        Kind::Button,
                        Kind::HeadingPoints,
                        Kind::Media,
                    ] {
                        assert!(
                            pick(kind, language, tone, register, 1).is_some(),
                            "{language} {tone} {register:?} {kind:?}"
                        );
                    }
                }
            }
        }
        assert!(
            pick(Kind::CtaRead, Language::from_tag("nl").unwrap(), Tone::Authority, Register::Familiar, 0)
                .is_none()
        );
    }
}
