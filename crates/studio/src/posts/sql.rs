//! Queries on posts and versions. Tenant and brands are the transaction's, by policy.

use bellwether_brand::VoiceModelId;
use bellwether_kernel::{
    Cursor, Timestamp,
    id::{BrandId, GenerationId, OrganizationId, OutputId, PostId, UserId, VersionId},
};
use bellwether_store::plan_for_values;
use serde_json::{Value, value::RawValue};
use sqlx::{PgConnection, Result, types::Json};
use uuid::Uuid;

use crate::{media::attached::UsedRow, voice::Heard};

/// A post as it is shown. Contents stay the text that the database gave: nothing here looks into them.
pub(crate) struct PostRow {
    pub(crate) id: PostId,
    pub(crate) generation_id: Option<GenerationId>,
    pub(crate) target: String,
    pub(crate) network: String,
    pub(crate) content_type: String,
    pub(crate) status: String,
    pub(crate) content: Json<Box<RawValue>>,
    pub(crate) original: Option<Json<Box<RawValue>>>,
    pub(crate) edited: bool,
    pub(crate) feedback: i16,
    pub(crate) note: String,
    pub(crate) rejection_reason: Option<String>,
    pub(crate) regenerating: bool,
    pub(crate) regeneration_error: Option<String>,
    pub(crate) tone: String,
    pub(crate) source_title: Option<String>,
    pub(crate) source_url: Option<String>,
    pub(crate) provider: String,
    pub(crate) model: String,
    pub(crate) counts: Json<Box<RawValue>>,
    pub(crate) issues: Json<Box<RawValue>>,
    pub(crate) voice_confidence: Option<f64>,
    pub(crate) voice_model_id: Option<VoiceModelId>,
    pub(crate) media: Json<Vec<UsedRow>>,
    pub(crate) first_comment: Option<String>,
    pub(crate) options: Json<Box<RawValue>>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) version: i32,
}

/// What a list is narrowed to.
pub(crate) struct ListFilter<'a> {
    pub(crate) brand: BrandId,
    pub(crate) status: Option<&'a str>,
    pub(crate) network: Option<&'a str>,
    pub(crate) generation: Option<GenerationId>,
    pub(crate) query: Option<&'a str>,
    pub(crate) after: Option<Cursor>,
    pub(crate) limit: i64,
}

/// The columns of a [`PostRow`]; `$rest` says which posts.
macro_rules! post_rows {
    ($rest:literal, $($value:expr),*) => {
        sqlx::query_as!(
            PostRow,
            r#"SELECT id AS "id: PostId", generation_id AS "generation_id: GenerationId", target, network, content_type, status,
                  content AS "content: Json<Box<RawValue>>",
                  CASE WHEN edited THEN original END AS "original: Json<Box<RawValue>>", edited, feedback, note,
                  rejection_reason, regenerating, regeneration_error, tone, source_title, source_url, provider, model,
                  counts AS "counts: Json<Box<RawValue>>", issues AS "issues: Json<Box<RawValue>>", voice_confidence,
                  voice_model_id AS "voice_model_id: VoiceModelId",
                  (SELECT coalesce(jsonb_agg(to_jsonb(used) ORDER BY used.position), '[]')
                     FROM studio.publishable_media used
                    WHERE used.organization_id = posts.organization_id AND used.post_id = posts.id)
                    AS "media!: Json<Vec<UsedRow>>",
                  first_comment, options AS "options: Json<Box<RawValue>>", created_at, updated_at, version
             FROM studio.posts "#
                + $rest,
            $($value),*
        )
    };
}

