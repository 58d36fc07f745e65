use bellwether_kernel::Problem;

/// What can go wrong in operations.
#[derive(Debug, thiserror::Error)]
pub enum Error {
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
        match error {
            Error::Problem(problem) => problem,
            Error::Store(error) => error.into(),
        }
    }
}
