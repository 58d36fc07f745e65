//! Queries on notices. What somebody reads spans their organizations: service transactions, each naming the person and what
//! they reach.

use bellwether_kernel::{
    Cursor, Timestamp,
    id::{BrandId, EventId, OrganizationId, UserId},
};
use serde_json::Value;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use crate::NotificationId;

pub(super) struct NewNotice<'a> {
    pub(super) organization: OrganizationId,
    pub(super) id: NotificationId,
    pub(super) brand: Option<BrandId>,
    pub(super) user: UserId,
    pub(super) kind: &'a str,
    pub(super) data: &'a Value,
    pub(super) subject: (&'a str, Uuid),
    pub(super) event: Option<EventId>,
    pub(super) occasion: &'a str,
    pub(super) in_app: bool,
    pub(super) mail_after: Option<Timestamp>,
    pub(super) now: Timestamp,
}

/// In the tenant's transaction. False when the person was told of it before.
pub(super) async fn insert(conn: &mut PgConnection, new: &NewNotice<'_>) -> Result<bool> {
    sqlx::query!(
        "INSERT INTO delivery.notifications
           (organization_id, id, brand_id, user_id, kind, data, subject_type, subject_id, event_id, occasion, in_app,
            mail_after, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT ON CONSTRAINT notifications_once_key DO NOTHING",
        new.organization.uuid(),
        new.id.uuid(),
        new.brand.map(BrandId::uuid),
        new.user.uuid(),
        new.kind,
        new.data,
        new.subject.0,
        new.subject.1,
        new.event.map(EventId::uuid),
        new.occasion,
        new.in_app,
        new.mail_after,
        new.now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

#[derive(Debug, Clone)]
pub(super) struct NoticeRow {
    pub(super) id: NotificationId,
    pub(super) organization: OrganizationId,
    pub(super) brand: Option<BrandId>,
    pub(super) kind: String,
    pub(super) data: Value,
    pub(super) subject_type: String,
    pub(super) subject_id: Uuid,
    pub(super) read_at: Option<Timestamp>,
    pub(super) created_at: Timestamp,
}

/// What somebody reaches at this moment: notices of other places are theirs no more.
#[derive(Debug, Default)]
pub(super) struct Reach {
    pub(super) organizations: Vec<Uuid>,
    pub(super) brands: Vec<Uuid>,
}

pub(super) async fn list(
    conn: &mut PgConnection,
    user: UserId,
    reach: &Reach,
    unread: bool,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<NoticeRow>> {
    let after = after.unwrap_or(Cursor::NEWEST);
    sqlx::query_as!(
        NoticeRow,
        r#"SELECT id AS "id: NotificationId", organization_id AS "organization: OrganizationId",
                  brand_id AS "brand: BrandId", kind, data, subject_type, subject_id, read_at, created_at
             FROM delivery.notifications
            WHERE user_id = $1 AND in_app AND organization_id = ANY ($2)
              AND (brand_id IS NULL OR brand_id = ANY ($3)) AND (NOT $4 OR read_at IS NULL)
              AND (created_at, id) < ($5, $6)
            ORDER BY created_at DESC, id DESC LIMIT $7"#,
        user.uuid(),
        &reach.organizations,
        &reach.brands,
        unread,
        after.at,
        after.id,
        limit
    )
    .fetch_all(conn)
    .await
}

/// How many are unread, counted no further than `most`.
pub(super) async fn count_unread(
    conn: &mut PgConnection,
    user: UserId,
    reach: &Reach,
    most: i64,
) -> Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM (
             SELECT FROM delivery.notifications
              WHERE user_id = $1 AND in_app AND read_at IS NULL AND organization_id = ANY ($2)
                AND (brand_id IS NULL OR brand_id = ANY ($3)) LIMIT $4) AS unread"#,
        user.uuid(),
        &reach.organizations,
        &reach.brands,
        most
    )
    .fetch_one(conn)
    .await
}

/// Marks one as read; when it was first, or none when there is no such notice of theirs.
pub(super) async fn read(
    conn: &mut PgConnection,
    user: UserId,
    reach: &Reach,
    id: NotificationId,
    now: Timestamp,
) -> Result<Option<NoticeRow>> {
    sqlx::query_as!(
        NoticeRow,
        r#"UPDATE delivery.notifications SET read_at = coalesce(read_at, $5), mail_after = NULL
            WHERE user_id = $1 AND in_app AND organization_id = ANY ($2)
              AND (brand_id IS NULL OR brand_id = ANY ($3)) AND id = $4
           RETURNING id AS "id: NotificationId", organization_id AS "organization: OrganizationId",
                  brand_id AS "brand: BrandId", kind, data, subject_type, subject_id, read_at, created_at"#,
        user.uuid(),
        &reach.organizations,
        &reach.brands,
        id.uuid(),
        now
    )
    .fetch_optional(conn)
    .await
}

/// Marks all as read up to an instant, those that are not shown any more among them.
pub(super) async fn read_all(conn: &mut PgConnection, user: UserId, now: Timestamp) -> Result<()> {
    sqlx::query!(
        "UPDATE delivery.notifications SET read_at = $2, mail_after = NULL
          WHERE user_id = $1 AND in_app AND read_at IS NULL AND created_at <= $2",
        user.uuid(),
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// To whom a mail is due.
pub(super) async fn due(conn: &mut PgConnection, now: Timestamp, limit: i64) -> Result<Vec<UserId>> {
    sqlx::query_scalar!(
        r#"SELECT user_id AS "user: UserId" FROM delivery.notifications WHERE mail_after <= $1
            GROUP BY user_id ORDER BY min(mail_after) LIMIT $2"#,
        now,
        limit
    )
    .fetch_all(conn)
    .await
}

/// Everything that waits to be mailed to somebody, oldest first, held; nothing when another worker holds it.
pub(super) async fn lock_waiting(conn: &mut PgConnection, user: UserId) -> Result<Vec<NoticeRow>> {
    sqlx::query_as!(
        NoticeRow,
        r#"SELECT id AS "id: NotificationId", organization_id AS "organization: OrganizationId",
                  brand_id AS "brand: BrandId", kind, data, subject_type, subject_id, read_at, created_at
             FROM delivery.notifications WHERE user_id = $1 AND mail_after IS NOT NULL
            ORDER BY created_at, id FOR UPDATE SKIP LOCKED"#,
        user.uuid()
    )
    .fetch_all(conn)
    .await
}

/// They wait until later.
pub(super) async fn put_off(conn: &mut PgConnection, user: UserId, until: Timestamp) -> Result<()> {
    sqlx::query!(
        "UPDATE delivery.notifications SET mail_after = $2 WHERE user_id = $1 AND mail_after IS NOT NULL",
        user.uuid(),
        until
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// They wait no more: mailed, or not to be mailed.
pub(super) async fn settle(
    conn: &mut PgConnection,
    user: UserId,
    ids: &[Uuid],
    mailed_at: Option<Timestamp>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE delivery.notifications SET mail_after = NULL, mailed_at = $3 WHERE user_id = $1 AND id = ANY ($2)",
        user.uuid(),
        ids,
        mailed_at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Removes what is older than an instant.
pub(super) async fn delete_old(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    sqlx::query!("DELETE FROM delivery.notifications WHERE created_at < $1", before)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
}
