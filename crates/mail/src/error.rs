use bellwether_kernel::{Kind, Problem};

/// What can go wrong with a mail before it is on its way.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The template could not be rendered; a fault of ours.
    #[error(transparent)]
    Render(#[from] crate::RenderError),
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
            Error::Render(error) => Self::new(Kind::Internal, "internal", error.to_string()),
            Error::Problem(problem) => problem,
            Error::Store(error) => error.into(),
        }
    }
}
