//! Queries on onboarding.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId, UserId},
};
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::model::Decided;

/// What the person decided, locked until the end of the transaction.
pub(super) async fn find(conn: &mut PgConnection, brand: BrandId, user: UserId) -> Result<Option<Decided>> {
    sqlx::query_as!(
        Decided,
        "SELECT current_step, done, skipped, completed_at, version FROM identity.onboarding
          WHERE brand_id = $1 AND user_id = $2 FOR UPDATE",
        brand.uuid(),
        user.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// Writes it, if nobody else wrote it since that version.
pub(super) async fn put(
    conn: &mut PgConnection,
    key: (OrganizationId, Uuid, BrandId, UserId),
    decided: &Decided,
    now: Timestamp,
) -> Result<bool> {
    let (organization, id, brand, user) = key;
    sqlx::query!(
        "INSERT INTO identity.onboarding AS o
           (organization_id, id, brand_id, user_id, current_step, done, skipped, completed_at, version, created_at,
            updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $9)
         ON CONFLICT ON CONSTRAINT onboarding_person_key DO UPDATE
           SET current_step = excluded.current_step, done = excluded.done, skipped = excluded.skipped,
               completed_at = excluded.completed_at, version = o.version + 1
         WHERE o.version = $10",
        organization.uuid(),
        id,
        brand.uuid(),
        user.uuid(),
        decided.current_step,
        &decided.done,
        &decided.skipped,
        decided.completed_at,
        now,
        decided.version
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// How many people belong to the tenant.
pub(super) async fn count_members(conn: &mut PgConnection) -> Result<i64> {
    sqlx::query_scalar!(r#"SELECT count(DISTINCT user_id) AS "count!" FROM identity.memberships"#)
        .fetch_one(conn)
        .await
}
