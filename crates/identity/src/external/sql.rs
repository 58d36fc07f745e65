//! Queries on outside identities and sign-ins under way.

use bellwether_kernel::{
    Timestamp,
    id::{OrganizationId, SessionId, UserId},
};
use bellwether_store::ServiceTx;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::ExternalIdentityView;
use crate::ids::ExternalIdentityId;

pub(crate) struct NewFlow<'a> {
    pub(crate) id: Uuid,
    pub(crate) provider: &'a str,
    pub(crate) state_hash: &'a [u8],
    pub(crate) browser_hash: &'a [u8],
    pub(crate) secret: &'a str,
    pub(crate) encryption_version: i16,
    pub(crate) user: Option<UserId>,
    pub(crate) return_to: &'a str,
    pub(crate) now: Timestamp,
    pub(crate) expires_at: Timestamp,
}

pub(crate) async fn insert_flow(conn: &mut PgConnection, new: &NewFlow<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.external_flows
           (id, provider, state_hash, browser_hash, secret, encryption_version, user_id, return_to, created_at,
            expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.id,
        new.provider,
        new.state_hash,
        new.browser_hash,
        new.secret,
        new.encryption_version,
        new.user.map(UserId::uuid),
        new.return_to,
        new.now,
        new.expires_at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) struct FlowRow {
    pub(crate) provider: String,
    pub(crate) browser_hash: Vec<u8>,
    pub(crate) secret: String,
    pub(crate) encryption_version: i16,
    pub(crate) user: Option<UserId>,
    pub(crate) return_to: String,
    pub(crate) expires_at: Timestamp,
}

/// Takes a sign-in away: whatever becomes of the answer, there is no second one.
pub(crate) async fn take_flow(conn: &mut PgConnection, state_hash: &[u8]) -> Result<Option<FlowRow>> {
    sqlx::query_as!(
        FlowRow,
        r#"DELETE FROM identity.external_flows WHERE state_hash = $1
           RETURNING provider, browser_hash, secret, encryption_version, user_id AS "user: UserId", return_to,
                     expires_at"#,
        state_hash
    )
    .fetch_optional(conn)
    .await
}

pub(crate) struct OwnerRow {
    pub(crate) user: UserId,
    pub(crate) deleted: bool,
}

/// Whose an outside identity is; notes that it is in use.
pub(crate) async fn owner(
    conn: &mut PgConnection,
    provider: &str,
    subject: &str,
    now: Timestamp,
) -> Result<Option<OwnerRow>> {
    sqlx::query_as!(
        OwnerRow,
        r#"UPDATE identity.external_identities e SET last_used_at = $3
             FROM identity.users u
            WHERE e.provider = $1 AND e.subject = $2 AND u.id = e.user_id
        RETURNING e.user_id AS "user: UserId", u.deleted_at IS NOT NULL AS "deleted!""#,
        provider,
        subject,
        now
    )
    .fetch_optional(conn)
    .await
}

/// The same without a mark, for every request of a token.
pub(crate) async fn find_owner(
    conn: &mut PgConnection,
    provider: &str,
    subject: &str,
) -> Result<Option<UserId>> {
    sqlx::query_scalar!(
        r#"SELECT e.user_id AS "user: UserId" FROM identity.external_identities e
             JOIN identity.users u ON u.id = e.user_id AND u.deleted_at IS NULL
            WHERE e.provider = $1 AND e.subject = $2"#,
        provider,
        subject
    )
    .fetch_optional(conn)
    .await
}

/// The person with an address, and whether the address is known to be theirs.
pub(crate) async fn by_email(conn: &mut PgConnection, email: &str) -> Result<Option<(UserId, bool)>> {
    let row = sqlx::query!(
        r#"SELECT id AS "id: UserId", email_verified_at IS NOT NULL AS "verified!"
             FROM identity.users WHERE email = $1::text::citext AND deleted_at IS NULL"#,
        email
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.id, row.verified)))
}

pub(crate) struct NewIdentity<'a> {
    pub(crate) id: ExternalIdentityId,
    pub(crate) user: UserId,
    pub(crate) provider: &'a str,
    pub(crate) subject: &'a str,
    pub(crate) email: Option<&'a str>,
    pub(crate) name: Option<&'a str>,
    pub(crate) now: Timestamp,
}

pub(crate) async fn link(conn: &mut PgConnection, new: &NewIdentity<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.external_identities
           (id, user_id, provider, subject, email, name, created_at, last_used_at)
         VALUES ($1, $2, $3, $4, $5::text::citext, $6, $7, $7)",
        new.id.uuid(),
        new.user.uuid(),
        new.provider,
        new.subject,
        new.email,
        new.name,
        new.now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) async fn list(conn: &mut PgConnection, user: UserId) -> Result<Vec<ExternalIdentityView>> {
    sqlx::query_as!(
        ExternalIdentityView,
        r#"SELECT id AS "id: ExternalIdentityId", provider, email::text, name, created_at, last_used_at
             FROM identity.external_identities WHERE user_id = $1 ORDER BY created_at, id LIMIT 100"#,
        user.uuid()
    )
    .fetch_all(conn)
    .await
}

pub(crate) async fn unlink(
    conn: &mut PgConnection,
    user: UserId,
    id: ExternalIdentityId,
) -> Result<Option<String>> {
    sqlx::query_scalar!(
        "DELETE FROM identity.external_identities WHERE id = $1 AND user_id = $2 RETURNING provider",
        id.uuid(),
        user.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// Whose an outside identity is, for other parts of this context.
pub(crate) async fn owner_of(tx: &mut ServiceTx, provider: &str, subject: &str) -> Result<Option<OwnerRow>> {
    sqlx::query_as!(
        OwnerRow,
        r#"SELECT e.user_id AS "user: UserId", u.deleted_at IS NOT NULL AS "deleted!"
             FROM identity.external_identities e JOIN identity.users u ON u.id = e.user_id
            WHERE e.provider = $1 AND e.subject = $2"#,
        provider,
        subject
    )
    .fetch_optional(tx.conn())
    .await
}

pub(crate) struct TokenSession<'a> {
    pub(crate) id: SessionId,
    pub(crate) user: UserId,
    pub(crate) token_hash: &'a [u8],
    pub(crate) provider: &'a str,
    pub(crate) now: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// Lets an issuer's token stand for a session until it expires.
pub(crate) async fn insert_token_session(conn: &mut PgConnection, new: &TokenSession<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.sessions
           (id, user_id, token_hash, provider, created_at, last_seen_at, expires_at, expires_at_latest)
         VALUES ($1, $2, $3, $4, $5, $5, $6, $6)
         ON CONFLICT ON CONSTRAINT sessions_token_hash_key DO NOTHING",
        new.id.uuid(),
        new.user.uuid(),
        new.token_hash,
        new.provider,
        new.now,
        new.expires_at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Our organization of an outside one.
pub(crate) async fn organization_of(
    conn: &mut PgConnection,
    provider: &str,
    subject: &str,
) -> Result<Option<OrganizationId>> {
    sqlx::query_scalar!(
        r#"SELECT organization_id AS "id: OrganizationId" FROM identity.external_organizations
            WHERE provider = $1 AND subject = $2"#,
        provider,
        subject
    )
    .fetch_optional(conn)
    .await
}

/// Notes what an organization is called at an outside service.
pub(crate) async fn organization_subject(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: Uuid,
    provider: &str,
    subject: &str,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.external_organizations (organization_id, id, provider, subject, created_at)
         VALUES ($1, $2, $3, $4, $5)",
        organization.uuid(),
        id,
        provider,
        subject,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}
