use bellwether_kernel::{Kind, Problem};

/// What can go wrong in billing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The month's allowance is used up or held by work under way.
    #[error("{detail}")]
    QuotaExceeded {
        /// How much, of how much, until when.
        detail: String,
        /// Seconds until the allowance is renewed.
        retry_after: u64,
    },
    /// No plan has this id.
    #[error("There is no plan `{0}`; there are free, pro and business.")]
    UnknownPlan(String),
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

impl From<bellwether_operations::Error> for Error {
    fn from(error: bellwether_operations::Error) -> Self {
        Self::Problem(error.into())
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error {
            Error::QuotaExceeded { retry_after, .. } => {
                Self::new(Kind::PaymentRequired, "quota_exceeded", detail).retry_after(retry_after)
            }
            Error::UnknownPlan(_) => Self::invalid("plan", "unknown_plan", detail),
            Error::Problem(problem) => problem,
            Error::Store(error) => error.into(),
        }
    }
}
