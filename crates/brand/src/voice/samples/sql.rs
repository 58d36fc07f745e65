//! Queries on samples.

use std::collections::BTreeMap;

use bellwether_kernel::{
    Cursor, Timestamp,
    id::{BrandId, OrganizationId},
};
use serde_json::Value;
use sqlx::{PgConnection, Result, types::Json};
use uuid::Uuid;

use crate::ids::VoiceSampleId;

pub(super) struct Row {
    pub(super) id: VoiceSampleId,
    pub(super) kind: String,
    pub(super) source: String,
    pub(super) network: Option<String>,
    pub(super) content: String,
    pub(super) words: i32,
    pub(super) language: Option<String>,
    pub(super) quality: i16,
    pub(super) rank: Option<i32>,
    pub(super) reasons: Vec<String>,
    pub(super) features: Json<BTreeMap<String, f64>>,
    pub(super) engagement: Json<BTreeMap<String, i64>>,
    pub(super) weight: f32,
    pub(super) used_for_training: bool,
    pub(super) published_at: Option<Timestamp>,
    pub(super) created_at: Timestamp,
    pub(super) version: i32,
}

/// Which samples a list shows.
pub(super) struct ListFilter<'a> {
    pub(super) brand: BrandId,
    pub(super) kind: Option<&'a str>,
    pub(super) network: Option<&'a str>,
    pub(super) source: Option<&'a str>,
    pub(super) used: Option<bool>,
    /// Sources that who asks may read.
    pub(super) readable: &'a [String],
    pub(super) after: Option<Cursor>,
    pub(super) limit: i64,
}

/// A page, the newest first.
pub(super) async fn list_newest(conn: &mut PgConnection, filter: &ListFilter<'_>) -> Result<Vec<Row>> {
    let after = filter.after.unwrap_or(Cursor::NEWEST);
    sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: VoiceSampleId", kind, source, network, content, words, language, quality, rank, reasons,
                  features AS "features: Json<BTreeMap<String, f64>>",
                  engagement AS "engagement: Json<BTreeMap<String, i64>>", weight, used_for_training, published_at,
                  created_at, version
             FROM brand.voice_samples
            WHERE brand_id = $1
              AND ($2::text IS NULL OR kind = $2)
              AND ($3::text IS NULL OR network = $3)
              AND ($4::text IS NULL OR source = $4)
              AND ($5::boolean IS NULL OR used_for_training = $5)
              AND source = ANY($9)
              AND (created_at, id) < ($6, $7)
            ORDER BY created_at DESC, id DESC
            LIMIT $8"#,
        filter.brand.uuid(),
        filter.kind,
        filter.network,
        filter.source,
        filter.used,
        after.at,
        after.id,
        filter.limit,
        filter.readable
    )
    .fetch_all(conn)
    .await
}

/// A page, the best first; after a quality and an id.
pub(super) async fn list_best(
    conn: &mut PgConnection,
    filter: &ListFilter<'_>,
    after: Option<(i16, Uuid)>,
) -> Result<Vec<Row>> {
    // above every quality
    let (quality, id) = after.unwrap_or((101, Uuid::max()));
    sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: VoiceSampleId", kind, source, network, content, words, language, quality, rank, reasons,
                  features AS "features: Json<BTreeMap<String, f64>>",
                  engagement AS "engagement: Json<BTreeMap<String, i64>>", weight, used_for_training, published_at,
                  created_at, version
             FROM brand.voice_samples
            WHERE brand_id = $1
              AND ($2::text IS NULL OR kind = $2)
              AND ($3::text IS NULL OR network = $3)
              AND ($4::text IS NULL OR source = $4)
              AND ($5::boolean IS NULL OR used_for_training = $5)
              AND source = ANY($9)
              AND (quality, id) < ($6, $7)
            ORDER BY quality DESC, id DESC
            LIMIT $8"#,
        filter.brand.uuid(),
        filter.kind,
        filter.network,
        filter.source,
        filter.used,
        quality,
        id,
        filter.limit,
        filter.readable
    )
    .fetch_all(conn)
    .await
}

/// One, when it is from a source that who asks may read.
pub(super) async fn get(
    conn: &mut PgConnection,
    brand: BrandId,
    id: VoiceSampleId,
    readable: &[String],
) -> Result<Option<Row>> {
    sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: VoiceSampleId", kind, source, network, content, words, language, quality, rank, reasons,
                  features AS "features: Json<BTreeMap<String, f64>>",
                  engagement AS "engagement: Json<BTreeMap<String, i64>>", weight, used_for_training, published_at,
                  created_at, version
             FROM brand.voice_samples WHERE id = $1 AND brand_id = $2 AND source = ANY($3)"#,
        id.uuid(),
        brand.uuid(),
        readable
    )
    .fetch_optional(conn)
    .await
}

