//! Use cases of brands.

use async_trait::async_trait;
use bellwether_identity::{
    FirstBrand,
    organizations::{self, slug_of},
    people::model::{check_name, check_time_zone, located},
};
use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    Access, BrandAccess, BrandScope, Clock, Kind, Permission, Problem, RequestContext, Rng,
    id::{BrandId, OrganizationId},
};
use bellwether_networks::Tone;
use bellwether_store::{ServiceTx, TenantTx};
use bellwether_web::Patch;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::sql;
use crate::{Brands, Error, hooks, pictures::AvatarUrl};

/// A deleted brand can be brought back for this long; then it is gone with everything that is its.
pub const UNDO: Duration = Duration::days(14);

/// A brand.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BrandView {
    /// Id.
    pub id: BrandId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it is and does, in the brand's own words; writers read it.
    pub description: String,
    /// The tone of drafts unless another is asked for.
    #[schema(value_type = Tone)]
    pub default_tone: String,
    /// IANA time zone in which its schedules are meant.
    pub time_zone: String,
    /// BCP 47 language tag.
    pub locale: String,
    /// Street and number of where it is.
    pub street: Option<String>,
    /// City.
    pub city: Option<String>,
    /// State, province or region.
    pub region: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Country, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// Google's id of the place.
    pub google_place_id: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Website.
    pub website: Option<String>,
    /// Where its picture is, when it has one.
    #[schema(value_type = Option<String>)]
    pub avatar_url: Option<AvatarUrl>,
    /// For `If-Match`.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was deleted; it can be brought back for 14 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<DateTime<Utc>>,
}

/// What making a brand takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBrand {
    /// Name.
    pub name: String,
    /// IANA time zone; the organization's when absent.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Tone of its drafts; conversational when absent.
    #[serde(default)]
    pub default_tone: Option<Tone>,
}

/// What may be changed of a brand; absent fields stay.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateBrand {
    /// Name.
    #[serde(default)]
    pub name: Option<String>,
    /// What it is and does, up to 2,000 characters.
    #[serde(default)]
    pub description: Option<String>,
    /// Tone.
    #[serde(default)]
    pub default_tone: Option<Tone>,
    /// IANA time zone.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// BCP 47 language tag.
    #[serde(default)]
    pub locale: Option<String>,
    /// Its name in addresses; links to the former one lead on.
    #[serde(default)]
    pub slug: Option<String>,
    /// Street and number of where it is, up to 200 characters; null clears it, as with those that follow.
    #[serde(default)]
    pub street: Patch<String>,
    /// City, up to 120 characters.
    #[serde(default)]
    pub city: Patch<String>,
    /// State, province or region, up to 120 characters.
    #[serde(default)]
    pub region: Patch<String>,
    /// Postal code, up to 20 characters.
    #[serde(default)]
    pub postal_code: Patch<String>,
    /// Country, ISO 3166-1 alpha-2, e.g. `DE`.
    #[serde(default)]
    pub country: Patch<String>,
    /// Degrees north; goes together with `longitude`.
    #[serde(default)]
    pub latitude: Patch<f64>,
    /// Degrees east; goes together with `latitude`.
    #[serde(default)]
    pub longitude: Patch<f64>,
    /// Google's id of the place, up to 300 characters.
    #[serde(default)]
    pub google_place_id: Patch<String>,
    /// Telephone number, 3 to 40 characters.
    #[serde(default)]
    pub phone: Patch<String>,
    /// Website.
    #[serde(default)]
    pub website: Patch<String>,
}

