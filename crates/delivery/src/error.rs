use bellwether_kernel::Problem;
use bellwether_vault::VaultError;

/// What can go wrong with telling people.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A problem that has its own words.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// Tokens can't be made or read.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database.
    #[error(transparent)]
    Store(#[from] bellwether_store::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

macro_rules! by_problem {
    ($($error:path),+) => {
        $(impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::Problem(error.into())
            }
        })+
    };
}

by_problem!(
    bellwether_brand::Error,
    bellwether_identity::Error,
    bellwether_studio::Error,
    bellwether_publishing::Error,
    bellwether_billing::Error,
    bellwether_trends::Error,
    bellwether_mail::Error
);

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Problem(problem) => problem,
            Error::Vault(error) => error.into(),
            Error::Store(error) => error.into(),
        }
    }
}
