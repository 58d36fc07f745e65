//! Queries of the admin area. All run in service transactions.

use bellwether_kernel::{
    Cursor, PageRequest, Timestamp,
    id::{OrganizationId, UserId},
};
use serde_json::Value;
use sqlx::{PgConnection, Result};

use super::model::{ApplicationId, DemoId, NotificationSettingId, WaitlistEntryId};

pub(super) struct ApplicationRow {
    pub(super) id: ApplicationId,
    pub(super) account_type: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) data: Value,
    pub(super) status: String,
    pub(super) submitted_at: Timestamp,
    pub(super) reviewed_at: Option<Timestamp>,
    pub(super) reviewed_by: Option<UserId>,
    pub(super) rejection_reason: Option<String>,
    pub(super) admin_notes: String,
    pub(super) user_id: Option<UserId>,
    pub(super) demo: bool,
}

/// With an id that one alone, else a page.
pub(super) async fn applications(
    conn: &mut PgConnection,
    id: Option<ApplicationId>,
    status: Option<&str>,
    account_type: Option<&str>,
    page: PageRequest,
) -> Result<Vec<ApplicationRow>> {
    let after = page.after.unwrap_or(Cursor::NEWEST);
    sqlx::query_as!(
        ApplicationRow,
        r#"SELECT id AS "id: ApplicationId", account_type, name, email::text AS "email!", application_data AS data,
                  status, submitted_at, reviewed_at, reviewed_by AS "reviewed_by: UserId", rejection_reason, admin_notes,
                  user_id AS "user_id: UserId", demo
             FROM identity.applications
            WHERE ($1::uuid IS NULL OR id = $1) AND ($2::text IS NULL OR status = $2)
              AND ($3::text IS NULL OR account_type = $3)
              AND (submitted_at, id) < ($4, $5)
            ORDER BY submitted_at DESC, id DESC LIMIT $6"#,
        id.map(ApplicationId::uuid),
        status,
        account_type,
        after.at,
        after.id,
        page.limit + 1
    )
    .fetch_all(conn)
    .await
}

