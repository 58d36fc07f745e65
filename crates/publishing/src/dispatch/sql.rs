//! Queries of sending. They see every tenant: a worker serves all of them.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId, PostId},
};
use bellwether_studio::media::renditions::Publishable;
use serde_json::Value;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use crate::{AttemptId, ConnectionId, PublicationId};

/// Claims come one after the other, so that what one counted is still so when the next one counts. Should a worker be
/// stopped in the middle (a suspended machine), the server ends its transaction and the others go on.
pub(super) async fn lock_claims(conn: &mut PgConnection) -> Result<()> {
    sqlx::query!("SELECT set_config('idle_in_transaction_session_timeout', '5s', true)")
        .fetch_one(&mut *conn)
        .await?;
    // "publish" in ASCII; nobody else uses this number
    sqlx::query!("SELECT pg_advisory_xact_lock(31646384829920616)").fetch_one(conn).await?;
    Ok(())
}

/// A publication that is due, with all that decides on it and all that it takes to send it.
#[derive(Clone)]
pub(super) struct DueRow {
    pub(super) organization: OrganizationId,
    pub(super) id: PublicationId,
    pub(super) brand: BrandId,
    pub(super) post: PostId,
    pub(super) connection: ConnectionId,
    pub(super) target: String,
    pub(super) network: String,
    pub(super) source: String,
    pub(super) due_at: Option<Timestamp>,
    pub(super) content: Option<Value>,
    pub(super) own_content: bool,
    pub(super) attempts: i32,
    pub(super) failures: i32,
    pub(super) posted: Value,
    pub(super) first_comment: Option<String>,
    pub(super) options: Value,
    pub(super) post_status: String,
    pub(super) post_deleted: bool,
    /// Whether the brand or its organization was deleted.
    pub(super) gone: bool,
    pub(super) rule_errors: i32,
    pub(super) missing: Option<String>,
    pub(super) connection_status: String,
    pub(super) blocked_until: Option<Timestamp>,
    /// How often in a row the account was limited.
    pub(super) limited: i16,
    pub(super) last_published_at: Option<Timestamp>,
    pub(super) provider: String,
    pub(super) paused: Option<String>,
    pub(super) late_minutes: i32,
}

