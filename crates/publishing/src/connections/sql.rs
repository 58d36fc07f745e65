//! Queries on connections and consents.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId, UserId},
};
use serde_json::Value;
use sqlx::{PgConnection, Result};

use crate::{ConnectionId, ConsentId};

pub(crate) struct ConnectionRow {
    pub(crate) id: ConnectionId,
    pub(crate) provider: String,
    pub(crate) network: String,
    pub(crate) remote_id: String,
    pub(crate) name: String,
    pub(crate) handle: String,
    pub(crate) avatar_url: Option<String>,
    pub(crate) server: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) status: String,
    pub(crate) error_message: Option<String>,
    pub(crate) token_expires_at: Option<Timestamp>,
    pub(crate) blocked_until: Option<Timestamp>,
    pub(crate) last_published_at: Option<Timestamp>,
    pub(crate) checked_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) version: i32,
}

pub(super) async fn list(conn: &mut PgConnection, brand: BrandId) -> Result<Vec<ConnectionRow>> {
    sqlx::query_as!(
        ConnectionRow,
        r#"SELECT id AS "id: ConnectionId", provider, network, remote_id, name, handle, avatar_url, server, scopes, status,
                  error_message, token_expires_at, blocked_until, last_published_at, checked_at, created_at, version
           FROM publishing.connections
           WHERE brand_id = $1 AND status <> 'disconnected' ORDER BY created_at, id LIMIT 500"#,
        brand as _,
    )
    .fetch_all(conn)
    .await
}

pub(crate) async fn get(
    conn: &mut PgConnection,
    brand: BrandId,
    id: ConnectionId,
) -> Result<Option<ConnectionRow>> {
    sqlx::query_as!(
        ConnectionRow,
        r#"SELECT id AS "id: ConnectionId", provider, network, remote_id, name, handle, avatar_url, server, scopes, status,
                  error_message, token_expires_at, blocked_until, last_published_at, checked_at, created_at, version
           FROM publishing.connections WHERE brand_id = $1 AND id = $2 AND status <> 'disconnected'"#,
        brand as _,
        id as _,
    )
    .fetch_optional(conn)
    .await
}

/// An account to keep, its secrets sealed.
pub(super) struct NewConnection<'a> {
    pub(super) organization: OrganizationId,
    pub(super) id: ConnectionId,
    pub(super) brand: BrandId,
    pub(super) provider: &'a str,
    pub(super) network: &'a str,
    pub(super) remote_id: &'a str,
    pub(super) name: &'a str,
    pub(super) handle: &'a str,
    pub(super) account_type: Option<&'a str>,
    pub(super) avatar_url: Option<&'a str>,
    pub(super) server: Option<&'a str>,
    pub(super) account_info: &'a Value,
    pub(super) scopes: &'a [String],
    pub(super) token: &'a str,
    pub(super) refresh_token: Option<&'a str>,
    pub(super) secrets: Option<&'a str>,
    pub(super) encryption_version: i16,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) refresh_due_at: Option<Timestamp>,
    pub(super) created_by: UserId,
    pub(super) now: Timestamp,
}

/// Connects an account, or connects it again: then it keeps its id and what is planned for it, and a refresh token that the
/// network did not give anew stays. Tells the id, and whether it was there before.
pub(super) async fn upsert(conn: &mut PgConnection, new: &NewConnection<'_>) -> Result<(ConnectionId, bool)> {
    let row = sqlx::query!(
        r#"INSERT INTO publishing.connections AS c
             (organization_id, id, brand_id, provider, network, remote_id, name, handle, account_type, avatar_url, server,
              account_info, scopes, access_token, refresh_token, secrets, encryption_version, token_expires_at,
              token_refreshed_at, token_refresh_due_at, checked_at, created_by, created_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $20, $19, $20, $21, $20)
           ON CONFLICT (organization_id, brand_id, provider, network, remote_id) DO UPDATE
             SET name = excluded.name, handle = excluded.handle, account_type = excluded.account_type,
                 avatar_url = excluded.avatar_url, server = excluded.server, account_info = excluded.account_info,
                 scopes = excluded.scopes, access_token = excluded.access_token,
                 refresh_token = coalesce(excluded.refresh_token, c.refresh_token),
                 secrets = coalesce(excluded.secrets, c.secrets), encryption_version = excluded.encryption_version,
                 token_expires_at = excluded.token_expires_at, token_refreshed_at = excluded.token_refreshed_at,
                 token_refresh_due_at = excluded.token_refresh_due_at, refresh_failures = 0, refresh_lease_until = NULL,
                 status = 'active', error_message = NULL, blocked_until = NULL, limited = 0,
                 disconnected_at = NULL, checked_at = excluded.checked_at, version = c.version + 1
           RETURNING id AS "id: ConnectionId", version"#,
        new.organization as _,
        new.id as _,
        new.brand as _,
        new.provider,
        new.network,
        new.remote_id,
        new.name,
        new.handle,
        new.account_type,
        new.avatar_url,
        new.server,
        new.account_info,
        new.scopes,
        new.token,
        new.refresh_token,
        new.secrets,
        new.encryption_version,
        new.expires_at,
        new.refresh_due_at,
        new.now,
        new.created_by as _,
    )
    .fetch_one(conn)
    .await?;
    Ok((row.id, row.version > 1))
}

