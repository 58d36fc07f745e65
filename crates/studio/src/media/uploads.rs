//! Uploads: announced, sent in parts, put together. A part that breaks off is kept as far as it came; the client asks where
//! to go on.

use axum::body::Body;
use bellwether_kernel::{BrandAccess, Kind, Permission, Problem, RequestContext};
use bellwether_store::TenantScope;
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    MediaId, UploadId,
    boxes::Source as _,
    files::{Parts, key},
    model::{Label, ORGANIZATION_BYTES, PARTS_MAX, most_bytes_of_all},
    service::TakenMedia,
    sql,
    take::{Taker, storage_full},
};
use crate::{Error, Studio, posts::internal};

/// Most bytes of one request. The web server takes no more either.
pub(super) const PART_MAX: u64 = 16 * 1024 * 1024;
/// Uploads of one organization at once.
const UPLOADS_MAX: i64 = 100;
/// How long an upload is kept that nobody goes on with.
const KEPT: Duration = Duration::hours(24);
/// How long parts may take to be put together before another try may begin.
const FINISHING: Duration = Duration::minutes(15);

/// An upload under way.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadView {
    /// Id.
    pub id: UploadId,
    /// The file's name.
    pub name: String,
    /// Bytes announced.
    pub bytes: i64,
    /// Bytes that are here: the next part begins there.
    pub received: i64,
    /// Most bytes of a part.
    pub part_max_bytes: u64,
    /// What it became, once it is finished.
    pub media_id: Option<MediaId>,
    /// When it is removed unless it goes on.
    pub expires_at: DateTime<Utc>,
}

impl From<sql::UploadRow> for UploadView {
    fn from(row: sql::UploadRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            bytes: row.bytes,
            received: row.received,
            part_max_bytes: PART_MAX,
            media_id: row.media_id,
            expires_at: row.expires_at,
        }
    }
}

fn not_found() -> Error {
    Problem::not_found("upload").into()
}

fn conflict(code: &'static str, detail: impl Into<String>) -> Error {
    Problem::new(Kind::Conflict, code, detail).into()
}

impl Studio {
    /// Announces a file of so many bytes.
    pub async fn create_upload(
        &self,
        access: &BrandAccess,
        label: Label,
        bytes: u64,
    ) -> Result<UploadView, Error> {
        access.allow(Permission::PostsWrite)?;
        let label = label.checked()?;
        let most = most_bytes_of_all();
        if bytes == 0 || bytes > most {
            let message = format!("A file has 1 to {most} bytes.");
            let problem = Problem::invalid("bytes", "out_of_range", message);
            return Err(
                if bytes > most { Problem { kind: Kind::TooLarge, ..problem } } else { problem }.into()
            );
        }
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let id = UploadId::new(&self.clock, &self.rng);
        let now = self.clock.now();
        // the whole organization's bytes count, brands that this person doesn't see too
        let mut tx = self.store.tenant(TenantScope::organization(access.organization)).await?;
        let (announced, uploads) = sql::bytes_announced(tx.conn()).await?;
        if sql::bytes_used(tx.conn()).await?.saturating_add(announced).saturating_add(bytes)
            > ORGANIZATION_BYTES
        {
            return Err(storage_full());
        }
        if uploads >= UPLOADS_MAX {
            let detail =
                format!("{UPLOADS_MAX} uploads are under way already. Finish or cancel some of them.");
            return Err(conflict("too_many_uploads", detail));
        }
        let ids = (access.organization, access.brand, id);
        sql::insert_upload(tx.conn(), ids, (&label, bytes), access.user, (now, now + KEPT)).await?;
        let row = sql::lock_upload(tx.conn(), access.brand, id, now).await?.ok_or_else(not_found)?;
        tx.commit().await?;
        Ok(row.into())
    }

    /// How far an upload is.
    pub async fn get_upload(&self, access: &BrandAccess, id: UploadId) -> Result<UploadView, Error> {
        access.allow(Permission::PostsWrite)?;
        Ok(self.upload(access, id).await?.into())
    }

