//! Queries of the sandbox network.

use bellwether_kernel::{
    Cursor, Timestamp,
    id::{BrandId, OrganizationId},
};
use serde_json::{Value, value::RawValue};
use sqlx::{PgConnection, Result, types::Json};
use uuid::Uuid;

use crate::{ConnectionId, SandboxPostId};

pub(super) async fn insert(
    conn: &mut PgConnection,
    (organization, brand, connection): (OrganizationId, BrandId, ConnectionId),
    id: SandboxPostId,
    (body, media): (&str, i32),
    (answers, comment_of): (Option<Uuid>, Option<Uuid>),
    options: &Value,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO publishing.sandbox_posts (organization_id, id, brand_id, connection_id, body, media, answers,
             comment_of, options, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        organization as _,
        id as _,
        brand as _,
        connection as _,
        body,
        media,
        answers,
        comment_of,
        options,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) struct SeenRow {
    pub(super) id: SandboxPostId,
    pub(super) body: String,
    pub(super) media: i32,
    pub(super) answers: Option<SandboxPostId>,
    pub(super) created_at: Timestamp,
}

pub(super) async fn recent(
    conn: &mut PgConnection,
    connection: ConnectionId,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<SeenRow>> {
    sqlx::query_as!(
        SeenRow,
        r#"SELECT id AS "id: SandboxPostId", body, media, answers AS "answers: SandboxPostId", created_at
           FROM publishing.sandbox_posts
           WHERE connection_id = $1 AND created_at >= $2 AND comment_of IS NULL
           ORDER BY created_at DESC, id DESC LIMIT $3"#,
        connection as _,
        since,
        limit,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn delete(
    conn: &mut PgConnection,
    connection: ConnectionId,
    id: SandboxPostId,
) -> Result<()> {
    sqlx::query!(
        "DELETE FROM publishing.sandbox_posts WHERE connection_id = $1 AND (id = $2 OR comment_of = $2)",
        connection as _,
        id as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) struct FeedRow {
    pub(super) id: SandboxPostId,
    pub(super) connection_id: ConnectionId,
    pub(super) name: String,
    pub(super) handle: String,
    pub(super) avatar_url: Option<String>,
    pub(super) body: String,
    pub(super) media: i32,
    pub(super) answers: Option<SandboxPostId>,
    pub(super) options: Json<Box<RawValue>>,
    pub(super) created_at: Timestamp,
}

/// What the account itself said below a post.
pub(super) struct OwnCommentRow {
    pub(super) of: SandboxPostId,
    pub(super) body: String,
    pub(super) created_at: Timestamp,
}

pub(super) async fn own_comments(conn: &mut PgConnection, posts: &[Uuid]) -> Result<Vec<OwnCommentRow>> {
    sqlx::query_as!(
        OwnCommentRow,
        r#"SELECT comment_of AS "of!: SandboxPostId", body, created_at FROM publishing.sandbox_posts
           WHERE comment_of = ANY ($1) ORDER BY created_at, id"#,
        posts,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn feed(
    conn: &mut PgConnection,
    brand: BrandId,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<FeedRow>> {
    let after = after.unwrap_or(Cursor::NEWEST);
    sqlx::query_as!(
        FeedRow,
        r#"SELECT s.id AS "id: SandboxPostId", s.connection_id AS "connection_id: ConnectionId", c.name, c.handle,
                  c.avatar_url, s.body, s.media, s.answers AS "answers: SandboxPostId",
                  s.options AS "options: Json<Box<RawValue>>", s.created_at
           FROM publishing.sandbox_posts s
           JOIN publishing.connections c ON c.organization_id = s.organization_id AND c.id = s.connection_id
           WHERE s.brand_id = $1 AND s.comment_of IS NULL AND (s.created_at, s.id) < ($2, $3)
           ORDER BY s.created_at DESC, s.id DESC LIMIT $4"#,
        brand as _,
        after.at,
        after.id,
        limit,
    )
    .fetch_all(conn)
    .await
}
