//! Queries of first comments. They see every tenant.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId, PostId},
};
use serde_json::Value;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use crate::{AttemptId, ConnectionId, PublicationId};

/// A first comment that is due, or whose worker was not heard of any more.
pub(super) struct DueCommentRow {
    pub(super) organization: OrganizationId,
    pub(super) id: PublicationId,
    pub(super) brand: BrandId,
    pub(super) post: PostId,
    pub(super) connection: ConnectionId,
    pub(super) provider: String,
    pub(super) network: String,
    pub(super) target: String,
    pub(super) content: Option<Value>,
    pub(super) posted: Value,
    pub(super) comment: String,
    pub(super) options: Value,
    pub(super) state: String,
    pub(super) failures: i32,
    pub(super) published_at: Timestamp,
    pub(super) blocked_until: Option<Timestamp>,
    /// How often in a row the account was limited.
    pub(super) limited: i16,
    pub(super) paused: bool,
    /// Whether the brand or its organization was deleted.
    pub(super) gone: bool,
    /// The call of the open attempt may have been made.
    pub(super) crossed: bool,
}

pub(super) async fn lock_due(
    conn: &mut PgConnection,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<DueCommentRow>> {
    sqlx::query_as!(
        DueCommentRow,
        r#"SELECT p.organization_id AS "organization: OrganizationId", p.id AS "id: PublicationId",
                  p.brand_id AS "brand: BrandId", p.post_id AS "post: PostId",
                  p.connection_id AS "connection: ConnectionId", c.provider, p.network, p.target,
                  coalesce(p.content, post.content) AS content, p.posted, p.first_comment AS "comment!", p.options,
                  p.comment_state AS "state!", p.comment_failures AS failures, p.published_at AS "published_at!",
                  c.blocked_until, c.limited,
                  EXISTS (SELECT FROM publishing.pauses pause
                          WHERE pause.organization_id = p.organization_id
                            AND (pause.brand_id IS NULL OR pause.brand_id = p.brand_id)
                            AND (pause.network IS NULL OR pause.network = p.network)) AS "paused!",
                  NOT EXISTS (SELECT FROM brand.in_use b
                              WHERE b.organization_id = p.organization_id AND b.id = p.brand_id) AS "gone!",
                  EXISTS (SELECT FROM publishing.attempts a
                          WHERE a.organization_id = p.organization_id AND a.publication_id = p.id
                            AND a.kind = 'comment' AND a.finished_at IS NULL
                            AND a.crossed_at IS NOT NULL) AS "crossed!"
           FROM publishing.publications p
           JOIN studio.publishable_posts post ON post.organization_id = p.organization_id AND post.id = p.post_id
           JOIN publishing.connections c ON c.organization_id = p.organization_id AND c.id = p.connection_id
           WHERE p.comment_next_at <= $1
           ORDER BY p.comment_next_at, p.id
           LIMIT $2
           FOR UPDATE OF p SKIP LOCKED"#,
        now,
        limit,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn begin(
    conn: &mut PgConnection,
    row: &DueCommentRow,
    attempt: AttemptId,
    worker: Uuid,
    now: Timestamp,
    lease_until: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "WITH sending AS (
             UPDATE publishing.publications
             SET comment_state = 'sending', comment_next_at = $7, comment_words = NULL, attempts = attempts + 1
             WHERE organization_id = $1 AND id = $3
             RETURNING attempts, pieces
         )
         INSERT INTO publishing.attempts
             (organization_id, id, brand_id, publication_id, number, kind, piece, worker, started_at)
         SELECT $1, $4, $2, $3, attempts, 'comment', greatest(pieces - 1, 0), $5, $6 FROM sending",
        row.organization as _,
        row.brand as _,
        row.id as _,
        attempt as _,
        worker,
        now,
        lease_until,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Right before the call: writes down that it may be made now, and holds the comment for as long as it may take. False
/// when the attempt is no longer ours: then nothing may be sent.
pub(super) async fn cross(
    conn: &mut PgConnection,
    row: &DueCommentRow,
    attempt: AttemptId,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool> {
    let held = sqlx::query!(
        "WITH crossed AS (
             UPDATE publishing.attempts SET crossed_at = $4
             WHERE organization_id = $1 AND id = $3 AND finished_at IS NULL AND crossed_at IS NULL
             RETURNING id
         )
         UPDATE publishing.publications SET comment_next_at = $5
         WHERE organization_id = $1 AND id = $2 AND comment_state = 'sending' AND EXISTS (SELECT FROM crossed)",
        row.organization as _,
        row.id as _,
        attempt as _,
        now,
        until,
    )
    .execute(conn)
    .await?;
    Ok(held.rows_affected() == 1)
}

/// Not now: the account or the brand rests.
pub(super) async fn postpone(
    conn: &mut PgConnection,
    row: &DueCommentRow,
    until: Timestamp,
    words: Option<&str>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE publishing.publications SET comment_next_at = $3, comment_words = $4
         WHERE organization_id = $1 AND id = $2",
        row.organization as _,
        row.id as _,
        until,
        words,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends the attempt of a worker that is gone.
pub(super) async fn abandon(
    conn: &mut PgConnection,
    row: &DueCommentRow,
    (state, next_at): (&str, Option<Timestamp>),
    words: &str,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "WITH ended AS (
             UPDATE publishing.attempts SET finished_at = $6, outcome = 'abandoned', error_message = $5
             WHERE organization_id = $1 AND publication_id = $2 AND kind = 'comment' AND finished_at IS NULL
         )
         UPDATE publishing.publications
         SET comment_state = $3, comment_next_at = $4, comment_words = $5, comment_failures = comment_failures + 1,
             version = version + 1
         WHERE organization_id = $1 AND id = $2",
        row.organization as _,
        row.id as _,
        state,
        next_at,
        words,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How a try ended.
pub(super) struct CommentEnd<'a> {
    pub(super) attempt: AttemptId,
    pub(super) outcome: &'a str,
    pub(super) words: Option<&'a str>,
    pub(super) code: Option<&'a str>,
    pub(super) status: Option<i16>,
    pub(super) state: &'a str,
    pub(super) next_at: Option<Timestamp>,
    pub(super) failures: i32,
}

/// Ends an attempt; false when it was ended by somebody else. That a comment is there is written down even then: an
/// answer that came after the lease is the truth all the same.
pub(super) async fn settle(
    conn: &mut PgConnection,
    row: &DueCommentRow,
    end: &CommentEnd<'_>,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query!(
        "WITH ended AS (
             UPDATE publishing.attempts
             SET finished_at = $4, outcome = $5, error_message = $6, code = $7, http_status = $8
             WHERE organization_id = $1 AND id = $3 AND finished_at IS NULL
             RETURNING id
         )
         UPDATE publishing.publications
         SET comment_state = $9, comment_next_at = $10, comment_words = $6, comment_failures = $11,
             version = version + 1
         WHERE organization_id = $1 AND id = $2
           AND (EXISTS (SELECT FROM ended) OR ($9 = 'done' AND comment_state = 'unclear'))",
        row.organization as _,
        row.id as _,
        end.attempt as _,
        now,
        end.outcome,
        end.words,
        end.code,
        end.status,
        end.state,
        end.next_at,
        end.failures,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