/// Locks what is due. What somebody else holds at this moment, the publication or its post, is left out.
pub(super) async fn lock_due(conn: &mut PgConnection, now: Timestamp, limit: i64) -> Result<Vec<DueRow>> {
    sqlx::query_as!(
        DueRow,
        r#"SELECT p.organization_id AS "organization: OrganizationId", p.id AS "id: PublicationId",
                  p.brand_id AS "brand: BrandId", p.post_id AS "post: PostId",
                  p.connection_id AS "connection: ConnectionId", p.target, p.network, p.source, p.due_at,
                  coalesce(p.content, post.content) AS content, p.content IS NOT NULL AS "own_content!",
                  p.attempts, p.failures, p.posted,
                  CASE WHEN p.posted <> '[]' THEN p.first_comment ELSE post.first_comment END AS first_comment,
                  CASE WHEN p.posted <> '[]' THEN p.options ELSE post.options END AS "options!",
                  post.status AS "post_status!", post.deleted AS "post_deleted!",
                  NOT EXISTS (SELECT FROM brand.in_use b
                              WHERE b.organization_id = p.organization_id AND b.id = p.brand_id) AS "gone!",
                  post.rule_errors AS "rule_errors!",
                  publishing.missing_approval(p.organization_id, p.brand_id, p.post_id, p.network,
                                              coalesce(p.content, post.content)) AS missing, c.status AS connection_status, c.blocked_until,
                  c.limited, c.last_published_at, c.provider,
                  (SELECT pause.reason FROM publishing.pauses pause
                   WHERE pause.organization_id = p.organization_id
                     AND (pause.brand_id IS NULL OR pause.brand_id = p.brand_id)
                     AND (pause.network IS NULL OR pause.network = p.network)
                   ORDER BY pause.id LIMIT 1) AS paused,
                  coalesce((SELECT s.late_minutes FROM publishing.schedules s
                            WHERE s.organization_id = p.organization_id AND s.brand_id = p.brand_id), 60)
                    AS "late_minutes!"
           FROM publishing.publications p
           JOIN studio.publishable_posts post
             ON post.organization_id = p.organization_id AND post.id = p.post_id
           JOIN publishing.connections c
             ON c.organization_id = p.organization_id AND c.id = p.connection_id
           WHERE p.state = 'scheduled' AND p.next_at <= $1
           ORDER BY p.next_at, p.id
           LIMIT $2
           FOR UPDATE OF p SKIP LOCKED
           FOR SHARE OF post SKIP LOCKED"#,
        now,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// The files of posts, in order; read while the posts are held, so that they are what was approved.
pub(super) async fn list_media(
    conn: &mut PgConnection,
    posts: &[(OrganizationId, PostId)],
) -> Result<Vec<(PostId, Publishable)>> {
    let (organizations, ids): (Vec<Uuid>, Vec<Uuid>) =
        posts.iter().map(|(organization, post)| (organization.uuid(), post.uuid())).unzip();
    let rows = sqlx::query!(
        r#"SELECT m.post_id AS "post!: PostId", m.organization_id AS "organization!: OrganizationId",
                  m.brand_id AS "brand!: BrandId", m.media_id AS "media!", m.alt_text AS "alt_text!", m.kind AS "kind!",
                  m.content_type AS "content_type!", m.bytes AS "bytes!", m.width, m.height, m.seconds, m.codec,
                  m.object_key AS "object_key!", m.deleted AS "deleted!"
             FROM (SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[]) AS u (organization_id, id)) posts
             JOIN studio.publishable_media m ON m.organization_id = posts.organization_id AND m.post_id = posts.id
            ORDER BY m.post_id, m.position"#,
        &organizations,
        &ids,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let file = Publishable {
                organization: row.organization,
                brand: row.brand,
                media: row.media,
                alt_text: row.alt_text,
                kind: row.kind,
                content_type: row.content_type,
                bytes: row.bytes,
                width: row.width,
                height: row.height,
                seconds: row.seconds,
                codec: row.codec,
                object_key: row.object_key,
                deleted: row.deleted,
            };
            (row.post, file)
        })
        .collect())
}

/// How many are being sent on each of these accounts.
pub(super) async fn count_sending(conn: &mut PgConnection, connections: &[Uuid]) -> Result<Vec<(Uuid, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT connection_id, count(*) AS "sending!" FROM publishing.publications
           WHERE state = 'sending' AND connection_id = ANY ($1) GROUP BY connection_id"#,
        connections,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.connection_id, row.sending)).collect())
}

/// What begins to be sent, in columns.
#[derive(Default)]
pub(super) struct Begun {
    pub(super) organizations: Vec<Uuid>,
    pub(super) brands: Vec<Uuid>,
    pub(super) publications: Vec<Uuid>,
    pub(super) attempts: Vec<Uuid>,
    pub(super) pieces: Vec<i32>,
    /// Nothing has to be prepared: the attempt counts as crossed from the start.
    pub(super) crossed: Vec<bool>,
    pub(super) fingerprints: Vec<Vec<u8>>,
    /// What goes with it, frozen from now on.
    pub(super) first_comments: Vec<Option<String>>,
    pub(super) options: Vec<Value>,
}

