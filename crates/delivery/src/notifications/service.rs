//! Use cases of notices.

use bellwether_identity::people::model::{Me, MyOrganization};
use bellwether_jobs::events::{self, Whisper, whisper};
use bellwether_kernel::{
    Cursor, Page, PageRequest, Problem,
    id::{EventId, GenerationId, OrganizationId, PostId, UserId},
};
use bellwether_publishing::PublicationId;
use bellwether_store::TenantScope;
use bellwether_trends::{SourceId, TrendId};
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    sql::{self, NewNotice, NoticeRow, Reach},
    told::{self, Told},
};
use crate::{
    Delivery, Error, Facts, Kind, NotificationId,
    preferences::{model::channels, sql as preferences},
};

/// How long a notice waits for others before they are mailed together.
pub(super) const TOGETHER: Duration = Duration::minutes(5);
/// Unread ones are counted no further: a bell says "99+".
const COUNTED: i64 = 100;
/// How long notices are kept.
const LIFE: Duration = Duration::days(90);

/// What somebody was told.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Notification)]
pub struct NotificationView {
    /// Id.
    pub id: NotificationId,
    /// Of what.
    pub kind: Kind,
    /// What happened, in a few words.
    pub title: String,
    /// To what, and why; may be empty.
    pub detail: String,
    /// Where it leads, as a path inside the app; none when there is nothing to see any more.
    pub href: Option<String>,
    /// The organization that it is of.
    pub organization_id: OrganizationId,
    /// When it happened.
    pub created_at: DateTime<Utc>,
    /// When it was read.
    pub read_at: Option<DateTime<Utc>>,
}

/// How many notices are unread.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NotificationCount {
    /// Unread ones; counted up to 100.
    pub unread: i64,
}

/// What somebody reaches.
pub(super) fn reach(me: &Me) -> Reach {
    Reach {
        organizations: me.organizations.iter().map(|organization| organization.id.uuid()).collect(),
        brands: me
            .organizations
            .iter()
            .flat_map(|of| of.brands.iter().map(|brand| brand.id.uuid()))
            .collect(),
    }
}

/// Where a notice leads.
fn href(organization: &MyOrganization, row: &NoticeRow) -> Option<String> {
    let brand = match row.brand {
        Some(id) => organization.brands.iter().find(|brand| brand.id == id)?,
        // the organization's own rooms are reached from any brand
        None => organization.brands.first()?,
    };
    let place = match row.subject_type.as_str() {
        "publication" => format!("calendar?item={}", PublicationId::from(row.subject_id)),
        "post" => format!("library?post={}", PostId::from(row.subject_id)),
        "generation" => format!("studio/{}", GenerationId::from(row.subject_id)),
        "connection" => "brand/connections".to_owned(),
        "user" => "settings/members".to_owned(),
        "organization" => "settings/organization".to_owned(),
        "trend" => format!("trends?trend={}", TrendId::from(row.subject_id)),
        "source" => format!("sources?source={}", SourceId::from(row.subject_id)),
        "brand" => "calendar".to_owned(),
        _ => return None,
    };
    Some(format!("/{}/{}/{place}", organization.slug, brand.slug))
}

/// A notice in words, for who reaches its place; none when nobody knows its kind any more.
pub(super) fn view(me: &Me, row: &NoticeRow) -> Option<NotificationView> {
    let kind: Kind = row.kind.parse().ok()?;
    let organization = me.organizations.iter().find(|organization| organization.id == row.organization)?;
    let facts: Facts = serde_json::from_value(row.data.clone()).unwrap_or_default();
    let words = kind.words(&facts);
    Some(NotificationView {
        id: row.id,
        kind,
        title: words.title,
        detail: words.detail,
        href: href(organization, row),
        organization_id: row.organization,
        created_at: row.created_at,
        read_at: row.read_at,
    })
}

impl Delivery {
    /// What somebody was told, the newest first.
    pub async fn list_notifications(
        &self,
        user: UserId,
        unread: bool,
        page: PageRequest,
    ) -> Result<Page<NotificationView>, Error> {
        let me = self.identity.me(user).await?;
        let mut tx = self.store.service("somebody reads what they were told").await?;
        let rows = sql::list(tx.conn(), user, &reach(&me), unread, page.after, page.limit + 1).await?;
        tx.commit().await?;
        let page = Page::of(rows, page.limit, |row| Cursor { at: row.created_at, id: row.id.uuid() });
        let items = page.items.iter().filter_map(|row| view(&me, row)).collect();
        Ok(Page { items, next_cursor: page.next_cursor })
    }

    /// How many notices somebody has not read.
    pub async fn count_notifications(&self, user: UserId) -> Result<NotificationCount, Error> {
        let me = self.identity.me(user).await?;
        let mut tx = self.store.service("somebody counts what they were told").await?;
        let unread = sql::count_unread(tx.conn(), user, &reach(&me), COUNTED).await?;
        tx.commit().await?;
        Ok(NotificationCount { unread })
    }

