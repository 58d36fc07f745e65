//! What two texts have in common that say the same in other little words.

/// English words that are said apart or together, in lower case. What could be read in two ways isn't among them.
pub const CONTRACTIONS: [(&str, &str); 34] = [
    ("do not", "don't"),
    ("does not", "doesn't"),
    ("did not", "didn't"),
    ("is not", "isn't"),
    ("are not", "aren't"),
    ("was not", "wasn't"),
    ("were not", "weren't"),
    ("cannot", "can't"),
    ("could not", "couldn't"),
    ("would not", "wouldn't"),
    ("should not", "shouldn't"),
    ("will not", "won't"),
    ("have not", "haven't"),
    ("has not", "hasn't"),
    ("had not", "hadn't"),
    ("i am", "i'm"),
    ("i have", "i've"),
    ("i will", "i'll"),
    ("you are", "you're"),
    ("you have", "you've"),
    ("you will", "you'll"),
    ("we are", "we're"),
    ("we have", "we've"),
    ("we will", "we'll"),
    ("they are", "they're"),
    ("they have", "they've"),
    ("they will", "they'll"),
    ("it is", "it's"),
    ("that is", "that's"),
    ("there is", "there's"),
    ("what is", "what's"),
    ("here is", "here's"),
    ("it will", "it'll"),
    ("that will", "that'll"),
];

/// Where an alternate may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// Anywhere.
    Anywhere,
    /// At the start of a sentence, before a subject.
    First,
}

/// Two ways to say the same in grammar words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alternate {
    /// The plain way, in lower case.
    pub plain: &'static str,
    /// The other way.
    pub other: &'static str,
    /// Whether the plain way may become the other one, too: “to” isn't always “in order to”.
    pub both: bool,
    /// Where.
    pub stands: Stands,
}

const fn alternate(plain: &'static str, other: &'static str, both: bool, stands: Stands) -> Alternate {
    Alternate { plain, other, both, stands }
}

/// English grammar words that can stand for each other whatever the sentence is about.
pub const ALTERNATES: [Alternate; 23] = [
    alternate("for example", "for instance", true, Stands::Anywhere),
    alternate("perhaps", "maybe", true, Stands::Anywhere),
    alternate("but", "however,", true, Stands::First),
    alternate("so", "therefore,", true, Stands::First),
    alternate("so", "thus,", false, Stands::First),
    alternate("although", "though", true, Stands::First),
    alternate("also,", "additionally,", true, Stands::First),
    alternate("also,", "in addition,", true, Stands::First),
    alternate("also,", "furthermore,", false, Stands::First),
    alternate("also,", "moreover,", false, Stands::First),
    alternate("to", "in order to", false, Stands::Anywhere),
    alternate("like", "such as", false, Stands::Anywhere),
    alternate("many", "a large number of", false, Stands::Anywhere),
    alternate("because", "due to the fact that", false, Stands::Anywhere),
    alternate("if", "in the event that", false, Stands::Anywhere),
    alternate("before", "prior to", false, Stands::Anywhere),
    alternate("can", "is able to", false, Stands::Anywhere),
    alternate("can", "are able to", false, Stands::Anywhere),
    alternate("while", "whilst", false, Stands::Anywhere),
    alternate("among", "amongst", false, Stands::Anywhere),
    alternate("toward", "towards", true, Stands::Anywhere),
    alternate("use", "utilize", false, Stands::Anywhere),
    alternate("using", "utilizing", false, Stands::Anywhere),
];

/// Verbs after which “that” may be said or left out.
pub const SAYING: [&str; 6] = ["think", "believe", "hope", "thought", "believed", "hoped"];
/// Subjects that can't be read as anything else.
pub const SUBJECTS: [&str; 4] = ["we", "they", "i", "he"];

/// What a text says, whatever its form: its letters and figures in lower case without marks and breaks, contractions and
/// alternates undone. Two texts with the same say the same.
pub fn plain(text: &str) -> String {
    let lower = text.to_lowercase().replace('’', "'");
    let mut words: Vec<&str> = Vec::new();
    for word in lower.split(|c: char| !c.is_alphanumeric() && c != '\'') {
        match CONTRACTIONS.iter().find(|(_, short)| *short == word.trim_matches('\'')) {
            Some((full, _)) => words.extend(full.split(' ')),
            None => words.extend(Some(word).filter(|word| !word.is_empty())),
        }
    }
    let mut out = String::with_capacity(lower.len());
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let said = at.checked_sub(1).and_then(|before| words.get(before));
        let optional = *word == "that"
            && said.is_some_and(|said| SAYING.contains(said))
            && words.get(at + 1).is_some_and(|next| SUBJECTS.contains(next));
        let alternate = ALTERNATES.iter().find_map(|one| {
            let other = one.other.trim_end_matches(',').split(' ');
            let length = other.clone().count();
            words
                .get(at..at + length)
                .is_some_and(|here| other.eq(here.iter().copied()))
                .then_some((one, length))
        });
        match alternate {
            _ if optional => at += 1,
            Some((one, length)) => {
                out.extend(one.plain.chars().filter(|c| c.is_alphanumeric()));
                at += length;
            }
            None => {
                out.extend(word.chars().filter(|c| c.is_alphanumeric()));
                at += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_in_other_little_words_is_the_same() {
        for (a, b) in [
            ("However, we don’t use it.", "But we do not use it"),
            ("In order to win, for instance, think that we can.", "To win; for example, think we can."),
            ("Therefore, languages such as Rust are able to.", "So languages like Rust can!"),
            ("In addition, we moved towards it", "Also, we moved toward it"),
        ] {
            assert_eq!(plain(a), plain(b));
        }
    }

    #[test]
    fn what_says_something_else_is_not() {
        for (a, b) in [
            ("We do it.", "We don't do it."),
            ("It has 12 parts", "It has 13 parts"),
            ("Anna can", "Anne can"),
            ("We know that it is", "We know it"),
            ("It is never so", "It is so"),
        ] {
            assert_ne!(plain(a), plain(b));
        }
    }
}
