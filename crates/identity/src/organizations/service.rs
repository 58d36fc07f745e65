//! Use cases of organizations.

use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    Access, Actor, Clock, Kind, Permission, Problem, RequestContext, Rng, Role, Timestamp,
    id::{MembershipId, OrganizationId, UserId},
};
use bellwether_mail::{NewMail, Template};
use bellwether_operations::security::{self, NewSecurityEvent};
use bellwether_store::{ServiceTx, TenantTx, Tx};
use bellwether_web::{Caller, Patch};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{slug::check_organization_slug, sql};
use crate::{
    Error, Identity,
    logos::LogoUrl,
    memberships::in_person,
    people::model::{Fault, OrganizationType, check_locale, check_name, check_time_zone, located},
};

/// A deleted organization can be brought back for this long; then it is gone with everything that is its.
pub const UNDO: Duration = Duration::days(14);

/// An organization to be made.
pub struct New<'a> {
    /// Its name; the first brand has the same.
    pub name: &'a str,
    /// What kind.
    pub kind: OrganizationType,
    /// Its zone and the first brand's.
    pub time_zone: &'a str,
    /// Whether it is the program's own demonstration.
    pub demo: bool,
}

/// What making an organization takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrganization {
    /// Name; the first brand has the same.
    pub name: String,
    /// What kind.
    #[serde(default)]
    pub r#type: OrganizationType,
    /// IANA time zone of it and its first brand; UTC when absent.
    #[serde(default)]
    pub time_zone: Option<String>,
}

/// What may be changed of an organization; absent fields stay.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateOrganization {
    /// Name.
    #[serde(default)]
    pub name: Option<String>,
    /// Its name in addresses; links to the former one lead on.
    #[serde(default)]
    pub slug: Option<String>,
    /// Kind.
    #[serde(default)]
    pub r#type: Option<OrganizationType>,
    /// What it is, up to 2,000 characters.
    #[serde(default)]
    pub description: Option<String>,
    /// Its website; null clears it.
    #[serde(default)]
    pub website: Patch<String>,
    /// BCP 47 language tag that new brands begin with.
    #[serde(default)]
    pub locale: Option<String>,
    /// IANA time zone that new brands begin with.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// The first day of its week: 1 is Monday, 7 Sunday.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 7)]
    pub week_start: Option<i16>,
    /// The role of people who are invited without one: `admin`, `manager` or `member`.
    #[serde(default)]
    pub invitation_role: Option<Role>,
    /// Whoever has no second factor gets no further than their own account.
    #[serde(default)]
    pub require_second_factor: Option<bool>,
}

/// An organization.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganizationView {
    /// Id.
    pub id: OrganizationId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// `creator`, `business` or `agency`.
    pub r#type: String,
    /// Where its logo is; absent when it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub logo_url: Option<LogoUrl>,
    /// What it is.
    pub description: String,
    /// Its website.
    pub website: Option<String>,
    /// BCP 47 language tag that new brands begin with.
    pub locale: String,
    /// IANA time zone that new brands begin with.
    pub time_zone: String,
    /// The first day of its week: 1 is Monday, 7 Sunday.
    pub week_start: i16,
    /// The role of people who are invited without one.
    #[schema(value_type = Role)]
    pub invitation_role: String,
    /// Whoever has no second factor gets no further than their own account.
    pub require_second_factor: bool,
    /// Made by the program to show itself; never real.
    pub demo: bool,
    /// For `If-Match`.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A deleted organization that can be brought back.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeletedOrganization {
    /// Id.
    pub id: OrganizationId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// When it was deleted.
    pub deleted_at: DateTime<Utc>,
    /// When it is gone for good.
    pub gone_at: DateTime<Utc>,
}