/// What was held because the account did not work goes on.
pub(crate) async fn release(
    conn: &mut PgConnection,
    organization: OrganizationId,
    connection: ConnectionId,
) -> Result<u64> {
    let done = sqlx::query!(
        "UPDATE publishing.publications
         SET state = 'scheduled', held_reason = NULL, words = NULL, next_at = due_at, version = version + 1
         WHERE organization_id = $1 AND connection_id = $2 AND state = 'held' AND held_reason = 'connection'
           AND due_at IS NOT NULL",
        organization as _,
        connection as _,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// What is planned for an account that is disconnected waits for it.
pub(super) async fn hold(
    conn: &mut PgConnection,
    organization: OrganizationId,
    connection: ConnectionId,
    words: &str,
) -> Result<u64> {
    let done = sqlx::query!(
        "UPDATE publishing.publications
         SET state = 'held', held_reason = 'connection', words = $3, next_at = NULL, version = version + 1
         WHERE organization_id = $1 AND connection_id = $2 AND state = 'scheduled'",
        organization as _,
        connection as _,
        words,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

pub(super) async fn disconnect(
    conn: &mut PgConnection,
    brand: BrandId,
    id: ConnectionId,
    now: Timestamp,
) -> Result<u64> {
    let done = sqlx::query!(
        "UPDATE publishing.connections
         SET status = 'disconnected', disconnected_at = $3, access_token = '', refresh_token = NULL, secrets = NULL,
             token_refresh_due_at = NULL, token_expires_at = NULL, error_message = NULL, version = version + 1
         WHERE brand_id = $1 AND id = $2 AND status <> 'disconnected'",
        brand as _,
        id as _,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// An account with its sealed secrets.
pub(super) struct SealedRow {
    pub(super) brand: BrandId,
    pub(super) provider: String,
    pub(super) network: String,
    pub(super) remote_id: String,
    pub(super) handle: String,
    pub(super) server: Option<String>,
    pub(super) account_info: Value,
    pub(super) status: String,
    pub(super) error_message: Option<String>,
    pub(super) access_token: String,
    pub(super) refresh_token: Option<String>,
    pub(super) secrets: Option<String>,
    pub(super) encryption_version: i16,
    pub(super) token_expires_at: Option<Timestamp>,
    pub(super) app: Option<Value>,
}

pub(super) async fn get_sealed(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: ConnectionId,
) -> Result<Option<SealedRow>> {
    sqlx::query_as!(
        SealedRow,
        r#"SELECT c.brand_id AS "brand: BrandId", c.provider, c.network, c.remote_id, c.handle, c.server, c.account_info,
                  c.status, c.error_message, c.access_token, c.refresh_token, c.secrets, c.encryption_version,
                  c.token_expires_at,
                  (SELECT jsonb_build_object('client_id', a.client_id, 'client_secret', a.client_secret,
                                             'version', a.encryption_version)
                   FROM publishing.apps a WHERE a.provider = c.provider AND a.server = c.server) AS app
           FROM publishing.connections c WHERE c.organization_id = $1 AND c.id = $2"#,
        organization as _,
        id as _,
    )
    .fetch_optional(conn)
    .await
}

/// Takes the right to renew a token, for a minute; false while somebody else has it, or when the token is another one by
/// now.
pub(super) async fn lease_refresh(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: ConnectionId,
    sealed: &str,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE publishing.connections SET refresh_lease_until = $4::timestamptz + interval '1 minute'
         WHERE organization_id = $1 AND id = $2 AND access_token = $3 AND status = 'active'
           AND (refresh_lease_until IS NULL OR refresh_lease_until < $4)",
        organization as _,
        id as _,
        sealed,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Renewed secrets.
pub(super) struct Renewed<'a> {
    pub(super) token: &'a str,
    pub(super) refresh_token: Option<&'a str>,
    pub(super) secrets: Option<&'a str>,
    pub(super) encryption_version: i16,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) due_at: Option<Timestamp>,
}

pub(super) async fn store_token(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: ConnectionId,
    new: &Renewed<'_>,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE publishing.connections
         SET access_token = $3, refresh_token = coalesce($4, refresh_token), secrets = coalesce($5, secrets),
             encryption_version = $6, token_expires_at = $7, token_refresh_due_at = $8, token_refreshed_at = $9,
             refresh_lease_until = NULL, refresh_failures = 0, error_message = NULL
         WHERE organization_id = $1 AND id = $2 AND status <> 'disconnected'",
        organization as _,
        id as _,
        new.token,
        new.refresh_token,
        new.secrets,
        new.encryption_version,
        new.expires_at,
        new.due_at,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A renewal failed for a passing reason: looked at again later, the account goes on working until its token ends.
pub(super) async fn put_off_refresh(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: ConnectionId,
    words: &str,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE publishing.connections
         SET refresh_lease_until = NULL, refresh_failures = least(refresh_failures + 1, 1000), error_message = $3,
             token_refresh_due_at = $4::timestamptz + interval '1 minute' * least(power(2, refresh_failures), 60)
         WHERE organization_id = $1 AND id = $2",
        organization as _,
        id as _,
        words,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The account stopped working; true when that is news, so that it is said once.
pub(super) async fn set_trouble(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: ConnectionId,
    status: &str,
    words: &str,
) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE publishing.connections
         SET status = $3, error_message = $4, refresh_lease_until = NULL, token_refresh_due_at = NULL, version = version + 1
         WHERE organization_id = $1 AND id = $2 AND status NOT IN ('disconnected', $3)",
        organization as _,
        id as _,
        status,
        words,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn set_checked(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: ConnectionId,
    (name, handle, avatar): (&str, &str, Option<&str>),
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE publishing.connections
         SET checked_at = $6, last_synced_at = $6, name = $3, handle = $4, avatar_url = coalesce($5, avatar_url),
             error_message = NULL, status = 'active'
         WHERE organization_id = $1 AND id = $2 AND status <> 'disconnected'",
        organization as _,
        id as _,
        name,
        handle,
        avatar,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Tokens that have to be renewed by now.
pub(super) async fn due_for_refresh(
    conn: &mut PgConnection,
    now: Timestamp,
) -> Result<Vec<(OrganizationId, ConnectionId)>> {
    let rows = sqlx::query!(
        r#"SELECT organization_id AS "organization: OrganizationId", id AS "id: ConnectionId"
           FROM publishing.connections
           WHERE status = 'active' AND token_refresh_due_at <= $1 ORDER BY token_refresh_due_at LIMIT 200"#,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.organization, row.id)).collect())
}

// --- consents ---

/// A consent that begins.
pub(super) struct NewConsent<'a> {
    pub(super) organization: OrganizationId,
    pub(super) id: ConsentId,
    pub(super) brand: BrandId,
    pub(super) user: UserId,
    pub(super) provider: &'a str,
    pub(super) server: Option<&'a str>,
    pub(super) state_hash: &'a [u8],
    pub(super) verifier: &'a str,
    pub(super) encryption_version: i16,
    pub(super) now: Timestamp,
    pub(super) expires_at: Timestamp,
}

pub(super) async fn insert_consent(conn: &mut PgConnection, new: &NewConsent<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO publishing.oauth_states (organization_id, id, brand_id, user_id, provider, server, state_hash, verifier,
             encryption_version, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        new.organization as _,
        new.id as _,
        new.brand as _,
        new.user as _,
        new.provider,
        new.server,
        new.state_hash,
        new.verifier,
        new.encryption_version,
        new.now,
        new.expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) struct ConsentRow {
    pub(super) organization: OrganizationId,
    pub(super) id: ConsentId,
    pub(super) brand: BrandId,
    pub(super) user: UserId,
    pub(super) provider: String,
    pub(super) server: Option<String>,
    pub(super) verifier: String,
    pub(super) granted: Option<String>,
    pub(super) encryption_version: i16,
    pub(super) expires_at: Timestamp,
    pub(super) used_at: Option<Timestamp>,
    pub(super) picked_at: Option<Timestamp>,
}

/// Uses a consent up, whatever comes of it; the state is good for once.
pub(super) async fn use_consent(
    conn: &mut PgConnection,
    state_hash: &[u8],
    now: Timestamp,
) -> Result<Option<ConsentRow>> {
    sqlx::query_as!(
        ConsentRow,
        r#"WITH was AS (SELECT organization_id, id, used_at FROM publishing.oauth_states
                        WHERE state_hash = $1 FOR UPDATE)
           UPDATE publishing.oauth_states s SET used_at = coalesce(s.used_at, $2)
           FROM was WHERE s.organization_id = was.organization_id AND s.id = was.id
           RETURNING s.organization_id AS "organization: OrganizationId", s.id AS "id: ConsentId",
                     s.brand_id AS "brand: BrandId", s.user_id AS "user: UserId", s.provider, s.server, s.verifier,
                     s.granted, s.encryption_version, s.expires_at, was.used_at, s.picked_at"#,
        state_hash,
        now,
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn keep_granted(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: ConsentId,
    granted: &str,
    encryption_version: i16,
    expires_at: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE publishing.oauth_states SET granted = $3, encryption_version = $4, expires_at = $5, verifier = ''
         WHERE organization_id = $1 AND id = $2",
        organization as _,
        id as _,
        granted,
        encryption_version,
        expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn lock_consent(
    conn: &mut PgConnection,
    brand: BrandId,
    id: ConsentId,
) -> Result<Option<ConsentRow>> {
    sqlx::query_as!(
        ConsentRow,
        r#"SELECT organization_id AS "organization: OrganizationId", id AS "id: ConsentId", brand_id AS "brand: BrandId",
                  user_id AS "user: UserId", provider, server, verifier, granted, encryption_version, expires_at, used_at,
                  picked_at
           FROM publishing.oauth_states WHERE brand_id = $1 AND id = $2 FOR UPDATE"#,
        brand as _,
        id as _,
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn finish_consent(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: ConsentId,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE publishing.oauth_states SET picked_at = $3, granted = NULL WHERE organization_id = $1 AND id = $2",
        organization as _,
        id as _,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn delete_old_consents(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    Ok(sqlx::query!("DELETE FROM publishing.oauth_states WHERE expires_at < $1", before)
        .execute(conn)
        .await?
        .rows_affected())
}

// --- our applications at instances ---

pub(super) async fn get_app(
    conn: &mut PgConnection,
    provider: &str,
    server: &str,
) -> Result<Option<(String, String, i16)>> {
    let row = sqlx::query!(
        "SELECT client_id, client_secret, encryption_version FROM publishing.apps WHERE provider = $1 AND server = $2",
        provider,
        server,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.client_id, row.client_secret, row.encryption_version)))
}

/// Keeps an application; the first of two that were registered at once stays.
pub(super) async fn insert_app(
    conn: &mut PgConnection,
    provider: &str,
    server: &str,
    client_id: &str,
    client_secret: &str,
    encryption_version: i16,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO publishing.apps (provider, server, client_id, client_secret, encryption_version)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        provider,
        server,
        client_id,
        client_secret,
        encryption_version,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// An account through which others could be read.
pub(super) struct ListenerRow {
    pub(super) id: ConnectionId,
    pub(super) provider: String,
    pub(super) handle: String,
    pub(super) status: String,
}

impl ListenerRow {
    pub(super) fn works(&self) -> bool {
        self.status == "active"
    }
}

/// A brand's accounts of a network: those first that are well and were seen to work last.
pub(super) async fn list_listeners(
    conn: &mut PgConnection,
    brand: BrandId,
    network: &str,
) -> Result<Vec<ListenerRow>> {
    sqlx::query_as!(
        ListenerRow,
        r#"SELECT id AS "id: ConnectionId", provider, handle, status FROM publishing.connections
           WHERE brand_id = $1 AND network = $2 AND status <> 'disconnected'
           ORDER BY status = 'active' DESC, error_message IS NULL DESC,
                    greatest(checked_at, last_published_at, token_refreshed_at) DESC NULLS LAST, id"#,
        brand as _,
        network,
    )
    .fetch_all(conn)
    .await
}

/// What notices tell of an account.
pub(crate) async fn about(
    conn: &mut PgConnection,
    id: ConnectionId,
) -> Result<Option<crate::publications::AboutConnection>> {
    sqlx::query_as!(
        crate::publications::AboutConnection,
        "SELECT network, handle, status, error_message AS trouble FROM publishing.connections WHERE id = $1",
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}
