//! Whether a sentence can stand alone, away from the text around it.

use crate::{Language, locale::Lexicon, word};

/// What speaks against a sentence standing alone; a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Faults(u32);

impl Faults {
    /// Nothing speaks against it.
    pub const NONE: Self = Self(0);
    /// Opens with a pronoun whose noun stood before.
    pub const PRONOUN: Self = Self(1);
    /// Opens with “this …” or the like and a noun: understood once the topic is known.
    pub const DEMONSTRATIVE: Self = Self(1 << 1);
    /// Opens with a connective that means nothing without the sentence before.
    pub const BOUND: Self = Self(1 << 2);
    /// Speaks of its own page, or of something that stood beside it.
    pub const REFERENCE: Self = Self(1 << 3);
    /// Leads elsewhere, greets or thanks instead of saying something.
    pub const NAVIGATION: Self = Self(1 << 4);
    /// Ends with a colon or an ellipsis: something is to follow.
    pub const LEAD: Self = Self(1 << 5);
    /// Has no closing mark: a label or a piece.
    pub const FRAGMENT: Self = Self(1 << 6);
    /// Begins in lower case.
    pub const LOWER: Self = Self(1 << 7);
    /// A bracket or quotation is opened or closed only.
    pub const UNBALANCED: Self = Self(1 << 8);
    /// Shows an address.
    pub const ADDRESS: Self = Self(1 << 9);
    /// Largely code, symbols or digits.
    pub const CODE: Self = Self(1 << 10);
    /// Too few words to say anything.
    pub const SHORT: Self = Self(1 << 11);
    /// Too long to be read at a glance.
    pub const LONG: Self = Self(1 << 12);
    /// Some pronoun stands early in it.
    pub const EARLY_PRONOUN: Self = Self(1 << 13);
    /// Stands in a part that is not about the matter (thanks, links, credits).
    pub const ASIDE: Self = Self(1 << 14);

    /// Whether all of `other` are in it.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any of `other` is in it.
    pub const fn has_any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Both together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This one without the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// What keeps a sentence from ever standing alone.
    pub const FATAL: Self = Self(
        Self::PRONOUN.0
            | Self::BOUND.0
            | Self::REFERENCE.0
            | Self::NAVIGATION.0
            | Self::LEAD.0
            | Self::FRAGMENT.0
            | Self::LOWER.0
            | Self::UNBALANCED.0
            | Self::ADDRESS.0
            | Self::CODE.0
            | Self::SHORT.0
            | Self::ASIDE.0,
    );

    /// 1 for a sentence that stands alone, towards 0 the more speaks against it.
    pub fn standing(self) -> f32 {
        const WEIGHTS: [(Faults, f32); 15] = [
            (Faults::PRONOUN, 0.25),
            (Faults::DEMONSTRATIVE, 0.8),
            (Faults::BOUND, 0.3),
            (Faults::REFERENCE, 0.2),
            (Faults::NAVIGATION, 0.15),
            (Faults::LEAD, 0.2),
            (Faults::FRAGMENT, 0.5),
            (Faults::LOWER, 0.6),
            (Faults::UNBALANCED, 0.4),
            (Faults::ADDRESS, 0.3),
            (Faults::CODE, 0.4),
            (Faults::SHORT, 0.4),
            (Faults::LONG, 0.6),
            (Faults::EARLY_PRONOUN, 0.8),
            (Faults::ASIDE, 0.1),
        ];
        WEIGHTS.iter().filter(|(fault, _)| self.has(*fault)).map(|(_, weight)| weight).product()
    }
}

/// How many bytes may be taken off the front of a sentence without changing what it says: “Luckily, the team …”.
pub fn strippable(text: &str, language: Language) -> usize {
    let Some(lexicon) = language.lexicon() else { return 0 };
    let mut at = 0;
    // “Luckily, as you know, …”: two are enough
    for _ in 0..2 {
        let rest = &text[at..];
        let lower = head_lower(rest, 60);
        let Some(found) = lexicon.connectives.iter().find(|entry| starts_with(&lower, entry)) else { break };
        // lower-casing may change lengths in a few scripts, not in those with a lexicon; be sure anyway
        let Some(tail) = rest.get(found.len()..) else { break };
        let trimmed = tail.trim_start_matches([' ', ',', ':']);
        if !trimmed.starts_with(char::is_alphabetic) || word::count_words(trimmed) < 4 {
            break;
        }
        at = text.len() - trimmed.len();
    }
    at
}

