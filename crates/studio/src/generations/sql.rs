//! Queries on generations and outputs. Tenant and brands are the transaction's, by policy.

use bellwether_kernel::{
    Cursor, Timestamp,
    id::{BrandId, GenerationId, OrganizationId, OutputId, PostId, UserId},
};
use serde_json::{Value, value::RawValue};
use sqlx::{PgConnection, Result, types::Json};

pub(crate) struct NewRow<'a> {
    pub(crate) organization: OrganizationId,
    pub(crate) id: GenerationId,
    pub(crate) brand: BrandId,
    pub(crate) created_by: Option<UserId>,
    pub(crate) input_type: &'a str,
    pub(crate) title: Option<&'a str>,
    pub(crate) url: Option<&'a str>,
    pub(crate) file_name: Option<&'a str>,
    pub(crate) text: &'a str,
    pub(crate) words: i32,
    pub(crate) input_hash: &'a str,
    pub(crate) cache_key: &'a str,
    pub(crate) targets: &'a [String],
    pub(crate) tone: &'a str,
    pub(crate) instructions: Option<&'a str>,
    pub(crate) writer: &'a str,
    pub(crate) language: Option<&'a str>,
    pub(crate) request: Value,
    pub(crate) starts_at: Option<Timestamp>,
    pub(crate) now: Timestamp,
}

pub(crate) async fn insert(conn: &mut PgConnection, new: &NewRow<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO studio.generations
           (organization_id, id, brand_id, created_by, input_type, input_title, input_url, input_file_name, input_text,
            input_words, input_hash, cache_key, targets, tone, instructions, writer, language, request, created_at,
            updated_at, starts_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19, $20)",
        new.organization.uuid(),
        new.id.uuid(),
        new.brand.uuid(),
        new.created_by.map(UserId::uuid),
        new.input_type,
        new.title,
        new.url,
        new.file_name,
        new.text,
        new.words,
        new.input_hash,
        new.cache_key,
        new.targets,
        new.tone,
        new.instructions,
        new.writer,
        new.language,
        new.request,
        new.now,
        new.starts_at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Inserts one pending output per target, in one statement.
#[expect(clippy::too_many_arguments, reason = "the columns of one row, each of another type")]
pub(crate) async fn insert_outputs(
    conn: &mut PgConnection,
    organization: OrganizationId,
    brand: BrandId,
    generation: GenerationId,
    ids: &[uuid::Uuid],
    targets: &[String],
    networks: &[String],
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO studio.outputs
           (organization_id, id, brand_id, generation_id, position, target, network, created_at, updated_at)
         SELECT $1, o.id, $2, $3, o.position, o.target, o.network, $7, $7
           FROM unnest($4::uuid[], $5::text[], $6::text[]) WITH ORDINALITY AS o (id, target, network, position)",
        organization.uuid(),
        brand.uuid(),
        generation.uuid(),
        ids,
        targets,
        networks,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// The latest generation with this key that was wholly written and whose posts are still there.
pub(crate) async fn find_cached(
    conn: &mut PgConnection,
    brand: BrandId,
    cache_key: &str,
) -> Result<Option<GenerationId>> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id: GenerationId" FROM studio.generations
            WHERE brand_id = $1 AND cache_key = $2 AND status = 'completed' AND deleted_at IS NULL
            ORDER BY created_at DESC LIMIT 1"#,
        brand.uuid(),
        cache_key
    )
    .fetch_optional(conn)
    .await
}

