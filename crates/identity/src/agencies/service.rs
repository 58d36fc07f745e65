//! Use cases of agencies: link, accept, change, end.

use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    Access, Actor, BrandScope, Cursor, Kind, Page, PageRequest, Permission, Permissions, Problem,
    RequestContext,
    id::{BrandId, OrganizationId},
};
use bellwether_mail::{NewMail, Template};
use bellwether_operations::security::{self, NewSecurityEvent};
use bellwether_store::ServiceTx;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    model::{self, USUAL},
    sql::{self, Side},
};
use crate::{
    Error, Identity,
    memberships::{
        in_person,
        model::{read, words},
    },
    organizations,
    people::model::{OrganizationType, check_name, check_time_zone, located},
    throttle::{Key, Mails},
};

bellwether_kernel::id!(AgencyClientId, "client", "The link between an agency and its client.");

/// Where a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkStatus {
    /// The client has not accepted yet.
    Pending,
    /// The agency works for the client.
    Active,
    /// It is over.
    Ended,
}

/// One of the two organizations of a link.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Party {
    /// Id; absent for an agency whose client never accepted: it asked by an address and learns nothing more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<OrganizationId>,
    /// Its name in addresses.
    pub slug: String,
    /// Its name; for an agency whose client never accepted, the one in addresses.
    pub name: String,
}

/// A link as both sides see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LinkView {
    /// Id.
    pub id: AgencyClientId,
    /// Who works.
    pub agency: Party,
    /// For whom.
    pub client: Party,
    /// The one brand of the client's that it is about; all of them when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<BrandId>,
    /// What the agency's people may do there, at most. Asked for while it is pending.
    pub permissions: Vec<Permission>,
    /// Where it stands.
    pub status: LinkStatus,
    /// Whether the agency gets in today: active, and within the contract's days (UTC).
    pub in_force: bool,
    /// The first day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_on: Option<NaiveDate>,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<NaiveDate>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When the client accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<DateTime<Utc>>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime<Utc>>,
    /// Which side ended it: `agency` or `client`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<String>,
}

/// A client as its agency sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClientView {
    /// The link.
    #[serde(flatten)]
    pub link: LinkView,
    /// What the agency calls it.
    pub label: String,
    /// Its part of what the agency spends, in percent.
    pub billing_allocation: f64,
    /// Its active members; 0 unless the link is active.
    pub members: i64,
    /// Its brands; 0 unless the link is active.
    pub brands: i64,
}

/// A client to be: an organization that is there, or a new one.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkClient {
    /// The address (slug) or id of the organization to ask; its owners and admins accept.
    #[serde(default)]
    pub organization: Option<String>,
    /// Instead: an organization to make, which begins as a client. Whoever makes it owns it, and can hand it over.
    #[serde(default)]
    pub create: Option<NewClient>,
    /// What the agency calls it; when absent, the name of the new one or how the one to ask was written.
    #[serde(default)]
    pub label: Option<String>,
    /// What the agency's people shall be allowed there; the daily work when absent.
    #[serde(default)]
    pub permissions: Option<Vec<Permission>>,
    /// Its part of what the agency spends, in percent; 0 when absent. All clients together bear 100 at most.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100)]
    pub billing_allocation: Option<f64>,
    /// The contract's first day.
    #[serde(default)]
    pub starts_on: Option<NaiveDate>,
    /// The contract's last day.
    #[serde(default)]
    pub ends_on: Option<NaiveDate>,
}

/// An organization made for a client.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClient {
    /// Name; its first brand has the same.
    pub name: String,
    /// What kind.
    #[serde(default)]
    pub r#type: OrganizationType,
    /// IANA time zone; UTC when absent.
    #[serde(default)]
    pub time_zone: Option<String>,
}

/// What an agency says about its client.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeClient {
    /// What the agency calls it.
    pub label: String,
    /// Its part of what the agency spends, in percent.
    #[schema(minimum = 0, maximum = 100)]
    pub billing_allocation: f64,
}

/// What a client lets an agency do, when it accepts.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptAgency {
    /// What it may; what was asked for when absent, without `members.manage`, `organization.delete` and
    /// `billing.manage`, which are given by name only.
    #[serde(default)]
    pub permissions: Option<Vec<Permission>>,
    /// The one brand that it is about; all when absent.
    #[serde(default)]
    pub brand_id: Option<BrandId>,
}

