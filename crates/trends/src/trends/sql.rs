//! Queries on trends. What time may have ended is found across tenants in a service transaction; all else is the tenant's.

use bellwether_kernel::{
    Cursor, Timestamp,
    id::{BrandId, GenerationId, OrganizationId, PostId},
};
use bellwether_web::Patch;
use serde::Serialize;
use serde_json::Value;
use sqlx::{PgConnection, Result, types::Json};
use uuid::Uuid;

use super::{
    material::Told,
    model::{
        Angle, Course, Ends, Evaluation, EvidenceView, Predicted, SizeRange, Speaking, TimeRange, TrendState,
        TrendView, Why, WhyYou,
    },
    replay::Said,
};
use crate::{ItemId, TrendId, items::ItemSource, sources::Kind};

/// A trend as it is kept; written as one JSON record of many.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Row {
    #[serde(serialize_with = "as_uuid")]
    pub(super) id: TrendId,
    pub(super) name: String,
    pub(super) name_chosen: bool,
    pub(super) description: String,
    pub(super) keywords: Vec<String>,
    pub(super) category: Option<String>,
    pub(super) category_chosen: bool,
    pub(super) geography: Vec<String>,
    pub(super) language: String,
    pub(super) state: String,
    pub(super) confidence: f64,
    pub(super) momentum: f64,
    pub(super) relevance: Option<f64>,
    pub(super) rank: f64,
    pub(super) item_count: i32,
    pub(super) source_count: i32,
    pub(super) onset_at: Timestamp,
    pub(super) found_at: Timestamp,
    pub(super) last_item_at: Timestamp,
    pub(super) expires_at: Timestamp,
    pub(super) expired_at: Option<Timestamp>,
    pub(super) peak_low: Timestamp,
    pub(super) peak_likely: Timestamp,
    pub(super) peak_high: Timestamp,
    pub(super) size_low: i32,
    pub(super) size_likely: i32,
    pub(super) size_high: i32,
    pub(super) predicted: Json<Predicted>,
    pub(super) evaluation: Option<Json<Evaluation>>,
    pub(super) course: Json<Vec<Course>>,
    pub(super) why: Json<Why>,
    pub(super) why_you: Json<WhyYou>,
    pub(super) ends: Json<Ends>,
    pub(super) angles: Json<Vec<Angle>>,
    pub(super) pillar: Option<String>,
    #[serde(skip)]
    pub(super) merged_into: Option<TrendId>,
    #[serde(skip)]
    pub(super) dismissed_at: Option<Timestamp>,
    pub(super) alerted_at: Option<Timestamp>,
    #[serde(skip)]
    pub(super) drafts: i64,
    #[serde(skip)]
    pub(super) version: i32,
    /// By what a list is ordered: a time whatever is asked for, so that one cursor does.
    #[serde(skip)]
    pub(super) key: Timestamp,
}

fn as_uuid<S: serde::Serializer>(id: &TrendId, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_str(&id.uuid())
}

impl Row {
    pub(super) fn state(&self) -> TrendState {
        // the check of the table holds it to the words there are
        self.state.parse().unwrap_or(TrendState::Expired)
    }

    pub(super) fn view(self) -> TrendView {
        let state = self.state();
        TrendView {
            id: self.id,
            name: self.name,
            keywords: self.keywords,
            category: self.category,
            geography: self.geography,
            language: self.language,
            state,
            confidence: self.confidence,
            momentum: self.momentum,
            relevance: self.relevance,
            rank: self.rank,
            item_count: self.item_count,
            source_count: self.source_count,
            onset_at: self.onset_at,
            found_at: self.found_at,
            last_item_at: self.last_item_at,
            expires_at: self.expires_at,
            peak: TimeRange { low: self.peak_low, likely: self.peak_likely, high: self.peak_high },
            size: SizeRange { low: self.size_low, likely: self.size_likely, high: self.size_high },
            course: self.course.0,
            summary: self.description,
            pillar: self.pillar,
            drafts: self.drafts,
            dismissed_at: self.dismissed_at,
            alerted_at: self.alerted_at,
            version: self.version,
        }
    }
}

