//! Queries on sessions.

use super::{SessionView, service::IDLE};
use crate::memberships::model::EntryRow;
use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId, SessionId, UserId},
};
use bellwether_store::ServiceTx;
use sqlx::{PgConnection, Result};

pub(crate) struct NewRow<'a> {
    pub(crate) id: SessionId,
    pub(crate) user: UserId,
    pub(crate) token_hash: &'a [u8],
    pub(crate) user_agent: Option<&'a str>,
    pub(crate) ip_address: Option<String>,
    pub(crate) two_factors: bool,
    pub(crate) now: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) expires_at_latest: Timestamp,
}

pub(crate) async fn insert(conn: &mut PgConnection, new: &NewRow<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.sessions
           (id, user_id, token_hash, user_agent, ip_address, created_at, last_seen_at, authenticated_at,
            expires_at, expires_at_latest, two_factors)
         VALUES ($1, $2, $3, $4, $5::text::inet, $6, $6, $6, $7, $8, $9)",
        new.id.uuid(),
        new.user.uuid(),
        new.token_hash,
        new.user_agent,
        new.ip_address,
        new.now,
        new.expires_at,
        new.expires_at_latest,
        new.two_factors
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Whether the operator keeps the person outside.
pub(crate) async fn is_suspended(conn: &mut PgConnection, user: UserId) -> Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM identity.users WHERE id = $1 AND suspended_at IS NOT NULL) AS "is!""#,
        user.uuid()
    )
    .fetch_one(conn)
    .await
}

pub(crate) async fn list(conn: &mut PgConnection, user: UserId, now: Timestamp) -> Result<Vec<SessionView>> {
    sqlx::query_as!(
        SessionView,
        r#"SELECT id AS "id: SessionId", false AS "current!", '' AS "device!", user_agent, host(ip_address) AS ip_address,
                  created_at, last_seen_at, expires_at
             FROM identity.sessions
            WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2 AND provider IS NULL
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

/// Ends a person's sessions, and with them every way in that was begun and not finished.
pub(crate) async fn end_all(
    tx: &mut ServiceTx,
    user: UserId,
    but: Option<SessionId>,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "WITH flows AS (DELETE FROM identity.external_flows WHERE user_id = $1),
              ceremonies AS (DELETE FROM identity.passkey_ceremonies WHERE user_id = $1)
         DELETE FROM identity.pending_sign_ins WHERE user_id = $1",
        user.uuid()
    )
    .execute(tx.conn())
    .await?;
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

/// Gives a session another token; gives when it ends at the latest. None when it is not there or has ended.
pub(crate) async fn rotate(
    conn: &mut PgConnection,
    user: UserId,
    session: SessionId,
    token_hash: &[u8],
    authenticated_at: Option<Timestamp>,
) -> Result<Option<Timestamp>> {
    sqlx::query_scalar!(
        "UPDATE identity.sessions SET token_hash = $3, authenticated_at = coalesce($4, authenticated_at)
          WHERE id = $1 AND user_id = $2 AND ended_at IS NULL AND provider IS NULL
        RETURNING expires_at_latest",
        session.uuid(),
        user.uuid(),
        token_hash,
        authenticated_at
    )
    .fetch_optional(conn)
    .await
}

/// Notes that two factors were shown in a session.
pub(crate) async fn set_two_factors(conn: &mut PgConnection, session: SessionId) -> Result<()> {
    sqlx::query!("UPDATE identity.sessions SET two_factors = true WHERE id = $1", session.uuid())
        .execute(conn)
        .await
        .map(|_| ())
}

/// Makes a browser known; of many the oldest are forgotten.
pub(crate) async fn insert_device(
    conn: &mut PgConnection,
    id: uuid::Uuid,
    user: UserId,
    token_hash: &[u8],
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.known_devices (id, user_id, token_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        id,
        user.uuid(),
        token_hash,
        now,
        expires_at
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "DELETE FROM identity.known_devices WHERE user_id = $1 AND id NOT IN (
           SELECT id FROM identity.known_devices WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT 20)",
        user.uuid()
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Whether a person has signed in from the browser with this token.
pub(crate) async fn find_device(
    conn: &mut PgConnection,
    user: UserId,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM identity.known_devices
                           WHERE token_hash = $1 AND user_id = $2 AND expires_at > $3) AS "is!""#,
        token_hash,
        user.uuid(),
        now
    )
    .fetch_one(conn)
    .await
}

/// Makes all of a person's browsers strangers.
pub(crate) async fn forget_devices(conn: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!("DELETE FROM identity.known_devices WHERE user_id = $1", user.uuid())
        .execute(conn)
        .await
        .map(|_| ())
}

pub(crate) async fn delete_expired_devices(conn: &mut PgConnection, now: Timestamp) -> Result<u64> {
    sqlx::query!("DELETE FROM identity.known_devices WHERE expires_at <= $1", now)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
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
    conn: &mut PgConnection,
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
    .fetch_optional(conn)
    .await
}

/// Who asks, and what they find behind the door.
pub(crate) struct EnterRow {
    pub(crate) session: SessionId,
    pub(crate) user: UserId,
    pub(crate) last_seen_at: Timestamp,
    pub(crate) entry: EntryRow,
}

/// Who asks, and what they find behind the door. Outside of a transaction, as [`authenticate`].
pub(crate) async fn enter(
    conn: &mut PgConnection,
    token_hash: &[u8],
    now: Timestamp,
    organization: (Option<&str>, Option<OrganizationId>),
    brand: (Option<&str>, Option<BrandId>),
) -> Result<Option<EnterRow>> {
    let row = sqlx::query!(
        r#"SELECT session_id AS "session!: SessionId", user_id AS "user!: UserId", last_seen_at AS "last_seen_at!",
                  organization_id AS "organization: OrganizationId", organization_role,
                  permissions_added AS added, permissions_removed AS removed, brand_ids AS brands,
                  brand_id AS "brand: BrandId", brand_role, brand_added, brand_removed, suspended, factor_missing,
                  agency_id AS "agency: OrganizationId", agency_permissions
             FROM identity.enter($1, $2, $3, $4, $5, $6)"#,
        token_hash,
        now,
        organization.0,
        organization.1.map(OrganizationId::uuid),
        brand.0,
        brand.1.map(BrandId::uuid)
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| EnterRow {
        session: row.session,
        user: row.user,
        last_seen_at: row.last_seen_at,
        entry: EntryRow {
            organization: row.organization,
            organization_role: row.organization_role,
            added: row.added,
            removed: row.removed,
            brands: row.brands,
            brand: row.brand,
            brand_role: row.brand_role,
            brand_added: row.brand_added,
            brand_removed: row.brand_removed,
            suspended: row.suspended,
            factor_missing: row.factor_missing,
            agency: row.agency,
            agency_permissions: row.agency_permissions,
        },
    }))
}

/// Removes sessions that ended or expired before an instant.
pub(crate) async fn delete_old(tx: &mut ServiceTx, before: Timestamp) -> Result<u64> {
    sqlx::query!("DELETE FROM identity.sessions WHERE expires_at < $1 OR ended_at < $1", before)
        .execute(tx.conn())
        .await
        .map(|done| done.rows_affected())
}
