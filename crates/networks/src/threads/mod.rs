//! Threads.
//!
//! # Where the numbers come from
//! - Length: 500 characters, "emojis are counted as the number of UTF-8 bytes" (Threads API, overview and posts pages).
//! - One topic tag: the first valid hashtag of a post becomes it, further ones stay plain text. A tag has 1 to 50
//!   characters and is no whole number.
//! - Links: five different ones. Since 22 December 2025 more fail with `THREADS_API__LINK_LIMIT_EXCEEDED`.
//! - Pictures: JPEG or PNG, 8 MB, 320 to 1440 pixels wide, up to 10:1; 20 in one post. Video: 1 GB, five minutes.
//!   Alternative text: 1,000 characters.

pub mod api;

use crate::options::FirstComment;
use crate::rules::{
    AltText, ContentTypeRules, GIGABYTE, Limit, LinkRules, MEGABYTE, MediaKind, MediaRules, PartRules, Ratio,
    Rules, Source, TargetRules, ThreadRules, Unit,
};
use crate::{Network, Part, Target};

const POST: TargetRules = TargetRules {
    first_comment: Some(FirstComment::new(500, Unit::Threads)),
    max_hashtags: Some(1),
    recommended_hashtags: 1,
    max_mentions: Some(10),
    max_links: Some(5),
    ..TargetRules::new(&[PartRules::required(Part::Text, &[Limit::hard(500, Unit::Threads)])])
};

/// The rules of Threads.
pub static RULES: Rules = Rules {
    id: Network::Threads,
    name: Network::Threads.name(),
    about: "Conversational posts; one topic tag each. Replies make the reach.",
    links: LinkRules {
        clickable: true,
        note: "The first link becomes a preview; at most five different ones.",
    },
    alt_text: Some(AltText { max: 1_000, unit: Unit::Utf16 }),
    media: &[
        MediaRules {
            max_count: 20,
            max_bytes: Some(8 * MEGABYTE),
            min_width: Some(320),
            max_width: Some(1_440),
            ratios: Some((Ratio(1, 10), Ratio(10, 1))),
            ..MediaRules::new(MediaKind::Image, &["image/jpeg", "image/png"])
        },
        MediaRules {
            max_count: 20,
            max_bytes: Some(GIGABYTE),
            max_width: Some(1_920),
            max_seconds: Some(300),
            recommended_ratio: Some(Ratio(9, 16)),
            ..MediaRules::new(MediaKind::Video, &["video/mp4", "video/quicktime"])
        },
    ],
    content_types: &[
        ContentTypeRules::new(Target::ThreadsPost, POST),
        ContentTypeRules::new(
            Target::ThreadsThread,
            TargetRules { thread: Some(ThreadRules { min: 2, max: 25 }), ..POST },
        ),
    ],
    sources: &[
        Source { what: "Length, media", url: "https://developers.facebook.com/docs/threads/overview" },
        Source {
            what: "Topic tags",
            url: "https://developers.facebook.com/docs/threads/create-posts/topic-tags",
        },
        Source {
            what: "Five links",
            url: "https://developers.facebook.com/docs/threads/create-posts/text-attachments",
        },
    ],
};
