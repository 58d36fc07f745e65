//! Queries on campaigns. All of them run in service transactions: contacts stand above tenants.

use bellwether_kernel::{Cursor, Timestamp, id::UserId};
use chrono::NaiveDate;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::model::{CampaignSteps, CampaignView};
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
                  c.created_at, m.t14 AS "t14!", m.t7 AS "t7!", m.t1 AS "t1!", m.launch AS "launch!"
             FROM delivery.campaigns c
            CROSS JOIN LATERAL (
              SELECT count(*) FILTER (WHERE step = 't14') AS t14, count(*) FILTER (WHERE step = 't7') AS t7,
                     count(*) FILTER (WHERE step = 't1') AS t1, count(*) FILTER (WHERE step = 'launch') AS launch
                FROM delivery.campaign_messages WHERE campaign_id = c.id) m
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
        .map(|row| CampaignView {
            id: row.id,
            name: row.name,
            launch_on: row.launch_on,
            audience: row.audience,
            link: row.link,
            time_zone: row.time_zone,
            cancelled_at: row.cancelled_at,
            created_at: row.created_at,
            sent: CampaignSteps { t14: row.t14, t7: row.t7, t1: row.t1, launch: row.launch },
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

/// Notes a step for a contact; false when it went to them before.
pub(super) async fn insert_message(
    conn: &mut PgConnection,
    campaign: CampaignId,
    step: &str,
    contact: ContactId,
    now: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "WITH sent AS (
           INSERT INTO delivery.campaign_messages (campaign_id, step, contact_id, sent_at) VALUES ($1, $2, $3, $4)
           ON CONFLICT ON CONSTRAINT campaign_messages_pkey DO NOTHING RETURNING contact_id)
         UPDATE delivery.contacts SET marketing_last_event = 'sent', marketing_last_event_at = $4
          WHERE id IN (SELECT contact_id FROM sent)",
        campaign.uuid(),
        step,
        contact.uuid(),
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}
