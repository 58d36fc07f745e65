//! Use cases of memberships: see who is there, change, suspend, remove, leave, hand over.

use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    Access, BrandScope, Cursor, Kind, Page, PageRequest, Permission, Permissions, Problem, RequestContext,
    Role, Timestamp,
    id::{BrandId, MembershipId, OrganizationId, UserId},
};
use bellwether_operations::security::{self, NewSecurityEvent};
use bellwether_store::Tx;
use bellwether_web::Caller;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    model::{self, Grant, Standing},
    sql,
};
use crate::{Error, Identity, organizations};

/// Whether a member gets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberStatus {
    /// Yes.
    Active,
    /// Not until they are let in again.
    Suspended,
}

/// Somebody who belongs to the organization.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MemberView {
    /// Who.
    pub user_id: UserId,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// As what; with several brands, the highest of their roles.
    pub role: Role,
    /// The brands reached; absent for the whole organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_ids: Option<Vec<BrandId>>,
    /// What they may, in all.
    pub permissions: Vec<Permission>,
    /// What they may beside their role's own permissions.
    pub permissions_added: Vec<Permission>,
    /// What they may not although their role would let them.
    pub permissions_removed: Vec<Permission>,
    /// Whether they get in.
    pub status: MemberStatus,
    /// Since when they don't.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspended_at: Option<DateTime<Utc>>,
    /// Since when they belong to it.
    pub created_at: DateTime<Utc>,
}

impl From<sql::MemberRow> for MemberView {
    fn from(row: sql::MemberRow) -> Self {
        let role = Role::parse(&row.role).unwrap_or(Role::Member);
        let (added, removed) = (model::read(&row.added), model::read(&row.removed));
        let brands = row.brand_ids.into_iter().map(BrandId::from).collect();
        Self {
            user_id: row.user_id,
            name: row.name,
            email: row.email,
            role,
            brand_ids: row.brand_id.map(|_| brands),
            permissions: model::effective(role, added, removed).iter().collect(),
            permissions_added: added.iter().collect(),
            permissions_removed: removed.iter().collect(),
            status: if row.suspended_at.is_some() { MemberStatus::Suspended } else { MemberStatus::Active },
            suspended_at: row.suspended_at,
            created_at: row.created_at,
        }
    }
}

/// What a list of members is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct MemberFilter {
    /// Part of a name or address.
    pub query: Option<String>,
    /// Only with this role.
    pub role: Option<Role>,
    /// Only those who get in, or only those who don't.
    pub status: Option<MemberStatus>,
}

/// What a member shall be from now on: all of it, nothing stays from before.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetMember {
    /// As what.
    pub role: Role,
    /// The brands reached; the whole organization when absent.
    #[serde(default)]
    pub brand_ids: Option<Vec<BrandId>>,
    /// What they may beside the role's own permissions.
    #[serde(default)]
    pub permissions_added: Vec<Permission>,
    /// What they may not although the role would let them.
    #[serde(default)]
    pub permissions_removed: Vec<Permission>,
}

/// To whom an organization is handed over.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferOrganization {
    /// A member of the whole organization.
    pub user_id: UserId,
    /// The organization's address (slug), typed to confirm.
    pub confirm: String,
}

/// A person's memberships in one organization, locked.
pub(crate) struct Target {
    pub(crate) user: UserId,
    rows: Vec<sql::Row>,
}

impl Target {
    /// Locks them; none when the person isn't a member.
    pub(crate) async fn lock(
        tx: &mut impl Tx,
        organization: OrganizationId,
        user: UserId,
    ) -> Result<Option<Self>, Error> {
        let rows = sql::lock(tx.conn(), organization, user).await?;
        Ok((!rows.is_empty()).then_some(Self { user, rows }))
    }

    pub(crate) fn standing(&self) -> Standing {
        let mut standing = Standing {
            role: Role::Member,
            brands: BrandScope::Only(Vec::new()),
            permissions: Permissions::NONE,
        };
        for row in &self.rows {
            let role = Role::parse(&row.role).unwrap_or(Role::Member);
            let may = model::effective(role, model::read(&row.added), model::read(&row.removed));
            standing.role = standing.role.max(role);
            standing.permissions = standing.permissions.with(may);
            match (&mut standing.brands, row.brand_id) {
                (brands, None) => *brands = BrandScope::All,
                (BrandScope::Only(brands), Some(brand)) => brands.push(brand),
                (BrandScope::All, Some(_)) => {}
            }
        }
        standing
    }

