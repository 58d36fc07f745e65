//! Queries on memberships. Some of them run in service transactions, where no policy holds them to one organization:
//! each names its own.

use bellwether_kernel::{
    Cursor, Timestamp,
    id::{BrandId, MembershipId, OrganizationId, UserId},
};
use bellwether_store::plan_for_values;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

/// A person with what they are in the organization; with several brands, the highest role among them.
pub(crate) struct MemberRow {
    pub(crate) id: MembershipId,
    pub(crate) user_id: UserId,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) role: String,
    pub(crate) added: Vec<String>,
    pub(crate) removed: Vec<String>,
    pub(crate) brand_id: Option<BrandId>,
    pub(crate) brand_ids: Vec<Uuid>,
    pub(crate) suspended_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
}

/// What a list of members is narrowed to.
#[derive(Default)]
pub(crate) struct ListFilter<'a> {
    pub(crate) user: Option<UserId>,
    /// A pattern of LIKE.
    pub(crate) query: Option<&'a str>,
    pub(crate) role: Option<&'a str>,
    pub(crate) suspended: Option<bool>,
    /// The brands of the one who asks.
    pub(crate) brands: Option<&'a [Uuid]>,
    pub(crate) after: Option<Cursor>,
    pub(crate) limit: i64,
}

/// One row for a person, by their first membership, oldest first.
pub(crate) async fn list(
    conn: &mut PgConnection,
    organization: OrganizationId,
    filter: &ListFilter<'_>,
) -> Result<Vec<MemberRow>> {
    let after = filter.after.unwrap_or(Cursor::OLDEST);
    plan_for_values(&mut *conn).await?;
    sqlx::query_as!(
        MemberRow,
        r#"SELECT m.id AS "id: MembershipId", m.user_id AS "user_id: UserId", u.name, u.email::text AS "email!",
                  main.role, main.permissions_added AS added, main.permissions_removed AS removed,
                  main.brand_id AS "brand_id?: BrandId", main.suspended_at,
                  ARRAY(SELECT r.brand_id FROM identity.memberships r
                         WHERE r.organization_id = $1 AND r.user_id = m.user_id AND r.brand_id IS NOT NULL
                         ORDER BY r.created_at, r.id) AS "brand_ids!: Vec<Uuid>",
                  m.created_at
             FROM identity.memberships m
             -- who deleted their account is none; should they bring it back, they are one again
             JOIN identity.users u ON u.id = m.user_id AND u.deleted_at IS NULL
            CROSS JOIN LATERAL (
              SELECT r.role, r.permissions_added, r.permissions_removed, r.brand_id, r.suspended_at
                FROM identity.memberships r
               WHERE r.organization_id = $1 AND r.user_id = m.user_id
               ORDER BY r.brand_id IS NULL DESC,
                        array_position(ARRAY['owner', 'admin', 'manager', 'member'], r.role), r.id
               LIMIT 1) main
            WHERE m.organization_id = $1
              AND NOT EXISTS (
                SELECT FROM identity.memberships e
                 WHERE e.organization_id = $1 AND e.user_id = m.user_id
                   AND (e.created_at, e.id) < (m.created_at, m.id))
              AND ($2::uuid IS NULL OR m.user_id = $2)
              AND ($3::text IS NULL OR u.name ILIKE $3 OR u.email::text ILIKE $3)
              AND ($4::text IS NULL OR m.role = $4)
              AND ($5::boolean IS NULL OR (m.suspended_at IS NOT NULL) = $5)
              AND ($6::uuid[] IS NULL OR main.brand_id IS NULL OR EXISTS (
                SELECT FROM identity.memberships s
                 WHERE s.organization_id = $1 AND s.user_id = m.user_id AND s.brand_id = ANY ($6)))
              AND (m.created_at, m.id) > ($7, $8)
            ORDER BY m.created_at, m.id LIMIT $9"#,
        organization.uuid(),
        filter.user.map(UserId::uuid),
        filter.query,
        filter.role,
        filter.suspended,
        filter.brands,
        after.at,
        after.id,
        filter.limit
    )
    .fetch_all(conn)
    .await
}