/// A generation without its input's text.
pub(crate) struct GenerationRow {
    pub(crate) id: GenerationId,
    pub(crate) status: String,
    pub(crate) input_type: String,
    pub(crate) input_title: Option<String>,
    pub(crate) input_url: Option<String>,
    pub(crate) input_file_name: Option<String>,
    pub(crate) excerpt: String,
    pub(crate) input_words: i32,
    pub(crate) targets: Vec<String>,
    pub(crate) tone: String,
    pub(crate) instructions: Option<String>,
    pub(crate) core_message: Option<String>,
    pub(crate) key_points: Option<Json<Vec<String>>>,
    pub(crate) detected_topic: Option<String>,
    pub(crate) detected_audience: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) keyphrases: Vec<String>,
    pub(crate) error_code: Option<String>,
    pub(crate) error_message: Option<String>,
    pub(crate) generation_time_ms: Option<i32>,
    pub(crate) tokens_used: i64,
    pub(crate) cost_micro_usd: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) starts_at: Option<Timestamp>,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) version: i32,
}

pub(crate) async fn get(
    conn: &mut PgConnection,
    brand: BrandId,
    id: GenerationId,
) -> Result<Option<GenerationRow>> {
    sqlx::query_as!(
        GenerationRow,
        r#"SELECT id AS "id: GenerationId", status, input_type, input_title, input_url, input_file_name,
                  left(input_text, 280) AS "excerpt!", input_words, targets, tone, instructions, core_message,
                  key_points AS "key_points: Json<Vec<String>>", detected_topic, detected_audience, language,
                  keyphrases, error_code, error_message, generation_time_ms, tokens_used, cost_micro_usd, created_at,
                  starts_at, completed_at, version
             FROM studio.generations WHERE id = $1 AND brand_id = $2 AND deleted_at IS NULL"#,
        id.uuid(),
        brand.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// What a list shows of a generation.
pub(crate) struct SummaryRow {
    pub(crate) id: GenerationId,
    pub(crate) status: String,
    pub(crate) input_type: String,
    pub(crate) input_title: Option<String>,
    pub(crate) input_url: Option<String>,
    pub(crate) input_file_name: Option<String>,
    pub(crate) excerpt: String,
    pub(crate) input_words: i32,
    pub(crate) targets: Vec<String>,
    pub(crate) tone: String,
    pub(crate) language: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) completed_at: Option<Timestamp>,
}

pub(crate) async fn list(
    conn: &mut PgConnection,
    brand: BrandId,
    status: Option<&str>,
    query: Option<&str>,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<SummaryRow>> {
    let after = after.unwrap_or(Cursor::NEWEST);
    sqlx::query_as!(
        SummaryRow,
        r#"SELECT id AS "id: GenerationId", status, input_type, input_title, input_url, input_file_name,
                  left(input_text, 280) AS "excerpt!", input_words, targets, tone, language, created_at, completed_at
             FROM studio.generations
            WHERE brand_id = $1 AND deleted_at IS NULL
              AND ($2::text IS NULL OR status = $2)
              AND ($3::text IS NULL OR strpos(lower(concat_ws(' ', input_title, input_url, input_file_name,
                                                              detected_topic, left(input_text, 2000))), $3) > 0)
              AND (created_at, id) < ($4, $5)
            ORDER BY created_at DESC, id DESC LIMIT $6"#,
        brand.uuid(),
        status,
        query,
        after.at,
        after.id,
        limit
    )
    .fetch_all(conn)
    .await
}

pub(crate) struct OutputRow {
    pub(crate) id: OutputId,
    pub(crate) target: String,
    pub(crate) network: String,
    pub(crate) status: String,
    pub(crate) content: Option<Json<Box<RawValue>>>,
    pub(crate) error_code: Option<String>,
    pub(crate) error_message: Option<String>,
    pub(crate) provider: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) prompt: Option<String>,
    pub(crate) notes: Vec<String>,
    pub(crate) milliseconds: Option<i32>,
    pub(crate) post_id: Option<PostId>,
}

pub(crate) async fn list_outputs(
    conn: &mut PgConnection,
    generation: GenerationId,
) -> Result<Vec<OutputRow>> {
    sqlx::query_as!(
        OutputRow,
        r#"SELECT o.id AS "id!: OutputId", o.target AS "target!", o.network AS "network!", o.status AS "status!",
                  o.content AS "content: Json<Box<RawValue>>", o.error_code, o.error_message, o.provider, o.model,
                  o.prompt, o.notes AS "notes!", o.milliseconds, p.id AS "post_id?: PostId"
             FROM studio.outputs o
             LEFT JOIN studio.posts p
               ON p.organization_id = o.organization_id AND p.output_id = o.id AND p.deleted_at IS NULL
            WHERE o.generation_id = $1 ORDER BY o.position"#,
        generation.uuid()
    )
    .fetch_all(conn)
    .await
}

/// The input as it was read.
pub(crate) struct InputRow {
    pub(crate) brand: BrandId,
    pub(crate) created_by: Option<UserId>,
    pub(crate) status: String,
    pub(crate) text: String,
    pub(crate) title: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) tone: String,
    pub(crate) instructions: Option<String>,
    pub(crate) writer: String,
    pub(crate) request: Json<Value>,
    pub(crate) analysed: bool,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) deleted: bool,
}

