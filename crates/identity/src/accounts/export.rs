//! A copy of one's own data: what identity keeps, and what every other context adds to it.

use async_trait::async_trait;
use bellwether_kernel::{Problem, RequestContext, id::UserId};
use bellwether_operations::security::{NewSecurityEvent, SecurityEventView, kind, note, of_person};
use bellwether_store::ServiceTx;
use bellwether_web::Caller;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::sql;
use crate::{Error, Identity};

/// What other contexts keep of people. They stand higher than identity, so it is handed in.
#[async_trait]
pub trait Keeps: Send + Sync {
    /// Everything that is kept of a person as such, by subject: no secrets, and no addresses of others.
    async fn of_person(&self, tx: &mut ServiceTx, user: UserId) -> Result<Map<String, Value>, Problem>;
}

/// A copy of one's own data.
#[derive(Serialize, ToSchema)]
pub struct Exported {
    /// Whose.
    pub user_id: UserId,
    /// When it was made.
    pub exported_at: DateTime<Utc>,
    /// By subject: person, password, picture, outside accounts, second factors, recovery codes, passkeys, sessions, known
    /// browsers, mailed links, API keys, invitations received and sent, memberships, first steps, mails, usage, what was said on
    /// leaving, preferences of notices and deliveries, ways, browsers, news, notices, morning deliveries and what was sent.
    /// Addresses of others are not among it, and what belongs to organizations isn't either.
    #[schema(value_type = Object)]
    pub data: Value,
    /// One's own security log, the latest first; at most 10,000 entries.
    pub security_events: Vec<SecurityEventView>,
}

impl Identity {
    /// What is kept about a person: all of it but password hashes, the hashes of tokens and other secrets. Needs a recent
    /// sign-in.
    pub async fn export_account(&self, caller: Caller, context: &RequestContext) -> Result<Exported, Error> {
        let mut tx = self.store.service("a person exports their data").await?;
        self.require_recent(&mut tx, caller).await?;
        let exported = self.export_of(&mut tx, caller.user).await?;
        let event = NewSecurityEvent::new(kind::ACCOUNT_EXPORTED, context).user(caller.user);
        note(&mut tx, &self.clock, &self.rng, event).await?;
        tx.commit().await?;
        Ok(exported)
    }

    /// The copy itself.
    pub async fn export_of(&self, tx: &mut ServiceTx, user: UserId) -> Result<Exported, Error> {
        let data = sql::export(tx.conn(), user).await?;
        let Some(Value::Object(mut data)) = data else { return Err(Problem::not_found("person").into()) };
        if let Some(email) = data.get("person").and_then(|person| person["email"].as_str()).map(str::to_owned)
        {
            data.insert("mails".to_owned(), bellwether_mail::sent_to(tx, &email).await?);
        }
        data.insert("usage".to_owned(), bellwether_operations::usage::of_person(tx, user).await?);
        for keeps in self.keeps.iter() {
            data.extend(keeps.of_person(tx, user).await?);
        }
        let security_events = of_person(tx, user).await?;
        let data = Value::Object(data);
        Ok(Exported { user_id: user, exported_at: self.clock.now(), data, security_events })
    }
}
