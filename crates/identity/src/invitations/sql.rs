//! Queries on invitations. Whoever accepts one is no member yet, so that happens in service transactions.

use bellwether_kernel::{
    Cursor, Timestamp,
    id::{OrganizationId, UserId},
};
use bellwether_store::ServiceTx;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::InvitationId;

pub(crate) struct NewRow<'a> {
    pub(crate) organization: OrganizationId,
    pub(crate) id: InvitationId,
    pub(crate) email: Option<&'a str>,
    pub(crate) role: &'a str,
    pub(crate) brands: &'a [Uuid],
    pub(crate) added: &'a [String],
    pub(crate) removed: &'a [String],
    pub(crate) token_hash: &'a [u8],
    pub(crate) invited_by: UserId,
    pub(crate) max_uses: i32,
    pub(crate) now: Timestamp,
    pub(crate) expires_at: Timestamp,
}

pub(crate) async fn insert(conn: &mut PgConnection, new: &NewRow<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.invitations
           (organization_id, id, email, role, brand_ids, permissions_added, permissions_removed, token_hash, invited_by,
            max_uses, created_at, updated_at, sent_at, expires_at)
         VALUES ($1, $2, $3::text::citext, $4, $5, $6, $7, $8, $9, $10, $11, $11, $11, $12)",
        new.organization.uuid(),
        new.id.uuid(),
        new.email,
        new.role,
        new.brands,
        new.added,
        new.removed,
        new.token_hash,
        new.invited_by.uuid(),
        new.max_uses,
        new.now,
        new.expires_at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) struct Row {
    pub(crate) organization_id: OrganizationId,
    pub(crate) id: InvitationId,
    pub(crate) email: Option<String>,
    pub(crate) role: String,
    pub(crate) brand_ids: Vec<Uuid>,
    pub(crate) added: Vec<String>,
    pub(crate) removed: Vec<String>,
    pub(crate) invited_by: UserId,
    pub(crate) inviter_name: String,
    pub(crate) max_uses: i32,
    pub(crate) uses: i32,
    pub(crate) created_at: Timestamp,
    pub(crate) sent_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) accepted_at: Option<Timestamp>,
    pub(crate) revoked_at: Option<Timestamp>,
}

/// The newest first. The inviter's name is empty when they don't belong to the organization any more.
pub(crate) async fn list(
    conn: &mut PgConnection,
    id: Option<InvitationId>,
    open_at: Option<Timestamp>,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Row>> {
    let after = after.unwrap_or(Cursor::NEWEST);
    sqlx::query_as!(
        Row,
        r#"SELECT i.organization_id AS "organization_id: OrganizationId", i.id AS "id: InvitationId",
                  i.email::text AS email, i.role, i.brand_ids, i.permissions_added AS added,
                  i.permissions_removed AS removed, i.invited_by AS "invited_by: UserId",
                  coalesce(u.name, '') AS "inviter_name!", i.max_uses, i.uses, i.created_at, i.sent_at, i.expires_at,
                  i.accepted_at, i.revoked_at
             FROM identity.invitations i LEFT JOIN identity.users u ON u.id = i.invited_by
            WHERE ($1::uuid IS NULL OR i.id = $1)
              AND ($2::timestamptz IS NULL
                   OR (i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $2))
              AND (i.created_at, i.id) < ($3, $4)
            ORDER BY i.created_at DESC, i.id DESC LIMIT $5"#,
        id.map(InvitationId::uuid),
        open_at,
        after.at,
        after.id,
        limit
    )
    .fetch_all(conn)
    .await
}

/// Whether somebody with this address belongs to the organization: as the tenant sees its people.
pub(crate) async fn is_member(conn: &mut PgConnection, email: &str) -> Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (
             SELECT FROM identity.memberships m JOIN identity.users u ON u.id = m.user_id
              WHERE u.email = $1::text::citext) AS "is!""#,
        email
    )
    .fetch_one(conn)
    .await
}