    pub(crate) fn suspended_at(&self) -> Option<Timestamp> {
        self.rows.iter().find_map(|row| row.suspended_at)
    }

    /// As the event log tells it.
    fn snapshot(&self) -> Value {
        snapshot(&self.standing(), self.suspended_at().is_some())
    }
}

fn snapshot(standing: &Standing, suspended: bool) -> Value {
    let brands = match &standing.brands {
        BrandScope::All => Value::Null,
        BrandScope::Only(brands) => json!(brands),
    };
    let permissions: Vec<Permission> = standing.permissions.iter().collect();
    json!({ "role": standing.role, "brand_ids": brands, "permissions": permissions, "suspended": suspended })
}

/// Writes what a person shall be in the organization: rows that fit stay, others come and go. Whoever was suspended
/// stays so.
pub(crate) async fn write(
    identity: &Identity,
    tx: &mut impl Tx,
    organization: OrganizationId,
    user: UserId,
    current: Option<&Target>,
    grant: &Grant,
) -> Result<(), Error> {
    let wanted: Vec<Option<BrandId>> = match &grant.brands {
        BrandScope::All => vec![None],
        BrandScope::Only(brands) => brands.iter().copied().map(Some).collect(),
    };
    if let BrandScope::Only(brands) = &grant.brands {
        let ids: Vec<Uuid> = brands.iter().map(|brand| brand.uuid()).collect();
        if sql::known_brands(tx.conn(), organization, &ids).await?.len() < ids.len() {
            let detail = "One of these brands isn't there; load the list of brands again.";
            return Err(Problem::invalid("brand_ids", "unknown_brand", detail).into());
        }
    }
    let (added, removed) = (model::words(grant.added), model::words(grant.removed));
    let rows = current.map_or(&[][..], |target| &target.rows);
    let since = rows.iter().map(|row| row.created_at).min().unwrap_or_else(|| identity.clock.now());
    for brand in &wanted {
        let new = sql::Write {
            organization,
            user,
            brand: *brand,
            role: grant.role.as_str(),
            added: &added,
            removed: &removed,
            suspended_at: current.and_then(Target::suspended_at),
            created_at: since,
        };
        let written = match rows.iter().find(|row| row.brand_id == *brand) {
            Some(row) => sql::update(tx.conn(), row.id, &new).await,
            None => sql::insert(tx.conn(), MembershipId::new(&identity.clock, &identity.rng), &new).await,
        };
        written.map_err(last_owner)?;
    }
    let gone: Vec<Uuid> =
        rows.iter().filter(|row| !wanted.contains(&row.brand_id)).map(|row| row.id.uuid()).collect();
    if !gone.is_empty() {
        sql::delete(tx.conn(), organization, &gone).await.map_err(last_owner)?;
    }
    Ok(())
}

/// The database's own rule that an owner remains, in words.
fn last_owner(error: sqlx::Error) -> Error {
    crate::people::on_constraint(error, "memberships_last_owner", || {
        let detail =
            "This is the last owner. Make somebody else an owner first, or hand the organization over.";
        Problem::new(Kind::Conflict, "last_owner", detail).into()
    })
}

/// What only a person can do who belongs here themselves.
pub(crate) fn in_person(access: &Access) -> Result<(), Problem> {
    if access.key.is_some() {
        let detail = "An API key can't do this; sign in in the browser.";
        return Err(Problem::new(Kind::Forbidden, "person_needed", detail));
    }
    if access.agency.is_some() {
        let detail = "You are here for an agency; only the organization's own people can do this.";
        return Err(Problem::new(Kind::Forbidden, "own_people_only", detail));
    }
    Ok(())
}

fn no_member() -> Problem {
    Problem::not_found("member")
}

impl Identity {
    /// A page of members, the oldest first. Someone of single brands sees those who share them and those of the whole
    /// organization.
    pub async fn list_members(
        &self,
        access: &Access,
        filter: &MemberFilter,
        page: PageRequest,
    ) -> Result<Page<MemberView>, Error> {
        access.allow(Permission::MembersRead)?;
        let pattern = filter.query.as_deref().map(str::trim).filter(|typed| !typed.is_empty()).map(like);
        let brands = brands_of(access);
        let wanted = sql::ListFilter {
            query: pattern.as_deref(),
            role: filter.role.map(Role::as_str),
            suspended: filter.status.map(|status| status == MemberStatus::Suspended),
            brands: brands.as_deref(),
            after: page.after,
            limit: page.limit + 1,
            user: None,
        };
        let mut tx = self.store.tenant(access).await?;
        let rows = sql::list(tx.conn(), access.organization, &wanted).await?;
        tx.commit().await?;
        let cursor = |row: &sql::MemberRow| Cursor { at: row.created_at, id: row.id.uuid() };
        Ok(Page::of(rows, page.limit, cursor).map(|row| seen_by(row, brands.as_deref())))
    }

