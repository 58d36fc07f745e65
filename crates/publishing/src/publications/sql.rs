//! Queries on publications. Tenant and brands are the transaction's, by policy.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId, PostId, UserId},
};
use bellwether_store::{Tx, plan_for_values};
use chrono::NaiveDateTime;
use serde_json::{Value, value::RawValue};
use sqlx::{PgConnection, Result, types::Json};
use uuid::Uuid;

use crate::{AttemptId, ConnectionId, PublicationId};

/// Wakes the workers when the transaction commits.
pub(crate) async fn announce(tx: &mut impl Tx) -> Result<()> {
    sqlx::query!("SELECT pg_notify('bellwether_publishing', '')").execute(tx.conn()).await?;
    Ok(())
}

/// A publication with its account, as it is shown.
pub(crate) struct PublicationRow {
    pub(crate) id: PublicationId,
    pub(crate) post_id: PostId,
    pub(crate) connection_id: ConnectionId,
    pub(crate) connection_network: String,
    pub(crate) provider: String,
    pub(crate) name: String,
    pub(crate) handle: String,
    pub(crate) avatar_url: Option<String>,
    pub(crate) target: String,
    pub(crate) network: String,
    pub(crate) state: String,
    pub(crate) held_reason: Option<String>,
    pub(crate) words: Option<String>,
    pub(crate) title: String,
    pub(crate) content: Option<Json<Box<RawValue>>>,
    pub(crate) own_content: bool,
    pub(crate) local_time: Option<NaiveDateTime>,
    pub(crate) time_zone: String,
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) source: String,
    pub(crate) published_at: Option<Timestamp>,
    pub(crate) remote_url: Option<String>,
    pub(crate) attempts: i32,
    pub(crate) pieces: i32,
    pub(crate) pieces_done: i32,
    pub(crate) warnings: Vec<String>,
    pub(crate) first_comment: Option<String>,
    pub(crate) comment_state: Option<String>,
    pub(crate) comment_words: Option<String>,
    pub(crate) options: Json<Box<RawValue>>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) version: i32,
    /// The time that lists go by.
    pub(crate) at: Timestamp,
}

/// What a list shows.
#[derive(Default)]
pub(crate) struct ListFilter<'a> {
    pub(crate) id: Option<PublicationId>,
    pub(crate) states: Option<&'a [String]>,
    pub(crate) network: Option<&'a str>,
    pub(crate) connection: Option<ConnectionId>,
    pub(crate) post: Option<PostId>,
    /// Of these instants, the second exclusive.
    pub(crate) between: Option<(Timestamp, Timestamp)>,
    pub(crate) ascending: bool,
    pub(crate) after: Option<(Timestamp, Uuid)>,
    pub(crate) limit: i64,
}

