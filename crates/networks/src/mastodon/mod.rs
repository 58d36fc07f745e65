//! Mastodon, any instance.
//!
//! # Where the numbers come from
//! - Length: 500, unless the instance says otherwise in `configuration.statuses.max_characters` of
//!   `GET /api/v2/instance`; see [`count`] for how it counts.
//! - Media: <https://docs.joinmastodon.org/user/posting/>: four attachments, pictures of 16 MB, video of 99 MB;
//!   description 1,500 characters (`configuration.media_attachments.description_limit`).
//! - Hashtags and mentions have no number; more than a handful is bad manners there, hence the recommendation.

pub mod api;
pub mod count;

use crate::options::{FirstComment, OptionKind, OptionRules, choice};
use crate::rules::{
    AltText, ContentTypeRules, Limit, LinkRules, MEGABYTE, MediaKind, MediaRules, PartRules, Rules, Source,
    TargetRules, ThreadRules, Unit,
};
use crate::{Network, Part, Target};

const TEXT: &[PartRules] =
    &[PartRules::required(Part::Text, &[Limit::hard(count::DEFAULT_LIMIT, Unit::Mastodon)])];

const OPTIONS: &[OptionRules] = &[
    OptionRules::new(
        "visibility",
        "Who sees it",
        "Without a choice as the account is set.",
        OptionKind::Choice {
            values: &[
                choice("public", "Everybody"),
                choice("unlisted", "Everybody, but not in public timelines"),
                choice("private", "Followers"),
                choice("direct", "Accounts it mentions"),
            ],
            default: None,
        },
    ),
    OptionRules::new(
        "spoiler_text",
        "Content warning",
        "Shown first; the text is behind it.",
        OptionKind::Text { max: 200, unit: Unit::Graphemes },
    ),
    OptionRules::new(
        "sensitive",
        "Sensitive media",
        "Pictures and videos are covered until a reader asks for them.",
        OptionKind::Flag { default: false },
    ),
    OptionRules::new(
        "language",
        "Language",
        "Of the text; without it as the account is set.",
        OptionKind::Language,
    ),
];

const POST: TargetRules = TargetRules {
    options: OPTIONS,
    first_comment: Some(FirstComment::new(500, Unit::Mastodon)),
    max_hashtags: None,
    recommended_hashtags: 3,
    max_mentions: Some(10),
    ..TargetRules::new(TEXT)
};

/// Mastodon's rules.
pub static RULES: Rules = Rules {
    id: Network::Mastodon,
    name: Network::Mastodon.name(),
    about: "Conversations without an algorithm: hashtags are how posts are found, alternative text is expected.",
    links: LinkRules { clickable: true, note: "Every link with a scheme counts 23, however long it is." },
    alt_text: Some(AltText { max: 1_500, unit: Unit::Graphemes }),
    media: &[
        MediaRules {
            max_count: 4,
            max_bytes: Some(16 * MEGABYTE),
            ..MediaRules::new(
                MediaKind::Image,
                &["image/jpeg", "image/png", "image/webp", "image/heic", "image/avif"],
            )
        },
        MediaRules { max_bytes: Some(16 * MEGABYTE), ..MediaRules::new(MediaKind::Gif, &["image/gif"]) },
        MediaRules {
            max_bytes: Some(99 * MEGABYTE),
            ..MediaRules::new(MediaKind::Video, &["video/mp4", "video/webm", "video/quicktime"])
        },
    ],
    content_types: &[
        ContentTypeRules::new(Target::MastodonPost, POST),
        ContentTypeRules::new(
            Target::MastodonThread,
            TargetRules { thread: Some(ThreadRules { min: 2, max: 25 }), ..POST },
        ),
    ],
    sources: &[
        Source {
            what: "Counting",
            url: "https://github.com/mastodon/mastodon/blob/main/app/validators/status_length_validator.rb",
        },
        Source {
            what: "An instance's own limits",
            url: "https://docs.joinmastodon.org/methods/instance/#v2",
        },
        Source { what: "Media", url: "https://docs.joinmastodon.org/user/posting/" },
    ],
};
