//! The habits that are measured, each with its name, its unit and the words to speak of it.

use serde::{Deserialize, Serialize};

/// What a measure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HabitUnit)]
pub enum Unit {
    /// Words.
    Words,
    /// Letters.
    Letters,
    /// Of 100 words.
    PerHundredWords,
    /// Share from 0 to 1.
    Share,
}

/// A habit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Feature {
    /// Stable name.
    pub name: &'static str,
    /// For people.
    pub label: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// What to do to have less of it.
    pub less: &'static str,
    /// What to do to have more of it.
    pub more: &'static str,
}

const fn feature(
    name: &'static str,
    label: &'static str,
    unit: Unit,
    less: &'static str,
    more: &'static str,
) -> Feature {
    Feature { name, label, unit, less, more }
}

/// All habits, in the order of [`crate::Style`].
pub const FEATURES: [Feature; 34] = [
    feature(
        "sentence_length",
        "length of sentences",
        Unit::Words,
        "write shorter sentences",
        "write longer sentences",
    ),
    feature(
        "sentence_spread",
        "change between long and short sentences",
        Unit::Words,
        "keep sentences of like length",
        "mix short sentences with long ones",
    ),
    feature(
        "short_sentences",
        "sentences of up to five words",
        Unit::Share,
        "use fewer very short sentences",
        "use more very short sentences",
    ),
    feature(
        "long_sentences",
        "sentences of 25 words and more",
        Unit::Share,
        "split the long sentences",
        "let some sentences run long",
    ),
    feature("word_length", "length of words", Unit::Letters, "use shorter words", "use longer words"),
    feature(
        "long_words",
        "words of seven letters and more",
        Unit::Share,
        "use plainer words",
        "use fuller words",
    ),
    feature(
        "variety",
        "different words among fifty",
        Unit::Share,
        "repeat key words more",
        "vary the words more",
    ),
    feature(
        "function_words",
        "little grammar words",
        Unit::Share,
        "write tighter",
        "write less like headlines",
    ),
    feature(
        "paragraph_length",
        "length of paragraphs",
        Unit::Words,
        "break paragraphs sooner",
        "keep more in one paragraph",
    ),
    feature(
        "line_breaks",
        "line breaks",
        Unit::PerHundredWords,
        "break lines less often",
        "break lines more often",
    ),
    feature("list_items", "list items", Unit::PerHundredWords, "use fewer lists", "use lists more"),
    feature("commas", "commas", Unit::PerHundredWords, "use fewer commas", "use more commas"),
    feature(
        "semicolons",
        "semicolons",
        Unit::PerHundredWords,
        "drop semicolons",
        "use a semicolon now and then",
    ),
    feature("colons", "colons", Unit::PerHundredWords, "use fewer colons", "use colons more"),
    feature("dashes", "dashes", Unit::PerHundredWords, "use fewer dashes", "use dashes more"),
    feature(
        "parentheses",
        "parentheses",
        Unit::PerHundredWords,
        "drop the asides in parentheses",
        "add asides in parentheses",
    ),
    feature("quotes", "quotation marks", Unit::PerHundredWords, "quote less", "quote more"),
    feature(
        "exclamations",
        "exclamation marks",
        Unit::PerHundredWords,
        "use fewer exclamation marks",
        "use exclamation marks more",
    ),
    feature("questions", "questions", Unit::PerHundredWords, "ask fewer questions", "ask more questions"),
    feature("ellipses", "ellipses", Unit::PerHundredWords, "drop the ellipses", "let a thought trail off …"),
    feature("emoji", "emoji", Unit::PerHundredWords, "use fewer emoji", "use emoji more"),
    feature("hashtags", "hashtags", Unit::PerHundredWords, "use fewer hashtags", "use more hashtags"),
    feature(
        "mentions_links",
        "mentions and links",
        Unit::PerHundredWords,
        "link and mention less",
        "link and mention more",
    ),
    feature("digits", "numbers in digits", Unit::PerHundredWords, "use fewer figures", "give more figures"),
    feature(
        "capitals",
        "words in capitals",
        Unit::PerHundredWords,
        "use fewer words in capitals",
        "use words in capitals more",
    ),
    feature(
        "lower_openings",
        "sentences that open in lower case",
        Unit::Share,
        "open sentences with a capital",
        "open sentences in lower case",
    ),
    feature(
        "contractions",
        "contractions",
        Unit::PerHundredWords,
        "write contractions out",
        "use contractions",
    ),
    feature("first_person", "I, me, my", Unit::PerHundredWords, "speak less of yourself", "speak as I"),
    feature("we", "we, us, our", Unit::PerHundredWords, "say we less", "say we more"),
    feature(
        "second_person",
        "you, your",
        Unit::PerHundredWords,
        "address the reader less",
        "address the reader as you",
    ),
    feature("hedges", "hedges such as perhaps or a bit", Unit::PerHundredWords, "hedge less", "hedge more"),
    feature(
        "boosters",
        "strong words such as very or never",
        Unit::PerHundredWords,
        "tone the strong words down",
        "use stronger words",
    ),
    feature(
        "connected_openings",
        "sentences that open with And, But, So …",
        Unit::Share,
        "open fewer sentences with And or But",
        "open a sentence with And or But",
    ),
    feature("negations", "negations", Unit::PerHundredWords, "say it positively", "say what it is not"),
];
