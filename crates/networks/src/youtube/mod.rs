//! YouTube: posts on a channel's page and Shorts.
//!
//! # Where the numbers come from
//! - A Short's caption is its title: 100 characters, without `<` and `>` (`snippet.title` of the Data API's `videos`).
//!   The page names no unit; UTF-16 units are the strictest reading.
//! - A Short lasts up to three minutes and is upright or square (YouTube Help, Shorts since 15 October 2024).
//! - Hashtags: with more than 60 on a video YouTube ignores all (YouTube Help, hashtags); the first three show.
//! - A post on the channel's page: the Data API can't make one and YouTube gives no number; 5,000 is what its
//!   descriptions take, and the ceiling here. It is published by hand.
//! - Video: 256 GB or twelve hours (YouTube Help).

pub mod api;
pub(crate) mod google;

use crate::options::{FirstComment, OptionKind, OptionRules, choice};
use crate::rules::{
    ContentTypeRules, DurationRules, GIGABYTE, Limit, LinkRules, MEGABYTE, MediaKind, MediaRules, PartRules,
    Ratio, Rules, Source, TargetRules, Unit,
};
use crate::{Network, Part, Target};

const COMMUNITY: TargetRules = TargetRules {
    recommended_length: 500,
    max_hashtags: Some(60),
    recommended_hashtags: 2,
    max_mentions: Some(20),
    ..TargetRules::new(&[PartRules::required(Part::Text, &[Limit::hard(5_000, Unit::Utf16)])])
};

const SHORT_OPTIONS: &[OptionRules] = &[
    OptionRules::new(
        "description",
        "Description",
        "Below the video; empty without it.",
        OptionKind::Text { max: 5_000, unit: Unit::Bytes },
    ),
    OptionRules::new(
        "privacy",
        "Who sees it",
        "Unlisted: whoever has the address.",
        OptionKind::Choice {
            values: &[
                choice("public", "Everybody"),
                choice("unlisted", "Unlisted"),
                choice("private", "Only you"),
            ],
            default: Some("public"),
        },
    ),
    OptionRules::new(
        "category_id",
        "Category",
        "Under which YouTube files it.",
        OptionKind::Choice {
            values: &[
                choice("1", "Film and animation"),
                choice("2", "Cars and vehicles"),
                choice("10", "Music"),
                choice("15", "Pets and animals"),
                choice("17", "Sport"),
                choice("19", "Travel and events"),
                choice("20", "Gaming"),
                choice("22", "People and blogs"),
                choice("23", "Comedy"),
                choice("24", "Entertainment"),
                choice("25", "News and politics"),
                choice("26", "How-to and style"),
                choice("27", "Education"),
                choice("28", "Science and technology"),
                choice("29", "Nonprofits and activism"),
            ],
            default: Some("22"),
        },
    ),
    OptionRules::new(
        "made_for_kids",
        "Made for kids",
        "The law asks for this. Comments are off then, the first comment too.",
        OptionKind::Flag { default: false },
    ),
    OptionRules::new(
        "synthetic_media",
        "Altered or synthetic",
        "Marked as showing what looks real and is made or altered.",
        OptionKind::Flag { default: false },
    ),
    OptionRules::new(
        "notify_subscribers",
        "Tell subscribers",
        "Subscribers get a notice of it.",
        OptionKind::Flag { default: true },
    ),
];

const SHORT: TargetRules = TargetRules {
    options: SHORT_OPTIONS,
    first_comment: Some(FirstComment::new(10_000, Unit::Utf16)),
    recommended_length: 70,
    max_hashtags: Some(60),
    recommended_hashtags: 2,
    max_mentions: Some(5),
    duration: Some(DurationRules { min: 3, max: 180, recommended: 45 }),
    needs_media: &[MediaKind::Video],
    plain_links: true,
    forbidden: &['<', '>'],
    ..TargetRules::new(&[
        PartRules::required(Part::Caption, &[Limit::hard(100, Unit::Utf16), Limit::soft(70, Unit::Utf16)]),
        PartRules::required(Part::Script, &[Limit::hard(540, Unit::Words), Limit::soft(180, Unit::Words)]),
    ])
};

/// YouTube's rules.
pub static RULES: Rules = Rules {
    id: Network::Youtube,
    name: Network::Youtube.name(),
    about: "Shorts, found by their title, and posts that keep subscribers talking between videos.",
    links: LinkRules {
        clickable: true,
        note: "Clickable in posts; not in a Short's title, description or comments.",
    },
    alt_text: None,
    media: &[
        MediaRules {
            max_bytes: Some(256 * GIGABYTE),
            max_seconds: Some(43_200),
            recommended_ratio: Some(Ratio(9, 16)),
            ..MediaRules::new(MediaKind::Video, &["video/mp4", "video/quicktime", "video/webm"])
        },
        MediaRules {
            max_count: 10,
            max_bytes: Some(16 * MEGABYTE),
            recommended_ratio: Some(Ratio(1, 1)),
            ..MediaRules::new(MediaKind::Image, &["image/jpeg", "image/png", "image/webp", "image/gif"])
        },
    ],
    content_types: &[
        ContentTypeRules::new(Target::YoutubeCommunity, COMMUNITY),
        ContentTypeRules::new(Target::YoutubeShortScript, SHORT),
    ],
    sources: &[
        Source { what: "Title", url: "https://developers.google.com/youtube/v3/docs/videos#snippet.title" },
        Source { what: "Shorts", url: "https://support.google.com/youtube/answer/15424877" },
        Source { what: "Hashtags", url: "https://support.google.com/youtube/answer/6390658" },
        Source { what: "Posts", url: "https://support.google.com/youtube/answer/7124474" },
    ],
};
