//! Queries on preferences and contacts. All of them run in service transactions: people stand above tenants.

use std::collections::HashMap;

use bellwether_kernel::{Timestamp, id::UserId};
use chrono::NaiveTime;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::model::Channels;
use crate::{ContactId, Kind};

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
pub(crate) struct PreferencesRow {
    pub(crate) delivery_time: NaiveTime,
    pub(crate) delivery_days: Vec<String>,
    pub(crate) email_enabled: bool,
    pub(crate) content_formats: Vec<String>,
    pub(crate) networks: Vec<String>,
    pub(crate) trend_alerts_enabled: bool,
    pub(crate) max_drafts: i32,
    pub(crate) post_reminders_enabled: bool,
    pub(crate) weekly_reports_enabled: bool,
    pub(crate) quiet_from: Option<NaiveTime>,
    pub(crate) quiet_to: Option<NaiveTime>,
    /// In order.
    pub(crate) morning_channels: Vec<String>,
    pub(crate) open_tracking_enabled: bool,
}

/// As the columns' defaults say.
impl Default for PreferencesRow {
    fn default() -> Self {
        let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday"];
        Self {
            delivery_time: NaiveTime::from_hms_opt(8, 0, 0).unwrap_or_default(),
            delivery_days: weekdays.map(str::to_owned).to_vec(),
            email_enabled: true,
            content_formats: Vec::new(),
            networks: Vec::new(),
            trend_alerts_enabled: true,
            max_drafts: 5,
            post_reminders_enabled: true,
            weekly_reports_enabled: true,
            quiet_from: None,
            quiet_to: None,
            morning_channels: vec!["email".to_owned()],
            open_tracking_enabled: true,
        }
    }
}

