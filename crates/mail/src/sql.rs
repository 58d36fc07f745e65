//! Queries on the outbox. All but the insert run in service transactions.

use bellwether_kernel::{
    Cursor, PageRequest, Timestamp,
    id::{MailId, UserId},
};
use sqlx::{PgConnection, Result};

use crate::{MailSummary, MailView, Rendered, Reply, Status, Trouble};

pub(crate) struct NewRow<'a> {
    pub(crate) id: MailId,
    pub(crate) recipient: &'a str,
    pub(crate) template: &'a str,
    pub(crate) rendered: &'a Rendered,
    pub(crate) now: Timestamp,
    pub(crate) expires_at: Option<Timestamp>,
}

/// By the definer function: tenant transactions queue mails too, and may do nothing else here.
pub(crate) async fn insert(conn: &mut PgConnection, new: &NewRow<'_>) -> Result<()> {
    sqlx::query!(
        "SELECT operations.queue_mail($1, $2, $3, $4, $5, $6, $7, $8)",
        new.id.uuid(),
        new.recipient,
        new.template,
        new.rendered.subject,
        new.rendered.html,
        new.rendered.text,
        new.now,
        new.expires_at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// The same for marketing, which says how to leave.
pub(crate) async fn insert_marketing(
    conn: &mut PgConnection,
    new: &NewRow<'_>,
    unsubscribe_url: &str,
) -> Result<()> {
    sqlx::query!(
        "SELECT operations.queue_marketing_mail($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        new.id.uuid(),
        new.recipient,
        new.template,
        new.rendered.subject,
        new.rendered.html,
        new.rendered.text,
        new.now,
        new.expires_at,
        unsubscribe_url
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// What leaves.
pub(crate) struct Outgoing {
    pub(crate) recipient: String,
    pub(crate) template: String,
    pub(crate) subject: String,
    pub(crate) html: String,
    pub(crate) text: String,
    pub(crate) expires_at: Option<Timestamp>,
    /// Where one leaves with one click; marketing only.
    pub(crate) unsubscribe_url: Option<String>,
    /// It must not come twice.
    pub(crate) once: bool,
    /// When a try handed it over whose outcome nobody knows.
    pub(crate) handed_at: Option<Timestamp>,
    /// It is the demonstration's.
    pub(crate) demo: bool,
}

/// Counts an attempt at a mail that waits; none when it waits no more.
pub(crate) async fn attempt(conn: &mut PgConnection, id: MailId) -> Result<Option<Outgoing>> {
    sqlx::query_as!(
        Outgoing,
        "UPDATE operations.mails SET attempts = attempts + 1 WHERE id = $1 AND status = 'pending'
         RETURNING recipient, template, subject, html, text, expires_at, unsubscribe_url, once, handed_at, demo",
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// Notes that a mail is handed over now; false when another try was faster, or has closed it.
pub(crate) async fn hand_over(conn: &mut PgConnection, id: MailId, now: Timestamp) -> Result<bool> {
    sqlx::query!(
        "UPDATE operations.mails SET handed_at = $2 WHERE id = $1 AND status = 'pending' AND handed_at IS NULL",
        id.uuid(),
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// It has left, perhaps with a note: the body goes, since links in it may still work. True when somebody is to be told.
pub(crate) async fn close_sent(
    conn: &mut PgConnection,
    id: MailId,
    note: Option<&str>,
    at: Timestamp,
) -> Result<bool> {
    sqlx::query_scalar!(
        "UPDATE operations.mails SET status = 'sent', last_error = $2, html = '', text = '', sent_at = $3,
                reply_code = NULL, reply_status = NULL, reply_text = NULL WHERE id = $1
         RETURNING once",
        id.uuid(),
        note,
        at
    )
    .fetch_optional(conn)
    .await
    .map(Option::unwrap_or_default)
}

/// It never will leave: the body goes here too. What another try has handed over meanwhile is left to that. True when
/// somebody is to be told.
pub(crate) async fn close_failed(
    conn: &mut PgConnection,
    id: MailId,
    why: &Trouble,
    handed_at: Option<Timestamp>,
) -> Result<bool> {
    let reply = why.reply.as_ref();
    sqlx::query_scalar!(
        "UPDATE operations.mails SET status = 'failed', last_error = $2, html = '', text = '', handed_at = NULL,
                reply_code = $4, reply_status = $5, reply_text = $6
          WHERE id = $1 AND status = 'pending' AND handed_at IS NOT DISTINCT FROM $3
         RETURNING once",
        id.uuid(),
        why.error,
        handed_at,
        reply.map(|reply| reply.code),
        reply.and_then(|reply| reply.status.as_deref()),
        reply.map(|reply| &*reply.text)
    )
    .fetch_optional(conn)
    .await
    .map(Option::unwrap_or_default)
}

/// Nobody carries it away: it stays to be read.
pub(crate) async fn keep(conn: &mut PgConnection, id: MailId) -> Result<()> {
    sqlx::query!("UPDATE operations.mails SET status = 'kept' WHERE id = $1", id.uuid())
        .execute(conn)
        .await
        .map(|_| ())
}

/// It did not leave, and is tried again. What another try has handed over meanwhile is left to that.
pub(crate) async fn note_error(
    conn: &mut PgConnection,
    id: MailId,
    why: &Trouble,
    handed_at: Option<Timestamp>,
) -> Result<()> {
    let reply = why.reply.as_ref();
    sqlx::query!(
        "UPDATE operations.mails SET last_error = $2, handed_at = NULL, reply_code = $4, reply_status = $5, reply_text = $6
          WHERE id = $1 AND status = 'pending' AND handed_at IS NOT DISTINCT FROM $3",
        id.uuid(),
        why.error,
        handed_at,
        reply.map(|reply| reply.code),
        reply.and_then(|reply| reply.status.as_deref()),
        reply.map(|reply| &*reply.text)
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) async fn list(
    conn: &mut PgConnection,
    status: Option<Status>,
    page: PageRequest,
) -> Result<Vec<MailSummary>> {
    let after = page.after.unwrap_or(Cursor::NEWEST);
    sqlx::query_as!(
        MailSummary,
        r#"SELECT id AS "id: MailId", recipient AS "to", template, subject, status AS "status: Status", attempts,
                  last_error, created_at, sent_at
             FROM operations.mails
            WHERE ($1::text IS NULL OR status = $1) AND (created_at, id) < ($2, $3)
            ORDER BY created_at DESC, id DESC LIMIT $4"#,
        status.map(Status::as_str),
        after.at,
        after.id,
        page.limit + 1
    )
    .fetch_all(conn)
    .await
}

pub(crate) async fn get(conn: &mut PgConnection, id: MailId) -> Result<Option<MailView>> {
    let row = sqlx::query!(
        r#"SELECT recipient, template, subject, html, text, status AS "status: Status", attempts, last_error, created_at,
                  sent_at
             FROM operations.mails WHERE id = $1"#,
        id.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| MailView {
        summary: MailSummary {
            id,
            to: row.recipient,
            template: row.template,
            subject: row.subject,
            status: row.status,
            attempts: row.attempts,
            last_error: row.last_error,
            created_at: row.created_at,
            sent_at: row.sent_at,
        },
        html: row.html,
        text: row.text,
    }))
}

pub(crate) async fn outcomes(conn: &mut PgConnection, ids: &[MailId]) -> Result<Vec<crate::Outcome>> {
    let rows = sqlx::query!(
        r#"SELECT id AS "mail: MailId", recipient, status AS "status: Status", last_error, reply_code, reply_status, reply_text, sent_at
             FROM operations.mails WHERE id = ANY ($1)"#,
        ids as &[MailId]
    )
    .fetch_all(conn)
    .await?;
    let outcomes = rows.into_iter().map(|row| {
        let trouble = trouble(row.last_error, (row.reply_code, row.reply_status, row.reply_text));
        crate::Outcome {
            mail: row.mail,
            to: row.recipient,
            status: row.status,
            trouble,
            sent_at: row.sent_at,
        }
    });
    Ok(outcomes.collect())
}

fn trouble(
    error: Option<String>,
    (code, status, text): (Option<i16>, Option<String>, Option<String>),
) -> Option<Trouble> {
    let reply = code.zip(text).map(|(code, text)| Reply { code, status, text });
    error.map(|error| Trouble { error, reply })
}

pub(crate) async fn mark_demo(conn: &mut PgConnection, id: MailId) -> Result<()> {
    sqlx::query!("UPDATE operations.mails SET demo = true WHERE id = $1", id.uuid())
        .execute(conn)
        .await
        .map(|_| ())
}

/// Closes a mail that waits and that nobody has handed over; its body goes. False when there is no such.
pub(crate) async fn withdraw(conn: &mut PgConnection, id: MailId) -> Result<bool> {
    sqlx::query!(
        "UPDATE operations.mails SET status = 'failed', html = '', text = ''
          WHERE id = $1 AND status = 'pending' AND once AND handed_at IS NULL",
        id.uuid()
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

pub(crate) async fn mark_reader(conn: &mut PgConnection, id: MailId, reader: UserId) -> Result<()> {
    sqlx::query!("UPDATE operations.mails SET reader_id = $2 WHERE id = $1", id.uuid(), reader.uuid())
        .execute(conn)
        .await
        .map(|_| ())
}

/// Whose quiet hours a mail keeps that was queued until then, and when it is of no use any more; none of what need not wait, be it
/// that its time is over or that a try has handed it over.
pub(crate) async fn reader(
    conn: &mut PgConnection,
    id: MailId,
    now: Timestamp,
    queued_until: Timestamp,
) -> Result<Option<(UserId, Option<Timestamp>)>> {
    let row = sqlx::query!(
        r#"SELECT reader_id AS "reader!: UserId", expires_at FROM operations.mails
            WHERE id = $1 AND status = 'pending' AND reader_id IS NOT NULL AND handed_at IS NULL
              AND (expires_at IS NULL OR expires_at > $2) AND created_at <= $3"#,
        id.uuid(),
        now,
        queued_until
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.reader, row.expires_at)))
}

/// Lets a mail rest until an instant.
pub(crate) async fn rest(conn: &mut PgConnection, id: MailId, until: Timestamp) -> Result<()> {
    sqlx::query!("UPDATE operations.mails SET rests_until = $2 WHERE id = $1", id.uuid(), until)
        .execute(conn)
        .await
        .map(|_| ())
}

/// Ends the rest of mails that have rested until now. Gives which.
pub(crate) async fn wake(conn: &mut PgConnection, now: Timestamp, limit: i64) -> Result<Vec<MailId>> {
    sqlx::query_scalar!(
        r#"UPDATE operations.mails SET rests_until = NULL
            WHERE id IN (SELECT id FROM operations.mails WHERE status = 'pending' AND rests_until <= $1
                          ORDER BY rests_until LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING id AS "id: MailId""#,
        now,
        limit
    )
    .fetch_all(conn)
    .await
}

/// Closes mails that wait and that nobody has handed over, with the reason; their bodies go. Gives which.
pub(crate) async fn recall(conn: &mut PgConnection, ids: &[MailId], why: &str) -> Result<Vec<MailId>> {
    sqlx::query_scalar!(
        r#"UPDATE operations.mails SET status = 'withdrawn', last_error = $2, html = '', text = '',
                  reply_code = NULL, reply_status = NULL, reply_text = NULL
            WHERE id = ANY ($1) AND status = 'pending' AND once AND handed_at IS NULL
        RETURNING id AS "id: MailId""#,
        ids as &[MailId],
        why
    )
    .fetch_all(conn)
    .await
}

pub(crate) async fn recall_of(
    conn: &mut PgConnection,
    reader: UserId,
    template: &str,
    why: &str,
) -> Result<u64> {
    sqlx::query!(
        "UPDATE operations.mails SET status = 'withdrawn', last_error = $3, html = '', text = '',
                reply_code = NULL, reply_status = NULL, reply_text = NULL
          WHERE reader_id = $1 AND template = $2 AND status = 'pending' AND handed_at IS NULL",
        reader.uuid(),
        template,
        why
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected())
}

pub(crate) async fn last_to(conn: &mut PgConnection, address: &str) -> Result<crate::Known> {
    let row = sqlx::query!(
        r#"SELECT a.sent_at AS "sent_at?", l.last_error AS "last_error?", l.reply_code AS "reply_code?",
                  l.reply_status AS "reply_status?", l.reply_text AS "reply_text?"
             FROM (SELECT max(sent_at) AS sent_at FROM operations.mails WHERE lower(recipient) = lower($1)) a
             LEFT JOIN (SELECT m.status, m.last_error, m.reply_code, m.reply_status, m.reply_text FROM operations.mails m
                         WHERE lower(m.recipient) = lower($1) AND (m.status <> 'pending' OR m.last_error IS NOT NULL)
                           AND m.status <> 'withdrawn'
                         ORDER BY m.created_at DESC, m.id DESC LIMIT 1) l ON l.status <> 'sent'"#,
        address
    )
    .fetch_one(conn)
    .await?;
    let trouble = trouble(row.last_error, (row.reply_code, row.reply_status, row.reply_text));
    Ok(crate::Known { sent_at: row.sent_at, trouble })
}

pub(crate) async fn sent_to(conn: &mut PgConnection, address: &str) -> Result<serde_json::Value> {
    sqlx::query_scalar!(
        r#"SELECT coalesce(jsonb_agg(jsonb_build_object('to', recipient, 'kind', template, 'subject', subject,
                    'status', status, 'created_at', created_at, 'sent_at', sent_at) ORDER BY created_at DESC), '[]') AS "mails!"
             FROM operations.mails WHERE lower(recipient) = lower($1)"#,
        address
    )
    .fetch_one(conn)
    .await
}

pub(crate) async fn delete_of(conn: &mut PgConnection, address: &str) -> Result<u64> {
    sqlx::query!(
        "DELETE FROM operations.mails WHERE lower(recipient) = lower($1) AND status <> 'pending'",
        address
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected())
}

/// Closes what was tried as often as it may be and still waits: its last try was killed. Gives how many.
pub(crate) async fn close_forgotten(
    conn: &mut PgConnection,
    tries: i32,
    before: Timestamp,
    (broken, unanswered): (&str, &str),
) -> Result<u64> {
    sqlx::query!(
        "UPDATE operations.mails
            SET status = CASE WHEN handed_at IS NULL THEN 'failed' ELSE 'sent' END, sent_at = handed_at,
                last_error = CASE WHEN handed_at IS NULL THEN coalesce(last_error, $3::text) ELSE $4::text END,
                reply_code = CASE WHEN handed_at IS NULL THEN reply_code END,
                reply_status = CASE WHEN handed_at IS NULL THEN reply_status END,
                reply_text = CASE WHEN handed_at IS NULL THEN reply_text END, html = '', text = ''
          WHERE status = 'pending' AND attempts >= $1 AND created_at < $2",
        tries,
        before,
        broken,
        unanswered
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected())
}

pub(crate) async fn delete_old(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    sqlx::query!("DELETE FROM operations.mails WHERE created_at < $1", before)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
}
