//! What is published, cut into the calls that it takes.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use super::Fault;
use crate::{Content, Target, rules::MediaKind};

/// A file that goes with a piece.
#[async_trait]
pub trait MediaFile: Send + Sync {
    /// Some of its bytes; fewer at the end, none past it.
    async fn read(&self, offset: u64, length: usize) -> Result<Bytes, Fault>;
}

/// A picture or a video.
#[derive(Clone)]
pub struct Media {
    /// Ours; the same file has the same id on every try.
    pub id: String,
    /// What it is.
    pub kind: MediaKind,
    /// `image/jpeg`, `video/mp4` …
    pub content_type: String,
    /// Its size.
    pub bytes: u64,
    /// In pixels, where known.
    pub width: Option<u32>,
    /// In pixels, where known.
    pub height: Option<u32>,
    /// How long it runs.
    pub seconds: Option<f64>,
    /// For who can't see it; may be empty.
    pub alt_text: String,
    /// A signed address that the whole internet reaches for an hour, where the installation has one: Instagram, Threads
    /// and others fetch media themselves.
    pub public_url: Option<String>,
    /// Its bytes.
    pub file: Arc<dyn MediaFile>,
}

impl Media {
    /// The whole file in memory: for pictures.
    pub async fn read_all(&self) -> Result<Bytes, Fault> {
        self.file.read(0, usize::try_from(self.bytes).unwrap_or(usize::MAX)).await
    }
}

impl std::fmt::Debug for Media {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}, {} bytes)", self.id, self.content_type, self.bytes)
    }
}

/// One call's worth of a publication.
#[derive(Debug, Clone)]
pub struct Piece {
    /// For what it was written.
    pub target: Target,
    /// Its place, from 0.
    pub position: usize,
    /// How many there are.
    pub of: usize,
    /// What readers read; Markdown for articles and letters.
    pub text: String,
    /// An article's or a video's title.
    pub title: Option<String>,
    /// An article's description.
    pub description: Option<String>,
    /// Words to file an article under, without `#`.
    pub tags: Vec<String>,
    /// The post that a quote quotes: its address.
    pub quote_url: Option<String>,
    /// What is added as the first comment, after the last piece.
    pub first_comment: Option<String>,
    /// Pictures, videos, documents.
    pub media: Vec<Media>,
    /// Choices of this network by name (a video's privacy, a Google post's button), as its rules describe them.
    pub options: serde_json::Value,
}

impl Piece {
    /// An option that is a text.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.get(name).and_then(serde_json::Value::as_str)
    }
}

/// Cuts a content into pieces. Media go with the first one.
pub fn pieces(target: Target, content: &Content, media: &[Media]) -> Vec<Piece> {
    let piece = |text: &str| Piece {
        target,
        position: 0,
        of: 1,
        text: text.to_owned(),
        title: None,
        description: None,
        tags: Vec::new(),
        quote_url: None,
        first_comment: None,
        media: Vec::new(),
        options: serde_json::Value::Null,
    };
    let mut all = match content {
        Content::Post { post, .. } => vec![piece(post)],
        Content::Thread { thread, .. } => thread.iter().map(|text| piece(text)).collect(),
        // the words of a video are said in it; what is published as text is the caption
        Content::Script { caption, .. } | Content::Carousel { caption, .. } => vec![piece(caption)],
        Content::Email { subject, preheader, body, .. } => {
            vec![Piece { title: Some(subject.clone()), description: Some(preheader.clone()), ..piece(body) }]
        }
        Content::Article { title, description, body, tags } => vec![Piece {
            title: Some(title.clone()),
            description: Some(description.clone()),
            tags: tags.clone(),
            ..piece(body)
        }],
    };
    let of = all.len();
    for (position, piece) in all.iter_mut().enumerate() {
        (piece.position, piece.of) = (position, of);
    }
    if let Some(first) = all.first_mut() {
        first.media = media.to_vec();
    }
    all
}