pub(crate) async fn list(
    conn: &mut PgConnection,
    brand: BrandId,
    filter: &ListFilter<'_>,
) -> Result<Vec<PublicationRow>> {
    plan_for_values(&mut *conn).await?;
    let after_at = filter.after.map(|(at, _)| at);
    let after_id = filter.after.map(|(_, id)| id);
    let from = filter.between.map(|(from, _)| from);
    let to = filter.between.map(|(_, to)| to);
    if filter.ascending {
        return sqlx::query_as!(
            PublicationRow,
            r#"SELECT p.id AS "id: PublicationId", p.post_id AS "post_id: PostId",
                      p.connection_id AS "connection_id: ConnectionId", c.network AS connection_network, c.provider, c.name,
                      c.handle, c.avatar_url, p.target, p.network, p.state, p.held_reason, p.words, p.title,
                      coalesce(p.content, post.content) AS "content: Json<Box<RawValue>>",
                      p.content IS NOT NULL AS "own_content!", p.local_time, p.time_zone, p.due_at, p.source,
                      p.published_at, p.remote_url, p.attempts, p.pieces, jsonb_array_length(p.posted) AS "pieces_done!",
                      p.warnings, p.comment_state, p.comment_words,
                      CASE WHEN p.posted <> '[]' OR p.state IN ('sending', 'unclear') THEN p.first_comment ELSE post.first_comment END
                        AS first_comment,
                      CASE WHEN p.posted <> '[]' OR p.state IN ('sending', 'unclear') THEN p.options ELSE post.options END
                        AS "options!: Json<Box<RawValue>>",
                      p.created_at, p.updated_at, p.version, p.listed_at AS at
               FROM publishing.publications p
               JOIN publishing.connections c ON c.organization_id = p.organization_id AND c.id = p.connection_id
               JOIN studio.publishable_posts post ON post.organization_id = p.organization_id AND post.id = p.post_id
               WHERE p.brand_id = $1
                 AND ($2::uuid IS NULL OR p.id = $2)
                 AND ($3::text[] IS NULL OR p.state = ANY ($3))
                 AND ($4::text IS NULL OR p.network = $4)
                 AND ($5::uuid IS NULL OR p.connection_id = $5)
                 AND ($6::uuid IS NULL OR p.post_id = $6)
                 AND ($7::timestamptz IS NULL OR p.listed_at >= $7)
                 AND ($8::timestamptz IS NULL OR p.listed_at < $8)
                 AND ($9::timestamptz IS NULL OR (p.listed_at, p.id) > ($9, $10))
               ORDER BY p.listed_at, p.id LIMIT $11"#,
            brand as _,
            filter.id as _,
            filter.states,
            filter.network,
            filter.connection as _,
            filter.post as _,
            from,
            to,
            after_at,
            after_id,
            filter.limit,
        )
        .fetch_all(conn)
        .await;
    }
    sqlx::query_as!(
        PublicationRow,
        r#"SELECT p.id AS "id: PublicationId", p.post_id AS "post_id: PostId",
                  p.connection_id AS "connection_id: ConnectionId", c.network AS connection_network, c.provider, c.name,
                  c.handle, c.avatar_url, p.target, p.network, p.state, p.held_reason, p.words, p.title,
                  coalesce(p.content, post.content) AS "content: Json<Box<RawValue>>",
                  p.content IS NOT NULL AS "own_content!", p.local_time, p.time_zone, p.due_at, p.source,
                  p.published_at, p.remote_url, p.attempts, p.pieces, jsonb_array_length(p.posted) AS "pieces_done!",
                  p.warnings, p.comment_state, p.comment_words,
                  CASE WHEN p.posted <> '[]' OR p.state IN ('sending', 'unclear') THEN p.first_comment ELSE post.first_comment END
                    AS first_comment,
                  CASE WHEN p.posted <> '[]' OR p.state IN ('sending', 'unclear') THEN p.options ELSE post.options END
                    AS "options!: Json<Box<RawValue>>",
                  p.created_at, p.updated_at, p.version, p.listed_at AS at
           FROM publishing.publications p
           JOIN publishing.connections c ON c.organization_id = p.organization_id AND c.id = p.connection_id
           JOIN studio.publishable_posts post ON post.organization_id = p.organization_id AND post.id = p.post_id
           WHERE p.brand_id = $1
             AND ($2::uuid IS NULL OR p.id = $2)
             AND ($3::text[] IS NULL OR p.state = ANY ($3))
             AND ($4::text IS NULL OR p.network = $4)
             AND ($5::uuid IS NULL OR p.connection_id = $5)
             AND ($6::uuid IS NULL OR p.post_id = $6)
             AND ($7::timestamptz IS NULL OR p.listed_at >= $7)
             AND ($8::timestamptz IS NULL OR p.listed_at < $8)
             AND ($9::timestamptz IS NULL OR (p.listed_at, p.id) < ($9, $10))
           ORDER BY p.listed_at DESC, p.id DESC LIMIT $11"#,
        brand as _,
        filter.id as _,
        filter.states,
        filter.network,
        filter.connection as _,
        filter.post as _,
        from,
        to,
        after_at,
        after_id,
        filter.limit,
    )
    .fetch_all(conn)
    .await
}

