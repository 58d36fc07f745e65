//! Queries on sessions.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId, SessionId, UserId},
};
use bellwether_store::ServiceTx;
use sqlx::{PgConnection, PgPool, Result};
use uuid::Uuid;

use super::{SessionView, service::IDLE};

pub(crate) struct NewRow<'a> {
    pub(crate) id: SessionId,
    pub(crate) user: UserId,
    pub(crate) token_hash: &'a [u8],
    pub(crate) user_agent: Option<&'a str>,
    pub(crate) ip_address: Option<String>,
    pub(crate) now: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) expires_at_latest: Timestamp,
}

pub(crate) async fn insert(conn: &mut PgConnection, new: &NewRow<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.sessions
           (id, user_id, token_hash, user_agent, ip_address, created_at, last_seen_at, expires_at, expires_at_latest)
         VALUES ($1, $2, $3, $4, $5::text::inet, $6, $6, $7, $8)",
        new.id.uuid(),
        new.user.uuid(),
        new.token_hash,
        new.user_agent,
        new.ip_address,
        new.now,
        new.expires_at,
        new.expires_at_latest
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) async fn list(conn: &mut PgConnection, user: UserId, now: Timestamp) -> Result<Vec<SessionView>> {
    sqlx::query_as!(
        SessionView,
        r#"SELECT id AS "id: SessionId", false AS "current!", user_agent, host(ip_address) AS ip_address,
                  created_at, last_seen_at, expires_at
             FROM identity.sessions
            WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2
            ORDER BY last_seen_at DESC, id DESC LIMIT 100"#,
        user.uuid(),
        now
    )
    .fetch_all(conn)
    .await
}

pub(crate) async fn end(
    conn: &mut PgConnection,
    user: UserId,
    session: SessionId,
    now: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE identity.sessions SET ended_at = $3 WHERE id = $1 AND user_id = $2 AND ended_at IS NULL",
        session.uuid(),
        user.uuid(),
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

pub(crate) async fn end_all(
    tx: &mut ServiceTx,
    user: UserId,
    but: Option<SessionId>,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE identity.sessions SET ended_at = $3
          WHERE user_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $2",
        user.uuid(),
        but.map(SessionId::uuid),
        now
    )
    .execute(tx.conn())
    .await
    .map(|_| ())
}

/// Notes that a session is in use and moves its idle expiry on.
pub(crate) async fn touch(tx: &mut ServiceTx, session: SessionId, now: Timestamp) -> Result<()> {
    sqlx::query!(
        "UPDATE identity.sessions SET last_seen_at = $2, expires_at = least($3, expires_at_latest)
          WHERE id = $1 AND ended_at IS NULL AND last_seen_at < $2",
        session.uuid(),
        now,
        now + IDLE
    )
    .execute(tx.conn())
    .await
    .map(|_| ())
}

pub(crate) struct SessionRow {
    pub(crate) session: SessionId,
    pub(crate) user: UserId,
    pub(crate) last_seen_at: Timestamp,
}

/// The person of a live session. Outside of a transaction: one statement, by the definer's rights.
pub(crate) async fn authenticate(
    pool: &PgPool,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<SessionRow>> {
    sqlx::query_as!(
        SessionRow,
        r#"SELECT session_id AS "session!: SessionId", user_id AS "user!: UserId", last_seen_at AS "last_seen_at!"
             FROM identity.authenticate($1, $2)"#,
        token_hash,
        now
    )
    .fetch_optional(pool)
    .await
}

pub(crate) struct EntryRow {
    pub(crate) session: SessionId,
    pub(crate) user: UserId,
    pub(crate) last_seen_at: Timestamp,
    pub(crate) organization: Option<OrganizationId>,
    pub(crate) organization_role: Option<String>,
    pub(crate) brands: Option<Vec<Uuid>>,
    pub(crate) brand: Option<BrandId>,
    pub(crate) brand_role: Option<String>,
}

/// Who asks, and what they find behind the door. Outside of a transaction, as [`authenticate`].
pub(crate) async fn enter(
    pool: &PgPool,
    token_hash: &[u8],
    now: Timestamp,
    organization: (Option<&str>, Option<OrganizationId>),
    brand: (Option<&str>, Option<BrandId>),
) -> Result<Option<EntryRow>> {
    sqlx::query_as!(
        EntryRow,
        r#"SELECT session_id AS "session!: SessionId", user_id AS "user!: UserId", last_seen_at AS "last_seen_at!",
                  organization_id AS "organization: OrganizationId", organization_role, brand_ids AS brands,
                  brand_id AS "brand: BrandId", brand_role
             FROM identity.enter($1, $2, $3, $4, $5, $6)"#,
        token_hash,
        now,
        organization.0,
        organization.1.map(OrganizationId::uuid),
        brand.0,
        brand.1.map(BrandId::uuid)
    )
    .fetch_optional(pool)
    .await
}

/// Removes sessions that ended or expired before an instant.
pub(crate) async fn delete_old(tx: &mut ServiceTx, before: Timestamp) -> Result<u64> {
    sqlx::query!("DELETE FROM identity.sessions WHERE expires_at < $1 OR ended_at < $1", before)
        .execute(tx.conn())
        .await
        .map(|done| done.rows_affected())
}
