//! The one query over several tenants: a service transaction, for the organizations that it names.

use bellwether_kernel::{Timestamp, id::OrganizationId};
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::{ClientHealth, Health};

/// How the posts of organizations stand, in each of the one brand named or in all.
pub(super) async fn health(
    conn: &mut PgConnection,
    organizations: &[Uuid],
    brands: &[Option<Uuid>],
    month: Timestamp,
) -> Result<Vec<Health>> {
    let rows = sqlx::query!(
        r#"SELECT c.organization_id AS "organization_id!: OrganizationId",
                  count(*) FILTER (WHERE p.status = 'pending') AS "waiting!",
                  count(*) FILTER (WHERE p.created_at >= $3) AS "posts_this_month!",
                  max(p.updated_at) AS last_activity_at
             FROM unnest($1::uuid[], $2::uuid[]) AS c (organization_id, brand_id)
             JOIN studio.posts p ON p.organization_id = c.organization_id
              AND (c.brand_id IS NULL OR p.brand_id = c.brand_id) AND p.deleted_at IS NULL
            GROUP BY c.organization_id"#,
        organizations,
        brands as &[Option<Uuid>],
        month
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let health = ClientHealth {
                waiting: row.waiting,
                posts_this_month: row.posts_this_month,
                last_activity_at: row.last_activity_at,
            };
            (row.organization_id, health)
        })
        .collect())
}
