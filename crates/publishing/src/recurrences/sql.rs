//! Queries on recurrences. Tenant and brands are the transaction's, by policy.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId, PostId, UserId},
};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde_json::Value;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use crate::{ConnectionId, PublicationId, RecurrenceId, time};

pub(super) struct RecurrenceRow {
    pub(super) id: RecurrenceId,
    pub(super) brand_id: BrandId,
    pub(super) connection_id: ConnectionId,
    pub(super) network: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) rule: Option<String>,
    pub(super) first_day: Option<NaiveDate>,
    pub(super) first_time: Option<NaiveTime>,
    pub(super) rest_days: i32,
    pub(super) status: String,
    pub(super) words: Option<String>,
    pub(super) posts: Vec<Uuid>,
    pub(super) created_by: UserId,
    pub(super) version: i32,
    pub(super) created_at: Timestamp,
}

impl RecurrenceRow {
    /// The first time of a repetition, on the brand's wall clock.
    pub(super) fn first(&self) -> Option<String> {
        self.first_day.zip(self.first_time).map(|(day, at)| time::write_local(day.and_time(at)))
    }
}

pub(super) async fn list(
    conn: &mut PgConnection,
    brand: BrandId,
    id: Option<RecurrenceId>,
) -> Result<Vec<RecurrenceRow>> {
    sqlx::query_as!(
        RecurrenceRow,
        r#"SELECT r.id AS "id: RecurrenceId", r.brand_id AS "brand_id: BrandId",
                  r.connection_id AS "connection_id: ConnectionId", c.network, r.name, r.kind, r.rule, r.first_day, r.first_time,
                  r.rest_days, r.status, r.words,
                  ARRAY(SELECT post_id FROM publishing.recurrence_posts p
                        WHERE p.organization_id = r.organization_id AND p.recurrence_id = r.id ORDER BY position) AS "posts!",
                  r.created_by AS "created_by: UserId", r.version, r.created_at
           FROM publishing.recurrences r
           JOIN publishing.connections c ON c.organization_id = r.organization_id AND c.id = r.connection_id
           WHERE r.brand_id = $1 AND ($2::uuid IS NULL OR r.id = $2)
           ORDER BY r.created_at DESC, r.id DESC LIMIT 500"#,
        brand as _,
        id as _,
    )
    .fetch_all(conn)
    .await
}

/// Locks a recurrence, so that one job or person is at it.
pub(super) async fn lock(
    conn: &mut PgConnection,
    brand: BrandId,
    id: RecurrenceId,
) -> Result<Option<String>> {
    sqlx::query_scalar!(
        "SELECT status FROM publishing.recurrences WHERE brand_id = $1 AND id = $2 FOR UPDATE",
        brand as _,
        id as _,
    )
    .fetch_optional(conn)
    .await
}

