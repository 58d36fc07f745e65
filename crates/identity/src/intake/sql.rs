//! Queries of the public forms and of permits. All run in service transactions.

use bellwether_kernel::{Timestamp, id::UserId};
use serde_json::Value;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::model::{ApplicationId, DemoId, WaitlistEntryId};

pub(super) struct NewApplicationRow<'a> {
    pub(super) id: ApplicationId,
    pub(super) account_type: &'a str,
    pub(super) name: &'a str,
    pub(super) email: &'a str,
    pub(super) data: Value,
    pub(super) demo: bool,
    pub(super) now: Timestamp,
}

/// Nothing when one of the address is open already.
pub(super) async fn insert_application(conn: &mut PgConnection, new: &NewApplicationRow<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.applications
           (id, account_type, name, email, application_data, demo, submitted_at, created_at, updated_at)
         VALUES ($1, $2, $3, $4::text::citext, $5, $6, $7, $7, $7)
         ON CONFLICT (email) WHERE status = 'pending' DO NOTHING",
        new.id.uuid(),
        new.account_type,
        new.name,
        new.email,
        new.data,
        new.demo,
        new.now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) struct NewWaitlistRow<'a> {
    pub(super) id: WaitlistEntryId,
    pub(super) email: &'a str,
    pub(super) name: Option<&'a str>,
    pub(super) account_type: Option<&'a str>,
    pub(super) demo: bool,
    pub(super) now: Timestamp,
}

/// Nothing when the address waits already.
pub(super) async fn insert_waitlist(conn: &mut PgConnection, new: &NewWaitlistRow<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.waitlist_entries (id, email, name, account_type, demo, created_at, updated_at)
         VALUES ($1, $2::text::citext, $3, $4, $5, $6, $6)
         ON CONFLICT ON CONSTRAINT waitlist_entries_email_key DO NOTHING",
        new.id.uuid(),
        new.email,
        new.name,
        new.account_type,
        new.demo,
        new.now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) struct NewDemoRow<'a> {
    pub(super) id: DemoId,
    pub(super) name: &'a str,
    pub(super) email: &'a str,
    pub(super) message: &'a str,
    pub(super) company_size: Option<&'a str>,
    pub(super) current_solution: Option<&'a str>,
    pub(super) demo: bool,
    pub(super) now: Timestamp,
}

/// Nothing when the address has an open one already.
pub(super) async fn insert_demo(conn: &mut PgConnection, new: &NewDemoRow<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.demos
           (id, user_id, name, email, message, company_size, current_solution, demo, requested_at, created_at,
            updated_at)
         VALUES ($1, (SELECT u.id FROM identity.users u WHERE u.email = $3::text::citext AND u.deleted_at IS NULL), $2,
                 $3::text::citext, $4, $5, $6, $7, $8, $8, $8)
         ON CONFLICT (email) WHERE status IN ('requested', 'scheduled') DO NOTHING",
        new.id.uuid(),
        new.name,
        new.email,
        new.message,
        new.company_size,
        new.current_solution,
        new.demo,
        new.now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Addresses of those who want to hear of something.
pub(super) async fn hearing(conn: &mut PgConnection, kind: &str) -> Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"SELECT email::text AS "email!" FROM identity.admin_notification_settings
            WHERE active AND $1 = ANY (notification_types) ORDER BY email"#,
        kind
    )
    .fetch_all(conn)
    .await
}

pub(super) struct NewPermit<'a> {
    pub(super) id: Uuid,
    pub(super) token_hash: &'a [u8],
    pub(super) email: &'a str,
    pub(super) reason: &'a str,
    pub(super) subject: Option<Uuid>,
    pub(super) by: Option<UserId>,
    pub(super) now: Timestamp,
    pub(super) expires_at: Timestamp,
}

pub(super) async fn insert_permit(conn: &mut PgConnection, new: &NewPermit<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.sign_up_permits
           (id, token_hash, email, reason, subject_id, created_by, created_at, expires_at)
         VALUES ($1, $2, $3::text::citext, $4, $5, $6, $7, $8)",
        new.id,
        new.token_hash,
        new.email,
        new.reason,
        new.subject,
        new.by.map(UserId::uuid),
        new.now,
        new.expires_at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Takes back what was not used.
pub(super) async fn void_permits(conn: &mut PgConnection, email: &str) -> Result<()> {
    sqlx::query!(
        "DELETE FROM identity.sign_up_permits WHERE email = $1::text::citext AND used_at IS NULL",
        email
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) async fn find_permit(
    conn: &mut PgConnection,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<String>> {
    sqlx::query_scalar!(
        r#"SELECT email::text AS "email!" FROM identity.sign_up_permits
            WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2"#,
        token_hash,
        now
    )
    .fetch_optional(conn)
    .await
}

pub(crate) struct PermitRow {
    pub(super) reason: String,
    pub(super) subject_id: Option<Uuid>,
}

pub(super) async fn spend_permit(
    conn: &mut PgConnection,
    token_hash: &[u8],
    email: &str,
    now: Timestamp,
) -> Result<Option<PermitRow>> {
    sqlx::query_as!(
        PermitRow,
        "UPDATE identity.sign_up_permits SET used_at = $3
          WHERE token_hash = $1 AND email = $2::text::citext AND used_at IS NULL AND expires_at > $3
        RETURNING reason, subject_id",
        token_hash,
        email,
        now
    )
    .fetch_optional(conn)
    .await
}

/// The same for an address that was proven otherwise. There is at most one: a new permit voids the earlier ones.
pub(super) async fn spend_permit_of(
    conn: &mut PgConnection,
    email: &str,
    now: Timestamp,
) -> Result<Option<PermitRow>> {
    sqlx::query_as!(
        PermitRow,
        "UPDATE identity.sign_up_permits SET used_at = $2
          WHERE email = $1::text::citext AND used_at IS NULL AND expires_at > $2
        RETURNING reason, subject_id",
        email,
        now
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn settle_application(conn: &mut PgConnection, id: Uuid, user: UserId) -> Result<()> {
    sqlx::query!("UPDATE identity.applications SET user_id = $2 WHERE id = $1", id, user.uuid())
        .execute(conn)
        .await
        .map(|_| ())
}

pub(super) async fn settle_waitlist(conn: &mut PgConnection, id: Uuid, user: UserId) -> Result<()> {
    sqlx::query!("UPDATE identity.waitlist_entries SET user_id = $2 WHERE id = $1", id, user.uuid())
        .execute(conn)
        .await
        .map(|_| ())
}

pub(super) struct ApplicantRow {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) account_type: String,
}

pub(super) async fn find_application(
    conn: &mut PgConnection,
    id: ApplicationId,
) -> Result<Option<ApplicantRow>> {
    sqlx::query_as!(
        ApplicantRow,
        r#"SELECT name, email::text AS "email!", account_type FROM identity.applications WHERE id = $1"#,
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// The address that waits.
pub(super) async fn find_waiting(conn: &mut PgConnection, id: WaitlistEntryId) -> Result<Option<String>> {
    sqlx::query_scalar!(
        r#"SELECT email::text AS "email!" FROM identity.waitlist_entries WHERE id = $1"#,
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// Who asks for a demo.
pub(super) async fn find_demo(conn: &mut PgConnection, id: DemoId) -> Result<Option<String>> {
    sqlx::query_scalar!("SELECT name FROM identity.demos WHERE id = $1", id.uuid()).fetch_optional(conn).await
}
