//! Queries on the security log.

use bellwether_kernel::{
    PageRequest, Timestamp,
    id::{OrganizationId, SecurityEventId, UserId},
};
use bellwether_store::Tx;
use serde_json::Value;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::NewSecurityEvent;

pub(super) async fn insert(
    tx: &mut impl Tx,
    id: SecurityEventId,
    now: Timestamp,
    event: &NewSecurityEvent,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO operations.security_events
           (organization_id, id, user_id, created_at, kind, severity, detail, request_id, ip_address, user_agent)
         VALUES ($1, $2, $3, $4, $5, $6, $7, left($8, 200), $9::text::inet, left($10, 1000))",
        event.organization.map_or(Uuid::nil(), OrganizationId::uuid),
        id.uuid(),
        event.user.map(UserId::uuid),
        now,
        event.kind.name,
        event.kind.severity.as_str(),
        event.detail,
        event.context.request_id,
        event.context.ip_address.map(|address| address.to_string()),
        event.context.user_agent
    )
    .execute(tx.conn())
    .await
    .map(|_| ())
}

pub(super) struct Row {
    pub(super) id: SecurityEventId,
    pub(super) organization_id: Uuid,
    pub(super) user_id: Option<UserId>,
    pub(super) created_at: Timestamp,
    pub(super) kind: String,
    pub(super) severity: String,
    pub(super) detail: Value,
    pub(super) request_id: Option<String>,
    pub(super) ip_address: Option<String>,
    pub(super) user_agent: Option<String>,
}

/// What concerns a person, wherever; in a service transaction.
pub(super) async fn of_user(
    conn: &mut PgConnection,
    user: UserId,
    kind: Option<&str>,
    page: PageRequest,
) -> Result<Vec<Row>> {
    sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: SecurityEventId", organization_id, user_id AS "user_id: UserId", created_at, kind,
                  severity, detail, request_id, host(ip_address) AS ip_address, user_agent
             FROM operations.security_events
            WHERE user_id = $1 AND ($2::uuid IS NULL OR id < $2)
              AND ($3::text IS NULL OR kind = $3 OR starts_with(kind, $3 || '.'))
            ORDER BY id DESC LIMIT $4"#,
        user.uuid(),
        page.after.map(|cursor| cursor.id),
        kind,
        page.limit + 1
    )
    .fetch_all(conn)
    .await
}

/// What concerns the tenant.
pub(super) async fn of_tenant(
    conn: &mut PgConnection,
    kind: Option<&str>,
    user: Option<UserId>,
    page: PageRequest,
) -> Result<Vec<Row>> {
    sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: SecurityEventId", organization_id, user_id AS "user_id: UserId", created_at, kind,
                  severity, detail, request_id, host(ip_address) AS ip_address, user_agent
             FROM operations.security_events
            WHERE ($1::uuid IS NULL OR id < $1)
              AND ($2::text IS NULL OR kind = $2 OR starts_with(kind, $2 || '.'))
              AND ($3::uuid IS NULL OR user_id = $3)
            ORDER BY id DESC LIMIT $4"#,
        page.after.map(|cursor| cursor.id),
        kind,
        user.map(UserId::uuid),
        page.limit + 1
    )
    .fetch_all(conn)
    .await
}

/// Drops the months that ended before an instant.
pub(crate) async fn expire(conn: &mut PgConnection, before: Timestamp) -> Result<Vec<String>> {
    sqlx::query_scalar!(r#"SELECT operations.expire_security_events($1) AS "month!""#, before)
        .fetch_all(conn)
        .await
}
