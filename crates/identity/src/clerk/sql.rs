//! Queries that Clerk's events need and nobody else.

use bellwether_kernel::{
    Timestamp,
    id::{MembershipId, OrganizationId, UserId},
};
use sqlx::{PgConnection, Result};

/// A person's name as Clerk has it now.
pub(crate) async fn update_user(conn: &mut PgConnection, user: UserId, name: Option<&str>) -> Result<()> {
    sqlx::query!("UPDATE identity.users SET name = coalesce($2, name) WHERE id = $1", user.uuid(), name)
        .execute(conn)
        .await
        .map(|_| ())
}

pub(crate) async fn has_email(conn: &mut PgConnection, email: &str, but: UserId) -> Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM identity.users WHERE email = $1::text::citext AND id <> $2) AS "is!""#,
        email,
        but.uuid()
    )
    .fetch_one(conn)
    .await
}

pub(crate) async fn delete_user(conn: &mut PgConnection, user: UserId, now: Timestamp) -> Result<bool> {
    sqlx::query!(
        "UPDATE identity.users SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL",
        user.uuid(),
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// The old name, when it is another one now.
pub(crate) async fn rename_organization(
    conn: &mut PgConnection,
    id: OrganizationId,
    name: &str,
) -> Result<Option<String>> {
    sqlx::query_scalar!(
        r#"UPDATE identity.organizations o SET name = $2, version = o.version + 1
             FROM identity.organizations old
            WHERE o.id = $1 AND old.id = o.id AND o.deleted_at IS NULL AND o.name <> $2
        RETURNING old.name AS "name!""#,
        id.uuid(),
        name
    )
    .fetch_optional(conn)
    .await
}

pub(crate) async fn delete_organization(
    conn: &mut PgConnection,
    id: OrganizationId,
    now: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE identity.organizations SET deleted_at = $2, version = version + 1
          WHERE id = $1 AND deleted_at IS NULL",
        id.uuid(),
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

pub(crate) struct MembershipRow {
    pub(crate) id: MembershipId,
    pub(crate) role: String,
}

/// A person's membership in the whole organization, locked.
pub(crate) async fn lock_membership(
    conn: &mut PgConnection,
    organization: OrganizationId,
    user: UserId,
) -> Result<Option<MembershipRow>> {
    sqlx::query_as!(
        MembershipRow,
        r#"SELECT id AS "id: MembershipId", role FROM identity.memberships
            WHERE organization_id = $1 AND user_id = $2 AND brand_id IS NULL FOR UPDATE"#,
        organization.uuid(),
        user.uuid()
    )
    .fetch_optional(conn)
    .await
}

pub(crate) async fn set_role(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: MembershipId,
    role: &str,
) -> Result<()> {
    sqlx::query!(
        "UPDATE identity.memberships SET role = $3 WHERE organization_id = $1 AND id = $2",
        organization.uuid(),
        id.uuid(),
        role
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Whether somebody else owns the organization, by the rule of `identity.keep_an_owner()`. Locks it, so that two owners can't leave at once.
pub(crate) async fn has_other_owner(
    conn: &mut PgConnection,
    organization: OrganizationId,
    user: UserId,
) -> Result<bool> {
    sqlx::query!("SELECT id FROM identity.organizations WHERE id = $1 FOR UPDATE", organization.uuid())
        .fetch_optional(&mut *conn)
        .await?;
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM identity.memberships m
             JOIN identity.users u ON u.id = m.user_id AND u.deleted_at IS NULL
            WHERE m.organization_id = $1 AND m.role = 'owner' AND m.user_id <> $2 AND m.suspended_at IS NULL) AS "is!""#,
        organization.uuid(),
        user.uuid()
    )
    .fetch_one(conn)
    .await
}

/// Takes a person out of an organization, single brands included.
pub(crate) async fn leave(
    conn: &mut PgConnection,
    organization: OrganizationId,
    user: UserId,
) -> Result<bool> {
    sqlx::query!(
        "DELETE FROM identity.memberships WHERE organization_id = $1 AND user_id = $2",
        organization.uuid(),
        user.uuid()
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() > 0)
}
