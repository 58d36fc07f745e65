//! From uploaded bytes to a file of the library: what it is by its bytes, whether it can be read, and without what it says
//! about places.

use bellwether_kernel::{
    Actor, Kind, Problem, RequestContext,
    id::{BrandId, OrganizationId, UserId},
};
use bellwether_networks::rules::MediaKind;
use bellwether_store::TenantScope;
use futures::StreamExt as _;
use serde_json::json;

use super::{
    MediaId,
    boxes::{self, Source as _},
    files::{Parts, key},
    model::{self, Facts, Format, HEAD, Label, ORGANIZATION_BYTES, most_bytes, sniff},
    picture, sql,
};
use crate::{Error, Studio};

/// For whom something is taken.
#[derive(Clone)]
pub(super) struct Taker {
    pub(super) organization: OrganizationId,
    pub(super) brand: BrandId,
    pub(super) user: UserId,
    pub(super) actor: Actor,
    pub(super) context: RequestContext,
}

/// What is kept of a file.
pub(super) struct Contents {
    pub(super) facts: Facts,
    pub(super) sha256: String,
    pub(super) object_key: String,
    pub(super) thumbnail: Option<(String, String)>,
}

impl Studio {
    /// Takes uploaded parts into the library; whether the brand had the file already. The parts stay.
    pub(super) async fn take_media(
        &self,
        taker: &Taker,
        label: &Label,
        parts: &Parts,
    ) -> Result<(MediaId, bool), Error> {
        let sha256 = parts.sha256().await?;
        let id = MediaId::new(&self.clock, &self.rng);
        // the same file needs no second look, whichever brand of the organization has it
        if let Some(done) = self.insert_media(taker, label, id, &sha256, None).await? {
            return Ok(done);
        }
        let contents = self.examine(taker.organization, id, parts, sha256).await?;
        let inserted = self.insert_media(taker, label, id, &contents.sha256, Some(&contents)).await;
        if !matches!(inserted, Ok(Some((made, false))) if made == id) {
            // somebody else was faster, or it failed: these bytes belong to nothing
            self.library.files.remove(&contents.object_key).await;
            if let Some((thumbnail, _)) = &contents.thumbnail {
                self.library.files.remove(thumbnail).await;
            }
        }
        inserted?.ok_or_else(|| crate::posts::internal("a file was examined and not taken".to_owned()))
    }

    /// Inserts a file: the brand's own when it has it, else with the bytes of another brand's, else with `contents`.
    /// Nothing when there are none of them.
    async fn insert_media(
        &self,
        taker: &Taker,
        label: &Label,
        id: MediaId,
        sha256: &str,
        contents: Option<&Contents>,
    ) -> Result<Option<(MediaId, bool)>, Error> {
        // of the whole organization: its brands share bytes, and never learn of one another by that
        let mut tx = self.store.tenant(TenantScope::organization(taker.organization)).await?;
        // two uploads of the same file come one after the other
        sql::lock_same(tx.conn(), taker.organization, sha256).await?;
        if let Some(own) = sql::find_own(tx.conn(), taker.brand, sha256).await? {
            tx.commit().await?;
            return Ok(Some((own, true)));
        }
        let shared = match contents {
            Some(_) => None,
            None => sql::find_shared(tx.conn(), sha256).await?,
        };
        let Some(contents) = contents.or(shared.as_ref()) else { return Ok(None) };
        let used = sql::bytes_used(tx.conn()).await?;
        let bytes = i64::try_from(contents.facts.bytes).unwrap_or(i64::MAX);
        if used.saturating_add(bytes) > ORGANIZATION_BYTES {
            return Err(storage_full());
        }
        let now = self.clock.now();
        let new = sql::NewMedia {
            organization: taker.organization,
            brand: taker.brand,
            id,
            label,
            contents,
            created_by: taker.user,
            now,
        };
        sql::insert(tx.conn(), &new).await?;
        let after = json!({
            "name": label.name, "kind": model::kind_str(contents.facts.kind), "bytes": contents.facts.bytes,
        });
        let change = super::service::Change { kind: "media.created", before: None, after: Some(after) };
        let who = (taker.brand, taker.actor.clone(), &taker.context);
        self.record_media(&mut tx, id, who, change).await?;
        tx.commit().await?;
        Ok(Some((id, false)))
    }

