//! Use cases of audiences.

use bellwether_kernel::{BrandAccess, Permission, Problem, RequestContext, id::BrandId};
use bellwether_store::TenantTx;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{Audience, UpdateAudience, sql};
use crate::{Brands, Error, fields::Faults, ids::AudienceId};

/// The most audiences of a brand: more of them are none.
pub const MOST: usize = 20;

/// An audience.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AudienceView {
    /// Id.
    pub id: AudienceId,
    /// What is known of it.
    #[serde(flatten)]
    pub audience: Audience,
    /// For `If-Match`.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

fn checked(audience: &Audience) -> Result<(), Problem> {
    let mut faults = Faults::default();
    audience.check("", &mut faults);
    faults.into_result()
}

/// A brand's audiences inside a transaction.
pub(crate) async fn all(tx: &mut TenantTx, brand: BrandId) -> Result<Vec<AudienceView>, Error> {
    Ok(sql::find(tx.conn(), brand, None).await?)
}

async fn get(tx: &mut TenantTx, brand: BrandId, id: AudienceId) -> Result<AudienceView, Error> {
    let found = sql::find(tx.conn(), brand, Some(id)).await?.pop();
    Ok(found.ok_or_else(|| Problem::not_found("audience"))?)
}

impl Brands {
    /// A brand's audiences, the oldest first.
    pub async fn list_audiences(&self, access: &BrandAccess) -> Result<Vec<AudienceView>, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let found = all(&mut tx, access.brand).await?;
        tx.commit().await?;
        Ok(found)
    }

    /// Makes an audience; the brand's managers may.
    pub async fn create_audience(
        &self,
        access: &BrandAccess,
        input: UpdateAudience,
        context: &RequestContext,
    ) -> Result<AudienceView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        let view = self.create_audience_in(&mut tx, access, input, context).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Makes an audience inside a transaction of somebody who may.
    pub(crate) async fn create_audience_in(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        input: UpdateAudience,
        context: &RequestContext,
    ) -> Result<AudienceView, Error> {
        let mut audience = Audience::default();
        audience.change(input);
        checked(&audience)?;
        crate::lock(tx, access.brand).await?;
        crate::room(all(tx, access.brand).await?.len(), MOST, "audiences")?;
        let id = AudienceId::new(&self.clock, &self.rng);
        let key = (access.organization, access.brand, id);
        sql::insert(tx.conn(), key, &audience, self.clock.now()).await?;
        let view = get(tx, access.brand, id).await?;
        let (subject, change) = (("audience", id.uuid()), (None, Some(json!(audience))));
        self.record_in(tx, access, "audience.created", subject, change, context).await?;
        Ok(view)
    }

    /// Changes an audience; the brand's managers may.
    pub async fn update_audience(
        &self,
        access: &BrandAccess,
        id: AudienceId,
        version: i32,
        change: UpdateAudience,
        context: &RequestContext,
    ) -> Result<AudienceView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        let before = get(&mut tx, access.brand, id).await?.audience;
        let mut audience = before.clone();
        audience.change(change);
        checked(&audience)?;
        if !sql::update(tx.conn(), id, version, &audience).await? {
            return Err(Error::Stale);
        }
        let view = get(&mut tx, access.brand, id).await?;
        let (subject, change) = (("audience", id.uuid()), (Some(json!(before)), Some(json!(audience))));
        self.record_in(&mut tx, access, "audience.updated", subject, change, context).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Deletes an audience; the brand's managers may.
    pub async fn delete_audience(
        &self,
        access: &BrandAccess,
        id: AudienceId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        let before = get(&mut tx, access.brand, id).await?.audience;
        if !sql::delete(tx.conn(), access.brand, id).await? {
            return Err(Problem::not_found("audience").into());
        }
        let (subject, change) = (("audience", id.uuid()), (Some(json!(before)), None));
        self.record_in(&mut tx, access, "audience.deleted", subject, change, context).await?;
        Ok(tx.commit().await?)
    }
}
