//! Use cases of people.

use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    Actor, Permissions, Problem, RequestContext, Role, Timestamp,
    id::{OrganizationId, UserId},
};
use bellwether_operations::security::{NewSecurityEvent, kind, note, note_alone};
use bellwether_store::ServiceTx;
use bellwether_web::Patch;
use chrono::Duration;
use serde_json::json;
use utoipa::ToSchema;

use super::{
    model::{self, Me, MyAgency, MyBrand, MyOrganization, UserView},
    sql,
};
use crate::{
    Error, Identity, accounts,
    factors::{FirstStep, Step},
    links,
    memberships::model::EntryRow,
    organizations,
    passwords::throttled,
    profile, secrets, sessions,
};

/// How long a one-time link can be used.
const LINK_LIFE: Duration = Duration::minutes(30);

/// A person who has just signed in, with the token for their cookie. The token is nowhere else.
pub struct SignedIn {
    /// Who and where.
    pub me: Me,
    /// The new session.
    pub session: sessions::NewSession,
}

/// Somebody new.
pub(crate) struct NewPerson<'a> {
    pub(crate) email: &'a str,
    pub(crate) name: &'a str,
    pub(crate) time_zone: &'a str,
    /// None for whoever comes in by an outside service.
    pub(crate) password_hash: Option<&'a str>,
    /// A part of the program's own demonstration.
    pub(crate) demo: bool,
}

/// What a person may change about themselves; absent fields stay.
#[derive(Debug, Clone, Default, serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateMe {
    /// Name as shown.
    #[serde(default)]
    pub name: Option<String>,
    /// BCP 47 language tag.
    #[serde(default)]
    pub locale: Option<String>,
    /// IANA time zone.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// A name of one's own: 3 to 30 of a–z, 0–9 and `_`; null gives it back.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    pub handle: Patch<String>,
    /// A few sentences about oneself, at most 500 characters.
    #[serde(default)]
    pub bio: Option<String>,
    /// Telephone number in the international form, such as `+4930123456`; null removes it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    pub phone: Patch<String>,
}

impl Identity {
    /// Inserts a person in the caller's transaction.
    pub(crate) async fn insert_person(
        &self,
        tx: &mut ServiceTx,
        new: &NewPerson<'_>,
    ) -> Result<UserId, Error> {
        let (user, now) = (UserId::new(&self.clock, &self.rng), self.clock.now());
        sql::insert_user(tx.conn(), user, new, now)
            .await
            .map_err(|error| on_constraint(error, "users_email_key", || Error::EmailTaken))?;
        if let Some(hash) = new.password_hash {
            sql::insert_credentials(tx.conn(), user, hash).await?;
        }
        Ok(user)
    }

    /// Inserts an organization, its owner and its first brand, in the caller's transaction.
    pub(crate) async fn insert_organization(
        &self,
        tx: &mut ServiceTx,
        owner: UserId,
        new: organizations::New<'_>,
        context: &RequestContext,
    ) -> Result<OrganizationId, Error> {
        let organization = OrganizationId::new(&self.clock, &self.rng);
        let slug = organizations::free_slug(tx, new.name, &self.rng).await?;
        let now = self.clock.now();
        organizations::insert(tx, organization, &slug, &new, now).await?;
        organizations::insert_membership(tx, organization, owner, Role::Owner, &self.clock, &self.rng)
            .await?;
        self.first_brand.create(tx, organization, new.name, new.time_zone).await?;
        let event = NewEvent {
            organization,
            brand: None,
            kind: "organization.created",
            subject: ("organization", organization.uuid()),
            actor: Actor::User { id: owner, agency: None },
            before: None,
            after: Some(json!({ "name": new.name, "type": new.kind.as_str(), "slug": slug })),
            data: None,
            context: context.clone(),
        };
        events::record(tx, &self.clock, &self.rng, event).await?;
        Ok(organization)
    }

