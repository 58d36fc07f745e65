use bellwether_kernel::{Kind, Problem};

/// What can go wrong in identity.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// E-mail or password is wrong; which of the two is never said.
    #[error("The e-mail address or the password is wrong.")]
    WrongCredentials,
    /// The e-mail address has an account already.
    #[error("This e-mail address has an account already. Sign in instead.")]
    EmailTaken,
    /// Signing up is switched off.
    #[error("This Bellwether takes no new accounts. Ask its operator for an invitation.")]
    SignUpClosed,
    /// A one-time link that was used, has expired or never was.
    #[error("This link has been used or has expired. Ask for a new one.")]
    LinkSpent,
    /// The operator of the installation keeps the person outside.
    #[error("This account is suspended. Ask the operator of this Bellwether.")]
    Suspended,
    /// Somebody else changed it first.
    #[error("This was changed in the meantime. Load it again and repeat your change.")]
    Stale,
    /// A problem that has its own words.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// The outbox.
    #[error(transparent)]
    Mail(#[from] bellwether_mail::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] bellwether_store::Error),
    /// The password hash could not be made or read.
    #[error("password hashing failed: {0}")]
    Hashing(String),
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
            Error::WrongCredentials => Self::new(Kind::Unauthenticated, "wrong_credentials", detail),
            Error::EmailTaken => {
                Self::new(Kind::Conflict, "email_taken", &detail).at("email", "taken", detail)
            }
            Error::SignUpClosed => Self::new(Kind::Forbidden, "sign_up_closed", detail),
            Error::Suspended => Self::new(Kind::Forbidden, "account_suspended", detail),
            Error::LinkSpent => Self::new(Kind::NotFound, "link_spent", detail),
            Error::Stale => Self::new(Kind::Stale, "stale", detail),
            Error::Problem(problem) => problem,
            Error::Mail(error) => error.into(),
            Error::Store(error) => error.into(),
            Error::Hashing(_) => Self::new(Kind::Internal, "internal", detail),
        }
    }
}
