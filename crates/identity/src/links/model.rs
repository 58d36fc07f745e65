//! What links are for.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::throttle::Mails;

/// What a link does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    SignIn,
    ResetPassword,
    VerifyEmail,
    ChangeEmail,
    UndoEmail,
    UndoDeletion,
}

impl Purpose {
    /// As the database writes it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::ResetPassword => "reset_password",
            Self::VerifyEmail => "verify_email",
            Self::ChangeEmail => "change_email",
            Self::UndoEmail => "undo_email",
            Self::UndoDeletion => "undo_deletion",
        }
    }

    /// How long it works.
    pub(crate) const fn life(self) -> Duration {
        match self {
            Self::SignIn => Duration::minutes(15),
            Self::ResetPassword => Duration::minutes(30),
            Self::VerifyEmail => Duration::days(3),
            Self::ChangeEmail => Duration::days(1),
            Self::UndoEmail => Duration::days(7),
            Self::UndoDeletion => crate::accounts::UNDO,
        }
    }

    /// The page of the app that takes its token.
    pub(crate) const fn page(self) -> &'static str {
        match self {
            Self::SignIn => "/sign-in/link",
            Self::ResetPassword => "/reset-password",
            Self::VerifyEmail | Self::ChangeEmail => "/confirm-email",
            Self::UndoEmail => "/undo-email",
            Self::UndoDeletion => "/restore-account",
        }
    }
}

/// What somebody who is not signed in may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// A link that signs in.
    SignIn,
    /// A link that sets a new password.
    ResetPassword,
}

impl Asked {
    /// What its mails are counted as.
    pub(crate) const fn mails(self) -> Mails {
        match self {
            Self::SignIn => Mails::SignIn,
            Self::ResetPassword => Mails::ResetPassword,
        }
    }
}
