//! Queries on organizations.

use bellwether_kernel::{
    Timestamp,
    id::{MembershipId, OrganizationId, UserId},
};
use sqlx::{PgConnection, Result};

use super::{DeletedOrganization, OrganizationView};
use crate::logos::LogoUrl;

pub(crate) struct NewRow<'a> {
    pub(crate) id: OrganizationId,
    pub(crate) slug: &'a str,
    pub(crate) name: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) time_zone: &'a str,
    pub(crate) demo: bool,
    pub(crate) now: Timestamp,
}

pub(crate) async fn insert(conn: &mut PgConnection, new: &NewRow<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.organizations (id, slug, name, type, time_zone, demo, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        new.id.uuid(),
        new.slug,
        new.name,
        new.kind,
        new.time_zone,
        new.demo,
        new.now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Those of the addresses that an organization has or had.
pub(crate) async fn taken_slugs(conn: &mut PgConnection, candidates: &[String]) -> Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"SELECT slug AS "slug!" FROM identity.organizations WHERE slug = ANY($1)
            UNION SELECT slug FROM identity.organization_slugs WHERE slug = ANY($1)"#,
        candidates
    )
    .fetch_all(conn)
    .await
}

/// Whether another organization had the address: service transactions only, a tenant sees no other's.
pub(crate) async fn had_by_another(
    conn: &mut PgConnection,
    slug: &str,
    organization: OrganizationId,
) -> Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (
             SELECT FROM identity.organization_slugs WHERE slug = $1 AND organization_id <> $2) AS "had!""#,
        slug,
        organization.uuid()
    )
    .fetch_one(conn)
    .await
}

/// Keeps the former address, and takes back the new one if it was a former one.
pub(crate) async fn keep_slug(
    conn: &mut PgConnection,
    organization: OrganizationId,
    former: &str,
    new: &str,
) -> Result<()> {
    sqlx::query!(
        "WITH back AS (DELETE FROM identity.organization_slugs WHERE organization_id = $1 AND slug = $3)
         INSERT INTO identity.organization_slugs (organization_id, slug) VALUES ($1, $2)",
        organization.uuid(),
        former,
        new
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) async fn insert_membership(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: MembershipId,
    user: UserId,
    role: &str,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.memberships (organization_id, id, user_id, role, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $5)",
        organization.uuid(),
        id.uuid(),
        user.uuid(),
        role,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) async fn get(conn: &mut PgConnection, id: OrganizationId) -> Result<Option<OrganizationView>> {
    sqlx::query_as!(
        OrganizationView,
        r#"SELECT o.id AS "id: OrganizationId", o.slug, o.name, o.type AS "type", l.id AS "logo_url?: LogoUrl",
                  o.description, o.website, o.locale, o.time_zone, o.week_start, o.invitation_role,
                  o.require_second_factor, o.demo, o.version, o.created_at
             FROM identity.organizations o LEFT JOIN identity.logos l ON l.organization_id = o.id
            WHERE o.id = $1 AND o.deleted_at IS NULL"#,
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// What of an organization changes; none stays.
#[derive(Default)]
#[expect(clippy::option_option, reason = "leave, clear or set")]
pub(crate) struct Change<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) slug: Option<&'a str>,
    pub(crate) kind: Option<&'a str>,
    pub(crate) description: Option<&'a str>,
    /// Some of none clears it.
    pub(crate) website: Option<Option<&'a str>>,
    pub(crate) locale: Option<&'a str>,
    pub(crate) time_zone: Option<&'a str>,
    pub(crate) week_start: Option<i16>,
    pub(crate) invitation_role: Option<&'a str>,
    pub(crate) require_second_factor: Option<bool>,
}

pub(crate) async fn update(
    conn: &mut PgConnection,
    id: OrganizationId,
    version: i32,
    change: &Change<'_>,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE identity.organizations
            SET name = coalesce($3, name), slug = coalesce($4, slug), type = coalesce($5, type),
                description = coalesce($6, description), website = CASE WHEN $7 THEN $8 ELSE website END,
                locale = coalesce($9, locale), time_zone = coalesce($10, time_zone),
                week_start = coalesce($11, week_start), invitation_role = coalesce($12, invitation_role),
                require_second_factor = coalesce($13, require_second_factor), version = version + 1
          WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
        id.uuid(),
        version,
        change.name,
        change.slug,
        change.kind,
        change.description,
        change.website.is_some(),
        change.website.flatten(),
        change.locale,
        change.time_zone,
        change.week_start,
        change.invitation_role,
        change.require_second_factor
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Whether it works for clients as an agency, or has asked to.
pub(crate) async fn has_clients(conn: &mut PgConnection, id: OrganizationId) -> Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM identity.agency_clients c
                            JOIN identity.organizations o ON o.id = c.client_organization_id AND o.deleted_at IS NULL
                           WHERE c.agency_organization_id = $1 AND c.status <> 'ended') AS "has!""#,
        id.uuid()
    )
    .fetch_one(conn)
    .await
}

