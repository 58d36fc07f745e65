//! Use cases of knowledge.

use bellwether_kernel::{
    BrandAccess, Cursor, Page, PageRequest, Permission, Problem, RequestContext, id::BrandId,
};
use bellwether_store::TenantTx;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::{Knowledge, KnowledgeKind, UpdateKnowledge, model::search_query, sql};
use crate::{Brands, Error, ids::KnowledgeId};

/// The most snippets of a brand.
pub const MOST: usize = 2000;

/// A snippet of knowledge.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct KnowledgeView {
    /// Id.
    pub id: KnowledgeId,
    /// What is known.
    #[serde(flatten)]
    pub knowledge: Knowledge,
    /// For `If-Match`.
    pub version: i32,
    /// When it was kept.
    pub created_at: DateTime<Utc>,
}

/// Which snippets a list shows; all that are set must hold.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Words that must occur in it or its source; the last may be unfinished.
    pub q: Option<String>,
    /// What they are.
    pub kind: Option<KnowledgeKind>,
    /// Only those that may be cited today, in the brand's zone.
    #[serde(default)]
    pub valid: bool,
}

async fn get(tx: &mut TenantTx, brand: BrandId, id: KnowledgeId) -> Result<KnowledgeView, Error> {
    let filter = sql::ListFilter {
        brand,
        id: Some(id),
        kind: None,
        query: None,
        valid_on: None,
        after: None,
        limit: 1,
    };
    let found = sql::find(tx.conn(), &filter).await?.pop();
    Ok(found.ok_or_else(|| Problem::not_found("knowledge"))?)
}

impl Brands {
    /// A page of a brand's knowledge, the newest first.
    pub async fn list_knowledge(
        &self,
        access: &BrandAccess,
        filter: &Filter,
        page: PageRequest,
    ) -> Result<Page<KnowledgeView>, Error> {
        access.allow(Permission::BrandRead)?;
        let query = match filter.q.as_deref().map(str::trim) {
            None | Some("") => None,
            // nothing searchable was typed, so nothing is found
            Some(typed) => match search_query(typed) {
                Some(query) => Some(query),
                None => return Ok(Page { items: Vec::new(), next_cursor: None }),
            },
        };
        let mut tx = self.store.tenant(access).await?;
        let valid_on = if filter.valid { Some(self.today(&mut tx, access.brand).await?) } else { None };
        let filter = sql::ListFilter {
            brand: access.brand,
            id: None,
            kind: filter.kind.map(<&str>::from),
            query: query.as_deref(),
            valid_on,
            after: page.after,
            limit: page.limit + 1,
        };
        let rows = sql::find(tx.conn(), &filter).await?;
        tx.commit().await?;
        Ok(Page::of(rows, page.limit, |view| Cursor { at: view.created_at, id: view.id.uuid() }))
    }

    /// Keeps a snippet; the brand's managers may.
    pub async fn create_knowledge(
        &self,
        access: &BrandAccess,
        input: UpdateKnowledge,
        context: &RequestContext,
    ) -> Result<KnowledgeView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut knowledge = Knowledge::default();
        knowledge.change(input);
        knowledge.checked()?;
        let mut tx = self.store.tenant(access).await?;
        crate::lock(&mut tx, access.brand).await?;
        let there = sql::count(tx.conn(), access.brand).await?;
        crate::room(usize::try_from(there).unwrap_or(MOST), MOST, "snippets of knowledge")?;
        let id = KnowledgeId::new(&self.clock, &self.rng);
        let key = (access.organization, access.brand, id);
        sql::insert(tx.conn(), key, &knowledge, self.clock.now()).await?;
        let view = get(&mut tx, access.brand, id).await?;
        let (subject, change) = (("knowledge", id.uuid()), (None, Some(json!(knowledge))));
        self.record_in(&mut tx, access, "knowledge.created", subject, change, context).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Changes a snippet; the brand's managers may.
    pub async fn update_knowledge(
        &self,
        access: &BrandAccess,
        id: KnowledgeId,
        version: i32,
        change: UpdateKnowledge,
        context: &RequestContext,
    ) -> Result<KnowledgeView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        let before = get(&mut tx, access.brand, id).await?.knowledge;
        let mut knowledge = before.clone();
        knowledge.change(change);
        knowledge.checked()?;
        if !sql::update(tx.conn(), id, version, &knowledge).await? {
            return Err(Error::Stale);
        }
        let view = get(&mut tx, access.brand, id).await?;
        let (subject, change) = (("knowledge", id.uuid()), (Some(json!(before)), Some(json!(knowledge))));
        self.record_in(&mut tx, access, "knowledge.updated", subject, change, context).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Deletes a snippet; the brand's managers may.
    pub async fn delete_knowledge(
        &self,
        access: &BrandAccess,
        id: KnowledgeId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        let before = get(&mut tx, access.brand, id).await?.knowledge;
        if !sql::delete(tx.conn(), access.brand, id).await? {
            return Err(Problem::not_found("knowledge").into());
        }
        let (subject, change) = (("knowledge", id.uuid()), (Some(json!(before)), None));
        self.record_in(&mut tx, access, "knowledge.deleted", subject, change, context).await?;
        Ok(tx.commit().await?)
    }
}
