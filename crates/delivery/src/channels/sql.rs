//! Queries on people's ways. All of them run in service transactions: people stand above tenants.

use bellwether_kernel::{Timestamp, id::UserId};
use sqlx::{PgConnection, Result};

use crate::{ChannelId, PushSubscriptionId, ways::Address};

/// A way.
#[derive(Debug, Clone)]
pub(crate) struct ChannelRow {
    pub(crate) id: ChannelId,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) state: String,
    pub(crate) reason: Option<String>,
    pub(crate) sealed: Option<String>,
    pub(crate) version: i16,
    pub(crate) code_hash: Option<Vec<u8>>,
    pub(crate) code_expires_at: Option<Timestamp>,
    pub(crate) code_tries: i16,
    pub(crate) codes_sent: i16,
    pub(crate) codes_since: Option<Timestamp>,
    /// Whether it has links that approve; none when nobody chose.
    pub(crate) approve_links: Option<bool>,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
}

impl ChannelRow {
    /// Whether what comes there may have links that approve, which whoever reads it can follow: as its person chose, else where
    /// nobody else reads it.
    pub(crate) fn approves(&self, address: Option<&Address>) -> bool {
        self.approve_links.unwrap_or_else(|| address.is_some_and(Address::is_of_one))
    }
}

/// Somebody's ways, those that are off too.
pub(crate) async fn list(conn: &mut PgConnection, user: UserId) -> Result<Vec<ChannelRow>> {
    sqlx::query_as!(
        ChannelRow,
        r#"SELECT id AS "id: ChannelId", kind, name, state, reason, sealed, encryption_version AS version, code_hash,
                  code_expires_at, code_tries, codes_sent, codes_since, approve_links, last_used_at, created_at
             FROM delivery.channels WHERE user_id = $1 ORDER BY kind"#,
        user.uuid()
    )
    .fetch_all(conn)
    .await
}

/// One of them.
pub(crate) async fn find(conn: &mut PgConnection, user: UserId, kind: &str) -> Result<Option<ChannelRow>> {
    sqlx::query_as!(
        ChannelRow,
        r#"SELECT id AS "id: ChannelId", kind, name, state, reason, sealed, encryption_version AS version, code_hash,
                  code_expires_at, code_tries, codes_sent, codes_since, approve_links, last_used_at, created_at
             FROM delivery.channels WHERE user_id = $1 AND kind = $2"#,
        user.uuid(),
        kind
    )
    .fetch_optional(conn)
    .await
}

/// The same, held until the end of the transaction.
pub(super) async fn lock(conn: &mut PgConnection, user: UserId, kind: &str) -> Result<Option<ChannelRow>> {
    sqlx::query_as!(
        ChannelRow,
        r#"SELECT id AS "id: ChannelId", kind, name, state, reason, sealed, encryption_version AS version, code_hash,
                  code_expires_at, code_tries, codes_sent, codes_since, approve_links, last_used_at, created_at
             FROM delivery.channels WHERE user_id = $1 AND kind = $2 FOR UPDATE"#,
        user.uuid(),
        kind
    )
    .fetch_optional(conn)
    .await
}

pub(super) struct NewChannel<'a> {
    pub(super) user: UserId,
    pub(super) kind: &'static str,
    pub(super) id: ChannelId,
    pub(super) name: &'a str,
    pub(super) state: &'static str,
    pub(super) sealed: Option<&'a str>,
    pub(super) approve_links: Option<bool>,
    pub(super) now: Timestamp,
}