/// With the row locked, so that the parts of a generation's life happen one after the other.
pub(crate) async fn lock(conn: &mut PgConnection, id: GenerationId) -> Result<Option<InputRow>> {
    sqlx::query_as!(
        InputRow,
        r#"SELECT brand_id AS "brand: BrandId", created_by AS "created_by: UserId", status, input_text AS text,
                  input_title AS title, input_url AS url, language, tone, instructions, writer,
                  request AS "request: Json<Value>", core_message IS NOT NULL AS "analysed!", started_at,
                  deleted_at IS NOT NULL AS "deleted!"
             FROM studio.generations WHERE id = $1 FOR UPDATE"#,
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

pub(crate) async fn get_text(
    conn: &mut PgConnection,
    brand: BrandId,
    id: GenerationId,
) -> Result<Option<String>> {
    sqlx::query_scalar!(
        "SELECT input_text FROM studio.generations WHERE id = $1 AND brand_id = $2 AND deleted_at IS NULL",
        id.uuid(),
        brand.uuid()
    )
    .fetch_optional(conn)
    .await
}

pub(crate) async fn start(conn: &mut PgConnection, id: GenerationId, now: Timestamp) -> Result<()> {
    sqlx::query!(
        "UPDATE studio.generations
            SET status = 'running', started_at = coalesce(started_at, $2), error_code = NULL, error_message = NULL,
                version = version + 1
          WHERE id = $1",
        id.uuid(),
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) async fn set_analysis(
    conn: &mut PgConnection,
    id: GenerationId,
    analysis: &bellwether_models::Analysis,
) -> Result<()> {
    // what could not be told is absent; an analysis without a core message is one all the same
    let told = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
    sqlx::query!(
        "UPDATE studio.generations
            SET core_message = $2, key_points = $3, detected_topic = $4, detected_audience = $5, language = $6,
                keyphrases = $7, version = version + 1
          WHERE id = $1",
        id.uuid(),
        analysis.core_message,
        Json(&analysis.key_points) as _,
        told(&analysis.topic),
        told(&analysis.audience),
        analysis.language,
        &analysis.keyphrases
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// An output that is to be written.
pub(crate) struct OpenRow {
    pub(crate) id: OutputId,
    pub(crate) target: String,
}

/// Takes all outputs that aren't written and aren't failed.
pub(crate) async fn start_outputs(conn: &mut PgConnection, generation: GenerationId) -> Result<Vec<OpenRow>> {
    sqlx::query_as!(
        OpenRow,
        r#"UPDATE studio.outputs SET status = 'running', attempts = attempts + 1
            WHERE generation_id = $1 AND status IN ('pending', 'running')
        RETURNING id AS "id: OutputId", target"#,
        generation.uuid()
    )
    .fetch_all(conn)
    .await
}

/// What was written for an output.
pub(crate) struct Completed<'a> {
    pub(crate) content: &'a Value,
    pub(crate) provider: &'a str,
    pub(crate) model: &'a str,
    pub(crate) prompt: &'a str,
    pub(crate) notes: &'a [String],
    pub(crate) tokens: i64,
    pub(crate) cost_micro_usd: Option<i64>,
    pub(crate) milliseconds: i32,
}

/// False when it is written already: a job that was tried again writes nothing twice.
pub(crate) async fn complete_output(
    conn: &mut PgConnection,
    id: OutputId,
    done: &Completed<'_>,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE studio.outputs
            SET status = 'completed', content = $2, provider = $3, model = $4, prompt = $5, notes = $6,
                tokens_used = $7, cost_micro_usd = $8, milliseconds = $9, error_code = NULL, error_message = NULL
          WHERE id = $1 AND status <> 'completed'",
        id.uuid(),
        done.content,
        done.provider,
        done.model,
        done.prompt,
        done.notes,
        done.tokens,
        done.cost_micro_usd,
        done.milliseconds
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

pub(crate) async fn fail_output(
    conn: &mut PgConnection,
    id: OutputId,
    code: &str,
    message: &str,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE studio.outputs SET status = 'failed', error_code = $2, error_message = $3
          WHERE id = $1 AND status <> 'completed'",
        id.uuid(),
        code,
        message
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Fails every output that isn't written, when the job itself can't go on.
pub(crate) async fn fail_open_outputs(
    conn: &mut PgConnection,
    generation: GenerationId,
    code: &str,
    message: &str,
) -> Result<()> {
    sqlx::query!(
        "UPDATE studio.outputs SET status = 'failed', error_code = $2, error_message = $3
          WHERE generation_id = $1 AND status IN ('pending', 'running')",
        generation.uuid(),
        code,
        message
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Back to pending, when it failed.
pub(crate) async fn reset_output(
    conn: &mut PgConnection,
    generation: GenerationId,
    output: OutputId,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE studio.outputs SET status = 'pending', error_code = NULL, error_message = NULL
          WHERE id = $1 AND generation_id = $2 AND status = 'failed'",
        output.uuid(),
        generation.uuid()
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

pub(crate) async fn output_exists(
    conn: &mut PgConnection,
    generation: GenerationId,
    output: OutputId,
) -> Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM studio.outputs WHERE id = $1 AND generation_id = $2) AS "exists!""#,
        output.uuid(),
        generation.uuid()
    )
    .fetch_one(conn)
    .await
}

pub(crate) async fn reopen(conn: &mut PgConnection, id: GenerationId) -> Result<()> {
    sqlx::query!(
        "UPDATE studio.generations SET status = 'running', completed_at = NULL, version = version + 1 WHERE id = $1",
        id.uuid()
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// How the outputs of a generation ended.
pub(crate) struct TallyRow {
    pub(crate) open: i64,
    pub(crate) completed: i64,
    pub(crate) failed: i64,
    pub(crate) tokens: i64,
    pub(crate) cost_micro_usd: i64,
    pub(crate) provider: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) networks: Vec<String>,
    pub(crate) first_error_code: Option<String>,
    pub(crate) first_error: Option<String>,
}

pub(crate) async fn tally(conn: &mut PgConnection, generation: GenerationId) -> Result<TallyRow> {
    sqlx::query_as!(
        TallyRow,
        r#"SELECT count(*) FILTER (WHERE status IN ('pending', 'running')) AS "open!",
                  count(*) FILTER (WHERE status = 'completed') AS "completed!",
                  count(*) FILTER (WHERE status = 'failed') AS "failed!",
                  coalesce(sum(tokens_used), 0)::bigint AS "tokens!",
                  coalesce(sum(cost_micro_usd), 0)::bigint AS "cost_micro_usd!",
                  min(provider) AS provider, min(model) AS model,
                  coalesce(array_agg(DISTINCT network), '{}') AS "networks!",
                  (array_agg(error_code ORDER BY position) FILTER (WHERE status = 'failed'))[1] AS first_error_code,
                  (array_agg(error_message ORDER BY position) FILTER (WHERE status = 'failed'))[1] AS first_error
             FROM studio.outputs WHERE generation_id = $1"#,
        generation.uuid()
    )
    .fetch_one(conn)
    .await
}

/// How a generation ended.
pub(crate) struct Finish<'a> {
    pub(crate) status: &'a str,
    pub(crate) error_code: Option<&'a str>,
    pub(crate) error_message: Option<&'a str>,
    pub(crate) milliseconds: i32,
    pub(crate) provider: Option<&'a str>,
    pub(crate) model: Option<&'a str>,
    pub(crate) tokens: i64,
    pub(crate) cost_micro_usd: i64,
    pub(crate) now: Timestamp,
}

pub(crate) async fn finish(conn: &mut PgConnection, id: GenerationId, end: &Finish<'_>) -> Result<()> {
    sqlx::query!(
        "UPDATE studio.generations
            SET status = $2, error_code = $3, error_message = $4, generation_time_ms = $5, llm_provider = $6,
                llm_model = $7, tokens_used = $8, cost_micro_usd = $9, completed_at = $10, version = version + 1
          WHERE id = $1",
        id.uuid(),
        end.status,
        end.error_code,
        end.error_message,
        end.milliseconds,
        end.provider,
        end.model,
        end.tokens,
        end.cost_micro_usd,
        end.now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Its status; none when there is none, or it is so already.
pub(crate) async fn set_deleted(
    conn: &mut PgConnection,
    brand: BrandId,
    id: GenerationId,
    at: Option<Timestamp>,
) -> Result<Option<String>> {
    sqlx::query_scalar!(
        "UPDATE studio.generations SET deleted_at = $3, version = version + 1
          WHERE id = $1 AND brand_id = $2 AND (deleted_at IS NULL) <> ($3::timestamptz IS NULL) RETURNING status",
        id.uuid(),
        brand.uuid(),
        at
    )
    .fetch_optional(conn)
    .await
}

/// Moves generations that were made before an instant to the archive, at most `limit`; gives how many.
/// Runs in a service transaction, over all tenants.
pub(crate) async fn archive(
    conn: &mut PgConnection,
    before: Timestamp,
    now: Timestamp,
    limit: i64,
) -> Result<i64> {
    sqlx::query_scalar!(
        r#"WITH old AS (
             SELECT organization_id, id FROM studio.generations
              WHERE created_at < $1 AND status NOT IN ('pending', 'running')
              ORDER BY created_at LIMIT $3 FOR UPDATE SKIP LOCKED
           ), kept AS (
             INSERT INTO archive.generations
               (organization_id, id, brand_id, created_at, archived_at, generation, outputs)
             SELECT g.organization_id, g.id, g.brand_id, g.created_at, $2, to_jsonb(g),
                    coalesce((SELECT jsonb_agg(to_jsonb(o) ORDER BY o.position) FROM studio.outputs o
                               WHERE o.organization_id = g.organization_id AND o.generation_id = g.id), '[]')
               FROM studio.generations g JOIN old USING (organization_id, id)
             ON CONFLICT ON CONSTRAINT generations_pkey DO NOTHING
             RETURNING 1
           ), gone AS (
             DELETE FROM studio.generations g USING old
              WHERE g.organization_id = old.organization_id AND g.id = old.id RETURNING 1
           )
           SELECT count(*) AS "count!" FROM gone"#,
        before,
        now,
        limit
    )
    .fetch_one(conn)
    .await
}

/// What notices tell of a generation.
pub(crate) async fn about(
    conn: &mut PgConnection,
    id: GenerationId,
) -> Result<Option<crate::posts::AboutGeneration>> {
    sqlx::query_as!(
        crate::posts::AboutGeneration,
        r#"SELECT left(coalesce(nullif(input_title, ''), input_text), 120) AS "title!",
                  created_by AS "created_by: UserId"
             FROM studio.generations WHERE id = $1 AND deleted_at IS NULL"#,
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}