/// What speaks against a sentence standing alone.
pub fn faults(text: &str, language: Language) -> Faults {
    let mut faults = Faults::NONE;
    let words = word::count_words(text);
    if words < 4 {
        faults.add(Faults::SHORT);
    }
    if words > 42 || text.len() > 320 {
        faults.add(Faults::LONG);
    }
    let trimmed = text.trim_end();
    let bare = trimmed.trim_end_matches(|c: char| {
        matches!(c, '"' | '”' | '’' | '\'' | ')' | '»' | '“' | '」' | ' ') || crate::sentence::is_emoji(c)
    });
    if bare.ends_with([':', '：'])
        || bare.ends_with("...")
        || bare.ends_with('…')
        || bare.ends_with([',', ';', '—', '–'])
    {
        faults.add(Faults::LEAD);
    } else if !bare.ends_with(['.', '!', '?', '。', '！', '？', '؟', '।', '۔', '｡', '։', '។']) {
        faults.add(Faults::FRAGMENT);
    }
    let first = text.trim_start_matches(['"', '“', '‘', '«', '„', '(', '¿', '¡', ' ', '\'']).chars().next();
    if first.is_some_and(char::is_lowercase) {
        faults.add(Faults::LOWER);
    }
    if unbalanced(text) {
        faults.add(Faults::UNBALANCED);
    }
    if text.contains("://") || text.contains("www.") || has_mail_address(text) {
        faults.add(Faults::ADDRESS);
    }
    if code_like(text) {
        faults.add(Faults::CODE);
    }
    if let Some(lexicon) = language.lexicon() {
        by_words(text, language, lexicon, &mut faults);
    }
    faults
}

fn by_words(text: &str, language: Language, lexicon: &Lexicon, faults: &mut Faults) {
    let lower = text.to_lowercase().replace('’', "'");
    let start = lower.trim_start_matches(['"', '“', '‘', '«', '„', '(', '¿', '¡', ' ']);
    if lexicon.navigation.iter().any(|entry| starts_with(start, entry)) {
        faults.add(Faults::NAVIGATION);
    }
    if lexicon.references.iter().any(|entry| lower.contains(entry.as_str())) {
        faults.add(Faults::REFERENCE);
    }
    if lexicon.expletives.iter().any(|entry| starts_with(start, entry)) {
        return;
    }
    if lexicon.bound.iter().any(|entry| starts_with(start, entry)) {
        faults.add(Faults::BOUND);
    }
    let tokens: Vec<&str> = word::words(start).take(7).collect();
    let Some(first) = tokens.first() else { return };
    if lexicon.pronouns.contains(*first) {
        let noun = lexicon.demonstratives.contains(*first)
            && if language == Language::GERMAN {
                // nouns show themselves by their capital: “diese neue Technik”
                word::words(text).skip(1).take(2).any(|word| word.starts_with(char::is_uppercase))
            } else {
                tokens.get(1).is_some_and(|second| noun_after(first, second, language, lexicon))
            };
        faults.add(if noun { Faults::DEMONSTRATIVE } else { Faults::PRONOUN });
        return;
    }
    // “When it fails …”: a pronoun before anything it could stand for
    for (index, token) in tokens.iter().enumerate().skip(1) {
        let points = lexicon.demonstratives.contains(*token);
        // “beyond those, there remains”
        let noun = points
            && (language == Language::GERMAN
                || tokens.get(index + 1).is_some_and(|next| noun_after(token, next, language, lexicon)));
        // these also join clauses or are articles
        if matches!(*token, "that" | "das" | "den" | "dem" | "se" | "lo" | "het" | "le" | "les" | "y" | "en")
            && !noun
        {
            continue;
        }
        let when = tokens.get(index + 1).is_some_and(|next| TIMES.contains(next));
        if noun
            && index <= 4
            && language == Language::ENGLISH
            && matches!(*token, "this" | "that" | "these" | "those")
            && !when
        {
            faults.add(Faults::DEMONSTRATIVE);
        }
        if lexicon.pronouns.contains(*token) && !noun {
            if matches!(*token, "this" | "these" | "those" | "ihnen" | "ihm" | "dessen") && index <= 4 {
                faults.add(Faults::PRONOUN);
                break;
            }
            let nothing_before = tokens[..index].iter().all(|before| language.is_stop_word(before));
            let personal = language != Language::FRENCH && language != Language::GERMAN;
            if nothing_before && personal {
                faults.add(Faults::PRONOUN);
            } else if index < 6 {
                faults.add(Faults::EARLY_PRONOUN);
            }
            break;
        }
    }
}

/// “This year” and “as of this writing” point to the day of the text, not back.
const TIMES: &[&str] = &[
    "writing", "year", "week", "month", "morning", "summer", "winter", "spring", "autumn", "fall", "weekend",
    "time",
];

/// Whether the word after “this” is what “this” points to, rather than what it does.
fn noun_after(first: &str, second: &str, language: Language, lexicon: &Lexicon) -> bool {
    if language.is_stop_word(second) || lexicon.breakers.contains(second) {
        return false;
    }
    if language == Language::ENGLISH && matches!(first, "this" | "that") {
        let verb = (second.ends_with('s')
            && !second.ends_with("ss")
            && !second.ends_with("us")
            && !second.ends_with("is")
            && second != "series")
            || second.ends_with("ed");
        return !verb;
    }
    true
}

/// Whether a text starts with an entry of a word list. Entries that end in a space or `*` are the start of a word group;
/// all others end where a word ends.
pub(crate) fn starts_with(lower: &str, entry: &str) -> bool {
    if let Some(stem) = entry.strip_suffix('*') {
        return lower.starts_with(stem);
    }
    // most differ in their first letter, and a sentence is held against hundreds
    if lower.as_bytes().first() != entry.as_bytes().first() {
        return false;
    }
    lower.strip_prefix(entry).is_some_and(|rest| {
        entry.ends_with([' ', ':'])
            || entry.ends_with(',')
            || !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '\'')
    })
}

