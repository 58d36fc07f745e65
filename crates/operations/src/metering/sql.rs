//! Queries on model calls.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId},
};
use bellwether_models::meter::AiRun;
use chrono::NaiveDate;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::AiUsage;

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

/// What the tenant asked of models since an instant. The id bounds the partitions that are read; a call's id is made when it
/// starts, a moment beside its time.
pub(crate) async fn sum_runs(conn: &mut PgConnection, since: Timestamp) -> Result<AiUsage> {
    sqlx::query_as!(
        AiUsage,
        r#"SELECT count(*) AS "calls!", coalesce(sum(input_tokens), 0)::bigint AS "input_tokens!",
                  coalesce(sum(output_tokens), 0)::bigint AS "output_tokens!",
                  count(*) FILTER (WHERE input_tokens IS NULL AND output_tokens IS NULL) AS "uncounted_calls!",
                  coalesce(sum(cost_micro_usd), 0)::bigint AS "cost_micro_usd!",
                  count(*) FILTER (WHERE cost_micro_usd IS NULL) AS "unpriced_calls!"
             FROM operations.ai_runs
            WHERE id >= tenancy.uuid_floor($1::timestamptz - interval '1 hour') AND created_at >= $1"#,
        since
    )
    .fetch_one(conn)
    .await
}
