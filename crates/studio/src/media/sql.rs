//! Queries on the library. Tenant and brands are the transaction's, by policy.

use bellwether_kernel::{
    Cursor, Timestamp,
    id::{BrandId, OrganizationId, PostId, UserId},
};
use bellwether_networks::rules::MediaKind;
use bellwether_store::plan_for_values;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::{
    MediaId, RenditionId, UploadId,
    fit::Recipe,
    model::{Facts, Label, kind_str, parse_kind},
    take::Contents,
};

/// A file as it is shown.
pub(super) struct MediaRow {
    pub(super) id: MediaId,
    pub(super) name: String,
    pub(super) folder: String,
    pub(super) alt_text: String,
    pub(super) tags: Vec<String>,
    pub(super) kind: String,
    pub(super) content_type: String,
    pub(super) bytes: i64,
    pub(super) width: Option<i32>,
    pub(super) height: Option<i32>,
    pub(super) seconds: Option<f64>,
    pub(super) codec: Option<String>,
    pub(super) object_key: String,
    pub(super) thumbnail_key: Option<String>,
    pub(super) thumbnail_type: Option<String>,
    pub(super) created_by: Option<UserId>,
    pub(super) used_in: i64,
    pub(super) version: i32,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) deleted_at: Option<Timestamp>,
}

pub(super) fn facts(
    (kind, content_type, codec): (&str, String, Option<String>),
    bytes: i64,
    (width, height): (Option<i32>, Option<i32>),
    seconds: Option<f64>,
) -> Facts {
    let side = |side: Option<i32>| side.and_then(|side| u32::try_from(side).ok());
    Facts {
        // the database knows these four only
        kind: parse_kind(kind).unwrap_or(MediaKind::Document),
        content_type,
        bytes: u64::try_from(bytes).unwrap_or_default(),
        width: side(width),
        height: side(height),
        seconds,
        codec,
    }
}

impl MediaRow {
    pub(super) fn facts(&self) -> Facts {
        let kind = (self.kind.as_str(), self.content_type.clone(), self.codec.clone());
        facts(kind, self.bytes, (self.width, self.height), self.seconds)
    }
}

/// What a list is narrowed to.
pub(super) struct ListFilter<'a> {
    pub(super) brand: BrandId,
    pub(super) kind: Option<&'a str>,
    pub(super) folder: Option<&'a str>,
    pub(super) tag: Option<&'a str>,
    pub(super) query: Option<&'a str>,
    pub(super) used: Option<bool>,
    pub(super) deleted: bool,
    pub(super) after: Option<Cursor>,
    pub(super) limit: i64,
}

pub(super) async fn list(conn: &mut PgConnection, filter: &ListFilter<'_>) -> Result<Vec<MediaRow>> {
    let after = filter.after.unwrap_or(Cursor::NEWEST);
    plan_for_values(&mut *conn).await?;
    sqlx::query_as!(
        MediaRow,
        r#"SELECT m.id AS "id: MediaId", name, folder, alt_text, tags, kind, content_type, bytes, width, height, seconds,
                  codec, object_key, thumbnail_key, thumbnail_type, created_by AS "created_by: UserId",
                  uses.count AS "used_in!", version, created_at, updated_at, deleted_at
             FROM studio.media m
            CROSS JOIN LATERAL (
                  SELECT count(*) FROM studio.post_media u
                    JOIN studio.posts p ON p.organization_id = u.organization_id AND p.id = u.post_id
                   WHERE u.organization_id = m.organization_id AND u.media_id = m.id AND p.deleted_at IS NULL) uses
            WHERE m.brand_id = $1 AND (m.deleted_at IS NOT NULL) = $7
              AND ($2::text IS NULL OR kind = $2)
              AND ($3::text IS NULL OR folder = $3)
              AND ($4::text IS NULL OR tags @> ARRAY[$4])
              AND ($5::text IS NULL OR m.id = ANY (ARRAY(SELECT studio.find_media($1, to_tsquery('simple', $5)))))
              AND ($6::bool IS NULL OR (uses.count > 0) = $6)
              AND (m.created_at, m.id) < ($8, $9)
            ORDER BY m.created_at DESC, m.id DESC
            LIMIT $10"#,
        filter.brand.uuid(),
        filter.kind,
        filter.folder,
        filter.tag,
        filter.query,
        filter.used,
        filter.deleted,
        after.at,
        after.id,
        filter.limit,
    )
    .fetch_all(conn)
    .await
}

