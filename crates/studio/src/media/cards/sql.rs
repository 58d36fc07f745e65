//! Queries on the style of cards.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId},
};
use sqlx::{PgConnection, Result};

use super::CardStyleId;
use crate::media::MediaId;

pub(super) struct StyleRow {
    pub(super) id: CardStyleId,
    pub(super) background: String,
    pub(super) ink: String,
    pub(super) accent: String,
    pub(super) signature: String,
    pub(super) logo: Option<MediaId>,
    pub(super) version: i32,
}

/// A brand's style, locked for a change of it.
pub(super) async fn lock_style(conn: &mut PgConnection, brand: BrandId) -> Result<Option<StyleRow>> {
    sqlx::query_as!(
        StyleRow,
        r#"SELECT id AS "id: CardStyleId", background, ink, accent, signature, logo_id AS "logo: MediaId", version
             FROM studio.card_styles WHERE brand_id = $1 FOR UPDATE"#,
        brand.uuid(),
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn find_style(conn: &mut PgConnection, brand: BrandId) -> Result<Option<StyleRow>> {
    sqlx::query_as!(
        StyleRow,
        r#"SELECT id AS "id: CardStyleId", background, ink, accent, signature, logo_id AS "logo: MediaId", version
             FROM studio.card_styles WHERE brand_id = $1"#,
        brand.uuid(),
    )
    .fetch_optional(conn)
    .await
}

/// False when somebody else set one meanwhile.
pub(super) async fn upsert_style(
    conn: &mut PgConnection,
    (organization, brand): (OrganizationId, BrandId),
    row: &StyleRow,
    now: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "INSERT INTO studio.card_styles AS s
           (organization_id, id, brand_id, background, ink, accent, signature, logo_id, version, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
         ON CONFLICT ON CONSTRAINT card_styles_brand_key DO UPDATE
         SET background = excluded.background, ink = excluded.ink, accent = excluded.accent,
             signature = excluded.signature, logo_id = excluded.logo_id, version = excluded.version,
             updated_at = excluded.updated_at
         WHERE s.version = excluded.version - 1",
        organization.uuid(),
        row.id.uuid(),
        brand.uuid(),
        row.background,
        row.ink,
        row.accent,
        row.signature,
        row.logo.map(MediaId::uuid),
        row.version,
        now,
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Where a small picture of a live file of the brand is; None when there is no such file, or no picture of it.
pub(super) async fn find_picture(
    conn: &mut PgConnection,
    brand: BrandId,
    media: MediaId,
) -> Result<Option<String>> {
    let found = sqlx::query_scalar!(
        "SELECT thumbnail_key FROM studio.media WHERE brand_id = $1 AND id = $2 AND deleted_at IS NULL",
        brand.uuid(),
        media.uuid(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.flatten())
}
