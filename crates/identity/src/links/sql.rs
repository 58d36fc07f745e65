//! Queries on links.

use bellwether_kernel::{Timestamp, id::UserId};
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::Purpose;

pub(crate) struct NewRow<'a> {
    pub(crate) id: Uuid,
    pub(crate) user: UserId,
    pub(crate) token_hash: &'a [u8],
    pub(crate) purpose: Purpose,
    pub(crate) email: Option<&'a str>,
    pub(crate) now: Timestamp,
    pub(crate) expires_at: Timestamp,
}

pub(crate) async fn insert(conn: &mut PgConnection, new: &NewRow<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.login_links (id, user_id, token_hash, purpose, email, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5::text::citext, $6, $7)",
        new.id,
        new.user.uuid(),
        new.token_hash,
        new.purpose.as_str(),
        new.email,
        new.now,
        new.expires_at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) struct SpentRow {
    pub(crate) user: UserId,
    pub(crate) purpose: String,
    pub(crate) email: Option<String>,
    /// The person's address now.
    pub(crate) current: String,
    pub(crate) deleted_at: Option<Timestamp>,
    /// When the link was made.
    pub(crate) made_at: Timestamp,
}

/// Spends a link of one of some purposes: of two that come at once, one gets it, the other nothing. The person is locked.
pub(crate) async fn spend(
    conn: &mut PgConnection,
    token_hash: &[u8],
    purposes: &[Purpose],
    now: Timestamp,
) -> Result<Option<SpentRow>> {
    let purposes: Vec<String> = purposes.iter().map(|purpose| purpose.as_str().to_owned()).collect();
    let spent = sqlx::query!(
        r#"UPDATE identity.login_links SET used_at = $3
            WHERE token_hash = $1 AND purpose = ANY($2) AND used_at IS NULL AND expires_at > $3
        RETURNING user_id AS "user: UserId", purpose, email::text, created_at"#,
        token_hash,
        &purposes,
        now
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(spent) = spent else { return Ok(None) };
    let person = sqlx::query!(
        r#"SELECT email::text AS "email!", deleted_at FROM identity.users WHERE id = $1 FOR UPDATE"#,
        spent.user.uuid()
    )
    .fetch_one(conn)
    .await?;
    Ok(Some(SpentRow {
        user: spent.user,
        purpose: spent.purpose,
        email: spent.email,
        current: person.email,
        deleted_at: person.deleted_at,
        made_at: spent.created_at,
    }))
}

/// Whose link it is or was.
pub(crate) async fn owner(conn: &mut PgConnection, token_hash: &[u8]) -> Result<Option<UserId>> {
    sqlx::query_scalar!(
        r#"SELECT user_id AS "user: UserId" FROM identity.login_links WHERE token_hash = $1"#,
        token_hash
    )
    .fetch_optional(conn)
    .await
}

/// Makes links of some purposes useless.
pub(crate) async fn delete_of(conn: &mut PgConnection, user: UserId, purposes: &[Purpose]) -> Result<()> {
    let purposes: Vec<String> = purposes.iter().map(|purpose| purpose.as_str().to_owned()).collect();
    sqlx::query!(
        "DELETE FROM identity.login_links WHERE user_id = $1 AND purpose = ANY($2)",
        user.uuid(),
        &purposes
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Makes links of one purpose useless that were made at or after an instant.
pub(crate) async fn delete_since(
    conn: &mut PgConnection,
    user: UserId,
    purpose: Purpose,
    since: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "DELETE FROM identity.login_links WHERE user_id = $1 AND purpose = $2 AND created_at >= $3",
        user.uuid(),
        purpose.as_str(),
        since
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) struct PersonRow {
    pub(crate) id: UserId,
    pub(crate) email: String,
    pub(crate) email_verified: bool,
    pub(crate) deleted_at: Option<Timestamp>,
}

/// Who has an address, those included who can still be brought back.
pub(crate) async fn find_person(conn: &mut PgConnection, email: &str) -> Result<Option<PersonRow>> {
    sqlx::query_as!(
        PersonRow,
        r#"SELECT id AS "id: UserId", email::text AS "email!", email_verified_at IS NOT NULL AS "email_verified!",
                  deleted_at
             FROM identity.users WHERE email = $1::text::citext"#,
        email
    )
    .fetch_optional(conn)
    .await
}

pub(crate) async fn get_person(conn: &mut PgConnection, user: UserId) -> Result<Option<PersonRow>> {
    sqlx::query_as!(
        PersonRow,
        r#"SELECT id AS "id: UserId", email::text AS "email!", email_verified_at IS NOT NULL AS "email_verified!",
                  deleted_at
             FROM identity.users WHERE id = $1 AND deleted_at IS NULL"#,
        user.uuid()
    )
    .fetch_optional(conn)
    .await
}

pub(crate) async fn set_email(
    conn: &mut PgConnection,
    user: UserId,
    email: &str,
    verified_at: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE identity.users SET email = $2::text::citext, email_verified_at = $3 WHERE id = $1",
        user.uuid(),
        email,
        verified_at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Whether it is so for the first time, and of somebody real: the demo's people have no letter box.
pub(crate) async fn set_verified(conn: &mut PgConnection, user: UserId, now: Timestamp) -> Result<bool> {
    sqlx::query_scalar!(
        r#"UPDATE identity.users SET email_verified_at = $2 WHERE id = $1 AND email_verified_at IS NULL
        RETURNING NOT demo AS "real!""#,
        user.uuid(),
        now
    )
    .fetch_optional(conn)
    .await
    .map(|real| real.unwrap_or(false))
}

/// Takes every way in away that was set up: password, second factor, passkeys, outside identities, API keys.
pub(crate) async fn delete_ways_in(conn: &mut PgConnection, user: UserId, now: Timestamp) -> Result<()> {
    sqlx::query!(
        "WITH passwords AS (DELETE FROM identity.credentials WHERE user_id = $1),
              factors AS (DELETE FROM identity.totp_factors WHERE user_id = $1),
              codes AS (DELETE FROM identity.recovery_codes WHERE user_id = $1),
              passkeys AS (DELETE FROM identity.passkeys WHERE user_id = $1),
              outside AS (DELETE FROM identity.external_identities WHERE user_id = $1)
         UPDATE identity.api_keys SET revoked_at = $2 WHERE created_by = $1 AND revoked_at IS NULL",
        user.uuid(),
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}