/// Decides an open application; false when it is decided already.
pub(super) async fn review_application(
    conn: &mut PgConnection,
    id: ApplicationId,
    status: &str,
    reason: Option<&str>,
    by: UserId,
    now: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE identity.applications SET status = $2, rejection_reason = $3, reviewed_by = $4, reviewed_at = $5
          WHERE id = $1 AND status = 'pending'",
        id.uuid(),
        status,
        reason,
        by.uuid(),
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

pub(super) async fn note_application(
    conn: &mut PgConnection,
    id: ApplicationId,
    notes: &str,
) -> Result<bool> {
    sqlx::query!("UPDATE identity.applications SET admin_notes = $2 WHERE id = $1", id.uuid(), notes)
        .execute(conn)
        .await
        .map(|done| done.rows_affected() == 1)
}

pub(super) struct WaitlistRow {
    pub(super) id: WaitlistEntryId,
    pub(super) email: String,
    pub(super) name: Option<String>,
    pub(super) account_type: Option<String>,
    pub(super) created_at: Timestamp,
    pub(super) early_access_granted_at: Option<Timestamp>,
    pub(super) user_id: Option<UserId>,
    pub(super) demo: bool,
}

/// Who waits longest comes first.
pub(super) async fn waitlist(
    conn: &mut PgConnection,
    waiting: Option<bool>,
    page: PageRequest,
) -> Result<Vec<WaitlistRow>> {
    let after = page.after.unwrap_or(Cursor::OLDEST);
    sqlx::query_as!(
        WaitlistRow,
        r#"SELECT id AS "id: WaitlistEntryId", email::text AS "email!", name, account_type, created_at,
                  early_access_granted_at, user_id AS "user_id: UserId", demo
             FROM identity.waitlist_entries
            WHERE ($1::boolean IS NULL OR $1 = (early_access_granted_at IS NULL))
              AND (created_at, id) > ($2, $3)
            ORDER BY created_at, id LIMIT $4"#,
        waiting,
        after.at,
        after.id,
        page.limit + 1
    )
    .fetch_all(conn)
    .await
}

/// Whom early access is granted to.
pub(super) struct GrantedRow {
    pub(super) email: String,
    pub(super) demo: bool,
}

/// Grants early access (again, when the first link was lost).
pub(super) async fn grant_access(
    conn: &mut PgConnection,
    id: WaitlistEntryId,
    by: UserId,
    now: Timestamp,
) -> Result<Option<GrantedRow>> {
    sqlx::query_as!(
        GrantedRow,
        r#"UPDATE identity.waitlist_entries
              SET early_access_granted_at = coalesce(early_access_granted_at, $3), early_access_granted_by = $2
            WHERE id = $1 AND user_id IS NULL
        RETURNING email::text AS "email!", demo"#,
        id.uuid(),
        by.uuid(),
        now
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn delete_waitlist(conn: &mut PgConnection, id: WaitlistEntryId) -> Result<bool> {
    sqlx::query!("DELETE FROM identity.waitlist_entries WHERE id = $1", id.uuid())
        .execute(conn)
        .await
        .map(|done| done.rows_affected() == 1)
}

pub(super) struct DemoRow {
    pub(super) id: DemoId,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) message: String,
    pub(super) company_size: Option<String>,
    pub(super) current_solution: Option<String>,
    pub(super) qualification_notes: String,
    pub(super) prep_notes: String,
    pub(super) follow_up_reminders: String,
    pub(super) status: String,
    pub(super) requested_at: Timestamp,
    pub(super) scheduled_at: Option<Timestamp>,
    pub(super) completed_at: Option<Timestamp>,
    pub(super) demo_organization_id: Option<OrganizationId>,
    pub(super) enabled_at: Option<Timestamp>,
    pub(super) disabled_at: Option<Timestamp>,
    pub(super) demo: bool,
}

/// With an id that one alone, else a page.
pub(super) async fn demos(
    conn: &mut PgConnection,
    id: Option<DemoId>,
    status: Option<&str>,
    page: PageRequest,
) -> Result<Vec<DemoRow>> {
    let after = page.after.unwrap_or(Cursor::NEWEST);
    sqlx::query_as!(
        DemoRow,
        r#"SELECT id AS "id: DemoId", name, email::text AS "email!", message, company_size, current_solution,
                  qualification_notes, prep_notes, follow_up_reminders, status, requested_at, scheduled_at, completed_at,
                  demo_organization_id AS "demo_organization_id: OrganizationId", enabled_at, disabled_at, demo
             FROM identity.demos
            WHERE ($1::uuid IS NULL OR id = $1) AND ($2::text IS NULL OR status = $2)
              AND (requested_at, id) < ($3, $4)
            ORDER BY requested_at DESC, id DESC LIMIT $5"#,
        id.map(DemoId::uuid),
        status,
        after.at,
        after.id,
        page.limit + 1
    )
    .fetch_all(conn)
    .await
}

/// Writes back what an operator may change.
pub(super) async fn update_demo(conn: &mut PgConnection, row: &DemoRow) -> Result<()> {
    sqlx::query!(
        "UPDATE identity.demos
            SET qualification_notes = $2, prep_notes = $3, follow_up_reminders = $4, status = $5, scheduled_at = $6,
                completed_at = $7, demo_organization_id = $8, enabled_at = $9, disabled_at = $10
          WHERE id = $1",
        row.id.uuid(),
        row.qualification_notes,
        row.prep_notes,
        row.follow_up_reminders,
        row.status,
        row.scheduled_at,
        row.completed_at,
        row.demo_organization_id.map(OrganizationId::uuid),
        row.enabled_at,
        row.disabled_at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) async fn is_demo_organization(conn: &mut PgConnection, id: OrganizationId) -> Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM identity.organizations WHERE id = $1 AND demo AND deleted_at IS NULL) AS "is!""#,
        id.uuid()
    )
    .fetch_one(conn)
    .await
}

pub(super) struct SettingRow {
    pub(super) id: NotificationSettingId,
    pub(super) email: String,
    pub(super) notification_types: Vec<String>,
    pub(super) active: bool,
    pub(super) created_at: Timestamp,
}

pub(super) async fn settings(conn: &mut PgConnection) -> Result<Vec<SettingRow>> {
    sqlx::query_as!(
        SettingRow,
        r#"SELECT id AS "id: NotificationSettingId", email::text AS "email!", notification_types, active, created_at
             FROM identity.admin_notification_settings ORDER BY email LIMIT 200"#
    )
    .fetch_all(conn)
    .await
}

