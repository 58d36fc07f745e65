//! An OpenID provider: found by discovery, asked with authorization code, PKCE, state and nonce.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use bellwether_ingest::{Ask, Fetcher};
use bellwether_kernel::{Clock, Timestamp};
use chrono::Duration;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;
use url::Url;

use super::{
    config::{self, OidcProvider},
    jwt::{Expected, Token},
    keys::{Fault, KeySet},
};

/// How long what a provider says of itself holds.
const FRESH: Duration = Duration::hours(1);
/// Clocks differ.
const LEEWAY: i64 = 60;

/// A configured provider with what is known of it.
pub(crate) struct Provider {
    pub(crate) config: OidcProvider,
    fetcher: Fetcher,
    clock: Clock,
    found: Mutex<Option<(Timestamp, std::sync::Arc<Found>)>>,
}

/// What a provider says of itself (OpenID Connect Discovery 1.0).
struct Found {
    issuer: String,
    authorization: Url,
    token: String,
    userinfo: Option<String>,
    posts_secret: bool,
    keys: KeySet,
}

/// What only this sign-in knows; kept sealed until the browser is back.
#[derive(Serialize, Deserialize)]
pub(crate) struct FlowSecret {
    pub(crate) nonce: String,
    pub(crate) verifier: String,
}

/// Who came back.
pub(crate) struct Claims {
    pub(crate) subject: String,
    pub(crate) email: Option<String>,
    pub(crate) email_verified: bool,
    pub(crate) name: Option<String>,
}

/// Why nobody did.
#[derive(Debug)]
pub(crate) enum OidcFault {
    /// It can't be reached or does not speak the protocol.
    Unavailable(String),
    /// It refused the code.
    Refused(String),
    /// What it says does not hold.
    Token(super::Refused),
}

impl From<Fault> for OidcFault {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Refused(refused) => Self::Token(refused),
            Fault::Unreachable(why) => Self::Unavailable(why),
        }
    }
}

impl From<super::Refused> for OidcFault {
    fn from(refused: super::Refused) -> Self {
        Self::Token(refused)
    }
}

fn unavailable(error: impl std::fmt::Display) -> OidcFault {
    OidcFault::Unavailable(format!("{error}"))
}

impl Provider {
    pub(crate) fn new(config: OidcProvider, fetcher: Fetcher, clock: Clock) -> Self {
        Self { config, fetcher, clock, found: Mutex::new(None) }
    }

    async fn found(&self) -> Result<std::sync::Arc<Found>, OidcFault> {
        let mut found = self.found.lock().await;
        let now = self.clock.now();
        if let Some((at, known)) = &*found
            && now - *at < FRESH
        {
            return Ok(known.clone());
        }
        let fresh = std::sync::Arc::new(self.discover().await?);
        *found = Some((now, fresh.clone()));
        Ok(fresh)
    }

    async fn discover(&self) -> Result<Found, OidcFault> {
        let issuer = self.config.issuer.as_str().trim_end_matches('/');
        let url = format!("{issuer}/.well-known/openid-configuration");
        let answer = self.fetcher.ask(&Ask::get(&url)).await.map_err(unavailable)?;
        if answer.status != 200 {
            return Err(unavailable(format!("discovery answered {}", answer.status)));
        }
        let document: Value = serde_json::from_slice(&answer.bytes).map_err(unavailable)?;
        let text = |name: &str| document[name].as_str().map(str::to_owned);
        let said = text("issuer").unwrap_or_default();
        // else a provider could speak for another
        if said.trim_end_matches('/') != issuer {
            return Err(unavailable(format!("discovery names another issuer: {said:.200}")));
        }
        let address = |name: &str| {
            let found = text(name).and_then(|text| Url::parse(&text).ok()).filter(config::secure);
            found.ok_or_else(|| unavailable(format!("discovery gives no {name} that is https")))
        };
        let methods = document["token_endpoint_auth_methods_supported"].as_array();
        let supports = |wanted: &str| {
            methods.is_some_and(|methods| methods.iter().any(|method| method.as_str() == Some(wanted)))
        };
        Ok(Found {
            authorization: address("authorization_endpoint")?,
            token: address("token_endpoint")?.into(),
            userinfo: address("userinfo_endpoint").ok().map(Into::into),
            // basic is what a provider supports that names nothing
            posts_secret: supports("client_secret_post") && !supports("client_secret_basic"),
            keys: KeySet::new(address("jwks_uri")?, self.fetcher.clone(), self.clock.clone()),
            issuer: said,
        })
    }