pub(super) async fn begin(
    conn: &mut PgConnection,
    begun: &Begun,
    worker: Uuid,
    now: Timestamp,
    lease_until: Timestamp,
) -> Result<u64> {
    let done = sqlx::query!(
        "WITH sending AS (
             UPDATE publishing.publications p
             SET state = 'sending', next_at = NULL, worker = $8, lease_until = $10, attempts = p.attempts + 1,
                 words = NULL, first_comment = b.first_comment, options = b.options, version = p.version + 1
             FROM unnest($1::uuid[], $3::uuid[], $11::text[], $12::jsonb[])
                  AS b (organization_id, id, first_comment, options)
             WHERE p.organization_id = b.organization_id AND p.id = b.id
             RETURNING p.organization_id, p.id, p.attempts
         )
         INSERT INTO publishing.attempts
             (organization_id, id, brand_id, publication_id, number, kind, piece, worker, fingerprint, started_at, crossed_at)
         SELECT b.organization_id, b.attempt_id, b.brand_id, b.id, sending.attempts, 'send', b.piece, $8, b.fingerprint,
                $9, CASE WHEN b.crossed THEN $9::timestamptz END
         FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::bool[], $7::bytea[])
              AS b (organization_id, brand_id, id, attempt_id, piece, crossed, fingerprint)
         JOIN sending ON sending.organization_id = b.organization_id AND sending.id = b.id",
        &begun.organizations,
        &begun.brands,
        &begun.publications,
        &begun.attempts,
        &begun.pieces,
        &begun.crossed,
        &begun.fingerprints,
        worker,
        now,
        lease_until,
        &begun.first_comments as &[Option<String>],
        &begun.options,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// The next piece of a thread, in the transaction that settles the one before.