/// A card of the calendar.
pub(super) struct CalendarRow {
    pub(super) id: PublicationId,
    pub(super) post_id: PostId,
    pub(super) connection_id: ConnectionId,
    pub(super) network: String,
    pub(super) target: String,
    pub(super) state: String,
    pub(super) held_reason: Option<String>,
    pub(super) words: Option<String>,
    pub(super) title: String,
    pub(super) due_at: Timestamp,
    pub(super) remote_url: Option<String>,
    pub(super) version: i32,
}

pub(super) async fn calendar(
    conn: &mut PgConnection,
    brand: BrandId,
    (from, to): (Timestamp, Timestamp),
    (network, connection, states): (Option<&str>, Option<ConnectionId>, Option<&[String]>),
    limit: i64,
) -> Result<Vec<CalendarRow>> {
    sqlx::query_as!(
        CalendarRow,
        r#"SELECT id AS "id: PublicationId", post_id AS "post_id: PostId",
                  connection_id AS "connection_id: ConnectionId", network, target, state, held_reason, words, title,
                  due_at AS "due_at!", remote_url, version
           FROM publishing.publications
           WHERE brand_id = $1 AND due_at >= $2 AND due_at < $3
             AND ($4::text IS NULL OR network = $4) AND ($5::uuid IS NULL OR connection_id = $5)
             AND CASE WHEN $6::text[] IS NULL THEN state <> 'cancelled' ELSE state = ANY ($6) END
           ORDER BY due_at, id LIMIT $7"#,
        brand as _,
        from,
        to,
        network,
        connection as _,
        states,
        limit,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn count_states(conn: &mut PgConnection, brand: BrandId) -> Result<Vec<(String, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT state, count(*) AS "count!" FROM publishing.publications WHERE brand_id = $1 GROUP BY state"#,
        brand as _,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.state, row.count)).collect())
}

/// How many went out and failed between two instants.
pub(super) async fn count_between(
    conn: &mut PgConnection,
    brand: BrandId,
    (from, to): (Timestamp, Timestamp),
) -> Result<(i64, i64)> {
    let row = sqlx::query!(
        r#"SELECT count(*) FILTER (WHERE state = 'published' AND published_at >= $2 AND published_at < $3) AS "published!",
                  count(*) FILTER (WHERE state = 'failed' AND due_at >= $2 AND due_at < $3) AS "failed!"
           FROM publishing.publications WHERE brand_id = $1 AND due_at >= $2 - interval '7 days' AND due_at < $3"#,
        brand as _,
        from,
        to,
    )
    .fetch_one(conn)
    .await?;
    Ok((row.published, row.failed))
}

pub(super) struct AttemptRow {
    pub(super) id: AttemptId,
    pub(super) number: i32,
    pub(super) kind: String,
    pub(super) piece: i32,
    pub(super) worker: Option<Uuid>,
    pub(super) started_at: Timestamp,
    pub(super) finished_at: Option<Timestamp>,
    pub(super) outcome: Option<String>,
    pub(super) error_message: Option<String>,
    pub(super) code: Option<String>,
    pub(super) http_status: Option<i16>,
    pub(super) remote_url: Option<String>,
}

pub(super) async fn attempts(conn: &mut PgConnection, publication: PublicationId) -> Result<Vec<AttemptRow>> {
    sqlx::query_as!(
        AttemptRow,
        r#"SELECT id AS "id: AttemptId", number, kind, piece, worker, started_at, finished_at, outcome, error_message, code,
                  http_status, remote_url
           FROM publishing.attempts WHERE publication_id = $1 ORDER BY number DESC LIMIT 200"#,
        publication as _,
    )
    .fetch_all(conn)
    .await
}

/// What publishing has to know of a post.
pub(crate) struct PostRow {
    pub(crate) target: String,
    pub(crate) network: String,
    pub(crate) status: String,
    pub(crate) content: Value,
    pub(crate) rule_errors: i32,
    pub(crate) reviewed_at: Option<Timestamp>,
    pub(crate) reviewed_by: Option<UserId>,
    pub(crate) deleted: bool,
}