    /// Marks one as read; it is not mailed any more.
    pub async fn read_notification(
        &self,
        user: UserId,
        id: NotificationId,
    ) -> Result<NotificationView, Error> {
        let me = self.identity.me(user).await?;
        let mut tx = self.store.service("somebody read a notice").await?;
        let row = sql::read(tx.conn(), user, &reach(&me), id, self.clock.now()).await?;
        tx.commit().await?;
        Ok(row.and_then(|row| view(&me, &row)).ok_or_else(|| Problem::not_found("notification"))?)
    }

    /// Marks all as read; none of them is mailed any more.
    pub async fn read_all_notifications(&self, user: UserId) -> Result<(), Error> {
        let mut tx = self.store.service("somebody read all notices").await?;
        sql::read_all(tx.conn(), user, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Tells those whom an event concerns. As often as it is asked: nobody is told twice.
    pub(super) async fn notify(&self, organization: OrganizationId, id: EventId) -> Result<(), Error> {
        let mut tx = self.store.tenant(TenantScope::organization(organization)).await?;
        let event = events::find(&mut tx, id).await?;
        if let Some(rising) = event.as_ref().filter(|event| event.kind == "trend.rising") {
            tx.commit().await?;
            return self.alert_trend(rising).await;
        }
        let found = match &event {
            Some(event) => told::of_event(&mut tx, event).await?,
            None => None,
        };
        tx.commit().await?;
        let (Some(event), Some(mut told)) = (event, found) else { return Ok(()) };
        let (actor, guest) = told::actor_of(&event);
        told.except.extend(actor);
        told.facts.who = guest.filter(|name| !name.trim().is_empty());
        // who joined is who acted; an administrator's or a service's word adds somebody else
        let who = if told.subject.0 == "user" { Some(UserId::from(told.subject.1)) } else { actor };
        if let Some(who) = who {
            let mut tx = self.store.service("name who did something").await?;
            let named = self.identity.addressees(&mut tx, &[who]).await?.pop();
            tx.commit().await?;
            told.facts.who = named.map(|person| person.name).or(told.facts.who);
        }
        self.tell(organization, Some(id), &told).await
    }

    /// Makes the notices.
    pub(crate) async fn tell(
        &self,
        organization: OrganizationId,
        event: Option<EventId>,
        told: &Told,
    ) -> Result<(), Error> {
        let mut tx = self.store.service("find whom something concerns").await?;
        let reaching = self.identity.reaching(&mut tx, organization, told.brand).await?;
        let users = told.recipients(&reaching);
        let chosen = preferences::kinds(tx.conn(), &users).await?;
        let without_mail = preferences::without_mail(tx.conn(), &users).await?;
        tx.commit().await?;
        if users.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let data = serde_json::to_value(&told.facts).unwrap_or_else(|_| json!({}));
        let mut tx = self.store.tenant(TenantScope::organization(organization)).await?;
        let mut rung = Vec::new();
        for user in users {
            let own: Vec<_> = chosen
                .iter()
                .filter(|(other, ..)| *other == user)
                .map(|(_, kind, channels)| (*kind, *channels))
                .collect();
            let ways = channels(&own, told.kind);
            let mail = ways.mail && !told.kind.by_ways() && !without_mail.contains(&user);
            if !ways.app && !mail {
                continue;
            }
            let new = NewNotice {
                organization,
                id: NotificationId::new(&self.clock, &self.rng),
                brand: told.brand,
                user,
                kind: told.kind.as_str(),
                data: &data,
                subject: told.subject,
                event,
                occasion: &told.occasion,
                in_app: ways.app,
                mail_after: mail.then_some(now + TOGETHER),
                now,
            };
            if sql::insert(tx.conn(), &new).await? && ways.app {
                rung.push(user);
            }
        }
        if !rung.is_empty() {
            let data: Value = json!({ "kind": told.kind, "user_ids": rung });
            let told = Whisper {
                organization,
                brand: told.brand,
                kind: "notification.created",
                subject: told.subject,
                data,
            };
            whisper(&mut tx, told).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Removes old notices and deliveries; gives how many notices.
    pub(super) async fn retain(&self) -> Result<u64, Error> {
        let before = self.clock.now() - LIFE;
        let mut tx = self.store.service("retention: notices").await?;
        let gone = sql::delete_old(tx.conn(), before).await?;
        // what says that an address wants no mail stays: it is what keeps mail away
        preferences::delete_idle_contacts(tx.conn(), before).await?;
        crate::daily::forget(tx.conn(), self.clock.now() - crate::daily::LIFE).await?;
        crate::sends::forget(tx.conn(), self.clock.now() - crate::daily::LIFE).await?;
        tx.commit().await?;
        Ok(gone)
    }
}