/// Which trends are wanted.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter<'a> {
    pub(super) ids: Option<&'a [Uuid]>,
    pub(super) states: Option<&'a [String]>,
    pub(super) category: Option<&'a str>,
    /// A pattern of `LIKE`.
    pub(super) pattern: Option<&'a str>,
    pub(super) min_confidence: Option<f64>,
    /// Only those put aside, or only those that are not.
    pub(super) dismissed: Option<bool>,
    /// Those that became part of another too.
    pub(super) merged: bool,
    /// Over since then at the latest, or not over.
    pub(super) over_since: Option<Timestamp>,
}

/// A brand's trends, each with the key by which they are ordered.
pub(super) async fn find(
    conn: &mut PgConnection,
    brand: BrandId,
    filter: &Filter<'_>,
    sort: &str,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Row>> {
    bellwether_store::plan_for_values(conn).await?;
    sqlx::query_as!(
        Row,
        r#"SELECT t.id AS "id: TrendId", t.name, t.name_chosen, t.description, t.keywords, t.category, t.category_chosen,
                  t.geography, t.language, t.state, t.confidence, t.momentum, t.relevance, t.rank, t.item_count,
                  t.source_count, t.onset_at, t.found_at, t.last_item_at, t.expires_at, t.expired_at, t.peak_low,
                  t.peak_likely, t.peak_high, t.size_low, t.size_likely, t.size_high,
                  t.predicted AS "predicted: Json<Predicted>", t.evaluation AS "evaluation: Json<Evaluation>",
                  t.course AS "course: Json<Vec<Course>>", t.why AS "why: Json<Why>", t.why_you AS "why_you: Json<WhyYou>",
                  t.ends AS "ends: Json<Ends>", t.angles AS "angles: Json<Vec<Angle>>", t.pillar,
                  t.merged_into AS "merged_into: TrendId", t.dismissed_at, t.alerted_at, t.version, k.key AS "key!",
                  (SELECT count(*) FROM trends.trend_posts p
                    WHERE p.organization_id = t.organization_id AND p.trend_id = t.id) AS "drafts!"
             FROM trends.trends t
            CROSS JOIN LATERAL (SELECT CASE $9::text
                      WHEN 'newest' THEN t.found_at
                      WHEN 'momentum' THEN to_timestamp((t.momentum + 1) * 1000000)
                      -- the nearest peak first
                      WHEN 'peak' THEN to_timestamp(100000000000 - extract(epoch FROM t.peak_likely))
                      ELSE to_timestamp(t.rank * 1000000) END AS key) k
            WHERE t.brand_id = $1 AND ($2::uuid[] IS NULL OR t.id = ANY ($2))
              AND ($3::text[] IS NULL OR t.state = ANY ($3)) AND ($4::text IS NULL OR t.category = $4)
              AND ($5::text IS NULL OR t.name ILIKE $5 OR array_to_string(t.keywords, ' ') ILIKE $5)
              AND ($6::float8 IS NULL OR t.confidence >= $6)
              AND ($7::boolean IS NULL OR (t.dismissed_at IS NOT NULL) = $7)
              AND ($8 OR t.merged_into IS NULL)
              AND ($13::timestamptz IS NULL OR t.expired_at IS NULL OR t.expired_at >= $13)
              AND ($10::timestamptz IS NULL OR (k.key, t.id) < ($10, $11))
            ORDER BY k.key DESC, t.id DESC LIMIT $12"#,
        brand.uuid(),
        filter.ids,
        filter.states,
        filter.category,
        filter.pattern,
        filter.min_confidence,
        filter.dismissed,
        filter.merged,
        sort,
        after.map(|cursor| cursor.at),
        after.map(|cursor| cursor.id),
        limit,
        filter.over_since
    )
    .fetch_all(conn)
    .await
}

/// What was gone through last: when, how many items, and when the newest of them was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) items: i32,
    pub(super) newest: Option<Timestamp>,
}

