//! Queries on organizations and memberships.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, MembershipId, OrganizationId, UserId},
};
use sqlx::{PgConnection, Result};

use super::{MemberView, OrganizationView};

pub(crate) struct NewRow<'a> {
    pub(crate) id: OrganizationId,
    pub(crate) slug: &'a str,
    pub(crate) name: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) demo: bool,
    pub(crate) now: Timestamp,
}

pub(crate) async fn insert(conn: &mut PgConnection, new: &NewRow<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.organizations (id, slug, name, type, demo, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6)",
        new.id.uuid(),
        new.slug,
        new.name,
        new.kind,
        new.demo,
        new.now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) async fn taken_slugs(conn: &mut PgConnection, candidates: &[String]) -> Result<Vec<String>> {
    sqlx::query_scalar!("SELECT slug FROM identity.organizations WHERE slug = ANY($1)", candidates)
        .fetch_all(conn)
        .await
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
        r#"SELECT id AS "id: OrganizationId", slug, name, type AS "type", demo, version, created_at
             FROM identity.organizations WHERE id = $1 AND deleted_at IS NULL"#,
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

pub(crate) async fn update(
    conn: &mut PgConnection,
    id: OrganizationId,
    version: i32,
    name: Option<&str>,
    kind: Option<&str>,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE identity.organizations
            SET name = coalesce($3, name), type = coalesce($4, type), version = version + 1
          WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
        id.uuid(),
        version,
        name,
        kind
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// The tenant's memberships with their people, at most 500.
pub(crate) async fn list_members(conn: &mut PgConnection) -> Result<Vec<MemberView>> {
    sqlx::query_as!(
        MemberView,
        r#"SELECT m.id AS "id: MembershipId", m.user_id AS "user_id: UserId", u.name, u.email::text AS "email!",
                  m.role, m.brand_id AS "brand_id: BrandId", m.created_at
             FROM identity.memberships m JOIN identity.users u ON u.id = m.user_id
            ORDER BY m.created_at, m.id LIMIT 500"#
    )
    .fetch_all(conn)
    .await
}
