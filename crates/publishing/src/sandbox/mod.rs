//! The network inside Bellwether: a feed on which posts appear and get reactions and comments, so that the whole loop can
//! be tried without an account anywhere. It is a network like any other to whoever publishes; unlike them it can be told
//! to misbehave ([`Faults`]), which the chaos test does.

pub mod http;
mod publisher;
mod simulation;
mod sql;

use bellwether_networks::{
    Network,
    publish::{FoundAccount, Grant},
};
use serde_json::Value;

pub use publisher::{Faults, Sandbox};

/// The account that a brand gets.
pub(crate) fn account(name: &str, slug: &str) -> FoundAccount {
    FoundAccount {
        network: Network::Sandbox,
        id: slug.to_owned(),
        name: name.to_owned(),
        handle: slug.to_owned(),
        avatar_url: None,
        server: None,
        token: None,
        settings: Value::Null,
    }
}

/// It needs no secret.
pub(crate) fn grant() -> Grant {
    Grant { token: String::new().into(), refresh_token: None, expires_at: None, scopes: Vec::new() }
}