/// A file, deleted ones too.
pub(super) async fn get(conn: &mut PgConnection, brand: BrandId, id: MediaId) -> Result<Option<MediaRow>> {
    sqlx::query_as!(
        MediaRow,
        r#"SELECT m.id AS "id: MediaId", name, folder, alt_text, tags, kind, content_type, bytes, width, height, seconds,
                  codec, object_key, thumbnail_key, thumbnail_type, created_by AS "created_by: UserId",
                  (SELECT count(*) FROM studio.post_media u
                     JOIN studio.posts p ON p.organization_id = u.organization_id AND p.id = u.post_id
                    WHERE u.organization_id = m.organization_id AND u.media_id = m.id
                      AND p.deleted_at IS NULL) AS "used_in!",
                  version, created_at, updated_at, deleted_at
             FROM studio.media m WHERE m.id = $1 AND m.brand_id = $2"#,
        id.uuid(),
        brand.uuid(),
    )
    .fetch_optional(conn)
    .await
}

/// Holds a file until the end of the transaction.
pub(super) async fn lock(conn: &mut PgConnection, brand: BrandId, id: MediaId) -> Result<bool> {
    let row = sqlx::query_scalar!(
        "SELECT id FROM studio.media WHERE id = $1 AND brand_id = $2 FOR UPDATE",
        id.uuid(),
        brand.uuid(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.is_some())
}

/// A folder and how many files are in it.
pub(super) struct FolderRow {
    pub(super) folder: String,
    pub(super) files: i64,
}

pub(super) async fn folders(conn: &mut PgConnection, brand: BrandId) -> Result<Vec<FolderRow>> {
    sqlx::query_as!(
        FolderRow,
        r#"SELECT folder, count(*) AS "files!" FROM studio.media
            WHERE brand_id = $1 AND deleted_at IS NULL GROUP BY folder ORDER BY folder LIMIT 1000"#,
        brand.uuid(),
    )
    .fetch_all(conn)
    .await
}

/// A post that shows a file.
pub(super) struct UseRow {
    pub(super) post: PostId,
    pub(super) target: String,
    pub(super) status: String,
}

pub(super) async fn uses(conn: &mut PgConnection, id: MediaId) -> Result<Vec<UseRow>> {
    sqlx::query_as!(
        UseRow,
        r#"SELECT p.id AS "post: PostId", p.target, p.status
             FROM studio.post_media u
             JOIN studio.posts p ON p.organization_id = u.organization_id AND p.id = u.post_id
            WHERE u.media_id = $1 AND p.deleted_at IS NULL
            ORDER BY p.created_at DESC, p.id DESC LIMIT 100"#,
        id.uuid(),
    )
    .fetch_all(conn)
    .await
}

/// Makes uploads of the same file by one organization wait for one another until the transaction ends.
pub(super) async fn lock_same(
    conn: &mut PgConnection,
    organization: OrganizationId,
    sha256: &str,
) -> Result<()> {
    sqlx::query!(
        "SELECT pg_advisory_xact_lock(hashtextextended('studio.media:' || $1::text || $2::text, 0))",
        organization.uuid().to_string(),
        sha256,
    )
    .fetch_one(conn)
    .await
    .map(|_| ())
}

/// The brand's own file with this hash.
pub(super) async fn find_own(
    conn: &mut PgConnection,
    brand: BrandId,
    sha256: &str,
) -> Result<Option<MediaId>> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id: MediaId" FROM studio.media
            WHERE brand_id = $1 AND sha256 = $2 AND deleted_at IS NULL"#,
        brand.uuid(),
        sha256,
    )
    .fetch_optional(conn)
    .await
}

