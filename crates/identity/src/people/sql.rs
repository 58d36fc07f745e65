//! Queries on people and their secrets. All of them run in service transactions: people stand above tenants.

use bellwether_kernel::{
    Timestamp,
    id::{AvatarId, BrandId, OrganizationId, UserId},
};
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::{model::UserView, service::NewPerson};
use crate::logos::LogoUrl;
use crate::memberships::model::EntryRow;

pub(crate) async fn insert_user(
    conn: &mut PgConnection,
    id: UserId,
    new: &NewPerson<'_>,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.users (id, email, name, time_zone, demo, created_at, updated_at)
         VALUES ($1, $2::text::citext, $3, $4, $5, $6, $6)",
        id.uuid(),
        new.email,
        new.name,
        new.time_zone,
        new.demo,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) async fn insert_credentials(conn: &mut PgConnection, user: UserId, hash: &str) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.credentials (user_id, password_hash) VALUES ($1, $2)
         ON CONFLICT (user_id) DO UPDATE SET password_hash = excluded.password_hash",
        user.uuid(),
        hash
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) struct CredentialsRow {
    pub(crate) user_id: UserId,
    pub(crate) password_hash: Option<String>,
}

/// The same for signing in: those included whose account is deleted and can be brought back.
pub(crate) async fn find_to_sign_in(
    conn: &mut PgConnection,
    email: &str,
    deleted_after: Timestamp,
) -> Result<Option<CredentialsRow>> {
    sqlx::query_as!(
        CredentialsRow,
        r#"SELECT u.id AS "user_id!: UserId", c.password_hash AS "password_hash?"
             FROM identity.users u LEFT JOIN identity.credentials c ON c.user_id = u.id
            WHERE u.email = $1::text::citext AND (u.deleted_at IS NULL OR u.deleted_at > $2)"#,
        email,
        deleted_after
    )
    .fetch_optional(conn)
    .await
}

pub(crate) async fn find_credentials(conn: &mut PgConnection, email: &str) -> Result<Option<CredentialsRow>> {
    sqlx::query_as!(
        CredentialsRow,
        r#"SELECT u.id AS "user_id!: UserId", c.password_hash AS "password_hash?"
             FROM identity.users u LEFT JOIN identity.credentials c ON c.user_id = u.id
            WHERE u.email = $1::text::citext AND u.deleted_at IS NULL"#,
        email
    )
    .fetch_optional(conn)
    .await
}

pub(crate) async fn get_user(conn: &mut PgConnection, id: UserId) -> Result<Option<UserView>> {
    let row = sqlx::query!(
        r#"SELECT u.email::text AS "email!", u.name, u.locale, u.time_zone, u.operator, u.handle, u.bio, u.phone,
                  u.email_verified_at IS NOT NULL AS "email_verified!", a.id AS "avatar?: AvatarId",
                  EXISTS (SELECT FROM identity.credentials c WHERE c.user_id = u.id) AS "has_password!"
             FROM identity.users u LEFT JOIN identity.avatars a ON a.user_id = u.id
            WHERE u.id = $1 AND u.deleted_at IS NULL"#,
        id.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| UserView {
        id,
        email: row.email,
        name: row.name,
        locale: row.locale,
        time_zone: row.time_zone,
        email_verified: row.email_verified,
        has_password: row.has_password,
        handle: row.handle,
        bio: row.bio,
        phone: row.phone,
        avatar_url: row.avatar.map(crate::profile::http::url),
        operator: row.operator,
    }))
}

pub(crate) async fn update_user(
    conn: &mut PgConnection,
    id: UserId,
    name: Option<&str>,
    locale: Option<&str>,
    time_zone: Option<&str>,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE identity.users
            SET name = coalesce($2, name), locale = coalesce($3, locale), time_zone = coalesce($4, time_zone)
          WHERE id = $1 AND deleted_at IS NULL",
        id.uuid(),
        name,
        locale,
        time_zone
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

pub(crate) async fn is_operator(conn: &mut PgConnection, id: UserId) -> Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM identity.users WHERE id = $1 AND operator AND deleted_at IS NULL) AS "is!""#,
        id.uuid()
    )
    .fetch_one(conn)
    .await
}

