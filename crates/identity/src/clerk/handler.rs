//! What Clerk tells becomes ours. Every step may come twice and in any order.

use async_trait::async_trait;
use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    Actor, RequestContext, Role, Timestamp,
    id::{OrganizationId, UserId, uuid_v7},
    text,
};
use bellwether_operations::{
    inbox::{Handler, HandlerError, InboxEvent, Outcome},
    security::{self, NewSecurityEvent, SecurityKind, kind},
};
use bellwether_store::ServiceTx;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    PROVIDER,
    payload::{self, Deleted, Envelope, Membership, Organization, User},
    sql,
};
use crate::{
    Error, Identity, accounts, external, links, organizations,
    people::model::{OrganizationType, check_email, check_name},
    sessions,
};

/// Works on Clerk's webhooks.
pub struct ClerkHandler(pub Identity);

type Handled = Result<Outcome, HandlerError>;

/// Problems of ours (an address that is taken, an account to be linked first) are an operator's to mend; the database's
/// pass.
fn fault(error: impl Into<Error>) -> HandlerError {
    match error.into() {
        Error::Store(error) => HandlerError::Later(error.to_string()),
        other => HandlerError::Failed(other.to_string()),
    }
}

fn read<T: DeserializeOwned>(payload: &Value) -> Result<T, HandlerError> {
    serde_json::from_value::<Envelope<T>>(payload.clone())
        .map(|envelope| envelope.data)
        .map_err(|error| HandlerError::Failed(format!("not as Clerk describes it: {error}")))
}

#[expect(clippy::unnecessary_wraps, reason = "every branch of the handler answers so")]
fn ignored(why: &str) -> Handled {
    Ok(Outcome::Ignored(why.to_owned()))
}

#[async_trait]
impl Handler for ClerkHandler {
    fn source(&self) -> &'static str {
        PROVIDER
    }

    fn about(&self, event: &InboxEvent) -> Option<(String, Timestamp)> {
        Some((payload::subject(&event.event_type, &event.payload)?, payload::said_at(&event.payload)?))
    }

    async fn handle(&self, tx: &mut ServiceTx, event: &InboxEvent) -> Handled {
        let payload = &event.payload;
        match event.event_type.as_str() {
            "user.created" | "user.updated" => self.user(tx, &read(payload)?).await,
            "user.deleted" => self.user_deleted(tx, &read(payload)?).await,
            "organization.created" => self.organization_created(tx, &read(payload)?).await,
            "organization.updated" => self.organization_updated(tx, &read(payload)?).await,
            "organization.deleted" => self.organization_deleted(tx, &read(payload)?).await,
            "organizationMembership.created" | "organizationMembership.updated" => {
                self.membership(tx, &read(payload)?).await
            }
            "organizationMembership.deleted" => self.membership_deleted(tx, &read(payload)?).await,
            other => ignored(&format!("{other} changes nothing here")),
        }
    }
}

impl ClerkHandler {
    async fn user(&self, tx: &mut ServiceTx, user: &User) -> Handled {
        let identity = &self.0;
        let (email, verified) =
            user.email().map_or((None, false), |(email, verified)| (Some(email), verified));
        let name = user.name();
        let now = identity.clock.now();
        let known = external::owner_of(tx, PROVIDER, &user.id).await.map_err(fault)?;
        if known.as_ref().is_some_and(|known| known.deleted) {
            return ignored("the account was deleted");
        }
        let Some(known) = known else {
            let outside = external::Outside {
                provider: PROVIDER,
                subject: &user.id,
                email,
                email_is_theirs: verified,
                name: name.as_deref(),
                sign_up: true,
                organization: identity.config.clerk.personal_organizations,
            };
            external::find_person(identity, tx, &outside, &RequestContext::default()).await.map_err(fault)?;
            return Ok(Outcome::Processed);
        };
        let email = email.filter(|email| verified && check_email(email).is_ok());
        if let Some(email) = email
            && sql::has_email(tx.conn(), email, known.user).await.map_err(fault)?
        {
            let why = "another account here has the new e-mail address; change one of them, then replay this";
            return Err(HandlerError::Failed(why.to_owned()));
        }
        let person = links::sql::get_person(tx.conn(), known.user).await.map_err(fault)?;
        let person = person.ok_or_else(|| HandlerError::Later("the account is not there".to_owned()))?;
        sql::update_user(tx.conn(), known.user, name.as_deref()).await.map_err(fault)?;
        if let Some(email) = email {
            if email.eq_ignore_ascii_case(&person.email) {
                links::sql::set_verified(tx.conn(), known.user, now).await.map_err(fault)?;
            } else {
                // whoever may change it at Clerk need not be who has had the account: the address before is told
                let context = RequestContext::default();
                let change = identity.change_email(tx, known.user, &person.email, email, None, &context);
                change.await.map_err(fault)?;
            }
        }
        Ok(Outcome::Processed)
    }

