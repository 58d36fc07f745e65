//! Queries on vectors.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId},
};
use serde_json::{Value, json};
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use crate::SmartFeedId;

/// An item without a vector of the model.
pub(super) struct Pending {
    pub(super) id: Uuid,
    pub(super) brand: BrandId,
    pub(super) title: String,
    pub(super) summary: String,
}

/// Items of the organization that have no vector of this model, brand by brand, the newest first.
pub(super) async fn pending(conn: &mut PgConnection, model: &str, limit: i64) -> Result<Vec<Pending>> {
    sqlx::query_as!(
        Pending,
        r#"SELECT i.id, i.brand_id AS "brand: BrandId", i.title, i.summary
             FROM trends.items i
             LEFT JOIN trends.item_vectors v
               ON v.organization_id = i.organization_id AND v.item_id = i.id AND v.model = $1
            WHERE v.item_id IS NULL ORDER BY i.brand_id, i.dated_at DESC LIMIT $2"#,
        model,
        limit
    )
    .fetch_all(conn)
    .await
}

/// A topic without a vector of the model.
pub(super) struct PendingTopic {
    pub(super) feed: Uuid,
    pub(super) brand: BrandId,
    pub(super) place: i32,
    pub(super) topic: String,
    pub(super) description: String,
    /// Of the text that its vector was made of, when there is one of this model.
    pub(super) text_hash: Option<Vec<u8>>,
}

/// Every topic of the organization's smart feeds.
pub(super) async fn topics(conn: &mut PgConnection, model: &str) -> Result<Vec<PendingTopic>> {
    sqlx::query_as!(
        PendingTopic,
        r#"SELECT f.id AS feed, f.brand_id AS "brand: BrandId", (t.place - 1)::integer AS "place!",
                  coalesce(t.topic->>'topic', '') AS "topic!", coalesce(t.topic->>'description', '') AS "description!",
                  v.text_hash AS "text_hash?"
             FROM trends.smart_feeds f
             CROSS JOIN LATERAL jsonb_array_elements(f.topics) WITH ORDINALITY AS t (topic, place)
             LEFT JOIN trends.smart_feed_vectors v
               ON v.organization_id = f.organization_id AND v.smart_feed_id = f.id AND v.topic = t.place - 1 AND v.model = $1
            ORDER BY f.brand_id, f.id, t.place"#,
        model
    )
    .fetch_all(conn)
    .await
}

/// Vectors that the organization has of these texts already, by this model.
pub(super) async fn known(
    conn: &mut PgConnection,
    model: &str,
    hashes: &[Vec<u8>],
) -> Result<Vec<(Vec<u8>, String)>> {
    let rows = sqlx::query!(
        r#"SELECT DISTINCT ON (text_hash) text_hash, vector::text AS "vector!" FROM trends.item_vectors
            WHERE text_hash = ANY ($2) AND model = $1"#,
        model,
        hashes
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.text_hash, row.vector)).collect())
}

/// A vector as PostgreSQL reads it.
pub(super) fn written(vector: &[f32]) -> String {
    let numbers: Vec<String> = vector.iter().map(|number| format!("{number:.6}")).collect();
    format!("[{}]", numbers.join(","))
}

/// A vector to be kept of an item: which, the hash of its text, the vector as it is written.
pub(super) type NewVector = (Uuid, Vec<u8>, String);

/// Keeps vectors of items that are still there, in place of those that other models made.
pub(super) async fn keep(conn: &mut PgConnection, model: &str, vectors: &[NewVector]) -> Result<u64> {
    let rows: Vec<Value> = vectors
        .iter()
        .map(|(id, hash, vector)| json!({ "id": id, "hash": bellwether_kernel::hex(hash), "vector": vector }))
        .collect();
    sqlx::query!(
        "INSERT INTO trends.item_vectors
           (organization_id, item_id, brand_id, model, dimensions, text_hash, dated_at, vector)
         SELECT i.organization_id, i.id, i.brand_id, $1, vector_dims(n.vector::halfvec), decode(n.hash, 'hex'),
                i.dated_at, n.vector::halfvec
           FROM jsonb_to_recordset($2) AS n (id uuid, hash text, vector text)
           JOIN trends.items i ON i.id = n.id
         ON CONFLICT ON CONSTRAINT item_vectors_pkey
           DO UPDATE SET model = EXCLUDED.model, dimensions = EXCLUDED.dimensions, text_hash = EXCLUDED.text_hash,
                         vector = EXCLUDED.vector",
        model,
        Value::Array(rows)
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected())
}

