//! Queries on pillars.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId},
};
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::{Pillar, PillarView};
use crate::ids::PillarId;

struct Row {
    id: PillarId,
    position: i32,
    name: String,
    description: Option<String>,
    why_important: Option<String>,
    subtopics: Vec<String>,
    version: i32,
    created_at: Timestamp,
}

impl From<Row> for PillarView {
    fn from(row: Row) -> Self {
        let pillar = Pillar {
            name: row.name,
            description: row.description,
            why_important: row.why_important,
            subtopics: row.subtopics,
        };
        Self { id: row.id, position: row.position, pillar, version: row.version, created_at: row.created_at }
    }
}

/// A brand's pillars in order; one of them when an id is given.
pub(super) async fn find(
    conn: &mut PgConnection,
    brand: BrandId,
    id: Option<PillarId>,
) -> Result<Vec<PillarView>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: PillarId", position, name, description, why_important, subtopics, version, created_at
             FROM brand.pillars WHERE brand_id = $1 AND ($2::uuid IS NULL OR id = $2)
            ORDER BY position"#,
        brand.uuid(),
        id.map(PillarId::uuid)
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(PillarView::from).collect())
}

/// Adds a pillar at the end.
pub(super) async fn insert(
    conn: &mut PgConnection,
    (organization, brand, id): (OrganizationId, BrandId, PillarId),
    pillar: &Pillar,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO brand.pillars
           (organization_id, brand_id, id, position, name, description, why_important, subtopics, created_at, updated_at)
         SELECT $1, $2, $3, coalesce(max(position), 0) + 1, $4, $5, $6, $7, $8, $8
           FROM brand.pillars WHERE brand_id = $2",
        organization.uuid(),
        brand.uuid(),
        id.uuid(),
        pillar.name,
        pillar.description.as_deref(),
        pillar.why_important.as_deref(),
        &pillar.subtopics,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) async fn update(
    conn: &mut PgConnection,
    id: PillarId,
    version: i32,
    pillar: &Pillar,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE brand.pillars
            SET name = $3, description = $4, why_important = $5, subtopics = $6, version = version + 1
          WHERE id = $1 AND version = $2",
        id.uuid(),
        version,
        pillar.name,
        pillar.description.as_deref(),
        pillar.why_important.as_deref(),
        &pillar.subtopics
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Puts a brand's pillars into the order given.
pub(super) async fn order(conn: &mut PgConnection, brand: BrandId, ids: &[Uuid]) -> Result<()> {
    sqlx::query!(
        "UPDATE brand.pillars p SET position = o.position
           FROM unnest($2::uuid[]) WITH ORDINALITY AS o (id, position)
          WHERE p.brand_id = $1 AND p.id = o.id AND p.position <> o.position",
        brand.uuid(),
        ids
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Deletes a pillar; those behind it move up.
pub(super) async fn delete(conn: &mut PgConnection, brand: BrandId, id: PillarId) -> Result<bool> {
    let position = sqlx::query_scalar!(
        "DELETE FROM brand.pillars WHERE id = $1 AND brand_id = $2 RETURNING position",
        id.uuid(),
        brand.uuid()
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(position) = position else { return Ok(false) };
    sqlx::query!(
        "UPDATE brand.pillars SET position = position - 1 WHERE brand_id = $1 AND position > $2",
        brand.uuid(),
        position
    )
    .execute(conn)
    .await?;
    Ok(true)
}