/// A page, newest first. `original` is left out where it is the content.
pub(crate) async fn list(conn: &mut PgConnection, filter: &ListFilter<'_>) -> Result<Vec<PostRow>> {
    let after = filter.after.unwrap_or(Cursor::NEWEST);
    let narrowed = [
        filter.status.is_some(),
        filter.network.is_some(),
        filter.generation.is_some(),
        filter.query.is_some(),
    ];
    if !narrowed.contains(&true) {
        // the list as it opens: nothing in it is optional, so that the plan that is kept walks the index
        return post_rows!(
            "WHERE brand_id = $1 AND deleted_at IS NULL
                AND (created_at, id) < ($2, $3)
              ORDER BY created_at DESC, id DESC
              LIMIT $4",
            filter.brand.uuid(),
            after.at,
            after.id,
            filter.limit
        )
        .fetch_all(conn)
        .await;
    }
    plan_for_values(&mut *conn).await?;
    post_rows!(
        "WHERE brand_id = $1 AND deleted_at IS NULL
            AND ($2::text IS NULL OR status = $2)
            AND ($3::text IS NULL OR network = $3)
            AND ($4::uuid IS NULL OR generation_id = $4)
            AND ($5::text IS NULL OR id = ANY (ARRAY(SELECT studio.find_posts($1, to_tsquery('simple', $5)))))
            AND (created_at, id) < ($6, $7)
          ORDER BY created_at DESC, id DESC
          LIMIT $8",
        filter.brand.uuid(),
        filter.status,
        filter.network,
        filter.generation.map(GenerationId::uuid),
        filter.query,
        after.at,
        after.id,
        filter.limit
    )
    .fetch_all(conn)
    .await
}

/// The texts of the latest posts that somebody stands by, the newest first; of those made from one input only the longest,
/// since they say the same. Calls to action are left out: they are often the writer's own phrases.
pub(crate) async fn past_texts(conn: &mut PgConnection, brand: BrandId, most: i64) -> Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"SELECT replace(search_text, coalesce(nullif(content->>'cta', ''), chr(1)), '') AS "text!"
             FROM (SELECT DISTINCT ON (coalesce(generation_id, id)) created_at, id, search_text, content
                     FROM studio.posts
                    WHERE brand_id = $1 AND deleted_at IS NULL AND status IN ('approved', 'published')
                    ORDER BY coalesce(generation_id, id), length(search_text) DESC, id) AS texts
            ORDER BY created_at DESC, id DESC LIMIT $2"#,
        brand.uuid(),
        most
    )
    .fetch_all(conn)
    .await
}

/// A post that somebody stands by.
pub(crate) struct PastRow {
    pub(crate) id: PostId,
    pub(crate) content: Json<Value>,
    pub(crate) network: String,
    pub(crate) published_at: Option<Timestamp>,
}

/// The latest posts that somebody stands by, the newest first.
pub(crate) async fn past_posts(conn: &mut PgConnection, brand: BrandId, most: i64) -> Result<Vec<PastRow>> {
    sqlx::query_as!(
        PastRow,
        r#"SELECT id AS "id: PostId", content AS "content: Json<Value>", network, published_at FROM studio.posts
            WHERE brand_id = $1 AND deleted_at IS NULL AND status IN ('approved', 'published')
            ORDER BY created_at DESC, id DESC LIMIT $2"#,
        brand.uuid(),
        most
    )
    .fetch_all(conn)
    .await
}

/// How a post stands: what decisions on it teach.
pub(crate) struct StandRow {
    pub(crate) network: String,
    pub(crate) status: String,
    pub(crate) content: Json<Value>,
    pub(crate) original: Option<Json<Value>>,
    pub(crate) feedback: i16,
    pub(crate) version: i32,
}

