//! Queries on people and their secrets. All of them run in service transactions: people stand above tenants.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId, UserId},
};
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::model::UserView;

pub(crate) async fn insert_user(
    conn: &mut PgConnection,
    id: UserId,
    email: &str,
    name: &str,
    time_zone: &str,
    demo: bool,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.users (id, email, name, time_zone, demo, created_at, updated_at)
         VALUES ($1, $2::text::citext, $3, $4, $5, $6, $6)",
        id.uuid(),
        email,
        name,
        time_zone,
        demo,
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
    sqlx::query_as!(
        UserView,
        r#"SELECT id AS "id: UserId", email::text AS "email!", name, locale, time_zone, operator
             FROM identity.users WHERE id = $1 AND deleted_at IS NULL"#,
        id.uuid()
    )
    .fetch_optional(conn)
    .await
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
    pub(crate) organization_id: OrganizationId,
    pub(crate) organization_slug: String,
    pub(crate) organization_name: String,
    pub(crate) organization_type: String,
    pub(crate) demo: bool,
    pub(crate) role: String,
    pub(crate) brand_id: Option<BrandId>,
    pub(crate) brand_slug: Option<String>,
    pub(crate) brand_name: Option<String>,
}

/// Every organization and reachable brand of a person, one row per brand (or one without, when there is none).
pub(crate) async fn list_places(conn: &mut PgConnection, user: UserId) -> Result<Vec<PlaceRow>> {
    sqlx::query_as!(
        PlaceRow,
        r#"SELECT o.id AS "organization_id!: OrganizationId", o.slug AS "organization_slug!",
                  o.name AS "organization_name!", o.type AS "organization_type!", o.demo AS "demo!", m.role AS "role!",
                  b.id AS "brand_id?: BrandId", b.slug AS "brand_slug?", b.name AS "brand_name?"
             FROM identity.memberships m
             JOIN identity.organizations o ON o.id = m.organization_id AND o.deleted_at IS NULL
             LEFT JOIN brand.directory b
               ON b.organization_id = m.organization_id AND (m.brand_id IS NULL OR b.id = m.brand_id)
            WHERE m.user_id = $1
            ORDER BY o.created_at, o.id, b.name, b.id"#,
        user.uuid()
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
) -> Result<Option<UserId>> {
    sqlx::query_scalar!(
        r#"UPDATE identity.login_links l SET used_at = $2
             FROM identity.users u
            WHERE l.token_hash = $1 AND l.used_at IS NULL AND l.expires_at > $2
              AND u.id = l.user_id AND u.deleted_at IS NULL
        RETURNING l.user_id AS "user_id: UserId""#,
        token_hash,
        now
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
