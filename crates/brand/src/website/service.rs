//! Use cases of websites: have one read, see what it says, take over what fits.

use bellwether_identity::organizations::check_website;
use bellwether_jobs::Options;
use bellwether_kernel::{BrandAccess, Kind, Permission, Problem, RequestContext};
use bellwether_store::TenantTx;
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{
    AcceptWebsite, Change, Finding, PageView, ReadWebsite, Websites,
    model::{Changes, Present},
    sql,
};
use crate::{Brands, Error, audiences, brands, ids::SnapshotId, offers, profile};

/// Readings of an organization in a day: each asks a stranger's server for a dozen pages.
const DAILY: i64 = 30;
/// A reading that has not ended after this will not: its worker is gone, and so are its tries.
const LIFE: Duration = Duration::hours(1);
/// Earlier readings that are shown.
const SHOWN: i64 = 10;

/// What is known of a brand's website.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WebsiteView {
    /// The newest reading, whatever became of it. Null before the first.
    pub latest: Option<SnapshotView>,
    /// The newest that was completed: what is offered for the profile.
    pub completed: Option<SnapshotView>,
    /// The newest ten, the newest first, with what changed.
    pub readings: Vec<EarlierView>,
    /// The brand's version, for `If-Match` when something is accepted.
    pub version: i32,
}

/// A reading of a website.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = WebsiteSnapshot)]
pub struct SnapshotView {
    /// Id.
    pub id: SnapshotId,
    /// As it was asked for.
    pub url: String,
    /// `pending`, `reading`, `completed` or `failed`.
    pub status: String,
    /// Stable code of why it failed.
    pub failure_code: Option<String>,
    /// Why it failed.
    pub failure: Option<String>,
    /// Who read it: `builtin`, or a language model's name.
    pub reader: Option<String>,
    /// Its pages, those that could not be read with the reason.
    pub pages: Vec<PageView>,
    /// What they say of the brand, by field.
    pub findings: Vec<Finding>,
    /// What differs from the reading before.
    pub changes: Vec<Change>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it was completed.
    pub read_at: Option<DateTime<Utc>>,
}

/// A reading in short.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = WebsiteReading)]
pub struct EarlierView {
    /// Id.
    pub id: SnapshotId,
    /// As it was asked for.
    pub url: String,
    /// `pending`, `reading`, `completed` or `failed`.
    pub status: String,
    /// Why it failed.
    pub failure: Option<String>,
    /// What differed from the reading before.
    pub changes: Vec<Change>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

impl From<sql::Row> for SnapshotView {
    fn from(row: sql::Row) -> Self {
        Self {
            id: row.id,
            url: row.url,
            status: row.status,
            failure_code: row.failure_code,
            failure: row.failure,
            reader: row.reader,
            pages: row.pages.0,
            findings: row.findings.0,
            changes: row.changes.0,
            created_at: row.created_at,
            read_at: row.read_at,
        }
    }
}

impl Brands {
    /// Who reads websites.
    pub(super) fn websites(&self) -> Result<&Websites, Problem> {
        self.websites.as_ref().ok_or_else(|| {
            Problem::new(Kind::Unavailable, "no_reader", "Websites can't be read on this installation.")
        })
    }

