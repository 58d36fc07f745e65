//! Bluesky.
//!
//! # Where the numbers come from
//! - Length: 300 graphemes and 3,000 bytes, lexicon `app.bsky.feed.post`, field `text` (`maxGraphemes`, `maxLength`).
//! - Facets: lexicon `app.bsky.richtext.facet`; see [`facets`]. A tag has at most 64 graphemes and 640 bytes.
//! - Pictures: four (lexicon `app.bsky.embed.images`), 2,000,000 bytes each. Video: MP4 of 300,000,000 bytes (lexicon
//!   `app.bsky.embed.video`); three minutes is what the service takes.
//! - Alternative text: the lexicon has no limit; the official app stops at 2,000 characters.
//! - Eight more tags may stand outside the text (lexicon `app.bsky.feed.post`, field `tags`); the same number is taken
//!   as the most that make sense in it.

pub mod api;
mod facets;

pub use facets::{ByteSlice, Facet, Feature, TAG_BYTES, TAG_GRAPHEMES, facets};
pub(crate) use facets::{links, tags};

use crate::options::{FirstComment, OptionKind, OptionRules};
use crate::rules::{
    AltText, ContentTypeRules, Limit, LinkRules, MediaKind, MediaRules, PartRules, Rules, Source,
    TargetRules, ThreadRules, Unit,
};
use crate::{Network, Part, Target};

const TEXT: &[PartRules] =
    &[PartRules::required(Part::Text, &[Limit::hard(300, Unit::Graphemes), Limit::hard(3_000, Unit::Bytes)])];

const OPTIONS: &[OptionRules] = &[OptionRules::new(
    "language",
    "Language",
    "Of the text: feeds and readers choose by it.",
    OptionKind::Language,
)];

const POST: TargetRules = TargetRules {
    options: OPTIONS,
    first_comment: Some(FirstComment::new(300, Unit::Graphemes)),
    max_hashtags: Some(8),
    recommended_hashtags: 2,
    max_mentions: Some(10),
    ..TargetRules::new(TEXT)
};

/// Bluesky's rules.
pub static RULES: Rules = Rules {
    id: Network::Bluesky,
    name: Network::Bluesky.name(),
    about: "Short posts and threads among people who like links and plain talk.",
    links: LinkRules {
        clickable: true,
        note: "A link counts every character; it is clickable through its facet.",
    },
    alt_text: Some(AltText { max: 2_000, unit: Unit::Graphemes }),
    media: &[
        MediaRules {
            max_count: 4,
            max_bytes: Some(2_000_000),
            ..MediaRules::new(MediaKind::Image, &["image/jpeg", "image/png", "image/webp"])
        },
        MediaRules {
            max_bytes: Some(300_000_000),
            max_seconds: Some(180),
            ..MediaRules::new(MediaKind::Video, &["video/mp4"])
        },
    ],
    content_types: &[
        ContentTypeRules::new(Target::BlueskyPost, POST),
        ContentTypeRules::new(
            Target::BlueskyThread,
            TargetRules { thread: Some(ThreadRules { min: 2, max: 25 }), ..POST },
        ),
    ],
    sources: &[
        Source {
            what: "Text, tags",
            url: "https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json",
        },
        Source {
            what: "Facets",
            url: "https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/richtext/facet.json",
        },
        Source {
            what: "Pictures, video",
            url: "https://github.com/bluesky-social/atproto/tree/main/lexicons/app/bsky/embed",
        },
    ],
};
