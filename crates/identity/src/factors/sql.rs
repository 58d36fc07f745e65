//! Queries on second factors and sign-ins under way.

use bellwether_kernel::{
    Timestamp,
    id::{SessionId, UserId},
};
use bellwether_store::ServiceTx;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

pub(crate) struct TotpRow {
    pub(crate) secret: String,
    pub(crate) encryption_version: i16,
    pub(crate) confirmed_at: Option<Timestamp>,
    pub(crate) last_step: i64,
}

/// Locked: of two that show one code at once, the second sees that it is spent.
pub(crate) async fn lock_totp(conn: &mut PgConnection, user: UserId) -> Result<Option<TotpRow>> {
    sqlx::query_as!(
        TotpRow,
        "SELECT secret, encryption_version, confirmed_at, last_step FROM identity.totp_factors WHERE user_id = $1
            FOR UPDATE",
        user.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// A new seed in place of one that was never confirmed. False when there is a confirmed one.
pub(crate) async fn put_totp(
    conn: &mut PgConnection,
    user: UserId,
    secret: &str,
    version: i16,
    now: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "INSERT INTO identity.totp_factors AS t (user_id, secret, encryption_version, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $4)
         ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, encryption_version = excluded.encryption_version,
           created_at = excluded.created_at, last_step = 0
          WHERE t.confirmed_at IS NULL",
        user.uuid(),
        secret,
        version,
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

pub(crate) async fn reseal_totp(
    conn: &mut PgConnection,
    user: UserId,
    secret: &str,
    version: i16,
) -> Result<()> {
    sqlx::query!(
        "UPDATE identity.totp_factors SET secret = $2, encryption_version = $3 WHERE user_id = $1",
        user.uuid(),
        secret,
        version
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) async fn confirm_totp(conn: &mut PgConnection, user: UserId, now: Timestamp) -> Result<()> {
    sqlx::query!("UPDATE identity.totp_factors SET confirmed_at = $2 WHERE user_id = $1", user.uuid(), now)
        .execute(conn)
        .await
        .map(|_| ())
}

/// Takes a time step: false when it or a later one was taken before.
pub(crate) async fn spend_step(conn: &mut PgConnection, user: UserId, step: i64) -> Result<bool> {
    sqlx::query!(
        "UPDATE identity.totp_factors SET last_step = $2 WHERE user_id = $1 AND last_step < $2",
        user.uuid(),
        step
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

pub(crate) async fn delete_totp(conn: &mut PgConnection, user: UserId) -> Result<bool> {
    sqlx::query!("DELETE FROM identity.recovery_codes WHERE user_id = $1", user.uuid())
        .execute(&mut *conn)
        .await?;
    sqlx::query!("DELETE FROM identity.totp_factors WHERE user_id = $1", user.uuid())
        .execute(conn)
        .await
        .map(|done| done.rows_affected() == 1)
}

/// How many there were.
pub(crate) async fn delete_passkeys(conn: &mut PgConnection, user: UserId) -> Result<u64> {
    sqlx::query!("DELETE FROM identity.passkeys WHERE user_id = $1", user.uuid())
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
}

/// Whether a person has a second factor that a session has not shown.
pub(crate) async fn lacks_factor(conn: &mut PgConnection, user: UserId, session: SessionId) -> Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT NOT EXISTS (SELECT FROM identity.sessions s WHERE s.id = $2 AND s.user_id = $1 AND s.two_factors)
              AND (EXISTS (SELECT FROM identity.passkeys p WHERE p.user_id = $1)
                   OR EXISTS (SELECT FROM identity.totp_factors t WHERE t.user_id = $1 AND t.confirmed_at IS NOT NULL))
                  AS "is!""#,
        user.uuid(),
        session.uuid()
    )
    .fetch_one(conn)
    .await
}

/// New recovery codes in place of all that were there.
pub(crate) async fn put_recovery_codes(
    conn: &mut PgConnection,
    user: UserId,
    ids: &[Uuid],
    hashes: &[Vec<u8>],
    now: Timestamp,
) -> Result<()> {
    sqlx::query!("DELETE FROM identity.recovery_codes WHERE user_id = $1", user.uuid())
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "INSERT INTO identity.recovery_codes (id, user_id, code_hash, created_at)
         SELECT code.id, $1, code.hash, $4 FROM unnest($2::uuid[], $3::bytea[]) AS code (id, hash)",
        user.uuid(),
        ids,
        hashes,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) async fn spend_recovery_code(
    conn: &mut PgConnection,
    user: UserId,
    hash: &[u8],
    now: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE identity.recovery_codes SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL",
        user.uuid(),
        hash,
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Removes every way in that was added at or after an instant, and what is under way to one.
pub(crate) async fn forget_since(tx: &mut ServiceTx, user: UserId, since: Timestamp) -> Result<()> {
    let (conn, user) = (tx.conn(), user.uuid());
    sqlx::query!("DELETE FROM identity.passkeys WHERE user_id = $1 AND created_at >= $2", user, since)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "DELETE FROM identity.external_identities WHERE user_id = $1 AND created_at >= $2",
        user,
        since
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "DELETE FROM identity.totp_factors
          WHERE user_id = $1 AND (confirmed_at IS NULL OR confirmed_at >= $2 OR created_at >= $2)",
        user,
        since
    )
    .execute(&mut *conn)
    .await?;
    // those of an app that is gone too
    sqlx::query!(
        "DELETE FROM identity.recovery_codes r
          WHERE r.user_id = $1
            AND (r.created_at >= $2 OR NOT EXISTS (SELECT FROM identity.totp_factors t WHERE t.user_id = r.user_id))",
        user,
        since
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("DELETE FROM identity.passkey_ceremonies WHERE user_id = $1", user)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("DELETE FROM identity.external_flows WHERE user_id = $1", user).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM identity.pending_sign_ins WHERE user_id = $1", user)
        .execute(conn)
        .await
        .map(|_| ())
}

pub(crate) struct StateRow {
    pub(crate) email: String,
    pub(crate) password_hash: Option<String>,
    pub(crate) totp_since: Option<Timestamp>,
    pub(crate) recovery_codes: i64,
    pub(crate) passkeys: i64,
    pub(crate) external_identities: i64,
}

/// Every way in that a person has, those of a deleted account included: signing in brings it back.
pub(crate) async fn state(conn: &mut PgConnection, user: UserId) -> Result<Option<StateRow>> {
    sqlx::query_as!(
        StateRow,
        r#"SELECT u.email::text AS "email!", c.password_hash AS "password_hash?", t.confirmed_at AS "totp_since?",
                  (SELECT count(*) FROM identity.recovery_codes r WHERE r.user_id = u.id AND r.used_at IS NULL)
                    AS "recovery_codes!",
                  (SELECT count(*) FROM identity.passkeys p WHERE p.user_id = u.id) AS "passkeys!",
                  (SELECT count(*) FROM identity.external_identities e WHERE e.user_id = u.id)
                    AS "external_identities!"
             FROM identity.users u
             LEFT JOIN identity.credentials c ON c.user_id = u.id
             LEFT JOIN identity.totp_factors t ON t.user_id = u.id
            WHERE u.id = $1"#,
        user.uuid()
    )
    .fetch_optional(conn)
    .await
}

pub(crate) struct NewPending<'a> {
    pub(crate) id: Uuid,
    pub(crate) user: UserId,
    pub(crate) token_hash: &'a [u8],
    pub(crate) first_step: &'static str,
    pub(crate) now: Timestamp,
    pub(crate) expires_at: Timestamp,
}

pub(crate) async fn insert_pending(conn: &mut PgConnection, new: &NewPending<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.pending_sign_ins (id, user_id, token_hash, first_step, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        new.id,
        new.user.uuid(),
        new.token_hash,
        new.first_step,
        new.now,
        new.expires_at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) struct PendingRow {
    pub(crate) id: Uuid,
    pub(crate) user: UserId,
    pub(crate) attempts: i32,
}

/// A sign-in that awaits its second step, locked.
pub(crate) async fn lock_pending(
    conn: &mut PgConnection,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<PendingRow>> {
    sqlx::query_as!(
        PendingRow,
        r#"SELECT p.id, p.user_id AS "user: UserId", p.attempts
             FROM identity.pending_sign_ins p
            WHERE p.token_hash = $1 AND p.used_at IS NULL AND p.expires_at > $2
              FOR UPDATE OF p"#,
        token_hash,
        now
    )
    .fetch_optional(conn)
    .await
}

/// Wrong codes of a person's sign-ins since an instant, over all that are under way, and the first of them.
pub(crate) async fn recent_failures(
    conn: &mut PgConnection,
    user: UserId,
    since: Timestamp,
) -> Result<(i64, Option<Timestamp>)> {
    let row = sqlx::query!(
        r#"SELECT coalesce(sum(attempts), 0) AS "failures!", min(created_at) FILTER (WHERE attempts > 0) AS first
             FROM identity.pending_sign_ins WHERE user_id = $1 AND created_at > $2"#,
        user.uuid(),
        since
    )
    .fetch_one(conn)
    .await?;
    Ok((row.failures, row.first))
}

pub(crate) async fn count_failure(conn: &mut PgConnection, pending: Uuid) -> Result<()> {
    sqlx::query!("UPDATE identity.pending_sign_ins SET attempts = attempts + 1 WHERE id = $1", pending)
        .execute(conn)
        .await
        .map(|_| ())
}

pub(crate) async fn spend_pending(conn: &mut PgConnection, pending: Uuid, now: Timestamp) -> Result<()> {
    sqlx::query!("UPDATE identity.pending_sign_ins SET used_at = $2 WHERE id = $1", pending, now)
        .execute(conn)
        .await
        .map(|_| ())
}

/// Removes what expired before an instant: sign-ins under way, challenges, tokens, seeds that were never confirmed.
pub(crate) async fn delete_old(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    let mut gone = 0;
    gone += sqlx::query!("DELETE FROM identity.pending_sign_ins WHERE expires_at < $1", before)
        .execute(&mut *conn)
        .await?
        .rows_affected();
    gone += sqlx::query!("DELETE FROM identity.passkey_ceremonies WHERE expires_at < $1", before)
        .execute(&mut *conn)
        .await?
        .rows_affected();
    gone += sqlx::query!("DELETE FROM identity.external_flows WHERE expires_at < $1", before)
        .execute(&mut *conn)
        .await?
        .rows_affected();
    gone +=
        sqlx::query!("DELETE FROM identity.sessions WHERE provider IS NOT NULL AND expires_at < $1", before)
            .execute(&mut *conn)
            .await?
            .rows_affected();
    gone += sqlx::query!(
        "DELETE FROM identity.totp_factors WHERE confirmed_at IS NULL AND updated_at < $1",
        before
    )
    .execute(conn)
    .await?
    .rows_affected();
    Ok(gone)
}
