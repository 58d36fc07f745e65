//! Queries on passwords.

use bellwether_kernel::{
    Timestamp,
    id::{SessionId, UserId},
};
use sqlx::{PgConnection, Result};

pub(crate) struct OwnRow {
    pub(crate) email: String,
    pub(crate) password_hash: Option<String>,
}

/// A person's address and password.
pub(crate) async fn find_own(conn: &mut PgConnection, user: UserId) -> Result<Option<OwnRow>> {
    sqlx::query_as!(
        OwnRow,
        r#"SELECT u.email::text AS "email!", c.password_hash AS "password_hash?"
             FROM identity.users u LEFT JOIN identity.credentials c ON c.user_id = u.id
            WHERE u.id = $1 AND u.deleted_at IS NULL"#,
        user.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// Whether a session has proved who it is since an instant. One that stands for an outside issuer's token never has.
pub(crate) async fn is_recent(conn: &mut PgConnection, session: SessionId, since: Timestamp) -> Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM identity.sessions
                           WHERE id = $1 AND ended_at IS NULL AND provider IS NULL
                             AND authenticated_at >= $2) AS "is!""#,
        session.uuid(),
        since
    )
    .fetch_one(conn)
    .await
}
