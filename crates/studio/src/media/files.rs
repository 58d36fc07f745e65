//! Where the bytes are: a folder below the data folder, or a bucket ([`super::bucket`]), through the crate `object_store`.
//! Keys begin with the organization's id and are never made of anything that people wrote.

use std::{
    ops::Range,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use async_trait::async_trait;
use bellwether_kernel::{Kind, Problem, Timestamp, id::OrganizationId};
use bytes::Bytes;
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream::BoxStream};
use object_store::{
    GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, PutPayload, buffered::BufWriter,
    local::LocalFileSystem, path::Path,
};
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

use super::{
    boxes::Source,
    bucket::{self, MediaConfig},
};
use crate::{Error, posts::internal};

/// Bytes written at once.
const BLOCK: usize = 1024 * 1024;
/// The same in a bucket, where it is the least that a part may have.
const PART: usize = 5 * 1024 * 1024;

/// The file store. Cheap to clone.
#[derive(Clone)]
pub struct Files(Place);

#[derive(Clone)]
enum Place {
    /// Made when it is first needed.
    Folder {
        dir: PathBuf,
        store: Arc<OnceLock<Arc<dyn ObjectStore>>>,
    },
    Bucket(Arc<dyn ObjectStore>),
}

/// What came of a body.
pub(super) struct Received {
    pub(super) bytes: u64,
    /// Whether the body was read to its end.
    pub(super) whole: bool,
}

/// The key of something of an organization.
pub(super) fn key(organization: OrganizationId, what: &str, id: Uuid) -> String {
    format!("{}/{what}/{id}", organization.uuid())
}

impl Files {
    /// In this folder.
    pub fn in_dir(dir: PathBuf) -> Self {
        Self(Place::Folder { dir, store: Arc::default() })
    }

    /// Where the configuration says: in a bucket, else in this folder. Nothing is asked of the bucket yet.
    pub fn open(config: &MediaConfig, dir: PathBuf) -> Result<Self, String> {
        Ok(bucket::open(config)?.map_or_else(|| Self::in_dir(dir), |store| Self(Place::Bucket(store))))
    }

    fn store(&self) -> Result<&Arc<dyn ObjectStore>, Error> {
        let (dir, store) = match &self.0 {
            Place::Bucket(store) => return Ok(store),
            Place::Folder { dir, store } => (dir, store),
        };
        if let Some(store) = store.get() {
            return Ok(store);
        }
        let mut folder = std::fs::DirBuilder::new();
        folder.recursive(true);
        // nobody else of this machine reads what people upload
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        folder
            .create(dir)
            .map_err(|error| internal(format!("{} could not be made: {error}", dir.display())))?;
        let local = LocalFileSystem::new_with_prefix(dir)
            .map_err(|error| self.failed("be opened", &error))?
            .with_fsync(true);
        Ok(store.get_or_init(|| Arc::new(local)))
    }

    /// A bucket that can't be reached is not our fault and passes; a folder that can't be written, or a file that is not
    /// where it was put, is one.
    fn failed(&self, what: &str, error: &object_store::Error) -> Error {
        let lost = matches!(error, object_store::Error::NotFound { .. });
        if matches!(self.0, Place::Folder { .. }) || lost {
            return internal(format!("the file store could not {what}: {error}"));
        }
        tracing::error!(%error, "the file store could not {what}");
        let detail =
            "The file store can't be reached. Nothing that was taken is lost: try again in a moment.";
        Problem::new(Kind::Unavailable, "storage_unavailable", detail).retry_after(10).into()
    }

    /// Writes at once what is small, and large things in parts.
    fn writer(&self, key: &str) -> Result<BufWriter, Error> {
        let (block, at_once) = match self.0 {
            Place::Folder { .. } => (BLOCK, 4),
            Place::Bucket(_) => (PART, 2),
        };
        let store = Arc::clone(self.store()?);
        Ok(BufWriter::with_capacity(store, Path::from(key), block).with_max_concurrency(at_once))
    }

    async fn append(&self, writer: &mut BufWriter, bytes: Bytes) -> Result<(), Error> {
        if let Err(error) = writer.put(bytes).await {
            // what is there of it would cost money that nobody sees
            let _ = writer.abort().await;
            return Err(self.failed("write", &error));
        }
        Ok(())
    }

    async fn end(&self, mut writer: BufWriter) -> Result<(), Error> {
        writer.shutdown().await.map_err(|error| match error.downcast::<object_store::Error>() {
            Ok(error) => self.failed("write", &error),
            Err(error) => internal(format!("the file store could not write: {error}")),
        })
    }

    /// Writes a body as it comes. What came before it broke off is kept; more than `most` is refused and nothing kept.
    pub(super) async fn receive<E>(
        &self,
        key: &str,
        mut body: impl Stream<Item = Result<Bytes, E>> + Send + Unpin,
        most: u64,
    ) -> Result<Received, Error> {
        let mut writer = self.writer(key)?;
        let mut received = Received { bytes: 0, whole: true };
        while let Some(next) = body.next().await {
            let Ok(bytes) = next else {
                received.whole = false;
                break;
            };
            received.bytes += bytes.len() as u64;
            if received.bytes > most {
                let _ = writer.abort().await;
                let detail = format!("At most {most} bytes are taken here. Send the rest as the next part.");
                return Err(Problem::new(Kind::TooLarge, "too_large", detail).into());
            }
            self.append(&mut writer, bytes).await?;
        }
        if received.bytes > 0 {
            self.end(writer).await?;
        }
        Ok(received)
    }