/// Makes room for a new invitation of an address whose last one has expired.
pub(crate) async fn close_expired(conn: &mut PgConnection, email: &str, now: Timestamp) -> Result<()> {
    sqlx::query!(
        "UPDATE identity.invitations SET revoked_at = $2
          WHERE email = $1::text::citext AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at <= $2",
        email,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Gives an open or expired invitation a new token; the former one is worth nothing from now on.
pub(crate) async fn renew(
    conn: &mut PgConnection,
    id: InvitationId,
    token_hash: &[u8],
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE identity.invitations SET token_hash = $2, sent_at = $3, expires_at = $4
          WHERE id = $1 AND accepted_at IS NULL AND revoked_at IS NULL",
        id.uuid(),
        token_hash,
        now,
        expires_at
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

pub(crate) async fn revoke(conn: &mut PgConnection, id: InvitationId, now: Timestamp) -> Result<bool> {
    sqlx::query!(
        "UPDATE identity.invitations SET revoked_at = $2
          WHERE id = $1 AND accepted_at IS NULL AND revoked_at IS NULL",
        id.uuid(),
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// What a token opens, whoever has it.
pub(crate) struct Found {
    pub(crate) invitation: Row,
    pub(crate) organization_name: String,
    pub(crate) organization_slug: String,
    pub(crate) demo: bool,
    pub(crate) has_account: bool,
}

/// The open invitation of a token, locked: of two that come at once, the second sees what the first left.
pub(crate) async fn find(
    conn: &mut PgConnection,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<Found>> {
    let row = sqlx::query!(
        r#"SELECT i.organization_id AS "organization_id: OrganizationId", i.id AS "id: InvitationId",
                  i.email::text AS email, i.role, i.brand_ids, i.permissions_added AS added,
                  i.permissions_removed AS removed, i.invited_by AS "invited_by: UserId", u.name AS inviter_name,
                  i.max_uses, i.uses, i.created_at, i.sent_at, i.expires_at, i.accepted_at, i.revoked_at,
                  o.name AS organization_name, o.slug AS organization_slug, o.demo,
                  EXISTS (SELECT FROM identity.users known WHERE known.email = i.email) AS "has_account!"
             FROM identity.invitations i
             JOIN identity.organizations o ON o.id = i.organization_id AND o.deleted_at IS NULL
             JOIN identity.users u ON u.id = i.invited_by
            WHERE i.token_hash = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $2
              FOR UPDATE OF i"#,
        token_hash,
        now
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Found {
        invitation: Row {
            organization_id: row.organization_id,
            id: row.id,
            email: row.email,
            role: row.role,
            brand_ids: row.brand_ids,
            added: row.added,
            removed: row.removed,
            invited_by: row.invited_by,
            inviter_name: row.inviter_name,
            max_uses: row.max_uses,
            uses: row.uses,
            created_at: row.created_at,
            sent_at: row.sent_at,
            expires_at: row.expires_at,
            accepted_at: row.accepted_at,
            revoked_at: row.revoked_at,
        },
        organization_name: row.organization_name,
        organization_slug: row.organization_slug,
        demo: row.demo,
        has_account: row.has_account,
    }))
}

pub(crate) async fn use_up(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: InvitationId,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE identity.invitations
            SET uses = uses + 1, accepted_at = CASE WHEN uses + 1 = max_uses THEN $3::timestamptz END
          WHERE organization_id = $1 AND id = $2",
        organization.uuid(),
        id.uuid(),
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Whether an organization has asked an address in.
pub(crate) async fn is_invited(tx: &mut ServiceTx, email: &str, now: Timestamp) -> Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (
             SELECT FROM identity.invitations i
               JOIN identity.organizations o ON o.id = i.organization_id AND o.deleted_at IS NULL
              WHERE i.email = $1::text::citext AND i.accepted_at IS NULL AND i.revoked_at IS NULL
                AND i.expires_at > $2) AS "is!""#,
        email,
        now
    )
    .fetch_one(tx.conn())
    .await
}

/// Whether whoever has an address belongs to an organization.
pub(crate) async fn belongs_to(
    conn: &mut PgConnection,
    organization: OrganizationId,
    email: &str,
) -> Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM identity.memberships m JOIN identity.users u ON u.id = m.user_id
             WHERE m.organization_id = $1 AND u.email = $2::text::citext) AS "is!""#,
        organization.uuid(),
        email
    )
    .fetch_one(conn)
    .await
}

/// Whether a person belongs to an organization.
pub(crate) async fn works_for(
    conn: &mut PgConnection,
    organization: OrganizationId,
    user: UserId,
) -> Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM identity.memberships WHERE organization_id = $1 AND user_id = $2) AS "is!""#,
        organization.uuid(),
        user.uuid()
    )
    .fetch_one(conn)
    .await
}
