//! Queries on sources. What is due is found across tenants in a service transaction; all else is the tenant's.

use bellwether_kernel::{
    Cursor, Timestamp,
    id::{BrandId, OrganizationId, UserId},
};
use serde_json::Value;
use sqlx::{PgConnection, Result};

use super::{
    about::AboutSource,
    model::{Frequency, Health, Kind, SourceView, State},
    place::Place,
};
use crate::SourceId;

struct Row {
    id: SourceId,
    kind: String,
    name: String,
    url: String,
    feed_url: Option<String>,
    identifier: String,
    priority: i32,
    active: bool,
    frequency: String,
    version: i32,
    created_at: Timestamp,
    state: String,
    failure: Option<String>,
    failures: i32,
    last_success_at: Option<Timestamp>,
    last_checked_at: Option<Timestamp>,
    next_check_at: Option<Timestamp>,
    every_minutes: i32,
    per_week: Option<f64>,
    last_item_at: Option<Timestamp>,
    read_through: Option<String>,
    demo: bool,
    fault: Option<String>,
    note: Option<String>,
    items: i64,
}

impl From<Row> for SourceView {
    fn from(row: Row) -> Self {
        // the checks of the table hold both to their words
        let kind = row.kind.parse().unwrap_or(Kind::Feed);
        let state = if row.active { row.state.parse().unwrap_or(State::New) } else { State::Paused };
        // read all the same, and its author may want to know
        let fault = row.fault.filter(|_| state == State::Healthy).map(|fault| {
            let fault: String = fault.chars().take(300).collect();
            format!("The feed is not well-formed ({fault}). What could be read of it is here.")
        });
        let note = row.note.filter(|_| state == State::Healthy);
        let words = row.failure.or_else(|| kind.unsupported().map(str::to_owned)).or(note).or(fault);
        Self {
            id: row.id,
            kind,
            name: row.name,
            url: row.url,
            feed_url: row.feed_url,
            identifier: row.identifier,
            priority: row.priority,
            active: row.active,
            frequency: row.frequency.parse().unwrap_or_default(),
            version: row.version,
            created_at: row.created_at,
            state,
            health: Health {
                words,
                last_success_at: row.last_success_at,
                last_checked_at: row.last_checked_at,
                next_check_at: row.next_check_at.filter(|_| row.active),
                failures: row.failures,
                every_minutes: row.every_minutes,
            },
            read_through: row.read_through,
            demo: row.demo,
            items: row.items,
            per_week: row.per_week,
            last_item_at: row.last_item_at,
        }
    }
}

/// Which sources are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wanted<'a> {
    pub(super) id: Option<SourceId>,
    pub(super) kind: Option<&'a str>,
    /// `paused` is said by `active`.
    pub(super) state: Option<&'a str>,
    /// A pattern of `LIKE`.
    pub(super) pattern: Option<&'a str>,
}

/// A brand's sources, the oldest first.
pub(super) async fn find(
    conn: &mut PgConnection,
    brand: BrandId,
    wanted: Wanted<'_>,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<SourceView>> {
    let after = after.unwrap_or(Cursor::OLDEST);
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT s.id AS "id: SourceId", s.kind, s.name, s.url, s.feed_url, s.identifier, s.priority, s.active,
                  s.frequency, s.version, s.created_at, s.state, s.failure, s.failures, s.last_success_at,
                  s.last_checked_at, s.next_check_at, s.every_minutes, s.per_week, s.last_item_at,
                  s.metadata ->> 'read_through' AS read_through, s.metadata ? 'demo' AS "demo!",
                  s.metadata ->> 'fault' AS fault, s.metadata ->> 'note' AS note,
                  (SELECT count(*) FROM trends.sightings g
                    WHERE g.organization_id = s.organization_id AND g.source_id = s.id) AS "items!"
             FROM trends.sources s
            WHERE s.brand_id = $1 AND ($2::uuid IS NULL OR s.id = $2) AND ($3::text IS NULL OR s.kind = $3)
              AND ($4::text IS NULL OR CASE WHEN s.active THEN s.state ELSE 'paused' END = $4)
              AND ($5::text IS NULL OR s.name ILIKE $5 OR s.url ILIKE $5)
              AND (s.created_at, s.id) > ($6, $7)
            ORDER BY s.created_at, s.id LIMIT $8"#,
        brand.uuid(),
        wanted.id.map(SourceId::uuid),
        wanted.kind,
        wanted.state,
        wanted.pattern,
        after.at,
        after.id,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(SourceView::from).collect())
}