pub(crate) async fn get_stand(
    conn: &mut PgConnection,
    brand: BrandId,
    id: PostId,
) -> Result<Option<StandRow>> {
    sqlx::query_as!(
        StandRow,
        r#"SELECT network, status, content AS "content: Json<Value>",
                  CASE WHEN edited THEN original END AS "original: Json<Value>", feedback, version
             FROM studio.posts WHERE id = $1 AND brand_id = $2 AND deleted_at IS NULL"#,
        id.uuid(),
        brand.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// The network of a post.
pub(crate) async fn get_network(
    conn: &mut PgConnection,
    brand: BrandId,
    id: PostId,
) -> Result<Option<String>> {
    sqlx::query_scalar!(
        "SELECT network FROM studio.posts WHERE id = $1 AND brand_id = $2 AND deleted_at IS NULL",
        id.uuid(),
        brand.uuid()
    )
    .fetch_optional(conn)
    .await
}

pub(crate) async fn get(conn: &mut PgConnection, brand: BrandId, id: PostId) -> Result<Option<PostRow>> {
    post_rows!("WHERE id = $1 AND brand_id = $2 AND deleted_at IS NULL", id.uuid(), brand.uuid())
        .fetch_optional(conn)
        .await
}

/// What a change needs to know, with the row locked.
pub(crate) struct LockedRow {
    pub(crate) target: String,
    pub(crate) status: String,
    pub(crate) content: Json<Value>,
    pub(crate) original: Json<Value>,
    pub(crate) first_comment: Option<String>,
    pub(crate) options: Value,
    pub(crate) source_title: Option<String>,
    pub(crate) generation_id: Option<GenerationId>,
    pub(crate) variation: i32,
    pub(crate) regenerating: bool,
    pub(crate) tone: String,
    pub(crate) deleted: bool,
    pub(crate) version: i32,
}

pub(crate) async fn lock(conn: &mut PgConnection, brand: BrandId, id: PostId) -> Result<Option<LockedRow>> {
    sqlx::query_as!(
        LockedRow,
        r#"SELECT target, status, content AS "content: Json<Value>", original AS "original: Json<Value>",
                  first_comment, options, source_title, generation_id AS "generation_id: GenerationId", variation, regenerating, tone,
                  deleted_at IS NOT NULL AS "deleted!", version
             FROM studio.posts WHERE id = $1 AND brand_id = $2 FOR UPDATE"#,
        id.uuid(),
        brand.uuid()
    )
    .fetch_optional(conn)
    .await
}

pub(crate) struct NewRow<'a> {
    pub(crate) organization: OrganizationId,
    pub(crate) id: PostId,
    pub(crate) brand: BrandId,
    pub(crate) generation: Option<GenerationId>,
    pub(crate) output: Option<OutputId>,
    pub(crate) created_by: Option<UserId>,
    pub(crate) target: &'a str,
    pub(crate) network: &'a str,
    pub(crate) content_type: &'a str,
    pub(crate) content: &'a Value,
    pub(crate) search_text: &'a str,
    pub(crate) counts: Value,
    pub(crate) issues: Value,
    pub(crate) rule_errors: i32,
    pub(crate) tone: &'a str,
    pub(crate) source_title: Option<&'a str>,
    pub(crate) source_url: Option<&'a str>,
    pub(crate) provider: &'a str,
    pub(crate) model: &'a str,
    pub(crate) voice: Heard,
    pub(crate) now: Timestamp,
}

pub(crate) async fn insert(conn: &mut PgConnection, new: &NewRow<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO studio.posts
           (organization_id, id, brand_id, generation_id, output_id, created_by, target, network, content_type,
            content, original, search_text, counts, issues, rule_errors, tone, source_title, source_url, provider,
            model, voice_confidence, voice_model_id, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $21, $22, $20,
                 $20)",
        new.organization.uuid(),
        new.id.uuid(),
        new.brand.uuid(),
        new.generation.map(GenerationId::uuid),
        new.output.map(OutputId::uuid),
        new.created_by.map(UserId::uuid),
        new.target,
        new.network,
        new.content_type,
        new.content,
        new.search_text,
        new.counts,
        new.issues,
        new.rule_errors,
        new.tone,
        new.source_title,
        new.source_url,
        new.provider,
        new.model,
        new.now,
        new.voice.confidence,
        new.voice.model.map(VoiceModelId::uuid)
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) struct ContentChange<'a> {
    pub(crate) content: &'a Value,
    pub(crate) edited: bool,
    pub(crate) search_text: &'a str,
    pub(crate) counts: Value,
    pub(crate) issues: Value,
    pub(crate) rule_errors: i32,
    pub(crate) status: &'a str,
    pub(crate) voice: Heard,
}

