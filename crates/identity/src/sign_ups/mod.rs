//! Signing up, and the sign-ups that wait for their address to be confirmed.
//!
//! Where mail can be sent, an account is made only by the link that went to its address. Until then the request does the
//! same for every address: it hashes the password, keeps what was typed, and a job finds out whether the address has an
//! account. Somebody new is mailed the link; somebody known is told that they have an account. So neither the answer
//! nor its time tells a stranger who is here. Where no mail can be sent, nobody could confirm anything: there the account
//! is made at once, and an address that is taken has to be told (decision 0016).

pub mod http;
mod jobs;
mod service;
mod sql;

use serde::{Deserialize, Serialize};

pub use jobs::MailSignUp;
pub use service::SignedUp;
pub(crate) use service::{Joining, Wanted};
pub(crate) use sql::delete_expired;

/// Whether an address is confirmed before its account is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirm {
    /// Where a mail server is configured.
    #[default]
    Auto,
    /// Also without one: the links are in the outbox, which operators read.
    Always,
    /// The account is made at once; whoever asks learns whether an address has one.
    Never,
}

impl Confirm {
    /// Whether to confirm first; `mail_leaves` says whether a mail server is configured.
    pub const fn first(self, mail_leaves: bool) -> bool {
        match self {
            Self::Auto => mail_leaves,
            Self::Always => true,
            Self::Never => false,
        }
    }
}
