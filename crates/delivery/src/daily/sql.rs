//! Queries on deliveries and on when they are due. A person's mornings span their organizations: service transactions, each
//! naming the person; what one reads of oneself is a tenant transaction.

use bellwether_kernel::{
    Cursor, Timestamp,
    id::{BrandId, MailId, OrganizationId, PostId, UserId},
};
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
    pub(super) date: Option<NaiveDate>,
    pub(super) stale: bool,
    pub(super) last_date: Option<NaiveDate>,
}

/// Somebody's morning that is due, held until the end of the transaction; none when another worker holds it or has dealt
/// with it.
pub(super) async fn claim(
    conn: &mut PgConnection,
    user: UserId,
    now: Timestamp,
) -> Result<Option<MorningRow>> {
    sqlx::query_as!(
        MorningRow,
        "SELECT date, stale, last_date FROM delivery.mornings WHERE user_id = $1 AND due_at <= $2
            FOR UPDATE SKIP LOCKED",
        user.uuid(),
        now
    )
    .fetch_optional(conn)
    .await
}

/// The last date of somebody that was dealt with.
pub(super) async fn last_date(conn: &mut PgConnection, user: UserId) -> Result<Option<NaiveDate>> {
    let row = sqlx::query_scalar!("SELECT last_date FROM delivery.mornings WHERE user_id = $1", user.uuid())
        .fetch_optional(conn)
        .await?;
    Ok(row.flatten())
}

/// Plans somebody's next morning, or none.
pub(super) async fn plan(
    conn: &mut PgConnection,
    user: UserId,
    next: Option<(NaiveDate, Timestamp)>,
    last_date: Option<NaiveDate>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE delivery.mornings SET date = $2, due_at = $3, last_date = $4, stale = false WHERE user_id = $1",
        user.uuid(),
        next.map(|(date, _)| date),
        next.map(|(_, at)| at),
        last_date
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) struct NewDelivery<'a> {
    pub(super) organization: OrganizationId,
    pub(super) id: DeliveryId,
    pub(super) brand: BrandId,
    pub(super) user: UserId,
    pub(super) date: NaiveDate,
    /// Why it is skipped from the beginning.
    pub(super) skipped: Option<&'a str>,
    pub(super) now: Timestamp,
}