/// One membership of a person.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) id: MembershipId,
    pub(crate) brand_id: Option<BrandId>,
    pub(crate) role: String,
    pub(crate) added: Vec<String>,
    pub(crate) removed: Vec<String>,
    pub(crate) suspended_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
}

/// All memberships of a person in the organization, locked.
pub(crate) async fn lock(
    conn: &mut PgConnection,
    organization: OrganizationId,
    user: UserId,
) -> Result<Vec<Row>> {
    sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: MembershipId", brand_id AS "brand_id: BrandId", role, permissions_added AS added,
                  permissions_removed AS removed, suspended_at, created_at
             FROM identity.memberships WHERE organization_id = $1 AND user_id = $2 ORDER BY id FOR UPDATE"#,
        organization.uuid(),
        user.uuid()
    )
    .fetch_all(conn)
    .await
}

/// A membership to be written.
pub(crate) struct Write<'a> {
    pub(crate) organization: OrganizationId,
    pub(crate) user: UserId,
    pub(crate) brand: Option<BrandId>,
    pub(crate) role: &'a str,
    pub(crate) added: &'a [String],
    pub(crate) removed: &'a [String],
    pub(crate) suspended_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
}

pub(crate) async fn insert(conn: &mut PgConnection, id: MembershipId, new: &Write<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.memberships
           (organization_id, id, user_id, brand_id, role, permissions_added, permissions_removed, suspended_at,
            created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        new.organization.uuid(),
        id.uuid(),
        new.user.uuid(),
        new.brand.map(BrandId::uuid),
        new.role,
        new.added,
        new.removed,
        new.suspended_at,
        new.created_at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) async fn update(conn: &mut PgConnection, id: MembershipId, new: &Write<'_>) -> Result<()> {
    sqlx::query!(
        "UPDATE identity.memberships SET role = $3, permissions_added = $4, permissions_removed = $5
          WHERE organization_id = $1 AND id = $2",
        new.organization.uuid(),
        id.uuid(),
        new.role,
        new.added,
        new.removed
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) async fn delete(
    conn: &mut PgConnection,
    organization: OrganizationId,
    ids: &[Uuid],
) -> Result<()> {
    sqlx::query!(
        "DELETE FROM identity.memberships WHERE organization_id = $1 AND id = ANY ($2)",
        organization.uuid(),
        ids
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) async fn set_suspended(
    conn: &mut PgConnection,
    organization: OrganizationId,
    user: UserId,
    at: Option<Timestamp>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE identity.memberships SET suspended_at = $3 WHERE organization_id = $1 AND user_id = $2",
        organization.uuid(),
        user.uuid(),
        at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Those of the brands that are there.
pub(crate) async fn known_brands(
    conn: &mut PgConnection,
    organization: OrganizationId,
    brands: &[Uuid],
) -> Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id!" FROM brand.directory WHERE organization_id = $1 AND id = ANY ($2)"#,
        organization.uuid(),
        brands
    )
    .fetch_all(conn)
    .await
}

/// What somebody may at this moment, as the door would say.
pub(crate) async fn entry(
    conn: &mut PgConnection,
    user: UserId,
    now: Timestamp,
    organization: OrganizationId,
) -> Result<super::model::EntryRow> {
    let row = sqlx::query_as!(
        super::model::EntryRow,
        r#"SELECT organization_id AS "organization: OrganizationId", organization_role,
                  permissions_added AS added, permissions_removed AS removed, brand_ids AS brands,
                  brand_id AS "brand: BrandId", brand_role, brand_added, brand_removed, suspended, factor_missing,
                  agency_id AS "agency: OrganizationId", agency_permissions
             FROM identity.entry($1, $2, NULL, $3, NULL, NULL, true)"#,
        user.uuid(),
        now,
        organization.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.unwrap_or_default())
}
