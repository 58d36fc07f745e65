//! Use cases of items, and keeping what a source said.

use std::collections::{HashMap, HashSet};

use bellwether_kernel::{
    BrandAccess, Cursor, Page, PageRequest, Permission, Problem, Timestamp,
    id::{BrandId, OrganizationId},
};
use bellwether_store::{TenantScope, TenantTx};
use chrono::Duration;
use serde_json::Value;
use uuid::Uuid;

use super::{
    Identified, ItemDetail, ItemView, Mark, NewItem, Reader,
    likeness::Likeness,
    prepare,
    sql::{self, Filter},
};
use crate::{
    Error, ItemId, SourceId, Trends,
    meaning::{Asked, Fused, Matched, fuse},
};

/// What a search finds at most.
const FOUND: i32 = 400;
/// Letters of a search.
const LONGEST_SEARCH: usize = 200;
/// Days within which items may say nearly the same.
const NEAR_DAYS: i64 = 7;
/// Items of these days that a new one is compared with.
const NEAR_ITEMS: i64 = 2_000;

/// Which items are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Said by this source.
    pub source: Option<SourceId>,
    /// Words to look for.
    pub q: Option<String>,
    /// In this language.
    pub language: Option<String>,
    /// Not older than this.
    pub since: Option<Timestamp>,
    /// With this mark of who asks.
    pub mark: Option<Mark>,
}

/// What a look brought, ready to be kept.
#[derive(Debug, Default)]
pub(crate) struct Prepared {
    /// New ones with the group of each.
    new: Vec<(ItemId, Uuid, NewItem)>,
    /// Those that are known, with their numbers.
    known: Vec<(Uuid, Option<Value>)>,
}

/// What was kept of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// How many are new to the brand.
    pub(crate) new: usize,
    /// When the newest is dated.
    pub(crate) newest: Option<Timestamp>,
}

/// What somebody looks for, understood as far as it can be.
pub(crate) struct Search {
    q: String,
    exact: bool,
    asked: Option<Asked>,
}

impl Search {
    /// What it finds of a brand's items, by words and by meaning, and how well each fits.
    pub(crate) async fn ranks(
        &self,
        tx: &mut TenantTx,
        brand: BrandId,
        since: Option<Timestamp>,
    ) -> Result<HashMap<Uuid, Fused>, Error> {
        let letters = if self.exact { "" } else { &self.q };
        let by_words = sql::search(tx.conn(), brand, (&self.q, letters), FOUND).await?;
        let nearly: HashSet<Uuid> =
            by_words.iter().filter(|(.., nearly)| *nearly).map(|(id, ..)| *id).collect();
        let mut ranks: HashMap<Uuid, Fused> = match &self.asked {
            Some(asked) => {
                let near = Trends::near(tx, brand, asked, since).await?;
                let by_words: Vec<Uuid> = by_words.into_iter().map(|(id, ..)| id).collect();
                fuse(&by_words, &near, asked.model.near)
            }
            None => by_words
                .into_iter()
                .map(|(id, rank, _)| (id, Fused { rank, matched: Matched::Words }))
                .collect(),
        };
        for (id, fused) in &mut ranks {
            if fused.matched == Matched::Words && nearly.contains(id) {
                fused.matched = Matched::Nearly;
            }
        }
        Ok(ranks)
    }
}

/// Whether a search says which words it wants or does not want: then nothing without them is the answer.
fn is_exact(q: &str) -> bool {
    q.contains('"') || q.split_whitespace().any(|word| word.starts_with('-') && word.len() > 1)
}

/// A search with its quotation marks as the database knows them: keyboards give others, and each language has its own.
fn straight(q: &str) -> String {
    let mark = |c: char| matches!(c, '“' | '”' | '„' | '‟' | '«' | '»' | '「' | '」' | '『' | '』' | '＂');
    q.chars().map(|c| if mark(c) { '"' } else { c }).collect()
}

/// One item as a list shows it.
pub(super) async fn one(
    tx: &mut TenantTx,
    brand: BrandId,
    id: ItemId,
    reader: Reader,
) -> Result<ItemView, Error> {
    let ids = [id.uuid()];
    let filter = Filter { ids: Some(&ids), ..Filter::default() };
    let found = sql::find(tx.conn(), (brand, reader), filter, None, 1).await?.pop();
    Ok(found.ok_or_else(|| Problem::not_found("item"))?.view)
}

