//! Use cases of brands.

use async_trait::async_trait;
use bellwether_identity::{
    FirstBrand,
    organizations::slug_of,
    people::model::{check_locale, check_name, check_time_zone, located},
};
use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    Access, BrandAccess, BrandScope, Clock, Kind, Permission, Problem, RequestContext, Rng,
    id::{BrandId, OrganizationId},
};
use bellwether_networks::Tone;
use bellwether_store::{ServiceTx, TenantTx};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::sql;
use crate::{Brands, Error};

/// A brand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
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
    /// For `If-Match`.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// What making a brand takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBrand {
    /// Name.
    pub name: String,
    /// IANA time zone; UTC when absent.
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
            time_zone: input.time_zone.as_deref().unwrap_or("UTC"),
            default_tone: input.default_tone.unwrap_or_default().as_str(),
            now: self.clock.now(),
        };
        sql::insert(tx.conn(), &new).await.map_err(slug_taken)?;
        let view = sql::get(tx.conn(), id).await?.ok_or_else(|| Problem::not_found("brand"))?;
        self.record(&mut tx, access, "brand.created", id, None, Some(snapshot(&view)), context).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// The brands that the asker reaches, by name.
    pub async fn list(&self, access: &Access) -> Result<Vec<BrandView>, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let brands = sql::list(tx.conn()).await?;
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
        let long = change.description.as_ref().filter(|text| text.chars().count() > 2000);
        let faults = [
            ("name", change.name.as_deref().and_then(|name| check_name(name, 120).err())),
            ("description", long.map(|_| ("too_long", "Use at most 2,000 characters.".to_owned()))),
            ("time_zone", change.time_zone.as_deref().and_then(|zone| check_time_zone(zone).err())),
            ("locale", change.locale.as_deref().and_then(|tag| check_locale(tag).err())),
        ];
        located(faults.into_iter().filter_map(|(path, fault)| Some((path, fault?))).collect())?;

        let mut tx = self.store.tenant(access).await?;
        let before = sql::get(tx.conn(), access.brand).await?.ok_or_else(|| Problem::not_found("brand"))?;
        if !sql::update(tx.conn(), access.brand, version, &change).await? {
            return Err(Error::Stale);
        }
        let after = sql::get(tx.conn(), access.brand).await?.ok_or_else(|| Problem::not_found("brand"))?;
        let (old, new) = (Some(snapshot(&before)), Some(snapshot(&after)));
        self.record(&mut tx, access, "brand.updated", access.brand, old, new, context).await?;
        tx.commit().await?;
        Ok(after)
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
        "name": brand.name, "description": brand.description, "default_tone": brand.default_tone,
        "time_zone": brand.time_zone, "locale": brand.locale,
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
            default_tone,
            now: self.clock.now(),
        };
        sql::insert(tx.conn(), &new).await.map_err(bellwether_store::Error::from)?;
        Ok(id)
    }
}
