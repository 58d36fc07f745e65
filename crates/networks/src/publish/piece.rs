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

/// What goes with a text: its first comment and what was chosen of the network.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Extras {
    /// Added as a comment after the last piece.
    pub first_comment: Option<String>,
    /// By name; an object, or null where nothing was chosen.
    pub options: serde_json::Value,
}

impl Extras {
    /// As they are kept: nothing chosen is an empty object there.
    pub fn new(first_comment: Option<String>, options: serde_json::Value) -> Self {
        let chosen = options.as_object().is_some_and(|options| !options.is_empty());
        Self { first_comment, options: if chosen { options } else { serde_json::Value::Null } }
    }
}

/// [`pieces`] with what goes with them: the comment with the last one, the options with each.
pub fn pieces_with(target: Target, content: &Content, media: &[Media], extras: &Extras) -> Vec<Piece> {
    let mut all = pieces(target, content, media);
    for piece in &mut all {
        piece.options.clone_from(&extras.options);
    }
    if let Some(last) = all.last_mut() {
        last.first_comment.clone_from(&extras.first_comment);
    }
    all
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{CallToAction, Shape, Slide, publish::testing::media as file};

    fn thread(texts: &[String]) -> Content {
        Content::Thread {
            thread: texts.to_vec(),
            post_count: texts.len() as u32,
            hashtags: vec![],
            mentions: vec![],
            media_prompt: None,
        }
    }

    /// A content of each shape.
    fn content(shape: Shape) -> Content {
        match shape {
            Shape::Post => Content::Post {
                post: "the post".into(),
                opening_hook: "a hook".into(),
                cta: None,
                hashtags: vec![],
                mentions: vec![],
                media_prompt: None,
            },
            Shape::Thread => thread(&["one".into(), "two".into()]),
            Shape::Script => Content::Script {
                hooks: vec!["a hook".into()],
                talking_points: vec![],
                script: "what is said".into(),
                caption: "the caption".into(),
                cta: None,
                hashtags: vec![],
                duration_seconds: 30,
            },
            Shape::Carousel => Content::Carousel {
                slides: vec![Slide { title: "a slide".into(), body: String::new() }],
                caption: "the caption".into(),
                cta: None,
                hashtags: vec![],
                media_prompt: None,
            },
            Shape::Email => Content::Email {
                subject: "the subject".into(),
                preheader: "the preheader".into(),
                body: "the body".into(),
                cta: Some(CallToAction { text: "Read".into(), url: None }),
            },
            Shape::Article => Content::Article {
                title: "the title".into(),
                description: "the description".into(),
                body: "the body".into(),
                tags: vec!["a".into(), "b".into()],
            },
        }
    }

    #[test]
    fn every_target_has_what_readers_read() {
        let picture = file("m1", MediaKind::Image, "image/png", "png");
        for &target in Target::ALL {
            let all = pieces(target, &content(target.shape()), std::slice::from_ref(&picture));
            let texts: Vec<&str> = all.iter().map(|piece| piece.text.as_str()).collect();
            let expected: &[&str] = match target.shape() {
                Shape::Post => &["the post"],
                Shape::Thread => &["one", "two"],
                Shape::Script | Shape::Carousel => &["the caption"],
                Shape::Email | Shape::Article => &["the body"],
            };
            assert_eq!(texts, expected, "{target}");
            assert!(all.iter().all(|piece| piece.target == target && piece.of == texts.len()));
            assert_eq!(all[0].media.len(), 1);
            assert!(all[1..].iter().all(|piece| piece.media.is_empty()));
        }
    }

    #[test]
    fn titles_descriptions_tags() {
        let article = &pieces(Target::BlogArticle, &content(Shape::Article), &[])[0];
        assert_eq!(article.title.as_deref(), Some("the title"));
        assert_eq!(article.description.as_deref(), Some("the description"));
        assert_eq!(article.tags, ["a", "b"]);
        let letter = &pieces(Target::EmailNewsletter, &content(Shape::Email), &[])[0];
        assert_eq!(letter.title.as_deref(), Some("the subject"));
        assert_eq!(letter.description.as_deref(), Some("the preheader"));
        let post = &pieces(Target::XPost, &content(Shape::Post), &[])[0];
        assert_eq!(
            (post.title.as_deref(), post.first_comment.as_deref(), post.option("any")),
            (None, None, None)
        );
    }

    #[test]
    fn options_that_are_texts() {
        let mut piece = pieces(Target::XPost, &content(Shape::Post), &[]).remove(0);
        piece.options = serde_json::json!({ "privacy": "public", "count": 3 });
        assert_eq!(
            (piece.option("privacy"), piece.option("count"), piece.option("none")),
            (Some("public"), None, None)
        );
    }

    #[test]
    fn the_comment_comes_after_the_last_piece() {
        let content = thread(&["one".into(), "two".into()]);
        let options = serde_json::json!({ "visibility": "unlisted" });
        let extras = Extras::new(Some("More".into()), options);
        let all = pieces_with(Target::MastodonThread, &content, &[], &extras);
        let comments: Vec<Option<&str>> = all.iter().map(|piece| piece.first_comment.as_deref()).collect();
        assert_eq!(comments, [None, Some("More")]);
        assert!(all.iter().all(|piece| piece.option("visibility") == Some("unlisted")));
        let none = Extras::new(None, serde_json::json!({}));
        let all = pieces_with(Target::MastodonThread, &content, &[], &none);
        assert!(all.iter().all(|piece| piece.first_comment.is_none() && piece.options.is_null()));
    }

    #[tokio::test]
    async fn files_are_read_in_parts() {
        let file = file("m1", MediaKind::Video, "video/mp4", "abcde");
        assert_eq!(&file.read_all().await.unwrap()[..], b"abcde");
        for (offset, length, bytes) in [(0, 2, "ab"), (4, 2, "e"), (5, 2, ""), (9, 2, ""), (0, 99, "abcde")] {
            assert_eq!(&file.file.read(offset, length).await.unwrap()[..], bytes.as_bytes());
        }
        // neither its bytes nor where it can be fetched
        let shown = format!("{:?}", Media { public_url: Some("https://b.example/signed".into()), ..file });
        assert_eq!(shown, "m1 (video/mp4, 5 bytes)");
    }

    proptest! {
        /// Every entry of a thread becomes a piece, in order, whatever is in it.
        #[test]
        fn threads_stay_whole(texts in prop::collection::vec("\\PC{0,20}", 0..30), files in 0_usize..5) {
            let media: Vec<Media> =
                (0..files).map(|index| file(&index.to_string(), MediaKind::Image, "image/png", "")).collect();
            let all = pieces(Target::XThread, &thread(&texts), &media);
            prop_assert_eq!(all.len(), texts.len());
            for (position, (piece, text)) in all.iter().zip(&texts).enumerate() {
                prop_assert_eq!((&piece.text, piece.position, piece.of), (text, position, texts.len()));
                prop_assert_eq!(piece.media.len(), if position == 0 { files } else { 0 });
            }
        }
    }
}