impl Trends {
    /// A brand's items: the newest first, or the best when something is looked for.
    pub async fn list_items(
        &self,
        access: &BrandAccess,
        wanted: &Wanted,
        page: PageRequest,
    ) -> Result<Page<ItemView>, Error> {
        access.allow(Permission::BrandRead)?;
        let language = wanted.language.as_deref().map(str::trim).filter(|language| !language.is_empty());
        let mut filter = Filter {
            ids: None,
            source: wanted.source,
            language,
            since: wanted.since,
            mark: wanted.mark,
            // what was saved is shown, whatever else says it
            first_only: wanted.source.is_none() && wanted.mark != Some(Mark::Saved),
        };
        let q = wanted.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
        let Some(q) = q else {
            let mut tx = self.store.tenant(access).await?;
            let whose = (access.brand, self.reader(access));
            let found = sql::find(tx.conn(), whose, filter, page.after, page.limit + 1).await?;
            tx.end_reading();
            let page =
                Page::of(found, page.limit, |found| Cursor { at: found.dated_at, id: found.view.id.uuid() });
            return Ok(page.map(|found| found.view));
        };
        let search = self.search_of(access, q).await?;
        let mut tx = self.store.tenant(access).await?;
        let ranks = search.ranks(&mut tx, access.brand, wanted.since).await?;
        let ids: Vec<Uuid> = ranks.keys().copied().collect();
        filter.ids = Some(&ids);
        // a copy may be found where the first is not
        filter.first_only = false;
        let whose = (access.brand, self.reader(access));
        let found = sql::find(tx.conn(), whose, filter, None, ids.len() as i64).await?;
        tx.end_reading();
        let mut found: Vec<(Uuid, ItemView)> = found
            .into_iter()
            .map(|found| {
                let fused = ranks.get(&found.view.id.uuid());
                let view = ItemView {
                    rank: fused.map(|fused| fused.rank),
                    matched: fused.map(|fused| fused.matched),
                    ..found.view
                };
                (found.group, view)
            })
            .collect();
        found.sort_by(|(_, a), (_, b)| {
            let rank = |view: &ItemView| view.rank.unwrap_or_default();
            rank(b).total_cmp(&rank(a)).then(b.id.cmp(&a.id))
        });
        // of those that say nearly the same the one that fits best stands for all
        let mut groups: HashSet<Uuid> = HashSet::new();
        let apart = wanted.source.is_some() || wanted.mark == Some(Mark::Saved);
        found.retain(|(group, _)| apart || groups.insert(*group));
        found.truncate(usize::try_from(page.limit).unwrap_or(100));
        let views = found.into_iter().map(|(_, view)| view).collect();
        Ok(Page { items: views, next_cursor: None })
    }

    /// A search as somebody writes it. Outside of every transaction: a model may take its time.
    pub(crate) async fn search_of(&self, access: &BrandAccess, q: &str) -> Result<Search, Error> {
        if q.chars().count() > LONGEST_SEARCH {
            let message = format!("Use at most {LONGEST_SEARCH} characters.");
            return Err(Problem::invalid("q", "too_long", message).into());
        }
        let q = straight(q);
        let exact = is_exact(&q);
        let asked = if exact { None } else { self.understand(access, &q).await };
        Ok(Search { q, exact, asked })
    }