/// What somebody said, held until the end of the transaction; none when they said nothing.
pub(crate) async fn lock(conn: &mut PgConnection, user: UserId) -> Result<Option<PreferencesRow>> {
    sqlx::query_as!(
        PreferencesRow,
        "SELECT delivery_time, delivery_days, email_enabled, content_formats, networks, trend_alerts_enabled, max_drafts,
                post_reminders_enabled, weekly_reports_enabled, quiet_from, quiet_to, morning_channels,
                open_tracking_enabled
           FROM delivery.preferences WHERE user_id = $1 FOR UPDATE",
        user.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// The same without holding it.
pub(crate) async fn find(conn: &mut PgConnection, user: UserId) -> Result<Option<PreferencesRow>> {
    sqlx::query_as!(
        PreferencesRow,
        "SELECT delivery_time, delivery_days, email_enabled, content_formats, networks, trend_alerts_enabled, max_drafts,
                post_reminders_enabled, weekly_reports_enabled, quiet_from, quiet_to, morning_channels,
                open_tracking_enabled
           FROM delivery.preferences WHERE user_id = $1",
        user.uuid()
    )
    .fetch_optional(conn)
    .await
}

pub(crate) async fn upsert(conn: &mut PgConnection, user: UserId, row: &PreferencesRow) -> Result<()> {
    sqlx::query!(
        "INSERT INTO delivery.preferences AS p
           (user_id, delivery_time, delivery_days, email_enabled, content_formats, networks, trend_alerts_enabled, max_drafts,
            post_reminders_enabled, weekly_reports_enabled, quiet_from, quiet_to, morning_channels, open_tracking_enabled)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT ON CONSTRAINT preferences_pkey DO UPDATE SET
           delivery_time = $2, delivery_days = $3, email_enabled = $4, content_formats = $5, networks = $6,
           trend_alerts_enabled = $7, max_drafts = $8, post_reminders_enabled = $9, weekly_reports_enabled = $10,
           quiet_from = $11, quiet_to = $12, morning_channels = $13, open_tracking_enabled = $14",
        user.uuid(),
        row.delivery_time,
        &row.delivery_days,
        row.email_enabled,
        &row.content_formats,
        &row.networks,
        row.trend_alerts_enabled,
        row.max_drafts,
        row.post_reminders_enabled,
        row.weekly_reports_enabled,
        row.quiet_from,
        row.quiet_to,
        &row.morning_channels,
        row.open_tracking_enabled
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// What many people said; who said nothing is left out.
pub(crate) async fn of_people(
    conn: &mut PgConnection,
    users: &[UserId],
) -> Result<HashMap<UserId, PreferencesRow>> {
    let users: Vec<Uuid> = users.iter().map(|user| user.uuid()).collect();
    let rows = sqlx::query!(
        r#"SELECT user_id AS "user: UserId", delivery_time, delivery_days, email_enabled, content_formats, networks,
                  trend_alerts_enabled, max_drafts, post_reminders_enabled, weekly_reports_enabled, quiet_from, quiet_to,
                  morning_channels, open_tracking_enabled
             FROM delivery.preferences WHERE user_id = ANY ($1)"#,
        &users
    )
    .fetch_all(conn)
    .await?;
    let said = rows.into_iter().map(|row| {
        let said = PreferencesRow {
            delivery_time: row.delivery_time,
            delivery_days: row.delivery_days,
            email_enabled: row.email_enabled,
            content_formats: row.content_formats,
            networks: row.networks,
            trend_alerts_enabled: row.trend_alerts_enabled,
            max_drafts: row.max_drafts,
            post_reminders_enabled: row.post_reminders_enabled,
            weekly_reports_enabled: row.weekly_reports_enabled,
            quiet_from: row.quiet_from,
            quiet_to: row.quiet_to,
            morning_channels: row.morning_channels,
            open_tracking_enabled: row.open_tracking_enabled,
        };
        (row.user, said)
    });
    Ok(said.collect())
}

/// What somebody chose for kinds of notices; kinds that the code doesn't know any more are left out.
pub(crate) async fn kinds(
    conn: &mut PgConnection,
    users: &[UserId],
) -> Result<Vec<(UserId, Kind, Channels)>> {
    let users: Vec<Uuid> = users.iter().map(|user| user.uuid()).collect();
    let rows = sqlx::query!(
        r#"SELECT user_id AS "user: UserId", kind, in_app, by_mail FROM delivery.kind_preferences
            WHERE user_id = ANY ($1)"#,
        &users
    )
    .fetch_all(conn)
    .await?;
    let read = |kind: &str| kind.parse::<Kind>().ok();
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            read(&row.kind).map(|kind| (row.user, kind, Channels { app: row.in_app, mail: row.by_mail }))
        })
        .collect())
}

pub(crate) async fn put_kind(
    conn: &mut PgConnection,
    user: UserId,
    kind: Kind,
    channels: Channels,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO delivery.kind_preferences (user_id, kind, in_app, by_mail) VALUES ($1, $2, $3, $4)
         ON CONFLICT ON CONSTRAINT kind_preferences_pkey DO UPDATE SET in_app = $3, by_mail = $4",
        user.uuid(),
        kind.as_str(),
        channels.app,
        channels.mail
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Who of some people gets mail of this context at all.
pub(crate) async fn without_mail(conn: &mut PgConnection, users: &[UserId]) -> Result<Vec<UserId>> {
    let users: Vec<Uuid> = users.iter().map(|user| user.uuid()).collect();
    sqlx::query_scalar!(
        r#"SELECT user_id AS "user: UserId" FROM delivery.preferences
            WHERE user_id = ANY ($1) AND NOT email_enabled"#,
        &users
    )
    .fetch_all(conn)
    .await
}

/// Since when an address agreed to marketing; none when it never did, or ended it.
pub(crate) async fn opted_in_at(conn: &mut PgConnection, email: &str) -> Result<Option<Timestamp>> {
    sqlx::query_scalar!(
        r#"SELECT marketing_opted_in_at AS "at!" FROM delivery.contacts
            WHERE email = $1::text::citext AND marketing_opted_in_at IS NOT NULL
              AND marketing_unsubscribed_at IS NULL"#,
        email
    )
    .fetch_optional(conn)
    .await
}

/// Agrees to marketing at an address: ends what ended it before, a bounce included, since who asks reads mail there.
pub(crate) async fn opt_in(
    conn: &mut PgConnection,
    id: ContactId,
    (user, email): (UserId, &str),
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO delivery.contacts AS c
           (id, email, user_id, marketing_opted_in_at, marketing_last_event, marketing_last_event_at)
         VALUES ($1, $2::text::citext, $3, $4, 'opted_in', $4)
         ON CONFLICT ON CONSTRAINT contacts_email_key DO UPDATE SET
           user_id = $3, marketing_opted_in_at = $4, marketing_unsubscribed_at = NULL, marketing_bounced_at = NULL,
           marketing_last_event = 'opted_in', marketing_last_event_at = $4
         WHERE c.marketing_opted_in_at IS NULL OR c.marketing_unsubscribed_at IS NOT NULL
            OR c.marketing_bounced_at IS NOT NULL",
        id.uuid(),
        email,
        user.uuid(),
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Ends marketing at an address in the settings; an address that was never kept is kept as one that wants none.
pub(crate) async fn opt_out(
    conn: &mut PgConnection,
    id: ContactId,
    (user, email): (UserId, &str),
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO delivery.contacts AS c
           (id, email, user_id, marketing_unsubscribed_at, marketing_last_event, marketing_last_event_at)
         VALUES ($1, $2::text::citext, $3, $4, 'opted_out', $4)
         ON CONFLICT ON CONSTRAINT contacts_email_key DO UPDATE SET
           user_id = $3, marketing_unsubscribed_at = $4, marketing_last_event = 'opted_out',
           marketing_last_event_at = $4
         WHERE c.marketing_unsubscribed_at IS NULL",
        id.uuid(),
        email,
        user.uuid(),
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Ends marketing by the link in a mail; false when there is no such contact. A second time changes nothing.
pub(crate) async fn unsubscribe(conn: &mut PgConnection, id: ContactId, now: Timestamp) -> Result<bool> {
    sqlx::query!(
        "UPDATE delivery.contacts SET
           marketing_last_event = CASE WHEN marketing_unsubscribed_at IS NULL THEN 'unsubscribed' ELSE marketing_last_event END,
           marketing_last_event_at = CASE WHEN marketing_unsubscribed_at IS NULL THEN $2 ELSE marketing_last_event_at END,
           marketing_unsubscribed_at = coalesce(marketing_unsubscribed_at, $2)
          WHERE id = $1",
        id.uuid(),
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Notes that an address takes no mail; gives whose it is, none when it isn't known.
pub(crate) async fn bounce(
    conn: &mut PgConnection,
    email: &str,
    now: Timestamp,
) -> Result<Option<ContactId>> {
    sqlx::query_scalar!(
        r#"UPDATE delivery.contacts
              SET marketing_bounced_at = $2, marketing_last_event = 'bounced', marketing_last_event_at = $2
            WHERE email = $1::text::citext
        RETURNING id AS "id: ContactId""#,
        email,
        now
    )
    .fetch_optional(conn)
    .await
}

/// The contact of an address.
pub(crate) async fn contact(conn: &mut PgConnection, email: &str) -> Result<Option<ContactId>> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id: ContactId" FROM delivery.contacts WHERE email = $1::text::citext"#,
        email
    )
    .fetch_optional(conn)
    .await
}

/// Removes addresses that nobody's account has and that said nothing, once no campaign has gone to them for a while.
pub(crate) async fn delete_idle_contacts(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    sqlx::query!(
        "DELETE FROM delivery.contacts c
          WHERE c.user_id IS NULL AND c.marketing_opted_in_at IS NULL AND c.marketing_unsubscribed_at IS NULL
            AND c.marketing_bounced_at IS NULL AND c.created_at < $1
            AND NOT EXISTS (SELECT FROM delivery.campaign_messages m WHERE m.contact_id = c.id AND m.sent_at >= $1)",
        before
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected())
}