pub(crate) async fn set_operator(conn: &mut PgConnection, id: UserId, operator: bool) -> Result<()> {
    sqlx::query!("UPDATE identity.users SET operator = $2 WHERE id = $1", id.uuid(), operator)
        .execute(conn)
        .await
        .map(|_| ())
}

pub(crate) struct PlaceRow {
    pub(crate) user: UserId,
    pub(crate) organization_id: OrganizationId,
    pub(crate) organization_slug: String,
    pub(crate) organization_name: String,
    pub(crate) organization_type: String,
    pub(crate) logo: Option<LogoUrl>,
    pub(crate) former_slugs: Vec<String>,
    pub(crate) demo: bool,
    pub(crate) role: String,
    pub(crate) added: Vec<String>,
    pub(crate) removed: Vec<String>,
    /// Whether the membership is of the whole organization.
    pub(crate) whole: bool,
    /// The one brand that the membership, or the agency's link, is for.
    pub(crate) only: Option<Uuid>,
    pub(crate) agency_id: Option<OrganizationId>,
    pub(crate) agency_name: Option<String>,
    pub(crate) agency_permissions: Option<Vec<String>>,
    pub(crate) brand_id: Option<BrandId>,
    pub(crate) brand_slug: Option<String>,
    pub(crate) brand_name: Option<String>,
    pub(crate) brand_former_slugs: Vec<String>,
}

/// Every organization and reachable brand of people, one row per membership and brand (or one without, when there is
/// none), their agency's clients among them; each person's together.
pub(crate) async fn list_places(
    conn: &mut PgConnection,
    users: &[Uuid],
    now: Timestamp,
) -> Result<Vec<PlaceRow>> {
    sqlx::query_as!(
        PlaceRow,
        r#"WITH place AS (
             SELECT m.user_id, m.organization_id, m.brand_id, m.role, m.permissions_added, m.permissions_removed,
                    m.brand_id IS NULL AS whole, NULL::uuid AS agency_id, NULL::text[] AS agency_permissions
               FROM identity.memberships m WHERE m.user_id = ANY ($1) AND m.suspended_at IS NULL
             UNION ALL
             SELECT m.user_id, c.client_organization_id, c.client_brand_id, m.role, m.permissions_added, m.permissions_removed,
                    true, c.agency_organization_id, c.permissions
               FROM identity.memberships m
               JOIN identity.agency_clients c ON c.agency_organization_id = m.organization_id
              WHERE m.user_id = ANY ($1) AND m.brand_id IS NULL AND m.suspended_at IS NULL AND c.status = 'active'
                AND (c.starts_on IS NULL OR c.starts_on <= ($2::timestamptz AT TIME ZONE 'UTC')::date)
                AND (c.ends_on IS NULL OR c.ends_on >= ($2 AT TIME ZONE 'UTC')::date)
                AND NOT EXISTS (SELECT FROM identity.memberships own
                                 WHERE own.organization_id = c.client_organization_id AND own.user_id = m.user_id)
                -- of several agencies the door takes the one that was let in first
                AND NOT EXISTS (
                  SELECT FROM identity.agency_clients e
                    JOIN identity.memberships em ON em.organization_id = e.agency_organization_id
                     AND em.user_id = m.user_id AND em.brand_id IS NULL AND em.suspended_at IS NULL
                   WHERE e.client_organization_id = c.client_organization_id AND e.status = 'active'
                     AND (e.starts_on IS NULL OR e.starts_on <= ($2 AT TIME ZONE 'UTC')::date)
                     AND (e.ends_on IS NULL OR e.ends_on >= ($2 AT TIME ZONE 'UTC')::date)
                     AND (e.accepted_at, e.id) < (c.accepted_at, c.id)))
           SELECT p.user_id AS "user!: UserId", o.id AS "organization_id!: OrganizationId", o.slug AS "organization_slug!",
                  o.name AS "organization_name!", o.type AS "organization_type!", o.demo AS "demo!",
                  (SELECT l.id FROM identity.logos l WHERE l.organization_id = o.id) AS "logo?: LogoUrl",
                  ARRAY(SELECT s.slug FROM identity.organization_slugs s WHERE s.organization_id = o.id) AS "former_slugs!",
                  p.role AS "role!", p.permissions_added AS "added!", p.permissions_removed AS "removed!",
                  p.whole AS "whole!", p.brand_id AS "only?", p.agency_id AS "agency_id?: OrganizationId", a.name AS "agency_name?",
                  p.agency_permissions AS "agency_permissions?",
                  b.id AS "brand_id?: BrandId", b.slug AS "brand_slug?", b.name AS "brand_name?",
                  ARRAY(SELECT s.slug FROM brand.former_slugs s
                         WHERE s.organization_id = o.id AND s.brand_id = b.id) AS "brand_former_slugs!"
             FROM place p
             JOIN identity.organizations o ON o.id = p.organization_id AND o.deleted_at IS NULL
             LEFT JOIN identity.organizations a ON a.id = p.agency_id
             LEFT JOIN brand.directory b
               ON b.organization_id = p.organization_id AND (p.brand_id IS NULL OR b.id = p.brand_id)
            WHERE p.agency_id IS NULL OR a.deleted_at IS NULL
            ORDER BY p.user_id, p.agency_id IS NOT NULL, o.created_at, o.id, b.name, b.id"#,
        users,
        now
    )
    .fetch_all(conn)
    .await
}