/// Writes another content; the row is locked by the caller.
pub(crate) async fn update_content(
    conn: &mut PgConnection,
    id: PostId,
    change: &ContentChange<'_>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE studio.posts
            SET content = $2, edited = $3, search_text = $4, counts = $5, issues = $6, rule_errors = $7, status = $8,
                voice_confidence = $9, voice_model_id = $10, version = version + 1
          WHERE id = $1",
        id.uuid(),
        change.content,
        change.edited,
        change.search_text,
        change.counts,
        change.issues,
        change.rule_errors,
        change.status,
        change.voice.confidence,
        change.voice.model.map(VoiceModelId::uuid)
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Writes what a regeneration wrote: it is the new original too.
pub(crate) async fn update_regenerated(
    conn: &mut PgConnection,
    id: PostId,
    change: &ContentChange<'_>,
    tone: &str,
    (provider, model): (&str, &str),
) -> Result<()> {
    sqlx::query!(
        "UPDATE studio.posts
            SET content = $2, original = $2, edited = false, search_text = $3, counts = $4, issues = $5,
                rule_errors = $6, status = $7, tone = $8, provider = $9, model = $10, feedback = 0,
                variation = variation + 1, regenerating = false, regeneration_error = NULL, voice_confidence = $11,
                voice_model_id = $12, version = version + 1
          WHERE id = $1",
        id.uuid(),
        change.content,
        change.search_text,
        change.counts,
        change.issues,
        change.rule_errors,
        change.status,
        tone,
        provider,
        model,
        change.voice.confidence,
        change.voice.model.map(VoiceModelId::uuid)
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) async fn set_regenerating(
    conn: &mut PgConnection,
    id: PostId,
    regenerating: bool,
    error: Option<&str>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE studio.posts SET regenerating = $2, regeneration_error = $3, version = version + 1 WHERE id = $1",
        id.uuid(),
        regenerating,
        error
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// What the network's rules say anew, since the post shows other files; the row is locked by the caller.
pub(crate) async fn update_media(
    conn: &mut PgConnection,
    id: PostId,
    (issues, rule_errors): (Value, i32),
    status: &str,
) -> Result<()> {
    sqlx::query!(
        "UPDATE studio.posts SET issues = $2, rule_errors = $3, status = $4, version = version + 1 WHERE id = $1",
        id.uuid(),
        issues,
        rule_errors,
        status
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Writes what goes with the text; the row is locked by the caller.
pub(crate) async fn update_extras(
    conn: &mut PgConnection,
    id: PostId,
    (first_comment, options): (Option<&str>, &Value),
    status: &str,
) -> Result<()> {
    sqlx::query!(
        "UPDATE studio.posts SET first_comment = $2, options = $3, status = $4, version = version + 1 WHERE id = $1",
        id.uuid(),
        first_comment,
        options,
        status
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) async fn set_note(conn: &mut PgConnection, id: PostId, note: &str) -> Result<()> {
    sqlx::query!("UPDATE studio.posts SET note = $2, version = version + 1 WHERE id = $1", id.uuid(), note)
        .execute(conn)
        .await
        .map(|_| ())
}

pub(crate) async fn set_feedback(conn: &mut PgConnection, id: PostId, feedback: i16) -> Result<()> {
    sqlx::query!(
        "UPDATE studio.posts SET feedback = $2, version = version + 1 WHERE id = $1",
        id.uuid(),
        feedback
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) async fn set_deleted(conn: &mut PgConnection, id: PostId, at: Option<Timestamp>) -> Result<()> {
    sqlx::query!(
        "UPDATE studio.posts SET deleted_at = $2, version = version + 1 WHERE id = $1",
        id.uuid(),
        at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// A post to be reviewed with others.
pub(crate) struct ReviewRow {
    pub(crate) id: PostId,
    pub(crate) status: String,
    pub(crate) rule_errors: i32,
}

/// Locks posts in the order of their ids, so that two bulk reviews can't wait for each other.
pub(crate) async fn lock_many(
    conn: &mut PgConnection,
    brand: BrandId,
    ids: &[Uuid],
) -> Result<Vec<ReviewRow>> {
    sqlx::query_as!(
        ReviewRow,
        r#"SELECT id AS "id: PostId", status, rule_errors FROM studio.posts
            WHERE brand_id = $1 AND id = ANY($2) AND deleted_at IS NULL ORDER BY id FOR UPDATE"#,
        brand.uuid(),
        ids
    )
    .fetch_all(conn)
    .await
}

/// What a review sets.
pub(crate) struct Review<'a> {
    pub(crate) status: &'a str,
    pub(crate) reason: Option<&'a str>,
    /// None when a rule was met by others than people of the organization.
    pub(crate) reviewer: Option<UserId>,
    pub(crate) at: Timestamp,
}

pub(crate) async fn review(conn: &mut PgConnection, ids: &[Uuid], review: &Review<'_>) -> Result<()> {
    sqlx::query!(
        "UPDATE studio.posts
            SET status = $2, rejection_reason = $3, reviewed_by = $4, reviewed_at = $5, version = version + 1
          WHERE id = ANY($1)",
        ids,
        review.status,
        review.reason,
        review.reviewer.map(UserId::uuid),
        review.at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) async fn delete_many(conn: &mut PgConnection, ids: &[Uuid], at: Timestamp) -> Result<()> {
    sqlx::query!("UPDATE studio.posts SET deleted_at = $2, version = version + 1 WHERE id = ANY($1)", ids, at)
        .execute(conn)
        .await
        .map(|_| ())
}

pub(crate) struct LastVersionRow {
    pub(crate) id: VersionId,
    pub(crate) number: i32,
    pub(crate) reason: String,
    pub(crate) actor: Json<Value>,
    pub(crate) created_at: Timestamp,
}

pub(crate) async fn last_version(conn: &mut PgConnection, post: PostId) -> Result<Option<LastVersionRow>> {
    sqlx::query_as!(
        LastVersionRow,
        r#"SELECT id AS "id: VersionId", number, reason, actor AS "actor: Json<Value>", created_at
             FROM studio.versions WHERE post_id = $1 ORDER BY number DESC LIMIT 1"#,
        post.uuid()
    )
    .fetch_optional(conn)
    .await
}

pub(crate) struct NewVersion<'a> {
    pub(crate) organization: OrganizationId,
    pub(crate) id: VersionId,
    pub(crate) brand: BrandId,
    pub(crate) post: PostId,
    pub(crate) number: i32,
    pub(crate) reason: &'a str,
    pub(crate) content: &'a Value,
    pub(crate) actor: Value,
    pub(crate) now: Timestamp,
}

/// Keeps a content, and what goes with it as the post has it now.
pub(crate) async fn insert_version(conn: &mut PgConnection, new: &NewVersion<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO studio.versions
           (organization_id, id, brand_id, post_id, number, reason, content, actor, created_at, first_comment, options)
         SELECT $1, $2, $3, id, $5, $6, $7, $8, $9, first_comment, options FROM studio.posts WHERE id = $4",
        new.organization.uuid(),
        new.id.uuid(),
        new.brand.uuid(),
        new.post.uuid(),
        new.number,
        new.reason,
        new.content,
        new.actor,
        new.now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) async fn update_version(
    conn: &mut PgConnection,
    id: VersionId,
    content: &Value,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE studio.versions v SET content = $2, created_at = $3, first_comment = p.first_comment, options = p.options
           FROM studio.posts p WHERE v.id = $1 AND p.id = v.post_id",
        id.uuid(),
        content,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) struct VersionRow {
    pub(crate) id: VersionId,
    pub(crate) number: i32,
    pub(crate) reason: String,
    pub(crate) content: Json<Box<RawValue>>,
    pub(crate) first_comment: Option<String>,
    pub(crate) options: Json<Box<RawValue>>,
    pub(crate) actor: Json<Box<RawValue>>,
    pub(crate) created_at: Timestamp,
}

/// The versions of a post, newest first, at most 100.
pub(crate) async fn list_versions(conn: &mut PgConnection, post: PostId) -> Result<Vec<VersionRow>> {
    sqlx::query_as!(
        VersionRow,
        r#"SELECT id AS "id: VersionId", number, reason, content AS "content: Json<Box<RawValue>>", first_comment,
                  options AS "options: Json<Box<RawValue>>", actor AS "actor: Json<Box<RawValue>>", created_at
             FROM studio.versions WHERE post_id = $1 ORDER BY number DESC LIMIT 100"#,
        post.uuid()
    )
    .fetch_all(conn)
    .await
}

/// What a version kept.
pub(crate) struct KeptRow {
    pub(crate) content: Json<Value>,
    pub(crate) first_comment: Option<String>,
    pub(crate) options: Value,
}

pub(crate) async fn get_version(
    conn: &mut PgConnection,
    post: PostId,
    id: VersionId,
) -> Result<Option<KeptRow>> {
    sqlx::query_as!(
        KeptRow,
        r#"SELECT content AS "content: Json<Value>", first_comment, options
             FROM studio.versions WHERE id = $1 AND post_id = $2"#,
        id.uuid(),
        post.uuid()
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn publish(
    conn: &mut PgConnection,
    organizations: &[Uuid],
    posts: &[Uuid],
    at: Timestamp,
) -> Result<Vec<PostId>> {
    sqlx::query_scalar!(
        r#"UPDATE studio.posts p SET status = 'published', published_at = $3, version = version + 1
           FROM unnest($1::uuid[], $2::uuid[]) AS out (organization_id, id)
           WHERE p.organization_id = out.organization_id AND p.id = out.id AND p.status = 'approved'
             AND p.deleted_at IS NULL
           RETURNING p.id AS "id: PostId""#,
        organizations,
        posts,
        at,
    )
    .fetch_all(conn)
    .await
}

/// What notices tell of a post: its first words, network and maker.
pub(super) async fn about(conn: &mut PgConnection, id: PostId) -> Result<Option<super::AboutPost>> {
    sqlx::query_as!(
        super::AboutPost,
        r#"SELECT left(coalesce(nullif(source_title, ''), search_text), 120) AS "title!", network,
                  created_by AS "created_by: UserId", generation_id AS "generation: GenerationId"
             FROM studio.posts WHERE id = $1 AND deleted_at IS NULL"#,
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// A draft that waits for a decision.
pub(super) struct WaitingRow {
    pub(super) id: PostId,
    pub(super) version: i32,
    pub(super) network: String,
    pub(super) content_type: String,
    pub(super) content: Json<Value>,
    pub(super) source_title: Option<String>,
    pub(super) generation: Option<GenerationId>,
    pub(super) voice_confidence: Option<f64>,
    pub(super) feedback: i16,
    pub(super) edited: bool,
    pub(super) created_at: Timestamp,
}

/// The newest drafts that could be approved as they are.
pub(super) async fn waiting(
    conn: &mut PgConnection,
    brand: BrandId,
    filter: super::WaitingFilter<'_>,
) -> Result<Vec<WaitingRow>> {
    sqlx::query_as!(
        WaitingRow,
        r#"SELECT id AS "id: PostId", version, network, content_type, content AS "content: Json<Value>", source_title,
                  generation_id AS "generation: GenerationId", voice_confidence, feedback, edited, created_at
             FROM studio.posts
            WHERE brand_id = $1 AND deleted_at IS NULL AND status = 'pending' AND rule_errors = 0
              AND NOT regenerating AND feedback >= 0
              AND (cardinality($2::text[]) = 0 OR network = ANY ($2))
              AND (cardinality($3::text[]) = 0 OR content_type = ANY ($3) OR target = ANY ($3))
            ORDER BY created_at DESC, id DESC LIMIT $4"#,
        brand.uuid(),
        filter.networks,
        filter.formats,
        filter.most
    )
    .fetch_all(conn)
    .await
}
