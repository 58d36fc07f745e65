//! What is counted, and how long it takes then.

use std::net::{IpAddr, Ipv6Addr};

use bellwether_kernel::id::{OrganizationId, SessionId, UserId};
use chrono::Duration;
use sha2::{Digest as _, Sha256};

/// How many tries are free, and what the further ones cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Policy {
    /// Tries without a wait.
    pub(crate) free: i32,
    /// The first wait; it doubles from try to try.
    pub(crate) first: Duration,
}

/// The longest wait.
const LONGEST: Duration = Duration::minutes(15);
/// Tries are forgotten after this long without one.
pub(crate) const FORGOTTEN: Duration = Duration::hours(1);

impl Policy {
    /// The wait after so many tries.
    pub(crate) fn wait(self, tries: i32) -> Option<Duration> {
        let over = tries - self.free;
        if over < 0 {
            return None;
        }
        let doubled = self.first * 2_i32.saturating_pow(u32::try_from(over).unwrap_or(0).min(20));
        Some(doubled.min(LONGEST))
    }
}

/// What tries are counted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key<'a> {
    /// An account, as it was written, from a network.
    Account { email: &'a str, network: &'a str },
    /// A network, over all accounts.
    Network(&'a str),
    /// An account from a browser that it knows.
    Device { user: UserId, token_hash: &'a [u8] },
    /// The password asked for again inside a session.
    Again { user: UserId, session: SessionId },
    /// Sign-ups of a network that were told that their address is taken.
    SignUp(&'a str),
    /// Mails to an address for one purpose, whoever asks. What is over is left out in silence: a refusal would let a
    /// stranger keep somebody from their own account.
    MailTo { email: &'a str, purpose: Mails },
    /// The same from one network, which is refused.
    MailAsked { email: &'a str, purpose: Mails, network: &'a str },
    /// Mails that an organization's people send to whom they like.
    MailOf(OrganizationId),
    /// Mails that a network asks for.
    MailFrom(&'a str),
}

/// What mails are about: those of one kind use up none of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Mails {
    SignIn,
    ResetPassword,
    SignUp,
    VerifyEmail,
    ChangeEmail,
    Invitation,
    Agency,
}

impl Key<'_> {
    pub(crate) fn policy(&self) -> Policy {
        let seconds = Duration::seconds;
        match self {
            Self::Account { .. } | Self::Again { .. } => Policy { free: 5, first: seconds(1) },
            // a browser that is known: a person with a bad memory
            Self::Device { .. } => Policy { free: 10, first: seconds(1) },
            // many people may share it
            Self::Network(_) => Policy { free: 30, first: seconds(1) },
            // one's own address, forgotten or mistyped
            Self::SignUp(_) => Policy { free: 10, first: seconds(10) },
            Self::MailTo { .. } | Self::MailAsked { .. } => Policy { free: 5, first: Duration::minutes(5) },
            Self::MailFrom(_) => Policy { free: 30, first: Duration::minutes(1) },
            // a whole team in an afternoon
            Self::MailOf(_) => Policy { free: 100, first: Duration::minutes(1) },
        }
    }

    /// What it is kept under.
    pub(crate) fn hash(&self) -> Vec<u8> {
        let mut hash = Sha256::new();
        let mut put = |kind: &str, parts: &[&[u8]]| {
            hash.update(kind);
            for part in parts {
                // lengths, so that no two lists of parts are one text
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
        };
        let lower = |text: &str| text.trim().to_lowercase();
        match self {
            Self::Account { email, network } => {
                put("account", &[lower(email).as_bytes(), network.as_bytes()]);
            }
            Self::Network(network) => put("network", &[network.as_bytes()]),
            Self::Device { user, token_hash } => put("device", &[user.uuid().as_bytes(), token_hash]),
            Self::Again { user, session } => {
                put("again", &[user.uuid().as_bytes(), session.uuid().as_bytes()]);
            }
            Self::SignUp(network) => put("sign_up", &[network.as_bytes()]),
            Self::MailTo { email, purpose } => {
                let purpose: &str = purpose.into();
                put("mail_to", &[lower(email).as_bytes(), purpose.as_bytes()]);
            }
            Self::MailAsked { email, purpose, network } => {
                let purpose: &str = purpose.into();
                put("mail_asked", &[lower(email).as_bytes(), purpose.as_bytes(), network.as_bytes()]);
            }
            Self::MailOf(organization) => put("mail_of", &[organization.uuid().as_bytes()]),
            Self::MailFrom(network) => put("mail_from", &[network.as_bytes()]),
        }
        hash.finalize().to_vec()
    }
}

/// The network of an address: of IPv6 the 64 bits that one customer gets at least.
pub(crate) fn network(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        None => "unknown".to_owned(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            format!("{}/64", Ipv6Addr::from(u128::from(address) & !u128::from(u64::MAX)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour() {
        let policy = Policy { free: 5, first: Duration::seconds(1) };
        assert_eq!(policy.wait(4), None);
        let waits: Vec<i64> = (5..=16).map(|tries| policy.wait(tries).unwrap().num_seconds()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!(policy.wait(i32::MAX).unwrap().num_seconds(), 900);
    }

    #[test]
    fn keys_tell_accounts_and_places_apart() {
        let key = |email, network| Key::Account { email, network }.hash();
        assert_eq!(key("Ada@example.org ", "1.1.1.1"), key("ada@example.org", "1.1.1.1"));
        assert_ne!(key("ada@example.org", "1.1.1.1"), key("ada@example.org", "1.1.1.2"));
        assert_ne!(key("ab", "c"), key("a", "bc"));
        assert_ne!(Key::Network("x").hash(), Key::MailFrom("x").hash());
    }

    #[test]
    fn a_customer_of_ipv6_is_one_network() {
        let of = |text: &str| network(Some(text.parse().unwrap()));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:1.2.3.4"), "1.2.3.4");
        assert_eq!(network(None), "unknown");
    }
}