    async fn user_deleted(&self, tx: &mut ServiceTx, deleted: &Deleted) -> Handled {
        let identity = &self.0;
        let known = external::owner_of(tx, PROVIDER, &deleted.id).await.map_err(fault)?;
        let Some(known) = known.filter(|known| !known.deleted) else { return ignored("nobody here") };
        let owned = accounts::sql::only_owner_of(tx.conn(), known.user).await.map_err(fault)?;
        let shared: Vec<&str> =
            owned.iter().filter(|owned| owned.others).map(|owned| owned.name.as_str()).collect();
        if !shared.is_empty() {
            return Err(HandlerError::Failed(format!(
                "the person alone owns {}; give it to somebody else, then replay this",
                shared.join(", ")
            )));
        }
        let now = identity.clock.now();
        // as when somebody deletes their account here: an organization goes with its only member
        let alone: Vec<OrganizationId> = owned.iter().map(|owned| owned.id).collect();
        accounts::sql::delete_organizations(tx.conn(), &alone, now).await.map_err(fault)?;
        for id in alone {
            self.record(tx, id, "organization.deleted", ("organization", id.uuid()), (None, None)).await?;
        }
        sql::delete_user(tx.conn(), known.user, now).await.map_err(fault)?;
        sessions::end_all(tx, known.user, None, now).await.map_err(fault)?;
        self.note(tx, kind::ACCOUNT_DELETED, Some(known.user), None).await?;
        Ok(Outcome::Processed)
    }

    async fn organization_created(&self, tx: &mut ServiceTx, created: &Organization) -> Handled {
        let identity = &self.0;
        if external::organization_of(tx.conn(), PROVIDER, &created.id).await.map_err(fault)?.is_some() {
            return ignored("known already");
        }
        let name = text::one_line(&created.name);
        check_name(&name, 120).map_err(|fault| HandlerError::Failed(fault.1))?;
        let owner = created.created_by.as_deref().unwrap_or_default();
        let owner = self.person(tx, owner).await?;
        let new = organizations::New {
            name: &name,
            kind: OrganizationType::Business,
            time_zone: "UTC",
            demo: false,
        };
        let context = RequestContext::default();
        let id = identity.insert_organization(tx, owner, new, &context).await.map_err(fault)?;
        let row = uuid_v7(&identity.clock, &identity.rng);
        external::organization_subject(tx.conn(), id, row, PROVIDER, &created.id, identity.clock.now())
            .await
            .map_err(fault)?;
        Ok(Outcome::Processed)
    }

    async fn organization_updated(&self, tx: &mut ServiceTx, updated: &Organization) -> Handled {
        let id = self.organization(tx, &updated.id).await?;
        let name = text::one_line(&updated.name);
        check_name(&name, 120).map_err(|fault| HandlerError::Failed(fault.1))?;
        let old = sql::rename_organization(tx.conn(), id, &name).await.map_err(fault)?;
        let Some(old) = old else { return ignored("nothing has changed") };
        let change = (Some(json!({ "name": old })), Some(json!({ "name": name })));
        self.record(tx, id, "organization.updated", ("organization", id.uuid()), change).await?;
        Ok(Outcome::Processed)
    }

    async fn organization_deleted(&self, tx: &mut ServiceTx, deleted: &Deleted) -> Handled {
        let found = external::organization_of(tx.conn(), PROVIDER, &deleted.id).await.map_err(fault)?;
        let Some(id) = found else { return ignored("not here") };
        if !sql::delete_organization(tx.conn(), id, self.0.clock.now()).await.map_err(fault)? {
            return ignored("deleted already");
        }
        self.record(tx, id, "organization.deleted", ("organization", id.uuid()), (None, None)).await?;
        self.note(tx, kind::ORGANIZATION_DELETED, None, Some(id)).await?;
        Ok(Outcome::Processed)
    }