/// Holds a post until the end of the transaction, so that it does not change while it is planned.
pub(crate) async fn hold_post(
    conn: &mut PgConnection,
    brand: BrandId,
    post: PostId,
) -> Result<Option<PostRow>> {
    sqlx::query_as!(
        PostRow,
        r#"SELECT target AS "target!", network AS "network!", status AS "status!", content AS "content!",
                  rule_errors AS "rule_errors!", reviewed_at, reviewed_by AS "reviewed_by: UserId", deleted AS "deleted!"
           FROM studio.publishable_posts WHERE brand_id = $1 AND id = $2 FOR SHARE"#,
        brand as _,
        post as _,
    )
    .fetch_optional(conn)
    .await
}

/// An account that something is planned for.
pub(crate) struct AccountRow {
    pub(crate) id: ConnectionId,
    pub(crate) network: String,
    pub(crate) name: String,
    pub(crate) status: String,
}

pub(crate) async fn accounts(
    conn: &mut PgConnection,
    brand: BrandId,
    ids: &[ConnectionId],
) -> Result<Vec<AccountRow>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    sqlx::query_as!(
        AccountRow,
        r#"SELECT id AS "id: ConnectionId", network, name, status FROM publishing.connections
           WHERE brand_id = $1 AND id = ANY ($2) AND status <> 'disconnected'"#,
        brand as _,
        &ids,
    )
    .fetch_all(conn)
    .await
}

/// A publication to write.
pub(super) struct NewRow<'a> {
    pub(super) organization: OrganizationId,
    pub(super) id: PublicationId,
    pub(super) brand: BrandId,
    pub(super) post: PostId,
    pub(super) connection: ConnectionId,
    pub(super) target: &'a str,
    pub(super) network: &'a str,
    pub(super) state: &'a str,
    pub(super) content: Option<&'a Value>,
    pub(super) title: &'a str,
    pub(super) source: &'a str,
    pub(super) local_time: Option<NaiveDateTime>,
    pub(super) time_zone: &'a str,
    pub(super) due_at: Option<Timestamp>,
    pub(super) next_at: Option<Timestamp>,
    pub(super) approved_at: Option<Timestamp>,
    pub(super) approved_by: Option<UserId>,
    pub(super) pieces: i32,
    pub(super) created_by: UserId,
    pub(super) now: Timestamp,
}

