//! Queries on passkeys and their challenges.

use bellwether_kernel::{Timestamp, id::UserId};
use serde_json::Value;
use sqlx::{PgConnection, Result};

use super::PasskeyView;
use crate::ids::{CeremonyId, PasskeyId};

pub(crate) struct NewCeremony {
    pub(crate) id: CeremonyId,
    pub(crate) purpose: &'static str,
    pub(crate) user: Option<UserId>,
    pub(crate) state: Value,
    pub(crate) now: Timestamp,
    pub(crate) expires_at: Timestamp,
}

pub(crate) async fn insert_ceremony(conn: &mut PgConnection, new: &NewCeremony) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.passkey_ceremonies (id, purpose, user_id, state, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        new.id.uuid(),
        new.purpose,
        new.user.map(UserId::uuid),
        new.state,
        new.now,
        new.expires_at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Takes a challenge away: whatever becomes of the answer, there is no second one.
pub(crate) async fn take_ceremony(
    conn: &mut PgConnection,
    id: CeremonyId,
    purpose: &str,
    user: Option<UserId>,
    now: Timestamp,
) -> Result<Option<Value>> {
    sqlx::query_scalar!(
        "DELETE FROM identity.passkey_ceremonies
          WHERE id = $1 AND purpose = $2 AND user_id IS NOT DISTINCT FROM $3 AND expires_at > $4 RETURNING state",
        id.uuid(),
        purpose,
        user.map(UserId::uuid),
        now
    )
    .fetch_optional(conn)
    .await
}

pub(crate) struct NewPasskey<'a> {
    pub(crate) id: PasskeyId,
    pub(crate) user: UserId,
    pub(crate) name: &'a str,
    pub(crate) credential_id: &'a [u8],
    pub(crate) credential: Value,
    pub(crate) now: Timestamp,
}

pub(crate) async fn insert(conn: &mut PgConnection, new: &NewPasskey<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.passkeys (id, user_id, name, credential_id, credential, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        new.id.uuid(),
        new.user.uuid(),
        new.name,
        new.credential_id,
        new.credential,
        new.now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) async fn list(conn: &mut PgConnection, user: UserId) -> Result<Vec<PasskeyView>> {
    sqlx::query_as!(
        PasskeyView,
        r#"SELECT id AS "id: PasskeyId", name, created_at, last_used_at,
                  coalesce((credential->'cred'->>'backup_state')::boolean, false) AS "synced!"
             FROM identity.passkeys WHERE user_id = $1 ORDER BY created_at, id LIMIT 100"#,
        user.uuid()
    )
    .fetch_all(conn)
    .await
}

pub(crate) async fn credential_ids(conn: &mut PgConnection, user: UserId) -> Result<Vec<Vec<u8>>> {
    sqlx::query_scalar!("SELECT credential_id FROM identity.passkeys WHERE user_id = $1", user.uuid())
        .fetch_all(conn)
        .await
}

pub(crate) struct CredentialRow {
    pub(crate) id: PasskeyId,
    pub(crate) credential: Value,
}

/// A person's passkey, locked: its counter moves on by one answer at a time.
pub(crate) async fn lock(
    conn: &mut PgConnection,
    user: UserId,
    credential_id: &[u8],
) -> Result<Option<CredentialRow>> {
    sqlx::query_as!(
        CredentialRow,
        r#"SELECT p.id AS "id: PasskeyId", p.credential
             FROM identity.passkeys p JOIN identity.users u ON u.id = p.user_id AND u.deleted_at IS NULL
            WHERE p.credential_id = $1 AND p.user_id = $2 FOR UPDATE OF p"#,
        credential_id,
        user.uuid()
    )
    .fetch_optional(conn)
    .await
}

pub(crate) async fn used(
    conn: &mut PgConnection,
    id: PasskeyId,
    credential: &Value,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE identity.passkeys SET credential = $2, last_used_at = $3 WHERE id = $1",
        id.uuid(),
        credential,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) async fn rename(conn: &mut PgConnection, user: UserId, id: PasskeyId, name: &str) -> Result<bool> {
    sqlx::query!(
        "UPDATE identity.passkeys SET name = $3 WHERE id = $1 AND user_id = $2",
        id.uuid(),
        user.uuid(),
        name
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Removes a passkey; gives its name.
pub(crate) async fn delete(conn: &mut PgConnection, user: UserId, id: PasskeyId) -> Result<Option<String>> {
    sqlx::query_scalar!(
        "DELETE FROM identity.passkeys WHERE id = $1 AND user_id = $2 RETURNING name",
        id.uuid(),
        user.uuid()
    )
    .fetch_optional(conn)
    .await
}
