use bellwether_kernel::{Kind, Problem};
use bellwether_networks::publish::{Fault, FaultKind};
use bellwether_vault::VaultError;

/// What can go wrong with publishing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Somebody else changed it first.
    #[error("This was changed in the meantime. Load it again and repeat your change.")]
    Stale,
    /// A problem that has its own words.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// The network said so.
    #[error(transparent)]
    Network(#[from] Fault),
    /// Secrets can't be kept or read.
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

impl From<bellwether_brand::Error> for Error {
    fn from(error: bellwether_brand::Error) -> Self {
        Self::Problem(error.into())
    }
}

impl From<bellwether_studio::Error> for Error {
    fn from(error: bellwether_studio::Error) -> Self {
        Self::Problem(error.into())
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error {
            Error::Stale => Self::new(Kind::Stale, "stale", detail),
            Error::Problem(problem) => problem,
            Error::Network(fault) => match fault.kind {
                FaultKind::Transient | FaultKind::RateLimited | FaultKind::Unclear => {
                    Self::new(Kind::Unavailable, "network_unavailable", detail)
                }
                FaultKind::Setup => Self::new(Kind::Conflict, "network_not_set_up", detail),
                _ => Self::new(Kind::Invalid, "network_refused", detail),
            },
            Error::Vault(error) => error.into(),
            Error::Store(error) => error.into(),
        }
    }
}

pub(crate) fn internal(detail: impl Into<String>) -> Error {
    Problem::new(Kind::Internal, "internal", detail.into()).into()
}
