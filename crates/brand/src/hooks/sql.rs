//! Queries on hooks.

use std::str::FromStr as _;

use bellwether_kernel::{
    Cursor, Timestamp,
    id::{BrandId, OrganizationId},
};
use sqlx::{PgConnection, Result};

use super::{Hook, HookKind, HookView, Season, Urgency};
use crate::ids::HookId;

pub(super) struct Row {
    pub(super) id: HookId,
    text: String,
    kind: String,
    category: Option<String>,
    season: Option<String>,
    place: Option<String>,
    urgency: String,
    usage_count: i32,
    last_used_at: Option<Timestamp>,
    month_number: Option<i16>,
    sequence_in_month: Option<i32>,
    performance_score: Option<f64>,
    generated_at: Option<Timestamp>,
    prompt: Option<String>,
    model: Option<String>,
    version: i32,
    pub(super) created_at: Timestamp,
}

impl From<Row> for HookView {
    fn from(row: Row) -> Self {
        let hook = Hook {
            text: row.text,
            kind: HookKind::from_str(&row.kind).unwrap_or(HookKind::Other),
            category: row.category,
            season: row.season.and_then(|text| Season::from_str(&text).ok()),
            place: row.place,
            urgency: Urgency::from_str(&row.urgency).unwrap_or_default(),
            performance_score: row.performance_score,
            model: row.model,
            prompt: row.prompt,
        };
        Self {
            id: row.id,
            hook,
            usage_count: row.usage_count,
            last_used_at: row.last_used_at,
            month_number: row.month_number,
            sequence_in_month: row.sequence_in_month,
            generated_at: row.generated_at,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

/// Which hooks a list shows.
pub(super) struct ListFilter<'a> {
    pub(super) brand: BrandId,
    pub(super) kind: Option<&'a str>,
    pub(super) category: Option<&'a str>,
    pub(super) season: Option<&'a str>,
    pub(super) urgency: Option<&'a str>,
    pub(super) generated: Option<bool>,
    /// Not used since.
    pub(super) free_since: Option<Timestamp>,
    pub(super) deleted: bool,
    pub(super) after: Option<Cursor>,
    pub(super) limit: i64,
}

pub(super) async fn list(conn: &mut PgConnection, filter: &ListFilter<'_>) -> Result<Vec<Row>> {
    let after = filter.after.unwrap_or(Cursor::NEWEST);
    sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: HookId", text, kind, category, season, place, urgency, usage_count, last_used_at,
                  month_number, sequence_in_month, performance_score, generated_at, prompt, model, version, created_at
             FROM brand.hooks
            WHERE brand_id = $1 AND (deleted_at IS NOT NULL) = $8
              AND ($2::text IS NULL OR kind = $2)
              AND ($3::text IS NULL OR lower(category) = lower($3))
              AND ($4::text IS NULL OR season = $4)
              AND ($5::text IS NULL OR urgency = $5)
              AND ($6::boolean IS NULL OR (generated_at IS NOT NULL) = $6)
              AND ($7::timestamptz IS NULL OR last_used_at IS NULL OR last_used_at < $7)
              AND (created_at, id) < ($9, $10)
            ORDER BY created_at DESC, id DESC
            LIMIT $11"#,
        filter.brand.uuid(),
        filter.kind,
        filter.category,
        filter.season,
        filter.urgency,
        filter.generated,
        filter.free_since,
        filter.deleted,
        after.at,
        after.id,
        filter.limit
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn get(conn: &mut PgConnection, brand: BrandId, id: HookId) -> Result<Option<HookView>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: HookId", text, kind, category, season, place, urgency, usage_count, last_used_at,
                  month_number, sequence_in_month, performance_score, generated_at, prompt, model, version, created_at
             FROM brand.hooks WHERE id = $1 AND brand_id = $2 AND deleted_at IS NULL"#,
        id.uuid(),
        brand.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(HookView::from))
}

pub(super) async fn count(conn: &mut PgConnection, brand: BrandId) -> Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM brand.hooks WHERE brand_id = $1 AND deleted_at IS NULL"#,
        brand.uuid()
    )
    .fetch_one(conn)
    .await
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    (organization, brand, id): (OrganizationId, BrandId, HookId),
    hook: &Hook,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO brand.hooks
           (organization_id, brand_id, id, text, kind, category, season, place, urgency, performance_score, model, prompt,
            generated_at, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::text, $12,
                 CASE WHEN $11::text IS NOT NULL THEN $13::timestamptz END, $13, $13)",
        organization.uuid(),
        brand.uuid(),
        id.uuid(),
        hook.text,
        <&str>::from(hook.kind),
        hook.category.as_deref(),
        hook.season.map(<&str>::from),
        hook.place.as_deref(),
        <&str>::from(hook.urgency),
        hook.performance_score,
        hook.model.as_deref(),
        hook.prompt.as_deref(),
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) async fn update(
    conn: &mut PgConnection,
    id: HookId,
    version: i32,
    hook: &Hook,
    now: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE brand.hooks
            SET text = $3, kind = $4, category = $5, season = $6, place = $7, urgency = $8, performance_score = $9,
                model = $10::text, prompt = $11,
                generated_at = CASE WHEN $10::text IS NOT NULL THEN coalesce(generated_at, $12::timestamptz) END,
                version = version + 1
          WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
        id.uuid(),
        version,
        hook.text,
        <&str>::from(hook.kind),
        hook.category.as_deref(),
        hook.season.map(<&str>::from),
        hook.place.as_deref(),
        <&str>::from(hook.urgency),
        hook.performance_score,
        hook.model.as_deref(),
        hook.prompt.as_deref(),
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Deletes a hook that is there (`at`), or brings one back.
pub(super) async fn set_deleted(
    conn: &mut PgConnection,
    brand: BrandId,
    id: HookId,
    at: Option<Timestamp>,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE brand.hooks SET deleted_at = $3::timestamptz, version = version + 1
          WHERE id = $1 AND brand_id = $2 AND (deleted_at IS NULL) = ($3::timestamptz IS NOT NULL)",
        id.uuid(),
        brand.uuid(),
        at
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Removes hooks deleted before an instant.
pub(crate) async fn delete_old(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    sqlx::query!("DELETE FROM brand.hooks WHERE deleted_at < $1", before)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
}

/// How many hooks were used since an instant, deleted ones too.
pub(super) async fn used_since(conn: &mut PgConnection, brand: BrandId, since: Timestamp) -> Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM brand.hooks WHERE brand_id = $1 AND last_used_at >= $2"#,
        brand.uuid(),
        since
    )
    .fetch_one(conn)
    .await
}