/// What another row of the organization keeps of the same file, held so that it is not purged meanwhile.
pub(super) async fn find_shared(conn: &mut PgConnection, sha256: &str) -> Result<Option<Contents>> {
    let row = sqlx::query!(
        "SELECT kind, content_type, bytes, width, height, seconds, codec, object_key, thumbnail_key, thumbnail_type
           FROM studio.media WHERE sha256 = $1 ORDER BY id DESC LIMIT 1 FOR SHARE",
        sha256,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Contents {
        facts: facts(
            (row.kind.as_str(), row.content_type, row.codec),
            row.bytes,
            (row.width, row.height),
            row.seconds,
        ),
        sha256: sha256.to_owned(),
        object_key: row.object_key,
        thumbnail: row.thumbnail_key.zip(row.thumbnail_type),
    }))
}

/// Bytes of the organization's files, shared ones once.
pub(super) async fn bytes_used(conn: &mut PgConnection) -> Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT coalesce(sum(bytes), 0)::bigint AS "bytes!"
             FROM (SELECT DISTINCT object_key, bytes FROM studio.media) files"#,
    )
    .fetch_one(conn)
    .await
}

/// Bytes that open uploads have announced, and how many there are.
pub(super) async fn bytes_announced(conn: &mut PgConnection) -> Result<(i64, i64)> {
    let row = sqlx::query!(
        r#"SELECT coalesce(sum(bytes), 0)::bigint AS "bytes!", count(*) AS "uploads!"
             FROM studio.uploads WHERE media_id IS NULL"#,
    )
    .fetch_one(conn)
    .await?;
    Ok((row.bytes, row.uploads))
}

pub(super) struct NewMedia<'a> {
    pub(super) organization: OrganizationId,
    pub(super) brand: BrandId,
    pub(super) id: MediaId,
    pub(super) label: &'a Label,
    pub(super) contents: &'a Contents,
    pub(super) created_by: UserId,
    pub(super) now: Timestamp,
}