    /// Checks a file by its bytes, and writes what is kept of it.
    async fn examine(
        &self,
        organization: OrganizationId,
        id: MediaId,
        parts: &Parts,
        sha256: String,
    ) -> Result<Contents, Error> {
        let head = parts.read(0, HEAD).await?;
        let Some(format) = sniff(&head) else { return Err(unknown_type()) };
        let most = most_bytes(format.kind());
        if parts.size() > most {
            let what = format.kind().name();
            let detail = format!("A file of the kind “{what}” may have at most {} MB.", most / 1_000_000);
            return Err(Problem::new(Kind::TooLarge, "too_large", detail).into());
        }
        let files = &self.library.files;
        let object_key = key(organization, "media", id.uuid());
        let plain = |content_type: &str| Facts {
            kind: format.kind(),
            content_type: content_type.to_owned(),
            bytes: parts.size(),
            width: None,
            height: None,
            seconds: None,
            codec: None,
        };
        match format {
            Format::Jpeg | Format::Png | Format::Webp | Format::Gif => {
                let kept =
                    picture::in_turn(parts.read_all(), move |bytes| picture::keep(&bytes, format)).await?;
                let kind = if kept.seconds.is_some() { MediaKind::Gif } else { MediaKind::Image };
                let facts = Facts {
                    kind,
                    content_type: kept.content_type.to_owned(),
                    bytes: kept.bytes.len() as u64,
                    width: Some(kept.width),
                    height: Some(kept.height),
                    seconds: kept.seconds,
                    codec: None,
                };
                let thumbnail_key = key(organization, "thumbnails", id.uuid());
                files.put(&object_key, kept.bytes).await?;
                files.put(&thumbnail_key, kept.thumbnail).await?;
                let thumbnail = Some((thumbnail_key, kept.thumbnail_type.to_owned()));
                Ok(Contents { facts, sha256, object_key, thumbnail })
            }
            Format::Movie => {
                let Some(movie) = boxes::read(parts).await? else { return Err(unreadable_video()) };
                let facts = Facts {
                    width: Some(movie.width),
                    height: Some(movie.height),
                    seconds: movie.seconds,
                    codec: movie.codec,
                    ..plain(movie.content_type)
                };
                let blanks = movie.blanks;
                let mut at = 0_u64;
                let cleaned = parts.stream().map(move |bytes| {
                    let bytes = bytes?;
                    let start = at;
                    at += bytes.len() as u64;
                    let mut bytes = Vec::from(bytes);
                    boxes::blank(&blanks, start, &mut bytes);
                    Ok(bytes.into())
                });
                files.write(&object_key, cleaned).await?;
                Ok(Contents { facts, sha256, object_key, thumbnail: None })
            }
            Format::Pdf => {
                files.write(&object_key, parts.stream()).await?;
                Ok(Contents { facts: plain("application/pdf"), sha256, object_key, thumbnail: None })
            }
        }
    }
}

pub(super) fn storage_full() -> Error {
    let detail = format!(
        "The organization's library is full: it holds at most {} GB. Delete what isn't needed any more; deleted files \
         count until they are gone after 14 days.",
        ORGANIZATION_BYTES / 1_000_000_000
    );
    Problem::new(Kind::Conflict, "storage_full", detail).into()
}

fn unknown_type() -> Error {
    let detail = "Send a JPEG, PNG, WebP or GIF picture, an MP4 or MOV video, or a PDF. What a file is, its bytes say, \
                  not its name.";
    Problem::new(Kind::UnsupportedMedia, "unsupported_media_type", detail).into()
}

fn unreadable_video() -> Error {
    let detail = "This can't be read as a video: it is cut off, or shows nothing. Save it as MP4 with H.264 and send it \
                  again.";
    Problem::invalid("", "unreadable_video", detail).into()
}
