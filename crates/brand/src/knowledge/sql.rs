//! Queries on knowledge.

use std::str::FromStr as _;

use bellwether_kernel::{
    Cursor, Timestamp,
    id::{BrandId, OrganizationId},
};
use chrono::NaiveDate;
use sqlx::{PgConnection, Result};

use super::{Knowledge, KnowledgeKind, KnowledgeView};
use crate::ids::KnowledgeId;

struct Row {
    id: KnowledgeId,
    content: String,
    kind: String,
    source: Option<String>,
    url: Option<String>,
    valid_until: Option<NaiveDate>,
    version: i32,
    created_at: Timestamp,
}

impl From<Row> for KnowledgeView {
    fn from(row: Row) -> Self {
        let knowledge = Knowledge {
            content: row.content,
            kind: KnowledgeKind::from_str(&row.kind).unwrap_or(KnowledgeKind::Note),
            source: row.source,
            url: row.url,
            valid_until: row.valid_until,
        };
        Self { id: row.id, knowledge, version: row.version, created_at: row.created_at }
    }
}

/// Which snippets a list shows.
pub(super) struct ListFilter<'a> {
    pub(super) brand: BrandId,
    pub(super) id: Option<KnowledgeId>,
    pub(super) kind: Option<&'a str>,
    /// A full-text query.
    pub(super) query: Option<&'a str>,
    /// Those that may be cited on this day.
    pub(super) valid_on: Option<NaiveDate>,
    pub(super) after: Option<Cursor>,
    pub(super) limit: i64,
}

pub(super) async fn find(conn: &mut PgConnection, filter: &ListFilter<'_>) -> Result<Vec<KnowledgeView>> {
    let after = filter.after.unwrap_or(Cursor::NEWEST);
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: KnowledgeId", content, kind, source, url, valid_until, version, created_at
             FROM brand.knowledge
            WHERE brand_id = $1
              AND ($2::uuid IS NULL OR id = $2)
              AND ($3::text IS NULL OR kind = $3)
              AND ($4::text IS NULL
                   OR to_tsvector('simple', content || ' ' || coalesce(source, '')) @@ to_tsquery('simple', $4))
              AND ($5::date IS NULL OR valid_until IS NULL OR valid_until >= $5)
              AND (created_at, id) < ($6, $7)
            ORDER BY created_at DESC, id DESC
            LIMIT $8"#,
        filter.brand.uuid(),
        filter.id.map(KnowledgeId::uuid),
        filter.kind,
        filter.query,
        filter.valid_on,
        after.at,
        after.id,
        filter.limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(KnowledgeView::from).collect())
}

/// The newest snippets that may be cited on a day: content, source, address.
pub(crate) async fn citable(
    conn: &mut PgConnection,
    brand: BrandId,
    day: NaiveDate,
    most: i64,
) -> Result<Vec<(String, Option<String>, Option<String>)>> {
    let rows = sqlx::query!(
        "SELECT content, source, url FROM brand.knowledge
          WHERE brand_id = $1 AND (valid_until IS NULL OR valid_until >= $2)
          ORDER BY created_at DESC, id DESC LIMIT $3",
        brand.uuid(),
        day,
        most
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.content, row.source, row.url)).collect())
}

pub(super) async fn count(conn: &mut PgConnection, brand: BrandId) -> Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM brand.knowledge WHERE brand_id = $1"#,
        brand.uuid()
    )
    .fetch_one(conn)
    .await
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    (organization, brand, id): (OrganizationId, BrandId, KnowledgeId),
    knowledge: &Knowledge,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO brand.knowledge
           (organization_id, brand_id, id, content, kind, source, url, valid_until, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        organization.uuid(),
        brand.uuid(),
        id.uuid(),
        knowledge.content,
        <&str>::from(knowledge.kind),
        knowledge.source.as_deref(),
        knowledge.url.as_deref(),
        knowledge.valid_until,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) async fn update(
    conn: &mut PgConnection,
    id: KnowledgeId,
    version: i32,
    knowledge: &Knowledge,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE brand.knowledge
            SET content = $3, kind = $4, source = $5, url = $6, valid_until = $7, version = version + 1
          WHERE id = $1 AND version = $2",
        id.uuid(),
        version,
        knowledge.content,
        <&str>::from(knowledge.kind),
        knowledge.source.as_deref(),
        knowledge.url.as_deref(),
        knowledge.valid_until
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

pub(super) async fn delete(conn: &mut PgConnection, brand: BrandId, id: KnowledgeId) -> Result<bool> {
    sqlx::query!("DELETE FROM brand.knowledge WHERE id = $1 AND brand_id = $2", id.uuid(), brand.uuid())
        .execute(conn)
        .await
        .map(|done| done.rows_affected() == 1)
}
