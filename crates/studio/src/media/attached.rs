//! Files in posts.

use bellwether_kernel::{
    BrandAccess, Problem, Timestamp,
    id::{BrandId, OrganizationId, PostId},
};
use bellwether_store::TenantTx;
use serde::Deserialize;
use sqlx::{PgConnection, Result as SqlResult, types::Json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    MediaId, UseId, UsedMedia,
    fit::Shown,
    model::{POST_MEDIA_MAX, check_alt_text},
    service::url_of,
    sql::facts,
};
use crate::{Error, Studio};

/// A file for a post.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttachMedia {
    /// The file.
    pub media_id: MediaId,
    /// What it shows, for this post; as in the library when absent.
    #[serde(default)]
    pub alt_text: Option<String>,
}

/// A file in a post, as the view `studio.publishable_media` tells of it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct UsedRow {
    organization_id: Uuid,
    brand_id: Uuid,
    media_id: Uuid,
    own_alt_text: Option<String>,
    alt_text: String,
    name: String,
    kind: String,
    content_type: String,
    bytes: i64,
    width: Option<i32>,
    height: Option<i32>,
    seconds: Option<f64>,
    codec: Option<String>,
    has_thumbnail: bool,
    deleted: bool,
}

impl UsedRow {
    pub(crate) fn shown(&self) -> Shown {
        let kind = (self.kind.as_str(), self.content_type.clone(), self.codec.clone());
        Shown {
            facts: facts(kind, self.bytes, (self.width, self.height), self.seconds),
            alt_text: self.alt_text.clone(),
            deleted: self.deleted,
        }
    }

    fn as_attached(&self) -> (MediaId, Option<&str>) {
        (MediaId::from(self.media_id), self.own_alt_text.as_deref())
    }
}

impl From<UsedRow> for UsedMedia {
    fn from(row: UsedRow) -> Self {
        let Shown { facts, alt_text, deleted } = row.shown();
        let (organization, brand) = (OrganizationId::from(row.organization_id), BrandId::from(row.brand_id));
        let id = MediaId::from(row.media_id);
        Self {
            media_id: id,
            name: row.name,
            alt_text,
            own_alt_text: row.own_alt_text,
            kind: facts.kind,
            content_type: facts.content_type,
            bytes: facts.bytes,
            width: facts.width,
            height: facts.height,
            seconds: facts.seconds,
            deleted,
            url: url_of(organization, brand, id, "file"),
            thumbnail_url: row.has_thumbnail.then(|| url_of(organization, brand, id, "thumbnail")),
        }
    }
}

/// The files of a post, in order.
pub(crate) async fn list(conn: &mut PgConnection, post: PostId) -> SqlResult<Vec<UsedRow>> {
    Ok(list_of_many(conn, &[post.uuid()]).await?.into_iter().map(|(_, used)| used).collect())
}

/// The files of several posts, each post's in their order.
pub(super) async fn list_of_many(
    conn: &mut PgConnection,
    posts: &[Uuid],
) -> SqlResult<Vec<(PostId, UsedRow)>> {
    let rows = sqlx::query!(
        r#"SELECT post_id AS "post_id!: PostId", to_jsonb(used) AS "used!: Json<UsedRow>"
             FROM studio.publishable_media used WHERE post_id = ANY ($1) ORDER BY post_id, position"#,
        posts,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.post_id, row.used.0)).collect())
}

/// The same as a check takes them.
pub(crate) async fn list_shown(conn: &mut PgConnection, post: PostId) -> SqlResult<Vec<Shown>> {
    Ok(list(conn, post).await?.iter().map(UsedRow::shown).collect())
}

/// Which of these files the brand has, held so that none is deleted meanwhile.
async fn lock_live(conn: &mut PgConnection, brand: BrandId, ids: &[Uuid]) -> SqlResult<Vec<MediaId>> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id: MediaId" FROM studio.media
            WHERE brand_id = $1 AND id = ANY ($2) AND deleted_at IS NULL ORDER BY id FOR SHARE"#,
        brand.uuid(),
        ids,
    )
    .fetch_all(conn)
    .await
}