fn head_lower(text: &str, bytes: usize) -> String {
    crate::tidy::head(text, bytes).to_lowercase().replace('’', "'")
}

/// Whether a bracket or double quotation mark has no partner.
pub(crate) fn unbalanced(text: &str) -> bool {
    let count = |wanted: char| text.chars().filter(|c| *c == wanted).count();
    let pairs = [('(', ')'), ('[', ']'), ('«', '»'), ('「', '」')];
    if pairs.iter().any(|(open, close)| count(*open) != count(*close)) || count('"') % 2 == 1 {
        return true;
    }
    // “…” in English, „…“ in German
    let (low, left, right) = (count('„'), count('“'), count('”'));
    if low > 0 { low != left + right } else { left != right }
}

fn has_mail_address(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        word.split_once('@')
            .is_some_and(|(name, host)| name.ends_with(char::is_alphanumeric) && host.contains('.'))
    })
}

/// Whether symbols of programs make a good part of the text.
pub(crate) fn code_like(text: &str) -> bool {
    let mut symbols = 0_usize;
    for (index, token) in text.split(' ').enumerate() {
        let bare = token.trim_matches(|c: char| {
            matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '"' | '“' | '”' | '(' | ')')
        });
        let odd = bare.contains("::")
            || bare.contains("()")
            || bare.contains("->")
            || bare.contains("=>")
            || bare.contains("==")
            || bare.contains('_')
            || bare.contains('{')
            || bare.contains('\\')
            || bare.contains('$') && !bare.chars().any(|c| c.is_ascii_digit())
            || bare.contains(['<', '>', '=', '|', '~', '^'])
            || bare.starts_with('-')
                && bare.len() > 2
                && bare[1..].starts_with(|c: char| c.is_alphabetic() || c == '-')
            || bare.starts_with("#[")
            || bare.starts_with('/') && bare.len() > 1
            || bare.starts_with('.') && bare.len() > 4
            || (bare.contains('/') && bare.contains('.'));
        // what begins with code is about code
        symbols += if odd && !bare.is_empty() { 1 + usize::from(index == 0) } else { 0 };
    }
    let words = text.split(' ').count();
    symbols >= 2 || (symbols == 1 && words < 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn has(text: &str, fault: Faults) {
        let language = Language::detect(text);
        assert!(faults(text, language).has(fault), "{text}: {:?}", faults(text, language));
    }

    #[track_caller]
    fn clean(text: &str) {
        let language = Language::detect(text);
        assert!(
            !faults(text, language).has_any(Faults::FATAL),
            "{text}: {language} {:?}",
            faults(text, language)
        );
    }

    #[test]
    fn dangling() {
        has("It makes everything much faster than before.", Faults::PRONOUN);
        has("This allows you to write faster code.", Faults::PRONOUN);
        has("When it fails, the whole team has to wait.", Faults::PRONOUN);
        has("That's why we stopped using the old oven.", Faults::BOUND);
        has("As mentioned above, the dough must rest.", Faults::REFERENCE);
        has("In this article we look at the best bread.", Faults::REFERENCE);
        has("The following example shows how to do this.", Faults::REFERENCE);
        has("Check out our shop for more of the bread.", Faults::NAVIGATION);
        has("You need three things to bake good bread:", Faults::LEAD);
        has("Use std::mem::swap(&mut a, &mut b) in this case.", Faults::CODE);
        has("Das macht den Teig weicher und besser als vorher.", Faults::PRONOUN);
        has("Deshalb ruht der Teig bei uns eine ganze Nacht.", Faults::BOUND);
        has("C'est pourquoi la pâte repose toute la nuit.", Faults::BOUND);
        has("Por eso la masa reposa durante toda la noche.", Faults::BOUND);
    }

    #[test]
    fn standing_alone() {
        clean("Rust 1.26.2 fixes a bug in the borrow checker.");
        clean("It takes three years to learn how to bake good bread.");
        clean("The dough rests for twelve hours before we bake it.");
        clean("Es gibt keinen Grund, den Teig am selben Tag zu backen.");
        clean("Il faut laisser la pâte reposer pendant une nuit entière.");
        clean("La masa necesita doce horas para desarrollar todo su sabor.");
        clean("Those who bake every day know that flour is never the same.");
    }

    #[test]
    fn connectives_come_off() {
        for (text, rest) in [
            ("Of course, the team kept going.", "the team kept going."),
            ("Luckily, as you know, we bake it twice a day.", "we bake it twice a day."),
            // what sets a sentence against the one before stays
            ("But the oven was cold.", "But the oven was cold."),
            ("However, the team kept going.", "However, the team kept going."),
            ("Andrew baked the bread.", "Andrew baked the bread."),
            ("So, no.", "So, no."),
        ] {
            assert_eq!(&text[strippable(text, Language::ENGLISH)..], rest);
        }
    }
}