/// Keeps the vector of a topic, when its feed is still there.
pub(super) async fn keep_topic(
    conn: &mut PgConnection,
    model: &str,
    (feed, place): (Uuid, i32),
    hash: &[u8],
    vector: &str,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO trends.smart_feed_vectors
           (organization_id, smart_feed_id, topic, brand_id, model, dimensions, text_hash, vector)
         SELECT f.organization_id, f.id, $3, f.brand_id, $1, vector_dims($5::text::halfvec), $4, $5::text::halfvec
           FROM trends.smart_feeds f WHERE f.id = $2
         ON CONFLICT ON CONSTRAINT smart_feed_vectors_pkey
           DO UPDATE SET model = EXCLUDED.model, dimensions = EXCLUDED.dimensions, text_hash = EXCLUDED.text_hash,
                         vector = EXCLUDED.vector",
        model,
        feed,
        place,
        hash,
        vector
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// The vectors of a feed's topics by this model, as they are written, each with its place.
pub(super) async fn topic_vectors(
    conn: &mut PgConnection,
    (brand, feed): (BrandId, SmartFeedId),
    model: &str,
) -> Result<Vec<(i32, String)>> {
    let rows = sqlx::query!(
        r#"SELECT topic, vector::text AS "vector!" FROM trends.smart_feed_vectors
            WHERE brand_id = $1 AND smart_feed_id = $2 AND model = $3 ORDER BY topic"#,
        brand.uuid(),
        feed.uuid(),
        model
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.topic, row.vector)).collect())
}

/// What of a brand's newest items is nearest to a vector, the nearest first, with the cosine. Every one of them is
/// compared: that is exact, costs the same for every tenant, and needs nothing but the index of the brand. The newest are
/// bounded by a date, since taking them by a sort would carry all their vectors through it.
pub(super) async fn near(
    conn: &mut PgConnection,
    brand: BrandId,
    (model, vector): (&str, &str),
    since: Option<Timestamp>,
    (among, limit): (i64, i64),
) -> Result<Vec<(Uuid, f32)>> {
    let rows = sqlx::query!(
        r#"SELECT v.item_id, (1 - (v.vector <=> $3::text::halfvec))::real AS "cosine!"
             FROM trends.item_vectors v
            WHERE v.brand_id = $1 AND v.model = $2 AND v.dimensions = vector_dims($3::text::halfvec)
              AND v.dated_at >= greatest($4, '-infinity', (
                    SELECT n.dated_at FROM trends.item_vectors n WHERE n.brand_id = $1 AND n.model = $2
                     ORDER BY n.dated_at DESC OFFSET $5 LIMIT 1))
            ORDER BY v.vector <=> $3::text::halfvec, v.item_id LIMIT $6"#,
        brand.uuid(),
        model,
        vector,
        since,
        among,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.item_id, row.cosine)).collect())
}

/// A brand's items, and those of them that have a vector of the model.
pub(super) async fn count(
    conn: &mut PgConnection,
    brand: BrandId,
    model: Option<&str>,
) -> Result<(i64, i64)> {
    let row = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM trends.items WHERE brand_id = $1) AS "items!",
                  (SELECT count(*) FROM trends.item_vectors WHERE brand_id = $1 AND model = $2) AS "embedded!""#,
        brand.uuid(),
        model
    )
    .fetch_one(conn)
    .await?;
    Ok((row.items, row.embedded))
}

/// Organizations with something that has no vector of the model.
pub(super) async fn due(conn: &mut PgConnection, model: &str, limit: i64) -> Result<Vec<OrganizationId>> {
    sqlx::query_scalar!(
        r#"SELECT i.organization_id AS "id!: OrganizationId" FROM trends.items i
             LEFT JOIN trends.item_vectors v
               ON v.organization_id = i.organization_id AND v.item_id = i.id AND v.model = $1
            WHERE v.item_id IS NULL
           UNION
           SELECT f.organization_id FROM trends.smart_feeds f
             LEFT JOIN trends.smart_feed_vectors v
               ON v.organization_id = f.organization_id AND v.smart_feed_id = f.id AND v.model = $1
            WHERE v.smart_feed_id IS NULL
            LIMIT $2"#,
        model,
        limit
    )
    .fetch_all(conn)
    .await
}