/// What there is to go through.
pub(super) async fn mark(conn: &mut PgConnection, brand: BrandId, since: Timestamp) -> Result<Mark> {
    let row = sqlx::query!(
        r#"SELECT count(*)::integer AS "items!", max(seen_at) AS newest FROM trends.items
            WHERE brand_id = $1 AND dated_at >= $2"#,
        brand.uuid(),
        since
    )
    .fetch_one(conn)
    .await?;
    Ok(Mark { items: row.items, newest: row.newest })
}

pub(super) async fn last_mark(conn: &mut PgConnection, brand: BrandId) -> Result<Option<(Timestamp, Mark)>> {
    let row = sqlx::query!(
        "SELECT detected_at, items, newest_seen_at FROM trends.detections WHERE brand_id = $1",
        brand.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.detected_at, Mark { items: row.items, newest: row.newest_seen_at })))
}

/// Notes what was gone through, and holds it until the end of the transaction.
pub(super) async fn set_mark(
    conn: &mut PgConnection,
    (organization, brand): (OrganizationId, BrandId),
    mark: Mark,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO trends.detections (organization_id, brand_id, detected_at, items, newest_seen_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT ON CONSTRAINT detections_pkey
           DO UPDATE SET detected_at = $3, items = $4, newest_seen_at = $5",
        organization.uuid(),
        brand.uuid(),
        now,
        mark.items,
        mark.newest
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// The newest items since then, as the detector takes them.
pub(super) async fn said(
    conn: &mut PgConnection,
    brand: BrandId,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<Said>> {
    sqlx::query_as!(
        Said,
        r#"SELECT i.id, i.source_id AS source, least(i.dated_at, i.seen_at) AS "at!", i.seen_at,
                  i.published_at IS NOT NULL AS "dated!", i.title, h.title AS "copy_of?", i.keyphrases, i.language
             FROM trends.items i
             LEFT JOIN trends.items h ON h.organization_id = i.organization_id AND h.id = i.group_id AND h.id <> i.id
            WHERE i.brand_id = $1 AND i.dated_at >= $2
            ORDER BY i.dated_at DESC, i.id DESC LIMIT $3"#,
        brand.uuid(),
        since,
        limit
    )
    .fetch_all(conn)
    .await
}

/// When each source of a brand was first heard.
pub(super) async fn first_heard(conn: &mut PgConnection, brand: BrandId) -> Result<Vec<(Uuid, Timestamp)>> {
    let rows = sqlx::query!(
        r#"SELECT source_id, min(seen_at) AS "first!" FROM trends.sightings WHERE brand_id = $1 GROUP BY source_id"#,
        brand.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.source_id, row.first)).collect())
}

/// The items of trends: trend and item.
pub(super) async fn items_of(conn: &mut PgConnection, trends: &[Uuid]) -> Result<Vec<(TrendId, Uuid)>> {
    let rows = sqlx::query!(
        r#"SELECT trend_id AS "trend: TrendId", item_id FROM trends.trend_evidence WHERE trend_id = ANY ($1)"#,
        trends
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.trend, row.item_id)).collect())
}

/// Items as they are named and quoted.
pub(super) async fn told(conn: &mut PgConnection, brand: BrandId, ids: &[Uuid]) -> Result<Vec<Told>> {
    sqlx::query_as!(
        Told,
        r#"SELECT i.id AS "id: ItemId", i.title, coalesce(i.url, s.url) AS "url!", s.name AS source,
                  least(i.dated_at, i.seen_at) AS "at!",
                  left(CASE WHEN i.text = '' THEN i.summary ELSE i.text END, 2000) AS "text!"
             FROM trends.items i
             JOIN trends.sources s ON s.organization_id = i.organization_id AND s.id = i.source_id
            WHERE i.brand_id = $1 AND i.id = ANY ($2)"#,
        brand.uuid(),
        ids
    )
    .fetch_all(conn)
    .await
}