pub(crate) async fn count(conn: &mut PgConnection, brand: BrandId) -> Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM brand.voice_samples WHERE brand_id = $1"#,
        brand.uuid()
    )
    .fetch_one(conn)
    .await
}

/// Which of some texts are there already, by their hashes.
pub(super) async fn known(conn: &mut PgConnection, brand: BrandId, hashes: &[String]) -> Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"SELECT '\x' || encode(content_hash, 'hex') AS "hash!" FROM brand.voice_samples
            WHERE brand_id = $1 AND content_hash = ANY(SELECT h::bytea FROM unnest($2::text[]) AS h)"#,
        brand.uuid(),
        hashes
    )
    .fetch_all(conn)
    .await
}

/// Adds samples in one statement, `rows` being what [`super::model::Ready`] writes with an `id`; gives how many were new.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    (organization, brand): (OrganizationId, BrandId),
    (kind, source): (&str, &str),
    (weight, post): (f32, Option<Uuid>),
    rows: &Value,
    now: Timestamp,
) -> Result<u64> {
    sqlx::query!(
        "INSERT INTO brand.voice_samples
           (organization_id, brand_id, id, kind, source, post_id, network, content, content_hash, words, language, quality,
            reasons, features, engagement, weight, published_at, created_at, changed_at)
         SELECT $1, $2, r.id, $3, $4, $5, r.network, r.content, r.content_hash::bytea, r.words, r.language, r.quality,
                r.reasons, r.features, r.engagement, $6, r.published_at, $8, $8
           FROM jsonb_to_recordset($7::jsonb) AS r (id uuid, network text, content text, content_hash text, words integer,
                language text, quality smallint, reasons text[], features jsonb, engagement jsonb,
                published_at timestamptz)
         ON CONFLICT (organization_id, brand_id, content_hash) DO NOTHING",
        organization.uuid(),
        brand.uuid(),
        kind,
        source,
        post,
        weight,
        rows,
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected())
}

/// Takes a sample for trainings, or leaves it out; false when it has another version.
pub(super) async fn set_used(
    conn: &mut PgConnection,
    (brand, id, version): (BrandId, VoiceSampleId, i32),
    used: bool,
    now: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE brand.voice_samples SET used_for_training = $4, changed_at = $5, version = version + 1
          WHERE id = $1 AND brand_id = $2 AND version = $3",
        id.uuid(),
        brand.uuid(),
        version,
        used,
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// A sample that is gone: what trainings miss.
pub(crate) struct GoneRow {
    pub(crate) network: Option<String>,
    pub(crate) used: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) changed_at: Timestamp,
}

pub(super) async fn delete(
    conn: &mut PgConnection,
    brand: BrandId,
    id: VoiceSampleId,
) -> Result<Option<GoneRow>> {
    sqlx::query_as!(
        GoneRow,
        "DELETE FROM brand.voice_samples WHERE id = $1 AND brand_id = $2
         RETURNING network, used_for_training AS used, created_at, changed_at",
        id.uuid(),
        brand.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// Samples of one network, kind and language, counted.
pub(crate) struct TallyRow {
    pub(crate) network: Option<String>,
    pub(crate) kind: String,
    pub(crate) language: Option<String>,
    pub(crate) samples: i64,
    pub(crate) words: i64,
}

/// What trainings may take, counted.
pub(crate) async fn tally(conn: &mut PgConnection, brand: BrandId) -> Result<Vec<TallyRow>> {
    sqlx::query_as!(
        TallyRow,
        r#"SELECT network, kind, language, count(*) AS "samples!", coalesce(sum(words), 0)::bigint AS "words!"
             FROM brand.voice_samples WHERE brand_id = $1 AND used_for_training
            GROUP BY network, kind, language"#,
        brand.uuid()
    )
    .fetch_all(conn)
    .await
}

/// How many samples of some networks (of any when none are given) were added or changed since an instant.
pub(crate) async fn changed_since(
    conn: &mut PgConnection,
    brand: BrandId,
    networks: Option<&[String]>,
    since: Timestamp,
) -> Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM brand.voice_samples
            WHERE brand_id = $1 AND changed_at > $3 AND ($2::text[] IS NULL OR network = ANY($2))"#,
        brand.uuid(),
        networks,
        since
    )
    .fetch_one(conn)
    .await
}