pub(super) async fn insert(conn: &mut PgConnection, new: &NewRow<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO publishing.publications (organization_id, id, brand_id, post_id, connection_id, target, network, state,
             content, title, source, local_time, time_zone, due_at, next_at, approved_at, approved_by, pieces, created_by,
             created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        new.organization as _,
        new.id as _,
        new.brand as _,
        new.post as _,
        new.connection as _,
        new.target,
        new.network,
        new.state,
        new.content,
        new.title,
        new.source,
        new.local_time,
        new.time_zone,
        new.due_at,
        new.next_at,
        new.approved_at,
        new.approved_by as _,
        new.pieces,
        new.created_by as _,
        new.now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A publication, locked to be changed.
#[derive(Clone)]
pub(super) struct LockedRow {
    pub(super) post: PostId,
    pub(super) target: String,
    pub(super) state: String,
    pub(super) held_reason: Option<String>,
    pub(super) words: Option<String>,
    /// What it was when its post left ([`TakenOut`](super::model::TakenOut)).
    pub(super) taken_out: Option<Value>,
    pub(super) source: String,
    pub(super) content: Option<Value>,
    pub(super) title: String,
    pub(super) connection: ConnectionId,
    pub(super) local_time: Option<NaiveDateTime>,
    pub(super) time_zone: String,
    pub(super) due_at: Option<Timestamp>,
    pub(super) approved_at: Option<Timestamp>,
    pub(super) approved_by: Option<UserId>,
    pub(super) posted: Value,
    pub(super) pieces: i32,
    pub(super) version: i32,
}

pub(super) async fn lock(
    conn: &mut PgConnection,
    brand: BrandId,
    id: PublicationId,
) -> Result<Option<LockedRow>> {
    sqlx::query_as!(
        LockedRow,
        r#"SELECT post_id AS "post: PostId", target, state, held_reason, words, taken_out, source, content, title,
                  connection_id AS "connection: ConnectionId", local_time, time_zone, due_at, approved_at,
                  approved_by AS "approved_by: UserId", posted, pieces, version
           FROM publishing.publications WHERE brand_id = $1 AND id = $2 FOR UPDATE"#,
        brand as _,
        id as _,
    )
    .fetch_optional(conn)
    .await
}

/// Writes a publication as a person or its post changed it. Why it is held goes with the state, and so does what
/// it was when its post left.
pub(super) async fn update(
    conn: &mut PgConnection,
    id: PublicationId,
    row: &LockedRow,
    next_at: Option<Timestamp>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE publishing.publications
         SET state = $2, held_reason = $13, words = $14, taken_out = $15, source = $3, content = $4, title = $5,
             local_time = $6, time_zone = $7, due_at = $8, next_at = $9, approved_at = $10, approved_by = $11,
             pieces = $12, failures = 0, version = version + 1
         WHERE id = $1",
        id as _,
        row.state,
        row.source,
        row.content,
        row.title,
        row.local_time,
        row.time_zone,
        row.due_at,
        next_at,
        row.approved_at,
        row.approved_by as _,
        row.pieces,
        row.held_reason,
        row.words,
        row.taken_out,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The publications of a post that can still change, and those that left with it, locked.
pub(super) async fn lock_of_post(
    conn: &mut PgConnection,
    post: PostId,
) -> Result<Vec<(PublicationId, LockedRow)>> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id: PublicationId", post_id AS "post: PostId", target, state, held_reason, words, taken_out,
                  source, content, title, connection_id AS "connection: ConnectionId", local_time, time_zone, due_at,
                  approved_at, approved_by AS "approved_by: UserId", posted, pieces, version
           FROM publishing.publications
           WHERE post_id = $1 AND (state IN ('draft', 'in_review', 'approved', 'scheduled', 'held', 'failed')
                                   OR taken_out IS NOT NULL)
           ORDER BY id
           FOR UPDATE"#,
        post as _,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let locked = LockedRow {
                post: row.post,
                target: row.target,
                state: row.state,
                held_reason: row.held_reason,
                words: row.words,
                taken_out: row.taken_out,
                source: row.source,
                content: row.content,
                title: row.title,
                connection: row.connection,
                local_time: row.local_time,
                time_zone: row.time_zone,
                due_at: row.due_at,
                approved_at: row.approved_at,
                approved_by: row.approved_by,
                posted: row.posted,
                pieces: row.pieces,
                version: row.version,
            };
            (row.id, locked)
        })
        .collect())
}

/// Whether the post is planned for the same account anew, and whether its time of the queue went to another.
pub(super) async fn taken_since(conn: &mut PgConnection, row: &LockedRow) -> Result<(bool, bool)> {
    let found = sqlx::query!(
        r#"SELECT $4 <> 'recurrence' AND EXISTS (
                    SELECT FROM publishing.publications
                    WHERE post_id = $1 AND connection_id = $2 AND state <> 'cancelled' AND source <> 'recurrence'
                  ) AS "planned!",
                  $4 = 'queue' AND EXISTS (
                    SELECT FROM publishing.publications
                    WHERE connection_id = $2 AND local_time = $3 AND state <> 'cancelled' AND source = 'queue'
                  ) AS "time!""#,
        row.post as _,
        row.connection as _,
        row.local_time,
        row.source,
    )
    .fetch_one(conn)
    .await?;
    Ok((found.planned, found.time))
}

/// What is planned in another zone than its brand's, or at another instant than its wall clock says by now.
pub(super) struct ZonedRow {
    pub(super) id: PublicationId,
    pub(super) local_time: NaiveDateTime,
    pub(super) due_at: Timestamp,
}

