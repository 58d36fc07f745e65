//! Queries on deliveries and on when they are due. A person's mornings span their organizations: service transactions, each
//! naming the person; what one reads of oneself is a tenant transaction.

use bellwether_kernel::{
    Cursor, Timestamp,
    id::{BrandId, OrganizationId, PostId, UserId},
};
use bellwether_trends::TrendId;
use chrono::NaiveDate;
use serde_json::Value;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::DeliveryView;
use crate::DeliveryId;

/// Whose time has come, the longest waiting first.
pub(super) async fn due(conn: &mut PgConnection, now: Timestamp, limit: i64) -> Result<Vec<UserId>> {
    sqlx::query_scalar!(
        r#"SELECT user_id AS "user: UserId" FROM delivery.mornings WHERE due_at <= $1
            ORDER BY due_at, user_id LIMIT $2"#,
        now,
        limit
    )
    .fetch_all(conn)
    .await
}

/// Somebody's next morning.
pub(super) struct MorningRow {
    pub(super) user: UserId,
    pub(super) date: Option<NaiveDate>,
    pub(super) due_at: Timestamp,
    pub(super) stale: bool,
    pub(super) last_date: Option<NaiveDate>,
}

/// Of some people those whose morning is due, held until the end of the transaction; without those that another worker
/// has dealt with. Rows that others hold are waited for, not left out: whose report is due at the same minute would
/// have their morning a minute late. All who wait here do so in one order.
pub(super) async fn claim(
    conn: &mut PgConnection,
    users: &[UserId],
    now: Timestamp,
) -> Result<Vec<MorningRow>> {
    let users: Vec<Uuid> = users.iter().map(|user| user.uuid()).collect();
    sqlx::query_as!(
        MorningRow,
        r#"SELECT user_id AS "user: UserId", date, due_at AS "due_at!", stale, last_date FROM delivery.mornings
            WHERE user_id = ANY ($1) AND due_at <= $2 ORDER BY user_id FOR UPDATE"#,
        &users,
        now
    )
    .fetch_all(conn)
    .await
}

/// The date of somebody that is planned, and the last one that was dealt with.
pub(super) async fn dates(
    conn: &mut PgConnection,
    user: UserId,
) -> Result<(Option<NaiveDate>, Option<NaiveDate>)> {
    let row = sqlx::query!("SELECT date, last_date FROM delivery.mornings WHERE user_id = $1", user.uuid())
        .fetch_optional(conn)
        .await?;
    Ok(row.map_or((None, None), |row| (row.date, row.last_date)))
}

/// When somebody's next morning is, or that there is none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub(super) user: UserId,
    pub(super) next: Option<(NaiveDate, Timestamp)>,
    pub(super) last_date: Option<NaiveDate>,
}

/// Plans people's next mornings.
pub(super) async fn plan(conn: &mut PgConnection, plans: &[Plan]) -> Result<()> {
    let users: Vec<Uuid> = plans.iter().map(|plan| plan.user.uuid()).collect();
    let dates: Vec<Option<NaiveDate>> = plans.iter().map(|plan| plan.next.map(|(date, _)| date)).collect();
    let due: Vec<Option<Timestamp>> = plans.iter().map(|plan| plan.next.map(|(_, at)| at)).collect();
    let last: Vec<Option<NaiveDate>> = plans.iter().map(|plan| plan.last_date).collect();
    sqlx::query!(
        "UPDATE delivery.mornings m SET date = p.date, due_at = p.due_at, last_date = p.last_date, stale = false
           FROM unnest($1::uuid[], $2::date[], $3::timestamptz[], $4::date[]) AS p (user_id, date, due_at, last_date)
          WHERE m.user_id = p.user_id",
        &users,
        &dates as &[Option<NaiveDate>],
        &due as &[Option<Timestamp>],
        &last as &[Option<NaiveDate>]
    )
    .execute(conn)
    .await
    .map(|_| ())
}

#[derive(Debug, Clone)]
pub(super) struct NewDelivery {
    pub(super) organization: OrganizationId,
    pub(super) id: DeliveryId,
    pub(super) brand: BrandId,
    pub(super) user: UserId,
    pub(super) date: NaiveDate,
    /// Why it is skipped from the beginning.
    pub(super) skipped: Option<String>,
    pub(super) now: Timestamp,
}

