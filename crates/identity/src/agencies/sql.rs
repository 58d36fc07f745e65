//! Queries on agencies and clients. A link stands between two tenants: service transactions, each query names the side.

use bellwether_kernel::{
    Cursor, Timestamp,
    id::{BrandId, OrganizationId, UserId},
};
use chrono::NaiveDate;
use sqlx::{PgConnection, Result};

use super::AgencyClientId;

pub(crate) struct Row {
    pub(crate) id: AgencyClientId,
    pub(crate) agency_id: OrganizationId,
    pub(crate) agency_slug: String,
    pub(crate) agency_name: String,
    pub(crate) client_id: OrganizationId,
    pub(crate) client_slug: String,
    pub(crate) client_name: String,
    pub(crate) brand_id: Option<BrandId>,
    pub(crate) label: String,
    pub(crate) permissions: Vec<String>,
    pub(crate) billing_allocation: f64,
    pub(crate) status: String,
    pub(crate) starts_on: Option<NaiveDate>,
    pub(crate) ends_on: Option<NaiveDate>,
    pub(crate) accepted_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) ended_by: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) members: i64,
    pub(crate) brands: i64,
}

/// Whose links are asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Side {
    Agency(OrganizationId),
    Client(OrganizationId),
}

impl Side {
    fn ids(self) -> (Option<uuid::Uuid>, Option<uuid::Uuid>) {
        match self {
            Self::Agency(id) => (Some(id.uuid()), None),
            Self::Client(id) => (None, Some(id.uuid())),
        }
    }
}

/// Links of one side, the newest first, ended ones only when `all`. One statement, whatever their number.
pub(crate) async fn list(
    conn: &mut PgConnection,
    side: Side,
    id: Option<AgencyClientId>,
    all: bool,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Row>> {
    let after = after.unwrap_or(Cursor::NEWEST);
    let (agency, client) = side.ids();
    sqlx::query_as!(
        Row,
        r#"SELECT c.id AS "id: AgencyClientId", a.id AS "agency_id: OrganizationId", a.slug AS agency_slug,
                  a.name AS agency_name, o.id AS "client_id: OrganizationId", o.slug AS client_slug,
                  o.name AS client_name, c.client_brand_id AS "brand_id: BrandId", c.label, c.permissions,
                  c.billing_allocation::float8 AS "billing_allocation!", c.status, c.starts_on, c.ends_on,
                  c.accepted_at, c.ended_at, c.ended_by, c.created_at,
                  (SELECT count(DISTINCT m.user_id) FROM identity.memberships m
                    WHERE m.organization_id = o.id AND m.suspended_at IS NULL) AS "members!",
                  (SELECT count(*) FROM brand.directory b WHERE b.organization_id = o.id) AS "brands!"
             FROM identity.agency_clients c
             JOIN identity.organizations a ON a.id = c.agency_organization_id AND a.deleted_at IS NULL
             JOIN identity.organizations o ON o.id = c.client_organization_id AND o.deleted_at IS NULL
            WHERE ($1::uuid IS NULL OR c.agency_organization_id = $1)
              AND ($2::uuid IS NULL OR c.client_organization_id = $2)
              AND ($1::uuid IS NOT NULL OR $2::uuid IS NOT NULL)
              AND ($3::uuid IS NULL OR c.id = $3)
              AND ($4 OR c.status <> 'ended')
              AND (c.created_at, c.id) < ($5, $6)
            ORDER BY c.created_at DESC, c.id DESC LIMIT $7"#,
        agency,
        client,
        id.map(AgencyClientId::uuid),
        all,
        after.at,
        after.id,
        limit
    )
    .fetch_all(conn)
    .await
}

/// An organization that an agency names: by address (a former one too) or id.
pub(crate) async fn find_organization(
    conn: &mut PgConnection,
    slug: &str,
    id: Option<OrganizationId>,
) -> Result<Option<OrganizationId>> {
    sqlx::query_scalar!(
        r#"SELECT o.id AS "id: OrganizationId" FROM identity.organizations o
            WHERE o.deleted_at IS NULL AND (o.id = $2 OR o.slug = $1 OR o.id = (
              SELECT s.organization_id FROM identity.organization_slugs s WHERE s.slug = $1))
            ORDER BY o.slug = $1 DESC LIMIT 1"#,
        slug,
        id.map(OrganizationId::uuid)
    )
    .fetch_optional(conn)
    .await
}

/// Locks the agency, and says what kind it is and how many hundredths its other clients bear.
pub(crate) async fn lock_agency(
    conn: &mut PgConnection,
    agency: OrganizationId,
    but: Option<AgencyClientId>,
) -> Result<(String, i32)> {
    let kind = sqlx::query_scalar!(
        "SELECT type FROM identity.organizations WHERE id = $1 FOR NO KEY UPDATE",
        agency.uuid()
    )
    .fetch_one(&mut *conn)
    .await?;
    let borne = sqlx::query_scalar!(
        r#"SELECT coalesce(sum(billing_allocation * 100), 0)::integer AS "borne!" FROM identity.agency_clients
            WHERE agency_organization_id = $1 AND status <> 'ended' AND id IS DISTINCT FROM $2"#,
        agency.uuid(),
        but.map(AgencyClientId::uuid)
    )
    .fetch_one(conn)
    .await?;
    Ok((kind, borne))
}

pub(crate) struct NewRow<'a> {
    pub(crate) id: AgencyClientId,
    pub(crate) agency: OrganizationId,
    pub(crate) client: OrganizationId,
    pub(crate) label: &'a str,
    pub(crate) permissions: &'a [String],
    pub(crate) hundredths: i32,
    pub(crate) starts_on: Option<NaiveDate>,
    pub(crate) ends_on: Option<NaiveDate>,
    pub(crate) invited_by: UserId,
    /// When it was accepted in the same breath: a client that the agency made itself.
    pub(crate) accepted_at: Option<Timestamp>,
    pub(crate) now: Timestamp,
}