    async fn membership(&self, tx: &mut ServiceTx, membership: &Membership) -> Handled {
        let identity = &self.0;
        let organization = self.organization(tx, &membership.organization.id).await?;
        let user = self.person(tx, &membership.public_user_data.user_id).await?;
        let role = role_of(&membership.role);
        match sql::lock_membership(tx.conn(), organization, user).await.map_err(fault)? {
            // Clerk has no owners: who owns the organization is settled here
            Some(row) if row.role == Role::Owner.as_str() => ignored("the owner stays the owner"),
            Some(row) if row.role == role.as_str() => ignored("nothing has changed"),
            Some(row) => {
                sql::set_role(tx.conn(), organization, row.id, role.as_str()).await.map_err(fault)?;
                let change = (Some(json!({ "role": row.role })), Some(json!({ "role": role })));
                self.record(tx, organization, "membership.changed", ("user", user.uuid()), change).await?;
                self.note(tx, kind::PERMISSION_CHANGED, Some(user), Some(organization)).await?;
                Ok(Outcome::Processed)
            }
            None => {
                let (clock, rng) = (&identity.clock, &identity.rng);
                organizations::insert_membership(tx, organization, user, role, clock, rng)
                    .await
                    .map_err(fault)?;
                let change = (None, Some(json!({ "role": role })));
                self.record(tx, organization, "membership.added", ("user", user.uuid()), change).await?;
                self.note(tx, kind::MEMBER_JOINED, Some(user), Some(organization)).await?;
                Ok(Outcome::Processed)
            }
        }
    }

    async fn membership_deleted(&self, tx: &mut ServiceTx, membership: &Membership) -> Handled {
        let subject = &membership.organization.id;
        let organization = external::organization_of(tx.conn(), PROVIDER, subject).await.map_err(fault)?;
        let known =
            external::owner_of(tx, PROVIDER, &membership.public_user_data.user_id).await.map_err(fault)?;
        let (Some(organization), Some(known)) = (organization, known) else { return ignored("not here") };
        let row = sql::lock_membership(tx.conn(), organization, known.user).await.map_err(fault)?;
        if row.is_some_and(|row| row.role == Role::Owner.as_str())
            && !sql::has_other_owner(tx.conn(), organization, known.user).await.map_err(fault)?
        {
            let why = "the last owner can't leave; make somebody else an owner, then replay this";
            return Err(HandlerError::Failed(why.to_owned()));
        }
        if !sql::leave(tx.conn(), organization, known.user).await.map_err(fault)? {
            return ignored("no member");
        }
        self.record(tx, organization, "membership.removed", ("user", known.user.uuid()), (None, None))
            .await?;
        self.note(tx, kind::MEMBER_REMOVED, Some(known.user), Some(organization)).await?;
        Ok(Outcome::Processed)
    }

    /// The person whom Clerk means; the event that tells of them may still be on its way.
    async fn person(&self, tx: &mut ServiceTx, subject: &str) -> Result<UserId, HandlerError> {
        match external::owner_of(tx, PROVIDER, subject).await.map_err(fault)? {
            Some(known) if !known.deleted => Ok(known.user),
            Some(_) => Err(HandlerError::Failed(format!("the account of {subject} was deleted"))),
            None => Err(HandlerError::Later(format!("nobody here is {subject} yet"))),
        }
    }

    async fn organization(&self, tx: &mut ServiceTx, subject: &str) -> Result<OrganizationId, HandlerError> {
        let found = external::organization_of(tx.conn(), PROVIDER, subject).await.map_err(fault)?;
        found.ok_or_else(|| HandlerError::Later(format!("no organization here is {subject} yet")))
    }

    async fn record(
        &self,
        tx: &mut ServiceTx,
        organization: OrganizationId,
        kind: &'static str,
        subject: (&'static str, uuid::Uuid),
        (before, after): (Option<Value>, Option<Value>),
    ) -> Result<(), HandlerError> {
        let event = NewEvent {
            organization,
            brand: None,
            kind,
            subject,
            actor: Actor::System { reason: "told by Clerk".to_owned() },
            before,
            after,
            data: None,
            context: RequestContext::default(),
        };
        events::record(tx, &self.0.clock, &self.0.rng, event).await.map_err(fault)?;
        Ok(())
    }

    async fn note(
        &self,
        tx: &mut ServiceTx,
        kind: SecurityKind,
        user: Option<UserId>,
        organization: Option<OrganizationId>,
    ) -> Result<(), HandlerError> {
        let event = NewSecurityEvent::new(kind, &RequestContext::default())
            .user(user)
            .organization(organization)
            .detail(json!({ "by": "clerk" }));
        security::note(tx, &self.0.clock, &self.0.rng, event).await.map_err(fault)?;
        Ok(())
    }
}

/// Clerk's roles by their usual names; one of the customer's own is a member's.
fn role_of(name: &str) -> Role {
    match name.strip_prefix("org:").unwrap_or(name) {
        "admin" | "owner" => Role::Admin,
        "manager" => Role::Manager,
        _ => Role::Member,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clerks_roles_become_ours() {
        for (name, role) in [
            ("org:admin", Role::Admin),
            ("admin", Role::Admin),
            ("org:manager", Role::Manager),
            ("org:member", Role::Member),
            ("basic_member", Role::Member),
            ("org:billing", Role::Member),
        ] {
            assert_eq!(role_of(name), role, "{name}");
        }
    }
}