/// Writes trends in one statement. What people have chosen and what was predicted stays.
pub(super) async fn upsert(
    conn: &mut PgConnection,
    (organization, brand): (OrganizationId, BrandId),
    rows: &[Row],
    now: Timestamp,
) -> Result<()> {
    let rows = serde_json::to_value(rows).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    sqlx::query!(
        "INSERT INTO trends.trends AS t
           (organization_id, brand_id, id, name, description, keywords, category, geography, language, state, confidence,
            momentum, relevance, rank, item_count, source_count, onset_at, found_at, last_item_at, expires_at, expired_at,
            peak_low, peak_likely, peak_high, size_low, size_likely, size_high, predicted, evaluation, course, why, why_you,
            ends, angles, pillar, alerted_at, created_at, updated_at)
         SELECT $1, $2, n.id, n.name, n.description, n.keywords, n.category, n.geography, n.language, n.state, n.confidence,
                n.momentum, n.relevance, n.rank, n.item_count, n.source_count, n.onset_at, n.found_at, n.last_item_at,
                n.expires_at, n.expired_at, n.peak_low, n.peak_likely, n.peak_high, n.size_low, n.size_likely, n.size_high,
                n.predicted, n.evaluation, n.course, n.why, n.why_you, n.ends, n.angles, n.pillar, n.alerted_at, $4, $4
           FROM jsonb_to_recordset($3) AS n (id uuid, name text, description text, keywords text[], category text,
                  geography text[], language text, state text, confidence float8, momentum float8, relevance float8,
                  rank float8, item_count integer, source_count integer, onset_at timestamptz, found_at timestamptz,
                  last_item_at timestamptz, expires_at timestamptz, expired_at timestamptz, peak_low timestamptz,
                  peak_likely timestamptz, peak_high timestamptz, size_low integer, size_likely integer, size_high integer,
                  predicted jsonb, evaluation jsonb, course jsonb, why jsonb, why_you jsonb, ends jsonb, angles jsonb,
                  pillar text, alerted_at timestamptz)
         ON CONFLICT ON CONSTRAINT trends_pkey DO UPDATE SET
           name = CASE WHEN t.name_chosen THEN t.name ELSE EXCLUDED.name END,
           category = CASE WHEN t.category_chosen THEN t.category ELSE EXCLUDED.category END,
           description = EXCLUDED.description, keywords = EXCLUDED.keywords, geography = EXCLUDED.geography,
           language = EXCLUDED.language, state = EXCLUDED.state, confidence = EXCLUDED.confidence,
           momentum = EXCLUDED.momentum, relevance = EXCLUDED.relevance, rank = EXCLUDED.rank,
           item_count = EXCLUDED.item_count, source_count = EXCLUDED.source_count, onset_at = EXCLUDED.onset_at,
           last_item_at = EXCLUDED.last_item_at, expires_at = EXCLUDED.expires_at, expired_at = EXCLUDED.expired_at,
           peak_low = EXCLUDED.peak_low, peak_likely = EXCLUDED.peak_likely, peak_high = EXCLUDED.peak_high,
           size_low = EXCLUDED.size_low, size_likely = EXCLUDED.size_likely, size_high = EXCLUDED.size_high,
           evaluation = EXCLUDED.evaluation, course = EXCLUDED.course, why = EXCLUDED.why, why_you = EXCLUDED.why_you,
           ends = EXCLUDED.ends, angles = EXCLUDED.angles, pillar = EXCLUDED.pillar,
           alerted_at = coalesce(t.alerted_at, EXCLUDED.alerted_at), updated_at = $4",
        organization.uuid(),
        brand.uuid(),
        rows,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// The items of a trend as they are written.
#[derive(Debug, Clone, Default)]
pub(super) struct Evidence {
    pub(super) trends: Vec<Uuid>,
    pub(super) items: Vec<Uuid>,
    pub(super) at: Vec<Timestamp>,
    pub(super) likeness: Vec<f64>,
    /// Trends of which these are all items: others of theirs go.
    pub(super) whole: Vec<Uuid>,
}

impl Evidence {
    pub(super) fn add(&mut self, trend: TrendId, speaking: &[Speaking], whole: bool) {
        for one in speaking {
            self.trends.push(trend.uuid());
            self.items.push(one.item);
            self.at.push(one.at);
            self.likeness.push(one.likeness);
        }
        if whole {
            self.whole.push(trend.uuid());
        }
    }
}

/// Writes which items speak of which trends, in two statements.
pub(super) async fn set_evidence(
    conn: &mut PgConnection,
    (organization, brand): (OrganizationId, BrandId),
    evidence: &Evidence,
) -> Result<()> {
    sqlx::query!(
        "DELETE FROM trends.trend_evidence e
          WHERE e.trend_id = ANY ($1)
            AND NOT EXISTS (SELECT FROM unnest($2::uuid[], $3::uuid[]) AS n (trend_id, item_id)
                             WHERE n.trend_id = e.trend_id AND n.item_id = e.item_id)",
        &evidence.whole,
        &evidence.trends,
        &evidence.items
    )
    .execute(&mut *conn)
    .await?;
    // an item may have gone with its source meanwhile
    sqlx::query!(
        "INSERT INTO trends.trend_evidence (organization_id, brand_id, trend_id, item_id, at, likeness)
         SELECT $1, $2, n.trend_id, n.item_id, n.at, n.likeness
           FROM unnest($3::uuid[], $4::uuid[], $5::timestamptz[], $6::float8[]) AS n (trend_id, item_id, at, likeness)
          WHERE EXISTS (SELECT FROM trends.items i WHERE i.organization_id = $1 AND i.id = n.item_id)
         ON CONFLICT ON CONSTRAINT trend_evidence_pkey DO UPDATE SET likeness = EXCLUDED.likeness
          WHERE trends.trend_evidence.likeness <> EXCLUDED.likeness",
        organization.uuid(),
        brand.uuid(),
        &evidence.trends,
        &evidence.items,
        &evidence.at,
        &evidence.likeness
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Ends trends that turned out to be part of others, and hands over what was made of them.
pub(super) async fn merge(
    conn: &mut PgConnection,
    from: &[Uuid],
    into: &[Uuid],
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE trends.trends t SET state = 'expired', expired_at = coalesce(t.expired_at, $3), merged_into = m.other,
                updated_at = $3
           FROM unnest($1::uuid[], $2::uuid[]) AS m (id, other) WHERE t.id = m.id",
        from,
        into,
        now
    )
    .execute(&mut *conn)
    .await?;
    // those that were merged into one that is merged now lead on
    sqlx::query!(
        "UPDATE trends.trends t SET merged_into = m.other
           FROM unnest($1::uuid[], $2::uuid[]) AS m (id, other) WHERE t.merged_into = m.id AND t.id <> m.other",
        from,
        into
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "INSERT INTO trends.trend_posts
           (organization_id, brand_id, trend_id, post_id, generation_id, angle, relevance, created_at)
         SELECT p.organization_id, p.brand_id, m.other, p.post_id, p.generation_id, p.angle, p.relevance, p.created_at
           FROM unnest($1::uuid[], $2::uuid[]) AS m (id, other)
           JOIN trends.trend_posts p ON p.trend_id = m.id
         ON CONFLICT ON CONSTRAINT trend_posts_pkey DO NOTHING",
        from,
        into
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("DELETE FROM trends.trend_posts WHERE trend_id = ANY ($1)", from)
        .execute(conn)
        .await
        .map(|_| ())
}

/// A trend's items, the newest first.
pub(super) async fn evidence(
    conn: &mut PgConnection,
    trend: TrendId,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<EvidenceView>> {
    let after = after.unwrap_or(Cursor::NEWEST);
    let rows = sqlx::query!(
        r#"SELECT e.item_id AS "item: ItemId", i.title, coalesce(i.url, s.url) AS "url!", s.id AS "source: crate::SourceId",
                  s.name, s.kind, e.at, e.likeness
             FROM trends.trend_evidence e
             JOIN trends.items i ON i.organization_id = e.organization_id AND i.id = e.item_id
             JOIN trends.sources s ON s.organization_id = i.organization_id AND s.id = i.source_id
            WHERE e.trend_id = $1 AND (e.at, e.item_id) < ($2, $3)
            ORDER BY e.at DESC, e.item_id DESC LIMIT $4"#,
        trend.uuid(),
        after.at,
        after.id,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| EvidenceView {
            item_id: row.item,
            title: row.title,
            url: row.url,
            source: ItemSource {
                id: row.source,
                name: row.name,
                kind: row.kind.parse().unwrap_or(Kind::Feed),
            },
            at: row.at,
            likeness: row.likeness,
        })
        .collect())
}

/// The items of a trend that say most of it, as they are named and quoted.
pub(super) async fn best(conn: &mut PgConnection, trend: TrendId, limit: i64) -> Result<Vec<Told>> {
    sqlx::query_as!(
        Told,
        r#"SELECT i.id AS "id: ItemId", i.title, coalesce(i.url, s.url) AS "url!", s.name AS source, e.at AS at,
                  left(CASE WHEN i.text = '' THEN i.summary ELSE i.text END, 2000) AS "text!"
             FROM trends.trend_evidence e
             JOIN trends.items i ON i.organization_id = e.organization_id AND i.id = e.item_id
             JOIN trends.sources s ON s.organization_id = i.organization_id AND s.id = i.source_id
            WHERE e.trend_id = $1 ORDER BY e.likeness DESC, e.at, e.item_id LIMIT $2"#,
        trend.uuid(),
        limit
    )
    .fetch_all(conn)
    .await
}

/// What people change; null stays.
pub(super) struct Change<'a> {
    pub(super) name: Option<&'a str>,
    /// The category; cleared by null.
    pub(super) category: &'a Patch<String>,
    pub(super) dismissed: Option<bool>,
}

pub(super) async fn update(
    conn: &mut PgConnection,
    id: TrendId,
    version: i32,
    change: &Change<'_>,
    now: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE trends.trends
            SET name = coalesce($3, name), name_chosen = name_chosen OR $3::text IS NOT NULL,
                category = CASE WHEN $4 THEN $5 ELSE category END,
                category_chosen = CASE WHEN $4 THEN $5::text IS NOT NULL ELSE category_chosen END,
                dismissed_at = CASE WHEN $6::boolean IS NULL THEN dismissed_at
                                    WHEN $6 THEN coalesce(dismissed_at, $7) END,
                version = version + 1, updated_at = $7
          WHERE id = $1 AND version = $2 AND merged_into IS NULL",
        id.uuid(),
        version,
        change.name,
        !change.category.is_absent(),
        change.category.value().map(String::as_str),
        change.dismissed,
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Writes the angles of a trend.
pub(super) async fn set_angles(conn: &mut PgConnection, id: TrendId, angles: &[Angle]) -> Result<()> {
    sqlx::query!("UPDATE trends.trends SET angles = $2 WHERE id = $1", id.uuid(), Json(angles) as _)
        .execute(conn)
        .await
        .map(|_| ())
}

/// Notes that a post was made of a trend.
pub(super) async fn map_post(
    conn: &mut PgConnection,
    (organization, brand, trend): (OrganizationId, BrandId, TrendId),
    (post, generation): (PostId, Option<GenerationId>),
    (angle, relevance): (Option<&str>, f64),
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO trends.trend_posts
           (organization_id, brand_id, trend_id, post_id, generation_id, angle, relevance, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT ON CONSTRAINT trend_posts_pkey DO NOTHING",
        organization.uuid(),
        brand.uuid(),
        trend.uuid(),
        post.uuid(),
        generation.map(GenerationId::uuid),
        angle,
        relevance,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// The posts made of a trend, the newest first: post and how much of the trend it says.
pub(super) async fn posts(conn: &mut PgConnection, trend: TrendId) -> Result<Vec<(PostId, f64)>> {
    let rows = sqlx::query!(
        r#"SELECT post_id AS "post: PostId", relevance FROM trends.trend_posts
            WHERE trend_id = $1 ORDER BY created_at DESC, post_id DESC LIMIT 100"#,
        trend.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.post, row.relevance)).collect())
}

/// Of which trends posts were made.
pub(super) async fn of_posts(conn: &mut PgConnection, posts: &[Uuid]) -> Result<Vec<super::TrendOfPost>> {
    sqlx::query_as!(
        super::TrendOfPost,
        r#"SELECT p.post_id AS "post: PostId", t.id AS "trend: TrendId", t.name, t.peak_likely, p.relevance
             FROM trends.trend_posts p
             JOIN trends.trends t ON t.organization_id = p.organization_id AND t.id = p.trend_id
            WHERE p.post_id = ANY ($1) ORDER BY p.post_id, p.relevance DESC"#,
        posts
    )
    .fetch_all(conn)
    .await
}

/// How trends that are over went against what was predicted.
pub(super) struct Judged {
    pub(super) trends: i64,
    pub(super) peaks: i64,
    pub(super) sizes: i64,
    pub(super) held: i64,
    pub(super) from: Option<Timestamp>,
    pub(super) to: Option<Timestamp>,
}

pub(super) async fn judged(conn: &mut PgConnection, brand: BrandId) -> Result<Judged> {
    sqlx::query_as!(
        Judged,
        r#"SELECT count(*) AS "trends!", count(*) FILTER (WHERE (evaluation ->> 'peak_hit')::boolean) AS "peaks!",
                  count(*) FILTER (WHERE (evaluation ->> 'size_hit')::boolean) AS "sizes!",
                  count(*) FILTER (WHERE (evaluation ->> 'held')::boolean) AS "held!",
                  min(found_at) AS "from", max(expired_at) AS "to"
             FROM trends.trends
            WHERE brand_id = $1 AND state = 'expired' AND merged_into IS NULL AND evaluation IS NOT NULL"#,
        brand.uuid()
    )
    .fetch_one(conn)
    .await
}

/// Brands whose trends an hour has passed over since they were last looked at, or whose items nobody has gone through:
/// with the organization of each.
pub(super) async fn due(conn: &mut PgConnection, now: Timestamp) -> Result<Vec<(OrganizationId, BrandId)>> {
    let rows = sqlx::query!(
        r#"SELECT DISTINCT c.organization_id AS "organization!: OrganizationId", c.brand_id AS "brand!: BrandId"
             FROM (SELECT t.organization_id, t.brand_id FROM trends.trends t
                     LEFT JOIN trends.detections d ON d.organization_id = t.organization_id AND d.brand_id = t.brand_id
                    WHERE t.state <> 'expired'
                      AND coalesce(d.detected_at < date_trunc('hour', $1::timestamptz), true)
                   UNION ALL
                   SELECT i.organization_id, i.brand_id FROM trends.items i
                     LEFT JOIN trends.detections d ON d.organization_id = i.organization_id AND d.brand_id = i.brand_id
                    WHERE i.seen_at > $1::timestamptz - interval '2 hours'
                      AND coalesce(i.seen_at > d.newest_seen_at, true)) c
             JOIN brand.in_use b ON b.organization_id = c.organization_id AND b.id = c.brand_id"#,
        now
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.organization, row.brand)).collect())
}

/// Removes trends that were over long ago.
pub(crate) async fn retain(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    sqlx::query!("DELETE FROM trends.trends WHERE expired_at < $1", before)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
}

/// As a value for the log.
pub(super) fn told_of(row: &Row) -> Value {
    serde_json::json!({
        "name": row.name, "state": row.state, "confidence": row.confidence, "momentum": row.momentum,
        "relevance": row.relevance, "items": row.item_count, "sources": row.source_count,
        "peak_likely": row.peak_likely, "summary": row.description,
    })
}
