//! Queries on sends and their attempts. A person's ways stand above tenants: service transactions, each naming both.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, MailId, OrganizationId, UserId},
};
use serde_json::Value;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::model::NewSend;
use crate::{AttemptId, DeliveryId, SendId};

/// Makes a send; false when it was made before.
pub(super) async fn insert(
    conn: &mut PgConnection,
    new: &NewSend<'_>,
    (message, mail): (&Value, Option<&Value>),
    now: Timestamp,
) -> Result<bool> {
    let ways: Vec<String> = new.ways.iter().map(|way| way.as_str().to_owned()).collect();
    sqlx::query!(
        "INSERT INTO delivery.sends
           (organization_id, id, brand_id, user_id, kind, occasion, delivery_id, ways, message, mail, path, due_at,
            expires_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT ON CONSTRAINT sends_once_key DO NOTHING",
        new.organization.uuid(),
        new.id.uuid(),
        new.brand.uuid(),
        new.user.uuid(),
        new.kind,
        new.occasion,
        new.delivery.map(DeliveryId::uuid),
        &ways,
        message,
        mail,
        new.path,
        new.due_at,
        new.expires_at,
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// A send that is not settled.
#[derive(Debug)]
pub(super) struct SendRow {
    pub(super) brand: BrandId,
    pub(super) user: UserId,
    pub(super) delivery: Option<DeliveryId>,
    pub(super) ways: Vec<String>,
    pub(super) way: i32,
    pub(super) message: Option<Value>,
    pub(super) mail: Option<Value>,
    pub(super) reason: Option<String>,
    pub(super) due_at: Option<Timestamp>,
    pub(super) expires_at: Timestamp,
}

/// A send that is not settled, held until the end of the transaction.
pub(super) async fn lock(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: SendId,
) -> Result<Option<SendRow>> {
    sqlx::query_as!(
        SendRow,
        r#"SELECT brand_id AS "brand: BrandId", user_id AS "user: UserId", delivery_id AS "delivery: DeliveryId", ways,
                  way, message, mail, reason, due_at, expires_at
             FROM delivery.sends WHERE organization_id = $1 AND id = $2 AND state = 'pending' FOR UPDATE"#,
        organization.uuid(),
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// When it is tried next, by which way, and which ways have failed; none while a mail waits in the outbox.
pub(super) async fn go_on(
    conn: &mut PgConnection,
    (organization, id): (OrganizationId, SendId),
    (way, reason): (i32, Option<&str>),
    due_at: Option<Timestamp>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE delivery.sends SET way = $3, reason = $4, due_at = $5 WHERE organization_id = $1 AND id = $2",
        organization.uuid(),
        id.uuid(),
        way,
        reason,
        due_at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Puts a way at the end of a send's ways.
pub(super) async fn append_way(
    conn: &mut PgConnection,
    (organization, id): (OrganizationId, SendId),
    way: &str,
) -> Result<()> {
    sqlx::query!(
        "UPDATE delivery.sends SET ways = array_append(ways, $3) WHERE organization_id = $1 AND id = $2",
        organization.uuid(),
        id.uuid(),
        way
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Ends a send; what it said is forgotten, since its links are keys.
pub(super) async fn settle(
    conn: &mut PgConnection,
    (organization, id): (OrganizationId, SendId),
    (state, channel, reason): (&str, Option<&str>, Option<&str>),
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE delivery.sends
            SET state = $3, channel = $4, reason = $5, settled_at = $6, due_at = NULL, message = NULL, mail = NULL
          WHERE organization_id = $1 AND id = $2 AND state = 'pending'",
        organization.uuid(),
        id.uuid(),
        state,
        channel,
        reason,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// One try.
#[derive(Debug)]
pub(super) struct AttemptRow {
    pub(super) id: AttemptId,
    pub(super) channel: String,
    pub(super) target: Option<Uuid>,
    pub(super) state: String,
    pub(super) words: Option<String>,
    pub(super) mail: Option<MailId>,
    /// The other side's id of it, where that tells later what became of it.
    pub(super) message: Option<String>,
    pub(super) started_at: Timestamp,
}

/// All tries of a send, the first first.
pub(super) async fn attempts(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: SendId,
) -> Result<Vec<AttemptRow>> {
    sqlx::query_as!(
        AttemptRow,
        r#"SELECT id AS "id: AttemptId", channel, target_id AS target, state, words, mail_id AS "mail: MailId",
                  message_id AS message, started_at
             FROM delivery.send_attempts WHERE organization_id = $1 AND send_id = $2 ORDER BY started_at, id"#,
        organization.uuid(),
        id.uuid()
    )
    .fetch_all(conn)
    .await
}

pub(super) struct NewAttempt<'a> {
    pub(super) organization: OrganizationId,
    pub(super) brand: BrandId,
    pub(super) send: SendId,
    pub(super) id: AttemptId,
    pub(super) channel: &'a str,
    pub(super) target: Option<Uuid>,
    pub(super) mail: Option<MailId>,
    pub(super) now: Timestamp,
}

pub(super) async fn begin_attempt(conn: &mut PgConnection, new: &NewAttempt<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO delivery.send_attempts
           (organization_id, brand_id, send_id, id, channel, target_id, mail_id, started_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        new.organization.uuid(),
        new.brand.uuid(),
        new.send.uuid(),
        new.id.uuid(),
        new.channel,
        new.target,
        new.mail.map(MailId::uuid),
        new.now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Ends a try; false when it has ended before.
pub(super) async fn end_attempt(
    conn: &mut PgConnection,
    (organization, id): (OrganizationId, AttemptId),
    (state, words): (&str, Option<&str>),
    now: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE delivery.send_attempts SET state = $3, words = $4, ended_at = $5
          WHERE organization_id = $1 AND id = $2 AND state = 'sending'",
        organization.uuid(),
        id.uuid(),
        state,
        words,
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// A try whose mail waits in the outbox.
pub(super) struct MailedRow {
    pub(super) organization: OrganizationId,
    pub(super) id: AttemptId,
    pub(super) send: SendId,
    pub(super) mail: MailId,
    pub(super) started_at: Timestamp,
}

/// The try of a mail, while it is open.
pub(super) async fn of_mail(conn: &mut PgConnection, mail: MailId) -> Result<Option<MailedRow>> {
    sqlx::query_as!(
        MailedRow,
        r#"SELECT organization_id AS "organization: OrganizationId", id AS "id: AttemptId", send_id AS "send: SendId",
                  mail_id AS "mail!: MailId", started_at
             FROM delivery.send_attempts WHERE state = 'sending' AND mail_id = $1"#,
        mail.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// Tries whose mail was handed over and that are open, after a mail.
pub(super) async fn mailed(conn: &mut PgConnection, after: Uuid, limit: i64) -> Result<Vec<MailedRow>> {
    sqlx::query_as!(
        MailedRow,
        r#"SELECT organization_id AS "organization: OrganizationId", id AS "id: AttemptId", send_id AS "send: SendId",
                  mail_id AS "mail!: MailId", started_at
             FROM delivery.send_attempts WHERE state = 'sending' AND mail_id IS NOT NULL AND mail_id > $1
            ORDER BY mail_id LIMIT $2"#,
        after,
        limit
    )
    .fetch_all(conn)
    .await
}

/// Sends whose time is over for a while without anybody taking them along.
pub(super) async fn forgotten(
    conn: &mut PgConnection,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<(OrganizationId, SendId)>> {
    let rows = sqlx::query!(
        r#"SELECT organization_id AS "organization: OrganizationId", id AS "id: SendId" FROM delivery.sends
            WHERE due_at <= $1 ORDER BY due_at LIMIT $2"#,
        before,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.organization, row.id)).collect())
}

/// What waits for somebody, and of which kind.
pub(super) async fn pending_of(
    conn: &mut PgConnection,
    user: UserId,
) -> Result<Vec<((OrganizationId, SendId), String)>> {
    let rows = sqlx::query!(
        r#"SELECT organization_id AS "organization: OrganizationId", id AS "id: SendId", kind FROM delivery.sends
            WHERE user_id = $1 AND state = 'pending' ORDER BY id"#,
        user.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| ((row.organization, row.id), row.kind)).collect())
}

/// How many of a kind somebody was sent since an instant, in whatever organization.
pub(crate) async fn count_since(
    conn: &mut PgConnection,
    user: UserId,
    kind: &str,
    since: Timestamp,
) -> Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM delivery.sends WHERE user_id = $1 AND kind = $2 AND created_at >= $3"#,
        user.uuid(),
        kind,
        since
    )
    .fetch_one(conn)
    .await
}

/// What a link of a send leads to.
pub(crate) struct Traced {
    pub(crate) path: String,
}

/// Where a link leads; none when the send is gone.
pub(crate) async fn find_path(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: SendId,
) -> Result<Option<Traced>> {
    sqlx::query_as!(
        Traced,
        "SELECT path FROM delivery.sends WHERE organization_id = $1 AND id = $2",
        organization.uuid(),
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// Notes the first time that a link was followed.
pub(crate) async fn trace_click(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: SendId,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE delivery.sends SET clicked_at = coalesce(clicked_at, $3) WHERE organization_id = $1 AND id = $2",
        organization.uuid(),
        id.uuid(),
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Removes what is older than an instant.
pub(crate) async fn delete_old(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    sqlx::query!("DELETE FROM delivery.sends WHERE created_at < $1", before)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
}
