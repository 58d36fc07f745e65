//! Use cases of sessions.

use bellwether_kernel::RequestContext;
use bellwether_kernel::{
    Problem,
    id::{SessionId, UserId},
};
use bellwether_store::ServiceTx;
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::sql;
use crate::{Error, Identity, secrets};

/// A session unused for this long has ended.
pub(crate) const IDLE: Duration = Duration::days(14);
/// However much it is used, a session ends after this long.
const ABSOLUTE: Duration = Duration::days(90);

/// A session just opened. The token goes into the cookie and is kept nowhere.
pub struct NewSession {
    /// The secret.
    pub token: String,
    /// For the cookie.
    pub max_age: Duration,
}

/// A session as its owner sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SessionView {
    /// Id.
    pub id: SessionId,
    /// Whether it is the one that asks.
    pub current: bool,
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
    pub(crate) async fn open_session(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
        context: &RequestContext,
    ) -> Result<NewSession, Error> {
        let token = self.rng.token();
        let now = self.clock.now();
        let agent = context.user_agent.as_deref().map(|agent| agent.chars().take(400).collect::<String>());
        let new = sql::NewRow {
            id: SessionId::new(&self.clock, &self.rng),
            user,
            token_hash: &secrets::token_hash(&token),
            user_agent: agent.as_deref(),
            ip_address: context.ip_address.map(|ip| ip.to_string()),
            now,
            expires_at: now + IDLE,
            expires_at_latest: now + ABSOLUTE,
        };
        sql::insert(tx.conn(), &new).await?;
        Ok(NewSession { token, max_age: ABSOLUTE })
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
        Ok(rows.into_iter().map(|row| SessionView { current: Some(row.id) == current, ..row }).collect())
    }

    /// Ends one of a person's sessions.
    pub async fn end_session(&self, user: UserId, session: SessionId) -> Result<(), Error> {
        let mut tx = self.store.service("a person ends a session").await?;
        if !sql::end(tx.conn(), user, session, self.clock.now()).await? {
            return Err(Problem::not_found("session").into());
        }
        tx.commit().await?;
        Ok(())
    }

    /// Ends all of a person's sessions but the one that asks.
    pub async fn end_other_sessions(&self, user: UserId, current: Option<SessionId>) -> Result<(), Error> {
        let mut tx = self.store.service("a person ends their other sessions").await?;
        sql::end_all(&mut tx, user, current, self.clock.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}