/// Begins deliveries; gives those that are new: of a person, brand and date there is one.
pub(super) async fn insert(conn: &mut PgConnection, new: &[NewDelivery]) -> Result<Vec<DeliveryId>> {
    let of = |id: fn(&NewDelivery) -> Uuid| new.iter().map(id).collect::<Vec<Uuid>>();
    let dates: Vec<NaiveDate> = new.iter().map(|one| one.date).collect();
    let skipped: Vec<Option<String>> = new.iter().map(|one| one.skipped.clone()).collect();
    let now: Vec<Timestamp> = new.iter().map(|one| one.now).collect();
    sqlx::query_scalar!(
        r#"INSERT INTO delivery.daily_deliveries
           (organization_id, id, brand_id, user_id, date, status, reason, created_at)
         SELECT n.organization_id, n.id, n.brand_id, n.user_id, n.date,
                CASE WHEN n.skipped IS NULL THEN 'pending' ELSE 'skipped' END, n.skipped, n.now
           FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::date[], $6::text[], $7::timestamptz[])
             AS n (organization_id, id, brand_id, user_id, date, skipped, now)
         ON CONFLICT ON CONSTRAINT daily_deliveries_once_key DO NOTHING
         RETURNING id AS "id: DeliveryId""#,
        &of(|one| one.organization.uuid()),
        &of(|one| one.id.uuid()),
        &of(|one| one.brand.uuid()),
        &of(|one| one.user.uuid()),
        &dates,
        &skipped as &[Option<String>],
        &now
    )
    .fetch_all(conn)
    .await
}

/// Whose a delivery is, and how it stands.
#[derive(Debug, Clone)]
pub(super) struct Owned {
    pub(super) brand: BrandId,
    pub(super) user: UserId,
    pub(super) date: NaiveDate,
    pub(super) status: String,
    pub(super) handed_over: bool,
}

impl Owned {
    /// Whether nothing was handed on yet.
    pub(super) fn waits(&self) -> bool {
        self.status == "pending" && !self.handed_over
    }
}