/// What a client lets an agency do from now on: all of it, nothing stays from before.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeAgency {
    /// What it may.
    pub permissions: Vec<Permission>,
    /// The one brand that it is about; all when absent.
    #[serde(default)]
    pub brand_id: Option<BrandId>,
    /// The first day.
    #[serde(default)]
    pub starts_on: Option<NaiveDate>,
    /// The last day.
    #[serde(default)]
    pub ends_on: Option<NaiveDate>,
}

impl LinkView {
    fn of(row: &sql::Row, today: NaiveDate) -> Self {
        let status = match row.status.as_str() {
            "pending" => LinkStatus::Pending,
            "active" => LinkStatus::Active,
            _ => LinkStatus::Ended,
        };
        let in_force = status == LinkStatus::Active
            && row.starts_on.is_none_or(|day| day <= today)
            && row.ends_on.is_none_or(|day| day >= today);
        let party =
            |id, slug: &str, name: &str| Party { id: Some(id), slug: slug.to_owned(), name: name.to_owned() };
        Self {
            id: row.id,
            agency: party(row.agency_id, &row.agency_slug, &row.agency_name),
            client: party(row.client_id, &row.client_slug, &row.client_name),
            brand_id: row.brand_id,
            permissions: read(&row.permissions).iter().collect(),
            status,
            in_force,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            created_at: row.created_at,
            accepted_at: row.accepted_at,
            ended_at: row.ended_at,
            ended_by: row.ended_by.clone(),
        }
    }
}

impl ClientView {
    fn of(row: sql::Row, today: NaiveDate) -> Self {
        let mut link = LinkView::of(&row, today);
        if row.accepted_at.is_none() {
            link.client = Party { id: None, slug: row.client_slug.clone(), name: row.client_slug };
        }
        let active = link.status == LinkStatus::Active;
        Self {
            link,
            label: row.label,
            billing_allocation: row.billing_allocation,
            members: if active { row.members } else { 0 },
            brands: if active { row.brands } else { 0 },
        }
    }
}

fn cursor(row: &sql::Row) -> Cursor {
    Cursor { at: row.created_at, id: row.id.uuid() }
}

fn set(permissions: Vec<Permission>) -> Permissions {
    permissions.into_iter().collect()
}

fn check_share(borne: i32, share: i32) -> Result<(), Problem> {
    if borne + share <= 10_000 {
        return Ok(());
    }
    let left = f64::from(10_000 - borne) / 100.0;
    let detail = format!("The other clients bear all but {left} percent; give that or less.");
    Err(Problem::invalid("billing_allocation", "over_100", detail))
}

impl Identity {
    /// The clients of an agency, the newest first.
    pub async fn list_clients(
        &self,
        access: &Access,
        all: bool,
        page: PageRequest,
    ) -> Result<Page<ClientView>, Error> {
        access.allow(Permission::MembersRead)?;
        let today = self.clock.now().date_naive();
        let mut tx = self.store.service("an agency lists its clients").await?;
        let side = Side::Agency(access.organization);
        let rows = sql::list(tx.conn(), side, None, all, page.after, page.limit + 1).await?;
        tx.commit().await?;
        Ok(Page::of(rows, page.limit, cursor).map(|row| ClientView::of(row, today)))
    }

    /// One client of an agency.
    pub async fn get_client(&self, access: &Access, id: AgencyClientId) -> Result<ClientView, Error> {
        access.allow(Permission::MembersRead)?;
        let mut tx = self.store.service("an agency reads a client").await?;
        let row = find(&mut tx, Side::Agency(access.organization), id).await?;
        tx.commit().await?;
        Ok(ClientView::of(row, self.clock.now().date_naive()))
    }

