//! Queries on items.

use bellwether_kernel::{
    Cursor, Timestamp,
    id::{BrandId, OrganizationId},
};
use serde_json::{Value, json};
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::{ItemSource, ItemView, Mark, NewItem, Reader, SaidAlso};
use crate::{ItemId, SourceId, sources::Kind};

struct Row {
    id: ItemId,
    source: SourceId,
    source_name: String,
    source_kind: String,
    url: String,
    title: String,
    author: Option<String>,
    published_at: Option<Timestamp>,
    dated_at: Timestamp,
    group: Uuid,
    seen_at: Timestamp,
    summary: String,
    language: String,
    keyphrases: Vec<String>,
    words: i32,
    also: i64,
    engagement: Option<Value>,
    picture_url: Option<String>,
    read: bool,
    saved_at: Option<Timestamp>,
}

/// An item with what lists are ordered by.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) view: ItemView,
    pub(super) dated_at: Timestamp,
    /// Those that say nearly the same share it.
    pub(super) group: Uuid,
}

fn source(id: SourceId, name: String, kind: &str) -> ItemSource {
    // the check of the table holds it to the kinds there are
    ItemSource { id, name, kind: kind.parse().unwrap_or(Kind::Feed) }
}

impl From<Row> for Found {
    fn from(row: Row) -> Self {
        let view = ItemView {
            id: row.id,
            source: source(row.source, row.source_name, &row.source_kind),
            url: row.url,
            title: row.title,
            author: row.author,
            published_at: row.published_at,
            seen_at: row.seen_at,
            summary: row.summary,
            language: row.language,
            keyphrases: row.keyphrases,
            words: row.words,
            also: row.also,
            engagement: row.engagement,
            picture_url: row.picture_url,
            read: row.read,
            saved_at: row.saved_at,
            rank: None,
            matched: None,
        };
        Self { view, dated_at: row.dated_at, group: row.group }
    }
}

/// Which items are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Filter<'a> {
    /// These only.
    pub(super) ids: Option<&'a [Uuid]>,
    pub(super) source: Option<SourceId>,
    pub(super) language: Option<&'a str>,
    pub(super) since: Option<Timestamp>,
    pub(super) mark: Option<Mark>,
    /// Of those that say nearly the same the first only.
    pub(super) first_only: bool,
}

/// A brand's items, the newest first.
pub(super) async fn find(
    conn: &mut PgConnection,
    (brand, reader): (BrandId, Reader),
    filter: Filter<'_>,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Found>> {
    bellwether_store::plan_for_values(&mut *conn).await?;
    let after = after.unwrap_or(Cursor::NEWEST);
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT i.id AS "id: ItemId", s.id AS "source: SourceId", s.name AS source_name, s.kind AS source_kind,
                  coalesce(i.url, s.url) AS "url!", i.title, i.author, i.published_at, i.dated_at, i.seen_at, i.summary,
                  i.group_id AS "group", i.language, i.keyphrases, i.words,
                  (SELECT count(*) FROM trends.items o
                     JOIN trends.sightings g ON g.organization_id = o.organization_id AND g.item_id = o.id
                    WHERE o.organization_id = i.organization_id AND o.group_id = i.group_id) - 1 AS "also!",
                  i.engagement, i.picture_url, (m.read_at IS NOT NULL OR i.dated_at < $11) AS "read!",
                  m.saved_at AS "saved_at?"
             FROM trends.items i
             JOIN trends.sources s ON s.organization_id = i.organization_id AND s.id = i.source_id
             LEFT JOIN trends.marks m
                    ON m.organization_id = i.organization_id AND m.user_id = $10 AND m.item_id = i.id
            WHERE i.brand_id = $1 AND ($2::uuid[] IS NULL OR i.id = ANY ($2))
              AND ($3::uuid IS NULL OR EXISTS (
                    SELECT FROM trends.sightings g
                     WHERE g.organization_id = i.organization_id AND g.item_id = i.id AND g.source_id = $3))
              AND ($4::text IS NULL OR i.language = $4) AND ($5::timestamptz IS NULL OR i.dated_at >= $5)
              AND (NOT $6 OR NOT EXISTS (
                    SELECT FROM trends.items o
                     WHERE o.organization_id = i.organization_id AND o.group_id = i.group_id
                       AND (o.id <> o.group_id, o.id) < (i.id <> i.group_id, i.id)))
              AND ($12::text IS NULL OR $12 = 'saved' AND m.saved_at IS NOT NULL
                   OR $12 = 'unread' AND m.read_at IS NULL AND i.dated_at >= $11)
              AND (i.dated_at, i.id) < ($7, $8)
            ORDER BY i.dated_at DESC, i.id DESC LIMIT $9"#,
        brand.uuid(),
        filter.ids,
        filter.source.map(SourceId::uuid),
        filter.language,
        filter.since,
        filter.first_only,
        after.at,
        after.id,
        limit,
        reader.user.uuid(),
        reader.unread_since,
        filter.mark.map(Mark::name)
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Found::from).collect())
}