/// What a notice says of a source.
pub(super) async fn about(conn: &mut PgConnection, id: SourceId) -> Result<Option<AboutSource>> {
    let row = sqlx::query!(
        "SELECT name, state, active, failure, last_success_at FROM trends.sources WHERE id = $1",
        id.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| AboutSource {
        name: row.name,
        state: if row.active { row.state.parse().unwrap_or(State::New) } else { State::Paused },
        words: row.failure,
        last_success_at: row.last_success_at,
    }))
}

/// A source that a brand has already.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) identifier: String,
    pub(super) feed_url: Option<String>,
    pub(super) id: SourceId,
    pub(super) name: String,
}

/// The sources of a brand that have one of these identifiers or feeds: identifier, feed, id and name.
pub(super) async fn known(
    conn: &mut PgConnection,
    brand: BrandId,
    identifiers: &[String],
) -> Result<Vec<Known>> {
    sqlx::query_as!(
        Known,
        r#"SELECT identifier, feed_url, id AS "id: SourceId", name FROM trends.sources
            WHERE brand_id = $1 AND (identifier = ANY ($2) OR feed_url = ANY ($2))"#,
        brand.uuid(),
        identifiers
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn count(conn: &mut PgConnection, brand: BrandId) -> Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM trends.sources WHERE brand_id = $1"#,
        brand.uuid()
    )
    .fetch_one(conn)
    .await
}

pub(super) struct NewSource<'a> {
    pub(super) key: (OrganizationId, BrandId, SourceId),
    pub(super) kind: Kind,
    pub(super) place: &'a Place,
    pub(super) name: &'a str,
    pub(super) priority: i32,
    pub(super) frequency: Frequency,
    pub(super) metadata: &'a Value,
    pub(super) state: State,
    pub(super) next_check_at: Option<Timestamp>,
    pub(super) created_by: Option<UserId>,
    pub(super) now: Timestamp,
}

