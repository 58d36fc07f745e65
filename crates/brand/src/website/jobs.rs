//! The reading of a website. The job may run more than once: a reading that is over stays as it is.

use bellwether_ingest::{
    Site, SiteError,
    site::{PageKind, SitePage},
};
use bellwether_jobs::{
    Job, JobError, JobMeta,
    events::{self, NewEvent, Whisper, whisper},
};
use bellwether_kernel::{
    Actor, BrandAccess, Kind, Permission, Problem, RequestContext, hex,
    id::{BrandId, OrganizationId},
};
use bellwether_store::{TenantScope, TenantTx};
use chrono::Duration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::{PageView, model, modelled, reading, sql};
use crate::{Brands, Error, ids::SnapshotId};

/// Readings kept of a brand.
const KEPT: i64 = 10;
/// Characters of text kept of a reading.
const CONTENT: usize = 400_000;
/// The built-in reader's name.
const BUILTIN: &str = "builtin";

/// Reads a website.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReadWebsite {
    pub(super) organization: OrganizationId,
    pub(super) snapshot: SnapshotId,
}

impl Job for ReadWebsite {
    const NAME: &'static str = "brand.read_website";
    const MAX_ATTEMPTS: i32 = 3;
    type Context = Brands;

    async fn run(self, brands: Brands, meta: JobMeta) -> Result<(), JobError> {
        let (code, reason, again) = match brands.run_reading(&self).await {
            Ok(None) => return Ok(()),
            Ok(Some(error)) => (error.code(), error.to_string(), error.is_temporary()),
            Err(error) => ("internal", error.to_string(), true),
        };
        if again && !meta.is_last() {
            return Err(JobError::Retry(reason));
        }
        // whoever waits is told; a fault of ours is not theirs to read
        let told =
            if code == "internal" { "The website could not be read. Try again later." } else { &reason };
        let failed = brands.fail_reading(&self, code, told).await;
        failed.map_err(|error| JobError::Retry(error.to_string()))?;
        if code == "internal" { Err(JobError::Fail(reason)) } else { Ok(()) }
    }
}

impl Brands {
    /// The reading; what stood in its way when nothing could be read.
    async fn run_reading(&self, job: &ReadWebsite) -> Result<Option<SiteError>, Error> {
        let scope = TenantScope::organization(job.organization);
        let mut tx = self.store.tenant(scope).await?;
        let Some((brand, url)) = sql::start(tx.conn(), job.snapshot, self.clock.now()).await? else {
            return Ok(None);
        };
        tx.commit().await?;
        let websites = self.websites()?;
        let (sender, mut pages_read) = tokio::sync::mpsc::unbounded_channel::<(String, usize)>();
        let mut count = 0;
        let reading = websites.reader.read_site(&url, &websites.policy, |page: &SitePage| {
            count += 1;
            // nobody listens any more: then nobody wants to know
            let _ = sender.send((page.url.to_string(), count));
        });
        tokio::pin!(reading);
        let site = loop {
            tokio::select! {
                site = &mut reading => break site,
                Some((page, count)) = pages_read.recv() => self.tell_progress(job, brand, &page, count).await,
            }
        };
        match site {
            Ok(site) => self.keep_reading(job, brand, site, true).await?,
            Err(error) => return Ok(Some(error)),
        }
        Ok(None)
    }

