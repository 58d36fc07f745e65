//! Queries on brands. The tenant and the brands reached are the transaction's, by policy.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId},
};
use bellwether_networks::Tone;
use sqlx::{PgConnection, Result};

use super::{BrandView, UpdateBrand};

pub(crate) struct NewRow<'a> {
    pub(crate) organization: OrganizationId,
    pub(crate) id: BrandId,
    pub(crate) slug: &'a str,
    pub(crate) name: &'a str,
    pub(crate) time_zone: &'a str,
    pub(crate) default_tone: &'a str,
    pub(crate) now: Timestamp,
}

pub(crate) async fn insert(conn: &mut PgConnection, new: &NewRow<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO brand.brands (organization_id, id, slug, name, time_zone, default_tone, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        new.organization.uuid(),
        new.id.uuid(),
        new.slug,
        new.name,
        new.time_zone,
        new.default_tone,
        new.now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Slugs of the organization that begin with a text, deleted brands' too.
pub(crate) async fn slugs_like(conn: &mut PgConnection, base: &str) -> Result<Vec<String>> {
    sqlx::query_scalar!("SELECT slug FROM brand.brands WHERE starts_with(slug, $1)", base)
        .fetch_all(conn)
        .await
}

pub(crate) async fn list(conn: &mut PgConnection) -> Result<Vec<BrandView>> {
    sqlx::query_as!(
        BrandView,
        r#"SELECT id AS "id: BrandId", slug, name, description, default_tone, time_zone, locale, version, created_at
             FROM brand.brands WHERE deleted_at IS NULL ORDER BY name, id LIMIT 500"#
    )
    .fetch_all(conn)
    .await
}

pub(crate) async fn get(conn: &mut PgConnection, id: BrandId) -> Result<Option<BrandView>> {
    sqlx::query_as!(
        BrandView,
        r#"SELECT id AS "id: BrandId", slug, name, description, default_tone, time_zone, locale, version, created_at
             FROM brand.brands WHERE id = $1 AND deleted_at IS NULL"#,
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

pub(crate) async fn update(
    conn: &mut PgConnection,
    id: BrandId,
    version: i32,
    change: &UpdateBrand,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE brand.brands
            SET name = coalesce($3, name), description = coalesce($4, description),
                default_tone = coalesce($5, default_tone), time_zone = coalesce($6, time_zone),
                locale = coalesce($7, locale), version = version + 1
          WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
        id.uuid(),
        version,
        change.name.as_deref().map(str::trim),
        change.description.as_deref(),
        change.default_tone.map(Tone::as_str),
        change.time_zone.as_deref(),
        change.locale.as_deref()
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}