/// Begins a delivery; false when there is one of this person, brand and date.
pub(super) async fn insert(conn: &mut PgConnection, new: &NewDelivery<'_>) -> Result<bool> {
    sqlx::query!(
        "INSERT INTO delivery.daily_deliveries
           (organization_id, id, brand_id, user_id, date, status, reason, created_at)
         VALUES ($1, $2, $3, $4, $5, CASE WHEN $6::text IS NULL THEN 'pending' ELSE 'skipped' END, $6, $7)
         ON CONFLICT ON CONSTRAINT daily_deliveries_once_key DO NOTHING",
        new.organization.uuid(),
        new.id.uuid(),
        new.brand.uuid(),
        new.user.uuid(),
        new.date,
        new.skipped,
        new.now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Whose a delivery is, and how it stands.
#[derive(Debug, Clone)]
pub(super) struct Owned {
    pub(super) brand: BrandId,
    pub(super) user: UserId,
    pub(super) date: NaiveDate,
    pub(super) status: String,
    pub(super) mail: Option<MailId>,
}

impl Owned {
    /// Whether nothing was handed on yet.
    pub(super) fn waits(&self) -> bool {
        self.status == "pending" && self.mail.is_none()
    }
}

pub(super) async fn find(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: DeliveryId,
) -> Result<Option<Owned>> {
    sqlx::query_as!(
        Owned,
        r#"SELECT brand_id AS "brand: BrandId", user_id AS "user: UserId", date, status, mail_id AS "mail: MailId"
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
        r#"SELECT brand_id AS "brand: BrandId", user_id AS "user: UserId", date, status, mail_id AS "mail: MailId"
             FROM delivery.daily_deliveries WHERE organization_id = $1 AND id = $2 FOR UPDATE"#,
        organization.uuid(),
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// Notes what goes out, and by which mail; without one it is out already.
pub(super) async fn hand_over(
    conn: &mut PgConnection,
    (organization, id): (OrganizationId, DeliveryId),
    (posts, reasons): (&[Uuid], &Value),
    mail: Option<MailId>,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE delivery.daily_deliveries
            SET post_ids = $3, reasons = $4, channel = 'email', mail_id = $5,
                status = CASE WHEN $5::uuid IS NULL THEN 'delivered' ELSE status END,
                delivered_at = CASE WHEN $5::uuid IS NULL THEN $6::timestamptz END
          WHERE organization_id = $1 AND id = $2",
        organization.uuid(),
        id.uuid(),
        posts,
        reasons,
        mail.map(MailId::uuid),
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Closes a delivery that is still open; false when it is not.
pub(super) async fn close(
    conn: &mut PgConnection,
    (organization, id): (OrganizationId, DeliveryId),
    status: &str,
    words: Option<&str>,
    now: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE delivery.daily_deliveries
            SET status = $3, reason = CASE WHEN $3 = 'skipped' THEN $4::text END,
                error_message = CASE WHEN $3 = 'failed' THEN $4::text END,
                delivered_at = CASE WHEN $3 = 'delivered' THEN $5::timestamptz END
          WHERE organization_id = $1 AND id = $2 AND status = 'pending'",
        organization.uuid(),
        id.uuid(),
        status,
        words,
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// A delivery whose mail waits in the outbox.
pub(super) struct MailedRow {
    pub(super) organization: OrganizationId,
    pub(super) id: DeliveryId,
    pub(super) brand: BrandId,
    pub(super) mail: MailId,
}

/// Deliveries whose mail was handed over and that are open, after a mail.
pub(super) async fn mailed(conn: &mut PgConnection, after: Uuid, limit: i64) -> Result<Vec<MailedRow>> {
    sqlx::query_as!(
        MailedRow,
        r#"SELECT organization_id AS "organization: OrganizationId", id AS "id: DeliveryId", brand_id AS "brand: BrandId",
                  mail_id AS "mail!: MailId"
             FROM delivery.daily_deliveries WHERE status = 'pending' AND mail_id IS NOT NULL AND mail_id > $1
            ORDER BY mail_id LIMIT $2"#,
        after,
        limit
    )
    .fetch_all(conn)
    .await
}

/// What the mornings before a date brought, the latest first.
pub(super) async fn brought(
    conn: &mut PgConnection,
    (organization, brand, user): (OrganizationId, BrandId, UserId),
    before: NaiveDate,
    limit: i64,
) -> Result<Vec<(NaiveDate, Vec<Uuid>)>> {
    let rows = sqlx::query!(
        "SELECT date, post_ids FROM delivery.daily_deliveries
          WHERE organization_id = $1 AND brand_id = $2 AND user_id = $3 AND date < $4 AND cardinality(post_ids) > 0
            AND status <> 'failed'
          ORDER BY date DESC LIMIT $5",
        organization.uuid(),
        brand.uuid(),
        user.uuid(),
        before,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.date, row.post_ids)).collect())
}

/// A page of somebody's own deliveries of a brand, the newest first. In the tenant's transaction.
pub(super) async fn list(
    conn: &mut PgConnection,
    brand: BrandId,
    user: UserId,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<DeliveryView>> {
    sqlx::query_as!(
        DeliveryView,
        r#"SELECT id AS "id: DeliveryId", date, status, reason, channel, post_ids AS "post_ids: Vec<PostId>", reasons,
                  trend_ids, delivered_at, opened_at, clicked_at, approved_count, error_message, created_at
             FROM delivery.daily_deliveries
            WHERE brand_id = $1 AND user_id = $2 AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4))
            ORDER BY created_at DESC, id DESC LIMIT $5"#,
        brand.uuid(),
        user.uuid(),
        after.map(|cursor| cursor.at),
        after.map(|cursor| cursor.id),
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

/// Ends somebody's mornings by mail; what else they chose stays.
pub(super) async fn end_mail(conn: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!(
        "INSERT INTO delivery.preferences (user_id, morning_mail_enabled) VALUES ($1, false)
         ON CONFLICT ON CONSTRAINT preferences_pkey DO UPDATE SET morning_mail_enabled = false",
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
