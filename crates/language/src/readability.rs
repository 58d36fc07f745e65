//! How easy a text reads: Flesch's formula and its adaptations.

use serde::Serialize;

use crate::{Language, word};

/// The measures behind a readability score, and the score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Readability {
    /// Reading ease from 0 (very hard) to 100 (very easy), for languages with an adapted formula.
    pub ease: Option<f32>,
    /// Words to a sentence.
    pub words_per_sentence: f32,
    /// Syllables to a word.
    pub syllables_per_word: f32,
}

impl Readability {
    /// Of sentences; `None` when there are no words.
    pub(crate) fn of<'a>(sentences: impl Iterator<Item = &'a str>, language: Language) -> Option<Self> {
        let (mut count, mut words, mut syllables) = (0_u32, 0_u32, 0_u32);
        for sentence in sentences {
            count += 1;
            for word in word::words(sentence).filter(|word| word.chars().any(char::is_alphabetic)) {
                words += 1;
                syllables += syllables_of(word);
            }
        }
        if words == 0 {
            return None;
        }
        let (length, weight) = (words as f32 / count as f32, syllables as f32 / words as f32);
        // Flesch 1948 (en), Amstad 1978 (de), Kandel & Moles 1958 (fr), Szigriszt-Pazos 1993 (es), Franchina & Vacca
        // 1986 (it), Martins et al. 1996 (pt), Douma 1960 (nl)
        let ease = match language.code() {
            "en" => Some(206.835 - 1.015 * length - 84.6 * weight),
            "de" => Some(180.0 - length - 58.5 * weight),
            "fr" => Some(207.0 - 1.015 * length - 73.6 * weight),
            "es" => Some(206.835 - length - 62.3 * weight),
            "it" => Some(217.0 - 1.3 * length - 60.0 * weight),
            "pt" => Some(248.835 - 1.015 * length - 84.6 * weight),
            "nl" => Some(206.84 - 0.93 * length - 77.0 * weight),
            _ => None,
        };
        Some(Self {
            ease: ease.map(|ease: f32| ease.clamp(0.0, 100.0)),
            words_per_sentence: length,
            syllables_per_word: weight,
        })
    }
}

/// Groups of vowels; a silent final e of English and French does not count.
fn syllables_of(word: &str) -> u32 {
    let (mut count, mut inside, mut letters) = (0, false, 0);
    for c in word.chars().flat_map(char::to_lowercase) {
        letters += 1;
        let vowel = matches!(
            c,
            'a' | 'e'
                | 'i'
                | 'o'
                | 'u'
                | 'y'
                | 'ä'
                | 'ö'
                | 'ü'
                | 'á'
                | 'é'
                | 'í'
                | 'ó'
                | 'ú'
                | 'à'
                | 'è'
                | 'ì'
                | 'ò'
                | 'ù'
                | 'â'
                | 'ê'
                | 'î'
                | 'ô'
                | 'û'
                | 'ã'
                | 'õ'
                | 'ë'
                | 'ï'
                | 'œ'
                | 'æ'
                | 'å'
                | 'ø'
        );
        count += u32::from(vowel && !inside);
        inside = vowel;
    }
    if letters > 3 && word.ends_with(['e', 'E']) && !word.ends_with("le") && count > 1 {
        count -= 1;
    }
    count.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easy_and_hard() {
        let easy =
            Readability::of(["The cat sat on the mat.", "It was a big cat."].into_iter(), Language::ENGLISH)
                .unwrap();
        let hard = Readability::of(
            ["Institutional considerations necessitate comprehensive organisational transformation initiatives."].into_iter(),
            Language::ENGLISH,
        )
        .unwrap();
        assert!(easy.ease.unwrap() > 90.0 && hard.ease.unwrap() < 10.0);
        assert_eq!(Readability::of(["…"].into_iter(), Language::ENGLISH), None);
    }
}
