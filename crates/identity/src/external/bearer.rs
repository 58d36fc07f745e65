//! Tokens of trusted issuers in place of an API key.

use bellwether_kernel::{Kind, Problem, RequestContext, id::SessionId};
use bellwether_operations::security::{self, NewSecurityEvent, kind};
use serde_json::{Value, json};

use super::{
    JwtIssuer, Outside, Refused,
    jwt::{Expected, Key, Token},
    keys::{Fault, KeySet},
    oidc::is_true,
    person, sql,
};
use crate::{Error, Identity, secrets};

/// A configured issuer with its keys; none when it shares a secret with us.
pub(crate) struct Issuer {
    config: JwtIssuer,
    keys: Option<KeySet>,
}

impl Issuer {
    pub(crate) fn new(config: JwtIssuer, keys: Option<KeySet>) -> Self {
        Self { config, keys }
    }

    async fn check_signature(&self, token: &Token<'_>) -> Result<(), Fault> {
        match (&self.keys, &self.config.secret) {
            (Some(keys), _) => keys.check(token).await,
            (None, Some(secret)) => Ok(token.check_signature(&Key::Secret(secret.clone().into_bytes()))?),
            (None, None) => Err(Refused::Key.into()),
        }
    }
}

impl Identity {
    /// Believes a token or refuses it, on every use; the first time it also stands for a session from then on, which
    /// ends with it. The door then asks about that session as about any other, so that there is one answer to who may
    /// enter what.
    pub(crate) async fn admit_token(&self, text: &str) -> Result<(), Problem> {
        let refused = |refused: Refused, issuer: &str| {
            let reason: &str = refused.into();
            tracing::info!(reason, issuer, "a token was refused");
            // what merely grew old tells of no attack
            if !matches!(refused, Refused::Expired | Refused::NotYet | Refused::Malformed) {
                let event = NewSecurityEvent::new(kind::TOKEN_REFUSED, &RequestContext::default())
                    .detail(json!({ "issuer": issuer, "reason": reason }));
                // whoever tries in a loop is noted once an hour
                let key = format!("{issuer} {reason}");
                security::note_seldom_beside(&self.store, &self.clock, &self.rng, event, &key);
            }
            Problem::new(Kind::Unauthenticated, "token_refused", refused.to_string())
        };
        let token = Token::read(text).map_err(|why| refused(why, ""))?;
        let says = token.claims["iss"].as_str().unwrap_or_default();
        let issuer = self.config.externals.issuers.iter().find(|issuer| issuer.config.issuer == says);
        let issuer = issuer.ok_or_else(|| refused(Refused::Issuer, ""))?;
        let config = &issuer.config;
        issuer.check_signature(&token).await.map_err(|fault| match fault {
            Fault::Refused(why) => refused(why, &config.id),
            Fault::Unreachable(_) => {
                let detail = "The keys of the token's issuer can't be fetched at this moment. Try again.";
                Problem::new(Kind::Unavailable, "issuer_unavailable", detail).retry_after(30)
            }
        })?;
        let now = self.clock.now();
        let leeway = i64::try_from(config.leeway_seconds).unwrap_or(0).clamp(0, 600);
        let expected = Expected {
            issuer: &config.issuer,
            audience: &config.audience,
            parties: &config.authorized_parties,
            nonce: None,
            leeway,
            now,
        };
        let subject = token.check_claims(&expected).map_err(|why| refused(why, &config.id))?;
        let ends = token.expires_at().ok_or_else(|| refused(Refused::Expired, &config.id))?;
        self.token_session(text, config, subject, &token.claims, ends + chrono::Duration::seconds(leeway))
            .await
            .map_err(Problem::from)
    }

    async fn token_session(
        &self,
        text: &str,
        config: &JwtIssuer,
        subject: &str,
        claims: &Value,
        expires_at: bellwether_kernel::Timestamp,
    ) -> Result<(), Error> {
        let hash = secrets::token_hash(text);
        let now = self.clock.now();
        let mut asking = self.store.asking().await?;
        let known = crate::sessions::authenticate(asking.conn(), &hash, now).await?.is_some();
        asking.done();
        if known {
            return Ok(());
        }
        let claim = |name: &str| claims[name].as_str().map(str::trim).filter(|text| !text.is_empty());
        let meta = &claims["user_metadata"];
        let outside = Outside {
            provider: &config.id,
            subject,
            email: claim("email"),
            email_is_theirs: config.trust_email
                && (is_true(&claims["email_verified"]) || is_true(&meta["email_verified"])),
            name: claim("name").or_else(|| meta["full_name"].as_str()),
            sign_up: config.sign_up,
            organization: true,
        };
        let mut tx = self.store.service("an issuer's token is shown").await?;
        let user = match sql::find_owner(tx.conn(), outside.provider, subject).await? {
            Some(user) => user,
            None => person::find(self, &mut tx, &outside, &RequestContext::default()).await?,
        };
        if crate::sessions::is_suspended(tx.conn(), user).await? {
            return Err(Error::Suspended);
        }
        let id = SessionId::new(&self.clock, &self.rng);
        let new = sql::TokenSession { id, user, token_hash: &hash, provider: &config.id, now, expires_at };
        sql::insert_token_session(tx.conn(), &new).await?;
        tx.commit().await?;
        Ok(())
    }
}
