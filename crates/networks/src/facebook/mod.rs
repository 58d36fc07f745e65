//! Facebook pages.
//!
//! # Where the numbers come from
//! - Length: 63,206 characters of `message`; Facebook has said so since 2011, the Graph API's page names no number. UTF-16
//!   units are the strictest reading. A feed shows about 480 before "see more".
//! - Pictures: JPEG or PNG, 10 MB, ten in one post (`POST /{page-id}/photos`). Video: 10 GB, four hours (Video API).
//! - Alternative text: `alt_text_custom` has no number; 1,000 is what the other Meta networks take.
//! - Hashtags have no number; they do little there, hence the recommendation.

pub mod api;
pub(crate) mod graph;

use crate::options::FirstComment;
use crate::rules::{
    AltText, ContentTypeRules, GIGABYTE, Limit, LinkRules, MEGABYTE, MediaKind, MediaRules, PartRules, Rules,
    Source, TargetRules, Unit,
};
use crate::{Network, Part, Target};

/// Facebook's rules.
pub static RULES: Rules = Rules {
    id: Network::Facebook,
    name: Network::Facebook.name(),
    about: "Posts of a page. Short ones are read; questions are answered.",
    links: LinkRules { clickable: true, note: "The first link becomes a preview." },
    alt_text: Some(AltText { max: 1_000, unit: Unit::Utf16 }),
    media: &[
        MediaRules {
            max_count: 10,
            max_bytes: Some(10 * MEGABYTE),
            ..MediaRules::new(MediaKind::Image, &["image/jpeg", "image/png"])
        },
        MediaRules {
            max_bytes: Some(10 * GIGABYTE),
            max_seconds: Some(14_400),
            ..MediaRules::new(MediaKind::Video, &["video/mp4", "video/quicktime"])
        },
    ],
    content_types: &[ContentTypeRules::new(
        Target::FacebookPost,
        TargetRules {
            recommended_length: 600,
            max_hashtags: None,
            recommended_hashtags: 2,
            max_mentions: Some(50),
            first_comment: Some(FirstComment::new(8_000, Unit::Utf16)),
            ..TargetRules::new(&[PartRules::required(Part::Text, &[Limit::hard(63_206, Unit::Utf16)])])
        },
    )],
    sources: &[
        Source { what: "Posts", url: "https://developers.facebook.com/docs/pages-api/posts" },
        Source {
            what: "Pictures",
            url: "https://developers.facebook.com/docs/graph-api/reference/page/photos",
        },
        Source { what: "Video", url: "https://developers.facebook.com/docs/video-api/guides/publishing" },
    ],
};
