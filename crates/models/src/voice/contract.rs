//! “do not” and “don't”.

use bellwether_language::Language;
use bellwether_voice::{CONTRACTIONS, Moves};

use super::{
    draft::Draft,
    moves::{each, unquoted},
};

/// “don't” for “do not”.
pub(super) fn negations_together(draft: &mut Draft, _: &Moves, language: Language) {
    contractions(draft, language, true, true);
}

/// “it's” for “it is”.
pub(super) fn subjects_together(draft: &mut Draft, _: &Moves, language: Language) {
    contractions(draft, language, true, false);
}

/// “do not” for “don't”.
pub(super) fn negations_apart(draft: &mut Draft, _: &Moves, language: Language) {
    contractions(draft, language, false, true);
}

/// “it is” for “it's”.
pub(super) fn subjects_apart(draft: &mut Draft, _: &Moves, language: Language) {
    contractions(draft, language, false, false);
}

/// Draws words together or writes them out, of the negations or of the others: some do one and not the other.
fn contractions(draft: &mut Draft, language: Language, together: bool, negations: bool) {
    if language != Language::ENGLISH {
        return;
    }
    each(draft, |text| {
        // as the text has them; the author's own come after
        let curly = text.contains('’');
        unquoted(text, |text| {
            let mut text = text.to_owned();
            for (apart, short) in
                CONTRACTIONS.into_iter().filter(|(_, short)| short.ends_with("n't") == negations)
            {
                if together {
                    let short = if curly { short.replace('\'', "’") } else { short.to_owned() };
                    // at the end of a clause only the long form can stand: “that is what it is.”
                    text = swap(&text, apart, &short, true);
                } else {
                    for short in [short.to_owned(), short.replace('\'', "’")] {
                        text = swap(&text, &short, apart, false);
                    }
                }
            }
            text
        })
    });
}

/// Replaces whole words, keeping a capital at their start. `within`: only where another word follows.
fn swap(text: &str, from: &str, to: &str, within: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let lower = |text: &str| text.to_ascii_lowercase();
    while let Some(at) = lower(rest).find(from) {
        let end = at + from.len();
        let before = rest[..at].chars().next_back().or_else(|| out.chars().next_back());
        let mut after = rest[end..].chars();
        let next = after.next();
        let follows = next == Some(' ') && after.next().is_some_and(char::is_alphanumeric);
        let found = &rest[at..end];
        // “bigger than it is today”, “where it is now”: only the long form can stand
        let last = rest[..at].trim_end().rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let bound = within
            && to.contains(['\'', '’'])
            && !to.ends_with("n't")
            && !to.ends_with("n’t")
            && (LONG_AFTER.contains(&lower(last).as_str())
                // “I've a dog” is rarely said
                || (to.ends_with("ve") && !is_participle(&next_word(&rest[end..]))));
        let shouts = found.chars().filter(|c| c.is_uppercase()).count() > 1 && found != "I AM";
        // “it's been” stands for “it has been”
        let perfect =
            from.ends_with('s') && from.contains(['\'', '’']) && is_participle(&next_word(&rest[end..]));
        let whole = before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '\'' | '’' | '-' | '_' | '.'))
            && next.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '\'' | '’' | '-' | '_'));
        out.push_str(&rest[..at]);
        if whole && !shouts && !perfect && !bound && (!within || follows) {
            let capital = found.starts_with(char::is_uppercase)
                || to.starts_with("i ")
                || to.starts_with("i'")
                || to.starts_with("i’");
            let mut letters = to.chars();
            if let (true, Some(first)) = (capital, letters.next()) {
                out.extend(first.to_uppercase());
                out.push_str(letters.as_str());
            } else {
                out.push_str(to);
            }
        } else {
            out.push_str(found);
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// Words after which “it is” can't be drawn together when nothing but a place or time follows.
const LONG_AFTER: [&str; 9] = ["than", "as", "where", "how", "what", "who", "which", "whatever", "wherever"];

fn next_word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect()
}

fn is_participle(word: &str) -> bool {
    matches!(
        word,
        "been" | "got" | "had" | "gone" | "become" | "come" | "made" | "done" | "found" | "kept" | "built"
    ) || word.ends_with("ed")
        || word.ends_with("en")
}