    /// Asks an organization to become a client, or makes one.
    pub async fn link_client(
        &self,
        access: &Access,
        input: LinkClient,
        context: &RequestContext,
    ) -> Result<ClientView, Error> {
        access.allow(Permission::AgencyManage)?;
        in_person(access)?;
        model::check_dates(input.starts_on, input.ends_on)?;
        let share = input.billing_allocation.map_or(Ok(0), model::hundredths)?;
        let zone = input.create.as_ref().and_then(|new| new.time_zone.as_deref());
        let faults = [
            ("label", input.label.as_deref().and_then(|label| check_name(label, 120).err())),
            ("create/name", input.create.as_ref().and_then(|new| check_name(&new.name, 120).err())),
            ("create/time_zone", zone.and_then(|zone| check_time_zone(zone).err())),
        ];
        located(faults.into_iter().filter_map(|(path, fault)| Some((path, fault?))).collect())?;
        let asked = input.permissions.map_or_else(|| USUAL.iter().copied().collect(), set);
        let (agency, now) = (access.organization, self.clock.now());
        let mut tx = self.store.service("an agency links a client").await?;
        let (kind, borne) = sql::lock_agency(tx.conn(), agency, None).await?;
        if kind != OrganizationType::Agency.as_str() {
            let detail = "Only an agency has clients. Change the organization's type to agency first.";
            return Err(Problem::new(Kind::Conflict, "not_an_agency", detail).into());
        }
        check_share(borne, share)?;
        let (client, label, made) = match (&input.organization, &input.create) {
            (Some(wanted), None) => {
                let found =
                    sql::find_organization(tx.conn(), wanted.trim(), wanted.trim().parse().ok()).await?;
                let id = found.filter(|id| *id != agency).ok_or_else(|| {
                    let detail = "There is no other organization with this address.";
                    Problem::invalid("organization", "unknown", detail)
                })?;
                // its name is its own until it accepts
                (id, wanted.trim().chars().take(120).collect(), false)
            }
            (None, Some(new)) => {
                let row = organizations::New {
                    name: new.name.trim(),
                    kind: new.r#type,
                    time_zone: zone.unwrap_or("UTC"),
                    demo: false,
                };
                let id = self.insert_organization(&mut tx, access.user, row, context).await?;
                (id, new.name.trim().to_owned(), true)
            }
            _ => {
                let detail = "Name an organization, or say what to create: one of the two.";
                return Err(Problem::invalid("organization", "one_of_two", detail).into());
            }
        };
        let id = AgencyClientId::new(&self.clock, &self.rng);
        let new = sql::NewRow {
            id,
            agency,
            client,
            label: input.label.as_deref().map_or(label.as_str(), str::trim),
            permissions: &words(asked),
            hundredths: share,
            starts_on: input.starts_on,
            ends_on: input.ends_on,
            invited_by: access.user,
            accepted_at: made.then_some(now),
            now,
        };
        sql::insert(tx.conn(), &new).await.map_err(|error| {
            crate::people::on_constraint(error, "agency_clients_live_idx", || {
                let detail = "It is a client already, or was asked and hasn't answered yet.";
                Problem::new(Kind::Conflict, "already_linked", detail).into()
            })
        })?;
        let row = find(&mut tx, Side::Agency(agency), id).await?;
        let kind = if made { "agency_client.accepted" } else { "agency_client.invited" };
        self.record_link(&mut tx, access, &row, kind, None, context).await?;
        if !made {
            self.refuse_many(&mut tx, &Key::MailOf(agency)).await?;
            let me = crate::people::me(&mut tx, access.user, now).await?;
            let inviter = me.user.name;
            // above tenants no transaction says whose mail it is
            let demo = me.organizations.iter().any(|of| of.id == agency && of.demo);
            for to in organizations::owners(tx.conn(), row.client_id).await? {
                // the link waits in the app whether or not another mail tells of it
                if !self.may_mail(&mut tx, &to, Mails::Agency).await? {
                    continue;
                }
                let template = Template::AgencyInvitation {
                    agency: row.agency_name.clone(),
                    inviter: inviter.clone(),
                    link: format!("{}/{}", self.config.public_url, row.client_slug),
                };
                let mail = NewMail { to, template, expires_at: None };
                let mail = bellwether_mail::queue(&mut tx, &self.clock, &self.rng, mail).await?;
                if demo {
                    bellwether_mail::mark_demo(&mut tx, mail).await?;
                }
            }
        }
        tx.commit().await?;
        Ok(ClientView::of(row, now.date_naive()))
    }

