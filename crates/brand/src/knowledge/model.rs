//! What is known of a snippet of knowledge. Pure.

use bellwether_identity::organizations::check_website;
use bellwether_kernel::Problem;
use bellwether_web::Patch;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::fields::{Faults, Field, Most, characters, section};

/// What a snippet is.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    strum::IntoStaticStr,
    strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum KnowledgeKind {
    /// Something that is so.
    #[default]
    Fact,
    /// A number.
    Statistic,
    /// Somebody's words.
    Quotation,
    /// Something that happened.
    Story,
    /// The answer to a question that is often asked.
    Answer,
    /// Anything else.
    Note,
}

section! {
    /// A snippet of knowledge.
    Knowledge,
    /// A new snippet or a change of one: absent fields stay, null clears. A new one needs a `content`.
    UpdateKnowledge {
        /// What is known, up to 4,000 characters.
        content: String, Option<String>, characters(4000);
        /// What it is; `fact` when nothing is said.
        kind: KnowledgeKind, Option<KnowledgeKind>, characters(0);
        /// Where it is from, in words, up to 300 characters.
        source: Option<String>, Patch<String>, characters(300);
        /// Where it can be read.
        url: Option<String>, Patch<String>, characters(2000);
        /// The last day on which writers may cite it, in the brand's zone; always without.
        valid_until: Option<NaiveDate>, Patch<NaiveDate>, characters(0);
    }
}

impl Field for KnowledgeKind {
    fn check(&self, _: Most, _: &str, _: &mut Faults) {}

    fn is_filled(&self) -> Option<bool> {
        None
    }
}

impl Field for Option<NaiveDate> {
    fn check(&self, _: Most, _: &str, _: &mut Faults) {}

    fn is_filled(&self) -> Option<bool> {
        None
    }
}

impl Knowledge {
    pub(super) fn checked(&self) -> Result<(), Problem> {
        let mut faults = Faults::default();
        self.check("", &mut faults);
        if let Some(url) = &self.url {
            faults.fault("url", check_website(url));
        }
        faults.into_result()
    }
}

/// A full-text query of what a person typed: every word must occur, the last one may be unfinished. None when nothing
/// searchable was typed.
pub(super) fn search_query(typed: &str) -> Option<String> {
    let mut words: Vec<String> = typed
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(12)
        .map(|word| format!("'{}'", word.to_lowercase()))
        .collect();
    words.last_mut()?.push_str(":*");
    Some(words.join(" & "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_words_become_a_query_without_operators() {
        assert_eq!(search_query("Oak & wor"), Some("'oak' & 'wor':*".to_owned()));
        assert_eq!(search_query("it's"), Some("'it' & 's':*".to_owned()));
        assert_eq!(search_query(" !? "), None);
    }
}
