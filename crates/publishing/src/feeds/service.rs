//! Use cases of feeds.

use bellwether_kernel::{BrandAccess, BrandScope, Kind, Permission, Problem, RequestContext};
use bellwether_networks::Network;
use bellwether_store::TenantScope;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{ics, sql};
use crate::{CalendarFeedId, Error, Publishing, reviews::token_hash};

/// How much of the past and the future a feed has, and how much at most.
const PAST: Duration = Duration::days(90);
const AHEAD: Duration = Duration::days(366);
const MOST: i64 = 5_000;

/// A secret address.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CalendarFeedView {
    /// Id.
    pub id: CalendarFeedId,
    /// For whom or what.
    pub label: String,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// The address for a calendar program; told once, when it is made.
    pub url: Option<String>,
}

/// A feed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCalendarFeed {
    /// For whom or what, 1 to 120 characters.
    pub label: String,
}

impl From<sql::FeedRow> for CalendarFeedView {
    fn from(row: sql::FeedRow) -> Self {
        Self {
            id: row.id,
            label: row.label,
            revoked_at: row.revoked_at,
            created_at: row.created_at,
            url: None,
        }
    }
}

impl Publishing {
    /// A brand's feeds.
    pub async fn list_feeds(&self, access: &BrandAccess) -> Result<Vec<CalendarFeedView>, Error> {
        access.allow(Permission::PostsPublish)?;
        let mut tx = self.store.tenant(access).await?;
        let rows = sql::list(tx.conn(), access.brand).await?;
        tx.commit().await?;
        Ok(rows.into_iter().map(CalendarFeedView::from).collect())
    }

    /// Makes one. The address in the answer is told this once.
    pub async fn create_feed(
        &self,
        access: &BrandAccess,
        input: &CreateCalendarFeed,
        context: &RequestContext,
    ) -> Result<CalendarFeedView, Error> {
        access.allow(Permission::PostsPublish)?;
        let label = input.label.trim();
        if label.is_empty() || label.chars().count() > 120 {
            let words = "Say for whom it is, in 1 to 120 characters.";
            return Err(Problem::invalid("label", "length", words).into());
        }
        let token = self.rng.token();
        let row = sql::FeedRow {
            id: CalendarFeedId::new(&self.clock, &self.rng),
            label: label.to_owned(),
            revoked_at: None,
            created_at: self.clock.now(),
        };
        let of = (access.organization, access.brand);
        let mut tx = self.store.tenant(access).await?;
        sql::insert(tx.conn(), of, &row, &token_hash(&token), access.user).await?;
        self.record(
            &mut tx,
            (access.organization, Some(access.brand)),
            "calendar_feed.created",
            ("calendar_feed", row.id.uuid()),
            (None, Some(json!({ "label": row.label }))),
            (access.actor(), context),
        )
        .await?;
        tx.commit().await?;
        let url = format!("{}/api/v1/calendar-feeds/{token}.ics", self.outside.public_url);
        Ok(CalendarFeedView { url: Some(url), ..row.into() })
    }

    /// Takes one back.
    pub async fn revoke_feed(
        &self,
        access: &BrandAccess,
        id: CalendarFeedId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(Permission::PostsPublish)?;
        let mut tx = self.store.tenant(access).await?;
        let label = sql::revoke(tx.conn(), access.brand, id, self.clock.now()).await?;
        let label = label.ok_or_else(|| Problem::not_found("feed"))?;
        self.record(
            &mut tx,
            (access.organization, Some(access.brand)),
            "calendar_feed.revoked",
            ("calendar_feed", id.uuid()),
            (Some(json!({ "label": label })), None),
            (access.actor(), context),
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// The calendar behind a secret address.
    pub async fn feed(&self, token: &str) -> Result<String, Error> {
        let mut tx = self.store.service("a calendar program reads a feed").await?;
        let found = sql::find(tx.conn(), &token_hash(token)).await?;
        tx.commit().await?;
        let gone = || Problem::new(Kind::NotFound, "feed_gone", "There is no such calendar any more.");
        let (organization, brand) = found.ok_or_else(gone)?;
        let scope = TenantScope { user: None, organization, brands: BrandScope::Only(vec![brand]) };
        let now = self.clock.now();
        let mut tx = self.store.tenant(&scope).await?;
        let name = self.brands.get_in(&mut tx, brand).await?.ok_or_else(gone)?.name;
        let rows = sql::events(tx.conn(), brand, (now - PAST, now + AHEAD), MOST).await?;
        tx.commit().await?;
        let events: Vec<ics::Event> = rows.into_iter().map(event).collect();
        Ok(ics::calendar(&name, &events))
    }
}

fn event(row: sql::EventRow) -> ics::Event {
    let network = Network::parse(&row.network).map_or("", Network::name);
    let state = row.state.replace('_', " ");
    ics::Event {
        uid: format!("{}@bellwether", row.id),
        sequence: row.version,
        changed_at: row.updated_at,
        at: row.due_at,
        summary: format!("{network}: {}", row.title),
        description: format!("{} on {} ({state})", row.title, row.handle),
        url: row.remote_url,
        cancelled: row.state == "cancelled",
        confirmed: matches!(row.state.as_str(), "scheduled" | "sending" | "published" | "unclear"),
    }
}