pub(crate) async fn has_second_factor(conn: &mut PgConnection, user: UserId) -> Result<bool> {
    sqlx::query_scalar!(r#"SELECT identity.has_second_factor($1) AS "has!""#, user.uuid())
        .fetch_one(conn)
        .await
}

pub(crate) async fn set_deleted(
    conn: &mut PgConnection,
    id: OrganizationId,
    at: Option<Timestamp>,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE identity.organizations SET deleted_at = $2, version = version + 1
          WHERE id = $1 AND (deleted_at IS NULL) <> ($2::timestamptz IS NULL)",
        id.uuid(),
        at
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// The addresses of an organization's owners.
pub(crate) async fn owners(conn: &mut PgConnection, id: OrganizationId) -> Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"SELECT u.email::text AS "email!" FROM identity.memberships m JOIN identity.users u ON u.id = m.user_id
            WHERE m.organization_id = $1 AND m.role = 'owner' AND m.suspended_at IS NULL ORDER BY m.created_at, m.id LIMIT 20"#,
        id.uuid()
    )
    .fetch_all(conn)
    .await
}

/// Deleted organizations that a person owns and that can still be brought back.
pub(crate) async fn list_deleted(
    conn: &mut PgConnection,
    owner: UserId,
    since: Timestamp,
) -> Result<Vec<DeletedOrganization>> {
    sqlx::query_as!(
        DeletedOrganization,
        r#"SELECT o.id AS "id: OrganizationId", o.slug, o.name, o.deleted_at AS "deleted_at!",
                  o.deleted_at + interval '14 days' AS "gone_at!"
             FROM identity.memberships m JOIN identity.organizations o ON o.id = m.organization_id
            WHERE m.user_id = $1 AND m.role = 'owner' AND m.suspended_at IS NULL AND o.deleted_at > $2
            ORDER BY o.deleted_at DESC, o.id"#,
        owner.uuid(),
        since
    )
    .fetch_all(conn)
    .await
}

pub(crate) async fn deleted_before(
    conn: &mut PgConnection,
    before: Timestamp,
) -> Result<Vec<OrganizationId>> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id: OrganizationId" FROM identity.organizations WHERE deleted_at < $1 ORDER BY deleted_at"#,
        before
    )
    .fetch_all(conn)
    .await
}

/// Removes everything of an organization, unless it was brought back meanwhile; gives the rows beside those that went
/// with it by a key.
pub(crate) async fn purge(
    conn: &mut PgConnection,
    id: OrganizationId,
    before: Timestamp,
) -> Result<Option<i64>> {
    // a large tenant takes longer than any request may
    sqlx::query!("SELECT set_config('statement_timeout', '0', true)").fetch_one(&mut *conn).await?;
    let due = sqlx::query_scalar!(
        "SELECT id FROM identity.organizations WHERE id = $1 AND deleted_at < $2 FOR UPDATE",
        id.uuid(),
        before
    )
    .fetch_optional(&mut *conn)
    .await?;
    if due.is_none() {
        return Ok(None);
    }
    sqlx::query_scalar!(r#"SELECT tenancy.purge_organization($1) AS "rows!""#, id.uuid())
        .fetch_one(conn)
        .await
        .map(Some)
}
