//! An issuer's published keys: fetched when first needed, again when they are old or a token names one that isn't there.

use std::sync::{Arc, PoisonError, RwLock};

use bellwether_ingest::{Ask, Fetcher};
use bellwether_kernel::{Clock, Timestamp};
use chrono::Duration;
use jsonwebtoken::jwk::Jwk;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use super::jwt::{Key, Refused, Token};

/// Keys are asked for anew after this long: an issuer takes back what was stolen from it.
const FRESH: Duration = Duration::hours(1);
/// When the issuer can't be reached, its last keys hold this long.
const STALE: Duration = Duration::hours(24);
/// Made-up key ids don't make us ask more often than this.
const PAUSE: Duration = Duration::seconds(30);
/// More keys than any issuer has.
const MOST: usize = 100;

/// The keys of one address. One request at a time asks for them, the others wait for its answer.
pub(crate) struct KeySet {
    url: Url,
    fetcher: Fetcher,
    clock: Clock,
    known: RwLock<Option<Known>>,
    asking: Mutex<Option<Timestamp>>,
}

#[derive(Clone)]
struct Known {
    keys: Arc<Vec<Jwk>>,
    at: Timestamp,
}

/// Why a token could not be held to its issuer's keys.
pub(crate) enum Fault {
    Refused(Refused),
    /// The keys could not be had.
    Unreachable(String),
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl KeySet {
    pub(crate) fn new(url: Url, fetcher: Fetcher, clock: Clock) -> Self {
        Self { url, fetcher, clock, known: RwLock::new(None), asking: Mutex::new(None) }
    }

    /// Holds a token's signature to the issuer's keys. Never inside a transaction: it may have to ask for them.
    pub(crate) async fn check(&self, token: &Token<'_>) -> Result<(), Fault> {
        let now = self.clock.now();
        if let Some(known) = self.known()
            && now - known.at < FRESH
            && let Some(outcome) = with(&known.keys, token)
        {
            return Ok(outcome?);
        }
        let known = self.refreshed(now).await?;
        with(&known.keys, token).unwrap_or(Err(Refused::Key)).map_err(Fault::Refused)
    }

    fn known(&self) -> Option<Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn refreshed(&self, now: Timestamp) -> Result<Known, Fault> {
        let mut asked = self.asking.lock().await;
        if let Some(last) = *asked
            && now - last < PAUSE
        {
            // somebody has just asked; whatever came of it is what there is
            return self.known().filter(|known| now - known.at < STALE).ok_or_else(|| {
                Fault::Unreachable("the issuer's keys could not be fetched a moment ago".to_owned())
            });
        }
        *asked = Some(now);
        match self.fetch().await {
            Ok(keys) => {
                let known = Known { keys: Arc::new(keys), at: now };
                *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(known.clone());
                Ok(known)
            }
            Err(error) => {
                tracing::warn!(url = %self.url, error, "an issuer's keys could not be fetched");
                self.known().filter(|known| now - known.at < STALE).ok_or(Fault::Unreachable(error))
            }
        }
    }

    async fn fetch(&self) -> Result<Vec<Jwk>, String> {
        let answer =
            self.fetcher.ask(&Ask::get(self.url.as_str())).await.map_err(|error| error.to_string())?;
        if answer.status != 200 {
            return Err(format!("status {}", answer.status));
        }
        let document: Value = serde_json::from_slice(&answer.bytes).map_err(|error| error.to_string())?;
        let keys = document["keys"].as_array().ok_or("no member `keys`")?;
        // a key of a kind that we don't know is no reason to drop the others
        Ok(keys.iter().take(MOST).filter_map(|key| serde_json::from_value(key.clone()).ok()).collect())
    }
}

/// What the keys say of a token; none when none of them is meant.
fn with(keys: &[Jwk], token: &Token<'_>) -> Option<Result<(), Refused>> {
    let check = |key: &Jwk| token.check_signature(&Key::Public(Box::new(key.clone())));
    if let Some(id) = &token.key_id {
        return keys.iter().find(|key| key.common.key_id.as_ref() == Some(id)).map(check);
    }
    // without a name it is the one that fits
    let outcomes: Vec<_> = keys.iter().map(check).collect();
    if outcomes.iter().any(Result::is_ok) { Some(Ok(())) } else { outcomes.into_iter().next_back() }
}
