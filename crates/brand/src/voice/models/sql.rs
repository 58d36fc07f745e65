//! Queries on models.

use bellwether_kernel::{
    Cursor, Timestamp,
    id::{BrandId, OrganizationId},
};
use serde_json::Value;
use sqlx::{PgConnection, Result, types::Json};

use super::view::{ValidationView, VoiceModelSummary};
use crate::{ids::VoiceModelId, voice::samples::sql::GoneRow};

/// The model in use.
pub(crate) struct ActiveRow {
    pub(crate) id: VoiceModelId,
    pub(crate) version: i32,
    /// Samples that it learned from and that are gone.
    pub(crate) samples_deleted: i32,
}

/// The active model of a family, else that of all.
pub(crate) async fn find_active(
    conn: &mut PgConnection,
    brand: BrandId,
    family: &str,
) -> Result<Option<ActiveRow>> {
    sqlx::query_as!(
        ActiveRow,
        r#"SELECT id AS "id: VoiceModelId", version, samples_deleted FROM brand.voice_models
            WHERE brand_id = $1 AND active AND family IN ($2, 'all') ORDER BY family = 'all' LIMIT 1"#,
        brand.uuid(),
        family
    )
    .fetch_optional(conn)
    .await
}

/// The active models of a brand: id and version, by family.
pub(crate) async fn list_active(
    conn: &mut PgConnection,
    brand: BrandId,
) -> Result<Vec<(String, VoiceModelId)>> {
    let rows = sqlx::query!(
        r#"SELECT family, id AS "id: VoiceModelId" FROM brand.voice_models
            WHERE brand_id = $1 AND active ORDER BY family"#,
        brand.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.family, row.id)).collect())
}

/// The voice itself, as it was written, and its guide.
pub(crate) async fn get_model(
    conn: &mut PgConnection,
    brand: BrandId,
    id: VoiceModelId,
) -> Result<Option<(String, Option<Value>)>> {
    let row = sqlx::query!(
        r#"SELECT model::text AS "model!", guide FROM brand.voice_models
            WHERE id = $1 AND brand_id = $2 AND model IS NOT NULL"#,
        id.uuid(),
        brand.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.model, row.guide)))
}

macro_rules! summaries {
    ($rest:literal, $($argument:expr),*) => {
        sqlx::query_as!(
            VoiceModelSummary,
            r#"SELECT id AS "id: VoiceModelId", version, family, status, active, sample_count, other_count, words,
                      validation_score, validation AS "validation: Json<ValidationView>", before_score, after_score,
                      failure, training_started_at, training_completed_at, created_at
                 FROM brand.voice_models "# + $rest,
            $($argument),*
        )
    };
}

/// A page, the newest first.
pub(super) async fn list(
    conn: &mut PgConnection,
    brand: BrandId,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<VoiceModelSummary>> {
    let after = after.unwrap_or(Cursor::NEWEST);
    summaries!(
        "WHERE brand_id = $1
           AND (created_at, id) < ($2, $3)
         ORDER BY created_at DESC, id DESC LIMIT $4",
        brand.uuid(),
        after.at,
        after.id,
        limit
    )
    .fetch_all(conn)
    .await
}

/// What is in use and what is being trained.
pub(crate) async fn list_current(conn: &mut PgConnection, brand: BrandId) -> Result<Vec<VoiceModelSummary>> {
    summaries!("WHERE brand_id = $1 AND (active OR status IN ('pending', 'training'))", brand.uuid())
        .fetch_all(conn)
        .await
}

pub(super) async fn get(
    conn: &mut PgConnection,
    brand: BrandId,
    id: VoiceModelId,
) -> Result<Option<VoiceModelSummary>> {
    summaries!("WHERE id = $1 AND brand_id = $2", id.uuid(), brand.uuid()).fetch_optional(conn).await
}

/// What a version was trained with and what it says in words.
pub(super) async fn get_details(
    conn: &mut PgConnection,
    id: VoiceModelId,
) -> Result<Option<(Value, Option<Value>)>> {
    let row = sqlx::query!("SELECT config, guide FROM brand.voice_models WHERE id = $1", id.uuid())
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| (row.config, row.guide)))
}

