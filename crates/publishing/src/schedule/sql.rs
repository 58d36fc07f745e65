//! Queries on schedules, slots and pauses.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId, UserId},
};
use chrono::{NaiveDateTime, NaiveTime};
use serde_json::Value;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::Slot;
use crate::{ConnectionId, PauseId, ScheduleId};

pub(crate) struct ScheduleRow {
    pub(crate) id: ScheduleId,
    pub(crate) min_minutes_apart: i32,
    pub(crate) daily_caps: Value,
    pub(crate) late_minutes: i32,
    pub(crate) version: i32,
}

/// A brand's schedule; made when it is first wanted, so that there is one row to hold.
pub(crate) async fn lock(
    conn: &mut PgConnection,
    organization: OrganizationId,
    brand: BrandId,
    new: ScheduleId,
) -> Result<ScheduleRow> {
    sqlx::query!(
        "INSERT INTO publishing.schedules (organization_id, id, brand_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        organization as _,
        new as _,
        brand as _,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query_as!(
        ScheduleRow,
        r#"SELECT id AS "id: ScheduleId", min_minutes_apart, daily_caps, late_minutes, version
           FROM publishing.schedules WHERE brand_id = $1 FOR UPDATE"#,
        brand as _,
    )
    .fetch_one(conn)
    .await
}

pub(crate) async fn get(conn: &mut PgConnection, brand: BrandId) -> Result<Option<ScheduleRow>> {
    sqlx::query_as!(
        ScheduleRow,
        r#"SELECT id AS "id: ScheduleId", min_minutes_apart, daily_caps, late_minutes, version
           FROM publishing.schedules WHERE brand_id = $1"#,
        brand as _,
    )
    .fetch_optional(conn)
    .await
}

pub(crate) async fn slots(conn: &mut PgConnection, brand: BrandId) -> Result<Vec<Slot>> {
    sqlx::query_as!(
        Slot,
        "SELECT day_of_week AS day, local_time AS time, network FROM publishing.slots
         WHERE brand_id = $1 ORDER BY day_of_week, local_time, network NULLS FIRST",
        brand as _,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn update(
    conn: &mut PgConnection,
    brand: BrandId,
    min_minutes_apart: i32,
    daily_caps: &Value,
    late_minutes: i32,
) -> Result<()> {
    sqlx::query!(
        "UPDATE publishing.schedules
         SET min_minutes_apart = $2, daily_caps = $3, late_minutes = $4, version = version + 1 WHERE brand_id = $1",
        brand as _,
        min_minutes_apart,
        daily_caps,
        late_minutes,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// New slots, in columns.
pub(super) struct NewSlots {
    pub(super) ids: Vec<Uuid>,
    pub(super) days: Vec<i16>,
    pub(super) times: Vec<NaiveTime>,
    pub(super) networks: Vec<Option<String>>,
}

pub(super) async fn replace_slots(
    conn: &mut PgConnection,
    (organization, brand, schedule): (OrganizationId, BrandId, ScheduleId),
    new: &NewSlots,
) -> Result<()> {
    sqlx::query!("DELETE FROM publishing.slots WHERE brand_id = $1", brand as _).execute(&mut *conn).await?;
    sqlx::query!(
        "INSERT INTO publishing.slots (organization_id, id, brand_id, schedule_id, day_of_week, local_time, network)
         SELECT $1, s.id, $2, $3, s.day, s.time, s.network
         FROM unnest($4::uuid[], $5::smallint[], $6::time[], $7::text[]) AS s (id, day, time, network)
         ON CONFLICT DO NOTHING",
        organization as _,
        brand as _,
        schedule as _,
        &new.ids,
        &new.days,
        &new.times,
        &new.networks as &[Option<String>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The wall-clock times that are planned on an account from a time on.
pub(crate) async fn taken(
    conn: &mut PgConnection,
    connection: ConnectionId,
    from: NaiveDateTime,
) -> Result<Vec<NaiveDateTime>> {
    sqlx::query_scalar!(
        r#"SELECT local_time AS "local_time!" FROM publishing.publications
           WHERE connection_id = $1 AND state <> 'cancelled' AND local_time >= $2"#,
        connection as _,
        from,
    )
    .fetch_all(conn)
    .await
}

/// The wall-clock times that are planned for a brand from a time on, with their network.
pub(super) async fn taken_of_brand(
    conn: &mut PgConnection,
    brand: BrandId,
    network: Option<&str>,
    from: NaiveDateTime,
) -> Result<Vec<NaiveDateTime>> {
    sqlx::query_scalar!(
        r#"SELECT local_time AS "local_time!" FROM publishing.publications
           WHERE brand_id = $1 AND ($2::text IS NULL OR network = $2) AND state <> 'cancelled' AND local_time >= $3"#,
        brand as _,
        network,
        from,
    )
    .fetch_all(conn)
    .await
}

/// A time that is planned on an account that works; none where the account has nothing planned.
pub(super) struct TakenRow {
    pub(super) connection: ConnectionId,
    pub(super) network: String,
    pub(super) local_time: Option<NaiveDateTime>,
}

pub(super) async fn taken_by_account(
    conn: &mut PgConnection,
    brand: BrandId,
    from: NaiveDateTime,
) -> Result<Vec<TakenRow>> {
    sqlx::query_as!(
        TakenRow,
        r#"SELECT c.id AS "connection: ConnectionId", c.network, p.local_time
           FROM publishing.connections c
           LEFT JOIN publishing.publications p
             ON p.organization_id = c.organization_id AND p.connection_id = c.id AND p.state <> 'cancelled'
                AND p.local_time >= $2
           WHERE c.brand_id = $1 AND c.status = 'active'"#,
        brand as _,
        from,
    )
    .fetch_all(conn)
    .await
}

/// The same of one account, without some publications.
pub(crate) async fn taken_but(
    conn: &mut PgConnection,
    connection: ConnectionId,
    but: &[Uuid],
    from: NaiveDateTime,
) -> Result<Vec<NaiveDateTime>> {
    sqlx::query_scalar!(
        r#"SELECT local_time AS "local_time!" FROM publishing.publications
           WHERE connection_id = $1 AND state <> 'cancelled' AND local_time >= $3 AND id <> ALL ($2)"#,
        connection as _,
        but,
        from,
    )
    .fetch_all(conn)
    .await
}

// --- pauses ---

pub(super) struct PauseRow {
    pub(super) brand_id: Option<BrandId>,
    pub(super) network: Option<String>,
    pub(super) reason: String,
    pub(super) paused_by: Option<UserId>,
    pub(super) created_at: Timestamp,
}

/// Those that touch a brand.
pub(super) async fn pauses(conn: &mut PgConnection, brand: BrandId) -> Result<Vec<PauseRow>> {
    sqlx::query_as!(
        PauseRow,
        r#"SELECT brand_id AS "brand_id: BrandId", network, reason, paused_by AS "paused_by: UserId", created_at
           FROM publishing.pauses WHERE brand_id = $1 OR brand_id IS NULL ORDER BY created_at, id"#,
        brand as _,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn insert_pause(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: PauseId,
    (brand, network): (Option<BrandId>, Option<&str>),
    reason: &str,
    (by, now): (UserId, Timestamp),
) -> Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO publishing.pauses (organization_id, id, brand_id, network, reason, paused_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        organization as _,
        id as _,
        brand as _,
        network,
        reason,
        by as _,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn delete_pause(
    conn: &mut PgConnection,
    brand: Option<BrandId>,
    network: Option<&str>,
) -> Result<bool> {
    let done = sqlx::query!(
        "DELETE FROM publishing.pauses WHERE brand_id IS NOT DISTINCT FROM $1 AND network IS NOT DISTINCT FROM $2",
        brand as _,
        network,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What was held by a pause and is held by none any more goes on at its time.
pub(super) async fn release_paused(conn: &mut PgConnection) -> Result<u64> {
    let done = sqlx::query!(
        "UPDATE publishing.publications p
         SET state = 'scheduled', held_reason = NULL, words = NULL, next_at = due_at, version = version + 1
         WHERE state = 'held' AND held_reason = 'paused' AND due_at IS NOT NULL
           AND NOT EXISTS (SELECT FROM publishing.pauses pause
                           WHERE pause.organization_id = p.organization_id
                             AND (pause.brand_id IS NULL OR pause.brand_id = p.brand_id)
                             AND (pause.network IS NULL OR pause.network = p.network))",
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
