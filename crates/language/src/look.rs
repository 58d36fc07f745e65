//! What the words of a sentence say about its neighbours: the signs by which [`crate::footing`] tells what it stands on.

use crate::{
    Lexicon,
    standing::starts_with,
    word::{self, Stems},
};

/// What is looked up of each sentence.
pub(crate) struct Looks<'a> {
    /// In lower case, without opening marks.
    pub(crate) start: String,
    pub(crate) tokens: Vec<String>,
    pub(crate) stems: &'a [u32],
}

pub(crate) fn look<'a>(text: &str, stems: &'a [u32]) -> Looks<'a> {
    let lower = text.to_lowercase().replace('’', "'");
    let start = lower.trim_start_matches(['"', '“', '‘', '«', '„', '(', '¿', '¡', ' ']).to_owned();
    let tokens = word::words(&start).take(60).map(str::to_owned).collect();
    Looks { start, tokens, stems }
}

/// “I had expected to lose half of them”: a pronoun, and nothing before it that it could stand for.
pub(crate) fn dangles(look: &Looks<'_>, lexicon: &Lexicon, stems: &mut Stems) -> bool {
    if lexicon.expletives.iter().any(|entry| starts_with(&look.start, entry)) {
        return false;
    }
    for token in look.tokens.iter().take(12) {
        if matches!(
            token.as_str(),
            "it" | "them"
                | "they"
                | "him"
                | "he"
                | "she"
                | "ihn"
                | "elle"
                | "lui"
                | "eux"
                | "ellos"
                | "ellas"
                | "hem"
        ) {
            return true;
        }
        if stems.of(token).is_some() && !lexicon.breakers.contains(token) {
            return false;
        }
    }
    false
}

/// “In 2019 we sold 41. In 2023 it was 17.”: two halves of one comparison.
pub(crate) fn parallel(a: &Looks<'_>, b: &Looks<'_>, lexicon: &Lexicon) -> bool {
    let (Some(x), Some(y)) = (a.tokens.first(), b.tokens.first()) else { return false };
    let light = |token: &String| {
        lexicon.definite.contains(token)
            || lexicon.first_person.contains(token)
            || lexicon.second_person.contains(token)
            || lexicon.pronouns.contains(token)
    };
    // an article alone is no parallel, an article and the same word after it is
    x == y
        && (a.tokens.get(1) == b.tokens.get(1) && a.tokens.len() > 2
            || (!light(x) && lexicon.postmodifiers.contains(x)))
}

/// “Nobody put that on the screen.”
pub(crate) fn bare_that(tokens: &[String]) -> bool {
    tokens.windows(2).skip(1).any(|pair| {
        matches!(pair[0].as_str(), "that" | "this")
            && matches!(
                pair[1].as_str(),
                "on" | "in" | "to" | "for" | "at" | "with" | "by" | "from" | "into" | "as"
            )
    }) || tokens.last().is_some_and(|last| matches!(last.as_str(), "that" | "this" | "these" | "those"))
}

/// “The wrong one makes you certain.”: the other of two.
pub(crate) fn other_of_two(look: &Looks<'_>, lexicon: &Lexicon) -> bool {
    look.tokens.first().is_some_and(|first| lexicon.definite.contains(first))
        && look.tokens[1..].iter().take(2).any(|token| {
            matches!(
                token.as_str(),
                "one"
                    | "ones"
                    | "other"
                    | "others"
                    | "andere"
                    | "anderen"
                    | "autre"
                    | "autres"
                    | "otro"
                    | "otra"
                    | "otros"
                    | "otras"
                    | "altro"
                    | "altra"
                    | "altri"
                    | "altre"
                    | "outro"
                    | "outra"
                    | "outros"
                    | "outras"
            )
        })
}

/// “three reasons”, “two more things”
pub(crate) fn announces_several(tokens: &[String], lexicon: &Lexicon) -> bool {
    tokens.iter().enumerate().any(|(index, token)| {
        lexicon.numerals.contains(token)
            && tokens[index + 1..].iter().take(2).any(|next| lexicon.counted.contains(next))
    })
}

pub(crate) fn is_definite(start: &str, opener: &str, lexicon: &Lexicon) -> bool {
    lexicon
        .definite
        .iter()
        .any(|article| article == opener || (article.ends_with('\'') && start.starts_with(article)))
}

/// The stems of what the sentence opens with: the noun after the article, or the first words.
pub(crate) fn noun_stems(look: &Looks<'_>, article: bool, stems: &mut Stems) -> Vec<u32> {
    look.tokens
        .iter()
        .skip(usize::from(article && !look.tokens[0].contains('\'')))
        .take(3)
        .filter_map(|token| stems.of(token))
        .collect()
}

/// “the people who …”, “the weight of the knife”: the noun says itself which one is meant.
pub(crate) fn modified(look: &Looks<'_>, lexicon: &Lexicon) -> bool {
    look.tokens.iter().skip(2).take(3).any(|token| lexicon.postmodifiers.contains(token))
}

/// Words of the list of pronouns that mostly do something else.
pub(crate) fn joins_clauses(token: &str) -> bool {
    matches!(
        token,
        "that"
            | "its"
            | "their"
            | "his"
            | "her"
            | "das"
            | "den"
            | "dem"
            | "sein"
            | "seine"
            | "ihr"
            | "ihre"
            | "ihren"
            | "deren"
            | "dessen"
            | "se"
            | "su"
            | "sus"
            | "lo"
            | "le"
            | "les"
            | "son"
            | "sa"
            | "ses"
            | "leur"
            | "leurs"
            | "en"
            | "y"
            | "het"
            | "die"
            | "dat"
            | "zijn"
            | "haar"
            | "hun"
            | "daar"
            | "ne"
            | "ci"
            | "gli"
            | "suo"
            | "sua"
            | "suoi"
            | "sue"
            | "loro"
            | "seu"
            | "seus"
            | "suas"
            | "both"
            | "such"
            | "c'est"
            | "ce"
    )
}

pub(crate) fn ends_with_any(start: &str, endings: &[String]) -> bool {
    let bare = start.trim_end_matches(|c: char| !c.is_alphanumeric());
    endings
        .iter()
        .any(|ending| bare.strip_suffix(ending.as_str()).is_some_and(|rest| rest.ends_with([' ', ','])))
}
