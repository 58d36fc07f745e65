//! Queries on smart feeds.

use bellwether_kernel::{
    Cursor, Timestamp,
    id::{BrandId, OrganizationId, UserId},
};
use sqlx::{PgConnection, Result, types::Json};

use super::{SmartFeedView, Topic};
use crate::{SmartFeedId, SourceId};

struct Row {
    id: SmartFeedId,
    name: String,
    topics: Json<Vec<Topic>>,
    keywords: Vec<String>,
    version: i32,
    created_at: Timestamp,
}

impl From<Row> for SmartFeedView {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            name: row.name,
            topics: row.topics.0,
            keywords: row.keywords,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

/// A brand's smart feeds, the oldest first; one of them when an id is given.
pub(super) async fn find(
    conn: &mut PgConnection,
    brand: BrandId,
    id: Option<SmartFeedId>,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<SmartFeedView>> {
    let after = after.unwrap_or(Cursor::OLDEST);
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: SmartFeedId", name, topics AS "topics: Json<Vec<Topic>>", keywords, version, created_at
             FROM trends.smart_feeds
            WHERE brand_id = $1 AND ($2::uuid IS NULL OR id = $2)
              AND (created_at, id) > ($3, $4)
            ORDER BY created_at, id LIMIT $5"#,
        brand.uuid(),
        id.map(SmartFeedId::uuid),
        after.at,
        after.id,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(SmartFeedView::from).collect())
}

/// What a smart feed is made of.
pub(super) struct Content<'a> {
    pub(super) name: &'a str,
    pub(super) topics: &'a [Topic],
    pub(super) keywords: &'a [String],
    pub(super) query: &'a str,
}

pub(super) async fn count(conn: &mut PgConnection, brand: BrandId) -> Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM trends.smart_feeds WHERE brand_id = $1"#,
        brand.uuid()
    )
    .fetch_one(conn)
    .await
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    (organization, brand, id): (OrganizationId, BrandId, SmartFeedId),
    content: &Content<'_>,
    created_by: UserId,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO trends.smart_feeds
           (organization_id, brand_id, id, name, topics, keywords, query, created_by, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        organization.uuid(),
        brand.uuid(),
        id.uuid(),
        content.name,
        Json(content.topics) as _,
        content.keywords,
        content.query,
        created_by.uuid(),
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) async fn update(
    conn: &mut PgConnection,
    id: SmartFeedId,
    version: i32,
    content: &Content<'_>,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE trends.smart_feeds SET name = $3, topics = $4, keywords = $5, query = $6, version = version + 1
          WHERE id = $1 AND version = $2",
        id.uuid(),
        version,
        content.name,
        Json(content.topics) as _,
        content.keywords,
        content.query
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

pub(super) async fn delete(conn: &mut PgConnection, brand: BrandId, id: SmartFeedId) -> Result<bool> {
    sqlx::query!("DELETE FROM trends.smart_feeds WHERE brand_id = $1 AND id = $2", brand.uuid(), id.uuid())
        .execute(conn)
        .await
        .map(|done| done.rows_affected() == 1)
}

/// The query of a smart feed.
pub(super) async fn query(
    conn: &mut PgConnection,
    brand: BrandId,
    id: SmartFeedId,
) -> Result<Option<String>> {
    sqlx::query_scalar!(
        "SELECT query FROM trends.smart_feeds WHERE brand_id = $1 AND id = $2",
        brand.uuid(),
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// What weighs of a brand's sources: priority, and whether they are well.
pub(super) async fn weights(conn: &mut PgConnection, brand: BrandId) -> Result<Vec<(SourceId, i32, bool)>> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id: SourceId", priority, state IN ('new', 'healthy') AS "well!" FROM trends.sources
            WHERE brand_id = $1"#,
        brand.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.priority, row.well)).collect())
}

/// The newest items of a brand in short: title, summary and keyphrases.
pub(super) async fn newest_words(
    conn: &mut PgConnection,
    brand: BrandId,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"SELECT title || ' · ' || summary || ' · ' || array_to_string(keyphrases, ' · ') AS "words!"
             FROM trends.items WHERE brand_id = $1 AND dated_at >= $2 ORDER BY dated_at DESC, id DESC LIMIT $3"#,
        brand.uuid(),
        since,
        limit
    )
    .fetch_all(conn)
    .await
}