#[expect(clippy::too_many_arguments, reason = "the columns of one row")]
pub(super) async fn begin_piece(
    conn: &mut PgConnection,
    (organization, brand, publication): (OrganizationId, BrandId, PublicationId),
    attempt: AttemptId,
    piece: i32,
    crossed: bool,
    fingerprint: &[u8],
    worker: Uuid,
    now: Timestamp,
    lease_until: Timestamp,
) -> Result<u64> {
    let done = sqlx::query!(
        "WITH sending AS (
             UPDATE publishing.publications SET attempts = attempts + 1, lease_until = $9
             WHERE organization_id = $1 AND id = $3 AND state = 'sending' AND worker = $7
             RETURNING attempts
         )
         INSERT INTO publishing.attempts
             (organization_id, id, brand_id, publication_id, number, kind, piece, worker, fingerprint, started_at, crossed_at)
         SELECT $1, $4, $2, $3, attempts, 'send', $5, $7, $6, $8, CASE WHEN $10 THEN $8::timestamptz END FROM sending",
        organization as _,
        brand as _,
        publication as _,
        attempt as _,
        piece,
        fingerprint,
        worker,
        now,
        lease_until,
        crossed,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// What does not go out now, in columns.
#[derive(Default)]
pub(super) struct Put {
    pub(super) organizations: Vec<Uuid>,
    pub(super) publications: Vec<Uuid>,
    pub(super) states: Vec<String>,
    pub(super) reasons: Vec<Option<String>>,
    pub(super) words: Vec<Option<String>>,
    pub(super) next_at: Vec<Option<Timestamp>>,
}

pub(super) async fn put(conn: &mut PgConnection, put: &Put) -> Result<()> {
    sqlx::query!(
        "UPDATE publishing.publications p
         SET state = u.state, held_reason = u.reason, words = u.words, next_at = u.next_at,
             -- it comes back with its post
             taken_out = CASE WHEN u.state = 'cancelled' THEN jsonb_build_object('state', p.state) END,
             version = p.version + CASE WHEN p.state = u.state THEN 0 ELSE 1 END
         FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
              AS u (organization_id, id, state, reason, words, next_at)
         WHERE p.organization_id = u.organization_id AND p.id = u.id",
        &put.organizations,
        &put.publications,
        &put.states,
        &put.reasons as &[Option<String>],
        &put.words as &[Option<String>],
        &put.next_at as &[Option<Timestamp>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// When something is due next, or to be settled.
pub(super) async fn next(conn: &mut PgConnection) -> Result<Option<Timestamp>> {
    sqlx::query_scalar!(
        "SELECT least(
             (SELECT next_at FROM publishing.publications WHERE state = 'scheduled' ORDER BY next_at, id LIMIT 1),
             (SELECT next_at FROM publishing.publications WHERE state = 'unclear' AND next_at IS NOT NULL
              ORDER BY next_at LIMIT 1),
             (SELECT lease_until FROM publishing.publications WHERE state = 'sending' ORDER BY lease_until LIMIT 1),
             (SELECT comment_next_at FROM publishing.publications WHERE comment_next_at IS NOT NULL
              ORDER BY comment_next_at LIMIT 1))",
    )
    .fetch_one(conn)
    .await
}

/// Says that the one call is about to be made; false when the publication is no longer this worker's.
pub(super) async fn cross(
    conn: &mut PgConnection,
    organization: OrganizationId,
    attempt: AttemptId,
    worker: Uuid,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE publishing.attempts a SET crossed_at = coalesce(a.crossed_at, $4)
         FROM publishing.publications p
         WHERE a.organization_id = $1 AND a.id = $2 AND a.finished_at IS NULL
           AND p.organization_id = a.organization_id AND p.id = a.publication_id AND p.state = 'sending'
           AND p.worker = $3 AND p.lease_until > $4",
        organization as _,
        attempt as _,
        worker,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Renews the lease of everything that a worker sends; gives what is still its own.
pub(super) async fn renew(
    conn: &mut PgConnection,
    worker: Uuid,
    publications: &[Uuid],
    lease_until: Timestamp,
) -> Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "UPDATE publishing.publications SET lease_until = $3
         WHERE id = ANY ($2) AND worker = $1 AND state = 'sending' RETURNING id",
        worker,
        publications,
        lease_until,
    )
    .fetch_all(conn)
    .await
}

/// Keeps the network's id of something that it still works on.
pub(super) async fn note_remote(
    conn: &mut PgConnection,
    organization: OrganizationId,
    attempt: AttemptId,
    remote_id: &str,
    remote_url: Option<&str>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE publishing.attempts SET remote_id = $3, remote_url = $4 WHERE organization_id = $1 AND id = $2",
        organization as _,
        attempt as _,
        remote_id,
        remote_url,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends of attempts, in columns.
#[derive(Default)]
pub(super) struct Ended {
    pub(super) organizations: Vec<Uuid>,
    pub(super) publications: Vec<Uuid>,
    pub(super) attempts: Vec<Uuid>,
    pub(super) outcomes: Vec<String>,
    pub(super) messages: Vec<Option<String>>,
    pub(super) codes: Vec<Option<String>>,
    pub(super) statuses: Vec<Option<i16>>,
    pub(super) remote_ids: Vec<Option<String>>,
    pub(super) remote_urls: Vec<Option<String>>,
    pub(super) states: Vec<String>,
    pub(super) reasons: Vec<Option<String>>,
    pub(super) words: Vec<Option<String>>,
    pub(super) next_at: Vec<Option<Timestamp>>,
    pub(super) posted: Vec<Value>,
    pub(super) failures: Vec<i32>,
    pub(super) warnings: Vec<Value>,
}

/// Ends attempts and moves their publications on, where both are still as they were; gives those that were. What is out
/// keeps the id and address of its first piece.
pub(super) async fn settle(conn: &mut PgConnection, ended: &Ended, now: Timestamp) -> Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "WITH u AS (
             SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::smallint[],
                 $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::timestamptz[], $14::jsonb[],
                 $15::int[], $16::jsonb[])
               AS u (organization_id, id, attempt_id, outcome, message, code, status, remote_id, remote_url, state, reason,
                     words, next_at, posted, failures, warnings)
         ), ended AS (
             UPDATE publishing.attempts a
             SET finished_at = $17, outcome = u.outcome, error_message = u.message, code = u.code,
                 http_status = u.status, remote_id = coalesce(u.remote_id, a.remote_id),
                 remote_url = coalesce(u.remote_url, a.remote_url)
             FROM u
             WHERE a.organization_id = u.organization_id AND a.id = u.attempt_id AND a.finished_at IS NULL
             RETURNING a.id
         )
         UPDATE publishing.publications p
         SET state = u.state, held_reason = u.reason, words = u.words, next_at = u.next_at, posted = u.posted,
             failures = u.failures, worker = NULL, lease_until = NULL,
             warnings = ARRAY(SELECT jsonb_array_elements_text(u.warnings)),
             remote_id = coalesce(p.remote_id, u.posted -> 0 ->> 'id'),
             remote_url = coalesce(p.remote_url, u.posted -> 0 ->> 'url'),
             published_at = CASE WHEN u.state = 'published' THEN $17 END,
             comment_state = CASE WHEN u.state = 'published' AND p.first_comment IS NOT NULL THEN 'due' END,
             comment_next_at = CASE WHEN u.state = 'published' AND p.first_comment IS NOT NULL THEN $17 END,
             version = p.version + 1
         FROM u JOIN ended ON ended.id = u.attempt_id
         WHERE p.organization_id = u.organization_id AND p.id = u.id AND p.state = 'sending'
         RETURNING p.id",
        &ended.organizations,
        &ended.publications,
        &ended.attempts,
        &ended.outcomes,
        &ended.messages as &[Option<String>],
        &ended.codes as &[Option<String>],
        &ended.statuses as &[Option<i16>],
        &ended.remote_ids as &[Option<String>],
        &ended.remote_urls as &[Option<String>],
        &ended.states,
        &ended.reasons as &[Option<String>],
        &ended.words as &[Option<String>],
        &ended.next_at as &[Option<Timestamp>],
        &ended.posted,
        &ended.failures,
        &ended.warnings,
        now,
    )
    .fetch_all(conn)
    .await
}

