//! Use cases of trends: read, name, put aside, judge, and hand over what drafts are written from.

use std::collections::HashMap;

use async_trait::async_trait;
use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    BrandAccess, Cursor, Page, PageRequest, Permission, Problem, RequestContext, Timestamp,
    id::{BrandId, GenerationId, PostId},
};
use bellwether_store::TenantTx;
use bellwether_web::Patch;
use serde::Deserialize;
use serde_json::json;
use strum::IntoStaticStr;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Accuracy, Angle, EvidenceView, Material, MorningTrend, TrendDetail, TrendOfPost, TrendPostView,
    TrendState, TrendView, UpdateTrend, angles, material, model, run, sql,
    sql::{Change, Filter, Row},
    words,
};
use crate::{Error, TrendId, Trends, detect::HitRate};

/// Items in the page of a trend.
const SHOWN: i64 = 20;
/// Items that a draft may be written from.
const WRITTEN_FROM: i64 = 24;
/// Letters of a search.
const LONGEST_SEARCH: usize = 200;

/// By what trends are ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[schema(as = TrendSort)]
pub enum Sort {
    /// Confidence × relevance × pace and freshness, the most first.
    #[default]
    Rank,
    /// The latest found first.
    Newest,
    /// The fastest first.
    Momentum,
    /// The nearest peak first.
    Peak,
}

/// Which trends are wanted.
#[derive(Debug, Clone, Default)]
pub struct WantedTrends {
    /// In these states; none is those that are not over.
    pub states: Vec<TrendState>,
    /// Of this category.
    pub category: Option<String>,
    /// With this in name or keywords.
    pub q: Option<String>,
    /// At least this sure, 0 to 1.
    pub min_confidence: Option<f64>,
    /// Those put aside instead of the others.
    pub dismissed: bool,
    /// Their order.
    pub sort: Sort,
}

/// How a post stands, as the studio knows it, which stands above.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostState {
    /// Id.
    pub id: PostId,
    /// The network.
    pub network: String,
    /// The content type.
    pub content_type: String,
    /// Where it stands.
    pub status: String,
}

/// Who knows how posts stand. Posts are the studio's, which stands above; it lends this.
#[async_trait]
pub trait TrendPosts: Send + Sync {
    /// Those of them that there are.
    async fn states(
        &self,
        tx: &mut TenantTx,
        brand: BrandId,
        posts: &[PostId],
    ) -> Result<Vec<PostState>, Problem>;
}

/// A trend as it is kept; of one that turned out to be part of another, that one.
pub(super) async fn row(tx: &mut TenantTx, brand: BrandId, id: TrendId) -> Result<Row, Error> {
    let mut id = id;
    for _ in 0..4 {
        let ids = [id.uuid()];
        let filter = Filter { ids: Some(&ids), merged: true, ..Filter::default() };
        let found = sql::find(tx.conn(), brand, &filter, "newest", None, 1).await?.pop();
        let row = found.ok_or_else(|| Problem::not_found("trend"))?;
        match row.merged_into {
            Some(into) => id = into,
            None => return Ok(row),
        }
    }
    Err(Problem::not_found("trend").into())
}

impl Trends {
    /// A brand's trends.
    pub async fn list_trends(
        &self,
        access: &BrandAccess,
        wanted: &WantedTrends,
        page: PageRequest,
    ) -> Result<Page<TrendView>, Error> {
        access.allow(Permission::BrandRead)?;
        let states: Vec<String> = match wanted.states.as_slice() {
            [] => [TrendState::Active, TrendState::Declining].map(|state| state.as_str().to_owned()).to_vec(),
            some => some.iter().map(|state| state.as_str().to_owned()).collect(),
        };
        let q = wanted.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
        if q.is_some_and(|q| q.chars().count() > LONGEST_SEARCH) {
            let message = format!("Use at most {LONGEST_SEARCH} characters.");
            return Err(Problem::invalid("q", "too_long", message).into());
        }
        if wanted.min_confidence.is_some_and(|least| !(0.0..=1.0).contains(&least)) {
            return Err(
                Problem::invalid("min_confidence", "out_of_range", "Give a number from 0 to 1.").into()
            );
        }
        let pattern = q.map(|q| {
            let plain = q.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            format!("%{plain}%")
        });
        let filter = Filter {
            states: Some(&states),
            category: wanted.category.as_deref(),
            pattern: pattern.as_deref(),
            min_confidence: wanted.min_confidence,
            dismissed: Some(wanted.dismissed),
            ..Filter::default()
        };
        let sort: &'static str = wanted.sort.into();
        let mut tx = self.store.tenant(access).await?;
        let found = sql::find(tx.conn(), access.brand, &filter, sort, page.after, page.limit + 1).await?;
        tx.commit().await?;
        let page = Page::of(found, page.limit, |row| Cursor { at: row.key, id: row.id.uuid() });
        Ok(page.map(Row::view))
    }