    /// Checks e-mail and password and opens a session. `device` is the token of a browser that may be known.
    pub async fn sign_in(
        &self,
        email: &str,
        password: String,
        device: Option<&str>,
        context: &RequestContext,
    ) -> Result<Step, Error> {
        let (email, now) = (email.trim(), self.clock.now());
        let mut tx = self.store.service("sign in: look up").await?;
        let found = sql::find_to_sign_in(tx.conn(), email, now - accounts::UNDO).await?;
        let (user, hash) = found.map_or((None, None), |row| (Some(row.user_id), row.password_hash));
        let tries = self.count_try(&mut tx, email, user, device, context).await?;
        // the slow hash runs outside of any transaction
        tx.commit().await?;
        let tries = tries.map_err(throttled)?;
        let right =
            password.len() <= 4 * model::PASSWORD_MAX && secrets::verify_password(password, hash).await?;
        match user {
            Some(user) if right => {
                let mut tx = self.store.service("sign in").await?;
                tries.was_right(&mut tx).await?;
                let step = self.after_first_step(&mut tx, user, FirstStep::Password, context).await?;
                tx.commit().await?;
                Ok(step)
            }
            _ => {
                // the same for an address without an account: nobody sees that entry, and no time tells
                let event = NewSecurityEvent::new(kind::SIGN_IN_FAILED, context).user(user);
                let event = event.detail(json!({ "way": "password" }));
                note_alone(&self.store, &self.clock, &self.rng, event).await?;
                Err(Error::WrongCredentials)
            }
        }
    }

    /// Opens a session for somebody who has shown all that is asked for. An account that was deleted comes back by it.
    pub(crate) async fn signed_in(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
        two_factors: bool,
        context: &RequestContext,
    ) -> Result<SignedIn, Error> {
        self.restore_if_deleted(tx, user, context).await?;
        let session = self.open_session(tx, user, two_factors, context).await?;
        let me = me(tx, user, self.clock.now()).await?;
        Ok(SignedIn { me, session })
    }

    /// Makes a one-time sign-in link for the person with this address.
    pub async fn create_link(&self, email: &str) -> Result<String, Error> {
        let token = self.rng.token();
        let now = self.clock.now();
        let id = bellwether_kernel::id::uuid_v7(&self.clock, &self.rng);
        let mut tx = self.store.service("create sign-in link").await?;
        let person = sql::find_credentials(tx.conn(), email.trim())
            .await?
            .ok_or_else(|| Problem::not_found("person with this e-mail address"))?;
        sql::delete_old_links(tx.conn(), now - Duration::days(1)).await?;
        sql::insert_link(tx.conn(), id, person.user_id, &secrets::token_hash(&token), now, now + LINK_LIFE)
            .await?;
        tx.commit().await?;
        // behind the `#`, so that the token reaches no server log and no Referer
        Ok(format!("{}/sign-in/link#token={token}", self.config.public_url))
    }