pub(super) async fn find(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: DeliveryId,
) -> Result<Option<Owned>> {
    sqlx::query_as!(
        Owned,
        r#"SELECT brand_id AS "brand: BrandId", user_id AS "user: UserId", date, status, handed_over
             FROM delivery.daily_deliveries WHERE organization_id = $1 AND id = $2"#,
        organization.uuid(),
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// The same, held until the end of the transaction.
pub(super) async fn lock(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: DeliveryId,
) -> Result<Option<Owned>> {
    sqlx::query_as!(
        Owned,
        r#"SELECT brand_id AS "brand: BrandId", user_id AS "user: UserId", date, status, handed_over
             FROM delivery.daily_deliveries WHERE organization_id = $1 AND id = $2 FOR UPDATE"#,
        organization.uuid(),
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// Notes what goes out: from here on its send takes it along. What nobody reads is out already.
pub(super) async fn hand_over(
    conn: &mut PgConnection,
    (organization, id): (OrganizationId, DeliveryId),
    (posts, reasons, trends): (&[Uuid], &Value, &[Uuid]),
    out: bool,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE delivery.daily_deliveries
            SET post_ids = $3, reasons = $4, trend_ids = $5, handed_over = true,
                channel = CASE WHEN $6 THEN 'email' END, status = CASE WHEN $6 THEN 'delivered' ELSE status END,
                delivered_at = CASE WHEN $6 THEN $7::timestamptz END
          WHERE organization_id = $1 AND id = $2",
        organization.uuid(),
        id.uuid(),
        posts,
        reasons,
        trends,
        out,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Closes a delivery that is still open, by the way that brought it; false when it is not open.
pub(super) async fn close(
    conn: &mut PgConnection,
    (organization, id): (OrganizationId, DeliveryId),
    (status, channel): (&str, Option<&str>),
    words: Option<&str>,
    now: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE delivery.daily_deliveries
            SET status = $3, channel = $6, reason = CASE WHEN $3 IN ('skipped', 'delivered') THEN $4::text END,
                error_message = CASE WHEN $3 = 'failed' THEN $4::text END,
                delivered_at = CASE WHEN $3 = 'delivered' THEN $5::timestamptz END
          WHERE organization_id = $1 AND id = $2 AND status = 'pending'",
        organization.uuid(),
        id.uuid(),
        status,
        words,
        now,
        channel
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Notes what an open delivery waits for.
pub(super) async fn note_waiting(
    conn: &mut PgConnection,
    (organization, id): (OrganizationId, DeliveryId),
    words: &str,
) -> Result<()> {
    sqlx::query!(
        "UPDATE delivery.daily_deliveries SET reason = $3
          WHERE organization_id = $1 AND id = $2 AND status = 'pending' AND reason IS DISTINCT FROM $3",
        organization.uuid(),
        id.uuid(),
        words
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// What the mornings of these days brought, the latest first, the last day not counted.
pub(super) async fn brought(
    conn: &mut PgConnection,
    (organization, brand, user): (OrganizationId, BrandId, UserId),
    (since, before): (NaiveDate, NaiveDate),
) -> Result<Vec<(NaiveDate, Vec<Uuid>)>> {
    let rows = sqlx::query!(
        "SELECT date, post_ids FROM delivery.daily_deliveries
          WHERE organization_id = $1 AND brand_id = $2 AND user_id = $3 AND date >= $4 AND date < $5
            AND cardinality(post_ids) > 0 AND status <> 'failed'
          ORDER BY date DESC",
        organization.uuid(),
        brand.uuid(),
        user.uuid(),
        since,
        before
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.date, row.post_ids)).collect())
}

/// The trends that the mornings of these days told, the last day not counted.
pub(super) async fn told_trends(
    conn: &mut PgConnection,
    (organization, brand, user): (OrganizationId, BrandId, UserId),
    (since, before): (NaiveDate, NaiveDate),
) -> Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"SELECT DISTINCT unnest(trend_ids) AS "trend!" FROM delivery.daily_deliveries
            WHERE organization_id = $1 AND brand_id = $2 AND user_id = $3 AND date >= $4 AND date < $5 AND status <> 'failed'"#,
        organization.uuid(),
        brand.uuid(),
        user.uuid(),
        since,
        before
    )
    .fetch_all(conn)
    .await
}

/// A page of somebody's own deliveries of a brand, the newest first. In the tenant's transaction.
pub(super) async fn list(
    conn: &mut PgConnection,
    brand: BrandId,
    user: UserId,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<DeliveryView>> {
    let after = after.unwrap_or(Cursor::NEWEST);
    sqlx::query_as!(
        DeliveryView,
        r#"SELECT id AS "id: DeliveryId", date, status, reason, channel, post_ids AS "post_ids: Vec<PostId>", reasons,
                  trend_ids AS "trend_ids: Vec<TrendId>", delivered_at, opened_at, clicked_at, approved_count, error_message, created_at
             FROM delivery.daily_deliveries
            WHERE brand_id = $1 AND user_id = $2 AND (created_at, id) < ($3, $4)
            ORDER BY created_at DESC, id DESC LIMIT $5"#,
        brand.uuid(),
        user.uuid(),
        after.at,
        after.id,
        limit
    )
    .fetch_all(conn)
    .await
}

/// What somebody did with a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trace {
    Opened,
    Clicked,
    Approved,
}

/// Notes the first time of each, and every approval. Who follows a link has opened the mail, whatever their program hides.
pub(super) async fn trace(
    conn: &mut PgConnection,
    (organization, id): (OrganizationId, DeliveryId),
    trace: Trace,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE delivery.daily_deliveries
            SET opened_at = coalesce(opened_at, $3),
                clicked_at = CASE WHEN $4 THEN coalesce(clicked_at, $3) ELSE clicked_at END,
                approved_count = approved_count + CASE WHEN $5 THEN 1 ELSE 0 END
          WHERE organization_id = $1 AND id = $2",
        organization.uuid(),
        id.uuid(),
        now,
        trace != Trace::Opened,
        trace == Trace::Approved
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Ends somebody's mornings by mail; their other ways stay.
pub(super) async fn end_mail(conn: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!(
        "INSERT INTO delivery.preferences AS p (user_id, morning_channels) VALUES ($1, '{}')
         ON CONFLICT ON CONSTRAINT preferences_pkey DO UPDATE SET morning_channels = array_remove(p.morning_channels, 'email')",
        user.uuid()
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Removes deliveries that are older than an instant.
pub(crate) async fn delete_old(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    sqlx::query!("DELETE FROM delivery.daily_deliveries WHERE created_at < $1", before)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
}