impl Identity {
    /// Makes a further organization for a person.
    pub async fn create_organization(
        &self,
        owner: UserId,
        input: NewOrganization,
        context: &RequestContext,
    ) -> Result<OrganizationView, Error> {
        let faults = [
            ("name", check_name(&input.name, 120).err()),
            ("time_zone", input.time_zone.as_deref().and_then(|zone| check_time_zone(zone).err())),
        ];
        located(faults.into_iter().filter_map(|(path, fault)| Some((path, fault?))).collect())?;
        let mut tx = self.store.service("a person makes an organization").await?;
        let new = New {
            name: input.name.trim(),
            kind: input.r#type,
            time_zone: input.time_zone.as_deref().unwrap_or("UTC"),
            demo: false,
        };
        let id = self.insert_organization(&mut tx, owner, new, context).await?;
        let view = sql::get(tx.conn(), id).await?.ok_or_else(|| Problem::not_found("organization"))?;
        tx.commit().await?;
        Ok(view)
    }

    /// The organization.
    pub async fn get_organization(&self, access: &Access) -> Result<OrganizationView, Error> {
        let mut tx = self.store.tenant(access).await?;
        let found = sql::get(tx.conn(), access.organization).await?;
        tx.commit().await?;
        Ok(found.ok_or_else(|| Problem::not_found("organization"))?)
    }

    /// Changes the organization; `organization.update` may.
    pub async fn update_organization(
        &self,
        access: &Access,
        version: i32,
        change: UpdateOrganization,
        context: &RequestContext,
    ) -> Result<OrganizationView, Error> {
        access.allow(Permission::OrganizationUpdate)?;
        check(&change)?;
        let id = access.organization;
        let leaves_agencies = change.r#type.is_some_and(|kind| kind != OrganizationType::Agency);
        if change.slug.is_some() || change.require_second_factor == Some(true) || leaves_agencies {
            let mut tx =
                self.store.service("what a change of an organization depends on outside of it").await?;
            let taken = match change.slug.as_deref() {
                Some(slug) => sql::had_by_another(tx.conn(), slug, id).await?,
                None => false,
            };
            let locked_out = change.require_second_factor == Some(true)
                && !sql::has_second_factor(tx.conn(), access.user).await?;
            let has_clients = leaves_agencies && sql::has_clients(tx.conn(), id).await?;
            tx.commit().await?;
            if taken {
                return Err(slug_taken().into());
            }
            if has_clients {
                let words = "It still works for clients, or has asked to. End these links first; only an agency has clients.";
                return Err(Problem::new(Kind::Conflict, "has_clients", words)
                    .at("type", "has_clients", words)
                    .into());
            }
            if locked_out {
                let detail =
                    "You have no second factor yourself, so this would keep you out. Set one up first.";
                return Err(Problem::invalid("require_second_factor", "none_yourself", detail).into());
            }
        }
        let mut tx = self.store.tenant(access).await?;
        let before = sql::get(tx.conn(), id).await?.ok_or_else(|| Problem::not_found("organization"))?;
        let row = sql::Change {
            name: change.name.as_deref().map(str::trim),
            slug: change.slug.as_deref(),
            kind: change.r#type.map(OrganizationType::as_str),
            description: change.description.as_deref().map(str::trim),
            website: match &change.website {
                Patch::Absent => None,
                Patch::Null => Some(None),
                Patch::Value(website) => Some(Some(website.trim())),
            },
            locale: change.locale.as_deref(),
            time_zone: change.time_zone.as_deref(),
            week_start: change.week_start,
            invitation_role: change.invitation_role.map(Role::as_str),
            require_second_factor: change.require_second_factor,
        };
        let updated = sql::update(tx.conn(), id, version, &row).await;
        if !updated.map_err(|error| {
            crate::people::on_constraint(error, "organizations_slug_key", || slug_taken().into())
        })? {
            return Err(Error::Stale);
        }
        let after = sql::get(tx.conn(), id).await?.ok_or_else(|| Problem::not_found("organization"))?;
        if before.slug != after.slug {
            sql::keep_slug(tx.conn(), id, &before.slug, &after.slug).await?;
        }
        let (old, new) = (Some(snapshot(&before)), Some(snapshot(&after)));
        self.record_organization(&mut tx, id, access.actor(), "organization.updated", old, new, context)
            .await?;
        tx.commit().await?;
        Ok(after)
    }