    /// One member.
    pub async fn get_member(&self, access: &Access, user: UserId) -> Result<MemberView, Error> {
        access.allow(Permission::MembersRead)?;
        let mut tx = self.store.tenant(access).await?;
        let view = member(&mut tx, access, user).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Changes what a member is: role, brands, permissions.
    pub async fn set_member(
        &self,
        access: &Access,
        user: UserId,
        input: SetMember,
        context: &RequestContext,
    ) -> Result<MemberView, Error> {
        access.allow(Permission::MembersManage)?;
        let grant =
            Grant::of(input.role, input.brand_ids, input.permissions_added, input.permissions_removed)?;
        let mut tx = self.store.tenant(access).await?;
        let target = self.touch(&mut tx, access, user).await?;
        model::check_grant(&access.into(), &grant.standing())?;
        write(self, &mut tx, access.organization, user, Some(&target), &grant).await?;
        let after = Target::lock(&mut tx, access.organization, user).await?.ok_or_else(no_member)?;
        let (old, new) = (Some(target.snapshot()), Some(after.snapshot()));
        self.record_member(&mut tx, access, user, "membership.changed", old, new, context).await?;
        let view = member(&mut tx, access, user).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Keeps a member outside until they are let in again, or lets them in.
    pub async fn suspend_member(
        &self,
        access: &Access,
        user: UserId,
        suspend: bool,
        context: &RequestContext,
    ) -> Result<MemberView, Error> {
        access.allow(Permission::MembersManage)?;
        if user == access.user {
            let detail = "You can't suspend yourself; leave the organization if you want to go.";
            return Err(Problem::new(Kind::Conflict, "yourself", detail).into());
        }
        let mut tx = self.store.tenant(access).await?;
        let target = self.touch(&mut tx, access, user).await?;
        if target.suspended_at().is_some() != suspend {
            let at = suspend.then(|| self.clock.now());
            sql::set_suspended(tx.conn(), access.organization, user, at).await.map_err(last_owner)?;
            let kind = if suspend { "membership.suspended" } else { "membership.resumed" };
            let (old, new) = (Some(target.snapshot()), Some(snapshot(&target.standing(), suspend)));
            self.record_member(&mut tx, access, user, kind, old, new, context).await?;
        }
        let view = member(&mut tx, access, user).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Ends somebody's membership.
    pub async fn remove_member(
        &self,
        access: &Access,
        user: UserId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(Permission::MembersManage)?;
        let mut tx = self.store.tenant(access).await?;
        let target = self.touch(&mut tx, access, user).await?;
        self.end(&mut tx, access, &target, "membership.removed", context).await?;
        Ok(tx.commit().await?)
    }

    /// Ends one's own membership.
    pub async fn leave(&self, access: &Access, context: &RequestContext) -> Result<(), Error> {
        in_person(access)?;
        let mut tx = self.store.tenant(access).await?;
        let target = Target::lock(&mut tx, access.organization, access.user).await?.ok_or_else(no_member)?;
        self.end(&mut tx, access, &target, "membership.left", context).await?;
        Ok(tx.commit().await?)
    }

    /// Makes a member the owner and oneself an admin, in one step. Whoever does must have shown lately who they are.
    pub async fn transfer_organization(
        &self,
        access: &Access,
        caller: Caller,
        input: TransferOrganization,
        context: &RequestContext,
    ) -> Result<MemberView, Error> {
        access.allow(Permission::OrganizationDelete)?;
        in_person(access)?;
        if access.role != Role::Owner {
            let detail = "Only an owner can hand the organization over.";
            return Err(Problem::new(Kind::Forbidden, "owner_needed", detail).into());
        }
        if input.user_id == access.user {
            return Err(Problem::invalid("user_id", "yourself", "Name another member.").into());
        }
        self.require_recent_alone(caller).await?;
        let mut tx = self.store.tenant(access).await?;
        organizations::confirm(&mut tx, access.organization, &input.confirm).await?;
        let heir = Target::lock(&mut tx, access.organization, input.user_id).await?.ok_or_else(|| {
            Problem::invalid("user_id", "no_member", "They aren't a member; invite them first.")
        })?;
        if heir.suspended_at().is_some() || heir.standing().brands != BrandScope::All {
            let detail = "The organization can be handed to an active member of the whole of it.";
            return Err(Problem::invalid("user_id", "not_whole", detail).into());
        }
        let own = Target::lock(&mut tx, access.organization, access.user).await?.ok_or_else(no_member)?;
        let owner = Grant::of(Role::Owner, None, Vec::new(), Vec::new())?;
        let admin = Grant::of(Role::Admin, None, Vec::new(), Vec::new())?;
        write(self, &mut tx, access.organization, input.user_id, Some(&heir), &owner).await?;
        write(self, &mut tx, access.organization, access.user, Some(&own), &admin).await?;
        for (target, grant) in [(&heir, &owner), (&own, &admin)] {
            let (old, new) = (Some(target.snapshot()), Some(snapshot(&grant.standing(), false)));
            self.record_member(&mut tx, access, target.user, "membership.changed", old, new, context).await?;
        }
        let event = NewEvent {
            organization: access.organization,
            brand: None,
            kind: "organization.transferred",
            subject: ("organization", access.organization.uuid()),
            actor: access.actor(),
            before: Some(json!({ "owner": access.user })),
            after: Some(json!({ "owner": input.user_id })),
            data: None,
            context: context.clone(),
        };
        events::record(&mut tx, &self.clock, &self.rng, event).await?;
        let event = NewSecurityEvent::new(security::kind::ORGANIZATION_TRANSFERRED, context)
            .user(access.user)
            .organization(access.organization)
            .detail(json!({ "to": input.user_id }));
        security::note(&mut tx, &self.clock, &self.rng, event).await?;
        let view = member(&mut tx, access, input.user_id).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Locks somebody whom the asker may change.
    async fn touch(&self, tx: &mut impl Tx, access: &Access, user: UserId) -> Result<Target, Error> {
        let target = Target::lock(tx, access.organization, user).await?.ok_or_else(no_member)?;
        model::check_touch(&access.into(), &target.standing())?;
        Ok(target)
    }

    async fn end(
        &self,
        tx: &mut impl Tx,
        access: &Access,
        target: &Target,
        kind: &'static str,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let ids: Vec<Uuid> = target.rows.iter().map(|row| row.id.uuid()).collect();
        sql::delete(tx.conn(), access.organization, &ids).await.map_err(last_owner)?;
        self.record_member(tx, access, target.user, kind, Some(target.snapshot()), None, context).await
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one event, each of another type")]
    pub(crate) async fn record_member(
        &self,
        tx: &mut impl Tx,
        access: &Access,
        user: UserId,
        kind: &'static str,
        before: Option<Value>,
        after: Option<Value>,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let event = NewEvent {
            organization: access.organization,
            brand: None,
            kind,
            subject: ("user", user.uuid()),
            actor: access.actor(),
            before,
            after,
            data: None,
            context: context.clone(),
        };
        events::record(tx, &self.clock, &self.rng, event).await?;
        let what = match kind {
            "membership.removed" | "membership.left" => security::kind::MEMBER_REMOVED,
            _ => security::kind::PERMISSION_CHANGED,
        };
        let event = NewSecurityEvent::new(what, context)
            .user(user)
            .organization(access.organization)
            .detail(json!({ "event": kind, "by": access.user, "key": access.key }));
        security::note(tx, &self.clock, &self.rng, event).await?;
        Ok(())
    }
}

fn brands_of(access: &Access) -> Option<Vec<Uuid>> {
    match &access.brands {
        BrandScope::All => None,
        BrandScope::Only(brands) => Some(brands.iter().map(|brand| brand.uuid()).collect()),
    }
}

/// What is typed, as a pattern that finds it anywhere.
fn like(typed: &str) -> String {
    let typed: String = typed.chars().take(200).collect();
    format!("%{}%", typed.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

async fn member(tx: &mut impl Tx, access: &Access, user: UserId) -> Result<MemberView, Error> {
    let brands = brands_of(access);
    let filter =
        sql::ListFilter { user: Some(user), brands: brands.as_deref(), limit: 1, ..Default::default() };
    let rows = sql::list(tx.conn(), access.organization, &filter).await?;
    let row = rows.into_iter().next().ok_or_else(no_member)?;
    Ok(seen_by(row, brands.as_deref()))
}

/// A member as somebody sees them who reaches these brands only: that there are others is not theirs to know.
fn seen_by(mut row: sql::MemberRow, brands: Option<&[Uuid]>) -> MemberView {
    if let Some(brands) = brands {
        row.brand_ids.retain(|brand| brands.contains(brand));
    }
    MemberView::from(row)
}
