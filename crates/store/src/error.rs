//! What the database can answer instead of rows, in terms that a use case can act on.

use bellwether_kernel::{Kind, Problem};

/// The rule that a constraint holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConstraintKind {
    /// Another row has the same value.
    Unique,
    /// A row that is pointed to does not exist, or a row that is pointed to can't go.
    ForeignKey,
    /// A value is outside its set or range.
    Check,
    /// A value is missing.
    NotNull,
    /// Another row overlaps.
    Exclusion,
}

/// Why the database did not do it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It can't be reached, is starting or stopping, or no connection came free in time.
    #[error("the database is not available: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// A named constraint refused the change.
    #[error("the constraint {name} refused the change")]
    Constraint {
        /// Its name; for a missing value the column's.
        name: String,
        /// Its kind.
        kind: ConstraintKind,
        /// The server's own words.
        #[source]
        source: sqlx::Error,
    },
    /// Two transactions got in each other's way; the same transaction will pass when run again.
    #[error("the transaction ran into another one: {0}")]
    Contention(#[source] sqlx::Error),
    /// A statement took longer than it may, or was cancelled.
    #[error("the database took too long: {0}")]
    Timeout(#[source] sqlx::Error),
    /// A time or a day that was given lies outside of what the database can hold.
    #[error("a time is out of range: {0}")]
    OutOfRange(#[source] sqlx::Error),
    /// Exactly one row was wanted and none is there (or none for this tenant).
    #[error("no such row")]
    NotFound,
    /// The migrations in the binary and those in the database don't fit together, or one failed.
    #[error("the database could not be migrated: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Something else; a fault of ours.
    #[error(transparent)]
    Other(sqlx::Error),
}

impl Error {
    /// The constraint that refused, if one did.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Constraint { name, .. } => Some(name),
            _ => None,
        }
    }

    /// Whether the same transaction, run again, may pass.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Contention(_) | Self::Unavailable(_))
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error),
            sqlx::Error::Database(answer) => {
                let code = answer.code().unwrap_or_default().into_owned();
                match code.as_str() {
                    "23505" => named(error, ConstraintKind::Unique),
                    "23503" | "23001" => named(error, ConstraintKind::ForeignKey),
                    "23514" => named(error, ConstraintKind::Check),
                    "23502" => named(error, ConstraintKind::NotNull),
                    "23P01" => named(error, ConstraintKind::Exclusion),
                    // serialization failure, deadlock, lock not available
                    "40001" | "40P01" | "55P03" => Self::Contention(error),
                    "22008" => Self::OutOfRange(error),
                    "57014" | "25P03" | "25P04" => Self::Timeout(error),
                    // connection exceptions, too many connections, shutdown, crash, starting up
                    "53300" | "57P01" | "57P02" | "57P03" => Self::Unavailable(error),
                    code if code.starts_with("08") => Self::Unavailable(error),
                    _ => Self::Other(error),
                }
            }
            _ => Self::Other(error),
        }
    }
}

fn named(error: sqlx::Error, kind: ConstraintKind) -> Error {
    let name = error.as_database_error().and_then(|answer| {
        answer.constraint().map(str::to_owned).or_else(|| {
            // a missing value names its column, not a constraint
            answer.try_downcast_ref::<sqlx::postgres::PgDatabaseError>()?.column().map(str::to_owned)
        })
    });
    Error::Constraint { name: name.unwrap_or_default(), kind, source: error }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Unavailable(_) => Self::new(
                Kind::Unavailable,
                "unavailable",
                "The database can't be reached right now. Try again shortly.",
            )
            .retry_after(2),
            Error::Contention(_) => Self::new(
                Kind::Unavailable,
                "contention",
                "Somebody else changed the same thing at this moment. Try again.",
            )
            .retry_after(1),
            Error::Timeout(_) => Self::new(
                Kind::Unavailable,
                "timeout",
                "The database took too long to answer. Try again shortly.",
            )
            .retry_after(5),
            Error::OutOfRange(_) => Self::new(
                Kind::Invalid,
                "time_out_of_range",
                "A time or day lies outside of what can be kept. Give a year between 1 and 9999.",
            ),
            Error::NotFound => Self::not_found("thing"),
            error @ (Error::Constraint { .. } | Error::Migration(_) | Error::Other(_)) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "unexpected answer of the database"
                );
                Self::new(Kind::Internal, "internal", "Something went wrong here. It has been noted.")
            }
        }
    }
}