pub(crate) async fn insert(conn: &mut PgConnection, new: &NewRow<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.agency_clients
           (id, agency_organization_id, client_organization_id, label, permissions, billing_allocation, status,
            starts_on, ends_on, invited_by, accepted_by, accepted_at, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6::integer / 100.0, CASE WHEN $10::timestamptz IS NULL THEN 'pending' ELSE 'active' END,
                 $7, $8, $9::uuid, CASE WHEN $10 IS NOT NULL THEN $9 END, $10, $11, $11)",
        new.id.uuid(),
        new.agency.uuid(),
        new.client.uuid(),
        new.label,
        new.permissions,
        new.hundredths,
        new.starts_on,
        new.ends_on,
        new.invited_by.uuid(),
        new.accepted_at,
        new.now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// What the agency says about its client.
pub(crate) async fn set_terms(
    conn: &mut PgConnection,
    id: AgencyClientId,
    label: &str,
    hundredths: i32,
) -> Result<()> {
    sqlx::query!(
        "UPDATE identity.agency_clients SET label = $2, billing_allocation = $3::integer / 100.0 WHERE id = $1",
        id.uuid(),
        label,
        hundredths
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// What the client lets the agency do.
pub(crate) struct Scope<'a> {
    pub(crate) permissions: &'a [String],
    pub(crate) brand: Option<BrandId>,
    pub(crate) starts_on: Option<NaiveDate>,
    pub(crate) ends_on: Option<NaiveDate>,
    /// Who accepts; none when it was accepted before.
    pub(crate) accepted_by: Option<UserId>,
    pub(crate) now: Timestamp,
}

pub(crate) async fn set_scope(
    conn: &mut PgConnection,
    id: AgencyClientId,
    scope: &Scope<'_>,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE identity.agency_clients
            SET permissions = $2, client_brand_id = $3, starts_on = $4, ends_on = $5, status = 'active',
                accepted_by = coalesce($6, accepted_by),
                accepted_at = CASE WHEN $6 IS NULL THEN accepted_at ELSE $7 END
          WHERE id = $1 AND status = CASE WHEN $6::uuid IS NULL THEN 'active' ELSE 'pending' END",
        id.uuid(),
        scope.permissions,
        scope.brand.map(BrandId::uuid),
        scope.starts_on,
        scope.ends_on,
        scope.accepted_by.map(UserId::uuid),
        scope.now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

pub(crate) async fn end(
    conn: &mut PgConnection,
    id: AgencyClientId,
    by: &str,
    now: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE identity.agency_clients SET status = 'ended', ended_at = $3, ended_by = $2
          WHERE id = $1 AND status <> 'ended'",
        id.uuid(),
        by,
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}