/// Those that go on, over all tenants. Of deleted brands none does.
pub(super) async fn active(conn: &mut PgConnection) -> Result<Vec<(OrganizationId, BrandId, RecurrenceId)>> {
    let rows = sqlx::query!(
        r#"SELECT organization_id AS "organization: OrganizationId", brand_id AS "brand: BrandId", id AS "id: RecurrenceId"
           FROM publishing.recurrences r
           WHERE status = 'active'
             AND EXISTS (SELECT FROM brand.in_use b WHERE b.organization_id = r.organization_id AND b.id = r.brand_id)
           ORDER BY organization_id, brand_id, id"#,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.organization, row.brand, row.id)).collect())
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    organization: OrganizationId,
    row: &RecurrenceRow,
) -> Result<()> {
    sqlx::query!(
        "WITH made AS (
             INSERT INTO publishing.recurrences (organization_id, id, brand_id, connection_id, name, kind, rule, first_day,
                 first_time, rest_days, created_by, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         )
         INSERT INTO publishing.recurrence_posts (organization_id, recurrence_id, post_id, brand_id, position)
         SELECT $1, $2, post, $3, place FROM unnest($13::uuid[]) WITH ORDINALITY AS u (post, place)",
        organization as _,
        row.id as _,
        row.brand_id as _,
        row.connection_id as _,
        row.name,
        row.kind,
        row.rule,
        row.first_day,
        row.first_time,
        row.rest_days,
        row.created_by as _,
        row.created_at,
        &row.posts,
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// What a recurrence says after a change.
pub(super) struct Changed<'a> {
    pub(super) name: &'a str,
    pub(super) rule: Option<&'a str>,
    pub(super) first: Option<NaiveDateTime>,
    pub(super) rest_days: i32,
    pub(super) status: &'a str,
    pub(super) posts: &'a [Uuid],
}

pub(super) async fn update(conn: &mut PgConnection, id: RecurrenceId, row: &Changed<'_>) -> Result<()> {
    sqlx::query!(
        "DELETE FROM publishing.recurrence_posts WHERE recurrence_id = $1 AND post_id <> ALL ($2)",
        id as _,
        row.posts
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "WITH changed AS (
             UPDATE publishing.recurrences
             SET name = $2, rule = $3, first_day = $4, first_time = $5, rest_days = $6, status = $7, words = NULL,
                 version = version + 1
             WHERE id = $1
             RETURNING organization_id, brand_id
         )
         INSERT INTO publishing.recurrence_posts (organization_id, recurrence_id, post_id, brand_id, position)
         SELECT organization_id, $1, post, brand_id, place
         FROM changed, unnest($8::uuid[]) WITH ORDINALITY AS u (post, place)
         ON CONFLICT (organization_id, recurrence_id, post_id) DO UPDATE SET position = excluded.position",
        id as _,
        row.name,
        row.rule,
        row.first.map(|first| first.date()),
        row.first.map(|first| first.time()),
        row.rest_days,
        row.status,
        row.posts,
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Forgets times to come that were left out, so that they can be made after a change.
pub(super) async fn forget_left_out(
    conn: &mut PgConnection,
    id: RecurrenceId,
    now: NaiveDateTime,
) -> Result<()> {
    sqlx::query!(
        "DELETE FROM publishing.occurrences WHERE recurrence_id = $1 AND publication_id IS NULL AND local_time > $2",
        id as _,
        now,
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) async fn set_status(
    conn: &mut PgConnection,
    id: RecurrenceId,
    status: &str,
    words: Option<&str>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE publishing.recurrences SET status = $2, words = $3, version = version + 1 WHERE id = $1",
        id as _,
        status,
        words,
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) async fn set_made(
    conn: &mut PgConnection,
    id: RecurrenceId,
    made_at: Timestamp,
    words: Option<&str>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE publishing.recurrences SET made_at = $2, words = coalesce($3, words) WHERE id = $1",
        id as _,
        made_at,
        words,
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Takes a time; false when it was taken before.
pub(super) async fn take(
    conn: &mut PgConnection,
    (organization, brand, id): (OrganizationId, BrandId, RecurrenceId),
    at: NaiveDateTime,
    words: Option<&str>,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO publishing.occurrences (organization_id, recurrence_id, local_time, brand_id, words, created_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        organization as _,
        id as _,
        at,
        brand as _,
        words,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn fill(
    conn: &mut PgConnection,
    id: RecurrenceId,
    at: NaiveDateTime,
    publication: PublicationId,
) -> Result<()> {
    sqlx::query!(
        "UPDATE publishing.occurrences SET publication_id = $3 WHERE recurrence_id = $1 AND local_time = $2",
        id as _,
        at,
        publication as _,
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// A post whose turn it may be.
pub(super) struct CandidateRow {
    pub(super) post: PostId,
    pub(super) target: String,
    pub(super) status: String,
    pub(super) content: Value,
    pub(super) reviewed_at: Option<Timestamp>,
    pub(super) reviewed_by: Option<UserId>,
    pub(super) last_at: Option<NaiveDateTime>,
    /// Whether the account published or plans this very text within thirty days of the time.
    pub(super) repeats: bool,
}

/// The posts of a recurrence that may go out, the one that rested longest first.
pub(super) async fn candidates(
    conn: &mut PgConnection,
    id: RecurrenceId,
    connection: ConnectionId,
    at: NaiveDateTime,
) -> Result<Vec<CandidateRow>> {
    sqlx::query_as!(
        CandidateRow,
        r#"SELECT post.id AS "post!: PostId", post.target AS "target!", post.status AS "status!", post.content AS "content!",
                  post.reviewed_at, post.reviewed_by AS "reviewed_by: UserId", last.at AS last_at,
                  EXISTS (SELECT FROM publishing.publications p
                          JOIN studio.publishable_posts other
                            ON other.organization_id = p.organization_id AND other.id = p.post_id
                          WHERE p.connection_id = $2 AND p.state <> 'cancelled'
                            AND p.local_time BETWEEN $3::timestamp - interval '30 days' AND $3::timestamp + interval '30 days'
                            AND coalesce(p.content, other.content) = post.content) AS "repeats!"
           FROM publishing.recurrence_posts r
           JOIN studio.publishable_posts post ON post.organization_id = r.organization_id AND post.id = r.post_id
           CROSS JOIN LATERAL (
               SELECT max(p.local_time) AS at FROM publishing.publications p
               WHERE p.organization_id = r.organization_id AND p.post_id = r.post_id AND p.connection_id = $2
                 AND p.state <> 'cancelled') AS last
           WHERE r.recurrence_id = $1 AND NOT post.deleted AND post.status NOT IN ('rejected', 'archived')
             AND post.rule_errors = 0
           ORDER BY last.at NULLS FIRST, r.position"#,
        id as _,
        connection as _,
        at,
    )
    .fetch_all(conn)
    .await
}

/// Whether something of it is still to come.
pub(super) async fn has_open(conn: &mut PgConnection, id: RecurrenceId) -> Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM publishing.occurrences o
                          JOIN publishing.publications p
                            ON p.organization_id = o.organization_id AND p.id = o.publication_id
                          WHERE o.recurrence_id = $1
                            AND p.state NOT IN ('published', 'cancelled', 'failed')) AS "open!""#,
        id as _,
    )
    .fetch_one(conn)
    .await
}

/// Takes back what is still to come, and its times, so that they can be made anew.
pub(super) async fn take_back(
    conn: &mut PgConnection,
    id: RecurrenceId,
    words: &str,
) -> Result<Vec<PublicationId>> {
    let cancelled = sqlx::query_scalar!(
        r#"UPDATE publishing.publications p
           SET state = 'cancelled', words = $2, held_reason = NULL, next_at = NULL, version = version + 1
           FROM publishing.occurrences o
           WHERE o.recurrence_id = $1 AND p.organization_id = o.organization_id AND p.id = o.publication_id
             AND p.state IN ('draft', 'in_review', 'approved', 'scheduled', 'held')
           RETURNING p.id AS "id: PublicationId""#,
        id as _,
        words,
    )
    .fetch_all(&mut *conn)
    .await?;
    let ids: Vec<Uuid> = cancelled.iter().map(|id| id.uuid()).collect();
    sqlx::query!(
        "DELETE FROM publishing.occurrences WHERE recurrence_id = $1 AND publication_id = ANY ($2)",
        id as _,
        &ids
    )
    .execute(conn)
    .await?;
    Ok(cancelled)
}

pub(super) struct OccurrenceRow {
    pub(super) local_time: NaiveDateTime,
    pub(super) publication_id: Option<PublicationId>,
    pub(super) state: Option<String>,
    pub(super) words: Option<String>,
}

pub(super) async fn occurrences(conn: &mut PgConnection, id: RecurrenceId) -> Result<Vec<OccurrenceRow>> {
    sqlx::query_as!(
        OccurrenceRow,
        r#"SELECT o.local_time, o.publication_id AS "publication_id: PublicationId", p.state AS "state?", o.words
           FROM publishing.occurrences o
           LEFT JOIN publishing.publications p ON p.organization_id = o.organization_id AND p.id = o.publication_id
           WHERE o.recurrence_id = $1 ORDER BY o.local_time DESC LIMIT 200"#,
        id as _,
    )
    .fetch_all(conn)
    .await
}
