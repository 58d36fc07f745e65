//! Deleting, bringing back, erasing.

use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    Actor, Kind, Problem, RequestContext,
    id::{OrganizationId, UserId},
};
use bellwether_mail::Template;
use bellwether_operations::security::{NewSecurityEvent, kind, note};
use bellwether_store::ServiceTx;
use bellwether_web::Caller;
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::sql;
use crate::{
    Error, Identity,
    links::{self, Purpose},
    secrets, sessions,
};

/// How long a deleted account can be brought back.
pub(crate) const UNDO: Duration = Duration::days(14);

/// An account that was deleted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Deleted {
    /// Until when it can be brought back, by the mailed link or by signing in.
    pub until: DateTime<Utc>,
}

impl Identity {
    /// Deletes a person's account. Organizations that only they belong to go with it; those that others belong to need
    /// another owner first.
    pub async fn delete_account(&self, caller: Caller, context: &RequestContext) -> Result<Deleted, Error> {
        let (user, now) = (caller.user, self.clock.now());
        let mut tx = self.store.service("a person deletes their account").await?;
        self.require_recent(&mut tx, caller).await?;
        let email = sql::email(tx.conn(), user).await?.ok_or_else(|| Problem::not_found("person"))?;
        let owned = sql::only_owner_of(tx.conn(), user).await?;
        let shared: Vec<&str> =
            owned.iter().filter(|owned| owned.others).map(|owned| owned.name.as_str()).collect();
        if !shared.is_empty() {
            let detail = format!(
                "You are the only owner of {}. Make somebody else an owner, or delete it, before you go.",
                shared.join(", ")
            );
            return Err(Problem::new(Kind::Conflict, "last_owner", detail).into());
        }
        let alone: Vec<OrganizationId> = owned.iter().map(|owned| owned.id).collect();
        sql::delete_organizations(tx.conn(), &alone, now).await?;
        self.tell(&mut tx, user, &alone, "organization.deleted", context).await?;
        sql::set_deleted(tx.conn(), user, now).await?;
        sessions::end_all(&mut tx, user, None, now).await?;
        let mailed = [Purpose::SignIn, Purpose::ResetPassword, Purpose::VerifyEmail, Purpose::ChangeEmail];
        links::sql::delete_of(tx.conn(), user, &mailed).await?;
        let (link, until) = self.make_link(&mut tx, user, Purpose::UndoDeletion, None).await?;
        let day = until.format("%-d %B %Y").to_string();
        self.queue_mail(&mut tx, email, Template::AccountDeleted { until: day, link }, Some(until)).await?;
        let event = NewSecurityEvent::new(kind::ACCOUNT_DELETED, context).user(user);
        note(&mut tx, &self.clock, &self.rng, event).await?;
        tx.commit().await?;
        Ok(Deleted { until })
    }

    /// Brings an account back by the mailed link. Signs nobody in.
    pub async fn restore_account(&self, token: &str, context: &RequestContext) -> Result<(), Error> {
        let mut tx = self.store.service("bring an account back").await?;
        let hash = secrets::token_hash(token);
        let spent = links::sql::spend(tx.conn(), &hash, &[Purpose::UndoDeletion], self.clock.now()).await?;
        let spent = spent.ok_or(Error::LinkSpent)?;
        if !self.restore_if_deleted(&mut tx, spent.user, context).await? {
            return Err(Error::LinkSpent);
        }
        tx.commit().await?;
        Ok(())
    }

    /// Brings an account back with the organizations that went with it, if it is deleted and still can be; whoever can
    /// sign in may.
    pub(crate) async fn restore_if_deleted(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
        context: &RequestContext,
    ) -> Result<bool, Error> {
        let Some(gone_at) = sql::restore(tx.conn(), user, self.clock.now() - UNDO).await? else {
            return Ok(false);
        };
        let back = sql::restore_organizations(tx.conn(), user, gone_at).await?;
        self.tell(tx, user, &back, "organization.restored", context).await?;
        links::sql::delete_of(tx.conn(), user, &[Purpose::UndoDeletion]).await?;
        let event = NewSecurityEvent::new(kind::ACCOUNT_RESTORED, context).user(user);
        note(tx, &self.clock, &self.rng, event).await?;
        Ok(true)
    }

    async fn tell(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
        organizations: &[OrganizationId],
        kind: &'static str,
        context: &RequestContext,
    ) -> Result<(), Error> {
        for organization in organizations {
            let event = NewEvent {
                organization: *organization,
                brand: None,
                kind,
                subject: ("organization", organization.uuid()),
                actor: Actor::User { id: user, agency: None },
                before: None,
                after: None,
                data: Some(json!({ "with": "account" })),
                context: context.clone(),
            };
            events::record(tx, &self.clock, &self.rng, event).await?;
        }
        Ok(())
    }

    /// Erases the accounts whose time is over; gives how many. Each in a transaction of its own: one that can't be
    /// erased is logged and keeps none of the others.
    pub async fn erase_accounts(&self) -> Result<u64, Error> {
        let before = self.clock.now() - UNDO;
        let mut tx = self.store.service("find accounts to erase").await?;
        let users = sql::expired(tx.conn(), before).await?;
        tx.commit().await?;
        let mut erased = 0;
        for user in users {
            match self.erase_account(user, before).await {
                Ok(gone) => erased += u64::from(gone),
                Err(error) => tracing::error!(%user, %error, "an account could not be erased"),
            }
        }
        Ok(erased)
    }

    /// Whether there was anything to erase: the account may have been brought back or erased in the meantime.
    async fn erase_account(&self, user: UserId, before: DateTime<Utc>) -> Result<bool, Error> {
        let mut tx = self.store.service("erase an account").await?;
        sql::erase_enquiries(tx.conn(), user).await?;
        // without a commit nothing of it happened
        let Some(email) = sql::erase(tx.conn(), user, before).await? else { return Ok(false) };
        bellwether_mail::forget(&mut tx, &email).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Locks a person's row, for what must be decided about an account one at a time.
pub(crate) async fn lock(tx: &mut ServiceTx, user: UserId) -> Result<(), Error> {
    sql::email(tx.conn(), user).await?;
    Ok(())
}
