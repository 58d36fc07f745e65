//! Passkeys: public keys of authenticators, in place of a password or as a second factor.

pub mod http;
mod relying_party;
mod service;
mod sql;

pub use relying_party::RelyingParty;
pub use service::{Challenge, PasskeyView};
