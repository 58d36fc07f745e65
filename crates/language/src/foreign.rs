//! Whether a text is in another language than one that is known: for who must not be wrong about it.

use crate::{
    Language, count_words,
    locale::{by_function_words, code_of, sample},
    word,
};

/// Letters below which nothing is said.
const LEAST_LETTERS: usize = 12;
/// Words below which two languages of one script aren't told apart: names alone could be of any.
const LEAST_WORDS: usize = 12;
/// Letters below which two languages of one script without spaces aren't.
const LEAST_SIGNS: usize = 40;
/// Function words that a language must have in a text.
const LEAST_HITS: usize = 4;

impl Language {
    /// The language of a text that is surely not in this one. None where it is, where it is too short to be sure, where it
    /// is mixed, and where the two can't be told apart by what is known of them.
    pub fn foreign(self, text: &str) -> Option<Self> {
        if self == Self::UNKNOWN {
            return None;
        }
        let (mut latin, mut other) = (0_usize, 0_usize);
        for c in text.chars().filter(|c| c.is_alphabetic()) {
            *(if u32::from(c) < 0x250 { &mut latin } else { &mut other }) += 1;
        }
        let all = latin + other;
        if all < LEAST_LETTERS {
            return None;
        }
        let sample = sample(text, 6_000);
        let found = match (self.is_latin(), other * 10 >= all * 6) {
            (true, true) => guess(sample).map(|(found, _)| found),
            (true, false) => return self.foreign_by_words(text, sample),
            (false, true) => {
                let (found, reliable) = guess(sample)?;
                // of one script the letters alone don't tell
                let apart = !shares_script(self, found)
                    || (reliable && (all >= LEAST_SIGNS || self.clearly_less_than(found, text)));
                Some(found).filter(|_| apart)
            }
            // names and terms stand in Latin letters in every language
            (false, false) if latin * 10 < all * 9 => None,
            (false, false) => by_function_words(sample).filter(|(_, clear)| *clear).map(|(found, _)| found),
        };
        found.filter(|found| *found != self)
    }

    /// The same between languages in Latin letters.
    fn foreign_by_words(self, text: &str, sample: &str) -> Option<Self> {
        self.stop_words()?;
        let found = match by_function_words(sample) {
            Some((found, true)) => found,
            _ => guess(sample).filter(|(_, reliable)| *reliable)?.0,
        };
        (found != self && count_words(text) >= LEAST_WORDS && self.clearly_less_than(found, text))
            .then_some(found)
    }

    /// Whether another language's function words are frequent in a text and its own much rarer.
    fn clearly_less_than(self, found: Self, text: &str) -> bool {
        let (mut words, mut own, mut theirs) = (0_usize, 0_usize, 0_usize);
        let lower = text.to_lowercase().replace('’', "'");
        for word in word::words(&lower) {
            words += 1;
            own += usize::from(self.is_stop_word(word));
            theirs += usize::from(found.is_stop_word(word));
        }
        theirs >= LEAST_HITS && theirs * 5 >= words && theirs * 10 >= own * 14
    }

    fn is_latin(self) -> bool {
        whatlang::Script::Latin.langs().iter().any(|lang| code_of(*lang) == self.0)
    }
}

/// What the letters say, and whether that is sure.
fn guess(sample: &str) -> Option<(Language, bool)> {
    whatlang::detect(sample).map(|info| (Language(code_of(info.lang())), info.is_reliable()))
}

fn shares_script(one: Language, other: Language) -> bool {
    whatlang::Script::all().iter().any(|script| {
        let has = |language: Language| script.langs().iter().any(|lang| code_of(*lang) == language.0);
        has(one) && has(other)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_language_is_told_where_it_is_sure() {
        let japanese = Language::from_tag("ja").unwrap();
        let russian = Language::from_tag("ru").unwrap();
        for (own, text, found) in [
            (
                Language::ENGLISH,
                "今日は新しいパンを焼きました。とても美味しいので、ぜひ食べに来てください。",
                "ja",
            ),
            (
                Language::ENGLISH,
                "افتتحنا المخبز الجديد هذا الصباح، ونحن سعداء جدا بأن نراكم هنا يوم السبت.",
                "ar",
            ),
            (Language::ENGLISH, "Сегодня утром мы открыли вторую печь, и это было совсем не просто.", "ru"),
            (
                Language::ENGLISH,
                "Heute Morgen haben wir den zweiten Ofen aufgemacht, und ich sage es euch ehrlich: leicht war es nicht.",
                "de",
            ),
            (
                Language::GERMAN,
                "This morning we opened the second oven, and I will be honest with you: it was not easy at all.",
                "en",
            ),
            (
                japanese,
                "This morning we opened the second oven, and I will be honest with you: it was not easy.",
                "en",
            ),
            (russian, "今日は新しいパンを焼きました。とても美味しいので、ぜひ食べに来てください。", "ja"),
        ] {
            assert_eq!(own.foreign(text).map(Language::code), Some(found), "{text}");
        }
    }

    #[test]
    fn where_it_is_not_sure_nothing_is_said() {
        let japanese = Language::from_tag("ja").unwrap();
        for (own, text) in [
            (
                Language::ENGLISH,
                "The bread is better when the dough rests over night, and so are we, most days.",
            ),
            (Language::ENGLISH, "Guten Morgen!"),
            (Language::ENGLISH, "🎉 42 %"),
            (
                Language::ENGLISH,
                "Sourdough, rye, brioche, focaccia, ciabatta, croissants, espresso, cold brew, panini, biscotti.",
            ),
            (
                Language::ENGLISH,
                "Ciao means hello and goodbye: 今日は too. I learned it from a baker who never said either.",
            ),
            (japanese, "React Server Components と Next.js を試した"),
            (
                Language::UNKNOWN,
                "Heute Morgen haben wir den zweiten Ofen aufgemacht, und leicht war es nicht.",
            ),
        ] {
            assert_eq!(own.foreign(text), None, "{text}");
        }
        // a long quotation at the beginning doesn't make it another language
        let quotation = "Heute haben wir den Ofen aufgemacht, und leicht war es nicht. ".repeat(30);
        let answer = "And this is what I said to her about it: we are not done, and it will be a long day. "
            .repeat(60);
        assert_eq!(Language::ENGLISH.foreign(&format!("{quotation}{answer}")), None);
    }
}
