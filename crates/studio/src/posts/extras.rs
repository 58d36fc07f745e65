//! What goes with a post's text: the first comment, and what is chosen of the network.

use bellwether_kernel::Problem;
use bellwether_networks::{Target, check_options, tidied};
use serde_json::{Map, Value};

use super::{service::target_of, sql::LockedRow};
use crate::Error;

/// Both, as they are kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Extras {
    pub(crate) first_comment: Option<String>,
    /// An object.
    pub(crate) options: Value,
}

impl Extras {
    /// What they become by a change; none when they stay. What breaks the network's rules is refused, each fault at its place.
    #[expect(clippy::option_option, reason = "leave, clear or set")]
    pub(crate) fn changed(
        row: &LockedRow,
        first_comment: Option<Option<String>>,
        options: Option<Map<String, Value>>,
    ) -> Result<Option<Self>, Error> {
        if first_comment.is_none() && options.is_none() {
            return Ok(None);
        }
        let first_comment = first_comment.unwrap_or_else(|| row.first_comment.clone());
        let options = options.unwrap_or_else(|| row.options.as_object().cloned().unwrap_or_default());
        let extras = Self::checked(target_of(&row.target)?, first_comment, options)?;
        Ok(extras.unless_there(row))
    }

    /// What somebody gives, tidied and held to the rules of the target.
    pub(crate) fn checked(
        target: Target,
        first_comment: Option<String>,
        options: Map<String, Value>,
    ) -> Result<Self, Problem> {
        let first_comment =
            first_comment.map(|comment| comment.trim().to_owned()).filter(|comment| !comment.is_empty());
        let options = tidied(options);
        let mut issues = check_options(target, first_comment.as_deref(), &options).into_iter();
        if let Some(first) = issues.next() {
            let problem = Problem::invalid(first.path, first.code, first.message);
            return Err(issues.fold(problem, |all, issue| all.at(issue.path, issue.code, issue.message)));
        }
        Ok(Self { first_comment, options: Value::Object(options) })
    }

    /// None when they are what stands there already.
    pub(crate) fn unless_there(self, row: &LockedRow) -> Option<Self> {
        (self.first_comment != row.first_comment || self.options != row.options).then_some(self)
    }
}