async fn put(
    conn: &mut PgConnection,
    (organization, brand, post): (OrganizationId, BrandId, PostId),
    ids: &[Uuid],
    media: &[Uuid],
    positions: &[i32],
    alt_texts: &[Option<String>],
    now: Timestamp,
) -> SqlResult<()> {
    sqlx::query!("DELETE FROM studio.post_media WHERE post_id = $1", post.uuid()).execute(&mut *conn).await?;
    sqlx::query!(
        "INSERT INTO studio.post_media
           (organization_id, id, brand_id, post_id, media_id, position, alt_text, created_at)
         SELECT $1, u.id, $2, $3, u.media_id, u.position, u.alt_text, $8
           FROM unnest($4::uuid[], $5::uuid[], $6::int[], $7::text[]) AS u (id, media_id, position, alt_text)",
        organization.uuid(),
        brand.uuid(),
        post.uuid(),
        ids,
        media,
        positions,
        alt_texts as &[Option<String>],
        now,
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// What became of the files of a post.
pub(crate) struct Attached {
    pub(crate) before: serde_json::Value,
    pub(crate) after: serde_json::Value,
}

impl Studio {
    /// Puts files in place of those before, in the transaction that holds the post; none when they are the same.
    pub(crate) async fn attach(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        post: PostId,
        wanted: &[AttachMedia],
    ) -> Result<Option<Attached>, Error> {
        if wanted.len() > POST_MEDIA_MAX {
            let message = format!("A post has at most {POST_MEDIA_MAX} files.");
            return Err(Problem::invalid("media", "too_many", message).into());
        }
        let mut alt_texts = Vec::new();
        for (at, file) in wanted.iter().enumerate() {
            let path = format!("media/{at}");
            if wanted[..at].iter().any(|other| other.media_id == file.media_id) {
                let message = "The same file is there twice: leave one out.";
                return Err(Problem::invalid(format!("{path}/media_id"), "duplicate", message).into());
            }
            let text = file.alt_text.as_deref();
            alt_texts.push(text.map(|text| check_alt_text(&format!("{path}/alt_text"), text)).transpose()?);
        }
        let before = list(tx.conn(), post).await?;
        let same = before
            .iter()
            .map(UsedRow::as_attached)
            .eq(wanted.iter().zip(&alt_texts).map(|(file, text)| (file.media_id, text.as_deref())));
        if same {
            return Ok(None);
        }
        let media: Vec<Uuid> = wanted.iter().map(|file| file.media_id.uuid()).collect();
        let live = lock_live(tx.conn(), access.brand, &media).await?;
        for (at, file) in wanted.iter().enumerate() {
            // what was deleted meanwhile may stay where it is: the issues tell of it
            let stays = before.iter().any(|row| row.media_id == file.media_id.uuid());
            if !stays && !live.contains(&file.media_id) {
                let message = "The library has no such file.";
                return Err(Problem::invalid(format!("media/{at}/media_id"), "not_found", message).into());
            }
        }
        let ids: Vec<Uuid> = wanted.iter().map(|_| UseId::new(&self.clock, &self.rng).uuid()).collect();
        let positions: Vec<i32> = (0..).take(wanted.len()).collect();
        let of = (access.organization, access.brand, post);
        put(tx.conn(), of, &ids, &media, &positions, &alt_texts, self.clock.now()).await?;
        let told = |all: &[(MediaId, Option<&str>)]| {
            all.iter()
                .map(|(id, text)| serde_json::json!({ "media_id": id, "alt_text": text }))
                .collect::<serde_json::Value>()
        };
        let old: Vec<_> = before.iter().map(UsedRow::as_attached).collect();
        let new: Vec<_> =
            wanted.iter().zip(&alt_texts).map(|(file, text)| (file.media_id, text.as_deref())).collect();
        Ok(Some(Attached { before: told(&old), after: told(&new) }))
    }
}
