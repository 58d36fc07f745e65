//! Types and pure rules of posts.

use std::fmt::Write as _;

use bellwether_kernel::Permission;
use bellwether_networks::{Content, Issue, PathCount, Severity, Target};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::media::fit::{self, Shown};

/// Where a post stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waits for review.
    Pending,
    /// May go out.
    Approved,
    /// Will not.
    Rejected,
    /// Is out.
    Published,
    /// Put away.
    Archived,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Pending, Self::Approved, Self::Rejected, Self::Published, Self::Archived];

    /// As the database writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Published => "published",
            Self::Archived => "archived",
        }
    }

    /// Reads what the database writes.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// What a reviewer does with a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Lets it go out.
    Approve,
    /// Keeps it from going out.
    Reject,
    /// Back to review.
    Reopen,
    /// Puts it away.
    Archive,
    /// Removes it; it can be restored.
    Delete,
}

impl Action {
    /// What it takes: to delete is to write, the rest is to review.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Delete => Permission::PostsWrite,
            Self::Approve | Self::Reject | Self::Reopen | Self::Archive => Permission::PostsReview,
        }
    }

    /// The event's kind.
    pub const fn event(self) -> &'static str {
        match self {
            Self::Approve => "post.approved",
            Self::Reject => "post.rejected",
            Self::Reopen => "post.reopened",
            Self::Archive => "post.archived",
            Self::Delete => "post.deleted",
        }
    }

    /// The participle.
    pub const fn done(self) -> &'static str {
        match self {
            Self::Approve => "approved",
            Self::Reject => "rejected",
            Self::Reopen => "opened again",
            Self::Archive => "archived",
            Self::Delete => "deleted",
        }
    }

    /// The status after the action, or none when the action isn't allowed. Deleting keeps the status, so that
    /// restoring brings back what was.
    pub const fn apply(self, from: Status) -> Option<Status> {
        use Status::{Approved, Archived, Pending, Published, Rejected};
        match (self, from) {
            (Self::Approve, Pending | Approved | Rejected) => Some(Approved),
            (Self::Reject, Pending | Approved | Rejected) => Some(Rejected),
            (Self::Reopen, Pending | Approved | Rejected | Archived) => Some(Pending),
            (Self::Archive, _) => Some(Archived),
            (Self::Delete, Published) => None,
            (Self::Delete, from) => Some(from),
            _ => None,
        }
    }
}

/// What the network's rules say of a content; worked out on every write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Checks {
    /// Used and allowed length per text.
    pub counts: Vec<PathCount>,
    /// What is wrong or could be better.
    pub issues: Vec<Issue>,
}

impl Checks {
    /// Counts and validates a content.
    pub fn of(target: Target, content: &Content) -> Self {
        Self {
            counts: bellwether_networks::counts(target, content),
            issues: bellwether_networks::validate(target, content),
        }
    }

    /// The same of a content and the files that the post shows.
    pub fn with(target: Target, content: &Content, shown: &[Shown]) -> Self {
        let mut checks = Self::of(target, content);
        checks.issues.extend(fit::check(target, shown));
        checks
    }

    /// How many issues keep the post from going out.
    pub fn errors(&self) -> usize {
        self.issues.iter().filter(|issue| issue.severity == Severity::Error).count()
    }
}

/// What a post is found by: its texts and where they came from.
pub fn search_text(content: &Content, source_title: Option<&str>) -> String {
    let mut text = content.plain();
    if let Some(title) = source_title {
        text.push('\n');
        text.push_str(title);
    }
    // the index has no use for more, and a word list of a whole book would slow every write
    text.chars().take(20_000).collect()
}

/// A full-text query of what a person typed: every word must occur, the last one may be unfinished.
/// None when nothing searchable was typed.
pub fn search_query(typed: &str) -> Option<String> {
    let words: Vec<String> = typed
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(12)
        .map(str::to_lowercase)
        .collect();
    let (last, rest) = words.split_last()?;
    let mut query: String = rest.iter().flat_map(|word| ["'", word.as_str(), "' & "]).collect();
    let _ = write!(query, "'{last}':*");
    Some(query)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_out_stays_out() {
        for action in [Action::Approve, Action::Reject, Action::Reopen, Action::Delete] {
            assert_eq!(action.apply(Status::Published), None, "{action:?}");
        }
        assert_eq!(Action::Archive.apply(Status::Published), Some(Status::Archived));
    }

    #[test]
    fn review_can_be_taken_back() {
        assert_eq!(Action::Reject.apply(Status::Approved), Some(Status::Rejected));
        assert_eq!(Action::Reopen.apply(Status::Rejected), Some(Status::Pending));
        assert_eq!(Action::Approve.apply(Status::Archived), None);
    }

    #[test]
    fn typed_words_become_a_query() {
        assert_eq!(search_query("Hello wor"), Some("'hello' & 'wor':*".to_owned()));
        assert_eq!(search_query("it's 50%"), Some("'it' & 's' & '50':*".to_owned()));
        assert_eq!(search_query(" !? "), None);
    }

    proptest! {
        #[test]
        fn a_query_has_no_operator_of_the_typer(typed in ".{0,60}") {
            if let Some(query) = search_query(&typed) {
                let bare = query.split(" & ").all(|word| {
                    let word = word.strip_suffix(":*").unwrap_or(word);
                    word.starts_with('\'')
                        && word.ends_with('\'')
                        && word.trim_matches('\'').chars().all(char::is_alphanumeric)
                });
                prop_assert!(bare, "{}", query);
            }
        }
    }
}