    /// Changes what an agency says about its client.
    pub async fn change_client(
        &self,
        access: &Access,
        id: AgencyClientId,
        input: ChangeClient,
        context: &RequestContext,
    ) -> Result<ClientView, Error> {
        access.allow(Permission::AgencyManage)?;
        let share = model::hundredths(input.billing_allocation)?;
        located(check_name(&input.label, 120).err().map(|fault| ("label", fault)).into_iter().collect())?;
        let side = Side::Agency(access.organization);
        let mut tx = self.store.service("an agency changes a client's terms").await?;
        let (_, borne) = sql::lock_agency(tx.conn(), access.organization, Some(id)).await?;
        let before = live(&mut tx, side, id).await?;
        check_share(borne, share)?;
        sql::set_terms(tx.conn(), id, input.label.trim(), share).await?;
        let row = find(&mut tx, side, id).await?;
        let event = NewEvent {
            organization: access.organization,
            brand: None,
            kind: "agency_client.terms_changed",
            subject: ("agency_client", id.uuid()),
            actor: access.actor(),
            before: Some(json!({ "label": before.label, "billing_allocation": before.billing_allocation })),
            after: Some(json!({ "label": row.label, "billing_allocation": row.billing_allocation })),
            data: None,
            context: context.clone(),
        };
        // the agency's own business: the client's log says nothing of it
        events::record(&mut tx, &self.clock, &self.rng, event).await?;
        tx.commit().await?;
        Ok(ClientView::of(row, self.clock.now().date_naive()))
    }

    /// The agencies of an organization, the newest first.
    pub async fn list_agencies(
        &self,
        access: &Access,
        all: bool,
        page: PageRequest,
    ) -> Result<Page<LinkView>, Error> {
        access.allow(Permission::MembersRead)?;
        let today = self.clock.now().date_naive();
        let mut tx = self.store.service("a client lists its agencies").await?;
        let side = Side::Client(access.organization);
        let rows = sql::list(tx.conn(), side, None, all, page.after, page.limit + 1).await?;
        tx.commit().await?;
        Ok(Page::of(rows, page.limit, cursor).map(|row| LinkView::of(&row, today)))
    }

    /// Lets an agency in that asked.
    pub async fn accept_agency(
        &self,
        access: &Access,
        id: AgencyClientId,
        input: AcceptAgency,
        context: &RequestContext,
    ) -> Result<LinkView, Error> {
        access.allow(Permission::AgencyManage)?;
        in_person(access)?;
        let mut tx = self.store.service("a client lets an agency in").await?;
        let before = live(&mut tx, Side::Client(access.organization), id).await?;
        let given = model::granted(read(&before.permissions), input.permissions.map(set));
        let scope = Given {
            permissions: given,
            brand: input.brand_id,
            starts_on: before.starts_on,
            ends_on: before.ends_on,
            accept: true,
        };
        let row = self.give(&mut tx, access, &before, &scope, "agency_client.accepted", context).await?;
        tx.commit().await?;
        Ok(LinkView::of(&row, self.clock.now().date_naive()))
    }

    /// Changes what an agency may do; at once.
    pub async fn change_agency(
        &self,
        access: &Access,
        id: AgencyClientId,
        input: ChangeAgency,
        context: &RequestContext,
    ) -> Result<LinkView, Error> {
        access.allow(Permission::AgencyManage)?;
        in_person(access)?;
        model::check_dates(input.starts_on, input.ends_on)?;
        let mut tx = self.store.service("a client changes what an agency may do").await?;
        let before = live(&mut tx, Side::Client(access.organization), id).await?;
        let scope = Given {
            permissions: set(input.permissions),
            brand: input.brand_id,
            starts_on: input.starts_on,
            ends_on: input.ends_on,
            accept: false,
        };
        let row = self.give(&mut tx, access, &before, &scope, "agency_client.changed", context).await?;
        tx.commit().await?;
        Ok(LinkView::of(&row, self.clock.now().date_naive()))
    }

