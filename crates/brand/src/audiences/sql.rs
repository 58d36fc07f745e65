//! Queries on audiences.

use std::str::FromStr as _;

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId},
};
use sqlx::{PgConnection, Result, types::Json};

use super::{Audience, AudienceView, Awareness, Demographics, Psychographics};
use crate::ids::AudienceId;

struct Row {
    id: AudienceId,
    name: String,
    description: Option<String>,
    demographics: Json<Demographics>,
    psychographics: Json<Psychographics>,
    job_roles: Vec<String>,
    pain_points: Vec<String>,
    desired_outcomes: Vec<String>,
    objections: Vec<String>,
    awareness_stage: Option<String>,
    version: i32,
    created_at: Timestamp,
}

impl From<Row> for AudienceView {
    fn from(row: Row) -> Self {
        let audience = Audience {
            name: row.name,
            description: row.description,
            demographics: row.demographics.0,
            psychographics: row.psychographics.0,
            job_roles: row.job_roles,
            pain_points: row.pain_points,
            desired_outcomes: row.desired_outcomes,
            objections: row.objections,
            awareness_stage: row.awareness_stage.and_then(|text| Awareness::from_str(&text).ok()),
        };
        Self { id: row.id, audience, version: row.version, created_at: row.created_at }
    }
}

/// A brand's audiences, the oldest first; one of them when an id is given.
pub(super) async fn find(
    conn: &mut PgConnection,
    brand: BrandId,
    id: Option<AudienceId>,
) -> Result<Vec<AudienceView>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: AudienceId", name, description, demographics AS "demographics: Json<Demographics>",
                  psychographics AS "psychographics: Json<Psychographics>", job_roles, pain_points, desired_outcomes,
                  objections, awareness_stage, version, created_at
             FROM brand.audiences WHERE brand_id = $1 AND ($2::uuid IS NULL OR id = $2)
            ORDER BY created_at, id"#,
        brand.uuid(),
        id.map(AudienceId::uuid)
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(AudienceView::from).collect())
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    (organization, brand, id): (OrganizationId, BrandId, AudienceId),
    audience: &Audience,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO brand.audiences
           (organization_id, brand_id, id, name, description, demographics, psychographics, job_roles, pain_points,
            desired_outcomes, objections, awareness_stage, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)",
        organization.uuid(),
        brand.uuid(),
        id.uuid(),
        audience.name,
        audience.description.as_deref(),
        Json(&audience.demographics) as _,
        Json(&audience.psychographics) as _,
        &audience.job_roles,
        &audience.pain_points,
        &audience.desired_outcomes,
        &audience.objections,
        audience.awareness_stage.map(<&str>::from),
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) async fn update(
    conn: &mut PgConnection,
    id: AudienceId,
    version: i32,
    audience: &Audience,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE brand.audiences
            SET name = $3, description = $4, demographics = $5, psychographics = $6, job_roles = $7, pain_points = $8,
                desired_outcomes = $9, objections = $10, awareness_stage = $11, version = version + 1
          WHERE id = $1 AND version = $2",
        id.uuid(),
        version,
        audience.name,
        audience.description.as_deref(),
        Json(&audience.demographics) as _,
        Json(&audience.psychographics) as _,
        &audience.job_roles,
        &audience.pain_points,
        &audience.desired_outcomes,
        &audience.objections,
        audience.awareness_stage.map(<&str>::from)
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

pub(super) async fn delete(conn: &mut PgConnection, brand: BrandId, id: AudienceId) -> Result<bool> {
    sqlx::query!("DELETE FROM brand.audiences WHERE id = $1 AND brand_id = $2", id.uuid(), brand.uuid())
        .execute(conn)
        .await
        .map(|done| done.rows_affected() == 1)
}
