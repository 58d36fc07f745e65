//! Queries on logos.

use bellwether_kernel::{Timestamp, id::OrganizationId};
use sqlx::{PgConnection, Result};

use crate::{ids::LogoId, profile::Avatar};

/// Puts a logo in place of the one before; the organization's version grows, since its view names the logo.
pub(super) async fn put(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: LogoId,
    logo: &Avatar,
    now: Timestamp,
) -> Result<()> {
    touch(conn, organization).await?;
    sqlx::query!(
        "INSERT INTO identity.logos (organization_id, id, content_type, content, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT ON CONSTRAINT logos_organization_key
         DO UPDATE SET id = excluded.id, content_type = excluded.content_type, content = excluded.content,
                       created_at = excluded.created_at",
        organization.uuid(),
        id.uuid(),
        logo.content_type,
        logo.content,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Removes an organization's logo; whether there was one.
pub(super) async fn delete(conn: &mut PgConnection, organization: OrganizationId) -> Result<bool> {
    let done = sqlx::query!("DELETE FROM identity.logos").execute(&mut *conn).await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    touch(conn, organization).await?;
    Ok(true)
}

async fn touch(conn: &mut PgConnection, organization: OrganizationId) -> Result<()> {
    sqlx::query!("UPDATE identity.organizations SET version = version + 1 WHERE id = $1", organization.uuid())
        .execute(conn)
        .await
        .map(|_| ())
}

pub(super) async fn find(conn: &mut PgConnection, id: LogoId) -> Result<Option<(String, Vec<u8>)>> {
    let row = sqlx::query!(
        "SELECT l.content_type, l.content
           FROM identity.logos l JOIN identity.organizations o ON o.id = l.organization_id
          WHERE l.id = $1 AND o.deleted_at IS NULL",
        id.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.content_type, row.content)))
}