/// The account published just now.
pub(super) async fn touch_connections(
    conn: &mut PgConnection,
    connections: &[Uuid],
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE publishing.connections SET last_published_at = $2
         WHERE id = ANY ($1) AND (last_published_at IS NULL OR last_published_at < $2::timestamptz - interval '1 second')",
        connections,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How often in a row the network said that the account had called too often. Calls that were under way together count once.
pub(super) async fn count_limited(
    conn: &mut PgConnection,
    organization: OrganizationId,
    connection: ConnectionId,
    times: i16,
) -> Result<()> {
    sqlx::query!(
        "UPDATE publishing.connections SET limited = CASE WHEN $3::smallint = 0 THEN 0 ELSE greatest(limited, $3) END
         WHERE organization_id = $1 AND id = $2",
        organization as _,
        connection as _,
        times,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The network wants no calls before a time.
pub(super) async fn block_connection(
    conn: &mut PgConnection,
    organization: OrganizationId,
    connection: ConnectionId,
    until: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE publishing.connections SET blocked_until = greatest(blocked_until, $3)
         WHERE organization_id = $1 AND id = $2",
        organization as _,
        connection as _,
        until,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A publication whose worker was not heard of any more.
pub(super) struct OrphanRow {
    pub(super) organization: OrganizationId,
    pub(super) id: PublicationId,
    pub(super) brand: BrandId,
    pub(super) attempt: Option<AttemptId>,
    pub(super) crossed: bool,
}

pub(super) async fn lock_orphans(
    conn: &mut PgConnection,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<OrphanRow>> {
    sqlx::query_as!(
        OrphanRow,
        r#"SELECT p.organization_id AS "organization: OrganizationId", p.id AS "id: PublicationId",
                  p.brand_id AS "brand: BrandId", a.id AS "attempt: AttemptId",
                  a.crossed_at IS NOT NULL AS "crossed!"
           FROM publishing.publications p
           LEFT JOIN publishing.attempts a ON a.organization_id = p.organization_id AND a.publication_id = p.id
             AND a.finished_at IS NULL AND a.kind = 'send'
           WHERE p.state = 'sending' AND p.lease_until < $1
           ORDER BY p.lease_until
           LIMIT $2
           FOR UPDATE OF p SKIP LOCKED"#,
        now,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// Ends the attempt of a worker that is gone.
pub(super) async fn abandon(
    conn: &mut PgConnection,
    organization: OrganizationId,
    publication: PublicationId,
    attempt: Option<AttemptId>,
    (state, words): (&str, &str),
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "WITH ended AS (
             UPDATE publishing.attempts SET finished_at = $6, outcome = 'abandoned', error_message = $5
             WHERE organization_id = $1 AND id = $3 AND finished_at IS NULL
         )
         UPDATE publishing.publications
         SET state = $4, words = $5, next_at = $6, worker = NULL, lease_until = NULL, version = version + 1
         WHERE organization_id = $1 AND id = $2 AND state = 'sending'",
        organization as _,
        publication as _,
        attempt as _,
        state,
        words,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A publication whose end is not known.
#[derive(Clone)]
pub(super) struct UnclearRow {
    pub(super) organization: OrganizationId,
    pub(super) id: PublicationId,
    pub(super) brand: BrandId,
    pub(super) post: PostId,
    pub(super) connection: ConnectionId,
    pub(super) target: String,
    pub(super) content: Option<Value>,
    pub(super) posted: Value,
    pub(super) attempts: i32,
    pub(super) pieces: i32,
    pub(super) provider: String,
    pub(super) piece: i32,
    pub(super) started_at: Timestamp,
    pub(super) finished_at: Option<Timestamp>,
    pub(super) fingerprint: Option<Vec<u8>>,
    pub(super) remote_id: Option<String>,
    pub(super) remote_url: Option<String>,
}

/// Takes unclear publications for reading their accounts; nobody else takes them for two minutes.
pub(super) async fn take_unclear(
    conn: &mut PgConnection,
    now: Timestamp,
    only: Option<PublicationId>,
    limit: i64,
) -> Result<Vec<UnclearRow>> {
    sqlx::query_as!(
        UnclearRow,
        r#"WITH taken AS (
             SELECT organization_id, id FROM publishing.publications
             WHERE state = 'unclear' AND CASE WHEN $2::uuid IS NULL THEN next_at <= $1 ELSE id = $2 END
             ORDER BY next_at LIMIT $3 FOR UPDATE SKIP LOCKED
           ), p AS (
             UPDATE publishing.publications u SET next_at = $1::timestamptz + interval '2 minutes'
             FROM taken WHERE u.organization_id = taken.organization_id AND u.id = taken.id
             RETURNING u.*
           )
           SELECT p.organization_id AS "organization!: OrganizationId", p.id AS "id!: PublicationId",
                  p.brand_id AS "brand!: BrandId", p.post_id AS "post!: PostId",
                  p.connection_id AS "connection!: ConnectionId", p.target AS "target!",
                  coalesce(p.content, post.content) AS content, p.posted AS "posted!", p.attempts AS "attempts!",
                  p.pieces AS "pieces!", c.provider, a.piece, a.started_at, a.finished_at, a.fingerprint,
                  a.remote_id, a.remote_url
           FROM p
           JOIN studio.publishable_posts post ON post.organization_id = p.organization_id AND post.id = p.post_id
           JOIN publishing.connections c ON c.organization_id = p.organization_id AND c.id = p.connection_id
           JOIN LATERAL (
             SELECT * FROM publishing.attempts a
             WHERE a.organization_id = p.organization_id AND a.publication_id = p.id AND a.kind = 'send'
             ORDER BY a.number DESC LIMIT 1) a ON true"#,
        now,
        only as _,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// The network's ids of what other publications have put on an account: the same text may be there twice on purpose.
pub(super) async fn taken_ids(
    conn: &mut PgConnection,
    organization: OrganizationId,
    connection: ConnectionId,
    publication: PublicationId,
) -> Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"SELECT piece ->> 'id' AS "id!" FROM publishing.publications p, jsonb_array_elements(p.posted) piece
           WHERE p.organization_id = $1 AND p.connection_id = $2 AND p.id <> $3 AND piece ->> 'id' IS NOT NULL
           ORDER BY p.updated_at DESC LIMIT 2000"#,
        organization as _,
        connection as _,
        publication as _,
    )
    .fetch_all(conn)
    .await
}

/// What a reading came to.
pub(super) struct Reading<'a> {
    pub(super) organization: OrganizationId,
    pub(super) brand: BrandId,
    pub(super) publication: PublicationId,
    pub(super) attempt: AttemptId,
    /// As it was when it was taken: nobody else may have settled it meanwhile.
    pub(super) attempts: i32,
    pub(super) kind: &'a str,
    pub(super) piece: i32,
    pub(super) started_at: Timestamp,
    pub(super) outcome: &'a str,
    pub(super) message: Option<&'a str>,
    pub(super) remote_id: Option<&'a str>,
    pub(super) remote_url: Option<&'a str>,
    pub(super) state: &'a str,
    pub(super) words: Option<&'a str>,
    pub(super) next_at: Option<Timestamp>,
    pub(super) posted: &'a Value,
    /// The text that it began with, where a piece of it is out and others are not: it is kept from now on.
    pub(super) content: Option<&'a Value>,
}

/// Writes a reading into the ledger and moves its publication on; false when it is no longer as it was.
pub(super) async fn settle_unclear(
    conn: &mut PgConnection,
    reading: &Reading<'_>,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query!(
        "WITH moved AS (
             UPDATE publishing.publications p
             SET state = $12, words = $13, next_at = $14, posted = $15, attempts = p.attempts + 1, failures = 0,
                 content = coalesce(p.content, $18), remote_id = coalesce(p.remote_id, $15::jsonb -> 0 ->> 'id'),
                 remote_url = coalesce(p.remote_url, $15::jsonb -> 0 ->> 'url'),
                 published_at = CASE WHEN $12 = 'published' THEN $16::timestamptz END,
                 comment_state = CASE WHEN $12 = 'published' AND p.first_comment IS NOT NULL THEN 'due' END,
                 comment_next_at = CASE WHEN $12 = 'published' AND p.first_comment IS NOT NULL
                                        THEN $16::timestamptz END,
                 version = p.version + 1
             WHERE p.organization_id = $1 AND p.id = $3 AND p.state = 'unclear' AND p.attempts = $5
             RETURNING p.attempts
         )
         INSERT INTO publishing.attempts (organization_id, id, brand_id, publication_id, number, kind, piece, started_at,
             finished_at, outcome, error_message, remote_id, remote_url)
         SELECT $1, $4, $2, $3, attempts, $6, $7, $8, $16, $9, $10, $11, $17 FROM moved",
        reading.organization as _,
        reading.brand as _,
        reading.publication as _,
        reading.attempt as _,
        reading.attempts,
        reading.kind,
        reading.piece,
        reading.started_at,
        reading.outcome,
        reading.message,
        reading.remote_id,
        reading.state,
        reading.words,
        reading.next_at,
        reading.posted,
        now,
        reading.remote_url,
        reading.content,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A piece of a thread is out; false when the publication is no longer this worker's. From now on it keeps the text that
/// it began with.
pub(super) async fn end_piece(
    conn: &mut PgConnection,
    (organization, publication, attempt): (OrganizationId, PublicationId, AttemptId),
    (remote_id, remote_url): (&str, Option<&str>),
    posted: &Value,
    content: Option<&Value>,
    worker: Uuid,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query!(
        "WITH ended AS (
             UPDATE publishing.attempts SET finished_at = $7, outcome = 'published', remote_id = $4, remote_url = $5
             WHERE organization_id = $1 AND id = $3 AND finished_at IS NULL
             RETURNING id
         )
         UPDATE publishing.publications
         SET posted = $6, remote_id = coalesce(remote_id, $6::jsonb -> 0 ->> 'id'),
             remote_url = coalesce(remote_url, $6::jsonb -> 0 ->> 'url'), failures = 0,
             content = coalesce(content, $9)
         WHERE organization_id = $1 AND id = $2 AND state = 'sending' AND worker = $8
           AND EXISTS (SELECT FROM ended)",
        organization as _,
        publication as _,
        attempt as _,
        remote_id,
        remote_url,
        posted,
        now,
        worker,
        content,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Where an unclear publication stands, locked.
pub(super) struct StandRow {
    pub(super) brand: BrandId,
    pub(super) post: PostId,
    pub(super) connection: ConnectionId,
    pub(super) state: String,
    pub(super) attempts: i32,
    pub(super) pieces: i32,
    pub(super) posted: Value,
}

pub(super) async fn lock_stand(
    conn: &mut PgConnection,
    organization: OrganizationId,
    publication: PublicationId,
) -> Result<Option<StandRow>> {
    sqlx::query_as!(
        StandRow,
        r#"SELECT brand_id AS "brand: BrandId", post_id AS "post: PostId", connection_id AS "connection: ConnectionId",
                  state, attempts, pieces, posted
           FROM publishing.publications WHERE organization_id = $1 AND id = $2 FOR UPDATE"#,
        organization as _,
        publication as _,
    )
    .fetch_optional(conn)
    .await
}
