//! A copy of one's own data.

use bellwether_kernel::{Problem, RequestContext, id::UserId};
use bellwether_operations::security::{NewSecurityEvent, SecurityEventView, kind, note, of_person};
use bellwether_web::Caller;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::sql;
use crate::{Error, Identity};

/// A copy of one's own data.
#[derive(Serialize, ToSchema)]
pub struct Exported {
    /// Whose.
    pub user_id: UserId,
    /// When it was made.
    pub exported_at: DateTime<Utc>,
    /// By subject: person, password, picture, outside accounts, second factors, recovery codes, passkeys, sessions, known
    /// browsers, mailed links, API keys, invitations received and sent, memberships. Addresses of others are not among it.
    #[schema(value_type = Object)]
    pub data: Value,
    /// One's own security log, the latest first; at most 10,000 entries.
    pub security_events: Vec<SecurityEventView>,
}

impl Identity {
    /// What identity keeps about a person: all of it but password hashes and the hashes of tokens. Needs a recent
    /// sign-in.
    pub async fn export_account(&self, caller: Caller, context: &RequestContext) -> Result<Exported, Error> {
        let mut tx = self.store.service("a person exports their data").await?;
        self.require_recent(&mut tx, caller).await?;
        let data = sql::export(tx.conn(), caller.user).await?.ok_or_else(|| Problem::not_found("person"))?;
        let security_events = of_person(&mut tx, caller.user).await?;
        let event = NewSecurityEvent::new(kind::ACCOUNT_EXPORTED, context).user(caller.user);
        note(&mut tx, &self.clock, &self.rng, event).await?;
        tx.commit().await?;
        Ok(Exported { user_id: caller.user, exported_at: self.clock.now(), data, security_events })
    }
}