impl Brands {
    /// Makes a brand; managers of the whole organization may.
    pub async fn create(
        &self,
        access: &Access,
        input: NewBrand,
        context: &RequestContext,
    ) -> Result<BrandView, Error> {
        access.allow(Permission::BrandsManage)?;
        if access.brands != BrandScope::All {
            let detail = "Only members of the whole organization can make brands.";
            return Err(Problem::new(Kind::Forbidden, "forbidden", detail).into());
        }
        let faults = [
            ("name", check_name(&input.name, 120).err()),
            ("time_zone", input.time_zone.as_deref().and_then(|zone| check_time_zone(zone).err())),
        ];
        located(faults.into_iter().filter_map(|(path, fault)| Some((path, fault?))).collect())?;

        let mut tx = self.store.tenant(access).await?;
        let home = organizations::get_in(&mut tx).await?;
        let base = slug_of(&input.name);
        let taken = sql::slugs_like(tx.conn(), &base).await?;
        let slug = std::iter::once(base.clone())
            .chain((2..=99).map(|n| format!("{base}-{n}")))
            .find(|slug| !taken.contains(slug))
            .ok_or(Error::SlugTaken)?;
        let id = BrandId::new(&self.clock, &self.rng);
        let new = sql::NewRow {
            organization: access.organization,
            id,
            slug: &slug,
            name: input.name.trim(),
            time_zone: input.time_zone.as_deref().unwrap_or(&home.time_zone),
            locale: &home.locale,
            default_tone: input.default_tone.unwrap_or_default().as_str(),
            now: self.clock.now(),
        };
        sql::insert(tx.conn(), &new).await.map_err(slug_taken)?;
        let view = sql::get(tx.conn(), id).await?.ok_or_else(|| Problem::not_found("brand"))?;
        self.record(&mut tx, access, "brand.created", id, None, Some(snapshot(&view)), context).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// The brands that the asker reaches, by name; or those of them that were deleted and can be brought back.
    pub async fn list(&self, access: &Access, deleted: bool) -> Result<Vec<BrandView>, Error> {
        access.allow(Permission::BrandRead)?;
        let since = deleted.then(|| self.clock.now() - UNDO);
        let mut tx = self.store.tenant(access).await?;
        let brands = sql::list(tx.conn(), since).await?;
        tx.commit().await?;
        Ok(brands)
    }

    /// One brand.
    pub async fn get(&self, access: &BrandAccess) -> Result<BrandView, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let brand = sql::get(tx.conn(), access.brand).await?;
        tx.commit().await?;
        Ok(brand.ok_or_else(|| Problem::not_found("brand"))?)
    }

    /// A brand for those who already stand inside its tenant: writers and workers.
    pub async fn get_in(&self, tx: &mut TenantTx, brand: BrandId) -> Result<Option<BrandView>, Error> {
        Ok(sql::get(tx.conn(), brand).await?)
    }