/// What a training reads of a sample.
pub(crate) struct TextRow {
    pub(crate) id: VoiceSampleId,
    pub(crate) own: bool,
    pub(crate) content: String,
    pub(crate) language: Option<String>,
    pub(crate) quality: i16,
    pub(crate) weight: f32,
    pub(crate) created_at: Timestamp,
}

/// The samples that a training takes, in the order in which they were written.
pub(crate) async fn texts(
    conn: &mut PgConnection,
    brand: BrandId,
    networks: Option<&[String]>,
) -> Result<Vec<TextRow>> {
    sqlx::query_as!(
        TextRow,
        r#"SELECT id AS "id: VoiceSampleId", kind = 'own' AS "own!", content, language, quality, weight, created_at
             FROM brand.voice_samples
            WHERE brand_id = $1 AND used_for_training AND (kind = 'other' OR $2::text[] IS NULL OR network = ANY($2))
            ORDER BY coalesce(published_at, created_at), id"#,
        brand.uuid(),
        networks
    )
    .fetch_all(conn)
    .await
}

/// Gives the samples that a training took their places, the first id the first; the others have none.
pub(crate) async fn set_ranks(conn: &mut PgConnection, brand: BrandId, ids: &[Uuid]) -> Result<()> {
    sqlx::query!(
        "UPDATE brand.voice_samples s SET rank = o.rank
           FROM brand.voice_samples t LEFT JOIN unnest($2::uuid[]) WITH ORDINALITY AS o (id, rank) ON o.id = t.id
          WHERE t.organization_id = s.organization_id AND t.id = s.id AND s.brand_id = $1
            AND s.rank IS DISTINCT FROM o.rank::integer",
        brand.uuid(),
        ids
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// What is left of a post's lessons: deletes those whose text is no longer one of them.
pub(crate) async fn forget(
    conn: &mut PgConnection,
    brand: BrandId,
    post: Uuid,
    hashes: &[String],
) -> Result<Vec<GoneRow>> {
    sqlx::query_as!(
        GoneRow,
        "DELETE FROM brand.voice_samples
          WHERE brand_id = $1 AND post_id = $2
            AND NOT content_hash = ANY(SELECT h::bytea FROM unnest($3::text[]) AS h)
         RETURNING network, used_for_training AS used, created_at, changed_at",
        brand.uuid(),
        post,
        hashes
    )
    .fetch_all(conn)
    .await
}

/// Changes what a post's lesson says; false when it says so already or its text is there from elsewhere.
pub(crate) async fn relearn(
    conn: &mut PgConnection,
    (brand, post): (BrandId, Uuid),
    hash: &str,
    (kind, source, weight): (&str, &str, f32),
    now: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE brand.voice_samples SET kind = $4, source = $5, weight = $6, changed_at = $7, version = version + 1
          WHERE brand_id = $1 AND post_id = $2 AND content_hash = $3::text::bytea
            AND (kind, source, weight) IS DISTINCT FROM ($4, $5, $6)",
        brand.uuid(),
        post,
        hash,
        kind,
        source,
        weight,
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Which of some quotes stand in one of the brand's own samples, of those sources that who asks may read; whatever their
/// case, spaces and punctuation, as phrases are kept without.
pub(crate) async fn said(
    conn: &mut PgConnection,
    brand: BrandId,
    quotes: &[String],
    readable: &[String],
) -> Result<Vec<String>> {
    // chr(39) is the plain apostrophe
    sqlx::query_scalar!(
        r#"WITH samples AS MATERIALIZED (
             SELECT regexp_replace(replace(lower(content), '’', chr(39)), '[[:space:][:punct:]]+', ' ', 'g') AS text
               FROM brand.voice_samples WHERE brand_id = $1 AND kind = 'own' AND source = ANY($3))
           SELECT quote AS "quote!" FROM unnest($2::text[]) AS quote,
                  regexp_replace(replace(lower(quote), '’', chr(39)), '[[:space:][:punct:]]+', ' ', 'g') AS wanted
            WHERE EXISTS (SELECT FROM samples WHERE position(btrim(wanted) in samples.text) > 0)"#,
        brand.uuid(),
        quotes,
        readable
    )
    .fetch_all(conn)
    .await
}
