//! Files as somebody without an account sees them, behind a link. Whoever holds the link's side says which files it shows;
//! the transaction is of the link's tenant and brand.

use std::collections::HashMap;

use axum::response::Response;
use bellwether_kernel::id::{BrandId, PostId};
use bellwether_store::TenantTx;
use http::HeaderMap;
use uuid::Uuid;

use super::{MediaId, UsedMedia, attached, serve::Sent, sql};
use crate::{Error, Studio};

/// A file that was found, and is sent when no transaction is open any more.
pub struct SharedFile(sql::MediaRow);

impl Studio {
    /// The files of posts, each post's in their order; their addresses begin with `base` and go on with `/<media>/file` and
    /// `/<media>/thumbnail`.
    pub async fn media_behind(
        &self,
        tx: &mut TenantTx,
        posts: &[Uuid],
        base: &str,
    ) -> Result<HashMap<PostId, Vec<UsedMedia>>, Error> {
        let mut all: HashMap<PostId, Vec<UsedMedia>> = HashMap::new();
        for (post, row) in attached::list_of_many(tx.conn(), posts).await? {
            let mut media = UsedMedia::from(row);
            media.url = format!("{base}/{}/file", media.media_id);
            let thumbnail = format!("{base}/{}/thumbnail", media.media_id);
            media.thumbnail_url = media.thumbnail_url.map(|_| thumbnail);
            all.entry(post).or_default().push(media);
        }
        Ok(all)
    }

    /// A file of a brand; none when it has none, or it was deleted.
    pub async fn file_behind(
        &self,
        tx: &mut TenantTx,
        brand: BrandId,
        id: MediaId,
    ) -> Result<Option<SharedFile>, Error> {
        let row = sql::get(tx.conn(), brand, id).await?;
        Ok(row.filter(|row| row.deleted_at.is_none()).map(SharedFile))
    }

    /// Streams it, or its small picture; none when it has no small picture.
    pub async fn send_behind(
        &self,
        file: &SharedFile,
        small: bool,
        asked: &HeaderMap,
    ) -> Result<Option<Response>, Error> {
        let row = &file.0;
        if small {
            let Some((key, content_type)) = row.thumbnail_key.as_ref().zip(row.thumbnail_type.as_ref())
            else {
                return Ok(None);
            };
            return self.send_small(key, content_type).await.map(Some);
        }
        let sent = Sent {
            key: &row.object_key,
            content_type: &row.content_type,
            bytes: row.facts().bytes,
            name: Some(&row.name),
            download: false,
        };
        self.send(&sent, asked).await.map(Some)
    }
}
