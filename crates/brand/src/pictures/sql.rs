//! Queries on pictures.

use bellwether_identity::profile::Avatar;
use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId},
};
use sqlx::{PgConnection, Result};

use crate::ids::PictureId;

/// Puts a picture in place of the one before; the brand's version grows, since its view names the picture.
pub(super) async fn put(
    conn: &mut PgConnection,
    (organization, brand, id): (OrganizationId, BrandId, PictureId),
    picture: &Avatar,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO brand.pictures (organization_id, brand_id, id, content_type, content, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT ON CONSTRAINT pictures_brand_key
         DO UPDATE SET id = excluded.id, content_type = excluded.content_type, content = excluded.content,
                       created_at = excluded.created_at",
        organization.uuid(),
        brand.uuid(),
        id.uuid(),
        picture.content_type,
        picture.content,
        now
    )
    .execute(&mut *conn)
    .await?;
    touch(conn, brand).await
}

/// Removes a brand's picture; whether there was one.
pub(super) async fn delete(conn: &mut PgConnection, brand: BrandId) -> Result<bool> {
    let done = sqlx::query!("DELETE FROM brand.pictures WHERE brand_id = $1", brand.uuid())
        .execute(&mut *conn)
        .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    touch(conn, brand).await?;
    Ok(true)
}

async fn touch(conn: &mut PgConnection, brand: BrandId) -> Result<()> {
    sqlx::query!("UPDATE brand.brands SET version = version + 1 WHERE id = $1", brand.uuid())
        .execute(conn)
        .await
        .map(|_| ())
}

pub(super) struct PictureRow {
    pub(super) content_type: String,
    pub(super) content: Vec<u8>,
}

pub(super) async fn find(conn: &mut PgConnection, id: PictureId) -> Result<Option<PictureRow>> {
    sqlx::query_as!(
        PictureRow,
        "SELECT p.content_type, p.content
           FROM brand.pictures p
           JOIN brand.brands b ON b.organization_id = p.organization_id AND b.id = p.brand_id
          WHERE p.id = $1 AND b.deleted_at IS NULL",
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}
