//! Queries on leaving. All run in service transactions: an account belongs to no tenant.

use bellwether_kernel::{
    Timestamp,
    id::{OrganizationId, UserId},
};
use sqlx::{PgConnection, Result};

use super::{CancellationId, CancellationView};

pub(super) struct NewRow<'a> {
    pub(super) id: CancellationId,
    pub(super) kind: &'static str,
    pub(super) user: UserId,
    pub(super) organization: Option<OrganizationId>,
    pub(super) plan: Option<&'a str>,
    pub(super) reason: &'static str,
    pub(super) feedback: Option<&'a str>,
    pub(super) now: Timestamp,
}

pub(super) async fn insert(conn: &mut PgConnection, new: &NewRow<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO billing.cancellations
           (id, kind, user_id, of_organization_id, plan_id, reason, feedback, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        new.id.uuid(),
        new.kind,
        new.user.uuid(),
        new.organization.map(OrganizationId::uuid),
        new.plan,
        new.reason,
        new.feedback,
        new.now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// What a person said on leaving, for a copy of their data.
pub(super) async fn of_person(conn: &mut PgConnection, user: UserId) -> Result<serde_json::Value> {
    sqlx::query_scalar!(
        r#"SELECT coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'organization_id', of_organization_id,
                    'plan', plan_id, 'reason', reason, 'feedback', feedback, 'created_at', created_at)
                    ORDER BY created_at), '[]') AS "said!"
             FROM billing.cancellations WHERE user_id = $1"#,
        user.uuid()
    )
    .fetch_one(conn)
    .await
}

/// What a person said before of leaving with their account.
pub(super) async fn delete_of_account(conn: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!("DELETE FROM billing.cancellations WHERE user_id = $1 AND kind = 'account'", user.uuid())
        .execute(conn)
        .await
        .map(|_| ())
}

/// The latest first; `before` is the last id of the page before.
pub(super) async fn list(
    conn: &mut PgConnection,
    before: Option<CancellationId>,
    limit: i64,
) -> Result<Vec<CancellationView>> {
    sqlx::query_as!(
        CancellationView,
        r#"SELECT id AS "id: CancellationId", kind, user_id AS "user_id: UserId",
                  of_organization_id AS "organization_id: OrganizationId", plan_id AS plan, reason, feedback, created_at
             FROM billing.cancellations WHERE ($1::uuid IS NULL OR id < $1) ORDER BY id DESC LIMIT $2"#,
        before.map(CancellationId::uuid),
        limit
    )
    .fetch_all(conn)
    .await
}