/// What a pick asks for.
pub(super) struct PickFilter<'a> {
    pub(super) brand: BrandId,
    pub(super) kind: Option<&'a str>,
    pub(super) category: Option<&'a str>,
    pub(super) season: Option<&'a str>,
    pub(super) place: Option<&'a str>,
    pub(super) urgency: Option<&'a str>,
    pub(super) month: (i16, Timestamp),
    pub(super) sequence: i32,
    pub(super) now: Timestamp,
}

/// Takes the hook used least, the best of those first, that was not used since the month began. A hook for one season or
/// place is taken only when that is asked for.
pub(super) async fn take(conn: &mut PgConnection, filter: &PickFilter<'_>) -> Result<Option<HookId>> {
    sqlx::query_scalar!(
        r#"UPDATE brand.hooks
              SET usage_count = usage_count + 1, last_used_at = $7, month_number = $8, sequence_in_month = $9
            WHERE id = (SELECT id FROM brand.hooks
                         WHERE brand_id = $1 AND deleted_at IS NULL
                           AND (last_used_at IS NULL OR last_used_at < $10)
                           AND ($2::text IS NULL OR kind = $2)
                           AND ($3::text IS NULL OR lower(category) = lower($3))
                           AND (season IS NULL OR season = $4)
                           AND (place IS NULL OR lower(place) = lower($5))
                           AND ($6::text IS NULL OR urgency = $6)
                         ORDER BY (season IS NULL), (place IS NULL), usage_count, performance_score DESC NULLS LAST,
                                  created_at, id
                         LIMIT 1)
        RETURNING id AS "id: HookId""#,
        filter.brand.uuid(),
        filter.kind,
        filter.category,
        filter.season,
        filter.place,
        filter.urgency,
        filter.now,
        filter.month.0,
        filter.sequence,
        filter.month.1
    )
    .fetch_optional(conn)
    .await
}
