//! Queries on pending sign-ups. They stand before any organization: all run in service transactions.

use bellwether_kernel::Timestamp;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

pub(super) struct NewRow<'a> {
    pub(super) id: Uuid,
    pub(super) email: &'a str,
    pub(super) name: &'a str,
    pub(super) password_hash: &'a str,
    pub(super) time_zone: &'a str,
    pub(super) organization: Option<(&'a str, &'static str)>,
    pub(super) invitation_hash: Option<&'a [u8]>,
    pub(super) now: Timestamp,
    pub(super) expires_at: Timestamp,
}

pub(super) async fn insert(conn: &mut PgConnection, new: &NewRow<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.pending_sign_ups
           (id, email, name, password_hash, time_zone, organization_name, organization_type, invitation_hash,
            created_at, expires_at)
         VALUES ($1, $2::text::citext, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.id,
        new.email,
        new.name,
        new.password_hash,
        new.time_zone,
        new.organization.map(|organization| organization.0),
        new.organization.map(|organization| organization.1),
        new.invitation_hash,
        new.now,
        new.expires_at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) struct PendingRow {
    pub(super) email: String,
    pub(super) expires_at: Timestamp,
}

/// Gives a pending sign-up its token; gives where the link goes. None when it is finished or over.
pub(super) async fn put_token(
    conn: &mut PgConnection,
    id: Uuid,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<PendingRow>> {
    sqlx::query_as!(
        PendingRow,
        r#"UPDATE identity.pending_sign_ups SET token_hash = $2 WHERE id = $1 AND expires_at > $3
        RETURNING email::text AS "email!", expires_at"#,
        id,
        token_hash,
        now
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn delete(conn: &mut PgConnection, id: Uuid) -> Result<()> {
    sqlx::query!("DELETE FROM identity.pending_sign_ups WHERE id = $1", id).execute(conn).await.map(|_| ())
}

/// The hash of the password that was chosen, by the token of the mailed link. Takes nothing away.
pub(super) async fn find_password(
    conn: &mut PgConnection,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<String>> {
    sqlx::query_scalar!(
        "SELECT password_hash FROM identity.pending_sign_ups WHERE token_hash = $1 AND expires_at > $2",
        token_hash,
        now
    )
    .fetch_optional(conn)
    .await
}

pub(super) struct TakenRow {
    pub(super) email: String,
    pub(super) name: String,
    pub(super) password_hash: String,
    pub(super) time_zone: String,
    pub(super) organization_name: Option<String>,
    pub(super) organization_type: Option<String>,
    pub(super) invitation_hash: Option<Vec<u8>>,
}

/// Takes a sign-up away by its token: of two that come at once, one gets it, the other nothing.
pub(super) async fn take(
    conn: &mut PgConnection,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<TakenRow>> {
    sqlx::query_as!(
        TakenRow,
        r#"DELETE FROM identity.pending_sign_ups WHERE token_hash = $1 AND expires_at > $2
        RETURNING email::text AS "email!", name, password_hash, time_zone, organization_name, organization_type,
                  invitation_hash"#,
        token_hash,
        now
    )
    .fetch_optional(conn)
    .await
}

/// The address has its account: what else waits for it is of no use.
pub(super) async fn delete_of(conn: &mut PgConnection, email: &str) -> Result<()> {
    sqlx::query!("DELETE FROM identity.pending_sign_ups WHERE email = $1::text::citext", email)
        .execute(conn)
        .await
        .map(|_| ())
}

pub(crate) async fn delete_expired(conn: &mut PgConnection, now: Timestamp) -> Result<u64> {
    sqlx::query!("DELETE FROM identity.pending_sign_ups WHERE expires_at <= $1", now)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
}
