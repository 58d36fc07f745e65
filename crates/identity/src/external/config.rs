//! What the operator says about outside identity services.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

/// How far the clocks of others may differ from ours, in seconds, unless it is said otherwise.
const LEEWAY: u64 = 60;

/// An OpenID provider with which people sign in: `[[identity.oidc]]`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcProvider {
    /// In addresses and in `external_identities.provider`, e.g. `google`. Never change it.
    pub id: String,
    /// On the button.
    pub name: String,
    /// Where `/.well-known/openid-configuration` is found.
    pub issuer: Url,
    /// What the provider calls us.
    pub client_id: String,
    /// Our secret there; none for a public client, which PKCE guards alone.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// What is asked for.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    /// Whether somebody new gets an account by it.
    #[serde(default)]
    pub sign_up: bool,
    /// Whether its word on an e-mail address (`email_verified`) is believed: then an account with the same, confirmed
    /// address is linked by itself.
    #[serde(default)]
    pub trust_email: bool,
}

fn scopes() -> Vec<String> {
    ["openid", "email", "profile"].map(str::to_owned).to_vec()
}

/// An issuer whose tokens are taken in place of an API key: `[[identity.jwt]]`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JwtIssuer {
    /// In `external_identities.provider`, e.g. `clerk` or `supabase`. Never change it.
    pub id: String,
    /// The claim `iss`, letter by letter.
    pub issuer: String,
    /// Values of `aud` of which one must be there.
    #[serde(default)]
    pub audience: Vec<String>,
    /// Values of `azp` (the web pages that may ask for a token) of which one must be there.
    #[serde(default)]
    pub authorized_parties: Vec<String>,
    /// Where the issuer's keys are; `<issuer>/.well-known/jwks.json` when not given.
    #[serde(default)]
    pub jwks_url: Option<Url>,
    /// The secret of an issuer that signs with HS256, such as older Supabase projects. There are no keys then.
    #[serde(default)]
    pub secret: Option<String>,
    /// Whether somebody new gets an account by it.
    #[serde(default)]
    pub sign_up: bool,
    /// Whether its word on an e-mail address is believed.
    #[serde(default)]
    pub trust_email: bool,
    /// How far its clock may differ, in seconds.
    #[serde(default = "leeway")]
    pub leeway_seconds: u64,
}

fn leeway() -> u64 {
    LEEWAY
}

impl OidcProvider {
    /// What is wrong with it, for the operator.
    pub fn fault(&self) -> Option<String> {
        if !is_id(&self.id) {
            return Some(format!("identity.oidc: the id {:?} is not made of a-z, 0-9 and -", self.id));
        }
        if !self.scopes.iter().any(|scope| scope == "openid") {
            return Some(format!("identity.oidc {}: the scope openid is missing", self.id));
        }
        secure(&self.issuer).then_some(()).map_or_else(
            || {
                Some(format!(
                    "identity.oidc {}: the issuer must be https (http on this machine only)",
                    self.id
                ))
            },
            |()| None,
        )
    }
}

impl JwtIssuer {
    /// What is wrong with it, for the operator.
    pub fn fault(&self) -> Option<String> {
        if !is_id(&self.id) {
            return Some(format!("identity.jwt: the id {:?} is not made of a-z, 0-9 and -", self.id));
        }
        if self.audience.is_empty() && self.authorized_parties.is_empty() {
            let why = "a token that the issuer made for another application would be taken";
            return Some(format!(
                "identity.jwt {}: name an audience or authorized_parties, else {why}",
                self.id
            ));
        }
        match (&self.secret, self.keys_url()) {
            (Some(secret), _) if self.jwks_url.is_some() || secret.len() < 32 => Some(format!(
                "identity.jwt {}: a secret has at least 32 bytes and stands without jwks_url",
                self.id
            )),
            (Some(_), _) => None,
            (None, Some(url)) if secure(&url) => None,
            (None, _) => Some(format!(
                "identity.jwt {}: jwks_url must be https (http on this machine only) when the issuer is no such address",
                self.id
            )),
        }
    }

    /// Where its keys are.
    pub(crate) fn keys_url(&self) -> Option<Url> {
        let own = || Url::parse(&format!("{}/.well-known/jwks.json", self.issuer.trim_end_matches('/'))).ok();
        self.jwks_url.clone().or_else(own)
    }
}

fn is_id(id: &str) -> bool {
    (1..=40).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// TLS, or this machine.
pub(crate) fn secure(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_this_machine(url))
}

/// Named by the operator, so it is meant.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl fmt::Debug for OidcProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OidcProvider({} at {})", self.id, self.issuer)
    }
}

impl fmt::Debug for JwtIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JwtIssuer({} at {})", self.id, self.issuer)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn jwt(extra: &Value) -> Option<String> {
        let mut given = json!({ "id": "clerk", "issuer": "https://clerk.example.com" });
        given.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        serde_json::from_value::<JwtIssuer>(given).unwrap().fault()
    }

    #[test]
    fn what_would_let_strangers_in_is_refused() {
        let secret = "a".repeat(32);
        assert_eq!(jwt(&json!({ "audience": ["x"] })), None);
        assert_eq!(jwt(&json!({ "authorized_parties": ["https://app.example.com"] })), None);
        assert_eq!(jwt(&json!({ "audience": ["x"], "issuer": "supabase", "secret": secret })), None);
        for bad in [
            json!({}),
            json!({ "audience": ["x"], "id": "A b" }),
            json!({ "audience": ["x"], "jwks_url": "http://clerk.example.com/keys" }),
            json!({ "audience": ["x"], "issuer": "clerk" }),
            json!({ "audience": ["x"], "secret": "short" }),
            json!({ "audience": ["x"], "secret": secret, "jwks_url": "https://clerk.example.com/keys" }),
        ] {
            assert!(jwt(&bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn providers_are_reached_by_tls() {
        let given = |issuer: &str| {
            serde_json::from_value::<OidcProvider>(
                json!({ "id": "x", "name": "X", "issuer": issuer, "client_id": "c", "client_secret": "geheim" }),
            )
            .unwrap()
        };
        assert_eq!(given("https://id.example.com").fault(), None);
        assert_eq!(given("http://127.0.0.1:3000").fault(), None);
        assert!(given("http://id.example.com").fault().is_some());
        assert!(!format!("{:?}", given("https://id.example.com")).contains("geheim"));
    }
}
