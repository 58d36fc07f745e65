//! Use cases of sessions.

use bellwether_kernel::RequestContext;
use bellwether_kernel::{
    Problem,
    id::{SessionId, UserId},
};
use bellwether_operations::security::{NewSecurityEvent, kind, note};
use bellwether_store::ServiceTx;
use bellwether_web::cookies;
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::sql;
use crate::{Error, Identity, agents, secrets};

/// A session unused for this long has ended.
pub(crate) const IDLE: Duration = Duration::days(14);
/// However much it is used, a session ends after this long.
const ABSOLUTE: Duration = Duration::days(90);

/// How long a browser is known from which somebody has signed in.
const KNOWN: Duration = Duration::days(180);

/// A session just opened or given another token. Tokens go into cookies and are kept nowhere.
pub struct NewSession {
    /// The secret.
    pub token: String,
    /// For the cookie.
    pub max_age: Duration,
    /// Makes the browser known, when it was just signed in.
    pub(crate) device: Option<String>,
}

impl NewSession {
    /// The `Set-Cookie` of the session.
    pub(crate) fn cookie(&self, identity: &Identity) -> String {
        cookies::session(&self.token, self.max_age, identity.is_secure())
    }

    /// The `Set-Cookie` that makes the browser known.
    pub(crate) fn device_cookie(&self, identity: &Identity) -> Option<String> {
        self.device.as_deref().map(|token| cookies::device(token, KNOWN, identity.is_secure()))
    }
}

/// A session as its owner sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SessionView {
    /// Id.
    pub id: SessionId,
    /// Whether it is the one that asks.
    pub current: bool,
    /// Browser and system in words, e.g. `Firefox on Windows`.
    pub device: String,
    /// The browser's own words about itself.
    pub user_agent: Option<String>,
    /// Where it was opened from.
    pub ip_address: Option<String>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_seen_at: DateTime<Utc>,
    /// When it ends if it isn't used again.
    pub expires_at: DateTime<Utc>,
}

impl Identity {
    /// Opens a session; `two_factors` when its person has shown both.
    pub(crate) async fn open_session(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
        two_factors: bool,
        context: &RequestContext,
    ) -> Result<NewSession, Error> {
        if sql::is_suspended(tx.conn(), user).await? {
            return Err(Error::Suspended);
        }
        let token = self.rng.token();
        let now = self.clock.now();
        let agent = context.user_agent.as_deref().map(|agent| agent.chars().take(400).collect::<String>());
        let new = sql::NewRow {
            id: SessionId::new(&self.clock, &self.rng),
            user,
            token_hash: &secrets::token_hash(&token),
            user_agent: agent.as_deref(),
            ip_address: context.ip_address.map(|ip| ip.to_string()),
            two_factors,
            now,
            expires_at: now + IDLE,
            expires_at_latest: now + ABSOLUTE,
        };
        sql::insert(tx.conn(), &new).await?;
        let device = self.rng.token();
        let id = bellwether_kernel::id::uuid_v7(&self.clock, &self.rng);
        sql::insert_device(tx.conn(), id, user, &secrets::token_hash(&device), now, now + KNOWN).await?;
        let event = NewSecurityEvent::new(kind::SIGN_IN_SUCCEEDED, context).user(user);
        note(tx, &self.clock, &self.rng, event).await?;
        Ok(NewSession { token, max_age: ABSOLUTE, device: Some(device) })
    }

    /// Gives a session another token, after what its old one might have been stolen for; `proved` when the person has
    /// just shown who they are.
    pub(crate) async fn rotate_session(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
        session: SessionId,
        proved: bool,
    ) -> Result<NewSession, Error> {
        let token = self.rng.token();
        let now = self.clock.now();
        let hash = secrets::token_hash(&token);
        let end = sql::rotate(tx.conn(), user, session, &hash, proved.then_some(now)).await?;
        let end = end.ok_or_else(|| Problem::not_found("session"))?;
        Ok(NewSession { token, max_age: end - now, device: None })
    }

    /// A person's live sessions, the last used first.
    pub async fn list_sessions(
        &self,
        user: UserId,
        current: Option<SessionId>,
    ) -> Result<Vec<SessionView>, Error> {
        let mut tx = self.store.service("a person lists their sessions").await?;
        let rows = sql::list(tx.conn(), user, self.clock.now()).await?;
        tx.commit().await?;
        let view = |row: SessionView| SessionView {
            current: Some(row.id) == current,
            device: agents::in_words(row.user_agent.as_deref()),
            ..row
        };
        Ok(rows.into_iter().map(view).collect())
    }

    /// Ends one of a person's sessions.
    pub async fn end_session(
        &self,
        user: UserId,
        session: SessionId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let mut tx = self.store.service("a person ends a session").await?;
        if !sql::end(tx.conn(), user, session, self.clock.now()).await? {
            return Err(Problem::not_found("session").into());
        }
        let event = NewSecurityEvent::new(kind::SESSION_ENDED, context).user(user);
        note(&mut tx, &self.clock, &self.rng, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends all of a person's sessions but the one that asks.
    pub async fn end_other_sessions(
        &self,
        user: UserId,
        current: Option<SessionId>,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let mut tx = self.store.service("a person ends their other sessions").await?;
        sql::end_all(&mut tx, user, current, self.clock.now()).await?;
        let event = NewSecurityEvent::new(kind::SESSIONS_ENDED, context).user(user);
        note(&mut tx, &self.clock, &self.rng, event).await?;
        tx.commit().await?;
        Ok(())
    }
}