    /// Exchanges a one-time link for a session.
    pub async fn use_link(&self, token: &str, context: &RequestContext) -> Result<Step, Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("use sign-in link").await?;
        let hash = secrets::token_hash(token);
        let Some(user) = sql::spend_link(tx.conn(), &hash, now, now - accounts::UNDO).await? else {
            // used, expired or of another purpose: its person may want to know; a forged one is nobody's
            if let Some(owner) = links::sql::owner(tx.conn(), &hash).await? {
                let event = NewSecurityEvent::new(kind::SIGN_IN_FAILED, context).user(owner);
                note(&mut tx, &self.clock, &self.rng, event.detail(json!({ "way": "link" }))).await?;
                tx.commit().await?;
            }
            return Err(Error::LinkSpent);
        };
        // it came by mail or from the operator: either vouches for the address
        self.verified_by_link(&mut tx, user, context).await?;
        let step = self.after_first_step(&mut tx, user, FirstStep::Link, context).await?;
        tx.commit().await?;
        Ok(step)
    }

    /// The person and everywhere they belong.
    pub async fn me(&self, user: UserId) -> Result<Me, Error> {
        let mut tx = self.store.service("a person reads where they belong").await?;
        let me = me(&mut tx, user, self.clock.now()).await?;
        tx.commit().await?;
        Ok(me)
    }

    /// Changes a person's own data.
    pub async fn update_me(&self, user: UserId, change: UpdateMe) -> Result<Me, Error> {
        let handle =
            change.handle.into_option().map(|handle| handle.as_deref().map(profile::model::tidy_handle));
        let phone = change.phone.into_option();
        let faults = [
            ("handle", handle.as_ref().and_then(|h| h.as_deref().map(profile::model::check_handle))),
            ("bio", change.bio.as_deref().map(profile::model::check_bio)),
            ("phone", phone.as_ref().and_then(|p| p.as_deref().map(profile::model::check_phone))),
            ("name", change.name.as_deref().map(|name| model::check_name(name, 200))),
            ("locale", change.locale.as_deref().map(model::check_locale)),
            ("time_zone", change.time_zone.as_deref().map(model::check_time_zone)),
        ];
        let faults = faults.into_iter().filter_map(|(path, check)| Some((path, check?.err()?)));
        model::located(faults.collect())?;
        let mut tx = self.store.service("a person changes their own data").await?;
        let name = change.name.as_deref().map(str::trim);
        let (locale, zone) = (change.locale.as_deref(), change.time_zone.as_deref());
        if !sql::update_user(tx.conn(), user, name, locale, zone).await? {
            return Err(Problem::not_found("person").into());
        }
        let more = profile::Change {
            handle: handle.as_ref().map(|handle| handle.as_deref()),
            bio: change.bio.as_deref(),
            phone: phone.as_ref().map(|phone| phone.as_deref()),
        };
        profile::update(tx.conn(), user, &more).await.map_err(|error| {
            on_constraint(error, "users_handle_key", || {
                let message = "Somebody else has this handle. Choose another one.";
                Problem::invalid("handle", "taken", message).into()
            })
        })?;
        let me = me(&mut tx, user, self.clock.now()).await?;
        tx.commit().await?;
        Ok(me)
    }

    /// Whether somebody with this address exists.
    pub async fn find_user(&self, email: &str) -> Result<Option<UserId>, Error> {
        let mut tx = self.store.service("look up a person by address").await?;
        let found = sql::find_credentials(tx.conn(), email).await?;
        tx.commit().await?;
        Ok(found.map(|row| row.user_id))
    }

    /// Whether a person runs the installation.
    pub async fn is_operator(&self, user: UserId) -> Result<bool, Error> {
        let mut tx = self.store.service("does a person run the installation").await?;
        let is = sql::is_operator(tx.conn(), user).await?;
        tx.commit().await?;
        Ok(is)
    }

    /// Lets a person run the installation, or not any more. For the command line and the demo only.
    pub async fn set_operator(&self, email: &str, operator: bool) -> Result<(), Error> {
        let mut tx = self.store.service("operator names an operator").await?;
        let person = sql::find_credentials(tx.conn(), email.trim())
            .await?
            .ok_or_else(|| Problem::not_found("person with this e-mail address"))?;
        sql::set_operator(tx.conn(), person.user_id, operator).await?;
        let what = if operator { kind::OPERATOR_GRANTED } else { kind::OPERATOR_REVOKED };
        self.note(&mut tx, what, person.user_id, &RequestContext::default()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Sets a person's password, for operators.
    pub async fn set_password(&self, email: &str, password: String) -> Result<(), Error> {
        self.check_password("password", &password, email).await?;
        let hash = secrets::hash_password(password, &self.rng).await?;
        let mut tx = self.store.service("operator sets a password").await?;
        let person = sql::find_credentials(tx.conn(), email.trim())
            .await?
            .ok_or_else(|| Problem::not_found("person with this e-mail address"))?;
        let (to, context) = (email.trim().to_owned(), RequestContext::default());
        self.put_password(&mut tx, person.user_id, to, &hash, None, &context).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Maps the violation of one named constraint; anything else stays what it is.
pub(crate) fn on_constraint(error: sqlx::Error, name: &str, mapped: impl FnOnce() -> Error) -> Error {
    let error = bellwether_store::Error::from(error);
    if error.constraint() == Some(name) { mapped() } else { error.into() }
}

/// A person who is there.
pub(crate) async fn get_user(tx: &mut ServiceTx, user: UserId) -> Result<Option<UserView>, Error> {
    Ok(sql::get_user(tx.conn(), user).await?)
}

pub(crate) async fn me(tx: &mut ServiceTx, user: UserId, now: Timestamp) -> Result<Me, Error> {
    let person: UserView =
        sql::get_user(tx.conn(), user).await?.ok_or_else(|| Problem::not_found("person"))?;
    let rows = sql::list_places(tx.conn(), &[user.uuid()], now).await?;
    Ok(Me { user: person, organizations: places(user, rows)? })
}

/// Where many people belong, in one look; who belongs nowhere is left out.
pub(super) async fn places_of(
    tx: &mut ServiceTx,
    users: &[uuid::Uuid],
    now: Timestamp,
) -> Result<Vec<(UserId, Vec<MyOrganization>)>, Error> {
    let mut rows = sql::list_places(tx.conn(), users, now).await?.into_iter().peekable();
    let mut found = Vec::new();
    while let Some(user) = rows.peek().map(|row| row.user) {
        let mut own = Vec::new();
        while let Some(row) = rows.next_if(|row| row.user == user) {
            own.push(row);
        }
        found.push((user, places(user, own)?));
    }
    Ok(found)
}

/// One organization of several rows.
fn places(user: UserId, rows: Vec<sql::PlaceRow>) -> Result<Vec<MyOrganization>, Error> {
    let mut organizations: Vec<MyOrganization> = Vec::new();
    // what the door would find: at the organization, and added to that at each brand
    let mut entries: Vec<EntryRow> = Vec::new();
    let mut at_brands: Vec<(usize, usize, EntryRow)> = Vec::new();
    for row in rows {
        let role = Role::parse(&row.role).unwrap_or(Role::Member);
        let at = organizations.iter().position(|known| known.id == row.organization_id);
        let at = at.unwrap_or_else(|| {
            organizations.push(MyOrganization {
                id: row.organization_id,
                slug: row.organization_slug,
                name: row.organization_name,
                r#type: row.organization_type,
                logo_url: row.logo,
                role,
                permissions: Vec::new(),
                agency: row.agency_id.zip(row.agency_name).map(|(id, name)| MyAgency { id, name }),
                former_slugs: row.former_slugs,
                demo: row.demo,
                brands: Vec::new(),
            });
            entries.push(EntryRow {
                organization: Some(row.organization_id),
                agency: row.agency_id,
                agency_permissions: row.agency_permissions,
                // an agency may be let in for one brand; in the organization's own rooms it may less
                brands: row.agency_id.and(row.only).map(|only| vec![only]),
                ..EntryRow::default()
            });
            organizations.len() - 1
        });
        let (Some(organization), Some(entry)) = (organizations.get_mut(at), entries.get_mut(at)) else {
            continue;
        };
        organization.role = organization.role.max(role);
        let mut at_brand = EntryRow::default();
        if row.whole {
            (entry.organization_role, entry.added, entry.removed) =
                (Some(row.role), Some(row.added), Some(row.removed));
        } else {
            if entry.organization_role.is_none() {
                entry.removed.get_or_insert_default().extend(row.removed.iter().cloned());
            }
            (at_brand.brand_role, at_brand.brand_added, at_brand.brand_removed) =
                (Some(row.role), Some(row.added), Some(row.removed));
        }
        let (Some(id), Some(slug), Some(name)) = (row.brand_id, row.brand_slug, row.brand_name) else {
            continue;
        };
        let index = organization.brands.iter().position(|brand| brand.id == id).unwrap_or_else(|| {
            let (former_slugs, permissions) = (row.brand_former_slugs, Vec::new());
            organization.brands.push(MyBrand { former_slugs, id, slug, name, permissions });
            organization.brands.len() - 1
        });
        at_brand.brand = Some(id);
        at_brands.push((at, index, at_brand));
    }
    for (organization, entry) in organizations.iter_mut().zip(&entries) {
        if let Some(access) = entry.access(user)? {
            organization.permissions = access.permissions.iter().collect();
            if access.agency.is_some() {
                organization.role = access.role;
            }
        }
    }
    for (at, index, at_brand) in at_brands {
        let (Some(organization), Some(entry)) = (organizations.get_mut(at), entries.get(at)) else {
            continue;
        };
        let Some(brand) = organization.brands.get_mut(index) else { continue };
        let entry = EntryRow {
            brand: at_brand.brand,
            brand_role: at_brand.brand_role,
            brand_added: at_brand.brand_added,
            brand_removed: at_brand.brand_removed,
            ..entry.clone()
        };
        if let Some(access) = entry.access(user)? {
            // of two memberships, one of them in this brand alone, both count
            let known: Permissions = brand.permissions.iter().copied().collect();
            brand.permissions = known.with(access.permissions).iter().collect();
        }
    }
    Ok(organizations)
}
