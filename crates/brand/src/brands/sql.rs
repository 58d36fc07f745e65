//! Queries on brands. The tenant and the brands reached are the transaction's, by policy.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId},
};
use bellwether_networks::Tone;
use bellwether_web::Patch;
use sqlx::{PgConnection, Result};

use super::{BrandView, UpdateBrand};
use crate::pictures::AvatarUrl;

pub(crate) struct NewRow<'a> {
    pub(crate) organization: OrganizationId,
    pub(crate) id: BrandId,
    pub(crate) slug: &'a str,
    pub(crate) name: &'a str,
    pub(crate) time_zone: &'a str,
    pub(crate) locale: &'a str,
    pub(crate) default_tone: &'a str,
    pub(crate) now: Timestamp,
}

pub(crate) async fn insert(conn: &mut PgConnection, new: &NewRow<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO brand.brands
           (organization_id, id, slug, name, time_zone, locale, default_tone, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        new.organization.uuid(),
        new.id.uuid(),
        new.slug,
        new.name,
        new.time_zone,
        new.locale,
        new.default_tone,
        new.now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Slugs of the organization that begin with a text, deleted brands' and former ones too.
pub(crate) async fn slugs_like(conn: &mut PgConnection, base: &str) -> Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"SELECT slug AS "slug!" FROM brand.brands WHERE starts_with(slug, $1)
            UNION SELECT slug FROM brand.brand_slugs WHERE starts_with(slug, $1)"#,
        base
    )
    .fetch_all(conn)
    .await
}

/// Brands by name; those deleted since an instant when one is given.
pub(crate) async fn list(
    conn: &mut PgConnection,
    deleted_since: Option<Timestamp>,
) -> Result<Vec<BrandView>> {
    sqlx::query_as!(
        BrandView,
        r#"SELECT id AS "id: BrandId", slug, name, description, default_tone, time_zone, locale, street, city, region,
                  postal_code, country, latitude, longitude, google_place_id, phone, website,
                  (SELECT p.id FROM brand.pictures p
                    WHERE p.organization_id = b.organization_id AND p.brand_id = b.id) AS "avatar_url: AvatarUrl",
                  version, created_at, deleted_at
             FROM brand.brands b
            WHERE CASE WHEN $1::timestamptz IS NULL THEN deleted_at IS NULL ELSE deleted_at > $1 END
            ORDER BY name, id LIMIT 500"#,
        deleted_since
    )
    .fetch_all(conn)
    .await
}

pub(crate) async fn get(conn: &mut PgConnection, id: BrandId) -> Result<Option<BrandView>> {
    sqlx::query_as!(
        BrandView,
        r#"SELECT id AS "id: BrandId", slug, name, description, default_tone, time_zone, locale, street, city, region,
                  postal_code, country, latitude, longitude, google_place_id, phone, website,
                  (SELECT p.id FROM brand.pictures p
                    WHERE p.organization_id = b.organization_id AND p.brand_id = b.id) AS "avatar_url: AvatarUrl",
                  version, created_at, deleted_at
             FROM brand.brands b WHERE id = $1 AND deleted_at IS NULL"#,
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// Locks the brands that are there, and counts them.
pub(crate) async fn lock_all(conn: &mut PgConnection) -> Result<usize> {
    sqlx::query_scalar!("SELECT id FROM brand.brands WHERE deleted_at IS NULL ORDER BY id FOR UPDATE")
        .fetch_all(conn)
        .await
        .map(|ids| ids.len())
}

/// Locks one brand that is there.
pub(crate) async fn lock(conn: &mut PgConnection, id: BrandId) -> Result<bool> {
    // rows that point to it may be inserted meanwhile by those who don't count
    sqlx::query_scalar!(
        "SELECT id FROM brand.brands WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE",
        id.uuid()
    )
    .fetch_optional(conn)
    .await
    .map(|found| found.is_some())
}

/// Deletes a brand that is there (`at`), or brings one back that was deleted since an instant.
pub(crate) async fn set_deleted(
    conn: &mut PgConnection,
    id: BrandId,
    at: Option<Timestamp>,
    since: Option<Timestamp>,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE brand.brands SET deleted_at = $2, version = version + 1
          WHERE id = $1
            AND CASE WHEN $2::timestamptz IS NULL THEN deleted_at > $3::timestamptz ELSE deleted_at IS NULL END",
        id.uuid(),
        at,
        since
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Removes brands deleted before an instant, with everything that hangs on them.
pub(crate) async fn delete_old(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    sqlx::query!("DELETE FROM brand.brands WHERE deleted_at < $1", before)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
}

/// Keeps the former address, and takes back the new one if it was a former one of any brand here.
pub(crate) async fn keep_slug(
    conn: &mut PgConnection,
    organization: OrganizationId,
    brand: BrandId,
    former: &str,
    new: &str,
) -> Result<()> {
    sqlx::query!("DELETE FROM brand.brand_slugs WHERE slug IN ($1, $2)", former, new)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "INSERT INTO brand.brand_slugs (organization_id, slug, brand_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        organization.uuid(),
        former,
        brand.uuid()
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// A field that may be cleared: whether it changes, and to what.
fn field(patch: &Patch<String>) -> (bool, Option<&str>) {
    (!patch.is_absent(), patch.value().map(|text| text.trim()))
}

pub(crate) async fn update(
    conn: &mut PgConnection,
    id: BrandId,
    version: i32,
    change: &UpdateBrand,
) -> Result<bool> {
    let (street, city, region) = (field(&change.street), field(&change.city), field(&change.region));
    let (postal_code, country) = (field(&change.postal_code), field(&change.country));
    let (place, phone, website) =
        (field(&change.google_place_id), field(&change.phone), field(&change.website));
    sqlx::query!(
        "UPDATE brand.brands
            SET name = coalesce($3, name), description = coalesce($4, description),
                default_tone = coalesce($5, default_tone), time_zone = coalesce($6, time_zone),
                locale = coalesce($7, locale), slug = coalesce($8, slug),
                street = CASE WHEN $9 THEN $10 ELSE street END, city = CASE WHEN $11 THEN $12 ELSE city END,
                region = CASE WHEN $13 THEN $14 ELSE region END,
                postal_code = CASE WHEN $15 THEN $16 ELSE postal_code END,
                country = CASE WHEN $17 THEN $18 ELSE country END,
                latitude = CASE WHEN $19 THEN $20 ELSE latitude END,
                longitude = CASE WHEN $21 THEN $22 ELSE longitude END,
                google_place_id = CASE WHEN $23 THEN $24 ELSE google_place_id END,
                phone = CASE WHEN $25 THEN $26 ELSE phone END, website = CASE WHEN $27 THEN $28 ELSE website END,
                version = version + 1
          WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
        id.uuid(),
        version,
        change.name.as_deref().map(str::trim),
        change.description.as_deref(),
        change.default_tone.map(Tone::as_str),
        change.time_zone.as_deref(),
        change.locale.as_deref(),
        change.slug.as_deref(),
        street.0,
        street.1,
        city.0,
        city.1,
        region.0,
        region.1,
        postal_code.0,
        postal_code.1,
        country.0,
        country.1,
        !change.latitude.is_absent(),
        change.latitude.value().copied(),
        !change.longitude.is_absent(),
        change.longitude.value().copied(),
        place.0,
        place.1,
        phone.0,
        phone.1,
        website.0,
        website.1
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}