/// The items that a search in the words of people finds, the best first; `letters` is what titles are compared with where
/// no words match; whether it is found by that only stands last.
pub(super) async fn search(
    conn: &mut PgConnection,
    brand: BrandId,
    (q, letters): (&str, &str),
    limit: i32,
) -> Result<Vec<(Uuid, f32, bool)>> {
    let rows = sqlx::query!(
        r#"SELECT item_id AS "item_id!", rank AS "rank!", nearly AS "nearly!"
             FROM trends.find_items($1, trends.words_of($2), $3, $4)"#,
        brand.uuid(),
        q,
        letters,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.item_id, row.rank, row.nearly)).collect())
}

/// The text of an item and the group that it is in.
pub(super) async fn text(
    conn: &mut PgConnection,
    brand: BrandId,
    id: ItemId,
) -> Result<Option<(String, Uuid)>> {
    let row = sqlx::query!(
        "SELECT text, group_id FROM trends.items WHERE brand_id = $1 AND id = $2",
        brand.uuid(),
        id.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.text, row.group_id)))
}

/// The texts of items.
pub(super) async fn texts(
    conn: &mut PgConnection,
    brand: BrandId,
    ids: &[Uuid],
) -> Result<Vec<(ItemId, String)>> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id: ItemId", left(text, 4000) AS "text!" FROM trends.items WHERE brand_id = $1 AND id = ANY ($2)"#,
        brand.uuid(),
        ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.text)).collect())
}

/// Who else said it, or nearly it.
pub(super) async fn also(
    conn: &mut PgConnection,
    brand: BrandId,
    group: Uuid,
    (but, by): (ItemId, SourceId),
) -> Result<Vec<SaidAlso>> {
    let rows = sqlx::query!(
        r#"SELECT s.id AS "source: SourceId", s.name, s.kind, coalesce(i.url, s.url) AS "url!", i.title
             FROM trends.items i
             JOIN trends.sightings g ON g.organization_id = i.organization_id AND g.item_id = i.id
             JOIN trends.sources s ON s.organization_id = g.organization_id AND s.id = g.source_id
            WHERE i.brand_id = $1 AND i.group_id = $2 AND (i.id <> $3 OR g.source_id <> $4)
            ORDER BY i.dated_at, i.id, g.seen_at, g.source_id LIMIT 100"#,
        brand.uuid(),
        group,
        but.uuid(),
        by.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| SaidAlso {
            source: source(row.source, row.name, &row.kind),
            url: row.url,
            title: row.title,
        })
        .collect())
}

/// Which of these a brand has: identity and id.
pub(super) async fn known(
    conn: &mut PgConnection,
    brand: BrandId,
    identities: &[Vec<u8>],
) -> Result<Vec<(Vec<u8>, ItemId)>> {
    let rows = sqlx::query!(
        r#"SELECT identity_hash, id AS "id: ItemId" FROM trends.items WHERE brand_id = $1 AND identity_hash = ANY ($2)"#,
        brand.uuid(),
        identities
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.identity_hash, row.id)).collect())
}

/// What new items are compared with.
pub(super) struct Recent {
    pub(super) group_id: Uuid,
    pub(super) source_id: Uuid,
    pub(super) simhash: i64,
    pub(super) title: String,
    pub(super) content_hash: Vec<u8>,
}