    /// Changes a brand; its managers may.
    pub async fn update(
        &self,
        access: &BrandAccess,
        version: i32,
        change: UpdateBrand,
        context: &RequestContext,
    ) -> Result<BrandView, Error> {
        access.allow(Permission::BrandUpdate)?;
        super::model::check(&change)?;
        let mut tx = self.store.tenant(access).await?;
        let before = sql::get(tx.conn(), access.brand).await?.ok_or_else(|| Problem::not_found("brand"))?;
        super::model::check_place(&before, &change)?;
        if !sql::update(tx.conn(), access.brand, version, &change).await.map_err(slug_taken)? {
            return Err(Error::Stale);
        }
        let after = sql::get(tx.conn(), access.brand).await?.ok_or_else(|| Problem::not_found("brand"))?;
        if before.slug != after.slug {
            sql::keep_slug(tx.conn(), access.organization, access.brand, &before.slug, &after.slug).await?;
        }
        let (old, new) = (Some(snapshot(&before)), Some(snapshot(&after)));
        self.record(&mut tx, access, "brand.updated", access.brand, old, new, context).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// Deletes a brand; for [`UNDO`] it can be brought back. An organization keeps one.
    pub async fn delete(&self, access: &BrandAccess, context: &RequestContext) -> Result<(), Error> {
        access.allow(Permission::BrandsManage)?;
        let mut tx = self.store.tenant(access).await?;
        // the row of every brand is locked: two that are deleted at the same moment don't leave none
        if sql::lock_all(tx.conn()).await? < 2 {
            let detail = "An organization keeps one brand. Make another first, or delete the organization.";
            return Err(Problem::new(Kind::Conflict, "last_brand", detail).into());
        }
        if !sql::set_deleted(tx.conn(), access.brand, Some(self.clock.now()), None).await? {
            return Err(Problem::not_found("brand").into());
        }
        self.record(&mut tx, access, "brand.deleted", access.brand, None, None, context).await?;
        Ok(tx.commit().await?)
    }

    /// Brings a deleted brand back. Nobody can enter it, so it is named inside the organization.
    pub async fn restore(
        &self,
        access: &Access,
        brand: BrandId,
        context: &RequestContext,
    ) -> Result<BrandView, Error> {
        access.allow(Permission::BrandsManage)?;
        let mut tx = self.store.tenant(access).await?;
        if !sql::set_deleted(tx.conn(), brand, None, Some(self.clock.now() - UNDO)).await? {
            return Err(Problem::not_found("deleted brand").into());
        }
        let view = sql::get(tx.conn(), brand).await?.ok_or_else(|| Problem::not_found("brand"))?;
        self.record(&mut tx, access, "brand.restored", brand, None, None, context).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Removes brands deleted longer ago than [`UNDO`], with everything that is theirs, and hooks deleted as long ago;
    /// gives how many brands.
    pub async fn purge(&self) -> Result<u64, Error> {
        let mut tx = self.store.service("purge: deleted brands").await?;
        let before = self.clock.now() - UNDO;
        let gone = sql::delete_old(tx.conn(), before).await?;
        hooks::delete_old(tx.conn(), before).await?;
        tx.commit().await?;
        self.fail_stale_trainings().await?;
        Ok(gone)
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one event, each of another type")]
    async fn record(
        &self,
        tx: &mut TenantTx,
        access: &Access,
        kind: &'static str,
        brand: BrandId,
        before: Option<Value>,
        after: Option<Value>,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let event = NewEvent {
            organization: access.organization,
            brand: Some(brand),
            kind,
            subject: ("brand", brand.uuid()),
            actor: access.actor(),
            before,
            after,
            data: None,
            context: context.clone(),
        };
        events::record(tx, &self.clock, &self.rng, event).await?;
        Ok(())
    }
}

fn snapshot(brand: &BrandView) -> Value {
    json!({
        "name": brand.name, "slug": brand.slug, "description": brand.description,
        "default_tone": brand.default_tone, "time_zone": brand.time_zone, "locale": brand.locale,
        "street": brand.street, "city": brand.city, "region": brand.region, "postal_code": brand.postal_code,
        "country": brand.country, "latitude": brand.latitude, "longitude": brand.longitude,
        "google_place_id": brand.google_place_id, "phone": brand.phone, "website": brand.website,
    })
}

fn slug_taken(error: sqlx::Error) -> Error {
    let error = bellwether_store::Error::from(error);
    if error.constraint() == Some("brands_slug_key") { Error::SlugTaken } else { error.into() }
}

/// Gives identity the first brand of a new organization.
pub struct FirstBrands {
    /// Time.
    pub clock: Clock,
    /// Randomness.
    pub rng: Rng,
}

#[async_trait]
impl FirstBrand for FirstBrands {
    async fn create(
        &self,
        tx: &mut ServiceTx,
        organization: OrganizationId,
        name: &str,
        time_zone: &str,
    ) -> Result<BrandId, bellwether_identity::Error> {
        let id = BrandId::new(&self.clock, &self.rng);
        let slug = slug_of(name);
        let default_tone = Tone::default().as_str();
        let new = sql::NewRow {
            organization,
            id,
            slug: &slug,
            name,
            time_zone,
            locale: "en",
            default_tone,
            now: self.clock.now(),
        };
        sql::insert(tx.conn(), &new).await.map_err(bellwether_store::Error::from)?;
        Ok(id)
    }
}