    /// What is known of a brand's website.
    pub async fn get_website(&self, access: &BrandAccess) -> Result<WebsiteView, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let view = view(&mut tx, access).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Has a website read, in the background; the brand's managers may.
    pub async fn read_website(
        &self,
        access: &BrandAccess,
        url: &str,
        context: &RequestContext,
    ) -> Result<WebsiteView, Error> {
        access.allow(Permission::BrandUpdate)?;
        self.websites()?;
        let url = url.trim();
        // an address as people type it
        let url = if url.contains("://") { url.to_owned() } else { format!("https://{url}") };
        let parsed = bellwether_ingest::parse_url(&url).map_err(|error| error.to_problem("url"))?;
        check_website(parsed.as_str()).map_err(|(code, message)| Problem::invalid("url", code, message))?;
        let mut tx = self.store.tenant(access).await?;
        crate::lock(&mut tx, access.brand).await?;
        let now = self.clock.now();
        if sql::begun_since(tx.conn(), access.organization, now - Duration::hours(24)).await? >= DAILY {
            let detail =
                format!("An organization has at most {DAILY} websites read in 24 hours. Try again later.");
            return Err(Problem::new(Kind::RateLimited, "too_many_readings", detail).into());
        }
        for status in ["pending", "reading"] {
            let Some(open) = sql::newest(tx.conn(), access.brand, Some(status), None).await? else {
                continue;
            };
            if open.created_at < now - LIFE {
                // its job is gone: the brand was deleted meanwhile, or its tries were used up by crashes
                sql::fail(tx.conn(), open.id, "interrupted", "The reading was interrupted. Start it again.")
                    .await?;
            } else {
                let detail = "The website is being read already. Wait until that is done.";
                return Err(Problem::new(Kind::Conflict, "being_read", detail).into());
            }
        }
        let id = SnapshotId::new(&self.clock, &self.rng);
        let key = (access.organization, access.brand, id);
        sql::insert(tx.conn(), key, parsed.as_str(), Some(access.user), now).await?;
        let change = (None, Some(json!({ "url": parsed.as_str() })));
        self.record_in(&mut tx, access, "website.reading", ("website", id.uuid()), change, context).await?;
        let job = ReadWebsite { organization: access.organization, snapshot: id };
        bellwether_jobs::enqueue(&mut tx, &job, Options::default()).await?;
        let view = view(&mut tx, access).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Takes over what a website says, changed or not: all of it or nothing. The brand's managers may.
    pub async fn accept_website(
        &self,
        access: &BrandAccess,
        version: i32,
        input: AcceptWebsite,
        context: &RequestContext,
    ) -> Result<WebsiteView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let fields: Vec<String> = input.fields.iter().map(|one| one.field.clone()).collect();
        let changes = Changes::of(input)?;
        let mut tx = self.store.tenant(access).await?;
        crate::lock(&mut tx, access.brand).await?;
        let mut version = version;
        if let Some(change) = changes.brand {
            self.update_brand_in(&mut tx, access, version, change, context).await?;
            version += 1;
        }
        if changes.profile.is_some() || !changes.more.is_empty() {
            let mut change = changes.profile.unwrap_or_default();
            if !changes.more.is_empty() {
                let present = profile::get_in(&mut tx, access.brand).await?;
                let mut more = present.map(|profile| profile.more).unwrap_or_default();
                more.extend(changes.more);
                change.more = Some(more);
            }
            self.update_profile_in(&mut tx, access, version, change, context).await?;
        }
        for (index, audience) in changes.audiences {
            let made = self.create_audience_in(&mut tx, access, audience, context).await;
            made.map_err(|error| at(error, index))?;
        }
        for (index, offer) in changes.offers {
            let made = self.create_offer_in(&mut tx, access, offer, context).await;
            made.map_err(|error| at(error, index))?;
        }
        let subject = ("brand", access.brand.uuid());
        let change = (None, Some(json!({ "fields": fields })));
        self.record_in(&mut tx, access, "website.accepted", subject, change, context).await?;
        let view = view(&mut tx, access).await?;
        tx.commit().await?;
        Ok(view)
    }
}

/// A fault of something that is made of a value, at the place of the value.
fn at(error: Error, index: usize) -> Error {
    let mut problem = Problem::from(error);
    for fault in &mut problem.errors {
        fault.path = format!("fields/{index}/value/{}", fault.path);
    }
    Error::Problem(problem)
}

async fn view(tx: &mut TenantTx, access: &BrandAccess) -> Result<WebsiteView, Error> {
    let brand =
        brands::sql::get(tx.conn(), access.brand).await?.ok_or_else(|| Problem::not_found("brand"))?;
    let latest = sql::newest(tx.conn(), access.brand, None, None).await?;
    let completed = sql::newest(tx.conn(), access.brand, Some("completed"), None).await?;
    let readings = sql::list(tx.conn(), access.brand, SHOWN).await?;
    let profile = profile::get_in(tx, access.brand).await?.ok_or_else(|| Problem::not_found("brand"))?;
    let names = audiences::all(tx, access.brand).await?.into_iter().map(|view| view.audience.name).collect();
    let present = Present {
        profile: &profile,
        brand: &brand,
        audiences: names,
        offers: offers::names(tx, access.brand).await?,
    };
    let shown = |row: sql::Row| {
        let mut view = SnapshotView::from(row);
        present.compare(&mut view.findings);
        view
    };
    Ok(WebsiteView {
        latest: latest.map(shown),
        completed: completed.map(shown),
        readings: readings
            .into_iter()
            .map(|row| EarlierView {
                id: row.id,
                url: row.url,
                status: row.status,
                failure: row.failure,
                changes: row.changes.0,
                created_at: row.created_at,
            })
            .collect(),
        version: brand.version,
    })
}
