//! TikTok.
//!
//! # Where the numbers come from
//! - Caption (`post_info.title`): "2200 in UTF-16 runes" (Content Posting API, direct post).
//! - Video: MP4, MOV or WebM, 4 GB, 360 to 4096 pixels, ten minutes at most and as the account allows (Media Transfer
//!   Guide). Pictures: JPEG or WebP, 20 MB, 35 in one post.
//! - Hashtags: five since August 2025. TikTok says so in its app and nowhere else; the source below reports it.
//! - The script is spoken at about 150 words a minute: the words follow from the seconds.

pub mod api;

use crate::rules::{
    ContentTypeRules, DurationRules, GIGABYTE, Limit, LinkRules, MEGABYTE, MediaKind, MediaRules, PartRules,
    Ratio, Rules, Source, TargetRules, Unit,
};
use crate::{Network, Part, Target};

/// TikTok's rules.
pub static RULES: Rules = Rules {
    id: Network::Tiktok,
    name: Network::Tiktok.name(),
    about: "Upright video: the first two seconds decide, one thought per video.",
    links: LinkRules {
        clickable: false,
        note: "Links in a caption are plain text: point to the link in the profile.",
    },
    alt_text: None,
    media: &[
        MediaRules {
            max_bytes: Some(4 * GIGABYTE),
            min_width: Some(360),
            min_height: Some(360),
            max_width: Some(4_096),
            max_height: Some(4_096),
            recommended_ratio: Some(Ratio(9, 16)),
            min_seconds: Some(3),
            max_seconds: Some(600),
            ..MediaRules::new(MediaKind::Video, &["video/mp4", "video/quicktime", "video/webm"])
        },
        MediaRules {
            max_count: 35,
            max_bytes: Some(20 * MEGABYTE),
            recommended_ratio: Some(Ratio(9, 16)),
            ..MediaRules::new(MediaKind::Image, &["image/jpeg", "image/webp"])
        },
    ],
    content_types: &[ContentTypeRules::new(
        Target::TiktokScript,
        TargetRules {
            recommended_length: 200,
            max_hashtags: Some(5),
            recommended_hashtags: 4,
            max_mentions: Some(20),
            duration: Some(DurationRules { min: 3, max: 600, recommended: 60 }),
            needs_media: &[MediaKind::Video],
            ..TargetRules::new(&[
                PartRules::required(Part::Caption, &[Limit::hard(2_200, Unit::Utf16)]),
                PartRules::required(
                    Part::Script,
                    &[Limit::hard(1_800, Unit::Words), Limit::soft(225, Unit::Words)],
                ),
            ])
        },
    )],
    sources: &[
        Source {
            what: "Caption",
            url: "https://developers.tiktok.com/doc/content-posting-api-reference-direct-post",
        },
        Source {
            what: "Media",
            url: "https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide",
        },
    ],
};
