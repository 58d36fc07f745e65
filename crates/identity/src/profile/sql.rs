//! Queries on profiles.

use bellwether_kernel::{
    Timestamp,
    id::{AvatarId, UserId},
};
use sqlx::{PgConnection, Result};

use super::avatar::Avatar;

/// What changes; absent fields stay.
#[expect(clippy::option_option, reason = "leave, clear or set")]
pub(crate) struct Change<'a> {
    pub(crate) handle: Option<Option<&'a str>>,
    pub(crate) bio: Option<&'a str>,
    pub(crate) phone: Option<Option<&'a str>>,
}

pub(crate) async fn update(conn: &mut PgConnection, user: UserId, change: &Change<'_>) -> Result<()> {
    sqlx::query!(
        "UPDATE identity.users
            SET handle = CASE WHEN $2 THEN $3 ELSE handle END, bio = coalesce($4, bio),
                phone = CASE WHEN $5 THEN $6 ELSE phone END
          WHERE id = $1 AND deleted_at IS NULL",
        user.uuid(),
        change.handle.is_some(),
        change.handle.flatten(),
        change.bio,
        change.phone.is_some(),
        change.phone.flatten()
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) async fn put_avatar(
    conn: &mut PgConnection,
    id: AvatarId,
    user: UserId,
    avatar: &Avatar,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.avatars (id, user_id, content_type, content, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT ON CONSTRAINT avatars_user_id_key
         DO UPDATE SET id = excluded.id, content_type = excluded.content_type, content = excluded.content,
                       created_at = excluded.created_at",
        id.uuid(),
        user.uuid(),
        avatar.content_type,
        avatar.content,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) async fn delete_avatar(conn: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!("DELETE FROM identity.avatars WHERE user_id = $1", user.uuid())
        .execute(conn)
        .await
        .map(|_| ())
}

pub(super) struct AvatarRow {
    pub(super) content_type: String,
    pub(super) content: Vec<u8>,
}

pub(super) async fn find_avatar(conn: &mut PgConnection, id: AvatarId) -> Result<Option<AvatarRow>> {
    sqlx::query_as!(
        AvatarRow,
        "SELECT a.content_type, a.content
           FROM identity.avatars a JOIN identity.users u ON u.id = a.user_id
          WHERE a.id = $1 AND u.deleted_at IS NULL",
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}