pub(super) async fn lock_planned(
    conn: &mut PgConnection,
    brand: BrandId,
    from: Timestamp,
) -> Result<Vec<ZonedRow>> {
    sqlx::query_as!(
        ZonedRow,
        r#"SELECT id AS "id: PublicationId", local_time AS "local_time!", due_at AS "due_at!"
           FROM publishing.publications
           WHERE brand_id = $1 AND state IN ('in_review', 'scheduled', 'held') AND local_time IS NOT NULL AND due_at > $2
             AND source <> 'now'
           FOR UPDATE"#,
        brand as _,
        from,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn retime(
    conn: &mut PgConnection,
    ids: &[Uuid],
    due_at: &[Timestamp],
    time_zone: &str,
) -> Result<()> {
    sqlx::query!(
        "UPDATE publishing.publications p
         SET due_at = u.due_at, time_zone = $3, version = version + 1,
             next_at = CASE WHEN state = 'scheduled' THEN u.due_at END
         FROM unnest($1::uuid[], $2::timestamptz[]) AS u (id, due_at) WHERE p.id = u.id",
        ids,
        due_at,
        time_zone,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Brands that have something planned.
pub(super) async fn planning_brands(
    conn: &mut PgConnection,
    now: Timestamp,
) -> Result<Vec<(OrganizationId, BrandId)>> {
    let rows = sqlx::query!(
        r#"SELECT DISTINCT organization_id AS "organization: OrganizationId", brand_id AS "brand: BrandId"
           FROM publishing.publications WHERE state IN ('in_review', 'scheduled', 'held') AND due_at > $1"#,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.organization, row.brand)).collect())
}

/// Those of the posts that something is planned for, or is being sent of.
pub(super) async fn planned(conn: &mut PgConnection, brand: BrandId, posts: &[Uuid]) -> Result<Vec<PostId>> {
    sqlx::query_scalar!(
        r#"SELECT DISTINCT post_id AS "post_id: PostId" FROM publishing.publications
            WHERE brand_id = $1 AND post_id = ANY ($2) AND state NOT IN ('published', 'failed', 'cancelled')"#,
        brand.uuid(),
        posts,
    )
    .fetch_all(conn)
    .await
}

/// What notices tell of a publication.
pub(super) async fn about(
    conn: &mut PgConnection,
    id: PublicationId,
) -> Result<Option<super::AboutPublication>> {
    sqlx::query_as!(
        super::AboutPublication,
        r#"SELECT p.post_id AS "post: PostId", p.title, p.network, c.handle AS account, p.state, p.held_reason, p.words,
                  p.comment_state, p.comment_words,
                  encode(publishing.fingerprint(p.organization_id, p.post_id, coalesce(p.content, s.content)), 'hex') AS text
             FROM publishing.publications p
             JOIN publishing.connections c ON c.organization_id = p.organization_id AND c.id = p.connection_id
             LEFT JOIN studio.publishable_posts s ON s.organization_id = p.organization_id AND s.id = p.post_id
            WHERE p.id = $1"#,
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// Where a first comment stands, with its publication locked.
pub(super) async fn lock_comment(
    conn: &mut PgConnection,
    brand: BrandId,
    id: PublicationId,
) -> Result<Option<Option<String>>> {
    sqlx::query_scalar!(
        "SELECT comment_state FROM publishing.publications WHERE brand_id = $1 AND id = $2 FOR UPDATE",
        brand as _,
        id as _,
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn set_comment(
    conn: &mut PgConnection,
    id: PublicationId,
    state: &str,
    next_at: Option<Timestamp>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE publishing.publications
         SET comment_state = $2, comment_next_at = $3, comment_words = NULL, comment_failures = 0, version = version + 1
         WHERE id = $1",
        id as _,
        state,
        next_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The account of a publication, and the account's network.
pub(super) async fn account_of(conn: &mut PgConnection, id: PublicationId) -> Result<(ConnectionId, String)> {
    let row = sqlx::query!(
        r#"SELECT c.id AS "id: ConnectionId", c.network FROM publishing.publications p
           JOIN publishing.connections c ON c.organization_id = p.organization_id AND c.id = p.connection_id
           WHERE p.id = $1"#,
        id as _,
    )
    .fetch_one(conn)
    .await?;
    Ok((row.id, row.network))
}