pub(super) async fn insert(conn: &mut PgConnection, new: &NewMedia<'_>) -> Result<()> {
    let facts = &new.contents.facts;
    let side = |side: Option<u32>| side.and_then(|side| i32::try_from(side).ok());
    let (thumbnail_key, thumbnail_type) = new.contents.thumbnail.clone().unzip();
    sqlx::query!(
        "INSERT INTO studio.media
           (organization_id, id, brand_id, name, folder, alt_text, tags, search_text, kind, content_type, bytes, width,
            height, seconds, codec, sha256, object_key, thumbnail_key, thumbnail_type, created_by, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $21)",
        new.organization.uuid(),
        new.id.uuid(),
        new.brand.uuid(),
        new.label.name,
        new.label.folder,
        new.label.alt_text,
        &new.label.tags,
        new.label.search_text(),
        kind_str(facts.kind),
        facts.content_type,
        i64::try_from(facts.bytes).unwrap_or(i64::MAX),
        side(facts.width),
        side(facts.height),
        facts.seconds,
        facts.codec,
        new.contents.sha256,
        new.contents.object_key,
        thumbnail_key,
        thumbnail_type,
        new.created_by.uuid(),
        new.now,
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) async fn update(conn: &mut PgConnection, id: MediaId, label: &Label) -> Result<()> {
    sqlx::query!(
        "UPDATE studio.media
            SET name = $2, folder = $3, alt_text = $4, tags = $5, search_text = $6, version = version + 1
          WHERE id = $1",
        id.uuid(),
        label.name,
        label.folder,
        label.alt_text,
        &label.tags,
        label.search_text(),
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) async fn set_deleted(conn: &mut PgConnection, id: MediaId, at: Option<Timestamp>) -> Result<()> {
    sqlx::query!(
        "UPDATE studio.media SET deleted_at = $2, version = version + 1 WHERE id = $1",
        id.uuid(),
        at,
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// An upload under way.
pub(super) struct UploadRow {
    pub(super) id: UploadId,
    pub(super) name: String,
    pub(super) folder: String,
    pub(super) alt_text: String,
    pub(super) tags: Vec<String>,
    pub(super) bytes: i64,
    pub(super) received: i64,
    pub(super) part_keys: Vec<String>,
    pub(super) part_bytes: Vec<i64>,
    pub(super) finishing_until: Option<Timestamp>,
    pub(super) media_id: Option<MediaId>,
    pub(super) expires_at: Timestamp,
}

pub(super) async fn insert_upload(
    conn: &mut PgConnection,
    (organization, brand, id): (OrganizationId, BrandId, UploadId),
    (label, bytes): (&Label, i64),
    created_by: UserId,
    (now, expires_at): (Timestamp, Timestamp),
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO studio.uploads
           (organization_id, id, brand_id, name, folder, alt_text, tags, bytes, created_by, created_at, updated_at,
            expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11)",
        organization.uuid(),
        id.uuid(),
        brand.uuid(),
        label.name,
        label.folder,
        label.alt_text,
        &label.tags,
        bytes,
        created_by.uuid(),
        now,
        expires_at,
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// An upload, held until the end of the transaction.
pub(super) async fn lock_upload(
    conn: &mut PgConnection,
    brand: BrandId,
    id: UploadId,
    now: Timestamp,
) -> Result<Option<UploadRow>> {
    sqlx::query_as!(
        UploadRow,
        r#"SELECT id AS "id: UploadId", name, folder, alt_text, tags, bytes, received, part_keys, part_bytes,
                  finishing_until, media_id AS "media_id: MediaId", expires_at
             FROM studio.uploads WHERE id = $1 AND brand_id = $2 AND expires_at > $3 FOR UPDATE"#,
        id.uuid(),
        brand.uuid(),
        now,
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn add_part(
    conn: &mut PgConnection,
    id: UploadId,
    (key, bytes): (&str, i64),
    expires_at: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE studio.uploads
            SET received = received + $3, part_keys = part_keys || $2::text, part_bytes = part_bytes || $3::bigint,
                expires_at = $4
          WHERE id = $1",
        id.uuid(),
        key,
        bytes,
        expires_at,
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) async fn set_finishing(
    conn: &mut PgConnection,
    id: UploadId,
    until: Option<Timestamp>,
) -> Result<()> {
    sqlx::query!("UPDATE studio.uploads SET finishing_until = $2 WHERE id = $1", id.uuid(), until)
        .execute(conn)
        .await
        .map(|_| ())
}

/// The parts are no longer named by it: what the sweep finds unnamed it removes.
pub(super) async fn finish_upload(conn: &mut PgConnection, id: UploadId, media: MediaId) -> Result<()> {
    sqlx::query!(
        "UPDATE studio.uploads
            SET media_id = $2, part_keys = '{}', part_bytes = '{}', received = bytes, finishing_until = NULL
          WHERE id = $1",
        id.uuid(),
        media.uuid(),
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) async fn delete_upload(conn: &mut PgConnection, id: UploadId) -> Result<()> {
    sqlx::query!("DELETE FROM studio.uploads WHERE id = $1", id.uuid()).execute(conn).await.map(|_| ())
}

/// A picture made for a network.
pub(super) struct RenditionRow {
    pub(super) id: RenditionId,
    pub(super) content_type: String,
    pub(super) bytes: i64,
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) object_key: String,
}

pub(super) async fn find_rendition(
    conn: &mut PgConnection,
    media: MediaId,
    recipe: &str,
) -> Result<Option<RenditionRow>> {
    sqlx::query_as!(
        RenditionRow,
        r#"SELECT id AS "id: RenditionId", content_type, bytes, width, height, object_key
             FROM studio.renditions WHERE media_id = $1 AND recipe = $2"#,
        media.uuid(),
        recipe,
    )
    .fetch_optional(conn)
    .await
}

/// Keeps a rendition; false when somebody else made it meanwhile.
pub(super) async fn insert_rendition(
    conn: &mut PgConnection,
    (organization, brand, media): (OrganizationId, BrandId, MediaId),
    recipe: &Recipe,
    row: &RenditionRow,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO studio.renditions
           (organization_id, id, brand_id, media_id, recipe, content_type, bytes, width, height, object_key, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT ON CONSTRAINT renditions_recipe_key DO NOTHING",
        organization.uuid(),
        row.id.uuid(),
        brand.uuid(),
        media.uuid(),
        recipe.key(),
        row.content_type,
        row.bytes,
        row.width,
        row.height,
        row.object_key,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Something that a signed address leads to.
pub(super) struct ServedRow {
    pub(super) object_key: String,
    pub(super) content_type: String,
    pub(super) bytes: i64,
}

/// The original of a file, whoever's it is.
pub(super) async fn find_original(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: Uuid,
) -> Result<Option<ServedRow>> {
    sqlx::query_as!(
        ServedRow,
        "SELECT object_key, content_type, bytes FROM studio.media
          WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL",
        organization.uuid(),
        id,
    )
    .fetch_optional(conn)
    .await
}

/// A rendition, whoever's it is.
pub(super) async fn find_made(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: Uuid,
) -> Result<Option<ServedRow>> {
    sqlx::query_as!(
        ServedRow,
        "SELECT r.object_key, r.content_type, r.bytes
           FROM studio.renditions r
           JOIN studio.media m ON m.organization_id = r.organization_id AND m.id = r.media_id
          WHERE r.organization_id = $1 AND r.id = $2 AND m.deleted_at IS NULL",
        organization.uuid(),
        id,
    )
    .fetch_optional(conn)
    .await
}

/// Removes what nobody goes on with.
pub(super) async fn delete_expired_uploads(conn: &mut PgConnection, now: Timestamp) -> Result<u64> {
    let done = sqlx::query!("DELETE FROM studio.uploads WHERE expires_at <= $1", now).execute(conn).await?;
    Ok(done.rows_affected())
}

/// A file that is gone.
pub(super) struct PurgedRow {
    pub(super) organization: OrganizationId,
    pub(super) brand: BrandId,
    pub(super) id: MediaId,
}

/// Removes files that were deleted before a time. One that a post shows which may still go out stays: the post would go
/// out without it.
pub(super) async fn purge(conn: &mut PgConnection, before: Timestamp) -> Result<Vec<PurgedRow>> {
    sqlx::query_as!(
        PurgedRow,
        r#"DELETE FROM studio.media WHERE (organization_id, id) IN (
             SELECT m.organization_id, m.id FROM studio.media m
              WHERE m.deleted_at <= $1
                AND NOT EXISTS (
                    SELECT FROM studio.post_media u
                      JOIN studio.posts p ON p.organization_id = u.organization_id AND p.id = u.post_id
                     WHERE u.organization_id = m.organization_id AND u.media_id = m.id
                       AND p.status <> 'published' AND p.deleted_at IS NULL)
              ORDER BY m.organization_id, m.id LIMIT 500 FOR UPDATE SKIP LOCKED)
           RETURNING organization_id AS "organization: OrganizationId", brand_id AS "brand: BrandId",
                     id AS "id: MediaId""#,
        before,
    )
    .fetch_all(conn)
    .await
}

/// Which of these keys nothing names.
pub(super) async fn unnamed(
    conn: &mut PgConnection,
    organizations: &[Uuid],
    keys: &[String],
) -> Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"SELECT f.key AS "key!" FROM unnest($1::uuid[], $2::text[]) AS f (organization_id, key)
            WHERE NOT EXISTS (SELECT FROM studio.media m
                               WHERE m.organization_id = f.organization_id AND m.object_key = f.key)
              AND NOT EXISTS (SELECT FROM studio.media m
                               WHERE m.organization_id = f.organization_id AND m.thumbnail_key = f.key)
              AND NOT EXISTS (SELECT FROM studio.renditions r
                               WHERE r.organization_id = f.organization_id AND r.object_key = f.key)
              AND NOT EXISTS (SELECT FROM studio.uploads u
                               WHERE u.organization_id = f.organization_id AND f.key = ANY (u.part_keys))"#,
        organizations,
        keys,
    )
    .fetch_all(conn)
    .await
}