    /// A reading of pages that are given instead of fetched: what is read of them, and how, is as anywhere. For the
    /// demonstration, which may have no network; language models aren't asked.
    pub async fn add_demo_website(
        &self,
        access: &BrandAccess,
        pages: &[(Url, &str)],
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(Permission::BrandUpdate)?;
        let read = pages.iter().map(|(url, html)| {
            let kind = if url.path() == "/" { PageKind::Home } else { PageKind::of(url.path(), "") };
            SitePage::of(html, url.clone(), kind)
        });
        let pages = read.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_problem("pages"))?;
        let Some(first) = pages.first().map(|page| page.url.to_string()) else {
            return Err(Problem::invalid("pages", "length", "Give a page.").into());
        };
        let job = ReadWebsite {
            organization: access.organization,
            snapshot: SnapshotId::new(&self.clock, &self.rng),
        };
        let (key, now) = ((access.organization, access.brand, job.snapshot), self.clock.now());
        let mut tx = self.store.tenant(access).await?;
        sql::insert(tx.conn(), key, &first, Some(access.user), now).await?;
        let change = (None, Some(json!({ "url": first })));
        let subject = ("website", job.snapshot.uuid());
        self.record_in(&mut tx, access, "website.reading", subject, change, context).await?;
        sql::start(tx.conn(), job.snapshot, now).await?;
        tx.commit().await?;
        let site = Site { pages, unread: Vec::new() };
        self.keep_reading(&job, access.brand, site, false).await
    }

    /// Works out what a site says and keeps it. `ask` asks language models too, where there are any.
    async fn keep_reading(
        &self,
        job: &ReadWebsite,
        brand: BrandId,
        site: Site,
        ask: bool,
    ) -> Result<(), Error> {
        let scope = TenantScope::organization(job.organization);
        let (pages, mut findings, content) = tokio::task::spawn_blocking(move || {
            let findings = reading::read(&site.pages);
            let (pages, content) = kept(&site);
            (pages, findings, content)
        })
        .await
        .map_err(|error| Problem::new(Kind::Internal, "internal", error.to_string()))?;

        let reader = if ask {
            let websites = self.websites()?;
            let of = ("website", job.snapshot.uuid());
            let meter = websites.operations.meter(job.organization, Some(brand), Some(of));
            modelled::read(&websites.models, &content, &pages, &meter, &mut findings).await
        } else {
            None
        };

        let mut tx = self.store.tenant(scope).await?;
        let before = sql::newest(tx.conn(), brand, Some("completed"), Some(job.snapshot)).await?;
        let changes = before
            .map(|before| model::changes((&before.pages, &before.findings), (&pages, &findings)))
            .unwrap_or_default();
        let outcome = sql::Outcome {
            reader: reader.as_deref().unwrap_or(BUILTIN),
            pages: &pages,
            findings: &findings,
            changes: &changes,
            content: &content,
        };
        if sql::complete(tx.conn(), job.snapshot, &outcome, self.clock.now()).await? {
            sql::keep_newest(tx.conn(), brand, KEPT, self.clock.now() - Duration::hours(24)).await?;
            let data = json!({ "pages": pages.len(), "fields": findings.len(), "changes": changes.len() });
            self.announce_reading(&mut tx, job, brand, "website.read", data).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn fail_reading(&self, job: &ReadWebsite, code: &str, reason: &str) -> Result<(), Error> {
        let mut tx = self.store.tenant(TenantScope::organization(job.organization)).await?;
        if let Some(brand) = sql::fail(tx.conn(), job.snapshot, code, reason).await? {
            let data = json!({ "code": code, "reason": reason });
            self.announce_reading(&mut tx, job, brand, "website.failed", data).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn tell_progress(&self, job: &ReadWebsite, brand: BrandId, page: &str, count: usize) {
        let told = async {
            let mut tx = self.store.tenant(TenantScope::organization(job.organization)).await?;
            let told = Whisper {
                organization: job.organization,
                brand: Some(brand),
                kind: "website.progress",
                subject: ("website", job.snapshot.uuid()),
                data: json!({ "page": page, "pages": count }),
            };
            whisper(&mut tx, told).await?;
            tx.commit().await
        };
        if let Err(error) = told.await {
            // the reading matters more than the word on it
            tracing::debug!(%error, "progress could not be told");
        }
    }

    async fn announce_reading(
        &self,
        tx: &mut TenantTx,
        job: &ReadWebsite,
        brand: BrandId,
        kind: &'static str,
        data: Value,
    ) -> Result<(), Error> {
        let event = NewEvent {
            organization: job.organization,
            brand: Some(brand),
            kind,
            subject: ("website", job.snapshot.uuid()),
            actor: Actor::System { reason: "reading a website".into() },
            before: None,
            after: None,
            data: Some(data),
            context: RequestContext::default(),
        };
        events::record(tx, &self.clock, &self.rng, event).await?;
        Ok(())
    }
}

/// What is kept of a site: its pages and their text.
fn kept(site: &Site) -> (Vec<PageView>, String) {
    let mut content = String::new();
    let mut room = CONTENT;
    let mut pages = Vec::new();
    for page in &site.pages {
        let text = page.document.to_text();
        let title = page.facts.title.clone();
        pages.push(PageView {
            url: page.url.to_string(),
            title,
            status: "read".to_owned(),
            reason: None,
            words: bellwether_language::count_words(&text),
            hash: hex(&Sha256::digest(text.as_bytes())),
        });
        let part = format!("# {}\n\n{text}\n\n", page.url);
        // PostgreSQL's text holds no NUL
        let part: String = part.chars().filter(|c| *c != '\0').take(room).collect();
        room -= part.chars().count();
        content.push_str(&part);
    }
    pages.extend(site.unread.iter().map(|one| PageView {
        url: one.url.to_string(),
        title: None,
        status: one.code.to_owned(),
        reason: Some(one.reason.clone()),
        words: 0,
        hash: String::new(),
    }));
    (pages, content)
}