/// Adds the next version of a family, waiting for a worker. The brand is locked by the caller.
pub(super) async fn insert(
    conn: &mut PgConnection,
    (organization, brand, id): (OrganizationId, BrandId, VoiceModelId),
    family: &str,
    config: &Value,
    now: Timestamp,
) -> Result<i32> {
    sqlx::query_scalar!(
        r#"INSERT INTO brand.voice_models (organization_id, brand_id, id, family, version, config, created_at)
           SELECT $1, $2, $3, $4, coalesce(max(version), 0) + 1, $5, $6
             FROM brand.voice_models WHERE brand_id = $2 AND family = $4
        RETURNING version"#,
        organization.uuid(),
        brand.uuid(),
        id.uuid(),
        family,
        config,
        now
    )
    .fetch_one(conn)
    .await
}

/// The version of a family that waits or is being trained.
pub(crate) async fn find_training(
    conn: &mut PgConnection,
    brand: BrandId,
    family: &str,
) -> Result<Option<i32>> {
    sqlx::query_scalar!(
        "SELECT version FROM brand.voice_models
          WHERE brand_id = $1 AND family = $2 AND status IN ('pending', 'training')",
        brand.uuid(),
        family
    )
    .fetch_optional(conn)
    .await
}

/// A version that a training job is about, locked.
pub(super) struct TrainingRow {
    pub(super) brand: BrandId,
    pub(super) family: String,
    pub(super) version: i32,
    pub(super) status: String,
}

pub(super) async fn lock(conn: &mut PgConnection, id: VoiceModelId) -> Result<Option<TrainingRow>> {
    sqlx::query_as!(
        TrainingRow,
        r#"SELECT brand_id AS "brand: BrandId", family, version, status FROM brand.voice_models
            WHERE id = $1 FOR UPDATE"#,
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn start(conn: &mut PgConnection, id: VoiceModelId, now: Timestamp) -> Result<()> {
    sqlx::query!(
        "UPDATE brand.voice_models SET status = 'training', training_started_at = $2 WHERE id = $1",
        id.uuid(),
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// When the latest training of a family began, whatever became of it, and how many samples were deleted since.
pub(crate) async fn find_latest(
    conn: &mut PgConnection,
    brand: BrandId,
    family: &str,
) -> Result<Option<(Timestamp, i32)>> {
    let row = sqlx::query!(
        r#"SELECT training_started_at AS "at!", samples_deleted FROM brand.voice_models
            WHERE brand_id = $1 AND family = $2 AND training_started_at IS NOT NULL
            ORDER BY training_started_at DESC, version DESC LIMIT 1"#,
        brand.uuid(),
        family
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.at, row.samples_deleted)))
}

/// Counts a sample that is gone with the versions of some families that learned from it: it was there when their training
/// began, and was taken then or has been changed since.
pub(crate) async fn miss(
    conn: &mut PgConnection,
    brand: BrandId,
    families: &[String],
    gone: &GoneRow,
) -> Result<u64> {
    sqlx::query!(
        "UPDATE brand.voice_models SET samples_deleted = samples_deleted + 1
          WHERE brand_id = $1 AND family = ANY($2) AND training_started_at >= $3
            AND ($4 OR training_started_at < $5)",
        brand.uuid(),
        families,
        gone.created_at,
        gone.used,
        gone.changed_at
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected())
}

/// When the training of a family's active version began, and how that version did.
pub(super) async fn find_older(
    conn: &mut PgConnection,
    brand: BrandId,
    family: &str,
) -> Result<Option<(Timestamp, Option<f64>)>> {
    let row = sqlx::query!(
        r#"SELECT coalesce(training_started_at, created_at) AS "at!", validation_score FROM brand.voice_models
            WHERE brand_id = $1 AND family = $2 AND active"#,
        brand.uuid(),
        family
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.at, row.validation_score)))
}