    /// Writes a stream of ours, all of it or nothing.
    pub(super) async fn write(
        &self,
        key: &str,
        mut body: impl Stream<Item = Result<Bytes, Error>> + Send + Unpin,
    ) -> Result<(), Error> {
        let mut writer = self.writer(key)?;
        while let Some(next) = body.next().await {
            match next {
                Ok(bytes) => self.append(&mut writer, bytes).await?,
                Err(error) => {
                    let _ = writer.abort().await;
                    return Err(error);
                }
            }
        }
        self.end(writer).await
    }

    /// Writes what is in memory.
    pub(super) async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), Error> {
        let payload = PutPayload::from(Bytes::from(bytes));
        let put = self.store()?.put(&Path::from(key), payload).await;
        put.map(|_| ()).map_err(|error| self.failed("write", &error))
    }

    /// Some bytes; the range must be within the file.
    pub(super) async fn read(&self, key: &str, range: Range<u64>) -> Result<Bytes, Error> {
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        let read = self.store()?.get_range(&Path::from(key), range).await;
        read.map_err(|error| self.failed("read", &error))
    }

    /// How many bytes a file has.
    pub(super) async fn size(&self, key: &str) -> Result<u64, Error> {
        let head = self.store()?.head(&Path::from(key)).await;
        head.map(|meta| meta.size).map_err(|error| self.failed("look", &error))
    }

    /// The same as a stream.
    pub(super) async fn stream(
        &self,
        key: &str,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        if range.is_empty() {
            return Ok(futures::stream::empty().boxed());
        }
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        let got = self.store()?.get_opts(&Path::from(key), options).await;
        let got = got.map_err(|error| self.failed("read", &error))?;
        let files = self.clone();
        Ok(got.into_stream().map_err(move |error| files.failed("read", &error)).boxed())
    }

    /// The keys of files that were written before a time.
    pub(super) fn older_than(
        &self,
        before: Timestamp,
    ) -> Result<BoxStream<'static, Result<String, Error>>, Error> {
        let files = self.clone();
        let listed = self.store()?.list(None).map_err(move |error| files.failed("be listed", &error));
        let old = listed.try_filter_map(move |meta| async move {
            Ok((meta.last_modified < before).then(|| meta.location.to_string()))
        });
        Ok(old.boxed())
    }

    /// Removes a file; one that is not there is removed already. A failure is told in the log and leaves a file that
    /// nothing names.
    pub(super) async fn remove(&self, key: &str) {
        let Ok(store) = self.store() else { return };
        match store.delete(&Path::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => tracing::warn!(%error, key, "a file could not be removed"),
        }
    }
}

/// A file in parts, read as one.
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) files: Files,
    /// Key and length of each.
    pub(super) parts: Vec<(String, u64)>,
}

impl Parts {
    /// All of it.
    pub(super) fn stream(&self) -> BoxStream<'static, Result<Bytes, Error>> {
        let files = self.files.clone();
        futures::stream::iter(self.parts.clone())
            .then(move |(key, length)| {
                let files = files.clone();
                async move { files.stream(&key, 0..length).await }
            })
            .try_flatten()
            .boxed()
    }

    /// All of it in memory: for what is bounded.
    pub(super) async fn read_all(&self) -> Result<Vec<u8>, Error> {
        let mut all = Vec::with_capacity(usize::try_from(self.size()).unwrap_or_default());
        let mut stream = self.stream();
        while let Some(bytes) = stream.try_next().await? {
            all.extend_from_slice(&bytes);
        }
        Ok(all)
    }

    /// SHA-256 in hex.
    pub(super) async fn sha256(&self) -> Result<String, Error> {
        let mut hash = Sha256::new();
        let mut stream = self.stream();
        while let Some(bytes) = stream.try_next().await? {
            hash.update(&bytes);
        }
        Ok(bellwether_kernel::hex(&hash.finalize()))
    }

    /// Removes the parts.
    pub(super) async fn remove(&self) {
        for (key, _) in &self.parts {
            self.files.remove(key).await;
        }
    }
}

#[async_trait]
impl Source for Parts {
    fn size(&self) -> u64 {
        self.parts.iter().map(|(_, length)| length).sum()
    }

    async fn read(&self, offset: u64, length: usize) -> Result<Bytes, Error> {
        let end = offset.saturating_add(length as u64);
        let (mut start, mut all) = (0_u64, Vec::new());
        for (key, length) in &self.parts {
            let (from, to) = (offset.max(start), end.min(start + length));
            if from < to {
                all.push(self.files.read(key, from - start..to - start).await?);
            }
            start += length;
        }
        Ok(if all.len() == 1 { all.remove(0) } else { all.concat().into() })
    }
}
