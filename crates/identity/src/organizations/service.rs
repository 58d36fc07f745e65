//! Use cases of organizations.

use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    Access, BrandScope, Clock, Kind, Permission, Problem, RequestContext, Rng, Role, Timestamp,
    id::{BrandId, MembershipId, OrganizationId, UserId},
};
use bellwether_store::ServiceTx;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::sql;
use crate::{
    Error, Identity,
    people::model::{OrganizationType, check_name, check_time_zone, located},
};

/// Names in addresses that would hide a page of the app or the API.
const RESERVED: &[&str] = &[
    "admin",
    "api",
    "app",
    "assets",
    "auth",
    "docs",
    "fonts",
    "health",
    "healthz",
    "help",
    "login",
    "logout",
    "me",
    "metrics",
    "new",
    "oauth",
    "onboarding",
    "readyz",
    "settings",
    "sign-in",
    "sign-out",
    "sign-up",
    "static",
    "webhooks",
    "www",
];

/// An organization to be made.
pub struct New<'a> {
    /// Its name; the first brand has the same.
    pub name: &'a str,
    /// What kind.
    pub kind: OrganizationType,
    /// The first brand's zone.
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
    /// The first brand's IANA time zone; UTC when absent.
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
    /// Kind.
    #[serde(default)]
    pub r#type: Option<OrganizationType>,
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
    /// Made by the program to show itself; never real.
    pub demo: bool,
    /// For `If-Match`.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A member of an organization. Someone with several brands has a row for each.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MemberView {
    /// Id of the membership.
    pub id: MembershipId,
    /// Who.
    pub user_id: UserId,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// As what: `owner`, `admin`, `manager` or `member`.
    pub role: String,
    /// The brand reached; all of them when absent.
    pub brand_id: Option<BrandId>,
    /// Since when.
    pub created_at: DateTime<Utc>,
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

    /// Changes the organization's name or kind; admins may.
    pub async fn update_organization(
        &self,
        access: &Access,
        version: i32,
        change: UpdateOrganization,
        context: &RequestContext,
    ) -> Result<OrganizationView, Error> {
        access.allow(Permission::OrganizationUpdate)?;
        let fault = change.name.as_deref().and_then(|name| check_name(name, 120).err());
        located(fault.into_iter().map(|fault| ("name", fault)).collect())?;
        let mut tx = self.store.tenant(access).await?;
        let id = access.organization;
        let before = sql::get(tx.conn(), id).await?.ok_or_else(|| Problem::not_found("organization"))?;
        let (name, kind) =
            (change.name.as_deref().map(str::trim), change.r#type.map(OrganizationType::as_str));
        if !sql::update(tx.conn(), id, version, name, kind).await? {
            return Err(Error::Stale);
        }
        let after = sql::get(tx.conn(), id).await?.ok_or_else(|| Problem::not_found("organization"))?;
        let event = NewEvent {
            organization: id,
            brand: None,
            kind: "organization.updated",
            subject: ("organization", id.uuid()),
            actor: access.actor(),
            before: Some(json!({ "name": before.name, "type": before.r#type })),
            after: Some(json!({ "name": after.name, "type": after.r#type })),
            data: None,
            context: context.clone(),
        };
        events::record(&mut tx, &self.clock, &self.rng, event).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// Who belongs to the organization. Someone of single brands sees only who shares them.
    pub async fn list_members(&self, access: &Access) -> Result<Vec<MemberView>, Error> {
        access.allow(Permission::MembersRead)?;
        let mut tx = self.store.tenant(access).await?;
        let members = sql::list_members(tx.conn()).await?;
        tx.commit().await?;
        Ok(members
            .into_iter()
            .filter(|member| match (&access.brands, member.brand_id) {
                (BrandScope::All, _) | (_, None) => true,
                (scope, Some(brand)) => scope.contains(brand),
            })
            .collect())
    }
}

pub(crate) async fn insert(
    tx: &mut ServiceTx,
    id: OrganizationId,
    slug: &str,
    new: &New<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    let row = sql::NewRow { id, slug, name: new.name, kind: new.kind.as_str(), demo: new.demo, now };
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

/// A free name in addresses made of a name: `ada-lovelace`, `ada-lovelace-2`, …
pub(crate) async fn free_slug(tx: &mut ServiceTx, name: &str, rng: &Rng) -> Result<String, Error> {
    let base = slug_of(name);
    let candidates: Vec<String> = std::iter::once(base.clone())
        .filter(|slug| !RESERVED.contains(&slug.as_str()))
        .chain((2..=9).map(|n| format!("{base}-{n}")))
        .collect();
    let taken = sql::taken_slugs(tx.conn(), &candidates).await?;
    Ok(candidates
        .into_iter()
        .find(|slug| !taken.contains(slug))
        .unwrap_or_else(|| format!("{base}-{:06x}", rng.below(1 << 24))))
}

/// What of a name can stand in an address, 1 to 48 characters.
pub fn slug_of(name: &str) -> String {
    let slug: String = slug::slugify(name).chars().take(48).collect();
    let slug = slug.trim_matches('-');
    if slug.is_empty() { "organization".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_addresses() {
        assert_eq!(slug_of("Ada Lovelace & Söhne"), "ada-lovelace-sohne");
        assert_eq!(slug_of("…"), "organization");
        assert_eq!(slug_of(&"a".repeat(200)).len(), 48);
    }
}
