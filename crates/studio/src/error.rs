use bellwether_kernel::{Kind, Problem};

use crate::posts::model::{Action, Status};

/// What can go wrong in the studio.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Somebody else changed it first.
    #[error(
        "This was changed in the meantime. Load it again and repeat your change; nothing of yours was saved."
    )]
    Stale,
    /// The status doesn't allow the action.
    #[error("A post that is {} can't be {}.", status.as_str(), action.done())]
    WrongStatus {
        /// What it is.
        status: Status,
        /// What was asked.
        action: Action,
    },
    /// The post breaks its network's rules.
    #[error("This post breaks {} of its network's rules; mend what `errors` names, then approve it.", .0.len())]
    BreaksRules(Vec<bellwether_networks::Issue>),
    /// An output that isn't failed can't be retried.
    #[error("Only an output that failed can be tried again.")]
    NotFailed,
    /// Somebody asked for another text already.
    #[error("Another text is being written for this post already.")]
    Regenerating,
    /// A problem that has its own words.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// The database.
    #[error(transparent)]
    Store(#[from] bellwether_store::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<bellwether_billing::Error> for Error {
    fn from(error: bellwether_billing::Error) -> Self {
        Self::Problem(error.into())
    }
}

impl From<bellwether_operations::Error> for Error {
    fn from(error: bellwether_operations::Error) -> Self {
        Self::Problem(error.into())
    }
}

impl From<bellwether_brand::Error> for Error {
    fn from(error: bellwether_brand::Error) -> Self {
        Self::Problem(error.into())
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error {
            Error::Stale => Self::new(Kind::Stale, "stale", detail),
            Error::WrongStatus { .. } => Self::new(Kind::Conflict, "wrong_status", detail),
            Error::BreaksRules(issues) => {
                issues.into_iter().fold(Self::new(Kind::Invalid, "breaks_rules", detail), |problem, issue| {
                    // the files of a post stand beside its content
                    let path = if issue.path == "media" || issue.path.starts_with("media/") {
                        issue.path
                    } else {
                        format!("content/{}", issue.path)
                    };
                    problem.at(path, issue.code, issue.message)
                })
            }
            Error::NotFailed => Self::new(Kind::Conflict, "not_failed", detail),
            Error::Regenerating => Self::new(Kind::Conflict, "regenerating", detail),
            Error::Problem(problem) => problem,
            Error::Store(error) => error.into(),
        }
    }
}
