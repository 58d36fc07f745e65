//! Queries on campaigns. All of them run in service transactions: contacts stand above tenants.

use bellwether_kernel::{
    Cursor, Timestamp,
    id::{MailId, UserId},
};
use chrono::NaiveDate;
use serde_json::Value;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::model::{CampaignSteps, CampaignView, Step};
use crate::{CampaignId, ContactId};

pub(super) async fn insert(conn: &mut PgConnection, new: &CampaignView, created_by: UserId) -> Result<()> {
    sqlx::query!(
        "INSERT INTO delivery.campaigns (id, name, launch_on, audience, link, time_zone, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        new.id.uuid(),
        new.name,
        new.launch_on,
        new.audience,
        new.link,
        new.time_zone,
        created_by.uuid(),
        new.created_at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// One, or a page of them, the newest first.
pub(super) async fn list(
    conn: &mut PgConnection,
    id: Option<CampaignId>,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<CampaignView>> {
    let after = after.unwrap_or(Cursor::NEWEST);
    let rows = sqlx::query!(
        r#"SELECT c.id AS "id: CampaignId", c.name, c.launch_on, c.audience, c.link, c.time_zone, c.cancelled_at,
                  c.created_at, m.counts AS "counts: Value"
             FROM delivery.campaigns c
            CROSS JOIN LATERAL (
              SELECT jsonb_object_agg(outcome || ' ' || step, n) AS counts
                FROM (SELECT outcome, step, count(*) AS n FROM delivery.campaign_messages
                       WHERE campaign_id = c.id GROUP BY outcome, step) x) m
            WHERE ($1::uuid IS NULL OR c.id = $1)
              AND (c.created_at, c.id) < ($2, $3)
            ORDER BY c.created_at DESC, c.id DESC LIMIT $4"#,
        id.map(CampaignId::uuid),
        after.at,
        after.id,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let counts = row.counts.unwrap_or_default();
            let steps = |outcome: &str| {
                let of =
                    |step: Step| counts[format!("{outcome} {}", step.as_str())].as_i64().unwrap_or_default();
                CampaignSteps {
                    t14: of(Step::T14),
                    t7: of(Step::T7),
                    t1: of(Step::T1),
                    launch: of(Step::Launch),
                }
            };
            CampaignView {
                sent: steps("sent"),
                waiting: steps("waiting"),
                refused: steps("refused"),
                withdrawn: steps("withdrawn"),
                id: row.id,
                name: row.name,
                launch_on: row.launch_on,
                audience: row.audience,
                link: row.link,
                time_zone: row.time_zone,
                cancelled_at: row.cancelled_at,
                created_at: row.created_at,
            }
        })
        .collect())
}

/// Ends a campaign; false when there is none.
pub(super) async fn cancel(conn: &mut PgConnection, id: CampaignId, now: Timestamp) -> Result<bool> {
    sqlx::query!(
        "UPDATE delivery.campaigns SET cancelled_at = coalesce(cancelled_at, $2) WHERE id = $1",
        id.uuid(),
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// A campaign while it is sent.
pub(super) struct RunningRow {
    pub(super) id: CampaignId,
    pub(super) name: String,
    pub(super) launch_on: NaiveDate,
    pub(super) audience: String,
    pub(super) link: String,
    pub(super) time_zone: String,
}

/// Campaigns that may have a step on one of some days.
pub(super) async fn running(
    conn: &mut PgConnection,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<RunningRow>> {
    sqlx::query_as!(
        RunningRow,
        r#"SELECT id AS "id: CampaignId", name, launch_on, audience, link, time_zone FROM delivery.campaigns
            WHERE cancelled_at IS NULL AND launch_on BETWEEN $1 AND $2 ORDER BY created_at, id"#,
        first,
        last
    )
    .fetch_all(conn)
    .await
}

/// Whether a campaign goes on, held until the end of the transaction: an end that was told of is one.
pub(super) async fn lock_running(conn: &mut PgConnection, id: CampaignId) -> Result<bool> {
    let running = sqlx::query_scalar!(
        r#"SELECT cancelled_at IS NULL AS "running!" FROM delivery.campaigns WHERE id = $1 FOR SHARE"#,
        id.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(running.unwrap_or(false))
}

/// A page of the people who agreed, by contact: theirs, and the address at which they did.
pub(super) async fn opted_in(
    conn: &mut PgConnection,
    after: Uuid,
    limit: i64,
) -> Result<Vec<(ContactId, UserId, String)>> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id: ContactId", user_id AS "user!: UserId", email::text AS "email!"
             FROM delivery.contacts
            WHERE id > $1 AND user_id IS NOT NULL AND marketing_opted_in_at IS NOT NULL
              AND marketing_unsubscribed_at IS NULL AND marketing_bounced_at IS NULL
            ORDER BY id LIMIT $2"#,
        after,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.user, row.email)).collect())
}

/// The contact of an address, made when it is new, held until the end of the transaction; none when it wants no marketing
/// or takes no mail.
pub(super) async fn lock_contact(
    conn: &mut PgConnection,
    id: ContactId,
    email: &str,
) -> Result<Option<ContactId>> {
    let row = sqlx::query!(
        r#"INSERT INTO delivery.contacts AS c (id, email) VALUES ($1, $2::text::citext)
           ON CONFLICT ON CONSTRAINT contacts_email_key DO UPDATE SET email = c.email
           RETURNING id AS "id: ContactId",
             marketing_unsubscribed_at IS NULL AND marketing_bounced_at IS NULL AS "reached!""#,
        id.uuid(),
        email
    )
    .fetch_one(conn)
    .await?;
    Ok(Some(row.id).filter(|_| row.reached))
}

/// Whether a step went to a contact before. Whoever asks holds the contact.
pub(super) async fn has_message(
    conn: &mut PgConnection,
    campaign: CampaignId,
    step: &str,
    contact: ContactId,
) -> Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM delivery.campaign_messages
                           WHERE campaign_id = $1 AND step = $2 AND contact_id = $3) AS "known!""#,
        campaign.uuid(),
        step,
        contact.uuid()
    )
    .fetch_one(conn)
    .await
}