    /// One trend with why it is one; of one that turned out to be part of another, that one.
    pub async fn get_trend(&self, access: &BrandAccess, id: TrendId) -> Result<TrendDetail, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let row = row(&mut tx, access.brand, id).await?;
        let detail = self.detail(&mut tx, access.brand, row).await?;
        tx.commit().await?;
        Ok(detail)
    }

    async fn detail(&self, tx: &mut TenantTx, brand: BrandId, row: Row) -> Result<TrendDetail, Error> {
        let evidence = sql::evidence(tx.conn(), row.id, None, SHOWN).await?;
        let mapped = sql::posts(tx.conn(), row.id).await?;
        let ids: Vec<PostId> = mapped.iter().map(|(post, _)| *post).collect();
        let states = match &self.posts {
            Some(posts) if !ids.is_empty() => posts.states(tx, brand, &ids).await?,
            _ => Vec::new(),
        };
        let mut states: HashMap<PostId, PostState> =
            states.into_iter().map(|state| (state.id, state)).collect();
        let posts = mapped
            .into_iter()
            .filter_map(|(post, relevance)| {
                let state = states.remove(&post)?;
                Some(TrendPostView {
                    post_id: post,
                    network: state.network,
                    content_type: state.content_type,
                    status: state.status,
                    relevance,
                })
            })
            .collect();
        let (why, why_you, ends) = (row.why.0.clone(), row.why_you.0.clone(), row.ends.0.clone());
        let (angles, predicted) = (row.angles.0.clone(), row.predicted.0.clone());
        let evaluation = row.evaluation.as_ref().map(|evaluation| evaluation.0.clone());
        Ok(TrendDetail {
            trend: row.view(),
            why,
            why_you,
            ends,
            angles,
            evidence,
            posts,
            predicted,
            evaluation,
        })
    }

    /// The items that speak of a trend, the newest first.
    pub async fn list_trend_evidence(
        &self,
        access: &BrandAccess,
        id: TrendId,
        page: PageRequest,
    ) -> Result<Page<EvidenceView>, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let row = row(&mut tx, access.brand, id).await?;
        let found = sql::evidence(tx.conn(), row.id, page.after, page.limit + 1).await?;
        tx.commit().await?;
        Ok(Page::of(found, page.limit, |view| Cursor { at: view.at, id: view.item_id.uuid() }))
    }

    /// Names a trend, says what it belongs to, or puts it aside; the brand's managers may.
    pub async fn update_trend(
        &self,
        access: &BrandAccess,
        id: TrendId,
        version: i32,
        change: UpdateTrend,
        context: &RequestContext,
    ) -> Result<TrendDetail, Error> {
        access.allow(Permission::BrandUpdate)?;
        let name = change.name.as_deref().map(model::check_name).transpose()?;
        let category = match change.category {
            Patch::Value(category) => Patch::Value(model::check_category(&category)?),
            other => other,
        };
        let mut tx = self.store.tenant(access).await?;
        let before = row(&mut tx, access.brand, id).await?;
        let id = before.id;
        let update = Change { name: name.as_deref(), category: &category, dismissed: change.dismissed };
        if !sql::update(tx.conn(), id, version, &update, self.clock.now()).await? {
            return Err(Error::Stale);
        }
        let after = row(&mut tx, access.brand, id).await?;
        let told = |row: &Row| json!({ "name": row.name, "category": row.category, "dismissed_at": row.dismissed_at });
        let change = (Some(told(&before)), Some(told(&after)));
        self.record_in(&mut tx, access, "trend.updated", ("trend", id.uuid()), change, context).await?;
        let detail = self.detail(&mut tx, access.brand, after).await?;
        tx.commit().await?;
        Ok(detail)
    }

    /// How often what was predicted of a brand's trends came true.
    pub async fn trend_accuracy(&self, access: &BrandAccess) -> Result<Accuracy, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let judged = sql::judged(tx.conn(), access.brand).await?;
        tx.commit().await?;
        let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
        let rate = HitRate {
            trends: count(judged.trends),
            peaks: count(judged.peaks),
            sizes: count(judged.sizes),
            held: count(judged.held),
        };
        let share = |number: Option<f64>| number.map(|number| model::round(number, 3));
        let held_rate = (rate.trends > 0).then(|| f64::from(rate.held) / f64::from(rate.trends));
        Ok(words::accuracy(Accuracy {
            trends: rate.trends,
            peaks: rate.peaks,
            sizes: rate.sizes,
            held: rate.held,
            peak_rate: share(rate.peak_rate()),
            size_rate: share(rate.size_rate()),
            held_rate: share(held_rate),
            from: judged.from,
            to: judged.to,
            sentences: Vec::new(),
        }))
    }

    /// The trends that a morning brings: those that go on, the best first.
    pub async fn morning_trends(&self, access: &BrandAccess, most: i64) -> Result<Vec<MorningTrend>, Error> {
        let wanted = WantedTrends { states: vec![TrendState::Active], ..WantedTrends::default() };
        let page = PageRequest { limit: most.clamp(1, 100), after: None };
        let found = self.list_trends(access, &wanted, page).await?;
        Ok(found
            .items
            .into_iter()
            .map(|view| MorningTrend {
                url_path: format!("trends?trend={}", view.id),
                id: view.id,
                name: view.name,
                summary: view.summary,
                momentum: view.momentum,
                peak_likely: view.peak.likely,
                relevance: view.relevance,
            })
            .collect())
    }

    /// Of which trends posts were made; of a post of several the nearest first.
    pub async fn of_posts(&self, access: &BrandAccess, posts: &[PostId]) -> Result<Vec<TrendOfPost>, Error> {
        access.allow(Permission::BrandRead)?;
        let ids: Vec<Uuid> = posts.iter().map(|post| post.uuid()).collect();
        let mut tx = self.store.tenant(access).await?;
        let found = sql::of_posts(tx.conn(), &ids).await?;
        tx.commit().await?;
        Ok(found)
    }

    /// What drafts of a trend are written from. `angle` is one of its own; the first of a wanted kind otherwise.
    pub async fn material(
        &self,
        access: &BrandAccess,
        id: TrendId,
        angle: Option<&str>,
    ) -> Result<Material, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let row = row(&mut tx, access.brand, id).await?;
        let told = sql::best(tx.conn(), row.id, WRITTEN_FROM).await?;
        tx.commit().await?;
        let chosen: Option<Angle> = match angle {
            None => None,
            Some(wanted) => {
                let found = row.angles.iter().find(|angle| angle.id == wanted).cloned();
                let names: Vec<&str> = row.angles.iter().map(|angle| angle.id.as_str()).collect();
                let message = format!("The trend has no such angle; it has {}.", names.join(", "));
                Some(found.ok_or_else(|| Problem::invalid("angle", "unknown_angle", message))?)
            }
        };
        let (text, reported) = material::compose(&row.name, &told, chosen.as_ref(), &row.language);
        let Some(first) = reported.sources.first() else {
            let detail = "Nothing speaks of this trend any more: its sources were deleted.";
            return Err(Problem::new(bellwether_kernel::Kind::Conflict, "no_evidence", detail).into());
        };
        let sources: Vec<&str> = reported.sources.iter().map(|source| source.name.as_str()).collect();
        Ok(Material {
            trend: row.id,
            title: angles::heading(&row.name, chosen.as_ref(), &row.language),
            text,
            url: first.url.clone(),
            instructions: angles::instructions(chosen.as_ref(), &sources),
            angle: chosen,
            reported,
        })
    }

    /// Notes that drafts of a trend were asked for.
    pub async fn note_drafted(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        (trend, angle): (TrendId, Option<&str>),
        generation: GenerationId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let event = NewEvent {
            organization: access.organization,
            brand: Some(access.brand),
            kind: "trend.drafted",
            subject: ("trend", trend.uuid()),
            actor: access.actor(),
            before: None,
            after: None,
            data: Some(json!({ "generation_id": generation, "angle": angle })),
            context: context.clone(),
        };
        events::record(tx, &self.clock, &self.rng, event).await?;
        Ok(())
    }

    /// Notes, in the transaction that makes it, that a post was made of a trend; nothing where the trend is gone. `text` is
    /// the post's, by which it is said how much of the trend it has.
    pub async fn map_post(
        &self,
        tx: &mut TenantTx,
        brand: BrandId,
        (trend, angle): (TrendId, Option<&str>),
        (post, generation): (PostId, Option<GenerationId>),
        text: &str,
    ) -> Result<(), Error> {
        let row = match row(tx, brand, trend).await {
            Ok(row) => row,
            Err(Error::Problem(problem)) if problem.kind == bellwether_kernel::Kind::NotFound => {
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let phrases = row.why.phrases.iter().map(|phrase| (phrase.text.as_str(), phrase.share));
        let relevance = run::likeness_of(phrases, text);
        let now: Timestamp = self.clock.now();
        let key = (tx.organization(), brand, row.id);
        sql::map_post(tx.conn(), key, (post, generation), (angle, relevance), now).await?;
        Ok(())
    }
}