/// Keeps a person out from an instant on, or lets them in; false when it was so already or nobody is there.
pub(crate) async fn set_suspended(
    conn: &mut PgConnection,
    id: UserId,
    at: Option<Timestamp>,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE identity.users SET suspended_at = $2
          WHERE id = $1 AND deleted_at IS NULL AND (suspended_at IS NULL) <> ($2::timestamptz IS NULL)",
        id.uuid(),
        at
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Who runs the installation and isn't kept out, locked: of two operators who suspend each other at once, the second
/// sees what the first has left.
pub(crate) async fn lock_operators(conn: &mut PgConnection) -> Result<Vec<UserId>> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id: UserId" FROM identity.users
            WHERE operator AND deleted_at IS NULL AND suspended_at IS NULL ORDER BY id FOR UPDATE"#
    )
    .fetch_all(conn)
    .await
}

pub(crate) async fn insert_link(
    conn: &mut PgConnection,
    id: Uuid,
    user: UserId,
    token_hash: &[u8],
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.login_links (id, user_id, token_hash, purpose, created_at, expires_at)
         VALUES ($1, $2, $3, 'sign_in', $4, $5)",
        id,
        user.uuid(),
        token_hash,
        now,
        expires_at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Spends a link: of two that come at once, one gets the person, the other nothing.
pub(crate) async fn spend_link(
    conn: &mut PgConnection,
    token_hash: &[u8],
    now: Timestamp,
    deleted_after: Timestamp,
) -> Result<Option<UserId>> {
    sqlx::query_scalar!(
        r#"UPDATE identity.login_links l SET used_at = $2
             FROM identity.users u
            WHERE l.token_hash = $1 AND l.purpose = 'sign_in' AND l.used_at IS NULL AND l.expires_at > $2
              AND u.id = l.user_id AND (u.deleted_at IS NULL OR u.deleted_at > $3)
        RETURNING l.user_id AS "user_id: UserId""#,
        token_hash,
        now,
        deleted_after
    )
    .fetch_optional(conn)
    .await
}

/// Removes links that expired before an instant.
pub(crate) async fn delete_old_links(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    sqlx::query!("DELETE FROM identity.login_links WHERE expires_at < $1", before)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
}

/// Somebody inside an organization, as the door would find them.
pub(super) struct ReachRow {
    pub(super) user: UserId,
    pub(super) entry: EntryRow,
}

/// Everybody who may come into an organization, its agencies' people among them, with what they are at a brand.
pub(super) async fn list_reaching(
    conn: &mut PgConnection,
    organization: OrganizationId,
    brand: Option<BrandId>,
    now: Timestamp,
) -> Result<Vec<ReachRow>> {
    let rows = sqlx::query!(
        r#"WITH candidate AS (
             SELECT m.user_id FROM identity.memberships m WHERE m.organization_id = $1 AND m.suspended_at IS NULL
             UNION
             SELECT m.user_id FROM identity.agency_clients c
               JOIN identity.memberships m ON m.organization_id = c.agency_organization_id
              WHERE c.client_organization_id = $1 AND c.status = 'active' AND m.brand_id IS NULL
                AND m.suspended_at IS NULL)
           SELECT u.id AS "user!: UserId", e.organization_id AS "organization?: OrganizationId",
                  e.organization_role AS "organization_role?", e.permissions_added AS "added?",
                  e.permissions_removed AS "removed?", e.brand_ids AS "brands?", e.brand_id AS "brand?: BrandId",
                  e.brand_role AS "brand_role?", e.brand_added AS "brand_added?", e.brand_removed AS "brand_removed?",
                  e.suspended AS "suspended?", e.factor_missing AS "factor_missing?", e.agency_id AS "agency?: OrganizationId",
                  e.agency_permissions AS "agency_permissions?"
             FROM candidate c
             JOIN identity.users u ON u.id = c.user_id AND u.deleted_at IS NULL AND u.suspended_at IS NULL
            CROSS JOIN LATERAL identity.entry(u.id, $3, NULL, $1, NULL, $2, true) e
            ORDER BY u.id"#,
        organization.uuid(),
        brand.map(BrandId::uuid),
        now
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ReachRow {
            user: row.user,
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
        })
        .collect())
}

