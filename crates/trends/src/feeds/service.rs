//! Use cases of smart feeds.

use std::collections::HashMap;

use bellwether_kernel::{
    BrandAccess, Cursor, Kind, Page, PageRequest, Permission, Problem, RequestContext, id::BrandId,
};
use bellwether_store::TenantTx;
use chrono::Duration;
use serde_json::json;
use uuid::Uuid;

use super::{
    CreateSmartFeed, RankedItem, SmartFeedView, UpdateSmartFeed, model,
    rank::{self, Close, Sought, Usual},
    sql::{self, Content},
};
use crate::{Error, SmartFeedId, SourceId, Trends, items::Mark};

/// Days that a smart feed looks back.
const DAYS: i64 = 30;
/// Items by which it is told which words are usual.
const SAMPLE: i64 = 300;

async fn get(tx: &mut TenantTx, brand: BrandId, id: SmartFeedId) -> Result<SmartFeedView, Error> {
    let found = sql::find(tx.conn(), brand, Some(id), None, 1).await?.pop();
    Ok(found.ok_or_else(|| Problem::not_found("smart feed"))?)
}

impl Trends {
    /// A brand's smart feeds, the oldest first.
    pub async fn list_smart_feeds(
        &self,
        access: &BrandAccess,
        page: PageRequest,
    ) -> Result<Page<SmartFeedView>, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let found = sql::find(tx.conn(), access.brand, None, page.after, page.limit + 1).await?;
        tx.commit().await?;
        Ok(Page::of(found, page.limit, |view| Cursor { at: view.created_at, id: view.id.uuid() }))
    }

    /// One smart feed.
    pub async fn get_smart_feed(
        &self,
        access: &BrandAccess,
        id: SmartFeedId,
    ) -> Result<SmartFeedView, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let view = get(&mut tx, access.brand, id).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Makes a smart feed; the brand's managers may.
    pub async fn create_smart_feed(
        &self,
        access: &BrandAccess,
        input: CreateSmartFeed,
        context: &RequestContext,
    ) -> Result<SmartFeedView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let name = model::check_name(&input.name)?;
        let topics = model::check_topics(input.topics)?;
        let keywords = model::keywords(&topics);
        let query = model::query(&keywords);
        let content = Content { name: &name, topics: &topics, keywords: &keywords, query: &query };
        let mut tx = self.store.tenant(access).await?;
        if sql::count(tx.conn(), access.brand).await? >= model::MOST {
            let detail = format!(
                "A brand has at most {} smart feeds. Delete one that is not needed any more.",
                model::MOST
            );
            return Err(Problem::new(Kind::Conflict, "too_many", detail).into());
        }
        let id = SmartFeedId::new(&self.clock, &self.rng);
        let key = (access.organization, access.brand, id);
        sql::insert(tx.conn(), key, &content, access.user, self.clock.now()).await?;
        let view = get(&mut tx, access.brand, id).await?;
        let (subject, change) = (("smart_feed", id.uuid()), (None, Some(json!(view))));
        self.record_in(&mut tx, access, "smart_feed.created", subject, change, context).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Changes a smart feed; the brand's managers may.
    pub async fn update_smart_feed(
        &self,
        access: &BrandAccess,
        id: SmartFeedId,
        version: i32,
        change: UpdateSmartFeed,
        context: &RequestContext,
    ) -> Result<SmartFeedView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let name = change.name.as_deref().map(model::check_name).transpose()?;
        let topics = change.topics.map(model::check_topics).transpose()?;
        let mut tx = self.store.tenant(access).await?;
        let before = get(&mut tx, access.brand, id).await?;
        let name = name.unwrap_or_else(|| before.name.clone());
        let topics = topics.unwrap_or_else(|| before.topics.clone());
        let keywords = model::keywords(&topics);
        let query = model::query(&keywords);
        let content = Content { name: &name, topics: &topics, keywords: &keywords, query: &query };
        if !sql::update(tx.conn(), id, version, &content).await? {
            return Err(Error::Stale);
        }
        let view = get(&mut tx, access.brand, id).await?;
        let (subject, change) = (("smart_feed", id.uuid()), (Some(json!(before)), Some(json!(view))));
        self.record_in(&mut tx, access, "smart_feed.updated", subject, change, context).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Deletes a smart feed; the brand's managers may.
    pub async fn delete_smart_feed(
        &self,
        access: &BrandAccess,
        id: SmartFeedId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        let before = get(&mut tx, access.brand, id).await?;
        if !sql::delete(tx.conn(), access.brand, id).await? {
            return Err(Problem::not_found("smart feed").into());
        }
        let (subject, change) = (("smart_feed", id.uuid()), (Some(json!(before)), None));
        self.record_in(&mut tx, access, "smart_feed.deleted", subject, change, context).await?;
        Ok(tx.commit().await?)
    }

    /// What a smart feed brings, the best first; with words to look for those of it that a search finds.
    pub async fn list_smart_feed_items(
        &self,
        access: &BrandAccess,
        id: SmartFeedId,
        (q, mark): (Option<&str>, Option<Mark>),
        limit: i64,
    ) -> Result<Vec<RankedItem>, Error> {
        access.allow(Permission::BrandRead)?;
        let now = self.clock.now();
        let search = match q.map(str::trim).filter(|q| !q.is_empty()) {
            Some(q) => Some(self.search_of(access, q).await?),
            None => None,
        };
        let mut tx = self.store.tenant(access).await?;
        let feed = get(&mut tx, access.brand, id).await?;
        let query = sql::query(tx.conn(), access.brand, id).await?.unwrap_or_default();
        let since = now - Duration::days(DAYS);
        // of each item the nearest topic
        let mut close: HashMap<Uuid, Close<'_>> = HashMap::new();
        for (place, asked) in self.understood_topics(&mut tx, access.brand, id).await? {
            let Some(topic) = feed.topics.get(place) else { continue };
            for (item, cosine) in Self::near(&mut tx, access.brand, &asked, Some(since)).await? {
                let near = asked.model.near;
                if cosine < near {
                    break;
                }
                let one = Close { topic: &topic.topic, cosine, near };
                let best = close.entry(item).or_insert(one);
                if best.cosine < cosine {
                    *best = one;
                }
            }
        }
        let near: Vec<Uuid> = close.keys().copied().collect();
        let found = self
            .candidates(&mut tx, (access.brand, self.reader(access)), (&query, &near), (since, mark))
            .await?;
        let sought_for = match &search {
            Some(search) => Some(search.ranks(&mut tx, access.brand, Some(since)).await?),
            None => None,
        };
        let weights: HashMap<SourceId, (i32, f64)> = sql::weights(tx.conn(), access.brand)
            .await?
            .into_iter()
            .map(|(id, priority, well)| (id, (priority, if well { 1.0 } else { 0.5 })))
            .collect();
        let usual = sql::newest_words(tx.conn(), access.brand, since, SAMPLE).await?;
        tx.commit().await?;
        let usual = Usual::of(&usual);
        let sought: Vec<Sought> = feed.topics.iter().map(|topic| Sought::of(topic, &usual)).collect();
        let mut ranked: Vec<RankedItem> = found
            .into_iter()
            .filter_map(|(mut item, dated_at, text)| {
                if let Some(ranks) = &sought_for {
                    let fused = ranks.get(&item.id.uuid())?;
                    (item.rank, item.matched) = (Some(fused.rank), Some(fused.matched));
                }
                let weight = weights.get(&item.source.id).copied().unwrap_or((5, 1.0));
                let close = close.get(&item.id.uuid()).copied();
                rank::rank(&sought, item, (dated_at, &text), weight, close, now)
            })
            .collect();
        ranked.sort_by(|a, b| {
            let rank = |one: &RankedItem| one.item.rank.unwrap_or_default();
            rank(b).total_cmp(&rank(a)).then(b.score.total_cmp(&a.score)).then(b.item.id.cmp(&a.item.id))
        });
        ranked.truncate(usize::try_from(limit).unwrap_or(100));
        Ok(ranked)
    }
}
