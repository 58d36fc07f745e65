//! Use cases of offers.

use bellwether_kernel::{BrandAccess, Permission, Problem, RequestContext, id::BrandId};
use bellwether_store::TenantTx;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{Filled, Offer, UpdateOffer, analysis, sql};
use crate::{Brands, Error, ids::OfferId};

/// The most offers of a brand.
pub const MOST: usize = 100;

/// An offer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct OfferView {
    /// Id.
    pub id: OfferId,
    /// What is known of it.
    #[serde(flatten)]
    pub offer: Offer,
    /// When its description was read last.
    pub analysed_at: Option<DateTime<Utc>>,
    /// For `If-Match`.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

async fn get(tx: &mut TenantTx, brand: BrandId, id: OfferId) -> Result<OfferView, Error> {
    let found = sql::find(tx.conn(), brand, Some(id)).await?.pop();
    Ok(found.ok_or_else(|| Problem::not_found("offer"))?)
}

/// Which fields a brand's offers fill.
pub(crate) async fn filled(tx: &mut TenantTx, brand: BrandId) -> Result<Filled, Error> {
    let offers = sql::find(tx.conn(), brand, None).await?;
    Ok(Filled::of(offers.iter().map(|view| &view.offer)))
}

/// What a brand's offers are called.
pub(crate) async fn names(tx: &mut TenantTx, brand: BrandId) -> Result<Vec<String>, Error> {
    let offers = sql::find(tx.conn(), brand, None).await?;
    Ok(offers.into_iter().map(|view| view.offer.name).collect())
}

impl Brands {
    /// A brand's offers, the oldest first.
    pub async fn list_offers(&self, access: &BrandAccess) -> Result<Vec<OfferView>, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let found = sql::find(tx.conn(), access.brand, None).await?;
        tx.commit().await?;
        Ok(found)
    }

    /// One offer.
    pub async fn get_offer(&self, access: &BrandAccess, id: OfferId) -> Result<OfferView, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let view = get(&mut tx, access.brand, id).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Makes an offer; its description, when it has one, is read at once. The brand's managers may.
    pub async fn create_offer(
        &self,
        access: &BrandAccess,
        input: UpdateOffer,
        context: &RequestContext,
    ) -> Result<OfferView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        let view = self.create_offer_in(&mut tx, access, input, context).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Makes an offer inside a transaction of somebody who may.
    pub(crate) async fn create_offer_in(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        input: UpdateOffer,
        context: &RequestContext,
    ) -> Result<OfferView, Error> {
        let mut offer = Offer::default();
        offer.change(input);
        offer.checked()?;
        let readable = offer.description.as_deref().is_some_and(analysis::says_something);
        let analysed_at = readable.then(|| self.clock.now());
        if readable {
            analysis::analyse(&mut offer);
        }
        crate::lock(tx, access.brand).await?;
        crate::room(sql::find(tx.conn(), access.brand, None).await?.len(), MOST, "offers")?;
        let id = OfferId::new(&self.clock, &self.rng);
        let key = (access.organization, access.brand, id);
        sql::insert(tx.conn(), key, &offer, analysed_at, self.clock.now()).await?;
        let view = get(tx, access.brand, id).await?;
        let (subject, change) = (("offer", id.uuid()), (None, Some(json!(offer))));
        self.record_in(tx, access, "offer.created", subject, change, context).await?;
        Ok(view)
    }

    /// Changes an offer; the brand's managers may.
    pub async fn update_offer(
        &self,
        access: &BrandAccess,
        id: OfferId,
        version: i32,
        change: UpdateOffer,
        context: &RequestContext,
    ) -> Result<OfferView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        let before = get(&mut tx, access.brand, id).await?.offer;
        let mut offer = before.clone();
        offer.change(change);
        offer.checked()?;
        if !sql::update(tx.conn(), id, version, &offer, None).await? {
            return Err(Error::Stale);
        }
        let view = get(&mut tx, access.brand, id).await?;
        let (subject, change) = (("offer", id.uuid()), (Some(json!(before)), Some(json!(offer))));
        self.record_in(&mut tx, access, "offer.updated", subject, change, context).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Reads an offer's description anew. What a person wrote stays; what was found before gives way.
    pub async fn analyse_offer(
        &self,
        access: &BrandAccess,
        id: OfferId,
        version: i32,
        context: &RequestContext,
    ) -> Result<OfferView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        let mut offer = get(&mut tx, access.brand, id).await?.offer;
        // reading takes its time: not within a transaction
        tx.commit().await?;
        let before = offer.clone();
        if !offer.description.as_deref().is_some_and(analysis::says_something) {
            let message = "The description says too little to be read: give a sentence or more.";
            return Err(Problem::invalid("description", "too_short", message).into());
        }
        analysis::analyse(&mut offer);
        let mut tx = self.store.tenant(access).await?;
        // what was read is of this version, or nothing is written
        if !sql::update(tx.conn(), id, version, &offer, Some(self.clock.now())).await? {
            return Err(Error::Stale);
        }
        let view = get(&mut tx, access.brand, id).await?;
        let (subject, change) = (("offer", id.uuid()), (Some(json!(before)), Some(json!(offer))));
        self.record_in(&mut tx, access, "offer.analysed", subject, change, context).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Deletes an offer; the brand's managers may.
    pub async fn delete_offer(
        &self,
        access: &BrandAccess,
        id: OfferId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        let before = get(&mut tx, access.brand, id).await?.offer;
        if !sql::delete(tx.conn(), access.brand, id).await? {
            return Err(Problem::not_found("offer").into());
        }
        let (subject, change) = (("offer", id.uuid()), (Some(json!(before)), None));
        self.record_in(&mut tx, access, "offer.deleted", subject, change, context).await?;
        Ok(tx.commit().await?)
    }
}
