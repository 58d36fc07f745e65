//! Queries on readings of websites.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId, UserId},
};
use sqlx::{PgConnection, Result, types::Json};

use super::{Change, Finding, PageView};
use crate::ids::SnapshotId;

pub(super) struct Row {
    pub(super) id: SnapshotId,
    pub(super) url: String,
    pub(super) status: String,
    pub(super) failure_code: Option<String>,
    pub(super) failure: Option<String>,
    pub(super) reader: Option<String>,
    pub(super) pages: Json<Vec<PageView>>,
    pub(super) findings: Json<Vec<Finding>>,
    pub(super) changes: Json<Vec<Change>>,
    pub(super) created_at: Timestamp,
    pub(super) read_at: Option<Timestamp>,
}

/// The newest reading, of those with a status when one is named; others than `before` only.
pub(super) async fn newest(
    conn: &mut PgConnection,
    brand: BrandId,
    status: Option<&str>,
    but: Option<SnapshotId>,
) -> Result<Option<Row>> {
    sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: SnapshotId", url, status, failure_code, failure, reader,
                  pages AS "pages: Json<Vec<PageView>>", findings AS "findings: Json<Vec<Finding>>",
                  changes AS "changes: Json<Vec<Change>>", created_at, read_at
             FROM brand.website_snapshots
            WHERE brand_id = $1 AND ($2::text IS NULL OR status = $2) AND ($3::uuid IS NULL OR id <> $3)
            ORDER BY created_at DESC, id DESC
            LIMIT 1"#,
        brand.uuid(),
        status,
        but.map(SnapshotId::uuid)
    )
    .fetch_optional(conn)
    .await
}

pub(super) struct EarlierRow {
    pub(super) id: SnapshotId,
    pub(super) url: String,
    pub(super) status: String,
    pub(super) failure: Option<String>,
    pub(super) changes: Json<Vec<Change>>,
    pub(super) created_at: Timestamp,
}

/// The readings of a brand, the newest first.
pub(super) async fn list(conn: &mut PgConnection, brand: BrandId, limit: i64) -> Result<Vec<EarlierRow>> {
    sqlx::query_as!(
        EarlierRow,
        r#"SELECT id AS "id: SnapshotId", url, status, failure, changes AS "changes: Json<Vec<Change>>", created_at
             FROM brand.website_snapshots WHERE brand_id = $1
            ORDER BY created_at DESC, id DESC LIMIT $2"#,
        brand.uuid(),
        limit
    )
    .fetch_all(conn)
    .await
}

/// How many readings an organization began since.
pub(super) async fn begun_since(
    conn: &mut PgConnection,
    organization: OrganizationId,
    since: Timestamp,
) -> Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM brand.website_snapshots WHERE organization_id = $1 AND created_at >= $2"#,
        organization.uuid(),
        since
    )
    .fetch_one(conn)
    .await
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    (organization, brand, id): (OrganizationId, BrandId, SnapshotId),
    url: &str,
    created_by: Option<UserId>,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO brand.website_snapshots (organization_id, brand_id, id, url, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        organization.uuid(),
        brand.uuid(),
        id.uuid(),
        url,
        created_by.map(UserId::uuid),
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Begins a reading, also one that a crash broke off; none when it is over or its brand is gone.
pub(super) async fn start(
    conn: &mut PgConnection,
    id: SnapshotId,
    now: Timestamp,
) -> Result<Option<(BrandId, String)>> {
    let row = sqlx::query!(
        r#"UPDATE brand.website_snapshots s SET status = 'reading', started_at = coalesce(started_at, $2)
            WHERE s.id = $1 AND s.status IN ('pending', 'reading')
              AND EXISTS (SELECT 1 FROM brand.brands b
                           WHERE b.organization_id = s.organization_id AND b.id = s.brand_id AND b.deleted_at IS NULL)
        RETURNING s.brand_id AS "brand: BrandId", s.url"#,
        id.uuid(),
        now
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.brand, row.url)))
}

/// What a reading brought.
pub(super) struct Outcome<'a> {
    pub(super) reader: &'a str,
    pub(super) pages: &'a [PageView],
    pub(super) findings: &'a [Finding],
    pub(super) changes: &'a [Change],
    pub(super) content: &'a str,
}

/// Ends a reading well; whether it was still open.
pub(super) async fn complete(
    conn: &mut PgConnection,
    id: SnapshotId,
    outcome: &Outcome<'_>,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE brand.website_snapshots
            SET status = 'completed', reader = $2, pages = $3, findings = $4, changes = $5, content = $6, read_at = $7
          WHERE id = $1 AND status = 'reading'",
        id.uuid(),
        outcome.reader,
        Json(outcome.pages) as _,
        Json(outcome.findings) as _,
        Json(outcome.changes) as _,
        outcome.content,
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends a reading that gave nothing; its brand, when it was still open.
pub(super) async fn fail(
    conn: &mut PgConnection,
    id: SnapshotId,
    code: &str,
    reason: &str,
) -> Result<Option<BrandId>> {
    sqlx::query_scalar!(
        r#"UPDATE brand.website_snapshots SET status = 'failed', failure_code = $2, failure = $3
            WHERE id = $1 AND status IN ('pending', 'reading') RETURNING brand_id AS "brand: BrandId""#,
        id.uuid(),
        code,
        reason
    )
    .fetch_optional(conn)
    .await
}

/// Removes all but the newest readings of a brand and those since, which count towards the day.
pub(super) async fn keep_newest(
    conn: &mut PgConnection,
    brand: BrandId,
    keep: i64,
    since: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "DELETE FROM brand.website_snapshots
          WHERE brand_id = $1 AND status IN ('completed', 'failed') AND created_at < $3
            AND id NOT IN (SELECT id FROM brand.website_snapshots WHERE brand_id = $1
                            ORDER BY created_at DESC, id DESC LIMIT $2)",
        brand.uuid(),
        keep,
        since
    )
    .execute(conn)
    .await
    .map(|_| ())
}
