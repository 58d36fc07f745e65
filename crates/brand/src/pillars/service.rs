//! Use cases of pillars.

use std::collections::HashSet;

use async_trait::async_trait;
use bellwether_kernel::{BrandAccess, Kind, Permission, Problem, RequestContext, id::BrandId};
use bellwether_networks::Network;
use bellwether_store::TenantTx;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Pillar, UpdatePillar,
    propose::{self, Proposal},
    sql,
};
use crate::{Brands, Error, fields::Faults, ids::PillarId, profile};

/// The most pillars of a brand.
pub const MOST: usize = 20;
/// Posts that proposals are made from.
const POSTS: i64 = 100;

/// What a brand wrote so far. Posts are studio's, which stands above; it lends their texts through this.
#[async_trait]
pub trait PastContent: Send + Sync {
    /// The texts of its latest approved and published posts, the newest first.
    async fn texts(&self, tx: &mut TenantTx, brand: BrandId, most: i64) -> Result<Vec<String>, Problem>;

    /// Its latest approved and published posts, the newest first.
    async fn posts(&self, tx: &mut TenantTx, brand: BrandId, most: i64) -> Result<Vec<PastPost>, Problem>;
}

/// A post that somebody stands by.
#[derive(Debug, Clone, PartialEq)]
pub struct PastPost {
    /// How to name it: its id.
    pub place: String,
    /// Its text.
    pub text: String,
    /// Where it is meant for.
    pub network: Option<Network>,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
}

/// A pillar.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PillarView {
    /// Id.
    pub id: PillarId,
    /// From 1, without gaps.
    pub position: i32,
    /// What is known of it.
    #[serde(flatten)]
    pub pillar: Pillar,
    /// For `If-Match`; the order has no part in it.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

fn checked(pillar: &Pillar) -> Result<(), Problem> {
    let mut faults = Faults::default();
    pillar.check("", &mut faults);
    faults.into_result()
}

fn name_taken(error: sqlx::Error) -> Error {
    let error = bellwether_store::Error::from(error);
    if error.constraint() == Some("pillars_name_idx") {
        let detail = "The brand has a pillar of this name already.";
        return Problem::new(Kind::Conflict, "name_taken", detail).at("name", "taken", detail).into();
    }
    error.into()
}

/// A brand's pillars in order, inside a transaction.
pub(crate) async fn all(tx: &mut TenantTx, brand: BrandId) -> Result<Vec<PillarView>, Error> {
    Ok(sql::find(tx.conn(), brand, None).await?)
}

async fn get(tx: &mut TenantTx, brand: BrandId, id: PillarId) -> Result<PillarView, Error> {
    let found = sql::find(tx.conn(), brand, Some(id)).await?.pop();
    Ok(found.ok_or_else(|| Problem::not_found("pillar"))?)
}