    /// One item with its text and who says nearly the same.
    pub async fn get_item(&self, access: &BrandAccess, id: ItemId) -> Result<ItemDetail, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let view = one(&mut tx, access.brand, id, self.reader(access)).await?;
        let (text, group) =
            sql::text(tx.conn(), access.brand, id).await?.ok_or_else(|| Problem::not_found("item"))?;
        let also = sql::also(tx.conn(), access.brand, group, (id, view.source.id)).await?;
        tx.end_reading();
        Ok(ItemDetail {
            id: view.id,
            source: view.source,
            url: view.url,
            title: view.title,
            author: view.author,
            published_at: view.published_at,
            seen_at: view.seen_at,
            summary: view.summary,
            language: view.language,
            keyphrases: view.keyphrases,
            words: view.words,
            engagement: view.engagement,
            picture_url: view.picture_url,
            read: view.read,
            saved_at: view.saved_at,
            text,
            also,
        })
    }

    /// Items that may fit a query by their words, and these that may by their meaning; the newest first, each with the
    /// beginning of its text.
    pub(crate) async fn candidates(
        &self,
        tx: &mut TenantTx,
        (brand, reader): (BrandId, Reader),
        (query, near): (&str, &[Uuid]),
        (since, mark): (Timestamp, Option<Mark>),
    ) -> Result<Vec<(ItemView, Timestamp, String)>, Error> {
        let by_words = sql::search(tx.conn(), brand, (query, query), FOUND).await?;
        let ids: HashSet<Uuid> =
            by_words.into_iter().map(|(id, ..)| id).chain(near.iter().copied()).collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let first_only = mark != Some(Mark::Saved);
        let filter = Filter { ids: Some(&ids), since: Some(since), mark, first_only, ..Filter::default() };
        let found = sql::find(tx.conn(), (brand, reader), filter, None, ids.len() as i64).await?;
        let mut texts: HashMap<ItemId, String> =
            sql::texts(tx.conn(), brand, &ids).await?.into_iter().collect();
        Ok(found
            .into_iter()
            .map(|found| {
                let text = texts.remove(&found.view.id).unwrap_or_default();
                (found.view, found.dated_at, text)
            })
            .collect())
    }

    /// Makes items of what a source says, of those only that are new. Outside of every transaction but to read.
    pub(crate) async fn prepare_items(
        &self,
        (organization, brand, source): (OrganizationId, BrandId, SourceId),
        found: Vec<Identified>,
        language: Option<String>,
    ) -> Result<Prepared, Error> {
        let now = self.clock.now();
        let identities: Vec<Vec<u8>> = found.iter().map(|one| one.identity.to_vec()).collect();
        let mut tx = self.store.tenant(TenantScope::organization(organization)).await?;
        let known: HashMap<Vec<u8>, ItemId> =
            sql::known(tx.conn(), brand, &identities).await?.into_iter().collect();
        let recent = if known.len() == found.len() {
            Vec::new()
        } else {
            sql::recent(tx.conn(), brand, now - Duration::days(NEAR_DAYS), NEAR_ITEMS).await?
        };
        tx.commit().await?;
        let mut prepared = Prepared::default();
        let mut fresh = Vec::new();
        for one in found {
            match known.get(one.identity.as_slice()) {
                Some(id) => prepared.known.push((id.uuid(), one.engagement())),
                None => fresh.push(one),
            }
        }
        let ids: Vec<ItemId> = fresh.iter().map(|_| ItemId::new(&self.clock, &self.rng)).collect();
        let new = tokio::task::spawn_blocking(move || {
            let mut there: Vec<Comparable> = recent.into_iter().map(Comparable::from).collect();
            let mut new = Vec::with_capacity(fresh.len());
            // the oldest first, so that it is the head of those that say the same
            let mut items: Vec<NewItem> =
                fresh.iter().map(|one| prepare(one, language.as_deref(), now)).collect();
            items.sort_by_key(|item| item.dated_at);
            for (id, item) in ids.into_iter().zip(items) {
                let group = there
                    .iter()
                    .find(|other| other.is_near(&item, source))
                    .map_or_else(|| id.uuid(), |other| other.group);
                there.push(Comparable {
                    group,
                    source: source.uuid(),
                    likeness: item.likeness.clone(),
                    content: item.content.to_vec(),
                });
                new.push((id, group, item));
            }
            new
        })
        .await;
        prepared.new = new.map_err(|error| {
            Problem::new(bellwether_kernel::Kind::Internal, "internal", error.to_string())
        })?;
        Ok(prepared)
    }

    /// Keeps them, within the transaction that writes down the look.
    pub(crate) async fn keep_items(
        tx: &mut TenantTx,
        key: (OrganizationId, BrandId, SourceId),
        prepared: Prepared,
        now: Timestamp,
    ) -> Result<Seen, Error> {
        let newest = prepared.new.iter().map(|(.., item)| item.dated_at).max();
        let mut seen: HashSet<Uuid> = prepared.known.iter().map(|(id, _)| *id).collect();
        let mut new = 0;
        if !prepared.new.is_empty() {
            for (id, fresh) in sql::insert(tx.conn(), key, &prepared.new, now).await? {
                new += usize::from(fresh);
                seen.insert(id.uuid());
            }
        }
        let seen: Vec<Uuid> = seen.into_iter().collect();
        if !seen.is_empty() {
            sql::sight(tx.conn(), key, &seen, now).await?;
        }
        let numbers = prepared.known.into_iter().filter_map(|(id, numbers)| Some((id, numbers?))).collect();
        sql::number(tx.conn(), numbers).await?;
        Ok(Seen { new, newest })
    }
}

struct Comparable {
    group: Uuid,
    source: Uuid,
    likeness: Likeness,
    content: Vec<u8>,
}

impl From<sql::Recent> for Comparable {
    fn from(row: sql::Recent) -> Self {
        Self {
            group: row.group_id,
            source: row.source_id,
            likeness: Likeness::kept(row.simhash.cast_unsigned(), &row.title),
            content: row.content_hash,
        }
    }
}

impl Comparable {
    fn is_near(&self, item: &NewItem, source: SourceId) -> bool {
        let elsewhere = self.source != source.uuid();
        // the very same words, unless they are hardly any
        let same = self.content == item.content && (item.words > 0 || elsewhere);
        same || self.likeness.is_near(&item.likeness, elsewhere)
    }
}