    /// Deletes the organization; for [`UNDO`] its owners can bring it back. Whoever does must have shown lately who they
    /// are.
    pub async fn delete_organization(
        &self,
        access: &Access,
        caller: Caller,
        typed: &str,
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(Permission::OrganizationDelete)?;
        in_person(access)?;
        self.require_recent_alone(caller).await?;
        let mut tx = self.store.tenant(access).await?;
        confirm(&mut tx, access.organization, typed).await?;
        let name = name(&mut tx, access.organization).await?;
        if sql::set_deleted(tx.conn(), access.organization, Some(self.clock.now())).await? {
            let (id, actor) = (access.organization, access.actor());
            self.record_organization(&mut tx, id, actor, "organization.deleted", None, None, context).await?;
            let event = NewSecurityEvent::new(security::kind::ORGANIZATION_DELETED, context)
                .user(access.user)
                .organization(id);
            security::note(&mut tx, &self.clock, &self.rng, event).await?;
            let gone_at = self.clock.now() + UNDO;
            for to in sql::owners(tx.conn(), id).await? {
                let template = Template::OrganizationDeleted {
                    organization: name.clone(),
                    until: gone_at.format("%-d %B %Y, %H:%M UTC").to_string(),
                    link: format!("{}/account", self.config.public_url),
                };
                let mail = NewMail { to, template, expires_at: Some(gone_at) };
                bellwether_mail::queue(&mut tx, &self.clock, &self.rng, mail).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// Deleted organizations that a person can bring back.
    pub async fn list_deleted_organizations(
        &self,
        caller: Caller,
    ) -> Result<Vec<DeletedOrganization>, Error> {
        let mut tx = self.store.service("a person looks for deleted organizations of theirs").await?;
        let found = sql::list_deleted(tx.conn(), caller.user, self.clock.now() - UNDO).await?;
        tx.commit().await?;
        Ok(found)
    }

    /// Brings a deleted organization back; its owners may. Nobody can enter it, so it is found by what they own.
    pub async fn restore_organization(
        &self,
        caller: Caller,
        organization: &str,
        context: &RequestContext,
    ) -> Result<OrganizationView, Error> {
        if caller.session.is_none() {
            let detail = "An API key can't do this; sign in in the browser.";
            return Err(Problem::new(Kind::Forbidden, "person_needed", detail).into());
        }
        let mut tx = self.store.service("an owner brings a deleted organization back").await?;
        let deleted = sql::list_deleted(tx.conn(), caller.user, self.clock.now() - UNDO).await?;
        let wanted = organization.parse::<OrganizationId>().ok();
        let found = deleted.into_iter().find(|one| one.slug == organization || Some(one.id) == wanted);
        let id = found.ok_or_else(|| Problem::not_found("deleted organization"))?.id;
        sql::set_deleted(tx.conn(), id, None).await?;
        let actor = Actor::User { id: caller.user, agency: None };
        self.record_organization(&mut tx, id, actor, "organization.restored", None, None, context).await?;
        let view = sql::get(tx.conn(), id).await?.ok_or_else(|| Problem::not_found("organization"))?;
        tx.commit().await?;
        Ok(view)
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one event, each of another type")]
    async fn record_organization(
        &self,
        tx: &mut impl Tx,
        id: OrganizationId,
        actor: Actor,
        kind: &'static str,
        before: Option<Value>,
        after: Option<Value>,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let event = NewEvent {
            organization: id,
            brand: None,
            kind,
            subject: ("organization", id.uuid()),
            actor,
            before,
            after,
            data: None,
            context: context.clone(),
        };
        events::record(tx, &self.clock, &self.rng, event).await?;
        Ok(())
    }
}

/// All faults of a change at once.
fn check(change: &UpdateOrganization) -> Result<(), Problem> {
    let long = change.description.as_ref().filter(|text| text.chars().count() > 2000);
    let week: Option<Fault> = change
        .week_start
        .filter(|day| !(1..=7).contains(day))
        .map(|_| ("out_of_range", "Give 1 for Monday to 7 for Sunday.".to_owned()));
    let role: Option<Fault> = change
        .invitation_role
        .filter(|role| *role == Role::Owner)
        .map(|_| ("owner", "Owners are invited one by one; give admin, manager or member.".to_owned()));
    let faults = [
        ("name", change.name.as_deref().and_then(|name| check_name(name, 120).err())),
        ("slug", change.slug.as_deref().and_then(|slug| check_organization_slug(slug).err())),
        ("description", long.map(|_| ("too_long", "Use at most 2,000 characters.".to_owned()))),
        ("website", change.website.value().and_then(|url| check_website(url).err())),
        ("locale", change.locale.as_deref().and_then(|tag| check_locale(tag).err())),
        ("time_zone", change.time_zone.as_deref().and_then(|zone| check_time_zone(zone).err())),
        ("week_start", week),
        ("invitation_role", role),
    ];
    located(faults.into_iter().filter_map(|(path, fault)| Some((path, fault?))).collect())
}

/// An address on the web as people type it.
pub fn check_website(text: &str) -> Result<(), Fault> {
    let text = text.trim();
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.unwrap_or_default().split(['/', '?', '#']).next().unwrap_or_default();
    let good = host.contains('.')
        && text.len() <= 2000
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"\\`".contains(c));
    if good {
        Ok(())
    } else {
        Err(("invalid_url", "Give a web address such as https://example.org.".to_owned()))
    }
}

fn slug_taken() -> Problem {
    let detail = "Another organization has or had this address; choose another.";
    Problem::new(Kind::Conflict, "slug_taken", detail).at("slug", "taken", detail)
}

/// Holds what somebody typed to confirm against the organization's address.
pub(crate) async fn confirm(tx: &mut impl Tx, id: OrganizationId, typed: &str) -> Result<(), Error> {
    let view = sql::get(tx.conn(), id).await?.ok_or_else(|| Problem::not_found("organization"))?;
    if typed.trim() == view.slug {
        return Ok(());
    }
    let detail = format!("Type the organization's address, {}, to confirm.", view.slug);
    Err(Problem::invalid("confirm", "mismatch", detail).into())
}

/// The organization of a tenant transaction, for those who already stand inside.
pub async fn get_in(tx: &mut TenantTx) -> Result<OrganizationView, Error> {
    let id = tx.organization();
    Ok(sql::get(tx.conn(), id).await?.ok_or_else(|| Problem::not_found("organization"))?)
}

/// What an organization is called.
pub(crate) async fn name(tx: &mut impl Tx, id: OrganizationId) -> Result<String, Error> {
    Ok(sql::get(tx.conn(), id).await?.ok_or_else(|| Problem::not_found("organization"))?.name)
}

/// The role of people who are invited without one.
pub(crate) async fn invitation_role(tx: &mut impl Tx, id: OrganizationId) -> Result<Role, Error> {
    let view = sql::get(tx.conn(), id).await?.ok_or_else(|| Problem::not_found("organization"))?;
    Ok(Role::parse(&view.invitation_role).unwrap_or(Role::Member))
}

fn snapshot(view: &OrganizationView) -> Value {
    json!({
        "name": view.name, "slug": view.slug, "type": view.r#type, "description": view.description,
        "website": view.website, "locale": view.locale, "time_zone": view.time_zone, "week_start": view.week_start,
        "invitation_role": view.invitation_role, "require_second_factor": view.require_second_factor,
    })
}

pub(crate) async fn insert(
    tx: &mut ServiceTx,
    id: OrganizationId,
    slug: &str,
    new: &New<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    let row = sql::NewRow {
        id,
        slug,
        name: new.name,
        kind: new.kind.as_str(),
        time_zone: new.time_zone,
        demo: new.demo,
        now,
    };
    sql::insert(tx.conn(), &row).await.map_err(|error| {
        crate::people::on_constraint(error, "organizations_slug_key", || {
            // two people with one name in the same instant: the second simply tries again
            Problem::new(Kind::Unavailable, "try_again", "Try again.").retry_after(1).into()
        })
    })
}

pub(crate) async fn insert_membership(
    tx: &mut ServiceTx,
    organization: OrganizationId,
    user: UserId,
    role: Role,
    clock: &Clock,
    rng: &Rng,
) -> Result<(), Error> {
    let id = MembershipId::new(clock, rng);
    Ok(sql::insert_membership(tx.conn(), organization, id, user, role.as_str(), clock.now()).await?)
}