/// Adds an address, or changes what it hears of.
pub(super) async fn put_setting(
    conn: &mut PgConnection,
    id: NotificationSettingId,
    email: &str,
    types: &[String],
    active: bool,
    by: UserId,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.admin_notification_settings (id, email, notification_types, active, added_by)
         VALUES ($1, $2::text::citext, $3, $4, $5)
         ON CONFLICT ON CONSTRAINT admin_notification_settings_email_key
         DO UPDATE SET notification_types = excluded.notification_types, active = excluded.active",
        id.uuid(),
        email,
        types,
        active,
        by.uuid()
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) async fn delete_setting(conn: &mut PgConnection, id: NotificationSettingId) -> Result<bool> {
    sqlx::query!("DELETE FROM identity.admin_notification_settings WHERE id = $1", id.uuid())
        .execute(conn)
        .await
        .map(|done| done.rows_affected() == 1)
}

pub(super) struct PersonRow {
    pub(super) id: UserId,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) operator: bool,
    pub(super) suspended_at: Option<Timestamp>,
    pub(super) demo: bool,
    pub(super) created_at: Timestamp,
    pub(super) last_seen_at: Option<Timestamp>,
    pub(super) organizations: i64,
}

/// People whose address or name has these words, the latest first.
pub(super) async fn people(
    conn: &mut PgConnection,
    search: Option<&str>,
    page: PageRequest,
) -> Result<Vec<PersonRow>> {
    let after = page.after.unwrap_or(Cursor::NEWEST);
    sqlx::query_as!(
        PersonRow,
        r#"SELECT u.id AS "id: UserId", u.email::text AS "email!", u.name, u.operator, u.suspended_at, u.demo,
                  u.created_at,
                  (SELECT max(s.last_seen_at) FROM identity.sessions s WHERE s.user_id = u.id) AS last_seen_at,
                  (SELECT count(DISTINCT m.organization_id) FROM identity.memberships m WHERE m.user_id = u.id)
                    AS "organizations!"
             FROM identity.users u
            WHERE u.deleted_at IS NULL
              AND ($1::text IS NULL OR strpos(lower(u.email::text), lower($1)) > 0
                   OR strpos(lower(u.name), lower($1)) > 0)
              AND (u.created_at, u.id) < ($2, $3)
            ORDER BY u.created_at DESC, u.id DESC LIMIT $4"#,
        search,
        after.at,
        after.id,
        page.limit + 1
    )
    .fetch_all(conn)
    .await
}

pub(super) struct OrganizationRow {
    pub(super) id: OrganizationId,
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) demo: bool,
    pub(super) created_at: Timestamp,
    pub(super) deleted_at: Option<Timestamp>,
    pub(super) members: i64,
}

/// Organizations whose name or address has these words, the latest first.
pub(super) async fn organizations(
    conn: &mut PgConnection,
    search: Option<&str>,
    page: PageRequest,
) -> Result<Vec<OrganizationRow>> {
    let after = page.after.unwrap_or(Cursor::NEWEST);
    sqlx::query_as!(
        OrganizationRow,
        r#"SELECT o.id AS "id: OrganizationId", o.slug, o.name, o.type AS kind, o.demo, o.created_at, o.deleted_at,
                  (SELECT count(DISTINCT m.user_id) FROM identity.memberships m WHERE m.organization_id = o.id)
                    AS "members!"
             FROM identity.organizations o
            WHERE ($1::text IS NULL OR strpos(o.slug, lower($1)) > 0 OR strpos(lower(o.name), lower($1)) > 0)
              AND (o.created_at, o.id) < ($2, $3)
            ORDER BY o.created_at DESC, o.id DESC LIMIT $4"#,
        search,
        after.at,
        after.id,
        page.limit + 1
    )
    .fetch_all(conn)
    .await
}

/// Whether somebody with this address has an account.
pub(super) async fn has_account(conn: &mut PgConnection, email: &str) -> Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM identity.users WHERE email = $1::text::citext) AS "has!""#,
        email
    )
    .fetch_one(conn)
    .await
}

/// Permits that can't be used any more.
pub(crate) async fn delete_permits(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    sqlx::query!("DELETE FROM identity.sign_up_permits WHERE expires_at < $1", before)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
}
