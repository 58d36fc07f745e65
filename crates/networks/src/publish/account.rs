//! Accounts, and how they are connected.

use std::collections::BTreeMap;

use bellwether_kernel::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::Value;

use crate::Network;

/// An account of a network with what opens it. Its `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Account {
    /// The network that its readers are on.
    pub network: Network,
    /// The network's id of it; empty while it is being connected.
    pub id: String,
    /// As people address it.
    pub handle: String,
    /// The instance, where there are several: `https://mastodon.example`, without a slash at the end.
    pub server: Option<String>,
    /// The token that requests carry.
    pub token: SecretString,
    /// What renews the token.
    pub refresh_token: Option<SecretString>,
    /// Further secrets by name (a page's token, a typed password).
    pub secrets: BTreeMap<String, SecretString>,
    /// What is no secret, by name.
    pub settings: Value,
}

impl Account {
    /// The value of an `Authorization: Bearer` header.
    pub fn bearer(&self) -> String {
        format!("Bearer {}", self.token.expose_secret())
    }

    /// A further secret.
    pub fn secret(&self, name: &str) -> Option<&str> {
        self.secrets.get(name).map(ExposeSecret::expose_secret)
    }

    /// A setting that is a text.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.get(name).and_then(Value::as_str)
    }
}

/// Our application at a network, by the operator's configuration or registered by ourselves.
#[derive(Debug, Clone)]
pub struct App {
    /// Public.
    pub client_id: String,
    /// Not public.
    pub client_secret: SecretString,
}

/// Something that a person types to connect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Field {
    /// As it is sent.
    pub name: &'static str,
    /// As a person reads it.
    pub label: &'static str,
    /// Whether it is a secret: sealed, and never shown again.
    pub secret: bool,
    /// Whether it has to be given.
    pub required: bool,
    /// What it looks like.
    pub example: &'static str,
    /// Where it is found.
    pub help: &'static str,
}

/// Where a person consents.
#[derive(Debug, Clone)]
pub struct Oauth {
    /// The consent page with every parameter but `state`, `redirect_uri` and the PKCE challenge, which the caller adds.
    pub authorize_url: String,
    /// Whether the network takes a PKCE challenge (S256).
    pub pkce: bool,
    /// What is asked for.
    pub scopes: Vec<Scope>,
    /// Between scopes: a space, or a comma.
    pub separator: char,
}

/// Something that the account's owner allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Scope {
    /// As the network calls it.
    pub name: &'static str,
    /// What it allows, in words.
    pub words: &'static str,
}

/// What a network gave.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The token that requests carry.
    pub token: SecretString,
    /// What renews it; none leaves the one that there was.
    pub refresh_token: Option<SecretString>,
    /// When it ends, where the network says.
    pub expires_at: Option<Timestamp>,
    /// What was allowed, by the network's names.
    pub scopes: Vec<String>,
}

/// An account or page that can be connected.
#[derive(Debug, Clone)]
pub struct FoundAccount {
    /// The network that its readers are on.
    pub network: Network,
    /// The network's id of it.
    pub id: String,
    /// As people read it.
    pub name: String,
    /// As people address it, without `@`.
    pub handle: String,
    /// Its picture.
    pub avatar_url: Option<String>,
    /// The instance it lives on, when that differs from what was asked (Bluesky's own server of an account).
    pub server: Option<String>,
    /// A token of its own (Facebook pages), when it does not use the grant's.
    pub token: Option<SecretString>,
    /// What else has to be known of it: kind of page, location, publication.
    pub settings: Value,
}
