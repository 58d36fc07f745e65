//! Queries on what somebody has read and saved.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, UserId},
};
use serde_json::Value;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::marks::Reader;
use crate::{ItemId, SourceId};

/// An item is read, and those that say nearly the same with it.
pub(super) async fn read(
    conn: &mut PgConnection,
    (brand, user): (BrandId, UserId),
    id: ItemId,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO trends.marks (organization_id, brand_id, user_id, item_id, read_at)
         SELECT o.organization_id, o.brand_id, $2, o.id, $4
           FROM trends.items i
           JOIN trends.items o ON o.organization_id = i.organization_id AND o.group_id = i.group_id
          WHERE i.brand_id = $1 AND i.id = $3
         ON CONFLICT ON CONSTRAINT marks_pkey
           DO UPDATE SET read_at = coalesce(trends.marks.read_at, EXCLUDED.read_at)",
        brand.uuid(),
        user.uuid(),
        id.uuid(),
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// It is unread again, with those that say nearly the same.
pub(super) async fn unread(
    conn: &mut PgConnection,
    (brand, user): (BrandId, UserId),
    id: ItemId,
) -> Result<()> {
    sqlx::query!(
        "WITH alike AS (
           SELECT o.id FROM trends.items i
             JOIN trends.items o ON o.organization_id = i.organization_id AND o.group_id = i.group_id
            WHERE i.brand_id = $1 AND i.id = $3
         ), saved AS (
           UPDATE trends.marks SET read_at = NULL
            WHERE user_id = $2 AND item_id IN (SELECT id FROM alike) AND saved_at IS NOT NULL
         )
         DELETE FROM trends.marks
          WHERE user_id = $2 AND item_id IN (SELECT id FROM alike) AND saved_at IS NULL",
        brand.uuid(),
        user.uuid(),
        id.uuid()
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// It is saved; false when that would be more than `most` of the brand.
pub(super) async fn save(
    conn: &mut PgConnection,
    (brand, user): (BrandId, UserId),
    id: ItemId,
    most: i64,
    now: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "INSERT INTO trends.marks (organization_id, brand_id, user_id, item_id, saved_at)
         SELECT i.organization_id, i.brand_id, $2, i.id, $4
           FROM trends.items i
          WHERE i.brand_id = $1 AND i.id = $3
            AND (SELECT count(*) FROM trends.marks m
                  WHERE m.brand_id = $1 AND m.user_id = $2 AND m.saved_at IS NOT NULL AND m.item_id <> $3) < $5
         ON CONFLICT ON CONSTRAINT marks_pkey
           DO UPDATE SET saved_at = coalesce(trends.marks.saved_at, EXCLUDED.saved_at)",
        brand.uuid(),
        user.uuid(),
        id.uuid(),
        now,
        most
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// It is not saved any more.
pub(super) async fn unsave(conn: &mut PgConnection, user: UserId, id: ItemId) -> Result<()> {
    sqlx::query!(
        "WITH read AS (
           UPDATE trends.marks SET saved_at = NULL WHERE user_id = $1 AND item_id = $2 AND read_at IS NOT NULL
         )
         DELETE FROM trends.marks WHERE user_id = $1 AND item_id = $2 AND read_at IS NULL",
        user.uuid(),
        id.uuid()
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Which of the unread items.
pub(super) struct Which {
    pub(super) until: Timestamp,
    pub(super) source: Option<SourceId>,
    pub(super) items: Option<Vec<Uuid>>,
}

/// They are read; gives how many were not. What is named takes along what says nearly the same.
pub(super) async fn read_all(
    conn: &mut PgConnection,
    brand: BrandId,
    reader: Reader,
    which: &Which,
    read_at: Timestamp,
) -> Result<u64> {
    bellwether_store::plan_for_values(&mut *conn).await?;
    sqlx::query!(
        "INSERT INTO trends.marks (organization_id, brand_id, user_id, item_id, read_at)
         SELECT i.organization_id, i.brand_id, $2, i.id, $3
           FROM trends.items i
          WHERE i.brand_id = $1 AND i.dated_at >= $4 AND i.seen_at <= $5
            AND ($6::uuid IS NULL OR EXISTS (
                  SELECT FROM trends.sightings g
                   WHERE g.organization_id = i.organization_id AND g.item_id = i.id AND g.source_id = $6))
            AND ($7::uuid[] IS NULL OR i.group_id IN (
                  SELECT n.group_id FROM trends.items n WHERE n.brand_id = $1 AND n.id = ANY ($7)))
            AND NOT EXISTS (
                  SELECT FROM trends.marks m
                   WHERE m.organization_id = i.organization_id AND m.user_id = $2 AND m.item_id = i.id
                     AND m.read_at IS NOT NULL)
         ON CONFLICT ON CONSTRAINT marks_pkey DO UPDATE SET read_at = EXCLUDED.read_at",
        brand.uuid(),
        reader.user.uuid(),
        read_at,
        reader.unread_since,
        which.until,
        which.source.map(SourceId::uuid),
        which.items.as_deref()
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected())
}

pub(super) async fn undo_read_all(
    conn: &mut PgConnection,
    (brand, user): (BrandId, UserId),
    read_at: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "WITH saved AS (
           UPDATE trends.marks SET read_at = NULL
            WHERE brand_id = $1 AND user_id = $2 AND read_at = $3 AND saved_at IS NOT NULL
         )
         DELETE FROM trends.marks WHERE brand_id = $1 AND user_id = $2 AND read_at = $3 AND saved_at IS NULL",
        brand.uuid(),
        user.uuid(),
        read_at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// What somebody marked, for a copy of their data.
pub(super) async fn of_person(conn: &mut PgConnection, user: UserId) -> Result<Value> {
    sqlx::query_scalar!(
        r#"SELECT coalesce(jsonb_agg(jsonb_build_object('organization_id', m.organization_id, 'brand_id', m.brand_id,
                    'url', i.url, 'title', i.title, 'read_at', m.read_at, 'saved_at', m.saved_at)
                    ORDER BY coalesce(m.saved_at, m.read_at)), '[]') AS "items!"
             FROM trends.marks m
             JOIN trends.items i ON i.organization_id = m.organization_id AND i.id = m.item_id
            WHERE m.user_id = $1"#,
        user.uuid()
    )
    .fetch_one(conn)
    .await
}

/// How many are unread (of those that say nearly the same the first only, up to `most`), and how many are saved.
pub(super) async fn counts(
    conn: &mut PgConnection,
    brand: BrandId,
    reader: Reader,
    most: i64,
) -> Result<(i64, i64)> {
    let row = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM (
                    SELECT FROM trends.items i
                     WHERE i.brand_id = $1 AND i.dated_at >= $3
                       AND NOT EXISTS (
                             SELECT FROM trends.marks m
                              WHERE m.organization_id = i.organization_id AND m.user_id = $2 AND m.item_id = i.id
                                AND m.read_at IS NOT NULL)
                       AND NOT EXISTS (
                             SELECT FROM trends.items o
                              WHERE o.organization_id = i.organization_id AND o.group_id = i.group_id
                                AND (o.id <> o.group_id, o.id) < (i.id <> i.group_id, i.id))
                     LIMIT $4) AS unread) AS "unread!",
                  (SELECT count(*) FROM trends.marks
                    WHERE brand_id = $1 AND user_id = $2 AND saved_at IS NOT NULL) AS "saved!""#,
        brand.uuid(),
        reader.user.uuid(),
        reader.unread_since,
        most
    )
    .fetch_one(conn)
    .await?;
    Ok((row.unread, row.saved))
}