    /// Where the browser is sent.
    pub(crate) async fn authorization_url(
        &self,
        redirect: &str,
        state: &str,
        secret: &FlowSecret,
    ) -> Result<Url, OidcFault> {
        let mut url = self.found().await?.authorization.clone();
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(secret.verifier.as_bytes()));
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.config.client_id)
            .append_pair("redirect_uri", redirect)
            .append_pair("scope", &self.config.scopes.join(" "))
            .append_pair("state", state)
            .append_pair("nonce", &secret.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(url)
    }

    /// Whether an answer's `iss` (RFC 9207), when it has one, is this provider's.
    pub(crate) fn is_own(&self, issuer: &str) -> bool {
        issuer.trim_end_matches('/') == self.config.issuer.as_str().trim_end_matches('/')
    }

    /// Exchanges the code for who it is.
    pub(crate) async fn claims(
        &self,
        redirect: &str,
        code: &str,
        secret: &FlowSecret,
    ) -> Result<Claims, OidcFault> {
        let found = self.found().await?;
        let tokens = self.exchange(&found, redirect, code, secret).await?;
        let id_token = tokens["id_token"].as_str().ok_or_else(|| unavailable("no id_token was given"))?;
        let token = Token::read(id_token)?;
        found.keys.check(&token).await?;
        let client = std::slice::from_ref(&self.config.client_id);
        let several = token.claims["aud"].as_array().is_some_and(|audiences| audiences.len() > 1);
        let named = token.claims.get("azp").is_some();
        let expected = Expected {
            issuer: &found.issuer,
            audience: client,
            parties: if several || named { client } else { &[] },
            nonce: Some(&secret.nonce),
            leeway: LEEWAY,
            now: self.clock.now(),
        };
        let subject = token.check_claims(&expected)?.to_owned();
        let mut claims = token.claims.clone();
        if claims["email"].is_null()
            && let (Some(url), Some(access)) = (&found.userinfo, tokens["access_token"].as_str())
        {
            let ask = Ask::get(url).authorization(&format!("Bearer {access}"));
            let answer = self.fetcher.ask(&ask).await.map_err(unavailable)?;
            let more: Value = serde_json::from_slice(&answer.bytes).unwrap_or_default();
            // the answer could be somebody else's
            if answer.status == 200 && more["sub"].as_str() == Some(&subject) {
                claims = more;
            }
        }
        let text = |name: &str| claims[name].as_str().map(str::trim).filter(|text| !text.is_empty());
        Ok(Claims {
            email: text("email").map(str::to_owned),
            email_verified: is_true(&claims["email_verified"]),
            name: text("name").or_else(|| text("preferred_username")).map(str::to_owned),
            subject,
        })
    }

    async fn exchange(
        &self,
        found: &Found,
        redirect: &str,
        code: &str,
        secret: &FlowSecret,
    ) -> Result<Value, OidcFault> {
        let config = &self.config;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
            ("code_verifier", secret.verifier.as_str()),
        ];
        let basic = match &config.client_secret {
            Some(client_secret) if !found.posts_secret => {
                // RFC 6749, 2.3.1: both parts form-encoded first
                let encoded =
                    |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                let pair = format!("{}:{}", encoded(&config.client_id), encoded(client_secret));
                Some(format!("Basic {}", STANDARD.encode(pair)))
            }
            Some(client_secret) => {
                form.extend([
                    ("client_id", config.client_id.as_str()),
                    ("client_secret", client_secret.as_str()),
                ]);
                None
            }
            None => {
                form.push(("client_id", config.client_id.as_str()));
                None
            }
        };
        let mut ask = Ask::post(&found.token, &form);
        if let Some(basic) = basic {
            ask = ask.authorization(&basic);
        }
        let answer = self.fetcher.ask(&ask).await.map_err(unavailable)?;
        let body: Value = serde_json::from_slice(&answer.bytes).unwrap_or_default();
        match answer.status {
            200 => Ok(body),
            400..=499 => {
                let why = body["error"].as_str().unwrap_or("no reason").chars().take(100).collect();
                Err(OidcFault::Refused(why))
            }
            status => Err(unavailable(format!("the token endpoint answered {status}"))),
        }
    }
}

/// Some providers write booleans as text.
pub(super) fn is_true(value: &Value) -> bool {
    value.as_bool() == Some(true) || value.as_str() == Some("true")
}
