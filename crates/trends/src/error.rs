use bellwether_kernel::{Kind, Problem};

/// What can go wrong with sources and what they said.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Somebody else changed it first.
    #[error("This was changed in the meantime. Load it again and repeat your change.")]
    Stale,
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

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error {
            Error::Stale => Self::new(Kind::Stale, "stale", detail),
            Error::Problem(problem) => problem,
            Error::Store(error) => error.into(),
        }
    }
}
