//! Files as publishing sends them: as they are, or made anew for a network that takes them otherwise. What is made is kept
//! for the next time.

use std::sync::Arc;

use async_trait::async_trait;
use bellwether_kernel::{
    Kind, Problem, Timestamp,
    id::{BrandId, OrganizationId},
};
use bellwether_networks::{
    Network, Severity,
    publish::{Fault, FaultKind, Media, MediaFile},
    rules::MediaKind,
};
use bellwether_store::TenantScope;
use bytes::Bytes;
use uuid::Uuid;

use super::{
    Files, MediaId, RenditionId,
    files::key,
    fit::{Recipe, fit},
    model::Facts,
    picture, serve, sql,
};
use crate::{Error, Studio};

/// A file of a post, as `studio.publishable_media` tells of it.
#[derive(Debug, Clone)]
pub struct Publishable {
    /// Whose.
    pub organization: OrganizationId,
    /// Whose.
    pub brand: BrandId,
    /// Which file.
    pub media: Uuid,
    /// For who can't see it.
    pub alt_text: String,
    /// `image`, `gif`, `video` or `document`.
    pub kind: String,
    /// Media type.
    pub content_type: String,
    /// Its size.
    pub bytes: i64,
    /// In pixels.
    pub width: Option<i32>,
    /// In pixels.
    pub height: Option<i32>,
    /// How long it runs.
    pub seconds: Option<f64>,
    /// The four letters of a video's codec.
    pub codec: Option<String>,
    /// Where its bytes are.
    pub object_key: String,
    /// Removed from the library: nothing may go out with it.
    pub deleted: bool,
}

impl Publishable {
    fn facts(&self) -> Facts {
        let kind = (self.kind.as_str(), self.content_type.clone(), self.codec.clone());
        sql::facts(kind, self.bytes, (self.width, self.height), self.seconds)
    }
}

/// What stands against showing these files on a network, in words; nothing when nothing does.
pub fn refusal(network: Network, files: &[Publishable]) -> Option<String> {
    files.iter().find_map(|file| {
        if file.deleted {
            return Some("A file of this post was deleted from the library.".to_owned());
        }
        let mut against = fit(network, &file.facts()).findings.into_iter();
        against.find(|finding| finding.severity == Severity::Error).map(|finding| finding.message)
    })
}

/// A file of the store, read in ranges.
struct Stored {
    files: Files,
    key: String,
    bytes: u64,
}

#[async_trait]
impl MediaFile for Stored {
    async fn read(&self, offset: u64, length: usize) -> Result<Bytes, Fault> {
        let from = offset.min(self.bytes);
        let to = from.saturating_add(length as u64).min(self.bytes);
        self.files.read(&self.key, from..to).await.map_err(|error| {
            Fault::new(FaultKind::Transient, format!("A file of the post could not be read: {error}"))
        })
    }
}

impl Studio {
    /// A file as it is in the library: nothing is read and nothing made.
    pub fn media_as_it_is(&self, file: &Publishable) -> Media {
        let facts = file.facts();
        Media {
            id: MediaId::from(file.media).to_string(),
            kind: facts.kind,
            content_type: facts.content_type,
            bytes: facts.bytes,
            width: facts.width,
            height: facts.height,
            seconds: facts.seconds,
            alt_text: file.alt_text.clone(),
            public_url: None,
            file: Arc::new(Stored {
                files: self.library.files.clone(),
                key: file.object_key.clone(),
                bytes: facts.bytes,
            }),
        }
    }

    /// A file as a network takes it, with an address that the network reaches for some hours where it can reach us.
    pub async fn media_for(&self, network: Network, file: &Publishable) -> Result<Media, Fault> {
        if let Some(words) = refusal(network, std::slice::from_ref(file)) {
            return Err(Fault::rejected(words));
        }
        let now = self.clock.now();
        let plain = self.media_as_it_is(file);
        let Some(recipe) = fit(network, &file.facts()).recipe else {
            let public_url = self.signed(file.organization, serve::Leads::Original(file.media), now);
            return Ok(Media { public_url, ..plain });
        };
        let made = self.rendition(file, &recipe, now).await.map_err(|error| {
            let problem = Problem::from(error);
            match problem.kind {
                Kind::Internal | Kind::Unavailable => {
                    let words = format!("A file of the post could not be prepared: {}", problem.detail);
                    Fault::new(FaultKind::Transient, words)
                }
                _ => Fault::rejected(problem.detail),
            }
        })?;
        let bytes = u64::try_from(made.bytes).unwrap_or_default();
        Ok(Media {
            kind: MediaKind::Image,
            content_type: made.content_type,
            bytes,
            width: u32::try_from(made.width).ok(),
            height: u32::try_from(made.height).ok(),
            seconds: None,
            public_url: self.signed(file.organization, serve::Leads::Rendition(made.id.uuid()), now),
            file: Arc::new(Stored { files: self.library.files.clone(), key: made.object_key, bytes }),
            ..plain
        })
    }

    async fn rendition(
        &self,
        file: &Publishable,
        recipe: &Recipe,
        now: Timestamp,
    ) -> Result<sql::RenditionRow, Error> {
        let media = MediaId::from(file.media);
        if let Some(row) = self.known_rendition(file, media, recipe).await? {
            return Ok(row);
        }
        let files = self.library.files.clone();
        let (original, bytes) = (file.object_key.clone(), u64::try_from(file.bytes).unwrap_or_default());
        let read = async { Ok(files.read(&original, 0..bytes).await?.to_vec()) };
        let asked = *recipe;
        let made = picture::in_turn(read, move |bytes| picture::make(&bytes, &asked)).await?;
        let id = RenditionId::new(&self.clock, &self.rng);
        let row = sql::RenditionRow {
            id,
            content_type: recipe.content_type.to_owned(),
            bytes: i64::try_from(made.bytes.len()).unwrap_or(i64::MAX),
            width: i32::try_from(made.width).unwrap_or(i32::MAX),
            height: i32::try_from(made.height).unwrap_or(i32::MAX),
            object_key: key(file.organization, "renditions", id.uuid()),
        };
        files.put(&row.object_key, made.bytes).await?;
        let mut tx = self.store.tenant(TenantScope::organization(file.organization)).await?;
        let of = (file.organization, file.brand, media);
        let kept = sql::insert_rendition(tx.conn(), of, recipe, &row, now).await?;
        tx.commit().await?;
        if kept {
            return Ok(row);
        }
        files.remove(&row.object_key).await;
        let other = self.known_rendition(file, media, recipe).await?;
        other.ok_or_else(|| crate::posts::internal("a rendition vanished".to_owned()))
    }

    async fn known_rendition(
        &self,
        file: &Publishable,
        media: MediaId,
        recipe: &Recipe,
    ) -> Result<Option<sql::RenditionRow>, Error> {
        let mut tx = self.store.tenant(TenantScope::organization(file.organization)).await?;
        let row = sql::find_rendition(tx.conn(), media, &recipe.key()).await?;
        tx.commit().await?;
        Ok(row)
    }
}
