//! Queries on plans and subscriptions.

use bellwether_kernel::{Timestamp, id::OrganizationId};
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::PlanView;

pub(crate) async fn get(conn: &mut PgConnection, id: &str) -> Result<Option<PlanView>> {
    sqlx::query_as!(
        PlanView,
        "SELECT id, name, monthly_generations, ai_tier, monthly_ai_cap_micro_usd FROM billing.plans WHERE id = $1",
        id
    )
    .fetch_optional(conn)
    .await
}

/// The plan that counts: of the live subscription, else the given one.
pub(crate) async fn current(
    conn: &mut PgConnection,
    organization: OrganizationId,
    default: &str,
    now: Timestamp,
) -> Result<Option<PlanView>> {
    sqlx::query_as!(
        PlanView,
        "SELECT p.id, p.name, p.monthly_generations, p.ai_tier, p.monthly_ai_cap_micro_usd FROM billing.plans p
          WHERE p.id = coalesce(
            (SELECT s.plan_id FROM billing.subscriptions s
              WHERE s.organization_id = $1 AND s.status IN ('active', 'past_due', 'trialing')
                -- one that was left counts to the end of what is paid
                AND NOT (s.cancel_at_period_end AND coalesce(s.current_period_end, $3) <= $3)), $2)",
        organization.uuid(),
        default,
        now
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
        "UPDATE billing.subscriptions SET plan_id = $2, cancel_at_period_end = false, canceled_at = NULL
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

/// A plan that was left.
pub(crate) struct LeftRow {
    pub(crate) plan_id: String,
    /// Until when it counts; none when it ended at once.
    pub(crate) until: Option<Timestamp>,
}

/// Ends the live subscription at the end of what is paid, else at once. None when there is none, or it was ended before.
pub(crate) async fn cancel(
    conn: &mut PgConnection,
    organization: OrganizationId,
    default: &str,
    now: Timestamp,
) -> Result<Option<LeftRow>> {
    sqlx::query_as!(
        LeftRow,
        "UPDATE billing.subscriptions
            SET cancel_at_period_end = coalesce(current_period_end > $3, false), canceled_at = $3,
                status = CASE WHEN current_period_end > $3 THEN status ELSE 'canceled' END
          WHERE organization_id = $1 AND status IN ('active', 'past_due', 'trialing') AND NOT cancel_at_period_end
            AND plan_id <> $2
        RETURNING plan_id, CASE WHEN current_period_end > $3 THEN current_period_end END AS until",
        organization.uuid(),
        default,
        now
    )
    .fetch_optional(conn)
    .await
}

/// Trials that end within a span, over all tenants.
pub(crate) async fn ending_trials(
    conn: &mut PgConnection,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<(OrganizationId, Timestamp)>> {
    let rows = sqlx::query!(
        r#"SELECT organization_id AS "organization: OrganizationId", trial_end AS "end!"
             FROM billing.subscriptions
            WHERE status = 'trialing' AND trial_end > $1 AND trial_end <= $2 ORDER BY trial_end, organization_id"#,
        from,
        to
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.organization, row.end)).collect())
}