    async fn upload(&self, access: &BrandAccess, id: UploadId) -> Result<sql::UploadRow, Error> {
        let mut tx = self.store.tenant(access).await?;
        let row = sql::lock_upload(tx.conn(), access.brand, id, self.clock.now()).await?;
        tx.commit().await?;
        row.ok_or_else(not_found)
    }

    /// Takes a part that begins at `offset`.
    pub async fn put_part(
        &self,
        access: &BrandAccess,
        id: UploadId,
        offset: u64,
        body: Body,
    ) -> Result<UploadView, Error> {
        access.allow(Permission::PostsWrite)?;
        let row = self.upload(access, id).await?;
        let left = takes(&row, offset, self.clock.now())?;
        let part = key(access.organization, "uploads", self.new_uuid());
        let (studio, access) = (self.clone(), access.clone());
        // of its own: what came of a part before the client went away is kept
        let receiving = tokio::spawn(async move {
            let files = &studio.library.files;
            let received = files.receive(&part, body.into_data_stream(), left.min(PART_MAX)).await?;
            if received.bytes == 0 {
                return Err(if received.whole {
                    Problem::invalid("", "empty", "Send the bytes of the part as the body.").into()
                } else {
                    broken_off(offset)
                });
            }
            let kept = studio.keep_part(&access, id, offset, (&part, received.bytes)).await;
            match kept {
                // nobody may read this, but who asks again is told where to go on
                Ok(_) if !received.whole => Err(broken_off(offset + received.bytes)),
                Ok(view) => Ok(view),
                Err(error) => {
                    files.remove(&part).await;
                    Err(error)
                }
            }
        });
        receiving.await.map_err(|error| internal(format!("a part could not be taken: {error}")))?
    }

    async fn keep_part(
        &self,
        access: &BrandAccess,
        id: UploadId,
        offset: u64,
        (part, bytes): (&str, u64),
    ) -> Result<UploadView, Error> {
        let now = self.clock.now();
        let mut tx = self.store.tenant(access).await?;
        let row = sql::lock_upload(tx.conn(), access.brand, id, now).await?.ok_or_else(not_found)?;
        // two may have sent the same part at once: the first one counts
        takes(&row, offset, now)?;
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        sql::add_part(tx.conn(), id, (part, bytes), now + KEPT).await?;
        let row = sql::lock_upload(tx.conn(), access.brand, id, now).await?.ok_or_else(not_found)?;
        tx.commit().await?;
        Ok(row.into())
    }

    /// Puts the parts together. Asked again it answers with the same file.
    pub async fn finish_upload(
        &self,
        access: &BrandAccess,
        id: UploadId,
        context: &RequestContext,
    ) -> Result<TakenMedia, Error> {
        access.allow(Permission::PostsWrite)?;
        let now = self.clock.now();
        let mut tx = self.store.tenant(access).await?;
        let row = sql::lock_upload(tx.conn(), access.brand, id, now).await?.ok_or_else(not_found)?;
        if let Some(media) = row.media_id {
            tx.commit().await?;
            return Ok(TakenMedia { duplicate: false, media: self.shown_media(access, media).await? });
        }
        if row.received < row.bytes {
            let detail = format!("{} of {} bytes are here: send the rest first.", row.received, row.bytes);
            return Err(conflict("incomplete", detail));
        }
        not_finishing(&row, now)?;
        sql::set_finishing(tx.conn(), id, Some(now + FINISHING)).await?;
        tx.commit().await?;

        let lengths = row.part_bytes.iter().map(|bytes| u64::try_from(*bytes).unwrap_or_default());
        let parts = Parts {
            files: self.library.files.clone(),
            parts: row.part_keys.into_iter().zip(lengths).collect(),
        };
        let label = Label { name: row.name, folder: row.folder, alt_text: row.alt_text, tags: row.tags };
        let taker = taker(access, context);
        let (studio, brand) = (self.clone(), access.clone());
        // of its own: a large file may take longer than the client waits, who then asks again
        let taking = tokio::spawn(async move {
            let taken = studio.take_media(&taker, &label, &parts).await;
            let mut tx = studio.store.tenant(&brand).await?;
            match taken {
                Ok((media, duplicate)) => {
                    sql::finish_upload(tx.conn(), id, media).await?;
                    tx.commit().await?;
                    parts.remove().await;
                    Ok((media, duplicate))
                }
                Err(error) => {
                    sql::set_finishing(tx.conn(), id, None).await?;
                    tx.commit().await?;
                    Err(error)
                }
            }
        });
        let (media, duplicate) =
            taking.await.map_err(|error| internal(format!("an upload could not be finished: {error}")))??;
        Ok(TakenMedia { duplicate, media: self.shown_media(access, media).await? })
    }