/// Sets a way up anew; how many codes went out is not forgotten by it.
pub(super) async fn put(conn: &mut PgConnection, new: &NewChannel<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO delivery.channels AS c (user_id, kind, id, name, state, sealed, created_at, approve_links)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT ON CONSTRAINT channels_pkey DO UPDATE SET
           id = $3, name = $4, state = $5, sealed = $6, encryption_version = 1, reason = NULL, code_hash = NULL,
           code_expires_at = NULL, code_tries = 0, last_used_at = NULL, created_at = $7,
           approve_links = $8",
        new.user.uuid(),
        new.kind,
        new.id.uuid(),
        new.name,
        new.state,
        new.sealed,
        new.now,
        new.approve_links
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Takes a way away; false when there was none.
pub(super) async fn off(conn: &mut PgConnection, user: UserId, kind: &str) -> Result<bool> {
    sqlx::query!(
        "UPDATE delivery.channels
            SET state = 'off', sealed = NULL, name = '', reason = NULL, code_hash = NULL, code_expires_at = NULL
          WHERE user_id = $1 AND kind = $2 AND state <> 'off'",
        user.uuid(),
        kind
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Chooses whether a way has links that approve; false when it is not set up.
pub(super) async fn set_approve_links(
    conn: &mut PgConnection,
    (user, kind): (UserId, &str),
    with: bool,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE delivery.channels SET approve_links = $3 WHERE user_id = $1 AND kind = $2 AND state <> 'off'",
        user.uuid(),
        kind,
        with
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Notes what came of a try, unless the way was set up anew meanwhile: without a reason it works.
pub(crate) async fn note(
    conn: &mut PgConnection,
    id: ChannelId,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE delivery.channels
            SET state = CASE WHEN $2::text IS NULL THEN 'ready' ELSE 'troubled' END, reason = $2,
                last_used_at = CASE WHEN $2::text IS NULL THEN $3 ELSE last_used_at END
          WHERE id = $1 AND state IN ('ready', 'troubled')",
        id.uuid(),
        reason,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Says why a code did not come, or that nothing is wrong.
pub(super) async fn note_code(conn: &mut PgConnection, id: ChannelId, reason: Option<&str>) -> Result<()> {
    sqlx::query!(
        "UPDATE delivery.channels SET reason = $2 WHERE id = $1 AND state = 'unconfirmed'",
        id.uuid(),
        reason
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Keeps a new code, and counts it.
pub(super) async fn set_code(
    conn: &mut PgConnection,
    id: ChannelId,
    (hash, expires_at): (&[u8], Timestamp),
    (sent, since): (i16, Timestamp),
) -> Result<()> {
    sqlx::query!(
        "UPDATE delivery.channels
            SET code_hash = $2, code_expires_at = $3, code_tries = 0, codes_sent = $4, codes_since = $5
          WHERE id = $1",
        id.uuid(),
        hash,
        expires_at,
        sent,
        since
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Counts a wrong code.
pub(super) async fn count_try(conn: &mut PgConnection, id: ChannelId) -> Result<()> {
    sqlx::query!("UPDATE delivery.channels SET code_tries = code_tries + 1 WHERE id = $1", id.uuid())
        .execute(conn)
        .await
        .map(|_| ())
}

/// A code was right: the way is theirs.
pub(super) async fn confirm(
    conn: &mut PgConnection,
    id: ChannelId,
    (name, sealed): (&str, &str),
) -> Result<()> {
    sqlx::query!(
        "UPDATE delivery.channels
            SET state = 'ready', name = $2, sealed = $3, encryption_version = 1, reason = NULL, code_hash = NULL,
                code_expires_at = NULL, code_tries = 0
          WHERE id = $1",
        id.uuid(),
        name,
        sealed
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Whose code it is, held until the end of the transaction.
pub(super) async fn lock_by_code(
    conn: &mut PgConnection,
    hash: &[u8],
    now: Timestamp,
) -> Result<Option<(ChannelId, UserId)>> {
    let row = sqlx::query!(
        r#"SELECT id AS "id: ChannelId", user_id AS "user: UserId" FROM delivery.channels
            WHERE code_hash = $1 AND kind = 'telegram' AND state = 'unconfirmed' AND code_expires_at > $2 FOR UPDATE"#,
        hash,
        now
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.id, row.user)))
}

/// Whether somebody was asked to follow a link and has not yet.
pub(super) async fn anybody_linking(conn: &mut PgConnection, now: Timestamp) -> Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM delivery.channels WHERE kind = 'telegram' AND code_hash IS NOT NULL
                           AND code_expires_at > $1) AS "is!""#,
        now
    )
    .fetch_one(conn)
    .await
}

/// A browser.
#[derive(Debug, Clone)]
pub(crate) struct SubscriptionRow {
    pub(crate) id: PushSubscriptionId,
    pub(crate) name: String,
    pub(crate) sealed: String,
    pub(crate) version: i16,
    pub(crate) reason: Option<String>,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
}

/// Somebody's browsers, the oldest first.
pub(crate) async fn subscriptions(conn: &mut PgConnection, user: UserId) -> Result<Vec<SubscriptionRow>> {
    sqlx::query_as!(
        SubscriptionRow,
        r#"SELECT id AS "id: PushSubscriptionId", name, sealed, encryption_version AS version, reason, last_used_at,
                  created_at
             FROM delivery.push_subscriptions WHERE user_id = $1 ORDER BY created_at, id"#,
        user.uuid()
    )
    .fetch_all(conn)
    .await
}

/// Keeps a browser. One that is known is whoever's signed in there last.
pub(super) async fn subscribe(
    conn: &mut PgConnection,
    (id, user): (PushSubscriptionId, UserId),
    name: &str,
    (hash, sealed): (&[u8], &str),
    now: Timestamp,
) -> Result<PushSubscriptionId> {
    sqlx::query_scalar!(
        r#"INSERT INTO delivery.push_subscriptions (id, user_id, name, endpoint_hash, sealed, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT ON CONSTRAINT push_subscriptions_endpoint_key DO UPDATE SET
           user_id = $2, name = $3, sealed = $5, encryption_version = 1, reason = NULL
         RETURNING id AS "id: PushSubscriptionId""#,
        id.uuid(),
        user.uuid(),
        name,
        hash,
        sealed,
        now
    )
    .fetch_one(conn)
    .await
}

/// Forgets the oldest of somebody's browsers beyond so many.
pub(super) async fn keep_newest(conn: &mut PgConnection, user: UserId, most: i64) -> Result<()> {
    sqlx::query!(
        "DELETE FROM delivery.push_subscriptions WHERE id IN (
           SELECT id FROM delivery.push_subscriptions WHERE user_id = $1
            ORDER BY coalesce(last_used_at, created_at) DESC, id DESC OFFSET $2)",
        user.uuid(),
        most
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Forgets one; false when they have no such.
pub(super) async fn unsubscribe(
    conn: &mut PgConnection,
    user: UserId,
    id: PushSubscriptionId,
) -> Result<bool> {
    sqlx::query!(
        "DELETE FROM delivery.push_subscriptions WHERE user_id = $1 AND id = $2",
        user.uuid(),
        id.uuid()
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Forgets a browser that takes nothing any more.
pub(crate) async fn forget_subscription(conn: &mut PgConnection, id: PushSubscriptionId) -> Result<()> {
    sqlx::query!("DELETE FROM delivery.push_subscriptions WHERE id = $1", id.uuid())
        .execute(conn)
        .await
        .map(|_| ())
}

/// Notes what came of a try.
pub(crate) async fn note_subscription(
    conn: &mut PgConnection,
    id: PushSubscriptionId,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE delivery.push_subscriptions
            SET reason = $2, last_used_at = CASE WHEN $2::text IS NULL THEN $3 ELSE last_used_at END
          WHERE id = $1",
        id.uuid(),
        reason,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// What the installation keeps under a name: in the open, and sealed.
pub(super) async fn kept(
    conn: &mut PgConnection,
    name: &str,
) -> Result<Option<(String, Option<String>, i16)>> {
    let row = sqlx::query!(
        "SELECT value, sealed, encryption_version AS version FROM delivery.installation WHERE name = $1",
        name
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.value, row.sealed, row.version)))
}

/// Keeps something unless it is there: of two processes that make it at once, one has its way.
pub(super) async fn keep_first(
    conn: &mut PgConnection,
    name: &str,
    (value, sealed): (&str, &str),
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO delivery.installation (name, value, sealed, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT ON CONSTRAINT installation_pkey DO NOTHING",
        name,
        value,
        sealed,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Keeps how far a bot's letters were read; never goes back.
pub(super) async fn keep_offset(conn: &mut PgConnection, offset: i64, now: Timestamp) -> Result<()> {
    sqlx::query!(
        "INSERT INTO delivery.installation AS i (name, value, created_at) VALUES ('telegram_updates', $1::bigint::text, $2)
         ON CONFLICT ON CONSTRAINT installation_pkey DO UPDATE SET value = greatest(i.value::bigint, $1)::text",
        offset,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}