pub(super) async fn recent(
    conn: &mut PgConnection,
    brand: BrandId,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<Recent>> {
    sqlx::query_as!(
        Recent,
        "SELECT group_id, source_id, simhash, title, content_hash FROM trends.items
          WHERE brand_id = $1 AND dated_at >= $2 ORDER BY dated_at DESC, id DESC LIMIT $3",
        brand.uuid(),
        since,
        limit
    )
    .fetch_all(conn)
    .await
}

/// Keeps new items in one statement: those that are new indeed. What another look has kept meanwhile is only numbered anew.
pub(super) async fn insert(
    conn: &mut PgConnection,
    (organization, brand, source): (OrganizationId, BrandId, SourceId),
    items: &[(ItemId, Uuid, NewItem)],
    now: Timestamp,
) -> Result<Vec<(ItemId, bool)>> {
    let rows: Vec<Value> = items
        .iter()
        .map(|(id, group, item)| {
            json!({
                "id": id.uuid(), "group_id": group, "identity_hash": bellwether_kernel::hex(&item.identity),
                "content_hash": bellwether_kernel::hex(&item.content),
                "simhash": item.likeness.simhash.cast_signed(), "url": item.url, "title": item.title,
                "author": item.author, "published_at": item.published_at, "dated_at": item.dated_at,
                "summary": item.summary, "text": item.text, "language": item.language,
                "keyphrases": item.keyphrases, "words": item.words, "engagement": item.engagement,
                "picture_url": item.picture_url,
            })
        })
        .collect();
    let kept = sqlx::query!(
        r#"INSERT INTO trends.items
             (organization_id, brand_id, source_id, id, group_id, identity_hash, content_hash, simhash, url, title, author,
              published_at, seen_at, dated_at, summary, text, language, keyphrases, words, engagement, picture_url, search)
           SELECT $1, $2, $3, n.id, n.group_id, decode(n.identity_hash, 'hex'), decode(n.content_hash, 'hex'), n.simhash,
                  n.url, n.title, n.author, n.published_at, $5, n.dated_at, n.summary, n.text, n.language, n.keyphrases,
                  n.words, n.engagement, n.picture_url,
                  trends.search_of(n.language, n.title, array_to_string(n.keyphrases, ', '), n.text)
             FROM jsonb_to_recordset($4) AS n (id uuid, group_id uuid, identity_hash text, content_hash text,
                    simhash bigint, url text, title text, author text, published_at timestamptz, dated_at timestamptz,
                    summary text, text text, language text, keyphrases text[], words integer, engagement jsonb,
                    picture_url text)
           ON CONFLICT ON CONSTRAINT items_identity_key
             DO UPDATE SET engagement = coalesce(EXCLUDED.engagement, trends.items.engagement)
           RETURNING id AS "id: ItemId", xmax = 0 AS "fresh!""#,
        organization.uuid(),
        brand.uuid(),
        source.uuid(),
        Value::Array(rows),
        now
    )
    .fetch_all(conn)
    .await?;
    Ok(kept.into_iter().map(|row| (row.id, row.fresh)).collect())
}

/// Writes down that a source says these.
pub(super) async fn sight(
    conn: &mut PgConnection,
    (organization, brand, source): (OrganizationId, BrandId, SourceId),
    items: &[Uuid],
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO trends.sightings (organization_id, brand_id, source_id, item_id, seen_at)
         SELECT $1, $2, $3, item, $5 FROM unnest($4::uuid[]) AS item
          WHERE EXISTS (SELECT FROM trends.items i WHERE i.organization_id = $1 AND i.id = item)
         ON CONFLICT ON CONSTRAINT sightings_pkey DO NOTHING",
        organization.uuid(),
        brand.uuid(),
        source.uuid(),
        items,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Writes the newest numbers of items that are known.
pub(super) async fn number(conn: &mut PgConnection, numbers: Vec<(Uuid, Value)>) -> Result<()> {
    if numbers.is_empty() {
        return Ok(());
    }
    let (ids, values): (Vec<Uuid>, Vec<Value>) = numbers.into_iter().unzip();
    sqlx::query!(
        "UPDATE trends.items i SET engagement = n.engagement
           FROM unnest($1::uuid[], $2::jsonb[]) AS n (id, engagement)
          WHERE i.id = n.id AND i.engagement IS DISTINCT FROM n.engagement",
        &ids,
        &values
    )
    .execute(conn)
    .await
    .map(|_| ())
}
