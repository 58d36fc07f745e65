//! Queries on plans and subscriptions.

use bellwether_kernel::{Timestamp, id::OrganizationId};
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::PlanView;

pub(crate) async fn get(conn: &mut PgConnection, id: &str) -> Result<Option<PlanView>> {
    sqlx::query_as!(PlanView, "SELECT id, name, monthly_generations FROM billing.plans WHERE id = $1", id)
        .fetch_optional(conn)
        .await
}

/// The plan that counts: of the live subscription, else the given one.
pub(crate) async fn current(
    conn: &mut PgConnection,
    organization: OrganizationId,
    default: &str,
) -> Result<Option<PlanView>> {
    sqlx::query_as!(
        PlanView,
        "SELECT p.id, p.name, p.monthly_generations FROM billing.plans p
          WHERE p.id = coalesce(
            (SELECT s.plan_id FROM billing.subscriptions s
              WHERE s.organization_id = $1 AND s.status IN ('active', 'past_due', 'trialing')), $2)",
        organization.uuid(),
        default
    )
    .fetch_optional(conn)
    .await
}

pub(crate) async fn update_live(
    conn: &mut PgConnection,
    organization: OrganizationId,
    plan: &str,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE billing.subscriptions SET plan_id = $2
          WHERE organization_id = $1 AND status IN ('active', 'past_due', 'trialing')",
        organization.uuid(),
        plan
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() > 0)
}

pub(crate) async fn insert(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: Uuid,
    plan: &str,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO billing.subscriptions (organization_id, id, plan_id, status, created_at, updated_at)
         VALUES ($1, $2, $3, 'active', $4, $4)",
        organization.uuid(),
        id,
        plan,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}
