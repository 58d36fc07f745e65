//! TikTok.
//!
//! # Where the numbers come from
//! - Caption (`post_info.title`): "2200 in UTF-16 runes" (Content Posting API, direct post).
//! - Video: MP4, MOV or WebM, 4 GB, 360 to 4096 pixels, ten minutes at most and as the account allows (Media Transfer
//!   Guide). Pictures: JPEG or WebP, 20 MB, 35 in one post.
//! - Hashtags: five since August 2025. TikTok says so in its app and nowhere else; the source below reports it.
//! - The script is spoken at about 150 words a minute: the words follow from the seconds.

pub mod api;

use crate::options::{Need, OptionKind, OptionRules, choice};
use crate::rules::{
    ContentTypeRules, DurationRules, GIGABYTE, Limit, LinkRules, MEGABYTE, MediaKind, MediaRules, PartRules,
    Ratio, Rules, Source, TargetRules, Unit,
};
use crate::{Network, Part, Target};

const OPTIONS: &[OptionRules] = &[
    OptionRules::new(
        "mode",
        "How it is sent",
        "In the inbox somebody finishes it in TikTok's app; the other choices are made there then.",
        OptionKind::Choice {
            values: &[choice("direct", "Published"), choice("inbox", "Into the inbox of the app")],
            default: Some("direct"),
        },
    ),
    OptionRules::new(
        "privacy",
        "Who sees it",
        "What the account does not allow is refused.",
        OptionKind::Choice {
            values: &[
                choice("PUBLIC_TO_EVERYONE", "Everybody"),
                choice("FOLLOWER_OF_CREATOR", "Followers"),
                choice("MUTUAL_FOLLOW_FRIENDS", "Friends"),
                choice("SELF_ONLY", "Only you"),
            ],
            default: Some("PUBLIC_TO_EVERYONE"),
        },
    ),
    OptionRules::new(
        "disable_comment",
        "No comments",
        "Nobody can comment.",
        OptionKind::Flag { default: false },
    ),
    OptionRules::new(
        "disable_duet",
        "No duets",
        "Nobody can make a duet.",
        OptionKind::Flag { default: false },
    ),
    OptionRules::new(
        "disable_stitch",
        "No stitches",
        "Nobody can make a stitch.",
        OptionKind::Flag { default: false },
    ),
    OptionRules::new("is_aigc", "Made by AI", "Marked as made by AI.", OptionKind::Flag { default: false }),
    OptionRules::new(
        "brand_organic_toggle",
        "Your own brand",
        "Marked as promotional: it speaks for your own business.",
        OptionKind::Flag { default: false },
    ),
    OptionRules {
        needs: &[Need {
            when: &["true"],
            option: "privacy",
            values: &["PUBLIC_TO_EVERYONE", "FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS"],
            words: "A paid partnership can't be for yourself only: choose who sees it.",
        }],
        ..OptionRules::new(
            "brand_content_toggle",
            "Paid partnership",
            "Marked as paid for by another brand.",
            OptionKind::Flag { default: false },
        )
    },
    OptionRules::new(
        "cover_ms",
        "Cover, at millisecond",
        "Which picture of the video is its cover; the first without it.",
        OptionKind::Number { min: 0, max: 600_000 },
    ),
];

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
            options: OPTIONS,
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