    /// Ends a link from one side, at once; a pending one is declined or taken back by it.
    pub async fn end_link(
        &self,
        access: &Access,
        id: AgencyClientId,
        by_client: bool,
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(Permission::AgencyManage)?;
        in_person(access)?;
        let (side, by) = if by_client {
            (Side::Client(access.organization), "client")
        } else {
            (Side::Agency(access.organization), "agency")
        };
        let mut tx = self.store.service("a client or an agency ends what links them").await?;
        let row = find(&mut tx, side, id).await?;
        if sql::end(tx.conn(), id, by, self.clock.now()).await? {
            let before = Some(json!({ "status": row.status, "permissions": row.permissions }));
            let row = find(&mut tx, side, id).await?;
            self.record_link(&mut tx, access, &row, "agency_client.ended", before, context).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn give(
        &self,
        tx: &mut ServiceTx,
        access: &Access,
        before: &sql::Row,
        given: &Given,
        kind: &'static str,
        context: &RequestContext,
    ) -> Result<sql::Row, Error> {
        model::check_granter(access.permissions, given.permissions)?;
        let reached = match given.brand {
            None => access.brands == BrandScope::All,
            Some(brand) => access.brands.contains(brand),
        };
        let known = match given.brand {
            None => true,
            Some(brand) => {
                let ids = [brand.uuid()];
                !crate::memberships::sql::known_brands(tx.conn(), access.organization, &ids).await?.is_empty()
            }
        };
        if !reached || !known {
            let detail = "This brand isn't there, or isn't yours to give.";
            return Err(Problem::invalid("brand_id", "unknown_brand", detail).into());
        }
        let scope = sql::Scope {
            permissions: &words(given.permissions),
            brand: given.brand,
            starts_on: given.starts_on,
            ends_on: given.ends_on,
            accepted_by: given.accept.then_some(access.user),
            now: self.clock.now(),
        };
        if !sql::set_scope(tx.conn(), before.id, &scope).await? {
            let detail = if given.accept { "It was accepted already." } else { "Accept it first." };
            return Err(Problem::new(Kind::Conflict, "wrong_status", detail).into());
        }
        let old = json!({ "status": before.status, "permissions": before.permissions, "brand_id": before.brand_id });
        let row = find(tx, Side::Client(access.organization), before.id).await?;
        self.record_link(tx, access, &row, kind, Some(old), context).await?;
        Ok(row)
    }

    /// Writes what happened into both organizations' logs.
    async fn record_link(
        &self,
        tx: &mut ServiceTx,
        access: &Access,
        row: &sql::Row,
        kind: &'static str,
        before: Option<Value>,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let after = json!({
            "status": row.status, "permissions": row.permissions, "brand_id": row.brand_id,
            "starts_on": row.starts_on, "ends_on": row.ends_on,
        });
        for organization in [row.agency_id, row.client_id] {
            // at the client's, the agency's people are seen as what they are
            let data = if organization == row.agency_id && row.accepted_at.is_none() {
                json!({ "agency_id": row.agency_id })
            } else {
                json!({ "agency_id": row.agency_id, "client_id": row.client_id })
            };
            let abroad = organization == row.client_id && access.organization == row.agency_id;
            let agency = if abroad { Some(row.agency_id) } else { access.agency };
            let event = NewEvent {
                organization,
                brand: None,
                kind,
                subject: ("agency_client", row.id.uuid()),
                actor: Actor::User { id: access.user, agency },
                before: before.clone(),
                after: Some(after.clone()),
                data: Some(data),
                context: context.clone(),
            };
            events::record(tx, &self.clock, &self.rng, event).await?;
            // an agency that only asks has been let in nowhere
            let what = match kind {
                "agency_client.invited" => continue,
                "agency_client.accepted" => security::kind::AGENCY_LINKED,
                "agency_client.ended" => security::kind::AGENCY_UNLINKED,
                _ => security::kind::PERMISSION_CHANGED,
            };
            let event = NewSecurityEvent::new(what, context)
                .user(access.user)
                .organization(organization)
                .detail(json!({ "event": kind, "agency_id": row.agency_id, "client_id": row.client_id }));
            security::note(tx, &self.clock, &self.rng, event).await?;
        }
        Ok(())
    }
}

/// What a client gives an agency.
struct Given {
    permissions: Permissions,
    brand: Option<BrandId>,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    accept: bool,
}

async fn find(tx: &mut ServiceTx, side: Side, id: AgencyClientId) -> Result<sql::Row, Error> {
    let row = sql::list(tx.conn(), side, Some(id), true, None, 1).await?.pop();
    Ok(row.ok_or_else(|| Problem::not_found("link to an agency or client"))?)
}

/// The same, unless it is over.
async fn live(tx: &mut ServiceTx, side: Side, id: AgencyClientId) -> Result<sql::Row, Error> {
    let row = find(tx, side, id).await?;
    if row.status == "ended" {
        let detail = "This has ended; link each other anew.";
        return Err(Problem::new(Kind::Conflict, "link_ended", detail).into());
    }
    Ok(row)
}