/// How a training ended well.
pub(super) struct Completed<'a> {
    pub(super) config: &'a Value,
    pub(super) sample_count: i32,
    pub(super) other_count: i32,
    pub(super) words: i32,
    pub(super) validation: &'a ValidationView,
    pub(super) before_score: Option<f64>,
    pub(super) after_score: Option<f64>,
    pub(super) guide: &'a Value,
    /// JSON.
    pub(super) model: &'a str,
    pub(super) now: Timestamp,
}

pub(super) async fn complete(conn: &mut PgConnection, id: VoiceModelId, done: &Completed<'_>) -> Result<()> {
    sqlx::query!(
        "UPDATE brand.voice_models
            SET status = 'completed', config = config || $2, sample_count = $3, other_count = $4, words = $5,
                validation_score = $6, validation = $7, before_score = $8, after_score = $9, guide = $10,
                model = $11::text::json, failure = NULL, training_completed_at = $12
          WHERE id = $1",
        id.uuid(),
        done.config,
        done.sample_count,
        done.other_count,
        done.words,
        done.validation.area,
        Json(done.validation) as _,
        done.before_score,
        done.after_score,
        done.guide,
        done.model,
        done.now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// False when it ended already.
pub(super) async fn fail(
    conn: &mut PgConnection,
    id: VoiceModelId,
    failure: &str,
    now: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE brand.voice_models SET status = 'failed', failure = $2, training_completed_at = $3
          WHERE id = $1 AND status IN ('pending', 'training')",
        id.uuid(),
        failure,
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Puts a completed version of a family to use and the others out of it; false when there is no such version.
pub(super) async fn activate(
    conn: &mut PgConnection,
    brand: BrandId,
    family: &str,
    id: VoiceModelId,
) -> Result<bool> {
    // in two steps: the index that allows one is checked row by row
    sqlx::query!(
        "UPDATE brand.voice_models SET active = false WHERE brand_id = $1 AND family = $2 AND active AND id <> $3",
        brand.uuid(),
        family,
        id.uuid()
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE brand.voice_models SET active = true
          WHERE id = $3 AND brand_id = $1 AND family = $2 AND status = 'completed'",
        brand.uuid(),
        family,
        id.uuid()
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Deletes a version that isn't being trained; false when there is none.
pub(super) async fn delete(conn: &mut PgConnection, brand: BrandId, id: VoiceModelId) -> Result<bool> {
    sqlx::query!(
        "DELETE FROM brand.voice_models
          WHERE id = $1 AND brand_id = $2 AND status IN ('completed', 'failed')",
        id.uuid(),
        brand.uuid()
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Deletes versions of a family beyond the newest `kept`; the active one stays.
pub(super) async fn delete_old(
    conn: &mut PgConnection,
    brand: BrandId,
    family: &str,
    kept: i32,
) -> Result<u64> {
    sqlx::query!(
        "DELETE FROM brand.voice_models
          WHERE brand_id = $1 AND family = $2 AND NOT active AND status IN ('completed', 'failed')
            AND version <= (SELECT max(version) - $3 FROM brand.voice_models WHERE brand_id = $1 AND family = $2)",
        brand.uuid(),
        family,
        kept
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected())
}

/// Fails what has been waiting or trained since before an instant, over all tenants.
pub(crate) async fn fail_stale(
    conn: &mut PgConnection,
    failure: &str,
    before: Timestamp,
    now: Timestamp,
) -> Result<u64> {
    sqlx::query!(
        "UPDATE brand.voice_models SET status = 'failed', failure = $1, training_completed_at = $3
          WHERE status IN ('pending', 'training') AND coalesce(training_started_at, created_at) < $2",
        failure,
        before,
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected())
}