/// Notes that a step waits in the outbox for a contact.
pub(super) async fn insert_message(
    conn: &mut PgConnection,
    (campaign, step, contact): (CampaignId, &str, ContactId),
    mail: MailId,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO delivery.campaign_messages (campaign_id, step, contact_id, sent_at, mail_id, outcome)
         VALUES ($1, $2, $3, $4, $5, 'waiting')",
        campaign.uuid(),
        step,
        contact.uuid(),
        now,
        mail.uuid()
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Mails of campaigns that wait, after one.
pub(super) async fn waiting(conn: &mut PgConnection, after: Uuid, limit: i64) -> Result<Vec<MailId>> {
    sqlx::query_scalar!(
        r#"SELECT mail_id AS "mail!: MailId" FROM delivery.campaign_messages
            WHERE outcome = 'waiting' AND mail_id > $1 ORDER BY mail_id LIMIT $2"#,
        after,
        limit
    )
    .fetch_all(conn)
    .await
}

/// Those of a campaign, or for a contact; held until the end of the transaction.
pub(super) async fn waiting_of(
    conn: &mut PgConnection,
    (campaign, contact): (Option<CampaignId>, Option<ContactId>),
) -> Result<Vec<MailId>> {
    sqlx::query_scalar!(
        r#"SELECT mail_id AS "mail!: MailId" FROM delivery.campaign_messages
            WHERE outcome = 'waiting' AND (campaign_id = $1 OR contact_id = $2) ORDER BY mail_id FOR UPDATE"#,
        campaign.map(CampaignId::uuid),
        contact.map(ContactId::uuid)
    )
    .fetch_all(conn)
    .await
}

/// Holds the contact for whom a mail waits until the end of the transaction; false when none does.
pub(super) async fn lock_contact_of(conn: &mut PgConnection, mail: MailId) -> Result<bool> {
    let held = sqlx::query_scalar!(
        r#"SELECT c.id AS "id: ContactId" FROM delivery.contacts c
             JOIN delivery.campaign_messages m ON m.contact_id = c.id
            WHERE m.mail_id = $1 AND m.outcome = 'waiting' FOR UPDATE OF c"#,
        mail.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(held.is_some())
}

/// Notes what became of a mail, and with the contact when it left, unless something came after that.
pub(super) async fn settle(
    conn: &mut PgConnection,
    mail: MailId,
    (outcome, reason): (&str, Option<&str>),
    at: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "WITH settled AS (
           UPDATE delivery.campaign_messages
              SET outcome = $2, reason = $3, sent_at = CASE WHEN $2 = 'sent' THEN $4 ELSE sent_at END
            WHERE mail_id = $1 AND outcome = 'waiting' RETURNING contact_id)
         UPDATE delivery.contacts SET marketing_last_event = 'sent', marketing_last_event_at = $4
          WHERE $2 = 'sent' AND id IN (SELECT contact_id FROM settled)
            AND (marketing_last_event_at IS NULL OR marketing_last_event_at <= $4)",
        mail.uuid(),
        outcome,
        reason,
        at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Notes that mails were taken back, and why.
pub(super) async fn withdraw(conn: &mut PgConnection, mails: &[MailId], why: &str) -> Result<()> {
    sqlx::query!(
        "UPDATE delivery.campaign_messages SET outcome = 'withdrawn', reason = $2
          WHERE mail_id = ANY ($1) AND outcome = 'waiting'",
        mails as &[MailId],
        why
    )
    .execute(conn)
    .await
    .map(|_| ())
}
