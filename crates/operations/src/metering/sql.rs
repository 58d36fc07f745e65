//! Queries on model calls.

use bellwether_kernel::id::{BrandId, OrganizationId};
use bellwether_models::meter::AiRun;
use chrono::NaiveDate;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

/// False when the run is written down already.
pub(crate) async fn insert_run(
    conn: &mut PgConnection,
    organization: OrganizationId,
    brand: Option<BrandId>,
    subject: Option<(&'static str, Uuid)>,
    run: &AiRun,
) -> Result<bool> {
    sqlx::query!(
        "INSERT INTO operations.ai_runs
           (organization_id, id, brand_id, created_at, purpose, provider, model, prompt, prompt_version, status,
            error_code, attempt, input_tokens, output_tokens, cost_micro_usd, milliseconds, note, subject_type,
            subject_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
         ON CONFLICT ON CONSTRAINT ai_runs_pkey DO NOTHING",
        organization.uuid(),
        run.id.uuid(),
        brand.map(BrandId::uuid),
        run.started_at,
        run.purpose.as_str(),
        run.provider,
        run.model,
        run.prompt,
        run.prompt_version as i32,
        run.status.as_str(),
        run.error_code,
        run.attempt as i32,
        run.usage.map(|usage| usage.input_tokens as i64),
        run.usage.map(|usage| usage.output_tokens as i64),
        run.cost.map(|cost| cost.0),
        run.milliseconds as i64,
        run.note,
        subject.map(|(kind, _)| kind),
        subject.map(|(_, id)| id)
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

pub(crate) async fn add_spending(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: Uuid,
    month: NaiveDate,
    cost_micro_usd: i64,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO operations.ai_spending AS s (organization_id, id, month, cost_micro_usd, runs)
         VALUES ($1, $2, $3, $4, 1)
         ON CONFLICT ON CONSTRAINT ai_spending_month_key
         DO UPDATE SET cost_micro_usd = s.cost_micro_usd + excluded.cost_micro_usd, runs = s.runs + 1",
        organization.uuid(),
        id,
        month,
        cost_micro_usd
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) struct SpendingRow {
    pub(crate) cost_micro_usd: i64,
    pub(crate) runs: i64,
}

pub(crate) async fn find_spending(conn: &mut PgConnection, month: NaiveDate) -> Result<Option<SpendingRow>> {
    sqlx::query_as!(
        SpendingRow,
        "SELECT cost_micro_usd, runs FROM operations.ai_spending WHERE month = $1",
        month
    )
    .fetch_optional(conn)
    .await
}