/// False when the brand has it already.
pub(super) async fn insert(conn: &mut PgConnection, new: &NewSource<'_>) -> Result<bool> {
    let (organization, brand, id) = new.key;
    sqlx::query!(
        "INSERT INTO trends.sources
           (organization_id, brand_id, id, kind, name, url, feed_url, identifier, priority, frequency, metadata, state,
            next_check_at, created_by, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)
         ON CONFLICT ON CONSTRAINT sources_identifier_key DO NOTHING",
        organization.uuid(),
        brand.uuid(),
        id.uuid(),
        new.kind.as_str(),
        new.name,
        new.place.url,
        new.place.feed_url,
        new.place.identifier,
        new.priority,
        new.frequency.as_str(),
        new.metadata,
        new.state.as_str(),
        new.next_check_at,
        new.created_by.map(UserId::uuid),
        new.now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// What a person changes; what they had not said stays.
pub(super) struct Update<'a> {
    pub(super) name: Option<&'a str>,
    pub(super) priority: Option<i32>,
    pub(super) active: Option<bool>,
    pub(super) frequency: Option<&'a str>,
    pub(super) every_minutes: Option<i32>,
    /// When it is looked at next, when that changes.
    pub(super) next_check_at: Option<Timestamp>,
}

pub(super) async fn update(
    conn: &mut PgConnection,
    id: SourceId,
    version: i32,
    change: &Update<'_>,
) -> Result<bool> {
    sqlx::query!(
        r#"UPDATE trends.sources
            SET name = coalesce($3, name), priority = coalesce($4, priority), active = coalesce($5, active),
                frequency = coalesce($6, frequency), every_minutes = coalesce($7, every_minutes),
                next_check_at = CASE WHEN state = 'unsupported' OR metadata ? 'demo' THEN NULL
                                     ELSE coalesce($8, next_check_at) END,
                metadata = CASE WHEN $3::text IS NULL THEN metadata ELSE metadata || '{"named": true}' END,
                version = version + 1
          WHERE id = $1 AND version = $2"#,
        id.uuid(),
        version,
        change.name,
        change.priority,
        change.active,
        change.frequency,
        change.every_minutes,
        change.next_check_at
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// What other sources said too stays, as theirs; what is left goes with the source.
pub(super) async fn delete(conn: &mut PgConnection, brand: BrandId, id: SourceId) -> Result<bool> {
    sqlx::query!(
        "UPDATE trends.items i SET source_id = g.source_id
           FROM (SELECT DISTINCT ON (g.item_id) g.item_id, g.source_id FROM trends.sightings g
                   JOIN trends.items i ON i.id = g.item_id
                  WHERE i.source_id = $1 AND g.source_id <> $1 ORDER BY g.item_id, g.seen_at) g
          WHERE i.id = g.item_id",
        id.uuid()
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("DELETE FROM trends.sources WHERE id = $1 AND brand_id = $2", id.uuid(), brand.uuid())
        .execute(conn)
        .await
        .map(|done| done.rows_affected() == 1)
}

/// A source to look at.
#[derive(Debug, Clone)]
pub(super) struct Due {
    pub(super) organization: OrganizationId,
    pub(super) brand: BrandId,
    pub(super) id: SourceId,
    pub(super) kind: Kind,
    pub(super) url: String,
    pub(super) feed_url: Option<String>,
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
    pub(super) page_text: Option<String>,
    pub(super) named: bool,
    pub(super) last_item_at: Option<Timestamp>,
    /// What the network wanted to have remembered, where it is read through an account.
    pub(super) memory: Option<Value>,
}

struct DueRow {
    organization: OrganizationId,
    brand: BrandId,
    id: SourceId,
    kind: String,
    url: String,
    feed_url: Option<String>,
    etag: Option<String>,
    last_modified: Option<String>,
    page_text: Option<String>,
    named: bool,
    last_item_at: Option<Timestamp>,
    memory: Option<Value>,
}

impl From<DueRow> for Due {
    fn from(row: DueRow) -> Self {
        Self {
            organization: row.organization,
            brand: row.brand,
            id: row.id,
            kind: row.kind.parse().unwrap_or(Kind::Feed),
            url: row.url,
            feed_url: row.feed_url,
            etag: row.etag,
            last_modified: row.last_modified,
            page_text: row.page_text,
            named: row.named,
            last_item_at: row.last_item_at,
            memory: row.memory,
        }
    }
}

/// Whose sources are due. Sources of deleted brands rest.
pub(super) async fn due(conn: &mut PgConnection, now: Timestamp) -> Result<Vec<OrganizationId>> {
    sqlx::query_scalar!(
        r#"SELECT DISTINCT d.organization_id AS "organization: OrganizationId" FROM trends.sources d
            WHERE d.active AND d.next_check_at <= $1
              AND EXISTS (SELECT 1 FROM brand.in_use b
                           WHERE b.organization_id = d.organization_id AND b.id = d.brand_id)"#,
        now
    )
    .fetch_all(conn)
    .await
}

/// Takes sources of an organization that are due, until `until`: who dies meanwhile leaves them to the next look after that.
/// Sources of deleted brands rest.
pub(super) async fn claim(
    conn: &mut PgConnection,
    organization: OrganizationId,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<Due>> {
    let rows = sqlx::query_as!(
        DueRow,
        r#"UPDATE trends.sources s SET next_check_at = $2
             FROM (SELECT organization_id, id FROM trends.sources d
                    WHERE d.organization_id = $4 AND d.active AND d.next_check_at <= $1
                      AND EXISTS (SELECT 1 FROM brand.in_use b
                                   WHERE b.organization_id = d.organization_id AND b.id = d.brand_id)
                    ORDER BY d.next_check_at LIMIT $3 FOR UPDATE SKIP LOCKED) due
            WHERE s.organization_id = due.organization_id AND s.id = due.id
        RETURNING s.organization_id AS "organization: OrganizationId", s.brand_id AS "brand: BrandId",
                  s.id AS "id: SourceId", s.kind, s.url, s.feed_url, s.etag, s.last_modified, s.page_text,
                  s.metadata ? 'named' AS "named!", s.last_item_at, s.metadata -> 'account' AS memory"#,
        now,
        until,
        limit,
        organization.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Due::from).collect())
}

/// Takes one source, due or not; none when it is gone, paused, or looked at by somebody else at this moment.
pub(super) async fn claim_one(
    conn: &mut PgConnection,
    id: SourceId,
    until: Timestamp,
) -> Result<Option<Due>> {
    let row = sqlx::query_as!(
        DueRow,
        r#"UPDATE trends.sources s SET next_check_at = $2
             FROM (SELECT organization_id, id FROM trends.sources d
                    WHERE d.id = $1 AND d.active AND d.next_check_at IS NOT NULL
                      AND EXISTS (SELECT 1 FROM brand.in_use b
                                   WHERE b.organization_id = d.organization_id AND b.id = d.brand_id)
                      FOR UPDATE SKIP LOCKED) due
            WHERE s.organization_id = due.organization_id AND s.id = due.id
        RETURNING s.organization_id AS "organization: OrganizationId", s.brand_id AS "brand: BrandId",
                  s.id AS "id: SourceId", s.kind, s.url, s.feed_url, s.etag, s.last_modified, s.page_text,
                  s.metadata ? 'named' AS "named!", s.last_item_at, s.metadata -> 'account' AS memory"#,
        id.uuid(),
        until
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Due::from))
}

/// How a source was before a look is written down; held until the end of the transaction.
pub(super) struct Before {
    pub(super) state: State,
    pub(super) failures: i32,
    pub(super) frequency: Frequency,
    pub(super) every_minutes: i32,
}

pub(super) async fn lock(conn: &mut PgConnection, id: SourceId) -> Result<Option<Before>> {
    let row = sqlx::query!(
        "SELECT state, failures, frequency, every_minutes FROM trends.sources WHERE id = $1 FOR UPDATE",
        id.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Before {
        state: row.state.parse().unwrap_or(State::New),
        failures: row.failures,
        frequency: row.frequency.parse().unwrap_or_default(),
        every_minutes: row.every_minutes,
    }))
}

/// A look that went well. What is none stays as it was, but for the validators, which are the last answer's.
pub(super) struct Success<'a> {
    /// What it calls itself, unless somebody has named it.
    pub(super) name: Option<&'a str>,
    pub(super) feed_url: Option<&'a str>,
    pub(super) metadata: Option<&'a Value>,
    pub(super) every_minutes: i32,
    pub(super) per_week: f64,
    pub(super) last_item_at: Option<Timestamp>,
    /// None when nothing had changed.
    pub(super) validators: Option<(Option<&'a str>, Option<&'a str>)>,
    pub(super) page_text: Option<&'a str>,
    /// None: never again, until somebody asks.
    pub(super) next: Option<Timestamp>,
    pub(super) now: Timestamp,
}

pub(super) async fn succeed(conn: &mut PgConnection, id: SourceId, success: &Success<'_>) -> Result<()> {
    let (etag, last_modified) = success.validators.unwrap_or_default();
    sqlx::query!(
        "UPDATE trends.sources
            SET state = 'healthy', failures = 0, failure = NULL, failure_code = NULL, last_checked_at = $2,
                last_success_at = $2, next_check_at = $3, every_minutes = $4, per_week = $5,
                last_item_at = greatest(last_item_at, $6), name = coalesce($7, name),
                feed_url = coalesce($8, feed_url), metadata = metadata || coalesce($9, '{}'::jsonb),
                etag = CASE WHEN $10 THEN $11 ELSE etag END,
                last_modified = CASE WHEN $10 THEN $12 ELSE last_modified END, page_text = coalesce($13, page_text)
          WHERE id = $1",
        id.uuid(),
        success.now,
        success.next,
        success.every_minutes,
        success.per_week,
        success.last_item_at,
        success.name,
        success.feed_url,
        success.metadata,
        success.validators.is_some(),
        etag,
        last_modified,
        success.page_text
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// A look that failed.
pub(super) async fn fail(
    conn: &mut PgConnection,
    id: SourceId,
    state: State,
    failures: i32,
    (code, words): (&str, &str),
    (now, next): (Timestamp, Timestamp),
) -> Result<()> {
    sqlx::query!(
        "UPDATE trends.sources
            SET state = $2, failures = $3, failure_code = $4, failure = $5, last_checked_at = $6, next_check_at = $7
          WHERE id = $1",
        id.uuid(),
        state.as_str(),
        failures,
        code,
        words,
        now,
        next
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// A look that was not made: its turn comes later.
pub(super) async fn postpone(conn: &mut PgConnection, id: SourceId, next: Timestamp) -> Result<()> {
    sqlx::query!(
        "UPDATE trends.sources SET next_check_at = $2 WHERE id = $1 AND next_check_at IS NOT NULL",
        id.uuid(),
        next
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Sources that wait for an account are due.
pub(super) async fn wake_unconnected(conn: &mut PgConnection, now: Timestamp) -> Result<()> {
    sqlx::query!(
        "UPDATE trends.sources SET next_check_at = least(next_check_at, $1)
          WHERE state = 'unconnected' AND active AND next_check_at IS NOT NULL",
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// When the newest things that a source said are dated, the newest first.
pub(super) async fn dates(conn: &mut PgConnection, id: SourceId, since: Timestamp) -> Result<Vec<Timestamp>> {
    sqlx::query_scalar!(
        "SELECT i.dated_at FROM trends.sightings g
           JOIN trends.items i ON i.organization_id = g.organization_id AND i.id = g.item_id
          WHERE g.source_id = $1 AND i.dated_at > $2 ORDER BY i.dated_at DESC LIMIT 500",
        id.uuid(),
        since
    )
    .fetch_all(conn)
    .await
}

/// Removes what was said long ago and what nobody has saved.
pub(super) async fn retain(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    sqlx::query!(
        "DELETE FROM trends.items i
          WHERE i.seen_at < $1 AND NOT EXISTS (
                SELECT FROM trends.marks m
                 WHERE m.organization_id = i.organization_id AND m.item_id = i.id AND m.saved_at IS NOT NULL)",
        before
    )
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
}

/// Hosts that asked to be left alone and still are, by their origin.
pub(super) async fn resting_hosts(
    conn: &mut PgConnection,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(String, Timestamp)>> {
    let rows = sqlx::query!(
        "SELECT origin, until FROM trends.resting_hosts WHERE until > $1 ORDER BY until DESC LIMIT $2",
        now,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.origin, row.until)).collect())
}

/// Writes down that hosts asked to be left alone, each with its time, and removes those of which that is over.
pub(super) async fn rest_hosts(
    conn: &mut PgConnection,
    origins: &[String],
    until: &[Timestamp],
    now: Timestamp,
) -> Result<()> {
    sqlx::query!("DELETE FROM trends.resting_hosts WHERE until <= $1", now).execute(&mut *conn).await?;
    sqlx::query!(
        "INSERT INTO trends.resting_hosts (origin, until)
         SELECT origin, until FROM unnest($1::text[], $2::timestamptz[]) AS said (origin, until) ORDER BY origin
         ON CONFLICT ON CONSTRAINT resting_hosts_pkey DO UPDATE SET until = EXCLUDED.until",
        origins,
        until
    )
    .execute(conn)
    .await
    .map(|_| ())
}