/// Somebody at a brand, as the door would find them; none when they are deleted or suspended.
pub(super) async fn find_entry(
    conn: &mut PgConnection,
    user: UserId,
    (organization, brand): (OrganizationId, BrandId),
    now: Timestamp,
) -> Result<Option<EntryRow>> {
    sqlx::query_as!(
        EntryRow,
        r#"SELECT e.organization_id AS "organization?: OrganizationId",
                  e.organization_role AS "organization_role?", e.permissions_added AS "added?",
                  e.permissions_removed AS "removed?", e.brand_ids AS "brands?", e.brand_id AS "brand?: BrandId",
                  e.brand_role AS "brand_role?", e.brand_added AS "brand_added?", e.brand_removed AS "brand_removed?",
                  e.suspended AS "suspended?", e.factor_missing AS "factor_missing?", e.agency_id AS "agency?: OrganizationId",
                  e.agency_permissions AS "agency_permissions?"
             FROM identity.users u
            CROSS JOIN LATERAL identity.entry(u.id, $3, NULL, $2, NULL, $4, true) e
            WHERE u.id = $1 AND u.deleted_at IS NULL AND u.suspended_at IS NULL"#,
        user.uuid(),
        organization.uuid(),
        now,
        brand.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// Where people are reached; who is deleted or suspended is not.
pub(super) async fn list_addresses(conn: &mut PgConnection, users: &[Uuid]) -> Result<Vec<super::Addressee>> {
    sqlx::query_as!(
        super::Addressee,
        r#"SELECT id AS "user: UserId", email::text AS "email!", name, time_zone, demo
             FROM identity.users WHERE id = ANY ($1) AND deleted_at IS NULL AND suspended_at IS NULL ORDER BY id"#,
        users
    )
    .fetch_all(conn)
    .await
}

/// A page of the addresses of the waitlist, by id.
pub(super) async fn list_waiting(
    conn: &mut PgConnection,
    after: Uuid,
    limit: i64,
) -> Result<Vec<super::Waitlisted>> {
    sqlx::query_as!(
        super::Waitlisted,
        r#"SELECT w.id, w.email::text AS "email!", u.id AS "user?: UserId", u.time_zone AS "time_zone?"
             FROM identity.waitlist_entries w
             LEFT JOIN LATERAL (
               SELECT u.id, u.time_zone FROM identity.users u
                WHERE (u.email = w.email OR u.id = w.user_id) AND u.deleted_at IS NULL
                ORDER BY u.email = w.email DESC LIMIT 1) u ON true
            WHERE w.id > $1 AND NOT w.demo ORDER BY w.id LIMIT $2"#,
        after,
        limit
    )
    .fetch_all(conn)
    .await
}
