//! Queries on feeds. Tenant and brands are the transaction's, by policy.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId, UserId},
};
use sqlx::{PgConnection, Result};

use crate::{CalendarFeedId, PublicationId};

pub(super) struct FeedRow {
    pub(super) id: CalendarFeedId,
    pub(super) label: String,
    pub(super) revoked_at: Option<Timestamp>,
    pub(super) created_at: Timestamp,
}

pub(super) async fn list(conn: &mut PgConnection, brand: BrandId) -> Result<Vec<FeedRow>> {
    sqlx::query_as!(
        FeedRow,
        r#"SELECT id AS "id: CalendarFeedId", label, revoked_at, created_at FROM publishing.calendar_feeds
           WHERE brand_id = $1 ORDER BY created_at DESC, id DESC LIMIT 200"#,
        brand as _,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    (organization, brand): (OrganizationId, BrandId),
    feed: &FeedRow,
    token_hash: &[u8],
    by: UserId,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO publishing.calendar_feeds (organization_id, id, brand_id, label, token_hash, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        organization as _,
        feed.id as _,
        brand as _,
        feed.label,
        token_hash,
        by as _,
        feed.created_at,
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) async fn revoke(
    conn: &mut PgConnection,
    brand: BrandId,
    id: CalendarFeedId,
    now: Timestamp,
) -> Result<Option<String>> {
    sqlx::query_scalar!(
        "UPDATE publishing.calendar_feeds SET revoked_at = coalesce(revoked_at, $3) WHERE brand_id = $1 AND id = $2
         RETURNING label",
        brand as _,
        id as _,
        now,
    )
    .fetch_optional(conn)
    .await
}

/// The feed of a token, over all tenants. Those of deleted brands and organizations are closed.
pub(super) async fn find(
    conn: &mut PgConnection,
    token_hash: &[u8],
) -> Result<Option<(OrganizationId, BrandId)>> {
    let row = sqlx::query!(
        r#"SELECT organization_id AS "organization: OrganizationId", brand_id AS "brand: BrandId"
           FROM publishing.calendar_feeds f
           WHERE token_hash = $1 AND revoked_at IS NULL
             AND EXISTS (SELECT FROM brand.in_use b WHERE b.organization_id = f.organization_id AND b.id = f.brand_id)"#,
        token_hash,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.organization, row.brand)))
}

pub(super) struct EventRow {
    pub(super) id: PublicationId,
    pub(super) network: String,
    pub(super) state: String,
    pub(super) title: String,
    pub(super) handle: String,
    pub(super) due_at: Timestamp,
    pub(super) remote_url: Option<String>,
    pub(super) updated_at: Timestamp,
    pub(super) version: i32,
}

/// What is planned, out and cancelled between two instants.
pub(super) async fn events(
    conn: &mut PgConnection,
    brand: BrandId,
    (from, to): (Timestamp, Timestamp),
    limit: i64,
) -> Result<Vec<EventRow>> {
    sqlx::query_as!(
        EventRow,
        r#"SELECT p.id AS "id: PublicationId", p.network, p.state, p.title, c.handle, p.due_at AS "due_at!", p.remote_url,
                  p.updated_at, p.version
           FROM publishing.publications p
           JOIN publishing.connections c ON c.organization_id = p.organization_id AND c.id = p.connection_id
           WHERE p.brand_id = $1 AND p.due_at >= $2 AND p.due_at < $3 ORDER BY p.due_at, p.id LIMIT $4"#,
        brand as _,
        from,
        to,
        limit,
    )
    .fetch_all(conn)
    .await
}