    /// Gives an upload up.
    pub async fn cancel_upload(&self, access: &BrandAccess, id: UploadId) -> Result<(), Error> {
        access.allow(Permission::PostsWrite)?;
        let now = self.clock.now();
        let mut tx = self.store.tenant(access).await?;
        let row = sql::lock_upload(tx.conn(), access.brand, id, now).await?.ok_or_else(not_found)?;
        not_finishing(&row, now)?;
        sql::delete_upload(tx.conn(), id).await?;
        tx.commit().await?;
        for part in &row.part_keys {
            self.library.files.remove(part).await;
        }
        Ok(())
    }

    /// Takes a small file in one request.
    pub async fn upload_media(
        &self,
        access: &BrandAccess,
        label: Label,
        body: Body,
        context: &RequestContext,
    ) -> Result<TakenMedia, Error> {
        access.allow(Permission::PostsWrite)?;
        let label = label.checked()?;
        let part = key(access.organization, "uploads", self.new_uuid());
        let taker = taker(access, context);
        let studio = self.clone();
        let taking = tokio::spawn(async move {
            let files = studio.library.files.clone();
            let received = files.receive(&part, body.into_data_stream(), PART_MAX).await?;
            let parts = Parts { files, parts: vec![(part, received.bytes)] };
            let taken = if !received.whole {
                Err(Problem::new(Kind::Malformed, "broken_off", "The file broke off. Send it again.").into())
            } else if parts.size() == 0 {
                Err(Problem::invalid("", "empty", "Send the file as the body.").into())
            } else {
                studio.take_media(&taker, &label, &parts).await
            };
            parts.remove().await;
            taken
        });
        let (media, duplicate) =
            taking.await.map_err(|error| internal(format!("a file could not be taken: {error}")))??;
        Ok(TakenMedia { duplicate, media: self.shown_media(access, media).await? })
    }

    fn new_uuid(&self) -> Uuid {
        bellwether_kernel::id::uuid_v7(&self.clock, &self.rng)
    }
}

pub(super) fn taker(access: &BrandAccess, context: &RequestContext) -> Taker {
    Taker {
        organization: access.organization,
        brand: access.brand,
        user: access.user,
        actor: access.actor(),
        context: context.clone(),
    }
}

fn broken_off(at: u64) -> Error {
    let detail = format!("The part broke off. Go on at byte {at}.");
    Problem::new(Kind::Malformed, "broken_off", detail).into()
}

fn not_finishing(row: &sql::UploadRow, now: DateTime<Utc>) -> Result<(), Error> {
    if row.finishing_until.is_some_and(|until| until > now) {
        let detail = "The parts are being put together. Ask again in a moment.";
        return Err(Problem::new(Kind::Conflict, "finishing", detail).retry_after(2).into());
    }
    Ok(())
}

/// How many bytes an upload takes at an offset.
fn takes(row: &sql::UploadRow, offset: u64, now: DateTime<Utc>) -> Result<u64, Error> {
    if row.media_id.is_some() {
        return Err(conflict("finished", "This upload is finished."));
    }
    not_finishing(row, now)?;
    let (received, bytes) =
        (u64::try_from(row.received).unwrap_or_default(), u64::try_from(row.bytes).unwrap_or_default());
    if offset != received {
        let detail = format!("{received} bytes are here: send the part that begins there.");
        return Err(conflict("offset_mismatch", detail));
    }
    if received >= bytes {
        return Err(conflict("complete", "All of it is here: finish the upload."));
    }
    if row.part_keys.len() >= PARTS_MAX {
        let detail = format!("An upload has at most {PARTS_MAX} parts. Begin again with larger ones.");
        return Err(conflict("too_many_parts", detail));
    }
    Ok(bytes - received)
}