impl Brands {
    /// A brand's pillars in order.
    pub async fn list_pillars(&self, access: &BrandAccess) -> Result<Vec<PillarView>, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let found = sql::find(tx.conn(), access.brand, None).await?;
        tx.commit().await?;
        Ok(found)
    }

    /// Makes a pillar, the last in order; the brand's managers may.
    pub async fn create_pillar(
        &self,
        access: &BrandAccess,
        input: UpdatePillar,
        context: &RequestContext,
    ) -> Result<PillarView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut pillar = Pillar::default();
        pillar.change(input);
        checked(&pillar)?;
        let mut tx = self.store.tenant(access).await?;
        crate::lock(&mut tx, access.brand).await?;
        crate::room(sql::find(tx.conn(), access.brand, None).await?.len(), MOST, "pillars")?;
        let id = PillarId::new(&self.clock, &self.rng);
        let key = (access.organization, access.brand, id);
        sql::insert(tx.conn(), key, &pillar, self.clock.now()).await.map_err(name_taken)?;
        let view = get(&mut tx, access.brand, id).await?;
        let (subject, change) = (("pillar", id.uuid()), (None, Some(json!(pillar))));
        self.record_in(&mut tx, access, "pillar.created", subject, change, context).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Changes a pillar; the brand's managers may.
    pub async fn update_pillar(
        &self,
        access: &BrandAccess,
        id: PillarId,
        version: i32,
        change: UpdatePillar,
        context: &RequestContext,
    ) -> Result<PillarView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        let before = get(&mut tx, access.brand, id).await?.pillar;
        let mut pillar = before.clone();
        pillar.change(change);
        checked(&pillar)?;
        if !sql::update(tx.conn(), id, version, &pillar).await.map_err(name_taken)? {
            return Err(Error::Stale);
        }
        let view = get(&mut tx, access.brand, id).await?;
        let (subject, change) = (("pillar", id.uuid()), (Some(json!(before)), Some(json!(pillar))));
        self.record_in(&mut tx, access, "pillar.updated", subject, change, context).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Puts the pillars into another order; all of them must be named, each once.
    pub async fn order_pillars(
        &self,
        access: &BrandAccess,
        ids: &[PillarId],
        context: &RequestContext,
    ) -> Result<Vec<PillarView>, Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        crate::lock(&mut tx, access.brand).await?;
        let before: Vec<PillarId> =
            sql::find(tx.conn(), access.brand, None).await?.iter().map(|view| view.id).collect();
        let there: HashSet<PillarId> = before.iter().copied().collect();
        let named: HashSet<PillarId> = ids.iter().copied().collect();
        if named != there || ids.len() != before.len() {
            let message =
                "Name each pillar of the brand once. Load them again if some were added or deleted.";
            return Err(Problem::invalid("ids", "not_all", message).into());
        }
        let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        sql::order(tx.conn(), access.brand, &uuids).await?;
        let after = sql::find(tx.conn(), access.brand, None).await?;
        if before != ids {
            let change = (Some(json!({ "ids": before })), Some(json!({ "ids": ids })));
            let subject = ("brand", access.brand.uuid());
            self.record_in(&mut tx, access, "pillar.reordered", subject, change, context).await?;
        }
        tx.commit().await?;
        Ok(after)
    }

    /// Deletes a pillar; those behind it move up. The brand's managers may.
    pub async fn delete_pillar(
        &self,
        access: &BrandAccess,
        id: PillarId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        crate::lock(&mut tx, access.brand).await?;
        let before = get(&mut tx, access.brand, id).await?.pillar;
        if !sql::delete(tx.conn(), access.brand, id).await? {
            return Err(Problem::not_found("pillar").into());
        }
        let (subject, change) = (("pillar", id.uuid()), (Some(json!(before)), None));
        self.record_in(&mut tx, access, "pillar.deleted", subject, change, context).await?;
        Ok(tx.commit().await?)
    }

    /// Pillars that the brand might have, from its profile's topics and its latest posts.
    pub async fn propose_pillars(&self, access: &BrandAccess) -> Result<Vec<Proposal>, Error> {
        access.allow(Permission::BrandRead)?;
        // reasons quote phrases of posts, so they are for those who may read posts
        access.allow(Permission::PostsRead)?;
        let mut tx = self.store.tenant(access).await?;
        let found = profile::get_in(&mut tx, access.brand).await?;
        let topics = found.ok_or_else(|| Problem::not_found("brand"))?.topics.key_topics;
        let pillars = sql::find(tx.conn(), access.brand, None).await?;
        let posts = match &self.past {
            Some(past) => past.texts(&mut tx, access.brand, POSTS).await?,
            None => Vec::new(),
        };
        tx.commit().await?;
        let existing: Vec<String> = pillars.into_iter().map(|view| view.pillar.name).collect();
        // a hundred posts take tens of milliseconds to read
        tokio::task::spawn_blocking(move || propose::propose(&topics, &posts, &existing))
            .await
            .map_err(|error| Problem::new(Kind::Internal, "internal", error.to_string()).into())
    }
}
